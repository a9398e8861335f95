"""The queue's door of a case: clocks that run out, drafts that are left, letters that are sent once."""

from datetime import timedelta

import pytest

from civic.cases import tasks
from civic.cases.models import Case, Draft, LookUp
from civic.deadlines.models import Clock
from civic.deadlines.services import fire_due_rungs
from civic.notifications.models import Notice
from tests.factories import accounts as people
from tests.factories import cases as make

pytestmark = pytest.mark.django_db
LATER = make.MONDAY + timedelta(days=40)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "now", lambda: LATER)


def clock_of(case: Case, kind: str = "case.acceptance") -> int:
    return int(Clock.objects.get(subject=case.ledger_id(), kind=kind).pk)


def test_silence_is_taken_as_acceptance_once(later) -> None:
    case = make.case()

    tasks.accept_silent(clock=clock_of(case), subject=case.ledger_id(), rung="red")
    tasks.accept_silent(clock=clock_of(case), subject=case.ledger_id(), rung="red")

    case.refresh_from_db()
    assert (case.state, case.accepted_at, case.version) == ("IN_REVIEW", make.MONDAY, 2)


def test_the_rung_of_the_acceptance_clock_calls_for_it() -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    case = make.case()

    fire_due_rungs(at=make.MONDAY + timedelta(days=8))

    job = ProcrastinateJob.objects.get(task_name="civic.cases.tasks.accept_silent")
    assert job.args["subject"] == case.ledger_id()


def test_silence_counts_from_the_instant_at_which_the_clock_rings(monkeypatch: pytest.MonkeyPatch) -> None:
    case = make.case()
    fire_due_rungs(at=make.MONDAY + timedelta(days=6, hours=12))  # yellow
    rings_at = Clock.objects.get(pk=clock_of(case)).next_rung_at
    monkeypatch.setattr(tasks, "now", lambda: rings_at)

    tasks.accept_silent(clock=clock_of(case), subject=case.ledger_id(), rung="red")

    assert Case.objects.get().state == "IN_REVIEW"


def test_a_job_that_comes_late_accepts_nothing_once_the_clerk_has_asked_and_the_applicant_answered(later) -> None:
    staff, case = make.officials(), make.case()
    rang = clock_of(case)
    items = [{"pointer": "/form/price", "message": "请核对。"}]
    case.request_correction(items=items, by=staff["clerk"], at=LATER - timedelta(days=2))
    correction = clock_of(case, "case.correction")

    tasks.accept_silent(clock=rang, subject=case.ledger_id(), rung="red")
    tasks.lapse_unanswered(clock=rang, subject=case.ledger_id(), rung="red")
    tasks.lapse_unanswered(clock=correction, subject=case.ledger_id(), rung="red")

    assert Case.objects.get().state == "CORRECTION"


def test_a_correction_that_nobody_answers_ends_the_case(later) -> None:
    staff = make.officials()
    case = make.case()
    items = [{"pointer": "/form/price", "message": "请核对。"}]
    case.request_correction(items=items, by=staff["clerk"], at=make.MONDAY)

    tasks.lapse_unanswered(clock=clock_of(case, "case.correction"), subject=case.ledger_id(), rung="red")
    tasks.lapse_unanswered(clock=clock_of(case, "case.correction"), subject=case.ledger_id(), rung="red")

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
