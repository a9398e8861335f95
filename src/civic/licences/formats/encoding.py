"""Bytes as text and back, in one form only: what could be written in two ways is refused when it is read."""

import base64
import binascii
import json
from typing import Any

import rfc8785

from civic.licences.formats.genuine import NotGenuine, Reason

LARGEST = 3 * 1024 * 1024  # bytes of a file that is offered for verification


def b64url(content: bytes) -> str:
    """Return `content` in base64url without padding (RFC 7515)."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def from_b64url(text: str) -> bytes:
    """Return the bytes that `text` writes. Raises: NotGenuine, if they would be written otherwise."""
    try:
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise NotGenuine(Reason.CHANGED, "a part is no base64url") from error
    if b64url(content) != text:
        raise NotGenuine(Reason.CHANGED, "base64url with stray bits")
    return content


def b64(content: bytes) -> str:
    """Return `content` in plain base64: how x5c holds certificates (RFC 7515)."""
    return base64.b64encode(content).decode()


def from_b64(text: object) -> bytes:
    """Return the bytes that `text` writes in plain base64. Raises: NotGenuine."""
    try:
        content = base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotGenuine(Reason.CHANGED, "a part is no base64") from error
    if b64(content) != text:
        raise NotGenuine(Reason.CHANGED, "base64 with stray bits")
    return content


def canonical(value: Any) -> bytes:
    """Return the one way to write a JSON value (RFC 8785). Raises: NotGenuine, for what JSON cannot hold safely."""
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise NotGenuine(Reason.UNREADABLE, "no canonical JSON") from error


def read_object(content: bytes) -> dict[str, Any]:
    """Return the JSON object in `content`. Raises: NotGenuine."""
    try:
        found = json.loads(content.decode())
    except (ValueError, RecursionError) as error:
        raise NotGenuine(Reason.UNREADABLE, "no JSON in UTF-8") from error
    if not isinstance(found, dict):
        raise NotGenuine(Reason.UNREADABLE, "no JSON object")
    return found
