"""Drawing people by lot, in proportion to strata, from a public seed: anybody can run it again. No Django.

The algorithm "civic-draw-1", for another implementation in any language (tools/verify_draw.py is one):
1. Register: a CSV file in UTF-8; cells without the blanks around them. A person's stratum is the tuple of their values
   in the chosen columns, in the order in which the columns are named.
2. Quotas: of `size` seats a stratum with n of N people gets floor(size * n / N); the seats left over go one each to the
   strata with the largest remainders (size * n mod N); among equal remainders to the larger stratum first, then to the
   one whose tuple sorts first by Unicode code points. Whole numbers throughout.
3. Key: the seed, or seed + "+" + beacon where a public number was announced with the commitment. Each person's lot is
   SHA-256 of the UTF-8 text key + "|" + id, in hexadecimal.
4. In each stratum people are ordered by their lots (then by id). The first ones, as many as the quota, are drawn; the
   others are reserves in this order.
5. Whoever declines is replaced by the next reserve of the same stratum; where it has none left, by the reserve with the
   lowest lot of all.
The commitment, published before the draw, is SHA-256 of the UTF-8 text of the seed, in hexadecimal.

Source of proportional strata and of drawing 75-85 % of members by lot: 浙江省《公众参与政府预算审查工作指南》 (2025).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from civic.core.errors import FieldError, Invalid
from civic.core.words import gettext as _
from civic.participation.rules.register import Register, Stratum

ALGORITHM = "civic-draw-1"
LONGEST_SEED = 200
LEAST_SECRET = 20  # characters: a shorter seed could be found from its commitment by trying


class BadDraw(Invalid):
    """Nobody can be drawn like this: the field is named."""

    code = "bad-draw"


@dataclass(frozen=True)
class Share:
    """What one stratum gets: `people` in the register, `quota` of the seats, who was drawn, who comes next."""

    stratum: Stratum
    people: int
    quota: int
    drawn: tuple[str, ...]
    reserves: tuple[str, ...]


@dataclass(frozen=True)
class Draw:
    """A whole draw: everything that is needed to run it again, and its outcome by stratum."""

    seed: str
    beacon: str
    commitment: str
    register_sha256: str
    by: tuple[str, ...]
    size: int
    shares: tuple[Share, ...]


def draw(register: Register, *, seed: str, size: int, beacon: str = "") -> Draw:
    """Return who is drawn from `register` and who are the reserves. The same arguments give the same draw, always.

    Raises: BadDraw, if the seed is no printable text or the size does not fit the register.
    """
    _check(register, seed, size, beacon)
    counts = register.strata()
    seats = quotas(counts, size)
    members: dict[Stratum, list[str]] = {stratum: [] for stratum in counts}
    for identity, stratum in register.people.items():
        members[stratum].append(identity)
    shares = tuple(
        _share(stratum, sorted(members[stratum], key=lambda one: (lot(seed, one, beacon=beacon), one)), seats[stratum])
        for stratum in counts
    )
    return Draw(seed, beacon, commitment(seed), register.sha256, register.by, size, shares)


def quotas(counts: Mapping[Stratum, int], size: int) -> dict[Stratum, int]:
    """Return how many of `size` seats each stratum gets, in proportion to `counts`, by largest remainder.

    Exact: whole numbers only, they add up to `size`, and no stratum gets more seats than it has people.
    Raises: BadDraw, if there are fewer people than seats.
    """
    total = sum(counts.values())
    if not 0 < size <= total:
        raise _bad("size", _("人数应为1至名册总人数%(n)s之间的整数。") % {"n": total})
    given = {stratum: size * people // total for stratum, people in counts.items()}
    left = size - sum(given.values())
    order = sorted(counts, key=lambda stratum: (-(size * counts[stratum] % total), -counts[stratum], stratum))
    for stratum in order[:left]:
        given[stratum] += 1
    return given


def lot(seed: str, identity: str, *, beacon: str = "") -> str:
    """Return the lot of one person, in hexadecimal."""
    key = f"{seed}+{beacon}" if beacon else seed
    return hashlib.sha256(f"{key}|{identity}".encode()).hexdigest()


def commitment(seed: str) -> str:
    """Return what is published before the draw, so that the seed cannot be exchanged for another."""
    return hashlib.sha256(seed.encode()).hexdigest()


def why_not_seed(seed: str, *, least: int = 1) -> str | None:
    """Say what is wrong with a seed."""
    if not least <= len(seed) <= LONGEST_SEED:
        return _("种子应有%(least)s至%(most)s个字符。") % {"least": least, "most": LONGEST_SEED}
    if not seed.isprintable() or seed != seed.strip():
        return _("种子不能含有换行等控制字符，前后不能有空格。")
    return None


def _share(stratum: Stratum, ordered: list[str], quota: int) -> Share:
    return Share(stratum, len(ordered), quota, tuple(ordered[:quota]), tuple(ordered[quota:]))


def _check(register: Register, seed: str, size: int, beacon: str) -> None:
    if wrong := why_not_seed(seed):
        raise _bad("seed", wrong)
    if beacon and (wrong := why_not_seed(beacon)):
        raise _bad("beacon", _("公开随机数：%(wrong)s") % {"wrong": wrong})
    if not 0 < size <= len(register.people):
        raise _bad("size", _("人数应为1至名册总人数%(n)s之间的整数。") % {"n": len(register.people)})


def _bad(field: str, words: str) -> BadDraw:
    return BadDraw(words, errors=[FieldError(field, "bad-draw", words)])
