"""What of a ticket a reader is shown: words in clear or masked, the caller's name and phone or why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from civic.accounts.models import Account
from civic.hotline import policies
from civic.hotline.models import Ticket
from civic.hotline.states import Secrecy
from civic.hotline.wording import without_names
from civic.masking.models import Shredded
from civic.masking.policies import why_not_reveal
from civic.masking.subjects import Masked

STAFF, STRICT = "staff", "strict"  # profiles of masking
CLEAR, CONFIDED = "clear", "confided"


@dataclass(frozen=True)
class Seen:
    """A ticket as one reader sees it. `why_no_caller`: why name and phone are not shown; None where they are."""

    title: str
    detail: str
    place: str
    name: str
    phone: str
    why_no_caller: str | None
    may_ask: bool
    is_clear: bool
    words: Mapping[str, str]

    def said(self, part: object) -> str:
        """Return the words of a contact, an answer or a call back."""
        return self.words.get(_key(part), "")


def looked_at(ticket: Ticket, user: Account, *, clear: Mapping[str, str] | None = None) -> Seen:
    """Return what `user` sees of a ticket; `clear`: name and phone that were asked for with a reason."""
    in_clear, why = policies.reads_in_clear(user, ticket), policies.why_not_know_caller(user, ticket)
    shown = clear or {name: ticket.masked(name, STAFF) for name in ("name", "phone")} if why is None else {}
    parts: list[Any] = [*ticket.contacts.all(), *ticket.replies.all(), *ticket.revisits.all()]
    parts += ticket.automatic_dispatches.all()
    profile, caller = _profile(user, ticket, in_clear), _caller(ticket)
    return Seen(
        title=_read(ticket, "title", profile, caller),
        detail=_read(ticket, "detail", profile, caller),
        place=_read(ticket, "place", profile, caller),
        name=shown.get("name", ""),
        phone=shown.get("phone", ""),
        why_no_caller=why,
        may_ask=why is None and clear is None and why_not_reveal(user) is None,
        is_clear=clear is not None,
        words={_key(part): _read(part, "words", profile, caller) for part in parts if not _hidden(part, user, ticket)},
    )


def _caller(ticket: Ticket) -> str:
    try:
        return ticket.clear("name")
    except Shredded:
        return ""


def _profile(user: Account, ticket: Ticket, in_clear: bool) -> str:
    """The centre and the unit read as it was said; what was told in confidence a unit reads without who said it."""
    if not in_clear:
        return STRICT
    is_secret = ticket.secrecy == Secrecy.CONFIDENTIAL and not user.has_any_role(*policies.CENTRE)
    return CONFIDED if is_secret else CLEAR


def _read(noun: Masked, name: str, profile: str, caller: str = "") -> str:
    if profile == STRICT or (profile == CONFIDED and name != "place"):
        said = noun.masked(name, STRICT)
        return without_names(said, (caller,)) if caller else said
    try:
        return noun.clear(name)
    except Shredded:
        return noun.masked(name, STRICT)


def _hidden(part: object, user: Account, ticket: Ticket) -> bool:
    """What a caller said in confidence at a call back is the centre's to read."""
    told = type(part).__name__ == "Revisit"
    return told and not user.has_any_role(*policies.READ_ALL)


def _key(part: object) -> str:
    return f"{type(part).__name__}:{getattr(part, 'pk', '')}"
