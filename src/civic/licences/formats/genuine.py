"""What a reader finds: a genuine licence with what it says, or why it is none."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from civic.adapters.signing.certificates import BadCertificate, Certificate, find_issuer


class Reason(StrEnum):
    """Why something is no genuine licence."""

    UNREADABLE = "UNREADABLE"  # no licence in a form that we know
    CHANGED = "CHANGED"  # not what was signed
    UNKNOWN_ISSUER = "UNKNOWN_ISSUER"  # signed, but by nobody whom we believe


class NotGenuine(Exception):
    """The bytes are no genuine licence. The words are for logs and tests; people are told by `reason`."""

    def __init__(self, reason: Reason, words: str) -> None:
        super().__init__(f"{reason}: {words}")
        self.reason = reason


@dataclass(frozen=True)
class Place:
    """Where a status list tells about a licence."""

    purpose: str
    list: str
    index: int


@dataclass(frozen=True)
class Genuine:
    """A licence as its signature vouches for it.

    `claims` is what it discloses by field; `withheld` how many claims its holder kept back (SD-JWT).
    """

    form: str
    type: str
    number: str
    code: str
    issuer: str
    signed_at: datetime
    valid_from: str
    valid_until: str | None
    claims: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    withheld: int = 0
    places: tuple[Place, ...] = ()
    signer: str = ""
    algorithm: str = ""


def checked_signer(x5c: list[bytes], trusted: tuple[Certificate, ...], *, at: datetime) -> Certificate:
    """Return the signer's certificate, the first of `x5c`, if a trusted authority issued it and it held at `at`.

    Raises: NotGenuine.
    """
    if not x5c:
        raise NotGenuine(Reason.UNREADABLE, "no certificate")
    try:
        leaf = _known(x5c[0])
    except BadCertificate as error:
        raise NotGenuine(Reason.UNREADABLE, str(error)) from error
    if leaf.is_authority or find_issuer(leaf, trusted, at=at) is None:
        raise NotGenuine(Reason.UNKNOWN_ISSUER, "no authority that we believe issued the signer's certificate")
    return leaf


@lru_cache(maxsize=16)
def _known(der: bytes) -> Certificate:
    """Return a certificate that can be read; the same few come again and again. Raises: BadCertificate."""
    certificate = Certificate(der)
    certificate.check()
    return certificate


def places_in(entries: Any) -> tuple[Place, ...]:
    """Return the places of a licence's credentialStatus."""
    return tuple(
        Place(str(entry["statusPurpose"]), str(entry["statusListCredential"]), int(entry["statusListIndex"]))
        for entry in entries
    )
