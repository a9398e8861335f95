"""Passkeys as a second factor: the two ceremonies, with allauth doing the cryptography."""

import json
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.core.exceptions import ValidationError
from django.db import transaction

from civic.accounts.models import Account, Tally
from civic.accounts.second_factor import LOCKED_FOR, PASSKEY, TRIES
from civic.audit.services import record
from civic.core.keepable import NotKeepable, read_json


def begin_adding(account: Account) -> str:
    """Return what the browser needs to make a passkey (JSON); the challenge waits in the session."""
    return json.dumps(auth.begin_registration(account, passwordless=False), default=dict)


def add(account: Account, *, credential: str, name: str, at: datetime) -> bool:
    """Keep the passkey that the browser made; False where the answer does not fit the challenge."""
    answer = _read(credential)
    try:
        auth.parse_registration_response(answer)
        auth.complete_registration(answer)
    except (ValidationError, ValueError, KeyError):
        return False
    with transaction.atomic():
        auth.WebAuthn.add(account, name, answer)
        record(at=at, actor=account, step="accounts.account.add_passkey", subject=account)
    return True


def begin_asking(account: Account) -> str:
    """Return what the browser needs to use one of the account's passkeys (JSON)."""
    return json.dumps(auth.begin_authentication(account), default=dict)


def is_right(account: Account, *, credential: str, at: datetime) -> bool:
    """Whether the browser answered with one of the account's passkeys. Raises: TooOften."""
    Tally.objects.take(kind="second-factor", key=str(account.pk), limit=TRIES, per=LOCKED_FOR, at=at)
    answer = _read(credential)
    try:
        auth.parse_authentication_response(answer)
        passkey = auth.complete_authentication(account, answer)
    except (ValidationError, ValueError, KeyError):
        return False
    passkey.record_usage()
    Tally.objects.forget(kind="second-factor", key=str(account.pk))
    return True


def remove(passkey: Authenticator, *, by: Account, at: datetime) -> None:
    """Take a passkey away."""
    with transaction.atomic():
        passkey.delete()
        record(at=at, actor=by, step="accounts.account.remove_passkey", subject=by)


def of(account: Account) -> list[Authenticator]:
    """Return the account's passkeys."""
    return list(Authenticator.objects.filter(user=account, type=PASSKEY).order_by("pk"))


def _read(credential: str) -> Any:
    try:
        found = read_json(credential)
    except (ValueError, NotKeepable):
        return {}
    return found if isinstance(found, dict) else {}
