"""`create_demonstration_licences`: the licences of the demonstration's people."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from civic.licences.demonstration import create_demonstration_licences


class Command(BaseCommand):
    help = "Issue the demonstration's licences where they are missing. Does nothing outside a demonstration."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", help="the city pack; not read")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            self.stderr.write("CIVIC_DEMONSTRATION=0: no demonstration licences were made.")
            return
        self.stderr.write(f"demonstration licences: {create_demonstration_licences(at=timezone.now())} new")
