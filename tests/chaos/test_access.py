"""Who gets in where: every route against nine people, as the table access.csv says; a route it lacks fails.

A person is in when the answer is neither "log in", "not yours" nor "not there": what the door then says about an
empty form is another matter. The land bureau leads the case that paths name; it belongs to 王芳.
"""

import copy
import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils.timezone import now

from civic.accounts.models import Account
from civic.audit.services.sequence import sequence
from civic.cases.models import Case
from civic.consultation.models import Report
from civic.licences.services import publish_status, sign_licence
from tests.chaos import rounds
from tests.chaos.calls import CASE_STEPS, OFFICE_STEPS
from tests.chaos.calls_of_consultation import SAID
from tests.chaos.calls_of_data import EXCHANGE
from tests.chaos.calls_of_hotline import VOICE
from tests.chaos.calls_of_rounds import PROPOSAL
from tests.chaos.outcome_seed import outcome_of
from tests.chaos.routes import Route, routes
from tests.chaos.world import World
from tests.factories import cases, catalogue, outcome, ratings, wallet
from tests.factories import rounds as make_rounds
from tests.factories.documents import document
from tests.factories.licences import licence
from tests.factories.notifications import notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("doors_open")]
TABLE = Path(__file__).with_name("access.csv")
PEOPLE = ("anonymous", "owner", "stranger", "clerk", "other", "leader", "auditor", "operator", "editor")


def person(world: World, name: str) -> Account | None:
    """王芳, whose case it is; 孙浩; clerk and leader of the bureau; a colleague elsewhere; three other offices."""
    found: dict[str, Callable[[], Account | None]] = {
        "anonymous": lambda: None,
        "owner": lambda: world.wang,
        "stranger": lambda: world.stranger,
        "clerk": lambda: world.official("window_clerk", "unit_handler"),
        "other": lambda: world.staff["stranger"],
        "leader": lambda: world.official("unit_leader"),
        "auditor": lambda: world.official("auditor"),
        "operator": lambda: world.official("operator"),
        "editor": lambda: world.official("catalogue_clerk"),
    }
    return found[name]()


class Paths:
    """Fills the addresses of routes with nouns that are there."""

    def __init__(self, world: World) -> None:
        fresh = ratings.right(holder=world.wang, home=world.land)
        rated = ratings.right("cases.case:8", holder=world.wang, home=world.land)
        remedy = ratings.remedy(of=rated)
        letter, paper = notice(world.wang), document(world.wang, at=world.at)
        deed = licence("property_certificate", holder=world.wang.person)
        sign_licence(licence=deed, by="test", at=world.at)
        publish_status(status_list=deed.status_list_id, at=world.at)
        asked = wallet.request(holder=world.wang, asker=world.stranger, at=now())
        case, draft, mandate = world.submitted, world.draft, world.proposed
        eligible = catalogue.published_service()
        sequence(at=world.at)
        contest, demand = world.contested, world.demanded
        voice, public = world.voice, world.published_voice
        proposed, asked_to_accept, counted = rounds.proposal_of(world), rounds.built(world), make_rounds.counted()
        consulted = outcome_of(world)
        follow_up, drawn = consulted.follow_up(), outcome.map_edition(consulted.asked)
        Report.objects.get(consultation=follow_up.consultation).keep_pdf(b"%PDF-", by="test", at=now())
        self.rules: list[tuple[str, dict[str, Any]]] = [
            ("/office/rounds/", {"pk": proposed.round_id, "name": "survey"}),
            ("/office/proposals/", {"pk": proposed.pk, "name": "screening"}),
            ("/office/members/", {"pk": rounds.member_of(asked_to_accept).pk}),
            ("/office/motions/", {"pk": asked_to_accept.pk, "name": "decide"}),
            ("/budget/photos/", {"pk": make_rounds.photo(proposed, by=world.wang).pk}),
            ("/budget/proposals/", {"pk": proposed.pk, "name": "support", "invitation": proposed.invitation}),
            ("/budget/results/", {"pk": counted.results.get().pk}),
            ("/results/", {"pk": counted.pk}),
            ("/frozen/", {"pk": counted.pk}),
            ("/budget/rounds/", {"pk": proposed.round_id}),
            ("stubs.csv", {"public_id": world.opened_poll.public_id}),
            ("/receipts/", {"poll_id": world.opened_poll.public_id, "receipt": world.opened_poll.stubs.all()[0].pk}),
            ("/polls/", {"public_id": world.poll.public_id, "poll_id": world.poll.public_id}),
            ("/office/pads/", {"pk": world.pad.pk}),
            ("/office/urns/", {"pk": world.urn.pk}),
            ("statements/<uuid:handle>/appeal/", {"handle": consulted.held.handle}),
            ("/consultations/statements/", {"handle": consulted.statement.handle}),
            ("/office/statements/", {"pk": consulted.statement.pk, "name": "hold_back"}),
            ("/office/themes/", {"pk": consulted.theme.pk, "name": "rename"}),
            ("/office/follow-ups/", {"pk": follow_up.pk}),
            ("/consultations/<int:pk>/report", {"pk": follow_up.consultation_id}),
            ("/api/consultations/{pk}/report", {"pk": follow_up.consultation_id}),
            ("/api/consultations/{pk}/map", {"pk": drawn.consultation_id}),
            ("/sortitions/", {"pk": world.drawn.pk, "name": "close"}),
            ("/office/opinions/", {"pk": world.opinion.pk, "name": "hold_back"}),
            ("/opinions/", {"handle": world.opinion.handle, "name": "sign", "pk": world.consulted.pk}),
            ("/consultations/", {"pk": world.consulted.pk, "name": "version",
                                 "document": world.consulted.attachments.get().pk}),
            ("/office/seats/", {"pk": world.drawn.seats.listed()[0].pk, "name": "accept"}),
            ("/office/hotline/exclusions/", {"pk": world.exclusion.pk, "name": "confirm"}),
            ("/ruling/renewal/", {"number": world.advised.number}),
            ("/hearing/record/", {"number": world.hearing_held.number}),
            ("/effect", {"code": world.declined_by_rules.service_version.service.code}),
            ("/board/figures/", {"key": "volume"}),
            ("/hotline/write/", {"flow": "report", "key": "what"}),
            ("/voice/", {"handle": voice.handle}),
            ("/hotline/register/", {"handle": public.handle, "code": "cgj"}),
            ("/api/open311/", {"fmt": "json", "code": "010201", "number": voice.number, "token": voice.handle}),
            ("/my/requests/<str:number>/rating/", {"number": world.rated_voice.number}),
            ("/my/requests/", {"number": voice.number}),
            ("/office/hotline/tickets/", {"number": world.ticket.number, "form": "receipt"}),
            ("/office/hotline/surges/", {"pk": world.surge.pk, "name": "take"}),
            ("/hotline/", {"number": voice.number}),
            ("/office/deputies/", {"number": voice.number}),
            ("/api/tickets/", {"number": voice.number}),
            ("/office/cards/", {"pk": world.card.pk, "name": "acknowledge"}),
            ("/office/orders/", {"pk": world.order.pk, "name": "answer"}),
            ("/office/complaints/", {"pk": world.complaint.pk, "name": "uphold"}),
            ("/my/complaints/", {"handle": world.complaint.handle}),
            ("/office/meetings/", {"pk": world.assignment.item.meeting_id, "name": "hold"}),
            ("/office/assignments/", {"pk": world.assignment.pk, "name": "finish"}),
            ("/office/credit/", {"pk": world.repair_asked.pk}),
            ("/my/credit/", {"handle": world.repair_asked.handle}),
            ("/my/offers/", {"handle": world.offered.handle}),
            ("/office/rechecks/", {"pk": world.recheck.pk}),
            ("/office/onwards/", {"pk": world.refused_onward.pk}),
            ("/ruling/", {"number": world.declined_by_rules.case.number}),
            ("/person/", {"number": world.declined_by_rules.case.number}),
            ("/office/hotline/tickets/", {"number": world.ticket.number, "form": "receipt"}),
            ("/office/exchange/sources/", {"code": "zjj"}),
            ("/office/exchange/demands/", {"pk": demand.pk}),
            ("/office/exchange/contests/", {"pk": contest.pk}),
            ("/my/contests/", {"handle": contest.handle}),
            ("exchange/", {"handle": contest.call.handle, "resource": "zrzy.land"}),
            ("/api/property/", {"property_id": "LA2023001"}),
            ("PUT /api/ratings/", {"token": rated.token}),
            ("/apply/drafts/", {"token": draft.token, "key": "home"}),
            ("/office/remedies/", {"pk": remedy.pk}),
            ("appeal/", {"token": rated.token, "pk": rated.pk}),
            ("ratings/", {"token": fresh.token, "pk": fresh.pk}),
            ("/my/mandates/", {"handle": mandate.handle, "kind": "parent"}),
            ("/my/letters/", {"handle": letter.handle}),
            ("/office/letters/", {"handle": letter.handle}),
            ("/office/officials/", {"handle": world.staff["clerk"].handle}),
            ("documents/", {"token": paper.token}),
            ("/my/licences/requests/", {"handle": asked.handle}),
            ("/office/licences/uses/", {"handle": wallet.use(at=world.at).handle}),
            (" /s/", {"token": wallet.shown(at=now())[1]}),
            (" /v/", {"code": deed.code}),
            ("/licences/", {"token": deed.token, "name": "json"}),
            ("/api/status-lists/", {"name": deed.status_list.name("revocation")}),
            ("/office/catalogue/", {"code": "LA-ZR-001", "number": 1, "part": "basic"}),
            (" /services/", {"code": eligible.code, "number": 1}),
            ("preferences/", {"what": "language", "value": "en"}),
            ("/office/calendar/", {"year": 2026}),
            ("", {"number": case.number, "task": case.tasks.get(key="land").pk, "code": "LA-ZR-001",
                  "purpose": "sms_notices", "session_id": 1, "passkey_id": 1, "leaf": 0, "provider_id": "fake"}),
        ]  # fmt: skip

    def fill(self, route: Route) -> str:
        """Return the address with its places filled."""
        values = next(values for where, values in self.rules if where in str(route))
        place = re.compile(r"<(?:\w+:)?(\w+)>|\{(?:\w+:)?(\w+)\}")
        return place.sub(lambda found: str(values[found[1] or found[2]]), route.path)


def comes_in(world: World, client: Client, route: Route, path: str) -> bool:
    """Whether this person gets in, with a fitting form or payload; whatever that does is undone."""
    state, body = STEPS.get(str(route), ("", {}))
    try:
        with transaction.atomic():
            connection.atomic_blocks[-1]._from_testcase = True  # for the door there is no transaction but its own
            if state:
                bring(world, state)
            answer = send(client, route, path, body)
            raise Undo
    except Undo:
        pass
    if answer.status_code == 302 and "/login/" in answer["Location"] and not path.endswith(("/login/", "/logout/")):
        return False
    return answer.status_code not in (401, 403, 404)


STEPS: dict[str, tuple[str, Any]] = {
    "POST /api/exchange/{resource}": ("", EXCHANGE),
    "POST /api/polls/{uuidstr:poll_id}/credential": ("", {"blinded": "AA", "lives_in": "341502"}),
    "POST /api/budget/rounds/{pk}/proposals": ("", {**PROPOSAL, "section": "适老改造"}),
    "POST /api/apply": ("", {"service": "LA-ZR-001"}),
    "POST /api/tickets": ("", VOICE),
    "POST /consultations/<int:pk>/say/": ("", SAID),
    "POST /api/consultations/{pk}/opinions": ("", SAID),
    "PUT /api/opinions/{handle}/stance": ("", {"side": "DOUBT"}),
    "POST /api/licences/verify": ("", {"code": "2222-2222-2222-2222"}),
    "POST /api/ratings/{token}": ("", {"grade": 5}),
    "PUT /api/ratings/{token}": ("", {"grade": 5}),
    "POST /office/hotline/tickets/<str:number>/revelation/": ("", {"purpose": "联系来电人核实"}),
    "POST /api/cases/{number}/tasks/{task}/completion": ("accepted", {"opinion": "AGREE"}),
    "POST /office/cases/<str:number>/tasks/<int:task>/completion/": ("accepted", {"opinion": "AGREE"}),
    "POST /office/cases/<str:number>/hearing/": ("hearing_asked", {}),
    "POST /my/cases/<str:number>/correction/": ("corrected", cases.FORM),
    **{f"POST /api/cases/{{number}}/{what}": (state, body) for what, (_, state, body) in CASE_STEPS.items()},
    **{f"POST /office/cases/<str:number>/{what}/": (state, body) for what, (_, state, body) in OFFICE_STEPS.items()},
}


def bring(world: World, state: str) -> None:
    """Bring the case to where a step can be taken; undone with the step itself."""
    again = copy.copy(world)
    for name in ("corrected", "accepted", "suspended", "decided", "doubted", "hearing_asked"):
        vars(again).pop(name, None)
    vars(again)["submitted"] = Case.objects.get(pk=world.submitted.pk)
    getattr(again, state)


def send(client: Client, route: Route, path: str, body: Any) -> Any:
    act = getattr(client, route.method.lower())
    if route.method == "GET" or not path.startswith("/api/") or path == "/api/documents":
        return act(path, body)
    return act(path, json.dumps(body), content_type="application/json", headers={"Idempotency-Key": "k" * 16})


class Undo(Exception):
    """Takes back what a request has done."""


def browser(cookies: Any) -> Client:
    """A browser with the cookies of another: what a page does to them is not carried on."""
    client = Client()
    client.cookies = copy.copy(cookies)
    return client


def table() -> dict[str, set[str]]:
    """Return who comes in at each route."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["route"]: {name for name in PEOPLE if row[name] == "in"} for row in csv.DictReader(file)}


def test_every_route_is_in_the_table_and_declares_who_may_come_in() -> None:
    known = {str(route) for route in routes()}

    assert sorted(known - table().keys()) == []
    assert sorted(table().keys() - known) == []


@pytest.mark.parametrize("name", PEOPLE)
def test_a_person_comes_in_where_the_table_says_and_nowhere_else(name: str) -> None:
    world = World()
    paths, who = Paths(world), person(world, name)
    session, api = world.page(who).cookies, world.api(who)

    found = {
        str(route): comes_in(
            world, api if route.path.startswith("/api/") else browser(session), route, paths.fill(route)
        )
        for route in routes()
    }

    expected = {route: name in people for route, people in table().items()}
    wrong = {route: "in" if found[route] else "out" for route in found if found[route] != expected.get(route)}
    assert wrong == {}
