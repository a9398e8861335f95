"""The second factor of officials: a code of an authenticator app, each good once, or a passkey."""

import hmac
import re
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.conf import settings
from django.db import transaction

from civic.accounts.models import Account, Tally
from civic.accounts.pending import seal, unseal
from civic.audit.services import record

PERIOD_SECONDS = 30
TRIES = 5
LOCKED_FOR = timedelta(minutes=30)
TOTP, PASSKEY = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Seals the secrets of authenticator apps and names the house on them."""

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)

    def get_totp_issuer(self) -> str:
        return settings.SMS_SIGNATURE

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": settings.SMS_SIGNATURE}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        """Tell the passkey the handle, not the primary key."""
        return {"id": user.handle.bytes, "display_name": str(user), "name": user.username}


def kinds_of(account: Account) -> set[str]:
    """Return the kinds of second factor the account has set up ("totp", "webauthn")."""
    found = Authenticator.objects.filter(user=account, type__in=[TOTP, PASSKEY]).values_list("type", flat=True)
    return {str(kind) for kind in found}


def new_secret() -> str:
    """Return a fresh secret for an authenticator app."""
    secret: str = generate_totp_secret()
    return secret


def code_at(secret: str, at: float) -> str:
    """Return the code that an app with `secret` shows at `at` (seconds since 1970)."""
    shown: str = format_hotp_value(hotp_value(secret, int(at) // PERIOD_SECONDS))
    return shown


def app_address(account: Account, secret: str) -> str:
    """Return what the QR code for the app holds."""
    address: str = SecondFactorAdapter().build_totp_url(account, secret)
    return address


def set_up_app(account: Account, *, secret: str, code: str, at: datetime) -> bool:
    """Set up the authenticator app with `secret`, if `code` shows that the app has it; it replaces an earlier one."""
    step = _matching_step(secret, code, at, after=0)
    if step is None:
        return False
    with transaction.atomic():
        Authenticator.objects.filter(user=account, type=TOTP).delete()
        data = {"secret": seal(secret), "last_step": step}
        Authenticator.objects.create(user=account, type=TOTP, data=data)
        record(at=at, actor=account, step="accounts.account.set_up_app", subject=account)
    return True


def forget_factors(account: Account, *, by: object, at: datetime) -> None:
    """Take every second factor away, for somebody who has lost the device; the next log-in sets one up."""
    with transaction.atomic():
        Authenticator.objects.filter(user=account).delete()
        record(at=at, actor=by, step="accounts.account.forget_factors", subject=account)


def is_right(account: Account, *, code: str, at: datetime) -> bool:
    """Whether `code` is what the account's app shows now. A code opens once; after five wrong ones none does.

    Raises: TooOften.
    """
    Tally.objects.take(kind="second-factor", key=str(account.pk), limit=TRIES, per=LOCKED_FOR, at=at)
    with transaction.atomic():
        app = Authenticator.objects.select_for_update().filter(user=account, type=TOTP).first()
        if app is None:
            return False
        step = _matching_step(unseal(app.data["secret"]), code, at, after=int(app.data.get("last_step", 0)))
        if step is None:
            return False
        app.data["last_step"] = step
        app.last_used_at = at
        app.save(update_fields=["data", "last_used_at"])
    Tally.objects.forget(kind="second-factor", key=str(account.pk))
    return True


def _matching_step(secret: str, code: str, at: datetime, *, after: int) -> int | None:
    """Return the period (the one now, or a neighbour) in which the app shows `code`, if it is later than `after`."""
    typed = re.sub(r"\s", "", code)
    now = int(at.timestamp()) // PERIOD_SECONDS
    shown = {step: format_hotp_value(hotp_value(secret, step)) for step in (now - 1, now, now + 1)}
    return next((step for step, value in shown.items() if step > after and hmac.compare_digest(value, typed)), None)
