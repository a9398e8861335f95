"""civic manage catalogue_validate DIR: checks a city pack's files; needs no database."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, call_command


class Command(BaseCommand):
    help = "Check every file of a city pack and name file, line and field of each error."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *, folder: Path, **options: Any) -> None:
        call_command("load_city", str(folder), check=True, stdout=self.stdout, stderr=self.stderr)
