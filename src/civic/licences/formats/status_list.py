"""W3C Bitstring Status List v1.0: one bit a licence, compressed, in a signed credential (VC-JOSE, `vc+jwt`)."""

import gzip
import hashlib
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from civic.adapters.signing.certificates import Certificate
from civic.licences.formats import jws
from civic.licences.formats.content import rfc3339
from civic.licences.formats.encoding import b64url, from_b64url
from civic.licences.formats.genuine import NotGenuine, Reason

if TYPE_CHECKING:
    from civic.adapters.signing.client import Signer

TYP = "vc+jwt"
CONTEXT = "https://www.w3.org/ns/credentials/v2"
GOOD_FOR = timedelta(hours=24)
TTL = timedelta(minutes=5)
LARGEST_BITS = 1 << 27
MULTIBASE_BASE64URL = "u"


@dataclass(frozen=True)
class Bits:
    """The list of one purpose as it was signed: which bits are set, since when, and when it was last confirmed."""

    address: str
    purpose: str
    content: bytes
    from_at: datetime
    signed_at: datetime

    def is_set(self, index: int) -> bool:
        """Whether the bit at `index` is set; the first bit is the leftmost. Raises: IndexError."""
        if not 0 <= index < len(self.content) * 8:
            raise IndexError(f"The list has no place {index}.")
        return bool(self.content[index // 8] & (0x80 >> index % 8))


def bitstring(places: Collection[int], *, length: int) -> bytes:
    """Return `length` bits of which those at `places` are set; place 0 is the leftmost bit."""
    bits = bytearray(length // 8)
    for place in places:
        bits[place // 8] |= 0x80 >> place % 8
    return bytes(bits)


def digest(bits: bytes) -> str:
    return hashlib.sha256(bits).hexdigest()


def write(bits: bytes, signer: "Signer", *, address: str, purpose: str, from_at: datetime, at: datetime) -> str:
    """Return the signed list at `address`. `from_at` is when it began to say so, `at` when this is confirmed."""
    issuer = address.partition("/api/")[0]
    encoded = MULTIBASE_BASE64URL + b64url(gzip.compress(bits, compresslevel=9, mtime=0))
    payload = {
        "@context": [CONTEXT],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": rfc3339(from_at),
        "validUntil": rfc3339(at + GOOD_FOR),
        "iat": int(at.timestamp()),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encoded,
            "ttl": int(TTL.total_seconds() * 1000),
        },
    }
    return jws.write(payload, signer, typ=TYP)


def read(content: bytes, trusted: tuple[Certificate, ...]) -> Bits:
    """Return the list in a signed credential. Raises: NotGenuine."""
    try:
        text = content.decode("ascii")
    except ValueError as error:
        raise NotGenuine(Reason.UNREADABLE, "no status list") from error
    payload, _leaf = jws.read(text, trusted, typ=TYP)
    try:
        subject = payload["credentialSubject"]
        if "BitstringStatusListCredential" not in payload["type"]:
            raise NotGenuine(Reason.UNREADABLE, "no status list")
        return Bits(
            address=payload["id"],
            purpose=subject["statusPurpose"],
            content=_unpacked(subject["encodedList"]),
            from_at=datetime.fromisoformat(payload["validFrom"]),
            signed_at=datetime.fromtimestamp(int(payload["iat"]), UTC),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise NotGenuine(Reason.UNREADABLE, "a part is missing") from error


def _unpacked(encoded: str) -> bytes:
    """Return the bits in `encoded`, never more than a list may have. Raises: ValueError, NotGenuine."""
    if not encoded.startswith(MULTIBASE_BASE64URL):
        raise ValueError("The list is not in base64url.")
    unzip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        bits = unzip.decompress(from_b64url(encoded[1:]), LARGEST_BITS // 8)
    except zlib.error as error:
        raise ValueError("The list is not compressed by gzip.") from error
    if unzip.unconsumed_tail or not unzip.eof:
        raise ValueError("The list is longer than a list may be, or cut off.")
    return bits
