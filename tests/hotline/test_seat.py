"""The seat of a call taker: looking up loses nothing, one press ends a call, a double press ends it once."""

import pytest

from civic.audit.models import Entry
from civic.hotline.models import Ticket
from civic.hotline.states import Outcome, TicketState
from tests.factories import hotline
from tests.factories.accounts import MONDAY, resident
from tests.hotline.desk import at_desk, page_of, seat_form, shown

pytestmark = pytest.mark.django_db
SEAT = "/office/hotline/seat/"


@pytest.fixture(autouse=True)
def on_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    hotline.city()
    monkeypatch.setattr("civic.hotline.office.seat.now", lambda: MONDAY)


@pytest.fixture
def seat():
    return at_desk(hotline.lin_xia())


def test_a_call_is_written_down_and_waits_for_dispatch(seat):
    answer = seat.post(SEAT, seat_form(proposed="010201"))

    ticket = Ticket.objects.get()
    assert answer["Location"] == SEAT
    assert (ticket.state, ticket.channel, ticket.category.code) == (TicketState.RECEIVED, "PHONE", "010201")
    assert ticket.clear("phone") == "13800005678"
    assert ticket.taken_by == hotline.lin_xia()
    assert ticket.number in seat.get(SEAT).content.decode()


def test_a_double_press_makes_one_ticket(seat):
    seat.post(SEAT, seat_form())
    again = seat.post(SEAT, seat_form())

    assert again["Location"] == SEAT
    assert Ticket.objects.count() == 1


def test_an_error_says_where_and_keeps_every_word(seat):
    answer = seat.post(SEAT, seat_form(title="灯", name="", place="三岔路口东边"))

    page = answer.content.decode()
    assert answer.status_code == 400
    assert Ticket.objects.count() == 0
    assert 'href="#title"' in page
    assert 'href="#name"' in page
    assert hotline.LAMP in page
    assert "三岔路口东边" in page


def test_the_number_brings_up_earlier_calls_masked_and_the_reading_is_recorded(seat):
    earlier = hotline.ticket(by=resident("王芳", phone="13800005678"), title="请找张三138-0000-1111")

    page = seat.post(SEAT, seat_form(do="look", phone="+86 138 0000 5678")).content.decode()

    assert earlier.number in page
    assert "138-0000-1111" not in page
    assert hotline.LAMP in page
    read = Entry.objects.get(step="hotline.ticket.read")
    assert (read.subject, read.purpose) == (earlier.ledger_id(), "来电识别")
    assert Ticket.objects.count() == 1


def test_class_unit_and_danger_are_proposed_with_the_words_that_speak_for_them(seat):
    page = seat.post(SEAT, seat_form(do="suggest", detail="路灯的电线漏电，井盖也破损了。")).content.decode()

    assert "道路桥梁路灯 → 六安市cgj" in page
    assert "因为提到：路灯、井盖、破损" in page
    assert "可能紧急" in page
    assert "漏电" in page


def test_htmx_gets_only_what_stands_beside_the_form(seat):
    part = seat.post(SEAT, seat_form(do="suggest"), headers={"HX-Request": "true"}).content.decode()

    assert part.strip().startswith("<section")
    assert 'name="detail"' not in part


def test_the_same_matter_is_joined_by_one_press(seat):
    first = hotline.dispatched(by=resident("刘桂英"))
    page = seat.post(SEAT, seat_form(do="suggest")).content.decode()
    assert f'value="join-{first.number}"' in page

    seat.post(SEAT, seat_form(do=f"join-{first.number}"))

    joined = Ticket.objects.exclude(pk=first.pk).get()
    assert (joined.state, joined.parent) == (TicketState.MERGED, first)


def test_what_can_be_answered_is_answered_at_once(seat):
    seat.post(SEAT, seat_form(do="answer", words="路灯报修已转城管局值班，今晚20点前修好。"))

    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.outcome) == (TicketState.CLOSED, Outcome.ANSWERED_LIVE)


def test_an_answer_without_words_makes_no_ticket(seat):
    answer = seat.post(SEAT, seat_form(do="answer", words=""))

    assert answer.status_code == 400
    assert Ticket.objects.count() == 0
    assert hotline.LAMP in answer.content.decode()


def test_an_emergency_is_handed_over_with_nothing_but_a_press(seat):
    empty = {"token": "b" * 32, "do": "119", "place": "皖西路三号"}

    answer = seat.post(SEAT, empty)

    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.outcome, ticket.urgency) == (TicketState.CLOSED, Outcome.HANDED_OVER, "URGENT")
    assert ticket.facts["handed_to"] == "119"
    assert answer["Location"] == page_of(ticket, "handover/")
    card = seat.get(answer["Location"]).content.decode()
    assert "现在拨 119，不要挂断来电人" in card
    assert "皖西路三号" in card


def test_the_card_holds_the_number_to_ring_back(seat):
    answer = seat.post(SEAT, seat_form(do="110"))

    assert "13800005678" in seat.get(answer["Location"]).content.decode()


def test_only_the_centre_has_a_seat():
    assert at_desk(hotline.of_unit()).get(SEAT).status_code == 404
    assert at_desk(resident("王芳")).get(SEAT).status_code == 404


def test_the_seat_asks_the_database_as_often_with_a_long_history(seat):
    caller = resident("王芳", phone="13800005678")
    for _ in range(2):
        hotline.ticket(by=caller)
    shown(hotline.lin_xia(), SEAT)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        seat.post(SEAT, seat_form(do="look"))
    for _ in range(3):
        hotline.ticket(by=caller)
    with CaptureQueriesContext(connection) as many:
        seat.post(SEAT, seat_form(do="look"))

    assert len(many) - len(few) <= 9  # each reading is an entry of the ledger: three statements each
