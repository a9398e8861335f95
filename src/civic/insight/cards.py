"""Cards on the board: those that stand, by colour, a hundred tickets, and how difficult the matters were."""

from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count
from django.utils.translation import gettext as _

from civic.hotline.models import Ticket
from civic.insight.figures import ONE_PLACE, TABLE, Figure, Line, cell_words, cells, told
from civic.insight.scope import Scope
from civic.insight.services.counting import day_starts
from civic.supervision.models import Card
from civic.supervision.states import Colour

DIFFICULTIES = (1, 2, 3)
HUNDRED = 100


def cards(scope: Scope, *, handled: int) -> Figure:
    """Return the cards given for tickets in the period; `handled`: the tickets that came in."""
    narrowed = scope.area is not None or scope.category is not None or scope.channel != ""
    counts = {} if narrowed else _counts(scope)
    n = sum(counts.values())
    totals = [sum(counts.get((colour, level), 0) for level in DIFFICULTIES) for colour in Colour.values]
    lines = [] if narrowed else [_line(Colour(colour), value, counts, handled, scope) for colour, value in
             zip(Colour.values, cells(totals, scope), strict=True)]  # fmt: skip
    note = _("牌发给单位，按地区、分类、渠道看时不列。") if narrowed else ""
    return Figure(
        "cards", _("亮牌"),
        _("这段时间因诉求办理发出、没有撤销的蓝牌、黄牌、红牌；每百件：每收到100件诉求发了几张。难度由诉求分类定，1最容易。"),
        told(n, scope),
        (_("颜色"), _("张数"), _("每百件诉求"), *(_("难度%(n)s") % {"n": level} for level in DIFFICULTIES)),
        tuple(lines), TABLE if narrowed else "bars", note, _("张"),
    )  # fmt: skip


def _line(colour: Colour, value: int | None, counts: dict[tuple[str, int], int], handled: int, scope: Scope) -> Line:
    by_level = cells([counts.get((colour, level), 0) for level in DIFFICULTIES], scope)
    if value is None:
        by_level = [None] * len(DIFFICULTIES)
    link = "" if scope.is_public or not value else "/office/cards/"
    extra = (_per_hundred(value, handled), *map(cell_words, by_level))
    return Line(str(colour.label), value, cell_words(value), link, "", extra)


def _counts(scope: Scope) -> dict[tuple[str, int], int]:
    """Return how many cards of each colour and difficulty stand."""
    found = Card.objects.standing().of_room(Ticket._meta.label_lower)
    found = found.given(since=day_starts(scope.since), until=day_starts(scope.until))
    if scope.unit is not None:
        found = found.filter(unit=scope.unit)
    rows = found.order_by().values_list("colour", "difficulty").annotate(n=Count("pk"))
    counts: dict[tuple[str, int], int] = {}
    for colour, difficulty, n in rows:
        key = (colour, min(max(difficulty, DIFFICULTIES[0]), DIFFICULTIES[-1]))
        counts[key] = counts.get(key, 0) + n
    return counts


def _per_hundred(value: int | None, handled: int) -> str:
    if value is None or not handled:
        return "—"
    return f"{(Decimal(HUNDRED * value) / handled).quantize(ONE_PLACE, ROUND_HALF_UP)}"
