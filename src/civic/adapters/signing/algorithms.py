"""The signature algorithms of licences: ECDSA on P-256 with SHA-256 (ES256), and SM2 with SM3. No Django, no keys kept.

A signature is always r and s, 32 bytes each; a public key is the uncompressed point 04 X Y; a private key its number.
SM2 takes the signer's identity that GM/T 0009 names by default, 1234567812345678.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SIGNATURE_BYTES = 64
POINT_BYTES = 65


@dataclass(frozen=True)
class Algorithm:
    """One way to sign: its name in a licence, the object identifiers of its certificates, and what it does."""

    name: str
    curve: str
    signature: str
    # a new private key and its public point
    generate: Callable[[], tuple[bytes, bytes]]
    sign: Callable[[bytes, bytes], bytes]
    verify: Callable[[bytes, bytes, bytes], bool]


def algorithm(name: str) -> Algorithm:
    """Return the algorithm called `name`. Raises: ValueError, if there is none."""
    if name not in ALGORITHMS:
        raise ValueError(f"There is no signature algorithm {name!r}: write {' or '.join(ALGORITHMS)}.")
    return ALGORITHMS[name]


def _ec_generate() -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return key.private_numbers().private_value.to_bytes(32, "big"), point


@cache
def _ec_key(secret: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1())


def _ec_sign(secret: bytes, message: bytes) -> bytes:
    r, s = utils.decode_dss_signature(_ec_key(secret).sign(message, ec.ECDSA(SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _ec_verify(point: bytes, message: bytes, signature: bytes) -> bool:
    if len(signature) != SIGNATURE_BYTES:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        key.verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


@cache
def _gm() -> Any:
    return import_module("gmssl_fast")


def _sm2_generate() -> tuple[bytes, bytes]:
    key = _gm().SM2.generate()
    point = bytes.fromhex(key.public_key_hex)
    return bytes.fromhex(key.private_key_hex), point if len(point) == POINT_BYTES else b"\x04" + point


@cache
def _sm2_key(secret: bytes) -> Any:
    return _gm().SM2(private_key=secret.hex())


def _sm2_sign(secret: bytes, message: bytes) -> bytes:
    return bytes(_sm2_key(secret).sign(message))


def _sm2_verify(point: bytes, message: bytes, signature: bytes) -> bool:
    if len(signature) != SIGNATURE_BYTES or len(point) != POINT_BYTES or point[0] != 4:
        return False
    try:
        return bool(_gm().SM2(public_key=point.hex()).verify(message, signature))
    except (_gm().GmsslError, _gm().GmsslValueError):  # not one family
        return False


def thumbprint(certificate: bytes) -> str:
    """Return the SHA-256 of a certificate in hexadecimal: what operators compare."""
    return hashlib.sha256(certificate).hexdigest()


ALGORITHMS = {
    found.name: found
    for found in (
        Algorithm("ES256", "1.2.840.10045.3.1.7", "1.2.840.10045.4.3.2", _ec_generate, _ec_sign, _ec_verify),
        Algorithm("SM2", "1.2.156.10197.1.301", "1.2.156.10197.1.501", _sm2_generate, _sm2_sign, _sm2_verify),
    )
}
