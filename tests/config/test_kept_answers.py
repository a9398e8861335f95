"""Answers kept for everybody: the same bytes and headers again, new ones as soon as the catalogue changes."""

import json

import pytest
from django.test import Client

from civic.catalogue import shelf
from tests.factories import cases as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _keeps_for_a_second(settings) -> None:
    settings.CATALOGUE_STAMP_SECONDS = 1.0
    make.transfer_of_home()
    shelf.clear()


def test_the_second_answer_is_the_first_under_a_number_of_its_own(client: Client, django_assert_num_queries) -> None:
    first = client.get("/api/services?q=不动产")
    with django_assert_num_queries(0):
        again = client.get("/api/services?q=不动产")

    assert [service["code"] for service in json.loads(first.content)] == ["LA-ZR-001"]
    assert again.content == first.content
    differing = {name for name, value in first.items() if again[name] != value}
    assert differing == {"X-Request-Id"}
    assert again.resolver_match.route == first.resolver_match.route


def test_who_holds_the_answer_gets_304_without_a_body(client: Client) -> None:
    tag = client.get("/api/services")["ETag"]

    again = client.get("/api/services", headers={"If-None-Match": tag})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)


def test_each_query_and_each_language_has_an_answer_of_its_own(client: Client) -> None:
    everything = client.get("/api/services")
    nothing = client.get("/api/services?q=没有这种事项")
    english = client.get("/api/services", headers={"Accept-Language": "en"})

    assert json.loads(nothing.content) == []
    assert (everything["Content-Language"], english["Content-Language"]) == ("zh-hans", "en")


def test_a_change_of_the_catalogue_is_seen_and_a_refusal_is_not_kept(client: Client, settings) -> None:
    before = client.get("/api/services")
    refused = client.get("/api/services?limit=0")
    make.transfer_of_home(name="不动产转移登记（新）")
    settings.CATALOGUE_STAMP_SECONDS = 0  # as if a second had passed

    after = client.get("/api/services", headers={"If-None-Match": before["ETag"]})

    assert refused.status_code == 422
    assert after.status_code == 200
    assert json.loads(after.content)[0]["name"] == "不动产转移登记（新）"
