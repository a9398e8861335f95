"""Sealing of single values: authenticated encryption, wrapped keys, look-up indexes. Keys come in as arguments.

Layout of a sealed value: one byte that names the suite, 12 bytes of nonce, the ciphertext, 16 bytes of tag.
The first byte decides how a value is opened, so values of both suites live side by side while a city changes over.
"""

import base64
import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import hmac as any_hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
OVERHEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES
KEY_ID_DIGITS = 8


class Unsealable(Exception):
    """A sealed value cannot be opened: wrong key, moved to another field or subject, or changed."""


@dataclass(frozen=True)
class Suite:
    """The algorithms that belong together: an authenticated cipher and a keyed digest."""

    name: str
    version: int
    encrypt: Callable[[bytes, bytes, bytes, bytes], bytes]
    decrypt: Callable[[bytes, bytes, bytes, bytes], bytes]
    mac: Callable[[bytes, bytes], bytes]


def suite(name: str) -> Suite:
    """Return the suite called `name`: "intl" (AES-256-GCM, SHA-256) or "gm" (SM4-GCM, SM3).

    Raises: ValueError, if there is none.
    """
    for candidate in SUITES:
        if candidate.name == name:
            return candidate
    raise ValueError(f"CIVIC_CRYPTO={name!r}: write {' or '.join(s.name for s in SUITES)}.")


def new_key() -> bytes:
    """Return a fresh random key."""
    return os.urandom(KEY_BYTES)


def derive(key: bytes, use: str) -> bytes:
    """Return the key for one `use` ("wrap", "index", …) that belongs to `key`; uses cannot be told from each other."""
    return hmac.digest(key, b"civic key for " + use.encode(), "sha256")


def key_id(key: bytes) -> str:
    """Return the public name of `key`, from which nothing about the key can be learnt."""
    return derive(key, "id").hex()[:KEY_ID_DIGITS]


def seal(plain: bytes, *, key: bytes, aad: bytes, using: Suite) -> bytes:
    """Encrypt `plain`. `aad` binds it to its place: it opens only with the same `aad`."""
    nonce = os.urandom(NONCE_BYTES)
    return bytes((using.version,)) + nonce + using.encrypt(key, nonce, plain, aad)


def open_sealed(sealed: bytes, *, key: bytes, aad: bytes) -> bytes:
    """Return what was sealed, by whichever suite its first byte names.

    Raises: Unsealable, if the key, the place or a single bit differs.
    """
    if len(sealed) < OVERHEAD_BYTES:
        raise Unsealable("The sealed value is too short.")
    found = BY_VERSION.get(sealed[0])
    if found is None:
        raise Unsealable(f"The sealed value names suite {sealed[0]}, which does not exist.")
    try:
        return found.decrypt(key, sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], aad)
    except InvalidTag:
        raise Unsealable("The sealed value does not belong to this key and place, or was changed.") from None


@dataclass(frozen=True)
class IndexKey:
    """A key for look-up indexes and its public name."""

    id: str
    secret: bytes


def index_key(master: bytes, using: Suite) -> IndexKey:
    """Return the key of the look-up indexes that belongs to `master`."""
    return IndexKey(key_id(master), derive(master, f"index {using.name}"))


def index(value: str, *, kind: str, key: IndexKey, using: Suite) -> str:
    """Return the look-up index of a normalised `value`: key id, dot, keyed digest (52 characters).

    The same value of another `kind` has another index, so columns cannot be joined on it.
    """
    digest = using.mac(key.secret, kind.encode() + b"\0" + value.encode())
    return f"{key.id}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def _aes_encrypt(key: bytes, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
    return AESGCM(key).encrypt(nonce, plain, aad)


def _aes_decrypt(key: bytes, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
    return AESGCM(key).decrypt(nonce, sealed, aad)


def sm4_gcm(key: bytes, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
    """Return ciphertext and tag of SM4-GCM (RFC 8998) under a key of 16 bytes."""
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(aad)
    return encryptor.update(plain) + encryptor.finalize() + encryptor.tag


def _sm4_encrypt(key: bytes, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
    return sm4_gcm(_sm4_key(key), nonce, plain, aad)


def _sm4_decrypt(key: bytes, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
    decryptor = Cipher(algorithms.SM4(_sm4_key(key)), modes.GCM(nonce, sealed[-TAG_BYTES:])).decryptor()
    decryptor.authenticate_additional_data(aad)
    return decryptor.update(sealed[:-TAG_BYTES]) + decryptor.finalize()


def _sm4_key(key: bytes) -> bytes:
    return _sm3_mac(key, b"civic key for SM4")[:16]


def _sha256_mac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _sm3_mac(key: bytes, message: bytes) -> bytes:
    digest = any_hmac.HMAC(key, hashes.SM3())
    digest.update(message)
    return digest.finalize()


SUITES = (
    Suite("intl", 1, _aes_encrypt, _aes_decrypt, _sha256_mac),
    Suite("gm", 2, _sm4_encrypt, _sm4_decrypt, _sm3_mac),
)
BY_VERSION = {candidate.version: candidate for candidate in SUITES}
