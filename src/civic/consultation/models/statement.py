"""Statement: a short sentence that people agree with or not. StatementVote: how one person stands to it."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models, transaction
from django.db.models import PROTECT, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account, Person
from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.consultation import policies
from civic.consultation.models.consultation import Consultation
from civic.consultation.querysets import StatementQuerySet, StatementVoteQuerySet
from civic.consultation.rules.counting import AGREE, DISAGREE, PASS
from civic.consultation.states import STATEMENT_STEPS, Ground, StatementState
from civic.core.errors import Conflict, FieldError, Invalid, require
from civic.core.said import said
from civic.masking.models import SubjectKey
from civic.masking.rules import mask_text
from civic.masking.subjects import Masked
from civic.workflow.models import Stateful

STAFF = settings.AUTH_USER_MODEL
LEAST_WORDS, MOST_WORDS = 5, 140
PUBLIC = "strict"  # the masking profile of what everybody reads
CHOICES = (AGREE, PASS, DISAGREE)
P = StatementState


class NotShown(Conflict):
    """There is no vote on a statement that people cannot read."""

    code = "not-shown"


class SaidAlready(Conflict):
    """Somebody has put the same sentence."""

    code = "said-already"


@dataclass(frozen=True)
class Held:
    """Why a statement is not shown: one of the published grounds, and words to whoever proposed it."""

    ground: str
    words: str


class StatementManager(models.Manager.from_queryset(StatementQuerySet)):  # type: ignore[misc]
    """Takes statements in."""

    def seed(self, consultation: Consultation, *, words: str, by: Account, at: datetime) -> "Statement":
        """Put a sentence of the unit's own before the people. Raises: SaidAlready, WordsMissing, NotAllowed."""
        require(policies.not_organiser(by, consultation.unit_id))
        with transaction.atomic():
            made = self._store(consultation, words, author=None, by=by, at=at)
            made.show(by=by, at=at)
        return made

    def propose(
        self, consultation: Consultation, *, words: str, author: Person, by: object, at: datetime
    ) -> "Statement":
        """Take in a resident's sentence; moderation looks at it. The caller has asked `participation.admit`.

        Raises: SaidAlready, WordsMissing.
        """
        return self._store(consultation, words, author=author, by=by, at=at)

    def _store(
        self, consultation: Consultation, words: str, *, author: Person | None, by: object, at: datetime
    ) -> "Statement":
        sentence = " ".join(said("words", words, least=LEAST_WORDS, most=MOST_WORDS).split())
        made = Statement(
            consultation=consultation, author=author, proposed_at=at,
            key=author.key if author is not None else SubjectKey.objects.create_key(),
        )  # fmt: skip
        made.set_personal("words", sentence)
        with transaction.atomic():
            Consultation.objects.select_for_update(of=("self",), no_key=True).get(pk=consultation.pk)
            if self.filter(consultation=consultation, public_words=mask_text(sentence, PUBLIC)).exists():
                wrong = _("已经有一条完全相同的观点，请直接对它表态。")
                raise SaidAlready(wrong, errors=[FieldError("words", "same", wrong)])
            made.save(force_insert=True)
            record(at=at, actor=by, step="consultation.statement.propose", subject=made)
        return made


class Statement(Masked, Stateful):
    """A short sentence on the matter of a consultation, put by its unit (no author) or by a resident.

    `public_words` are the words as everybody reads them: without telephone numbers and the like.
    """

    STEPS = STATEMENT_STEPS

    handle = models.UUIDField(default=uuid4, unique=True, editable=False)
    consultation = models.ForeignKey(Consultation, PROTECT, related_name="statements", db_index=False)
    author = models.ForeignKey(Person, PROTECT, null=True, related_name="+", db_index=False)
    key = models.ForeignKey(SubjectKey, PROTECT, related_name="+", db_index=False)
    words_sealed = models.BinaryField(gettext_lazy("观点"))
    public_words = models.CharField(gettext_lazy("公开的观点"), max_length=2 * MOST_WORDS, blank=True)
    state = models.CharField(gettext_lazy("状态"), max_length=8, choices=P.choices, default=P.PENDING)
    ground = models.CharField(gettext_lazy("不采用的原因"), max_length=12, choices=Ground.choices, blank=True)
    told = models.TextField(gettext_lazy("说明"), blank=True)
    appeal_words = models.TextField(gettext_lazy("申诉理由"), blank=True)
    held_by = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", db_index=False)
    proposed_at = models.DateTimeField(gettext_lazy("提出时间"))

    objects: ClassVar[StatementManager] = StatementManager()

    class Meta:
        verbose_name = gettext_lazy("观点")
        constraints = [
            models.CheckConstraint(name="statement_shown_has_words", condition=~Q(state="SHOWN") | ~Q(public_words="")),
            models.CheckConstraint(
                name="statement_held_has_a_ground",
                condition=~Q(state__in=["HELD", "APPEALED", "UPHELD"])
                | ~Q(ground="") & ~Q(told="") & Q(held_by__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["consultation", "public_words"], condition=Q(state="SHOWN"), name="statement_once_shown"
            ),
        ]
        indexes = [models.Index(fields=["consultation", "state"], name="statement_by_state")]

    class Personal:
        fields = {"words_sealed": "text"}

    def __str__(self) -> str:
        return _("观点%(pk)s") % {"pk": self.pk}

    # Verbs

    def show(self, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """Let people vote on it. Raises: NotAllowed, StepRefused, Stale."""
        with self.step("show", by=by, at=at, seen=seen):
            require(policies.why_not_statement("show", by, self))
            self._show()

    def hold_back(self, held: Held, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """Keep it from the public, for one of the published grounds; its votes count nowhere then.

        Raises: Invalid, WordsMissing, NotAllowed, StepRefused, Stale.
        """
        if held.ground not in Ground.values:
            wrong = _("请从公布的审核规则中选择一项原因。")
            raise Invalid(wrong, errors=[FieldError("ground", "enum", wrong)])
        told = said("words", held.words, most=500)
        with self.step("hold_back", by=by, at=at, seen=seen, ground=held.ground):
            require(policies.why_not_statement("hold_back", by, self))
            self.ground, self.told, self.held_by, self.public_words = held.ground, told, by, ""

    def appeal(self, *, words: str, person: Person | None, by: Account, at: datetime) -> None:
        """Whoever proposed it says why it should be shown. Raises: WordsMissing, NotAllowed, StepRefused."""
        told = said("words", words, most=500)
        with self.step("appeal", by=by, at=at):
            require(policies.why_not_own_statement(person, self))
            self.appeal_words = told

    def restore(self, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """The appeal is right: people vote on it. Raises: NotAllowed, StepRefused, Stale."""
        with self.step("restore", by=by, at=at, seen=seen):
            require(policies.why_not_statement("restore", by, self))
            self.ground = ""
            self._show()

    def uphold(self, *, words: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """The appeal is not right: it stays as it is. Raises: WordsMissing, NotAllowed, StepRefused, Stale."""
        told = said("words", words, most=500)
        with self.step("uphold", by=by, at=at, seen=seen):
            require(policies.why_not_statement("uphold", by, self))
            self.told = told

    # Questions

    def why_not(self, step: str, user: Account) -> str | None:
        """Say why `user` cannot take `step` now; None if they can."""
        if step not in self.allowed_steps():
            return _("这条观点现在是「%(state)s」。") % {"state": self.get_state_display()}
        return policies.why_not_statement(step, user, self)

    # Inside

    def _show(self) -> None:
        self.public_words = mask_text(self.clear("words"), PUBLIC)
        others = Statement.objects.filter(consultation=self.consultation_id, public_words=self.public_words)
        if others.exclude(pk=self.pk).exists():
            raise SaidAlready(_("已经有一条完全相同的观点在表态中。"))


class StatementVoteManager(models.Manager.from_queryset(StatementVoteQuerySet)):  # type: ignore[misc]
    """Takes votes."""

    def cast(
        self, statement: Statement, *, person: Person, choice: int | None, by: object, at: datetime
    ) -> "StatementVote":
        """Let `person` agree, disagree or pass; the last word counts, and it counts once.

        The caller has asked `participation.admit`. Raises: Invalid, NotShown.
        """
        if choice not in CHOICES:
            wrong = _("请选择同意、不同意或跳过。")
            raise Invalid(wrong, errors=[FieldError("choice", "enum", wrong)])
        with transaction.atomic():
            if not Statement.objects.filter(pk=statement.pk, state=P.SHOWN).exists():
                raise NotShown(_("这条观点现在不再表态。"))
            found = self.select_for_update(of=("self",)).get_or_create(
                statement=statement, person=person, defaults={"choice": choice, "cast_at": at}
            )
            made: StatementVote = found[0]
            is_new: bool = found[1]
            if is_new or made.choice != choice:
                made.choice, made.cast_at = choice, at
                made.save(force_update=True)
                record(at=at, actor=by, step="consultation.statementvote.cast", subject=made)
        return made


class StatementVote(Sealed):
    """How one person stands to one statement: 1 agrees, -1 disagrees, 0 passes. Shown to nobody but them."""

    statement = models.ForeignKey(Statement, PROTECT, related_name="votes", db_index=False)
    person = models.ForeignKey(Person, PROTECT, related_name="+", db_index=False)
    choice = models.SmallIntegerField(gettext_lazy("表态"))
    cast_at = models.DateTimeField(gettext_lazy("表态时间"))

    objects: ClassVar[StatementVoteManager] = StatementVoteManager()

    class Meta:
        verbose_name = gettext_lazy("对观点的表态")
        constraints = [
            models.UniqueConstraint(fields=["person", "statement"], name="statement_vote_once_a_person"),
            models.CheckConstraint(name="statement_vote_is_one_of_three", condition=Q(choice__in=[1, 0, -1])),
        ]
        indexes = [models.Index(fields=["statement", "person"], include=["choice"], name="statement_vote_counted")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.statement_id}/{self.pk}"
