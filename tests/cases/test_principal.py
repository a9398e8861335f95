"""For whom a case is: whom the check page showed, who hears of it, and who may go on with it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client

from civic.accounts.models import Account, Mandate
from civic.cases.models import Case, Draft
from tests.factories import accounts as people
from tests.factories import cases as make

pytestmark = pytest.mark.django_db
MONDAY_TEN = make.MONDAY + timedelta(hours=1)


@pytest.fixture(autouse=True)
def at_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    for door in ("portal.apply", "portal.mine"):
        monkeypatch.setattr(f"civic.cases.{door}.now", lambda: MONDAY_TEN)
    monkeypatch.setattr("civic.accounts.middleware.timezone", SimpleNamespace(now=lambda: MONDAY_TEN))
    monkeypatch.setattr("civic.accounts.portal.my.timezone", SimpleNamespace(now=lambda: MONDAY_TEN))


@pytest.fixture
def wang() -> Account:
    return people.resident("王芳", phone="13800005678")


@pytest.fixture
def for_mother(wang: Account) -> Mandate:
    """王芳 may act for her mother 刘桂英 until the end of the month."""
    return people.mandate(agent=wang, principal=people.person("刘桂英", phone="13800004321"))


def at_home(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def ready_to_send(client: Client) -> str:
    """Fill in a whole application and return the address of its check page."""
    make.transfer_of_home()
    client.post("/apply/LA-ZR-001/")
    draft = f"/apply/drafts/{Draft.objects.get().token}/"
    client.post(f"{draft}home/", make.FORM)
    client.post(f"{draft}materials/", {"commitments": ["homes"]})
    client.post(f"{draft}delivery/", {"delivery": "ELECTRONIC"})
    return f"{draft}check/"


def act_for(client: Client, mandate: Mandate) -> None:
    client.post(f"/my/mandates/{mandate.handle}/use/")


# What the check page showed


def test_the_check_page_sends_back_for_whom_it_was_shown(wang, for_mother) -> None:
    client = at_home(wang)
    check = ready_to_send(client)
    act_for(client, for_mother)

    text = client.get(check).content.decode()
    client.post(check, {"acting_for": str(for_mother.handle)})

    assert f'name="acting_for" value="{for_mother.handle}"' in text
    assert Case.objects.get().person == for_mother.principal_person


def test_a_page_that_showed_oneself_does_not_file_for_the_mother_chosen_in_another_tab(wang, for_mother) -> None:
    client = at_home(wang)
    check = ready_to_send(client)
    act_for(client, for_mother)

    answer = client.post(check, {"acting_for": ""})

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "您核对的是为「本人」办理，现在登录状态是为「刘桂英」办理" in text
    assert f'name="acting_for" value="{for_mother.handle}"' in text
    assert Draft.objects.get().answers["price"] == "850000.00"
    assert Case.objects.count() == 0


def test_a_page_that_showed_the_mother_files_for_nobody_once_her_mandate_is_over(wang, for_mother) -> None:
    client = at_home(wang)
    check = ready_to_send(client)
    act_for(client, for_mother)
    for_mother.revoke(by=wang, at=MONDAY_TEN)

    answer = client.post(check, {"acting_for": str(for_mother.handle)})

    assert answer.status_code == 409
    assert "您核对的是为「刘桂英」办理，现在登录状态是为「本人」办理" in answer.content.decode()
    assert Draft.objects.count() == 1
    assert Case.objects.count() == 0


def test_after_checking_again_the_draft_is_sent_once(wang, for_mother) -> None:
    client = at_home(wang)
    check = ready_to_send(client)
    act_for(client, for_mother)
    client.post(check, {"acting_for": ""})

    answer = client.post(check, {"acting_for": str(for_mother.handle)})

    case = Case.objects.get()
    assert answer["Location"] == f"/my/cases/{case.number}/receipt/"
    assert case.mandate == for_mother


@pytest.mark.parametrize("forged", ["x", "00000000-0000-4000-8000-000000000000"])
def test_a_handle_that_is_not_ones_own_names_nobody_and_files_nothing(wang, forged) -> None:
    client = at_home(wang)
    check = ready_to_send(client)

    answer = client.post(check, {"acting_for": forged})

    assert answer.status_code == 409
    assert Case.objects.count() == 0
