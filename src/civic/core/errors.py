"""Refusals: answers for a person, one class per cause, mapped to HTTP once in config."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class FieldError:
    """One thing wrong in what was sent.

    `pointer` is a JSON pointer into the payload (RFC 6901) or the name of a form field.
    """

    pointer: str
    code: str
    message: str


class Refusal(Exception):
    """The platform says no, in a full sentence that says what to do instead."""

    status: ClassVar[int] = 409
    code: ClassVar[str] = "refused"

    def __init__(self, message: str, *, allowed: Sequence[str] = (), errors: Sequence[FieldError] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.allowed = tuple(allowed)
        self.errors = tuple(errors)


class Invalid(Refusal):
    """What was sent can be read but breaks a rule that names the field."""

    status = 400
    code = "invalid"


class NotAllowed(Refusal):
    """This person may not do this."""

    status = 403
    code = "not-allowed"


class Conflict(Refusal):
    """The noun is in a state that does not allow this, or somebody else was quicker."""

    status = 409
    code = "conflict"


class Stale(Refusal):
    """The noun has changed since it was read."""

    status = 412
    code = "stale"


class Unprocessable(Refusal):
    """The payload does not have the published shape."""

    status = 422
    code = "unprocessable"


class TooMany(Refusal):
    """Asked too often; `retry_after` is in seconds."""

    status = 429
    code = "too-many"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(Refusal):
    """Something this step depends on is down; nothing was changed."""

    status = 503
    code = "unavailable"


def require(reason: str | None) -> None:
    """Refuse with `reason` unless it is None. Pairs with the policies' `why_not_<verb>`."""
    if reason is not None:
        raise NotAllowed(reason)
