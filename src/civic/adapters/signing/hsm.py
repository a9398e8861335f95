"""A key that never leaves its device: PKCS#11, by the setting CIVIC_LICENCE_HSM.

    CIVIC_LICENCE_HSM=pkcs11:/usr/lib/vendor/libpkcs11.so?token=city&label=licences      CIVIC_LICENCE_HSM_PIN=…

The library `python-pkcs11` is not installed by default: a city that has a device installs it with the vendor's module.
Tried against SoftHSM 2 (tests/licences/test_device.py), not against a device of metal.
"""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from civic.adapters.signing.certificates import Certificate


@dataclass(frozen=True)
class DeviceSigner:
    """Signs inside a PKCS#11 device."""

    algorithm: str
    chain: tuple[Certificate, ...]
    module: str
    token: str
    label: str

    @classmethod
    def open(cls, address: str, algorithm: str, chain: tuple[Certificate, ...]) -> Self:
        """Return the signer that `address` names. Raises: ImproperlyConfigured, in words for the operator."""
        parts = urlsplit(address)
        options = dict(parse_qsl(parts.query))
        if parts.scheme != "pkcs11" or not parts.path or not {"token", "label"} <= options.keys():
            raise ImproperlyConfigured("CIVIC_LICENCE_HSM: write pkcs11:/path/module.so?token=NAME&label=KEY.")
        if find_spec("pkcs11") is None:
            raise ImproperlyConfigured("CIVIC_LICENCE_HSM is set, and its library is not installed: python-pkcs11.")
        if algorithm != "ES256":
            raise ImproperlyConfigured(f"A device signs ES256 here; {algorithm} needs the vendor's own interface.")
        if not chain:
            raise ImproperlyConfigured(f"CIVIC_LICENCE_HSM needs CIVIC_LICENCE_CERTIFICATE_{algorithm}.")
        return cls(algorithm, chain, parts.path, options["token"], options["label"])

    def sign(self, message: bytes) -> bytes:
        """Return r and s over `message`."""
        pkcs11 = import_module("pkcs11")
        with _token(self.module, self.token).open(user_pin=settings.LICENCE_HSM_PIN) as session:
            key = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=self.label)
            return bytes(key.sign(sha256(message).digest(), mechanism=pkcs11.Mechanism.ECDSA))


@lru_cache(maxsize=2)
def _token(module: str, name: str) -> Any:
    return import_module("pkcs11").lib(module).get_token(token_label=name)
