"""What could stand in the public register: title, question and answer without anybody's name, to be looked over."""

from dataclasses import dataclass

from civic.hotline.models import Ticket
from civic.hotline.wording import without_names
from civic.masking.rules import mask_text


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
    return PublicText(_open(ticket.clear("title"), known), _open(ticket.clear("detail"), known), _open(said, known))


def _open(text: str, names: tuple[str, ...]) -> str:
    return without_names(mask_text(text, "strict"), names)
