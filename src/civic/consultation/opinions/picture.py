"""The map as a picture and as a table that says the same: groups as areas, people only where five or more stand close.

No single person is drawn, and no group of fewer than five. Groups differ by letter, shape and line, not by colour
alone. Places are per cent of the picture's width and height, letters keep the size the reader chose.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isqrt
from xml.sax.saxutils import escape

import numpy as np

from civic.consultation.opinions.matrix import Numbers
from civic.consultation.opinions.opinion_map import OpinionMap
from civic.consultation.opinions.published import LETTERS, shares_shown, small_groups
from civic.consultation.rules.standing import SMALLEST_CELL

SPREAD = 1.5  # standard deviations from the middle of a group to the edge of its area
CELLS = range(4, 15)  # the picture is cut into so many columns and rows, by how many people there are …
PEOPLE_A_CELL = 6  # … on average in one; people of one cell are drawn as one dot
EDGE = 4.0  # per cent left free on each side
HEIGHT = 22  # em, below the legend
LEGEND_LINE = 1.6  # em
INKS = ("#1d4f91", "#a34700", "#2e6b2f", "#6a3d9a", "#9c1c4d")  # each at least 4.5 : 1 on white
LINES = ("", "8 4", "2 4", "12 4 2 4", "4 8")
SHAPES = ("M-13,0a13,13 0 1,0 26,0a13,13 0 1,0 -26,0", "M-12,-12h24v24h-24z", "M0,-17L16,11H-16z",
          "M0,-17L17,0L0,17L-17,0z", "M-9,-14H9L17,0L9,14H-9L-17,0z")  # fmt: skip


SIGNS = "●■▲◆⬣"  # the shapes, as letters of the legend


@dataclass(frozen=True)
class Words:
    """What is written on the picture, with places for the figures; a page in another language gives its own."""

    title: str = "意见地图"
    group: str = "{letter}组"
    size: str = "{people}人（{share}%）"
    agree: str = "同意：{statement}"
    disagree: str = "不同意：{statement}"
    about: str = "{people}位参与者按投票相近程度分为{groups}组：{sizes}。离得近的人投票相近。"
    about_small: str = (
        "{people}位参与者按投票相近程度分为{groups}组，其中有不足5人的组，不画出，各组人数不公布。离得近的人投票相近。"
    )
    between: str = "，"
    stable: str = "分组稳定。"
    unstable: str = "分组不稳定：换一批参与者，分法可能不同。"


CHINESE = Words()


@dataclass(frozen=True)
class Dot:
    """People of one group who stand close together; x and y in per cent, radius in pixels."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Area:
    """Where a group stands: middle and half widths in per cent."""

    group: int
    x: float
    y: float
    wide: float
    high: float
    dots: tuple[Dot, ...]


@dataclass(frozen=True)
class Row:
    """One line of the table: the group, how many people, of all placed (per cent), and what is typical of it."""

    name: str
    people: int | None
    share: int | None
    typical: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    """The areas, the table, and the sentence for who cannot see the picture."""

    areas: tuple[Area, ...]
    rows: tuple[Row, ...]
    about: str
    not_drawn: bool  # whether a group is left out because it is too small


def picture(found: OpinionMap, bodies: Mapping[str, str], words: Words = CHINESE) -> Picture:
    """Return what is drawn of a map; `bodies` maps statements to their words."""
    small = small_groups(found)
    shown = [group for group in range(found.groups.count) if group not in small]
    low, high = _frame(found, shown)
    places = EDGE + (100 - 2 * EDGE) * (found.places - low) / (high - low)
    cells = min(max(isqrt(len(places) // PEOPLE_A_CELL), CELLS[0]), CELLS[-1])
    areas = tuple(_area(places[found.groups.of == group], group, cells) for group in shown)
    rows = tuple(_row(found, bodies, group, words) for group in shown)
    return Picture(areas, rows, _about(found, rows, words), bool(small))


def svg(drawn: Picture, words: Words = CHINESE, *, key: str = "opinion-map") -> str:
    """Return the picture as one SVG element. `key` begins the ids in it: unique on a page."""
    top = LEGEND_LINE * len(drawn.rows) + 0.5
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="c-map" role="img" width="100%" height="{HEIGHT + top:.1f}em" '
        f'aria-labelledby="{escape(key)}-title {escape(key)}-about">',
        f'<title id="{escape(key)}-title">{escape(words.title)}</title>',
        f'<desc id="{escape(key)}-about">{escape(drawn.about)}</desc>',
        '<rect width="100%" height="100%" fill="#ffffff" stroke="#b1b4b6"/>',
        *(
            _legend(area.group, at, row, words)
            for at, (area, row) in enumerate(zip(drawn.areas, drawn.rows, strict=True))
        ),
        f'<svg y="{top:.1f}em" width="100%" height="{HEIGHT}em">',
        *(line for area in drawn.areas for line in _ground(area)),
        *(_mark(area.group, f"{area.x:.1f}%", f"{area.y:.1f}%") for area in drawn.areas),
        "</svg>",
        "</svg>",
    ]
    return "\n".join(parts)


def _frame(found: OpinionMap, shown: list[int]) -> tuple[Numbers, Numbers]:
    """Return the corners of what is drawn: all areas fit in."""
    if not shown:
        return np.zeros(2), np.ones(2)
    ends = []
    for group in shown:
        own = found.places[found.groups.of == group]
        ends += [own.mean(axis=0) - SPREAD * own.std(axis=0), own.mean(axis=0) + SPREAD * own.std(axis=0)]
    low, high = np.min(ends, axis=0), np.max(ends, axis=0)
    return low, np.where(high > low, high, low + 1)


def _area(places: Numbers, group: int, cells: int) -> Area:
    x, y = places.mean(axis=0)
    wide, high = np.maximum(SPREAD * places.std(axis=0), 3.0)
    return Area(group, float(x), float(y), float(wide), float(high), tuple(_dots(places, cells)))


def _dots(places: Numbers, across: int) -> Iterator[Dot]:
    """Yield a dot for every cell in which five or more people of the group stand, in the middle of those people."""
    _cells, cell_of, counts = np.unique(
        np.floor(places * across / 100).astype(np.int64), axis=0, return_inverse=True, return_counts=True
    )
    for cell in np.flatnonzero(counts >= SMALLEST_CELL):
        x, y = places[cell_of == cell].mean(axis=0)
        if 0 <= x <= 100 and 0 <= y <= 100:  # beyond the frame, which areas make, stand only a few
            yield Dot(float(x), float(y), min(3 + float(np.sqrt(counts[cell])) / 1.5, 12))


def _row(found: OpinionMap, bodies: Mapping[str, str], group: int, words: Words) -> Row:
    columns = {statement: at for at, statement in enumerate(found.votes.statements)}
    typical = tuple(
        getattr(words, one.side).format(statement=bodies.get(one.statement) or one.statement)
        for one in found.typical[group]
        if shares_shown(found, columns[one.statement])
    )
    name, size = words.group.format(letter=LETTERS[group]), found.groups.sizes[group]
    if small_groups(found):
        return Row(name, None, None, typical)
    return Row(name, size, round(100 * size / len(found.votes.voters)), typical)


def _about(found: OpinionMap, rows: tuple[Row, ...], words: Words) -> str:
    sizes = words.between.join(row.name + _size(row, words) for row in rows)
    form = words.about_small if small_groups(found) else words.about
    told = form.format(people=len(found.votes.voters), groups=found.groups.count, sizes=sizes)
    return told + {True: words.stable, False: words.unstable, None: ""}[found.is_stable]


def _size(row: Row, words: Words) -> str:
    return "" if row.people is None else words.size.format(people=row.people, share=row.share)


def _ground(area: Area) -> Iterator[str]:
    ink, dash = INKS[area.group], LINES[area.group]
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    yield (
        f'<ellipse cx="{area.x:.1f}%" cy="{area.y:.1f}%" rx="{area.wide:.1f}%" ry="{area.high:.1f}%" fill="{ink}" '
        f'fill-opacity="0.1" stroke="{ink}" stroke-width="2"{dashed}/>'
    )
    for dot in area.dots:
        yield f'<circle cx="{dot.x:.1f}%" cy="{dot.y:.1f}%" r="{dot.radius:.1f}" fill="{ink}" fill-opacity="0.45"/>'


def _mark(group: int, x: str, y: str) -> str:
    return (
        f'<svg x="{x}" y="{y}" overflow="visible"><path d="{SHAPES[group]}" fill="{INKS[group]}" stroke="#ffffff" '
        f'stroke-width="2"/><text y="5" text-anchor="middle" font-size="14" font-weight="700" fill="#ffffff">'
        f"{LETTERS[group]}</text></svg>"
    )


def _legend(group: int, at: int, row: Row, words: Words) -> str:
    return (
        f'<text x="12" y="{LEGEND_LINE * (at + 0.8):.2f}em" fill="{INKS[group]}" font-weight="600">'
        f"{SIGNS[group]} {escape(f'{row.name} {_size(row, words)}'.rstrip())}</text>"
    )
