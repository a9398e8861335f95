"""Reads what the unified log-in says about a person, and asks the register who a child's guardians are."""

from collections.abc import Mapping
from dataclasses import dataclass

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from civic.adapters.identity import fake
from civic.core.errors import Invalid, Unavailable

TIMEOUT_SECONDS = 5.0
NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
LEVELS = {"L1": 1, "L2": 2, "L3": 3, "L4": 4}


class IdentityUnusable(Invalid):
    """The unified log-in did not say who this is."""

    code = "identity-unusable"


class LoginUnavailable(Unavailable):
    """The unified log-in does not answer, or not in its protocol; nothing was changed."""

    code = "unified-login-unavailable"


class RegisterUnavailable(Unavailable):
    """The household register does not answer; nothing was changed."""

    code = "register-unavailable"


@dataclass(frozen=True)
class Identity:
    """What the unified log-in vouches for. `phone` and `id_number` may be empty; `level` is 1 to 4."""

    subject: str
    name: str
    id_number: str
    phone: str
    level: int


def endpoints_of(description: object) -> dict[str, object]:
    """Return the server's description (OpenID Connect Discovery 1.0). Raises: ValueError, if it is none."""
    if not isinstance(description, dict) or not all(
        isinstance(description.get(name), str) and description[name] for name in NEEDED
    ):
        raise ValueError("not a description of an OpenID Connect server")
    return description


def identity_of(claims: Mapping[str, object]) -> Identity:
    """Return the identity in OpenID Connect `claims`. Raises: IdentityUnusable."""
    subject, level = claims.get("sub"), LEVELS.get(str(claims.get("identity_level", "")))
    if not isinstance(subject, str) or not subject or level is None:
        raise IdentityUnusable(_("统一身份认证没有返回可用的身份信息，请改用手机号登录，或到综合窗口办理。"))
    name, number, phone = (str(claims.get(key) or "") for key in ("name", "id_number", "phone_number"))
    if level >= LEVELS["L2"] and not (name and number):
        raise IdentityUnusable(_("统一身份认证没有返回姓名和证件号码，无法完成实名认证。"))
    return Identity(subject=subject, name=name, id_number=number, phone=phone, level=level)


def is_guardian(*, guardian_id: str, child_id: str) -> bool:
    """Whether the household register knows the one as a guardian of the other; False where no register is connected.

    Raises: RegisterUnavailable.
    """
    if settings.GUARDIAN_REGISTER == "fake":
        return fake.is_guardian(guardian_id=guardian_id, child_id=child_id)
    if not settings.GUARDIAN_REGISTER:
        return False
    try:
        answer = httpx.post(
            settings.GUARDIAN_REGISTER,
            json={"guardian": guardian_id, "child": child_id},
            headers={"Authorization": f"Bearer {settings.GUARDIAN_REGISTER_KEY}"},
            timeout=TIMEOUT_SECONDS,
        )
        answer.raise_for_status()
        return answer.json()["guardian"] is True
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise RegisterUnavailable(_("户籍信息暂时查不到，请稍后再试，或带户口簿到综合窗口办理。")) from error
