"""What the unit that answers for a ticket does with it."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from civic.core.errors import FieldError, Invalid, require
from civic.core.said import said
from civic.hotline import policies
from civic.hotline.models import clocks
from civic.hotline.models.moving import KEEPS_WORDS, drop_request, tell
from civic.hotline.models.parts import Contact, Extension, Objection, Reply
from civic.hotline.states import CHECK, DISPATCH, NOT_DONE, OBJECT, RESPONSE, Channel, Wait, Way

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.hotline.models.questions import Objecting
    from civic.hotline.models.ticket import Ticket


def send_back(
    ticket: "Ticket", *, objection: "Objecting", by: "Account", at: datetime, seen: int | None = None
) -> None:
    """Say that the ticket is another unit's, on a basis, within the time for it."""
    with ticket.step("send_back", by=by, at=at, seen=seen):
        require(policies.why_not_send_back(by, ticket, at=at))
        words, basis = said("words", objection.words), said("basis", objection.basis, most=KEEPS_WORDS)
        held = ticket.open_dispatch
        held.end(at=at)
        Objection.objects.create(
            dispatch=held, ticket=ticket, words=words, basis=basis, suggests=objection.suggests, by=by, at=at
        )
        clocks.stop(ticket, by=by, at=at)
        ticket.act_by = clocks.start(ticket, DISPATCH, by=by, at=at)


def acknowledge(ticket: "Ticket", *, by: "Account", at: datetime, seen: int | None = None) -> None:
    """Take it: from now on it is this unit's to the end."""
    with ticket.step("acknowledge", by=by, at=at, seen=seen):
        require(policies.why_not_acknowledge(by, ticket))
        held = ticket.open_dispatch
        held.acknowledged_by, held.acknowledged_at = by, at
        held.save(update_fields=["acknowledged_by", "acknowledged_at"])
        clocks.stop(ticket, OBJECT, by=by, at=at)


def contact(
    ticket: "Ticket", *, way: str, words: str, reached: bool, by: "Account", at: datetime, seen: int | None = None
) -> None:
    """Note that the caller was spoken to; the first time stops the response clock."""
    if way not in Way.values:
        wrong = gettext("请选择联系方式。")
        raise Invalid(wrong, errors=[FieldError("way", "enum", wrong)])
    with ticket.step("contact", by=by, at=at, seen=seen):
        require(policies.why_not_contact(by, ticket))
        spoken = Contact(ticket=ticket, round=ticket.round, way=way, reached=reached, by=by, at=at)
        spoken.set_personal("words", said("words", words))
        spoken.save(force_insert=True)
        if reached and ticket.contacted_at is None:
            ticket.contacted_at = at
            clocks.stop(ticket, RESPONSE, by=by, at=at)
            ticket.act_by = ticket.due_at


def wait(ticket: "Ticket", *, reason: str, words: str, by: "Account", at: datetime, seen: int | None = None) -> None:
    """Wait for the caller or a third party; the time to answer stands still."""
    if reason not in Wait.values:
        wrong = gettext("请选择等待的原因。")
        raise Invalid(wrong, errors=[FieldError("reason", "enum", wrong)])
    with ticket.step("wait", by=by, at=at, seen=seen, reason=reason):
        require(policies.why_not_wait(by, ticket))
        basis = f"{clocks.WAIT_BASIS}：{said('words', words, most=KEEPS_WORDS)}"
        clocks.pause(ticket, reason=clocks.REASONS[Wait(reason)], basis=basis, by=by, at=at)
        tell(ticket, "wait")


def resume(ticket: "Ticket", *, by: "Account | str", at: datetime, seen: int | None = None) -> None:
    """Go on; the time runs again."""
    with ticket.step("resume", by=by, at=at, seen=seen):
        require(policies.why_not_resume(by, ticket))
        ticket.act_by = ticket.due_at = clocks.go_on(ticket, by=by, at=at) or ticket.due_at


def ask_extension(ticket: "Ticket", *, reason: str, by: "Account", at: datetime, seen: int | None = None) -> None:
    """Ask the centre for more time; nothing changes until it is given."""
    with ticket.step("ask_extension", by=by, at=at, seen=seen):
        require(policies.why_not_ask_extension(by, ticket))
        units = ticket.profile.read().counts["extension_units"]
        words = said("reason", reason, most=300)
        Extension.objects.create(ticket=ticket, units=units, reason=words, asked_by=by, asked_at=at)


def reply(
    ticket: "Ticket",
    *,
    words: str,
    outcome: str,
    quality: dict[str, Any],
    by: "Account",
    at: datetime,
    seen: int | None = None,
) -> None:
    """Answer; the clock stands still while the centre checks whether it is an answer.

    A request for more time that nobody has decided is withdrawn: who answers needs no more.
    What came in at the window for things that cannot be got done (办不成事) ends done, or in a reasoned no with what
    would change it, in `quality["would_change"]`.
    """
    with ticket.step("reply", by=by, at=at, seen=seen):
        require(policies.why_not_reply(by, ticket))
        if ticket.channel == Channel.FAILED and outcome in NOT_DONE:
            said("would_change", str(quality.get("would_change", "")), most=KEEPS_WORDS)
        Reply.write(ticket, words=words, outcome=outcome, quality=quality, by=by, at=at)
        drop_request(ticket, gettext("承办单位已经答复，延期申请随之撤回。"), by=by, at=at)
        clocks.stop(ticket, RESPONSE, by=by, at=at)
        clocks.pause(ticket, reason="CHECK", basis=gettext("答复审核期间不计入承办单位办理时限"), by=by, at=at)
        ticket.replied_at = at
        ticket.act_by = clocks.start(ticket, CHECK, by=by, at=at)
