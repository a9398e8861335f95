"""`create_demonstration_consultations`: the invented consultations of the demonstration."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from civic.accounts.models import Account
from civic.areas.models import Area
from civic.consultation.demonstration import STAFF, create_demonstration_consultations
from civic.consultation.outcome_demonstration import create_demonstration_outcome


class Command(BaseCommand):
    help = "Make the demonstration's consultations where there are none. Does nothing outside a demonstration."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", help="the city pack; not read")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            self.stderr.write("CIVIC_DEMONSTRATION=0: no demonstration consultations were made.")
            return
        if not Account.objects.filter(username=STAFF).exists() or not Area.objects.filter(level="CITY").exists():
            self.stderr.write("demonstration consultations: none, for this city pack lacks their unit or area")
            return
        made = create_demonstration_consultations(at=timezone.now())
        create_demonstration_outcome(at=timezone.now())
        self.stderr.write(f"demonstration consultations: {made} new")
