"""Theme: opinions on one matter, which get one answer. Placing: in which theme an opinion stands."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import PROTECT, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account
from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.consultation import policies
from civic.consultation.models.consultation import Consultation, DraftVersion
from civic.consultation.models.opinion import NoSuchClause, Opinion
from civic.consultation.querysets import ThemeQuerySet
from civic.consultation.rules.quoting import wording
from civic.consultation.states import SORTING, THEME_STEPS, ThemeState, Verdict
from civic.core.errors import Conflict, FieldError, Invalid, require
from civic.core.jobs import enqueue
from civic.core.said import said
from civic.workflow.models import Stateful

STAFF = settings.AUTH_USER_MODEL
T = ThemeState
MACHINE = "machine"
LONGEST_TITLE = 60
TELL = "civic.consultation.tasks.tell_answer"


class NotInTheme(Conflict):
    """These opinions cannot be placed so."""

    code = "not-in-theme"


@dataclass(frozen=True)
class Reply:
    """An answer to a theme: adopted, partly or not, why, and what it changed.

    `version` and `anchor` name the clause that was changed, in the draft version that has the change; `measure` says
    what is done outside of the draft. Who adopts says at least one of both.
    """

    verdict: str
    reason: str
    version: DraftVersion | None = None
    anchor: str = ""
    measure: str = ""


class ThemeManager(models.Manager.from_queryset(ThemeQuerySet)):  # type: ignore[misc]
    """Forms themes."""

    def form(
        self, consultation: Consultation, *, title: str, opinions: Collection[int], by: object, at: datetime
    ) -> "Theme":
        """Make a theme of public opinions that stand in none yet, or in open ones. Raises: NotInTheme, NotAllowed.

        `by`: an official of the unit, or the machine that proposes.
        """
        if isinstance(by, Account):
            require(policies.not_organiser(by, consultation.unit_id))
        named = said("title", title, least=2, most=LONGEST_TITLE)
        with transaction.atomic(), sorting(consultation):
            made = Theme(consultation=consultation, title=named, number=1 + consultation.themes.count(), formed_at=at)
            made.is_proposed = by == MACHINE
            made.save(force_insert=True)
            record(at=at, actor=by, step="consultation.theme.form", subject=made)
            made._receive(opinions, by=by, at=at)
        return made


class Theme(Stateful):
    """What several opinions are about, and the one answer to them. Nothing changes any more once it is answered."""

    STEPS = THEME_STEPS
    opinions: int  # how many, in rows of `for_list`

    consultation = models.ForeignKey(Consultation, PROTECT, related_name="themes", db_index=False)
    number = models.PositiveIntegerField(gettext_lazy("序号"))
    title = models.CharField(gettext_lazy("主题"), max_length=LONGEST_TITLE)
    is_proposed = models.BooleanField(gettext_lazy("系统归类，未经核对"), default=False)
    state = models.CharField(gettext_lazy("状态"), max_length=8, choices=T.choices, default=T.OPEN)
    merged_into = models.ForeignKey("self", PROTECT, null=True, related_name="merged", db_index=False)
    formed_at = models.DateTimeField(gettext_lazy("归类时间"))
    verdict = models.CharField(gettext_lazy("采纳情况"), max_length=7, choices=Verdict.choices, blank=True)
    reason = models.TextField(gettext_lazy("理由"), blank=True)
    changed_in = models.ForeignKey(DraftVersion, PROTECT, null=True, related_name="+", db_index=False)
    anchor = models.CharField(gettext_lazy("修改的条款"), max_length=80, blank=True)
    measure = models.TextField(gettext_lazy("条文以外的措施"), blank=True)
    drafted_by = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", db_index=False)
    sent_back = models.TextField(gettext_lazy("退回意见"), blank=True)
    answered_at = models.DateTimeField(gettext_lazy("答复时间"), null=True)

    objects: ClassVar[ThemeManager] = ThemeManager()

    class Meta:
        verbose_name = gettext_lazy("意见主题")
        constraints = [
            models.UniqueConstraint(fields=["consultation", "number"], name="theme_once_a_number"),
            models.CheckConstraint(
                name="theme_answered_says_what_and_why",
                condition=~Q(state__in=["DRAFTED", "ANSWERED"])
                | ~Q(verdict="") & ~Q(reason="") & Q(drafted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="theme_answered_has_a_time",
                condition=Q(state="ANSWERED", answered_at__isnull=False)
                | ~Q(state="ANSWERED") & Q(answered_at__isnull=True),
            ),
            models.CheckConstraint(
                name="theme_adopted_says_where",
                condition=~Q(verdict__in=["ADOPTED", "PARTLY"]) | Q(changed_in__isnull=False) | ~Q(measure=""),
            ),
            models.CheckConstraint(
                name="theme_clause_has_its_version",
                condition=Q(changed_in__isnull=True, anchor="") | Q(changed_in__isnull=False) & ~Q(anchor=""),
            ),
            models.CheckConstraint(
                name="theme_merged_has_a_goal",
                condition=Q(state="MERGED", merged_into__isnull=False)
                | ~Q(state="MERGED") & Q(merged_into__isnull=True),
            ),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.title

    # Verbs

    def rename(self, title: str, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """Give it another title. Raises: WordsMissing, NotAllowed, StepRefused, Stale."""
        named = said("title", title, least=2, most=LONGEST_TITLE)
        with self.step("rename", by=by, at=at, seen=seen):
            require(policies.why_not_theme("rename", by, self))
            self.title, self.is_proposed = named, False

    def take(self, opinions: Collection[int], *, by: Account, at: datetime) -> None:
        """Take in public opinions that stand in no theme, or in another open one. Raises: NotInTheme, NotAllowed."""
        require(policies.why_not_theme("take", by, self))
        with transaction.atomic(), sorting(self.consultation):
            self._receive(opinions, by=by, at=at)

    def give(self, opinions: Collection[int], to: "Theme", *, by: Account, at: datetime) -> None:
        """Move opinions of this theme to another; the last one goes by merging. Raises: NotInTheme, NotAllowed."""
        if not opinions or set(opinions) - self.opinion_keys():
            raise NotInTheme(_("请选择这个主题里的意见。"))
        to.take(opinions, by=by, at=at)

    def split(self, title: str, opinions: Collection[int], *, by: Account, at: datetime) -> "Theme":
        """Make another theme of some of its opinions. Raises: NotInTheme, WordsMissing, NotAllowed, StepRefused."""
        with transaction.atomic():
            with self.step("split", by=by, at=at):
                require(policies.why_not_theme("split", by, self))
                if not opinions or set(opinions) - self.opinion_keys():
                    raise NotInTheme(_("请选择这个主题里的意见。"))
            made: Theme = Theme.objects.form(self.consultation, title=title, opinions=opinions, by=by, at=at)
        return made

    def merge(self, into: "Theme", *, by: Account, at: datetime, seen: int | None = None) -> None:
        """Put all its opinions into another theme. Raises: NotInTheme, NotAllowed, StepRefused, Stale."""
        with transaction.atomic(), sorting(self.consultation):
            require(policies.why_not_theme("merge", by, self))
            if into.pk == self.pk or into.consultation_id != self.consultation_id:
                raise NotInTheme(_("请选择同一次征求意见的另一个主题。"))
            with self.step("merge", by=by, at=at, seen=seen, into=str(into.pk)):
                with into.step("take", by=by, at=at):
                    Placing.objects.filter(theme=self).update(theme=into)
                    into.is_proposed = False
                self.merged_into, self.verdict, self.reason = into, "", ""
                self.changed_in, self.anchor, self.measure = None, "", ""

    def draft(self, reply: Reply, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """Propose an answer; somebody else publishes it. Raises: Invalid, NoSuchClause, NotAllowed, Stale."""
        words = said("reason", reply.reason, least=10, most=2000)
        measure = said("measure", reply.measure, least=0, most=1000)
        self._refuse_odd(reply, measure)
        with self.step("draft", by=by, at=at, seen=seen):
            require(policies.why_not_theme("draft", by, self))
            self.verdict, self.reason, self.measure = reply.verdict, words, measure
            self.changed_in, self.anchor = reply.version, reply.anchor if reply.version else ""
            self.drafted_by, self.sent_back, self.is_proposed = by, "", False

    def send_back(self, words: str, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """Ask for another answer, and say why. Raises: WordsMissing, NotAllowed, StepRefused, Stale."""
        told = said("words", words, most=500)
        with self.step("send_back", by=by, at=at, seen=seen):
            require(policies.why_not_theme("send_back", by, self))
            self.sent_back = told

    def answer(self, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """Publish the answer, by a leader who has not written it; authors and supporters are told.

        Raises: NotAllowed, StepRefused, Stale.
        """
        with self.step("answer", by=by, at=at, seen=seen):
            require(policies.why_not_theme("answer", by, self))
            self.answered_at = at
            enqueue(TELL, theme=self.pk)

    # Questions

    @property
    def is_answered(self) -> bool:
        """Whether everybody reads the answer."""
        return self.state == T.ANSWERED

    def opinion_keys(self) -> set[int]:
        """Return the opinions that stand in it, without those merged into them."""
        return set(Placing.objects.filter(theme=self).values_list("opinion", flat=True))

    def why_not(self, step: str, user: Account) -> str | None:
        """Say why `user` cannot take `step` now; None if they can."""
        if step not in self.allowed_steps():
            return _("这个主题现在是「%(state)s」。") % {"state": self.get_state_display()}
        return policies.why_not_theme(step, user, self)

    def clause_words(self) -> str:
        """Return the clause that the answer changed, as it reads in that version; "" where none was named."""
        if self.changed_in is None:
            return ""
        return wording(self.changed_in.draft(), self.anchor)

    # Inside

    def _receive(self, opinions: Collection[int], *, by: object, at: datetime) -> None:
        """Put opinions here, wherever they stood. The caller sorts this consultation alone."""
        wanted = set(opinions)
        public = Opinion.objects.filter(consultation=self.consultation_id, pk__in=wanted).public()
        if not wanted or public.count() != len(wanted):
            raise NotInTheme(_("请选择已公开的意见；并入别条的意见跟着那一条走。"))
        placed = Placing.objects.filter(opinion__in=wanted).exclude(theme=self)
        with self.step("take", by=by, at=at):
            self.is_proposed = self.is_proposed and by == MACHINE
            for other in Theme.objects.filter(placings__in=placed).distinct().order_by("pk"):
                self._take_from(other, wanted, by=by, at=at)
            here = self.opinion_keys()
            Placing.objects.bulk_create([Placing(theme=self, opinion_id=pk) for pk in sorted(wanted - here)])

    def _take_from(self, other: "Theme", wanted: set[int], *, by: object, at: datetime) -> None:
        with other.step("give", by=by, at=at, to=str(self.pk)):
            moving = Placing.objects.filter(theme=other, opinion__in=wanted)
            if not Placing.objects.filter(theme=other).exclude(opinion__in=wanted).exists():
                raise NotInTheme(_("“%(theme)s”里会一条意见也不剩，请改用合并。") % {"theme": other})
            moving.update(theme=self)
            other.is_proposed = False

    def _refuse_odd(self, reply: Reply, measure: str) -> None:
        """Refuse an answer that does not say what became of the opinions. Raises: Invalid, NoSuchClause."""
        if reply.verdict not in Verdict.values:
            raise _wrong("verdict", "enum", _("请选择采纳、部分采纳或未采纳。"))
        if reply.version is not None:
            known = reply.version.consultation_id == self.consultation_id and reply.version.published_at is not None
            if not known or reply.anchor not in {one.anchor for one in reply.version.draft().clauses}:
                wrong = _("这一稿里没有这一条，请重新选择。")
                raise NoSuchClause(wrong, errors=[FieldError("anchor", "unknown", wrong)])
        elif reply.verdict != Verdict.NOT and not measure:
            raise _wrong("anchor", "required", _("采纳的，请写明改了哪一稿的哪一条，或者条文以外怎样落实。"))


class Placing(Sealed):
    """One opinion in one theme."""

    ROOT = "theme"

    theme = models.ForeignKey(Theme, PROTECT, related_name="placings")
    opinion = models.OneToOneField(Opinion, PROTECT, related_name="placing")

    class Meta:
        verbose_name = gettext_lazy("意见归类")

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.opinion_id} → {self.theme_id}"


@contextmanager
def sorting(consultation: Consultation) -> Iterator[None]:
    """Sort the opinions of a consultation alone: nobody else moves them meanwhile. Inside a transaction.

    Raises: StepRefused, if its opinions are no longer sorted.
    """
    found = Consultation.objects.select_for_update(of=("self",), no_key=True).get(pk=consultation.pk)
    if found.state not in SORTING:
        raise NotInTheme(_("现在是「%(state)s」，不能再归类。") % {"state": found.get_state_display()})
    yield


def _wrong(name: str, code: str, message: str) -> Invalid:
    return Invalid(message, errors=[FieldError(name, code, message)])
