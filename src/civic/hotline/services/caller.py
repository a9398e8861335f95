"""What callers do with their tickets after handing them in, with or without an account."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from civic.accounts.models import Account
from civic.core import ids
from civic.core.errors import FieldError, Invalid
from civic.core.personal import same_width
from civic.hotline.models import Ticket
from civic.hotline.models.clocks import REASONS, running
from civic.hotline.models.questions import Call
from civic.hotline.services.intake import show_documents
from civic.hotline.states import RESOLVE, TicketState, Wait, Way
from civic.masking.keys import indexes
from civic.masking.models import Shredded

CODE_LENGTH = 8
TAIL_LENGTH = 4


class NotFoundBySecret(Invalid):
    """Number and secret do not belong together; which of the two is wrong is not told."""

    status = 404
    code = "not-found"


def supplement_ticket(
    *, ticket: Ticket, words: str, documents: Sequence[str] = (), by: Account | str, at: datetime
) -> None:
    """Add to what was said; where the unit waits for just that, its time runs on."""
    with transaction.atomic():
        ticket.supplement(words=words, documents=documents, by=by, at=at)
        if not isinstance(by, str):
            show_documents(documents, ticket=ticket, by=by, at=at)
        if waits_for_caller(ticket):
            ticket.resume(by=by, at=at)


def waits_for_caller(ticket: Ticket) -> bool:
    """Whether the unit waits for something that the caller has to say."""
    clock = running(ticket, RESOLVE) if ticket.state == TicketState.WAITING else None
    return clock is not None and clock.intervals.filter(reason=REASONS[Wait.CALLER], ends_at=None).exists()


def answer_online(*, ticket: Ticket, call: Call, by: Account | str, at: datetime) -> None:
    """Say online whether it is solved: solved it is closed; not solved it is handled again, as often as is offered.

    One that was closed with the ticket it was joined to stays closed where it is solved.
    """
    with transaction.atomic():
        who = None if isinstance(by, str) else by
        ticket.call_back(
            call=Call(True, Way.ONLINE, call.contacted, call.solved, call.stars, call.words), by=who, at=at
        )
        if not call.solved and ticket.why_not("handle_again", by, at=at) is None:
            ticket.handle_again(words=call.words, by=by, at=at)
        elif ticket.state != TicketState.CLOSED:
            ticket.close(by=by, at=at)


def look_up_code(ticket: Ticket) -> str:
    """Return the code that opens the ticket to whoever has no phone on it, e.g. K7QX2MPA."""
    return _codes(ticket.number)[0]


def look_up(*, number: str, secret: str) -> Ticket:
    """Return the ticket of this number for whoever knows its phone's last four digits or its code.

    A mistyped number is told before any look-up, because its check character does not fit.
    Raises: Invalid, NotFoundBySecret.
    """
    clean, told = ids.normalise_number(number), same_width(secret).strip().upper()
    _check_look_up(clean, told)
    ticket = Ticket.objects.filter(number=clean).for_detail().first()
    if ticket is None or not _opens(ticket, told):
        raise NotFoundBySecret(_("没有找到这件诉求，请核对编号和手机号后四位（或者查询码）。"))
    return ticket


def _opens(ticket: Ticket, told: str) -> bool:
    if len(told) == CODE_LENGTH:
        return any(hmac.compare_digest(told, code) for code in _codes(ticket.number))
    try:
        phone = ticket.clear("phone")
    except Shredded:
        return False
    digits = "".join(character for character in phone if character.isdecimal())
    return len(digits) >= TAIL_LENGTH and hmac.compare_digest(told, digits[-TAIL_LENGTH:])


def _codes(number: str) -> list[str]:
    """The codes under every master key in use, today's first: letters and digits that nobody mixes up."""
    letters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
    digests = [hashlib.sha256(index.encode()).digest()[:CODE_LENGTH] for index in indexes(number, "ticket_code")]
    return ["".join(letters[byte % len(letters)] for byte in digest) for digest in digests]


def _check_look_up(number: str, secret: str) -> None:
    wrong = []
    if not number:
        wrong.append(FieldError("number", "required", _("请填写诉求编号。")))
    elif not ids.has_valid_check(number):
        wrong.append(FieldError("number", "check", _("编号里有字输错了，请对照回执再输一遍。")))
    if len(secret) not in (TAIL_LENGTH, CODE_LENGTH) or not secret.isascii():
        wrong.append(FieldError("secret", "format", _("请输入手机号后四位，或者回执上的8位查询码。")))
    if wrong:
        raise Invalid(wrong[0].message, errors=wrong)
