"""The doors of the front: what a visitor sees, and how the pages are shown."""

import pytest
from django.test import Client

from civic.audit.services import record
from civic.home.services import find_services, guide
from civic.masking.services import reveal
from tests.factories.accounts import department, official, resident
from tests.factories.cases import case, officials
from tests.factories.catalogue import MONDAY, published_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return Client()


def published(code: str = "LA-RS-001", **changes: object) -> None:
    department()
    published_service(code, **changes)


def test_the_front_page_offers_search_and_the_ways_into_the_services(client):
    published()

    page = client.get("/").content.decode()

    assert 'action="/search/"' in page
    assert "/services/?theme=%E7%A4%BE%E4%BC%9A%E4%BF%9D%E9%9A%9C" in page
    assert "/services/?department=rsj" in page


def test_the_elder_front_page_offers_seven_choices(client):
    published()
    client.cookies["elder"] = "1"

    page = client.get("/").content.decode()

    assert page.count('class="c-tile') == 7
    assert "tel:12345" in page


def test_a_service_is_found_by_what_people_say_and_the_page_says_why(client):
    published(name="社保卡补办", name_en="Replace a social security card", aliases=["补社保卡"])

    page = client.get("/search/", {"q": "社会保障卡丢了"}).content.decode()

    assert 'href="/services/LA-RS-001/"' in page
    assert "意思相近" in page
    assert "意思相近：" not in page


def test_a_question_without_an_answer_gets_three_ways_on(client):
    page = client.get("/search/", {"q": "qqqqqq"}).content.decode()

    assert "没有找到“qqqqqq”" in page
    assert page.count('class="c-tile') == 3


def test_what_was_typed_is_shown_as_text(client):
    page = client.get("/search/", {"q": "<script>alert(1)</script>"}).content.decode()

    assert "<script>alert" not in page


def test_the_index_knows_a_service_as_soon_as_it_is_published():
    assert find_services("社保卡") == []

    published()

    assert [found.service.code for found in find_services("社保卡")] == ["LA-RS-001"]
    assert guide().count == 1


def test_a_search_costs_two_questions_once_the_index_stands(django_assert_num_queries):
    published()
    find_services("社保卡")

    with django_assert_num_queries(2):
        find_services("社保卡")


@pytest.mark.parametrize(
    ("address", "cookie", "value"),
    [
        ("elder/on", "elder", "1"), ("elder/off", "elder", "0"), ("contrast/on", "contrast", "1"),
        ("language/en", "django_language", "en"), ("keys/off", "keys", "0"),
    ],
)  # fmt: skip
def test_a_preference_is_kept_and_leads_back(client, address, cookie, value):
    answer = client.get(f"/preferences/{address}/", {"next": "/search/?q=x"})

    assert (answer.status_code, answer["Location"]) == (302, "/search/?q=x")
    assert answer.cookies[cookie].value == value


@pytest.mark.parametrize(
    "evil", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_a_preference_never_leads_away_from_the_site(client, evil):
    assert client.get("/preferences/elder/on/", {"next": evil})["Location"] == "/"


def test_a_preference_nobody_knows_does_not_exist(client):
    assert client.get("/preferences/elder/maybe/").status_code == 404


def test_pages_speak_chinese_unless_english_was_chosen(client):
    assert '<html lang="zh-Hans"' in client.get("/help/", headers={"Accept-Language": "en"}).content.decode()

    client.get("/preferences/language/en/")

    assert '<html lang="en"' in client.get("/help/").content.decode()


def test_my_page_asks_a_stranger_to_log_in(client):
    assert client.get("/my/")["Location"] == "/login/?next=/my/"


def test_my_page_says_who_read_my_data_and_why(client):
    wang_fang = resident("王芳", phone="13800005678")
    li_qiang = official("李强", department=department("rsj", "市人社局"))
    reveal(noun=wang_fang.person, field="phone", by=li_qiang, at=MONDAY, purpose="电话通知补正材料")
    client.force_login(wang_fang)

    page = client.get("/my/").content.decode()

    assert "市人社局" in page
    assert "电话通知补正材料" in page
    assert "13800005678" not in page
    assert "李强" not in page


def test_my_page_shows_nobody_elses_readings(client):
    wang_fang, sun_hao = resident("王芳", phone="13800005678"), resident("孙浩", phone="13800009999")
    reveal(noun=wang_fang.person, field="phone", by=official("李强"), at=MONDAY, purpose="电话通知补正材料")
    client.force_login(sun_hao)

    answer = client.get("/my/")

    assert answer.status_code == 200
    assert "电话通知补正材料" not in answer.content.decode()


@pytest.mark.parametrize(
    "address", ["/help/", "/help/stuck/", "/help/mistake/", "/accessibility/", "/privacy/", "/no-such-page/"]
)
def test_every_page_offers_the_hotline_the_stuck_window_and_its_own_number(client, address):
    answer = client.get(address)
    page = answer.content.decode()

    assert 'href="tel:12345"' in page
    assert 'href="/help/stuck/"' in page
    assert answer["X-Request-Id"] in page
    assert "style=" not in page
    assert "<script>" not in page


def test_the_components_page_is_for_demonstrations_only(client, settings):
    assert client.get("/demo/components/").status_code == 200

    settings.DEMONSTRATION = False

    assert client.get("/demo/components/").status_code == 404


def test_my_page_shows_my_cases_and_says_who_read_what_i_sent(client):
    wang_fang = resident("王芳", phone="13800005678")
    mine = case(by=wang_fang)
    reveal(noun=mine.latest_submission, field="form", by=official("李强"), at=MONDAY, purpose="核对申请人填写的住址")
    client.force_login(wang_fang)

    page = client.get("/my/").content.decode()

    assert f'href="/my/cases/{mine.number}/"' in page
    assert "核对申请人填写的住址" in page
    assert "申请表内容" in page


def test_my_page_shows_nobody_elses_cases(client):
    theirs = case(by=resident("王芳", phone="13800005678"))
    client.force_login(resident("孙浩", phone="13800009999"))

    assert theirs.number not in client.get("/my/").content.decode()


def test_my_page_says_which_department_opened_my_case_and_read_my_file_once_a_day(client):
    wang_fang = resident("王芳", phone="13800005678")
    mine = case(by=wang_fang)
    clerk = officials()["clerk"]
    record(at=MONDAY, actor=clerk, step="cases.case.read", subject=mine.ledger_id(), purpose="办理")
    record(at=MONDAY, actor=clerk, step="cases.case.read", subject=mine.ledger_id(), purpose="办理")
    record(at=MONDAY, actor=wang_fang, step="cases.case.read", subject=mine.ledger_id(), purpose="自己看")
    client.force_login(wang_fang)

    page = client.get("/my/").content.decode()

    assert page.count(f"办件{mine.number}") == 1
    assert "自己看" not in page
