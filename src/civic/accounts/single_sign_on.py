"""The unified log-in of the province, as an OpenID Connect relying party; nothing it says is stored unsealed."""

import contextlib
from collections.abc import Iterator
from typing import Any, NoReturn
from urllib.parse import urlencode

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from requests import RequestException

from civic.accounts.http import client_address, sign_in
from civic.accounts.models import Account
from civic.accounts.pending import drop, held
from civic.accounts.services import log_in_by_identity
from civic.adapters.identity.client import LoginUnavailable, endpoints_of, identity_of

PROVIDER = "unified"
GOAL = "unified_login"  # where the visitor wanted to go, for the way back when the log-in fails
FAKE_PATH = "/demo/identity"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Lists sessions under the network they came from, not under a person's own address."""

    def get_client_ip(self, request: HttpRequest) -> str:
        return network_of(client_address(request))


class UnifiedLoginAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Takes the identity over into this house's own persons and accounts."""

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[Any]:
        """Return the one provider that the settings name; none where the city has none."""
        if not settings.IDENTITY_SERVER or provider not in (None, PROVIDER, "openid_connect"):
            return []
        return [
            SocialApp(
                provider="openid_connect",
                provider_id=PROVIDER,
                name="unified log-in",
                client_id=settings.IDENTITY_CLIENT_ID,
                secret=settings.IDENTITY_CLIENT_SECRET,
                settings={
                    "server_url": issuer(request),
                    "oauth_pkce_enabled": True,
                    "token_auth_method": "client_secret_post",
                },
            )
        ]

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> "UnifiedProvider":
        return UnifiedProvider(request, app=self.get_app(request, provider=provider, client_id=client_id))

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> NoReturn:
        """Log the person in here and leave the library's own flow: it would store the claims in the clear."""
        claims = sociallogin.account.extra_data
        told, signed = claims.get("userinfo", {}), claims.get("id_token", {})
        if told.get("sub") != signed.get("sub"):
            self.on_authentication_error(request, PROVIDER)
        at = timezone.now()
        current = request.user if isinstance(request.user, Account) and not request.user.is_official else None
        account = log_in_by_identity(identity_of(told), at=at, current=current)
        drop(request.session, GOAL)
        goal = sociallogin.get_redirect_url(request) or settings.LOGIN_REDIRECT_URL
        sign_in(request, account, how="unified-login", at=at)
        raise ImmediateHttpResponse(redirect(goal))

    def on_authentication_error(self, request: HttpRequest, provider: Any, **details: Any) -> NoReturn:
        """Lead back to the log-in page; what went wrong is the other side's business."""
        messages.error(request, _("统一身份认证没有完成。请重试，或改用手机号登录。"))
        goal = goal_of(request)
        raise ImmediateHttpResponse(redirect(f"/login/?{urlencode({'next': goal})}" if goal else "/login/"))


class VerifyingAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Checks the signature of every identity token, however it came, and trusts no answer to have the right shape."""

    def __init__(self, request: HttpRequest, provider_id: str = PROVIDER) -> None:
        super().__init__(request, provider_id)

    @property
    def openid_config(self) -> Any:
        if not hasattr(self, "_openid_config"):
            with understood():
                self._openid_config = endpoints_of(super().openid_config)
        return self._openid_config

    def get_access_token_data(self, request: HttpRequest, *args: Any, **options: Any) -> Any:
        with understood():
            return super().get_access_token_data(request, *args, **options)

    def parse_token(self, data: Any) -> Any:
        with understood():
            return super().parse_token(data)

    def _fetch_user_info(self, access_token: str) -> Any:
        with understood():
            return dict(super()._fetch_user_info(access_token))

    def _decode_id_token(self, app: Any, id_token: str) -> Any:
        with understood():
            return jwtkit.verify_and_decode(
                credential=id_token,
                keys_url=self.openid_config["jwks_uri"],
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                lookup_kid=jwtkit.lookup_kid_jwk,
            )


class UnifiedProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """The unified log-in, spoken to by our own adapter also on the way out."""

    oauth2_adapter_class = VerifyingAdapter


@contextlib.contextmanager
def understood() -> Iterator[None]:
    """Turn silence and nonsense of the other server into one named refusal. Raises: LoginUnavailable."""
    try:
        yield
    except (RequestException, AttributeError, LookupError, TypeError, ValueError) as error:
        words = _("统一身份认证暂时没有响应，没有登录成功。请在本页用手机号和验证码登录，或稍后再试。")
        raise LoginUnavailable(words) from error


def goal_of(request: HttpRequest) -> str:
    """Return the page that the visitor was on the way to when they left for the unified log-in."""
    return str((held(request.session, GOAL) or {}).get("next", ""))


def issuer(request: HttpRequest) -> str:
    """Return the issuer: the configured one, or this site's own demonstration of one."""
    if settings.IDENTITY_SERVER == "fake":
        return request.build_absolute_uri(FAKE_PATH)
    return str(settings.IDENTITY_SERVER).rstrip("/")


def network_of(address: str) -> str:
    """Return the network of an address: 203.0.113.7 -> 203.0.113.0; of IPv6 the first three groups."""
    if ":" in address:
        return ":".join(address.split(":")[:3]) + "::" if address != "::1" else address
    return address.rpartition(".")[0] + ".0" if address else "0.0.0.0"  # noqa: S104 (a missing address, not a socket)
