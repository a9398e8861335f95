"""Would the map look the same had others of the same city taken part? Measured by drawing the participants anew."""

from dataclasses import dataclass

import numpy as np

from civic.consultation.opinions.grouping import Grouping, into, nearest
from civic.consultation.opinions.matrix import Matrix, Numbers, Whole
from civic.consultation.opinions.projection import plane, positions
from civic.consultation.opinions.statements import consensus, counts

STARTS = 3  # of k-means in each draw
LOW, HIGH = 2.5, 97.5  # per cent: the middle 95 of 100 draws


@dataclass(frozen=True)
class Stability:
    """`agreement` is the mean adjusted Rand index between the groups shown and those of each draw (1: the same).

    `low` and `high` bound the consensus of each statement in 95 of 100 draws.
    """

    draws: int
    agreement: float
    low: Numbers
    high: Numbers


def stability(shaping: Matrix, placed: Matrix, shown: Grouping, *, draws: int, seed: int) -> Stability:
    """Return how far plane and groups depend on who happened to take part.

    Each draw takes as many of the `shaping` people as there are, with replacement, makes plane and groups (as many as
    shown) from them alone, and then places all `placed` people in those.
    """
    from sklearn.metrics import adjusted_rand_score  # noqa: PLC0415 (a second to load)

    random = np.random.default_rng(seed)
    alike: list[float] = []
    agreed: list[Numbers] = []
    for draw in range(draws):
        sample = shaping.rows(random.integers(0, len(shaping.voters), len(shaping.voters)))
        of = _groups_of_draw(sample, placed, shown.count, seed + draw)
        if of is None:
            continue
        alike.append(float(adjusted_rand_score(shown.of, of)))
        again = random.integers(0, len(placed.voters), len(placed.voters))
        agreed.append(consensus(counts(placed.rows(again), of[again], shown.count)))
    if not alike:
        return Stability(0, 0.0, np.zeros(len(placed.statements)), np.ones(len(placed.statements)))
    low, high = np.percentile(np.array(agreed), [LOW, HIGH], axis=0)
    return Stability(len(alike), float(np.mean(alike)), low, high)


def _groups_of_draw(sample: Matrix, placed: Matrix, groups: int, seed: int) -> Whole | None:
    """Return each placed person's group by the map of a draw; None where the draw holds too few different people."""
    on = plane(sample)
    places = positions(sample, on)
    if len(np.unique(places, axis=0)) < groups:
        return None
    return nearest(positions(placed, on), into(places, groups, seed=seed, starts=STARTS).centres)
