"""An answer before it goes out: what it lacks, shown to its writer; phrases alone and open blanks are refused."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from civic.accounts.models import Account
from civic.core.errors import FieldError, Invalid
from civic.core.plain import MANY_CHARACTERS
from civic.hotline.models import AnswerTemplate, Reply, Ticket
from civic.hotline.rules import blanks
from civic.hotline.services.incidents import take_out
from civic.hotline.states import TicketState
from civic.hotline.text.phrases import Copy, copied_from, empty_phrases, phrases, says_nothing, standing_in_several
from civic.hotline.text.quality import Quality, quality
from civic.masking.models import Shredded

EARLIER = 200  # answers of the unit that one is compared with
SHORTEST = 10  # characters
SCORES = ("relevant", "complete", "explained", "timely", "boilerplate")


class EmptyAnswer(Invalid):
    """The answer says nothing but phrases, or something in it is still to be filled in."""

    code = "empty-answer"


@dataclass(frozen=True)
class Answer:
    """What a unit wants to answer. `more` is kept with the quality, e.g. what would change a no."""

    words: str
    outcome: str
    more: Mapping[str, str]


@dataclass(frozen=True)
class Judged:
    """What an answer is like, for its writer: `refused` says why it cannot be handed in ("": it can)."""

    quality: Quality
    phrases: tuple[str, ...]
    copied: Copy | None
    refused: str

    @property
    def scores(self) -> dict[str, float]:
        """Shares from 0 to 1 by name."""
        return {name: getattr(self.quality, name).value for name in SCORES}

    def facts(self) -> dict[str, Any]:
        """Return what is kept with the answer: scores, phrases, and the number of the ticket it was copied from."""
        copied = {"copied_from": self.copied.name, "copied": self.copied.share} if self.copied else {}
        return {**self.scores, "phrases": list(self.phrases), **copied}


def judge(ticket: Ticket, words: str, *, at: datetime) -> Judged:
    """Return what an answer to this ticket would be like if it were handed in at `at`."""
    words = words[:MANY_CHARACTERS]
    earlier = [(number, phrases(said)) for number, said in earlier_answers(ticket)]
    known = standing_in_several(said for _number, said in earlier)
    asked = f"{ticket.clear('title')}\n{ticket.clear('detail')}"
    found = quality(asked, words, ticket.received_at, at, due_at=ticket.due_at, known=known)
    copied = copied_from(words, earlier)
    return Judged(found, empty_phrases(words), copied, _why_refused(words, known, copied))


def earlier_answers(ticket: Ticket) -> list[tuple[str, str]]:
    """Return number and words of the newest answers that the ticket's unit has given to other matters.

    Whoever asked the same in almost the same words, or was joined to this ticket, gets the same answer: no copy.
    """
    found = Reply.objects.filter(unit=ticket.unit_id).exclude(is_passed=False).exclude(ticket=ticket.pk)
    found = found.exclude(ticket__parent=ticket.pk).exclude(ticket=ticket.parent_id or 0)
    bands = set(ticket.bands)
    newest = found.select_related("ticket__key").order_by("-at", "-pk")[:EARLIER]
    return [
        (reply.ticket.number, said)
        for reply in newest
        if bands.isdisjoint(reply.ticket.bands) and (said := _words(reply))
    ]


def with_template(words: str, *, code: str) -> str:
    """Return what was written with the template's words below it, its blanks still open. Raises: Invalid."""
    template = AnswerTemplate.objects.filter(code=code[:40], is_offered=True).first()
    if template is None:
        wrong = _("请选择一个答复模板。")
        raise Invalid(wrong, errors=[FieldError("template", "required", wrong)])
    return f"{words.rstrip()}\n{template.words}".lstrip() if words.strip() else template.words


def _words(reply: Reply) -> str:
    try:
        return reply.clear("words")
    except Shredded:
        return ""


def _why_refused(words: str, known: Set[str], copied: Copy | None) -> str:
    if left := blanks(words):
        return _("还有没填的空：%(names)s。请填好，或者把不需要的整句删掉。") % {"names": "、".join(left)}
    if says_nothing(words):
        return _("答复里只有套话：请写明查到了什么、做了什么、什么时候完成，或者依据哪条规定、可以找谁。")
    if not says_nothing(words, known):
        return ""
    where = _("（与%(number)s的答复相同）") % {"number": copied.name} if copied else ""
    return _(
        "除了本单位反复使用的话%(where)s，这份答复没有一句说到这件事。请写明这一件的情况；是同一件事的，请热线中心并案后一次答复。"
    ) % {"where": where}


def send_answer(*, ticket: Ticket, answer: Answer, by: Account, at: datetime, seen: int | None = None) -> None:
    """Hand the answer in to be checked. Raises: EmptyAnswer; what the verb raises."""
    judged = judge(ticket, answer.words, at=at)
    if judged.refused and len(answer.words.strip()) >= SHORTEST:  # what is shorter the verb refuses, saying how long
        raise EmptyAnswer(judged.refused, errors=[FieldError("words", EmptyAnswer.code, judged.refused)])
    facts = judged.facts() | dict(answer.more)
    ticket.reply(words=answer.words, outcome=answer.outcome, quality=facts, by=by, at=at, seen=seen)


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
