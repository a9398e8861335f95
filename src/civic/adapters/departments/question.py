"""What is asked of a department's system and what it answers. No Django: the fakes speak it too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Question:
    """One question about one subject; the fields are those that were granted, no more is ever asked."""

    resource: str
    """The part of the resource's code after the provider, e.g. "birth_certificate" of "wjw.birth_certificate"."""
    subject: Mapping[str, str]
    """The key fields, e.g. {"id_number": "…"}; they travel in the body, never in the address."""
    fields: Sequence[str]
    call: str
    """The exchange's own number of this call (a UUID): the source writes it into its own log."""
    case: str
    service: str
    purpose: str
    legal_basis: str
    on_behalf_of: str
    """A pseudonym (a ledger id), never a name."""


@dataclass(frozen=True)
class Answer:
    """What a source said: its records about the subject (none: it knows of none), and as of when that is true."""

    records: Sequence[Mapping[str, Any]]
    as_of: datetime
