"""Valid calls of the doors of a vote, with everything they need made before."""

import json
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import now

from civic.budgeting.models import PaperForm
from civic.budgeting.poll_schemas import packed
from civic.core import blind_signature
from tests.chaos.world import World
from tests.factories import accounts as people
from tests.factories import budgeting
from tests.factories.documents import document, picture

Call = Callable[[], Any]
WANG = {"name": "王芳", "id_number": "341502199001010025", "lives": "true"}


def credential(path: str, *, by_token: bool) -> Callable[[World], Call]:
    """王芳 asks for her credential."""

    def prepare(world: World) -> Call:
        blinded = blind_signature.blind(world.poll.verifier(), blind_signature.prepare(b"n" * 32)).words
        body = json.dumps({"blinded": packed(blinded), "lives_in": budgeting.COUNTY})
        client = world.api(world.wang) if by_token else world.page(world.wang)
        return lambda: client.post(path.format(world.poll.public_id), body, content_type="application/json")

    return prepare


def ballot(path: str) -> Callable[[World], Call]:
    """A ballot comes from nobody in particular."""

    def prepare(world: World) -> Call:
        voter = budgeting.voter(world.poll, "刘桂英")
        voter.ask(at=now())
        said = {"message": packed(voter.prepared), "signature": packed(voter.signature), "projects": ["P1"]}
        body, client = json.dumps(said), world.page(None)
        return lambda: client.post(path.format(world.poll.public_id), body, content_type="application/json")

    return prepare


def handed_out(world: World) -> Call:
    client, path = world.page(world.official("window_clerk")), f"/office/polls/{world.poll.public_id}/register/"
    return lambda: client.post(path, WANG)


def opened(world: World) -> Call:
    client, path = world.page(world.staff["leader"]), f"/office/polls/{world.ended_poll.public_id}/opening/"
    return lambda: client.post(path)


def printed(world: World) -> Call:
    client, path = world.page(world.staff["handler"]), f"/office/polls/{world.poll.public_id}/pads/"
    return lambda: client.post(path, {"size": "3"})


def unsealed(world: World) -> Call:
    client, path = world.page(world.staff["handler"]), f"/office/polls/{world.ended_poll.public_id}/urns/"
    return lambda: client.post(path, {"number": "2", "place": "望城社区", "papers": "1"})


def code_of(world: World) -> str:
    return str(PaperForm.objects.filter(pad__poll=world.urn.poll).order_by("code")[0].code)


def read(world: World) -> Call:
    client, path = world.page(world.staff["handler"]), f"/office/urns/{world.urn.pk}/readings/"
    body = {"code": code_of(world), "project": ["P1"]}
    return lambda: client.post(path, body)


def scanned(world: World) -> Call:
    client, path = world.page(world.staff["handler"]), f"/office/urns/{world.urn.pk}/scan/"
    return lambda: client.post(path, {"scan": SimpleUploadedFile("箱.jpg", picture(), content_type="image/jpeg")})


def closed(world: World) -> Call:
    """Two have read the one paper alike, and the scan is there."""
    first, second = world.staff["handler"], people.official("孙蕾", department=world.land, roles=("unit_handler",))
    for who in (first, second):
        world.urn.read(code=code_of(world), projects=["P1"], by=who, at=now())
    world.urn.keep_scan(document(first, purpose="urn"), by=first, at=now())
    client, path = world.page(first), f"/office/urns/{world.urn.pk}/close/"
    return lambda: client.post(path)


POLLS: dict[str, Callable[[World], Call]] = {
    "POST /polls/<uuid:public_id>/credential/": credential("/polls/{}/credential/", by_token=False),
    "POST /api/polls/{uuidstr:poll_id}/credential": credential("/api/polls/{}/credential", by_token=True),
    "POST /polls/<uuid:public_id>/ballots/": ballot("/polls/{}/ballots/"),
    "POST /api/polls/{uuidstr:poll_id}/ballots": ballot("/api/polls/{}/ballots"),
    "POST /office/polls/<uuid:public_id>/register/": handed_out,
    "POST /office/polls/<uuid:public_id>/opening/": opened,
    "POST /office/polls/<uuid:public_id>/pads/": printed,
    "POST /office/polls/<uuid:public_id>/urns/": unsealed,
    "POST /office/urns/<int:pk>/readings/": read,
    "POST /office/urns/<int:pk>/scan/": scanned,
    "POST /office/urns/<int:pk>/close/": closed,
}
