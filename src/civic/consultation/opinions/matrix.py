"""Who voted how on what, as a table of numbers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from civic.core.errors import Invalid

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
MOST_CELLS = 50_000_000  # voters times statements: 400 MB, held several times while the map is made
LONGEST_NUMBER = 18  # digits of a name that is read as a number


@dataclass(frozen=True)
class Matrix:
    """Votes by voter (row) and statement (column): 1 agree, 0 pass, -1 disagree, nan where there is no vote."""

    voters: tuple[str, ...]
    statements: tuple[str, ...]
    votes: Numbers

    @property
    def voted(self) -> Flags:
        """Return where there is a vote."""
        return ~np.isnan(self.votes)

    @property
    def is_one_sided(self) -> Flags:
        """Return which voters gave the same answer everywhere: all agree, all disagree or all pass."""
        high = np.nan_to_num(self.votes, nan=-2).max(axis=1, initial=-2)
        low = np.nan_to_num(self.votes, nan=2).min(axis=1, initial=2)
        return np.asarray(high <= low)

    def rows(self, chosen: npt.NDArray[Any]) -> "Matrix":
        """Return the table of the chosen voters (flags or positions)."""
        picked = np.arange(len(self.voters))[chosen]
        return Matrix(tuple(self.voters[at] for at in picked), self.statements, self.votes[picked])


class TooManyVotes(Invalid):
    """There are more voters times statements than a table holds in memory."""


def matrix(standing: Mapping[tuple[str, str], int], *, without: Collection[str] = ()) -> Matrix:
    """Return the table of the votes that stand; statements in `without` are left out, and who voted on nothing else.

    Shape: standing[voter, statement] -> 1, 0 or -1. Rows and columns are in the order of their names, numbers by value,
    so that the same votes give the same table whatever the order they came in. Raises: TooManyVotes.
    """
    kept = {pair: choice for pair, choice in standing.items() if pair[1] not in without}
    voters = sorted({voter for voter, _statement in kept}, key=_by_value)
    statements = sorted({statement for _voter, statement in kept}, key=_by_value)
    if len(voters) * len(statements) > MOST_CELLS:
        raise TooManyVotes(
            f"{len(voters)} 人、{len(statements)} 条观点，超出一张意见地图能容纳的 {MOST_CELLS:,} 格。请分次分析。"
        )
    row_of = {voter: at for at, voter in enumerate(voters)}
    column_of = {statement: at for at, statement in enumerate(statements)}
    votes = np.full((len(voters), len(statements)), np.nan)
    if kept:
        rows, columns = zip(*((row_of[voter], column_of[statement]) for voter, statement in kept), strict=True)
        votes[rows, columns] = list(kept.values())
    return Matrix(tuple(voters), tuple(statements), votes)


def _by_value(name: str) -> tuple[int, int, str]:
    return (0, int(name), name) if name.isdecimal() and len(name) <= LONGEST_NUMBER else (1, 0, name)
