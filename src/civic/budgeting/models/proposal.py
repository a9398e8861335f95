"""Proposal: what somebody asks the city to build or do with a round's money, and what became of it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import PROTECT, F, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account
from civic.areas.models import Area
from civic.audit.services import record
from civic.budgeting import round_policies as policies
from civic.budgeting.models.round import Round, Section
from civic.budgeting.round_querysets import ProposalQuerySet
from civic.budgeting.round_states import PROPOSAL_STEPS, ProposalState
from civic.budgeting.rules import screening
from civic.budgeting.rules.screening import Finding
from civic.core.errors import Conflict, FieldError, Invalid, require
from civic.core.jobs import enqueue
from civic.core.money import to_fen
from civic.core.said import said
from civic.participation.models import Motion, Sheet
from civic.participation.rules.eligibility import Facts
from civic.participation.services import admit
from civic.workflow.models import Stateful

STAFF = settings.AUTH_USER_MODEL
ANNOUNCE = "civic.budgeting.tasks.announce"
LONGEST_TITLE, LEAST_PROBLEM, LONGEST_PROBLEM, LONGEST_PLACE = 40, 10, 2000, 120  # characters
OPEN_TO_CHANGE = ("title", "problem", "cost", "place")


class RepairOver(Conflict):
    """The time for mending is over."""

    code = "repair-over"


@dataclass(frozen=True)
class Idea:
    """What is proposed. `cost` in yuan; `point`: longitude and latitude in GCJ-02 degrees, as maps in China draw."""

    title: str
    problem: str
    cost: Decimal
    section: Section
    place: str
    area: Area | None = None
    point: tuple[Decimal, Decimal] | None = None


class ProposalManager(models.Manager.from_queryset(ProposalQuerySet)):  # type: ignore[misc]
    """Takes proposals in."""

    def propose(self, found: Round, idea: Idea, *, facts: Facts, by: Account, at: datetime) -> "Proposal":
        """Take a proposal into a round, with the next number. `facts`: what the city knows of who proposes.

        Raises: Invalid, naming the field; PhaseClosed; NotEligible; Conflict.
        """
        if by.is_official:
            require(_("工作人员账户不能提案，请用个人账户。"))
        made = _written(found, idea, author=by, at=at)
        with found.held("propose", at=at):
            admit("propose", found, facts=facts, at=at)
            made._take_number(by=by, at=at)
        return made

    def enter(self, found: Round, idea: Idea, *, sheet: Sheet, line: int, by: Account, at: datetime) -> "Proposal":
        """Enter what stands on a line of a sheet, in the unit's hands from then on; it is marked as from paper.

        What was collected while proposals were taken is entered as long as they are screened.
        Raises: Invalid, naming the field; NotInTime; EnteredAlready; PhaseClosed; NotAllowed; Conflict.
        """
        require(policies.why_not_enter(by, found))
        made = _written(found, idea, author=None, at=at)
        with found.held("screen", at=at):
            sheet.require_in_time("propose", found)
            made._take_number(by=by, at=at)
            sheet.enter(line=line, subject=made, by=by, at=at)
        return made


class Proposal(Stateful):
    """One proposal: what, where, for how much, by whom, and where it stands."""

    STEPS = PROPOSAL_STEPS

    round = models.ForeignKey(Round, PROTECT, related_name="proposals")
    number = models.PositiveIntegerField(gettext_lazy("编号"))
    code = models.CharField(gettext_lazy("选票上的编号"), max_length=80)
    title = models.CharField(gettext_lazy("名称"), max_length=40)
    problem = models.TextField(gettext_lazy("要解决的问题"))
    cost = models.DecimalField(gettext_lazy("费用（元）"), max_digits=14, decimal_places=2)
    section = models.ForeignKey(Section, PROTECT, related_name="proposals", verbose_name=gettext_lazy("分项"))
    area = models.ForeignKey(Area, PROTECT, null=True, related_name="+", verbose_name=gettext_lazy("区域"))
    place = models.CharField(gettext_lazy("地点"), max_length=120)
    longitude = models.DecimalField(gettext_lazy("经度"), max_digits=9, decimal_places=6, null=True)
    latitude = models.DecimalField(gettext_lazy("纬度"), max_digits=8, decimal_places=6, null=True)
    author = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", verbose_name=gettext_lazy("提案人"))
    proposed_at = models.DateTimeField(gettext_lazy("提出时间"))
    state = models.CharField(
        gettext_lazy("状态"), max_length=12, choices=ProposalState.choices, default=ProposalState.PROPOSED
    )
    invitation = models.UUIDField(default=uuid4, unique=True, editable=False)
    screenings_done = models.PositiveSmallIntegerField(gettext_lazy("已筛选次数"), default=0)
    repair_by = models.DateTimeField(gettext_lazy("补正截止"), null=True)
    merged_into = models.ForeignKey("self", PROTECT, null=True, related_name="merged")
    reason = models.TextField(gettext_lazy("理由"), blank=True)

    objects: ClassVar[ProposalManager] = ProposalManager()

    class Meta:
        verbose_name = gettext_lazy("提案")
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="proposal_one_number_a_round"),
            models.UniqueConstraint(fields=["round", "code"], name="proposal_one_code_a_round"),
            models.CheckConstraint(name="proposal_costs_something", condition=Q(cost__gt=0)),
            models.CheckConstraint(
                name="proposal_place_has_both_coordinates",
                condition=Q(longitude=None, latitude=None) | Q(longitude__isnull=False, latitude__isnull=False),
            ),
            models.CheckConstraint(
                name="proposal_merged_into_another",
                condition=Q(state="MERGED", merged_into__isnull=False) & ~Q(merged_into=F("pk"))
                | ~Q(state="MERGED") & Q(merged_into=None),
            ),
            models.CheckConstraint(name="proposal_is_mended_in_time", condition=~Q(state="REPAIR", repair_by=None)),
        ]
        indexes = [models.Index(fields=["round", "state"], name="proposal_of_round")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    # Verbs: the author's

    def change(self, facts: dict[str, object], *, reason: str, by: Account, at: datetime, seen: int | None) -> None:
        """Change title, problem, cost or place in the open, for a reason. Raises: Conflict, if nothing is changed."""
        with self.round.held("change", at=at), self.step("change", by=by, at=at, seen=seen):
            require(policies.why_not_change(by, self))
            self._put(facts, reason=reason, by=by, at=at)
            self._tell("change")

    def repair(self, facts: dict[str, object], *, reason: str, by: Account, at: datetime, seen: int | None) -> None:
        """Mend what the first screening asked for, once and in time; it is judged again. Raises: RepairOver."""
        with self.round.held("repair", at=at), self.step("repair", by=by, at=at, seen=seen):
            require(policies.why_not_repair(by, self))
            if self.repair_by is None or at >= self.repair_by:
                raise RepairOver(_("补正期限已过，不能再补正。可以在下一轮重新提出。"))
            self._put(facts, reason=reason, by=by, at=at)
            self.repair_by = None

    def withdraw(self, *, reason: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """Take the proposal back; it stays to be read."""
        with self.round.held("withdraw", at=at), self.step("withdraw", by=by, at=at, seen=seen):
            require(policies.why_not_own(by, self))
            self.reason, self.repair_by = said("reason", reason, most=500), None
            self._tell("withdraw")

    # Verbs: the unit's

    def screen(self, findings: Sequence[Finding], *, by: Account, at: datetime, seen: int | None = None) -> str:
        """Judge by every published criterion; return the step that it brings: admit, ask_repair or refuse.

        Raises: Invalid, naming the criterion; NotAllowed; StepRefused.
        """
        if wrong := screening.why_incomplete(findings, [one["key"] for one in self.round.criteria]):
            words = _("每条标准都要说明符合或不符合；不符合的要写理由和怎样改（各至少6字）。")
            raise Invalid(words, errors=[FieldError(*wrong, words)])
        found = screening.verdict(findings, is_second=self.screenings_done > 0)
        verb = {screening.ADMIT: self.admit, screening.REPAIR: self.ask_repair, screening.REFUSE: self.refuse}[found]
        verb(findings, by=by, at=at, seen=seen)
        return found

    def admit(self, findings: Sequence[Finding], *, by: Account, at: datetime, seen: int | None = None) -> None:
        """Every criterion is met."""
        with self.round.held("screen", at=at), self.step("admit", by=by, at=at, seen=seen):
            self._judge(screening.ADMIT, findings, by=by, at=at)

    def ask_repair(self, findings: Sequence[Finding], *, by: Account, at: datetime, seen: int | None = None) -> None:
        """Something is not met: the author may mend it until a day that is told."""
        with self.round.held("screen", at=at), self.step("ask_repair", by=by, at=at, seen=seen):
            self._judge(screening.REPAIR, findings, by=by, at=at)
            self.repair_by = at + timedelta(days=self.round.repair_days)

    def refuse(self, findings: Sequence[Finding], *, by: Account, at: datetime, seen: int | None = None) -> None:
        """After mending a criterion is still not met."""
        with self.round.held("screen", at=at), self.step("refuse", by=by, at=at, seen=seen):
            self._judge(screening.REFUSE, findings, by=by, at=at)

    def lapse(self, *, by: object, at: datetime) -> None:
        """Nobody mended in time; what the first screening named stays the reason."""
        with self.step("lapse", by=by, at=at):
            if self.repair_by is None or at < self.repair_by:
                raise Conflict(_("补正期限还没有到。"))
            self._tell("refuse")

    def merge(self, into: "Proposal", *, reason: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """Join this one to another of the same round: its people are credited there and its supports count there.

        Raises: Conflict, if the other is this one, of another round, or out.
        """
        with self.round.held("merge", at=at), self.step("merge", by=by, at=at, seen=seen, into=into.ledger_id()):
            require(policies.why_not_merge(by, self))
            into.refresh_from_db(from_queryset=Proposal.objects.select_for_update(of=("self",)))
            if into.pk == self.pk or into.round_id != self.round_id:
                raise Conflict(_("只能合并到同一轮的另一个提案。"))
            if into.state not in (ProposalState.PROPOSED, ProposalState.ADMITTED):
                raise Conflict(_("要合并到的提案现在是「%(state)s」状态。") % {"state": into.get_state_display()})
            self.merged_into, self.reason = into, said("reason", reason, most=500)
            self._tell("merge")

    # Verbs: the round's

    def enter(self, *, by: Account, at: datetime) -> None:
        """Put it on the ballot, within the freezing of its round."""
        with self.step("enter", by=by, at=at):
            self._tell("enter")

    def fund(self, *, by: object, at: datetime) -> None:
        """It was chosen, by the count of its round."""
        with self.step("fund", by=by, at=at):
            self._tell("fund")

    def pass_over(self, *, by: object, at: datetime) -> None:
        """It was not chosen; the page of the results says how many votes it lacked."""
        with self.step("pass_over", by=by, at=at):
            self._tell("pass_over")

    # Verbs: delivery

    def start(self, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """Work begins: its milestones are laid down."""
        with self.step("start", by=by, at=at, seen=seen):
            require(policies.why_not_deliver(by, self))
            if not self.milestones.exists():
                raise Conflict(_("请先写下至少一个节点（计划的日期和金额），再开工。"))
            self._tell("start")

    def deliver(self, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """The supervising group has accepted it. Raises: Conflict, if a milestone is open or the group has not."""
        with self.step("deliver", by=by, at=at, seen=seen):
            require(policies.why_not_deliver(by, self))
            if self.milestones.filter(done_on=None).exists():
                raise Conflict(_("还有节点没有完成，不能验收。"))
            if not self.acceptances().filter(state="ADOPTED").exists():
                raise Conflict(_("监督小组还没有表决通过验收。"))
            self._tell("deliver")

    def abandon(self, *, reason: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """It is not built after all, for a reason that everybody who stood by it is told."""
        with self.step("abandon", by=by, at=at, seen=seen):
            require(policies.why_not_deliver(by, self))
            self.reason = said("reason", reason, least=10, most=500)
            self._tell("abandon")

    # Questions

    def is_by(self, user: Account) -> bool:
        """Whether somebody is the author or a co-author who has accepted."""
        return self.author_id == user.pk or any(one.account_id == user.pk for one in self.coauthors.all())

    def why_not(self, step: str, user: Account) -> str | None:
        """Why this person cannot take `step` now; None if they can. Windows are asked by the step itself."""
        if step not in self.allowed_steps():
            return _("这个提案现在是「%(state)s」状态。") % {"state": self.get_state_display()}
        if step == "change":
            return policies.why_not_change(user, self)
        return policies.why_not_own(user, self) if step == "withdraw" else policies.why_not_deliver(user, self)

    def family(self) -> list["Proposal"]:
        """Return this proposal and all that were merged into it, however far down, by number."""
        found, fresh = [self], [self]
        while fresh:
            fresh = list(Proposal.objects.filter(merged_into__in=fresh).order_by("number"))
            found += fresh
        return found

    def credits(self) -> list[Account]:
        """Return everybody whose work this is: authors and co-authors of it and of all merged into it, each once."""
        family = self.family()
        order = [*(one.author_id for one in family), *self._of_family("coauthors").order_by("coauthors__pk")]
        found = {one.pk: one for one in Account.objects.filter(pk__in=order).select_related("person__key")}
        return [found[key] for key in dict.fromkeys(order) if key in found]

    def backers(self) -> int:
        """Return how many people stand by it or by what was merged into it, each counted once."""
        return len(set(self._of_family("supports", supports__withdrawn_at=None)))

    def followers(self) -> "models.QuerySet[Account]":
        """Return everybody who is told of its steps: whose work it is, and who stands by it."""
        told = {one.pk for one in self.credits()} | set(self._of_family("supports", supports__withdrawn_at=None))
        found: models.QuerySet[Account] = Account.objects.filter(pk__in=told, is_active=True)
        return found.order_by("pk")

    def acceptances(self) -> "models.QuerySet[Motion]":
        """Return the votes of the supervising group on this project, newest last."""
        return Motion.objects.filter(panel=self.round.panel, subject=self.ledger_id()).order_by("put_at", "pk")

    # Inside

    def _take_number(self, *, by: Account, at: datetime) -> None:
        """Store it with the next number of its round. The caller holds the round."""
        self.number = (self.round.proposals.aggregate(last=Max("number"))["last"] or 0) + 1
        self.code = str(self.number)
        self.save(force_insert=True)
        record(at=at, actor=by, step="budgeting.proposal.propose", subject=self, detail={"of": self.round.ledger_id()})

    def _of_family(self, who: str, **where: object) -> "models.QuerySet[Proposal, int]":
        """Return the keys of the accounts among `who` of this proposal and all merged into it."""
        family = Proposal.objects.filter(pk__in=[one.pk for one in self.family()])
        keys: models.QuerySet[Proposal, int] = family.filter(**{f"{who}__isnull": False}, **where).values_list(
            f"{who}__account", flat=True
        )
        return keys

    def _judge(self, found: str, findings: Sequence[Finding], *, by: Account, at: datetime) -> None:
        before = self.screenings.order_by("nth").last()
        require(policies.why_not_screen(by, self, before.by_id if before else None))
        if found != screening.verdict(findings, is_second=self.screenings_done > 0):
            raise Conflict(_("筛选结论与逐条意见不一致，请重新查看后再操作。"))
        self.screenings_done += 1
        said_of = [asdict(one) for one in findings]
        self.screenings.create(nth=self.screenings_done, verdict=found, findings=said_of, by=by, screened_at=at)
        self._tell(found)

    def _put(self, facts: dict[str, object], *, reason: str, by: Account, at: datetime) -> None:
        """Take over what differs, and keep what it was. Raises: Invalid, Conflict."""
        fresh = {
            "title": said("title", str(facts["title"]), most=LONGEST_TITLE),
            "problem": said("problem", str(facts["problem"]), least=LEAST_PROBLEM, most=LONGEST_PROBLEM),
            "place": said("place", str(facts["place"]), least=2, most=LONGEST_PLACE),
            "cost": fitting("cost", Decimal(str(facts["cost"])), self.section),
        }
        changed = [name for name in OPEN_TO_CHANGE if fresh[name] != getattr(self, name)]
        if not changed:
            raise Conflict(_("没有任何改动，不用保存。"))
        words = [{"field": one, "was": str(getattr(self, one)), "now": str(fresh[one])} for one in changed]
        self.changes.create(changes=words, reason=said("reason", reason, most=500), by=by,
                              by_unit=by.is_official, changed_at=at)  # fmt: skip
        for name in changed:
            setattr(self, name, fresh[name])

    def _tell(self, step: str) -> None:
        """Have everybody told who follows it; the number of the version says which time it was."""
        enqueue(ANNOUNCE, proposal=self.pk, step=step, seen=self.version + 1)


def _written(found: Round, idea: Idea, *, author: Account | None, at: datetime) -> Proposal:
    """Return a proposal as it was written, not yet stored. Raises: Invalid, naming the field."""
    point = idea.point or (None, None)
    return Proposal(
        round=found, author=author, proposed_at=at, section=_of(found, idea.section), area=idea.area,
        title=said("title", idea.title, most=LONGEST_TITLE),
        problem=said("problem", idea.problem, least=LEAST_PROBLEM, most=LONGEST_PROBLEM),
        place=said("place", idea.place, least=2, most=LONGEST_PLACE), longitude=point[0], latitude=point[1],
        cost=fitting("cost", idea.cost, idea.section),
    )  # fmt: skip


def fitting(name: str, cost: Decimal, section: Section) -> Decimal:
    """Return a cost that the money of its section can pay, to the fen. Raises: Invalid."""
    wrong = ""
    if not cost.is_finite() or cost <= 0 or cost != to_fen(cost):
        wrong = _("请填写大于0、最多精确到分的金额，例如 350000 或 1280.50。")
    elif cost > section.limit:
        wrong = _("费用超过了这一分项的资金%(money)s元，请减少内容或分期提出。") % {"money": section.limit}
    if wrong:
        raise Invalid(wrong, errors=[FieldError(name, "money", wrong)])
    return cost


def _of(found: Round, section: Section) -> Section:
    if section.round_id != found.pk:
        wrong = _("请选择这一轮的分项。")
        raise Invalid(wrong, errors=[FieldError("section", "unknown", wrong)])
    return section
