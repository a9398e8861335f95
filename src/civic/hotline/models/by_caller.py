"""What a ticket's caller does: ask how it is going, add something, keep it private, contest a refusal, take it back.

`by` is the caller's account, somebody of the centre on the phone, or "caller" where nobody is logged in.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from civic.core.errors import require
from civic.core.said import said
from civic.hotline import policies
from civic.hotline.models import clocks
from civic.hotline.models.moving import end
from civic.hotline.models.parts import Reconsideration, Supplement
from civic.hotline.states import RECONSIDER

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


def ask_reconsideration(
    ticket: "Ticket", *, words: str, by: "Account | str", at: datetime, seen: int | None = None
) -> None:
    """Ask that somebody else looks again at why it was not taken up; once, and in time."""
    with ticket.step("ask_reconsideration", by=by, at=at, seen=seen):
        require(policies.why_not_ask_reconsideration(by, ticket, at=at))
        who = None if isinstance(by, str) else by
        asked = Reconsideration(ticket=ticket, ground=ticket.ground, by=who, at=at)
        asked.set_personal("words", said("words", words))
        asked.save(force_insert=True)
        ticket.act_by = clocks.start(ticket, RECONSIDER, by=by, at=at)


def withdraw(ticket: "Ticket", *, by: "Account | str", at: datetime, seen: int | None = None) -> None:
    """Take it back."""
    with ticket.step("withdraw", by=by, at=at, seen=seen):
        require(policies.why_not_withdraw(by, ticket))
        end(ticket, "", by=by, at=at)
