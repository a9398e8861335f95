"""Valid calls of the doors of supervision, with everything they need made before."""

from collections.abc import Callable
from typing import Any

from civic.accounts.models import Account
from tests.chaos.world import World
from tests.factories import hotline, supervision

Call = Callable[[], Any]
MEETING = {"title": "路灯移交协调会", "on": "2026-03-05 09:30"}
TRUE, FIRST = "属实，已责成修复。", "确定由城管局先修。"


def step(place: str, noun: str, who: Callable[[World], Account], words: str = "") -> Callable[[World], Call]:
    """An official's act on a card, an order, a complaint, a meeting or one of its decisions."""

    def prepare(world: World) -> Call:
        found = getattr(world, noun)
        client, path = world.page(who(world)), place.format(it=found)
        return lambda: client.post(path, {"words": words})

    return prepare


def called(world: World) -> Call:
    client = world.page(supervision.wu_gang())
    return lambda: client.post("/office/meetings/new/", MEETING)


def given_by_hand(world: World) -> Call:
    """A supervisor gives the land bureau a card for how it has handled Wang Fang's ticket."""
    client = world.page(supervision.wu_gang())
    card = supervision.written()
    body = {"number": world.ticket.number, "unit": "zrzy", "colour": card.colour}
    return lambda: client.post("/office/cards/new/", {**body, "reason": card.reason, "evidence": card.evidence})


def left_out(world: World) -> Call:
    """A supervisor asks that Wang Fang's ticket be left out of a rate."""
    client = world.page(supervision.wu_gang())
    body = {"number": world.voice.number, "rate": "SOLVED", "ground": "out_of_scope"}
    return lambda: client.post("/office/hotline/exclusions/new/", {**body, "evidence": FIRST + TRUE})


def taken_back(world: World) -> Call:
    client, path = world.page(world.wang), f"/my/complaints/{world.complaint.handle}/withdrawal/"
    return lambda: client.post(path)


def handler(world: World) -> Account:
    return world.staff["handler"]


def leader(world: World) -> Account:
    return world.staff["leader"]


def checker(world: World) -> Account:
    return hotline.of_unit("丁一", "xfj")


SUPERVISION: dict[str, Callable[[World], Call]] = {
    "POST /office/cards/<int:pk>/<slug:name>/": step("/office/cards/{it.pk}/acknowledge/", "card", handler),
    "POST /office/orders/<int:pk>/<slug:name>/": step(
        "/office/orders/{it.pk}/answer/", "order", leader, "已经修好，并检查了全部路灯。"
    ),
    "POST /office/complaints/<int:pk>/<slug:name>/": step(
        "/office/complaints/{it.pk}/uphold/", "complaint", checker, TRUE
    ),
    "POST /office/meetings/<int:pk>/<slug:name>/": step(
        "/office/meetings/{it.item.meeting_id}/hold/", "assignment", lambda world: supervision.wu_gang(), FIRST
    ),
    "POST /office/assignments/<int:pk>/<slug:name>/": step(
        "/office/assignments/{it.pk}/finish/", "assignment", lambda world: hotline.of_unit(), "已经修好。"
    ),
    "POST /office/meetings/new/": called,
    "POST /office/cards/new/": given_by_hand,
    "POST /office/hotline/exclusions/new/": left_out,
    "POST /office/hotline/exclusions/<int:pk>/<slug:name>/": step(
        "/office/hotline/exclusions/{it.pk}/confirm/", "exclusion", lambda world: supervision.wu_gang(), TRUE
    ),
    "POST /my/complaints/<uuid:handle>/withdrawal/": taken_back,
}
