"""Where people stand on a plane: principal components of their votes, unvoted statements taken at their mean."""

import warnings
from dataclasses import dataclass

import numpy as np

from civic.consultation.opinions.matrix import Matrix, Numbers


@dataclass(frozen=True)
class Plane:
    """The two directions along which votes differ most; `mean` and `axes` (2 rows) are by statement."""

    mean: Numbers
    axes: Numbers
    explained: tuple[float, float]  # share of all variance along each axis


def plane(votes: Matrix) -> Plane:
    """Return the plane of the votes of all rows, each missing vote replaced by the statement's mean, as Polis does.

    A sign of an axis means nothing; it is chosen so that the largest loading is positive, which makes it repeatable.
    """
    from sklearn.decomposition import PCA  # noqa: PLC0415 (a second to load; who only reads a map needs none)

    mean = _means(votes)
    filled = np.where(votes.voted, votes.votes, mean)
    if not np.ptp(filled, axis=0).any():  # everybody says the same: there is no direction
        return Plane(mean, np.zeros((2, len(votes.statements))), (0.0, 0.0))
    found = PCA(n_components=2, svd_solver="covariance_eigh").fit(filled)
    first, second = (0.0 if np.isnan(share) else float(share) for share in found.explained_variance_ratio_)
    return Plane(np.asarray(found.mean_), np.asarray(found.components_), (first, second))


def positions(votes: Matrix, on: Plane) -> Numbers:
    """Return where each voter stands: only what was voted on counts, scaled by the root of statements / votes.

    Without the scaling who votes little would stand near the middle for that reason alone. Source: Small et al. 2021,
    "Polis: Scaling deliberation by mapping high dimensional opinion spaces", RECERCA 26(2).
    """
    apart = np.where(votes.voted, votes.votes - on.mean, 0.0)
    counts = np.maximum(votes.voted.sum(axis=1), 1)
    scale = np.sqrt(len(votes.statements) / counts)
    return np.asarray(apart @ on.axes.T * scale[:, None])


def _means(votes: Matrix) -> Numbers:
    """Return the mean vote on each statement; 0 where these rows have none, as in a drawn sample."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # mean of nothing
        return np.asarray(np.nan_to_num(np.nanmean(votes.votes, axis=0)))
