"""The figures of the board that are counted from sheets: each with its definition, its n, its rows, their tickets."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from civic.areas.models import Area
from civic.areas.rules import significant
from civic.core.text import is_english
from civic.hotline.models import Category
from civic.hotline.states import Channel
from civic.insight import rules
from civic.insight.scope import EXACTLY, WITHOUT, Scope
from civic.ratings import rules as ratings
from civic.ratings.rules import SMALLEST_CELL

MEDIAN, NINTH = 0.5, 0.9
ONE_PLACE = Decimal("0.1")
AREA_WIDTHS = (6, 9, 12)  # digits of a county, a street, a community
HOUR, DAY = 60, 24 * 60  # minutes
BARS, COLUMNS, TABLE = "bars", "columns", "table"


@dataclass(frozen=True)
class Line:
    """One number of a figure: what it is of, how much (None: withheld), in words; its tickets, and what lies below it.

    `extra` holds what further columns say; `short` stands under a column of a chart over time.
    """

    label: str
    value: int | None
    words: str
    tickets: str = ""
    deeper: str = ""
    extra: tuple[str, ...] = ()
    short: str = ""


@dataclass(frozen=True)
class Figure:
    """One figure: its name, how it is counted, of how many (None: too few to be told), its rows.

    `measure` says what the numbers are; `heads` name the columns: the label's, the value's and the extra ones; `full`
    is the value of a full bar (0: the greatest there is).
    """

    key: str
    name: str
    definition: str
    n: int | None
    heads: tuple[str, ...]
    lines: tuple[Line, ...] = ()
    picture: str = BARS
    note: str = ""
    measure: str = ""
    full: int = 0

    @property
    def n_words(self) -> str:
        """The n as people read it; where there are too few, only that."""
        return _("少于%(n)s") % {"n": SMALLEST_CELL} if self.n is None else f"{self.n:,}"


@dataclass(frozen=True)
class Grouping:
    """How rows are put together: by the first `width` digits of their codes; `below`: codes that have others below."""

    kind: str
    head: str
    nowhere: str
    width: int
    codes: Mapping[int, str]
    labels: Mapping[str, str]
    below: Collection[str]


def volume(table: rules.Table, scope: Scope) -> Figure:
    """How many came in: by day, by week or by month."""
    counts = rules.tally(table["day"])
    spans = rules.spans(scope.since, scope.until)
    values = [sum(counts.get(on, 0) for on in range(begin.toordinal(), end.toordinal())) for begin, end in spans]
    links = [scope.tickets(since=f"{begin}", until=f"{end - timedelta(days=1)}") for begin, end in spans]
    labels = [_span_words(begin, end) for begin, end in spans]
    lines = _lines(labels, values, links, scope)
    is_long = (scope.until - scope.since).days > rules.WEEKS_SHOWN * 7
    shorts = [_month_words(begin) if is_long else _day_words(begin) for begin, _end in spans]
    return Figure(
        "volume", _("诉求量"),
        _("这段时间收到的诉求件数，按收到的日期算。每件诉求算一件，并案的也各算一件；「我也遇到」不算。"),
        told(rules.size_of(table), scope), (_("时间"), _("诉求数"), _("占比")),
        tuple(replace(line, short=short) for line, short in zip(lines, shorts, strict=True)), COLUMNS, measure=_("件"),
    )  # fmt: skip


def channels(table: rules.Table, scope: Scope) -> Figure:
    """By the way on which they came in."""
    counts = {rules.CHANNELS[place]: n for place, n in rules.tally(table["channel"]).items()}
    rows = sorted(counts.items(), key=lambda row: (-row[1], rules.CHANNELS.index(row[0])))
    return Figure(
        "channels", _("来源渠道"), _("按诉求进来的渠道分。"), told(rules.size_of(table), scope),
        (_("渠道"), _("诉求数"), _("占比")),
        _lines([str(Channel(code).label) for code, _n in rows], [n for _code, n in rows],
               [scope.tickets(channel=code) for code, _n in rows], scope), measure=_("件"),
    )  # fmt: skip


def categories(table: rules.Table, scope: Scope) -> Figure:
    """By class, one level below the one that is asked for."""
    every = {one.pk: one for one in Category.objects.all()}
    labels = {one.code: one.label for one in every.values()}
    width = len(scope.category.code.lstrip(EXACTLY)) + 2 if scope.category and scope.category.ids else 2
    grouping = Grouping(
        "category", _("分类"), _("还没有分类"), width,
        {pk: one.code for pk, one in every.items()}, labels, {one.code[:-2] for one in every.values()},
    )  # fmt: skip
    return Figure(
        "categories", _("诉求分类"), _("按热线中心定的分类计数；点分类名看下一级。没有定分类的单列一行。"),
        told(rules.size_of(table), scope), (_("分类"), _("诉求数"), _("占比")),
        _grouped(rules.tally(table["category"]), scope, grouping, "#categories"), measure=_("件"),
    )  # fmt: skip


def areas(table: rules.Table, scope: Scope) -> Figure:
    """By area, one level below the one that is asked for."""
    counts = rules.tally(table["area"])
    every = {one.pk: one.code for one in Area.objects.filter(pk__in=counts)}
    asked = significant(scope.area.code.lstrip(EXACTLY)) if scope.area and scope.area.ids else ""
    width = next((width for width in AREA_WIDTHS if width > len(asked)), AREA_WIDTHS[-1])
    shown = Area.objects.filter(code__in={code[:width] for code in every.values()})
    below = {code[:width] for code in every.values() for width in AREA_WIDTHS if len(code) > width}
    grouping = Grouping("area", _("地区"), _("没有写地点"), width, every, {one.code: one.label for one in shown}, below)
    return Figure(
        "areas", _("地区"), _("按诉求写明的地点所在的区县、乡镇街道计数；点地名看下一级。没有写地点的单列一行。"),
        told(rules.size_of(table), scope), (_("地区"), _("诉求数"), _("占比")),
        _grouped(counts, scope, grouping, "#areas"), measure=_("件"),
    )  # fmt: skip


def response_time(table: rules.Table, scope: Scope) -> Figure:
    """How long until somebody of the unit has spoken to the caller."""
    return _times(
        "response", _("响应用时"),
        _("工作时间：从派给承办单位到首次联系上来电人，只算上班的钟点（节假日按国务院公布的安排）；自然时间：从收到诉求到首次联系上，夜里和节假日都算。还没有联系上的不计入。二次办理的从最近一次派单起算。"),
        ("contact_work", "contact_all"), table, scope, "contact",
    )  # fmt: skip


def resolution_time(table: rules.Table, scope: Scope) -> Figure:
    """How long until it is answered."""
    return _times(
        "resolution", _("办理用时"),
        _("工作时间：从派给承办单位到提交答复，只算上班的钟点，依规定暂停计时的扣除；自然时间：从收到诉求到答复，夜里、节假日和暂停都算。还没有答复的不计入；当场答复的只有自然时间。"),
        ("answer_work", "answer_all"), table, scope, "answer",
    )  # fmt: skip


def told(n: int, scope: Scope) -> int | None:
    """Return an n; to the public in blocks of five, so that no two questions differ by one ticket, None below five."""
    return ratings.told(n) if scope.is_public else n


def share_words(value: int | None, n: int | None) -> str:
    """Return a share in per cent with one place; "—" where it cannot be told."""
    if value is None or not n:
        return "—"
    return f"{(Decimal(100 * value) / n).quantize(ONE_PLACE, ROUND_HALF_UP)}%"


def cells(values: list[int], scope: Scope) -> list[int | None]:
    """Return the numbers of a table; the public's in blocks of five, without cells of one to four or a second one."""
    return ratings.cells(values) if scope.is_public else list(values)


def cell_words(value: int | None) -> str:
    """Return a count as people read it."""
    return _("不公布") if value is None else f"{value:,}"


def _lines(
    labels: Iterable[str], values: list[int], links: Iterable[str], scope: Scope, deeper: Iterable[str] = ()
) -> tuple[Line, ...]:
    ways = list(deeper) or [""] * len(values)
    shown = cells(values, scope)
    n = told(sum(values), scope) or None
    return tuple(
        Line(label, value, cell_words(value), link if value else "", way, (share_words(value, n),))
        for label, value, link, way in zip(labels, shown, links, ways, strict=True)
    )


def _grouped(counts: dict[int, int], scope: Scope, by: Grouping, place: str) -> tuple[Line, ...]:
    """Return the rows of classes or areas, the most first; what is only known to the asked level stands as that."""
    sums: dict[str, int] = {}
    for pk, n in counts.items():
        code = WITHOUT if pk == rules.NONE else by.codes[pk][: by.width]
        sums[code] = sums.get(code, 0) + n
    rows = sorted(sums.items(), key=lambda row: (row[0] == WITHOUT, -row[1], row[0]))
    asked = getattr(scope, by.kind)
    only = asked.code if asked is not None and asked.code in by.below else None
    labels = {WITHOUT: by.nowhere, only: _("只到这一级")}
    keys = [f"{EXACTLY}{code}" if code == only else code for code, _n in rows]
    return _lines(
        [labels.get(code) or by.labels.get(code, code) for code, _n in rows], [n for _code, n in rows],
        [scope.tickets(**{by.kind: key}) for key in keys], scope,
        [scope.board(**{by.kind: key}) + place if key in by.below else "" for key in keys],
    )  # fmt: skip


def _times(
    key: str, name: str, definition: str, columns: tuple[str, str], table: rules.Table, scope: Scope, timed: str
) -> Figure:
    """Return median and ninetieth percentile of two times: of the offices', and of everybody's."""
    labels = (
        (_("一半不超过（工作时间）"), MEDIAN), (_("九成不超过（工作时间）"), NINTH),
        (_("一半不超过（自然时间）"), MEDIAN), (_("九成不超过（自然时间）"), NINTH),
    )  # fmt: skip
    times = [rules.known(table[column]) for column in columns for _share in (MEDIAN, NINTH)]
    lines = []
    for place, ((label, share), values) in enumerate(zip(labels, times, strict=True)):
        is_known = len(values) > 0 and told(len(values), scope) is not None
        value = rules.percentile(values, share) if is_known else None
        words = "—" if value is None else time_words(value, office=place < 2)
        n = told(len(values), scope)
        lines.append(Line(label, value, words, scope.tickets(timed=timed) if is_known else "", "", (cell_words(n),)))
    n = told(len(times[-1]), scope)
    return Figure(
        key, name, definition, n, (_("时间"), _("用时"), _("诉求数")), tuple(lines), measure=_("分钟"),
        note=_("一半不超过的是中位数，九成不超过的是P90，取实际发生过的用时（同PostgreSQL的percentile_disc）。"),
    )  # fmt: skip


def time_words(minutes: int, *, office: bool) -> str:
    """Return a time as people read it: minutes, hours, and from two days on days; office time in working hours."""
    if minutes < HOUR:
        return ngettext("%(n)s分钟", "%(n)s分钟", minutes) % {"n": minutes}
    if office:
        return _("%(n)s工作小时") % {"n": _one_place(minutes, HOUR)}
    if minutes < 2 * DAY:
        return pgettext("length", "%(n)s小时") % {"n": _one_place(minutes, HOUR)}
    return pgettext("length", "%(n)s天") % {"n": _one_place(minutes, DAY)}


def _one_place(minutes: int, unit: int) -> str:
    return f"{(Decimal(minutes) / unit).quantize(ONE_PLACE, ROUND_HALF_UP)}"


def _span_words(begin: date, end: date) -> str:
    """Return a span of a chart as people read it: a day, a month, or from when to when."""
    last = end - timedelta(days=1)
    if begin == last:
        return _day_words(begin)
    if begin.day == 1 and end.day == 1 and (end - begin).days <= 31:
        return _month_words(begin)
    return _("%(first)s至%(last)s") % {"first": _day_words(begin), "last": _day_words(last)}


def _month_words(on: date) -> str:
    return f"{on:%b %Y}" if is_english() else f"{on.year}年{on.month}月"


def _day_words(on: date) -> str:
    return f"{on:%-d %b}" if is_english() else f"{on.month}月{on.day}日"
