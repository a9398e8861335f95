"""civic load DIR: takes a city pack in; a second time changes nothing."""

import argparse
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command, get_commands
from django.utils import timezone

from civic.areas.services import load_areas
from civic.catalogue import services
from civic.catalogue.pack.city import Pack, PackService, read_pack
from civic.catalogue.states import Source

MOST_ERRORS = 50


class Command(BaseCommand):
    help = "Load a city pack: areas, departments, places, services. Running it again changes nothing."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="the city pack, e.g. cities/luan")
        parser.add_argument("--check", action="store_true", help="only check the files; needs no database")

    def handle(self, *, folder: Path, check: bool, **options: Any) -> None:
        started = time.monotonic()
        pack = self.read(folder)
        if check:
            self.stdout.write(f"{folder}: {len(pack.services)} services, no errors")
            return
        self.load(folder, pack)
        for name in settings.CITY_COMMANDS:
            if name in get_commands():
                self.say(f"{name} ...")
                call_command(name, str(folder), stdout=self.stdout, stderr=self.stderr)
        self.say(f"loaded in {time.monotonic() - started:.1f} s")

    def read(self, folder: Path) -> Pack:
        """Return the pack; every error is told with file and line before the command ends."""
        if not folder.is_dir():
            raise CommandError(f"{folder}: no such folder. Name a city pack such as cities/luan.")
        pack = read_pack(folder)
        for error in pack.errors[:MOST_ERRORS]:
            self.stderr.write(str(error))
        if pack.errors:
            raise CommandError(f"{len(pack.errors)} errors in {folder}; nothing was loaded.")
        return pack

    def load(self, folder: Path, pack: Pack) -> None:
        at = timezone.now()
        areas = folder / "areas.csv"
        if areas.exists():
            loaded = load_areas(areas)
            self.say(f"areas: {loaded.added} new, {loaded.changed} changed, {loaded.unchanged} unchanged")
        written = services.take_directory(
            departments=pack.departments, places=pack.places, themes=pack.themes, events=pack.life_events, at=at
        )
        self.say(f"departments {len(pack.departments)}, places {len(pack.places)}: {written} written")
        tally = services.Tally()
        for batch in _batches(pack):
            items = [services.Loaded(s.code, s.content, demonstration=True) for s in batch]
            tally.add(services.publish_batch(items, source=Source.CITY, by="operator", at=at))
            self.say(f"services: {len(tally.added) + len(tally.changed) + len(tally.unchanged)}/{len(pack.services)}")
        counts = f"{len(tally.added)} new, {len(tally.changed)} changed, {len(tally.unchanged)} unchanged"
        self.stdout.write(f"services: {counts} (demonstration data)")

    def say(self, text: str) -> None:
        """Progress goes to standard error."""
        self.stderr.write(text, style_func=str)


def _batches(pack: Pack) -> list[list[PackService]]:
    """Return the services by file: one transaction a file."""
    files: dict[str, list[PackService]] = {}
    for service in pack.services.values():
        files.setdefault(service.file, []).append(service)
    return list(files.values())
