"""`create_demonstration_rounds`: the invented rounds of the demonstration."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from civic.accounts.models import Account
from civic.areas.models import Area
from civic.budgeting.demonstration import AREA, HEAD, STREET, create_demonstration_rounds


class Command(BaseCommand):
    help = "Make the demonstration's rounds of participatory budgeting. Does nothing outside a demonstration."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", help="the city pack; not read")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            self.stderr.write("CIVIC_DEMONSTRATION=0: no demonstration rounds were made.")
            return
        if (
            not Account.objects.filter(username=HEAD).exists()
            or Area.objects.filter(code__in=[AREA, STREET]).count() < 2
        ):
            self.stderr.write("demonstration rounds: none, for this city pack lacks their people or areas")
            return
        made = create_demonstration_rounds(at=timezone.now())
        self.stderr.write(f"demonstration rounds: {made} new")
