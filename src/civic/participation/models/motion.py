"""Motion: a question before a review group, decided by more than half of those who need not stand aside."""

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import PROTECT
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account
from civic.audit.seal import Sealed
from civic.audit.services import ledger_id, record
from civic.core.errors import Conflict, FieldError, Invalid, require
from civic.core.said import said
from civic.participation import policies
from civic.participation.models.panel import Panel, PanelMember
from civic.participation.rules import panels
from civic.participation.states import MOTION_STEPS, MotionState, PanelState, Voice
from civic.workflow.models import Stateful

STAFF = settings.AUTH_USER_MODEL


class VotedAlready(Conflict):
    """A member votes once."""

    code = "voted-already"


class VoteRuns(Conflict):
    """Not everybody has voted and the time is not over."""

    code = "vote-runs"


class MotionManager(models.Manager["Motion"]):
    """Puts questions."""

    def put(
        self, panel: Panel, *, question: str, subject: object, closes_at: datetime, by: Account, at: datetime,
        concerns: Collection[object] = (),
    ) -> "Motion":  # fmt: skip
        """Put a question about `subject` to a group that sits; votes count until `closes_at`.

        `concerns`: what else it touches (the proposer, a firm, a place), as nouns or ledger ids.
        Raises: Conflict, Invalid, NotAllowed.
        """
        require(policies.not_organiser(by, panel.unit_id))
        if closes_at <= at:
            wrong = _("表决截止时间要晚于现在。")
            raise Invalid(wrong, errors=[FieldError("closes_at", "order", wrong)])
        touched = sorted({ledger_id(one) for one in (subject, *concerns)})
        made = Motion(panel=panel, question=said("question", question, most=200), subject=ledger_id(subject),
                      concerns=touched, put_at=at, closes_at=closes_at)  # fmt: skip
        with transaction.atomic():
            panel.refresh_from_db(from_queryset=Panel.objects.select_for_update(of=("self",)))
            if panel.state != PanelState.SITTING:
                raise Conflict(_("评审小组还没有开始评审，或者已经解散。"))
            made.save(force_insert=True)
            record(at=at, actor=by, step="participation.motion.put", subject=made, detail={"of": made.subject})
        return made


class Motion(Stateful):
    """A question before a review group, what it concerns, and how it was decided."""

    STEPS = MOTION_STEPS
    ROOT = "panel"

    panel = models.ForeignKey(Panel, PROTECT, related_name="motions")
    question = models.CharField(gettext_lazy("表决事项"), max_length=200)
    subject = models.CharField(gettext_lazy("对象"), max_length=80)
    concerns = ArrayField(models.CharField(max_length=80), verbose_name=gettext_lazy("涉及"))
    state = models.CharField(gettext_lazy("状态"), max_length=10, choices=MotionState.choices, default=MotionState.OPEN)
    put_at = models.DateTimeField(gettext_lazy("提出时间"))
    closes_at = models.DateTimeField(gettext_lazy("表决截止"))
    decided_at = models.DateTimeField(gettext_lazy("决定时间"), null=True)
    entitled = models.PositiveSmallIntegerField(gettext_lazy("有表决权人数"), null=True)

    objects: ClassVar[MotionManager] = MotionManager()

    class Meta:
        verbose_name = gettext_lazy("表决")

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.question

    # Verbs

    def cast(self, *, member: PanelMember, voice: str, by: Account, at: datetime) -> "PanelVote":
        """A member votes, once. Raises: VotedAlready, Conflict, NotAllowed, Invalid."""
        if voice not in Voice.values:
            wrong = _("请选择赞成、反对或弃权。")
            raise Invalid(wrong, errors=[FieldError("voice", "enum", wrong)])
        with self.step("cast", by=by, at=at, member=str(member.pk)):
            member.refresh_from_db()
            require(policies.why_not_speak_for(by, member, self.panel.unit_id))
            require(policies.why_not_cast(member, self, self.panel.recused(self.concerns)))
            if at >= self.closes_at:
                raise Conflict(_("表决已经截止。"))
            if self.votes.filter(member=member).exists():
                raise VotedAlready(_("您已经表决过，不能再改。"))
            return PanelVote.objects.create(motion=self, member=member, voice=voice, cast_at=at)

    def decide(self, *, by: Account, at: datetime) -> str:
        """Close the vote when all have voted or its time is over; return the state it brings. Raises: VoteRuns, …"""
        found = self.outcome(at=at)
        if found is None:
            raise VoteRuns(_("还有成员没有表决，截止时间也没有到。"))
        verb = {panels.ADOPT: self.adopt, panels.REJECT: self.reject, panels.LAPSE: self.lapse}[found]
        verb(by=by, at=at)
        return self.state

    def adopt(self, *, by: Account, at: datetime) -> None:
        """More than half of those entitled are for it."""
        with self.step("adopt", by=by, at=at):
            self._settle(panels.ADOPT, by, at)

    def reject(self, *, by: Account, at: datetime) -> None:
        """Enough have voted, but not more than half are for it."""
        with self.step("reject", by=by, at=at):
            self._settle(panels.REJECT, by, at)

    def lapse(self, *, by: Account, at: datetime) -> None:
        """Too few have voted: nothing is decided."""
        with self.step("lapse", by=by, at=at):
            self._settle(panels.LAPSE, by, at)

    # Questions

    def entitled_members(self) -> frozenset[int]:
        """Return the keys of the members who need not stand aside."""
        everybody = frozenset(self.panel.members.values_list("pk", flat=True))
        return everybody - self.panel.recused(self.concerns)

    def outcome(self, *, at: datetime) -> str | None:
        """Return the step that the votes bring; None while the vote runs."""
        votes = dict(PanelVote.objects.filter(motion=self).values_list("member", "voice"))
        over = at >= self.closes_at
        entitled = self.entitled_members()
        return panels.outcome(votes, entitled=entitled, quorum=self.panel.quorum, every_seat_heard=over)

    # Inside

    def _settle(self, step: str, by: Account, at: datetime) -> None:
        require(policies.not_organiser(by, self.panel.unit_id))
        if self.outcome(at=at) != step:
            raise VoteRuns(_("票数不是这个结果，请重新查看后再操作。"))
        self.decided_at, self.entitled = at, len(self.entitled_members())


class PanelVote(Sealed):
    """What a member has said to a motion."""

    ROOT = "motion"

    motion = models.ForeignKey(Motion, PROTECT, related_name="votes")
    member = models.ForeignKey(PanelMember, PROTECT, related_name="+")
    voice = models.CharField(gettext_lazy("表决"), max_length=8, choices=Voice.choices)
    cast_at = models.DateTimeField(gettext_lazy("表决时间"))

    class Meta:
        verbose_name = gettext_lazy("评审表决")
        constraints = [models.UniqueConstraint(fields=["motion", "member"], name="panel_vote_once_a_member")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.motion_id}/{self.member_id}"
