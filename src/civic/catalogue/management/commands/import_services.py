"""civic import services FILE.csv: takes another city's published list as it is; every row is imported or refused."""

import argparse
import csv
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from civic.catalogue import services
from civic.catalogue.pack.foreign import PROBLEMS, REQUIRED, Foreign, RowRefused, convert
from civic.catalogue.pack.tables import Row, Unreadable, read_rows

BATCH = 200
PROGRESS = 1000
NAMED_REFUSALS = 20


class Command(BaseCommand):
    help = "Import a list of services (columns TASK_CODE, TASK_NAME, ...). Running it again changes nothing."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--refused", type=Path, help="where refused rows go (default: NAME.refused.csv here)")

    def handle(self, *, file: Path, refused: Path | None, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"{file}: no such file.")
        run = _Run(refused or Path(f"{file.stem}.refused.csv"), self.stderr)
        try:
            rows = run.converted(read_rows(file, required=REQUIRED))
            while batch := list(islice(rows, BATCH)):
                run.take(batch)
        except Unreadable as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}. Name a writable file with --refused.") from error
        finally:
            run.close()
        self.stdout.write(run.summary())
        if run.rows == 0:
            raise CommandError(f"{file.name}: there is no row after the header.")


class _Run:
    """One import: what came of each row, and what was doubtful."""

    def __init__(self, refused: Path, progress: Any) -> None:
        self.rows = 0
        self.refusals = 0
        self.tally = services.Tally()
        self.problems: Counter[str] = Counter()
        self.lines: dict[str, int] = {}
        self.path = refused
        self.file: TextIO | None = None
        self.progress = progress

    def converted(self, rows: Iterator[Row]) -> Iterator[tuple[Foreign, Row]]:
        """Yield the rows that can become services; the others are refused here."""
        for row in rows:
            self.rows += 1
            if self.rows % PROGRESS == 0:
                self.progress.write(f"{self.rows} rows", style_func=str)
            try:
                if row.trouble:
                    raise RowRefused(row.trouble)
                foreign = convert(row.cells)
                first = self.lines.setdefault(foreign.code, row.line)
                if first != row.line:
                    raise RowRefused(f"TASK_CODE 与第{first}行重复，以第{first}行为准。")
                yield foreign, row
            except RowRefused as reason:
                self.refuse(row, str(reason))

    def take(self, batch: list[tuple[Foreign, Row]]) -> None:
        """Publish one batch and count what was doubtful in it."""
        pairs = [(foreign, row.cells) for foreign, row in batch]
        tally, refused = services.import_batch(pairs, at=timezone.now())
        self.tally.add(tally)
        for foreign, row in batch:
            if foreign.code in refused:
                self.refuse(row, refused[foreign.code])
            else:
                self.problems.update(foreign.problems)

    def refuse(self, row: Row, reason: str) -> None:
        """Write the row with its line and reason to the file of refusals."""
        if self.file is None:
            self.file = self.path.open("w", encoding="utf-8", newline="")
            csv.writer(self.file).writerow(["line", "TASK_CODE", "reason", "row"])
        csv.writer(self.file).writerow([row.line, row.cells.get("TASK_CODE", ""), reason, row.text])
        self.refusals += 1
        if self.refusals <= NAMED_REFUSALS:
            self.progress.write(f"line {row.line} refused: {reason}", style_func=str)

    def close(self) -> None:
        if self.file is not None:
            self.file.close()

    def summary(self) -> str:
        """Return what became of the rows, and the quality of what was taken in."""
        new, changed, same = len(self.tally.added), len(self.tally.changed), len(self.tally.unchanged)
        taken = new + changed + same
        lines = [f"rows {self.rows} = imported {taken} ({new} new, {changed} changed, {same} unchanged)"
                 f" + refused {self.refusals}"]  # fmt: skip
        if self.refusals:
            lines.append(f"refused rows, with line and reason: {self.path}")
        lines.append("data quality of the imported rows:")
        for name, count in self.problems.most_common():
            lines.append(f"  {name:24} {count:6}  {count / max(taken, 1):6.1%}  {PROBLEMS[name]}")
        return "\n".join(lines)
