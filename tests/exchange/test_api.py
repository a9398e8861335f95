"""The exchange's API: for officials in charge, field by field, never a hole."""

import json

import pytest
from django.test import Client

from civic.accounts.models import Account
from civic.exchange.models import Call
from tests.factories import exchange as make
from tests.factories.accounts import MONDAY, official, resident, token

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
BODY = {
    "service": "LA-ZR-001", "case": "LA20260302000000017X", "purpose": "decide",
    "subject": {"property_id": "LA2023001"},
}  # fmt: skip


@pytest.fixture(autouse=True)
def _on_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("civic.exchange.api.now", lambda: MONDAY)


def api(account: Account) -> Client:
    return Client(headers={"Authorization": f"Bearer {token(account)}"})


def land_clerk(**more: object) -> Account:
    return official("张敏", department=make.office_of("zrzy"), **more)


def post(client: Client, path: str, body: object):
    return client.post(path, json.dumps(body), content_type="application/json")


def test_the_land_bureau_gets_the_property_from_three_departments(sources: make.Sources) -> None:
    answer = api(land_clerk()).get("/api/property/LA2023001")

    found = answer.json()
    assert answer.status_code == 200, found
    assert found["property_id"] == "LA2023001"
    assert {part: found[part]["state"] for part in ("land", "tax", "house")} == dict.fromkeys(
        ("land", "tax", "house"), "answered"
    )
    assert found["tax"]["fields"]["assessed_value"] == {
        "status": "value", "value": "800000.00", "as_of": "2026-03-02T01:00:00Z", "stale": False,
        "source": "国家税务总局六安市税务局", "since": None, "code": "", "words": "",
    }  # fmt: skip


def test_a_silent_source_says_why_in_each_field(sources: make.Sources) -> None:
    sources.say("property_tax", "GARBAGE")

    found = api(land_clerk()).get("/api/property/LA2023001").json()

    assert (found["land"]["state"], found["tax"]["state"]) == ("answered", "unavailable")
    assert len(found["tax"]["fields"]) == 6
    assert {(one["status"], one["code"], one["words"]) for one in found["tax"]["fields"].values()} == {
        ("unavailable", "GARBAGE", "来源部门的答复无法读取。")
    }


def test_a_value_kept_from_before_says_in_each_field_why_it_is_old(sources: make.Sources) -> None:
    client = api(land_clerk())
    client.get("/api/property/LA2023001")
    sources.say("property_tax", "GARBAGE")

    found = client.get("/api/property/LA2023001").json()["tax"]

    assert found["state"] == "stale"
    assert {(one["status"], one["stale"], one["code"], one["words"]) for one in found["fields"].values()} == {
        ("value", True, "GARBAGE", "来源部门的答复无法读取。")
    }
    assert found["records"] == [found["fields"]]


def test_the_tax_bureau_gets_less_of_the_land_register(sources: make.Sources) -> None:
    found = api(official(department=make.office_of("sw"))).get("/api/property/LA2023001").json()

    assert sorted(found["land"]["fields"]) == ["address", "area_m2", "land_use", "property_id", "right_kind"]
    assert "王芳" not in json.dumps(found, ensure_ascii=False)


@pytest.mark.parametrize("path", ["/api/property/LA2023001", "/api/exchange/zrzy.land"])
def test_who_is_not_in_charge_gets_nothing_and_no_source_is_asked(sources: make.Sources, path: str) -> None:
    strangers = [resident("孙浩"), official(department=make.office_of("wjw")), land_clerk(roles=("auditor",))]

    for stranger in strangers:
        client = api(stranger)
        answer = client.get(path) if "property" in path else post(client, path, BODY)
        assert answer.status_code == 403, stranger
    assert Client().get("/api/property/LA2023001").status_code == 401
    assert sources.asked == []
    assert set(Call.objects.values_list("outcome", flat=True)) == {"DENIED"}


def test_one_resource_is_asked_for_named_fields(sources: make.Sources) -> None:
    answer = post(api(land_clerk()), "/api/exchange/zrzy.land", {**BODY, "fields": ["address", "dna", "shoe"]})

    found = answer.json()
    assert answer.status_code == 200, found
    assert {name: (one["status"], one["code"]) for name, one in found["fields"].items()} == {
        "address": ("value", ""), "dna": ("denied", "restricted:biometrics"), "shoe": ("denied", "unknown-field"),
    }  # fmt: skip
    assert found["call"] == str(Call.objects.get().handle)


@pytest.mark.parametrize(
    ("path", "change", "status"),
    [("zrzy.land", {"service": "LA-JY-001"}, 403), ("zrzy.land", {"purpose": "verify"}, 403),
     ("zrzy.land", {"purpose": "spy"}, 422), ("zrzy.land", {"subject": {}}, 422),
     ("zrzy.land", {"subject": {"id_number": "341502199001010025"}}, 400),
     ("gaj.population", {"subject": {"id_number": "341502199001010026"}}, 400),
     ("zrzy.land", {"on_behalf_of": "王芳"}, 422), ("zrzy.land", {"odd": 1}, 422), ("zrzy.gold", {}, 404),
     ("zrzyland", {}, 422)],
)  # fmt: skip
def test_a_question_that_cannot_be_put_names_what_is_wrong(sources, path: str, change: dict, status: int) -> None:
    answer = post(api(land_clerk()), f"/api/exchange/{path}", {**BODY, **change})

    assert answer.status_code == status, answer.content.decode()
    assert answer["Content-Type"].startswith("application/problem+json")
    assert sources.asked == []


@pytest.mark.parametrize("odd", ["LA%2F..%2Fx", "a" * 41, "LA 1", "六安"])
def test_a_property_number_is_no_path(sources: make.Sources, odd: str) -> None:
    assert api(land_clerk()).get(f"/api/property/{odd}").status_code in (404, 422)
    assert sources.asked == []
