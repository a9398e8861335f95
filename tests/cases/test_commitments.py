"""A commitment instead of a proof: offered beside the proof, checked afterwards, and what follows if it is false."""

from datetime import UTC, datetime, timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from civic.cases.models import Case
from civic.cases.models.clocks import StatementPending
from civic.cases.models.parts import ReasonMissing
from civic.core.errors import NotAllowed
from civic.deadlines.models import Clock
from tests.cases.test_case import THURSDAY, TUESDAY, WEDNESDAY, complete, end_of
from tests.cases.test_portal import ANSWERS, begun, photo
from tests.factories import accounts as people
from tests.factories import cases as make

pytestmark = pytest.mark.django_db
REVOCATION = {"reasons": "承诺的住房套数不属实。", "legal_basis": "《中华人民共和国行政许可法》第六十九条"}


@pytest.fixture
def staff() -> dict:
    return make.officials()


@pytest.fixture
def accepted(staff) -> Case:
    case = make.case()
    case.accept(by=staff["clerk"], at=TUESDAY)
    return case


@pytest.fixture
def wang():
    return people.resident("王芳", phone="13800005678")


def test_a_commitment_is_verified_once_after_the_decision(staff, accepted) -> None:
    for key, who in (("land", "handler"), ("tax", "tax"), ("house", "housing"), ("register", "handler")):
        complete(accepted, key, staff[who])
    accepted.grant(reasons="同意", legal_basis="条例", by=staff["leader"], at=THURSDAY)

    accepted.verify_commitment(material="homes", result="TRUE", by=staff["handler"], at=THURSDAY)

    assert accepted.commitments.get().result == "TRUE"
    assert accepted.commitments.get().verify_by == end_of(2026, 4, 2)


def test_a_decision_that_rests_on_a_false_commitment_is_revoked_after_the_applicant_could_be_heard(staff) -> None:
    case = make.decide(make.case(delivery="SELF_PICK"), staff)

    case.verify_commitment(material="homes", result="FALSE", by=staff["handler"], at=TUESDAY)

    hearing = Clock.objects.of(case.ledger_id()).open().get()
    assert (case.state, hearing.kind, hearing.due_at) == ("DECIDED", "case.statement", end_of(2026, 3, 10))
    with pytest.raises(StatementPending, match="2026-03-10"):
        case.revoke(**REVOCATION, by=staff["leader"], at=end_of(2026, 3, 10))
    case.revoke(**REVOCATION, by=staff["leader"], at=datetime(2026, 3, 11, 1, tzinfo=UTC))

    case.refresh_from_db()
    assert (case.state, case.outcome, case.decision.review) == ("REVOKED", "GRANTED", "REVOKED")
    assert case.decision.review_reasons == REVOCATION["reasons"]
    assert not Clock.objects.of(case.ledger_id()).open().exists()
    jobs = ProcrastinateJob.objects.filter(task_name="civic.cases.tasks.announce", args__case=case.pk)
    assert {job.args["step"] for job in jobs} >= {"commitment_false", "revoke"}


def test_a_decision_may_stand_although_a_commitment_was_false_and_that_once(staff) -> None:
    case = make.decide(make.case(), staff)
    case.verify_commitment(material="homes", result="FALSE", by=staff["handler"], at=TUESDAY)

    case.uphold(reasons="不影响准予条件。", legal_basis="条例", by=staff["leader"], at=TUESDAY)

    assert (case.state, case.decision.review) == ("DECIDED", "UPHELD")
    with pytest.raises(NotAllowed, match="已经重新审查过"):
        case.revoke(**REVOCATION, by=staff["leader"], at=datetime(2026, 3, 20, 1, tzinfo=UTC))


@pytest.mark.parametrize("result", ["TRUE", "UNDETERMINED", ""])
def test_a_decision_whose_commitment_was_not_found_false_is_not_looked_at_again(staff, result) -> None:
    case = make.decide(make.case(), staff)
    if result:
        case.verify_commitment(material="homes", result=result, by=staff["handler"], at=TUESDAY)

    with pytest.raises(NotAllowed, match="没有核查为不属实的承诺"):
        case.revoke(**REVOCATION, by=staff["leader"], at=WEDNESDAY)

    case.refresh_from_db()
    assert case.state == "DECIDED"


def test_a_false_commitment_leads_to_nothing_without_reasons_and_without_the_leader(staff) -> None:
    case = make.decide(make.case(), staff)
    case.verify_commitment(material="homes", result="FALSE", by=staff["handler"], at=TUESDAY)

    with pytest.raises(ReasonMissing):
        case.uphold(reasons=" ", legal_basis="", by=staff["leader"], at=WEDNESDAY)
    with pytest.raises(NotAllowed):
        case.uphold(reasons="成立", legal_basis="条例", by=staff["handler"], at=WEDNESDAY)

    case.refresh_from_db()
    assert case.decision.review == ""


def test_a_commitment_is_not_checked_where_nothing_was_granted(staff, accepted) -> None:
    for key, who in (("land", "handler"), ("tax", "tax"), ("house", "housing"), ("register", "handler")):
        complete(accepted, key, staff[who])
    accepted.refuse(reasons="不符合", legal_basis="条例", by=staff["leader"], at=THURSDAY)

    with pytest.raises(NotAllowed, match="没有准予"):
        accepted.verify_commitment(material="homes", result="TRUE", by=staff["handler"], at=THURSDAY)


def test_cases_with_commitments_to_check_are_those_granted_and_not_checked(staff) -> None:
    unchecked, checked = (make.decide(make.case(), staff) for _ in range(2))
    make.case()
    checked.verify_commitment(material="homes", result="TRUE", by=staff["handler"], at=TUESDAY)

    assert list(Case.objects.with_commitments_to_check()) == [unchecked]


def test_who_would_rather_not_commit_uploads_the_proof(wang) -> None:
    client = people.at_home(wang)
    draft = begun(client)
    client.post(f"{draft}home/", ANSWERS)
    client.post(f"{draft}delivery/", {"delivery": "SELF_PICK"})
    assert "不承诺的，上传证明：家庭住房说明" in client.get(f"{draft}materials/").content.decode()

    client.post(f"{draft}materials/", {"homes": photo(), "commitments": ["homes"]})
    client.post(f"{draft}check/")

    case = Case.objects.get()
    assert len(case.latest_submission.documents["homes"]) == 1
    assert case.commitments.count() == 0


def test_a_false_commitment_is_told_with_the_right_to_be_heard_and_its_end(wang, monkeypatch) -> None:
    monkeypatch.setattr("civic.cases.portal.mine.now", lambda: make.MONDAY)
    staff = make.officials()
    case = make.decide(make.case(by=wang), staff)
    case.verify_commitment(material="homes", result="FALSE", by=staff["handler"], at=make.MONDAY)
    client = people.at_home(wang)

    shown = client.get(f"/my/cases/{case.number}/").content.decode()
    assert "您有权陈述、申辩" in shown
    assert "我填写的住房套数属实。" in shown
    assert "2026-03-09" in shown or "3月9日" in shown

    case.revoke(
        reasons="经核查有两套住房。", legal_basis="行政许可法", by=staff["leader"], at=make.MONDAY + timedelta(days=9)
    )
    shown = client.get(f"/my/cases/{case.number}/").content.decode()
    assert "经核查有两套住房。" in shown
    assert "您有权陈述、申辩" not in shown
