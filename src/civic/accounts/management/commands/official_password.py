"""`official password NAME`: a one-time password for an official who has lost theirs."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from civic.accounts.management.operator import OPERATOR, official_called
from civic.accounts.second_factor import forget_factors


class Command(BaseCommand):
    help = "Print a one-time password for the official NAME, which opens the choice of one's own. Sessions end."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="account name, e.g. rsj.liqiang")
        parser.add_argument(
            "--forget-second-factor", action="store_true", help="the phone is lost too: set one up again at log-in"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        account, at = official_called(options["name"]), timezone.now()
        if options["forget_second_factor"]:
            forget_factors(account, by=OPERATOR, at=at)
        self.stdout.write(account.issue_one_time_password(by=OPERATOR, at=at))
