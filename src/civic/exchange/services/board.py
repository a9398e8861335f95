"""How the sources do: calls, failures by reason, latency, what is contested and how fast it is mended."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count

from civic.exchange.models import Breaker, Call, Contest, Provider
from civic.exchange.rules import percentile
from civic.exchange.states import ContestState, Outcome

DAY, YEAR = timedelta(hours=24), timedelta(days=365)
LATEST = 2000  # calls per source that latency is measured over


@dataclass
class Health:
    """One source in the last 24 hours, and its contests of the last year."""

    provider: Provider
    breaker: Breaker | None
    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    latencies: list[int] = field(default_factory=list)
    contests: int = 0
    open_contests: int = 0
    corrected: int = 0
    mending: list[int] = field(default_factory=list)

    @property
    def calls(self) -> int:
        """Questions that were put to the source; what was not allowed was not."""
        return sum(self.outcomes.values()) - self.outcomes[Outcome.DENIED]

    @property
    def failed(self) -> int:
        return self.outcomes[Outcome.FAILED] + self.outcomes[Outcome.STALE]

    @property
    def p50(self) -> int | None:
        return percentile(self.latencies, 0.5)

    @property
    def p95(self) -> int | None:
        return percentile(self.latencies, 0.95)

    @property
    def mending_hours(self) -> int | None:
        """Half of what was put right was so within this many hours."""
        return percentile(self.mending, 0.5)

    @property
    def light(self) -> str:
        """green: answers; yellow: fails now and then; red: is left alone; grey: was not asked."""
        if self.breaker is not None and self.breaker.opened_at is not None:
            return "red"
        if not self.calls:
            return "grey"
        return "yellow" if self.failed * 20 > self.calls else "green"


def health(*, at: datetime) -> list[Health]:
    """Return every source, in the order of the departments, in five queries."""
    providers = Provider.objects.select_related("department", "breaker").order_by("department__code")
    found = {one.pk: Health(one, getattr(one, "breaker", None)) for one in providers}
    calls = Call.objects.since(at - DAY).values("resource__provider", "outcome", "reason").annotate(n=Count("pk"))
    for row in calls.order_by():
        one = found[row["resource__provider"]]
        one.outcomes[row["outcome"]] += row["n"]
        if row["reason"]:
            one.reasons[row["reason"]] += row["n"]
    for provider, latency in _latencies(at):
        if len(found[provider].latencies) < LATEST:
            found[provider].latencies.append(latency)
    _count_contests(found, at)
    return list(found.values())


def ranking(rows: Iterable[Health]) -> list[Health]:
    """Return the sources with contests, the one that had to correct most first; among equals the slowest first."""
    contested = [row for row in rows if row.contests]
    return sorted(contested, key=lambda row: (-row.corrected, -(row.mending_hours or 0), row.provider.department.code))


def _latencies(at: datetime) -> Any:
    answered = Call.objects.since(at - DAY).filter(latency_ms__isnull=False, tries__gt=0).order_by("-asked_at", "-pk")
    return answered.values_list("resource__provider", "latency_ms")[: 20 * LATEST]


def _count_contests(found: dict[int, Health], at: datetime) -> None:
    recent = Contest.objects.filter(opened_at__gte=at - YEAR)
    rows = recent.values_list("resource__provider", "state", "opened_at", "answered_at")
    by: dict[int, list[Any]] = defaultdict(list)
    for provider, *rest in rows:
        by[provider].append(rest)
    for provider, contests in by.items():
        one = found[provider]
        one.contests = len(contests)
        one.open_contests = sum(state == ContestState.OPENED for state, *_ in contests)
        mended = [(end - start) for state, start, end in contests if state == ContestState.CORRECTED]
        one.corrected = len(mended)
        one.mending = [int(time.total_seconds() // 3600) for time in mended]
