"""Acting for a mother, a child, a firm: confirmed by who it concerns, as far and as long as they said."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from civic.accounts import mandates as journeys
from civic.accounts import rules, tasks
from civic.accounts.models import Consent, Mandate, OneTimeCode, OutboxMessage, Person, Tally
from civic.accounts.models.mandate import OutOfScope
from civic.accounts.services import WrongCode
from civic.accounts.states import MANDATE_STEPS, MandateState
from civic.audit.models import Entry
from civic.core.errors import Invalid, NotAllowed
from civic.workflow.models import StepRefused
from tests.factories.accounts import (
    LIU_GUIYING,
    MONDAY,
    WANG_FANG,
    mandate,
    official,
    organisation,
    person,
    resident,
)

pytestmark = pytest.mark.django_db
MONTH = timedelta(days=30)
CHILD = {"name": "王小宝", "id_number": "341502201605060031"}


def ask(scope: tuple[str, ...] = ("*",), until: datetime = MONDAY + MONTH) -> journeys.Proposal:
    return journeys.Proposal(scope=scope, valid_until=until)


def ask_mother(agent: object, **changes: str) -> UUID:
    facts = {"name": LIU_GUIYING["name"], "id_number": LIU_GUIYING["id_number"], **changes}
    return journeys.ask_person(agent=agent, proposal=ask(), address="10.0.0.1", at=MONDAY, **facts)  # type: ignore[arg-type]


def test_wang_fang_acts_for_her_mother_after_her_mother_passed_on_the_code(sent_code: Callable[[], str]) -> None:
    wang, mother = resident(**WANG_FANG), person(**LIU_GUIYING)

    handle = ask_mother(wang)
    assert not Mandate.objects.covering(agent=wang, principal=mother, service_code="LA-1", at=MONDAY).exists()
    assert OutboxMessage.objects.get().recipient == "138****4321"
    journeys.confirm_by_code(handle=handle, agent=wang, code=sent_code(), address="10.0.0.1", at=MONDAY)

    held = Mandate.objects.covering(agent=wang, principal=mother, service_code="LA-1", at=MONDAY).get()
    assert (held.proof, held.get_state_display(), held.confirmed_at) == ("code", "有效", MONDAY)


def test_a_wrong_code_confirms_nothing(sent_code: Callable[[], str]) -> None:
    wang, _ = resident(**WANG_FANG), person(**LIU_GUIYING)
    handle = ask_mother(wang)
    wrong = f"{(int(sent_code()) + 1) % 1_000_000:06d}"

    with pytest.raises(WrongCode):
        journeys.confirm_by_code(handle=handle, agent=wang, code=wrong, address="10.0.0.1", at=MONDAY)

    assert Mandate.objects.get().state == MandateState.PROPOSED


@pytest.mark.parametrize(
    "changes", [{"name": "刘桂兰"}, {"id_number": "341502198505150019"}], ids=["other name", "unknown number"]
)
def test_who_is_not_known_as_described_gets_no_code_and_the_agent_the_same_answer(changes: dict[str, str]) -> None:
    wang, _ = resident(**WANG_FANG), person(**LIU_GUIYING)

    assert isinstance(ask_mother(wang, **changes), UUID)

    assert not Mandate.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_the_mother_confirms_on_her_own_page_and_a_stranger_cannot() -> None:
    wang, mother, stranger = resident(**WANG_FANG), resident(**LIU_GUIYING), resident("孙浩")
    ask_mother(wang)
    proposed = Mandate.objects.get()

    for someone in (stranger, wang, official()):
        with pytest.raises(NotAllowed):
            proposed.confirm(by=someone, at=MONDAY)
    assert Mandate.objects.get().state == MandateState.PROPOSED

    proposed.confirm(by=mother, at=MONDAY)
    assert Mandate.objects.get().proof == "self"


def test_a_stranger_sees_no_mandate_of_others() -> None:
    wang, mother = resident(**WANG_FANG), resident(**LIU_GUIYING)
    assert mother.person is not None
    made = mandate(agent=wang, principal=mother.person)

    assert made in Mandate.objects.visible_to(wang) and made in Mandate.objects.visible_to(mother)
    assert not Mandate.objects.visible_to(resident("孙浩")).exists()
    assert not Mandate.objects.visible_to(official()).exists()


@pytest.mark.parametrize(
    ("scope", "service", "theme", "covered"),
    [
        (("*",), "LA-1", "", True),
        (("service:LA-1",), "LA-1", "", True),
        (("service:LA-1",), "LA-10", "", False),
        (("theme:社会保障",), "LA-1", "社会保障", True),
        (("theme:社会保障",), "LA-1", "", False),
        (("theme:社会保障", "service:LA-2"), "LA-2", "户籍办理", True),
    ],
)
def test_a_mandate_reaches_as_far_as_its_scope(scope: tuple[str, ...], service: str, theme: str, covered: bool) -> None:
    wang, mother = resident(**WANG_FANG), person(**LIU_GUIYING)
    made = mandate(agent=wang, principal=mother, scope=scope)
    facts = {"agent": wang, "principal": mother, "service_code": service, "theme": theme}

    assert Mandate.objects.covering(**facts, at=MONDAY).exists() is covered
    assert made.covers(service_code=service, theme=theme, at=MONDAY) is covered
    assert rules.covers(scope, service_code=service, theme=theme) is covered


def test_a_mandate_ends_with_its_last_instant_whether_or_not_the_sweep_came() -> None:
    wang, mother = resident(**WANG_FANG), person(**LIU_GUIYING)
    made = mandate(agent=wang, principal=mother, days=30)
    end = MONDAY + MONTH

    def holds(at: datetime) -> bool:
        return Mandate.objects.covering(agent=wang, principal=mother, service_code="LA-1", at=at).exists()

    assert holds(end - timedelta(seconds=1)) and not holds(end)
    assert journeys.expire_over(at=end - timedelta(seconds=1)) == 0
    assert journeys.expire_over(at=end) == 1
    assert journeys.expire_over(at=end) == 0
    assert Mandate.objects.get(pk=made.pk).state == MandateState.EXPIRED


def test_a_mandate_of_somebody_else_covers_nothing_of_mine() -> None:
    wang, sun, mother = resident(**WANG_FANG), resident("孙浩"), person(**LIU_GUIYING)
    mandate(agent=wang, principal=mother)

    assert not Mandate.objects.covering(agent=sun, principal=mother, service_code="LA-1", at=MONDAY).exists()


@pytest.mark.parametrize("who", ["agent", "principal"])
def test_either_side_ends_it_at_once(who: str) -> None:
    wang, mother = resident(**WANG_FANG), resident(**LIU_GUIYING)
    assert mother.person is not None
    made = mandate(agent=wang, principal=mother.person)

    with pytest.raises(NotAllowed):
        made.revoke(by=resident("孙浩"), at=MONDAY)
    made.revoke(by=wang if who == "agent" else mother, at=MONDAY)

    assert not Mandate.objects.active(at=MONDAY).exists()
    with pytest.raises(StepRefused):
        made.revoke(by=wang, at=MONDAY)


def test_every_use_is_recorded_and_a_use_out_of_scope_is_refused() -> None:
    wang, mother = resident(**WANG_FANG), person(**LIU_GUIYING)
    made = mandate(agent=wang, principal=mother, scope=["service:LA-1"])

    made.record_use(by=wang, at=MONDAY, service_code="LA-1", subject="cases.case:7")
    for by, service, at in (
        (wang, "LA-2", MONDAY),
        (wang, "LA-1", MONDAY + MONTH),
        (resident("孙浩"), "LA-1", MONDAY),
    ):
        with pytest.raises(OutOfScope):
            made.record_use(by=by, at=at, service_code=service)

    entry = Entry.objects.get(step="accounts.mandate.use")
    assert (entry.actor, entry.subject) == (wang.ledger_id(), made.ledger_id())
    assert entry.detail == {"service": "LA-1", "subject": "cases.case:7"}


def test_a_mother_in_the_register_acts_for_her_child_until_the_child_is_fourteen() -> None:
    wang = resident(**WANG_FANG)
    far = datetime.fromisoformat("2028-12-31T23:59:59+08:00")

    made = journeys.act_for_child(agent=wang, proposal=ask(until=far), at=MONDAY, **CHILD)

    assert (made.kind, made.state, made.proof, made.principal_name) == ("CHILD", "ACTIVE", "register", "王小宝")
    assert made.valid_until == far
    near = datetime.fromisoformat("2029-06-01T09:00:00+08:00")
    again = journeys.act_for_child(agent=wang, proposal=ask(until=near + 700 * timedelta(days=1)), at=near, **CHILD)
    assert again.valid_until == datetime.fromisoformat("2030-05-06T00:00:00+08:00")


def test_who_is_not_in_the_register_does_not_act_for_the_child() -> None:
    sun = resident("孙浩", id_number="341503198812120019")

    with pytest.raises(journeys.NotGuardian):
        journeys.act_for_child(agent=sun, proposal=ask(), at=MONDAY, **CHILD)

    assert not Mandate.objects.exists()
    assert not Person.objects.with_id_number(id_number=CHILD["id_number"]).exists()


def test_nobody_acts_for_a_child_of_fourteen() -> None:
    wang = resident(**WANG_FANG)
    birthday = datetime.fromisoformat("2030-05-06T00:00:00+08:00")

    with pytest.raises(NotAllowed):
        journeys.act_for_child(agent=wang, proposal=ask(until=birthday + MONTH), at=birthday, **CHILD)


def test_who_is_known_by_phone_alone_acts_for_nobody() -> None:
    wang, _ = resident(**WANG_FANG, level=rules.Level.PHONE), person(**LIU_GUIYING)

    with pytest.raises(NotAllowed):
        ask_mother(wang)


def test_a_firms_representative_appoints_himself_and_gets_the_code_for_others(sent_code: Callable[[], str]) -> None:
    owner, wang = resident("周建国", phone="13800006666", id_number="341502198505150019"), resident(**WANG_FANG)
    assert owner.person is not None
    firm = organisation(representative=owner.person)
    facts = {"uscc": firm.uscc, "proposal": ask(), "address": "10.0.0.1", "at": MONDAY}

    journeys.ask_organisation(agent=owner, **facts)
    assert Mandate.objects.active(at=MONDAY).get().agent == owner
    assert not OutboxMessage.objects.exists()
    handle = journeys.ask_organisation(agent=wang, **facts)
    assert OutboxMessage.objects.get().recipient == "138****6666"
    journeys.confirm_by_code(handle=handle, agent=wang, code=sent_code(), address="10.0.0.1", at=MONDAY)

    assert Mandate.objects.covering(agent=wang, principal=firm, service_code="LA-1", at=MONDAY).exists()


@pytest.mark.parametrize(
    ("scope", "days", "message"),
    [
        ((), 30, "请选择委托办理的事项范围。"),
        (("everything",), 30, "看不懂的委托范围：everything。"),
        (("*",), 0, "委托的有效期必须在今天以后。"),
        (("*",), 1097, "委托的有效期最长三年，到期可以再委托。"),
    ],
)
def test_an_odd_proposal_is_refused(scope: tuple[str, ...], days: int, message: str) -> None:
    wang, mother = resident(**WANG_FANG), person(**LIU_GUIYING)

    with pytest.raises(Invalid) as refused:
        Mandate.objects.propose(
            kind="PARENT",
            agent=wang,
            principal=mother,
            scope=scope,
            valid_until=MONDAY + timedelta(days=days),
            at=MONDAY,
        )

    assert refused.value.message == message
    assert not Mandate.objects.exists()


def test_every_step_from_every_state_is_as_the_table_says() -> None:
    moves = {(step, before): after for step, before, after in MANDATE_STEPS.moves()}

    assert {step: [state for state in MandateState if (step, state) in moves] for step in MANDATE_STEPS} == {
        "confirm": ["PROPOSED"],
        "revoke": ["PROPOSED", "ACTIVE"],
        "expire": ["PROPOSED", "ACTIVE"],
    }


def test_the_database_refuses_a_mandate_without_a_principal_and_an_active_one_nobody_confirmed() -> None:
    wang, mother = resident(**WANG_FANG), person(**LIU_GUIYING)
    facts = {"agent": wang, "scope": ["*"], "proposed_at": MONDAY, "valid_until": MONDAY + MONTH}

    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate(kind="PARENT", state="PROPOSED", **facts).save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate(kind="PARENT", state="ACTIVE", principal_person=mother, **facts).save(force_insert=True)


def test_consent_is_given_once_withdrawn_and_given_again() -> None:
    mother = person(**LIU_GUIYING)

    for _ in range(2):
        Consent.objects.give(person=mother, purpose="sms_notices", by="test", at=MONDAY)
    assert Consent.objects.holds(person=mother, purpose="sms_notices")
    Consent.objects.withdraw(person=mother, purpose="sms_notices", by="test", at=MONDAY)
    assert not Consent.objects.holds(person=mother, purpose="sms_notices")
    Consent.objects.give(person=mother, purpose="sms_notices", by="test", at=MONDAY)

    steps = Entry.objects.filter(step__startswith="accounts.consent").order_by("id").values_list("step", flat=True)
    assert [step.rpartition(".")[2] for step in steps] == ["give", "withdraw", "give"]


# Pages


def test_the_whole_way_on_the_pages(client: Client, sent_code: Callable[[], str]) -> None:
    wang, _ = resident(**WANG_FANG), person(**LIU_GUIYING)
    client.force_login(wang)
    until = (timezone.now() + MONTH).date().isoformat()
    facts = {"name": "刘桂英", "id_number": LIU_GUIYING["id_number"], "theme": "社会保障", "valid_until": until}

    for page in ("/my/mandates/", "/my/mandates/new/parent/", "/my/mandates/new/child/", "/my/mandates/new/firm/"):
        assert client.get(page).status_code == 200
    where = client.post("/my/mandates/new/parent/", facts).headers["Location"]
    assert client.get(where).status_code == 200
    assert client.post(where, {"code": sent_code()}).headers["Location"] == "/my/mandates/"
    made = Mandate.objects.get()
    client.post(f"/my/mandates/{made.handle}/use/")
    assert "您现在代 刘桂英 办事" in client.get("/my/mandates/").content.decode()
    client.post(f"/my/mandates/{made.handle}/revocation/")

    assert "您现在代 刘桂英 办事" not in client.get("/my/mandates/").content.decode()
    assert "acting_for" not in client.session
    assert Mandate.objects.get().scope == ["theme:社会保障"]


def test_a_stranger_finds_no_mandate_by_its_address() -> None:
    wang, mother = resident(**WANG_FANG), person(**LIU_GUIYING)
    made = mandate(agent=wang, principal=mother, at=timezone.now())
    stranger = Client()
    stranger.force_login(resident("孙浩"))

    for verb in ("confirmation", "revocation", "use"):
        assert stranger.post(f"/my/mandates/{made.handle}/{verb}/").status_code == 404
    assert Mandate.objects.get().state == MandateState.ACTIVE


def test_a_bad_form_keeps_what_was_typed_and_names_the_field(client: Client) -> None:
    client.force_login(resident(**WANG_FANG))

    answer = client.post("/my/mandates/new/parent/", {"name": "刘桂英", "id_number": "34150219550307002"})

    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'value="刘桂英"' in page and "身份证号码应为18位" in page and "请选择有效期。" in page
    assert not Mandate.objects.exists()


def test_consents_on_the_page(client: Client) -> None:
    wang = resident(**WANG_FANG)
    client.force_login(wang)

    client.post("/my/consents/sms_notices/", {"answer": "yes"})
    assert wang.person is not None and Consent.objects.holds(person=wang.person, purpose="sms_notices")
    client.post("/my/consents/sms_notices/", {"answer": "no"})

    assert not Consent.objects.holds(person=wang.person, purpose="sms_notices")
    assert client.post("/my/consents/nonsense/", {"answer": "yes"}).status_code == 404


def test_the_hourly_job_closes_what_is_over_and_the_nightly_one_sweeps() -> None:
    wang, mother = resident(**WANG_FANG), person(**LIU_GUIYING)
    mandate(agent=wang, principal=mother, days=1)
    OneTimeCode.objects.issue(purpose="login", subject="a", at=MONDAY)
    Tally.objects.count(kind="test", key="a", per=MONTH, at=MONDAY)

    assert tasks.expire_mandates(timestamp=0) == 1
    assert tasks.expire_mandates(timestamp=0) == 0
    assert tasks.sweep(timestamp=0) == 2

    assert Mandate.objects.get().state == MandateState.EXPIRED
    assert not OneTimeCode.objects.exists() and not Tally.objects.exists()
