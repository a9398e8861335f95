"""How good a classifier is: macro-F1 with an interval, and how honest its confidences are."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

DRAWS = 1_000
BINS = 10
Classes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Figure:
    """Macro-F1 and share of right ones over `rows`, with the 95 % interval of macro-F1 by drawing families anew."""

    rows: int
    macro_f1: float
    low: float
    high: float
    right: float

    def as_facts(self) -> dict[str, Any]:
        return asdict(self)


def figure(truth: Classes, found: Classes, families: Classes, *, labels: int, seed: int) -> Figure:
    """Return the figure of a set of rows; rows of one family are drawn together."""
    _, family = np.unique(families, return_inverse=True)
    cells = truth * labels + found
    tables = np.zeros((int(family.max()) + 1, labels * labels), dtype=np.float64)
    np.add.at(tables, (family, cells), 1)
    draw = np.random.default_rng(seed)
    scores = []
    for _ in range(DRAWS):
        times = np.bincount(draw.integers(0, len(tables), len(tables)), minlength=len(tables))
        scores.append(macro_f1((times @ tables).reshape(labels, labels)))
    low, high = np.quantile(scores, [0.025, 0.975])
    score = macro_f1(tables.sum(axis=0).reshape(labels, labels))
    right = float((truth == found).mean())
    return Figure(len(truth), *(round(float(one), 4) for one in (score, low, high, right)))


def macro_f1(table: npt.NDArray[np.float64]) -> float:
    """Return the mean F1 over the classes that occur in a confusion table [truth, found]."""
    hits, asked, given = table.diagonal(), table.sum(axis=1), table.sum(axis=0)
    occurs = asked + given > 0
    return float((2 * hits[occurs] / (asked + given)[occurs]).mean())


def calibration_error(confidence: npt.NDArray[np.floating], right: npt.NDArray[np.bool_]) -> float:
    """Return the expected calibration error over ten bins of equally many rows."""
    order = np.argsort(confidence, kind="stable")
    gaps = [
        abs(float(confidence[part].mean()) - float(right[part].mean())) * len(part)
        for part in np.array_split(order, BINS)
        if len(part)
    ]
    return round(sum(gaps) / max(len(order), 1), 4)
