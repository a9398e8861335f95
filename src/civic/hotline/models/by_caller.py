"""What the caller of a ticket does: ask how it is going, add something, keep it out of the public, take it back.

`by` is the caller's account, somebody of the centre on the phone, or "caller" where nobody is logged in.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from civic.core.errors import require
from civic.core.said import said
from civic.hotline import policies
from civic.hotline.models.moving import end
from civic.hotline.models.parts import Supplement

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.hotline.models.ticket import Ticket


def urge(ticket: "Ticket", *, by: "Account | str", at: datetime, seen: int | None = None) -> None:
    """Ask how it is going; once a day."""
    with ticket.step("urge", by=by, at=at, seen=seen):
        require(policies.why_not_urge(by, ticket, at=at))
        ticket.facts = {**ticket.facts, "urged_at": at.isoformat(), "urged": int(ticket.facts.get("urged", 0)) + 1}


def supplement(
    ticket: "Ticket",
    *,
    words: str,
    documents: Sequence[str] = (),
    by: "Account | str",
    at: datetime,
    seen: int | None = None,
) -> None:
    """Add to what was said; `documents` are tokens of stored files."""
    with ticket.step("supplement", by=by, at=at, seen=seen, papers=str(len(documents))):
        require(policies.why_not_supplement(by, ticket))
        who = None if isinstance(by, str) else by
        added = Supplement(ticket=ticket, documents=[str(token) for token in documents], by=who, at=at)
        added.set_personal("words", said("words", words))
        added.save(force_insert=True)


def keep_private(ticket: "Ticket", *, by: "Account | str", at: datetime, seen: int | None = None) -> None:
    """Take back the consent to publish, and what was published with it."""
    with ticket.step("keep_private", by=by, at=at, seen=seen):
        require(policies.why_not_keep_private(by, ticket))
        ticket.wants_public, ticket.published_at = False, None


def withdraw(ticket: "Ticket", *, by: "Account | str", at: datetime, seen: int | None = None) -> None:
    """Take it back."""
    with ticket.step("withdraw", by=by, at=at, seen=seen):
        require(policies.why_not_withdraw(by, ticket))
        end(ticket, "", by=by, at=at)
