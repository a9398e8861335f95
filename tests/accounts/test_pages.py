"""Every page of identity stands, in Chinese and in English, without a Chinese word left over in the English frame."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from civic.accounts.demonstration import create_demonstration_accounts
from civic.accounts.models import Account, Mandate, Person
from tests.factories.accounts import WANG_FANG

pytestmark = pytest.mark.django_db
PUBLIC = ["/login/", "/login/organisation/", "/office/login/", "/demo/outbox/"]
MINE = [
    "/my/account/", "/my/mandates/", "/my/mandates/new/parent/", "/my/mandates/new/child/",
    "/my/mandates/new/firm/", "/my/sessions/",
]  # fmt: skip
OFFICE = ["/office/account/", "/office/login/setup/", "/office/account/passkeys/new/", "/office/officials/"]


@pytest.fixture
def people() -> dict[str, Account]:
    create_demonstration_accounts(at=timezone.now())
    wang = Person.objects.with_id_number(id_number=WANG_FANG["id_number"]).get().account
    return {"resident": wang, "operator": Account.objects.get(username="sjzy.ops")}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_stands(people: dict[str, Account], language: str) -> None:
    for who, pages in ((None, PUBLIC), ("resident", MINE), ("operator", OFFICE)):
        client = Client()
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        if who is not None:
            client.force_login(people[who])
        for page in pages:
            answer = client.get(page)
            assert answer.status_code == 200, page
            text = answer.content.decode()
            assert len(re.findall(r"<h1[ >]", text)) == 1, page
            assert "style=" not in text and "<script>" not in text, page


def test_the_log_in_pages_read_in_english() -> None:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    for page in ("/login/", "/login/organisation/", "/office/login/"):
        main = client.get(page).content.decode().partition("<main")[2].partition("</main>")[0]
        assert not re.search("[\u4e00-\u9fff]", re.sub(r"<[^>]*>", "", main)), page


def test_the_page_of_mandates_asks_the_database_no_more_for_more_mandates(
    people: dict[str, Account], client: Client, django_assert_max_num_queries: object
) -> None:
    wang, mother = people["resident"], Person.objects.with_id_number(id_number="34150219550307002X").get()
    for _ in range(12):
        Mandate.objects.propose(
            kind="PARENT", agent=wang, principal=mother, scope=["*"],
            valid_until=timezone.now() + timezone.timedelta(days=9), at=timezone.now(),
        )  # fmt: skip
    client.force_login(wang)

    with django_assert_max_num_queries(9):  # type: ignore[operator]
        assert client.get("/my/mandates/").status_code == 200


@pytest.mark.parametrize("page", [*MINE, "/office/account/", "/office/officials/"])
def test_a_visitor_is_asked_to_log_in_and_sees_nothing(client: Client, page: str) -> None:
    answer = client.get(page)

    door = "/office/login/" if page.startswith("/office/") else "/login/"
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"{door}?next=")
