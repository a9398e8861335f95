"""Signed requests: HTTP Message Signatures (RFC 9421) with HMAC-SHA256 over method, path, body and call. No Django.

    Content-Digest: sha-256=:<base64 of the body's SHA-256>:                                            (RFC 9530)
    Civic-Call: <the exchange's number of this call>
    Signature-Input: civic=("@method" "@path" "content-digest" "civic-call");created=<unix seconds>;keyid="<client id>"
                     ;alg="hmac-sha256";nonce="<32 hexadecimal digits, never used again>"
    Signature: civic=:<base64 of the HMAC>:

A receiver takes a request whose `created` is at most WINDOW_SECONDS from its own clock, and each nonce once.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WINDOW_SECONDS = 300
COVERED = ("@method", "@path", "content-digest", "civic-call")
INPUT = re.compile(
    r'civic=(?P<parameters>\("@method" "@path" "content-digest" "civic-call"\)'
    r';created=(?P<created>\d{1,11});keyid="(?P<keyid>[!#-\[\]-~]{1,100})";alg="hmac-sha256"'
    r';nonce="(?P<nonce>[0-9a-f]{32})")'
)


@dataclass(frozen=True)
class Signable:
    """What of a request is signed."""

    method: str
    path: str
    body: bytes
    call: str


def sign(request: Signable, *, client_id: str, secret: str, created: int, nonce: str) -> dict[str, str]:
    """Return the headers that sign one request. `created` is in unix seconds."""
    covered = " ".join(f'"{name}"' for name in COVERED)
    parameters = f'({covered});created={created};keyid="{client_id}";alg="hmac-sha256";nonce="{nonce}"'
    values = (request.method, request.path, content_digest(request.body), request.call)
    return {
        "Content-Digest": values[2],
        "Civic-Call": request.call,
        "Signature-Input": f"civic={parameters}",
        "Signature": f"civic=:{mac(secret.encode(), base(COVERED, values, parameters))}:",
    }


def why_not_signed(
    request: Signable, headers: Mapping[str, str], *, secrets: Mapping[str, str], at: int
) -> str | None:  # fmt: skip
    """Return what is wrong with a request's signature; None where it is good. Header names are lower case."""
    found = INPUT.fullmatch(headers.get("signature-input", ""))
    if found is None or found["keyid"] not in secrets:
        return "no signature of a client that is known"
    if abs(at - int(found["created"])) > WINDOW_SECONDS:
        return "signed too long ago"
    digest = content_digest(request.body)
    if headers.get("content-digest") != digest:
        return "another body was signed"
    signed = base(COVERED, (request.method, request.path, digest, request.call), found["parameters"])
    expected = f"civic=:{mac(secrets[found['keyid']].encode(), signed)}:"
    if not hmac.compare_digest(expected.encode(), headers.get("signature", "").encode()):
        return "the signature is wrong"
    return None


def nonce_of(headers: Mapping[str, str]) -> str:
    """Return what a signed request must carry once and never again; empty, where it is not signed."""
    found = INPUT.fullmatch(headers.get("signature-input", ""))
    return found["nonce"] if found else ""


def content_digest(body: bytes) -> str:
    """Return the value of Content-Digest."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def base(names: Sequence[str], values: Sequence[str], parameters: str) -> bytes:
    """Return the signature base (RFC 9421, section 2.5)."""
    lines = [f'"{name}": {value}' for name, value in zip(names, values, strict=True)]
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode()


def mac(secret: bytes, signed: bytes) -> str:
    """Return the HMAC-SHA256, in base64 (RFC 9421, section 3.3.3)."""
    return base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()
