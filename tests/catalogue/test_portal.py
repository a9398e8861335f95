"""Residents find a service, read it and learn whether they may apply; other systems read the list."""

import json

import pytest
from django.test import Client

from civic.catalogue.services import publish_version
from tests.factories import accounts
from tests.factories import catalogue as factory
from tests.factories.catalogue import MONDAY

pytestmark = pytest.mark.django_db


def test_the_list_is_found_by_theme_event_department_audience_and_words(client: Client) -> None:
    factory.published_service(code="LA-RS-001")
    factory.published_service(
        code="LA-GJ-001", name="公积金提取", theme="住房保障", life_events=["租房"], aliases=["租房提取"]
    )

    for question, found in (
        ("theme=住房保障", "公积金提取"),
        ("life_event=退休", "社保卡申领"),
        ("q=租房提取", "公积金提取"),
    ):
        text = client.get(f"/services/?{question}").content.decode()
        other = {"公积金提取": "社保卡申领", "社保卡申领": "公积金提取"}[found]
        assert found in text
        assert f">{other}<" not in text


def test_nothing_found_offers_ways_on(client: Client) -> None:
    page = client.get("/services/?q=没有这样的事")

    assert page.status_code == 200
    assert "没有找到符合条件的事项" in page.content.decode()


def test_the_page_says_what_it_takes(client: Client) -> None:
    factory.place("hall-city", address="佛子岭路")
    factory.published_service(code="LA-RS-001", places=["hall-city"])

    text = client.get("/services/LA-RS-001/").content.decode()

    for said in (
        "社保卡申领",
        "5个工作日",
        "不收费",
        "电子照片",
        "系统调取",
        "第五十八条",
        "佛子岭路",
        'href="/apply/LA-RS-001/"',
    ):
        assert said in text


def test_a_draft_and_a_withdrawn_service_are_not_shown(client: Client) -> None:
    factory.draft(code="LA-RS-009")
    gone = factory.published_service(code="LA-RS-001")
    client.get("/services/LA-RS-001/")
    gone.current.withdraw(by="operator", at=MONDAY)

    assert client.get("/services/LA-RS-009/").status_code == 404
    assert client.get("/services/LA-RS-001/").status_code == 404
    assert json.loads(client.get("/api/services").content) == []


@pytest.mark.parametrize(("age", "status", "said"), [
    ("30", 200, "您符合条件"),
    ("12", 200, "年满16周岁"),
    ("old", 400, "请填整数"),
    ("", 400, "请回答"),
])  # fmt: skip
def test_eligibility_answers_with_rule_basis_and_remedy(client: Client, age: str, status: int, said: str) -> None:
    factory.published_service(code="LA-RS-001")

    page = client.post("/services/LA-RS-001/eligibility/", {"age": age})

    assert page.status_code == status
    assert said in page.content.decode()


def test_a_refusal_names_the_basis_and_the_remedy(client: Client) -> None:
    factory.published_service(code="LA-RS-001")

    text = client.post("/services/LA-RS-001/eligibility/", {"age": "12"}).content.decode()

    assert "《社会保险法》第十条" in text
    assert "未满16周岁由监护人代办。" in text


def test_old_versions_stay_readable_and_say_what_changed(client: Client) -> None:
    service = factory.published_service(code="LA-RS-001")
    draft = service.start_draft(by="operator", at=MONDAY)
    draft.edit(content=factory.content(promised_days=6), by="operator", at=MONDAY)
    publish_version(draft, by="operator", at=MONDAY)

    history = client.get("/services/LA-RS-001/versions/").content.decode()
    first = client.get("/services/LA-RS-001/versions/1/").content.decode()

    assert "承诺办结时限" in history
    assert "5个工作日" in first
    assert "6个工作日" in client.get("/services/LA-RS-001/").content.decode()


def test_text_of_a_service_cannot_bring_markup_in(client: Client) -> None:
    factory.published_service(code="LA-RS-001", summary="<script>alert(1)</script>", aliases=[])

    assert "<script>alert(1)" not in client.get("/services/LA-RS-001/").content.decode()


def test_the_second_reading_asks_the_database_only_whether_anything_changed(
    client: Client, django_assert_num_queries: object
) -> None:
    factory.published_service(code="LA-RS-001")
    client.get("/services/LA-RS-001/")
    client.get("/api/services")

    with django_assert_num_queries(1):  # type: ignore[operator]
        client.get("/services/LA-RS-001/")
    with django_assert_num_queries(1):  # type: ignore[operator]
        client.get("/api/services")


def test_the_api_lists_the_seeds_fields(client: Client) -> None:
    service = factory.published_service(code="LA-RS-001")

    (listed,) = client.get("/api/services").json()

    wanted = {"id": service.pk, "code": "LA-RS-001", "name": "社保卡申领", "department": "六安市人力资源和社会保障局",
              "process_time": 5, "online_handle": True}  # fmt: skip
    assert wanted.items() <= listed.items()


def test_the_api_answers_304_until_something_changes(client: Client) -> None:
    service = factory.published_service(code="LA-RS-001")
    tag = client.get("/api/services").headers["ETag"]

    assert client.get("/api/services", headers={"If-None-Match": tag}).status_code == 304
    draft = service.start_draft(by="operator", at=MONDAY)
    draft.edit(content=factory.content(name="社保卡首次申领"), by="operator", at=MONDAY)
    publish_version(draft, by="operator", at=MONDAY)

    changed = client.get("/api/services", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.json()[0]["name"] == "社保卡首次申领"


def test_walking_the_pages_sees_every_service_once_while_others_are_added(client: Client) -> None:
    for i in range(23):
        factory.published_service(code=f"LA-RS-{i * 10:03}")
    seen, address = [], "/api/services?limit=5"
    while address:
        page = client.get(address)
        seen += [service["code"] for service in page.json()]
        factory.published_service(code=f"LA-AA-{len(seen):03}")
        link = page.headers.get("Link", "")
        address = link[1 : link.index(">")] if link else ""

    assert seen == [f"LA-RS-{i * 10:03}" for i in range(23)]


@pytest.mark.parametrize(("question", "status", "pointer"), [
    ("limit=0", 422, "/limit"),
    ("limit=many", 422, "/limit"),
    ("online=perhaps", 422, "/online"),
    ("cursor=%00", 400, "/cursor"),
    ("cursor=zzzz", 400, "/cursor"),
])  # fmt: skip
def test_a_wrong_parameter_is_named(client: Client, question: str, status: int, pointer: str) -> None:
    page = client.get(f"/api/services?{question}")

    assert page.status_code == status
    assert page.json()["errors"][0]["pointer"] == pointer


def test_the_api_filters(client: Client) -> None:
    factory.published_service(code="LA-RS-001")
    factory.published_service(code="LA-RS-002", name="社保关系转移", online=False)

    def codes(question: str) -> list[str]:
        return [service["code"] for service in client.get(f"/api/services?{question}").json()]

    assert codes("online=true") == ["LA-RS-001"]
    assert codes("online=false") == ["LA-RS-002"]
    assert codes("q=转移") == ["LA-RS-002"]
    assert codes("department=rsj") == ["LA-RS-001", "LA-RS-002"]
    assert codes("department=六安市人力资源和社会保障局&q=申领") == ["LA-RS-001"]
    assert codes("department=nowhere") == []


def test_one_service_comes_with_its_whole_version(client: Client) -> None:
    factory.published_service(code="LA-RS-001")

    answer = client.get("/api/services/LA-RS-001").json()

    assert answer["version"] == 1
    assert answer["content"] == factory.content()
    assert client.get("/api/services/NOPE").status_code == 404


def test_a_page_kept_for_strangers_carries_the_number_of_each_request_and_nobodys_name(client: Client) -> None:
    factory.published_service(code="LA-RS-001")
    wang_fang = accounts.resident("王芳")
    known = Client()
    known.force_login(wang_fang)

    first, second = client.get("/services/LA-RS-001/"), client.get("/services/LA-RS-001/")
    hers = known.get("/services/LA-RS-001/").content.decode()
    elder = Client(headers={"Cookie": "elder=1"}).get("/services/LA-RS-001/").content.decode()

    for page in (first, second):
        assert page.headers["X-Request-Id"] in page.content.decode()
        assert 'href="/login/"' in page.content.decode()
    assert first.headers["X-Request-Id"] not in second.content.decode()
    assert 'href="/my/"' in hers
    assert 'href="/login/"' not in hers
    assert "govuk-template elder" in elder
    assert "govuk-template elder" not in second.content.decode()


def test_a_number_given_from_outside_cannot_spoil_the_page_kept_for_others(client: Client) -> None:
    factory.published_service(code="LA-RS-001")

    client.get("/services/LA-RS-001/", headers={"X-Request-Id": "govuk-link"})

    assert 'class="govuk-link' in client.get("/services/LA-RS-001/").content.decode()
