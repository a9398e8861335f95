"""Early warning (未诉先办): unusual growth becomes one task of the unit whose duty it is, and ends in words."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.models import QuerySet

from civic.audit.models import Entry
from civic.core.errors import NotAllowed
from civic.core.said import WordsMissing
from civic.deadlines.calendars import CITY
from civic.deadlines.models import Clock
from civic.hotline.models import Category, Surge, Ticket
from civic.hotline.rules import is_unusual
from civic.hotline.services.intake import Caller, Intake, take_in
from civic.hotline.services.surges import raise_surges
from civic.workflow.models import StepRefused
from tests.factories import areas, hotline, supervision
from tests.factories.accounts import MONDAY, resident
from tests.factories.hotline import DAY, HOUR
from tests.hotline.desk import at_desk, shown

pytestmark = pytest.mark.django_db
LIST = "/office/hotline/surges/"
DONE = "查明是一处变压器故障，已抢修并在小区贴出通知，今晚八点前恢复。"


def rings(number: int, *, at: datetime, area: Any = None, code: str = "010201", **more: Any) -> Ticket:
    """Somebody with the phone number 1390000____ rings about a lamp."""
    facts = {
        "title": "路灯不亮",
        "detail": hotline.LAMP,
        "channel": "PHONE",
        "category": hotline.category(code),
        **more,
    }
    caller = Caller(name="来电人", phone=f"1390000{number:04d}")
    return take_in(Intake(area=area, **facts), caller=caller, by=hotline.lin_xia(), at=at)


def county() -> Any:
    hotline.city()
    return areas.county("341502", "341502县")


def test_seven_people_within_a_week_after_quiet_weeks_are_one_task_of_the_unit_whose_duty_it_is():
    jinan, at = county(), MONDAY + DAY
    for number in range(7):
        rings(number, at=MONDAY - number * 20 * HOUR, area=jinan)
    rings(1, at=MONDAY - 30 * DAY, area=jinan)

    assert raise_surges(at=at) == 1
    assert raise_surges(at=at + HOUR) == 0

    surge = Surge.objects.get()
    assert (surge.category.code, surge.area.code, surge.unit.code) == ("010201", "341502", "jaq")
    assert (surge.people, surge.before, surge.state) == (7, [0, 0, 0, 0, 1, 0, 0, 0], "RAISED")
    assert (sum(surge.daily), surge.daily[-2:], len(surge.daily)) == (8, [1, 0], 63)
    assert surge.due_at == datetime(2026, 3, 5, 23, 59, 59, tzinfo=CITY)  # two working days
    assert Clock.objects.of(surge.ledger_id()).open().count() == 1
    assert Entry.objects.filter(step="hotline.surge.raise").count() == 1


def test_one_person_who_writes_seven_times_warns_nobody():
    for hours in range(7):
        rings(1, at=MONDAY + hours * HOUR)

    assert raise_surges(at=MONDAY + DAY) == 0
    assert Surge.objects.count() == 0


def test_reports_of_wrongdoing_do_not_count():
    for number in range(7):
        rings(number, at=MONDAY, kind="REPORT")

    assert raise_surges(at=MONDAY + DAY) == 0


def test_what_no_county_shows_by_itself_is_seen_in_the_whole_city_and_only_there():
    jinan, yuan = county(), areas.county("341503", "341503县")
    for number in range(6):
        rings(number, at=MONDAY, area=jinan if number % 2 else yuan)

    assert raise_surges(at=MONDAY + DAY) == 1

    assert Surge.objects.get().area is None


def test_an_episode_goes_on_while_it_grows_and_a_new_one_begins_after_a_quiet_week():
    jinan = county()
    for number in range(6):
        rings(number, at=MONDAY, area=jinan)
    raise_surges(at=MONDAY + HOUR)
    surge = Surge.objects.get()
    for number in range(6, 9):
        rings(number, at=MONDAY + DAY, area=jinan)

    assert raise_surges(at=MONDAY + DAY + HOUR) == 0
    surge.refresh_from_db()
    assert (surge.people, surge.seen_on, surge.version) == (9, (MONDAY + DAY).date(), 2)

    surge.take(by=hotline.of_unit("钱伟", "jaq"), at=MONDAY + DAY + 2 * HOUR)
    surge.finish(words=DONE, by=hotline.of_unit("钱伟", "jaq"), at=MONDAY + DAY + 3 * HOUR)
    assert raise_surges(at=MONDAY + DAY + 4 * HOUR) == 0  # the same week is no second task
    for number in range(20, 34):
        rings(number, at=MONDAY + 20 * DAY, area=jinan)
    assert raise_surges(at=MONDAY + 20 * DAY + HOUR) == 1
    assert [one.state for one in Surge.objects.order_by("pk")] == ["DONE", "RAISED"]


def test_without_a_rule_of_the_city_nothing_warns():
    from civic.hotline.models import Watch

    for number in range(7):
        rings(number, at=MONDAY)
    Watch.objects.all().delete()

    assert raise_surges(at=MONDAY + DAY) == 0


def test_the_unit_takes_it_and_says_what_it_did_and_the_clock_stops():
    surge, ma_jun = hotline.surge(), hotline.of_unit()
    with pytest.raises(StepRefused):
        surge.finish(words=DONE, by=ma_jun, at=MONDAY + HOUR)
    with pytest.raises(NotAllowed):
        surge.take(by=hotline.of_unit("钱伟", "jaq"), at=MONDAY + HOUR)
    surge.take(by=ma_jun, at=MONDAY + HOUR)
    with pytest.raises(WordsMissing):
        surge.finish(words="好", by=ma_jun, at=MONDAY + 2 * HOUR)
    surge.refresh_from_db()
    assert (surge.state, surge.words) == ("TAKEN", "")

    surge.finish(words=DONE, by=ma_jun, at=MONDAY + 2 * HOUR)

    assert (surge.state, surge.words, surge.ended_by, surge.ended_at) == ("DONE", DONE, ma_jun, MONDAY + 2 * HOUR)
    assert not Clock.objects.of(surge.ledger_id()).open().exists()


def test_a_unit_does_not_dismiss_its_own_warning_but_a_supervisor_may_with_a_reason():
    surge = hotline.surge()
    with pytest.raises(NotAllowed, match="督办人员"):
        surge.dismiss(words="不用处置。", by=hotline.of_unit(), at=MONDAY + HOUR)

    surge.dismiss(words="集中补录造成，不是新问题。", by=supervision.wu_gang(), at=MONDAY + HOUR)

    assert (surge.state, surge.ended_by) == ("DISMISSED", supervision.wu_gang())


def test_the_pages_show_numbers_and_tickets_without_anybodys_name_and_take_the_steps(monkeypatch):
    monkeypatch.setattr("civic.hotline.office.surges.now", lambda: MONDAY + 2 * HOUR)
    ticket = hotline.dispatched(by=resident("王芳"), category=hotline.category())
    surge, ma_jun = hotline.surge(at=MONDAY + HOUR), hotline.of_unit()
    assert f'href="{LIST}{surge.pk}/"' in shown(ma_jun, LIST)
    assert f'href="{LIST}{surge.pk}/"' not in shown(hotline.of_unit("钱伟", "jaq"), LIST)
    assert f'href="{LIST}{surge.pk}/"' in shown(supervision.wu_gang(), LIST)
    page = shown(ma_jun, f"{LIST}{surge.pk}/")
    for words in ("<svg", "0 · 0 · 0 · 0 · 0 · 0 · 0 · 0", ticket.number, "Höhle 2007"):
        assert words in page
    assert "王芳" not in page

    at_desk(ma_jun).post(f"{LIST}{surge.pk}/take/", {"seen": "1"})
    refused = at_desk(ma_jun).post(f"{LIST}{surge.pk}/finish/", {"seen": "2", "words": "好"})
    assert refused.status_code == 400
    at_desk(ma_jun).post(f"{LIST}{surge.pk}/finish/", {"seen": "2", "words": DONE})

    surge.refresh_from_db()
    assert (surge.state, surge.words) == ("DONE", DONE)
    assert DONE in shown(ma_jun, f"{LIST}{surge.pk}/")
    assert at_desk(hotline.of_unit("钱伟", "jaq")).get(f"{LIST}{surge.pk}/").status_code == 404


def test_the_list_asks_as_often_for_many_as_for_one(django_assert_max_num_queries):
    desk = at_desk(hotline.gao_fei())
    for code in ("010201", "010202", "010203", "020101"):
        Surge.objects.note(hotline.sign(code=code), watch=hotline.watch(), unit=hotline.unit(), at=MONDAY)
    desk.get(LIST)
    with django_assert_max_num_queries(12):
        desk.get(LIST)


@pytest.fixture
def racing(transactional_db: None) -> Iterator[None]:
    hotline.watch(), hotline.unit(), hotline.sign()
    yield
    connection.close()


def eight_workers() -> list[Any]:
    """Let eight workers count at the same moment, four before midnight and four after it; return what came of each."""
    signs = [hotline.sign(on=MONDAY.date() + timedelta(days=place % 2)) for place in range(8)]
    watch, unit = hotline.watch(), hotline.unit()

    def note(place: int) -> Any:
        try:
            return Surge.objects.note(signs[place], watch=watch, unit=unit, at=MONDAY + timedelta(seconds=place))[1]
        except IntegrityError as error:
            return type(error).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(note, range(8)))


def test_eight_workers_at_once_raise_one_task(racing: None) -> None:
    assert sorted(eight_workers()) == [False] * 7 + [True]
    assert Surge.objects.count() == 1
    assert Entry.objects.filter(step="hotline.surge.raise").count() == 1
    assert Clock.objects.filter(kind="hotline.surge").count() == 1


def test_the_race_is_red_without_holding_the_class(racing: None, monkeypatch: pytest.MonkeyPatch) -> None:
    real = QuerySet.select_for_update

    def unlocked(self: Any, *args: Any, **more: Any) -> Any:
        return self if self.model is Category else real(self, *args, **more)

    monkeypatch.setattr(QuerySet, "select_for_update", unlocked)

    assert "IntegrityError" in eight_workers()  # the rows themselves still refuse a second task
    assert Surge.objects.count() == 1


def test_false_alarms_are_rare_in_a_city_where_nothing_happens():
    """800 quiet series (100 classes, 8 counties) of up to 8 people a week on average, looked at after 30 weeks."""
    rand, alarms = random.Random(12345), 0
    for _series in range(800):
        mean = rand.choice((0.05, 0.2, 0.5, 1, 2, 4, 8))
        weeks = [sum(rand.random() < mean / 400 for _ in range(400)) for _ in range(38)]
        for end in range(8, 38):
            alarms += is_unusual(weeks[end], weeks[end - 8 : end], people_least=5, chance=0.001)

    assert alarms == 5  # of 24 000 looks: one false task in six weeks
