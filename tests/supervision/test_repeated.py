"""A red card for repetition, and a card by hand: on what they stand, who signs, and how often they come."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from civic.audit.models import Entry
from civic.core.errors import NotAllowed
from civic.hotline.models import Ticket
from civic.hotline.services.complaining import matter_of
from civic.supervision import services
from civic.supervision.models import Basis, Card
from civic.supervision.rules import Repetition, read_repetition
from civic.supervision.services import CardGivenAlready, follow_up, give_by_hand
from tests.factories import hotline, supervision
from tests.factories.accounts import MONDAY
from tests.factories.supervision import WEEKS

AT = MONDAY + WEEKS
WRONG = "现场已恢复照明，系核查路段有误，撤销。"


def reds() -> list[tuple[str, str, str]]:
    found = Card.objects.filter(colour="RED").order_by("pk")
    return list(found.values_list("rung", "number", "state"))


def revoke(card: Card) -> None:
    """丁一 takes a card back, and what follows follows."""
    card.revoke(finding=WRONG, by=supervision.ding_yi(), at=AT)
    follow_up(card, at=AT)


def test_one_yellow_card_alone_never_brings_a_red_one():
    assert read_repetition({"in_matter": 2, "of_kind": 0, "within_days": 30}) == Repetition(2, 0, 30)
    for wrong in ({"in_matter": 1, "of_kind": 3, "within_days": 30}, {"in_matter": 2, "of_kind": 3, "within_days": -1}):
        with pytest.raises(ValueError, match="2 and more"):
            read_repetition(wrong)


@pytest.mark.django_db
class TestRepeated:
    def test_a_second_yellow_card_in_one_matter_proposes_one_red_one_that_a_leader_signs(self):
        ticket = hotline.handled()
        first = supervision.rung(ticket)
        assert reds() == []

        second = supervision.by_hand(ticket)

        assert reds() == [("in_matter", ticket.number, "PROPOSED")]
        red = Card.objects.get(colour="RED")
        assert [told["card"] for told in red.evidence["cards"]] == [first.pk, second.pk]
        assert (red.unit.code, red.rule, red.given_by, red.issued_at) == ("cgj", "card in_matter 2", None, None)
        assert set(Basis.objects.values_list("yellow", "red")) == {(first.pk, red.pk), (second.pk, red.pk)}
        assert red.why_not("sign", supervision.wu_gang(), at=AT)  # he gave a yellow one that it rests on
        red.sign(by=supervision.ding_yi(), at=AT)
        assert follow_up(red, at=AT).unit.code == "cgj"

    def test_blue_cards_and_cards_of_another_unit_do_not_count(self):
        ticket = hotline.handled()
        supervision.rung(ticket, "blue")
        supervision.rung(ticket, "yellow", "ticket.dispatch")  # the centre's own
        supervision.rung(ticket)

        assert sorted(Card.objects.values_list("unit__code", "colour")) == [
            ("cgj", "BLUE"), ("cgj", "YELLOW"), ("rx", "YELLOW"),
        ]  # fmt: skip

    def test_a_third_yellow_card_of_one_kind_within_the_days_proposes_one_and_each_counts_once(self):
        for day in (0, 1, 2, 3, 4):
            supervision.rung(hotline.handled(at=MONDAY + timedelta(days=day)))

        assert [(rung, state) for rung, _, state in reds()] == [("of_kind", "PROPOSED")]
        assert Basis.objects.count() == 3

        supervision.rung(hotline.handled(at=MONDAY + timedelta(days=7)))
        assert [rung for rung, *_ in reds()] == ["of_kind", "of_kind"]
        assert Basis.objects.count() == 6

    def test_of_another_kind_or_longer_ago_does_not_count(self, settings):
        settings.SUPERVISION_REPEATED = {"in_matter": 2, "of_kind": 3, "within_days": 5}
        for day in (0, 1):
            supervision.rung(hotline.handled(at=MONDAY + timedelta(days=day)))
        supervision.rung(hotline.handled(code="010203", at=MONDAY + timedelta(days=2)))
        supervision.rung(hotline.handled(at=MONDAY + timedelta(days=7)))

        assert reds() == []

    def test_a_part_that_the_city_turned_off_brings_nothing(self, settings):
        settings.SUPERVISION_REPEATED = {"in_matter": 0, "of_kind": 0, "within_days": 30}
        ticket = hotline.handled()
        supervision.rung(ticket)
        supervision.by_hand(ticket)

        assert reds() == []

    def test_a_revoked_yellow_card_takes_the_proposed_red_one_with_it_and_the_other_counts_again(self):
        red = supervision.repeated()
        first, second = (basis.yellow for basis in red.bases.order_by("pk"))

        revoke(first)
        follow_up(first, at=AT)  # the job runs twice

        red.refresh_from_db()
        assert (red.state, red.decided_by, red.issued_at) == ("DROPPED", None, None)
        assert f"黄牌{first.pk}已撤销" in red.finding
        assert [told["card"] for told in red.evidence["cards"]] == [first.pk, second.pk]  # what it stood on stays
        third = supervision.rung(Ticket.objects.get(number=red.number), "yellow", "ticket.response")
        again = Card.objects.filter(colour="RED").latest("pk")
        assert [told["card"] for told in again.evidence["cards"]] == [second.pk, third.pk]

    def test_a_red_card_that_is_signed_stays_and_is_listed_for_review(self):
        red = supervision.repeated()
        red.sign(by=supervision.ding_yi(), at=AT)

        revoke(red.bases.order_by("pk")[0].yellow)

        red.refresh_from_db()
        assert red.state == "ISSUED"
        assert list(Card.objects.shaken()) == [red]

    def test_what_a_leader_did_not_sign_is_not_proposed_again_from_the_same_cards(self):
        red = supervision.repeated()
        red.drop(words="已当面约谈，不再发红牌。", by=supervision.ding_yi(), at=AT)

        supervision.rung(Ticket.objects.get(number=red.number), "yellow", "ticket.response")

        assert [state for *_, state in reds()] == ["DROPPED"]

    def test_the_database_lets_a_yellow_card_bear_one_red_one(self):
        red = supervision.repeated()
        other = supervision.by_hand(hotline.handled(), colour="RED")
        with pytest.raises(IntegrityError), transaction.atomic():
            Basis.objects.create(red=other, yellow=red.bases.order_by("pk")[0].yellow)


@pytest.mark.django_db
class TestByHand:
    def test_a_supervisor_gives_one_with_reason_and_evidence_and_it_is_in_the_ledger(self):
        card = supervision.by_hand()

        assert (card.state, card.colour, card.clock, card.given_by) == ("ISSUED", "YELLOW", None, supervision.wu_gang())
        assert card.evidence == {"words": "3月3日答复称已恢复照明，3月4日现场核查仍不亮。"}
        assert Entry.objects.filter(subject=card.ledger_id(), step="supervision.card.give").count() == 1

    def test_a_red_one_is_signed_by_another_supervisor_never_by_the_giver(self):
        card = supervision.by_hand(colour="RED")
        with pytest.raises(NotAllowed, match="不能自己签发"):
            card.sign(by=supervision.wu_gang(), at=AT)
        assert Card.objects.get(pk=card.pk).state == "PROPOSED"

        card.sign(by=supervision.ding_yi(), at=AT)
        assert card.state == "ISSUED"

    def test_a_unit_that_never_held_the_matter_and_a_handlers_hand_are_refused(self):
        ticket = hotline.handled()
        given = {"matter": matter_of(ticket), "written": supervision.written(), "at": AT}
        with pytest.raises(NotAllowed, match="没有办理过"):
            give_by_hand(unit=hotline.unit("jaq"), by=supervision.wu_gang(), **given)
        with pytest.raises(NotAllowed, match="督办人员"):
            give_by_hand(unit=hotline.unit(), by=hotline.of_unit(), **given)
        assert not Card.objects.exists()

    def test_a_second_of_the_same_colour_waits_until_the_first_has_ended(self):
        ticket = hotline.handled()
        card = supervision.by_hand(ticket)
        with pytest.raises(CardGivenAlready):
            supervision.by_hand(ticket)
        assert Card.objects.count() == 1

        card.revoke(finding=WRONG, by=supervision.ding_yi(), at=AT)
        supervision.by_hand(ticket)
        assert Card.objects.count() == 2


WORKERS = 8


@pytest.fixture
def late(transactional_db: None) -> Iterator[list[Ticket]]:
    """Eight of 城市管理局's tickets about street lamps, none answered."""
    tickets = [hotline.handled() for _ in range(WORKERS)]
    supervision.wu_gang()
    yield tickets
    connection.close()


def all_give(tickets: list[Ticket]) -> None:
    """Each worker gives the yellow card of one ticket, all at the same moment."""
    start = Barrier(WORKERS)

    def give(ticket: Ticket) -> None:
        try:
            start.wait()
            supervision.rung(ticket)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(give, tickets))


def test_of_eight_workers_at_once_with_the_unit_held_two_red_cards_come_and_two_yellow_ones_are_left(late):
    all_give(late)

    assert Card.objects.filter(colour="YELLOW").count() == 8
    assert [rung for rung, *_ in reds()] == ["of_kind", "of_kind"]
    assert Card.objects.yellow_and_unspent(unit=hotline.unit().pk).count() == 2


def test_without_holding_the_unit_the_same_eight_lose_red_cards(late, monkeypatch):
    def unheld(unit: int) -> None:
        time.sleep(0.5)  # each has written its own card and sees nobody else's

    monkeypatch.setattr(services, "_one_at_a_time", unheld)
    outcome = 0
    try:
        all_give(late)
    except IntegrityError:
        outcome += 1

    assert outcome or len(reds()) != 2


@pytest.mark.django_db(transaction=True)
def test_eight_workers_with_the_second_yellow_card_of_one_matter_propose_one_red_one():
    ticket = hotline.handled()
    supervision.by_hand(ticket)

    def give(_: int) -> None:
        try:
            supervision.rung(ticket)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(give, range(WORKERS)))

    assert [rung for rung, *_ in reds()] == ["in_matter"]
    assert Entry.objects.filter(subject=Card.objects.get(colour="RED").ledger_id()).count() == 1
