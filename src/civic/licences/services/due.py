"""What time does to licences: reminders before the last day, and the end after it."""

from datetime import datetime, timedelta

from django.utils.timezone import localdate

from civic.catalogue.models import Service
from civic.licences.models import Licence, LicenceType
from civic.notifications.services import notify
from civic.workflow.models import StepRefused

TIMER = "timer"
LETTER = "licence.ending"


def expire_over(*, at: datetime) -> int:
    """Note of each licence whose last day has passed that it has; return how many. Safe to run twice."""
    done = 0
    for licence in Licence.objects.over(on=localdate(at)).select_related("type", "key").iterator():
        try:
            licence.expire(by=TIMER, at=at)
        except StepRefused:
            continue  # somebody revoked it meanwhile
        done += 1
    return done


def remind(*, at: datetime) -> int:
    """Write to the holders of licences that end in as many days as their type says; return to how many.

    A letter is written once for a licence and a number of days, however often this runs; a day on which nothing ran
    is not made up for, the next reminder comes.
    """
    sent = 0
    for type_ in LicenceType.objects.exclude(remind_days=[]).order_by("pk"):
        for days in type_.remind_days:
            ending = Licence.objects.filter(type=type_).ending(on=localdate(at) + timedelta(days=days))
            sent += sum(_remind(licence, days, at) for licence in ending.select_related("type", *OWNERS))
    return sent


OWNERS = ("person__account", "organisation__representative__account")


def _remind(licence: Licence, days: int, at: datetime) -> bool:
    owner = licence.person or (licence.organisation.representative if licence.organisation else None)
    account = getattr(owner, "account", None)
    if account is None or licence.valid_until is None:
        return False
    variables = {
        "licence": licence.type.name,
        "licence_en": licence.type.name_en,
        "day": licence.valid_until.isoformat(),
        "days": str(days),
        "link": _renewal(licence),
    }
    notify(account, LETTER, subject=f"{licence.ledger_id()}/ending/{days}", variables=variables, at=at)
    return True


def _renewal(licence: Licence) -> str:
    """Return where the licence is renewed; where no service here renews it, its own page."""
    service = Service.objects.published().filter(code=licence.type.renewal_service).first()
    return f"/services/{service.code}/" if service is not None else f"/my/licences/{licence.token}/"
