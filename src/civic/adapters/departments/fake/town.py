"""All departments of one world: who may ask, what is answered, what is noted; and how each misbehaves when told to."""

import hmac
import json
import re
import secrets
import threading
import time
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote_plus

from civic.adapters.departments.fake.notices import NOTICES, Notice, Notices
from civic.adapters.departments.fake.resources import DEPARTMENTS, RESOURCES, Book
from civic.adapters.departments.fake.switches import Switches
from civic.adapters.departments.fake.world import world
from civic.adapters.departments.signing import WINDOW_SECONDS, Signable, nonce_of, why_not_signed

SECRETS = {"civic": "demonstration"}  # who may ask: client id -> secret
TOKEN_SECONDS = 600
MOST_BYTES = 64 * 1024
SHANGHAI = timezone(timedelta(hours=8))
KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,199}")


class Refused(Exception):
    """A department does not answer; `status` is HTTP's, `error` says why in one word."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status, self.error = status, error


@dataclass(frozen=True)
class Request:
    """One request to a department. `path` is below the department's address; header names are lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    signed_path: str


class Town:
    """The departments. `on`: the day of their world; `kept`: the file that keeps what they were told."""

    def __init__(
        self, on: date, *, kept: Path | None = None, clock: Callable[[], float] = time.time, is_past: bool = False
    ) -> None:
        self.world = world(on)
        self.notices = Notices(kept)
        self.switches = Switches()
        self.calls: list[str] = []  # "department/resource" of the newest calls that were answered
        self._book = Book(self.world.registers, self.notices)
        self._clock, self._is_past = clock, is_past
        self._key = secrets.token_bytes(32)
        self._nonces: dict[str, float] = {}
        self._lock = threading.Lock()

    def answer(self, department: str, request: Request) -> tuple[int, dict[str, Any]]:
        """Return the status and the content of the answer to one request."""
        try:
            if department not in DEPARTMENTS:
                raise Refused(404, "unknown_department")
            if len(request.body) > MOST_BYTES:
                raise Refused(413, "too_large")
            if (request.method, request.path) == ("POST", "/oauth2/token"):
                return 200, self._token(department, request)
            self._require_client(department, request)
            return 200, self._serve(department, request)
        except Refused as refused:
            return refused.status, {"error": refused.error}

    def take_payment(self, property_id: str) -> Notice:
        """Note at the tax service's own counter that the deed tax on a home is paid. Raises: ValueError."""
        if property_id not in self.world.registers.properties:
            raise ValueError(f"unknown home {property_id!r}")
        return self.notices.keep(Notice("sw", "payment", property_id, {"property_id": property_id}, self.now()))

    def now(self) -> str:
        """Return the instant as of which answers are true, RFC 3339."""
        if self._is_past:
            return datetime.combine(self.world.on, datetime.min.time(), SHANGHAI).isoformat()
        return datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="seconds")

    # Who asks

    def _token(self, department: str, request: Request) -> dict[str, Any]:
        form = parse_qs(request.body.decode("utf-8", "replace"))
        if form.get("grant_type") != ["client_credentials"]:
            raise Refused(400, "unsupported_grant_type")
        try:
            given = b64decode(request.headers.get("authorization", "").removeprefix("Basic "), validate=True).decode()
        except (NotBase64, UnicodeDecodeError):
            raise Refused(401, "invalid_client") from None
        client, _, secret = given.partition(":")
        if not hmac.compare_digest(unquote_plus(secret).encode(), SECRETS.get(unquote_plus(client), "\0").encode()):
            raise Refused(401, "invalid_client")
        until = f"{int(self._clock()) + TOKEN_SECONDS}"
        token = f"{until}.{self._mark(department, until)}"
        return {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS}

    def _require_client(self, department: str, request: Request) -> None:
        authorization = request.headers.get("authorization", "")
        if authorization.startswith("Bearer "):
            until, _, mark = authorization.removeprefix("Bearer ").partition(".")
            if not (until.isdecimal() and hmac.compare_digest(mark.encode(), self._mark(department, until).encode())):
                raise Refused(401, "invalid_token")
            if int(until) <= self._clock():
                raise Refused(401, "expired_token")
            return
        signed = Signable(
            request.method, request.signed_path, request.body, call=request.headers.get("civic-call", "")
        )  # fmt: skip
        wrong = why_not_signed(signed, request.headers, secrets=SECRETS, at=int(self._clock()))
        if wrong:
            raise Refused(401, wrong)
        self._require_new(nonce_of(request.headers))

    def _require_new(self, nonce: str) -> None:
        now = self._clock()
        with self._lock:
            self._nonces = {old: at for old, at in self._nonces.items() if now - at <= 2 * WINDOW_SECONDS}
            if nonce in self._nonces:
                raise Refused(401, "replayed")
            self._nonces[nonce] = now

    def _mark(self, department: str, until: str) -> str:
        return hmac.digest(self._key, f"{department}.{until}".encode(), "sha256").hex()

    # What is asked

    def _serve(self, department: str, request: Request) -> dict[str, Any]:
        if (request.method, request.path) == ("GET", "/health"):
            return {"status": "up"}
        parts = request.path.strip("/").split("/")
        if len(parts) == 3 and parts[0] == "notices":
            return self._note(department, request, parts[1], parts[2])
        code = f"{department}.{parts[0]}"
        if len(parts) != 1 or code not in RESOURCES:
            raise Refused(404, "unknown_resource")
        if request.method != "POST":
            raise Refused(405, "ask with POST")
        return self._look_up(code, _object(request.body))

    def _look_up(self, code: str, question: Mapping[str, Any]) -> dict[str, Any]:
        resource = RESOURCES[code]
        subject, fields = question.get("subject"), question.get("fields")
        if not isinstance(subject, dict) or not all(isinstance(value, str) for value in subject.values()):
            raise Refused(400, "subject")
        if len(subject) != 1 or not set(subject) <= set(resource.keys):
            raise Refused(400, "subject")
        if not isinstance(fields, list) or not fields or not set(map(str, fields)) <= set(resource.fields):
            raise Refused(400, "fields")
        context = question.get("context")
        if not isinstance(context, dict) or not context.get("call") or not context.get("purpose"):
            raise Refused(403, "purpose")  # 政务数据共享条例: no sharing without a stated purpose
        with self._lock:
            self.calls = [*self.calls[-999:], code.replace(".", "/")]
        records = resource.answer(self._book, subject)
        return {"records": [{name: record[name] for name in fields} for record in records], "as_of": self.now()}

    # What is told

    def _note(self, department: str, request: Request, name: str, key: str) -> dict[str, Any]:
        if name not in NOTICES.get(department, ()) or not KEY.fullmatch(key):
            raise Refused(404, "unknown_notice")
        if request.method == "DELETE":
            self.notices.drop(department, name, key)
            reference = Notice(department, name, key, {}, "").reference
            return {"reference": reference, "accepted": True, "message": "已撤回。"}
        if request.method != "PUT":
            raise Refused(405, "tell with PUT")
        body = _object(request.body)
        if not body.get("certificate_no") and not body.get("case"):
            raise Refused(400, "certificate_no or case")
        if refusal := self._why_not_accept(f"{department}.{name}", body):
            return {"reference": "", "accepted": False, "message": refusal}
        kept = self.notices.keep(Notice(department, name, key, body, self.now()))
        if kept.body != body:
            return {"reference": kept.reference, "accepted": False, "message": "同一编号已经收到过不同的内容。"}
        return {"reference": kept.reference, "accepted": True, "message": "已收到。"}

    def _why_not_accept(self, notice: str, body: Mapping[str, Any]) -> str | None:
        insurance = self.world.registers.insurances.get(str(body.get("mother_id_number", "")))
        if notice == "rsj.maternity_allowance" and not (insurance and insurance.maternity_insured):
            return "母亲没有参加生育保险，不能领取生育津贴。"
        return None


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Refused(400, "not JSON in UTF-8") from None
    if not isinstance(found, dict):
        raise Refused(400, "not an object")
    return found
