"""What the centre is proposed for a ticket, with reasons: classes, the unit whose duty each is, urgency.

Classes come from the model that the city has trained on its own history; where there is none, or it cannot be used, or
it knows none of the words, from the words of the city's list.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.conf import settings

from civic.accounts.models import Department
from civic.areas.models import Area
from civic.hotline.models import Category, Duty, Ticket
from civic.hotline.services.learned import Adviser, Source, adviser
from civic.hotline.services.sorting import duties, offered_categories, suggest_categories, suggest_urgency, unit_for


@dataclass(frozen=True)
class Option:
    """A class that is proposed: which words speak for it, whose duty it is.

    `confidence` (0 to 1) is the measured share of right ones among such proposals, and holds for `within`: the class
    itself or one above it. None: nobody has measured it, the words of the list have spoken.
    """

    category: Category
    words: tuple[str, ...]
    duty: Duty | None
    within: Category
    confidence: float | None = None

    @property
    def percent(self) -> int | None:
        """The confidence in per cent, rounded down: 99.9 is not 100."""
        return int(100 * self.confidence) if self.confidence is not None else None


@dataclass(frozen=True)
class Proposal:
    """What is proposed, the likeliest class first, where it comes from, and whether the words speak of danger."""

    options: tuple[Option, ...]
    source: Source
    is_urgent: bool
    urgent_words: tuple[str, ...]

    @property
    def best(self) -> Option | None:
        return self.options[0] if self.options else None

    @property
    def unit(self) -> Department | None:
        """The unit whose duty the likeliest class is."""
        return self.best.duty.unit if self.best is not None and self.best.duty is not None else None


@dataclass(frozen=True)
class Lists:
    """What proposals are made from, read once for many: classes, duties (None: asked for one by one), the model."""

    among: Sequence[Category]
    duties: Collection[Duty] | None
    adviser: Adviser


def read_lists(*, among: Sequence[Category] | None = None, duty_list: Collection[Duty] | None = None) -> Lists:
    """Return the lists as they are now, and the model of the city's own beside them."""
    offered = offered_categories() if among is None else among
    return Lists(offered, duty_list, adviser(settings.HOTLINE_MODEL, offered))


def propose(title: str, detail: str, area: Area | None, *, among: Sequence[Category] | None = None) -> Proposal:
    """Return what is proposed for words said about something in an area."""
    return propose_from(read_lists(among=among), title, detail, area)


def propose_for(ticket: Ticket, *, among: Sequence[Category] | None = None) -> Proposal:
    """Return what is proposed for a ticket."""
    return propose(ticket.clear("title"), ticket.clear("detail"), ticket.area, among=among)


def propose_all(tickets: Collection[Ticket]) -> dict[int, Proposal]:
    """Return what is proposed for each ticket, by its key; the lists are read once. Without tickets nothing is read."""
    if not tickets:
        return {}
    lists = read_lists(duty_list=duties())
    return {
        ticket.pk: propose_from(lists, ticket.clear("title"), ticket.clear("detail"), ticket.area) for ticket in tickets
    }


def propose_from(lists: Lists, title: str, detail: str, area: Area | None) -> Proposal:
    """Return what these lists propose."""
    text = f"{title}\n{detail}"
    options, source = _learned(lists, title, detail, area), lists.adviser.source
    if not options:
        options, source = _listed(lists, text, area), replace(source, trained_on=None)
    urgent, words = suggest_urgency(text)
    return Proposal(options, source, urgent, words)


def _learned(lists: Lists, title: str, detail: str, area: Area | None) -> tuple[Option, ...]:
    return tuple(
        Option(one.category, one.words, unit_for(one.category, area, lists.duties), one.within, one.confidence)
        for one in lists.adviser.suggest(title, detail)
    )


def _listed(lists: Lists, text: str, area: Area | None) -> tuple[Option, ...]:
    return tuple(
        Option(one.category, one.words, unit_for(one.category, area, lists.duties), one.category)
        for one in suggest_categories(text, lists.among)
    )
