"""What a city's model learns from its own tickets: those closed here whose class a person has given, without names."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from civic.accounts.models import Account
from civic.audit.models import Entry
from civic.hotline.models import Ticket
from civic.hotline.text.examples import Example
from civic.hotline.wording import without_names
from civic.masking.models import Shredded
from civic.masking.rules import mask_text

AT_ONCE = 500
CLASSIFIED = "hotline.ticket.classify"
SOURCE = "own"
Tell = Callable[[str], None]


def own_examples(*, tell: Tell) -> Iterator[Example]:
    """Yield the messages of closed tickets with the code of the class that a person gave them last.

    They are opened in memory, one batch at a time, and leave it without numbers and known names; nothing is written.
    What the rule has classed teaches nothing: a machine does not learn from itself. Nor do tickets taken over from
    another system: their classes come as a file, for which somebody answers.
    """
    found = Ticket.objects.confirmed_by_people().select_related("key", "category").iterator(chunk_size=AT_ONCE)
    read = 0
    while batch := list(islice(found, AT_ONCE)):
        by_people = _classed_by_people(batch)
        yield from (one for ticket in batch if ticket.pk in by_people and (one := _example(ticket)) is not None)
        read += len(batch)
        tell(f"已读取 {read} 件已办结的工单……")


def _classed_by_people(tickets: Sequence[Ticket]) -> set[int]:
    """Return the keys of those tickets whose newest class is a person's, as the ledger says."""
    by_subject = {ticket.ledger_id(): ticket.pk for ticket in tickets}
    newest = Entry.objects.filter(step=CLASSIFIED, subject__in=list(by_subject)).newest_of_each()
    person = f"{Account._meta.label_lower}:"
    return {by_subject[entry.subject] for entry in newest if entry.actor.startswith(person)}


def _example(ticket: Ticket) -> Example | None:
    """Return what a ticket teaches; None of somebody whose data were deleted."""
    if ticket.category is None:
        return None
    try:
        title, detail, name = (ticket.clear(part) for part in ("title", "detail", "name"))
    except Shredded:
        return None
    names = (name,) if name else ()
    bare = [without_names(mask_text(text, "strict"), names) for text in (title, detail)]
    writer = f"account:{ticket.caller_id}" if ticket.caller_id else ticket.phone_index or ""
    return Example(bare[0], bare[1], ticket.category.code, SOURCE, writer)
