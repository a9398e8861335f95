"""`civic import tickets FILE.csv --mapping MAPPING.yaml`: past tickets with their real times; twice changes nothing."""

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from civic.accounts.models import Account
from civic.hotline.mapping import Unmapped, read_mapping, rows_of
from civic.hotline.services.history import take_in_past

EVERY = 2.0  # seconds after which somebody who watches is told how far it is
IMPORTER = "hotline-import"  # the account in whose name past tickets are taken in
NAMED_REFUSALS = 20


class Command(BaseCommand):
    help = "Take in tickets of the past from a CSV file, after a mapping file. What is in already is left alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV in UTF-8, the first line names the columns")
        parser.add_argument("--mapping", type=Path, required=True, help="YAML: see civic/hotline/mapping.py")

    def handle(self, *, file: Path, mapping: Path, **options: Any) -> None:
        count: Counter[str] = Counter()
        told = monotonic()
        try:
            mapped, by = read_mapping(mapping), importer()
            for line, row in rows_of(file, mapped):
                self._take(line, row, mapped, by, count)
                if monotonic() - told >= EVERY:
                    told = monotonic()
                    self.stderr.write(f"{count['rows']} rows, {count['new']} new", style_func=str)
        except Unmapped as fault:
            raise CommandError(f"{fault} {count['new']} tickets were taken in before.") from fault
        self.stdout.write(f"rows {count['rows']} = new {count['new']} + known {count['known']}"
                          f" + refused {count['refused']}")  # fmt: skip

    def _take(self, line: int, row: dict[str, str], mapped: Any, by: Account, count: Counter[str]) -> None:
        count["rows"] += 1
        try:
            _ticket, new = take_in_past(mapped.past(row), by=by, at=timezone.now())
        except Unmapped as fault:
            count["refused"] += 1
            if count["refused"] <= NAMED_REFUSALS:
                self.stderr.write(f"line {line} refused: {fault}")
            return
        count["new" if new else "known"] += 1


def importer() -> Account:
    """Return the account in whose name imports are made, opened the first time."""
    name = IMPORTER
    found = Account.objects.filter(username=name).first()
    opened: Account = found or Account.objects.open(
        kind=Account.Kind.MACHINE, username=name, by="operator", at=timezone.now()
    )
    return opened
