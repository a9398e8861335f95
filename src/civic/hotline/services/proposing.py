"""What the centre is proposed for a ticket, with reasons: classes, the unit whose duty each is, urgency."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from civic.accounts.models import Department
from civic.areas.models import Area
from civic.hotline.models import Category, Duty, Ticket
from civic.hotline.services.sorting import duties, offered_categories, suggest_categories, suggest_urgency, unit_for


@dataclass(frozen=True)
class Option:
    """A class that is proposed: how sure (0 to 1), which words speak for it, whose duty it is."""

    category: Category
    confidence: float
    words: tuple[str, ...]
    duty: Duty | None

    @property
    def percent(self) -> int:
        return round(100 * self.confidence)


@dataclass(frozen=True)
class Proposal:
    """What is proposed, the likeliest class first, and whether the words speak of danger."""

    options: tuple[Option, ...]
    is_urgent: bool
    urgent_words: tuple[str, ...]

    @property
    def best(self) -> Option | None:
        return self.options[0] if self.options else None

    @property
    def unit(self) -> Department | None:
        """The unit whose duty the likeliest class is."""
        return self.best.duty.unit if self.best is not None and self.best.duty is not None else None


def propose(text: str, area: Area | None, *, among: Sequence[Category] | None = None) -> Proposal:
    """Return what is proposed for words said about something in an area."""
    return _propose(text, area, among, None)


def propose_for(ticket: Ticket, *, among: Sequence[Category] | None = None) -> Proposal:
    """Return what is proposed for a ticket."""
    return _propose(_words(ticket), ticket.area, among, None)


def propose_all(tickets: Collection[Ticket]) -> dict[int, Proposal]:
    """Return what is proposed for each ticket, by its key; the lists are read once. Without tickets nothing is read."""
    if not tickets:
        return {}
    among, known = offered_categories(), duties()
    return {ticket.pk: _propose(_words(ticket), ticket.area, among, known) for ticket in tickets}


def _propose(
    text: str, area: Area | None, among: Sequence[Category] | None, known: Collection[Duty] | None
) -> Proposal:
    options = tuple(
        Option(one.category, one.confidence, one.words, unit_for(one.category, area, known))
        for one in suggest_categories(text, among)
    )
    urgent, words = suggest_urgency(text)
    return Proposal(options, urgent, words)


def _words(ticket: Ticket) -> str:
    return f"{ticket.clear('title')}\n{ticket.clear('detail')}"
