"""Signatures are those of RFC 9421: its own example, and nothing but what was signed."""

import base64

import pytest

from civic.adapters.departments.signing import Signable, base, content_digest, mac, nonce_of, sign, why_not_signed

SIGNED = Signable("POST", "/share/population", b'{"a": 1}', "7d3f1c1e")


def headers() -> dict[str, str]:
    made = sign(SIGNED, client_id="civic", secret="s3cret", created=1_772_438_400, nonce="0123456789abcdef" * 2)
    return {name.lower(): value for name, value in made.items()}


def verdict(**change: object) -> str | None:
    parts: dict[str, object] = {"method": SIGNED.method, "path": SIGNED.path, "body": SIGNED.body}
    asked: dict[str, object] = {"headers": headers(), "secrets": {"civic": "s3cret"}, "at": 1_772_438_400}
    parts |= {name: value for name, value in change.items() if name in parts}
    asked |= {name: value for name, value in change.items() if name in asked}
    call = asked["headers"].get("civic-call", "")  # type: ignore[attr-defined]
    return why_not_signed(Signable(**parts, call=call), **asked)  # type: ignore[arg-type]


def test_the_example_of_the_standard() -> None:
    """RFC 9421, appendix B.2.5."""
    secret = base64.b64decode(
        "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="
    )
    signed = base(
        ("date", "@authority", "content-type"),
        ("Tue, 20 Apr 2021 02:07:55 GMT", "example.com", "application/json"),
        '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
    )

    assert mac(secret, signed) == "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8="


def test_the_digest_of_the_standard() -> None:
    """RFC 9530, appendix D."""
    assert content_digest(b'{"hello": "world"}\n') == "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"


def test_what_was_signed_is_taken() -> None:
    assert verdict() is None
    assert nonce_of(headers()) == "0123456789abcdef" * 2


@pytest.mark.parametrize(
    "change",
    [
        {"method": "PUT"},
        {"path": "/share/household"},
        {"body": b'{"a": 2}'},
        {"secrets": {"civic": "other"}},
        {"secrets": {}},
        {"at": 1_772_438_400 + 301},
        {"at": 1_772_438_400 - 301},
        {"headers": {}},
        {"headers": headers() | {"civic-call": "another"}},
        {"headers": headers() | {"signature": "civic=:AAAA:"}},
        {"headers": headers() | {"signature-input": headers()["signature-input"].replace("1772438400", "1772438401")}},
        {"headers": headers() | {"signature-input": headers()["signature-input"].replace(' "content-digest"', "")}},
    ],
)
def test_what_was_not_signed_is_not_taken(change: dict[str, object]) -> None:
    assert verdict(**change) is not None
