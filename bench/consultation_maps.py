"""The opinion map of a consultation end to end: 50,000 stored votes read, drawn and published."""

import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from bench.figures import ROUNDS, Figure
from bench.stage import Stage

VOTES, PEOPLE, STATEMENTS, CAMPS = 50_000, 2_000, 100, 3
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def figures(stage: Stage) -> Iterator[Figure | str]:
    """Yield how long the map takes from the database to its edition, and a reader's next statement."""
    from civic.consultation.models import MapEdition, StatementVote
    from civic.consultation.rules.suffice import Rule
    from civic.consultation.services.drawing import Drawing, draw_map
    from civic.consultation.services.voting import next_statement

    consultation = _voted_on()
    note = f"{VOTES} votes of {PEOPLE} people on {STATEMENTS} statements, one process"
    assert draw_map(consultation, at=AT, rule=Rule(draws=0)) == Drawing.PUBLISHED  # the library is loaded
    MapEdition.objects.all().delete()
    start = time.perf_counter()
    assert draw_map(consultation, at=AT) == Drawing.PUBLISHED
    yield _figure("opinion map read, drawn with 50 draws and published", time.perf_counter() - start, 30, note)
    yield _figure("a second map is too soon, said", _median(lambda: draw_map(consultation, at=AT)), 2, note)
    yield _figure(
        "the next statement, least seen first", _median(lambda: next_statement(consultation, None)), 0.1, note
    )
    StatementVote.objects.all().delete()


def _voted_on() -> Any:
    from django.utils.timezone import now

    from civic.accounts.models import Person
    from civic.consultation.models import StatementVote
    from civic.masking.models import SubjectKey
    from tests.factories import outcome

    consultation, draw = outcome.asked(), random.Random(5)
    statements = [outcome.statement(consultation, f"第{at}条观点，请表态。") for at in range(STATEMENTS)]
    keys = [SubjectKey.objects.create_key() for _ in range(PEOPLE)]
    people = Person.objects.bulk_create([Person(key=key) for key in keys])
    leanings = [[draw.choice([1, -1]) for _ in statements] for _ in range(CAMPS)]
    StatementVote.objects.bulk_create(
        [
            StatementVote(
                statement=statements[at], person=person, cast_at=now(),
                choice=draw.choices([leanings[number % CAMPS][at], 0, 1, -1], [6, 1, 1, 1])[0],
            )
            for number, person in enumerate(people)
            for at in draw.sample(range(STATEMENTS), VOTES // PEOPLE)
        ],
        batch_size=5_000,
    )  # fmt: skip
    return consultation


def _figure(name: str, value: float, target: float, note: str) -> Figure:
    return Figure(name, value, target, at_most=True, unit=" s", note=note)


def _median(work: Callable[[], object]) -> float:
    found = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return statistics.median(found)
