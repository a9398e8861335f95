"""Remedy: what is done about a bad rating. Note: what was found and done at each of its steps."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account
from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.core.errors import Conflict, FieldError, Invalid, require
from civic.core.jobs import enqueue
from civic.deadlines.calendars import CalendarMissing
from civic.deadlines.models import Clock
from civic.masking.subjects import Masked
from civic.ratings import policies
from civic.ratings.querysets import RemedyQuerySet
from civic.ratings.rules import TRIES_TO_CONTACT
from civic.ratings.states import CLOCKS, OVER, REMEDY_STEPS, Finding, RemedyState
from civic.workflow.models import Stateful

if TYPE_CHECKING:
    from civic.ratings.models.rating import Rating

LONGEST_NOTE = 1000
S = RemedyState


class RemedyManager(models.Manager.from_queryset(RemedyQuerySet)):  # type: ignore[misc]
    """Opens remedies."""

    def open_for(self, rating: "Rating", *, by: object, at: datetime) -> "Remedy":
        """Open the remedy of a bad rating and start its clocks, in the rating's own transaction."""
        remedy = Remedy(rating=rating, opened_at=at, counts_from=at)
        with transaction.atomic():
            remedy.save(force_insert=True)
            record(at=at, actor=by, step="ratings.remedy.open", subject=remedy)
            remedy.keep_clocks(S.OPENED, by=by, at=at)
        return remedy


class Remedy(Stateful):
    """What is done about a bad rating: contact the rater, look into it, put it right, call back.

    `counts_from` is when the limits that run now began; `attempts` how often nobody answered; `reopened_at` when the
    rater was not satisfied with what was done (once).
    """

    STEPS = REMEDY_STEPS
    ROOT = "rating"

    rating = models.ForeignKey("ratings.Rating", on_delete=models.PROTECT, related_name="remedies")
    state = models.CharField("状态", max_length=10, choices=RemedyState.choices, default=RemedyState.OPENED)
    opened_at = models.DateTimeField("产生时间")
    counts_from = models.DateTimeField("本段时限起点")
    attempts = models.PositiveSmallIntegerField("未接通次数", default=0)
    finding = models.CharField("核实结论", max_length=10, choices=Finding.choices, blank=True)
    verified_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    verified_at = models.DateTimeField("核实时间", null=True, blank=True)
    reopened_at = models.DateTimeField("重新整改时间", null=True, blank=True)
    is_satisfied = models.BooleanField("回访是否满意", null=True)
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)

    objects: ClassVar[RemedyManager] = RemedyManager()

    class Meta:
        verbose_name = "差评整改"
        constraints = [
            models.UniqueConstraint(name="remedy_one_open_a_rating", fields=["rating"], condition=~Q(state__in=OVER)),
            models.CheckConstraint(
                name="remedy_finding_has_its_finder",
                condition=Q(finding="", verified_by__isnull=True, verified_at__isnull=True)
                | (~Q(finding="") & Q(verified_by__isnull=False, verified_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="remedy_over_has_its_time",
                condition=Q(state__in=OVER, closed_at__isnull=False) | (~Q(state__in=OVER) & Q(closed_at__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["opened_at"], name="remedy_open", condition=~Q(state__in=OVER))]

    class Personal:
        none = True

    def __str__(self) -> str:
        return _("差评整改%(pk)s") % {"pk": self.pk}

    # Verbs

    def attempt(self, *, note: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """Note that the rater was called and did not answer; the clock runs on."""
        with self.step("attempt", by=by, at=at, seen=seen):
            require(policies.why_not_attempt(by, self))
            self.attempts += 1
            Note.write(self, "attempt", note, by=by, at=at)

    def contact(self, *, note: str, reached: bool = True, by: Account, at: datetime, seen: int | None = None) -> None:
        """Note what the rater said; without having reached them only after three attempts."""
        with self.step("contact", by=by, at=at, seen=seen, reached=str(reached).lower()):
            require(policies.why_not_contact(by, self))
            if not reached and self.attempts < TRIES_TO_CONTACT:
                raise Conflict(_("至少联系三次都没有接通，才能在没有联系上的情况下继续核实。请先登记未接通。"))
            Note.write(self, "contact", note, by=by, at=at)
            self.keep_clocks(S.CONTACTED, by=by, at=at)

    def verify(self, *, finding: str, evidence: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """Write down what was found, with its evidence. Raises: Invalid, for anything but a Finding."""
        if finding not in Finding.values:
            raise _wrong("finding", _("请选择核实结论：属实、误评或恶意。"))
        if finding == Finding.TRUE:
            self.uphold(evidence=evidence, by=by, at=at, seen=seen)
        else:
            self.dispute(finding=finding, evidence=evidence, by=by, at=at, seen=seen)

    def uphold(self, *, evidence: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """The rating is true: it has to be put right."""
        with self.step("uphold", by=by, at=at, seen=seen):
            self._find(Finding.TRUE, evidence, by=by, at=at)
            self.keep_clocks(S.REPAIRING, by=by, at=at)

    def dispute(self, *, finding: str, evidence: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """The rating was a mistake or malicious; it counts on until the rater's time to appeal is over."""
        with self.step("dispute", by=by, at=at, seen=seen, finding=finding):
            self._find(finding, evidence, by=by, at=at)
            self.rating.dispute(by=by, at=at)
            self._from_now(S.DISPUTED, by=by, at=at)
            self._tell("dispute")

    def appeal(self, *, words: str, by: Account | None, at: datetime) -> None:
        """The rater does not agree with the finding; another supervisor has to look again."""
        with self.step("appeal", by=self.rating.right, at=at):
            require(policies.why_not_appeal(by, self))
            Note.write(self, "appeal", words, by=None, at=at)
            self._from_now(S.APPEALED, by=self.rating.right, at=at)

    def let_stand(self, *, by: object, at: datetime) -> None:
        """The rater's time to appeal is over: the finding stands and the rating no longer counts."""
        with self.step("let_stand", by=by, at=at):
            if any(not clock.is_overdue(at=at) for clock in self.clocks()):
                raise Conflict(_("申诉期限还没有届满。"))
            self.rating.exclude(by=by, at=at)
            self._close(by=by, at=at)
            self._tell("let_stand")

    def grant_appeal(self, *, note: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """The rater was right after all: the rating counts and has to be put right."""
        with self.step("grant_appeal", by=by, at=at, seen=seen):
            require(policies.why_not_decide_appeal(by, self))
            Note.write(self, "grant_appeal", note, by=by, at=at)
            self.finding = Finding.TRUE
            self.rating.reinstate(by=by, at=at)
            self._from_now(S.REPAIRING, by=by, at=at)
            self._tell("grant_appeal")

    def reject_appeal(self, *, note: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """The finding stands and the rating no longer counts."""
        with self.step("reject_appeal", by=by, at=at, seen=seen):
            require(policies.why_not_decide_appeal(by, self))
            Note.write(self, "reject_appeal", note, by=by, at=at)
            self.rating.exclude(by=by, at=at)
            self._close(by=by, at=at)
            self._tell("reject_appeal")

    def repair(self, *, note: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """Note what was put right; the rater is called back next."""
        with self.step("repair", by=by, at=at, seen=seen):
            require(policies.why_not_repair(by, self))
            Note.write(self, "repair", note, by=by, at=at)
            self._from_now(S.REPAIRED, by=by, at=at)
            self._tell("repair")

    def call_back(self, *, satisfied: bool, note: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """Note whether the rater is satisfied now; if not, it is put right once more, and then it ends either way."""
        if not satisfied and self.reopened_at is None:
            self.reopen(note=note, by=by, at=at, seen=seen)
            return
        with self.step("call_back", by=by, at=at, seen=seen, satisfied=str(satisfied).lower()):
            require(policies.why_not_call_back(by, self))
            Note.write(self, "call_back", note, by=by, at=at)
            self.is_satisfied = satisfied
            self._close(by=by, at=at)
            self._tell("call_back")

    def reopen(self, *, note: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """The rater is not satisfied: put it right once more, with a new limit."""
        with self.step("reopen", by=by, at=at, seen=seen):
            require(policies.why_not_call_back(by, self))
            if self.reopened_at is not None:
                raise Conflict(_("已经重新整改过一次，请登记回访结果并办结。"))
            Note.write(self, "reopen", note, by=by, at=at)
            self.reopened_at = at
            self._from_now(S.REPAIRING, by=by, at=at)

    def withdraw(self, *, by: object, at: datetime) -> None:
        """The rater has changed the rating to a good one before anybody had contacted them."""
        with self.step("withdraw", by=by, at=at):
            self.keep_clocks(S.WITHDRAWN, by=by, at=at)
            self.closed_at = at

    def keep_clocks(self, state: str = "", *, by: object, at: datetime) -> None:
        """Let exactly those limits run that belong to `state` (the present one if not given).

        Where the calendar of a year is not published yet, the limit starts when it is: the timer asks again.
        """
        wanted = CLOCKS[state or self.state]
        running = {clock.kind: clock for clock in self.clocks()}
        for kind, clock in running.items():
            if kind not in wanted:
                clock.stop(by=by, at=at)
        for kind in wanted:
            if kind not in running:
                self._start_clock(kind, by=by)

    def catch_up(self, *, by: object, at: datetime) -> None:
        """Start the limits that could not start because a calendar year was missing."""
        with transaction.atomic(), self._locked():
            self.keep_clocks(by=by, at=at)

    # Questions

    def clocks(self) -> list[Clock]:
        """The limits that run now, soonest first."""
        return list(Clock.objects.of(self.ledger_id()).open().for_list())

    def why_not(self, step: str, user: Account) -> str | None:
        """Say why `user` cannot take `step` (a page's name for it) now; None if they can."""
        table, policy = PAGE_STEPS[step]
        if not set(table) & set(self.allowed_steps()):
            return _("现在是「%(state)s」阶段，不能进行这一步。") % {"state": self.get_state_display()}
        reason: str | None = getattr(policies, f"why_not_{policy}")(user, self)
        return reason

    # Inside

    def _find(self, finding: str, evidence: str, *, by: Account, at: datetime) -> None:
        require(policies.why_not_verify(by, self))
        Note.write(self, "verify", evidence, by=by, at=at)
        self.finding, self.verified_by, self.verified_at = finding, by, at

    def _from_now(self, state: str, *, by: object, at: datetime) -> None:
        self.counts_from = at
        self.keep_clocks(state, by=by, at=at)

    def _close(self, *, by: object, at: datetime) -> None:
        self.keep_clocks(S.CLOSED, by=by, at=at)
        self.closed_at = at

    def _start_clock(self, kind: str, *, by: object) -> None:
        days = settings.RATING_WORKDAYS[kind]
        try:
            Clock.objects.start(subject=self.ledger_id(), kind=kind, budget=days, by=by, at=self.counts_from)
        except CalendarMissing:
            return

    def _tell(self, step: str) -> None:
        enqueue("civic.ratings.tasks.tell", remedy=self.pk, step=step)


# what a page calls a step: the steps of the table it may become, and the policy that says who may
PAGE_STEPS = {
    "attempt": (("attempt",), "attempt"),
    "contact": (("contact",), "contact"),
    "verification": (("uphold", "dispute"), "verify"),
    "appeal": (("grant_appeal", "reject_appeal"), "decide_appeal"),
    "repair": (("repair",), "repair"),
    "call-back": (("call_back", "reopen"), "call_back"),
}

NOTE_TITLES = {
    "attempt": gettext_lazy("联系评价人，未接通"),
    "contact": gettext_lazy("已联系评价人"),
    "verify": gettext_lazy("核实结论"),
    "appeal": gettext_lazy("评价人申诉"),
    "grant_appeal": gettext_lazy("申诉成立"),
    "reject_appeal": gettext_lazy("申诉不成立"),
    "repair": gettext_lazy("整改情况"),
    "reopen": gettext_lazy("回访：不满意，重新整改"),
    "call_back": gettext_lazy("回访结果"),
}


class Note(Masked, Sealed):
    """What was said, found or done at one step of a remedy, by an official or (None) the rater."""

    ROOT = "remedy"

    remedy = models.ForeignKey(Remedy, on_delete=models.PROTECT, related_name="notes")
    step = models.CharField("环节", max_length=20)
    text_sealed = models.BinaryField("内容")
    by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "整改记录"

    class Personal:
        fields = {"text_sealed": "text"}
        key = "remedy.rating.key"

    def __str__(self) -> str:
        return f"{self.remedy_id} {self.step}"

    @property
    def title(self) -> str:
        """What a page calls the step."""
        return str(NOTE_TITLES[self.step])

    @classmethod
    def write(cls, remedy: Remedy, step: str, text: str, *, by: Account | None, at: datetime) -> "Note":
        """Store one note. Raises: Invalid, if it is empty or too long."""
        words = text.replace("\r\n", "\n").replace("\x00", "").strip()
        if not words:
            raise _wrong("note", _("请写明情况：这一步做了什么、结果怎样。"))
        if len(words) > LONGEST_NOTE:
            raise _wrong("note", _("最多%(most)s个字，请缩短后再提交。") % {"most": LONGEST_NOTE})
        note = cls(remedy=remedy, step=step, by=by, at=at)
        note.set_personal("text", words)
        note.save(force_insert=True)
        return note


def _wrong(name: str, message: str) -> Invalid:
    return Invalid(message, errors=[FieldError(name, "invalid", message)])
