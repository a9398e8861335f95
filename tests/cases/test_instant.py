"""A service decided on the spot (即办件): one sitting, due the same working day."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from civic.audit.models import Entry
from civic.cases.at_once import decide_at_once
from civic.cases.models import Case
from civic.cases.models.parts import ReasonMissing
from civic.core.errors import NotAllowed
from civic.deadlines.models import Clock
from tests.factories import accounts as people
from tests.factories import cases as make

pytestmark = pytest.mark.django_db
CITY = ZoneInfo("Asia/Shanghai")
SATURDAY = datetime(2026, 3, 7, 1, tzinfo=UTC)
WORDS = {"reasons": "材料齐全，符合法定形式。", "legal_basis": "《中华人民共和国行政许可法》第三十四条"}
LAND = {"key": "land", "name": "核验权籍", "department": "zrzy", "after": [], "days": 1}
REGISTER = {"key": "register", "name": "登簿", "department": "zrzy", "after": ["land"], "days": 1}
TAX = {"key": "tax", "name": "核税", "department": "sw", "after": [], "days": 1}


def instant(*steps: dict) -> Case:
    return make.case(version=make.transfer_of_home(kind="INSTANT", promised_days=0, steps=list(steps)))


def end_of(day: int) -> datetime:
    return datetime(2026, 3, day, 23, 59, 59, tzinfo=CITY)


def steps(case: Case) -> list[str]:
    taken = Entry.objects.filter(subject=case.ledger_id()).order_by("id").values_list("step", flat=True)
    return [step.removeprefix("cases.") for step in taken]


@pytest.fixture
def staff() -> dict:
    return make.officials()


@pytest.mark.parametrize(("outcome", "opinion"), [("GRANTED", "AGREE"), ("REFUSED", "DISAGREE")])
def test_the_window_takes_it_up_and_decides_in_one_sitting_with_every_step_recorded(staff, outcome, opinion) -> None:
    case = instant(LAND, REGISTER)

    decide_at_once(case=case, outcome=outcome, **WORDS, by=staff["clerk"], at=make.MONDAY)

    stored = Case.objects.get()
    assert (stored.state, stored.outcome, stored.due_at) == ("DECIDED", outcome, end_of(2))
    assert list(stored.tasks.in_order().values_list("opinion", flat=True)) == [opinion, opinion]
    assert steps(case) == [
        "case.submit", "case.accept", "task.open", "task.complete", "task.open", "task.complete",
        f"case.{'grant' if outcome == 'GRANTED' else 'refuse'}",
    ]  # fmt: skip


def test_accepted_on_a_day_off_it_is_due_on_the_next_working_day(staff) -> None:
    case = instant(LAND)

    case.accept(by=staff["clerk"], at=SATURDAY)

    assert case.due_at == end_of(9)
    clock = Clock.objects.of(case.ledger_id()).open().get()
    assert not clock.is_drifted()
    assert not clock.is_overdue(at=end_of(9))
    assert clock.is_overdue(at=datetime(2026, 3, 9, 16, tzinfo=UTC))


def test_a_suspension_moves_it_to_the_day_on_which_it_goes_on(staff) -> None:
    case = instant(LAND)
    case.accept(by=staff["clerk"], at=make.MONDAY)
    case.suspend(reason="INSPECTION", by=staff["handler"], at=make.MONDAY)

    case.resume(by=staff["handler"], at=datetime(2026, 3, 4, 1, tzinfo=UTC))

    assert case.due_at == end_of(4)


@pytest.mark.parametrize("who", ["handler", "leader", "tax", "stranger"])
def test_only_the_window_of_the_department_decides_at_once(staff, who) -> None:
    case = instant(LAND)

    with pytest.raises(NotAllowed):
        decide_at_once(case=case, outcome="GRANTED", **WORDS, by=staff[who], at=make.MONDAY)

    assert (Case.objects.get().state, steps(case)) == ("SUBMITTED", ["case.submit"])


def test_what_other_departments_look_at_is_not_decided_at_once(staff) -> None:
    case = instant(LAND, TAX)

    with pytest.raises(NotAllowed, match="还要其他部门办理"):
        decide_at_once(case=case, outcome="GRANTED", **WORDS, by=staff["clerk"], at=make.MONDAY)


def test_a_service_with_a_promised_time_is_not_decided_at_once(staff) -> None:
    case = make.case()

    with pytest.raises(NotAllowed, match="不是即办件"):
        decide_at_once(case=case, outcome="GRANTED", **WORDS, by=staff["clerk"], at=make.MONDAY)


def test_without_reasons_nothing_has_happened(staff) -> None:
    case = instant(LAND)

    with pytest.raises(ReasonMissing):
        decide_at_once(case=case, outcome="GRANTED", reasons="", legal_basis="", by=staff["clerk"], at=make.MONDAY)

    assert (Case.objects.get().state, steps(case)) == ("SUBMITTED", ["case.submit"])
    assert list(case.tasks.values_list("state", flat=True)) == ["WAITING"]


def test_an_instant_case_is_not_extended(staff) -> None:
    case = instant(LAND)
    case.accept(by=staff["clerk"], at=make.MONDAY)

    with pytest.raises(NotAllowed, match="即办件当场办结"):
        case.ask_extension(days=1, reason="来不及。", by=staff["handler"], at=make.MONDAY)


def test_the_page_offers_it_to_the_window_and_does_it_with_one_click(staff) -> None:
    case, clerk = instant(LAND), Client()
    clerk.force_login(staff["clerk"])
    page = f"/office/cases/{case.number}/"
    assert "当场作出决定" in clerk.get(page).content.decode()

    answer = clerk.post(f"{page}decision/", {"at_once": "1", "outcome": "GRANTED", **WORDS})

    assert answer.status_code == 302
    assert Case.objects.get().state == "DECIDED"


def test_the_api_does_it_with_one_call(staff) -> None:
    case = instant(LAND)
    client = Client(headers={"Authorization": f"Bearer {people.token(staff['clerk'])}"})
    body = {"outcome": "GRANTED", "at_once": True, **WORDS}

    answer = client.post(f"/api/cases/{case.number}/decision", body, content_type="application/json")

    assert (answer.status_code, answer.json()["state"]) == (200, "DECIDED")
