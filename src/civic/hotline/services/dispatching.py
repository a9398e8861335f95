"""Sending a ticket where it belongs: its class and its unit in one act, with the reason written down."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from civic.accounts.models import Account, Department
from civic.core.errors import FieldError, Invalid
from civic.core.said import said
from civic.hotline.models import Category, Duty, Ticket
from civic.hotline.models.moving import KEEPS_WORDS
from civic.hotline.models.questions import ByRule
from civic.hotline.services.proposing import propose_for
from civic.hotline.services.sorting import unit_for


class NoUnit(Invalid):
    """Nobody says where the ticket goes."""

    code = "no-unit"


@dataclass(frozen=True)
class Sorting:
    """What somebody decides about a ticket. `unit` None: the one whose duty the class is."""

    category: Category
    kind: str
    urgency: str
    unit: Department | None = None
    reason: str = ""


def sort_and_send(
    *,
    ticket: Ticket,
    sorting: Sorting,
    by: Account | str,
    at: datetime,
    seen: int | None = None,
    how: ByRule | None = None,
) -> Department:
    """Classify and dispatch, both or neither; return the unit. `how`: why no person is needed.

    Another unit than the list of duties names needs a reason. Raises: NoUnit; WordsMissing; what the verbs raise.
    """
    duty = unit_for(sorting.category, ticket.area)
    unit = sorting.unit or (duty.unit if duty else None)
    if unit is None:
        wrong = _("职责清单没有这一类的承办单位，请选择一个单位。")
        raise NoUnit(wrong, errors=[FieldError("unit", "required", wrong)])
    reason = _reason(sorting, duty, unit)
    with transaction.atomic():
        ticket.classify(category=sorting.category, kind=sorting.kind, urgency=sorting.urgency, by=by, at=at, seen=seen)
        ticket.dispatch(unit=unit, reason=reason, by=by, at=at, how=how)
    return unit


def send_as_proposed(*, ticket: Ticket, by: Account, at: datetime) -> Department:
    """Dispatch by the class the ticket has, else by the likeliest one, to the unit whose duty it is. Raises: NoUnit."""
    category = ticket.category
    if category is None:
        best = propose_for(ticket).best
        if best is None:
            raise NoUnit(_("内容里没有认得出的分类，请打开工单选择分类后再分派。"))
        category = best.category
    sorting = Sorting(category, ticket.kind, ticket.urgency)
    return sort_and_send(ticket=ticket, sorting=sorting, by=by, at=at, seen=ticket.version)


def _reason(sorting: Sorting, duty: Duty | None, unit: Department) -> str:
    """Return the reason given, or the list of duties where it says the same."""
    if sorting.reason.strip() or duty is None or duty.unit_id != unit.pk:
        return said("reason", sorting.reason, most=KEEPS_WORDS)
    where = f"（{duty.area.name}）" if duty.area else ""
    return f"职责清单：{duty.category.name}{where}，{unit.name}"[:KEEPS_WORDS]
