"""The three rates: what counts, what is left out and on whose word, and when their rise is suspicious."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction

from civic.areas.models import Area
from civic.audit.models import Entry
from civic.core.errors import Invalid, NotAllowed
from civic.hotline.models import Exclusion, Ticket
from civic.hotline.models.exclusion import ExcludedAlready
from civic.hotline.models.questions import Call
from civic.hotline.rates import Rates, rates_by_unit, suspicious, three_rates
from civic.hotline.rules import Rate, rises_by_exclusion
from tests.factories import areas, hotline, supervision
from tests.factories.accounts import MONDAY
from tests.factories.hotline import DAY, HOUR

WEEK = timedelta(days=7)
FACTS = "移交清单已核对，属实。"


def of_week(start: datetime = MONDAY, **which: object) -> Rates:
    return three_rates(since=start, until=start + WEEK, **which)  # type: ignore[arg-type]


# rules: no database


@pytest.mark.parametrize(
    ("rate", "share", "low", "high"),
    [
        (Rate(81, 263), Fraction(81, 263), 0.2553, 0.3662),  # Newcombe 1998, table I
        (Rate(15, 148), Fraction(15, 148), 0.0624, 0.1605),
        (Rate(0, 20), Fraction(0), 0.0, 0.1611),
        (Rate(1, 29), Fraction(1, 29), 0.0061, 0.1718),
    ],
)
def test_a_rate_has_its_exact_share_and_wilsons_interval(rate, share, low, high):
    assert rate.share == share
    assert tuple(round(end, 4) for end in rate.interval) == (low, high)


def test_a_rate_of_nothing_is_none_not_zero():
    assert (Rate(0, 0).share, Rate(0, 0).interval, Rate(0, 0).excluded_share) == (None, None, 0)
    assert (Rate(0, 0, 3).share, Rate(0, 0, 3).excluded_share) == (None, 1)


@pytest.mark.parametrize(
    ("before", "now", "warned"),
    [
        (Rate(70, 100, 0), Rate(72, 90, 10), True),  # 70 % → 80 %, left out 0 % → 10 %
        (Rate(70, 100, 10), Rate(63, 90, 20), False),  # the same 70 %
        (Rate(70, 90, 10), Rate(80, 90, 10), False),  # better, with as much left out
        (Rate(70, 90, 10), Rate(80, 99, 11), False),  # 10 of 100 is 11 of 110
        (Rate(70, 90, 10), Rate(80, 89, 11), True),
        (Rate(70, 90, 10), Rate(60, 89, 11), False),  # more left out, and still worse
        (Rate(70, 90, 10), Rate(88, 98, 2), False),  # better, with less left out
        (Rate(0, 0), Rate(9, 9, 1), False),  # nothing to compare with
        (Rate(5, 9), Rate(0, 0, 9), False),
    ],
)
def test_it_warns_exactly_when_a_rate_rises_while_a_greater_share_is_left_out(before, now, warned):
    assert rises_by_exclusion(before, now) is warned


# what counts


@pytest.fixture
def week(db) -> Iterator[dict[str, Ticket]]:
    """Of six callers one is never reached; each of the others says something else."""
    late = hotline.dispatched()
    late.acknowledge(by=hotline.of_unit(), at=late.received_at + 2 * HOUR)
    late.contact(way="PHONE", words="联系了来电人。", reached=True, by=hotline.of_unit(), at=late.received_at + 2 * DAY)
    late.reply(words=hotline.ANSWER, outcome="SOLVED", quality={}, by=hotline.of_unit(), at=late.received_at + 2 * DAY)
    late.pass_reply(by=hotline.xu_hui(), at=late.received_at + 2 * DAY)
    call = Call(reached=True, contacted=True, solved=True, stars=4)
    late.call_back(call=call, by=hotline.xu_hui(), at=late.received_at + 2 * DAY)
    yield {
        "good": hotline.called_back(),
        "late": late,
        "no contact": hotline.called_back(contacted=False, stars=3),
        "unsolved": hotline.called_back(solved=False, stars=1),
        "silent": hotline.called_back(stars=None),
        "unreached": hotline.unreached(),
    }


def test_each_rate_has_its_own_numerator_and_denominator(week):
    found = of_week()

    assert (found.called, found.reached, found.unreached, found.unreachable_share) == (6, 5, 1, 1 / 6)
    assert found.response == Rate(3, 5)  # not the late one, nor the one whose caller heard nothing
    assert found.solved == Rate(4, 5)
    assert found.satisfied == Rate(2, 4)  # one gave no stars
    assert dict(found.grounds) == {}


def test_a_ticket_counts_once_by_the_last_call_that_reached_its_caller(db):
    ticket = hotline.called_back(solved=False, stars=1)
    again = ticket.received_at + DAY + 3 * HOUR
    ticket.handle_again(words="灯又灭了，请再办。", by=hotline.xu_hui(), at=again)
    ticket.acknowledge(by=hotline.of_unit(), at=again)
    ticket.contact(way="PHONE", words="又联系了来电人。", reached=True, by=hotline.of_unit(), at=again)
    ticket.reply(words=hotline.ANSWER, outcome="SOLVED", quality={}, by=hotline.of_unit(), at=again + HOUR)
    ticket.pass_reply(by=hotline.xu_hui(), at=again + HOUR)
    ticket.call_back(call=Call(reached=False), by=hotline.xu_hui(), at=again + HOUR)
    call = Call(reached=True, contacted=True, solved=True, stars=5)
    ticket.call_back(call=call, by=hotline.xu_hui(), at=again + HOUR)

    found = of_week()
    assert (found.called, found.reached, found.solved, found.satisfied) == (1, 1, Rate(1, 1), Rate(1, 1))
    until = three_rates(since=MONDAY, until=again)  # what came later does not change an earlier period
    assert (until.solved, until.satisfied) == (Rate(0, 1), Rate(0, 1))


def test_the_period_is_half_open_and_empty_periods_have_no_rates(db):
    ticket = hotline.called_back()
    called_at = ticket.revisits.get().at

    assert three_rates(since=called_at, until=called_at + HOUR).solved == Rate(1, 1)
    assert three_rates(since=called_at - HOUR, until=called_at).solved == Rate(0, 0)
    assert of_week(MONDAY + WEEK).unreachable_share is None


def test_they_are_asked_of_one_unit_area_or_class_and_of_every_unit_at_once(week, django_assert_num_queries):
    county = areas.county("341502", "金安区")
    Ticket.objects.filter(pk=week["good"].pk).update(area=Area.objects.get(code="341502"))
    other = hotline.category("010203")
    Ticket.objects.filter(pk=week["unsolved"].pk).update(unit=hotline.unit("jaq"), category=other)

    assert of_week(unit=hotline.unit("jaq")).solved == Rate(0, 1)
    assert of_week(unit=hotline.unit("cgj")).solved == Rate(4, 4)
    assert of_week(area=county).solved == Rate(1, 1)
    assert of_week(category=hotline.category("0102")).solved == Rate(4, 5)
    assert of_week(category=other).solved == Rate(0, 1)
    with django_assert_num_queries(3):
        rows = rates_by_unit(since=MONDAY, until=MONDAY + WEEK)
    assert {unit.code: (rates.called, rates.solved) for unit, rates in rows} == {
        "cgj": (5, Rate(4, 4)),
        "jaq": (1, Rate(0, 1)),
    }


# exclusions


def test_only_what_a_second_person_of_another_unit_confirmed_is_left_out(week):
    made = hotline.exclusion(week["unsolved"])
    assert of_week().solved == Rate(4, 5)

    made.confirm(finding=FACTS, by=supervision.ding_yi(), at=MONDAY + 3 * DAY)
    found = of_week()

    assert found.solved == Rate(4, 4, excluded=1)
    assert (found.satisfied, found.response) == (Rate(2, 4), Rate(3, 5))  # of the other rates it is a part
    assert dict(found.grounds) == {"out_of_scope": 1}
    steps = Entry.objects.filter(subject=made.ledger_id()).values_list("step", flat=True)
    assert list(steps.order_by("pk")) == ["hotline.exclusion.propose", "hotline.exclusion.confirm"]


def test_nobody_confirms_what_they_or_their_unit_asked_for(week):
    made = hotline.exclusion(week["unsolved"], by=supervision.wu_gang())
    colleague = hotline.official("周明", department=hotline.unit("sjzy"), roles=("supervisor",), username="sjzy.second")
    of_the_unit = hotline.official("郑红", department=hotline.unit("cgj"), roles=("supervisor",), username="cgj.super")

    for who, why in ((supervision.wu_gang(), "不能自己审核"), (colleague, "另一个单位"), (of_the_unit, "承办单位")):
        with pytest.raises(NotAllowed, match=why):
            made.confirm(finding=FACTS, by=who, at=MONDAY + 3 * DAY)
    with pytest.raises(NotAllowed):
        made.confirm(finding=FACTS, by=hotline.of_unit(), at=MONDAY + 3 * DAY)

    assert Exclusion.objects.get().state == "PROPOSED"
    assert of_week().solved == Rate(4, 5)


def test_the_database_itself_refuses_one_unit_on_both_sides(week):
    made = hotline.exclusion(week["unsolved"])
    with pytest.raises(IntegrityError, match="exclusion_decided_by_another_unit"), transaction.atomic():
        Exclusion.objects.filter(pk=made.pk).update(
            state="CONFIRMED", decided_by=hotline.of_unit(), decided_unit=made.proposed_unit, decided_at=MONDAY
        )


def test_what_is_refused_or_lifted_counts_again_and_stays_on_record(week):
    refused = hotline.exclusion(week["unsolved"])
    refused.refuse(finding="清单里没有这条路。", by=supervision.wu_gang(), at=MONDAY + 3 * DAY)
    lifted = hotline.exclusion(week["unsolved"])
    lifted.confirm(finding=FACTS, by=supervision.wu_gang(), at=MONDAY + 3 * DAY)
    assert of_week().solved == Rate(4, 4, excluded=1)

    lifted.lift(finding="金安区来函：道路未移交。", by=supervision.ding_yi(), at=MONDAY + 4 * DAY)

    assert of_week().solved == Rate(4, 5)
    assert [one.state for one in Exclusion.objects.order_by("pk")] == ["REFUSED", "LIFTED"]


def test_a_handler_a_stranger_and_a_rate_that_the_ground_does_not_name_are_refused(week):
    with pytest.raises(NotAllowed):
        hotline.exclusion(week["unsolved"], by=hotline.of_unit())
    with pytest.raises(NotAllowed):
        hotline.exclusion(week["unsolved"], by=hotline.unit_leader("孙局", "jaq"))
    with pytest.raises(Invalid, match="不能从这个率"):
        hotline.exclusion(week["unsolved"], rate="RESPONSE")
    hotline.exclusion(week["unsolved"])
    with pytest.raises(ExcludedAlready):
        hotline.exclusion(week["unsolved"], by=supervision.wu_gang())
    assert Exclusion.objects.count() == 1


def test_a_rate_that_rose_because_more_was_left_out_is_named(week):
    for one in ("good", "unsolved"):
        ticket = hotline.called_back(at=MONDAY - WEEK, solved=one == "good")
        assert ticket.revisits.count() == 1
    hotline.exclusion(week["unsolved"]).confirm(finding=FACTS, by=supervision.wu_gang(), at=MONDAY + 3 * DAY)

    before, now = of_week(MONDAY - WEEK), of_week()

    assert (before.solved, now.solved) == (Rate(1, 2), Rate(4, 4, excluded=1))
    assert suspicious(before, now) == ("SOLVED",)
