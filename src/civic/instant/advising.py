"""Advice: what rules say of an application that people decide in any case, with what can be computed from data."""

from datetime import datetime
from typing import TYPE_CHECKING

from civic.cases.states import OPEN_STATES
from civic.catalogue.deciding import decide
from civic.instant.models import Ruling

if TYPE_CHECKING:
    from civic.cases.models import Case
    from civic.instant.facts.sheet import Sheet


def begin_advice(*, case: "Case", at: datetime) -> Ruling | None:
    """Return the ruling that is to be advice; None where rules decide themselves, say nothing, or it is over."""
    rules = case.service_version.rules
    if rules.get("auto") or not rules.get("facts_by") or case.state not in OPEN_STATES:
        return None
    return Ruling.objects.ask(case, at=at)


def advise(*, ruling: Ruling, sheet: "Sheet", at: datetime) -> None:
    """Keep what the rules say and on which facts; the case itself is not touched."""
    ruled = decide(ruling.service_version.rules, sheet.values())
    fired = [{"key": rule.key, "verdict": rule.verdict} for rule in ruled.fired]
    ruling.advise(sheet=sheet, fired=fired, missing=ruled.missing, at=at)
