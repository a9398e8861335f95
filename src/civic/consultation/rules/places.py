"""Where in the newest version of a draft an opinion on a clause of an older one stands. No Django.

The move of every clause from one version to the next is worked out once, when the next one is made known; an opinion
is then carried by looking its clause up, however many opinions there are.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from civic.consultation.rules.comparison import Outcome, compare
from civic.consultation.rules.draft import parse

WHOLE = ""  # the anchor of an opinion on the whole draft
Move = tuple[str, str, float]  # anchor in the next version ("": none), outcome, similarity
Moves = Mapping[str, Sequence[object]]  # by anchor in the version before; as JSON keeps it


@dataclass(frozen=True)
class Place:
    """Where an opinion stands: in version `version` (its number) on `anchor`; how it came there.

    An opinion whose clause is gone stays where its clause stood last. `similarity` lies between 0 and 1.
    """

    version: int
    anchor: str
    outcome: Outcome
    similarity: float


def moves(old: str, new: str) -> dict[str, Move]:
    """Return where every clause of the text `old` goes in the text `new`, by anchor."""
    before, after = parse(old), parse(new)
    comparison = compare(before, after)
    carried = {clause.anchor: comparison.carry(clause.anchor) for clause in before.clauses}
    return {anchor: (one.to or "", one.outcome.value, round(one.similarity, 4)) for anchor, one in carried.items()}


def place(version: int, anchor: str, steps: Mapping[int, Moves]) -> Place:
    """Return where an opinion given on `anchor` of version `version` stands now.

    Shape: steps[n] are the moves that lead from the version before into version n; the newest is the highest key.
    """
    found = Place(version, anchor, Outcome.EXACT, 1.0)
    for number in sorted(one for one in steps if one > version):
        if anchor == WHOLE:
            found = Place(number, WHOLE, Outcome.EXACT, 1.0)
            continue
        to, outcome, similarity = steps[number].get(found.anchor, ("", Outcome.LOST.value, 0.0))
        if not to:
            return Place(found.version, found.anchor, Outcome.LOST, 0.0)
        worst = Outcome.SIMILAR if Outcome.SIMILAR in (found.outcome, outcome) else Outcome.EXACT
        found = Place(number, str(to), worst, round(found.similarity * float(str(similarity)), 4))
    return found


def origins(places: Iterable[tuple[int, str]], steps: Mapping[int, Moves]) -> dict[str, list[tuple[int, str]]]:
    """Return which (version, anchor) of `places` stand on each anchor of the newest version; the lost are left out."""
    newest = max(steps, default=0)
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for version, anchor in places:
        now = place(version, anchor, steps)
        if now.version == max(newest, version) and now.outcome is not Outcome.LOST:
            found[now.anchor].append((version, anchor))
    return dict(found)
