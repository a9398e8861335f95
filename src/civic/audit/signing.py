"""Signatures of the tree's heads: Ed25519 today; another algorithm is another Signer."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from civic.audit import keys


class Signer(Protocol):
    """What signs a head: a key in a file, or a device that never gives its key away."""

    @property
    def key_id(self) -> str: ...

    def sign(self, message: bytes) -> bytes: ...


@dataclass(frozen=True)
class PublicKey:
    """A key with which heads are or were signed. `raw` is the 32 bytes of RFC 8032."""

    raw: bytes
    algorithm: str = "Ed25519"

    @property
    def key_id(self) -> str:
        """The first 16 hexadecimal digits of the key's SHA-256."""
        return hashlib.sha256(self.raw).hexdigest()[:16]

    @property
    def pem(self) -> str:
        """The key as openssl reads it."""
        key = Ed25519PublicKey.from_public_bytes(self.raw)
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def verifies(self, message: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except InvalidSignature:
            return False
        return True


class FileSigner:
    """Signs with the key of this installation's secrets."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(keys.secret("ledger"))
        self.public = PublicKey(self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    @property
    def key_id(self) -> str:
        return self.public.key_id

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


def public_keys() -> dict[str, PublicKey]:
    """Return every key that heads may be signed with, by key id; the one in use comes first.

    CIVIC_LEDGER_PUBLIC_KEYS lists former keys, and where the private key is not at hand (a public role) all of them.
    """
    listed = [
        PublicKey(keys.decode(text, "CIVIC_LEDGER_PUBLIC_KEYS")) for text in getattr(settings, "LEDGER_PUBLIC_KEYS", ())
    ]
    own = [FileSigner().public] if not listed or keys.is_at_hand("ledger") else []
    return {key.key_id: key for key in (*own, *listed)}


def is_signed(message: bytes, signature: bytes, key_id: str) -> bool:
    """Whether the key `key_id` is ours and signed `message`."""
    key = public_keys().get(key_id)
    return key is not None and key.verifies(message, signature)


def b64(value: bytes) -> str:
    """Return `value` in base64 as text."""
    return base64.b64encode(value).decode()
