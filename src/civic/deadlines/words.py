"""The lines of an explanation in words, for a page."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from civic.deadlines.countdown import units_in_words
from civic.deadlines.measures import Unit
from civic.deadlines.rules import Line, Why
from civic.deadlines.states import Reason

# Names of days off that come from the calendar and are said in the reader's language.
_DAYS_OFF = (
    gettext_noop("元旦"), gettext_noop("春节"), gettext_noop("清明"), gettext_noop("劳动节"),
    gettext_noop("端午"), gettext_noop("国庆节"), gettext_noop("中秋"), gettext_noop("周末"),
)  # fmt: skip


def describe(line: Line, unit: str) -> str:
    """Return why this day counts or does not, e.g. 计入，累计3个工作日 or 清明，不计入."""
    match line.why:
        case Why.COUNTED:
            return _("计入，累计%(units)s") % {"units": units_in_words(line.so_far, Unit(unit))}
        case Why.DAY_ZERO:
            return _("起算当日，不计入")
        case Why.SUSPENDED:
            return _("暂停计时（%(reason)s），不计入") % {"reason": Reason(line.reason).label}
        case Why.OFF:
            return _("%(name)s，不计入") % {"name": _(line.name) if line.name else _("放假")}
    return _("不在计时时段内，不计入")


def cite(line: Line) -> str:
    """Return what made the day what it is: the legal basis of a suspension, else the notice of the calendar."""
    if line.why is Why.SUSPENDED:
        return line.basis
    if line.notice is None:
        return ""
    return f"{line.notice.title} {line.notice.number}".strip()
