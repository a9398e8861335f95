"""Password log-in and the account behind a session, with all that a request asks of it in one query."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from civic.accounts.models import Account


class AccountBackend(ModelBackend):
    """Officials' passwords. Residents have none: they log in by code and are only looked up here."""

    def get_user(self, user_id: int) -> Account | None:
        """Return the account of a session unless it was disabled since."""
        account = Account.objects.for_request().filter(pk=user_id).first()
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
