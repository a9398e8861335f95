"""`create_demonstration_offers`: have the worker look at once for what the demonstration's people can be offered."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from civic.core.jobs import enqueue


class Command(BaseCommand):
    help = "Look for offers now and not only on Monday. Does nothing outside a demonstration."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", help="the city pack; not read")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            self.stderr.write("CIVIC_DEMONSTRATION=0: nothing was offered.")
            return
        enqueue("civic.instant.tasks.offer", timestamp=0)
        self.stderr.write("demonstration offers: the worker looks for them")
