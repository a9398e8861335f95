"""The journeys of log-in: a code to a phone, a password behind a lock, the word of the unified log-in."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta

from django.contrib.auth import authenticate
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account, Department, Mandate, Official, OneTimeCode, Organisation, Person, Tally
from civic.accounts.models.person import TakenAlready
from civic.accounts.rules import CODE_MINUTES, Level
from civic.adapters.identity.client import Identity
from civic.adapters.sms import client as sms
from civic.audit.services import record
from civic.core.errors import Invalid, NotAllowed
from civic.masking.keys import index

LOCK_SPACE = 0x0C1C
LONGEST_NAME = 40
PHONE_LIMITS = (("code-minute", 1, timedelta(minutes=1)), ("code-hour", 5, timedelta(hours=1)),
                ("code-day", 10, timedelta(days=1)))  # fmt: skip
ADDRESS_LIMIT = ("code-address", 60, timedelta(hours=1))
TRY_LIMIT = ("try-address", 120, timedelta(hours=1))


TEXTS = {
    "login": gettext_lazy("验证码 %(code)s，%(minutes)s分钟内有效，只能使用一次。请勿告诉他人，工作人员不会索要。"),
    "mandate": gettext_lazy(
        "有人申请代您办事。确认码 %(code)s，%(minutes)s分钟内有效。只有您同意时，才把它告诉代办人。"
    ),
    "counter": gettext_lazy(
        "您正在综合窗口登记身份。确认码 %(code)s，%(minutes)s分钟内有效。请当面告诉为您办理的工作人员。"
    ),
}


class WrongCode(Invalid):
    """The code does not open this: wrong, used, too old, or tried too often; which of them is not said."""

    code = "wrong-code"


def send_code(*, purpose: str, phone: str, subject: str, address: str, at: datetime) -> None:
    """Send a fresh code for `subject` to `phone`, whether or not anybody is known there.

    Raises: TooOften, SmsUnavailable.
    """
    holder = index(phone, "mobile")
    for kind, limit, per in PHONE_LIMITS:
        Tally.objects.take(kind=f"{purpose}-{kind}", key=holder, limit=limit, per=per, at=at)
    kind, limit, per = ADDRESS_LIMIT
    Tally.objects.take(kind=kind, key=address, limit=limit, per=per, at=at)
    code = OneTimeCode.objects.issue(purpose=purpose, subject=subject, at=at)
    sms.send(phone=phone, text=TEXTS[purpose] % {"code": code, "minutes": CODE_MINUTES})


def send_login_code(*, phone: str, address: str, at: datetime) -> None:
    """Send a log-in code to `phone`. Raises: TooOften, SmsUnavailable."""
    send_code(purpose="login", phone=phone, subject=index(phone, "mobile"), address=address, at=at)


def use_code(*, purpose: str, subject: str, code: str, address: str, at: datetime) -> None:
    """Use the code up. Raises: WrongCode, TooOften."""
    kind, limit, per = TRY_LIMIT
    Tally.objects.take(kind=kind, key=address, limit=limit, per=per, at=at)
    if not OneTimeCode.objects.use(purpose=purpose, subject=subject, code=code, at=at):
        raise WrongCode(_("验证码不正确或已失效。请核对后重试，或重新获取验证码。"))


def log_in_by_code(*, phone: str, code: str, address: str, at: datetime) -> Account:
    """Return the account of whoever holds `phone` and `code`; the first time, open one.

    Raises: WrongCode, TooOften; NotAllowed, if the account is disabled.
    """
    use_code(purpose="login", subject=index(phone, "mobile"), code=code, address=address, at=at)
    with transaction.atomic():
        person = Person.objects.with_phone(phone=phone).select_for_update(of=("self",)).first()
        if person is None:
            person = Person.objects.register(phone=phone, by="login", at=at)
        if person.level < Level.PHONE:
            person.claim(Level.PHONE, source="sms", by="login", at=at)
        return account_of(person, at=at)


def log_in_for_organisation(*, uscc: str, phone: str, code: str, address: str, at: datetime) -> tuple[Account, Mandate]:
    """Return the agent's account and the mandate of the organisation with code `uscc`.

    Whether the organisation exists is told only to somebody who acts for it.
    Raises: WrongCode, TooOften; NotAllowed.
    """
    account = log_in_by_code(phone=phone, code=code, address=address, at=at)
    organisation = Organisation.objects.filter(uscc=uscc).first()
    held = Mandate.objects.active(at=at).filter(agent=account, principal_organisation=organisation)
    mandate = held.order_by("-valid_until").first() if organisation is not None else None
    if mandate is None:
        raise NotAllowed(_("这个手机号没有该单位的有效委托。请由法定代表人在“我的委托”中授权，或到综合窗口办理。"))
    return account, mandate


def log_in_by_identity(identity: Identity, *, at: datetime, current: Account | None = None) -> Account:
    """Return the account of the person the unified log-in vouches for; `current` is who is logged in already.

    The ID number decides who it is; a phone alone may have changed hands.
    Raises: TakenAlready, NotAllowed.
    """
    with transaction.atomic():
        person = _person_of(identity, current)
        if person is None:
            phone = "" if Person.objects.with_phone(phone=identity.phone).exists() else identity.phone
            person = Person.objects.register(
                name=identity.name, id_number=identity.id_number, phone=phone, by="unified-login", at=at
            )
        elif identity.id_number and (person.name, person.id_number) != (identity.name, identity.id_number):
            person.correct(name=identity.name, id_number=identity.id_number, by="unified-login", at=at)
        if person.level < identity.level:
            person.claim(identity.level, source="unified-login", by="unified-login", at=at)
        return account_of(person, at=at)


def official_by_password(request: HttpRequest, *, username: str, password: str) -> Account | None:
    """Return the official with this name and password, or None: wrong, unknown or locked.

    Guesses at one name are judged one after another, so that the lock after five failures cannot be outrun.
    """
    name = username.strip().lower()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK_SPACE, name])
        account = authenticate(request, username=name, password=password)
    return account if isinstance(account, Account) else None


def put_into_office(
    *, username: str, display_name: str, department: Department, roles: Collection[str], by: object, at: datetime
) -> tuple[Official, str]:
    """Open an official's account and appoint its holder; return the office and a one-time password.

    Raises: Invalid, if the name cannot be an account's or nobody's; TakenAlready, RolesClash.
    """
    name = username.strip().lower()
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{2,63}", name):
        raise Invalid(_("账户名为3到64个小写字母、数字、点或连字符，例如 rsj.liqiang。"))
    if not 1 <= len(display_name) <= LONGEST_NAME:
        raise Invalid(_("请填写公务姓名，最长40个字符。"))
    with transaction.atomic():
        if Account.objects.filter(username=name).exists():
            raise TakenAlready(_("这个账户名已有人使用。"))
        account = Account.objects.open(kind=Account.Kind.OFFICIAL, username=name, by=by, at=at)
        official = Official.objects.appoint(
            account=account, department=department, display_name=display_name, roles=roles, by=by, at=at
        )
        return official, account.issue_one_time_password(by=by, at=at)


def account_of(person: Person, *, at: datetime) -> Account:
    """Return the person's account, opened if there is none. Raises: NotAllowed, if it is disabled."""
    account: Account | None = Account.objects.for_request().filter(person=person).first()
    if account is None:
        account = Account.objects.open(kind=Account.Kind.RESIDENT, person=person, by="login", at=at)
    if not account.is_active:
        raise NotAllowed(_("这个账户已停用。如有疑问，请拨打12345或到综合窗口咨询。"))
    return account


def note_log_in(account: Account, *, how: str, at: datetime) -> None:
    """Record a log-in."""
    record(at=at, actor=account, step="accounts.account.log_in", subject=account, detail={"how": how})


def _person_of(identity: Identity, current: Account | None) -> Person | None:
    """Return the person with this ID number, else the one logged in or reached by phone who has no number yet."""
    if identity.id_number:
        found: Person | None = Person.objects.with_id_number(id_number=identity.id_number).first()
        if found is not None:
            return found
    if current is not None and current.person is not None and not current.person.id_number_sealed:
        return current.person
    unnamed = Person.objects.with_phone(phone=identity.phone).filter(id_number_sealed=None) if identity.phone else None
    return unnamed.first() if unnamed is not None else None
