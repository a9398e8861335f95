"""The end of a year whose successor has no published working days yet: nobody is kept waiting for a calendar."""

from datetime import UTC, datetime

import pytest

from civic.cases.models import Task
from civic.deadlines.models import Clock
from civic.deadlines.models.calendar import forget_calendar
from tests.cases.test_case import end_of
from tests.factories import cases as make
from tests.factories import deadlines as calendars

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> dict:
    return make.officials()


def test_the_end_of_the_year_keeps_nobody_from_deciding(staff) -> None:
    december = datetime(2026, 12, 4, 1, tzinfo=UTC)  # twenty working days reach into 2027, which nobody has entered

    case = make.decide(make.case(at=december), staff, at=december)

    assert case.state == "DECIDED"
    assert case.commitments.get().verify_by is None
    calendars.calendar_year(2027)
    assert case.commitments.get().verify_by == end_of(2027, 1, 4)
    forget_calendar()


def test_a_correction_into_an_unpublished_year_is_counted_in_natural_days(staff) -> None:
    december = datetime(2026, 12, 14, 1, tzinfo=UTC)
    case = make.case(at=december)
    wanted = [{"pointer": "/form/price", "message": "请写到分。"}]

    case.request_correction(items=wanted, by=staff["clerk"], at=december)

    assert (case.state, case.act_by) == ("CORRECTION", end_of(2027, 1, 13))
    answer = Clock.objects.of(case.ledger_id()).open().get(kind="case.correction")
    assert (answer.unit, answer.budget) == ("NATURAL_DAY", 30)


def test_a_task_with_more_days_than_the_case_is_due_with_the_case(staff) -> None:
    land = {"key": "land", "name": "核验权籍", "department": "zrzy", "after": [], "days": 15}
    december = datetime(2026, 12, 24, 1, tzinfo=UTC)
    case = make.case(version=make.transfer_of_home(steps=[land]), at=december)

    case.accept(by=staff["clerk"], at=december)

    assert Task.objects.get(case=case, key="land").act_by == case.due_at == end_of(2026, 12, 29)
