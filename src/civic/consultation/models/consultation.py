"""Consultation: a draft put before the public. DraftVersion: its text at one time. Attachment: what explains it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import PROTECT, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account, Department
from civic.areas.models import Area
from civic.audit.seal import Sealed, row_content
from civic.audit.services import record
from civic.consultation import policies
from civic.consultation.models.outcome import Outcome
from civic.consultation.querysets import ConsultationQuerySet, DraftVersionQuerySet
from civic.consultation.rules import draft, places
from civic.consultation.rules.windows import LEAST_DAYS, is_long_enough
from civic.consultation.states import CONSULTATION_STEPS, ConsultationState, Moderation
from civic.core.errors import Conflict, FieldError, Invalid, require
from civic.core.said import said
from civic.participation.models import Eligibility, Phase
from civic.participation.rules.phases import Window
from civic.participation.states import Residence

STAFF = settings.AUTH_USER_MODEL
SPEAK, SUPPORT, VOTE = "speak", "support", "vote"
ACTS = frozenset({SPEAK, SUPPORT, VOTE})
KIND = "consultation"
LONGEST_DRAFT = 400_000  # characters; the longest law in force has fewer


class TooShort(Invalid):
    """People would have less time than the law asks for."""

    code = "too-short"


class NoDraft(Conflict):
    """There is nothing to read yet."""

    code = "no-draft"


class StillOpen(Conflict):
    """People may still speak."""

    code = "still-open"


@dataclass(frozen=True)
class Plan:
    """What a consultation is about: its title, its summary in plain words and why there is to be a rule at all."""

    title: str
    summary: str
    reasons: str
    moderation: str = Moderation.BEFORE


@dataclass(frozen=True)
class Opening:
    """When people may speak, half-open, and who: an area with the tie to it, full years (0: any), level of identity."""

    opens_at: datetime
    closes_at: datetime
    area: Area
    residence: str = Residence.NONE
    minimum_age: int = 0
    level: int = 2


class ConsultationManager(models.Manager.from_queryset(ConsultationQuerySet)):  # type: ignore[misc]
    """Prepares consultations."""

    def prepare(self, plan: Plan, *, by: Account, at: datetime, demonstration: bool = False) -> "Consultation":
        """Begin a consultation of the official's own unit, unseen by others. Raises: WordsMissing, NotAllowed."""
        require(policies.not_organiser(by, by.department_id))
        made = Consultation(unit=by.official.department, prepared_by=by, prepared_at=at, is_demonstration=demonstration)
        made._set(plan)
        with transaction.atomic():
            made.save(force_insert=True)
            record(at=at, actor=by, step="consultation.consultation.prepare", subject=made)
        return made


class Consultation(Outcome):
    """A draft put before the public by one unit: what it is for, its versions, its windows of time."""

    STEPS = CONSULTATION_STEPS

    title = models.CharField(gettext_lazy("标题"), max_length=120)
    summary = models.TextField(gettext_lazy("一看就懂"))
    reasons = models.TextField(gettext_lazy("为什么要定"))
    unit = models.ForeignKey(Department, PROTECT, related_name="+", verbose_name=gettext_lazy("征求意见单位"))
    moderation = models.CharField(gettext_lazy("审核方式"), max_length=6, choices=Moderation.choices)
    state = models.CharField(
        gettext_lazy("状态"), max_length=10, choices=ConsultationState.choices, default=ConsultationState.PREPARED
    )
    prepared_by = models.ForeignKey(STAFF, PROTECT, related_name="+", db_index=False)
    prepared_at = models.DateTimeField(gettext_lazy("起草时间"))
    published_at = models.DateTimeField(gettext_lazy("公开时间"), null=True)
    ended_at = models.DateTimeField(gettext_lazy("结束时间"), null=True)
    reason = models.TextField(gettext_lazy("撤回理由"), blank=True)
    is_demonstration = models.BooleanField(gettext_lazy("示范数据"), default=False)

    objects: ClassVar[ConsultationManager] = ConsultationManager()

    class Meta:
        verbose_name = gettext_lazy("开门问策")
        constraints = [
            models.CheckConstraint(
                name="consultation_published_has_a_time",
                condition=Q(state="PREPARED") | ~Q(published_at=None) | Q(state="WITHDRAWN"),
            ),
            models.CheckConstraint(
                name="consultation_withdrawn_has_a_reason", condition=~Q(state="WITHDRAWN") | ~Q(reason="")
            ),
        ]
        indexes = [models.Index(fields=["-published_at", "-id"], name="consultation_newest")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.title

    # Verbs

    def describe(self, plan: Plan, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """Say anew what it is about, as long as nobody has read it. Raises: WordsMissing, NotAllowed, Stale."""
        with self.step("describe", by=by, at=at, seen=seen):
            require(policies.why_not("describe", by, self))
            self._set(plan)

    def add_version(
        self, text: str, *, note: str, by: Account, at: datetime, seen: int | None = None
    ) -> "DraftVersion":
        """Put a text in the place of the draft that nobody has read yet, or a new version beside the known ones.

        `note` says what has changed and why; the first version needs none. Opinions go along clause by clause.
        Raises: Invalid, NotAllowed, Stale.
        """
        words = _draft(text)
        with self.step("add_version", by=by, at=at, seen=seen):
            require(policies.why_not("add_version", by, self))
            known = self.versions.made_known().newest_first().first()
            self.versions.filter(published_at=None).delete()
            made = DraftVersion(consultation=self, number=known.number + 1 if known else 1, text=words, added_at=at)
            made.note = said("note", note, most=2000) if known else note.strip()[:2000]
            if known is not None:
                if known.text == words:
                    wrong = _("与现在公开的草案完全相同，没有新的内容。")
                    raise Invalid(wrong, errors=[FieldError("text", "same", wrong)])
                made.moves, made.published_at = places.moves(known.text, words), at
            made.save(force_insert=True)
        return made

    def attach(self, *, title: str, content: bytes, content_type: str, by: Account, at: datetime) -> "Attachment":
        """Put a document beside the draft; `content` has been made harmless. Raises: WordsMissing, NotAllowed."""
        named = said("title", title, least=2, most=120)
        with self.step("attach", by=by, at=at):
            require(policies.why_not("attach", by, self))
            made = Attachment(consultation=self, title=named, content_type=content_type, size=len(content),
                              sha256=hashlib.sha256(content).hexdigest(), content=content, attached_at=at)  # fmt: skip
            made.save(force_insert=True)
        return made

    def publish(self, opening: Opening, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """Put the draft before the public; people may speak from `opens_at` on, for thirty days at least.

        Raises: TooShort, NoDraft, NotAllowed, StepRefused, Stale.
        """
        if opening.opens_at < at:
            wrong = _("开始时间不能早于现在。")
            raise Invalid(wrong, errors=[FieldError("opens_at", "order", wrong)])
        if not is_long_enough(opening.opens_at, opening.closes_at):
            wrong = _("公开征求意见的期限不少于%(n)s日。请把截止日期往后移。") % {"n": LEAST_DAYS}
            raise TooShort(wrong, errors=[FieldError("closes_at", "short", wrong)])
        with self.step("publish", by=by, at=at, seen=seen):
            require(policies.why_not("publish", by, self))
            if not self.versions.exists():
                raise NoDraft(_("还没有草案文本，请先录入草案，再公开征求意见。"))
            self.versions.update(published_at=at)
            self.published_at = at
            window = Window(opening.opens_at, opening.closes_at, ACTS)
            Phase.objects.plan(self, kind=KIND, window=window, unit=self.unit, by=by, at=at)
            Eligibility.objects.lay_down(
                self, area=opening.area, residence=opening.residence, minimum_age=opening.minimum_age,
                level=opening.level, by=by, at=at,
            )  # fmt: skip

    def conclude(self, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """End it for good, after the last window has closed. Raises: StillOpen, NotAllowed, StepRefused, Stale."""
        with self.step("conclude", by=by, at=at, seen=seen):
            require(policies.why_not("conclude", by, self))
            if self.windows().filter(closes_at__gt=at).exists():
                raise StillOpen(_("征求意见还没有截止，不能结束。"))
            self.ended_at = at

    def withdraw(self, *, reason: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """Take the draft back, for a reason that everybody can read. Raises: WordsMissing, NotAllowed, Stale."""
        words = said("reason", reason)
        with self.step("withdraw", by=by, at=at, seen=seen):
            require(policies.why_not("withdraw", by, self))
            self.reason, self.ended_at = words, at

    # Questions

    def windows(self) -> models.QuerySet[Phase]:
        """Return when people may speak, each with its extensions."""
        return Phase.objects.of(self).for_list()  # type: ignore[no-any-return]

    def current(self) -> "DraftVersion | None":
        """Return the newest version that is known to the public; before publication the one that is prepared."""
        found: DraftVersion | None = self.versions.newest_first().first()
        return found

    def moves(self) -> dict[int, places.Moves]:
        """Return the moves of every version by its number, for `places.place`."""
        return dict(self.versions.values_list("number", "moves"))

    def is_open(self, *, at: datetime) -> bool:
        """Whether people may speak now."""
        return self.state == ConsultationState.PUBLISHED and Phase.objects.allows(SPEAK, self, at=at)

    def why_closed(self, act: str = SPEAK, *, at: datetime) -> str | None:
        """Say why nobody can speak (or do `act`) now; None if people can."""
        if self.state != ConsultationState.PUBLISHED:
            return _("现在是「%(state)s」，不能再提意见或表态。") % {"state": self.get_state_display()}
        return Phase.objects.why_not(act, self, at=at)  # type: ignore[no-any-return]

    def why_not(self, step: str, user: Account) -> str | None:
        return policies.why_not(step, user, self)

    # Inside

    def _set(self, plan: Plan) -> None:
        self.title = said("title", plan.title, most=120)
        self.summary = said("summary", plan.summary, least=10, most=2000)
        self.reasons = said("reasons", plan.reasons, least=10, most=10_000)
        if plan.moderation not in Moderation.values:
            wrong = _("请选择先审核后公开，或先公开后审核。")
            raise Invalid(wrong, errors=[FieldError("moderation", "enum", wrong)])
        self.moderation = plan.moderation


class DraftVersion(Sealed):
    """The text of a draft as people read it from one day on; it never changes.

    `moves` says where every clause of the version before went: {anchor: [anchor here or "", outcome, similarity]}.
    """

    ROOT = "consultation"

    consultation = models.ForeignKey(Consultation, PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(gettext_lazy("第几稿"))
    text = models.TextField(gettext_lazy("草案"))
    note = models.TextField(gettext_lazy("修改说明"), blank=True)
    moves = models.JSONField(gettext_lazy("条款去向"), default=dict)
    added_at = models.DateTimeField(gettext_lazy("录入时间"))
    published_at = models.DateTimeField(gettext_lazy("公开时间"), null=True)

    objects: ClassVar[models.Manager["DraftVersion"]] = DraftVersionQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("草案版本")
        constraints = [models.UniqueConstraint(fields=["consultation", "number"], name="draft_version_once_a_number")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.consultation_id}/{self.number}"

    def draft(self) -> draft.Draft:
        """Return the text by its clauses."""
        return draft.parse(self.text)


class Attachment(Sealed):
    """A document beside the draft: an explanation, a comparison. Its bytes are bound by their digest."""

    ROOT = "consultation"

    consultation = models.ForeignKey(Consultation, PROTECT, related_name="attachments")
    title = models.CharField(gettext_lazy("文件名"), max_length=120)
    content_type = models.CharField(gettext_lazy("格式"), max_length=20)
    size = models.PositiveIntegerField(gettext_lazy("字节数"))
    sha256 = models.CharField(gettext_lazy("摘要"), max_length=64)
    content = models.BinaryField(gettext_lazy("内容"))
    attached_at = models.DateTimeField(gettext_lazy("上传时间"))

    class Meta:
        verbose_name = gettext_lazy("附件")

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.title

    def sealed_content(self) -> dict[str, object]:
        """Cover the bytes by the digest that they have now."""
        return {**row_content(self), "content": hashlib.sha256(bytes(self.content)).hexdigest()}


def _draft(text: str) -> str:
    """Return a draft as it is kept. Raises: Invalid, if it is empty, too long or has no clause to speak on."""
    words = text.replace("\r\n", "\n").replace("\x00", "").strip("\n")
    if not words.strip() or len(words) > LONGEST_DRAFT:
        wrong = _("请录入草案文本，最多%(n)s字。") % {"n": LONGEST_DRAFT}
        raise Invalid(wrong, errors=[FieldError("text", "length", wrong)])
    return words
