"""What could stand in the public register: title, question and answer without anybody's name, to be looked over."""

from dataclasses import dataclass

from civic.hotline.models import Ticket
from civic.hotline.wording import for_others


@dataclass(frozen=True)
class PublicText:
    """Words for the register."""

    title: str
    detail: str
    reply: str


def propose_public(ticket: Ticket) -> PublicText:
    """Return the ticket's words with numbers, names and addresses of persons taken out; a person checks them."""
    known = tuple(name for name in (ticket.clear("name"),) if name)
    reply = ticket.passed_reply
    said = reply.clear("words") if reply is not None else ""
    return PublicText(*(for_others(text, known) for text in (ticket.clear("title"), ticket.clear("detail"), said)))
