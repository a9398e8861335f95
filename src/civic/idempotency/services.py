"""claim() and keep(): one key, one effect, one stored answer, all in the effect's own transaction."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from civic.core.errors import Conflict, Invalid, Unprocessable
from civic.idempotency.models import Replay

KEY = re.compile(r"[\x21-\x7e]{8,128}")


class BadKey(Invalid):
    """The key cannot be used."""

    code = "idempotency-key"


class InFlight(Conflict):
    """Another request with this key is still being answered."""

    code = "idempotency-in-flight"


class KeyReused(Unprocessable):
    """The key was used before for a different request."""

    code = "idempotency-key-reused"


@dataclass(frozen=True)
class Claim:
    """A key that this transaction holds. `answer` is the stored answer, or None if the effect is still to be made."""

    scope: str
    key: str
    fingerprint: bytes
    answer: Replay | None

    @property
    def lock(self) -> int:
        return lock_number(self.scope, self.key)


def check_key(key: str) -> None:
    """Refuse a key that is missing or has an unusable form.

    Raises: BadKey.  Source: draft-ietf-httpapi-idempotency-key-header.
    """
    if not KEY.fullmatch(key):
        raise BadKey(_("请在请求头 Idempotency-Key 中给出8至128个可见字符的唯一键，重试时使用同一个键。"))


def fingerprint(*parts: bytes) -> bytes:
    """Return SHA-256 over the length-prefixed parts of a request: method, path, body."""
    joined = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return hashlib.sha256(joined).digest()


def lock_number(scope: str, key: str) -> int:
    """Return the signed 64-bit number of the advisory lock for a key."""
    return int.from_bytes(hashlib.sha256(f"{scope}\0{key}".encode()).digest()[:8], "big", signed=True)


LOOK = """
SELECT pg_try_advisory_xact_lock(%s), r.id, r.fingerprint, r.status, r.content_type, r.body, r.location
FROM (SELECT 1) AS one LEFT JOIN idempotency_replay r ON r.scope = %s AND r.key = %s
"""


def claim(*, scope: str, key: str, print_: bytes) -> Claim:
    """Hold `key` for this transaction and return what is stored under it.

    Must run inside `transaction.atomic()`; the lock ends with the transaction.
    Raises: InFlight, while another transaction holds the key; KeyReused, if it was used for another request.
    """
    check_key(key)
    with connection.cursor() as cursor:
        cursor.execute(LOOK, [lock_number(scope, key), scope, key])
        got, pk, stored, status, content_type, body, location = cursor.fetchone()
    if not got:
        raise InFlight(_("同一个请求正在处理中，请稍候再查询结果，不要重复提交。"))
    if pk is None:
        return Claim(scope, key, print_, None)
    if bytes(stored) != print_:
        raise KeyReused(_("这个 Idempotency-Key 已用于内容不同的请求，请换一个新的键。"))
    answer = Replay(
        pk=pk, scope=scope, key=key, status=status, content_type=content_type, body=bytes(body), location=location
    )
    return Claim(scope, key, print_, answer)


def kept(*, scope: str, key: str) -> Replay | None:
    """Return the answer stored under `key`, or None; nothing is locked."""
    return Replay.objects.filter(scope=scope, key=key).first()


def keep(
    held: Claim, *, status: int, body: bytes, content_type: str = "application/json", location: str = "", at: datetime
) -> Replay:
    """Store the answer of the effect just made, in the same transaction.

    Raises: InFlight, if another transaction was quicker after all; the caller's effect rolls back.
    """
    replay = replay_of(held, status=status, body=body, content_type=content_type, location=location, at=at)
    try:
        with transaction.atomic():
            replay.save(force_insert=True)
            return replay
    except IntegrityError as error:
        raise InFlight(_("同一个请求正在处理中，请稍候再查询结果，不要重复提交。")) from error


def replay_of(
    held: Claim, *, status: int, body: bytes, content_type: str = "application/json", location: str = "", at: datetime
) -> Replay:
    """Return the answer as it is to be stored, for a caller's own hand-written statement."""
    return Replay(
        scope=held.scope,
        key=held.key,
        fingerprint=held.fingerprint,
        status=status,
        content_type=content_type,
        body=body,
        location=location,
        created_at=at,
    )
