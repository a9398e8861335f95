"""`deadlines_due --file IN.csv --out OUT.csv`: due dates for a table with the columns id, at, workdays."""

import csv
import io
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from civic.core.csv_limit import set_longest_cell
from civic.deadlines.due_table import COLUMNS, Answer, answer
from civic.deadlines.models import published_calendar

EVERY = 10_000  # rows between two lines of progress
SHOWN = 50  # bad rows named one by one


class Command(BaseCommand):
    """Answers every row; bad rows are named by line, kept with an empty due date, and make the exit status 1."""

    help = "Due dates for a CSV table with the columns id, at, workdays (times without a zone are the city's)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--file", required=True, help="CSV with the columns id, at, workdays")
        parser.add_argument("--out", required=True, help="CSV to write, with the columns id, due_at")

    def handle(self, *args: Any, **options: Any) -> None:
        source, target = Path(options["file"]), Path(options["out"])
        rows = self._rows(source)
        partial = target.with_name(target.name + ".partial")
        try:
            with partial.open("w", encoding="utf-8", newline="") as out:
                total, bad = self._write(rows, out)
            partial.replace(target)
        except OSError as error:
            raise CommandError(f"不能写入 {target}:{error.strerror}") from error
        self.stderr.write(f"完成：{total} 行，其中 {bad} 行有误。")
        if bad:
            raise CommandError(f"有 {bad} 行没有算出到期时间，已在 {target} 中留空，请改正后重算。", returncode=1)

    def _write(self, rows: Iterator[tuple[int, dict[str, str | None]]], out: Any) -> tuple[int, int]:
        calendar = published_calendar(fresh=True)
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["id", "due_at"])
        total = bad = 0
        for line, row in rows:
            found = answer(row, lambda: calendar)
            writer.writerow([found.id, found.due_at])
            total += 1
            if found.problem:
                bad += 1
                self._name(line, found, bad)
            if total % EVERY == 0:
                self.stderr.write(f"已处理 {total} 行……")
        return total, bad

    def _name(self, line: int, found: Answer, bad: int) -> None:
        if bad <= SHOWN:
            self.stderr.write(f"第{line}行（id {found.id or '空'}）：{found.problem}")
        elif bad == SHOWN + 1:
            self.stderr.write("更多有误的行不再逐一列出，输出表中 due_at 为空的就是。")

    def _rows(self, source: Path) -> Iterator[tuple[int, dict[str, str | None]]]:
        try:
            raw = source.read_bytes()
        except OSError as error:
            raise CommandError(f"不能读取 {source}:{error.strerror}") from error
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("gb18030", errors="replace")
        set_longest_cell()
        reader = csv.DictReader(io.StringIO(text, newline=""))
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
        if missing:
            raise CommandError(f"{source} 缺少列：{'、'.join(missing)}。第一行应为 id,at,workdays。")
        return ((reader.line_num, row) for row in reader)
