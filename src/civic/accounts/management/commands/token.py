"""`token NAME|PHONE`: a bearer token for an account, for the operator at the machine."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from civic.accounts.models import Account, Person, Token
from civic.core import personal


class Command(BaseCommand):
    help = "Print a bearer token for an account. It is shown once and stored as a digest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="account name, an official's name in office, or a resident's phone")
        parser.add_argument("--days", type=int, default=30, help="how long it is valid (default 30)")
        parser.add_argument("--label", default="command line", help="what it is for, shown in lists")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["days"] <= 366:
            raise CommandError("--days: write a number from 1 to 366.")
        account = _account(options["name"].strip())
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


def _account(name: str) -> Account:
    """Return the one account of this name, name in office or phone. Raises: CommandError."""
    found: list[Account] = list(Account.objects.filter(username=name.lower()))
    found = found or list(Account.objects.filter(official__display_name=name).order_by("username"))
    if not found and personal.is_valid(name, "mobile"):
        found = list(Account.objects.filter(person__in=Person.objects.with_phone(phone=name)))
    if len(found) > 1:
        raise CommandError(f"Several officials are called {name}: {', '.join(str(account) for account in found)}.")
    if not found:
        raise CommandError("There is no such account: neither a name nor the phone of somebody who has logged in.")
    return found[0]
