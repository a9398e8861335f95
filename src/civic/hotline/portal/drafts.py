"""What somebody has written so far: sealed in their own session until it is sent, so nobody needs an account."""

from dataclasses import dataclass, field
from typing import Any, Self
from uuid import uuid4

from django.http import HttpRequest

from civic.accounts.pending import drop, held, hold
from civic.hotline.models import Ticket

HELD, SEEN = "hotline_draft", "hotline_seen"
MOST_SEEN = 20


@dataclass
class Draft:
    """Answers and photos of one report; `token` lets it be sent once."""

    flow: str
    answers: dict[str, str] = field(default_factory=dict)
    documents: list[str] = field(default_factory=list)
    token: str = ""

    @classmethod
    def of(cls, request: HttpRequest, flow: str) -> Self:
        """Return what is held for this visitor in this flow, or an empty draft."""
        found: dict[str, Any] = held(request.session, f"{HELD}_{flow}") or {}
        return cls(flow, found.get("answers", {}), found.get("documents", []), found.get("token", ""))

    def keep(self, request: HttpRequest) -> None:
        """Hold it in the visitor's session."""
        self.token = self.token or uuid4().hex
        facts = {"answers": self.answers, "documents": self.documents, "token": self.token}
        hold(request.session, f"{HELD}_{self.flow}", facts)

    def drop(self, request: HttpRequest) -> None:
        """Forget it, because it was sent or given up."""
        drop(request.session, f"{HELD}_{self.flow}")

    def get(self, name: str) -> str:
        return self.answers.get(name, "")


def show_to(request: HttpRequest, number: str) -> None:
    """Let this session, logged in or not, see the ticket of this number until it ends."""
    numbers = [one for one in request.session.get(SEEN, []) if one != number]
    request.session[SEEN] = [*numbers, number][-MOST_SEEN:]


def is_shown_to(request: HttpRequest, ticket: Ticket) -> bool:
    """Whether this session handed the ticket in, or has named its secret."""
    return ticket.number in request.session.get(SEEN, [])
