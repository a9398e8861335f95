"""Where the parts of a chart stand: bars with their labels above them, columns over time. Lengths in em and per cent.

Text keeps the size that the reader has chosen, because nothing is scaled: widths are per cent of the page's, heights
follow the text. No Django.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

LINE, BAR, GAP = 1.4, 0.9, 0.9  # em: a line of text, a bar, the way to the next
WIDEST = 22  # a label's line: so many Latin letters or half as many Chinese characters
LONGEST_BAR = 70.0  # per cent: the number stands beside the bar
FILLED = 0.8  # of a column's place


@dataclass(frozen=True)
class Text:
    """Words at a height (em)."""

    words: str
    y: str


@dataclass(frozen=True)
class Bar:
    """One bar: the lines of its label, how wide it is (per cent), where it and its number stand (em)."""

    label: tuple[Text, ...]
    number: Text
    y: str
    width: str


@dataclass(frozen=True)
class Bars:
    """A chart of bars; `height` in em."""

    height: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Column:
    """One column, in per cent of the field."""

    x: str
    width: str
    y: str
    height: str


@dataclass(frozen=True)
class Columns:
    """A chart over time: what the highest column means, the columns, the labels of the first, middle and last."""

    most: str
    columns: tuple[Column, ...]
    first: str
    middle: str
    last: str


def bars(rows: Sequence[tuple[str, int | None, str]], *, full: int = 0) -> Bars:
    """Return the bars of (label, value, number in words); a value that is withheld has no length.

    `full`: the value of the longest bar there can be; 0: that of the longest there is.
    """
    y, found = 0.0, list[Bar]()
    most = full or max((value or 0 for _label, value, _words in rows), default=0)
    for label, value, words in rows:
        lines = []
        for part in wrapped(label):
            y += LINE
            lines.append(Text(part, _em(y - 0.35)))
        width = LONGEST_BAR * (value or 0) / most if most else 0.0
        found.append(Bar(tuple(lines), Text(words, _em(y + BAR - 0.1)), _em(y), _cent(width)))
        y += BAR + GAP
    return Bars(_em(y), tuple(found))


def columns(rows: Sequence[tuple[str, int | None, str]]) -> Columns:
    """Return the columns of (short label, value, number in words), in their order."""
    most, place = max((value or 0 for _label, value, _words in rows), default=0), 100 / max(len(rows), 1)
    found = []
    for nth, (_label, value, _words) in enumerate(rows):
        height = 100 * (value or 0) / most if most else 0.0
        x = place * nth + place * (1 - FILLED) / 2
        found.append(Column(_cent(x), _cent(place * FILLED), _cent(100 - height), _cent(height)))
    labels = [label for label, _value, _words in rows]
    middle = labels[len(labels) // 2] if len(labels) > 2 else ""
    last = labels[-1] if len(labels) > 1 else ""
    return Columns(f"{most:,}", tuple(found), labels[0] if labels else "", middle, last)


def wrapped(label: str) -> list[str]:
    """Return a label in one line or two; what does not fit there ends in …"""
    lines, rest = [""], label
    for letter in rest:
        if width_of(lines[-1] + letter) <= WIDEST:
            lines[-1] += letter
        elif len(lines) == 1:
            lines = [*_broken(lines[0], letter)]
        else:
            return [lines[0], lines[1].rstrip()[:-1] + "…"]
    return lines


def width_of(words: str) -> int:
    """Return how many Latin letters take the place of these words."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in words)


def _broken(line: str, letter: str) -> tuple[str, str]:
    """Return a full line and the next one, which begins with `letter`; words of letters are not torn apart."""
    head, space, tail = line.rpartition(" ")
    is_latin = letter.isascii() and letter != " " and tail.isascii()
    return (head, tail + letter) if space and is_latin else (line, letter.lstrip())


def _em(value: float) -> str:
    return f"{value:.2f}em"


def _cent(value: float) -> str:
    return f"{value:.2f}%"
