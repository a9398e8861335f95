"""What the commands of the operator at the machine share."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

from civic.accounts.models import Account, Person
from civic.core import personal
from civic.core.errors import Refusal

OPERATOR = "operator"


@contextmanager
def refusals_in_words() -> Iterator[None]:
    """Say what the platform refuses, instead of a trace."""
    try:
        yield
    except Refusal as refusal:
        raise CommandError(refusal.message) from refusal


def person_with(phone: str) -> Person:
    """Return the person with this phone. Raises: CommandError."""
    if not personal.is_valid(phone, "mobile"):
        raise CommandError("That is no mobile phone number.")
    person: Person | None = Person.objects.with_phone(phone=phone).first()
    if person is None:
        raise CommandError("Nobody is known by this phone: its owner logs in once, at /login/.")
    return person


def official_called(name: str) -> Account:
    """Return the official's account of this account name. Raises: CommandError."""
    account: Account | None = Account.objects.for_request().filter(username=name.strip().lower()).first()
    if account is None or not account.is_official:
        raise CommandError(f"There is no official with the account {name!r}.")
    return account
