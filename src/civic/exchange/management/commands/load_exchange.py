"""`civic manage load_exchange DIR`: the lists of data sharing of a city pack; a second time changes nothing."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from civic.exchange.services.loading import Misshapen, load_lists, read_lists


class Command(BaseCommand):
    help = "Load exchange.yaml of a city pack: resources, duties, restrictions, demands."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="the city pack, e.g. cities/luan")

    def handle(self, *, folder: Path, **options: Any) -> None:
        path = folder / "exchange.yaml"
        if not path.exists():
            self.stderr.write(f"data sharing: none, {folder} has no exchange.yaml")
            return
        try:
            loaded = load_lists(read_lists(path), by="operator", at=timezone.now())
        except Misshapen as fault:
            raise CommandError(f"{fault} Nothing of it was loaded.") from fault
        self.stderr.write(f"data sharing: {loaded.written} of {loaded.seen} written")
