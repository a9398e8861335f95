"""An answer before it goes out: what it lacks, shown to its writer; empty phrases are refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from civic.accounts.models import Account
from civic.core.errors import FieldError, Invalid
from civic.hotline import wording
from civic.hotline.models import Ticket
from civic.hotline.services.incidents import take_out
from civic.hotline.states import TicketState


class EmptyAnswer(Invalid):
    """The answer says nothing but phrases."""

    code = "empty-answer"


@dataclass(frozen=True)
class Answer:
    """What a unit wants to answer. `more` is kept with the quality, e.g. what would change a no."""

    words: str
    outcome: str
    more: Mapping[str, str]


def judge(ticket: Ticket, words: str) -> dict[str, Any]:
    """Return what speaks for and against an answer: scores (0 to 1), `phrases`, `refused` (a reason or "").

    The one place where a better judge of texts is asked.
    """
    found = wording.weigh_answer(words, asked=f"{ticket.clear('title')}\n{ticket.clear('detail')}")
    return {**found.scores, "phrases": list(found.phrases), "refused": _why_refused(found)}


def _why_refused(found: wording.Weighed) -> str:
    if not found.is_empty:
        return ""
    return _("答复里只有套话：请写明查到了什么、做了什么、什么时候完成，或者依据哪条规定、可以找谁。")


def send_answer(*, ticket: Ticket, answer: Answer, by: Account, at: datetime, seen: int | None = None) -> None:
    """Hand the answer in to be checked. Raises: EmptyAnswer; what the verb raises."""
    judged = judge(ticket, answer.words)
    if judged["refused"] and len(answer.words.strip()) >= wording.SHORTEST_ANSWER:
        raise EmptyAnswer(judged["refused"], errors=[FieldError("words", EmptyAnswer.code, judged["refused"])])
    quality = {name: value for name, value in judged.items() if name != "refused"} | dict(answer.more)
    ticket.reply(words=answer.words, outcome=answer.outcome, quality=quality, by=by, at=at, seen=seen)


def close_with_joined(*, ticket: Ticket, by: Account, at: datetime, seen: int | None = None) -> int:
    """Close a ticket, and with it those that were joined to it: they get its answer. Returns how many these were."""
    with transaction.atomic():
        ticket.close(by=by, at=at, seen=seen)
        return follow_main(ticket, at=at)


def follow_main(main: Ticket, *, at: datetime) -> int:
    """Do to those joined to a ticket what its end means for them; return how many these were. Safe to run twice.

    Closed, they are closed with its answer; taken back by its own caller, each is handled by itself again.
    """
    joined = list(main.joined.filter(state=TicketState.MERGED).order_by("pk"))
    if main.state == TicketState.CLOSED:
        for one in joined:
            one.close_merged(by="rules", at=at)
    elif main.state == TicketState.WITHDRAWN:
        for one in joined:
            take_out(ticket=one, words=_("主件的来电人撤回了诉求，本件恢复单独办理。"), by="rules", at=at)
    else:
        return 0
    return len(joined)
