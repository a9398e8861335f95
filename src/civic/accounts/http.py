"""Who is asking: request types for the doors, and the bearer tokens of machines."""

import threading
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from civic.accounts.models import Account, Token
from civic.accounts.models.token import digest

KNOWN_FOR = timedelta(seconds=3)
KNOWN_AT_MOST = 512


class SignedIn(HttpRequest):
    """A request of somebody with an account."""

    user: Account
    id: str


class Caller(HttpRequest):
    """A request to the API with a bearer token; `auth` and `user` are the token's account."""

    auth: Account
    user: Account
    id: str


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


def client_address(request: HttpRequest) -> str:
    """Return the address the request came from: the proxy's word only where a proxy is configured."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))
