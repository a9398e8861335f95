"""The platform's own API: handing something in once, and asking where it stands."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from civic.accounts.models import Account
from civic.audit.models import Entry
from civic.hotline.models import Profile, Ticket
from tests.factories import hotline
from tests.factories.accounts import MONDAY, resident, token

pytestmark = pytest.mark.django_db
BODY = {
    "title": "梅山路路灯不亮", "detail": hotline.LAMP, "kind": "COMPLAINT", "area": "341502", "category": "010201",
    "longitude": 116.522, "latitude": 31.735, "place": "梅山路12号",
}  # fmt: skip


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    hotline.city()
    monkeypatch.setattr("civic.hotline.api.now", lambda: MONDAY + timedelta(hours=1))


def send(who: Account, body: dict[str, Any], key: str = "k" * 16) -> Any:
    headers = {"Authorization": f"Bearer {token(who)}", "Idempotency-Key": key}
    return Client(headers=headers).post("/api/tickets", json.dumps(body), content_type="application/json")


def ask(who: Account, number: str) -> Any:
    return Client(headers={"Authorization": f"Bearer {token(who)}"}).get(f"/api/tickets/{number}")


def test_a_resident_hands_in_once_however_often_it_is_sent() -> None:
    wang = resident("王芳", phone="13800005678")

    first, second = send(wang, BODY), send(wang, BODY)

    assert (first.status_code, second.content) == (201, first.content)
    ticket = Ticket.objects.get()
    assert first.json()["number"] == ticket.number
    assert (ticket.channel, ticket.caller, ticket.kind, ticket.area.code) == ("API", wang, "COMPLAINT", "341502")
    assert ask(wang, ticket.number).json()["plain"] == "已经收到，热线中心正在确定由哪个单位办理。"


def test_a_call_taker_hands_in_for_a_caller_and_an_unknown_class_is_refused() -> None:
    lin_xia = hotline.lin_xia()
    named = {**BODY, "caller": {"name": "刘桂英", "phone": "13800004321"}}
    refused = send(lin_xia, {**named, "category": "999999"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/category")

    assert send(lin_xia, named, key="k" * 17).status_code == 201

    ticket = Ticket.objects.get()
    assert (ticket.clear("name"), ticket.taken_by, ticket.caller) == ("刘桂英", lin_xia, None)


def test_a_unit_hands_in_for_nobody() -> None:
    assert send(hotline.of_unit(), {**BODY, "caller": {"name": "刘桂英", "phone": "13800004321"}}).status_code == 403
    assert Ticket.objects.count() == 0


def test_a_stranger_sees_nothing_and_the_unit_that_holds_it_is_recorded_as_reader() -> None:
    ticket = hotline.dispatched()

    assert ask(resident("孙浩"), ticket.number).status_code == 404
    assert ask(ticket.caller, ticket.number).status_code == 200
    assert not Entry.objects.filter(step="hotline.ticket.read").exists()
    answer = ask(hotline.of_unit(), ticket.number)

    assert answer["ETag"] == f'"v{ticket.version}"'
    assert "name" not in answer.json()
    assert Entry.objects.filter(step="hotline.ticket.read", subject=ticket.ledger_id()).count() == 1


def test_a_city_without_timers_takes_nothing_in_and_says_whom_to_call() -> None:
    Profile.objects.all().delete()

    answer = send(resident("王芳", phone="13800005678"), BODY | {"category": ""})

    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/hotline-not-set")
    assert "请拨打电话12345" in answer.json()["detail"]
    assert not Ticket.objects.exists()


def test_nobody_hands_in_without_a_token() -> None:
    assert Client().post("/api/tickets", "{}", content_type="application/json").status_code == 401
    assert Ticket.objects.count() == 0
