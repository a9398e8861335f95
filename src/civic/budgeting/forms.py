"""What is typed into the forms of a round: money, days, whole numbers, lines; each error names its field."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import get_current_timezone, is_naive, make_aware
from django.utils.translation import gettext as _

from civic.areas.models import Area
from civic.budgeting.models import Round, Section
from civic.budgeting.models.proposal import LEAST_PROBLEM, LONGEST_PLACE, LONGEST_PROBLEM, LONGEST_TITLE, Idea
from civic.budgeting.models.round import Part, RoundPlan, Vote, Who
from civic.budgeting.round_states import PhaseKind, SectionKind
from civic.budgeting.rules.screening import Finding
from civic.core.errors import FieldError, Invalid
from civic.core.http import typed_number
from civic.core.said import said

Value = TypeVar("Value")
WIDTH = 16  # digits and signs of an amount that is meant


def money(name: str, text: str) -> Decimal:
    """Return an amount in yuan as somebody types it: 350000, 350,000.50. Raises: Invalid."""
    tidy = text.strip().replace(",", "").replace("，", "").removesuffix("元").strip()
    try:
        if tidy and len(tidy) <= WIDTH and tidy.isascii():
            return Decimal(tidy)
    except InvalidOperation:
        pass
    raise wrong(name, _("请填写金额，例如 350000 或 1280.50。"))


def day(name: str, text: str) -> date:
    """Return a day as a date field sends it. Raises: Invalid."""
    try:
        found = parse_date(text.strip())
    except ValueError:
        found = None
    if found is None:
        raise wrong(name, _("请填写日期，例如 2026-03-31。"))
    return found


def instant(name: str, text: str) -> datetime:
    """Return an instant on the city's clock: 2026-03-31 09:00, or with a T. Raises: Invalid."""
    try:
        found = parse_datetime(text.strip().replace(" ", "T"))
    except ValueError:
        found = None
    if found is None:
        raise wrong(name, _("请填写日期和时间，例如 2026-03-31 09:00。"))
    return make_aware(found, get_current_timezone()) if is_naive(found) else found


def idea(found: Round, typed: QueryDict) -> Idea:
    """Return what somebody proposes. Raises: Invalid, naming every field with which something is wrong."""
    errors: list[FieldError] = []

    def read(take: Callable[[], Value]) -> Value | None:
        try:
            return take()
        except Invalid as refused:
            errors.extend(refused.errors)
            return None

    title = read(lambda: said("title", typed.get("title", ""), most=LONGEST_TITLE))
    problem = read(lambda: said("problem", typed.get("problem", ""), least=LEAST_PROBLEM, most=LONGEST_PROBLEM))
    cost = read(lambda: money("cost", typed.get("cost", "")))
    section = read(lambda: _section(found, typed))
    place = read(lambda: said("place", typed.get("place", ""), least=2, most=LONGEST_PLACE))
    if title is None or problem is None or cost is None or section is None or place is None:
        raise Invalid(_("有内容需要修改，已经写的都还在。"), errors=errors)
    area = _area(typed.get("area", ""))
    return Idea(title, problem, cost, section, place, area, point(typed))


def facts(typed: Mapping[str, str]) -> dict[str, object]:
    """Return what a proposal is changed to, as it is typed. Raises: Invalid."""
    found: dict[str, object] = {name: typed.get(name, "") for name in ("title", "problem", "place")}
    return {**found, "cost": money("cost", typed.get("cost", ""))}


def point(typed: Mapping[str, str]) -> tuple[Decimal, Decimal] | None:
    """Return where the phone says it is, if that can be a place in China; what cannot is left out."""
    try:
        longitude, latitude = Decimal(typed.get("longitude", "")), Decimal(typed.get("latitude", ""))
    except InvalidOperation:
        return None
    if not (longitude.is_finite() and latitude.is_finite() and 72 <= longitude <= 138 and 0 <= latitude <= 56):
        return None
    grain = Decimal("0.000001")
    return longitude.quantize(grain), latitude.quantize(grain)


def findings(found: Round, typed: QueryDict) -> list[Finding]:
    """Return what was judged of each published criterion; what was left open stays open and is refused by the rule."""
    return [
        Finding(key, typed[f"met_{key}"] == "yes", typed.get(f"reason_{key}", "").strip()[:500],
                typed.get(f"remedy_{key}", "").strip()[:500])
        for key in (one["key"] for one in found.criteria)
        if typed.get(f"met_{key}") in ("yes", "no")
    ]  # fmt: skip


def plan(typed: QueryDict) -> RoundPlan:
    """Return a round as an official has typed it. Raises: Invalid, naming the field."""
    area = _area(typed.get("area", ""))
    if area is None:
        raise wrong("area", _("请填写区划代码，例如 341502001。"))
    windows = {
        kind: (
            instant(f"{kind}_from", typed.get(f"{kind}_from", "")),
            instant(f"{kind}_to", typed.get(f"{kind}_to", "")),
        )
        for kind in PhaseKind.values
    }
    return RoundPlan(
        title=typed.get("title", ""), summary=typed.get("summary", ""), area=area, windows=windows,
        budget=money("budget", typed.get("budget", "")), criteria=_lines(typed.get("criteria", "")),
        parts=[_part(line) for line in _lines(typed.get("parts", ""))],
        vote=Vote(typed.get("form", ""), typed.get("rule", ""), typed_number(typed.get("most", "") or "0") or 0,
                  typed_number(typed.get("least_votes", "") or "0") or 0),
        who=Who(typed.get("residence", "LIVING"), typed_number(typed.get("minimum_age", "")) or 0),
        repair_days=typed_number(typed.get("repair_days", "")) or 0,
    )  # fmt: skip


def wrong(name: str, words: str) -> Invalid:
    """Return the refusal of one field."""
    return Invalid(words, errors=[FieldError(name, "typed", words)])


def _area(code: str) -> Area | None:
    return Area.objects.by_code(code=code) if code.isdecimal() else None


def _section(found: Round, typed: QueryDict) -> Section:
    section: Section | None = found.sections.filter(pk=typed_number(typed.get("section", "")) or 0).first()
    if section is None:
        raise wrong("section", _("请选择属于哪一项。"))
    return section


def _part(line: str) -> Part:
    """Return a section from a line: its name, and after a bar its own money where it has some."""
    name, _bar, amount = line.replace("｜", "|").partition("|")
    own = money("parts", amount) if amount.strip() else None
    return Part(name.strip(), SectionKind.CATEGORY, own)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
