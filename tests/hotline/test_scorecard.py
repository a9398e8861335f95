"""Cards per hundred tickets: by difficulty, not by volume; and the pages of rates and exclusions."""

import csv
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from civic.accounts.models import Department
from civic.hotline.models import Category, Exclusion, Ticket
from civic.hotline.rates import three_rates
from civic.hotline.rules import Rate, per_hundred
from civic.hotline.scorecard import Score, UnitScore, scorecard
from civic.supervision.models import Card
from tests.factories import hotline, supervision
from tests.factories.accounts import MONDAY
from tests.factories.hotline import DAY
from tests.hotline.desk import at_desk, shown

MARCH, APRIL = MONDAY.replace(day=1, hour=0) - timedelta(hours=8), MONDAY.replace(month=4, day=1, hour=0)
LATER = MONDAY + 20 * DAY


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    for door in ("portal.scores", "portal.register", "office.rates", "office.exclusions"):
        monkeypatch.setattr(f"civic.hotline.{door}.now", lambda: LATER)


@pytest.mark.parametrize(
    ("cards", "handled", "ratio"),
    [(0, 5, "0.0"), (1, 5, "20.0"), (1, 3000, "0.0"), (2, 3, None), (1, 16, "6.3"), (7, 5, "140.0")],
)
def test_a_ratio_has_one_decimal_and_there_is_none_of_fewer_than_five(cards, handled, ratio):
    assert per_hundred(cards, handled) == (None if ratio is None else Decimal(ratio))


def scores() -> dict[str, Any]:
    return {one.unit.code: one for one in scorecard(since=MARCH, until=APRIL)}


@pytest.fixture
def month(db) -> dict[str, Ticket]:
    """城市管理局 has five easy tickets, one of them late, and a harder one; 热线中心 was slow once."""
    tickets = [hotline.handled() for _ in range(5)]
    Category.objects.filter(pk=hotline.category("010203").pk).update(difficulty=3)
    hard = hotline.handled(code="010203")
    supervision.rung(tickets[0], "blue")
    supervision.rung(tickets[0])
    supervision.rung(tickets[1], "yellow", "ticket.dispatch")
    return {"late": tickets[0], "hard": hard}


def test_cards_come_on_the_tickets_of_their_own_difficulty(month):
    supervision.rung(Ticket.objects.get(pk=month["hard"].pk))

    found = scores()["cgj"]

    assert found.total == Score(handled=6, blue=1, yellow=2)
    assert dict(found.by_difficulty) == {1: Score(5, blue=1, yellow=1), 2: Score(), 3: Score(1, yellow=1)}
    assert found.total.per_hundred == Decimal("33.3")
    assert [score.per_hundred for _, score in found.by_difficulty] == [Decimal("20.0"), None, None]
    assert scores()["rx"].total == Score(handled=6, yellow=1)


def test_revoked_dropped_and_unsigned_cards_do_not_count_and_the_first_two_are_told_apart(month):
    card = Card.objects.get(colour="YELLOW", unit__code="cgj")
    at = card.given_at
    card.appeal(statement="来电人要求延后。", by=hotline.of_unit(), at=at)
    card.revoke(finding="情况属实，撤销。", by=supervision.ding_yi(), at=at)
    supervision.by_hand(month["hard"], colour="RED")
    supervision.by_hand(month["late"], colour="RED").drop(words="证据不足。", by=supervision.ding_yi(), at=at)

    assert scores()["cgj"].total == Score(handled=6, blue=1, yellow=0, red=0, revoked=1, dropped=1)


def test_the_public_page_and_its_file_tell_each_unit_with_n_and_period_and_no_ratio_of_few(month):
    page = Client().get("/hotline/register/cards/", {"month": "2026-03"}).content.decode()
    assert "每百件16.7张" not in page  # of six tickets it would tell that there was one card
    assert "（1件）" not in page
    assert "王芳" not in page

    answer = Client().get("/hotline/register/cards.csv", {"month": "2026-03"})
    lines = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    of_cgj = {line["difficulty"]: line for line in lines if line["unit"] == "cgj"}
    assert [(of_cgj[key]["tickets"], of_cgj[key]["per_100"]) for key in ("1", "2", "3", "all")] == [
        ("", ""), ("0", ""), ("", ""), ("5", ""),
    ]  # fmt: skip
    assert of_cgj["all"]["since"] == "2026-03-01T00:00:00+08:00"
    assert "还没有转办" in Client().get("/hotline/register/cards/", {"month": "2026-01"}).content.decode()


def test_a_units_own_page_shows_its_cards_and_leads_to_all(month):
    page = Client().get("/hotline/register/units/cgj/").content.decode()

    assert "不公布" in page
    assert "每百件16.7张" not in page
    assert 'href="/hotline/register/cards/"' in page


def test_supervisors_see_rates_cards_and_the_warning_others_do_not_come_in(month):
    hotline.called_back(solved=False, stars=1, at=MONDAY - 28 * DAY)
    hotline.called_back()
    left_out = hotline.exclusion()
    left_out.confirm(finding="清单属实。", by=supervision.wu_gang(), at=MONDAY + 3 * DAY)

    page = shown(supervision.wu_gang(), "/office/hotline/rates/?month=2026-03")

    assert "解决率比上月提高，同时剔除的比例也提高了" in page
    assert "1（50.0%）" in page
    assert at_desk(hotline.of_unit()).get("/office/hotline/rates/").status_code == 404


def test_a_leader_asks_from_the_ticket_a_second_person_decides_and_nothing_typed_is_lost(db):
    ticket = hotline.called_back(solved=False, stars=1)
    leader, evidence = hotline.unit_leader(), "六政办〔2024〕1号：该路段由金安区养护。"
    assert "申请从三率中剔除" in shown(leader, f"/office/hotline/tickets/{ticket.number}/")
    body = {"number": ticket.number, "rate": "RESPONSE", "ground": "out_of_scope", "evidence": evidence}

    wrong = at_desk(leader).post("/office/hotline/exclusions/new/", body)
    assert (wrong.status_code, evidence in wrong.content.decode()) == (400, True)
    assert not Exclusion.objects.exists()
    at_desk(leader).post("/office/hotline/exclusions/new/", {**body, "rate": "SOLVED"})
    made = Exclusion.objects.get()

    path = f"/office/hotline/exclusions/{made.pk}/"
    assert evidence in shown(supervision.ding_yi(), path)
    assert at_desk(hotline.of_unit("赵磊", "zjj")).get(path).status_code == 404
    stale = at_desk(supervision.ding_yi()).post(f"{path}confirm/", {"seen": 9, "words": "清单属实。"})
    assert (stale.status_code, Exclusion.objects.get().state) == (412, "PROPOSED")
    answer = at_desk(supervision.ding_yi()).post(f"{path}confirm/", {"seen": made.version, "words": "清单属实。"})
    assert answer["Location"] == path
    assert three_rates(since=MARCH, until=APRIL).solved == Rate(0, 0, excluded=1)


def test_the_list_of_exclusions_asks_the_database_as_often_for_many_as_for_one(db, django_assert_max_num_queries):
    for _ in range(3):
        hotline.exclusion()
    browser = at_desk(supervision.wu_gang())
    assert browser.get("/office/hotline/exclusions/").content.decode().count("/office/hotline/exclusions/") > 3
    with django_assert_max_num_queries(10):
        browser.get("/office/hotline/exclusions/?view=all")


def of_counts(easy: Score, hard: Score) -> UnitScore:
    names = ("handled", "blue", "yellow", "red", "revoked", "dropped")
    total = Score(*(getattr(easy, name) + getattr(hard, name) for name in names))
    return UnitScore(Department(code="cgj"), total, ((1, easy), (2, Score()), (3, hard)))


def test_the_public_is_told_blocks_of_five_their_ratio_and_no_part_that_gives_a_small_one_away():
    told = of_counts(Score(103, blue=11, yellow=7, red=5), Score(22, yellow=3)).told()

    assert told.total == Score(125, blue=10, yellow=10, red=5)
    assert told.total.per_hundred == Decimal("12.0")
    assert dict(told.by_difficulty) == {
        1: Score(100, blue=10, yellow=None, red=5), 2: Score(), 3: Score(20, yellow=None),
    }  # fmt: skip


@given(
    first=st.lists(st.integers(0, 40), min_size=12, max_size=12),
    more=st.lists(st.integers(0, 3), min_size=12, max_size=12),
)
def test_no_number_of_the_public_is_under_five_and_no_two_weekly_looks_differ_by_fewer(first, more):
    def shown(counts: list[int]) -> list[int | None]:
        one = of_counts(Score(*counts[:6]), Score(*counts[6:])).told()
        names = ("handled", "blue", "yellow", "red", "revoked", "dropped")
        return [getattr(score, name) for score in (one.total, *(row for _, row in one.by_difficulty)) for name in names]

    now, later = shown(first), shown([n + m for n, m in zip(first, more, strict=True)])

    assert all(n is None or n == 0 or n >= 5 for n in now)
    changes = [abs(m - n) for n, m in zip(now, later, strict=True) if n is not None and m is not None]
    assert all(change == 0 or change >= 5 for change in changes)
