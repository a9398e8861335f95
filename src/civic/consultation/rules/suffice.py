"""When an opinion map is shown and how it is drawn, as numbers that a city may set. No Django, no mathematics."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """When a map is shown and how it is drawn; none of these numbers is law, a city may set its own.

    `least_participants` counts people with enough votes to be placed, `least_votes` theirs together. `votes_each`: who
    has fewer is not placed (or all statements, where there are fewer); Polis takes 7. `one_sided_shape`: whether people
    with the same answer to everything take part in making axes and groups; their votes count and they are placed in
    either case. `margin`: fewer groups are preferred while their silhouette is no worse by more. `stable_from`: the
    mean adjusted Rand index at which a map is called stable.
    """

    least_participants: int = 30
    least_votes: int = 210
    least_statements: int = 7
    votes_each: int = 7
    one_sided_shape: bool = False
    margin: float = 0.02
    draws: int = 50
    stable_from: float = 0.8
    seed: int = 1


AS_POLIS = Rule(one_sided_shape=True)
