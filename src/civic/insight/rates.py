"""The three rates on the board: the same numbers as civic.hotline.rates has, read from the sheets of calls back."""

from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from civic.hotline.rules import Rate
from civic.hotline.states import RateName
from civic.insight import rules
from civic.insight.figures import Figure, Line, cell_words, cells, told
from civic.insight.scope import Scope

THOUSAND = 1000


def rates(calls: rules.Table, scope: Scope) -> Figure:
    """Return how many of those called back were contacted in time, have it solved, are content."""
    found = [Rate(*counts) for counts in rules.rate_counts(calls)]
    reached = found[1].denominator + found[1].excluded
    return Figure(
        "rates", _("三率"),
        _("回访联系上的来电人中：响应率，说承办单位联系过自己、而且按时联系的；解决率，说已经解决的；满意率，打四星五星的。按回访日期算，一件诉求只算最后一次回访；经两人确认不计入的单列。包括要求保密的诉求。"),
        told(reached, scope), (_("哪个率"), _("占比"), _("分子"), _("分母"), _("不计入"), _("可信范围（95/100）")),
        tuple(_line(RateName(name), rate, scope) for name, rate in zip(RateName.values, found, strict=True)),
        measure=_("千分之"), full=THOUSAND,
    )  # fmt: skip


def _line(name: RateName, rate: Rate, scope: Scope) -> Line:
    good, rest = cells([rate.numerator, rate.denominator - rate.numerator], scope)
    out, of = told(rate.excluded, scope), told(rate.denominator, scope)
    if rate.share is None or rate.interval is None or good is None or rest is None:
        words = "—" if rate.share is None else cell_words(None)
        return Line(str(name.label), None, words, "", "", ("—", cell_words(of), cell_words(out), "—"))
    low, high = (_percent(Decimal(end)) for end in rate.interval)
    value = int((Decimal(THOUSAND * rate.numerator) / rate.denominator).quantize(Decimal(1), ROUND_HALF_UP))
    link = "" if scope.is_public else scope.tickets(timed="call")
    extra = (cell_words(good), cell_words(of), cell_words(out), f"{low} – {high}")
    return Line(str(name.label), value, _percent(Decimal(rate.numerator) / rate.denominator), link, "", extra)


def _percent(share: Decimal) -> str:
    return f"{(100 * share).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"
