"""Counting by itself: columns, percentiles, worked time, spans, where the parts of a chart stand."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.deadlines.calendars import CITY, Calendar, Day, DayKind
from civic.hotline.states import Channel
from civic.insight import charts, rules

CALENDAR = Calendar([2026], {date(2026, 3, 4): Day(DayKind.OFF)})
FRIDAY = datetime(2026, 3, 6, 16, tzinfo=CITY)
HOUR = timedelta(hours=1)


def test_every_channel_has_its_place_and_keeps_it() -> None:
    assert set(rules.CHANNELS) == set(Channel.values)
    assert rules.CHANNELS[:10] == (
        "PHONE", "WEB", "MAILBOX", "FAILED", "WECHAT", "COUNTER", "GRID", "DEPUTY", "API", "IMPORT",
    )  # fmt: skip


def test_what_is_packed_comes_out_as_it_was() -> None:
    first = {name: [nth, nth + 1] for nth, name in enumerate(rules.COLUMNS)} | {"contact_work": [-1, 90_000]}
    second = {name: [1] for name in rules.COLUMNS}

    table = rules.unpack(
        [
            (date(2026, 3, 2), 2, rules.pack(first)),
            (date(2026, 3, 3), 1, rules.pack(second)),
            (date(2026, 3, 4), 0, b""),
        ]
    )

    assert {name: table[name].tolist() for name in rules.COLUMNS} == {name: [*first[name], 1] for name in rules.COLUMNS}
    assert table["day"].tolist() == [date(2026, 3, 2).toordinal()] * 2 + [date(2026, 3, 3).toordinal()]


def test_nothing_is_a_table_of_nothing() -> None:
    table = rules.unpack([])

    assert rules.size_of(table) == 0
    assert rules.tally(table["channel"]) == {}


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([5], 0.5, 5), ([1, 2], 0.5, 1), ([3, 1, 2], 0.5, 2), (list(range(1, 11)), 0.9, 9), (list(range(1, 12)), 0.9, 10)],
)
def test_a_percentile_is_a_value_that_occurred(values: list[int], share: float, expected: int) -> None:
    assert rules.percentile(np.array(values), share) == expected


def test_nothing_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="no percentile"):
        rules.percentile(np.zeros(0), 0.5)


@given(st.lists(st.integers(0, 100), min_size=1), st.sampled_from([0.5, 0.9]))
def test_at_least_the_share_reaches_a_percentile_and_less_than_it_lies_below(values: list[int], share: float) -> None:
    found = rules.percentile(np.array(values), share)

    assert sum(value <= found for value in values) >= share * len(values)
    assert sum(value < found for value in values) < share * len(values)


@pytest.mark.parametrize(
    ("since", "until", "pauses", "minutes"),
    [
        (FRIDAY, FRIDAY + HOUR / 2, [], 30),
        (FRIDAY, datetime(2026, 3, 9, 10, tzinfo=CITY), [], 120),  # an hour of Friday, an hour of Monday
        (datetime(2026, 3, 3, 16, tzinfo=CITY), datetime(2026, 3, 5, 10, tzinfo=CITY), [], 120),  # Wednesday is off
        (FRIDAY, datetime(2026, 3, 9, 12, tzinfo=CITY), [(datetime(2026, 3, 9, 9, tzinfo=CITY), None)], 60),
        (FRIDAY, datetime(2026, 3, 9, 12, tzinfo=CITY), [(FRIDAY - HOUR, FRIDAY + HOUR)], 180),
        (FRIDAY, datetime(2026, 3, 9, 12, tzinfo=CITY), [(FRIDAY - 2 * HOUR, FRIDAY - HOUR)], 240),
        (FRIDAY, None, [], -1),
        (None, FRIDAY, [], -1),
        (FRIDAY, FRIDAY - HOUR, [], -1),
        (FRIDAY, FRIDAY + timedelta(days=400), [], -1),  # into a year that is not published
    ],
)
def test_the_offices_time_is_theirs_alone(since: datetime, until: datetime, pauses: list, minutes: int) -> None:
    assert rules.office_minutes(CALENDAR, since, until, pauses) == minutes


def test_natural_time_is_all_time() -> None:
    assert rules.natural_minutes(FRIDAY, datetime(2026, 3, 9, 10, tzinfo=CITY)) == 66 * 60
    assert rules.natural_minutes(FRIDAY, None) == -1


def test_a_month_is_shown_in_days_half_a_year_in_weeks_and_more_in_months() -> None:
    first = date(2026, 1, 7)

    assert rules.spans(first, date(2026, 1, 9)) == [(first, date(2026, 1, 8)), (date(2026, 1, 8), date(2026, 1, 9))]
    weeks = rules.spans(first, first + timedelta(days=40))
    assert weeks[:2] == [(first, date(2026, 1, 12)), (date(2026, 1, 12), date(2026, 1, 19))]
    assert weeks[-1] == (date(2026, 2, 9), date(2026, 2, 16))
    months = rules.spans(date(2025, 11, 15), date(2026, 11, 15))
    assert months[0] == (date(2025, 11, 15), date(2025, 12, 1))
    assert months[1] == (date(2025, 12, 1), date(2026, 1, 1))
    assert len(months) == 13


def test_the_longest_bar_has_the_most_and_labels_stand_above_their_bars() -> None:
    chart = charts.bars([("社保", 4, "4"), ("住房", 1, "1"), ("其他", None, "不公布")])

    assert [bar.width for bar in chart.bars] == ["70.00%", "17.50%", "0.00%"]
    assert [(bar.label[0].words, bar.label[0].y, bar.y) for bar in chart.bars][:2] == [
        ("社保", "1.05em", "1.40em"), ("住房", "4.25em", "4.60em"),
    ]  # fmt: skip
    assert charts.bars([]).bars == ()


@pytest.mark.parametrize(
    ("label", "lines"),
    [
        ("社保", ["社保"]),
        ("“办不成事”反映窗口", ["“办不成事”反映窗口"]),
        ("梅山路与皖西大道交口的路灯不亮", ["梅山路与皖西大道交口的", "路灯不亮"]),
        ("Irrigation and flood control", ["Irrigation and flood", "control"]),
        ("一" * 30, ["一" * 11, "一" * 10 + "…"]),
    ],
)
def test_a_long_label_takes_two_lines(label: str, lines: list[str]) -> None:
    assert charts.wrapped(label) == lines
    assert all(charts.width_of(line) <= charts.WIDEST for line in lines)


def test_columns_share_the_width_and_the_highest_fills_the_field() -> None:
    chart = charts.columns([("3月1日", 2, "2"), ("3月2日", 8, "8"), ("3月3日", None, "不公布"), ("3月4日", 0, "0")])

    assert [(column.x, column.height) for column in chart.columns] == [
        ("2.50%", "25.00%"), ("27.50%", "100.00%"), ("52.50%", "0.00%"), ("77.50%", "0.00%"),
    ]  # fmt: skip
    assert (chart.most, chart.first, chart.middle, chart.last) == ("8", "3月1日", "3月3日", "3月4日")
