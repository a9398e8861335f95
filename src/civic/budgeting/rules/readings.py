"""What a paper ballot says, when different people have read it. No Django."""

from collections.abc import Sequence
from dataclasses import dataclass

from civic.budgeting.rules.marking import Choices


@dataclass(frozen=True)
class Look:
    """What one person read on one paper ballot; a spoiled one says nothing."""

    said: Choices
    is_spoiled: bool = False


def settled(looks: Sequence[Look]) -> Look | None:
    """Return what two people agree on, of up to three who have looked one after another; None: not yet."""
    return next((one for place, one in enumerate(looks) if one in looks[:place]), None)


def is_disputed(looks: Sequence[Look]) -> bool:
    """Whether the first two differ and nobody has settled it."""
    return len(looks) == 2 and settled(looks) is None
