"""Revealing a clear value: asked for with a reason, counted, recorded; changing the master key."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from civic.audit.services import record
from civic.core.errors import FieldError, Invalid, TooMany, require
from civic.masking import policies
from civic.masking.models import RevealTally, SubjectKey
from civic.masking.rules import mask_text
from civic.masking.subjects import Masked, personal_fields


class PurposeMissing(Invalid):
    """A clear value was asked for without a reason that can be checked later."""

    code = "purpose-missing"


class RevealsExhausted(TooMany):
    """This official has asked for as many clear values as one may in an hour."""

    code = "reveals-exhausted"


def reveal(*, noun: Masked, field: str, by: policies.Reader, at: datetime, purpose: str) -> str:
    """Return the clear value of `field` ("name", "phone") and enter who saw it, when and why.

    The caller has found `noun` by `visible_to(by)`. Nothing is returned that is not in the ledger.
    Raises: NotAllowed, PurposeMissing, RevealsExhausted, Shredded; LookupError, if the noun declares no such field.
    """
    if field not in personal_fields(type(noun)):
        raise LookupError(f"{type(noun).__name__} declares no personal field {field!r}.")
    require(policies.why_not_reveal(by))
    reason = _checked_purpose(purpose)
    with transaction.atomic():
        _count(by, at)
        record(
            at=at,
            actor=by,
            step="masking.value.reveal",
            subject=noun.ledger_id(),  # type: ignore[attr-defined]
            purpose=reason,
            detail={"field": field},
        )
        return noun.clear(field)


def rotate(*, by: object, at: datetime, tell: Callable[[int], object]) -> int:
    """Wrap every subject's key with the current master key, `tell` how many are done, return the sum.

    Safe to stop and to repeat; people keep working meanwhile.
    """
    total = 0
    while done := SubjectKey.objects.rewrap():
        total += done
        tell(total)
    record(at=at, actor=by, step="masking.subjectkey.rotate", subject="masking.subjectkey", detail={"keys": str(total)})
    return total


def _checked_purpose(purpose: str) -> str:
    """Return the reason without personal values: the ledger is for ever and holds none."""
    reason = " ".join(mask_text(purpose, "strict").split())
    if not policies.SHORTEST_PURPOSE <= len(reason) <= policies.LONGEST_PURPOSE:
        message = _("请写明查看完整信息的理由（%(least)s至%(most)s字），例如“电话通知申请人补正材料”。") % {
            "least": policies.SHORTEST_PURPOSE,
            "most": policies.LONGEST_PURPOSE,
        }
        raise PurposeMissing(message, errors=[FieldError("purpose", PurposeMissing.code, message)])
    return reason


def _count(by: policies.Reader, at: datetime) -> None:
    if RevealTally.objects.add_one(actor=by.ledger_id(), at=at) > settings.REVEALS_PER_HOUR:
        wait = 3600 - at.minute * 60 - at.second
        raise RevealsExhausted(
            _("本小时查看完整信息已达%(most)s次上限，请在%(minutes)s分钟后再试。")
            % {"most": settings.REVEALS_PER_HOUR, "minutes": -(-wait // 60)},
            retry_after=wait,
        )
