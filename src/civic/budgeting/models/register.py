"""Mark: somebody has taken part in a vote, by whichever way, once. What they chose is nowhere near it."""

import hashlib
from datetime import datetime
from typing import ClassVar

from django.db import models, transaction
from django.db.models import PROTECT, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account, Person
from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.budgeting.models.poll import ACT, Poll
from civic.budgeting.policies import why_not_hand_out
from civic.budgeting.states import Channel
from civic.core import blind_signature
from civic.core.errors import Conflict, FieldError, Invalid, require
from civic.participation.models.once import store_once
from civic.participation.rules.eligibility import Facts
from civic.participation.services import admit


class VoteClosed(Conflict):
    """The vote has not begun or is over."""

    code = "vote-closed"


class MarkedAlready(Conflict):
    """This person has got their credential or their paper ballot."""

    code = "marked-already"


class BadBlinding(Invalid):
    """What is to be signed is not a number below the key's modulus."""

    code = "bad-blinding"


class MarkManager(models.Manager["Mark"]):
    """Puts people on the register of a vote: each once."""

    def issue(
        self, poll: Poll, *, person: Person, facts: Facts, blinded: bytes, channel: str, by: Account, at: datetime
    ) -> bytes:
        """Mark `person` and return the signature of their blinded message; the same message again, the same signature.

        The message says nothing about the credential that the signature becomes: any credential could have been under
        the veil. So its digest may stand beside the person, and tells a repeat from a second try.
        Raises: VoteClosed, PhaseClosed, NotEligible, BadBlinding, MarkedAlready.
        """
        made = Mark(channel=channel, blinded=hashlib.sha256(blinded).hexdigest())
        with transaction.atomic():
            found = self._found_or_put(poll, person, facts, made, by=by, at=at)
            if found.blinded != made.blinded:
                raise _already(found)
            return _signed(poll, blinded)

    def hand_out(self, poll: Poll, *, person: Person, facts: Facts, by: Account, at: datetime) -> "Mark":
        """Mark `person`, who has come to the desk; only then are they given a paper ballot, from the pile.

        Raises: NotAllowed, VoteClosed, PhaseClosed, NotEligible, MarkedAlready.
        """
        require(why_not_hand_out(by, poll))
        return self._put(poll, person, facts, Mark(channel=Channel.PAPER, blinded=""), by=by, at=at)

    def _found_or_put(
        self, poll: Poll, person: Person, facts: Facts, made: "Mark", *, by: Account, at: datetime
    ) -> "Mark":
        """Return the mark of `person`; of two requests at once the second finds what the first has put."""
        found = self.filter(poll=poll, person=person).first()
        if found is None:
            try:
                return self._put(poll, person, facts, made, by=by, at=at)
            except MarkedAlready:
                found = self.get(poll=poll, person=person)
        require_open(poll, at)
        return found

    def _put(self, poll: Poll, person: Person, facts: Facts, made: "Mark", *, by: Account, at: datetime) -> "Mark":
        require_open(poll, at)
        admit(ACT, poll.eligibility.subject, facts=facts, at=at)
        made.poll, made.person, made.marked_on = poll, person, localdate(at)
        with transaction.atomic():
            store_once(made, _already(made))
            record(at=at, actor=by, step="budgeting.mark.put", subject=made, detail={"channel": made.channel})
        return made


class Mark(Sealed):
    """One person took part in one vote. `blinded`: the digest of what they had signed, unseen; "" with paper."""

    poll = models.ForeignKey(Poll, PROTECT, related_name="marks")
    person = models.ForeignKey(Person, PROTECT, related_name="+", verbose_name=gettext_lazy("投票人"))
    channel = models.CharField(gettext_lazy("途径"), max_length=8, choices=Channel.choices)
    blinded = models.CharField(max_length=64, blank=True)
    marked_on = models.DateField(gettext_lazy("登记日期"))

    objects: ClassVar[MarkManager] = MarkManager()

    class Meta:
        verbose_name = gettext_lazy("投票登记")
        constraints = [
            models.UniqueConstraint(fields=["poll", "person"], name="mark_one_person_one_ballot"),
            models.CheckConstraint(
                name="mark_signs_nothing_for_paper",
                condition=Q(channel=Channel.PAPER, blinded="") | (~Q(channel=Channel.PAPER) & ~Q(blinded="")),
            ),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.poll_id}/{self.person_id}"


def require_open(poll: Poll, at: datetime) -> None:
    """Refuse before the vote and after it. Raises: VoteClosed."""
    if at < poll.opens_at:
        raise VoteClosed(_("投票还没有开始。"))
    if at >= poll.closes_at:
        raise VoteClosed(_("投票已经截止，不再接收选票。"))


def _signed(poll: Poll, blinded: bytes) -> bytes:
    try:
        return blind_signature.sign(poll.signer(), blinded)
    except blind_signature.Unsignable as error:
        wrong = _("凭证请求不完整。请刷新页面后再试。")
        raise BadBlinding(wrong, errors=[FieldError("blinded", "number", wrong)]) from error


def _already(mark: Mark) -> MarkedAlready:
    if mark.channel == Channel.PAPER:
        return MarkedAlready(_("登记显示本次投票已经领过选票（网上或纸质），每人一票，不能再领。"))
    return MarkedAlready(
        _("您已经领取过本次投票的选票（网上或纸质），每人一票。在别的设备上领取的，请在那台设备上投出。")
    )
