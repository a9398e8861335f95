"""Whose a verdict is: on the rates and on the board alike."""

import pytest

from civic.hotline.models.questions import Call
from civic.hotline.rates import rates_by_unit
from civic.hotline.rules import Rate
from civic.hotline.services.answering import close_with_joined
from tests.factories import hotline, insight
from tests.factories.accounts import MONDAY, resident
from tests.factories.hotline import HOUR
from tests.insight.test_board import TUESDAY, rows

pytestmark = pytest.mark.django_db


def test_what_a_joined_caller_says_counts_for_the_unit_that_answered_not_for_the_one_that_had_objected() -> None:
    main, sun = hotline.handled(), hotline.dispatched(by=resident("孙浩"), to="jaq")
    sun.send_back(objection=hotline.objecting(), by=hotline.of_unit("钱伟", "jaq"), at=MONDAY + 2 * HOUR)
    sun.merge(parent=main, by=hotline.gao_fei(), at=MONDAY + 3 * HOUR)
    at, xu_hui = MONDAY + 5 * HOUR, hotline.xu_hui()
    main.reply(words=hotline.ANSWER, outcome="SOLVED", quality={}, by=hotline.of_unit(), at=at)
    main.pass_reply(by=xu_hui, at=at)
    main.call_back(call=Call(reached=True, contacted=True, solved=True, stars=5), by=xu_hui, at=at)
    close_with_joined(ticket=main, by=xu_hui, at=at)
    sun.refresh_from_db()

    sun.call_back(call=Call(True, "ONLINE", contacted=True, solved=False, stars=1), by=sun.caller, at=at + HOUR)
    insight.counted(at=TUESDAY)

    rates = {unit.code: found for unit, found in rates_by_unit(since=MONDAY, until=TUESDAY)}
    assert {code: (one.response, one.solved, one.satisfied) for code, one in rates.items()} == {
        "cgj": (Rate(2, 2), Rate(1, 2), Rate(1, 2))
    }
    assert [value for _label, value in rows("rates", unit="cgj")] == [1000, 500, 500]
    assert [value for _label, value in rows("rates", unit="jaq")] == [None, None, None]
