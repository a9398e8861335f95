"""Supervision for tests: a red card for 城市管理局's lamp, and what hangs on it."""

from datetime import timedelta

from civic.accounts.models import Account
from civic.deadlines.models import Clock, Fired
from civic.hotline.models import Ticket
from civic.hotline.services.carding import give_card
from civic.hotline.services.complaining import matter_of
from civic.supervision.models import Assignment, Card, Complaint, Item, Meeting, Order
from civic.supervision.services import ByHand, follow_up, give_by_hand
from tests.factories import hotline
from tests.factories.accounts import MONDAY, official, resident

WEEKS = timedelta(days=14)  # after the five working days of an answer


def wu_gang() -> Account:
    """吴刚 supervises, at 数据资源管理局; made once."""
    return _supervisor("吴刚", "sjzy")


def ding_yi() -> Account:
    """丁一 supervises too, at 信访局: independent of 吴刚."""
    return _supervisor("丁一", "xfj")


def _supervisor(name: str, code: str) -> Account:
    found = Account.objects.filter(username=f"{code}.supervisor").first()
    roles = ("supervisor",)
    return found or official(name, department=hotline.unit(code), roles=roles, username=f"{code}.supervisor")


def rung(ticket: Ticket, key: str = "yellow", kind: str = "ticket.resolve") -> Card | None:
    """The card that a rung of the ticket's clock brings, as the timer gives it."""
    clock = Clock.objects.of(ticket.ledger_id()).filter(kind=kind).latest("pk")
    at = ticket.received_at + WEEKS
    Fired.objects.claim(clock_id=clock.pk, rung=key, at=at)
    return give_card(clock, key, at=at)


def card(colour: str = "yellow") -> Card:
    made = rung(hotline.handled(), colour)
    assert made is not None
    return made


def order() -> Order:
    red = card("red")
    red.sign(by=wu_gang(), at=MONDAY + WEEKS)
    opened = follow_up(red, at=MONDAY + WEEKS)
    assert opened is not None
    return opened


def complaint() -> Complaint:
    """王芳 says that 城市管理局 drags its feet."""
    ticket = hotline.handled()
    matter = {"subject": ticket.ledger_id(), "number": ticket.number, "label": "hotline.ticket"}
    hotline.unit("xfj")
    return Complaint.objects.lodge(
        about=hotline.unit(),
        topic="SLOW",
        words="说好明天修，一周了没有人来。",
        matter=matter,
        by=resident("孙浩"),
        at=MONDAY,
    )


def meeting() -> Meeting:
    return Meeting.objects.plan(title="路灯移交协调会", on=MONDAY + timedelta(days=2), by=wu_gang(), at=MONDAY)


def item() -> Item:
    ticket = hotline.dispatched()
    matter = {"subject": ticket.ledger_id(), "number": ticket.number, "label": "hotline.ticket"}
    return meeting().add(matter=matter, words="两个单位都说不归自己。", by=wu_gang(), at=MONDAY)


def assignment() -> Assignment:
    return item().decide(unit=hotline.unit(), words="城管局一周内修好路灯。", by=wu_gang(), at=MONDAY)


def written(colour: str = "YELLOW") -> ByHand:
    return ByHand(colour, "答复与事实不符", "3月3日答复称已恢复照明，3月4日现场核查仍不亮。")


def by_hand(ticket: Ticket | None = None, *, colour: str = "YELLOW", by: Account | None = None) -> Card:
    """吴刚 gives 城市管理局 a card for an answer that was not true."""
    found = ticket or hotline.handled()
    return give_by_hand(
        unit=hotline.unit(), matter=matter_of(found), written=written(colour), by=by or wu_gang(),
        at=found.received_at + WEEKS,
    )  # fmt: skip


def repeated() -> Card:
    """The red card that a second yellow one in the same matter brings."""
    ticket = hotline.handled()
    rung(ticket)
    by_hand(ticket)
    return Card.objects.get(colour="RED", subject=ticket.ledger_id())
