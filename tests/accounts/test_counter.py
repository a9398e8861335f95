"""The service desk takes in who has come: seen with their papers, the phone proved by a code, all of it recorded."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from civic.accounts import counter, office
from civic.accounts.mandates import NotGuardian, Proposal
from civic.accounts.models import Account, Mandate, OutboxMessage, Person
from civic.accounts.models.person import TakenAlready
from civic.accounts.rules import Level
from civic.accounts.services import WrongCode, log_in_by_code, send_login_code
from civic.audit.models import Entry
from civic.core.errors import NotAllowed
from tests.factories.accounts import LIU_GUIYING, MONDAY, SUN_HAO, WANG_FANG, official, person, resident

pytestmark = pytest.mark.django_db
CHILD = {"name": "王小宝", "id_number": "341502201605060031"}
REGISTER = "/office/counter/persons/new/"
CODE = "/office/counter/persons/code/"
MANDATE = "/office/counter/mandates/new/"
PAPERS = {"name": LIU_GUIYING["name"], "id_number": LIU_GUIYING["id_number"]}


@pytest.fixture(autouse=True)
def _on_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office.timezone, "now", lambda: MONDAY)


@pytest.fixture
def clerk() -> Account:
    return official("李强", roles=("window_clerk",))


@pytest.fixture
def desk(clerk: Account) -> Client:
    client = Client()
    client.force_login(clerk)
    return client


def found(id_number: str = LIU_GUIYING["id_number"]) -> Person | None:
    someone: Person | None = Person.objects.with_id_number(id_number=id_number).first()
    return someone


def steps(of: Any) -> list[tuple[str, str]]:
    return list(Entry.objects.filter(subject=of.ledger_id()).order_by("pk").values_list("step", "actor"))


# The page


def test_a_person_with_a_phone_is_taken_in_once_they_have_read_the_code_aloud(
    desk: Client, clerk: Account, sent_code: Callable[[], str]
) -> None:
    assert desk.post(REGISTER, {**PAPERS, "phone": "138 0000 4321"})["Location"] == CODE
    assert found() is None
    assert "请当面告诉为您办理的工作人员" in OutboxMessage.objects.get().text
    assert "138****4321" in desk.get(CODE).content.decode()

    page = desk.post(CODE, {"code": sent_code()}, follow=True).content.decode()

    assert "已登记：刘**" in page and "已刷脸或到场核验" in page
    assert "刘桂英" not in page and LIU_GUIYING["id_number"] not in page
    liu = found()
    assert liu is not None
    assert (liu.name, liu.phone, liu.level) == ("刘桂英", "13800004321", Level.PRESENT)
    actor = clerk.ledger_id()
    assert steps(liu) == [("accounts.person.register", actor), ("accounts.person.claim", actor)]


def test_a_wrong_code_takes_nobody_in_and_may_be_typed_again(desk: Client, sent_code: Callable[[], str]) -> None:
    desk.post(REGISTER, {**PAPERS, "phone": "13800004321"})
    right = sent_code()

    refused = desk.post(CODE, {"code": "000000" if right != "000000" else "111111"})

    assert refused.status_code == 400
    assert "验证码不正确或已失效" in refused.content.decode()
    assert found() is None
    assert desk.post(CODE, {"code": right})["Location"] == REGISTER


def test_who_has_no_phone_is_taken_in_at_once(desk: Client) -> None:
    assert desk.post(REGISTER, PAPERS)["Location"] == REGISTER

    liu = found()
    assert liu is not None and (liu.phone, liu.level) == ("", Level.PRESENT)
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [("name", "", "请填写姓名"), ("id_number", "341502195503070021", "身份证"), ("phone", "12345", "手机号")],
)
def test_what_cannot_be_is_refused_beside_its_field(desk: Client, field: str, typed: str, words: str) -> None:
    answer = desk.post(REGISTER, {**PAPERS, field: typed})

    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert f'id="{field}"' in answer.content.decode()
    assert not Person.objects.exists()


def test_the_code_page_without_a_person_leads_back(desk: Client) -> None:
    assert desk.get(CODE)["Location"] == REGISTER


@pytest.mark.parametrize("address", [REGISTER, CODE, MANDATE])
def test_the_desk_is_closed_to_other_offices(address: str) -> None:
    client = Client()
    client.force_login(official("周丽", roles=("unit_leader", "unit_handler")))

    assert client.get(address).status_code == 404
    assert client.post(address, PAPERS).status_code == 404
    assert not Person.objects.exists()


def test_the_desk_speaks_english(desk: Client) -> None:
    desk.cookies["django_language"] = "en"

    assert "Register in person" in desk.get(REGISTER).content.decode()
    assert "Original you have checked" in desk.get(MANDATE).content.decode()


# The journey


def test_who_logged_in_by_phone_before_gets_a_name_in_the_same_account(
    clerk: Account, sent_code: Callable[[], str]
) -> None:
    phone = LIU_GUIYING["phone"]
    send_login_code(phone=phone, address="10.0.0.1", at=MONDAY - timedelta(days=1))
    before = log_in_by_code(phone=phone, code=sent_code(), address="10.0.0.1", at=MONDAY - timedelta(days=1))

    counter.send_counter_code(phone=phone, by=clerk, at=MONDAY)
    liu = counter.register_at_counter(**PAPERS, phone=phone, code=sent_code(), by=clerk, at=MONDAY)

    assert before.person_id == liu.pk
    assert (liu.name, liu.level) == ("刘桂英", Level.PRESENT)


def test_a_phone_whose_code_nobody_has_read_names_nobodys_account(clerk: Account) -> None:
    sun = resident("", phone=SUN_HAO["phone"], level=Level.PHONE)

    with pytest.raises(WrongCode):
        counter.register_at_counter(**PAPERS, phone=SUN_HAO["phone"], code="123456", by=clerk, at=MONDAY)

    assert Person.objects.get() == sun.person
    assert Person.objects.get().name == ""


def test_a_code_sent_from_another_desk_does_not_serve(clerk: Account, sent_code: Callable[[], str]) -> None:
    other = official("张敏", roles=("window_clerk",))
    counter.send_counter_code(phone="13800004321", by=other, at=MONDAY)

    with pytest.raises(WrongCode):
        counter.register_at_counter(**PAPERS, phone="13800004321", code=sent_code(), by=clerk, at=MONDAY)


def test_who_is_known_is_confirmed_and_never_lowered(clerk: Account) -> None:
    liu = person(**LIU_GUIYING, level=Level.CERTIFICATE)

    again = counter.register_at_counter(**PAPERS, by=clerk, at=MONDAY)

    assert again == liu
    assert (again.level, again.phone) == (Level.CERTIFICATE, LIU_GUIYING["phone"])


def test_a_number_known_under_another_name_is_refused_and_changes_nothing(clerk: Account) -> None:
    liu = person(**LIU_GUIYING, level=Level.REAL_NAME)

    with pytest.raises(counter.NotAsRegistered):
        counter.register_at_counter(name="刘桂芳", id_number=LIU_GUIYING["id_number"], by=clerk, at=MONDAY)

    assert (Person.objects.get().name, Person.objects.get().level) == ("刘桂英", Level.REAL_NAME)
    assert ("accounts.person.claim", clerk.ledger_id()) not in steps(liu)


def test_a_phone_of_somebody_known_stays_theirs(clerk: Account, sent_code: Callable[[], str]) -> None:
    person(**SUN_HAO)
    counter.send_counter_code(phone=SUN_HAO["phone"], by=clerk, at=MONDAY)

    with pytest.raises(TakenAlready):
        counter.register_at_counter(**PAPERS, phone=SUN_HAO["phone"], code=sent_code(), by=clerk, at=MONDAY)

    assert found() is None


@pytest.mark.parametrize("roles", [("unit_handler",), ("operator",), ("auditor",)])
def test_only_the_service_desk_attests(roles: tuple[str, ...]) -> None:
    by = official("周丽", roles=roles)

    with pytest.raises(NotAllowed, match="只有综合窗口"):
        counter.register_at_counter(**PAPERS, by=by, at=MONDAY)
    with pytest.raises(NotAllowed, match="只有综合窗口"):
        counter.send_counter_code(phone="13800004321", by=by, at=MONDAY)

    assert not Person.objects.exists() and not OutboxMessage.objects.exists()


# A guardian


def attested(by: Account, **changes: Any) -> Mandate:
    facts = {"guardian_id": WANG_FANG["id_number"], **CHILD, "evidence": "household-register", **changes}
    until = MONDAY + timedelta(days=30)
    return counter.attest_guardian(**facts, proposal=Proposal(scope=["*"], valid_until=until), by=by, at=MONDAY)


def test_a_guardian_whom_the_register_does_not_know_is_confirmed_by_papers(desk: Client, clerk: Account) -> None:
    sun = resident(**SUN_HAO)
    body = {**CHILD, "guardian_id": SUN_HAO["id_number"], "evidence": "birth-certificate", "theme": "*"}

    page = desk.post(MANDATE, {**body, "valid_until": "2026-04-01"}, follow=True).content.decode()

    assert "王**的监护人可以为其办事，有效期至 2026-04-01" in page
    made = Mandate.objects.get()
    assert (made.agent, made.kind, made.state, made.proof) == (sun, "CHILD", "ACTIVE", "counter")
    assert (made.principal_name, made.principal.level) == ("王小宝", Level.REAL_NAME)
    entry = Entry.objects.get(step="accounts.mandate.attest")
    assert (entry.actor, entry.subject) == (clerk.ledger_id(), made.ledger_id())
    assert entry.detail == {"evidence": "birth-certificate"}
    assert Entry.objects.get(step="accounts.mandate.confirm").actor == clerk.ledger_id()


def test_the_mandate_ends_on_the_fourteenth_birthday_at_the_latest(clerk: Account) -> None:
    resident(**WANG_FANG)
    near = datetime.fromisoformat("2029-06-01T09:00:00+08:00")
    far = Proposal(scope=["*"], valid_until=near + timedelta(days=700))

    facts = {"guardian_id": WANG_FANG["id_number"], **CHILD, "evidence": "household-register"}
    made = counter.attest_guardian(**facts, proposal=far, by=clerk, at=near)

    assert made.valid_until == datetime.fromisoformat("2030-05-06T00:00:00+08:00")


def test_a_guardian_nobody_knows_must_register_first(clerk: Account) -> None:
    with pytest.raises(counter.GuardianUnknown):
        attested(clerk)

    assert not Mandate.objects.exists() and not Person.objects.exists()


def test_a_child_known_under_another_name_is_refused(clerk: Account) -> None:
    resident(**WANG_FANG)
    person("王大宝", id_number=CHILD["id_number"])

    with pytest.raises(NotGuardian):
        attested(clerk)

    assert not Mandate.objects.exists()


def test_no_child_of_fourteen_and_nobody_but_the_desk(clerk: Account) -> None:
    resident(**WANG_FANG)

    with pytest.raises(NotAllowed):
        attested(clerk, name="孙浩", id_number=SUN_HAO["id_number"])
    with pytest.raises(NotAllowed, match="只有综合窗口"):
        attested(official("周丽", roles=("unit_leader",)))

    assert not Mandate.objects.exists()
    assert found(SUN_HAO["id_number"]) is None


def test_a_mandate_is_not_confirmed_at_a_counter_by_its_own_agent() -> None:
    wang, liu = resident(**WANG_FANG), person(**LIU_GUIYING)
    mandate = Mandate.objects.propose(
        kind="PARENT", agent=wang, principal=liu, scope=["*"], valid_until=MONDAY + timedelta(days=30), at=MONDAY
    )

    with pytest.raises(NotAllowed):
        mandate.confirm(by=wang, at=MONDAY, proof="counter")

    assert Mandate.objects.get().state == "PROPOSED"
