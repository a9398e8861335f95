"""What a ticket answers about itself; `Ticket` names each of these as its question. What some verbs are given."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from civic.hotline import policies
from civic.hotline.models import clocks
from civic.hotline.models.parts import Dispatch, Extension, Objection, Reconsideration, Reply
from civic.hotline.states import Way
from civic.hotline.wording import for_others
from civic.masking.models import Shredded

if TYPE_CHECKING:
    from civic.accounts.models import Account, Department
    from civic.hotline.models.lists import Tolerance
    from civic.hotline.models.ticket import Ticket


@dataclass(frozen=True)
class Objecting:
    """Why a ticket is not a unit's own, on which basis, and whose it may be."""

    words: str
    basis: str
    suggests: "Department | None" = None


@dataclass(frozen=True)
class Call:
    """What came of a call back; of one that reached nobody there is nothing else to say."""

    reached: bool
    way: str = Way.PHONE
    contacted: bool | None = None
    solved: bool | None = None
    stars: int | None = None
    words: str = ""


@dataclass(frozen=True)
class ByRule:
    """Why no person is needed: whose decision, the model's digest and day (ISO), how sure (0 to 1), the words."""

    tolerance: "Tolerance"
    model: str
    trained_on: str
    confidence: float
    threshold: float
    words: tuple[str, ...]

    def figures(self) -> dict[str, str]:
        """Return what the ledger keeps: no words."""
        return {
            "model": self.model, "trained_on": self.trained_on, "confidence": f"{self.confidence:.4f}",
            "threshold": f"{self.threshold:.4f}", "tolerance": self.tolerance.edition, "rate": f"{self.tolerance.rate}",
        }  # fmt: skip


def open_dispatch(ticket: "Ticket") -> Dispatch:
    """The unit that holds it now."""
    return ticket.dispatches.get(ended_at=None)


def open_objection(ticket: "Ticket") -> Objection:
    """The objection that waits for an answer."""
    return ticket.objections.get(answered_at=None)


def newest_reply(ticket: "Ticket") -> Reply:
    """The last answer that was written."""
    return ticket.replies.latest("round", "nth")


def passed_reply(ticket: "Ticket") -> Reply | None:
    """The last answer that went out to the caller."""
    return ticket.replies.filter(is_passed=True).order_by("-round", "-nth").first()


def words_for_joined(ticket: "Ticket") -> str:
    """The answer that went out, without numbers, names and addresses of persons: what all who are joined read."""
    answer = passed_reply(ticket)
    if answer is None:
        return ""
    try:
        return for_others(answer.clear("words"), [name for name in [ticket.clear("name")] if name])
    except Shredded:
        return ""


def set_aside_at(ticket: "Ticket") -> Dispatch | None:
    """The dispatch that was broken off when the ticket was joined to another; None where it was at the centre."""
    return ticket.dispatches.filter(round=ticket.round, ended_at=ticket.ended_at).order_by("-nth").first()


def objections_raised(ticket: "Ticket") -> int:
    """How often units have objected so far."""
    return ticket.objections.count()


def pending_extension(ticket: "Ticket") -> Extension | None:
    """The request for more time that waits for an answer."""
    return ticket.extensions.filter(answered_at=None).first()


def pending_reconsideration(ticket: "Ticket") -> Reconsideration | None:
    """The caller's request to look again at why it was not taken up, that waits for an answer."""
    return ticket.reconsiderations.filter(answered_at=None).first()


def answering_unit(ticket: "Ticket") -> "Department | None":
    """The unit whose answer it has or waits for: of one that is joined to another, the other's."""
    main = ticket.parent
    return main.unit if main is not None and main.unit_id is not None else ticket.unit


def is_answered_for(ticket: "Ticket", user: "Account") -> bool:
    """Whether the user's unit holds the ticket or has held it last."""
    return ticket.unit_id is not None and ticket.unit_id == user.department_id


def why_not(ticket: "Ticket", step: str, user: "Account | str", *, at: datetime) -> str | None:
    """Why this person cannot take `step` now, in words for beside the button; None if they can."""
    if step not in ticket.allowed_steps():
        return gettext("本工单现在是「%(state)s」状态，不能进行这一步。") % {"state": ticket.get_state_display()}
    return policies.why_not(step, user, ticket, at=at)


def is_late(ticket: "Ticket", kind: str, *, at: datetime) -> bool:
    """Whether the open clock of this kind is over, or there is none."""
    clock = clocks.running(ticket, kind)
    return clock is None or clock.is_overdue(at=at)
