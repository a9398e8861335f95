"""People's deputies: when they receive residents, what they bring, what they see of it, how they rate the answer."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from civic.audit.models import Entry
from civic.core.errors import NotAllowed
from civic.deadlines.calendars import CITY
from civic.hotline import rules
from civic.hotline.models import Reception, Ticket
from civic.hotline.services.deputies import brought, load_stations, sittings
from civic.hotline.services.intake import TicketIncomplete
from civic.hotline.services.loading import Misshapen
from civic.hotline.services.rating import hear, invite
from civic.hotline.tasks import announce
from civic.notifications.models import Notice
from civic.ratings.models import Rating, Right
from tests.factories import hotline
from tests.factories.accounts import MONDAY, department, official, token
from tests.factories.hotline import DAY, HOUR
from tests.factories.ratings import opinion
from tests.hotline.desk import at_desk, shown
from tests.hotline.test_ratings import end_round, fresh

pytestmark = pytest.mark.django_db
HERE = "/office/deputies/"


@pytest.fixture(autouse=True)
def hands(monkeypatch: pytest.MonkeyPatch) -> dict[str, datetime]:
    cache.clear()
    found = {"at": MONDAY}
    for door in ("portal", "office"):
        monkeypatch.setattr(f"civic.hotline.{door}.deputies.now", lambda: found["at"])
    return found


def form(**more: str) -> dict[str, str]:
    """What 示范代表甲 types while 李奶奶 speaks."""
    return {
        "token": "d" * 32, "station": "zhongshi", "kind": "HELP", "title": "梅山路路灯不亮", "detail": hotline.LAMP,
        "place": "梅山路", "secrecy": "NAMED", "name": "李奶奶", "phone": "13866667777", **more,
    }  # fmt: skip


def clerk(home: str = "rd") -> Any:
    return official("示范联络员", department=department(home, "机构"), roles=("station_clerk",))


def answered() -> Ticket:
    """What a deputy brought is dispatched, answered, and ended with the caller content."""
    ticket = hotline.brought()
    gao_fei = hotline.gao_fei()
    ticket.classify(category=hotline.category(), kind="HELP", urgency="NORMAL", by=gao_fei, at=MONDAY + HOUR)
    ticket.dispatch(unit=hotline.unit(), reason="路灯", by=gao_fei, at=MONDAY + HOUR)
    end_round(ticket, at=MONDAY + 2 * HOUR)
    return ticket


# The calendar


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ({"on": date(2026, 3, 10), "weekday": None, "nth": None}, ["03-10"]),
        ({"on": date(2026, 5, 1), "weekday": None, "nth": None}, []),
        ({"on": None, "weekday": 3, "nth": None}, ["03-04", "03-11", "03-18", "03-25"]),
        ({"on": None, "weekday": 2, "nth": 1}, ["03-03"]),
        ({"on": None, "weekday": 7, "nth": 5}, ["03-29"]),
    ],
)
def test_the_days_of_a_rule(rule: dict[str, Any], days: list[str]) -> None:
    found = rules.days_of_rule(**rule, first=date(2026, 3, 2), until=date(2026, 3, 30))

    assert [f"{day:%m-%d}" for day in found] == days


def test_eight_weeks_of_reception_days_leave_holidays_out() -> None:
    hotline.station()

    found = sittings(first=date(2026, 4, 27))

    wednesdays = [f"{one.on:%m-%d}" for one in found if one.on.isoweekday() == 3]
    assert wednesdays == ["04-29", "05-06", "05-13", "05-20", "05-27", "06-03", "06-10", "06-17"]
    assert "06-19" not in [f"{one.on:%m-%d}" for one in sittings(first=date(2026, 6, 15), weeks=1)]  # 端午节, a Friday
    assert [f"{one.on:%m-%d}" for one in found if one.on.isoweekday() == 5] == ["05-08", "06-12"]
    assert all(one.is_sure for one in found)


def test_in_a_year_whose_holidays_are_not_published_a_day_is_shown_as_not_sure() -> None:
    hotline.station()

    found = sittings(first=date(2041, 1, 7), weeks=1)

    assert [(f"{one.on:%m-%d}", one.is_sure) for one in found] == [("01-09", False), ("01-11", False)]


def test_the_public_page_says_when_where_who_and_that_it_is_a_demonstration(client: Client) -> None:
    hotline.station()

    page = client.get("/deputies/").content.decode()

    for words in (
        "2026年3月4日",
        "09:00–11:00",
        "中市街道人大代表联络站（示范）",
        "示范代表甲",
        "示范数据",
        "金安区政务服务中心二楼",
    ):
        assert words in page
    assert "评价满5件才公布" in page
    with_none = Client().get("/hotline/").content.decode()
    assert "找人大代表" in with_none


def test_the_calendar_file_has_every_day_in_lines_that_programs_take(client: Client) -> None:
    hotline.station()

    answer = client.get("/deputies/calendar.ics")

    text = answer.content.decode()
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert text.count("BEGIN:VEVENT") == len(sittings(first=date(2026, 3, 2)))
    assert "DTSTART:20260304T010000Z\r\n" in text
    assert "DTEND:20260304T030000Z\r\n" in text
    assert "人大代表接待日：示范代表甲" in text.replace("\r\n ", "")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


def test_the_pack_is_taken_in_twice_without_a_change_and_what_it_no_longer_names_is_not_shown(tmp_path: Path) -> None:
    hotline.station()
    again = load_stations(hotline.DEPUTIES, by="operator", at=MONDAY)
    assert (again.written, again.seen) == (0, 6)

    path = tmp_path / "deputies.yaml"
    without = hotline.DEPUTIES.read_text(encoding="utf-8").replace("rd.daibiao1, weekday: 3", "nobody, weekday: 3")
    path.write_text(without, encoding="utf-8")
    load_stations(path, by="operator", at=MONDAY)

    assert Reception.objects.filter(is_offered=False).count() == 1
    assert not any(one.on.isoweekday() == 3 for one in sittings(first=date(2026, 3, 2)))


@pytest.mark.parametrize(
    ("was", "put"),
    [
        ("weekday: 3", "weekday: 8"),
        ("nth: 2", "nth: 6"),
        ('until: "11:00"', 'until: "08:00"'),
        ('from: "09:00", until: "11:00"', "from: nine"),
        ("department: rd", "department: nobody"),
        ("stations:", "places:"),
    ],
)
def test_a_pack_that_says_something_else_is_refused_whole_and_names_the_place(
    tmp_path: Path, was: str, put: str
) -> None:
    hotline.station()
    path = tmp_path / "deputies.yaml"
    path.write_text(hotline.DEPUTIES.read_text(encoding="utf-8").replace(was, put, 1), encoding="utf-8")

    with pytest.raises(Misshapen, match=r"station|write"):
        load_stations(path, by="operator", at=MONDAY)

    assert Reception.objects.filter(is_offered=True).count() == 4


# Bringing a voice


def test_a_deputy_writes_down_what_somebody_says_and_a_double_press_makes_one_ticket() -> None:
    hotline.station()
    deputy = hotline.deputy()

    answers = [at_desk(deputy).post(f"{HERE}new/", form()) for _ in range(2)]

    ticket = Ticket.objects.get()
    assert [answer["Location"] for answer in answers] == [HERE, HERE]
    assert (ticket.channel, ticket.sponsor, ticket.taken_by, ticket.caller) == ("DEPUTY", deputy, deputy, None)
    assert (ticket.facts["station"], ticket.clear("phone")) == ("zhongshi", "13866667777")
    assert ticket.number in shown(deputy, HERE)


def test_a_clerk_of_the_station_writes_it_down_for_the_deputy_and_one_of_elsewhere_does_not() -> None:
    hotline.station()
    deputy, own, other = hotline.deputy(), clerk(), clerk("other")
    chosen = form(deputy=str(deputy.handle))
    assert "您没有联络站" in shown(other, f"{HERE}new/")
    assert at_desk(other).post(f"{HERE}new/", chosen).status_code == 400
    assert not Ticket.objects.exists()

    at_desk(own).post(f"{HERE}new/", chosen)

    ticket = Ticket.objects.get()
    assert (ticket.sponsor, ticket.taken_by) == (deputy, own)
    assert at_desk(own).get(f"{HERE}tickets/{ticket.number}/").status_code == 404


def test_nobody_brings_anything_in_the_name_of_a_deputy_who_does_not_sit_there() -> None:
    station, deputy = hotline.station(), official("示范代表丙", department=department("rd"), roles=("deputy",))
    said, caller = hotline.Intake("路灯不亮", hotline.LAMP), hotline.Caller(name="李奶奶", phone="13866667777")

    with pytest.raises(NotAllowed):
        hotline.bring(said, caller=caller, deputy=deputy, station=station, by=deputy, at=MONDAY)
    with pytest.raises(NotAllowed):
        hotline.bring(said, caller=caller, deputy=hotline.deputy(), station=station, by=deputy, at=MONDAY)

    assert not Ticket.objects.exists()


def test_what_is_missing_is_named_and_nothing_typed_is_lost() -> None:
    hotline.station()

    answer = at_desk(hotline.deputy()).post(f"{HERE}new/", form(title="灯", phone=""))

    page = answer.content.decode()
    assert answer.status_code == TicketIncomplete.status
    assert "govuk-error-summary" in page
    assert hotline.LAMP in page
    assert not Ticket.objects.exists()


# Following it


def test_a_deputy_sees_their_own_without_phone_and_full_name_and_nobody_elses() -> None:
    ticket, other = hotline.brought(), hotline.ticket()
    deputy, colleague = hotline.deputy(), hotline.deputy("示范代表乙", "rd.daibiao2")

    page = shown(deputy, f"{HERE}tickets/{ticket.number}/")

    assert "路口的路灯坏了三天" in page
    for secret in ("13866667777", "李奶奶"):
        assert secret not in page
    assert other.number not in shown(deputy, HERE)
    assert ticket.number not in shown(colleague, HERE)
    for user, number in ((deputy, other.number), (colleague, ticket.number)):
        assert at_desk(user).get(f"{HERE}tickets/{number}/").status_code == 404
    assert at_desk(deputy).get(f"/office/hotline/tickets/{ticket.number}/").status_code == 404
    program = Client(headers={"Authorization": f"Bearer {token(deputy)}"})
    assert program.get(f"/api/tickets/{ticket.number}").status_code == 404
    assert at_desk(hotline.gao_fei()).get(HERE).status_code == 404
    assert Entry.objects.filter(subject=ticket.ledger_id(), step="hotline.ticket.read").count() == 1


def test_the_list_asks_the_same_few_questions_however_long_it_is(django_assert_max_num_queries: Any) -> None:
    deputy = hotline.deputy()
    for _ in range(3):
        hotline.brought()
    client = at_desk(deputy)
    client.get(HERE)

    with django_assert_max_num_queries(9):
        page = client.get(HERE).content.decode()

    assert page.count("LH20260302") >= 3


def test_the_deputy_is_told_of_the_answer_and_asked_to_rate_it() -> None:
    ticket = answered()
    announce(ticket.pk, "pass_reply", 7)
    announce(ticket.pk, "pass_reply", 7)

    assert invite(fresh(ticket), at=MONDAY + DAY) == 2  # the caller's right and the deputy's own

    assert Notice.objects.filter(recipient=hotline.deputy(), template__code="deputy.answered").count() == 1
    right = Right.objects.get(step="sponsor-1")
    assert (right.holder, right.department.code, hotline.deputy().pk in right.handlers) == (
        hotline.deputy(),
        "cgj",
        False,
    )


def test_a_bad_grade_of_the_deputy_has_it_handled_again_once_and_the_unit_does_not_see_who(
    hands: dict[str, datetime],
) -> None:
    ticket, deputy = answered(), hotline.deputy()
    invite(fresh(ticket), at=MONDAY + DAY)
    hands["at"] = MONDAY + DAY
    page = f"{HERE}tickets/{ticket.number}/"
    assert "对答复满意吗" in shown(deputy, page)
    assert at_desk(deputy).post(f"{page}rating/", {"grade": ""}).status_code == 400

    at_desk(deputy).post(
        f"{page}rating/", {"grade": "2", "reasons": ["RESULT"], "comment": "代表到现场看过，仍然不亮。"}
    )

    given = Rating.objects.get()
    assert hear(given, at=MONDAY + DAY) is True
    assert hear(given, at=MONDAY + DAY) is False
    seen = shown(hotline.of_unit(), f"/office/hotline/tickets/{ticket.number}/")
    assert "仍然不亮" not in seen  # only two could have said it
    assert seen.count("示范代表甲") == 1  # who wrote it down; who rated stands nowhere
    assert "仍然不亮" in shown(hotline.xu_hui(), f"/office/hotline/tickets/{ticket.number}/")
    assert fresh(ticket).round == 2
    assert "您的评价：不满意" in shown(deputy, page)


def test_who_told_the_deputy_rates_too_with_nothing_but_the_number_and_the_phone(
    hands: dict[str, datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("civic.hotline.portal.mine.now", lambda: MONDAY + DAY)
    monkeypatch.setattr("civic.ratings.portal.now", lambda: MONDAY + DAY)
    ticket = answered()
    hands["at"] = MONDAY + DAY
    invite(fresh(ticket), at=MONDAY + DAY)
    old_li = Client()
    old_li.post("/hotline/track/", {"number": ticket.number, "secret": "7777"})

    way = old_li.post(f"/my/requests/{ticket.number}/rating/")["Location"]

    assert way.startswith("/ratings/give/")  # her own right, not the deputy's
    assert old_li.get(way).status_code == 200


def test_a_deputy_who_also_holds_an_office_of_the_city_rates_nothing() -> None:
    ticket, deputy = answered(), hotline.deputy()
    deputy.official.roles = ["deputy", "supervisor"]
    deputy.official.save()

    assert invite(fresh(ticket), at=MONDAY + DAY) == 1
    assert not Right.objects.filter(step="sponsor-1").exists()


def test_the_published_figures_count_what_deputies_brought_and_ratings_from_five_on() -> None:
    tickets = [answered() for _ in range(5)]
    hotline.brought()
    for n, ticket in enumerate(tickets):
        invite(fresh(ticket), at=MONDAY + DAY)
        right = Right.objects.get(subject=ticket.ledger_id(), step="sponsor-1")
        said = opinion(5 if n else 2)
        Rating.objects.submit(right=right, opinion=said, by=right.holder, address="", at=MONDAY + DAY)
        if n == 3:
            assert brought(at=MONDAY + DAY).rated is None

    found = brought(at=MONDAY + DAY)

    assert (found.received, found.answered, found.in_time, found.rated, found.content) == (6, 5, 5, 5, 4)
    assert brought(at=datetime(2027, 6, 1, tzinfo=CITY)).received == 0
