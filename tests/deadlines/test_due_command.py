"""`deadlines_due`: every row of a table answered, bad rows named by line, nothing lost."""

import csv
import io
import os
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from civic.deadlines import published

pytestmark = pytest.mark.django_db
PLACES = [Path(os.environ.get("CIVIC_SHARED_DATA", "-")), settings.ROOT.parent / "shared" / "data"]
SHARED = next((place for place in PLACES if place.is_dir()), None)
HAS_DATA = SHARED is not None or os.environ.get("CI", "").lower() == "true"  # in CI a missing set is a failure
needs_data = pytest.mark.skipif(not HAS_DATA, reason="the shared real data are not here: set CIVIC_SHARED_DATA")


def run(tmp_path: Path, content: str | bytes) -> tuple[list[list[str]], str]:
    source, target, said = tmp_path / "in.csv", tmp_path / "out.csv", io.StringIO()
    source.write_bytes(content.encode() if isinstance(content, str) else content)
    try:
        call_command("deadlines_due", file=str(source), out=str(target), stderr=said)
    except CommandError as error:
        said.write(f"!{error}")
    rows = list(csv.reader(target.open(encoding="utf-8"))) if target.exists() else []
    return rows, said.getvalue()


def test_times_without_a_zone_are_the_citys_and_times_with_one_keep_theirs(tmp_path: Path) -> None:
    rows, said = run(
        tmp_path,
        "id,at,workdays\na,2025-03-03 16:53:13,15\nb,2025-03-03T17:00:00Z,1\nc,2025/3/3 16:53,1\nd,2025-03-03,1\n",
    )

    assert rows == [
        ["id", "due_at"],
        ["a", "2025-03-24 23:59:59"],
        ["b", "2025-03-05T23:59:59+08:00"],
        ["c", "2025-03-04 23:59:59"],
        ["d", "2025-03-04 23:59:59"],
    ]
    assert "完成：4 行，其中 0 行有误。" in said


def test_bad_rows_are_named_by_line_and_kept_with_an_empty_due_date(tmp_path: Path) -> None:
    rows, said = run(
        tmp_path,
        "id,at,workdays\na,yesterday,5\nb,2025-03-03 09:00:00,five\nc,2025-03-03 09:00:00,0\n"
        ",2025-03-03 09:00:00,5\ne,2026-12-30 09:00:00,9\nf,2025-03-03 09:00:00,1\ng,2025-03-03 09:00:00\nh,,1\n",
    )

    assert rows[1:] == [
        ["a", ""],
        ["b", ""],
        ["c", ""],
        ["", ""],
        ["e", ""],
        ["f", "2025-03-04 23:59:59"],
        ["g", ""],
        ["h", ""],
    ]
    for words in (
        "第2行（id a）：at“yesterday”不是时间",
        "第3行（id b）：workdays“five”不是整数",
        "第4行（id c）：workdays必须在1到10000之间，现在是0",
        "第5行（id 空）：缺少 id",
        "第6行（id e）：2027年的工作日历尚未录入",
        "第8行（id g）：缺少 workdays",
        "第9行（id h）：缺少 at",
        "!有 7 行没有算出到期时间",
    ):
        assert words in said


def test_a_file_from_a_chinese_spreadsheet_is_read(tmp_path: Path) -> None:
    rows, _ = run(tmp_path, "id,at,workdays\n办件一,2025-03-03 09:00:00,1\n".encode("gb18030"))

    assert rows[1] == ["办件一", "2025-03-04 23:59:59"]


def test_a_missing_column_or_file_is_refused_and_writes_nothing(tmp_path: Path) -> None:
    rows, said = run(tmp_path, "id,when,workdays\na,2025-03-03,1\n")
    assert rows == []
    assert "缺少列：at" in said

    with pytest.raises(CommandError, match="不能读取"):
        call_command("deadlines_due", file=str(tmp_path / "none.csv"), out=str(tmp_path / "out.csv"))


@needs_data
@pytest.mark.real_data
def test_every_published_deadline_of_225_real_complaints_comes_out_exact(tmp_path: Path) -> None:
    assert SHARED is not None, "CI must have the shared real data: set CIVIC_SHARED_DATA"
    with (SHARED / "wenzheng_sichuan" / "sla_vectors.csv").open(encoding="utf-8") as file:
        vectors = list(csv.DictReader(file))
    table = "".join(f"{v['id']},{v['assign_at']},{v['workdays_assign_to_deadline']}\n" for v in vectors)

    rows, _ = run(tmp_path, "id,at,workdays\n" + table)

    assert len(vectors) == 225
    assert rows[1:] == [[v["id"], v["deadline"]] for v in vectors]


@needs_data
@pytest.mark.real_data
def test_the_published_years_agree_with_a_second_source_day_by_day() -> None:
    import json

    assert SHARED is not None, "CI must have the shared real data: set CIVIC_SHARED_DATA"
    days = published.exceptions()
    checked = 0
    for path in sorted((SHARED / "holidays" / "holiday-cn").glob("*.json")):
        for day in json.loads(path.read_text(encoding="utf-8"))["days"]:
            on = date.fromisoformat(day["date"])
            named = days.get(on)
            is_off = named.kind == "OFF" if named else on.weekday() >= 5
            assert is_off == day["isOffDay"], on
            checked += 1
    assert checked > 600
