"""Asking somebody else in their wallet: the other parent, the other party of a sale."""

from datetime import datetime, timedelta
from string import Template
from typing import TYPE_CHECKING

from django.conf import settings

from civic.licences.services import ask_use
from civic.licences.wallet_states import UsePurpose

if TYPE_CHECKING:
    from civic.instant.facts.sheet import Sheet
    from civic.instant.models import Ruling
    from civic.licences.models import UseRequest


def ask_other(ruling: "Ruling", sheet: "Sheet", *, at: datetime) -> "UseRequest | None":
    """Ask whom the sheet waits for, once however often this runs; None where nobody is waited for."""
    if sheet.waits_on is None:
        return None
    version = ruling.service_version
    said = version.rules["consent"]
    return ask_use(
        holder=sheet.waits_on,
        asker=ruling.case.applicant,
        purpose=UsePurpose.CONSENT,
        service=version.service.code,
        case=ruling.case.number,
        words=Template(said["words"]).safe_substitute(sheet.words),
        words_en=Template(said.get("words_en", "")).safe_substitute(sheet.words),
        until=at + timedelta(days=settings.CONSENT_DAYS),
        by="rules",
        at=at,
    )
