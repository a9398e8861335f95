"""Showing a licence face to face: a code for a minute, read once, recorded."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from civic.accounts.models import Account, Department
from civic.audit.services import record
from civic.core.errors import FieldError, Invalid, require
from civic.licences import rules
from civic.licences import wallet_policies as policies
from civic.licences.models import Licence, Presentation, Use
from civic.licences.models.presentation import ANYBODY
from civic.licences.wallet_states import READINGS, VERIFYING, UseKind

KEPT = timedelta(days=1)
VERIFIED_ONCE_IN = timedelta(minutes=1)


class NothingShown(Invalid):
    """No field was chosen."""

    code = "nothing-shown"


class ReadingMissing(Invalid):
    """The reader has not said for what they look."""

    code = "reading-purpose-missing"


def show_licence(*, licence: Licence, fields: Collection[str], by: Account, at: datetime) -> tuple[Presentation, str]:
    """Return a fresh show code of `fields` and the token in it; the one shown before ends.

    The caller has found `licence` among those that `by` may see. Raises: NotAllowed, NothingShown.
    """
    require(policies.why_not_show(licence, at=at))
    chosen = [key for key in licence.type.field_keys if key in fields and licence.values.get(key)]
    if not chosen:
        words = _("请至少选择一项要出示的内容。")
        raise NothingShown(words, errors=[FieldError("field", NothingShown.code, words)])
    return Presentation.objects.issue(licence=licence, fields=chosen, by=by, at=at)


def read_shown(*, token: str, reading: str, reader: "Reader", at: datetime) -> Use:
    """Use a show code up and return what was disclosed by it, which is recorded.

    Raises: ReadingMissing, CodeUnknown, CodeUsed, CodeOver, NotAllowed.
    """
    if reading not in READINGS:
        words = _("请选择为什么查看。持证人会看到您选择的用途。")
        raise ReadingMissing(words, errors=[FieldError("reading", ReadingMissing.code, words)])
    with transaction.atomic():
        taken = Presentation.objects.take(token=token, reader=reader.ledger_id(), at=at)
        require(policies.why_not_show(taken.licence, at=at))
        return Use.objects.note(
            licence=taken.licence, kind=UseKind.SHOWN, fields=taken.fields, purpose=READINGS[reading].name,
            purpose_en=READINGS[reading].name_en, department=reader.department, presentation=taken,
            reader=reader.ledger_id(), by=reader, at=at,
        )  # fmt: skip


def note_look(*, use: Use, by: Account, at: datetime) -> Use:
    """Record that an official looks at a licence used for a case: in the wallet, and under who read one's data."""
    with transaction.atomic():
        record(
            at=at, actor=by, step="licences.use.read", subject=use.licence.ledger_id(), purpose=use.purpose,
            detail={"case": use.case, "service": use.service},
        )  # fmt: skip
        return Use.objects.note(
            licence=use.licence, kind=UseKind.LOOK, fields=use.fields, purpose=use.purpose, purpose_en=use.purpose_en,
            service=use.service, case=use.case, department=use.department, request=use.request,
            reader=by.ledger_id(), by=by, at=at,
        )  # fmt: skip


def note_asked(*, code: str, by: Account | None, at: datetime) -> Use | None:
    """Record for the holder that somebody asked by code whether a licence is genuine; nothing is kept about whom.

    Holders who look themselves are not told of themselves. Once a minute at most: a page that is loaded again, or a
    code on a shop's wall, is not a flood.
    """
    licence = Licence.objects.filter(code=rules.typed_code(code)).first()
    if licence is None or (by is not None and Licence.objects.filter(pk=licence.pk).owned_by(by).exists()):
        return None
    recent = Use.objects.of_licence(licence).verifications().filter(used_at__gt=at - VERIFIED_ONCE_IN)
    if recent.exists():
        return None
    return Use.objects.note(
        licence=licence, kind=UseKind.VERIFIED, fields=[], purpose=VERIFYING.name, purpose_en=VERIFYING.name_en,
        reader=ANYBODY, by=ANYBODY, at=at,
    )  # fmt: skip


def forget_codes(*, at: datetime) -> int:
    """Delete show codes that nobody read; return how many."""
    deleted: int = Presentation.objects.stale(before=at - KEPT).delete()[0]
    return deleted


class Reader:
    """Who reads a show code: somebody with an account, or a passer-by of whom only an address is known."""

    def __init__(self, *, account: Account | None, address: str) -> None:
        self._account, self._address = account, address

    @property
    def department(self) -> Department | None:
        """The department of an official."""
        return self._account.official.department if self._account is not None and self._account.is_official else None

    def ledger_id(self) -> str:
        """Return the account's name in the ledger, or a keyed digest of the address."""
        if self._account is not None:
            return self._account.ledger_id()
        return "visitor:" + salted_hmac("licences.reader", self._address, algorithm="sha256").hexdigest()[:16]
