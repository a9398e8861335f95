"""The city's master keys: they wrap every subject's key and make the look-up indexes; never in the database."""

import base64
import binascii
import logging
import os
import secrets
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from civic.core import crypto, personal

log = logging.getLogger("civic.masking")


def index(value: str, kind: str) -> str:
    """Return the look-up index of `value` (a `kind` of core.personal), however it was typed (52 characters).

    A 15-digit ID and its 18-digit form, `+86 138 1234 5678` and `13812345678` have one index.
    """
    return crypto.index(personal.fold(value, kind), kind=kind, key=_index_key(settings.CRYPTO), using=current_suite())


def indexes(value: str, kind: str) -> list[str]:
    """Return the indexes of `value` under every master key and suite, for look-ups while either is being changed."""
    folded = personal.fold(value, kind)
    return [
        crypto.index(folded, kind=kind, key=crypto.index_key(master, using), using=using)
        for using in crypto.SUITES
        for master in master_keys()
    ]


def current_suite() -> crypto.Suite:
    """Return the algorithms that new values are sealed with."""
    return crypto.suite(settings.CRYPTO)


def wrapping_key(master_id: str) -> bytes:
    """Return the key that wraps subjects' keys under the master key called `master_id`.

    Raises: ImproperlyConfigured, if that master key is not configured any more.
    """
    found = _wrapping_keys(master_keys()).get(master_id)
    if found is None:
        raise ImproperlyConfigured(f"主密钥 {master_id} 没有配置：请把它加在 CIVIC_MASTER_KEY 的后面，用逗号分隔。")
    return found


def current_master_id() -> str:
    """Return the name of the master key that new subjects' keys are wrapped with."""
    return next(iter(_wrapping_keys(master_keys())))


def master_keys() -> tuple[bytes, ...]:
    """Return the master keys: the first seals, all of them open."""
    return _parsed(settings.MASTER_KEY or _from_file(str(settings.VAR)))


@lru_cache(maxsize=8)
def _wrapping_keys(masters: tuple[bytes, ...]) -> dict[str, bytes]:
    return {crypto.key_id(master): crypto.derive(master, "wrap") for master in masters}


def _index_key(suite: str) -> crypto.IndexKey:
    return _index_key_of(master_keys()[0], suite)


@lru_cache(maxsize=8)
def _index_key_of(master: bytes, suite: str) -> crypto.IndexKey:
    return crypto.index_key(master, crypto.suite(suite))


@lru_cache(maxsize=8)
def _parsed(text: str) -> tuple[bytes, ...]:
    try:
        keys = tuple(base64.b64decode(part, validate=True) for part in text.replace(",", "\n").split())
    except binascii.Error:
        keys = ()
    if not keys or any(len(key) != crypto.KEY_BYTES for key in keys):
        raise ImproperlyConfigured("CIVIC_MASTER_KEY 必须是 32 字节密钥的 Base64(可用逗号分隔多个，第一个用于加密)。")
    return keys


@lru_cache(maxsize=8)
def _from_file(var: str) -> str:
    path = Path(var) / "secrets" / "master.key"
    if not path.exists():
        _create(path)
    return path.read_text(encoding="ascii").strip()


def _create(path: Path) -> None:
    """Write a fresh key; of several processes that start at once, the first one's key wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(base64.b64encode(crypto.new_key()).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
    log.warning("created master key %s (mode 600): keep a copy, without it no personal data can be read", path.name)
