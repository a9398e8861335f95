"""Budgeting for tests: 金安 votes on four projects; 王芳 and her neighbours cast ballots, on their phones and on paper."""

from datetime import timedelta
from decimal import Decimal

from civic.budgeting.models import Poll
from civic.participation.models import Eligibility
from civic.participation.rules.phases import Window
from civic.participation.models import Phase
from tests.factories import participation as shared
from tests.factories.accounts import MONDAY

DAY = timedelta(days=1)
OPTIONS = [
    {"id": "P1", "name": "加装电梯", "cost": "300000.00"},
    {"id": "P2", "name": "口袋公园", "cost": "180000.00"},
    {"id": "P3", "name": "充电车棚", "cost": "120000.00"},
    {"id": "P4", "name": "路灯改造", "cost": "90000.00"},
]
TERMS = {"rule": "equal-shares", "ties": ["cost", "votes", "id"], "seed": "2026-03-02", "register": 12000}
COUNTY = "341502000000"


def eligibility(subject: str = shared.ROUND) -> Eligibility:
    """People of 金安 from 16 on may vote in the round, in the days after MONDAY."""
    found = Eligibility.objects.filter(subject=subject).first()
    if found is not None:
        return found
    window = Window(MONDAY - DAY, MONDAY + 60 * DAY, frozenset({"vote"}))
    Phase.objects.plan(subject, kind="vote", window=window, unit=shared.bureau(), by=shared.zhao_min(), at=MONDAY - DAY)
    return shared.eligibility(subject)


def poll(form: str = "approval", limits: dict[str, str] | None = None, **changes: object) -> Poll:
    """Open from MONDAY for a week; 400,000 yuan."""
    facts = {"title": "金安区2026年参与式预算", "options": OPTIONS, "budget": Decimal("400000.00"), "terms": TERMS}
    facts |= {"opens_at": MONDAY, "closes_at": MONDAY + 7 * DAY, "by": shared.zhao_min(), "at": MONDAY - DAY}
    most = {"approval": {"max_length": "3"}, "cumulative": {"max_sum_points": "10"}, "ranked": {"max_length": "3"}}
    given = most.get(form, {}) if limits is None else limits
    return Poll.objects.freeze(**{**facts, "form": form, "limits": given, "eligibility": eligibility(), **changes})
