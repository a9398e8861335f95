"""Password log-in and the account behind a session, with all that a request asks of it in one query."""

from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db import models
from django.http import HttpRequest

from civic.accounts.models import Account, Department, Official, Person
from civic.core.statements import ask
from civic.masking.models import SubjectKey

MODELS: tuple[type[models.Model], ...] = (Account, Official, Department, Person, SubjectKey)
STATEMENT = """
SELECT {columns} FROM accounts_account
     LEFT JOIN accounts_official ON accounts_official.account_id = accounts_account.id
     LEFT JOIN accounts_department ON accounts_department.id = accounts_official.department_id
     LEFT JOIN accounts_person ON accounts_person.id = accounts_account.person_id
     LEFT JOIN masking_subjectkey ON masking_subjectkey.id = accounts_person.key_id
WHERE accounts_account.id = %s
"""


class AccountBackend(ModelBackend):
    """Officials' passwords. Residents have none: they log in by code and are only looked up here."""

    def get_user(self, user_id: int) -> Account | None:
        """Return the account of a session unless it was disabled since."""
        account = account_behind(user_id)
        return account if account is not None and account.is_active else None

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Django's permissions give nothing here: roles and policies do."""
        return False

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Any:
        """Return the official with this name and password; as slow for an unknown name as for a known one."""
        account = super().authenticate(request, username=username, password=password, **kwargs)
        return account if isinstance(account, Account) and account.is_official else None


def account_behind(pk: int) -> Account | None:
    """Return what `Account.objects.for_request().get(pk=pk)` returns, None if there is none.

    Written by hand, because every page of everyone who is logged in asks this: the ORM takes four times as long.
    """
    row = ask(_statement(), [pk])
    if row is None:
        return None
    values = iter(row)
    account, official, department, person, key = (_instance(model, values) for model in MODELS)
    _join(account, "official", official)
    _join(account, "person", person)
    _join(official, "account", account)
    _join(official, "department", department)
    _join(person, "key", key)
    found: Account = account
    return found


@cache
def _statement() -> str:
    fields = [field for model in MODELS for field in model._meta.concrete_fields]
    return STATEMENT.format(columns=", ".join(f"{field.model._meta.db_table}.{field.column}" for field in fields))


def _instance(model: type[models.Model], values: Iterator[Any]) -> Any:
    """Return the next of the row's models, None where the join found none."""
    names = _names(model)
    own = list(islice(values, len(names)))
    return None if own[0] is None else model.from_db("default", names, own)


@cache
def _names(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def _join(one: Any, name: str, other: Any) -> None:
    if one is not None:
        one._meta.get_field(name).set_cached_value(one, other)
