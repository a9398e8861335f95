"""Asks a department's system, tells it something, takes that back: within a time limit, and every failure by name."""

import json
import re
import secrets
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import quote_plus, urlencode, urlsplit
from uuid import uuid4

from civic.adapters.departments import tokens
from civic.adapters.departments.endpoint import Endpoint
from civic.adapters.departments.failure import SourceFailed
from civic.adapters.departments.fake import in_process
from civic.adapters.departments.question import Answer, Question
from civic.adapters.departments.signing import Signable, sign
from civic.core.errors import Invalid
from civic.core.keepable import read_json
from civic.core.wire import Reply, Wire, WireFailed, time_limit

NAME = re.compile(r"(?:[a-z]+\.)?(?P<name>[a-z][a-z0-9_]*)")
KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,199}")
CHARSET = re.compile(r"charset\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)
MOST_RECORDS = 500


@dataclass(frozen=True)
class Receipt:
    """What a department says to a notice. `reference` is its own number; `message` is for people."""

    reference: str
    accepted: bool
    message: str


class Carrier(Protocol):
    """What brings a request to a department: the wire, or the department played in this process."""

    def send(self, method: str, url: str, *, headers: Mapping[str, str], body: bytes = b"") -> Reply: ...


def ask(endpoint: Endpoint, question: Question, *, timeout: float) -> Answer:
    """Return what the department answers, cut to the fields that were asked for. `timeout`: seconds in all.

    Raises: SourceFailed.
    """
    body = {
        "subject": dict(question.subject),
        "fields": list(question.fields),
        "context": {
            name: getattr(question, name)
            for name in ("call", "case", "service", "purpose", "legal_basis", "on_behalf_of")
        },
    }
    found = _call(endpoint, "POST", f"/{_name(question.resource)}", body, call=question.call, timeout=timeout)
    return _answer(found, question)


def tell(endpoint: Endpoint, *, notice: str, key: str, body: Mapping[str, Any], timeout: float) -> Receipt:
    """Hand the department a notice; under one `key` it takes effect once, however often it is told.

    `key` stands in the address: never anything about a person. Raises: SourceFailed.
    """
    return _receipt(_call(endpoint, "PUT", _notice(notice, key), dict(body), timeout=timeout))


def withdraw(endpoint: Endpoint, *, notice: str, key: str, timeout: float) -> Receipt:
    """Take a notice back; one that was never there, or is gone already, is no error. Raises: SourceFailed."""
    return _receipt(_call(endpoint, "DELETE", _notice(notice, key), None, timeout=timeout))


def greet(endpoint: Endpoint, *, timeout: float) -> None:
    """Do nothing if the department's system is up and takes us. Raises: SourceFailed."""
    _call(endpoint, "GET", "/health", None, timeout=timeout)


@dataclass(frozen=True)
class _Errand:
    """One request to one department, before anybody has proven who they are."""

    endpoint: Endpoint
    method: str
    url: str
    body: bytes
    call: str


def _call(endpoint: Endpoint, method: str, path: str, payload: Any, *, timeout: float, call: str = "") -> Any:
    body = b"" if payload is None else json.dumps(payload, ensure_ascii=False).encode()
    errand = _Errand(endpoint, method, endpoint.address + path, body, call or str(uuid4()))
    try:
        with time_limit(timeout):
            carrier = _carrier(endpoint)
            headers = _proof(errand, carrier)
            reply = carrier.send(method, errand.url, headers=headers, body=body)
            if reply.status == 401 and endpoint.auth == "oauth2":  # it may have forgotten the token, not us
                tokens.forget(endpoint, headers["Authorization"].removeprefix("Bearer "))
                reply = carrier.send(method, errand.url, headers=_proof(errand, carrier), body=body)
            return _content(reply)
    except WireFailed as failure:
        raise SourceFailed(failure.reason, failure.detail) from failure


def _carrier(endpoint: Endpoint) -> Carrier:
    if endpoint.is_fake:
        return in_process
    return _wire(endpoint)


@lru_cache(maxsize=64)
def _wire(endpoint: Endpoint) -> Wire:
    return Wire(certificate=endpoint.certificate, private_key=endpoint.private_key, authority=endpoint.authority)


def _proof(errand: _Errand, carrier: Carrier) -> dict[str, str]:
    """Return the headers of one attempt, with the proof of who we are. Raises: WireFailed, SourceFailed."""
    endpoint = errand.endpoint
    headers = {"Accept": "application/json", "Civic-Call": errand.call}
    if errand.body:
        headers["Content-Type"] = "application/json; charset=utf-8"
    if endpoint.auth == "oauth2":
        token = tokens.token_of(endpoint, fetch=lambda: _fetch_token(endpoint, carrier))
        return {**headers, "Authorization": f"Bearer {token}"}
    signed = sign(
        Signable(errand.method, urlsplit(errand.url).path, errand.body, errand.call),
        client_id=endpoint.client_id,
        secret=endpoint.secret,
        created=int(time.time()),
        nonce=secrets.token_hex(16),
    )
    return {**headers, **signed}


def _fetch_token(endpoint: Endpoint, carrier: Carrier) -> tuple[str, float]:
    form = {"grant_type": "client_credentials", **({"scope": endpoint.scope} if endpoint.scope else {})}
    who = f"{quote_plus(endpoint.client_id)}:{quote_plus(endpoint.secret)}"  # RFC 6749, section 2.3.1
    headers = {
        "Accept": "application/json",
        "Authorization": f"Basic {b64encode(who.encode()).decode()}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    address = endpoint.token_address or f"{endpoint.address}/oauth2/token"
    reply = carrier.send("POST", address, headers=headers, body=urlencode(form).encode())
    if reply.status == 400:  # how OAuth says that it does not know us
        raise SourceFailed("DENIED", "token")
    match _content(reply):
        case {"access_token": str(token), "token_type": str(kind), **rest} if token and kind.lower() == "bearer":
            seconds = rest.get("expires_in", 60)
            if isinstance(seconds, int | float) and token.isascii() and token.isprintable():
                return token, float(seconds)
    raise SourceFailed("SHAPE", "token")


def _content(reply: Reply) -> Any:
    """Return the JSON of a reply that says yes. Raises: SourceFailed."""
    if reply.status in (401, 403):
        raise SourceFailed("DENIED", str(reply.status))
    if not 200 <= reply.status < 300:  # a redirection too: nobody is led elsewhere
        raise SourceFailed("STATUS", str(reply.status))
    declared = CHARSET.search(reply.headers.get("content-type", ""))
    if declared and declared[1].lower() not in ("utf-8", "utf8"):
        raise SourceFailed("CHARSET", declared[1][:20])
    try:
        return read_json(reply.body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise SourceFailed("CHARSET") from error
    except (ValueError, Invalid) as error:
        raise SourceFailed("GARBAGE") from error


def _answer(found: Any, question: Question) -> Answer:
    match found:
        case {"records": list(records), "as_of": str(as_of)} if all(isinstance(record, dict) for record in records):
            if len(records) > MOST_RECORDS:
                raise SourceFailed("TOO_LARGE", "records")
            asked = set(question.fields)
            cut = [{name: value for name, value in record.items() if name in asked} for record in records]
            return Answer(records=cut, as_of=_instant(as_of))
    raise SourceFailed("SHAPE")


def _receipt(found: Any) -> Receipt:
    match found:
        case {"reference": str(reference), "accepted": bool(accepted), "message": str(message)}:
            return Receipt(reference=reference[:100], accepted=accepted, message=message[:500])
    raise SourceFailed("SHAPE")


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise SourceFailed("SHAPE", "as_of") from error
    if instant.tzinfo is None:
        raise SourceFailed("SHAPE", "as_of")
    return instant


def _name(code: str) -> str:
    found = NAME.fullmatch(code)
    if found is None:
        raise ValueError("A resource or notice is named by small letters, digits and underscores.")
    return found["name"]


def _notice(notice: str, key: str) -> str:
    if KEY.fullmatch(key) is None:
        raise ValueError("A notice's key is 1 to 200 letters, digits and . _ : -")
    return f"/notices/{_name(notice)}/{key}"
