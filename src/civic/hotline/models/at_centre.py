"""What the centre does with a ticket: classify and dispatch it, judge objections, give time."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from civic.core.errors import Conflict, FieldError, Invalid, require
from civic.core.said import said
from civic.hotline import policies
from civic.hotline.models import clocks
from civic.hotline.models.automatic import AutomaticDispatch
from civic.hotline.models.moving import KEEPS_WORDS, ask_rating, end, send_to, tell, unit_of
from civic.hotline.models.parts import Extension, Reply
from civic.hotline.states import DISPATCH, RESOLVE, Emergency, Kind, Outcome, Urgency

if TYPE_CHECKING:
    from civic.accounts.models import Account, Department
    from civic.hotline.models.lists import Category, Ground
    from civic.hotline.models.questions import ByRule
    from civic.hotline.models.ticket import Ticket


class NothingAsked(Conflict):
    """Nobody asks for more time any longer."""

    code = "no-extension-pending"


def answer_live(ticket: "Ticket", *, words: str, by: "Account", at: datetime, seen: int | None = None) -> None:
    """Close at the phone what could be answered at once."""
    with ticket.step("answer_live", by=by, at=at, seen=seen):
        require(policies.why_not_answer_live(by, ticket))
        reply = Reply(ticket=ticket, round=1, nth=1, unit=by.official.department, outcome=Outcome.ANSWERED_LIVE)
        reply.by, reply.at, reply.is_passed = by, at, True
        reply.set_personal("words", said("words", words))
        reply.save(force_insert=True)
        ticket.replied_at = at
        end(ticket, Outcome.ANSWERED_LIVE, by=by, at=at)
        ask_rating(ticket)


def hand_over(ticket: "Ticket", *, to: str, by: "Account", at: datetime, seen: int | None = None) -> None:
    """Hand an emergency over warm: the call taker stays on the line until 110, 119 or 120 has it."""
    if to not in Emergency.values:
        wrong = gettext("请选择110、119或120。")
        raise Invalid(wrong, errors=[FieldError("to", "enum", wrong)])
    with ticket.step("hand_over", by=by, at=at, seen=seen, to=to):
        require(policies.why_not_hand_over(by, ticket))
        ticket.facts = {**ticket.facts, "handed_to": to}
        end(ticket, Outcome.HANDED_OVER, by=by, at=at)


def decline(ticket: "Ticket", *, ground: "Ground", by: "Account", at: datetime, seen: int | None = None) -> None:
    """Not take it up, on a published ground whose remedy the caller is told."""
    with ticket.step("decline", by=by, at=at, seen=seen, ground=ground.code):
        require(policies.why_not_decline(by, ticket))
        ticket.ground = ground
        end(ticket, "", by=by, at=at)
        tell(ticket, "decline")


def uphold_refusal(ticket: "Ticket", *, words: str, by: "Account", at: datetime, seen: int | None = None) -> None:
    """Answer the caller who contests it that it is not taken up, and why; by somebody else than who declined."""
    with ticket.step("uphold_refusal", by=by, at=at, seen=seen):
        require(policies.why_not_uphold_refusal(by, ticket))
        ticket.reconsiderations.get(answered_at=None).answer_it(granted=False, words=said("words", words), by=by, at=at)
        clocks.stop(ticket, by=by, at=at)
        ticket.act_by = None
        tell(ticket, "uphold_refusal")


def reconsider(ticket: "Ticket", *, words: str = "", by: "Account", at: datetime, seen: int | None = None) -> None:
    """Take up after all what was declined, because the caller asked again and somebody else looked."""
    with ticket.step("reconsider", by=by, at=at, seen=seen):
        require(policies.why_not_reconsider(by, ticket))
        for asked in ticket.reconsiderations.filter(answered_at=None):
            asked.answer_it(granted=True, words=words.strip()[:KEEPS_WORDS], by=by, at=at)
        clocks.stop(ticket, by=by, at=at)
        ticket.ground, ticket.ended_at = None, None
        ticket.act_by = clocks.start(ticket, DISPATCH, by=by, at=at)
        tell(ticket, "reconsider")


def classify(
    ticket: "Ticket",
    *,
    category: "Category",
    kind: str,
    urgency: str,
    by: "Account | str",
    at: datetime,
    seen: int | None = None,
) -> None:
    """Say of which class, kind and urgency it is, before it goes to a unit."""
    if kind not in Kind.values or urgency not in Urgency.values:
        wrong = gettext("请从列表中选择。")
        raise Invalid(wrong, errors=[FieldError("kind", "enum", wrong)])
    with ticket.step("classify", by=by, at=at, seen=seen):
        require(policies.why_not_classify(by, ticket))
        ticket.category, ticket.kind, ticket.urgency = category, kind, urgency


def dispatch(
    ticket: "Ticket",
    *,
    unit: "Department",
    reason: str,
    by: "Account | str",
    at: datetime,
    seen: int | None = None,
    how: "ByRule | None" = None,
) -> None:
    """Send it to the unit that answers for it; the clocks of contact and answer start. `how`: why no person did."""
    with ticket.step("dispatch", by=by, at=at, seen=seen, **(how.figures() if how else {})):
        require(policies.why_not_dispatch(by, ticket))
        send_to(ticket, unit, reason=reason, by=by, at=at)
        if how is not None:
            AutomaticDispatch.note(ticket.open_dispatch, how, at=at)
        tell(ticket, "dispatch")


def redispatch(
    ticket: "Ticket", *, unit: "Department", words: str, by: "Account", at: datetime, seen: int | None = None
) -> None:
    """Agree with an objection and send the ticket to another unit."""
    with ticket.step("redispatch", by=by, at=at, seen=seen):
        require(policies.why_not_redispatch(by, ticket, unit))
        why = said("words", words)
        ticket.open_objection.answer_it(upheld=True, words=why, by=by, at=at)
        send_to(ticket, unit, reason=why[:KEEPS_WORDS], by=by, at=at)


def uphold_dispatch(ticket: "Ticket", *, words: str, by: "Account", at: datetime, seen: int | None = None) -> None:
    """Turn an objection down: the unit keeps the ticket as the first responsible (首办责任)."""
    with ticket.step("uphold_dispatch", by=by, at=at, seen=seen):
        require(policies.why_not_uphold_dispatch(by, ticket))
        why = said("words", words)
        ticket.open_objection.answer_it(upheld=False, words=why, by=by, at=at)
        send_to(ticket, unit_of(ticket), reason=why[:KEEPS_WORDS], final=True, by=by, at=at)


def convene(ticket: "Ticket", *, words: str, by: "Account", at: datetime, seen: int | None = None) -> None:
    """Bring the units together because the objections are used up."""
    with ticket.step("convene", by=by, at=at, seen=seen):
        require(policies.why_not_convene(by, ticket))
        ticket.open_objection.answer_it(upheld=True, words=said("words", words), by=by, at=at)
        clocks.stop(ticket, by=by, at=at)
        ticket.act_by = clocks.start(ticket, DISPATCH, by=by, at=at)


def settle(
    ticket: "Ticket", *, unit: "Department", words: str, by: "Account", at: datetime, seen: int | None = None
) -> None:
    """Send it where the meeting has decided; nobody objects to that any more."""
    with ticket.step("settle", by=by, at=at, seen=seen):
        require(policies.why_not_settle(by, ticket))
        send_to(ticket, unit, reason=said("words", words)[:KEEPS_WORDS], final=True, by=by, at=at)


def extend(ticket: "Ticket", *, words: str, by: "Account", at: datetime, seen: int | None = None) -> None:
    """Give the time that was asked for."""
    with ticket.step("extend", by=by, at=at, seen=seen):
        asked = _asked(ticket)
        require(policies.why_not_extend(by, ticket))
        clock = clocks.running(ticket, RESOLVE)
        if clock is not None:
            clock.extend(units=asked.units, basis=asked.reason, by=asked.asked_by, approver=by, at=at)
            ticket.due_at = ticket.act_by = clock.due_at
        asked.answer_it(approved=True, words=words.strip()[:KEEPS_WORDS], by=by, at=at)
        tell(ticket, "extend")


def refuse_extension(ticket: "Ticket", *, words: str, by: "Account", at: datetime, seen: int | None = None) -> None:
    """Turn down the request for more time, with the reason."""
    with ticket.step("refuse_extension", by=by, at=at, seen=seen):
        asked = _asked(ticket)
        require(policies.why_not_refuse_extension(by, ticket))
        asked.answer_it(approved=False, words=said("words", words, most=KEEPS_WORDS), by=by, at=at)


def _asked(ticket: "Ticket") -> Extension:
    """Return the request to be decided. Raises: NothingAsked, where it was decided or withdrawn meanwhile."""
    asked: Extension | None = ticket.pending_extension
    if asked is None:
        raise NothingAsked(
            gettext("没有待审批的延期申请：已经审批过，或者承办单位已经答复、申请随之撤回。请刷新页面核对。")
        )
    return asked
