"""Families: rows that tell of one message, so that none of them is judged by what another has taught."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags_array

from civic.core.near import bands, similarity
from civic.core.plain import letters
from civic.hotline.text.examples import Example

OPENING = 60  # letters: equal openings are one message
SHORTEST = 5  # letters: an equal text shorter than this proves nothing
COPY = 0.7  # likeness of two details; below it they may only share a form of words
CONTAINED = 0.5  # of a title's weight found in a detail: both are halves of one message
CHUNK = 200
MOST = 40_000  # rows; beyond, titles are not sought in details


def families(rows: Sequence[Example]) -> npt.NDArray[np.int64]:
    """Return the number of the family of each row.

    One family: equal titles, equal openings of the detail, near duplicates, and a title with the detail it stands in.
    """
    parent = list(range(len(rows)))
    titles, details = [letters(row.title) for row in rows], [letters(row.detail) for row in rows]
    pairs = [*_equal(titles), *_equal([detail[:OPENING] for detail in details]), *_near(rows)]
    if len(rows) <= MOST:
        pairs += _halves(titles, details)
    for one, other in pairs:
        parent[_root(parent, one)] = _root(parent, other)
    return np.array([_root(parent, at) for at in range(len(rows))], dtype=np.int64)


def _equal(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    first: dict[str, int] = {}
    for at, text in enumerate(texts):
        if len(text) >= SHORTEST and first.setdefault(text, at) != at:
            yield at, first[text]


def _near(rows: Sequence[Example]) -> Iterator[tuple[int, int]]:
    first: dict[int, int] = {}
    for at, row in enumerate(rows):
        others = {first.setdefault(band, at) for band in (bands(row.detail) if row.detail else ())} - {at}
        for other in sorted(others):
            if similarity(row.detail, rows[other].detail) >= COPY:
                yield at, other


def _halves(titles: Sequence[str], details: Sequence[str]) -> list[tuple[int, int]]:
    """Return (title row, detail row) where most of a title's weight stands in one detail."""
    with_title = [at for at, text in enumerate(titles) if len(text) >= SHORTEST]
    with_detail = [at for at, text in enumerate(details) if text]
    if not with_title or not with_detail:
        return []
    columns: dict[str, int] = {}
    inside = _pairs([details[at] for at in with_detail], columns)
    seen = np.bincount(inside.indices, minlength=len(columns))
    asked = _pairs([titles[at] for at in with_title], columns)
    seen = np.append(seen, np.zeros(asked.shape[1] - len(seen), dtype=seen.dtype))
    weight = np.log(len(with_detail) / (1 + seen)).clip(0)
    asked = (asked @ diags_array(weight)).tocsr()
    inside.resize((len(with_detail), len(weight)))
    return list(_best(asked, inside.T.tocsr(), with_title, with_detail))


def _pairs(texts: Iterable[str], columns: dict[str, int]) -> csr_matrix:
    """Return which pairs of neighbouring letters stand in each text; new pairs get new columns."""
    found, starts = [], [0]
    for text in texts:
        own = {text[at : at + 2] for at in range(len(text) - 1)}
        found += [columns.setdefault(pair, len(columns)) for pair in sorted(own)]
        starts.append(len(found))
    shape = (len(starts) - 1, len(columns))
    return csr_matrix((np.ones(len(found), dtype=np.float32), found, starts), shape=shape)


def _best(
    asked: csr_matrix, inside: csr_matrix, with_title: Sequence[int], with_detail: Sequence[int]
) -> Iterator[tuple[int, int]]:
    whole = np.maximum(np.asarray(asked.sum(axis=1)).ravel(), 1e-9)
    for start in range(0, asked.shape[0], CHUNK):
        shares = (asked[start : start + CHUNK] @ inside).toarray() / whole[start : start + CHUNK, None]
        best = shares.argmax(axis=1)
        for at in np.flatnonzero(shares[np.arange(len(best)), best] >= CONTAINED):
            yield with_title[start + int(at)], with_detail[int(best[at])]


def _root(parent: list[int], at: int) -> int:
    while parent[at] != at:
        parent[at] = parent[parent[at]]
        at = parent[at]
    return at
