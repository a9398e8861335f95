"""Contest: somebody says that one field of one source is wrong, and the source has to answer (校核)."""

from datetime import datetime
from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from civic.accounts.models import Account
from civic.audit.services import record
from civic.core.errors import Conflict, FieldError, Invalid, require
from civic.core.jobs import enqueue
from civic.deadlines.calendars import CalendarMissing
from civic.deadlines.models import Clock
from civic.exchange import policies
from civic.exchange.models.call import Call
from civic.exchange.models.kept import Kept
from civic.exchange.models.resource import Resource
from civic.exchange.querysets import ContestQuerySet
from civic.exchange.states import ANSWER_CONTEST, CONTEST_STEPS, ContestState
from civic.masking.models import SubjectKey
from civic.masking.subjects import Masked
from civic.workflow.models import Stateful

SHORTEST_WORDS, LONGEST_WORDS = 4, 500


class ContestedAlready(Conflict):
    """The same field is being looked into."""

    code = "contested-already"


class ContestManager(models.Manager.from_queryset(ContestQuerySet)):  # type: ignore[misc]
    """Takes contests in."""

    def open_for(self, call: Call, *, field: str, words: str, by: Account, at: datetime) -> "Contest":
        """Contest `field` of what `call` was answered; the source's time to answer starts to run.

        Raises: NotAllowed; Invalid, naming the field; ContestedAlready.
        """
        require(policies.why_not_contest(by, call))
        if field not in call.fields:
            raise _wrong("field", _("请选择有误的一项。"))
        said = checked_words("words", words)
        with transaction.atomic():
            Call.objects.select_for_update(of=("self",)).get(pk=call.pk)
            if self.filter(resource=call.resource, about=call.about, field=field).open().exists():
                raise ContestedAlready(_("这一项已经在核实，结果会写在“我提出的核实”里。"))
            contest = Contest(call=call, resource=call.resource, field=field, about=call.about, by=by, opened_at=at)
            contest.key = by.person.key if by.person else SubjectKey.objects.create_key()
            contest.set_personal("words", said)
            contest.save(force_insert=True)
            record(at=at, actor=by, step="exchange.contest.open", subject=contest, detail={"field": field})
            contest._start_clock(by=by, at=at)
        return contest


class Contest(Masked, Stateful):
    """One field of one source, contested by the person it is about or by an official who relies on it."""

    STEPS = CONTEST_STEPS

    handle = models.UUIDField(default=uuid4, unique=True, editable=False)
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="contests", verbose_name="查询")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="contests", verbose_name="资源")
    field = models.CharField("数据项", max_length=40)
    about = models.CharField("对象", max_length=64)
    key = models.ForeignKey(SubjectKey, on_delete=models.PROTECT, related_name="+")
    words_sealed = models.BinaryField("哪里不对", null=True)
    answer_sealed = models.BinaryField("答复", null=True)
    state = models.CharField("状态", max_length=10, choices=ContestState.choices, default=ContestState.OPENED)
    by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name="提出人")
    opened_at = models.DateTimeField("提出时间")
    answered_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    escalated_at = models.DateTimeField("督办时间", null=True, blank=True)

    objects: ClassVar[ContestManager] = ContestManager()

    class Meta:
        verbose_name = "数据核实"
        constraints = [
            models.UniqueConstraint(
                fields=["resource", "about", "field"], condition=Q(state="OPENED"), name="contest_once_open_a_field"
            ),
            models.CheckConstraint(
                name="contest_answered_in_words",
                condition=Q(state__in=["OPENED", "WITHDRAWN"])
                | Q(answered_at__isnull=False, answered_by__isnull=False, answer_sealed__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["by", "-opened_at"], name="contest_by")]

    class Personal:
        fields = {"words_sealed": "text", "answer_sealed": "text"}

    def __str__(self) -> str:
        return f"核实{self.pk}"

    # Verbs

    def correct(self, *, answer: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """The contested value was wrong and has been put right at the source."""
        with self.step("correct", by=by, at=at, seen=seen):
            self._answer(answer, by=by, at=at)
            Kept.objects.forget(Kept.objects.filter(resource=self.resource_id, about=self.about))

    def confirm(self, *, answer: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """The source has looked and stands by its value."""
        with self.step("confirm", by=by, at=at, seen=seen):
            self._answer(answer, by=by, at=at)

    def withdraw(self, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """Whoever contested it takes it back."""
        with self.step("withdraw", by=by, at=at, seen=seen):
            require(policies.why_not_withdraw_contest(by, self))
            self._stop_clock(by=by, at=at)

    def escalate(self, *, by: object, at: datetime) -> None:
        """The source has not answered in time: its supervisors see it from now on."""
        with self.step("escalate", by=by, at=at):
            if self.escalated_at is not None:
                raise Conflict(_("已经转督办。"))
            self.escalated_at = at

    # Questions

    @property
    def field_title(self) -> str:
        return self.resource.title(self.field)

    def clock(self) -> Clock | None:
        """Return the limit that the source's answer runs against; None where it is over."""
        return Clock.objects.of(self.ledger_id()).open().first()

    def why_not(self, step: str, user: Account) -> str | None:
        """Say why `user` cannot take `step` now; None if they can."""
        if step not in self.allowed_steps():
            return _("这件核实现在是「%(state)s」。") % {"state": self.get_state_display()}
        policy = policies.why_not_withdraw_contest if step == "withdraw" else policies.why_not_answer_contest
        return policy(user, self)

    # Inside

    def _answer(self, answer: str, *, by: Account, at: datetime) -> None:
        require(policies.why_not_answer_contest(by, self))
        self.set_personal("answer", checked_words("answer", answer))
        self.answered_by, self.answered_at = by, at
        self._stop_clock(by=by, at=at)
        enqueue("civic.exchange.tasks.tell_contest", contest=self.pk)

    def _start_clock(self, *, by: object, at: datetime) -> None:
        days = settings.EXCHANGE_WORKDAYS[ANSWER_CONTEST]
        try:
            Clock.objects.start(subject=self, kind=ANSWER_CONTEST, budget=days, by=by, at=at)
        except CalendarMissing:
            return

    def _stop_clock(self, *, by: object, at: datetime) -> None:
        for clock in Clock.objects.of(self.ledger_id()).open():
            clock.stop(by=by, at=at)


def checked_words(name: str, text: str) -> str:
    """Return what somebody wrote. Raises: Invalid, naming the field, if it says too little or too much."""
    said = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not SHORTEST_WORDS <= len(said) <= LONGEST_WORDS:
        limits = {"least": SHORTEST_WORDS, "most": LONGEST_WORDS}
        raise _wrong(name, _("请写明情况（%(least)s至%(most)s字）。") % limits)
    return said


def _wrong(name: str, message: str) -> Invalid:
    return Invalid(message, errors=[FieldError(name, "invalid", message)])
