"""A table of starts and working days, answered row by row with due dates. No Django."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from civic.deadlines import rules
from civic.deadlines.calendars import CITY, Calendar, CalendarMissing

COLUMNS = ("id", "at", "workdays")
FORMATS = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d")
MOST_WORKDAYS = 10_000


@dataclass(frozen=True, slots=True)
class Answer:
    """The due date of a row, or what is wrong with the row."""

    id: str
    due_at: str
    problem: str = ""


def answer(row: dict[str, str | None], calendar: Callable[[], Calendar]) -> Answer:
    """Return the answer for one row; a time without a zone is the city's, and so is its due date."""
    key = (row.get("id") or "").strip()
    try:
        if not key:
            raise BadRow("缺少 id")
        at, days = _instant(row.get("at")), _workdays(row.get("workdays"))
        due = rules.deadline(calendar(), at if at.tzinfo else at.replace(tzinfo=CITY), days)
    except (BadRow, CalendarMissing) as error:
        return Answer(key, "", str(error))
    except OverflowError:
        return Answer(key, "", "日期超出可以计算的范围")
    return Answer(key, due.isoformat() if at.tzinfo else f"{due:%Y-%m-%d %H:%M:%S}")


class BadRow(ValueError):
    """A row cannot be answered; the message says what to correct."""


def _instant(text: str | None) -> datetime:
    text = (text or "").strip()
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for form in FORMATS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 the city's zone is added by the caller
        except ValueError:
            continue
    raise BadRow(f"at“{text}”不是时间，请写成 2026-03-02 09:30:00" if text else "缺少 at")


def _workdays(text: str | None) -> int:
    text = (text or "").strip()
    try:
        days = int(text)
    except ValueError:
        raise BadRow(f"workdays“{text}”不是整数" if text else "缺少 workdays") from None
    if not 1 <= days <= MOST_WORKDAYS:
        raise BadRow(f"workdays必须在1到{MOST_WORKDAYS}之间，现在是{days}")
    return days
