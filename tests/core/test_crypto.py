"""Sealing: what is sealed opens only in its own place, by either suite, and never twice alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.core import crypto

KEY = bytes(range(32))
OTHER_KEY = bytes(32)
PLACE = b"accounts.person.name\0wang"
SUITES = [crypto.suite("intl"), crypto.suite("gm")]


@pytest.mark.parametrize("using", SUITES, ids=lambda suite: suite.name)
@given(plain=st.binary(max_size=300))
def test_what_is_sealed_opens_to_the_same(using, plain):
    sealed = crypto.seal(plain, key=KEY, aad=PLACE, using=using)

    assert crypto.open_sealed(sealed, key=KEY, aad=PLACE) == plain
    assert len(sealed) == len(plain) + crypto.OVERHEAD_BYTES
    assert sealed[0] == using.version


@pytest.mark.parametrize("using", SUITES, ids=lambda suite: suite.name)
def test_the_same_value_sealed_twice_looks_different(using):
    first, second = (crypto.seal("王芳".encode(), key=KEY, aad=PLACE, using=using) for _ in range(2))

    assert first != second


@pytest.mark.parametrize("using", SUITES, ids=lambda suite: suite.name)
def test_another_key_or_another_place_does_not_open(using):
    sealed = crypto.seal(b"x", key=KEY, aad=PLACE, using=using)

    with pytest.raises(crypto.Unsealable):
        crypto.open_sealed(sealed, key=OTHER_KEY, aad=PLACE)
    with pytest.raises(crypto.Unsealable):
        crypto.open_sealed(sealed, key=KEY, aad=b"accounts.person.name\0liu")


@pytest.mark.parametrize("using", SUITES, ids=lambda suite: suite.name)
def test_every_changed_bit_is_found(using):
    sealed = crypto.seal(b"340102199001011236", key=KEY, aad=PLACE, using=using)

    for position in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[position // 8] ^= 1 << position % 8
        with pytest.raises(crypto.Unsealable):
            crypto.open_sealed(bytes(changed), key=KEY, aad=PLACE)


@pytest.mark.parametrize("sealed", [b"", b"\x01", bytes(28), b"\x09" + bytes(40)])
def test_what_was_never_sealed_is_refused(sealed):
    with pytest.raises(crypto.Unsealable):
        crypto.open_sealed(sealed, key=KEY, aad=PLACE)


def test_an_unknown_suite_is_refused_with_the_names_to_write():
    with pytest.raises(ValueError, match="intl or gm"):
        crypto.suite("rot13")


def test_sm4_gcm_gives_the_published_vector():
    """Source: RFC 8998, appendix A.1."""
    key = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
    nonce = bytes.fromhex("00001234567800000000ABCD")
    aad = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    plain = bytes.fromhex(
        "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD"
        "EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA"
    )
    expected = bytes.fromhex(
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    )

    assert crypto.sm4_gcm(key, nonce, plain, aad) == expected


def test_the_index_depends_on_value_kind_key_and_suite():
    intl, gm = SUITES
    base = crypto.index("13812345678", kind="phone", key=crypto.index_key(KEY, intl), using=intl)

    others = {
        crypto.index("13812345679", kind="phone", key=crypto.index_key(KEY, intl), using=intl),
        crypto.index("13812345678", kind="bank_card", key=crypto.index_key(KEY, intl), using=intl),
        crypto.index("13812345678", kind="phone", key=crypto.index_key(OTHER_KEY, intl), using=intl),
        crypto.index("13812345678", kind="phone", key=crypto.index_key(KEY, gm), using=gm),
    }

    assert len(base) == 52
    assert base.startswith(crypto.key_id(KEY) + ".")
    assert base not in others
    assert len(others) == 4
    assert base == crypto.index("13812345678", kind="phone", key=crypto.index_key(KEY, intl), using=intl)


def test_derived_keys_differ_by_use():
    assert len({crypto.derive(KEY, use) for use in ("wrap", "index", "id", "")}) == 4
    assert crypto.derive(KEY, "wrap") != KEY
