"""`create_demonstration_tickets`: the invented tickets of the demonstration."""

from argparse import ArgumentParser
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from civic.accounts.models import Account
from civic.deadlines.calendars import CalendarMissing
from civic.hotline.crowd_demonstration import create_demonstration_crowd
from civic.hotline.demonstration import DEPUTY, HANDLERS, SENDER, create_demonstration_tickets
from civic.hotline.models import Category


class Command(BaseCommand):
    help = "Make the demonstration's tickets where there are none. Does nothing outside a demonstration."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", help="the city pack; not read")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            self.stderr.write("CIVIC_DEMONSTRATION=0: no demonstration tickets were made.")
            return
        people = {SENDER, DEPUTY, *HANDLERS.values()}
        known = Account.objects.filter(username__in=people).count()
        if known < len(people) or not Category.objects.filter(level=3, is_offered=True).exists():
            self.stderr.write("demonstration tickets: none, for this city pack lacks their lists or people")
            return
        try:
            made = create_demonstration_tickets(at=timezone.now()) + create_demonstration_crowd(at=timezone.now())
        except CalendarMissing as missing:
            self.stderr.write(f"demonstration tickets: none, {missing.message}")
            return
        if made:
            import_module("civic.hotline.services.hotspots").find_hotspots(at=timezone.now())
        self.stderr.write(f"demonstration tickets: {made} new")
