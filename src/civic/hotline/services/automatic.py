"""Dispatch without a person: off until the city decides which error rate it accepts; it stops where that is passed."""

import math
from dataclasses import dataclass
from datetime import datetime

from civic.core.errors import Stale
from civic.hotline import policies
from civic.hotline.models import AutomaticDispatch, Ticket, Tolerance
from civic.hotline.models.questions import ByRule
from civic.hotline.services.dispatching import Sorting, sort_and_send
from civic.hotline.services.learned import Adviser
from civic.hotline.services.proposing import Lists, Option, propose_from, read_lists
from civic.hotline.services.sorting import duties, hangs_on_area, unit_for
from civic.hotline.text.wilson import interval
from civic.workflow.models import StepRefused

BY = "rules"
LIKELIEST = 0.5  # thresholds are measured on the likeliest class; one with less may be the second


@dataclass(frozen=True)
class Measured:
    """How often the rule was wrong under one decision.

    `made` dispatches, of which units have `judged` some and were right to object to `wrong` of these; `low` and `high`
    are the ends of Wilson's 95 % interval of the share of wrong ones.
    """

    tolerance: Tolerance
    made: int
    judged: int
    wrong: int
    low: float
    high: float

    @property
    def is_paused(self) -> bool:
        """Whether more than the city accepts is wrong, as far as the figures can tell: only a new decision goes on."""
        return self.low > float(self.tolerance.rate)

    @property
    def waiting(self) -> int:
        """How many no unit has judged yet."""
        return self.made - self.judged


def measured() -> Measured | None:
    """Return how the rule does under the decision in force; None where the city has not decided to let it dispatch."""
    tolerance = Tolerance.objects.in_force()
    if tolerance is None:
        return None
    counted = AutomaticDispatch.objects.under(tolerance).count_outcomes()
    low, high = interval(counted["wrong"], counted["judged"])
    return Measured(tolerance, counted["made"], counted["judged"], counted["wrong"], low, high)


def dispatch_by_rule(*, ticket: Ticket, at: datetime) -> AutomaticDispatch | None:
    """Dispatch a ticket that nobody has touched, if the city lets the rule do so and the rule is sure enough.

    Return the dispatch; None where a person has to look or was quicker. A second time nothing is done.
    """
    now = measured()
    if now is None or now.is_paused:
        return None
    title, detail = ticket.clear("title"), ticket.clear("detail")
    if policies.why_not_by_rule(ticket, f"{title}\n{detail}") is not None:
        return None
    lists = read_lists(duty_list=duties())
    best = propose_from(lists, title, detail, ticket.area).best
    how = _how(lists, best, now.tolerance, title, detail)
    if best is None or how is None or not _is_sure_of_unit(lists, best, ticket):
        return None
    sorting = Sorting(best.category, ticket.kind, ticket.urgency)
    try:
        sort_and_send(ticket=ticket, sorting=sorting, by=BY, at=at, seen=ticket.version, how=how)
    except (Stale, StepRefused):
        return None  # a person was quicker
    made: AutomaticDispatch = ticket.automatic_dispatches.get()
    return made


def _how(lists: Lists, best: Option | None, tolerance: Tolerance, title: str, detail: str) -> ByRule | None:
    """Return why the rule may dispatch: its confidence reaches the threshold that holds the accepted error rate."""
    model, day = lists.adviser.model, lists.adviser.source.trained_on
    if best is None or best.confidence is None or model is None or day is None:
        return None
    least = model.threshold_for(float(tolerance.rate), shape=_shape(lists.adviser, title, detail))
    if least is None or best.confidence < (threshold := max(LIKELIEST, math.ceil(least * 10_000) / 10_000)):
        return None
    return ByRule(tolerance, model.digest, day.isoformat(), best.confidence, threshold, best.words)


def _shape(found: Adviser, title: str, detail: str) -> str:
    return "both" if title.strip() and detail.strip() else "title" if title.strip() else "detail"


def _is_sure_of_unit(lists: Lists, best: Option, ticket: Ticket) -> bool:
    """Whether one unit answers for all that the confidence holds for, wherever within the area, and nothing speaks for
    another: whom the caller wrote to, the class that a person has chosen already.
    """
    known = lists.duties or ()
    leaves = lists.adviser.below(best.within)
    found = [unit_for(leaf, ticket.area, known) for leaf in leaves]
    units = {duty.unit_id if duty is not None else None for duty in found}
    if len(units) != 1 or None in units or any(hangs_on_area(leaf, ticket.area, known) for leaf in leaves):
        return False
    is_asked_elsewhere = ticket.addressed_to_id is not None and ticket.addressed_to_id not in units
    return not is_asked_elsewhere and ticket.category_id in (None, best.category.pk)
