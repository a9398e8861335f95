"""Fills a scratch database with 50,000 votes on statements, has the opinion map drawn and published; prints JSON.

Votes are rows without seals, which the map does not read.
"""

import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import django
from django.core.management import call_command
from django.utils.timezone import now

PEOPLE, STATEMENTS, CAMPS, TRIED = 2_000, 100, 3, 20


def main() -> None:
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    print(json.dumps(_asked(_voted_on(int(sys.argv[1])))))


def _asked(consultation: Any) -> dict[str, float]:
    """Return seconds: the map from the votes to its edition, the answer that the next is too soon, a next statement."""
    from civic.consultation.models import MapEdition
    from civic.consultation.rules.suffice import Rule
    from civic.consultation.services.drawing import Drawing, draw_map
    from civic.consultation.services.voting import next_statement

    assert draw_map(consultation, at=now(), rule=Rule(draws=0)) == Drawing.PUBLISHED  # the library is loaded
    MapEdition.objects.all().delete()
    drawn = _once(lambda: draw_map(consultation, at=now()))
    assert MapEdition.objects.count() == 1
    return {
        "drawn": drawn,
        "soon": statistics.median(_once(lambda: draw_map(consultation, at=now())) for _ in range(3)),
        "next": statistics.median(_once(lambda: next_statement(consultation, None)) for _ in range(TRIED)),
    }


def _voted_on(votes: int) -> Any:
    """Return a consultation with so many votes of three camps that do not always vote as their camp does."""
    from civic.accounts.models import Person
    from civic.consultation.models import StatementVote
    from civic.masking.models import SubjectKey
    from tests.factories import outcome

    consultation, draw = outcome.asked(), random.Random(5)
    statements = [outcome.statement(consultation, f"第{at}条观点，请表态。") for at in range(STATEMENTS)]
    people = Person.objects.bulk_create([Person(key=SubjectKey.objects.create_key()) for _ in range(PEOPLE)])
    leanings = [[draw.choice([1, -1]) for _ in statements] for _ in range(CAMPS)]
    rows = [
        StatementVote(
            statement=statements[at], person=person, cast_at=now(),
            choice=draw.choices([leanings[number % CAMPS][at], 0, 1, -1], [6, 1, 1, 1])[0],
        )
        for number, person in enumerate(people)
        for at in draw.sample(range(STATEMENTS), votes // PEOPLE)
    ]  # fmt: skip
    StatementVote.objects.bulk_create(rows, batch_size=5_000)
    return consultation


def _once(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
