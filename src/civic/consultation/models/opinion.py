"""Opinion: what somebody says on a clause or on the whole draft. Ruling: what moderation decided, and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models, transaction
from django.db.models import PROTECT, Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account, Person
from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.consultation import policies
from civic.consultation.models.consultation import Consultation, DraftVersion
from civic.consultation.models.stance import LOTS, Reception
from civic.consultation.querysets import OpinionQuerySet
from civic.consultation.rules.places import WHOLE
from civic.consultation.states import OPINION_STEPS, Ground, Moderation, OpinionState, Source
from civic.core.errors import Conflict, FieldError, Invalid, require
from civic.core.jobs import enqueue
from civic.core.near import bands
from civic.core.said import said
from civic.masking.models import Shredded, SubjectKey
from civic.masking.rules import mask_text
from civic.masking.subjects import Masked
from civic.participation.models.once import store_once
from civic.workflow.models import Stateful

STAFF = settings.AUTH_USER_MODEL
LEAST_WORDS, MOST_WORDS = 5, 2000
PUBLIC = "strict"  # the masking profile of what everybody reads
O = OpinionState  # noqa: E741


class NoSuchClause(Invalid):
    """The draft has no such clause."""

    code = "no-such-clause"


class SaidAlready(Conflict):
    """The same person has said the same words on the same clause."""

    code = "said-already"


class NotTogether(Conflict):
    """These two opinions cannot be merged, or not be taken apart any more."""

    code = "not-together"


@dataclass(frozen=True)
class Saying:
    """What somebody says: on which clause (its anchor in `version`; "": on the whole), and whether under their name."""

    words: str
    version: DraftVersion
    anchor: str = WHOLE
    is_named: bool = False


class OpinionManager(models.Manager.from_queryset(OpinionQuerySet)):  # type: ignore[misc]
    """Takes opinions in."""

    def put(
        self, saying: Saying, *, author: Person | None, source: str, by: object, at: datetime, speaker: str = ""
    ) -> "Opinion":
        """Store what somebody says. The caller has asked `participation.admit`, or read the sheet it came on.

        `author`: None where nobody has shown who they are; `speaker` is then what the paper calls them.
        Raises: WordsMissing, NoSuchClause, SaidAlready.
        """
        words = said("words", saying.words, least=LEAST_WORDS, most=MOST_WORDS)
        if saying.anchor != WHOLE and saying.anchor not in {one.anchor for one in saying.version.draft().clauses}:
            wrong = _("这一稿里没有这一条，请重新选择。")
            raise NoSuchClause(wrong, errors=[FieldError("anchor", "unknown", wrong)])
        made = Opinion(
            consultation=saying.version.consultation, draft=saying.version, anchor=saying.anchor, author=author,
            key=author.key if author is not None else SubjectKey.objects.create_key(),
            is_named=saying.is_named and author is not None, source=source, bands=list(bands(words)), said_at=at,
        )  # fmt: skip
        made.mark = salted_hmac("consultation.words", words, algorithm="sha256").hexdigest()
        made.set_personal("words", words)
        made.set_personal("speaker", speaker.strip()[:40])
        with transaction.atomic():
            if made.consultation.moderation == Moderation.AFTER:
                made.state = O.PUBLISHED
                made._show(at)
            store_once(made, SaidAlready(_("这条意见您已经提过了，可以在「我的意见」里看到它。")))
            Reception.objects.create(
                opinion=made, consultation=made.consultation, is_listed=made.state == O.PUBLISHED,
                lot=made.handle.int % LOTS,
            )  # fmt: skip
            record(at=at, actor=by, step="consultation.opinion.put", subject=made, detail={"source": source})
        return made


class Opinion(Masked, Stateful):
    """What one person says on a clause or on the whole. Who said it is never shown unless they want it.

    `public_words` are the words as everybody reads them: without telephone numbers and the like.
    """

    STEPS = OPINION_STEPS
    merged_count: int
    """How many were merged into it, where it was read by `for_list()`."""

    handle = models.UUIDField(default=uuid4, unique=True, editable=False)
    consultation = models.ForeignKey(Consultation, PROTECT, related_name="opinions", db_index=False)
    draft = models.ForeignKey(DraftVersion, PROTECT, related_name="opinions", db_index=False)
    anchor = models.CharField(gettext_lazy("条款"), max_length=80, blank=True)
    author = models.ForeignKey(Person, PROTECT, null=True, related_name="+", db_index=False)
    key = models.ForeignKey(SubjectKey, PROTECT, related_name="+", db_index=False)
    words_sealed = models.BinaryField(gettext_lazy("意见"))
    speaker_sealed = models.BinaryField(gettext_lazy("发言人"), null=True)
    public_words = models.TextField(gettext_lazy("公开的意见"), blank=True)
    is_named = models.BooleanField(gettext_lazy("署名"), default=False)
    source = models.CharField(gettext_lazy("来源"), max_length=8, choices=Source.choices)
    state = models.CharField(gettext_lazy("状态"), max_length=10, choices=O.choices, default=O.PENDING)
    ground = models.CharField(gettext_lazy("不公开的原因"), max_length=12, choices=Ground.choices, blank=True)
    held_by = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", db_index=False)
    merged_into = models.ForeignKey("self", PROTECT, null=True, related_name="merged", db_index=False)
    mark = models.CharField(max_length=64, editable=False)
    bands = ArrayField(models.BigIntegerField(), verbose_name=gettext_lazy("近似指纹"), default=list)
    said_at = models.DateTimeField(gettext_lazy("提出时间"))
    published_at = models.DateTimeField(gettext_lazy("公开时间"), null=True)

    objects: ClassVar[OpinionManager] = OpinionManager()

    class Meta:
        verbose_name = gettext_lazy("意见")
        constraints = [
            models.CheckConstraint(
                name="opinion_public_has_words", condition=~Q(state__in=["PUBLISHED", "MERGED"]) | ~Q(public_words="")
            ),
            models.CheckConstraint(
                name="opinion_merged_has_a_goal",
                condition=Q(state="MERGED", merged_into__isnull=False)
                | ~Q(state="MERGED") & Q(merged_into__isnull=True),
            ),
            models.CheckConstraint(
                name="opinion_held_has_a_ground",
                condition=~Q(state__in=["HELD", "APPEALED", "UPHELD"]) | (~Q(ground="") & Q(held_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="opinion_named_has_an_author", condition=Q(is_named=False) | Q(author__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["consultation", "author", "anchor", "mark"],
                condition=Q(author__isnull=False) & ~Q(state="WITHDRAWN"),
                name="opinion_once_an_author_and_words",
            ),
        ]
        indexes = [
            models.Index(fields=["consultation", "state", "-said_at", "-id"], name="opinion_by_state"),
            models.Index(fields=["draft", "anchor", "state"], name="opinion_of_clause"),
            models.Index(fields=["author", "-said_at"], condition=Q(author__isnull=False), name="opinion_of_author"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="opinion_merged"),
            GinIndex(fields=["bands"], name="opinion_bands", fastupdate=True),
        ]

    class Personal:
        fields = {"words_sealed": "text", "speaker_sealed": "name"}

    def __str__(self) -> str:
        return _("意见%(pk)s") % {"pk": self.pk}

    # Verbs

    def publish(self, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """Show it to everybody. Raises: NotAllowed, StepRefused, Stale."""
        with self.step("publish", by=by, at=at, seen=seen):
            require(policies.why_not_moderate(by, self))
            self._show(at)
            self._rule("publish", by, at)
            self._list(True)

    def hold_back(self, *, ground: str, words: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """Keep it from the public for one of the published grounds, in words to its author.

        Raises: Invalid, WordsMissing, NotTogether, NotAllowed, StepRefused, Stale.
        """
        if ground not in Ground.values:
            wrong = _("请从公布的审核规则中选择一项原因。")
            raise Invalid(wrong, errors=[FieldError("ground", "enum", wrong)])
        told = said("words", words, most=500)
        with self.step("hold_back", by=by, at=at, seen=seen, ground=ground):
            require(policies.why_not_moderate(by, self))
            self._refuse_with_merged()
            self.ground, self.held_by = ground, by
            self._hide()
            self._rule("hold_back", by, at, ground=ground, words=told)

    def appeal(self, *, words: str, person: Person | None, by: Account, at: datetime) -> None:
        """The author says why it should be shown; somebody else looks at it. Raises: WordsMissing, NotAllowed."""
        told = said("words", words, most=500)
        with self.step("appeal", by=by, at=at):
            require(policies.why_not_own(person, self))
            self._rule("appeal", by, at, words=told)

    def restore(self, *, words: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """The appeal is right: show it. Raises: WordsMissing, NotAllowed, StepRefused, Stale."""
        told = said("words", words, most=500)
        with self.step("restore", by=by, at=at, seen=seen):
            require(policies.why_not_answer_appeal(by, self))
            self._show(at)
            self.ground = ""
            self._rule("restore", by, at, words=told)
            self._list(True)

    def uphold(self, *, words: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """The appeal is not right: it stays as it is. Raises: WordsMissing, NotAllowed, StepRefused, Stale."""
        told = said("words", words, most=500)
        with self.step("uphold", by=by, at=at, seen=seen):
            require(policies.why_not_answer_appeal(by, self))
            self._rule("uphold", by, at, ground=self.ground, words=told)

    def merge(self, into: "Opinion", *, by: Account, at: datetime, seen: int | None = None) -> None:
        """Say that this says the same as `into`: they are shown and counted as one, and each keeps its author.

        Raises: NotTogether, NotAllowed, StepRefused, Stale.
        """
        with transaction.atomic():
            goal = self._hold_with(into)
            with self.step("merge", by=by, at=at, seen=seen, into=str(goal.pk)):
                require(policies.why_not_moderate(by, self))
                self._refuse_with_merged()
                if goal.pk == self.pk or goal.consultation_id != self.consultation_id or goal.state != O.PUBLISHED:
                    raise NotTogether(_("只能并入同一次征求意见中另一条已公开、没有被并入的意见。"))
                self.merged_into = goal
                self._list(False)
                self._rule("merge", by, at, words=_("与意见%(pk)s说的是同一件事。") % {"pk": goal.pk})
            goal._recount()

    def separate(self, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """They were not the same after all: both stand alone again, as long as they have no answer together.

        Raises: NotTogether, NotAllowed, StepRefused, Stale.
        """
        with transaction.atomic():
            with self.step("separate", by=by, at=at, seen=seen):
                require(policies.why_not_moderate(by, self))
                if self.consultation.answered_at is not None:
                    raise NotTogether(_("这次征求意见已经答复，合并在一起的意见不能再拆开。"))
                goal, self.merged_into = self.merged_into, None
                self._list(True)
                self._rule("separate", by, at)
            self._recount()
            if goal is not None:
                goal._recount()

    def withdraw(self, *, person: Person | None, by: Account, at: datetime) -> None:
        """The author takes it back. Raises: NotTogether, NotAllowed, StepRefused."""
        with transaction.atomic():
            with self.step("withdraw", by=by, at=at):
                require(policies.why_not_own(person, self))
                self._refuse_with_merged()
                goal, self.merged_into = self.merged_into, None
                self._hide()
                self._rule("withdraw", by, at)
            if goal is not None:
                goal._recount()

    def sign(self, *, is_named: bool, person: Person | None, by: Account, at: datetime) -> None:
        """The author puts their name under it, or takes it away. Raises: NotAllowed."""
        with transaction.atomic():
            require(policies.why_not_own(person, self))
            self.refresh_from_db(from_queryset=Opinion.objects.select_for_update(of=("self",)))
            self.is_named = is_named
            self.save(force_update=True)
            record(at=at, actor=by, step="consultation.opinion.sign", subject=self)

    # Questions

    @property
    def signature(self) -> str:
        """The author's name where they want it read; "" otherwise, and when they are no longer known."""
        if not self.is_named or self.author is None:
            return ""
        try:
            return self.author.name
        except Shredded:
            return ""

    def held(self) -> "Opinion":
        """Return the opinion that it is counted with, itself or the one it was merged into, locked in a transaction."""
        held = Opinion.objects.select_for_update(of=("self",), no_key=True)
        found: Opinion = held.get(pk=self.pk)
        return found if found.merged_into_id is None else held.get(pk=found.merged_into_id)

    def authors(self) -> "models.QuerySet[Opinion]":
        """Return the persons who have said this: its author and those of the opinions merged into it."""
        return Opinion.objects.family(self.pk).exclude(author=None).order_by().values("author")  # type: ignore[no-any-return]

    def counted(self) -> Reception:
        """Return how it was received; of a merged one, what it was merged into."""
        found: Reception = Reception.objects.get(opinion=self.merged_into_id or self.pk)
        return found

    def why_not(self, step: str, user: Account) -> str | None:
        """Say why an official cannot take `step` now; None if they can."""
        if step in ("restore", "uphold"):
            return policies.why_not_answer_appeal(user, self)
        return policies.why_not_moderate(user, self)

    # Inside

    def _show(self, at: datetime) -> None:
        self.public_words = mask_text(self.clear("words"), PUBLIC)
        self.published_at = self.published_at or at

    def _hide(self) -> None:
        self.public_words = ""
        self._list(False)

    def _rule(self, step: str, by: Account, at: datetime, *, ground: str = "", words: str = "") -> None:
        """Write the decision into the log, and have the author told of it."""
        made = Ruling.objects.create(opinion=self, step=step, ground=ground, words=words, by=by, ruled_at=at)
        if self.author_id is not None and self.author_id != by.person_id:
            enqueue("civic.consultation.tasks.tell_author", ruling=made.pk)

    def _list(self, listed: bool) -> None:
        Reception.objects.filter(opinion=self).update(is_listed=listed)

    def _recount(self) -> None:
        Reception.objects.select_for_update().get(opinion=self).recount(without=self.authors())

    def _hold_with(self, other: "Opinion") -> "Opinion":
        """Lock this row and another one, always in the same order, and return the other as it is now stored."""
        both = Opinion.objects.select_for_update(of=("self",)).filter(pk__in=[self.pk, other.pk]).order_by("pk")
        found: Opinion = {one.pk: one for one in both}[other.pk]
        return found

    def _refuse_with_merged(self) -> None:
        if Opinion.objects.filter(merged_into=self.pk).exists():
            raise NotTogether(_("已有其他人的意见并入这一条。请先把它们拆分出去。"))


class Ruling(Sealed):
    """One line of the log of moderation: what was decided or asked, on which ground, in which words."""

    ROOT = "opinion"

    opinion = models.ForeignKey(Opinion, PROTECT, related_name="rulings")
    step = models.SlugField(gettext_lazy("步骤"), max_length=20)
    ground = models.CharField(gettext_lazy("原因"), max_length=12, choices=Ground.choices, blank=True)
    words = models.TextField(gettext_lazy("说明"), blank=True)
    by = models.ForeignKey(STAFF, PROTECT, related_name="+", db_index=False)
    ruled_at = models.DateTimeField(gettext_lazy("时间"))

    class Meta:
        verbose_name = gettext_lazy("审核记录")

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.opinion_id}: {self.step}"
