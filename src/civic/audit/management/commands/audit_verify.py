"""`audit_verify`: checks the whole ledger and every sealed row, and names the first bad leaf."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from civic.audit.services.verify import verify_ledger


class Command(BaseCommand):
    help = "Check the whole ledger and every sealed row; exit code 1 and a report if anything is not as recorded."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--head",
            type=Path,
            action="append",
            default=[],
            help="a signed head or a receipt kept elsewhere (JSON); may be given several times",
        )

    def handle(self, *args: Any, head: list[Path], **options: Any) -> None:
        report = verify_ledger(at=now(), progress=self._progress, heads=[_head(path) for path in head])
        for line in report.lines():
            self.stdout.write(line)
        if not report.is_clean:
            sys.exit(1)

    def _progress(self, what: str, done: int, total: int) -> None:
        self.stderr.write(f"{what}: {done} of {total}")


def _head(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{path}: {error}") from error
    head = content.get("head", content) if isinstance(content, dict) else None
    if not isinstance(head, dict) or "note" not in head:
        raise CommandError(f"{path} holds neither a signed head nor a sealed receipt.")
    return head
