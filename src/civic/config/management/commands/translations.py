"""`civic manage translations`: compiles the English of every room; --update collects texts; --check finds gaps."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from civic.config import texts


class Command(BaseCommand):
    """Compiles, collects or checks the texts of the pages."""

    help = "Compile the English texts (default), collect new ones (--update), or list those without English (--check)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--update", action="store_true", help="add texts without English to each room's django.po")
        parser.add_argument("--check", action="store_true", help="fail and list every text without English")
        parser.add_argument("--room", action="append", default=[], help="only this room; may be repeated")

    def handle(self, *args: Any, **options: Any) -> None:
        rooms = [room for room in texts.rooms() if not options["room"] or room.name in options["room"]]
        known = texts.translated()
        if options["check"]:
            gaps = [gap for room in rooms for gap in texts.missing(room, known)]
            if gaps:
                raise CommandError("texts without English:\n" + "\n".join(gaps))
            self.stdout.write("every text has English")
        elif options["update"]:
            for room in rooms:
                self.stdout.write(f"{room.name}: {texts.update(room, known)} without English")
        else:
            self.stdout.write(f"compiled {texts.compile_all()} catalogues")
