"""`token NAME`: a bearer token for an account, for the operator at the machine."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from civic.accounts.models import Account, Token


class Command(BaseCommand):
    help = "Print a bearer token for the account NAME. It is shown once and stored as a digest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="account name, e.g. rsj.liqiang")
        parser.add_argument("--days", type=int, default=30, help="how long it is valid (default 30)")
        parser.add_argument("--label", default="command line", help="what it is for, shown in lists")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["days"] <= 366:
            raise CommandError("--days: write a number from 1 to 366.")
        account = Account.objects.filter(username=options["name"].strip().lower()).first()
        if account is None:
            raise CommandError(f"There is no account called {options['name']!r}.")
        if not account.is_active:
            raise CommandError(f"The account {account} is disabled.")
        _, text = Token.objects.issue(
            account=account,
            label=options["label"],
            by="operator",
            at=timezone.now(),
            valid_for=timedelta(days=options["days"]),
        )
        self.stdout.write(text)
