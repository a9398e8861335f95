"""Cards per hundred tickets: of each unit, by difficulty, so that neither much work nor hard work counts against it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, F
from django.db.models.functions import Coalesce

from civic.accounts.models import Department
from civic.hotline.models import Dispatch, Ticket
from civic.hotline.rules import per_hundred
from civic.hotline.services.complaining import LABEL
from civic.ratings.rules import cells, told
from civic.supervision.models import Card
from civic.supervision.states import STANDING, CardState, Colour

DIFFICULTIES = (1, 2, 3)
COUNTS = ("handled", "blue", "yellow", "red", "revoked", "dropped")  # of a Score, in its order
COLUMNS = (
    "unit", "name", "difficulty", "since", "until", "tickets", "blue", "yellow", "red", "revoked", "dropped",
    "per_100",
)  # fmt: skip


@dataclass(frozen=True)
class Score:
    """How many tickets a unit was sent, and how many cards it was given; revoked and dropped ones are told apart.

    None: withheld from the public.
    """

    handled: int | None = 0
    blue: int | None = 0
    yellow: int | None = 0
    red: int | None = 0
    revoked: int | None = 0
    dropped: int | None = 0

    @property
    def per_hundred(self) -> Decimal | None:
        """Yellow and red cards that count, on a hundred tickets; a blue one is a reminder before the time is over."""
        if self.yellow is None or self.red is None or self.handled is None:
            return None
        return per_hundred(self.yellow + self.red, self.handled)

    @property
    def gone(self) -> int | None:
        """Cards that do not count: revoked, or never signed."""
        return None if self.revoked is None or self.dropped is None else self.revoked + self.dropped


@dataclass(frozen=True)
class UnitScore:
    """A unit's score, of all and by difficulty (1 to 3)."""

    unit: Department
    total: Score
    by_difficulty: tuple[tuple[int, Score], ...]

    def told(self) -> "UnitScore":
        """Return what the public may know: counts in blocks of five, none of one to four, none that gives one away."""
        parts = [cells([getattr(score, name) for _, score in self.by_difficulty]) for name in COUNTS]
        return UnitScore(
            self.unit,
            Score(*(told(getattr(self.total, name)) for name in COUNTS)),
            tuple(
                (hard, Score(*row)) for (hard, _), row in zip(self.by_difficulty, zip(*parts, strict=True), strict=True)
            ),
        )


Key = tuple[int, int]  # unit, difficulty


def scorecard(*, since: datetime, until: datetime, unit: Department | None = None) -> list[UnitScore]:
    """Return the scores of [since, until): of one unit, or of every unit with tickets or cards, by the unit's order.

    Tickets count where they were sent in that time (the centre's: taken in), cards where they were given in it.
    """
    handled = _handled(since, until, unit)
    cards = _cards(since, until, unit)
    keys = {*handled, *(key for key, _ in cards)}
    units = Department.objects.filter(pk__in={of for of, _ in keys}).order_by("pk")
    return [_score(one, handled, cards) for one in units]


def rows(scores: Iterable[UnitScore], *, since: datetime, until: datetime) -> Iterator[tuple[object, ...]]:
    """Return the lines of the open table, as `COLUMNS` names them; what is withheld is left empty."""
    for one in scores:
        for difficulty, score in (*one.by_difficulty, ("all", one.total)):
            counts = [getattr(score, name) for name in COUNTS]
            told_ones = ["" if count is None else count for count in (*counts, score.per_hundred)]
            yield one.unit.code, one.unit.name, difficulty, since.isoformat(), until.isoformat(), *told_ones


def _handled(since: datetime, until: datetime, unit: Department | None) -> Counter[Key]:
    sent = Dispatch.objects.filter(at__gte=since, at__lt=until)
    if unit is not None:
        sent = sent.filter(unit=unit)
    counted = Counter[Key]()
    for of, difficulty, n in sent.values_list("unit", "difficulty").annotate(n=Count("ticket", distinct=True)):
        counted[of, difficulty] = n
    centre = Department.objects.filter(code=settings.HOTLINE_CENTRE).first()
    if centre is not None and unit in (None, centre):
        taken = Ticket.objects.filter(received_at__gte=since, received_at__lt=until).order_by()
        for difficulty, n in taken.values_list(Coalesce(F("category__difficulty"), 1)).annotate(n=Count("pk")):
            counted[centre.pk, difficulty] = n
    return counted


def _cards(since: datetime, until: datetime, unit: Department | None) -> Counter[tuple[Key, str]]:
    given = Card.objects.filter(given_at__gte=since, given_at__lt=until, label=LABEL).order_by()
    if unit is not None:
        given = given.filter(unit=unit)
    counted = Counter[tuple[Key, str]]()
    for of, difficulty, colour, state, n in given.values_list("unit", "difficulty", "colour", "state").annotate(
        n=Count("pk")
    ):
        if what := _counts_as(colour, state):
            counted[(of, difficulty), what] += n
    return counted


def _counts_as(colour: str, state: str) -> str | None:
    """What a card counts as; None while it waits for a signature."""
    if state in STANDING:
        return {Colour.BLUE: "blue", Colour.YELLOW: "yellow", Colour.RED: "red"}[Colour(colour)]
    return {CardState.REVOKED: "revoked", CardState.DROPPED: "dropped"}.get(CardState(state))


def _score(unit: Department, handled: Counter[Key], cards: Counter[tuple[Key, str]]) -> UnitScore:
    by_difficulty = tuple(
        (hard, Score(handled[unit.pk, hard], **{what: n for (key, what), n in cards.items() if key == (unit.pk, hard)}))
        for hard in DIFFICULTIES
    )
    total = Score(*(sum(getattr(score, name) for _, score in by_difficulty) for name in COUNTS))
    return UnitScore(unit, total, by_difficulty)
