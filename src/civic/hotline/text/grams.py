"""Character n-grams as numbers: three characters of 21 bits each fit into one, so that no two n-grams meet."""

from typing import Any

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.uint64]
BITS = 21  # of a Unicode code point
LONGEST = 3
SPACE = 32


def grams(plain: str) -> tuple[Ids, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the n-grams of one to three characters that cross no space: their numbers, places and lengths."""
    codes = np.frombuffer(plain.encode("utf-32-le", errors="replace"), dtype=np.uint32).astype(np.uint64)
    ids, places, lengths = [], [], []
    for length in range(1, min(LONGEST, len(codes)) + 1):
        windows = np.lib.stride_tricks.sliding_window_view(codes, length)
        whole = np.flatnonzero((windows != SPACE).all(axis=1))
        number = np.zeros(len(whole), dtype=np.uint64)
        for place in range(length):
            number = (number << np.uint64(BITS)) | windows[whole, place]
        ids.append(number)
        places.append(whole)
        lengths.append(np.full(len(whole), length))
    if not ids:
        return np.empty(0, np.uint64), np.empty(0, np.int64), np.empty(0, np.int64)
    return np.concatenate(ids), np.concatenate(places), np.concatenate(lengths)


def counted(plain: str) -> tuple[Ids, npt.NDArray[np.int64]]:
    """Return the distinct n-grams of a text in ascending order and how often each stands in it."""
    ids, times = np.unique(grams(plain)[0], return_counts=True)
    return ids, times


def find(ids: Ids, known: Ids) -> tuple[npt.NDArray[np.int64], npt.NDArray[Any]]:
    """Return the column of each of `ids` in the ascending array `known`, and which of them are known."""
    columns = np.minimum(np.searchsorted(known, ids), max(len(known) - 1, 0))
    hits = known[columns] == ids if len(known) else np.zeros(len(ids), dtype=bool)
    return columns, hits
