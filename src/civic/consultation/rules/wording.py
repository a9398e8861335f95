"""The words of one clause in two versions: what was kept, cut and put, in pieces that a reader can follow."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

KEPT, CUT, PUT = "keep", "cut", "put"
# A number with its unit is one word (30日, 三十日, 第十二条), so is a run of Latin letters; else each character is.
WORD = re.compile(
    r"第?[〇零一二三四五六七八九十百千万亿0-9０-９.]+[日月年天元条款项章节%％人米吨倍]?|[A-Za-z]+|\s+|.", re.S
)
MANY = 500  # words of a clause from which frequent ones are no place to begin: otherwise the time grows with the cube
SHORTEST_KEPT = 2  # a single character kept between two changes tells nobody anything: it is cut and put


@dataclass(frozen=True)
class Piece:
    """A run of text: `what` is keep, cut (only in the old version) or put (only in the new one)."""

    what: str
    text: str


def words_apart(old: str, new: str) -> tuple[Piece, ...]:
    """Return the pieces that lead from `old` to `new`; no two neighbours of one kind, cut before put."""
    before, after = WORD.findall(old), WORD.findall(new)
    found: list[tuple[str, str]] = []  # what was replaced by what; equal where it was kept
    matcher = SequenceMatcher(None, before, after, autojunk=max(len(before), len(after)) > MANY)
    for tag, a, b, c, d in matcher.get_opcodes():
        cut, put = "".join(before[a:b]), "".join(after[c:d])
        is_kept = tag == "equal" and (len(cut) >= SHORTEST_KEPT or (b, d) == (len(before), len(after)))
        if found and not is_kept and found[-1][0] != found[-1][1]:
            found[-1] = (found[-1][0] + cut, found[-1][1] + put)
        else:
            found.append((cut, put))
    return tuple(_pieces(found))


def _pieces(found: Iterable[tuple[str, str]]) -> Iterator[Piece]:
    for cut, put in found:
        if cut == put:
            yield Piece(KEPT, cut)
            continue
        if cut:
            yield Piece(CUT, cut)
        if put:
            yield Piece(PUT, put)


def cut_side(pieces: Iterable[Piece]) -> str:
    """Return the old words."""
    return "".join(piece.text for piece in pieces if piece.what != PUT)


def put_side(pieces: Iterable[Piece]) -> str:
    """Return the new words."""
    return "".join(piece.text for piece in pieces if piece.what != CUT)
