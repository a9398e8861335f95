"""Publishing the states of licences: a signed list after every change, and once an hour so that it stays fresh."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from civic.adapters.signing.algorithms import ALGORITHMS
from civic.adapters.signing.client import renew, signer
from civic.audit.services import record
from civic.licences.formats import status_list as lists
from civic.licences.models import StatusList, StatusListVersion
from civic.licences.models.status_list import LENGTH
from civic.licences.states import StatusPurpose

TIMER = "timer"
FRESH_FOR = timedelta(minutes=55)


def list_address(name: str) -> str:
    """Return where the status list `name` is public."""
    return f"{settings.PUBLIC_ADDRESS}/api/status-lists/{name}"


def renew_signers(*, at: datetime) -> int:
    """Make the next key of each algorithm in time, with its entry in the ledger; return how many were made."""
    renewed = 0
    for name in ALGORITHMS:
        if (certificate := renew(name, at=at)) is not None:
            detail = {"certificate": certificate.thumbprint, "until": certificate.ends_at.date().isoformat()}
            record(at=at, actor=TIMER, step="licences.signer.renew", subject=f"licences.signer:{name}", detail=detail)
            renewed += 1
    return renewed


def publish_status(*, status_list: int, at: datetime) -> int:
    """Sign what the list says now, where that has changed or the signature grows old; return how many were signed.

    What it said before is kept, so that a past use can be judged by the list of its time. Raises: NoKey.
    """
    with transaction.atomic():
        found = StatusList.objects.select_for_update().get(pk=status_list)
        return sum(_publish(found, purpose, at) for purpose in StatusPurpose)


def publish_all(*, at: datetime) -> int:
    """Sign every list anew that has changed or grows old; return how many were signed."""
    numbers = list(StatusList.objects.order_by("pk").values_list("pk", flat=True))
    return sum(publish_status(status_list=number, at=at) for number in numbers)


def _publish(found: StatusList, purpose: StatusPurpose, at: datetime) -> bool:
    bits = lists.bitstring(found.places(purpose), length=LENGTH)
    latest = found.versions.filter(purpose=purpose).order_by("-from_at", "-pk").first()
    is_same = latest is not None and latest.bits_digest == lists.digest(bits)
    if latest is not None and is_same and at - latest.signed_at < FRESH_FOR:
        return False
    from_at = latest.from_at if latest is not None and is_same else at
    version = latest if latest is not None and is_same else StatusListVersion(status_list=found, purpose=purpose)
    version.bits_digest, version.from_at, version.signed_at = lists.digest(bits), from_at, at
    version.credential = lists.write(
        bits,
        signer(at=at),
        address=list_address(found.name(purpose)),
        purpose=purpose,
        from_at=from_at,
        at=at,
    )
    version.save()
    return True
