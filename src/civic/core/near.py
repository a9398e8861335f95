"""Near duplicates: a fingerprint that a database can index, and how alike two texts are.

Two messages about one matter share at least one number of `bands` with a chance that rises steeply with their
likeness: a little editing, another order of sentences or another greeting leaves most numbers as they are.
"""

import re
from typing import Final
from zlib import crc32

from civic.core.plain import letters

SHINGLE: Final = 4  # characters
PASSES: Final = 6  # hash functions
BINS: Final = 10  # minima taken of each
BANDS: Final = 20
ROWS: Final = PASSES * BINS // BANDS  # minima, each of another hash function, that make one band
SALTS: Final = tuple((0x9E3779B1 * (2 * at + 1)) & 0xFFFFFFFF for at in range(PASSES))
MASK: Final = 0xFFFFFFFF
NEAR: Final = 0.35  # from this likeness on, two texts tell the same in almost the same words
LONG_ENOUGH: Final = 30  # shingles; a shorter text stands in a longer one by chance
GREETING: Final = re.compile(
    r"^(尊敬的|敬爱的|亲爱的)?[^，,。！!：:\s]{0,12}?(领导|书记|市长|县长|区长|局长|厅长|省长|同志|部门)们?"
    r"[：:，,。！!\s]*((你|您|大家)们?好|上午好|下午好|早上好)?[：:，,。！!\s]*"
)


def bands(text: str) -> tuple[int, ...]:
    """Return the fingerprint of a text: 20 numbers that fit a signed 64-bit column; none for an empty text.

    Texts that share a number are candidates; `similarity` decides. The numbers are the same on every machine.
    """
    hashes = [crc32(shingle.encode()) for shingle in shingles(text)]
    if not hashes:
        return ()
    minima = [minimum for salt in SALTS for minimum in _minima(hashes, salt)]
    return tuple(_join(at, minima[at::BANDS]) for at in range(BANDS))


def similarity(one: str, other: str) -> float:
    """Return how alike two texts are, from 0 to 1: the shared part of the character 4-grams of both.

    A text that stands whole inside a longer one counts as near: people copy a message and write on.
    """
    mine, theirs = shingles(one), shingles(other)
    if not mine or not theirs:
        return 0.0
    shared = len(mine & theirs)
    whole = shared / (len(mine) + len(theirs) - shared)
    smaller = min(len(mine), len(theirs))
    return max(whole, 0.9 * shared / smaller) if smaller >= LONG_ENOUGH else whole


def shingles(text: str) -> frozenset[str]:
    """Return the distinct runs of four letters of a text, its greeting left out."""
    own = letters(GREETING.sub("", text.strip(), count=1)) or letters(text)
    if len(own) <= SHINGLE:
        return frozenset([own]) if own else frozenset()
    return frozenset(own[at : at + SHINGLE] for at in range(len(own) - SHINGLE + 1))


def _minima(hashes: list[int], salt: int) -> list[int]:
    """Return the least hash of each of ten bins; an empty bin borrows from the next one that is not."""
    least: list[int | None] = [None] * BINS
    for one in hashes:
        mixed = ((one ^ salt) * 0x85EBCA6B) & MASK
        value, place = divmod(mixed ^ (mixed >> 15), BINS)
        if (known := least[place]) is None or value < known:
            least[place] = value
    return [_borrowed(least, place) for place in range(BINS)]


def _borrowed(least: list[int | None], place: int) -> int:
    for step in range(BINS):
        if (value := least[(place + step) % BINS]) is not None:
            return value + step * MASK
    return 0


def _join(place: int, minima: list[int]) -> int:
    """Return one number below 2^63 for a band's place and minima."""
    value = place
    for one in minima:
        value = (value * 0x100000001B3 + one) & 0x7FFFFFFFFFFFFFFF
    return value
