"""Letters and deliveries for tests."""

from datetime import UTC, datetime

from civic.accounts.models import Account, Consent
from civic.notifications.letter import Letter
from civic.notifications.models import Delivery, Notice, Template
from civic.notifications.services import CONSENT, notify
from tests.factories.accounts import resident

MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)  # 09:00 in Lu'an
CASE = {"number": "LA20260302000000017X", "service": "社保卡申领", "service_en": "Social security card"}


def reader(name: str = "王芳", *, phone: str | None = None, consents: bool = True) -> Account:
    """A resident who has agreed to text messages."""
    account = resident(name, phone=phone)
    if consents:
        Consent.objects.give(person=account.person, purpose=CONSENT, by=account, at=MONDAY)
    return account


def template(code: str = "test.plain", *, sms: str = "办件{number}有进展。", **more: bool) -> Template:
    """A published wording."""
    letter = Letter(
        code, "关于{number}", "{service}有进展。", "About {number}", "{service} has moved on.", sms=sms, **more
    )
    return Template.objects.publish(letter, by="test", at=MONDAY)


def notice(
    account: Account | None = None, *, code: str = "case.accepted", subject: str = "", at: datetime = MONDAY
) -> Notice:
    """A letter to `account`, by default to 王芳."""
    return notify(account or reader(), code, subject=subject, variables=CASE, at=at)


def delivery(account: Account | None = None, *, code: str = "case.accepted", at: datetime = MONDAY) -> Delivery:
    """The text message of a new letter, not yet sent."""
    return notice(account, code=code, at=at).deliveries.get(channel="SMS")
