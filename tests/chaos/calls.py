"""One valid call of each route that changes something, with everything it needs made before."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import now

from civic.accounts import second_factor as factor
from civic.accounts.models import OutboxMessage
from tests.chaos import calls_of_data as data
from tests.chaos.calls_of_desk import DESK
from tests.chaos.calls_of_hotline import HOTLINE
from tests.chaos.calls_of_supervision import SUPERVISION
from tests.chaos.calls_of_taking_part import TAKING_PART
from tests.chaos.world import OPINION, World, send
from tests.factories import accounts as people
from tests.factories import cases, ratings, wallet
from tests.factories.accounts import MONDAY
from tests.factories.documents import picture
from tests.factories.notifications import notice

Call = Callable[[], Any]
PASSWORD = "correct horse battery staple"
CAME = {"name": "周建国", "id_number": "341502198505150019"}  # who stands at the desk
ITEMS = {"items": [{"pointer": "/form/price", "message": "成交价与合同不一致。"}]}


def step(what: str, who: str, state: str, body: dict[str, Any]) -> Callable[[World], Call]:
    """A step of a case by the API, taken from `state`."""

    def prepare(world: World) -> Call:
        number = getattr(world, state).number
        client = world.api(world.wang if who == "wang" else world.staff[who])
        return lambda: send(client, "POST", f"/api/cases/{number}/{what}", body)

    return prepare


def office(what: str, who: str, state: str, body: dict[str, Any]) -> Callable[[World], Call]:
    """A step of a case by the staff's page."""

    def prepare(world: World) -> Call:
        number = getattr(world, state).number
        client = world.page(world.staff[who])
        return lambda: client.post(f"/office/cases/{number}/{what}/", body)

    return prepare


def remedy(what: str, before: tuple[str, ...], body: dict[str, str]) -> Callable[[World], Call]:
    """A step of a remedy, after those of `before`."""

    def prepare(world: World) -> Call:
        found, client = world.remedy, world.page(world.supervisor)
        for done in before:
            verbs = {
                "contact": lambda: found.contact(note="已联系。", by=world.supervisor, at=MONDAY),
                "verify": lambda: found.verify(finding="TRUE", evidence="情况属实。", by=world.supervisor, at=MONDAY),
                "repair": lambda: found.repair(note="已整改。", by=world.supervisor, at=MONDAY),
            }
            verbs[done]()
        return lambda: client.post(f"/office/remedies/{found.pk}/{what}/", body)

    return prepare


def call(
    who: str, path: str, body: dict[str, Any], *, needs: Callable[[World], Any] = lambda _: None
) -> Callable[[World], Call]:
    """A form of a page; `needs` makes what the path names."""

    def prepare(world: World) -> Call:
        thing = needs(world)
        roles = {"operator", "catalogue_clerk", "catalogue_publisher", "window_clerk", "unit_handler", "unit_leader"}
        account = world.official(who) if who in roles else getattr(world, who) if who else None
        client = world.page(account)
        return lambda: client.post(path.format(it=thing), body)

    return prepare


def apply(world: World) -> Call:
    client = world.api(world.wang)
    body = {"service": "LA-ZR-001", "form": cases.FORM, "commitments": ["homes"], "delivery": "ELECTRONIC"}
    send(client, "POST", "/api/apply", body, **{"Idempotency-Key": "while-the-ledger-was-open"})
    return lambda: send(client, "POST", "/api/apply", body, **{"Idempotency-Key": "while-the-ledger-is-shut"})


def completion(world: World) -> Call:
    client, path = world.api(world.staff["tax"]), f"/api/cases/{world.accepted.number}/tasks/{world.task().pk}"
    return lambda: send(client, "POST", f"{path}/completion", {"opinion": "AGREE"})


def completion_page(world: World) -> Call:
    client, path = world.page(world.staff["tax"]), f"/office/cases/{world.accepted.number}/tasks/{world.task().pk}"
    return lambda: client.post(f"{path}/completion/", {"opinion": "AGREE"})


def upload(world: World) -> Call:
    client = world.api(world.wang)
    return lambda: client.post("/api/documents", {"file": photo(), "purpose": "id_card"})


def photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("photo.jpg", picture(), "image/jpeg")


def materials(world: World) -> Call:
    client, path = world.page(world.wang), f"/apply/drafts/{world.picture_draft.token}/materials/"
    return lambda: client.post(path, {"photo": photo(), "upload": "1"})


def rate(world: World) -> Call:
    client, path = world.api(None), f"/api/ratings/{world.right.token}"
    return lambda: send(client, "POST", path, {"grade": 5})


def change_rating(world: World) -> Call:
    client, path = world.api(None), f"/api/ratings/{world.rated.token}"
    return lambda: send(client, "PUT", path, {"grade": 3})


def let_in(world: World) -> Call:
    """Wang Fang has got her code and types it in."""
    client = Client()
    client.post("/login/", {"phone": "13800005678"})
    code = sent_code()
    return lambda: client.post("/login/code/", {"code": code})


def sent_code() -> str:
    """The code in the last text message."""
    found = re.search(r"(?<!\d)(\d{6})(?!\d)", OutboxMessage.objects.latest("pk").text)
    assert found
    return found[1]


def disputed(world: World) -> Any:
    found = world.remedy
    found.contact(note="已联系。", by=world.supervisor, at=MONDAY)
    found.verify(finding="MISTAKEN", evidence="情况不实。", by=world.supervisor, at=MONDAY)
    return world.right


def parent_form(world: World) -> dict[str, str]:
    """What Wang Fang types to act for her mother."""
    person, until = world.mother.person, (world.at + timedelta(days=30)).date()
    return {
        "name": person.name, "id_number": person.id_number, "theme": "社会保障", "valid_until": until.isoformat(),
    }  # fmt: skip


def mandate_asked(world: World) -> Call:
    client, body = world.page(world.wang), parent_form(world)
    return lambda: client.post("/my/mandates/new/parent/", body)


def mandate_code(world: World) -> Call:
    client = world.page(world.wang)
    where = client.post("/my/mandates/new/parent/", parent_form(world)).headers["Location"]
    code = sent_code()
    return lambda: client.post(where, {"code": code})


def counter_code(world: World) -> Call:
    client = world.page(world.official("window_clerk"))
    client.post("/office/counter/persons/new/", {**CAME, "phone": "13800007777"})
    code = sent_code()
    return lambda: client.post("/office/counter/persons/code/", {"code": code})


def guardian(world: World) -> Call:
    client, until = world.page(world.official("window_clerk")), (world.at + timedelta(days=30)).date()
    body = {
        "guardian_id": world.wang.person.id_number, "name": "王小宝", "id_number": "341502201605060031",
        "evidence": "household-register", "theme": "*", "valid_until": until.isoformat(),
    }  # fmt: skip
    return lambda: client.post("/office/counter/mandates/new/", body)


def letters_read(world: World) -> Call:
    notice(world.wang)
    client = world.page(world.wang)
    return lambda: client.post("/my/letters/read/")


def bulk(world: World) -> Call:
    """One of the cases can be accepted: with the ledger shut the whole page is 503, not a row that failed."""
    client, body = world.page(world.staff["clerk"]), {"number": [world.submitted.number]}
    return lambda: client.post("/office/cases/bulk/acceptance/", body)


def appeal_decided(world: World) -> Call:
    """Another supervisor than the one who looked into the rating decides the appeal."""
    disputed(world)
    world.remedy.appeal(words="不服。", by=world.wang, at=MONDAY)
    other = ratings.supervisor("钱进", home=world.remedy.rating.right.department)
    client = world.page(other)
    return lambda: client.post(f"/office/remedies/{world.remedy.pk}/appeal/", {**NOTE, "granted": "yes"})


def of_official(what: str, body: dict[str, Any]) -> Callable[[World], Call]:
    """An operator's act on the clerk."""

    def prepare(world: World) -> Call:
        client, path = (
            world.page(world.official("operator")),
            f"/office/officials/{world.staff['clerk'].handle}/{what}/",
        )
        return lambda: client.post(path, body)

    return prepare


def second_factor(world: World) -> Call:
    """The clerk has typed the password and now types the code of the app, or sets the app up."""
    account = people.official("李强", department=world.land, username="li", password=PASSWORD)
    secret, before = factor.new_secret(), now() - timedelta(hours=1)
    factor.set_up_app(account, secret=secret, code=factor.code_at(secret, before.timestamp()), at=before)
    client = Client()
    client.post("/office/login/", {"username": "li", "password": PASSWORD})
    return lambda: client.post("/office/login/second/", {"code": factor.code_at(secret, now().timestamp())})


def set_up(world: World) -> Call:
    people.official("李强", department=world.land, username="li", password=PASSWORD)
    client = Client()
    client.post("/office/login/", {"username": "li", "password": PASSWORD})
    secret = client.get("/office/login/setup/").content.decode().split('class="c-number">')[1].split("<")[0]
    return lambda: client.post("/office/login/setup/", {"code": factor.code_at(secret, now().timestamp())})


def own_password(world: World) -> Call:
    """The clerk came with a one-time password and now chooses one of their own."""
    account = people.official("李强", department=world.land, username="li")
    secret, before = factor.new_secret(), now() - timedelta(hours=1)
    factor.set_up_app(account, secret=secret, code=factor.code_at(secret, before.timestamp()), at=before)
    client, once = Client(), account.issue_one_time_password(by="operator", at=now())
    client.post("/office/login/", {"username": "li", "password": once})
    client.post("/office/login/second/", {"code": factor.code_at(secret, now().timestamp())})
    chosen = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    return lambda: client.post("/office/login/password/", chosen)


CASE_STEPS = {
    "acceptance": ("clerk", "submitted", {}),
    "correction": ("clerk", "submitted", ITEMS),
    "decision": ("clerk", "submitted", {"outcome": "NOT_ACCEPTED", "reasons": "不属于受理范围", "legal_basis": "条例"}),
    "delivery": ("clerk", "decided", {}),
    "extension": ("handler", "accepted", {"days": 5, "reason": "需要实地核查。"}),
    "resubmission": ("wang", "corrected", {"form": cases.FORM, "documents": {}}),
    "resumption": ("handler", "suspended", {}),
    "suspension": ("handler", "accepted", {"reason": "HEARING"}),
    "withdrawal": ("wang", "submitted", {}),
}  # fmt: skip
OFFICE_STEPS = {
    "acceptance": ("clerk", "submitted", {}),
    "commitment": ("handler", "decided", {"material": "homes", "result": "TRUE"}),
    "review": ("leader", "doubted", {"review": "UPHELD", **OPINION}),
    "correction": ("clerk", "submitted", {"pointer": "/form/price", "message": "成交价不一致。"}),
    "decision": ("clerk", "submitted", {"outcome": "NOT_ACCEPTED", "reasons": "不属于受理范围", "legal_basis": "条例"}),
    "delivery": ("clerk", "decided", {}),
    "extension": ("handler", "accepted", {"days": "5", "reason": "需要实地核查。"}),
    "resumption": ("handler", "suspended", {}),
    "revelation": ("clerk", "submitted", {"purpose": "核对成交价"}),
    "suspension": ("handler", "accepted", {"reason": "HEARING"}),
}  # fmt: skip
BASIC = {
    "name": "不动产登记", "name_en": "Register real estate", "audience": ["PERSON"], "theme": "不动产登记",
    "aliases": "过户", "life_events": ["购房"], "category": "PUBLIC_SERVICE",
    "level": "CITY", "summary": "登记。", "do": "save",
}  # fmt: skip
NOTE = {"note": "已电话听取情况。"}
GROUND = {"reason": "核查。"}
CALLS: dict[str, Callable[[World], Call]] = {
    "POST /api/exchange/{resource}": data.ask_exchange,
    "POST /my/exchange/<uuid:handle>/contest/": call(
        "wang", "/my/exchange/{it.handle}/contest/", data.SAID, needs=lambda world: world.asked
    ),
    "POST /my/contests/<uuid:handle>/withdrawal/": call(
        "wang", "/my/contests/{it.handle}/withdrawal/", {}, needs=lambda world: world.contested
    ),
    **data.INSTANT,
    **DESK,
    **HOTLINE,
    **SUPERVISION,
    **TAKING_PART,
    "POST /office/exchange/calls/<uuid:handle>/contest/": data.contest_of_a_call,
    "POST /office/exchange/contests/<int:pk>/answer/": data.exchange_step(
        "contests/{contests}/answer/", "handler", {"result": "confirmed", "answer": "与登记簿一致。"}
    ),
    "POST /office/exchange/demands/new/": data.exchange_step("demands/new/", "stranger", data.NEW_DEMAND),
    "POST /office/exchange/demands/<int:pk>/approval/": data.exchange_step("demands/{demands}/approval/", "leader", {}),
    "POST /office/exchange/demands/<int:pk>/refusal/": data.exchange_step(
        "demands/{demands}/refusal/", "leader", {"reason": "依据不足。"}
    ),
    "POST /office/exchange/demands/<int:pk>/withdrawal/": data.exchange_step(
        "demands/{demands}/withdrawal/", "stranger", {}
    ),
    "POST /office/exchange/sources/<slug:code>/": data.exchange_step("sources/zrzy/", "operator", {"address": ""}),
    "POST /api/apply": apply,
    "POST /api/documents": upload,
    "POST /api/ratings/{token}": rate,
    "PUT /api/ratings/{token}": change_rating,
    "POST /api/cases/{number}/tasks/{task}/completion": completion,
    **{f"POST /api/cases/{{number}}/{what}": step(what, *rest) for what, rest in CASE_STEPS.items()},
    **{f"POST /office/cases/<str:number>/{what}/": office(what, *rest) for what, rest in OFFICE_STEPS.items()},
    "POST /office/cases/<str:number>/tasks/<int:task>/completion/": completion_page,
    "POST /apply/drafts/<uuid:token>/check/": call(
        "wang", "/apply/drafts/{it.token}/check/", {}, needs=lambda world: world.complete_draft
    ),
    "POST /apply/drafts/<uuid:token>/materials/": materials,
    "POST /login/code/": let_in,
    "POST /my/cases/<str:number>/correction/": call(
        "wang", "/my/cases/{it.number}/correction/", cases.FORM, needs=lambda world: world.corrected
    ),
    "POST /my/cases/<str:number>/withdrawal/": call(
        "wang", "/my/cases/{it.number}/withdrawal/", {}, needs=lambda world: world.submitted
    ),
    **data.DOUBTS,
    "POST /my/consents/<slug:purpose>/": call("wang", "/my/consents/sms_notices/", {"answer": "yes"}),
    "POST /my/mandates/<uuid:handle>/confirmation/": call(
        "mother", "/my/mandates/{it.handle}/confirmation/", {}, needs=lambda world: world.proposed
    ),
    "POST /my/mandates/<uuid:handle>/revocation/": call(
        "wang", "/my/mandates/{it.handle}/revocation/", {}, needs=lambda world: world.mandate
    ),
    "POST /my/ratings/<int:pk>/": call(
        "wang", "/my/ratings/{it.pk}/", {"grade": "5"}, needs=lambda world: world.right
    ),
    "POST /my/ratings/<int:pk>/appeal/": call("wang", "/my/ratings/{it.pk}/appeal/", NOTE, needs=disputed),
    **{
        f"POST /my/licences/requests/<uuid:handle>/{what}/": call(
            "wang", f"/my/licences/requests/{{it.handle}}/{what}/", {}, needs=needs
        )
        for what, needs in (("grant", data.asked), ("decline", data.asked), ("withdrawal", data.granted))
    },
    "POST /s/<str:token>": call(
        "", "/s/{it[1]}", {"reading": "identity"}, needs=lambda world: wallet.shown(at=now())
    ),
    "POST /office/licences/uses/<uuid:handle>/": call(
        "unit_handler",
        "/office/licences/uses/{it.handle}/",
        {"purpose": "核对婚姻状况"},
        needs=lambda world: wallet.use(at=world.at),
    ),
    **{
        f"POST /office/licences/<uuid:token>/{what}/": call(
            "unit_leader", f"/office/licences/{{it.token}}/{what}/", GROUND, needs=needs
        )
        for what, needs in (("suspension", data.deed), ("resumption", data.suspended_deed), ("revocation", data.deed))
    },
    "POST /ratings/give/<str:token>/": call(
        "", "/ratings/give/{it.token}/", {"grade": "5"}, needs=lambda world: world.right
    ),
    "POST /ratings/give/<str:token>/appeal/": call("", "/ratings/give/{it.token}/appeal/", NOTE, needs=disputed),
    "POST /my/letters/read/": letters_read,
    "POST /my/mandates/new/<slug:kind>/": mandate_asked,
    "POST /my/mandates/<uuid:handle>/code/": mandate_code,
    "POST /office/cases/bulk/acceptance/": bulk,
    "POST /office/calendar/new/": data.calendar_year,
    "POST /office/counter/mandates/new/": guardian,
    "POST /office/counter/persons/code/": counter_code,
    "POST /office/counter/persons/new/": call("window_clerk", "/office/counter/persons/new/", CAME),
    "POST /office/login/second/": second_factor,
    "POST /office/login/setup/": set_up,
    "POST /office/login/password/": own_password,
    "POST /office/officials/<uuid:handle>/activity/": of_official("activity", {"active": "no"}),
    "POST /office/officials/<uuid:handle>/roles/": of_official("roles", {"roles": ["unit_handler"]}),
    "POST /office/remedies/<int:pk>/appeal/": appeal_decided,
    "POST /office/catalogue/<str:code>/draft/<slug:part>/": call(
        "catalogue_clerk", "/office/catalogue/{it.code}/draft/basic/", BASIC, needs=lambda world: world.drafted
    ),
    "POST /office/remedies/<int:pk>/attempt/": remedy("attempt", (), NOTE),
    "POST /office/remedies/<int:pk>/contact/": remedy("contact", (), NOTE),
    "POST /office/remedies/<int:pk>/verification/": remedy(
        "verification", ("contact",), {**NOTE, "finding": "TRUE"}
    ),
    "POST /office/remedies/<int:pk>/repair/": remedy("repair", ("contact", "verify"), NOTE),
    "POST /office/remedies/<int:pk>/call-back/": remedy(
        "call-back", ("contact", "verify", "repair"), {**NOTE, "satisfied": "yes"}
    ),
    "POST /office/remedies/<int:pk>/revelation/": remedy("revelation", (), {"purpose": "联系评价人"}),
    "POST /office/catalogue/new/": call("catalogue_clerk", "/office/catalogue/new/", {"code": "LA-77", "name": "新"}),
    "POST /office/catalogue/<str:code>/draft/": call("catalogue_clerk", "/office/catalogue/LA-ZR-001/draft/", {}),
    "POST /office/catalogue/<str:code>/draft/publication/": call(
        "catalogue_publisher", "/office/catalogue/{it.code}/draft/publication/", {}, needs=lambda world: world.drafted
    ),
    "POST /office/catalogue/<str:code>/versions/<int:number>/withdrawal/": call(
        "catalogue_publisher", "/office/catalogue/LA-ZR-001/versions/1/withdrawal/", {}
    ),
}  # fmt: skip
