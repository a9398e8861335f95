"""Who may not commit because a false commitment of theirs counts: the few there are, from this process's memory."""

from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING

from django.conf import settings

from civic.cases.models.credit import CreditMark

if TYPE_CHECKING:
    from civic.accounts.models import Organisation, Person

Holder = tuple[int | None, int | None]  # person, organisation


def is_barred(holder: "Person | Organisation", *, at: datetime) -> bool:
    """Whether a mark of the holder counts, as it was at most CREDIT_STAMP_SECONDS ago: submitting asks nothing more."""
    person = holder.pk if holder._meta.model_name == "person" else None
    return (person, None if person is not None else holder.pk) in _memory.holders(at)


class _Memory:
    """This process's copy of who has a mark that counts."""

    def __init__(self) -> None:
        self.looked = float("-inf")
        self.found: frozenset[Holder] = frozenset()

    def holders(self, at: datetime) -> frozenset[Holder]:
        if monotonic() - self.looked >= settings.CREDIT_STAMP_SECONDS:
            marks = CreditMark.objects.counting(at=at).values_list("person", "organisation")
            self.found, self.looked = frozenset(marks), monotonic()
        return self.found


_memory = _Memory()
