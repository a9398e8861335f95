"""An identity provider for demonstrations: it really speaks OpenID Connect, for people who do not exist."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.core import signing
from django.core.cache import cache

CODE_SECONDS = 60
TOKEN_SECONDS = 300
CURVE_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
KEY_ID = "demonstration-1"


class BadRequest(Exception):
    """The request breaks the protocol; the message is the protocol's own error code."""


@dataclass(frozen=True)
class Persona:
    """A person of the demonstration."""

    key: str
    name: str
    id_number: str
    phone: str
    level: str


PERSONAS = {
    persona.key: persona
    for persona in (
        Persona("wangfang", "王芳", "341502199001010025", "13800005678", "L3"),
        Persona("liuguiying", "刘桂英", "34150219550307002X", "13800004321", "L3"),
        Persona("sunhao", "孙浩", "341503198812120019", "13800009999", "L2"),
        Persona("zhoujianguo", "周建国", "341502198505150019", "13800006666", "L4"),
        Persona("hexiulan", "何秀兰", "341502194304120042", "13800007788", "L3"),
    )
}
CHILDREN = {"341502201605060031": "341502199001010025"}  # 王小宝: his mother is 王芳


def is_guardian(*, guardian_id: str, child_id: str) -> bool:
    """Whether the demonstration's register has the two as mother or father and child."""
    return CHILDREN.get(child_id) == guardian_id


def discovery(issuer: str) -> dict[str, object]:
    """Return the provider's description (OpenID Connect Discovery 1.0)."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize/",
        "token_endpoint": f"{issuer}/token/",
        "userinfo_endpoint": f"{issuer}/userinfo/",
        "jwks_uri": f"{issuer}/jwks/",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
        "scopes_supported": ["openid", "profile"],
    }


def jwks() -> dict[str, object]:
    """Return the public key of the tokens."""
    key = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(_key().public_key()))
    return {"keys": [{**key, "kid": KEY_ID, "use": "sig", "alg": "ES256"}]}


def check_request(asked: Mapping[str, str], *, callback: str) -> None:
    """Refuse an authorization request that this provider would not answer. Raises: BadRequest."""
    if asked.get("client_id") != settings.IDENTITY_CLIENT_ID or asked.get("redirect_uri") != callback:
        raise BadRequest("unauthorized_client")
    if asked.get("response_type") != "code" or "openid" not in asked.get("scope", "").split():
        raise BadRequest("invalid_request")
    if not asked.get("code_challenge") or asked.get("code_challenge_method") != "S256":
        raise BadRequest("invalid_request")


def approve(asked: Mapping[str, str], *, persona: str) -> str:
    """Return where the browser goes after `persona` has logged in: back, with a code good for a minute and once."""
    payload = {"who": persona, "to": asked["redirect_uri"], "challenge": asked["code_challenge"]}
    payload["nonce"] = asked.get("nonce", "")
    code = signing.dumps(payload, salt="demonstration identity code")
    return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked.get('state', '')})}"


def token(asked: Mapping[str, str], *, issuer: str, at: float) -> dict[str, object]:
    """Return the tokens for a code. Raises: BadRequest."""
    client = (asked.get("client_id", ""), asked.get("client_secret", ""))
    if not hmac.compare_digest(repr(client), repr((settings.IDENTITY_CLIENT_ID, settings.IDENTITY_CLIENT_SECRET))):
        raise BadRequest("invalid_client")
    try:
        found = signing.loads(asked.get("code", ""), salt="demonstration identity code", max_age=CODE_SECONDS)
    except signing.BadSignature:
        raise BadRequest("invalid_grant") from None
    used = "demonstration-code-" + hashlib.sha256(asked["code"].encode()).hexdigest()
    if asked.get("redirect_uri") != found["to"] or _challenge(asked.get("code_verifier", "")) != found["challenge"]:
        raise BadRequest("invalid_grant")
    if not cache.add(used, True, CODE_SECONDS):
        raise BadRequest("invalid_grant")
    claims = {"iss": issuer, "aud": client[0], "sub": found["who"], "iat": int(at), "exp": int(at) + TOKEN_SECONDS}
    if found["nonce"]:
        claims["nonce"] = found["nonce"]
    return {
        "access_token": signing.dumps(found["who"], salt="demonstration identity token"),
        "token_type": "Bearer",
        "expires_in": TOKEN_SECONDS,
        "id_token": jwt.encode(claims, _key(), algorithm="ES256", headers={"kid": KEY_ID}),
    }


def userinfo(access_token: str) -> dict[str, object]:
    """Return what the provider vouches for. Raises: BadRequest."""
    try:
        who = signing.loads(access_token, salt="demonstration identity token", max_age=TOKEN_SECONDS)
    except signing.BadSignature:
        raise BadRequest("invalid_token") from None
    persona = PERSONAS[who]
    return {
        "sub": who,
        "name": persona.name,
        "id_number": persona.id_number,
        "phone_number": persona.phone,
        "phone_number_verified": True,
        "identity_level": persona.level,
    }


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


@lru_cache(maxsize=1)
def _key() -> ec.EllipticCurvePrivateKey:
    """Return the signing key: made from the installation's secret, so every process has the same."""
    seed = hmac.digest(settings.SECRET_KEY.encode(), b"demonstration identity key", "sha512")
    return ec.derive_private_key(int.from_bytes(seed) % (CURVE_ORDER - 1) + 1, ec.SECP256R1())
