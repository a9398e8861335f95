"""The official notice of a year as lines that a person can copy, and what must be true of them. No Django.

`2027-01-01..2027-01-03 休 元旦` · `2027-01-10 班` · `2027-02-05 上午班 除夕` · `# a remark`
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from civic.deadlines.calendars import SATURDAY, DayKind

KINDS = {"休": DayKind.OFF, "班": DayKind.WORK, "上午班": DayKind.MORNING, "下午班": DayKind.AFTERNOON}
LINE = re.compile(
    r"(?P<first>\d{4}-\d{1,2}-\d{1,2})(?:\s*(?:\.\.+|…|~|～|至|—|–)\s*(?P<last>\d{4}-\d{1,2}-\d{1,2}))?"
    r"\s+(?P<kind>休|班|上午班|下午班)(?:\s+(?P<name>\S.*))?"
)
LONGEST = 16  # days in one line
# Regulation on holidays of festivals and memorial days (2024 revision, in force 2025): 13 days.
FESTIVALS = (
    ("元旦",),
    ("春节", "除夕"),
    ("清明",),
    ("劳动",),
    ("端午",),
    ("中秋",),
    ("国庆",),
)
FIXED = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
STATUTORY_DAYS = 13


@dataclass(frozen=True, slots=True)
class OfficialDay:
    """One day that the notice names."""

    on: date
    kind: DayKind
    name: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong, and in which line (0: in the whole)."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"第{self.line}行：{self.message}" if self.line else self.message


def parse(text: str, year: int) -> tuple[list[OfficialDay], list[LineError]]:
    """Return the days that `text` names for the notice of `year`, and all that is wrong with it."""
    days: list[OfficialDay] = []
    errors: list[LineError] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.replace("\u3000", " ").split("#")[0].strip()
        if line:
            found = _read(line, number)
            if isinstance(found, LineError):
                errors.append(found)
            else:
                days.extend(found)
    return days, errors + check(days, year, complete=not errors)


def check(days: Sequence[OfficialDay], year: int, *, complete: bool = True) -> list[LineError]:
    """Return all that contradicts the calendar, another line or the law; `complete` asks for every festival too."""
    errors = [*_contradictions(days, year)]
    if complete and not errors:
        errors += _absent(days, year)
    return errors


def net_days_off(days: Sequence[OfficialDay]) -> int:
    """Return the free weekdays less the weekends made up: the law's festival days, 13 in an ordinary year."""
    free = sum(day.kind is DayKind.OFF and day.on.weekday() < SATURDAY for day in days)
    return free - sum(day.kind is not DayKind.OFF and day.on.weekday() >= SATURDAY for day in days)


def _read(line: str, number: int) -> list[OfficialDay] | LineError:
    match = LINE.fullmatch(line)
    if match is None:
        return LineError(
            number, f"“{line}”看不懂。请写成“2027-01-01..2027-01-03 休 元旦”或“2027-01-10 班”，各部分之间空一格。"
        )
    try:
        first = _date(match["first"])
        last = _date(match["last"] or match["first"])
    except ValueError:
        return LineError(number, f"“{line}”里的日期不存在，请核对年月日。")
    if last < first:
        return LineError(number, f"结束日期{last}早于开始日期{first}，请对调。")
    if (last - first).days >= LONGEST:
        return LineError(number, f"{first}至{last}超过{LONGEST}天，请核对日期。")
    kind, name = KINDS[match["kind"]], (match["name"] or "").strip()
    return [OfficialDay(first + timedelta(days=n), kind, name, number) for n in range((last - first).days + 1)]


def _date(text: str) -> date:
    year, month, day = text.split("-")
    return date(int(year), int(month), int(day))


def _contradictions(days: Sequence[OfficialDay], year: int) -> Iterator[LineError]:
    seen: dict[date, int] = {}
    for day in days:
        if not (day.on.year == year or (day.on.year, day.on.month) == (year - 1, 12)):
            yield LineError(day.line, f"{day.on}不在{year}年（或上一年12月）之内，请核对年份。")
        if day.on in seen:
            yield LineError(day.line, f"{day.on}已在第{seen[day.on]}行写过，一天只能写一次。")
        seen.setdefault(day.on, day.line)
        if day.kind is DayKind.WORK and day.on.weekday() < SATURDAY:
            yield LineError(day.line, f"{day.on}不是周末，本来就是工作日，不能写成调休上班，请核对日期。")
        if day.kind is DayKind.OFF and not day.name:
            yield LineError(day.line, f"{day.on}放假的原因没有写，请在“休”后面写节日名称。")


def _absent(days: Sequence[OfficialDay], year: int) -> Iterator[LineError]:
    off = {day.on for day in days if day.kind is DayKind.OFF}
    names = {day.name for day in days if day.kind is DayKind.OFF}
    for words in FESTIVALS:
        if not any(word in name for word in words for name in names):
            yield LineError(0, f"缺少{words[0]}假期。请按通知补全全部七个节日后再提交。")
    for month, day in FIXED:
        if date(year, month, day) not in off:
            yield LineError(0, f"{date(year, month, day)}是法定节日，必须写成“休”。")
