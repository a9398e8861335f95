"""`load_deputies DIR`: the stations of people's deputies of a city pack; a second time changes nothing."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from civic.hotline.services.deputies import load_stations
from civic.hotline.services.loading import Misshapen


class Command(BaseCommand):
    help = "Load deputies.yaml of a city pack: stations and reception days of deputies who have an account."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="the city pack, e.g. cities/luan")

    def handle(self, *, folder: Path, **options: Any) -> None:
        path = folder / "deputies.yaml"
        if not path.exists():
            self.stderr.write(f"deputies: none, {folder} has no deputies.yaml")
            return
        try:
            loaded = load_stations(path, by="operator", at=timezone.now())
        except Misshapen as fault:
            raise CommandError(f"{fault} Nothing of it was loaded.") from fault
        self.stderr.write(f"deputies: {loaded.written} of {loaded.seen} written")
