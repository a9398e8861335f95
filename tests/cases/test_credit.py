"""A false commitment has one effect, proofs instead of commitments, until it is repaired or has grown old."""

from datetime import timedelta

import pytest

from civic.cases import tasks
from civic.cases.models import Case, CreditMark
from civic.cases.services import FormIncomplete
from civic.core.errors import NotAllowed
from civic.deadlines.models import Clock
from civic.notifications.models import Notice
from civic.workflow.models import StepRefused
from tests.factories import accounts as people
from tests.factories import cases as make
from tests.factories import documents

pytestmark = pytest.mark.django_db
LATER = make.MONDAY + timedelta(days=10)
REPAIRED = "已经补交税款和滞纳金，凭证号2026001。"


@pytest.fixture
def staff() -> dict:
    return make.officials()


@pytest.fixture
def wang():
    return people.resident("王芳")


@pytest.fixture
def other_leader(staff):
    return people.official("方明", department=staff["leader"].official.department, roles=("unit_leader",))


def test_who_made_a_false_commitment_hands_in_the_proof_the_next_time(staff, wang) -> None:
    make.revoked(by=wang, staff=staff)

    with pytest.raises(FormIncomplete) as refused:
        make.case(by=wang, at=LATER)

    assert [(error.pointer, error.code) for error in refused.value.errors] == [("/documents/homes", "required")]
    assert "修复以前不能用承诺代替" in refused.value.errors[0].message
    proof = documents.document(owner=wang)
    case = make.case(by=wang, at=LATER, documents={"homes": [str(proof.token)]})
    assert case.commitments.count() == 0


def test_others_commit_as_before(staff, wang) -> None:
    make.revoked(by=wang, staff=staff)
    assert make.case(by=people.resident("孙浩"), at=LATER).commitments.count() == 1


def test_a_decision_that_stands_although_a_commitment_was_false_marks_nobody(staff, wang) -> None:
    case = make.decide(make.case(by=wang), staff)
    case.verify_commitment(material="homes", result="FALSE", by=staff["handler"], at=make.MONDAY)
    case.uphold(reasons="不影响准予条件。", legal_basis="条例", by=staff["leader"], at=make.MONDAY)

    assert not CreditMark.objects.exists()


def test_what_is_too_risky_is_never_committed_to(staff, wang) -> None:
    materials = [
        {**material, **({"risk": "high"} if material["source"] == "COMMITMENT" else {})}
        for material in make.HOME["materials"]
    ]
    version = make.transfer_of_home(materials=materials)

    with pytest.raises(FormIncomplete) as refused:
        make.case(by=wang, version=version)
    assert "不能用承诺代替" in refused.value.errors[0].message
    assert not Case.objects.exists()


def test_repair_is_asked_for_by_oneself_answered_by_another_leader_and_ends_the_effect(
    staff, wang, other_leader
) -> None:
    mark = make.credit_mark(by=wang, staff=staff)
    with pytest.raises(NotAllowed, match="只有本人"):
        mark.ask_repair(words=REPAIRED, by=people.resident("孙浩"), at=LATER)
    mark.ask_repair(words=REPAIRED, by=wang, at=LATER)
    assert Clock.objects.of(mark.ledger_id()).open().get().kind == "credit.repair"
    with pytest.raises(NotAllowed, match="另一位负责人"):
        mark.repair(answer="核对凭证属实，予以修复。", by=staff["leader"], at=LATER)

    mark.repair(answer="核对凭证属实，予以修复。", by=other_leader, at=LATER)
    tasks.tell_credit(mark=mark.pk)

    assert mark.state == "REPAIRED"
    assert not Clock.objects.of(mark.ledger_id()).open().exists()
    assert Notice.objects.filter(recipient=wang, template__code="case.credit_answered").count() == 1
    assert make.case(by=wang, at=LATER).commitments.count() == 1


def test_a_refused_repair_leaves_the_mark_and_may_be_asked_for_again(staff, wang, other_leader) -> None:
    mark = make.credit_mark(by=wang, staff=staff)
    mark.ask_repair(words=REPAIRED, by=wang, at=LATER)
    mark.refuse_repair(answer="凭证号查不到，请核对后再申请。", by=other_leader, at=LATER)
    assert mark.state == "MARKED"

    mark.ask_repair(words=REPAIRED, by=wang, at=LATER)
    assert mark.state == "ASKED"


def test_after_a_year_it_has_no_effect_and_is_closed_at_night(staff, wang) -> None:
    mark = make.credit_mark(by=wang, staff=staff)
    with pytest.raises(NotAllowed, match="还没有到期"):
        mark.expire(by="timer", at=LATER)
    assert not CreditMark.objects.counting(at=mark.until).exists()

    mark.expire(by="timer", at=mark.until)

    assert mark.state == "EXPIRED"
    with pytest.raises(StepRefused):
        mark.ask_repair(words=REPAIRED, by=wang, at=mark.until)


def test_the_person_reads_it_in_plain_words_and_asks_from_the_page(staff, wang) -> None:
    mark = make.credit_mark(by=wang, staff=staff)
    browser = people.at_home(wang)
    assert mark.case.number in browser.get("/my/credit/").content.decode()
    page = browser.get(f"/my/credit/{mark.handle}/").content.decode()
    assert "我填写的住房套数属实。" in page

    short = browser.post(f"/my/credit/{mark.handle}/", {"seen": mark.version, "words": "改了"})
    assert (short.status_code, CreditMark.objects.get().state) == (400, "MARKED")
    assert "改了" in short.content.decode()
    browser.post(f"/my/credit/{mark.handle}/", {"seen": mark.version, "words": REPAIRED})

    assert CreditMark.objects.get().clear("words") == REPAIRED
    assert people.at_home(people.resident("孙浩")).get(f"/my/credit/{mark.handle}/").status_code == 404


def test_the_leader_answers_from_the_page_a_stranger_does_not_find_it(staff, wang, other_leader, client) -> None:
    mark = make.credit_mark(by=wang, staff=staff)
    mark.ask_repair(words=REPAIRED, by=wang, at=LATER)
    client.force_login(other_leader)
    assert REPAIRED in client.get(f"/office/credit/{mark.pk}/").content.decode()
    assert mark.case.number in client.get("/office/credit/").content.decode()

    answer = {"seen": mark.version, "result": "repaired", "words": "核对凭证属实，予以修复。"}
    client.post(f"/office/credit/{mark.pk}/answer/", answer)

    assert CreditMark.objects.get().state == "REPAIRED"
    client.force_login(staff["stranger"])
    assert client.get(f"/office/credit/{mark.pk}/").status_code == 404
