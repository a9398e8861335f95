"""Blind signatures: the signer attests what it never sees, so that whoever shows the signature cannot be recognised.

RSABSSA-SHA384-PSS-Randomized of RFC 9474. The signature that comes out is an ordinary RSASSA-PSS one (SHA-384, salt of
48 bytes): any RSA library verifies it.
"""

import hashlib
import math
import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.hashes import SHA384

SALT_BYTES = HASH_BYTES = 48
PREFIX_BYTES = 32
KEY_BITS = 3072  # 128 bits of strength; NIST SP 800-57 Part 1, table 2
EXPONENT = 65537


class Unsignable(Exception):
    """What is to be signed is no number below the modulus, or the signing itself went wrong."""


@dataclass(frozen=True)
class Blinded:
    """A message made unrecognisable (`words`, to be signed), and what takes the veil off again (`inverse`, kept)."""

    words: bytes
    inverse: int


def new_key(bits: int = KEY_BITS) -> rsa.RSAPrivateKey:
    """Return a fresh key. One key serves one purpose: what it signs, it signs unseen."""
    return rsa.generate_private_key(public_exponent=EXPONENT, key_size=bits)


def prepare(message: bytes) -> bytes:
    """Return `message` behind 32 random bytes: the signer could not tell a chosen message from it.

    Source: RFC 9474, section 4.1, PrepareRandomize.
    """
    return secrets.token_bytes(PREFIX_BYTES) + message


def blind(key: rsa.RSAPublicKey, prepared: bytes) -> Blinded:
    """Return `prepared` as a number that says nothing about it. Source: RFC 9474, section 4.2."""
    numbers = key.public_numbers()
    veil = _coprime(numbers.n)
    return veiled(key, prepared, salt=secrets.token_bytes(SALT_BYTES), veil=veil)


def veiled(key: rsa.RSAPublicKey, prepared: bytes, *, salt: bytes, veil: int) -> Blinded:
    """Return what blind() returns, with its two random choices given: for the vectors of the standard."""
    numbers, size = key.public_numbers(), key.key_size
    encoded = int.from_bytes(_encoded(prepared, size - 1, salt))
    if math.gcd(encoded, numbers.n) != 1:
        raise Unsignable("the message shares a factor with the modulus")
    hidden = encoded * pow(veil, numbers.e, numbers.n) % numbers.n
    return Blinded(hidden.to_bytes(_octets(size)), pow(veil, -1, numbers.n))


def sign(key: rsa.RSAPrivateKey, words: bytes) -> bytes:
    """Return the signature of a blinded message.

    The number is multiplied by a random one while the key works on it, so the time it takes tells nothing of the key.
    Raises: Unsignable, if `words` are not a number below the modulus. Source: RFC 9474, sections 4.3 and 8.1.
    """
    private, size = key.private_numbers(), key.key_size
    modulus, exponent = private.public_numbers.n, private.public_numbers.e
    number = int.from_bytes(words)
    if len(words) != _octets(size) or not 0 < number < modulus:
        raise Unsignable("not a number below the modulus of the key, in as many bytes as the key has")
    guard = _coprime(modulus)
    guarded = _with_remainders(private, number * pow(guard, exponent, modulus) % modulus)
    signed = guarded * pow(guard, -1, modulus) % modulus
    if pow(signed, exponent, modulus) != number:
        raise Unsignable("the signature does not verify: the key or the machine is faulty")
    return signed.to_bytes(_octets(size))


def finalise(key: rsa.RSAPublicKey, prepared: bytes, signed: bytes, inverse: int) -> bytes:
    """Return the signature of `prepared` itself. Raises: Unsignable, if it is none. Source: RFC 9474, section 4.4."""
    modulus = key.public_numbers().n
    clear = (int.from_bytes(signed) * inverse % modulus).to_bytes(_octets(key.key_size))
    if len(signed) != _octets(key.key_size) or not is_signed(key, prepared, clear):
        raise Unsignable("the signer has not signed this message")
    return clear


def is_signed(key: rsa.RSAPublicKey, prepared: bytes, signature: bytes) -> bool:
    """Whether `signature` is one of `prepared`. Source: RFC 9474, section 4.5; RFC 8017, section 8.1.2."""
    try:
        key.verify(signature, prepared, PSS(MGF1(SHA384()), SALT_BYTES), SHA384())
    except InvalidSignature:
        return False
    return True


def _coprime(modulus: int) -> int:
    while math.gcd(found := secrets.randbelow(modulus), modulus) != 1:
        continue
    return found


def _with_remainders(private: rsa.RSAPrivateNumbers, number: int) -> int:
    """Return `number` to the power of the private exponent by the Chinese remainder theorem: a quarter of the time."""
    at_p, at_q = pow(number, private.dmp1, private.p), pow(number, private.dmq1, private.q)
    return at_q + private.q * ((at_p - at_q) * private.iqmp % private.p)


def _encoded(message: bytes, bits: int, salt: bytes) -> bytes:
    """Return EMSA-PSS of `message`. Source: RFC 8017, section 9.1.1."""
    size = _octets(bits)
    if size < HASH_BYTES + len(salt) + 2:
        raise Unsignable("the key is too short for SHA-384 with its salt")
    digest = hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest()
    block = bytes(size - len(salt) - HASH_BYTES - 2) + b"\x01" + salt
    masked = bytearray(a ^ b for a, b in zip(block, _mask(digest, len(block)), strict=True))
    masked[0] &= 0xFF >> (8 * size - bits)
    return bytes(masked) + digest + b"\xbc"


def _mask(seed: bytes, length: int) -> bytes:
    """Return MGF1 of `seed`. Source: RFC 8017, appendix B.2.1."""
    blocks = (hashlib.sha384(seed + nth.to_bytes(4)).digest() for nth in range(-(-length // HASH_BYTES)))
    return b"".join(blocks)[:length]


def _octets(bits: int) -> int:
    return (bits + 7) // 8
