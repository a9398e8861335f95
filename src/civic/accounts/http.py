"""Who is asking: request types for the doors, and the bearer tokens of machines."""

import threading
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login, logout
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from ninja.security import HttpBearer

from civic.accounts.models import Account, Mandate, Token
from civic.accounts.models.token import digest
from civic.accounts.services import note_log_in
from civic.core.addresses import client_of

KNOWN_FOR = timedelta(seconds=3)
KNOWN_AT_MOST = 512


class SignedIn(HttpRequest):
    """A request of somebody with an account; `acting_for` is the mandate chosen, where they act for another."""

    user: Account
    id: str
    acting_for: Mandate | None


class Caller(HttpRequest):
    """A request to the API with a bearer token; `auth` and `user` are the token's account."""

    auth: Account
    user: Account
    id: str
    acting_for: Mandate | None


class Bearer(HttpBearer):
    """Takes `Authorization: Bearer …`. A good token is known for three seconds, so a revocation acts within three."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, tuple[datetime, Token]] = {}
        self._lock = threading.Lock()

    def authenticate(self, request: HttpRequest, token: str) -> Account | None:
        at = timezone.now()
        found = self._remembered(token, at)
        if found is None:
            found = Token.objects.valid(token, at=at)
            if found is None:
                return None
            found.note_use(at=at)
            self._remember(token, found, at)
        request.user = found.account
        return found.account

    def forget(self) -> None:
        """Drop what is known, so that the next request asks the database."""
        with self._lock:
            self._known.clear()

    def _remembered(self, text: str, at: datetime) -> Token | None:
        known = self._known.get(digest(text))
        return known[1] if known is not None and at - known[0] < KNOWN_FOR and at < known[1].expires_at else None

    def _remember(self, text: str, token: Token, at: datetime) -> None:
        if not settings.TOKEN_MEMORY:
            return
        with self._lock:
            if len(self._known) >= KNOWN_AT_MOST:
                self._known.clear()
            self._known[digest(text)] = (at, token)


bearer = Bearer()


def sign_in(request: HttpRequest, account: Account, *, how: str, at: datetime) -> None:
    """Log `account` in under a fresh session key, list the session, record the log-in."""
    with transaction.atomic():
        note_log_in(account, how=how, at=at)  # first: where the ledger is closed, nobody comes in
        login(request, account, backend="civic.accounts.backends.AccountBackend")
        request.session["signed_in_at"] = request.session["seen_at"] = int(at.timestamp())
        UserSession.objects.create_from_request(request)


def sign_out(request: HttpRequest) -> None:
    """End the session and take it off the list."""
    UserSession.objects.filter(session_key=request.session.session_key).delete()
    logout(request)


def client_address(request: HttpRequest) -> str:
    """Return the address the request came from: the proxy's word only where a proxy is configured."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    return client_of(forwarded, str(request.META.get("REMOTE_ADDR", "")))


def safe_next(request: HttpRequest, default: str) -> str:
    """Return where the visitor wanted to go, if it is a page of this site."""
    goal = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(goal, {request.get_host()}, require_https=request.is_secure())
    return goal if goal and allowed else default
