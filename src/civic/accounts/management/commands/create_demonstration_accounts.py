"""`create_demonstration_accounts`: the invented people of the demonstration."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from civic.accounts.demonstration import create_demonstration_accounts


class Command(BaseCommand):
    help = "Make the demonstration's people where they are missing. Does nothing outside a demonstration."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", help="the city pack; not read")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            self.stderr.write("CIVIC_DEMONSTRATION=0: no demonstration accounts were made.")
            return
        self.stderr.write(f"demonstration accounts: {create_demonstration_accounts(at=timezone.now())} new")
