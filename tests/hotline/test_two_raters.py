"""Two workers hear of one bad rating at the same moment: the ticket is handled again once."""

import threading

import pytest
from django.db import connection

from civic.hotline.services.rating import hear, invite
from civic.ratings.models import Rating, Right
from tests.factories import hotline
from tests.factories.accounts import MONDAY
from tests.factories.hotline import HOUR
from tests.hotline.test_ratings import CLOSED_AT, end_round, fresh, handled_again, rate

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_workers_hear_of_one_bad_rating_and_the_ticket_is_handled_again_once() -> None:
    ticket = hotline.dispatched()
    end_round(ticket, at=MONDAY + 3 * HOUR)
    invite(fresh(ticket), at=CLOSED_AT)
    given = [rate(Right.objects.get(subject=ticket.ledger_id()), 1).pk] * 2
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
    assert (fresh(ticket).round, handled_again(ticket)) == (2, 1)
