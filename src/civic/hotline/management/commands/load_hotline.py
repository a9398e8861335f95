"""`load_hotline DIR`: what a city pack says of its hotline; a second time changes nothing."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from civic.hotline.services.loading import Misshapen, load_pack, read_pack


class Command(BaseCommand):
    help = "Load hotline.yaml of a city pack: timer profiles, rungs, grounds, categories, duties."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="the city pack, e.g. cities/luan")

    def handle(self, *, folder: Path, **options: Any) -> None:
        path = folder / "hotline.yaml"
        if not path.exists():
            self.stderr.write(f"hotline: none, {folder} has no hotline.yaml")
            return
        try:
            loaded = load_pack(read_pack(path), by="operator", at=timezone.now())
        except Misshapen as fault:
            raise CommandError(f"{fault} Nothing of it was loaded.") from fault
        self.stderr.write(f"hotline: {loaded.written} of {loaded.seen} written")
