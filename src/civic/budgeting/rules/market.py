"""What the rounds of equal shares need to know of an election, and what comes out of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from civic.budgeting.rules.election import Election


@dataclass(frozen=True)
class Round:
    """One project bought with shares. `price`: what each supporter pays per point, in units, or all they have."""

    place: int
    price: Fraction


@dataclass(frozen=True)
class Market:
    """An election, the places of the projects that can win, and every project's rank in the order of ties."""

    election: Election
    open_to: Sequence[int]
    ranks: Sequence[int]

    def can_pay(self, place: int, share: Fraction) -> bool:
        """Whether the supporters of a project could pay for it if each had `share` and nothing were bought before."""
        voters = self.election.support[place].total_voters
        return voters * share.numerator >= self.election.projects[place].cost * share.denominator

    def cost(self, rounds: Sequence[Round]) -> int:
        return sum(self.election.projects[one.place].cost for one in rounds)

    def is_exhaustive(self, rounds: Sequence[Round]) -> bool:
        """Whether no project that is left out would still fit the real budget."""
        left, bought = self.election.budget - self.cost(rounds), {one.place for one in rounds}
        return all(self.election.projects[place].cost > left for place in self.open_to if place not in bought)
