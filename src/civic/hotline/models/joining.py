"""Tickets about the same matter joined to one and taken out again, and what the public register shows."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from civic.core.errors import FieldError, Invalid, require
from civic.core.personal_text import find_personal
from civic.core.said import said
from civic.hotline import policies, rules
from civic.hotline.models import clocks
from civic.hotline.models.moving import KEEPS_WORDS, ask_rating, end, tell
from civic.hotline.states import DISPATCH, RESOLVE, RESPONSE, Outcome, TicketState

TELLING = {  # kinds of core.personal; an office's own telephone may stand in an answer
    "id_number": gettext_noop("身份证号码"), "mobile": gettext_noop("手机号码"), "bank_card": gettext_noop("银行卡号"),
    "plate": gettext_noop("车牌号"), "passport": gettext_noop("护照号码"),
    "hk_macao_permit": gettext_noop("通行证号码"), "taiwan_permit": gettext_noop("通行证号码"),
    "email": gettext_noop("电子邮箱"), "address_detail": gettext_noop("门牌房号"),
}  # fmt: skip

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.hotline.models.ticket import Ticket


class NamesSomebody(Invalid):
    """What is to be public still tells who somebody is."""

    code = "names-somebody"


def merge(
    ticket: "Ticket", *, parent: "Ticket", words: str = "", by: "Account", at: datetime, seen: int | None = None
) -> None:
    """Join it to a ticket about the same matter: one answer for all of them; its own clocks stand still.

    `words`: why they are one matter, where somebody says so. Both rows are held: a main ticket that ends at the same
    moment takes this one along, or this one is refused.
    """
    with transaction.atomic():
        _hold(ticket, parent)
        with ticket.step("merge", by=by, at=at, seen=seen, parent=str(parent.pk)):
            require(policies.why_not_merge(by, ticket, parent))
            if ticket.state == TicketState.OBJECTED:
                moot = _("与主件是同一件事，随主件确定承办单位。")
                ticket.open_objection.answer_it(upheld=True, words=moot, by=by, at=at)
            ticket.parent = parent
            clocks.set_aside(ticket, by=by, at=at)
            for held in ticket.dispatches.filter(ended_at=None):
                held.end(at=at)
            ticket.outcome, ticket.ended_at, ticket.act_by = "", at, None
            if words.strip():
                ticket.facts = {**ticket.facts, "merged_for": words.strip()[:KEEPS_WORDS]}
            tell(ticket, "merge")


def separate(ticket: "Ticket", *, words: str, by: "Account | str", at: datetime, seen: int | None = None) -> None:
    """Take out what is another matter after all: the centre dispatches it, within what is left of its time."""
    with ticket.step("separate", by=by, at=at, seen=seen):
        require(policies.why_not_separate(by, ticket))
        _take_out(ticket, words)
        ticket.unit = ticket.dispatched_at = ticket.due_at = None
        ends = clocks.take_up(ticket, by=by, at=at)
        ticket.act_by = ends[DISPATCH] if DISPATCH in ends else clocks.start(ticket, DISPATCH, by=by, at=at)
        tell(ticket, "separate")


def give_back(ticket: "Ticket", *, words: str, by: "Account | str", at: datetime, seen: int | None = None) -> None:
    """Take out what is another matter after all: the unit that held it has what was left of its time."""
    with ticket.step("give_back", by=by, at=at, seen=seen):
        require(policies.why_not_give_back(by, ticket))
        held = ticket.set_aside_at
        if held is None:
            raise RuntimeError(f"{ticket} was at no unit when it was joined.")
        held.reopen()
        _take_out(ticket, words)
        ends = clocks.take_up(ticket, by=by, at=at)
        ticket.due_at = ends.get(RESOLVE, ticket.due_at)
        ticket.act_by = ends.get(RESPONSE, ticket.due_at)
        tell(ticket, "give_back")


def close_merged(ticket: "Ticket", *, by: "Account | str", at: datetime) -> None:
    """End it with the answer of the ticket it was joined to, in words that name nobody."""
    with ticket.step("close_merged", by=by, at=at):
        require(policies.why_not_close_merged(by, ticket))
        answer = ticket.parent.passed_reply if ticket.parent else None
        if ticket.parent and answer is not None:
            answer.pass_on(ticket, words=ticket.parent.words_for_joined)
            ticket.replied_at = at
        end(ticket, Outcome.JOINED, by=by, at=at)
        tell(ticket, "close_merged")
        ask_rating(ticket)


def _hold(ticket: "Ticket", parent: "Ticket") -> None:
    """Hold both rows in the order of their keys, so that two joins that cross do not wait for each other."""
    rows = type(ticket)._default_manager.filter(pk__in=[ticket.pk, parent.pk]).order_by("pk")
    list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))
    parent.refresh_from_db(fields=["state", "parent", "ended_at"])


def _take_out(ticket: "Ticket", words: str) -> None:
    ticket.facts = {**ticket.facts, "separated_for": said("words", words, most=KEEPS_WORDS)}
    ticket.parent = ticket.ended_at = None


def publish(
    ticket: "Ticket", *, title: str, detail: str, reply: str, by: "Account", at: datetime, seen: int | None = None
) -> None:
    """Put question and answer into the public register, in words that name nobody."""
    with ticket.step("publish", by=by, at=at, seen=seen):
        require(policies.why_not_publish(by, ticket))
        _require_nobody(public_title=title, public_detail=detail, public_reply=reply)
        ticket.public_title = said("public_title", title, most=120)
        ticket.public_detail = said("public_detail", detail, most=2000)
        ticket.public_reply = reply.strip()[:4000]
        ticket.public_grams = rules.grams(f"{ticket.public_title}\n{ticket.public_detail}")
        ticket.published_at = at


def _require_nobody(**texts: str) -> None:
    """Raises: NamesSomebody, naming the field in which a number still tells who somebody is."""
    errors = [
        FieldError(field, NamesSomebody.code, _("这里还有%(kind)s，请删去后再公开。") % {"kind": _(TELLING[one.kind])})
        for field, text in texts.items()
        for one in find_personal(text)
        if one.kind in TELLING
    ]
    if errors:
        raise NamesSomebody(errors[0].message, errors=errors)


def unpublish(ticket: "Ticket", *, by: "Account | str", at: datetime, seen: int | None = None) -> None:
    """Take it out of the public register."""
    with ticket.step("unpublish", by=by, at=at, seen=seen):
        require(policies.why_not_unpublish(by, ticket))
        ticket.published_at = None
