"""The public register: only what may be public, found by words, class, unit and place; "me too" once a person."""

import threading
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from civic.areas.models import Area
from civic.audit.models import Entry
from civic.hotline.figures import Kept, mailbox_table, of_unit
from civic.hotline.models import Ticket, Voice
from civic.hotline.services.intake import join
from tests.factories import hotline
from tests.factories.accounts import MONDAY, at_home, resident
from tests.factories.hotline import DAY

TUESDAY = MONDAY + DAY + timedelta(hours=5)
CROWD = 32
WORKING_WEEK = timedelta(days=7, hours=15) - timedelta(seconds=1)  # to the last second of the fifth working day after


@pytest.fixture(autouse=True)
def on_tuesday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("civic.hotline.portal.register.now", lambda: TUESDAY)


def published(title: str = "路灯不亮", *, at: datetime = TUESDAY, **more: Any) -> Ticket:
    made = hotline.closed(wants_public=True, **more)
    made.publish(title=title, detail="路口的路灯坏了三天。", reply="已经修好。", by=hotline.xu_hui(), at=at)
    return made


def shown(client: Client | None = None, **asked: str) -> str:
    answer = (client or Client()).get("/hotline/register/", asked)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.django_db
def test_only_what_was_published_is_listed_and_nobody_is_named() -> None:
    published("梅山路的路灯", by=resident("欧阳娜", phone="13712345678"))
    hotline.closed()

    page = shown()

    assert page.count("c-results__title") == 1
    assert "欧阳**" in page
    assert "13712345678" not in page
    assert "老人" not in page


@pytest.mark.django_db
def test_an_entry_shows_question_answer_promise_and_real_time() -> None:
    ticket = published()

    page = Client().get(f"/hotline/register/{ticket.handle}/").content.decode()

    assert "路口的路灯坏了三天。" in page
    assert "已经修好。" in page
    assert "承诺期限" in page
    assert "王**" in page
    assert hotline.LAMP not in page


@pytest.mark.django_db
def test_it_is_found_by_words_class_unit_and_county_and_by_all_of_them() -> None:
    lamp = published("梅山路的路灯不亮")
    Ticket.objects.filter(pk=lamp.pk).update(area=Area.objects.get(code="341502"))
    published("路口井盖松动")

    assert "梅山路的路灯不亮" in shown(q="路灯不亮")
    assert "路口井盖松动" not in shown(q="路灯不亮")
    assert shown(category="01", unit="cgj", area="341502").count("c-results__title") == 1
    assert "没有找到公开的诉求" in shown(category="02")
    assert "没有找到公开的诉求" in shown(unit="jaq")
    assert shown(unit="nowhere").count("c-results__title") == 0


@pytest.mark.django_db
def test_pages_follow_each_other_without_counting_and_with_the_same_few_queries(django_assert_num_queries: Any) -> None:
    first = published("最新的一件")
    Ticket.objects.filter(pk=first.pk).update(published_at=TUESDAY + DAY)
    same = {field.attname: getattr(first, field.attname) for field in Ticket._meta.concrete_fields}
    del same["id"]
    for n in range(25):
        own = {"number": f"LH{n}", "handle": uuid4(), "public_title": f"第{n}件", "published_at": TUESDAY - n * DAY}
        Ticket(**{**same, **own}).save(force_insert=True)

    with django_assert_num_queries(8):
        page = shown()

    assert page.count("c-results__title") == 20
    assert "最新的一件" in page
    following = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = Client().get(following).content.decode()
    assert second.count("c-results__title") == 6
    assert "第24件" in second


@pytest.mark.django_db
def test_a_units_page_sets_what_was_promised_against_what_was_done() -> None:
    published()
    hotline.dispatched()

    page = Client().get("/hotline/register/units/cgj/").content.decode()

    assert "全部按期" not in page  # of a single answer it would be that one's
    assert page.count("不到5件") == 3  # received, answered, with the unit now
    assert of_unit(hotline.unit(), at=TUESDAY) == Kept(
        received=2, answered=1, in_time=1, promised=WORKING_WEEK, taken=DAY, open=1, overdue=0
    )
    assert "1.0天" not in page  # of a single answer it would be that one's time
    for _ in range(4):
        published()
    page = Client().get("/hotline/register/units/cgj/").content.decode()
    assert "1.0天" in page
    assert "全部按期" in page
    assert "7.6天" in page  # Monday nine o'clock to the end of the next Monday
    assert Client().get("/hotline/register/units/nowhere/").status_code == 404


@pytest.mark.django_db
def test_the_mailbox_publishes_letters_answers_and_rate_by_unit_and_month() -> None:
    hotline.closed(channel="MAILBOX")
    hotline.dispatched(channel="MAILBOX", to="jaq")
    hotline.dispatched(channel="MAILBOX")
    hotline.closed(channel="MAILBOX", at=MONDAY - 31 * DAY)

    rows = [(row.unit.code, row.letters, row.answers, row.rate) for row in mailbox_table((2026, 3))]

    assert rows == [("cgj", 2, 1, 50), ("jaq", 1, 0, 0)]
    page = Client().get("/mailbox/", {"month": "2026-03"}).content.decode()
    assert "50%" not in page
    assert page.count("不到5件</td>") == 3  # two counts of letters, one of answers
    assert "2026年3月来信和答复" in page


@pytest.mark.django_db
def test_who_says_me_too_twice_is_counted_once_and_reports_of_wrongdoing_cannot_be_joined() -> None:
    ticket, client = published(), at_home(resident("孙浩"))
    address = f"/hotline/register/{ticket.handle}/"
    client.post(f"{address}voice/", {"next": address})
    answer = client.post(f"{address}voice/", {"next": address}, follow=True)

    assert "每人只计一次" in answer.content.decode()
    assert "1人" in Client().get(address).content.decode()
    told = hotline.ticket(kind="REPORT")
    assert client.post(f"/hotline/register/{told.handle}/voice/").status_code == 404
    assert Voice.objects.count() == 1


@pytest.mark.django_db
def test_me_too_needs_an_account() -> None:
    ticket = published()

    answer = Client().post(f"/hotline/register/{ticket.handle}/voice/")

    assert answer["Location"].startswith("/login/")
    assert Voice.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_thirty_two_presses_of_one_person_count_as_one() -> None:
    ticket, sun = hotline.ticket(), resident("孙浩")
    start, outcomes = threading.Barrier(CROWD), []

    def press() -> None:
        start.wait()
        try:
            outcomes.append(join(ticket=ticket, by=sun, at=TUESDAY))
        finally:
            connection.close()

    crowd = [threading.Thread(target=press) for _ in range(CROWD)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()

    assert sorted(outcomes) == [False] * (CROWD - 1) + [True]
    assert Voice.objects.count() == 1
    assert Entry.objects.filter(step="hotline.voice.add").count() == 1


@pytest.mark.parametrize(
    ("kept", "in_time", "late", "rate"),
    [
        (Kept(130, 104, 104), 100, 0, 100),
        (Kept(130, 104, 102), 100, None, None),  # two were late: no share that tells how many
        (Kept(130, 104, 93), 90, 10, 90),
        (Kept(9, 4, 3), None, None, None),
        (Kept(12, 9, 4), None, 5, None),
    ],
)
def test_a_units_page_tells_its_counts_in_fives_and_a_share_of_what_it_tells(kept, in_time, late, rate) -> None:
    told = kept.told()

    assert (told.in_time, told.late, told.rate) == (in_time, late, rate)


@given(st.lists(st.integers(0, 60), min_size=5, max_size=5), st.lists(st.integers(0, 4), min_size=5, max_size=5))
def test_two_weekly_looks_at_a_unit_differ_by_nothing_under_five(counts: list[int], more: list[int]) -> None:
    def shown(received: int, in_time: int, late: int, open_: int, overdue: int) -> list[int | None]:
        told = Kept(received, in_time + late, in_time, open=open_ + overdue, overdue=overdue).told()
        return [told.received, told.answered, told.in_time, told.late, told.open, told.overdue]

    first, second = shown(*counts), shown(*(n + m for n, m in zip(counts, more, strict=True)))

    assert all(n is None or n == 0 or n >= 5 for n in first)
    both = [(n, m) for n, m in zip(first, second, strict=True) if n is not None and m is not None]
    assert all(n == m or abs(n - m) >= 5 for n, m in both)


@pytest.mark.django_db
def test_a_units_page_says_in_words_what_it_withholds(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept(received=130, answered=104, in_time=102, promised=WORKING_WEEK, taken=DAY, open=26, overdue=3)
    monkeypatch.setattr("civic.hotline.portal.register.of_unit", lambda unit, at: kept)
    hotline.unit()

    page = Client().get("/hotline/register/units/cgj/").content.decode()

    for said in ("130件", "100件", "除不到5件以外，都按期", "25件，其中超期不到5件"):
        assert said in page
    for exact in ("104", "102", "26件", "超期3"):
        assert exact not in page


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/mailbox/", "/hotline/register/units/cgj/", "/hotline/register/cards/"])
def test_the_tables_of_units_are_there_in_english_too(path: str) -> None:
    hotline.published(channel="MAILBOX")
    client = Client()
    client.cookies["django_language"] = "en"

    page = client.get(path)

    assert (page.status_code, page["Content-Language"]) == (200, "en")
