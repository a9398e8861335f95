"""More time: asked for, given, turned down, and withdrawn with the answer or with the ticket."""

import pytest

from civic.audit.models import Entry
from civic.deadlines.calendars import CITY
from civic.deadlines.models import Clock, Fired
from civic.hotline.models import Ticket
from civic.hotline.models.at_centre import NothingAsked
from civic.hotline.services.carding import give_card
from civic.hotline.states import TicketState
from civic.supervision.models import Card
from civic.workflow.models import StepRefused
from tests.factories import hotline
from tests.factories.accounts import MONDAY, resident
from tests.factories.hotline import DAY, HOUR
from tests.hotline.desk import press, shown

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

MA_JUN, GAO_FEI, XU_HUI = hotline.of_unit, hotline.gao_fei, hotline.xu_hui
ASKED, REPLIED = MONDAY + 3 * HOUR, MONDAY + DAY


def asking(**more) -> Ticket:
    """马军 wants three working days more."""
    ticket = hotline.handled(**more)
    ticket.ask_extension(reason="电缆要从外地采购。", by=MA_JUN(), at=ASKED)
    return ticket


def answered(**more) -> Ticket:
    """马军 has answered before anybody decided."""
    ticket = asking(**more)
    ticket.reply(words=hotline.ANSWER, outcome="SOLVED", quality={}, by=MA_JUN(), at=REPLIED)
    return ticket


def end_of(clock: Clock) -> str:
    assert clock.due_at is not None
    return f"{clock.due_at.astimezone(CITY):%m-%d %H:%M}"


def resolve(ticket: Ticket) -> Clock:
    return Clock.objects.of(ticket.ledger_id()).get(kind="ticket.resolve")


def test_the_answer_withdraws_the_request_that_nobody_has_decided():
    ticket = answered()

    asked = ticket.extensions.get()
    assert (ticket.pending_extension, asked.is_withdrawn, asked.is_approved) == (None, True, None)
    assert (asked.answered_at, asked.answered_by, asked.answer) == (
        REPLIED, MA_JUN(), "承办单位已经答复，延期申请随之撤回。",
    )  # fmt: skip
    assert Entry.objects.filter(subject=ticket.ledger_id()).order_by("pk").last().step == "hotline.ticket.reply"
    assert {clock.kind: clock.state for clock in Clock.objects.of(ticket.ledger_id()).open()} == {
        "ticket.resolve": "SUSPENDED", "ticket.check": "RUNNING",
    }  # fmt: skip


@pytest.mark.parametrize("do", ["extend", "refuse"])
def test_a_page_that_was_opened_before_the_answer_decides_nothing(clock, do: str):
    ticket = asking()
    seen = ticket.version
    clock(4 * HOUR)
    ticket.reply(words=hotline.ANSWER, outcome="SOLVED", quality={}, by=MA_JUN(), at=REPLIED)

    refused = press(GAO_FEI(), ticket, "extension-verdict", seen=seen, do=do, words="同意")

    assert refused.status_code == 412
    assert "在您打开之后已有变化" in refused.content.decode()
    assert ticket.extensions.get().is_withdrawn
    assert (ticket.state, ticket.version, ticket.due_at) == (TicketState.REPLIED, seen + 1, resolve_end_before(ticket))


def resolve_end_before(ticket: Ticket):
    """When the time to answer was to end before the answer made it stand still."""
    return resolve(ticket).due_as_of(at=ASKED)


@pytest.mark.parametrize("verb", ["extend", "refuse_extension"])
def test_while_the_answer_is_checked_the_table_has_no_verdict_and_after_its_return_there_is_nothing_to_decide(verb):
    ticket = answered()
    decide = getattr(ticket, verb)
    with pytest.raises(StepRefused):
        decide(words="同意延期。", by=GAO_FEI(), at=REPLIED)
    ticket.return_reply(remark="没有说什么时候修好。", by=XU_HUI(), at=REPLIED + HOUR)

    with pytest.raises(NothingAsked, match="申请随之撤回") as refused:
        decide(words="同意延期。", by=GAO_FEI(), at=REPLIED + 2 * HOUR)

    assert refused.value.code == "no-extension-pending"
    assert ticket.extensions.get().is_withdrawn
    assert end_of(resolve(ticket)) == "03-10 23:59"  # a day's check, no extension


def test_returned_the_unit_may_ask_again_and_is_given_the_time():
    ticket = answered()
    ticket.return_reply(remark="没有说什么时候修好。", by=XU_HUI(), at=REPLIED + HOUR)

    ticket.ask_extension(reason="电缆还没有到货。", by=MA_JUN(), at=REPLIED + 2 * HOUR)
    ticket.extend(words="同意", by=GAO_FEI(), at=REPLIED + 3 * HOUR)

    assert [(one.is_approved, one.is_withdrawn) for one in ticket.extensions.order_by("pk")] == [
        (None, True), (True, False),
    ]  # fmt: skip
    assert end_of(resolve(ticket)) == "03-13 23:59"


def test_two_pages_decide_the_second_is_told_that_there_is_nothing_left():
    ticket = asking()
    ticket.refuse_extension(words="材料本地有货。", by=GAO_FEI(), at=ASKED + HOUR)

    with pytest.raises(NothingAsked):
        ticket.extend(words="同意", by=GAO_FEI(), at=ASKED + 2 * HOUR)

    assert ticket.extensions.get().is_approved is False
    assert end_of(resolve(ticket)) == "03-09 23:59"


def test_the_page_says_that_it_was_withdrawn_and_no_list_waits_for_it(clock):
    ticket = answered()
    clock(2 * DAY)

    page = shown(XU_HUI(), f"/office/hotline/tickets/{ticket.number}/")

    assert "已撤回" in page
    assert "承办单位已经答复，延期申请随之撤回。" in page
    assert "同意延期</button>" not in page
    assert ticket.number not in shown(GAO_FEI(), "/office/hotline/?view=extension")


def test_what_the_caller_takes_back_takes_the_request_with_it():
    ticket = asking()

    ticket.withdraw(by=ticket.caller, at=ASKED + HOUR)

    asked = ticket.extensions.get()
    assert (asked.is_withdrawn, asked.answered_by, asked.answer) == (
        True, ticket.caller, "工单已经结束，延期申请随之撤回。",
    )  # fmt: skip


def joined_while_asking() -> Ticket:
    """孙浩's lamp, for which 马军 wants more time, is joined to 王芳's."""
    main, sun = hotline.handled(), asking(by=resident("孙浩"))
    sun.merge(parent=main, by=GAO_FEI(), at=ASKED + HOUR)
    return sun


def test_given_back_to_the_unit_that_asked_the_request_still_waits():
    sun = joined_while_asking()

    sun.give_back(words="是另一盏路灯。", by=GAO_FEI(), at=ASKED + 2 * HOUR)
    sun.acknowledge(by=MA_JUN(), at=ASKED + 3 * HOUR)
    sun.extend(words="同意", by=GAO_FEI(), at=ASKED + 4 * HOUR)

    assert sun.extensions.get().is_approved is True


def rung_at(ticket: Ticket, at, *, judged_at) -> Card | None:
    """The card of the yellow rung that was passed at `at`, and is judged when the queue comes to it."""
    clock = resolve(ticket)
    Fired.objects.claim(clock_id=clock.pk, rung="yellow", at=at)
    return give_card(clock, "yellow", at=judged_at)


def test_a_rung_passed_while_the_centre_left_the_request_unanswered_brings_no_card_however_late_it_is_judged():
    ticket, passed_at = asking(), MONDAY + 8 * DAY
    ticket.reply(words=hotline.ANSWER, outcome="SOLVED", quality={}, by=MA_JUN(), at=passed_at + HOUR)

    assert rung_at(ticket, passed_at, judged_at=passed_at + 2 * HOUR) is None
    assert Card.objects.count() == 0


def test_a_request_that_was_turned_down_before_the_rung_excuses_nothing():
    ticket, passed_at = asking(), MONDAY + 8 * DAY
    ticket.refuse_extension(words="材料本地有货。", by=GAO_FEI(), at=passed_at - DAY)

    card = rung_at(ticket, passed_at, judged_at=passed_at + HOUR)

    assert (card.colour, card.unit.code) == ("YELLOW", "cgj")
