"""The signed data file: canonical JSON (RFC 8785) with a signature object beside the licence.

{"licence": {…}, "signature": {"alg", "signed_at", "x5c", "value"}}: `value` is the signature, in base64url, over the
canonical form of the whole without `value`. The file is the canonical form to the byte; anything else is refused.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from civic.adapters.signing.certificates import Certificate
from civic.licences.formats.content import FORMAT, Facts, from_rfc3339, licence_object, rfc3339
from civic.licences.formats.encoding import b64, b64url, canonical, from_b64, from_b64url, read_object
from civic.licences.formats.genuine import Genuine, NotGenuine, Reason, checked_signer, places_in

if TYPE_CHECKING:
    from civic.adapters.signing.client import Signer


def write(facts: Facts, signer: "Signer", *, at: datetime) -> bytes:
    """Return the signed data file of a licence."""
    x5c = [b64(certificate.der) for certificate in signer.chain]
    head = {"alg": signer.algorithm, "signed_at": rfc3339(at), "x5c": x5c}
    licence = licence_object(facts)
    value = b64url(signer.sign(canonical({"licence": licence, "signature": head})))
    return canonical({"licence": licence, "signature": {**head, "value": value}})


def read(content: bytes, trusted: tuple[Certificate, ...]) -> Genuine:
    """Return the licence in a signed data file. Raises: NotGenuine."""
    whole = read_object(content)
    if canonical(whole) != content:
        raise NotGenuine(Reason.CHANGED, "not the canonical form")
    try:
        licence, signature = whole["licence"], whole["signature"]
        if set(whole) != {"licence", "signature"} or licence["format"] != FORMAT:
            raise NotGenuine(Reason.UNREADABLE, "another format")
        signed_at = from_rfc3339(signature["signed_at"])
        leaf = checked_signer([from_b64(text) for text in signature["x5c"]], trusted, at=signed_at)
        head = {key: value for key, value in signature.items() if key != "value"}
        message = canonical({"licence": licence, "signature": head})
        if signature["alg"] != leaf.algorithm.name or not leaf.verifies(message, from_b64url(signature["value"])):
            raise NotGenuine(Reason.CHANGED, "the signature does not fit")
        return _genuine(licence, leaf, signed_at)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotGenuine(Reason.UNREADABLE, "a part is missing") from error


def _genuine(licence: dict[str, Any], leaf: Certificate, signed_at: datetime) -> Genuine:
    fields = licence["fields"]
    return Genuine(
        form="JSON",
        type=licence["type"]["name"],
        number=licence["number"],
        code=licence["code"],
        issuer=licence["issuer"]["name"],
        signed_at=signed_at,
        valid_from=licence["valid_from"],
        valid_until=licence["valid_until"],
        claims={field["key"]: field["value"] for field in fields},
        names={field["key"]: field["name"] for field in fields},
        places=places_in(licence["credentialStatus"]),
        signer=leaf.subject,
        algorithm=leaf.algorithm.name,
    )
