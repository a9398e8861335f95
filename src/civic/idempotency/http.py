"""keyed(): answers a creating request once, and repeats of it with the stored bytes."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from civic.idempotency.models import Replay
from civic.idempotency.services import Claim, check_key, claim, fingerprint, keep

Effect = Callable[[], tuple[int, bytes, str]]


def keyed(
    request: HttpRequest, effect: Effect, *, scope: str, at: datetime, content: bytes | None = None
) -> HttpResponse:
    """Return the answer of `effect() -> (status, JSON bytes, location)`, made at most once per Idempotency-Key.

    `content` stands for the request's body where that cannot be compared byte by byte (multipart: a digest).
    Raises: BadKey (400), InFlight (409), KeyReused (422).
    """
    asked = claim_of(request, scope=scope, content=content)
    with transaction.atomic():
        held = claim(scope=scope, key=asked.key, print_=asked.fingerprint)
        if held.answer is not None:
            return answer(held.answer, replayed=True)
        status, body, location = effect()
        return answer(keep(held, status=status, body=body, location=location, at=at), replayed=False)


def claim_of(request: HttpRequest, *, scope: str, content: bytes | None = None) -> Claim:
    """Return what a request claims, not yet held. Raises: BadKey (400)."""
    key = request.headers.get("Idempotency-Key", "")
    check_key(key)
    body = request.body if content is None else content
    return Claim(scope, key, fingerprint((request.method or "").encode(), request.path.encode(), body), None)


def answer(replay: Replay, *, replayed: bool) -> HttpResponse:
    """Return a stored answer as it was first given, marked when it is a repeat."""
    response = HttpResponse(bytes(replay.body), status=replay.status, content_type=replay.content_type)
    if replay.location:
        response["Location"] = replay.location
    if replayed:
        response["Idempotent-Replayed"] = "true"
    return response
