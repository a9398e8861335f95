"""Whatever somebody offers as a licence, it is refused in our own words and never breaks the reader."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from civic.licences.formats import jws, status_list
from civic.licences.formats.encoding import b64url, canonical
from civic.licences.formats.genuine import NotGenuine
from civic.licences.formats.verdict import read_any
from tests.licences.keys import credential, data_file, keys, pdf

TRUSTED = keys().trusted
WORDS = st.text(max_size=20) | st.sampled_from(["ES256", "2026-03-02T01:00:00Z"])
LEAVES = st.none() | st.booleans() | st.integers() | WORDS
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3))
PLACES = [
    ("licence",), ("signature",), ("signature", "alg"), ("signature", "signed_at"), ("signature", "x5c"),
    ("signature", "value"), ("licence", "format"), ("licence", "type"), ("licence", "fields"),
    ("licence", "credentialStatus"), ("licence", "valid_until"),
]  # fmt: skip


def refused(content: bytes) -> bool:
    try:
        read_any(content, TRUSTED)
    except NotGenuine:
        return True
    return False


@given(st.binary(max_size=300))
def test_noise_is_refused(noise: bytes) -> None:
    assert refused(noise)
    assert refused(b"%PDF-1.7\n" + noise)
    assert refused(b"{" + noise)


@given(st.sampled_from(PLACES), VALUES)
def test_a_data_file_with_another_value_anywhere_is_refused(place: tuple[str, ...], value: Any) -> None:
    whole = json.loads(data_file())
    part = whole
    for name in place[:-1]:
        part = part[name]
    if part[place[-1]] == value:
        return
    part[place[-1]] = value
    try:
        written = canonical(whole)
    except NotGenuine:
        written = json.dumps(whole).encode()

    assert refused(written)


@given(st.sampled_from(["alg", "typ", "x5c"]), VALUES)
def test_a_credential_with_another_head_is_refused(name: str, value: Any) -> None:
    head = {"alg": "ES256", "typ": "dc+sd-jwt", "x5c": ["QQ=="], name: value}
    token = credential().decode().split("~")[0].split(".")
    forged = ".".join([b64url(json.dumps(head).encode()), *token[1:]])

    assert refused(f"{forged}~".encode())


@given(VALUES, VALUES)
def test_whatever_is_signed_by_us_but_no_list_is_no_list(subject: Any, kind: Any) -> None:
    payload = {"iat": 1772413200, "credentialSubject": subject, "type": kind, "id": "x", "validFrom": "x"}
    try:
        signed = jws.write(payload, keys(), typ="vc+jwt")
    except NotGenuine:
        return
    try:
        status_list.read(signed.encode(), TRUSTED)
    except NotGenuine:
        return
    raise AssertionError("a list was read from what is none")


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(0, 10**12), st.integers(0, 10**12))
def test_a_pdf_with_other_ranges_is_refused(a: int, b: int, c: int, d: int) -> None:
    content = pdf()
    start = content.index(b"/ByteRange")
    end = content.index(b"]", start) + 1

    assert refused(content[:start] + f"/ByteRange [{a} {b} {c} {d}]".encode() + content[end:])


def test_none_is_no_algorithm_and_a_key_in_the_head_is_not_believed() -> None:
    head = b64url(b'{"alg":"none","typ":"dc+sd-jwt","x5c":[]}')
    body = credential().decode().split(".")[1]
    other = jws.write({"iat": 1772413200}, keys(of="somebody else"), typ="dc+sd-jwt")

    assert refused(f"{head}.{body}.~".encode())
    assert refused(f"{other}~".encode())
