"""Valid calls of the hotline's officials' doors, with everything they need made before."""

from collections.abc import Callable
from typing import Any

from civic.hotline.services.rating import invite
from tests.chaos.world import World
from tests.factories import hotline

Call = Callable[[], Any]
TICKET = "/office/hotline/tickets/<str:number>/"
SAID = {
    "token": "h" * 32, "phone": "13800005678", "name": "王芳", "title": "梅山路路灯不亮", "detail": hotline.LAMP,
    "kind": "HELP", "do": "register",
}  # fmt: skip


def taken(world: World) -> Call:
    hotline.city()
    client = world.page(hotline.lin_xia())
    return lambda: client.post("/office/hotline/seat/", SAID)


def sent(world: World) -> Call:
    ticket = hotline.ticket(by=world.wang, at=world.at)
    client = world.page(hotline.gao_fei())
    return lambda: client.post("/office/hotline/bulk/dispatch/", {"number": [ticket.number]})


def pressed(world: World) -> Call:
    ticket, client = world.ticket, world.page(world.staff["handler"])
    return lambda: client.post(f"/office/hotline/tickets/{ticket.number}/receipt/", {})


def revealed(world: World) -> Call:
    ticket, client = world.ticket, world.page(world.staff["handler"])
    return lambda: client.post(
        f"/office/hotline/tickets/{ticket.number}/revelation/", {"purpose": "联系来电人核实情况"}
    )


def brought(world: World) -> Call:
    """A deputy writes down what somebody says."""
    hotline.station()
    client = world.page(hotline.deputy())
    sent = {key: SAID[key] for key in ("phone", "name", "title", "detail", "kind")}
    return lambda: client.post("/office/deputies/new/", {**sent, "token": "d" * 32, "station": "zhongshi"})


def rated_by_deputy(world: World) -> Call:
    """The deputy who brought it rates what was answered at the phone."""
    ticket = hotline.brought()
    ticket.answer_live(words="已经通知抢修队，今晚修好。", by=hotline.lin_xia(), at=world.at)
    invite(ticket, at=world.at)
    client = world.page(hotline.deputy())
    return lambda: client.post(f"/office/deputies/tickets/{ticket.number}/rating/", {"grade": "5"})


def joined(world: World) -> Call:
    main, other = (hotline.ticket(by=who, at=world.at) for who in (world.wang, world.stranger))
    body = {"parent": main.number, "child": f"{other.number}:{other.version}", "words": "同一盏路灯"}
    client = world.page(hotline.gao_fei())
    return lambda: client.post("/office/hotline/incidents/merger/", body)


def taken_up(world: World) -> Call:
    surge, client = world.surge, world.page(world.staff["handler"])
    return lambda: client.post(f"/office/hotline/surges/{surge.pk}/take/", {})


DESK: dict[str, Callable[[World], Call]] = {
    "POST /office/hotline/seat/": taken,
    "POST /office/hotline/bulk/dispatch/": sent,
    "POST /office/hotline/incidents/merger/": joined,
    "POST /office/hotline/surges/<int:pk>/<slug:name>/": taken_up,
    f"POST {TICKET}<slug:form>/": pressed,
    f"POST {TICKET}revelation/": revealed,
    "POST /office/deputies/new/": brought,
    "POST /office/deputies/tickets/<str:number>/rating/": rated_by_deputy,
}
