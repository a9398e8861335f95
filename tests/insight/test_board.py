"""The hotline board: the ten calls of the seed, who sees what, what the public is not told, where numbers lead."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from civic.hotline.models import Category, Ticket
from civic.hotline.services.intake import join
from civic.insight.board import board, read
from civic.insight.scope import read_scope
from civic.supervision.models import Card
from tests.factories import hotline, insight, supervision
from tests.factories.accounts import MONDAY, at_home, official, resident
from tests.factories.hotline import DAY, HOUR

pytestmark = pytest.mark.django_db
TUESDAY = MONDAY + DAY
TODAY = TUESDAY.date()


@pytest.fixture(autouse=True)
def on_tuesday(monkeypatch: pytest.MonkeyPatch) -> None:
    for door in ("portal", "office"):
        monkeypatch.setattr(f"civic.insight.{door}.now", lambda: TUESDAY)


def lei() -> Any:
    return official("赵磊", roles=("supervisor",))


def internal(**asked: str) -> str:
    answer = at_home(lei()).get("/office/board/", asked)
    assert answer.status_code == 200
    return answer.content.decode()


def public(**asked: str) -> str:
    answer = Client().get("/hotline/board/", asked)
    assert answer.status_code == 200
    return answer.content.decode()


def figure(key: str, *, is_public: bool = False, **asked: str) -> Any:
    scope, _wrong = read_scope(asked, today=TODAY, is_public=is_public)
    return board(scope, today=TODAY, keys=(key,)).figures[0]


def rows(key: str, *, is_public: bool = False, **asked: str) -> list[tuple[str, int | None]]:
    return [(line.label, line.value) for line in figure(key, is_public=is_public, **asked).lines]


def section(page: str, key: str) -> str:
    return page.split(f'id="{key}"', 1)[1].split("</section>", 1)[0]


def test_the_ten_calls_of_the_seed_come_to_four_three_two_and_one() -> None:
    insight.sample()
    insight.counted(at=TUESDAY)

    assert rows("categories") == [("社保", 4), ("医保", 3), ("教育", 2), ("住房", 1)]
    drawn = section(internal(), "categories")
    svg = drawn.split("<svg", 1)[1].split("</svg>", 1)[0]
    assert re.findall(r"<text[^>]*>([^<]+)</text>", svg) == ["社保", "4", "医保", "3", "教育", "2", "住房", "1"]
    assert re.findall(r'c-chart__bar" x="0" y="[^"]+" width="([^"]+)"', svg) == ["70.00%", "52.50%", "35.00%", "17.50%"]
    assert 'role="img"' in svg
    assert "<desc" in svg
    assert "n = 10" in drawn


def test_a_number_leads_to_its_tickets() -> None:
    insight.sample()
    insight.counted(at=TUESDAY)
    client = at_home(lei())
    code = Category.objects.get(name="教育").code

    (link,) = [line.tickets for line in figure("categories").lines if line.label == "教育"]
    listed = client.get(link).content.decode()

    assert f"category={code}" in link
    assert listed.count("c-number") - 1 == 2
    numbers = set(re.findall(r"/office/hotline/tickets/(\w+)/", listed))
    assert numbers == set(Ticket.objects.filter(category__name="教育").values_list("number", flat=True))


def test_every_number_of_every_figure_leads_to_as_many_tickets() -> None:
    made = hotline.closed()
    insight.copies(made, 3, channel="PHONE")
    hotline.ticket(at=MONDAY + HOUR)
    insight.counted(at=TUESDAY)
    client = at_home(lei())

    for key in ("volume", "categories", "areas", "channels"):
        for line in figure(key).lines:
            if line.value:
                assert client.get(line.tickets).content.decode().count('data-label="编号"') == line.value, line
    for key, n in (("response", 4), ("resolution", 4)):
        for line in figure(key).lines:
            assert client.get(line.tickets).content.decode().count('data-label="编号"') == n


def test_a_class_opens_into_those_below_it_and_what_stands_only_at_the_level_is_said() -> None:
    lamp = hotline.dispatched()
    road = insight.copies(lamp, 2, category_id=hotline.category("010203").pk)
    insight.copies(road[0], 1, category_id=hotline.category("01").pk)
    insight.counted(at=TUESDAY)
    names = {one.code: one.label for one in Category.objects.all()}

    assert rows("categories") == [(names["01"], 4)]
    assert rows("categories", category="01") == [(names["0102"], 3), ("只到这一级", 1)]
    assert rows("categories", category="0102") == [(names["010203"], 2), (names["010201"], 1)]
    assert rows("categories", category="=01") == [(names["01"], 1)]
    assert rows("categories", category="010203") == [(names["010203"], 2)]
    (deeper,) = [line.deeper for line in figure("categories").lines]
    assert "category=01" in deeper


def test_what_has_no_class_or_place_stands_last_and_leads_to_its_tickets() -> None:
    hotline.ticket()
    hotline.dispatched()
    insight.counted(at=TUESDAY)

    found = figure("categories")

    assert [line.label for line in found.lines][-1] == "还没有分类"
    assert "category=-" in found.lines[-1].tickets
    assert rows("areas") == [("没有写地点", 2)]
    assert at_home(lei()).get(found.lines[-1].tickets).content.decode().count('data-label="编号"') == 1


def test_near_duplicates_count_as_one_issue_and_a_person_counts_once() -> None:
    wang, sun = resident("王芳"), resident("孙浩", phone="13900001111")
    lamp = hotline.dispatched(by=wang)
    again = hotline.ticket(by=wang, at=MONDAY + HOUR)
    other = hotline.ticket(by=sun, at=MONDAY + HOUR)
    for ticket in (again, other):
        ticket.merge(parent=lamp, by=hotline.gao_fei(), at=MONDAY + 2 * HOUR)
    join(ticket=lamp, by=sun, at=MONDAY + 3 * HOUR)
    join(ticket=lamp, by=resident("刘桂英", phone="13900002222"), at=MONDAY + 3 * HOUR)
    hotline.ticket(by=sun, title="垃圾没人清运", at=MONDAY + HOUR)
    insight.counted(at=TUESDAY)

    (line,) = figure("issues").lines

    assert (line.value, line.extra) == (3, ("3",))
    assert figure("issues").n == 4
    listed = at_home(lei()).get(line.tickets).content.decode()
    assert listed.count('data-label="编号"') == 3


def test_times_are_those_of_the_offices_and_of_everybody() -> None:
    hotline.closed()
    insight.counted(at=TUESDAY)

    response, resolution = figure("response"), figure("resolution")

    assert [line.words for line in response.lines] == ["1.0工作小时", "1.0工作小时", "2.0小时", "2.0小时"]
    assert [line.value for line in resolution.lines] == [6 * 60, 6 * 60, 24 * 60, 24 * 60]
    assert [line.extra for line in resolution.lines] == [("1",)] * 4


def test_the_public_is_told_no_number_under_five_and_none_that_follows_from_another() -> None:
    lamp = hotline.dispatched()
    insight.copies(lamp, 8, channel="PHONE")
    insight.copies(lamp, 5, channel="WECHAT")
    insight.counted(at=TUESDAY)

    assert rows("channels", is_public=True) == [("12345电话", 5), ("微信", None), ("网上留言", None)]
    assert figure("channels", is_public=True).n == 10  # of 14: the fifteenth is told when it is there
    assert rows("channels") == [("12345电话", 8), ("微信", 5), ("网上留言", 1)]
    shown = section(public(), "channels")
    assert "不公布" in shown
    assert ">8<" not in shown


def test_the_public_is_told_nothing_of_four_tickets() -> None:
    insight.copies(hotline.dispatched(), 3)
    insight.counted(at=TUESDAY)

    assert figure("volume", is_public=True).n is None
    page = public()
    assert "少于5件，不公布" in page
    assert 'class="c-chart"' not in page


def test_reports_and_confidences_are_not_in_what_the_public_sees() -> None:
    lamp = hotline.dispatched()
    insight.copies(lamp, 5)
    insight.copies(lamp, 7, kind="REPORT")
    insight.copies(lamp, 7, secrecy="CONFIDENTIAL")
    insight.copies(lamp, 7, state="WITHDRAWN")
    insight.counted(at=TUESDAY)

    assert figure("volume", is_public=True).n == 5
    assert figure("volume").n == 27


def test_a_public_number_leads_to_the_register_with_the_same_filters() -> None:
    lamp = hotline.published()
    insight.copies(lamp, 5, title_sealed=lamp.title_sealed)
    insight.counted(at=TUESDAY)

    (line,) = figure("channels", is_public=True, category="01").lines
    listed = Client().get(line.tickets).content.decode()

    assert line.tickets.startswith("/hotline/register/?since=")
    assert listed.count("c-results__title") == 6
    assert (
        Client().get(line.tickets.replace("channel=WEB", "channel=PHONE")).content.decode().count("c-results__t") == 0
    )
    before = Client().get("/hotline/register/", {"until": f"{TODAY - timedelta(days=2)}"}).content.decode()
    assert before.count("c-results__title") == 0
    assert Client().get("/hotline/register/", {"since": "yesterday"}).status_code == 200


def test_the_public_reads_a_title_only_where_it_is_published() -> None:
    lamp = hotline.dispatched()
    insight.copies(lamp, 5, parent_id=lamp.pk, caller_id=None, phone_index=None)
    insight.counted(at=TUESDAY)
    name = Category.objects.get(code="010201").label

    (line,) = figure("issues", is_public=True).lines
    assert (line.label, line.value, line.tickets) == (f"（标题没有公开）{name}", 5, "")

    Ticket.objects.filter(pk=lamp.pk).update(public_title="路口的灯", published_at=TUESDAY)
    (line,) = figure("issues", is_public=True).lines
    assert (line.label, line.tickets) == ("路口的灯", f"/hotline/register/{lamp.handle}/")
    assert "梅山路路灯不亮" not in public()


def test_a_leader_sees_the_own_unit_only_whatever_the_address_says() -> None:
    lamp = hotline.dispatched()
    insight.copies(lamp, 2, unit_id=hotline.unit("jaq").pk)
    insight.counted(at=TUESDAY)
    leader = at_home(official("马局", department=hotline.unit("cgj"), roles=("unit_leader",)))

    page = leader.get("/office/board/", {"unit": "jaq"}).content.decode()

    assert "n = 1<" in page
    assert 'name="unit"' not in page
    assert leader.get("/office/board/tickets/", {"unit": "jaq"}).content.decode().count('data-label="编号"') == 1
    assert (
        leader.get("/office/board/figures/volume.csv", {"unit": "jaq"}).content.decode().splitlines()[6]
        == "件数（n）,1"
    )


def test_a_handler_of_a_unit_finds_no_board() -> None:
    client = at_home(hotline.of_unit())

    assert client.get("/office/board/").status_code == 404
    assert Client().get("/office/board/")["Location"].startswith("/office/login/")


def test_a_file_says_what_it_is_and_no_cell_of_it_is_a_formula() -> None:
    odd = insight.classes("=1+1")["=1+1"]
    lamp = hotline.dispatched()
    insight.copies(lamp, 6, category_id=odd.pk)
    insight.counted(at=TUESDAY)

    answer = at_home(lei()).get("/office/board/figures/categories.csv", {"days": "7"})
    lines = answer.content.decode().splitlines()

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="categories-2026-02-25-2026-03-03.csv"'
    assert lines[0] == "\ufeff指标,诉求分类"
    assert lines[1].startswith("怎么算的,按热线中心定的分类计数")
    assert lines[2:7] == [
        "范围,全市", "统计起,2026-02-25", "统计止,2026-03-03", "截至,2026-03-03T09:00:00+08:00", "件数（n）,7"
    ]  # fmt: skip
    assert lines[10:12] == ["分类,数值,诉求数,占比", "'=1+1,6,6,85.7%"]


def test_the_public_file_withholds_what_the_page_withholds() -> None:
    lamp = hotline.dispatched()
    insight.copies(lamp, 8, channel="PHONE")
    insight.copies(lamp, 5, channel="WECHAT")
    insight.counted(at=TUESDAY)

    lines = Client().get("/hotline/board/figures/channels.csv").content.decode().splitlines()

    assert lines[-3:] == ["12345电话,5,5,50.0%", "微信,,不公布,—", "网上留言,,不公布,—"]
    assert Client().get("/hotline/board/figures/nothing.csv").status_code == 404


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"since": "2026-13-01"}, "日期没有看懂"),
        ({"since": "2026-03-02", "until": "2026-03-01"}, "结束日期早于开始日期"),
        ({"since": "2000-01-01", "until": "2026-03-01"}, "一次最多看三年"),
    ],
)
def test_a_period_that_is_none_is_said_and_kept_and_the_usual_one_is_shown(asked: dict[str, str], said: str) -> None:
    hotline.city()

    page = public(**asked)

    assert said in page
    assert f'value="{asked["since"]}"' in page
    assert "2026年2月2日" in page


def test_what_is_no_choice_is_left_out() -> None:
    hotline.dispatched()
    insight.counted(at=TUESDAY)

    assert figure("volume", category="no", area="x", unit="nowhere", channel="PIGEON").n == 1


def test_an_empty_board_says_that_there_is_nothing_and_since_when_it_is_counted() -> None:
    hotline.city()

    assert "还没有开始统计" in public()
    insight.counted(at=TUESDAY)
    page = public()
    assert "截至" in page
    assert "这个范围里还没有" in page


def test_a_day_that_waits_to_be_counted_is_said() -> None:
    hotline.dispatched()
    insight.counted(at=MONDAY + 2 * HOUR)

    page = public()

    assert "其中1天的数字正在重新统计" in page


def test_cards_that_stand_are_counted_a_hundred_tickets_and_by_difficulty() -> None:
    card = supervision.card("yellow")
    insight.copies(Ticket.objects.get(), 3)
    Card.objects.filter(pk=card.pk).update(given_at=MONDAY, difficulty=2)
    insight.counted(at=TUESDAY)

    found = {line.label: (line.value, line.extra) for line in figure("cards").lines}

    assert found["黄牌"] == (1, ("25.0", "0", "1", "0"))
    assert found["红牌"] == (0, ("0.0", "0", "0", "0"))
    assert figure("cards", category="01").lines == ()
    assert [line.value for line in figure("cards", is_public=True).lines] == [0, None, 0]


def test_the_rates_say_of_how_many_and_lead_to_those_who_were_called() -> None:
    hotline.called_back(at=MONDAY - DAY)
    hotline.called_back(solved=False, stars=1, at=MONDAY - DAY)
    hotline.unreached(at=MONDAY - DAY)
    insight.counted(at=TUESDAY)

    found = figure("rates")

    assert (found.n, [line.label for line in found.lines]) == (2, ["响应率", "解决率", "满意率"])
    assert [(line.value, line.words, line.extra[:3]) for line in found.lines] == [
        (1000, "100.0%", ("2", "2", "0")), (500, "50.0%", ("1", "2", "0")), (500, "50.0%", ("1", "2", "0")),
    ]  # fmt: skip
    assert at_home(lei()).get(found.lines[1].tickets).content.decode().count('data-label="编号"') == 2
    assert figure("rates", is_public=True).n is None


def test_the_boards_ask_the_same_few_questions_however_many_tickets() -> None:
    insight.copies(hotline.dispatched(), 3)
    insight.counted(at=TUESDAY)
    client = at_home(lei())
    client.get("/office/board/")
    few = _queries(client)
    insight.copies(Ticket.objects.first(), 60)
    insight.counted(at=TUESDAY + HOUR)

    assert _queries(client) == few


def _queries(client: Client) -> list[int]:
    found = []
    for ask, address in ((client, "/office/board/"), (client, "/office/board/tickets/"), (Client(), "/hotline/board/")):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            ask.get(address)
        found.append(len(asked))
    return found


def test_reading_a_scope_of_nothing_has_no_rows() -> None:
    scope, _wrong = read_scope({}, today=TODAY, is_public=True)

    assert {name: len(column) for name, column in read(scope).items()}["root"] == 0
