"""The queue's door of a case: clocks that run out, drafts that are left, letters that are sent once."""

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from civic.audit.models import Entry
from civic.cases import tasks
from civic.cases.models import Case, Draft, LookUp
from civic.core.errors import NotAllowed
from civic.deadlines.services import fire_due_rungs
from civic.notifications.models import Notice
from tests.factories import accounts as people
from tests.factories import cases as make

pytestmark = pytest.mark.django_db
LATER = make.MONDAY + timedelta(days=40)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "now", lambda: LATER)


def test_silence_is_taken_as_acceptance_once(later) -> None:
    case = make.case()

    tasks.accept_silent(clock=1, subject=case.ledger_id(), rung="red")
    tasks.accept_silent(clock=1, subject=case.ledger_id(), rung="red")

    case.refresh_from_db()
    assert (case.state, case.accepted_at, case.version) == ("IN_REVIEW", make.MONDAY, 2)


def test_the_rung_of_the_acceptance_clock_calls_for_it() -> None:
    case = make.case()

    fire_due_rungs(at=make.MONDAY + timedelta(days=8))

    job = ProcrastinateJob.objects.get(task_name="civic.cases.tasks.accept_silent")
    assert job.args["subject"] == case.ledger_id()


def test_a_correction_that_nobody_answers_ends_the_case(later) -> None:
    staff = make.officials()
    case = make.case()
    items = [{"pointer": "/form/price", "message": "请核对。"}]
    case.request_correction(items=items, by=staff["clerk"], at=make.MONDAY)

    tasks.lapse_unanswered(clock=1, subject=case.ledger_id(), rung="red")
    tasks.lapse_unanswered(clock=1, subject=case.ledger_id(), rung="red")

    assert Case.objects.get().state == "LAPSED"


def test_the_applicant_is_told_once_however_often_the_job_runs(later) -> None:
    case = make.case()

    tasks.announce(case=case.pk, step="submit", seen=0)
    tasks.announce(case=case.pk, step="submit", seen=0)
    tasks.announce(case=case.pk, step="nothing-to-tell", seen=0)

    assert Notice.objects.filter(recipient=case.applicant).count() == 1


def test_old_drafts_and_counters_are_swept_and_new_ones_stay(later) -> None:
    wang = people.resident("王芳")
    version = make.transfer_of_home()
    make.draft(by=wang, version=version, at=make.MONDAY)
    fresh = make.draft(by=people.resident("刘桂英"), version=version, at=LATER - timedelta(days=1))
    LookUp.objects.create(what="number:LA1", window_start=make.MONDAY, count=3)

    assert tasks.sweep(timestamp=0) == 2

    assert Draft.objects.get() == fresh
    assert LookUp.objects.count() == 0


def test_an_invitation_to_rate_is_sent_by_the_queue(later) -> None:
    from civic.ratings.models import Right

    staff = make.officials()
    case = make.case()
    case.decline(reasons="不属于职权。", legal_basis="《行政许可法》第三十二条", by=staff["clerk"], at=make.MONDAY)

    tasks.invite(case=case.pk, step="decline")

    assert Right.objects.get().step == "decline"


DELIVER = "civic.cases.tasks.deliver"


@pytest.mark.parametrize("verb", ["grant", "refuse"])
def test_a_result_that_is_read_online_is_delivered_by_the_system_once(later, verb) -> None:
    case = make.decided(verb=verb)
    job = ProcrastinateJob.objects.get(task_name=DELIVER)

    tasks.deliver(**job.args)
    tasks.deliver(**job.args)

    case.refresh_from_db()
    assert (case.state, case.delivered_at) == ("DELIVERED", LATER)
    entry = Entry.objects.get(step="cases.case.deliver")
    assert (entry.actor, entry.subject, entry.detail["delivery"]) == ("system", case.ledger_id(), "ELECTRONIC")
    told = ProcrastinateJob.objects.filter(task_name="civic.cases.tasks.announce").values_list("args__step", flat=True)
    assert set(told) == {"submit", "accept", verb}  # the letter about the decision says where to read it


def test_a_result_that_somebody_fetches_waits_for_the_clerk(later) -> None:
    case = make.decided(delivery="SELF_PICK")

    tasks.deliver(case=case.pk)

    assert not ProcrastinateJob.objects.filter(task_name=DELIVER).exists()
    assert Case.objects.get().state == "DECIDED"
    with pytest.raises(NotAllowed, match="由窗口工作人员送达"):
        case.deliver(by="system", at=LATER)
    case.deliver(by=make.officials()["clerk"], at=LATER)
    assert Case.objects.get().state == "DELIVERED"


def test_an_official_does_not_deliver_what_the_system_delivers() -> None:
    case = make.decided()

    with pytest.raises(NotAllowed, match="由系统自动送达"):
        case.deliver(by=make.officials()["clerk"], at=LATER)

    assert Case.objects.get().state == "DECIDED"
    assert not Entry.objects.filter(step="cases.case.deliver").exists()


def test_no_system_delivers_a_case_that_is_not_decided(later) -> None:
    case = make.case()

    tasks.deliver(case=case.pk)

    assert Case.objects.get().state == "SUBMITTED"
