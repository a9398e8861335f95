"""What a grade is worth, how sure a share is, and how much of it may be published. No Django."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

GRADES = (5, 4, 3, 2, 1)
SATISFIED_FROM = 4  # 非常满意 and 满意: what 满意率 and the 三率 of hotlines count
GOOD_FROM = 3  # 非常满意, 满意 and 基本满意 are good; 不满意 and 非常不满意 are bad
Z95 = 1.959963984540054  # two-sided 95 %
SMALLEST_CELL = 5

RIGHT_DAYS = 30
CHANGE_DAYS = 7
TRIES_TO_CONTACT = 3
LONGEST_COMMENT = 500

BURST_COUNT = 5  # so many 5-star ratings of one department …
BURST_MINUTES = 10  # … from one address within so many minutes look as if somebody rated for others


@dataclass(frozen=True)
class Figures:
    """What is published about a group of ratings.

    `counts` maps each grade to how many there are, None where that is withheld. `n` is None, and with it everything
    else, where the whole group is too small. `share` of good ratings and its interval lie between 0 and 1.
    `average` is the mean grade, `satisfied` the share of grades 5 and 4; None where a cell is withheld that they
    would give away.
    """

    n: int | None
    counts: dict[int, int | None]
    share: float | None
    low: float | None
    high: float | None
    average: float | None = None
    satisfied: float | None = None


def is_bad(grade: int) -> bool:
    """Whether a rating of `grade` asks for a remedy."""
    return grade < GOOD_FROM


def wilson(good: int, n: int, z: float = Z95) -> tuple[float, float] | None:
    """Return the interval in which the true share lies with 95 % confidence; None where nobody rated.

    Source: Wilson 1927, without continuity correction.
    """
    if n == 0:
        return None
    share = good / n
    middle = share + z * z / (2 * n)
    reach = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    low = 0.0 if good == 0 else (middle - reach) / scale
    high = 1.0 if good == n else (middle + reach) / scale
    return low, high


def in_blocks(n: int) -> int:
    """Return how many of the first `n` ratings are published: they come out five at a time.

    Otherwise anybody who looks twice would see each single rating arrive, and could say whose it is.
    """
    return n - n % SMALLEST_CELL


def withhold(counts: Mapping[int, int]) -> dict[int, int | None]:
    """Return `counts` without cells of one to four, and without a second cell where one could be worked out."""
    small = {grade for grade, count in counts.items() if 0 < count < SMALLEST_CELL}
    if len(small) == 1:
        others = [grade for grade, count in counts.items() if count and grade not in small]
        small |= set(sorted(others, key=lambda grade: (counts[grade], grade))[:1])
    return {grade: None if grade in small else count for grade, count in counts.items()}


def told(n: int) -> int | None:
    """Return a count as anybody may know it: in blocks of five, so that no two looks differ by one; None below five."""
    return None if 0 < n < SMALLEST_CELL else in_blocks(n)


def cells(values: Sequence[int]) -> list[int | None]:
    """Return the parts of one count as anybody may know them: as `told`, without one that gives a small one away."""
    if sum(values) < SMALLEST_CELL:
        return [None if value else 0 for value in values]
    kept = withhold(dict(enumerate(values)))
    return [None if (one := kept[place]) is None else in_blocks(one) for place in range(len(values))]


def figures(counts: Mapping[int, int]) -> Figures:
    """Return what may be published about ratings counted by grade."""
    every = {grade: counts.get(grade, 0) for grade in GRADES}
    n = sum(every.values())
    if n < SMALLEST_CELL:
        return Figures(None, dict.fromkeys(GRADES), None, None, None)
    good = sum(count for grade, count in every.items() if not is_bad(grade))
    low, high = wilson(good, n) or (0.0, 1.0)
    shown = withhold(every)
    may_tell = None not in shown.values()
    return Figures(
        n, shown, round(good / n, 4), round(low, 4), round(high, 4),
        average=average(every) if may_tell else None, satisfied=satisfied(every) if may_tell else None,
    )  # fmt: skip


def average(counts: Mapping[int, int]) -> float | None:
    """Return the mean grade, rounded half up to one decimal; None where nobody rated."""
    n = sum(counts.values())
    total = sum(grade * count for grade, count in counts.items())
    return (20 * total + n) // (2 * n) / 10 if n else None


def satisfied(counts: Mapping[int, int]) -> float | None:
    """Return the share of grades 5 and 4 (0 to 1, four decimals); None where nobody rated."""
    n = sum(counts.values())
    return round(sum(count for grade, count in counts.items() if grade >= SATISFIED_FROM) / n, 4) if n else None
