"""Where a department's system stands and who we are to it."""

import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

FAKE = "fake://"
AUTHS = ("oauth2", "signature")
TEXTS = {"address", "auth", "client_id", "secret", "token_address", "scope", "certificate", "private_key", "authority"}


@dataclass(frozen=True)
class Endpoint:
    """One department's system.

    `auth`: "oauth2" (client credentials, RFC 6749 section 4.4) or "signature" (see signing.py).
    `token_address`: where tokens are got; empty: {address}/oauth2/token.
    `certificate`, `private_key`: files that say who we are (mutual TLS); `authority`: a file with whom to trust.
    """

    address: str
    auth: str
    client_id: str
    secret: str = field(repr=False)
    certificate: str = ""
    private_key: str = ""
    authority: str = ""
    token_address: str = ""
    scope: str = ""

    @property
    def is_fake(self) -> bool:
        """Whether the department is played in this process; only where the operator's settings say so."""
        return self.address.startswith(FAKE) and settings.DEPARTMENTS_AT == "fake"


def endpoint_of(department: str, *, address: str = "") -> Endpoint:
    """Return the system of the department with the code `department`; `address` is what the exchange has for it.

    In a demonstration the fakes stand in for all of them. Raises: ImproperlyConfigured, if the credentials cannot be
    read; a department that has none gets an endpoint that is refused when it is asked.
    """
    if settings.DEPARTMENTS_AT:
        base = FAKE if settings.DEPARTMENTS_AT == "fake" else settings.DEPARTMENTS_AT.rstrip("/") + "/"
        return Endpoint(f"{base}{department}", "oauth2", "civic", "demonstration")
    known = credentials(settings.DEPARTMENTS_CREDENTIALS).get(department, {})
    merged = {"auth": "oauth2", "client_id": "", "secret": "", **known}
    return Endpoint(**{**merged, "address": (address or merged.get("address", "")).rstrip("/")})


@lru_cache(maxsize=4)
def credentials(text: str) -> dict[str, dict[str, str]]:
    """Return the credentials that the setting holds, by department. Raises: ImproperlyConfigured."""
    try:
        found: Any = json.loads(text or "{}")
    except ValueError as error:
        raise ImproperlyConfigured("CIVIC_DEPARTMENTS_CREDENTIALS is not JSON.") from error
    if not isinstance(found, dict) or not all(map(_is_usable, found.values())):
        raise ImproperlyConfigured(
            'CIVIC_DEPARTMENTS_CREDENTIALS: write {"<department>": {"auth": "oauth2" or "signature", "client_id": …, '
            f'"secret": …}}}}; texts only, of these names: {", ".join(sorted(TEXTS))}.'
        )
    return found


def _is_usable(entry: object) -> bool:
    return (
        isinstance(entry, dict)
        and set(entry) <= TEXTS
        and all(isinstance(value, str) for value in entry.values())
        and entry.get("auth", "oauth2") in AUTHS
    )
