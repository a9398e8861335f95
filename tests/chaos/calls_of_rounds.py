"""Valid calls of the doors of rounds and proposals, with everything they need made before."""

import json
from collections.abc import Callable
from typing import Any

from django.utils.timezone import localdate, now

from civic.budgeting.models.freezing import preview
from tests.chaos import rounds
from tests.chaos.world import World
from tests.factories import rounds as make

Call = Callable[[], Any]
TITLE, PROBLEM, COST, PLACE = make.LIFT
PROPOSAL = {"title": TITLE, "problem": PROBLEM, "cost": COST, "place": PLACE, "lives_in": make.HOME}
JUDGED = {"met_c1": "yes", "met_c2": "yes", "met_c3": "yes"}


def proposed(world: World) -> Call:
    found, client = rounds.round_of(world), world.page(world.wang)
    body = {**PROPOSAL, "section": str(found.sections.all()[0].pk)}
    return lambda: client.post(f"/budget/rounds/{found.pk}/propose/", body)


def proposed_by_program(world: World) -> Call:
    found, client = rounds.round_of(world), world.api(world.wang)
    body, key = json.dumps({**PROPOSAL, "section": "适老改造"}), {"Idempotency-Key": "k" * 16}
    path = f"/api/budget/rounds/{found.pk}/proposals"
    return lambda: client.post(path, body, content_type="application/json", headers=key)


def supported(world: World) -> Call:
    made, client = rounds.proposal_of(world), world.page(world.stranger)
    return lambda: client.post(f"/budget/proposals/{made.pk}/support/")


def joined(world: World) -> Call:
    made, client = rounds.proposal_of(world), world.page(world.stranger)
    return lambda: client.post(f"/budget/proposals/{made.pk}/join/{made.invitation}/")


def answered(world: World) -> Call:
    found, client = rounds.delivered(world), world.page(world.wang)
    return lambda: client.post(f"/budget/rounds/{found.pk}/answer/", {"grade": "5"})


def prepared(world: World) -> Call:
    make.areas.town()
    typed = {
        "title": "中市街道2027年参与式预算", "summary": "街道拿出80万元。", "area": "341502001", "budget": "800000",
        "parts": "适老改造", "criteria": "公共利益，不是一家的事", "repair_days": "7", "form": "knapsack",
        "rule": "equal-shares", "residence": "LIVING", "minimum_age": "16",
    }  # fmt: skip
    for kind, (begins, ends) in rounds.windows(now()).items():
        typed |= {f"{kind}_from": f"{begins:%Y-%m-%d %H:%M}", f"{kind}_to": f"{ends:%Y-%m-%d %H:%M}"}
    client = world.page(world.staff["handler"])
    return lambda: client.post("/office/rounds/new/", typed)


def cancelled(world: World) -> Call:
    found, client = rounds.round_of(world), world.page(world.staff["leader"])
    return lambda: client.post(f"/office/rounds/{found.pk}/cancel/", {"reason": "资金调整，推迟。"})


def frozen(world: World) -> Call:
    found, client = rounds.to_freeze(world), world.page(world.staff["leader"])
    body = {"seed": make.SEED, "register": "12000", "digest": preview(found, make.SEED).digest}
    return lambda: client.post(f"/office/rounds/{found.pk}/freeze/", body)


def declared(world: World) -> Call:
    member, client = rounds.member_of(rounds.built(world)), world.page(world.staff["handler"])
    return lambda: client.post(f"/office/members/{member.pk}/declare/", {})


def entered(world: World) -> Call:
    found, client = rounds.round_of(world), world.page(world.staff["handler"])
    body = {**PROPOSAL, "section": str(found.sections.all()[0].pk), "number": "A-7", "collected_at": "社区中心",
            "collected_on": localdate(now()).isoformat(), "lines": "3", "line": "1"}  # fmt: skip
    return lambda: client.post(f"/office/rounds/{found.pk}/enter/", body)


def judged(world: World) -> Call:
    made, client = rounds.proposal_of(world), world.page(world.staff["handler"])
    return lambda: client.post(f"/office/proposals/{made.pk}/screening/", JUDGED)


def decided(world: World) -> Call:
    motion, client = rounds.voted(world), world.page(world.staff["handler"])
    return lambda: client.post(f"/office/motions/{motion.pk}/decide/")


ROUNDS: dict[str, Callable[[World], Call]] = {
    "POST /budget/rounds/<int:pk>/propose/": proposed,
    "POST /api/budget/rounds/{pk}/proposals": proposed_by_program,
    "POST /budget/proposals/<int:pk>/<slug:name>/": supported,
    "POST /budget/proposals/<int:pk>/join/<uuid:invitation>/": joined,
    "POST /budget/rounds/<int:pk>/answer/": answered,
    "POST /office/rounds/new/": prepared,
    "POST /office/rounds/<int:pk>/<slug:name>/": cancelled,
    "POST /office/rounds/<int:pk>/freeze/": frozen,
    "POST /office/rounds/<int:pk>/enter/": entered,
    "POST /office/members/<int:pk>/declare/": declared,
    "POST /office/proposals/<int:pk>/<slug:name>/": judged,
    "POST /office/motions/<int:pk>/<slug:name>/": decided,
}
