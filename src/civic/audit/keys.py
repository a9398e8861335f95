"""The ledger's secrets: where the bytes of a key come from."""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


@lru_cache
def secret(name: str) -> bytes:
    """Return the 32 bytes of key `name`: from the environment, else from a file made at the first start.

    The environment wins, so that several machines share one key: CIVIC_LEDGER_KEY or CIVIC_SEAL_KEY, base64.
    """
    given = _given(name)
    return decode(given, f"CIVIC_{name.upper()}_KEY") if given else from_file(_path(name))


def is_at_hand(name: str) -> bool:
    """Whether this process already has key `name`."""
    return bool(_given(name)) or _path(name).exists()


def _given(name: str) -> str:
    return str(getattr(settings, f"{name.upper()}_KEY", ""))


def _path(name: str) -> Path:
    return Path(settings.VAR, "secrets", f"{name}.key")


def decode(text: str, name: str) -> bytes:
    """Return the 32 bytes that `text` writes in base64."""
    try:
        value = base64.b64decode(text, validate=True)
    except binascii.Error:
        value = b""
    if len(value) != 32:
        raise ImproperlyConfigured(f"{name}: write 32 bytes in base64, for example from `openssl rand -base64 32`.")
    return value


def from_file(path: Path) -> bytes:
    """Return the key in `path`; make it, readable by its owner alone, if there is none.

    Two processes may start at once: the key is written aside and linked, so that exactly one of them wins.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = path.with_suffix(f".{secrets.token_hex(4)}")
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(32)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(aside, path)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return decode(path.read_text(encoding="ascii").strip(), str(path))


def mac(message: bytes) -> bytes:
    """Return the mark that only a process with the application's key can put on an entry."""
    return hmac.digest(secret("seal"), message, hashlib.sha256)


def is_marked(message: bytes, mark: bytes) -> bool:
    """Whether the application itself put `mark` on `message`, with today's key or a former one."""
    former = [decode(text, "CIVIC_FORMER_SEAL_KEYS") for text in getattr(settings, "FORMER_SEAL_KEYS", ())]
    return any(
        hmac.compare_digest(hmac.digest(key, message, hashlib.sha256), mark) for key in (secret("seal"), *former)
    )
