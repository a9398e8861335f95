"""Before and after: what is measured is exact, and too few cases are not compared."""

import csv
from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.cache import cache

from civic.cases.models import Case
from civic.cases.services import Application, submit_case
from civic.catalogue.models import Version
from civic.catalogue.rules.decision_after import after_errors
from civic.instant.effect import effect_of
from tests.factories import accounts as people
from tests.factories import cases
from tests.factories import instant as make

NOW = make.MONDAY + timedelta(days=20)
BEFORE = {"days": "3-5", "visits": 2, "papers": 5, "fields": 20, "source": "示范文章", "source_en": "Demonstration"}


@pytest.fixture
def version(db: None) -> Version:
    return cases.transfer_of_home(rules={**RULES, "before": BEFORE})


RULES = {
    "auto": False,
    "recheck_rate": 0,
    "facts": [{"key": "sold", "name": "已售", "type": "boolean", "source": "form.sold"}],
    "usual": {"sold": True},
    "tables": [
        {
            "key": "one", "name": "一",
            "rows": [{"key": "sold", "words": "已售", "when": {"sold": "true"}, "if_false": "PERSON", "basis": "条例"}],
        }
    ],
    "examples": [{"name": "已售", "outcome": "GRANT"}],
}  # fmt: skip


def decided_after(
    version: Version,
    days: int,
    *,
    at: datetime = make.MONDAY,
    channel: str = "ONLINE",
    delivery: str = "ELECTRONIC",
    **origins: str,
) -> Case:
    """A case submitted at `at` and decided so many natural days later."""
    sent = Application(
        form=cases.FORM, commitments=("homes",), delivery=delivery, channel=channel, origins=origins
    )  # fmt: skip
    case = submit_case(version=version, application=sent, by=people.resident(), at=at)
    return cases.decide(case, cases.officials(), at=at + timedelta(days=days))


def test_the_figures_are_those_of_the_cases(version: Version) -> None:
    for days, typed, drawn in ((0, "4", "8"), (1, "4", "8"), (4, "10", "2"), (7, "6", "6")):  # a weekend lies between
        decided_after(version, days, typed=typed, drawn=drawn, again="2", changed="1")
    decided_after(version, 0, channel="WINDOW", delivery="SELF_PICK")

    effect = effect_of(version, at=NOW)

    assert (effect.count, effect.before) == (5, BEFORE)
    assert effect.after is not None
    assert vars(effect.after) == {
        "count": 5,
        "days": Decimal(1),
        "at_once": 40,
        "visits": Decimal("0.4"),
        "papers": Decimal(0),
        "noted": 4,
        "typed": Decimal(6),
        "drawn": Decimal(6),
        "again": Decimal(2),
        "changed": Decimal(1),
    }


def test_papers_are_those_of_every_round_and_the_same_one_counts_once(version: Version) -> None:
    for _ in range(4):
        decided_after(version, 0)
    wang = people.resident()
    first, second = make.photo(wang), make.photo(wang, colour="olive")
    case = cases.case(version=version, by=wang, documents={"homes": [first]})
    staff = cases.officials()
    items = [{"pointer": "/documents/homes", "message": "请补另一页。"}]
    case.request_correction(items=items, by=staff["clerk"], at=make.MONDAY)
    case.resubmit(form=cases.FORM, documents={"homes": [first, second]}, by=wang, at=make.MONDAY)
    cases.decide(case, staff)

    after = effect_of(version, at=NOW).after

    assert after is not None
    assert (after.papers, after.noted, after.typed) == (Decimal("0.4"), 0, None)


def test_the_table_says_of_each_figure_what_it_is_of_how_many_and_of_when(
    version: Version, client, monkeypatch
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("civic.instant.portal.now", lambda: NOW)
    for _ in range(5):
        decided_after(version, 1, typed="4", drawn="8", again="1", changed="0")
    cache.clear()

    answer = client.get("/services/LA-ZR-001/effect.csv")

    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert rows[0][:5] == ["指标", "以前（部门自述）", "以前的出处", "现在（实测）", "办件数"]
    assert rows[1][:7] == ["办多久（工作日，中位数）", "3-5", "示范文章", "1", "5", "2025-03-22", "2026-03-22"]
    assert rows[6][:5] == ["重复填几项（平均）", "", "", "1", "5"]
    assert all(row[7] for row in rows)


def test_the_median_of_an_even_number_lies_between(version: Version) -> None:
    for days in (0, 1, 2, 2, 3, 4):
        decided_after(version, days)

    after = effect_of(version, at=NOW).after

    assert after is not None
    assert (after.days, after.typed, after.drawn) == (Decimal(2), None, None)


def test_four_cases_are_too_few_and_what_is_old_or_open_does_not_count(version: Version) -> None:
    for _ in range(4):
        decided_after(version, 0)
    cases.case(version=version)
    decided_after(version, 1, at=NOW - timedelta(days=380))

    effect = effect_of(version, at=NOW)

    assert (effect.count, effect.after) == (4, None)


def test_the_page_shows_both_sides_to_everybody(version: Version, client, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("civic.instant.portal.now", lambda: NOW)
    for _ in range(5):
        decided_after(version, 1, typed="4", drawn="8")

    page = client.get("/services/LA-ZR-001/effect/").content.decode()

    for words in ("效果对比", "3-5", "5件真实办件", "示范文章", "这是自述，不是实测", "现在（实测）"):
        assert words in page
    assert "/services/LA-ZR-001/effect/" in client.get("/services/LA-ZR-001/").content.decode()


def test_too_few_cases_say_so_and_show_no_figure(version: Version, client, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("civic.instant.portal.now", lambda: NOW)
    decided_after(version, 1)
    cache.clear()

    page = client.get("/services/LA-ZR-001/effect/").content.decode()

    assert "办件太少，还不能比较" in page
    assert "最近一年办结1件" in page


def test_a_service_without_a_before_has_no_such_page(db: None, client) -> None:  # type: ignore[no-untyped-def]
    cases.transfer_of_home()

    assert client.get("/services/LA-ZR-001/effect/").status_code == 404
    assert client.get("/services/LA-XX-999/effect/").status_code == 404


def test_the_newborn_service_names_what_it_took_before() -> None:
    before = make.city_content("LA-GA-001")["rules"]["before"]

    assert (before["days"], before["visits"], before["papers"]) == ("3-5", 2, 5)
    assert "示范文章" in before["source"]


@pytest.mark.parametrize(
    ("part", "pointer"),
    [
        ({"binding": ["nobody"]}, "/rules/binding"),
        ({"binding": "nobody"}, "/rules/binding"),
        ({"consent": {"fact": "yes", "words": "同意吗", "basis": ""}}, "/rules/consent/basis"),
        ({"consent": {"fact": "yes", "words": "同意吗", "who": "他"}}, "/rules/consent"),
        ({"before": "5"}, "/rules/before"),
        ({"before": {"days": 5, "source": "文章"}}, "/rules/before/days"),
        ({"before": {"visits": -1, "source": "文章"}}, "/rules/before/visits"),
        ({"before": {"visits": True, "source": "文章"}}, "/rules/before/visits"),
        ({"before": {"visits": 2}}, "/rules/before/source"),
        ({"before": {"after": 0, "source": "文章"}}, "/rules/before"),
        ({"offer": {"age_from": 80, "answers": {}, "words": "可以领"}, "auto": False}, "/rules/offer"),
        ({"offer": {"age_from": "80", "answers": {}, "words": "可以领"}}, "/rules/offer/age_from"),
        ({"offer": {"age_from": 80, "answers": {"holder": 1}, "words": "可以领"}}, "/rules/offer/answers"),
        ({"offer": {"age_from": 80, "answers": {}}}, "/rules/offer/words"),
        ({"offer": {"age_from": 80, "answers": {}, "words": "可以领", "score": 1}}, "/rules/offer"),
    ],
)
def test_a_part_that_cannot_be_right_is_named(part: dict, pointer: str) -> None:  # type: ignore[type-arg]
    yes = {"key": "yes", "name": "同意", "type": "boolean"}
    rules = {"auto": True, "facts_by": "allowance", "facts": [yes], **part}

    assert [error.pointer for error in after_errors(rules)] == [pointer]


def test_parts_that_are_right_are_taken() -> None:
    offer = {"age_from": 80, "answers": {"holder": "self"}, "words": "可以领", "words_en": "Take it"}

    assert after_errors({"auto": True, "facts_by": "allowance", "facts": [], "offer": offer, "before": BEFORE}) == []
