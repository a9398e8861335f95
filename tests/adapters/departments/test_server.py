"""The departments as HTTP servers: switches from this machine, notices that survive a restart, nothing by accident."""

import http.client
import json
import socket
from pathlib import Path
from typing import Any

import pytest

from civic.adapters.departments.client import ask, tell, withdraw
from civic.adapters.departments.endpoint import Endpoint, endpoint_of
from civic.adapters.departments.fake import server
from civic.adapters.departments.fake.server import Departments, running
from tests.adapters.departments.conftest import MONDAY, question


def call(served: Departments, method: str, path: str, body: object = None) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", served.server_port, timeout=5)
    try:
        connection.request(method, path, None if body is None else json.dumps(body))
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def test_switches_are_turned_shown_and_turned_back(served: Departments) -> None:
    turned = call(served, "PUT", "/control/switches/gaj", {"mode": "slow", "value": 2})
    call(served, "PUT", "/control/switches/mzj", {"mode": "down"})
    back = call(served, "DELETE", "/control/switches/gaj")
    calm = call(served, "DELETE", "/control/switches/")

    assert turned == (200, {"gaj": {"mode": "slow", "value": "2"}})
    assert back == (200, {"mzj": {"mode": "down", "value": ""}})
    assert calm == (200, {})


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/control/switches/gaj", {"mode": "explode"}),
        ("/control/switches/gaj", {"mode": "slow", "value": "long"}),
        ("/control/switches/gaj", {"mode": "status", "value": "bad"}),
        ("/control/switches/nobody", {"mode": "down"}),
        ("/control/secrets", None),
    ],
)
def test_what_cannot_be_turned_is_refused_and_changes_nothing(served: Departments, path: str, body: object) -> None:
    status, _ = call(served, "PUT", path, body)

    assert (status, served.town.switches.all()) == (400, {})


def test_other_machines_turn_no_switches(served: Departments, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "ip_address", lambda _text: type("Far", (), {"is_loopback": False}))

    assert call(served, "PUT", "/control/switches/gaj", {"mode": "down"})[0] == 403
    assert served.town.switches.all() == {}


def test_notices_are_listed_and_survive_a_restart(settings: Any, tmp_path: Path) -> None:
    kept = tmp_path / "folder" / "notices.jsonl"
    with running(on=MONDAY, kept=kept) as first:
        where = _allowed(settings, first)
        for key in ("LA1", "LA2"):
            tell(where, notice="vaccination", key=key, body={"certificate_no": "T340000001"}, timeout=5)
        withdraw(where, notice="vaccination", key="LA2", timeout=5)
        listed = call(first, "GET", "/control/notices")[1]
    with kept.open("a") as file:
        file.write('{"told": {"department"')  # a crash in the middle of a line
    with running(on=MONDAY, kept=kept) as second:
        again = call(second, "GET", "/control/notices")[1]

    assert again == listed
    assert [(notice["key"], notice["body"]) for notice in again] == [("LA1", {"certificate_no": "T340000001"})]


def test_the_stories_are_listed_for_whoever_tries_them(served: Departments) -> None:
    status, stories = call(served, "GET", "/control/scenarios")

    assert status == 200
    assert stories[0]["certificates"] == ["T340000001"]


def test_what_was_asked_is_counted_and_about_whom_is_not(served: Departments) -> None:
    before = len(served.town.calls)
    asked = question("population", "name", id_number="341502199001010025")

    ask(endpoint_of("gaj"), asked, timeout=5)

    assert call(served, "GET", "/control/calls")[1][before:] == ["gaj/population"]


def test_nobody_is_answered_without_proof_of_who_they_are(served: Departments) -> None:
    body = {
        "subject": {"id_number": "341502199001010025"},
        "fields": ["name"],
        "context": {"call": "1", "purpose": "x"},
    }

    assert call(served, "POST", "/gaj/population", body)[0] == 401
    assert call(served, "GET", "/gaj/health")[0] == 401
    assert call(served, "PUT", "/wjw/notices/vaccination/k", {"case": "x"})[0] == 401
    assert call(served, "GET", "/nobody/health")[0] == 404
    assert served.town.notices.all() == []


def test_a_token_of_one_department_opens_no_other(served: Departments) -> None:
    token = served.town._mark("gaj", "99999999999")
    connection = http.client.HTTPConnection("127.0.0.1", served.server_port, timeout=5)
    statuses = []
    for department in ("gaj", "mzj"):
        connection.request("GET", f"/{department}/health", headers={"Authorization": f"Bearer 99999999999.{token}"})
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
    connection.close()

    assert statuses == [200, 401]


def test_only_the_departments_that_were_named_are_there(settings: Any) -> None:
    with running(["gaj"], on=MONDAY) as only:
        assert call(only, "GET", "/gaj/health")[0] == 401
        assert call(only, "GET", "/mzj/health")[0] == 404


def test_a_stopped_server_leaves_its_port(settings: Any) -> None:
    with running(on=MONDAY) as served:
        port = served.server_port
        settings.DEPARTMENTS_AT = served.address()
        assert endpoint_of("gaj").address == f"http://127.0.0.1:{port}/gaj"

    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_body_that_is_too_long_is_not_read(served: Departments) -> None:
    with socket.create_connection(("127.0.0.1", served.server_port), timeout=5) as raw:
        raw.sendall(b"POST /gaj/population HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n")

        assert raw.recv(100).startswith(b"HTTP/1.1 413 ")


def _allowed(settings: Any, served: Departments) -> Endpoint:
    settings.OUTBOUND_ALLOWED = [f"127.0.0.1:{served.server_port}"]
    return Endpoint(served.address("wjw"), "oauth2", "civic", "demonstration")
