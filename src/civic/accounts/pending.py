"""What waits in a session between two pages of a log-in: sealed, because sessions are rows of the database."""

import base64
import json
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from civic.core import crypto
from civic.masking.keys import current_suite, master_keys

PLACE = b"accounts.session"


def hold(session: SessionBase, name: str, facts: dict[str, Any]) -> None:
    """Keep `facts` under `name` until they are dropped or the session ends."""
    session[name] = seal(json.dumps(facts))


def held(session: SessionBase, name: str) -> dict[str, Any] | None:
    """Return the facts kept under `name`; None where there are none, or none that this house sealed."""
    text = session.get(name)
    if not isinstance(text, str):
        return None
    try:
        facts: dict[str, Any] = json.loads(unseal(text))
    except crypto.Unsealable:
        return None
    return facts


def drop(session: SessionBase, name: str) -> None:
    """Forget the facts kept under `name`."""
    session.pop(name, None)


def seal(text: str) -> str:
    """Return `text` sealed by the city's master key, for a place that is not a column of a subject."""
    sealed = crypto.seal(text.encode(), key=_key(master_keys()[0]), aad=PLACE, using=current_suite())
    return base64.urlsafe_b64encode(sealed).decode()


def unseal(text: str) -> str:
    """Return what `seal` sealed, under any master key in use. Raises: crypto.Unsealable."""
    sealed = base64.urlsafe_b64decode(text.encode())
    for master in master_keys():
        try:
            return crypto.open_sealed(sealed, key=_key(master), aad=PLACE).decode()
        except crypto.Unsealable:
            continue
    raise crypto.Unsealable("No master key opens this.")


def _key(master: bytes) -> bytes:
    return crypto.derive(master, "session")
