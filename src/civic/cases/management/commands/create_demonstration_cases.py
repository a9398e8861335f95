"""`create_demonstration_cases`: the invented cases of the demonstration."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from civic.accounts.models import Person
from civic.cases.demonstration import SCENES, create_demonstration_cases
from civic.catalogue.models import Service
from civic.deadlines.calendars import CalendarMissing


class Command(BaseCommand):
    help = "Make the demonstration's cases where there are none. Does nothing outside a demonstration."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", help="the city pack; not read")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            self.stderr.write("CIVIC_DEMONSTRATION=0: no demonstration cases were made.")
            return
        wanted = {scene.code for scene in SCENES}
        published = set(Service.objects.published().filter(code__in=wanted).values_list("code", flat=True))
        if wanted != published or not Person.objects.filter(is_demonstration=True).exists():
            self.stderr.write("demonstration cases: none, for this city pack lacks their services or people")
            return
        try:
            made = create_demonstration_cases(at=timezone.now())
        except CalendarMissing as missing:
            self.stderr.write(f"demonstration cases: none, {missing.message}")
            return
        self.stderr.write(f"demonstration cases: {made} new")
