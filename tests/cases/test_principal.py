"""For whom a case is: whom the check page showed, who hears of it, and who may go on with it."""

from datetime import datetime, timedelta
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.test import Client
from PIL import Image

from civic.accounts.models import Account, Mandate, Person
from civic.cases import policies, services, tasks
from civic.cases.models import Case, Draft
from civic.core.errors import NotAllowed
from civic.documents.services import store_document
from civic.notifications.models import Notice
from civic.ratings.models import Right
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
    client = people.at_home(wang)
    check = ready_to_send(client)
    act_for(client, for_mother)

    text = client.get(check).content.decode()
    client.post(check, {"acting_for": str(for_mother.handle)})

    assert f'name="acting_for" value="{for_mother.handle}"' in text
    assert Case.objects.get().person == for_mother.principal_person


def test_a_page_that_showed_oneself_does_not_file_for_the_mother_chosen_in_another_tab(wang, for_mother) -> None:
    client = people.at_home(wang)
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
    client = people.at_home(wang)
    check = ready_to_send(client)
    act_for(client, for_mother)
    for_mother.revoke(by=wang, at=MONDAY_TEN)

    answer = client.post(check, {"acting_for": str(for_mother.handle)})

    assert answer.status_code == 409
    assert "您核对的是为「刘桂英」办理，现在登录状态是为「本人」办理" in answer.content.decode()
    assert Draft.objects.count() == 1
    assert Case.objects.count() == 0


def test_after_checking_again_the_draft_is_sent_once(wang, for_mother) -> None:
    client = people.at_home(wang)
    check = ready_to_send(client)
    act_for(client, for_mother)
    client.post(check, {"acting_for": ""})

    answer = client.post(check, {"acting_for": str(for_mother.handle)})

    case = Case.objects.get()
    assert answer["Location"] == f"/my/cases/{case.number}/receipt/"
    assert case.mandate == for_mother


@pytest.mark.parametrize("forged", ["x", "00000000-0000-4000-8000-000000000000"])
def test_a_handle_that_is_not_ones_own_names_nobody_and_files_nothing(wang, forged) -> None:
    client = people.at_home(wang)
    check = ready_to_send(client)

    answer = client.post(check, {"acting_for": forged})

    assert answer.status_code == 409
    assert Case.objects.count() == 0


# Who hears of it, and who goes on with it


MATERIALS = [
    {"key": "photo", "name": "照片", "source": "APPLICANT", "accept": ["image/png"], "max_files": 1},
    {"key": "homes", "name": "家庭住房说明", "source": "COMMITMENT", "commitment": "我填写的住房套数属实。"},
]
ENDS = make.MONDAY + timedelta(days=30)  # of the factory's mandate


@pytest.fixture
def liu() -> Account:
    """刘桂英, who has an account of her own."""
    return people.resident("刘桂英", phone="13800004321")


def filed_for(principal: Person, *, by: Account, **changes: object) -> Case:
    mandate = people.mandate(agent=by, principal=principal)
    version = make.transfer_of_home(**changes)
    who = services.Principal.of(mandate, own=by.person)
    application = make.application(documents={"photo": [photo_of(by)]} if changes else {})
    return services.submit_case(version=version, application=application, by=by, at=make.MONDAY, principal=who)


def photo_of(owner: Account) -> str:
    file = BytesIO()
    Image.new("RGB", (60, 80), "white").save(file, "PNG")
    file.seek(0)
    return str(store_document(owner=owner, file=file, name="p.png", purpose="case.photo", at=make.MONDAY).token)


def told(monkeypatch: pytest.MonkeyPatch, case: Case, *, at: datetime, step: str = "accept") -> list[Account]:
    monkeypatch.setattr(tasks, "now", lambda: at)
    tasks.announce(case=case.pk, step=step, seen=1)
    tasks.announce(case=case.pk, step=step, seen=1)
    letters = Notice.objects.filter(subject=f"{case.ledger_id()}/{step}/1").order_by("pk")
    return [letter.recipient for letter in letters]


def test_the_agent_and_the_mother_are_both_told_once(wang, liu, monkeypatch) -> None:
    case = filed_for(liu.person, by=wang)

    assert told(monkeypatch, case, at=MONDAY_TEN) == [wang, liu]


def test_who_applied_for_oneself_gets_one_letter(wang, monkeypatch) -> None:
    case = make.case(by=wang)

    assert told(monkeypatch, case, at=MONDAY_TEN) == [wang]


def test_once_the_mandate_is_revoked_only_the_mother_is_told(wang, liu, monkeypatch) -> None:
    case = filed_for(liu.person, by=wang)
    case.mandate.revoke(by=liu, at=MONDAY_TEN)

    assert told(monkeypatch, case, at=MONDAY_TEN) == [liu]


def test_a_mandate_whose_time_is_over_ends_the_agents_letters_before_the_sweep(wang, liu, monkeypatch) -> None:
    case = filed_for(liu.person, by=wang)

    assert told(monkeypatch, case, at=ENDS) == [liu]
    assert case.mandate.state == "ACTIVE"


def test_the_representative_of_a_firm_sees_and_hears_what_its_agent_filed(wang, monkeypatch) -> None:
    zhou = people.resident("周建国", phone="13800006666")
    case = filed_for(people.organisation(representative=zhou.person), by=wang)
    case.mandate.revoke(by=zhou, at=MONDAY_TEN)

    assert list(Case.objects.of_applicant(zhou, at=MONDAY_TEN)) == [case]
    assert told(monkeypatch, case, at=MONDAY_TEN) == [zhou]


def test_the_right_to_rate_goes_to_the_mother_when_the_mandate_is_over(wang, liu, monkeypatch) -> None:
    case = filed_for(liu.person, by=wang)
    monkeypatch.setattr(tasks, "now", lambda: ENDS)

    tasks.invite(case=case.pk, step="grant")

    assert Right.objects.get().holder == liu
    assert not Notice.objects.filter(recipient=wang).exists()


@pytest.mark.parametrize(
    ("at", "sees"), [(ENDS - timedelta(seconds=1), True), (ENDS, False)], ids=["the last second", "over"]
)
def test_the_agent_sees_the_case_until_the_mandate_ends(wang, liu, at, sees) -> None:
    case = filed_for(liu.person, by=wang)

    assert Case.objects.of_applicant(wang, at=at).exists() is sees
    assert Case.objects.visible_to(wang, at=at).exists() is sees
    assert case.is_applicant(wang, at=at) is sees
    assert case.is_applicant(liu, at=at) is True
    assert list(Case.objects.of_applicant(liu, at=at)) == [case]


@pytest.mark.parametrize("ended", ["revoked", "over"])
def test_an_agent_without_a_mandate_neither_withdraws_nor_corrects(wang, liu, ended) -> None:
    case = filed_for(liu.person, by=wang)
    if ended == "revoked":
        case.mandate.revoke(by=liu, at=MONDAY_TEN)
    at = ENDS if ended == "over" else MONDAY_TEN

    with pytest.raises(NotAllowed, match="只有申请人可以撤回申请。"):
        case.withdraw(by=wang, at=at)

    assert case.why_not("withdraw", wang, at=at) == "只有申请人可以撤回申请。"
    assert policies.why_not_resubmit(wang, case, at=at) == "只有申请人可以补正材料。"
    assert case.why_not("withdraw", liu, at=at) is None
    assert Case.objects.get().state == "SUBMITTED"


def test_the_mother_answers_a_correction_with_the_files_her_agent_handed_in(wang, liu) -> None:
    case = filed_for(liu.person, by=wang, materials=MATERIALS)
    items = [{"pointer": "/form/price", "message": "请核对成交价。"}]
    case.request_correction(items=items, by=make.officials()["clerk"], at=make.MONDAY)
    case.mandate.revoke(by=liu, at=make.MONDAY)

    answer = people.at_home(liu).post(f"/my/cases/{case.number}/correction/", {**make.FORM, "price": "860000.00"})

    sent = Case.objects.get().latest_submission
    assert answer.status_code == 302
    assert (sent.round, sent.form["price"]) == (2, "860000.00")
    assert sent.documents == case.latest_submission.documents


def test_somebody_elses_file_is_still_not_hers_to_hand_in(wang, liu) -> None:
    case = filed_for(liu.person, by=wang, materials=MATERIALS)
    items = [{"pointer": "/form/price", "message": "请核对成交价。"}]
    case.request_correction(items=items, by=make.officials()["clerk"], at=make.MONDAY)
    foreign = photo_of(people.resident("孙浩"))

    with pytest.raises(services.FormIncomplete) as refusal:
        services.resubmit_case(case=case, form=make.FORM, documents={"photo": [foreign]}, by=liu, at=MONDAY_TEN)

    assert [error.pointer for error in refusal.value.errors] == ["/documents/photo"]
    assert Case.objects.get().state == "CORRECTION"
