"""Open311 GeoReport v2, asked by a client written from the specification alone, in both formats."""

import json
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from civic.hotline.models import Category, Ticket
from tests.factories import hotline
from tests.factories.accounts import MONDAY, resident, token

pytestmark = pytest.mark.django_db
TUESDAY = MONDAY + timedelta(days=1, hours=5)
LISTS = {
    "services", "service_requests", "errors", "attributes", "values", "endpoints", "formats", "service_request_updates",
}  # fmt: skip
PLACE = {"lat": "31.7350", "long": "116.5220"}


@pytest.fixture(autouse=True)
def on_tuesday(monkeypatch: pytest.MonkeyPatch) -> None:
    hotline.city()
    monkeypatch.setattr("civic.hotline.open311.doors.now", lambda: TUESDAY)


@dataclass
class Georeport:
    """A client of the specification: it finds the endpoint by discovery and speaks one format."""

    fmt: str
    key: str = ""
    status: int = 0

    def endpoint(self) -> str:
        found = self._read(Client().get(f"/api/open311/discovery.{self.fmt}"))
        (endpoint,) = [one for one in found["endpoints"] if one["specification"].endswith("GeoReport_v2")]
        assert {"xml": "text/xml", "json": "application/json"}[self.fmt] in endpoint["formats"]
        return urlsplit(endpoint["url"]).path

    def get(self, method: str, **asked: str) -> Any:
        return self._read(Client().get(f"{self.endpoint()}/{method}.{self.fmt}", asked))

    def post(self, method: str, **sent: str) -> Any:
        key = {"api_key": self.key} if self.key else {}
        return self._read(Client().post(f"{self.endpoint()}/{method}.{self.fmt}", {**key, **sent}))

    def _read(self, answer: Any) -> Any:
        self.status = answer.status_code
        kind = answer["Content-Type"]
        assert kind == {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}[self.fmt]
        if self.fmt == "json":
            return json.loads(answer.content)
        assert answer.content.startswith(b"<?xml")
        return _plain(ET.fromstring(answer.content))


def _plain(element: ET.Element) -> Any:
    """Return what an element says: a list, facts by name, or a text."""
    if element.tag in LISTS:
        return [_plain(child) for child in element]
    if len(element):
        return {child.tag: _plain(child) for child in element}
    return element.text or ""


def text(value: Any) -> str:
    """Return a value as both formats write it."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@pytest.fixture(params=["xml", "json"])
def client(request: pytest.FixtureRequest) -> Georeport:
    return Georeport(request.param, token(resident("王芳", phone="13800005678")))


def test_services_are_the_classes_of_the_third_level(client: Georeport) -> None:
    found = client.get("services", jurisdiction_id="luan.gov.cn")

    assert len(found) == Category.objects.filter(level=3).count()
    (lamps,) = [one for one in found if one["service_code"] == "010201"]
    assert lamps["service_name"] == "道路桥梁路灯"
    assert (text(lamps["metadata"]), lamps["type"], lamps["group"]) == ("true", "realtime", "城乡建设")
    assert "路灯" in lamps["keywords"].split(",")


def test_a_service_definition_names_its_attributes(client: Georeport) -> None:
    found = client.get("services/010201")

    assert found["service_code"] == "010201"
    kind, public = found["attributes"]
    assert (kind["code"], kind["datatype"], text(kind["required"]), text(kind["order"])) == (
        "kind", "singlevaluelist", "false", "1",
    )  # fmt: skip
    assert {"key": "yes", "name": "可以公开"} in public["values"]


def test_a_request_is_posted_and_read_again(client: Georeport) -> None:
    (made,) = client.post("requests", service_code="010201", description=hotline.LAMP, **PLACE)
    assert client.status == 200
    assert "token" not in made

    (found,) = client.get(f"requests/{made['service_request_id']}")

    assert found["status"] == "open"
    assert (found["service_code"], found["service_name"]) == ("010201", "道路桥梁路灯")
    assert found["description"] == "道路桥梁路灯"  # nobody has moderated what was written
    assert found["requested_datetime"] == "2026-03-03T14:00:00+08:00"
    assert (float(found["lat"]), float(found["long"])) == (31.74, 116.52)  # of WGS-84, to about a kilometre
    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.clear("detail"), ticket.category.code) == ("API", hotline.LAMP, "010201")
    assert float(ticket.longitude) == pytest.approx(116.5275, abs=0.001)  # kept on the Chinese grid


def test_a_request_may_say_where_by_address_or_division_and_may_be_public(client: Georeport) -> None:
    sent = {"service_code": "010201", "description": hotline.LAMP, "attribute[kind]": "COMPLAINT"}
    client.post("requests", **sent, address_string="六安市金安区中市街道梅山路12号", **{"attribute[public]": "yes"})
    client.post("requests", **sent, address_id="341502")

    by_address, by_division = Ticket.objects.order_by("pk")
    assert (by_address.kind, by_address.wants_public) == ("COMPLAINT", True)
    (found,) = client.get(f"requests/{by_address.number}")
    assert found["address"] == "六安市金安区中市街道"
    (found,) = client.get(f"requests/{by_division.number}")
    assert (found["address"], found["address_id"]) == ("六安市341502县", "341502")


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"description": "没有说是哪一类。", **PLACE}, 400, "service_code"),
        ({"service_code": "999999", "description": "没有这一类。", **PLACE}, 400, "service_code"),
        ({"service_code": "010201", "description": "没有说在哪里。"}, 400, "地点"),
        ({"service_code": "010201", "description": "经纬度不对。", "lat": "北", "long": "1"}, 400, "WGS-84"),
        ({"service_code": "010201", "description": "在外省。", "lat": "39.9", "long": "116.4"}, 400, "不在本市"),
        ({"service_code": "010201", "description": "太长" * 2001, **PLACE}, 400, "4000"),
        ({"service_code": "010201", "address_id": "999999"}, 400, "address_id"),
        ({"service_code": "010201", "attribute[kind]": "JOKE", **PLACE}, 400, "attribute[kind]"),
        ({"service_code": "010201", "api_key": "civic_wrong", **PLACE}, 403, "api_key"),
        ({"service_code": "010201", "jurisdiction_id": "elsewhere", **PLACE}, 404, "jurisdiction_id"),
    ],
)
def test_what_is_wrong_is_said_in_the_specifications_form_and_nothing_is_kept(
    client: Georeport, sent: dict[str, str], status: int, said: str
) -> None:
    (error,) = client.post("requests", **sent)

    assert (client.status, text(error["code"])) == (status, str(status))
    assert said in error["description"]
    assert Ticket.objects.count() == 0


def test_without_a_key_nothing_is_taken_in(client: Georeport) -> None:
    client.key = ""

    (error,) = client.post("requests", service_code="010201", description=hotline.LAMP, **PLACE)

    assert (client.status, text(error["code"])) == (403, "403")


@pytest.mark.parametrize("method", ["services/999999", "requests/LH1", "tokens/nothing"])
def test_what_is_not_there_is_404(client: Georeport, method: str) -> None:
    (error,) = client.get(method)

    assert (client.status, text(error["code"])) == (404, "404")


def test_requests_are_filtered_by_number_class_day_and_status(client: Georeport) -> None:
    old = hotline.closed(at=MONDAY - timedelta(days=60))
    new = hotline.dispatched()
    far = hotline.ticket(at=MONDAY - timedelta(days=120))

    def numbers(**asked: str) -> list[str]:
        return [one["service_request_id"] for one in client.get("requests", **asked)]

    assert numbers() == [new.number, old.number]
    assert numbers(service_request_id=f"{far.number},{new.number}") == [new.number, far.number]
    assert numbers(status="closed") == [old.number]
    assert numbers(status="open,closed") == [new.number, old.number]
    assert numbers(service_code="010201,020101") == [new.number, old.number]
    assert numbers(service_code="020101") == []
    assert numbers(start_date="2026-03-02T00:00:00Z", end_date="2026-03-03T00:00:00+08:00") == [new.number]
    assert numbers(start_date="2025-10-20T00:00:00Z", end_date="2025-11-20T00:00:00Z") == [far.number]
    assert numbers(page="2", page_size="1") == [old.number]


@pytest.mark.parametrize(
    "asked",
    [
        {"start_date": "2025-01-01T00:00:00Z", "end_date": "2025-06-01T00:00:00Z"},
        {"start_date": "yesterday"},
        {"status": "half-open"},
        {"page": "0"},
        {"page_size": "1001"},
        {"start_date": "2026-03-02T00:00:00Z", "end_date": "2026-03-01T00:00:00Z"},
    ],
)
def test_a_question_that_cannot_be_answered_is_400(client: Georeport, asked: dict[str, str]) -> None:
    (error,) = client.get("requests", **asked)

    assert (client.status, text(error["code"])) == (400, "400")


def test_the_promised_time_the_unit_and_the_end_are_told(client: Georeport) -> None:
    ticket = hotline.closed()

    (found,) = client.get(f"requests/{ticket.number}")

    assert (found["status"], found["agency_responsible"]) == ("closed", "六安市cgj")
    assert found["updated_datetime"] == "2026-03-03T11:00:00+08:00"
    assert found["expected_datetime"].startswith("2026-03-")


def test_only_what_was_published_is_told_in_words(client: Georeport) -> None:
    ticket = hotline.closed(wants_public=True)
    ticket.publish(title="路灯不亮", detail="路口的路灯坏了三天。", reply="已经修好。", by=hotline.xu_hui(), at=TUESDAY)
    (found,) = client.get(f"requests/{ticket.number}")
    assert (found["description"], found["status_notes"]) == ("路口的路灯坏了三天。", "已经修好。")

    ticket.keep_private(by=ticket.caller, at=TUESDAY)

    (found,) = client.get(f"requests/{ticket.number}")
    assert (found["description"], found["status_notes"]) == ("道路桥梁路灯", "已经办结。")


def test_reports_of_wrongdoing_and_what_was_told_in_confidence_are_not_there(client: Georeport) -> None:
    told = hotline.ticket(kind="REPORT")
    secret = hotline.ticket()
    Ticket.objects.filter(pk=secret.pk).update(secrecy="CONFIDENTIAL")

    assert client.get("requests") == []
    for ticket in (told, secret):
        client.get(f"requests/{ticket.number}")
        assert client.status == 404


def test_no_name_phone_or_text_of_a_caller_goes_out(client: Georeport) -> None:
    ticket = hotline.dispatched(by=resident("欧阳娜", phone="13712345678"))

    answer = json.dumps(client.get(f"requests/{ticket.number}", extensions="true"), ensure_ascii=False)

    assert "欧阳" not in answer
    assert "13712345678" not in answer
    assert "老人" not in answer
    assert "皖西大道" not in answer


def test_a_token_leads_to_the_number(client: Georeport) -> None:
    ticket = hotline.ticket()

    (found,) = client.get(f"tokens/{ticket.handle}")

    assert found == {"service_request_id": ticket.number, "token": str(ticket.handle)}


def test_updates_are_listed_by_request_and_by_day_and_added_by_the_caller(client: Georeport) -> None:
    ticket = hotline.handled()
    statuses = [one["status"] for one in client.get("servicerequestupdates", service_request_id=ticket.number)]
    assert statuses == ["INVESTIGATING", "IN_PROGRESS"]
    day = {"start_date": "2026-03-02T10:30:00+08:00", "end_date": "2026-03-02T12:00:00+08:00"}
    found = client.get("servicerequestupdates", **day)
    assert [one["status"] for one in found] == ["IN_PROGRESS"]
    client.post("servicerequestupdates", service_request_id=ticket.number, description="今天又有人摔倒。")
    assert client.status == 404  # it is somebody else's
    client.key = token(ticket.caller)

    (made,) = client.post("servicerequestupdates", service_request_id=ticket.number, description="今天又有人摔倒。")

    assert made["service_request_id"] == ticket.number
    assert ticket.supplements.get().clear("words") == "今天又有人摔倒。"


def test_the_format_follows_accept_where_the_address_names_none() -> None:
    asked = Client()

    assert asked.get("/api/open311/v2/services")["Content-Type"].startswith("text/xml")
    answer = asked.get("/api/open311/v2/services", headers={"Accept": "application/json"})
    assert answer["Content-Type"].startswith("application/json")


def test_a_list_of_requests_takes_the_same_few_queries_however_long_it_is(
    client: Georeport, django_assert_num_queries: Any
) -> None:
    for _ in range(5):
        hotline.ticket()

    with django_assert_num_queries(1):
        assert len(client.get("requests")) == 5
