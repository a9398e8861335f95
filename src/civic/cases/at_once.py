"""Deciding on the spot: a 即办件 is taken up, handled and decided in one sitting."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from civic.cases import policies
from civic.cases.models import Case
from civic.cases.states import Opinion, Outcome
from civic.core.errors import require

if TYPE_CHECKING:
    from civic.accounts.models import Account


def decide_at_once(
    *, case: Case, outcome: str, reasons: str, legal_basis: str, by: "Account", at: datetime, seen: int | None = None
) -> None:
    """Take up, handle and decide a 即办件 in one sitting, each step recorded as always.

    Raises: NotAllowed, and the case's own refusals; then nothing has happened.
    """
    require(policies.why_not_decide_at_once(by, case))
    opinion = Opinion.AGREE if outcome == Outcome.GRANTED else Opinion.DISAGREE
    with transaction.atomic():
        case.accept(by=by, at=at, seen=seen)
        while (task := case.tasks.all().open().in_order().first()) is not None:
            task.complete(opinion=opinion, note=reasons, by=by, at=at)
        decided = Case.objects.for_detail().get(pk=case.pk)
        verb = decided.grant if outcome == Outcome.GRANTED else decided.refuse
        verb(reasons=reasons, legal_basis=legal_basis, by=by, at=at)
