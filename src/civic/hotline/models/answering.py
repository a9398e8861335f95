"""What happens to an answer: checked, passed on, the caller called back, the ticket closed or handled again."""

from datetime import datetime
from typing import TYPE_CHECKING

from civic.core.errors import require
from civic.core.said import said
from civic.hotline import policies
from civic.hotline.models import clocks
from civic.hotline.models.moving import KEEPS_WORDS, ask_rating, end, send_to, tell, unit_of
from civic.hotline.models.parts import Revisit
from civic.hotline.states import CHECK, RESOLVE, REVISIT

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.hotline.models.questions import Call
    from civic.hotline.models.ticket import Ticket


def return_reply(ticket: "Ticket", *, remark: str, by: "Account", at: datetime, seen: int | None = None) -> None:
    """Send an answer back that does not answer; the unit's time runs on."""
    with ticket.step("return_reply", by=by, at=at, seen=seen):
        require(policies.why_not_return_reply(by, ticket))
        ticket.newest_reply.check_it(passed=False, remark=said("remark", remark, most=300), by=by, at=at)
        clocks.stop(ticket, CHECK, by=by, at=at)
        ticket.act_by = ticket.due_at = clocks.go_on(ticket, by=by, at=at) or ticket.due_at
        ticket.replied_at = None


def pass_reply(ticket: "Ticket", *, remark: str = "", by: "Account", at: datetime, seen: int | None = None) -> None:
    """Let the answer out to the caller and onto the list of calls to make."""
    with ticket.step("pass_reply", by=by, at=at, seen=seen):
        require(policies.why_not_pass_reply(by, ticket))
        reply = ticket.newest_reply
        reply.check_it(passed=True, remark=remark.strip()[:300], by=by, at=at)
        clocks.stop(ticket, CHECK, RESOLVE, by=by, at=at)
        ticket.replied_at, ticket.outcome = reply.at, reply.outcome
        ticket.act_by = clocks.start(ticket, REVISIT, by=by, at=at)
        tell(ticket, "pass_reply")


def call_back(ticket: "Ticket", *, call: "Call", by: "Account | None", at: datetime, seen: int | None = None) -> None:
    """Note one call back, or what the caller answered online."""
    with ticket.step("call_back", by=by or "caller", at=at, seen=seen):
        require(policies.why_not_call_back(by, ticket, way=call.way, at=at))
        nth = 1 + ticket.revisits.filter(round=ticket.round).count()
        revisit = Revisit(ticket=ticket, round=ticket.round, nth=nth, way=call.way, reached=call.reached, by=by, at=at)
        if call.reached:
            revisit.contacted, revisit.solved, revisit.stars = call.contacted, call.solved, call.stars
            revisit.set_personal("words", call.words.strip()[:1000])
        revisit.save(force_insert=True)


def close(ticket: "Ticket", *, by: "Account | str", at: datetime, seen: int | None = None) -> None:
    """End it: the caller was reached and is answered, or could not be reached after every attempt."""
    with ticket.step("close", by=by, at=at, seen=seen):
        require(policies.why_not_close(by, ticket))
        end(ticket, ticket.outcome, by=by, at=at)
        tell(ticket, "close")
        ask_rating(ticket)


def handle_again(ticket: "Ticket", *, words: str, by: "Account | str", at: datetime, seen: int | None = None) -> None:
    """Have the unit handle it a second time, because it is not solved or was graded badly (二次办理).

    One that was answered together with another is its own ticket from now on, at the unit that has answered.
    """
    with ticket.step("handle_again", by=by, at=at, seen=seen):
        require(policies.why_not_handle_again(by, ticket, at=at))
        clocks.stop(ticket, by=by, at=at)
        unit = ticket.answering_unit or unit_of(ticket)
        ticket.round, ticket.parent = ticket.round + 1, None
        ticket.outcome, ticket.replied_at, ticket.contacted_at, ticket.ended_at = "", None, None, None
        send_to(ticket, unit, reason=said("words", words)[:KEEPS_WORDS], final=True, by=by, at=at)
        tell(ticket, "handle_again")
