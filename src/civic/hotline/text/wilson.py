"""Wilson's interval: how large a share may be, given how often it was seen."""

from math import sqrt

Z95 = 1.959964


def interval(hits: int, total: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share seen `hits` times in `total`; (0, 1) where nothing was seen."""
    if not total:
        return 0.0, 1.0
    share, square = hits / total, Z95**2
    middle = (share + square / (2 * total)) / (1 + square / total)
    reach = Z95 * sqrt(share * (1 - share) / total + square / (4 * total**2)) / (1 + square / total)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def upper_bound(hits: int, total: int) -> float:
    """Return the upper end of the interval."""
    return interval(hits, total)[1]
