"""Advice: what rules say of an application that people decide in any case, with what can be computed from data."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from civic.audit.services import record
from civic.cases.states import OPEN_STATES
from civic.catalogue.deciding import decide
from civic.core.errors import require
from civic.instant.asking import ask_other
from civic.instant.facts import gather
from civic.instant.models import Ruling
from civic.instant.policies import why_not_draw_again

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.cases.models import Case
    from civic.instant.facts.sheet import Sheet


def begin_advice(*, case: "Case", at: datetime) -> Ruling | None:
    """Return the ruling that is to be advice; None where rules decide themselves, say nothing, or it is over."""
    rules = case.service_version.rules
    if rules.get("auto") or not rules.get("facts_by") or case.state not in OPEN_STATES:
        return None
    return Ruling.objects.ask(case, at=at)


def advise(*, ruling: Ruling, sheet: "Sheet", at: datetime) -> None:
    """Keep what the rules say and on which facts, and ask whom they wait for; the case itself is not touched."""
    ruled = decide(ruling.service_version.rules, sheet.values())
    fired = [{"key": rule.key, "verdict": rule.verdict} for rule in ruled.fired]
    with transaction.atomic():
        ask_other(ruling, sheet, at=at)
        ruling.advise(sheet=sheet, fired=fired, missing=ruled.missing, at=at)


def draw_again(*, case: "Case", by: "Account", at: datetime) -> Ruling:
    """Have every source asked again, because an official wants to know how it stands now; who did is recorded.

    What was drawn before stays as it was. Raises: NotAllowed, and the refusals of the ledger.
    """
    require(why_not_draw_again(by, case))
    sheet = gather(case, at=at, by=by)
    with transaction.atomic():
        ruling = Ruling.objects.ask(case, at=at)
        record(at=at, actor=by, step="instant.ruling.renew", subject=ruling, detail={"case": case.number})
        advise(ruling=ruling, sheet=sheet, at=at)
    return ruling
