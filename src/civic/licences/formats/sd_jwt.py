"""SD-JWT VC: a credential whose holder decides which claims to show (RFC 9901, draft SD-JWT VC, `dc+sd-jwt`).

What tells about the holder is disclosed claim by claim; type, number, issuer, dates and status stand in the clear.
No key of the holder is bound (`cnf`): who presents a licence is told by the log-in, not by the file.
"""

import hashlib
import json
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from civic.adapters.signing.certificates import Certificate
from civic.licences.formats import jws
from civic.licences.formats.content import Facts, status_entries
from civic.licences.formats.encoding import b64url, from_b64url
from civic.licences.formats.genuine import Genuine, NotGenuine, Reason, places_in

if TYPE_CHECKING:
    from civic.adapters.signing.client import Signer

TYP = "dc+sd-jwt"
RESERVED = frozenset({"iss", "iat", "nbf", "exp", "vct", "cnf", "status", "sub", "_sd", "_sd_alg", "..."})
NAMES = {"holder_name": "持证主体", "holder_number": "持证主体代码"}


def write(facts: Facts, signer: "Signer", *, issuer: str, at: datetime) -> bytes:
    """Return the credential with all its disclosures. `issuer` is the address of the city's site."""
    claims = {"holder_name": facts.holder_name, "holder_number": facts.holder_id}
    claims |= {key: value for key, _, _, value in facts.fields}
    disclosures = [_disclosure(key, value) for key, value in claims.items()]
    payload = {
        "iss": issuer,
        "vct": f"{issuer}/licence-types/{facts.type}",
        "iat": int(at.timestamp()),
        "type": facts.type_name,
        "number": facts.number,
        "code": facts.code,
        "issuing_authority": facts.authority_name,
        "valid_from": facts.valid_from.isoformat(),
        "valid_until": facts.valid_until.isoformat() if facts.valid_until else None,
        "credentialStatus": status_entries(facts),
        "demonstration": facts.is_demonstration,
        "_sd_alg": "sha-256",
        "_sd": sorted(_digest(disclosure) for disclosure in disclosures),
        **({"exp": int(facts.ends_at.timestamp())} if facts.ends_at else {}),
    }
    return "~".join([jws.write(payload, signer, typ=TYP), *disclosures, ""]).encode()


def read(content: bytes, trusted: tuple[Certificate, ...]) -> Genuine:
    """Return the licence in a credential with any selection of its disclosures. Raises: NotGenuine."""
    try:
        token, *disclosures, last = content.decode("ascii").split("~")
    except ValueError as error:
        raise NotGenuine(Reason.UNREADABLE, "no SD-JWT") from error
    if last:
        raise NotGenuine(Reason.UNREADABLE, "ends with a key binding, of which this city issues none")
    payload, leaf = jws.read(token, trusted, typ=TYP)
    try:
        claims = _disclosed(disclosures, payload["_sd"], payload["_sd_alg"])
        return _genuine(payload, claims, leaf)
    except (KeyError, TypeError, ValueError) as error:
        raise NotGenuine(Reason.UNREADABLE, "a part is missing") from error


def select(content: bytes, keys: set[str]) -> bytes:
    """Return a credential that discloses only `keys` (fields, "holder_name", "holder_number")."""
    token, *disclosures, _last = content.decode("ascii").split("~")
    kept = [text for text in disclosures if json.loads(from_b64url(text))[1] in keys]
    return "~".join([token, *kept, ""]).encode()


def _disclosure(key: str, value: str) -> str:
    salted = [b64url(secrets.token_bytes(16)), key, value]
    return b64url(json.dumps(salted, ensure_ascii=False).encode())


def _digest(disclosure: str) -> str:
    return b64url(hashlib.sha256(disclosure.encode()).digest())


def _disclosed(disclosures: list[str], digests: Any, algorithm: str) -> dict[str, str]:
    """Return the claims of disclosures that the signature covers, each once. Raises: NotGenuine."""
    if algorithm != "sha-256" or len(set(disclosures)) != len(disclosures):
        raise NotGenuine(Reason.CHANGED, "a disclosure stands twice")
    if not {_digest(text) for text in disclosures} <= set(digests):
        raise NotGenuine(Reason.CHANGED, "a disclosure that was not signed")
    read = [json.loads(from_b64url(text)) for text in disclosures]
    return {str(key): str(value) for _salt, key, value in read}


def _genuine(payload: dict[str, Any], claims: dict[str, str], leaf: Certificate) -> Genuine:
    return Genuine(
        form="SD_JWT",
        type=payload["type"],
        number=payload["number"],
        code=payload["code"],
        issuer=payload["issuing_authority"],
        signed_at=datetime.fromtimestamp(int(payload["iat"]), UTC),
        valid_from=payload["valid_from"],
        valid_until=payload["valid_until"],
        claims=claims,
        names=NAMES,
        withheld=len(payload["_sd"]) - len(claims),
        places=places_in(payload["credentialStatus"]),
        signer=leaf.subject,
        algorithm=leaf.algorithm.name,
    )
