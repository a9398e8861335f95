"""One changed bit is found, wherever it is, in every form."""

import random
from collections.abc import Callable

import pytest

from civic.licences.formats.genuine import NotGenuine
from civic.licences.formats.verdict import read_any
from tests.licences.keys import credential, data_file, facts, keys, pdf

FORMS = {
    "JSON": data_file,
    "SD-JWT": credential,
    "PDF": pdf,
    "JSON SM2": lambda: data_file("SM2"),
    "SD-JWT SM2": lambda: credential("SM2"),
}
TRUSTED = (*keys().trusted, *keys("SM2").trusted)


def flips(content: bytes, count: int, seed: int) -> list[int]:
    """Return `count` different bits of `content`."""
    return random.Random(seed).sample(range(len(content) * 8), count)


def flipped(content: bytes, bit: int) -> bytes:
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def accepted(content: bytes) -> bool:
    try:
        read_any(content, TRUSTED)
    except NotGenuine:
        return False
    return True


@pytest.mark.parametrize("form", FORMS)
def test_the_form_as_it_was_made_is_genuine(form: str):
    genuine = read_any(FORMS[form](), TRUSTED)

    assert genuine.number == facts().number
    assert genuine.claims["name"] == "王㛃䶮𬭚𠮷"


@pytest.mark.parametrize("form", ["JSON", "SD-JWT", "PDF"])
def test_of_a_thousand_random_bits_each_one_changed_is_found(form: str):
    content = FORMS[form]()

    missed = [bit for bit in flips(content, 1000, seed=37) if accepted(flipped(content, bit))]

    assert missed == []


@pytest.mark.parametrize("form", ["JSON SM2", "SD-JWT SM2"])
def test_of_a_hundred_bits_under_sm2_each_one_changed_is_found(form: str):
    content = FORMS[form]()

    missed = [bit for bit in flips(content, 100, seed=37) if accepted(flipped(content, bit))]

    assert missed == []


@pytest.mark.parametrize("form", ["JSON", "SD-JWT"])
def test_the_last_characters_have_no_stray_bits(form: str):
    content = FORMS[form]()
    tail = range((len(content) - 120) * 8, len(content) * 8)

    assert [bit for bit in tail if accepted(flipped(content, bit))] == []


def test_every_bit_of_the_signature_of_a_pdf_and_its_padding_counts():
    content = pdf()
    start = content.index(b"/Contents <3") + 11
    places = random.Random(7).sample(range(start, start + 2_600), 300) + random.Random(8).sample(
        range(start + 2_600, start + 8_190), 100
    )

    missed = [place for place in places for bit in range(8) if accepted(flipped(content, place * 8 + bit))]

    assert missed == []


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_every_single_bit_of_small_forms_and_ten_thousand_of_the_pdf(form: str):
    content = FORMS[form]()
    bits = flips(content, 10_000, seed=1) if form == "PDF" else range(0, len(content) * 8, 3)

    assert [bit for bit in bits if accepted(flipped(content, bit))] == []


@pytest.mark.parametrize(
    "change",
    [
        lambda whole: whole + b"\n",
        lambda whole: whole + b"\n%%EOF\n1 0 obj\n<< >>\nendobj\n",
        lambda whole: b" " + whole,
        lambda whole: whole[:-1],
        lambda whole: b"",
        lambda whole: whole * 2,
    ],
    ids=["a line more", "an update more", "a blank before", "one byte less", "nothing", "twice"],
)
@pytest.mark.parametrize("form", FORMS)
def test_more_or_less_bytes_are_refused(form: str, change: Callable[[bytes], bytes]):
    assert not accepted(change(FORMS[form]()))


@pytest.mark.parametrize("form", FORMS)
def test_another_authority_is_not_believed(form: str):
    other = keys("SM2" if "SM2" in form else "ES256", of="somebody else")

    with pytest.raises(NotGenuine) as refused:
        read_any(FORMS[form](), other.trusted)

    assert refused.value.reason == "UNKNOWN_ISSUER"


@pytest.mark.parametrize(
    "noise", [b"{}", b"[]", b"null", b"\xff\xfe", b"%PDF-1.7\n", b"a.b.c~", b"~~", b'{"licence":1}']
)
def test_what_is_no_licence_is_unreadable(noise: bytes):
    with pytest.raises(NotGenuine):
        read_any(noise, TRUSTED)
