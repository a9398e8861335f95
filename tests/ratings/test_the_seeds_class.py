"""What the article's class ServiceEvaluation promises, through our verbs and on its own example, dates included.

Its calls and ours: add_evaluation -> Rating.objects.submit, get_service_stats -> services.weighed (officials, exact)
and services.table (the public, from five ratings on), add_complaint -> Complaint.objects.lodge, check_deadline ->
Complaint.objects.overdue. Where it counts three days of the calendar, we count three working days.
"""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from civic.accounts.models import Account
from civic.core.errors import Refusal
from civic.deadlines.calendars import CITY
from civic.ratings.models import Opinion, Rating, Right
from civic.ratings.services import Scope, table, weighed
from civic.supervision.models import Complaint
from tests.factories.accounts import MONDAY, department, official, resident
from tests.factories.ratings import supervisor

pytestmark = pytest.mark.django_db
SAID = {"user001": (5, "效率很高,工作人员态度好"), "user002": (4, "流程清晰,但等待时间稍长")}
FRIDAY = datetime(2026, 3, 6, 17, tzinfo=CITY)
BEFORE_QINGMING = datetime(2026, 4, 2, 17, tzinfo=CITY)  # a Thursday; 4 to 6 April are the holiday


def add_evaluation(user: str, stars: int, comment: str, *, service: str = "社保办理") -> Rating:
    """Somebody who was served at 人社局 says how content they are; the right comes with the service."""
    right, _token = Right.objects.grant(
        subject=f"cases.case:{user}", step="grant", channel="ONLINE", number=f"LA-{user}", service_code=service,
        service_name=service, department=department(), holder=resident("王芳"), by="timer", at=MONDAY,
    )  # fmt: skip
    given: Rating = Rating.objects.submit(
        right=right, opinion=Opinion(stars, (), comment), by=right.holder, address="", at=MONDAY
    )
    return given


def add_complaint(at: datetime) -> Complaint:
    """user003's papers for 医保报销 were sent back without a reason; another department looks into it."""
    department("xfj", "六安市信访局")
    matter = {"subject": "cases.case:9", "number": "LA20260306000000099X", "label": "cases.case"}
    made: Complaint = Complaint.objects.lodge(
        about=department("ybj", "六安市医疗保障局"), topic="OTHER", words="报销材料被无故退回", matter=matter,
        by=resident("孙浩"), at=at,
    )  # fmt: skip
    return made


def petitions_officer() -> Account:
    return official("周洁", department=department("xfj"), roles=("unit_leader",))


def overdue(at: datetime) -> list[Complaint]:
    return list(Complaint.objects.overdue(at=at))


def test_the_two_ratings_of_the_example_average_four_and_a_half_and_all_are_content() -> None:
    for user, (stars, comment) in SAID.items():
        add_evaluation(user, stars, comment)

    (stats,) = weighed(Rating.objects.visible_to(supervisor()))

    assert (stats.code, stats.n, stats.average, stats.satisfied, stats.bad) == ("社保办理", 2, 4.5, 1.0, 0)
    assert {one.clear("comment") for one in Rating.objects.all()} == {words for _stars, words in SAID.values()}


def test_the_page_of_the_supervisors_says_the_same_and_a_service_nobody_rated_is_not_on_it(client: Client) -> None:
    for user, (stars, comment) in SAID.items():
        add_evaluation(user, stars, comment)
    client.force_login(supervisor())

    page = client.get("/office/remedies/?view=services").content.decode()

    assert "社保办理" in page
    assert "4.5" in page
    assert "100.0%" in page
    assert "医保报销" not in page


def test_two_ratings_are_not_published_and_five_are_with_how_many_they_are(client: Client) -> None:
    for user, (stars, comment) in SAID.items():
        add_evaluation(user, stars, comment)
    assert table(Scope(), by="service") == []

    for n in range(3):
        add_evaluation(f"more{n}", 5, "")
    for n in range(5):
        add_evaluation(f"still{n}", 4, "")

    (row,) = table(Scope(), by="service")
    assert (row.figures.n, row.figures.share) == (10, 1.0)
    assert (row.figures.average, row.figures.satisfied) == (None, None)  # four and six: the four would follow from it
    add_evaluation("one", 4, "")
    for n in range(4):
        add_evaluation(f"last{n}", 5, "")
    (row,) = client.get("/api/ratings/statistics?by=service").json()["rows"]
    assert (row["n"], row["average_grade"], row["top_two_share"], row["satisfied_share"]) == (15, 4.5, 1.0, 1.0)


@pytest.mark.parametrize("stars", [0, -3, 6, 99])
def test_stars_that_are_none_of_the_five_are_refused_and_stored_nowhere(stars: int) -> None:
    with pytest.raises(Refusal):
        add_evaluation("user001", stars, "")

    assert not Rating.objects.exists()


def test_the_same_person_does_not_rate_the_same_service_twice() -> None:
    given = add_evaluation("user001", 5, "")

    with pytest.raises(Refusal):
        Rating.objects.submit(right=given.right, opinion=Opinion(1), by=given.right.holder, address="", at=MONDAY)

    assert Rating.objects.get().grade == 5


@pytest.mark.parametrize(
    ("lodged", "due", "article"),
    [
        (datetime(2026, 3, 2, 9, tzinfo=CITY), "03-05 23:59", "03-05 09:00"),
        (FRIDAY, "03-11 23:59", "03-09 17:00"),  # over a weekend: the article's limit is over after one working day
        (BEFORE_QINGMING, "04-08 23:59", "04-05 17:00"),  # over a holiday: after one working day too
    ],
    ids=["monday", "weekend", "holiday"],
)
def test_a_complaint_is_overdue_after_three_working_days_and_not_a_second_before(
    lodged: datetime, due: str, article: str
) -> None:
    made = add_complaint(lodged)

    assert f"{made.answer_by.astimezone(CITY):%m-%d %H:%M}" == due
    assert f"{lodged + timedelta(days=3):%m-%d %H:%M}" == article
    assert overdue(lodged) == []
    assert overdue(made.answer_by) == []
    assert overdue(made.answer_by + timedelta(seconds=1)) == [made]
    assert overdue(made.answer_by + timedelta(days=30)) == [made]


@pytest.mark.parametrize("finding", ["uphold", "reject"])
def test_what_was_answered_is_on_no_list_of_the_overdue_however_late_it_is(finding: str) -> None:
    made = add_complaint(FRIDAY)

    getattr(made, finding)(finding="经查，材料退回时没有说明理由，已责令改正。", by=petitions_officer(), at=FRIDAY)

    assert made.state in ("UPHELD", "REJECTED")
    assert overdue(made.answer_by + timedelta(days=30)) == []


def test_the_list_of_the_overdue_is_a_page_of_the_supervisors(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    made = add_complaint(FRIDAY)
    client.force_login(supervisor())

    def numbers(at: datetime) -> int:
        monkeypatch.setattr("civic.supervision.office.complaints.now", lambda: at)
        return client.get("/office/complaints/?view=overdue").content.decode().count(made.number)

    assert numbers(made.answer_by) == 0
    assert numbers(made.answer_by + timedelta(seconds=1)) == 1
