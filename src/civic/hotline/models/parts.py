"""What belongs to a ticket: who held it, who objected, who spoke to the caller, what was answered, who called back."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import PROTECT, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from civic.accounts.models import Account, Department
from civic.core.errors import FieldError, Invalid
from civic.core.said import said
from civic.hotline import rules
from civic.hotline.querysets import RevisitQuerySet
from civic.hotline.states import REPLY_OUTCOMES, Outcome, Way
from civic.masking.subjects import Masked

if TYPE_CHECKING:
    from civic.hotline.models.ticket import Ticket

STAFF = settings.AUTH_USER_MODEL


class Dispatch(models.Model):
    """The ticket at one unit: from when until when, sent by whom, and why there."""

    ticket = models.ForeignKey("hotline.Ticket", PROTECT, related_name="dispatches", db_index=False)
    round = models.PositiveSmallIntegerField(_("第几次办理"))
    nth = models.PositiveSmallIntegerField(_("第几次分派"))
    unit = models.ForeignKey("accounts.Department", PROTECT, related_name="+", verbose_name=_("承办单位"))
    difficulty = models.PositiveSmallIntegerField(_("难度"), default=1, db_default=1)  # of its class when sent
    reason = models.CharField(_("分派理由"), max_length=200)
    is_final = models.BooleanField(_("不得退单"), default=False)
    by = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField(_("分派时间"))
    acknowledged_by = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", db_index=False)
    acknowledged_at = models.DateTimeField(_("签收时间"), null=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "round", "nth"], name="dispatch_in_order"),
            models.UniqueConstraint(fields=["ticket"], condition=Q(ended_at=None), name="dispatch_one_open_a_ticket"),
        ]
        indexes = [
            models.Index(fields=["unit", "ticket"], name="dispatch_of_unit"),
            models.Index(fields=["at", "unit"], name="dispatch_at"),
            models.Index(fields=["unit", "at"], include=["difficulty", "ticket"], name="dispatch_scored"),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.ticket_id}/{self.round}.{self.nth}"

    def end(self, *, at: datetime) -> None:
        """The unit does not hold the ticket any longer."""
        self.ended_at = at
        self.save(update_fields=["ended_at"])

    def reopen(self) -> None:
        """The unit holds it again as before, and takes it anew."""
        self.ended_at = self.acknowledged_by = self.acknowledged_at = None
        self.save(update_fields=["ended_at", "acknowledged_by", "acknowledged_at"])


class Objection(models.Model):
    """A unit says within its time that the ticket is not its own, on a basis (退单)."""

    dispatch = models.OneToOneField(Dispatch, PROTECT, related_name="objection")
    ticket = models.ForeignKey("hotline.Ticket", PROTECT, related_name="objections")
    words = models.TextField(_("退单理由"))
    basis = models.CharField(_("职责依据"), max_length=200)
    suggests = models.ForeignKey("accounts.Department", PROTECT, null=True, related_name="+", db_index=False)
    by = models.ForeignKey(STAFF, PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("提出时间"))
    is_upheld = models.BooleanField(_("同意退单"), null=True)
    answer = models.TextField(_("审核意见"), blank=True)
    answered_by = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", db_index=False)
    answered_at = models.DateTimeField(_("审核时间"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(answered_at=None), name="objection_one_open_a_ticket"
            ),
            models.CheckConstraint(
                name="objection_answered_by_somebody",
                condition=Q(answered_at=None, is_upheld=None)
                | Q(answered_at__isnull=False, is_upheld__isnull=False, answered_by__isnull=False),
            ),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.ticket_id}"

    def answer_it(self, *, upheld: bool, words: str, by: Account, at: datetime) -> None:
        """Note what became of the objection."""
        self.is_upheld, self.answer, self.answered_by, self.answered_at = upheld, words, by, at
        self.save(update_fields=["is_upheld", "answer", "answered_by", "answered_at"])


class Contact(Masked, models.Model):
    """The unit spoke to the caller: the first contact of a round stops the response clock."""

    ticket = models.ForeignKey("hotline.Ticket", PROTECT, related_name="contacts")
    round = models.PositiveSmallIntegerField(_("第几次办理"))
    way = models.CharField(_("方式"), max_length=8, choices=Way.choices)
    words_sealed = models.BinaryField(_("沟通情况"))
    reached = models.BooleanField(_("联系上"), default=True)
    by = models.ForeignKey(STAFF, PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))

    class Personal:
        fields = {"words_sealed": "text"}
        key = "ticket.key"

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.at:%Y-%m-%d}"


class Supplement(Masked, models.Model):
    """What a caller adds to what they said, in words and files."""

    ticket = models.ForeignKey("hotline.Ticket", PROTECT, related_name="supplements")
    words_sealed = models.BinaryField(_("补充内容"))
    documents = models.JSONField(_("附件"), default=list)
    by = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))

    class Personal:
        fields = {"words_sealed": "text"}
        key = "ticket.key"

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.at:%Y-%m-%d}"


class Extension(models.Model):
    """More time, asked for by the handler and decided by the centre.

    Answered without a yes or no it was withdrawn: the ticket was answered, or ended, before anybody decided.
    """

    ticket = models.ForeignKey("hotline.Ticket", PROTECT, related_name="extensions")
    units = models.PositiveSmallIntegerField(_("延期天数"))
    reason = models.CharField(_("延期理由"), max_length=300)
    asked_by = models.ForeignKey(STAFF, PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField(_("申请时间"))
    is_approved = models.BooleanField(_("同意延期"), null=True)
    answer = models.CharField(_("审批意见"), max_length=300, blank=True)
    answered_by = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", db_index=False)
    answered_at = models.DateTimeField(_("审批时间"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(answered_at=None), name="extension_one_open_a_ticket"
            )
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.ticket_id} +{self.units}"

    def answer_it(self, *, approved: bool, words: str, by: Account, at: datetime) -> None:
        """Note what became of the request."""
        self._close(approved, words, by=by, at=at)

    def withdraw(self, *, words: str, by: Account | None, at: datetime) -> None:
        """Note that nobody has to decide any more, and why."""
        self._close(None, words, by=by, at=at)

    @property
    def is_withdrawn(self) -> bool:
        return self.answered_at is not None and self.is_approved is None

    def _close(self, approved: bool | None, words: str, *, by: Account | None, at: datetime) -> None:
        self.is_approved, self.answer, self.answered_by, self.answered_at = approved, words, by, at
        self.save(update_fields=["is_approved", "answer", "answered_by", "answered_at"])


class Reconsideration(Masked, models.Model):
    """The caller contests that their ticket was not taken up; somebody else than who declined it decides (复核)."""

    ticket = models.ForeignKey("hotline.Ticket", PROTECT, related_name="reconsiderations")
    ground = models.ForeignKey("hotline.Ground", PROTECT, related_name="+", db_index=False)
    words_sealed = models.BinaryField(_("复核理由"))
    by = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField(_("申请时间"))
    is_granted = models.BooleanField(_("同意受理"), null=True)
    answer = models.TextField(_("复核意见"), blank=True)
    answered_by = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", db_index=False)
    answered_at = models.DateTimeField(_("复核时间"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket"], name="reconsideration_once_a_ticket"),
            models.CheckConstraint(
                name="reconsideration_answered_by_somebody",
                condition=Q(answered_at=None, is_granted=None)
                | Q(answered_at__isnull=False, is_granted__isnull=False, answered_by__isnull=False),
            ),
        ]

    class Personal:
        fields = {"words_sealed": "text"}
        key = "ticket.key"

    def __str__(self) -> str:
        return f"{self.ticket_id}"

    def answer_it(self, *, granted: bool, words: str, by: Account, at: datetime) -> None:
        """Note what became of it."""
        self.is_granted, self.answer, self.answered_by, self.answered_at = granted, words, by, at
        self.save(update_fields=["is_granted", "answer", "answered_by", "answered_at"])


class Reply(Masked, models.Model):
    """What the unit answers, with what it claims to have reached, and what the check found.

    `quality` holds the scores shown to the writer: relevant, complete, explained, timely, boilerplate (0 to 1).
    """

    ticket = models.ForeignKey("hotline.Ticket", PROTECT, related_name="replies")
    round = models.PositiveSmallIntegerField(_("第几次办理"))
    nth = models.PositiveSmallIntegerField(_("第几稿"))
    unit = models.ForeignKey("accounts.Department", PROTECT, related_name="+", verbose_name=_("答复单位"))
    words_sealed = models.BinaryField(_("答复内容"))
    outcome = models.CharField(_("办理结果"), max_length=13, choices=Outcome.choices)
    quality = models.JSONField(_("答复质量"), default=dict)
    by = models.ForeignKey(STAFF, PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("答复时间"))
    is_passed = models.BooleanField(_("审核通过"), null=True)
    remark = models.CharField(_("审核意见"), max_length=300, blank=True)
    checked_by = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", db_index=False)
    checked_at = models.DateTimeField(_("审核时间"), null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "round", "nth"], name="reply_in_order")]

    class Personal:
        fields = {"words_sealed": "text"}
        key = "ticket.key"

    def __str__(self) -> str:
        return f"{self.ticket_id}/{self.round}.{self.nth}"

    @classmethod
    def write(
        cls, ticket: "Ticket", *, words: str, outcome: str, quality: dict[str, Any], by: Account, at: datetime
    ) -> "Reply":
        """Write the next draft of the answer. Raises: WordsMissing; Invalid, naming the outcome."""
        if outcome not in REPLY_OUTCOMES:
            wrong = gettext("请选择办理结果。")
            raise Invalid(wrong, errors=[FieldError("outcome", "enum", wrong)])
        nth = 1 + cls.objects.filter(ticket=ticket, round=ticket.round).count()
        reply = cls(
            ticket=ticket, round=ticket.round, nth=nth, unit=ticket.unit, outcome=outcome, quality=quality, by=by, at=at
        )
        reply.set_personal("words", said("words", words, least=10, most=rules.LONGEST_DETAIL))
        reply.save(force_insert=True)
        return reply

    def pass_on(self, ticket: "Ticket", *, words: str) -> None:
        """Give `ticket`, which was joined to this answer's, the same answer in words that name nobody."""
        nth = 1 + Reply.objects.filter(ticket=ticket, round=ticket.round).count()
        same = {name: getattr(self, name) for name in ("unit", "outcome", "by", "at", "checked_by", "checked_at")}
        copy = Reply(ticket=ticket, round=ticket.round, nth=nth, is_passed=True, **same)
        copy.set_personal("words", words)
        copy.save(force_insert=True)

    def check_it(self, *, passed: bool, remark: str, by: Account, at: datetime) -> None:
        """Note what the check found."""
        self.is_passed, self.remark, self.checked_by, self.checked_at = passed, remark, by, at
        self.save(update_fields=["is_passed", "remark", "checked_by", "checked_at"])


class Revisit(Masked, models.Model):
    """One call back: whether the caller was reached, was contacted in time, got it solved, and how content they are."""

    ticket = models.ForeignKey("hotline.Ticket", PROTECT, related_name="revisits")
    round = models.PositiveSmallIntegerField(_("第几次办理"))
    nth = models.PositiveSmallIntegerField(_("第几次回访"))
    way = models.CharField(_("方式"), max_length=8, choices=Way.choices)
    reached = models.BooleanField(_("联系上"))
    contacted = models.BooleanField(_("承办单位联系过"), null=True)
    solved = models.BooleanField(_("已解决"), null=True)
    stars = models.PositiveSmallIntegerField(_("满意程度"), null=True)
    words_sealed = models.BinaryField(_("来电人说"), null=True)
    by = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))

    objects = RevisitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "round", "nth"], name="revisit_in_order"),
            models.CheckConstraint(name="revisit_stars", condition=Q(stars=None) | Q(stars__gte=1, stars__lte=5)),
            models.CheckConstraint(
                name="revisit_says_something_when_reached",
                condition=Q(reached=False, solved=None, stars=None) | Q(reached=True, solved__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["at"], name="revisit_at")]

    class Personal:
        fields = {"words_sealed": "text"}
        key = "ticket.key"

    def __str__(self) -> str:
        return f"{self.ticket_id}/{self.round}.{self.nth}"


def open_dispatch(
    ticket: "Ticket", unit: Department, *, reason: str, final: bool, by: object, at: datetime
) -> Dispatch:
    """Let `unit` hold the ticket from now on."""
    nth = 1 + Dispatch.objects.filter(ticket=ticket, round=ticket.round).count()
    sender = by if isinstance(by, Account) else None
    return Dispatch.objects.create(
        ticket=ticket, round=ticket.round, nth=nth, unit=unit, difficulty=difficulty_of(ticket), reason=reason,
        is_final=final, by=sender, at=at,
    )  # fmt: skip


def difficulty_of(ticket: "Ticket") -> int:
    """Return how hard what the ticket is about is to settle (1 to 3); the easiest where it has no class."""
    return ticket.category.difficulty if ticket.category else 1
