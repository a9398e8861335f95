"""Compact JWS (RFC 7515) with the signer's certificates in its head, for ES256 and for SM2.

"SM2" is no registered name of JOSE: it is ours, for SM2 with SM3, written as r and s like ES256.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from civic.adapters.signing.certificates import Certificate
from civic.licences.formats.encoding import b64, b64url, canonical, from_b64, from_b64url, read_object
from civic.licences.formats.genuine import NotGenuine, Reason, checked_signer

if TYPE_CHECKING:
    from civic.adapters.signing.client import Signer


def write(payload: dict[str, Any], signer: "Signer", *, typ: str) -> str:
    """Return `payload` signed."""
    head = {"alg": signer.algorithm, "typ": typ, "x5c": [b64(certificate.der) for certificate in signer.chain]}
    message = f"{b64url(canonical(head))}.{b64url(canonical(payload))}"
    return f"{message}.{b64url(signer.sign(message.encode()))}"


def read(text: str, trusted: tuple[Certificate, ...], *, typ: str) -> tuple[dict[str, Any], Certificate]:
    """Return the payload and the signer; the signer's certificate must hold at the payload's `iat`.

    Raises: NotGenuine.
    """
    parts = text.split(".")
    if len(parts) != 3 or not text.isascii():
        raise NotGenuine(Reason.UNREADABLE, "no JWS")
    head, payload = read_object(from_b64url(parts[0])), read_object(from_b64url(parts[1]))
    try:
        if head["typ"] != typ:
            raise NotGenuine(Reason.UNREADABLE, "a JWS of another kind")
        issued = datetime.fromtimestamp(int(payload["iat"]), UTC)
        leaf = checked_signer([from_b64(item) for item in head["x5c"]], trusted, at=issued)
        is_signed = leaf.verifies(f"{parts[0]}.{parts[1]}".encode(), from_b64url(parts[2]))
        is_named = head["alg"] == leaf.algorithm.name
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise NotGenuine(Reason.UNREADABLE, "a part is missing") from error
    if not (is_signed and is_named):
        raise NotGenuine(Reason.CHANGED, "the signature does not fit")
    return payload, leaf
