"""What the database cannot keep is refused at the front of every route, by name, and never a 500."""

import base64
import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from civic.cases.models import Case
from civic.core.keepable import NotKeepable, is_keepable, read_json
from tests.chaos.routes import MUTATING, Route, routes
from tests.chaos.test_access import Paths
from tests.chaos.world import World
from tests.factories.accounts import token
from tests.factories.documents import picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("doors_open")]
JSON = "application/json"
PAGES = [route for route in routes() if not route.path.startswith("/api/")]
OPERATIONS = [route for route in routes() if route.path.startswith("/api/")]


@pytest.fixture
def world() -> World:
    return World()


def ask(client: Client, route: Route, address: str, body: Any = None, **more: Any) -> Any:
    return getattr(client, route.method.lower())(address, body, **more)


def test_a_nul_in_the_query_is_refused_by_every_route_and_named(world: World) -> None:
    leader, paths = world.page(world.staff["leader"]), Paths(world)

    answers = {}
    for route in (route for route in routes() if route.method != "HEAD"):
        answer = ask(leader, route, paths.fill(route) + "?department=%00abc", headers={"Accept": JSON})
        answers[str(route)] = (answer.status_code, answer.json()["type"], answer.json()["errors"][0]["pointer"])

    assert set(answers.values()) == {(400, "/problems/not-keepable", "/department")}


def test_a_nul_in_the_path_is_no_error_anywhere(world: World) -> None:
    leader = world.page(world.staff["leader"])
    place = re.compile(r"<(?:str|slug|path|uuid)?:?\w+>|\{(?:str|slug|uuid)?:?\w+\}")

    answers = {
        str(route): ask(leader, route, place.sub("a%00b", route.path)).status_code
        for route in routes()
        if place.search(route.path)
    }

    assert len(answers) > 60
    assert {route: status for route, status in answers.items() if status not in (400, 404)} == {}


def test_a_nul_in_a_form_is_refused_by_every_page_that_takes_one(world: World) -> None:
    leader, paths = world.page(world.staff["leader"]), Paths(world)

    answers = {
        str(route): ask(leader, route, paths.fill(route), {"reason": "材料\0齐全"}).status_code
        for route in PAGES
        if route.method == "POST"
    }

    assert set(answers.values()) == {400}


@pytest.mark.parametrize("text", ['"\\u0000"', '"\\ud800"', "1e999", "NaN", '{"a": ["\\u0000"]}', "[" * 5000])
def test_no_operation_of_the_api_breaks_on_a_payload_that_cannot_be_kept(world: World, text: str) -> None:
    paths = Paths(world)
    wang = Client(headers={"Authorization": f"Bearer {token(world.wang)}", "Idempotency-Key": "k" * 16})

    answers = {}
    for route in OPERATIONS:
        if route.method in MUTATING:
            body = '{"service": "LA-ZR-001", "form": {"price": ' + text + '}, "reason": ' + text + "}"
            answer = ask(wang, route, paths.fill(route), body, content_type=JSON)
            answers[str(route)] = answer.status_code

    assert answers["POST /api/apply"] == 400
    assert answers["POST /api/cases/{number}/withdrawal"] == 400
    assert max(answers.values()) < 500


def test_an_application_that_cannot_be_kept_says_where_and_leaves_nothing(world: World) -> None:
    wang = Client(headers={"Authorization": f"Bearer {token(world.wang)}", "Idempotency-Key": "k" * 16})
    body = json.dumps({"service": "LA-ZR-001", "form": {"note": "\0"}})

    answer = wang.post("/api/apply", body, content_type=JSON)

    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/not-keepable")
    assert answer.json()["errors"][0]["pointer"] == "/form"
    assert Case.objects.count() == 0


def test_a_form_of_the_api_is_refused_too(world: World) -> None:
    wang = Client(headers={"Authorization": f"Bearer {token(world.wang)}"})

    answer = wang.post("/api/documents", {"file": SimpleUploadedFile("a.jpg", picture()), "purpose": "身份\0证"})

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/purpose")


def test_a_cookie_that_was_never_ours_is_as_good_as_none(client: Client) -> None:
    client.cookies.load({"session": "x"})

    answer = client.get("/my/", headers={"Cookie": 'session="\\000abc"; elder=1'})

    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/")


def test_a_person_reads_what_to_do_on_a_page(client: Client) -> None:
    answer = client.get("/services/?q=%00")

    assert answer.status_code == 400
    assert "含有无法保存的字符" in answer.content.decode()
    assert "请删去后重新填写" in answer.content.decode()


def test_a_percent_sign_before_two_noughts_is_text_like_any_other(client: Client) -> None:
    assert client.get("/services/?q=100%2500").status_code == 200


@pytest.mark.parametrize(
    ("value", "kept"),
    [("中文", True), ("a\0", False), ("\ud83d", False), ("😀", True), ([{"a\0": 1}], False), (1.5, True),
     (float("inf"), False), (None, True), (10**30, True)],
)  # fmt: skip
def test_what_can_be_kept(value: object, kept: bool) -> None:
    assert is_keepable(value) is kept


def test_json_that_cannot_be_kept_is_refused_and_json_that_is_none_is_an_error_of_value() -> None:
    assert read_json('{"a": "中"}') == {"a": "中"}
    with pytest.raises(NotKeepable) as refused:
        read_json('{"a": "\\u0000", "b": 1}')
    assert [error.pointer for error in refused.value.errors] == ["/a"]
    with pytest.raises(ValueError, match="nested too deeply"):
        read_json("[" * 100_000)


CURSORS = ['["\\u0000",1]', '["abc",1]', '["2026-03-02T09:00:00",1]', "[null,1]", '[{"a":1},1]', "5", "[" * 100,
           '["2026-03-02T09:00:00+00:00",99999999999999999999]', '["2026-03-02T09:00:00+00:00","x"]']  # fmt: skip


@pytest.mark.parametrize("text", CURSORS)
def test_a_cursor_that_no_list_has_given_is_refused(world: World, text: str) -> None:
    cursor = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    wang = world.api(world.wang)

    answer = wang.get("/api/cases", {"cursor": cursor})

    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/bad-cursor")
