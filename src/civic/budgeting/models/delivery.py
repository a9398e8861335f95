"""What becomes of a chosen project: milestones with money, photos, and whether people are content at the end."""

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import PROTECT, Q, Sum
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account
from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.budgeting import round_policies as policies
from civic.budgeting.models.proposal import Proposal
from civic.budgeting.models.round import Round
from civic.budgeting.round_states import ProposalState
from civic.core.errors import Conflict, FieldError, Invalid, NotAllowed, require
from civic.core.jobs import enqueue
from civic.core.money import to_fen
from civic.core.said import said
from civic.documents.models import Document
from civic.participation.models.once import store_once
from civic.participation.rules.eligibility import Facts
from civic.participation.services import admit

STAFF = settings.AUTH_USER_MODEL
MOST_PHOTOS = 12
PLANNING = (ProposalState.FUNDED, ProposalState.BUILDING)


class MilestoneDone(Conflict):
    """A milestone is reached once."""

    code = "milestone-done"


class AnsweredAlready(Conflict):
    """One says once how content one is."""

    code = "answered-already"


class MilestoneManager(models.Manager["Milestone"]):
    """Lays milestones down."""

    def plan(
        self, proposal: Proposal, *, title: str, planned_on: date, planned: Decimal, by: Account, at: datetime
    ) -> "Milestone":
        """Plan the next stretch of work: until when, for how much, within the project's money. Raises: Invalid, …"""
        require(policies.why_not_deliver(by, proposal))
        made = Milestone(proposal=proposal, title=said("title", title, least=2, most=60), planned_on=planned_on,
                         planned=_money("planned", planned))  # fmt: skip
        with transaction.atomic():
            _hold(proposal)
            so_far = self.filter(proposal=proposal).aggregate(sum=Sum("planned"))["sum"] or Decimal(0)
            if so_far + planned > proposal.cost:
                wrong = _("各节点的计划金额合计超过了项目费用%(cost)s元。") % {"cost": proposal.cost}
                raise Invalid(wrong, errors=[FieldError("planned", "sum", wrong)])
            made.save(force_insert=True)
            record(at=at, actor=by, step="budgeting.proposal.plan", subject=proposal)
        return made


class Milestone(Sealed):
    """A stretch of work on a chosen project: until when and for how much, and what it came to. Yuan, to the fen."""

    ROOT = "proposal"

    proposal = models.ForeignKey(Proposal, PROTECT, related_name="milestones")
    title = models.CharField(gettext_lazy("节点"), max_length=60)
    planned_on = models.DateField(gettext_lazy("计划完成"))
    planned = models.DecimalField(gettext_lazy("计划金额（元）"), max_digits=14, decimal_places=2)
    done_on = models.DateField(gettext_lazy("实际完成"), null=True)
    spent = models.DecimalField(gettext_lazy("实际支出（元）"), max_digits=14, decimal_places=2, null=True)
    note = models.TextField(gettext_lazy("说明"), blank=True)

    objects: ClassVar[MilestoneManager] = MilestoneManager()

    class Meta:
        verbose_name = gettext_lazy("节点")
        ordering: ClassVar = ["planned_on", "pk"]
        constraints = [
            models.CheckConstraint(name="milestone_planned_money", condition=Q(planned__gte=0)),
            models.CheckConstraint(
                name="milestone_done_with_its_money",
                condition=Q(done_on=None, spent=None) | Q(done_on__isnull=False, spent__gte=0),
            ),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.title

    def finish(self, *, done_on: date, spent: Decimal, note: str, by: Account, at: datetime) -> None:
        """Say that it is done, when, at what cost; more than planned needs words. Raises: MilestoneDone, Invalid."""
        proposal = self.proposal
        require(policies.why_not_deliver(by, proposal))
        money = _money("spent", spent)
        words = said("note", note, least=10 if money > self.planned else 0, most=500)
        if done_on > localdate(at):
            wrong = _("完成日期不能晚于今天。")
            raise Invalid(wrong, errors=[FieldError("done_on", "future", wrong)])
        with transaction.atomic():
            _hold(proposal)
            self.refresh_from_db(from_queryset=Milestone.objects.select_for_update(of=("self",)))
            if proposal.state != ProposalState.BUILDING:
                raise Conflict(_("项目还没有开工，或者已经结束。"))
            if self.done_on is not None:
                raise MilestoneDone(_("这个节点已经登记完成。"))
            self.done_on, self.spent, self.note = done_on, money, words
            self.save(force_update=True)
            record(at=at, actor=by, step="budgeting.proposal.finish", subject=proposal)
            enqueue("civic.budgeting.tasks.announce", proposal=proposal.pk, step="milestone", seen=self.pk)


class PhotoManager(models.Manager["Photo"]):
    """Shows photos."""

    def show(self, proposal: Proposal, document: Document, *, words: str, by: Account, at: datetime) -> "Photo":
        """Show a photo with a proposal, in public; `words` say what is on it to those who cannot see it.

        Raises: Conflict, if there are too many; Invalid; NotAllowed.
        """
        require(policies.why_not_change(by, proposal))
        if document.owner_id != by.pk or not document.content_type.startswith("image/"):
            raise NotAllowed(_("只能放自己上传的图片。"))
        made = Photo(proposal=proposal, document=document, words=said("words", words, least=2, most=80), shown_at=at,
                     by_unit=by.is_official)  # fmt: skip
        with transaction.atomic():
            _lock(proposal)
            if self.filter(proposal=proposal).count() >= MOST_PHOTOS:
                raise Conflict(_("一个提案最多放%(n)s张照片。") % {"n": MOST_PHOTOS})
            store_once(made, Conflict(_("这张照片已经放过了。")))
            document.grant(proposal.round.unit, by=by, at=at)  # kept for as long as the proposal can be read
            record(at=at, actor=by, step="budgeting.proposal.show", subject=proposal)
        return made


class Photo(Sealed):
    """A photo that is shown with a proposal: of the place, or of the work."""

    ROOT = "proposal"

    proposal = models.ForeignKey(Proposal, PROTECT, related_name="photos")
    document = models.ForeignKey(Document, PROTECT, related_name="+")
    words = models.CharField(gettext_lazy("照片说明"), max_length=80)
    by_unit = models.BooleanField(gettext_lazy("由组织单位提供"))
    shown_at = models.DateTimeField(gettext_lazy("公布时间"))

    objects: ClassVar[PhotoManager] = PhotoManager()

    class Meta:
        verbose_name = gettext_lazy("照片")
        ordering: ClassVar = ["shown_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["proposal", "document"], name="photo_once_a_proposal")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.words


class AnswerManager(models.Manager["Answer"]):
    """Asks people at the end."""

    def give(self, found: Round, *, grade: int, facts: Facts, by: Account, at: datetime) -> "Answer":
        """Say, once, how content one is with what a round has brought. Raises: AnsweredAlready, PhaseClosed, …"""
        if by.is_official:
            raise NotAllowed(_("工作人员账户不能参加满意度调查，请用个人账户。"))
        if grade not in Answer.Grade.values:
            wrong = _("请选择一个满意程度。")
            raise Invalid(wrong, errors=[FieldError("grade", "enum", wrong)])
        made = Answer(round=found, account=by, grade=grade, answered_at=at)
        with transaction.atomic():
            admit("rate", found, facts=facts, at=at)
            if not found.proposals.filter(state=ProposalState.DELIVERED).exists():
                raise Conflict(_("还没有完成验收的项目，完成后再来评价。"))
            store_once(made, AnsweredAlready(_("您已经评价过这一轮。")))
            record(at=at, actor=by, step="budgeting.answer.give", subject=made)
        return made


class Answer(Sealed):
    """How content somebody is with what a round has brought."""

    class Grade(models.IntegerChoices):
        VERY = 5, gettext_lazy("非常满意")
        CONTENT = 4, gettext_lazy("满意")
        FAIR = 3, gettext_lazy("基本满意")
        NOT = 2, gettext_lazy("不满意")
        NOT_AT_ALL = 1, gettext_lazy("非常不满意")

    round = models.ForeignKey(Round, PROTECT, related_name="answers")
    account = models.ForeignKey(STAFF, PROTECT, related_name="+")
    grade = models.PositiveSmallIntegerField(gettext_lazy("满意程度"), choices=Grade.choices)
    answered_at = models.DateTimeField(gettext_lazy("评价时间"))

    objects: ClassVar[AnswerManager] = AnswerManager()

    class Meta:
        verbose_name = gettext_lazy("满意度答复")
        constraints = [models.UniqueConstraint(fields=["round", "account"], name="answer_once_a_person")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.round_id}/{self.account_id}"


def _lock(proposal: Proposal) -> None:
    proposal.refresh_from_db(from_queryset=Proposal.objects.select_for_update(of=("self",)))


def _hold(proposal: Proposal) -> None:
    """Lock a chosen project, read afresh. Raises: Conflict, if nothing is built of it now."""
    _lock(proposal)
    if proposal.state not in PLANNING:
        raise Conflict(_("项目没有入选，或者已经结束。"))


def _money(name: str, amount: Decimal) -> Decimal:
    if not amount.is_finite() or not 0 <= amount < Decimal(10**12) or amount != to_fen(amount):
        wrong = _("请填写不小于0、最多精确到分的金额。")
        raise Invalid(wrong, errors=[FieldError(name, "money", wrong)])
    return amount
