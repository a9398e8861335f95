"""Valid calls of the doors of consultation, with everything they need made before."""

from collections.abc import Callable
from typing import Any

from django.utils.timezone import localdate, now

from tests.chaos.world import World, send
from tests.factories import consultation

Call = Callable[[], Any]
SAID = {"words": consultation.FINE_WORDS, "anchor": "art3.p1.i1", "on": "art3.p1.i1"}


def says(world: World) -> Call:
    client, path = world.page(world.stranger), f"/consultations/{world.consulted.pk}/say/"
    return lambda: client.post(path, SAID)


def says_by_program(world: World) -> Call:
    client, path = world.api(world.stranger), f"/api/consultations/{world.consulted.pk}/opinions"
    body = {name: SAID[name] for name in ("words", "anchor")}
    return lambda: send(client, "POST", path, body, **{"Idempotency-Key": "k" * 16})


def supports(world: World) -> Call:
    client, path = world.page(world.stranger), f"/opinions/{world.opinion.handle}/stance/"
    return lambda: client.post(path, {"side": "SUPPORT"})


def supports_by_program(world: World) -> Call:
    client, path = world.api(world.stranger), f"/api/opinions/{world.opinion.handle}/stance"
    return lambda: send(client, "PUT", path, {"side": "SUPPORT"})


def signs(world: World) -> Call:
    client, path = world.page(world.wang), f"/my/opinions/{world.opinion.handle}/sign/"
    return lambda: client.post(path, {"is_named": "1"})


def prepares(world: World) -> Call:
    client, plan = world.page(world.staff["handler"]), consultation.plan()
    body = {"title": plan.title, "summary": plan.summary, "reasons": plan.reasons, "moderation": plan.moderation}
    return lambda: client.post("/office/consultations/new/", body)


def writes_anew(world: World) -> Call:
    client, path = world.page(world.staff["handler"]), f"/office/consultations/{world.consulted.pk}/step/version/"
    return lambda: client.post(path, {"text": consultation.SECOND, "note": "延长投放时间。"})


def enters(world: World) -> Call:
    client, path = world.page(world.staff["handler"]), f"/office/consultations/{world.consulted.pk}/enter/"
    body = {
        "source": "MEETING", "number": "2026-01", "collected_at": "社区中心",
        "collected_on": localdate(now()).isoformat(), "lines": "3", "line": "1", "words": "老人看不清标识，字要大。",
    }  # fmt: skip
    return lambda: client.post(path, body)


def holds_back(world: World) -> Call:
    client, path = world.page(world.staff["handler"]), f"/office/opinions/{world.opinion.pk}/hold_back/"
    return lambda: client.post(path, {"ground": "OFF_TOPIC", "words": "与草案无关。"})


CONSULTATION: dict[str, Callable[[World], Call]] = {
    "POST /consultations/<int:pk>/say/": says,
    "POST /api/consultations/{pk}/opinions": says_by_program,
    "POST /opinions/<uuid:handle>/stance/": supports,
    "PUT /api/opinions/{handle}/stance": supports_by_program,
    "POST /my/opinions/<uuid:handle>/<slug:name>/": signs,
    "POST /office/consultations/new/": prepares,
    "POST /office/consultations/<int:pk>/step/<slug:name>/": writes_anew,
    "POST /office/consultations/<int:pk>/enter/": enters,
    "POST /office/opinions/<int:pk>/<slug:name>/": holds_back,
}
