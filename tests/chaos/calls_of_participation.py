"""Valid calls of the doors of participation, with everything they need made before."""

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.chaos.world import World
from tests.factories import participation

Call = Callable[[], Any]


def uploaded(world: World) -> Call:
    """A handler of the land bureau uploads a register."""
    client = world.page(world.staff["handler"])
    file = SimpleUploadedFile("名册.csv", participation.REGISTER, content_type="text/csv")
    body = {"title": "评审小组", "purpose": "抽取评审小组的居民成员。", "size": "8", "register": file}
    return lambda: client.post("/office/sortitions/new/", body)


def committed(world: World) -> Call:
    client, path = world.page(world.staff["leader"]), f"/office/sortitions/{world.prepared.pk}/commit/"
    return lambda: client.post(path, {"seed": participation.SEED})


def declined(world: World) -> Call:
    """Somebody who was drawn does not take part; a reserve is called up in the same transaction."""
    seat = world.drawn.seats.listed()[0]
    client, path = world.page(world.staff["handler"]), f"/office/seats/{seat.pk}/decline/"
    return lambda: client.post(path)


PARTICIPATION: dict[str, Callable[[World], Call]] = {
    "POST /office/sortitions/new/": uploaded,
    "POST /office/sortitions/<int:pk>/<slug:name>/": committed,
    "POST /office/seats/<int:pk>/<slug:name>/": declined,
}
