"""Tickets about the same matter joined to one, and what the public register shows."""

from datetime import datetime
from typing import TYPE_CHECKING

from civic.core.errors import require
from civic.core.said import said
from civic.hotline import policies, rules
from civic.hotline.models.moving import ask_rating, end, tell
from civic.hotline.states import Outcome

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.hotline.models.ticket import Ticket


def merge(ticket: "Ticket", *, parent: "Ticket", by: "Account", at: datetime, seen: int | None = None) -> None:
    """Join it to a ticket about the same matter: one answer for all of them."""
    with ticket.step("merge", by=by, at=at, seen=seen, parent=str(parent.pk)):
        require(policies.why_not_merge(by, ticket, parent))
        ticket.parent = parent
        end(ticket, "", by=by, at=at)
        tell(ticket, "merge")


def close_merged(ticket: "Ticket", *, by: "Account | str", at: datetime) -> None:
    """End it with the answer of the ticket it was joined to."""
    with ticket.step("close_merged", by=by, at=at):
        require(policies.why_not_close_merged(by, ticket))
        end(ticket, Outcome.JOINED, by=by, at=at)
        tell(ticket, "close_merged")
        ask_rating(ticket)


def publish(
    ticket: "Ticket", *, title: str, detail: str, reply: str, by: "Account", at: datetime, seen: int | None = None
) -> None:
    """Put question and answer into the public register, in words that name nobody."""
    with ticket.step("publish", by=by, at=at, seen=seen):
        require(policies.why_not_publish(by, ticket))
        ticket.public_title = said("public_title", title, most=120)
        ticket.public_detail = said("public_detail", detail, most=2000)
        ticket.public_reply = reply.strip()[:4000]
        ticket.public_grams = rules.grams(f"{ticket.public_title}\n{ticket.public_detail}")
        ticket.published_at = at


def unpublish(ticket: "Ticket", *, by: "Account | str", at: datetime, seen: int | None = None) -> None:
    """Take it out of the public register."""
    with ticket.step("unpublish", by=by, at=at, seen=seen):
        require(policies.why_not_unpublish(by, ticket))
        ticket.published_at = None
