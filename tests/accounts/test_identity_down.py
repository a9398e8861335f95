"""The unified log-in is down or talks nonsense: the visitor reads what to do, and is still on the way to their page."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from civic.accounts.models import Account
from civic.audit.models import Entry

pytestmark = pytest.mark.django_db
WAY_OUT = "请在本页用手机号和验证码登录，或稍后再试。"
PLACES = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
TOKEN = {"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": "x.y.z"}
Server = Callable[..., str]


@pytest.fixture
def server() -> Iterator[Server]:
    """A maker of a server that gives the answers it was told, by the last part of the path; returns its address."""
    running: list[HTTPServer] = []

    def serve(**answers: Any) -> str:
        class Told(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer = answers.get(self.path.strip("/").rpartition("/")[2].replace("-", "_"))
                status, body = answer if isinstance(answer, tuple) else (200, answer)
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(body.encode() if isinstance(body, str) else json.dumps(body).encode())

            do_POST = do_GET

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        made = HTTPServer(("127.0.0.1", 0), Told)
        running.append(made)
        threading.Thread(target=made.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{made.server_port}"
        if "openid_configuration" not in answers:
            answers["openid_configuration"] = {name: f"{address}/{name}" for name in PLACES} | {"issuer": address}
        return address

    yield serve
    for made in running:
        made.shutdown()
        made.server_close()


def leads_on_to_her_page(answer: Any) -> None:
    """Assert that this is the log-in page, said to be out of order, and that it still leads to /my/account/."""
    text = answer.content.decode()
    assert answer.status_code == 503
    assert WAY_OUT in text and 'name="phone"' in text
    assert '<input type="hidden" name="next" value="/my/account/">' in text
    assert Account.objects.count() == 0
    assert not Entry.objects.filter(step="accounts.account.log_in").exists()


def leave(client: Client) -> Any:
    return client.post("/login/unified/?next=/my/account/")


def come_back(client: Client) -> Any:
    """Return from the provider with a code and the state that this browser was given."""
    sent = leave(client)
    state = parse_qs(urlsplit(sent["Location"]).query)["state"][0]
    return client.get(f"/login/unified/back/?code=c&state={state}")


def test_a_server_that_refuses_connections(client: Client, settings: Any) -> None:
    settings.IDENTITY_SERVER = "http://127.0.0.1:9"

    leads_on_to_her_page(leave(client))


def test_a_server_that_does_not_answer_in_time(client: Client, settings: Any) -> None:
    settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 0.2
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.IDENTITY_SERVER = f"http://127.0.0.1:{silent.getsockname()[1]}"

        leads_on_to_her_page(leave(client))


@pytest.mark.parametrize("nonsense", ["<html>", [], {}, {"issuer": 5}, "null", (500, {}), (404, "no")], ids=repr)
def test_a_server_that_does_not_describe_itself(client: Client, settings: Any, server: Server, nonsense: Any) -> None:
    settings.IDENTITY_SERVER = server(openid_configuration=nonsense)

    leads_on_to_her_page(leave(client))


@pytest.mark.parametrize(
    "answers",
    [
        {"token_endpoint": "[1"},
        {"token_endpoint": (503, "down")},
        {"token_endpoint": {**TOKEN, "expires_in": "soon"}, "userinfo_endpoint": {"sub": "x"}},
        {"token_endpoint": TOKEN, "userinfo_endpoint": "<html>"},
        {"token_endpoint": TOKEN, "userinfo_endpoint": (500, {})},
        {"token_endpoint": TOKEN, "userinfo_endpoint": 7},
        {"token_endpoint": {**TOKEN, "id_token": 5}, "userinfo_endpoint": {"sub": "x"}},
        {"token_endpoint": {**TOKEN, "id_token": "e30.e30.e30"}, "userinfo_endpoint": {"sub": "x"}, "jwks_uri": []},
    ],
    ids=lambda answers: "-".join(answers),
)
def test_nonsense_half_way_leads_back_to_the_log_in_page(
    client: Client, settings: Any, server: Server, answers: Any
) -> None:
    settings.IDENTITY_SERVER = server(**answers)

    answer = come_back(client)

    if answer.status_code == 302:
        assert answer["Location"] == "/login/?next=%2Fmy%2Faccount%2F"
        answer = client.get(answer["Location"])
        assert "统一身份认证没有完成。请重试，或改用手机号登录。" in answer.content.decode()
    else:
        leads_on_to_her_page(answer)
    assert 'name="next" value="/my/account/"' in answer.content.decode()
    assert Account.objects.count() == 0


def test_a_server_that_went_down_meanwhile(client: Client, settings: Any, server: Server) -> None:
    settings.IDENTITY_SERVER = server(token_endpoint=TOKEN)
    sent = leave(client)
    settings.IDENTITY_SERVER = "http://127.0.0.1:9"

    leads_on_to_her_page(client.get(f"/login/unified/back/?code=c&{urlsplit(sent['Location']).query}"))


def test_the_phone_form_of_that_page_works_and_keeps_the_goal(client: Client, settings: Any) -> None:
    settings.IDENTITY_SERVER = "http://127.0.0.1:9"
    page = leave(client).content.decode()
    assert '<form method="post" action="/login/" novalidate>' in page

    answer = client.post("/login/", {"phone": "13800005678", "next": "/my/account/"})

    assert answer["Location"] == "/login/code/"
