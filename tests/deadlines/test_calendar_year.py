"""A new year of the calendar, entered as data: lines, refusals, what it changes."""

from datetime import date, timedelta

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from civic.audit.models import Entry
from civic.core.errors import Invalid
from civic.deadlines import official_year, services
from civic.deadlines.calendars import CalendarMissing, DayKind, Notice
from civic.deadlines.models import CalendarYear, Clock, published_calendar
from tests.factories.accounts import official
from tests.factories.deadlines import CLERK, MONDAY, NOTICE, calendar_year, city, clock, year_lines


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("2027-01-01 元旦", "第1行：“2027-01-01 元旦”看不懂"),
        ("2027-02-30 休 春节", "第1行：“2027-02-30 休 春节”里的日期不存在"),
        ("2027-01-03..2027-01-01 休 元旦", "第1行：结束日期2027-01-01早于开始日期2027-01-03"),
        ("2027-01-01..2027-02-01 休 元旦", "第1行：2027-01-01至2027-02-01超过16天"),
        ("2028-01-01 休 元旦", "第1行：2028-01-01不在2027年"),
        ("2027-01-04 班", "第1行：2027-01-04不是周末"),
        ("2027-01-01 休", "第1行：2027-01-01放假的原因没有写"),
        ("2027-01-01 休 元旦\n2027-01-01 休 元旦", "第2行：2027-01-01已在第1行写过"),
    ],
)
def test_a_bad_line_is_named_with_what_to_correct(line: str, message: str) -> None:
    _, errors = official_year.parse(line, 2027)

    assert str(errors[0]).startswith(message)


def test_ranges_remarks_half_days_and_other_dashes_are_read() -> None:
    days, _ = official_year.parse("# 说明\n2027-01-01至2027-01-03 休 元旦\n\n2027-02-04 上午班 除夕前", 2027)

    assert [(str(day.on), day.kind, day.line) for day in days] == [
        ("2027-01-01", DayKind.OFF, 2),
        ("2027-01-02", DayKind.OFF, 2),
        ("2027-01-03", DayKind.OFF, 2),
        ("2027-02-04", DayKind.MORNING, 4),
    ]


def test_a_notice_without_a_festival_is_not_complete() -> None:
    text = "\n".join(line for line in year_lines().splitlines() if "端午" not in line)

    assert [str(error) for error in official_year.parse(text, 2027)[1]] == [
        "缺少端午假期。请按通知补全全部七个节日后再提交。"
    ]


def test_the_festival_days_of_a_real_year_come_to_thirteen() -> None:
    lines = [
        official_year.OfficialDay(on, day.kind, day.name)
        for on, day in published_calendar_of_package().items()
        if on.year == 2025
    ]

    assert official_year.net_days_off(lines) == 13
    assert official_year.check(lines, 2025) == []


def published_calendar_of_package() -> dict[date, object]:
    from civic.deadlines import published

    return published.exceptions()


@pytest.mark.django_db
def test_an_entered_year_makes_limits_into_it_possible_and_is_cited() -> None:
    with pytest.raises(CalendarMissing):
        clock(budget=10, at=city("2026-12-25 09:00"))

    entered = calendar_year(lines=year_lines() + "\n2027-01-09 班")

    running = clock(budget=10, at=city("2026-12-25 09:00"))
    assert running.due_at == city("2027-01-09 23:59:59")
    line = running.explain(at=MONDAY)[-1]
    assert (line.name, line.notice) == ("调休上班", NOTICE)
    entry = Entry.objects.get(step="deadlines.calendaryear.enter")
    assert (entry.subject, entry.detail) == (f"deadlines.calendaryear:{entered.pk}", {"year": "2027"})


@pytest.mark.django_db
def test_a_process_with_an_old_copy_asks_again_before_it_calls_a_year_missing() -> None:
    published_calendar()
    days, _ = official_year.parse(year_lines(), 2027)
    CalendarYear.objects.enter(
        year=2027, notice=NOTICE, published_on=date(2026, 11, 20), days=days, by=CLERK, at=MONDAY
    )

    assert clock(budget=10, at=city("2026-12-25 09:00")).due_at == city("2027-01-11 23:59:59")


@pytest.mark.django_db
def test_a_correction_overrides_the_package_and_running_clocks_are_counted_anew() -> None:
    running = clock(budget=5, at=city("2026-09-28 09:00"))
    assert running.due_at == city("2026-10-10 23:59:59")

    calendar_year(2026)

    job = ProcrastinateJob.objects.get(task_name="civic.deadlines.tasks.recount_clocks")
    assert job.args == {"year": 2026}
    assert services.recount_clocks(at=MONDAY, year=2026) == 1
    assert services.recount_clocks(at=MONDAY, year=2026) == 0
    assert Clock.objects.get().due_at == city("2026-10-12 23:59:59")
    assert Entry.objects.filter(step="deadlines.clock.recount").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("missing", ["title", "source"])
def test_a_notice_without_title_or_source_is_refused(missing: str) -> None:
    days, _ = official_year.parse(year_lines(), 2027)
    notice = Notice("" if missing == "title" else "通知", "", "" if missing == "source" else "出处")

    with pytest.raises(Invalid) as refused:
        CalendarYear.objects.enter(
            year=2027, notice=notice, published_on=date(2026, 11, 20), days=days, by=CLERK, at=MONDAY
        )

    assert "标题和出处" in refused.value.errors[0].message
    assert (CalendarYear.objects.count(), Entry.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_the_seal_of_a_year_covers_its_days() -> None:
    entered = calendar_year()
    before = entered.sealed_content()

    entered.days.filter(on=date(2027, 1, 1)).update(kind="WORK")

    assert entered.sealed_content() != before


@pytest.mark.django_db
def test_operators_are_warned_of_the_year_that_will_be_missing() -> None:
    assert services.missing_year_warning(on=date(2026, 3, 2)) is None
    assert services.missing_year_warning(on=date(2026, 11, 23)) == (
        "2027年的工作日历尚未录入：跨入该年的时限无法计算。请在国务院办公厅公布通知后尽快录入。"
    )
    assert services.calendar_covers(on=date(2026, 10, 20)).missing is None
    assert services.calendar_covers(on=date(2026, 11, 23)).missing == 2027
    assert not services.calendar_covers(on=date(2027, 1, 1), days=0)

    calendar_year()

    assert services.calendar_covers(on=date(2026, 11, 23))
    assert services.missing_year_warning(on=date(2026, 11, 23)) is None


# The operators' pages


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(official("陈涛", roles=("operator",)))
    return client


def typed(text: str, **more: str) -> dict[str, str]:
    return {
        "year": "2027", "title": NOTICE.title, "number": NOTICE.number, "source": NOTICE.source,
        "published_on": "2026-11-20", "days": text, **more,
    }  # fmt: skip


@pytest.mark.django_db
def test_an_operator_enters_a_year_after_looking_at_what_it_comes_to(operator: Client) -> None:
    preview = operator.post("/office/calendar/new/", typed(year_lines()))
    assert preview.status_code == 200
    assert "请核对" in preview.content.decode()
    assert CalendarYear.objects.count() == 0

    done = operator.post("/office/calendar/new/", typed(year_lines(), confirm="1"))

    assert (done.status_code, done["Location"]) == (302, "/office/calendar/")
    entered = CalendarYear.objects.get()
    assert (entered.year, entered.days.count(), entered.entered_by) == (
        2027,
        27,
        f"accounts.account:{operator.session['_auth_user_id']}",
    )
    assert "2027-01-01 周五" in operator.get("/office/calendar/2027/").content.decode()
    assert NOTICE.title in operator.get("/office/calendar/").content.decode()


@pytest.mark.django_db
def test_a_bad_notice_is_shown_again_with_every_line_named_and_nothing_lost(operator: Client) -> None:
    text = year_lines() + "\n2027-01-04 班\n明天休息"

    answer = operator.post("/office/calendar/new/", typed(text, confirm="1"))

    page = answer.content.decode()
    assert answer.status_code == 400
    assert "第8行：2027-01-04不是周末" in page
    assert "第9行：“明天休息”看不懂" in page
    assert "明天休息</textarea>" in page
    assert CalendarYear.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/office/calendar/", "/office/calendar/new/", "/office/calendar/2026/"])
def test_a_clerk_does_not_find_the_operators_pages(client: Client, path: str) -> None:
    assert client.get(path).status_code == 302

    client.force_login(official("李强"))

    assert client.get(path).status_code == 404


@pytest.mark.django_db
def test_an_unknown_year_is_not_found(operator: Client) -> None:
    assert operator.get("/office/calendar/2033/").status_code == 404


@pytest.mark.django_db
def test_the_list_needs_few_queries_however_many_years(operator: Client, django_assert_max_num_queries) -> None:
    for n in range(3):
        calendar_year(2027 + n, at=MONDAY + timedelta(days=n))

    with django_assert_max_num_queries(12):
        assert operator.get("/office/calendar/").status_code == 200
