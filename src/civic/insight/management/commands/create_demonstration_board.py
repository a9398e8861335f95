"""`create_demonstration_board`: three months of invented tickets, and the days counted."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from civic.accounts.models import Account
from civic.deadlines.calendars import CalendarMissing
from civic.hotline.models import Duty
from civic.insight.demonstration import SENDER, create_demonstration_past
from civic.insight.services.counting import catch_up


class Command(BaseCommand):
    help = "Make the demonstration's past tickets where there are none. Does nothing outside a demonstration."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", help="the city pack; not read")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            self.stderr.write("CIVIC_DEMONSTRATION=0: no demonstration tickets were made.")
            return
        if not Account.objects.filter(username=SENDER).exists() or not Duty.objects.exists():
            self.stderr.write("demonstration board: none, for this city pack lacks its lists or people")
            return
        at = timezone.now()
        try:
            made = create_demonstration_past(at=at)
        except CalendarMissing as missing:
            self.stderr.write(f"demonstration board: none, {missing.message}")
            return
        catch_up(at=at, most=1000)
        self.stderr.write(f"demonstration board: {made} new tickets")
