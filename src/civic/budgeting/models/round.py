"""Round: money for an area, for which residents propose, and which they give away by vote."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import PROTECT, Count, F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account
from civic.areas.models import Area
from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.budgeting import round_policies as policies
from civic.budgeting.models.counting import count
from civic.budgeting.models.freezing import freeze
from civic.budgeting.models.prolonging import prolong
from civic.budgeting.round_querysets import RoundQuerySet
from civic.budgeting.round_states import ACTS, ROUND_STEPS, Origin, PhaseKind, RoundState, SectionKind
from civic.budgeting.rules import RULES
from civic.budgeting.rules.money import pots
from civic.core.errors import Conflict, FieldError, Invalid, require
from civic.core.money import to_fen
from civic.core.said import said
from civic.participation.models import Eligibility, Panel, Phase
from civic.participation.policies import not_organiser
from civic.participation.rules.phases import Window
from civic.workflow.models import Stateful

STAFF = settings.AUTH_USER_MODEL
MOST_MONEY = Decimal("999999999999.99")
FORMS = ("approval", "knapsack", "cumulative", "ranked")
COUNTED_FORMS = ("approval", "cumulative", "ranked")
LONGEST_NAME, MOST_REPAIR_DAYS = 40, 60


@dataclass(frozen=True)
class Part:
    """A section as it is planned. `money`: its own money in yuan; None: it shares the round's common money."""

    name: str
    kind: str = SectionKind.CATEGORY
    money: Decimal | None = None
    area: Area | None = None


@dataclass(frozen=True)
class Vote:
    """How the round is voted on and counted. `form`: approval, knapsack, cumulative or ranked; `most`: its limit.

    most: projects on a ballot (approval, ranked), points on one (cumulative); 0: none (knapsack: the budget is).
    least_votes: the least score that wins.
    """

    form: str = "approval"
    rule: str = "equal-shares"
    most: int = 0
    least_votes: int = 0


@dataclass(frozen=True)
class Who:
    """Who may take part: tied to the round's area how, from which age, known how surely."""

    residence: str = "LIVING"
    minimum_age: int = 16
    level: int = 2


@dataclass(frozen=True)
class RoundPlan:
    """All that is published before anybody proposes. `windows`: phase -> [begin, end); `criteria`: what is asked."""

    title: str
    summary: str
    area: Area
    budget: Decimal
    windows: Mapping[str, tuple[datetime, datetime]]
    criteria: Sequence[str]
    parts: Sequence[Part]
    vote: Vote = field(default_factory=Vote)
    who: Who = field(default_factory=Who)
    repair_days: int = 7
    is_demonstration: bool = False


class RoundManager(models.Manager.from_queryset(RoundQuerySet)):  # type: ignore[misc]
    """Prepares rounds."""

    def prepare(self, plan: RoundPlan, *, by: Account, at: datetime) -> "Round":
        """Write down a round of the official's unit with its windows, criteria, sections and conditions.

        Raises: Invalid, naming what does not fit; PhasesClash; NotAllowed.
        """
        require(not_organiser(by, by.department_id))
        _check(plan)
        criteria = [
            {"key": f"c{n}", "title": said("criteria", one, most=200)} for n, one in enumerate(plan.criteria, 1)
        ]
        made = Round(
            title=said("title", plan.title, most=80), summary=said("summary", plan.summary, most=2000), area=plan.area,
            unit=by.official.department, budget=plan.budget, criteria=criteria, repair_days=plan.repair_days,
            form=plan.vote.form, rule=plan.vote.rule, most=plan.vote.most, least_votes=plan.vote.least_votes,
            prepared_by=by, prepared_at=at, is_demonstration=plan.is_demonstration,
        )  # fmt: skip
        with transaction.atomic():
            made.save(force_insert=True)
            Section.objects.bulk_create(
                Section(round=made, position=n, name=one.name, kind=one.kind, money=one.money, area=one.area)
                for n, one in enumerate(plan.parts, 1)
            )
            record(at=at, actor=by, step="budgeting.round.prepare", subject=made)
            for kind in PhaseKind.values:
                window = Window(*plan.windows[kind], ACTS[kind])
                Phase.objects.plan(made, kind=kind, window=window, unit=made.unit, by=by, at=at)
            who = plan.who
            Eligibility.objects.lay_down(
                made,
                area=plan.area,
                residence=who.residence,
                minimum_age=who.minimum_age,
                level=who.level,
                by=by,
                at=at,
            )
        return made


class Round(Stateful):
    """A round of participatory budgeting: how much money, for which area, by which rule, and how far it is."""

    STEPS = ROUND_STEPS

    title = models.CharField(gettext_lazy("名称"), max_length=80)
    summary = models.TextField(gettext_lazy("说明"))
    area = models.ForeignKey(Area, PROTECT, related_name="+", verbose_name=gettext_lazy("区域"))
    unit = models.ForeignKey("accounts.Department", PROTECT, related_name="+", verbose_name=gettext_lazy("组织单位"))
    budget = models.DecimalField(gettext_lazy("资金（元）"), max_digits=14, decimal_places=2)
    criteria = models.JSONField(gettext_lazy("筛选标准"), default=list)
    repair_days = models.PositiveSmallIntegerField(gettext_lazy("补正期限（天）"), default=7)
    form = models.CharField(gettext_lazy("选票形式"), max_length=12, choices=[(one, one) for one in FORMS])
    rule = models.CharField(gettext_lazy("计票规则"), max_length=20, choices=[(one, one) for one in RULES])
    most = models.PositiveIntegerField(gettext_lazy("选票上限"), default=0)
    least_votes = models.PositiveIntegerField(gettext_lazy("最低得票"), default=0)
    state = models.CharField(
        gettext_lazy("状态"), max_length=10, choices=RoundState.choices, default=RoundState.PREPARING
    )
    currency = models.CharField(gettext_lazy("币种"), max_length=10, default="CNY")
    origin = models.CharField(gettext_lazy("来源"), max_length=10, choices=Origin.choices, default=Origin.HELD)
    is_demonstration = models.BooleanField(gettext_lazy("示范数据"), default=False)
    prepared_by = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", db_index=False)
    prepared_at = models.DateTimeField(gettext_lazy("拟定时间"))
    published_at = models.DateTimeField(gettext_lazy("公布时间"), null=True)
    seed = models.CharField(gettext_lazy("种子"), max_length=200, blank=True)
    frozen = models.JSONField(gettext_lazy("冻结内容"), default=dict, blank=True)
    digest = models.CharField(gettext_lazy("冻结指纹"), max_length=64, blank=True)
    frozen_at = models.DateTimeField(gettext_lazy("冻结时间"), null=True)
    poll = models.OneToOneField("budgeting.Poll", PROTECT, null=True, related_name="+")
    counted_at = models.DateTimeField(gettext_lazy("计票时间"), null=True)
    panel = models.ForeignKey("participation.Panel", PROTECT, null=True, related_name="+")
    surveyed = models.PositiveIntegerField(gettext_lazy("线下受访人数"), default=0)
    contented = models.PositiveIntegerField(gettext_lazy("线下满意人数"), default=0)
    survey_source = models.CharField(gettext_lazy("线下调查来源"), max_length=200, blank=True)
    reason = models.TextField(gettext_lazy("取消理由"), blank=True)
    ended_at = models.DateTimeField(gettext_lazy("结束时间"), null=True)

    objects: ClassVar[RoundManager] = RoundManager()

    class Meta:
        verbose_name = gettext_lazy("预算轮次")
        constraints = [
            models.CheckConstraint(name="round_has_money", condition=Q(budget__gt=0)),
            models.CheckConstraint(
                name="round_frozen_with_its_poll",
                condition=Q(frozen_at=None, digest="", poll=None)
                | Q(frozen_at__isnull=False, poll__isnull=False) & ~Q(digest="") & ~Q(seed=""),
            ),
            models.CheckConstraint(
                name="round_counted_after_it_is_frozen",
                condition=Q(counted_at=None) | Q(origin="IMPORTED") | Q(frozen_at__isnull=False),
            ),
            models.CheckConstraint(name="round_cancelled_for_a_reason", condition=Q(state="CANCELLED") ^ Q(reason="")),
            models.CheckConstraint(name="round_contented_were_asked", condition=Q(contented__lte=F("surveyed"))),
        ]
        indexes = [models.Index(fields=["-prepared_at", "-id"], name="round_newest")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.title

    # Verbs

    def publish(self, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """Make the round known: from now on nothing of it changes silently."""
        with self.step("publish", by=by, at=at, seen=seen):
            require(policies.why_not_round("publish", by, self))
            self.published_at = at

    def cancel(self, *, reason: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """Not hold it after all, for a reason that stays public."""
        with self.step("cancel", by=by, at=at, seen=seen):
            require(policies.why_not_round("cancel", by, self))
            self.reason, self.ended_at = said("reason", reason, most=500), at

    def close(self, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """End the round: every chosen project was delivered or given up in the open."""
        with self.step("close", by=by, at=at, seen=seen):
            require(policies.why_not_round("close", by, self))
            if left := self.proposals.filter(state__in=["FUNDED", "BUILDING"]).count():
                raise Conflict(_("还有%(n)s个入选项目没有验收，也没有说明不再实施，不能结束。") % {"n": left})
            self.ended_at = at

    def freeze(self, *, seed: str, register: int, seen_digest: str, by: Account, at: datetime) -> None:
        """Fix everything that is voted on. `seen_digest`: of the preview that whoever freezes has looked at.

        `register`: how many people may vote; published with the rest.

        Raises: Conflict, Stale, Invalid, NotAllowed.
        """
        with self.step("freeze", by=by, at=at, digest=seen_digest):
            require(policies.why_not_round("freeze", by, self))
            freeze(self, seed=seed, register=register, seen_digest=seen_digest, by=by, at=at)

    def count(self, *, by: Account, at: datetime) -> None:
        """Count the ballots by the frozen rule, once voting is over, and say of every project what became of it."""
        with self.step("count", by=by, at=at, digest=self.digest):
            require(policies.why_not_round("count", by, self))
            if self.poll is None:
                raise Conflict(_("这一轮没有投票，不能计票。"))
            count(self, self.poll, by=by, at=at)
            self.counted_at = at

    def seat(self, panel: Panel, *, by: Account, at: datetime) -> None:
        """Name the group that supervises delivery. Raises: Conflict, if one is named; NotAllowed."""
        require(not_organiser(by, self.unit_id) or not_organiser(by, panel.unit_id))
        with self._changed("seat", by=by, at=at):
            if self.panel_id is not None:
                raise Conflict(_("这一轮已经有监督小组。"))
            self.panel = panel

    def note_survey(self, *, surveyed: int, contented: int, source: str, by: object, at: datetime) -> None:
        """Note what a survey outside the platform came to: how many were asked and answered, how many are content.

        Raises: Invalid, if more are content than were asked; NotAllowed.
        """
        if isinstance(by, Account):
            require(not_organiser(by, self.unit_id))
        if not 0 < surveyed < 10**8 or not 0 <= contented <= surveyed:
            wrong = _("请填写回答的人数，满意的人数不能比它多。")
            raise Invalid(wrong, errors=[FieldError("surveyed", "range", wrong)])
        with self._changed("note_survey", by=by, at=at):
            self.surveyed, self.contented = surveyed, contented
            self.survey_source = said("survey_source", source, most=200)

    def extend(self, kind: str, *, closes_at: datetime, reason: str, by: Account, at: datetime) -> None:
        """Let a window end later, for a reason that everybody can read. Raises: Conflict, Invalid, NotAllowed."""
        with transaction.atomic():
            held = Round.objects.select_for_update(of=("self",), no_key=True).get(pk=self.pk)
            prolong(held, kind, closes_at=closes_at, reason=reason, by=by, at=at)

    # Questions

    def why_not(self, step: str, user: Account) -> str | None:
        """Why this person cannot take `step` now; None if they can."""
        if step not in self.allowed_steps():
            return _("这一轮现在是「%(state)s」状态。") % {"state": self.get_state_display()}
        return policies.why_not_round(step, user, self)

    def phases(self) -> list[Phase]:
        return list(Phase.objects.of(self).for_list())

    def pots(self) -> dict[str, Decimal]:
        """Return the money that is given away together: by key of the section with money of its own, "" the common."""
        return pots(self.budget, {str(one.pk): one.money for one in self.sections.all()})

    def satisfaction(self) -> tuple[int, int]:
        """Return how many said how content they are, here and elsewhere, and how many of them are content."""
        here = self.answers.aggregate(n=Count("pk"), content=Count("pk", filter=Q(grade__gte=4)))
        return self.surveyed + here["n"], self.contented + here["content"]

    @property
    def is_held_here(self) -> bool:
        return self.origin == Origin.HELD

    @contextmanager
    def held(self, act: str, *, at: datetime) -> Iterator[None]:
        """Hold the round while one of its proposals moves, so that nothing is frozen meanwhile.

        Raises: Conflict, if it is not open; PhaseClosed, if no window allows `act` now.
        """
        with transaction.atomic():
            locked = Round.objects.select_for_update(of=("self",), no_key=True).get(pk=self.pk)
            if locked.state != RoundState.OPEN:
                words = _("这一轮现在是「%(state)s」状态，提案不能再变动。")
                raise Conflict(words % {"state": locked.get_state_display()})
            Phase.objects.require_open(act, self, at=at)
            yield

    # Inside

    @contextmanager
    def _changed(self, what: str, *, by: object, at: datetime) -> Iterator[None]:
        """Lock the row, run the body, save and record: of what is no step."""
        with transaction.atomic():
            self.refresh_from_db(from_queryset=Round.objects.select_for_update(of=("self",)))
            yield
            self.save(force_update=True)
            record(at=at, actor=by, step=f"budgeting.round.{what}", subject=self)


class Section(Sealed):
    """A category or an area of a round, with money of its own where set. Written with the round, never changed."""

    ROOT = "round"

    round = models.ForeignKey(Round, PROTECT, related_name="sections")
    position = models.PositiveSmallIntegerField(gettext_lazy("次序"))
    name = models.CharField(gettext_lazy("名称"), max_length=40)
    kind = models.CharField(gettext_lazy("分项"), max_length=10, choices=SectionKind.choices)
    money = models.DecimalField(gettext_lazy("单列资金（元）"), max_digits=14, decimal_places=2, null=True)
    area = models.ForeignKey(Area, PROTECT, null=True, related_name="+", verbose_name=gettext_lazy("区域"))

    class Meta:
        verbose_name = gettext_lazy("分项")
        ordering: ClassVar = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["round", "name"], name="section_one_name_a_round"),
            models.CheckConstraint(name="section_has_money_or_none", condition=Q(money=None) | Q(money__gt=0)),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.name

    @property
    def limit(self) -> Decimal:
        """The most that one project of this section can cost, in yuan."""
        return self.money if self.money is not None else self.round.pots().get("", Decimal(0))


def _check(plan: RoundPlan) -> None:
    """Refuse a plan in which something does not fit, naming the field. Raises: Invalid."""
    wrong = _wrong_with_money(plan) or _wrong_with_windows(plan) or _wrong_with_the_rest(plan)
    if wrong is not None:
        raise Invalid(wrong[1], errors=[FieldError(wrong[0], "plan", wrong[1])])


def _wrong_with_money(plan: RoundPlan) -> tuple[str, str] | None:
    amounts = [plan.budget, *(one.money for one in plan.parts if one.money is not None)]
    if any(not 0 < one <= MOST_MONEY or one != to_fen(one) for one in amounts):
        return "budget", _("金额要大于0，最多精确到分。")
    if sum(amounts[1:], Decimal(0)) > plan.budget:
        return "parts", _("各分项单列的资金加起来超过了总资金。")
    if sum(amounts[1:], Decimal(0)) == plan.budget and any(one.money is None for one in plan.parts):
        return "parts", _("总资金已全部单列，没有单列资金的分项分不到钱。")
    return None


def _wrong_with_windows(plan: RoundPlan) -> tuple[str, str] | None:
    last = None
    for kind in PhaseKind:
        begins, ends = plan.windows.get(kind, (None, None))
        if begins is None or ends is None or begins >= ends or (last is not None and begins < last):
            words = _("请填写“%(phase)s”的开始和截止时间：截止晚于开始，不早于前一阶段的截止。")
            return kind, words % {"phase": kind.label}
        last = ends
    return None


def _wrong_with_the_rest(plan: RoundPlan) -> tuple[str, str] | None:
    names = [one.name for one in plan.parts]
    if not names or len(set(names)) != len(names) or not all(0 < len(name) <= LONGEST_NAME for name in names):
        return "parts", _("请至少写一个分项，名称不重复，每个不超过40字。")
    if not plan.criteria:
        return "criteria", _("请至少公布一条筛选标准。")
    if plan.vote.form not in FORMS or plan.vote.rule not in RULES:
        return "rule", _("请选择选票形式和计票规则。")
    if plan.vote.form in COUNTED_FORMS and plan.vote.most < 1:
        return "most", _("请填写选票上限：最多选几个项目，或者一共几分。")
    if not 1 <= plan.repair_days <= MOST_REPAIR_DAYS:
        return "repair_days", _("补正期限为1至%(n)s天。") % {"n": MOST_REPAIR_DAYS}
    return None
