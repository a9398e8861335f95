"""Blind signatures agree with the standard's vectors; nothing else is taken for one."""

import json
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from civic.core import blind_signature as blind
from civic.core.blind_signature import Unsignable

VECTORS = json.loads((Path(__file__).parent / "blind_signature_vectors.json").read_text(encoding="utf-8"))


@cache
def key() -> rsa.RSAPrivateKey:
    return blind.new_key(2048)


def of_the_standard() -> rsa.RSAPrivateKey:
    p, q = (int(VECTORS[name], 16) for name in "pq")
    d = pow(blind.EXPONENT, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(blind.EXPONENT, p * q)
    dmp1, dmq1, iqmp = rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q)
    return rsa.RSAPrivateNumbers(p, q, d, dmp1, dmq1, iqmp, public).private_key()


def test_each_step_gives_what_the_standard_prints() -> None:
    private = of_the_standard()
    public, modulus = private.public_key(), private.public_key().public_numbers().n
    message, inverse = bytes.fromhex(VECTORS["message"]), int(VECTORS["inverse"], 16)

    hidden = blind.veiled(public, message, salt=bytes.fromhex(VECTORS["salt"]), veil=pow(inverse, -1, modulus))
    signed = blind.sign(private, hidden.words)
    clear = blind.finalise(public, message, signed, hidden.inverse)

    assert hidden.inverse == inverse
    assert (hidden.words.hex(), signed.hex(), clear.hex()) == (
        VECTORS["blinded"], VECTORS["blind_signature"], VECTORS["signature"],
    )  # fmt: skip


def test_the_signer_sees_another_number_each_time_and_one_signature_comes_out() -> None:
    public, prepared = key().public_key(), blind.prepare(b"ballot")
    seen = [blind.blind(public, prepared) for _ in range(3)]

    clear = [blind.finalise(public, prepared, blind.sign(key(), one.words), one.inverse) for one in seen]

    assert len({one.words for one in seen}) == 3
    assert all(blind.is_signed(public, prepared, one) for one in clear)
    assert not any(blind.is_signed(public, blind.prepare(b"ballot"), one) for one in clear)


def test_the_same_message_is_prepared_differently_each_time() -> None:
    first, second = blind.prepare(b"ballot"), blind.prepare(b"ballot")

    assert first != second
    assert (first[32:], second[32:]) == (b"ballot", b"ballot")


@pytest.mark.parametrize(
    "words",
    [b"", b"\x01", bytes(256), b"\x00" * 255, b"\xff" * 256, b"\x01" * 257, b"x" * 10_000_000],
    ids=["nothing", "short", "zero", "a byte too few", "above the modulus", "a byte too many", "10 MB"],
)
def test_what_is_no_number_below_the_modulus_is_not_signed(words: bytes) -> None:
    with pytest.raises(Unsignable, match="below the modulus"):
        blind.sign(key(), words)


def test_a_signature_of_something_else_or_by_another_key_is_refused() -> None:
    public, prepared = key().public_key(), blind.prepare(b"ballot")
    hidden, other = blind.blind(public, prepared), blind.new_key(2048)
    signed = blind.sign(key(), hidden.words)

    for wrong, inverse in ((signed[:-1] + bytes([signed[-1] ^ 1]), hidden.inverse), (signed, hidden.inverse + 1)):
        with pytest.raises(Unsignable, match="has not signed"):
            blind.finalise(public, prepared, wrong, inverse)
    clear = blind.finalise(public, prepared, signed, hidden.inverse)
    assert not blind.is_signed(other.public_key(), prepared, clear)
    assert not blind.is_signed(public, prepared, clear + b"\x00")


def test_a_key_too_short_for_the_hash_says_so() -> None:
    short = rsa.generate_private_key(public_exponent=blind.EXPONENT, key_size=1024)

    assert blind.sign(short, blind.blind(short.public_key(), b"x").words)  # 1,024 bits hold the hash and its salt
    with pytest.raises(Unsignable, match="too short"):
        blind._encoded(b"x", 8 * 97, b"s" * 48)
