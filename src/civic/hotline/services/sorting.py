"""Where a ticket goes: the class, kind and urgency its words suggest, and the unit whose duty it is, with reasons."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from civic.areas.models import Area
from civic.core.plain import MANY_CHARACTERS
from civic.hotline.models import Category, Duty
from civic.hotline.rules import is_urgent, score_hints

MOST = 3


@dataclass(frozen=True)
class Suggestion:
    """A class for a ticket and the words that speak for it."""

    category: Category
    words: tuple[str, ...]


def offered_categories() -> list[Category]:
    """Return the classes that a ticket may get, in the order of the list, with the two levels above each."""
    found = Category.objects.filter(level=3, is_offered=True).select_related("parent__parent")
    return list(found.order_by("position", "code"))


def suggest_categories(text: str, among: Sequence[Category] | None = None) -> list[Suggestion]:
    """Return the likeliest classes for what was said, by the words that people use for them, the likeliest first.

    `among`: the classes on offer, where the caller has read them already.
    """
    text, scored = text[:MANY_CHARACTERS], []
    for category in offered_categories() if among is None else among:
        score, words = score_hints(text, category.hints)
        if score:
            scored.append((score, words, category))
    scored.sort(key=lambda one: (-one[0], one[2].code))
    return [Suggestion(category, words) for _score, words, category in scored[:MOST]]


def suggest_urgency(text: str) -> tuple[bool, tuple[str, ...]]:
    """Return whether what was said sounds urgent, and the words that say so."""
    return is_urgent(text[:MANY_CHARACTERS])


def duties() -> list[Duty]:
    """Return every duty with its unit, area and class."""
    return list(Duty.objects.select_related("unit", "area", "category"))


def unit_for(category: Category, area: Area | None, among: Collection[Duty] | None = None) -> Duty | None:
    """Return the duty that answers for a class in an area: the closest area first, then the closest class.

    `among`: the duties, where the caller has read them already.
    """
    codes = _and_above(area)
    classes = [category.code[:length] for length in (6, 4, 2) if len(category.code) >= length]
    if among is None:
        among = Duty.objects.filter(category__code__in=classes).select_related("unit", "area", "category")
    ranked = [
        (codes.index(duty.area.code) if duty.area else len(codes), classes.index(duty.category.code), duty)
        for duty in among
        if duty.category.code in classes and (duty.area is None or duty.area.code in codes)
    ]
    return min(ranked, key=lambda one: one[:2])[2] if ranked else None


def hangs_on_area(category: Category, area: Area | None, among: Collection[Duty]) -> bool:
    """Whether units below the area share a class among them, so that a closer place may mean another unit."""
    within = "" if area is None else area.code.rstrip("0") if area.code.endswith("00") else area.code
    return any(
        duty.area is not None
        and category.code.startswith(duty.category.code)
        and duty.area.code.startswith(within)
        and (area is None or duty.area.code != area.code)
        for duty in among
    )


def _and_above(area: Area | None) -> list[str]:
    """Return the codes of an area and of those above it, the closest first."""
    if area is None:
        return []
    return [*(area.code[:width] for width in (12, 9, 6) if len(area.code) >= width), area.code[:4] + "00"]
