"""What the officials' doors of the hotline share: finding a ticket, the choices of its forms."""

from typing import Any

from django.shortcuts import get_object_or_404

from civic.accounts.http import SignedIn
from civic.accounts.models import Department
from civic.areas.models import Area
from civic.hotline import policies
from civic.hotline.models import Category, Ticket
from civic.hotline.services.sorting import offered_categories
from civic.hotline.states import Channel, Kind, Secrecy, Urgency

READERS = policies.READERS
WORKERS = (*policies.CENTRE, *policies.UNIT)
AT_SEAT = (Channel.PHONE, Channel.WECHAT, Channel.COUNTER, Channel.GRID)


def find_ticket(request: SignedIn, number: str) -> Ticket:
    """Return the ticket with this number, if this person may see it; else there is none."""
    found: Ticket = get_object_or_404(Ticket.objects.visible_to(request.user).for_detail(), number=number)
    return found


def category_of(code: str) -> Category | None:
    """Return the class on offer with this code."""
    return Category.objects.filter(code=code[:12], level=3, is_offered=True).first() if code else None


def unit_of(code: str) -> Department | None:
    """Return the department with this code."""
    return Department.objects.filter(code=code[:40]).first() if code else None


def area_of(code: str) -> Area | None:
    """Return the county or street with this code."""
    return Area.objects.by_code(code=code[:12]) if code.isdigit() else None


def choices(*, categories: list[Category] | None = None) -> dict[str, Any]:
    """Return what the forms choose from: classes under their first level, units, counties, kinds."""
    offered = offered_categories() if categories is None else categories
    return {
        "categories": [(one.code, f"{_top(one).label} · {one.label}") for one in offered],
        "units": [(one.code, one.label) for one in Department.objects.order_by("code")],
        "areas": [(one.code, one.label) for one in Area.objects.of_level(level=Area.Level.COUNTY)],
        "kinds": Kind.choices,
        "urgencies": Urgency.choices,
        "secrecies": Secrecy.choices,
        "channels": [(one.value, one.label) for one in AT_SEAT],
    }


def _top(category: Category) -> Category:
    while category.parent is not None:
        category = category.parent
    return category
