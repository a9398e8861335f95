"""Two callers of one joined matter rate badly at the same moment: it is handled again once."""

import threading

import pytest
from django.db import connection

from civic.hotline.services.rating import hear, invite
from civic.ratings.models import Rating, Right
from tests.factories import hotline
from tests.factories.accounts import MONDAY, resident
from tests.factories.hotline import HOUR
from tests.hotline.test_ratings import CLOSED_AT, end_round, fresh, handled_again, rate

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_joined_callers_rate_badly_at_the_same_moment_and_it_is_handled_again_once() -> None:
    main = hotline.dispatched()
    joined = hotline.ticket(by=resident("孙浩"))
    joined.merge(parent=main, by=hotline.gao_fei(), at=MONDAY + 2 * HOUR)
    end_round(main, at=MONDAY + 3 * HOUR)
    invite(fresh(main), at=CLOSED_AT)
    given = [rate(Right.objects.get(subject=one.ledger_id()), 1).pk for one in (main, joined)]
    start, outcomes = threading.Barrier(2), list[object]()

    def run(pk: int) -> None:
        mine = Rating.objects.select_related("right").get(pk=pk)
        start.wait()
        try:
            outcomes.append(hear(mine, at=CLOSED_AT + HOUR))
        except Exception as error:  # noqa: BLE001 (what came of it is the question)
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    both = [threading.Thread(target=run, args=(pk,)) for pk in given]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert sorted(outcomes, key=str) == [False, True]
    assert (fresh(main).round, handled_again(main)) == (2, 1)
