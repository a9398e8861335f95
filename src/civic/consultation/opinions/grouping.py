"""Groups of people who stand close together: k-means for 2 to 5 groups, as many as fit best."""

from dataclasses import dataclass

import numpy as np

from civic.consultation.opinions.matrix import Numbers, Whole

MOST_GROUPS = 5
STARTS = 10
SILHOUETTE_OF = 2_000  # people drawn for the silhouette: its cost grows with the square
DIGITS = 9  # to which places are compared: the last bits of equal ones differ by where their row stands


@dataclass(frozen=True)
class Grouping:
    """Groups, the largest first. `of` holds each person's group, `centres` where each stands.

    `silhouettes` maps each number of groups that was tried to how well it separates (-1 to 1).
    """

    of: Whole
    centres: Numbers
    silhouettes: dict[int, float]

    @property
    def count(self) -> int:
        """Return how many groups there are."""
        return len(self.centres)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Return how many people are in each group."""
        return tuple(int(size) for size in np.bincount(self.of, minlength=self.count))


def grouping(places: Numbers, *, seed: int, margin: float, most: int = MOST_GROUPS) -> Grouping | None:
    """Return the groups of the fewest that separate as well as the best number does, give or take `margin`.

    None where all stand at one place, or there are fewer than three people: there is nothing to separate.
    """
    different = len(np.unique(places.round(DIGITS), axis=0))
    tries = {k: into(places, k, seed=seed) for k in range(2, min(most, different, len(places) - 1) + 1)}
    if not tries:
        return None
    scores = {k: _separation(places, found.of, seed) for k, found in tries.items()}
    fewest = min(k for k, score in scores.items() if score >= max(scores.values()) - margin)
    return Grouping(tries[fewest].of, tries[fewest].centres, scores)


def into(places: Numbers, count: int, *, seed: int, starts: int = STARTS) -> Grouping:
    """Return `count` groups, the largest first; of two equally large ones the one further left."""
    from sklearn.cluster import KMeans  # noqa: PLC0415 (a second to load)

    found = KMeans(count, n_init=starts, random_state=seed).fit(places)
    sizes = np.bincount(found.labels_, minlength=count)
    order = np.lexsort((found.cluster_centers_[:, 0], -sizes))
    rank = np.empty(count, dtype=np.int64)
    rank[order] = np.arange(count)
    return Grouping(rank[found.labels_], np.asarray(found.cluster_centers_)[order], {})


def _separation(places: Numbers, of: Whole, seed: int) -> float:
    """Return the silhouette of some people drawn and one of each group: a draw alone may miss a small group whole."""
    from sklearn.metrics import silhouette_score  # noqa: PLC0415 (a second to load)

    if len(places) <= SILHOUETTE_OF:
        return float(silhouette_score(places, of))
    drawn = np.random.default_rng(seed).choice(len(places), SILHOUETTE_OF, replace=False)
    drawn = np.union1d(drawn, np.unique(of, return_index=True)[1])
    return float(silhouette_score(places[drawn], of[drawn]))


def nearest(places: Numbers, centres: Numbers) -> Whole:
    """Return the group whose centre is nearest to each place."""
    apart = ((places[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    return np.asarray(apart.argmin(axis=1), dtype=np.int64)
