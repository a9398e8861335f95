"""A case from submission to delivery, and every step that is refused."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from civic.audit.models import Entry
from civic.cases.models import Case, Task
from civic.cases.models.parts import CorrectionNamesNothing, ReasonMissing
from civic.cases.services import FormIncomplete, NotOnline
from civic.cases.states import CaseState
from civic.core.errors import NotAllowed, Stale
from civic.deadlines.models import Clock
from civic.workflow.models import StepRefused
from tests.factories import accounts as people
from tests.factories import cases as make

pytestmark = pytest.mark.django_db

MONDAY = make.MONDAY  # 2 March 2026, nine in the morning in Lu'an
TUESDAY, WEDNESDAY, THURSDAY = (MONDAY + timedelta(days=n) for n in (1, 2, 3))
CITY = ZoneInfo("Asia/Shanghai")


def end_of(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 23, 59, 59, tzinfo=CITY)


@pytest.fixture
def staff() -> dict:
    return make.officials()


@pytest.fixture
def submitted(staff) -> Case:
    return make.case()


@pytest.fixture
def accepted(staff, submitted) -> Case:
    submitted.accept(by=staff["clerk"], at=TUESDAY)
    return submitted


def complete(case: Case, key: str, by, at=WEDNESDAY, opinion: str = "AGREE", note: str = "") -> None:
    Task.objects.get(case=case, key=key).complete(opinion=opinion, note=note, by=by, at=at)


def steps(case: Case) -> list[str]:
    return list(Entry.objects.filter(subject=case.ledger_id()).order_by("id").values_list("step", flat=True))


def test_a_submitted_case_has_number_clock_tasks_entry_and_job(submitted) -> None:
    assert submitted.state == CaseState.SUBMITTED
    assert submitted.number.startswith("LA20260302")
    assert len(submitted.number) == 20
    assert submitted.act_by == end_of(2026, 3, 9)
    assert submitted.due_at is None
    assert list(submitted.tasks.in_order().values_list("key", "state")) == [
        ("land", "WAITING"),
        ("tax", "WAITING"),
        ("house", "WAITING"),
        ("register", "WAITING"),
    ]
    assert steps(submitted) == ["cases.case.submit"]
    jobs = ProcrastinateJob.objects.filter(task_name="civic.cases.tasks.announce")
    assert [job.args for job in jobs] == [{"case": submitted.pk, "step": "submit", "seen": 0}]


def test_the_form_is_sealed_and_opens_with_the_applicants_key(submitted) -> None:
    sent = submitted.submissions.get()

    assert "850000" not in bytes(sent.form_sealed).decode("latin-1")
    assert sent.form == make.FORM


def test_acceptance_starts_the_promised_time_and_opens_the_parallel_tasks(staff, submitted) -> None:
    submitted.accept(by=staff["clerk"], at=TUESDAY)

    assert submitted.state == CaseState.IN_REVIEW
    assert submitted.due_at == end_of(2026, 3, 6)
    assert list(submitted.tasks.in_order().values_list("key", "state")) == [
        ("land", "OPEN"),
        ("tax", "OPEN"),
        ("house", "OPEN"),
        ("register", "WAITING"),
    ]
    assert Clock.objects.of(submitted.ledger_id()).open().get().kind == "case.decision"


def test_three_departments_in_parallel_then_the_register_then_the_decision(staff, accepted) -> None:
    complete(accepted, "land", staff["handler"])
    complete(accepted, "tax", staff["tax"])
    assert Task.objects.get(case=accepted, key="register").state == "WAITING"
    complete(accepted, "house", staff["housing"])
    assert Task.objects.get(case=accepted, key="register").state == "OPEN"
    complete(accepted, "register", staff["handler"], at=THURSDAY)

    law = "《不动产登记暂行条例》"
    accepted.grant(reasons="材料齐全，权属清楚。", legal_basis=law, by=staff["leader"], at=THURSDAY)

    accepted.refresh_from_db()
    assert (accepted.state, accepted.outcome) == ("DECIDED", "GRANTED")
    assert accepted.decision.reasons == "材料齐全，权属清楚。"
    assert not Clock.objects.of(accepted.ledger_id()).open().exists()
    accepted.deliver(by="system", at=THURSDAY)
    assert (accepted.state, accepted.delivered_at) == ("DELIVERED", THURSDAY)


def test_no_decision_while_a_department_has_not_finished(staff, accepted) -> None:
    complete(accepted, "land", staff["handler"])

    with pytest.raises(NotAllowed, match="还有部门没有办完"):
        accepted.grant(reasons="同意", legal_basis="条例", by=staff["leader"], at=THURSDAY)

    accepted.refresh_from_db()
    assert accepted.state == "IN_REVIEW"
    assert "cases.case.grant" not in steps(accepted)


@pytest.mark.parametrize("who", ["stranger", "tax", "handler", "leader"])
def test_accept_by_the_wrong_official_is_refused_and_leaves_no_trace(staff, submitted, who) -> None:
    with pytest.raises(NotAllowed):
        submitted.accept(by=staff[who], at=TUESDAY)

    submitted.refresh_from_db()
    assert (submitted.state, submitted.version) == ("SUBMITTED", 1)
    assert steps(submitted) == ["cases.case.submit"]


def test_a_stale_page_changes_nothing(staff, submitted) -> None:
    submitted.accept(by=staff["clerk"], at=TUESDAY)

    with pytest.raises(Stale):
        submitted.suspend(reason="HEARING", by=staff["handler"], at=TUESDAY, seen=1)

    submitted.refresh_from_db()
    assert submitted.state == "IN_REVIEW"


def test_a_second_acceptance_is_a_conflict_that_lists_what_is_allowed(staff, accepted) -> None:
    with pytest.raises(StepRefused) as refusal:
        accepted.accept(by=staff["clerk"], at=TUESDAY)

    assert "grant" in refusal.value.allowed
    assert "accept" not in refusal.value.allowed


def test_a_correction_stops_the_acceptance_clock_until_it_is_answered(staff, submitted) -> None:
    wanted = [{"pointer": "/form/price", "message": "成交价与合同不一致，请核对后重填。"}]
    submitted.request_correction(items=wanted, by=staff["clerk"], at=TUESDAY)
    assert submitted.state == "CORRECTION"
    assert submitted.holders == ["申请人"]
    assert Clock.objects.of(submitted.ledger_id()).get(kind="case.acceptance").state == "SUSPENDED"

    form = {**make.FORM, "price": "860000.00"}
    submitted.resubmit(form=form, documents={}, by=submitted.applicant, at=THURSDAY)

    assert submitted.state == "SUBMITTED"
    assert submitted.latest_submission.form["price"] == "860000.00"
    assert [sent.round for sent in submitted.submissions.order_by("round")] == [1, 2]
    assert submitted.act_by > end_of(2026, 3, 9)


def test_a_correction_that_names_nothing_is_refused(staff, submitted) -> None:
    with pytest.raises(CorrectionNamesNothing):
        submitted.request_correction(items=[{"pointer": "/form/price", "message": " "}], by=staff["clerk"], at=TUESDAY)

    submitted.refresh_from_db()
    assert submitted.state == "SUBMITTED"
    assert Clock.objects.of(submitted.ledger_id()).get().state == "RUNNING"


def test_suspension_stops_the_decision_clock_and_resumption_moves_the_due_day(staff, accepted) -> None:
    accepted.suspend(reason="SITE_VISIT", by=staff["handler"], at=WEDNESDAY)
    assert Clock.objects.of(accepted.ledger_id()).open().get().state == "SUSPENDED"

    accepted.resume(by=staff["handler"], at=MONDAY + timedelta(days=7))

    assert accepted.state == "IN_REVIEW"
    assert accepted.due_at > end_of(2026, 3, 6)


def test_an_extension_needs_another_persons_approval_and_happens_once(staff, accepted) -> None:
    accepted.ask_extension(days=5, reason="需要实地核查。", by=staff["handler"], at=WEDNESDAY)
    accepted.extend(by=staff["leader"], at=WEDNESDAY)

    assert accepted.due_at == end_of(2026, 3, 13)
    with pytest.raises(NotAllowed, match="只能延期一次"):
        accepted.ask_extension(days=5, reason="还要时间。", by=staff["handler"], at=THURSDAY)


def test_a_refused_extension_leaves_the_due_day_and_the_way_to_ask_again(staff, accepted) -> None:
    accepted.ask_extension(days=5, reason="需要实地核查。", by=staff["handler"], at=WEDNESDAY)
    with pytest.raises(ReasonMissing, match="不批准延期的理由"):
        accepted.refuse_extension(reason=" ", by=staff["leader"], at=WEDNESDAY)
    accepted = Case.objects.get()

    accepted.refuse_extension(reason="核查一天可以完成。", by=staff["leader"], at=WEDNESDAY)

    accepted = Case.objects.get()
    assert (accepted.state, accepted.due_at, accepted.pending_extension) == ("IN_REVIEW", end_of(2026, 3, 6), None)
    assert accepted.extensions.get().refusal == "核查一天可以完成。"
    accepted.ask_extension(days=1, reason="核查安排在周五。", by=staff["handler"], at=THURSDAY)
    Case.objects.get().extend(by=staff["leader"], at=THURSDAY)
    assert Case.objects.get().due_at == end_of(2026, 3, 9)


def test_nobody_refuses_their_own_request_or_one_that_was_not_made(staff, accepted) -> None:
    with pytest.raises(NotAllowed, match="没有待审批的延期申请"):
        accepted.refuse_extension(reason="不需要。", by=staff["leader"], at=WEDNESDAY)
    accepted = Case.objects.get()
    accepted.ask_extension(days=5, reason="需要实地核查。", by=staff["handler"], at=WEDNESDAY)

    with pytest.raises(NotAllowed):
        Case.objects.get().refuse_extension(reason="不需要。", by=staff["handler"], at=WEDNESDAY)

    assert Case.objects.get().pending_extension is not None


def test_an_extension_without_a_reason_is_refused_and_leaves_no_trace(staff, accepted) -> None:
    with pytest.raises(ReasonMissing, match="请写明延期理由"):
        accepted.ask_extension(days=5, reason="  ", by=staff["handler"], at=WEDNESDAY)

    accepted = Case.objects.get()
    assert accepted.extensions.count() == 0
    assert "cases.case.ask_extension" not in steps(accepted)


def test_a_refusal_names_reasons_basis_and_remedy(staff, accepted) -> None:
    complete(accepted, "land", staff["handler"])
    complete(accepted, "tax", staff["tax"])
    complete(accepted, "house", staff["housing"], opinion="DISAGREE", note="合同未备案。")
    complete(accepted, "register", staff["handler"])

    with pytest.raises(ReasonMissing) as wrong:
        accepted.refuse(reasons=" ", legal_basis="", by=staff["leader"], at=THURSDAY)
    assert [error.pointer for error in wrong.value.errors] == ["/reasons", "/legal_basis"]
    accepted.refuse(
        reasons="合同未备案。", legal_basis="《不动产登记暂行条例》第二十二条", by=staff["leader"], at=THURSDAY
    )

    assert accepted.outcome == "REFUSED"
    assert "行政复议" in accepted.decision.remedy


def test_a_grant_against_a_departments_objection_says_why(staff, accepted) -> None:
    complete(accepted, "land", staff["handler"])
    complete(accepted, "tax", staff["tax"])
    complete(accepted, "house", staff["housing"], opinion="DISAGREE", note="合同未备案。")
    complete(accepted, "register", staff["handler"])
    words = {"reasons": "符合条件。", "legal_basis": "条例", "by": staff["leader"], "at": THURSDAY}

    with pytest.raises(ReasonMissing, match="住建局不同意") as refusal:
        accepted.grant(**words, overruling=" ")
    assert [error.pointer for error in refusal.value.errors] == ["/overruling"]
    stored = Case.objects.get()
    assert (stored.state, stored.decision_or_none) == ("IN_REVIEW", None)
    stored.grant(**words, overruling="合同已于当日补办备案，有备案号为证。")

    assert stored.outcome == "GRANTED"
    assert stored.decision.overruling == "合同已于当日补办备案，有备案号为证。"


def test_withdrawal_stops_the_clocks_and_cancels_what_is_left(staff, accepted) -> None:
    accepted.withdraw(by=accepted.applicant, at=WEDNESDAY)

    assert accepted.state == "WITHDRAWN"
    assert set(accepted.tasks.values_list("state", flat=True)) == {"CANCELLED"}
    assert not Clock.objects.of(accepted.ledger_id()).open().exists()


def test_a_stranger_cannot_withdraw(staff, accepted) -> None:
    sun = people.resident("孙浩")

    with pytest.raises(NotAllowed):
        accepted.withdraw(by=sun, at=WEDNESDAY)

    assert not Case.objects.visible_to(sun, at=make.MONDAY).exists()


def test_silence_counts_as_acceptance_from_the_day_of_receipt(staff, submitted) -> None:
    submitted.accept_by_silence(by="timer", at=datetime(2026, 3, 10, 1, tzinfo=UTC))

    assert submitted.accepted_at == MONDAY
    assert submitted.due_at == end_of(2026, 3, 5)


def test_silence_after_a_correction_counts_from_the_day_of_the_corrected_application(staff, submitted) -> None:
    submitted.request_correction(
        items=[{"pointer": "/form/price", "message": "请写到分"}], by=staff["clerk"], at=MONDAY
    )
    answered = datetime(2026, 3, 20, 1, tzinfo=UTC)
    submitted.resubmit(form=make.FORM, documents={}, by=submitted.applicant, at=answered)

    submitted.accept_by_silence(by="timer", at=datetime(2026, 3, 31, 1, tzinfo=UTC))

    assert submitted.accepted_at == answered
    assert submitted.due_at == end_of(2026, 3, 25)


def test_a_task_that_may_take_longer_than_the_case_is_due_with_the_case(staff) -> None:
    land = {"key": "land", "name": "核验权籍", "department": "zrzy", "after": [], "days": 10}
    case = make.case(version=make.transfer_of_home(steps=[land]))

    case.accept(by=staff["clerk"], at=TUESDAY)

    assert Task.objects.get(case=case, key="land").act_by == case.due_at == end_of(2026, 3, 6)


def test_a_task_is_due_after_its_own_days_when_these_end_first(staff, accepted) -> None:
    assert Task.objects.get(case=accepted, key="land").act_by == end_of(2026, 3, 4)
    assert accepted.due_at == end_of(2026, 3, 6)


def test_everything_wrong_is_named_at_once_and_nothing_is_stored() -> None:
    with pytest.raises(FormIncomplete) as refusal:
        make.case(form={"price": "八十五万"}, commitments=(), delivery="POST")

    assert [error.pointer for error in refusal.value.errors] == [
        "/form/certificate",
        "/form/price",
        "/documents/homes",
        "/address",
    ]
    assert Case.objects.count() == 0
    assert Clock.objects.count() == 0


def test_a_service_that_is_not_online_takes_no_application() -> None:
    version = make.transfer_of_home(online=False)

    with pytest.raises(NotOnline):
        make.case(version=version)


def test_departments_see_their_cases_and_strangers_none(staff, submitted) -> None:
    seen = {
        name: Case.objects.visible_to(who, at=make.MONDAY).filter(pk=submitted.pk).exists()
        for name, who in staff.items()
    }

    assert seen == {"clerk": True, "handler": True, "leader": True, "tax": True, "housing": True, "stranger": False}
    assert Case.objects.visible_to(submitted.applicant, at=make.MONDAY).get() == submitted


def test_each_step_that_is_over_may_be_rated_once_by_the_applicant(staff, accepted) -> None:
    from civic.cases.invitations import invite_rating
    from civic.ratings.models import Right

    for key, who in (("land", "handler"), ("tax", "tax"), ("house", "housing"), ("register", "handler")):
        complete(accepted, key, staff[who])
    accepted.grant(reasons="同意", legal_basis="条例", by=staff["leader"], at=THURSDAY)

    invite_rating(case=accepted, step="grant", at=THURSDAY)
    invite_rating(case=accepted, step="grant", at=THURSDAY)
    invite_rating(case=accepted, step="deliver", at=THURSDAY)  # electronic: nothing was handed over

    right = Right.objects.get()
    assert (right.step, right.holder) == ("grant", accepted.applicant)
    assert set(right.handlers) == {staff[who].pk for who in ("clerk", "handler", "tax", "housing", "leader")}
    assert accepted.applicant_id not in right.handlers


def test_whoever_only_looked_is_no_handler_and_the_letter_opens_the_right(staff, accepted) -> None:
    from civic.audit.services import record
    from civic.cases.invitations import invite_rating
    from civic.notifications.models import Notice
    from civic.ratings.models import Right

    record(at=THURSDAY, actor=staff["stranger"], step="cases.case.read", subject=accepted.ledger_id(), purpose="督办")

    invite_rating(case=accepted, step="grant", at=THURSDAY)

    right = Right.objects.get()
    assert staff["stranger"].pk not in right.handlers
    link = Notice.objects.get(code="rating.invited").body.split()[1]
    assert Right.objects.opened_by(link.split("/")[3]) == right


def test_what_was_handed_over_at_the_window_is_rated_there(accepted) -> None:
    from civic.cases.invitations import invite_rating
    from civic.ratings.models import Right

    Case.objects.filter(pk=accepted.pk).update(delivery="SELF_PICK")

    invite_rating(case=Case.objects.get(), step="deliver", at=THURSDAY)

    assert Right.objects.get().channel == "WINDOW"
