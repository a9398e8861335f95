"""`organisation add USCC NAME`: takes an organisation in, for the operator at the machine."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from civic.accounts.management.operator import OPERATOR, person_with, refusals_in_words
from civic.accounts.models import Organisation
from civic.accounts.rules import Level


class Command(BaseCommand):
    help = "Take in an organisation with its legal representative, as the register of the market authority names them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("uscc", help="unified social credit code, 18 characters")
        parser.add_argument("name", help="the registered name")
        parser.add_argument("--representative", required=True, metavar="PHONE", help="of the legal representative")

    def handle(self, *args: Any, **options: Any) -> None:
        person = person_with(options["representative"])
        if person.level < Level.REAL_NAME:
            raise CommandError(
                "The representative's real name is not verified: they log in once by the unified log-in."
            )
        with refusals_in_words():
            organisation = Organisation.objects.register(
                uscc=options["uscc"], name=options["name"], representative=person, by=OPERATOR, at=timezone.now()
            )
        self.stdout.write(f"{organisation.uscc} {organisation.name}")
