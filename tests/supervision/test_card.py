"""Cards: who gets one, once, on what evidence, and how it goes away."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from civic.audit.models import Entry
from civic.core.errors import NotAllowed
from civic.deadlines.models import Clock
from civic.hotline.models.questions import Call
from civic.supervision.models import Card, Order
from civic.supervision.services import follow_up
from civic.supervision.states import CardState
from tests.factories import hotline, supervision
from tests.factories.accounts import MONDAY
from tests.factories.hotline import DAY, HOUR
from tests.factories.supervision import WEEKS

pytestmark = pytest.mark.django_db


def test_a_late_answer_brings_a_yellow_card_to_the_unit_that_had_the_ticket():
    ticket = hotline.handled()
    card = supervision.rung(ticket)

    assert (card.colour, card.unit.code, card.number, card.state) == ("YELLOW", "cgj", ticket.number, "ISSUED")
    assert card.rule.startswith("ticket.resolve yellow ")
    assert card.evidence["budget"] == "5.00"
    assert card.evidence["due_at"].startswith("2026-03-09T")
    assert Entry.objects.filter(subject=card.ledger_id(), step="supervision.card.give").count() == 1


def test_the_same_rung_brings_no_second_card():
    ticket = hotline.handled()
    first, second = supervision.rung(ticket), supervision.rung(ticket)

    assert first == second
    assert Card.objects.count() == 1


def test_no_card_for_a_unit_whose_request_for_more_time_the_centre_left_unanswered():
    ticket = hotline.handled()
    ticket.ask_extension(reason="电缆要从外地采购。", by=hotline.of_unit(), at=MONDAY + DAY)

    assert supervision.rung(ticket) is None
    assert Card.objects.count() == 0


def test_a_request_of_the_first_handling_excuses_nothing_in_the_second():
    ticket = hotline.handled()
    ticket.ask_extension(reason="电缆要从外地采购。", by=hotline.of_unit(), at=MONDAY + DAY)
    ticket.reply(words=hotline.ANSWER, outcome="SOLVED", quality={}, by=hotline.of_unit(), at=MONDAY + DAY)
    ticket.pass_reply(by=hotline.xu_hui(), at=MONDAY + DAY)
    call = Call(reached=True, contacted=True, solved=False, stars=1)
    ticket.call_back(call=call, by=hotline.xu_hui(), at=MONDAY + DAY)
    ticket.handle_again(words="当晚又不亮了。", by=hotline.xu_hui(), at=MONDAY + 2 * DAY)

    card = supervision.rung(ticket)

    assert card is not None
    assert card.unit.code == "cgj"


def test_no_card_for_a_unit_that_had_sent_the_ticket_back_when_the_rung_passed():
    ticket = hotline.dispatched()
    clock = Clock.objects.of(ticket.ledger_id()).get(kind="ticket.resolve")
    ticket.send_back(objection=hotline.objecting(), by=hotline.of_unit(), at=MONDAY + 2 * HOUR)
    clock.refresh_from_db()

    assert clock.state == "STOPPED"
    assert not Clock.objects.with_due_rungs(at=MONDAY + WEEKS).filter(pk=clock.pk).exists()


def test_who_does_not_dispatch_in_time_gets_the_card_itself():
    ticket = hotline.ticket()
    card = supervision.rung(ticket, "yellow", "ticket.dispatch")

    assert card.unit.code == "rx"


def test_a_red_card_counts_only_when_a_leader_has_signed_it_and_brings_an_order():
    card = supervision.card("red")
    assert card.state == CardState.PROPOSED
    assert not Card.objects.standing().exists()
    assert follow_up_is_not_yet(card)

    card.sign(by=supervision.wu_gang(), at=MONDAY + WEEKS)
    order = follow_up(card, at=MONDAY + WEEKS)

    assert list(Card.objects.standing()) == [card]
    assert (order.unit.code, order.state) == ("cgj", "OPEN")
    assert Order.objects.count() == 1


def follow_up_is_not_yet(card) -> bool:
    return not Order.objects.filter(card=card).exists()


def test_the_unit_appeals_within_two_days_and_somebody_independent_revokes_it_but_history_stays():
    card = supervision.card("red")
    at = MONDAY + WEEKS
    card.sign(by=supervision.wu_gang(), at=at)
    follow_up(card, at=at)
    card.appeal(statement="电缆是供电公司的，我们三次发函催促。", by=hotline.of_unit(), at=at + DAY)

    with pytest.raises(NotAllowed, match="另一位"):
        card.revoke(finding="同意撤销。", by=supervision.wu_gang(), at=at + DAY)
    card.revoke(finding="延误由供电公司造成，撤销。", by=supervision.ding_yi(), at=at + DAY)
    follow_up(card, at=at + DAY)

    assert card.state == CardState.REVOKED
    assert not Card.objects.standing().exists()
    assert Card.objects.get(pk=card.pk).statement == "电缆是供电公司的，我们三次发函催促。"
    assert Order.objects.get(card=card).state == "DROPPED"


def test_after_two_working_days_nobody_appeals():
    card = supervision.card()
    with pytest.raises(NotAllowed, match="期限已过"):
        card.appeal(statement="我们认为不应发牌。", by=hotline.of_unit(), at=MONDAY + WEEKS + timedelta(days=3))
    assert card.appealed_at is None


def test_the_unit_itself_never_decides_about_its_card():
    card = supervision.card()
    ma_jun = hotline.of_unit()
    card.appeal(statement="我们认为不应发牌。", by=ma_jun, at=MONDAY + WEEKS)
    with pytest.raises(NotAllowed):
        card.revoke(finding="自己撤销。", by=ma_jun, at=MONDAY + WEEKS)
    card.refresh_from_db()
    assert card.state == CardState.APPEALED


@pytest.mark.django_db(transaction=True)
def test_eight_workers_at_once_give_one_card():
    ticket = hotline.handled()
    hotline.unit("cgj")

    def give(_: int) -> int:
        try:
            return supervision.rung(ticket).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(give, range(8)))) == 1
    assert Card.objects.count() == 1
    assert Entry.objects.filter(step="supervision.card.give").count() == 1
