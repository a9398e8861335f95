"""Rating: what somebody said about one step of one matter. Change: what they had said before."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.crypto import salted_hmac
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.core.errors import Conflict, require
from civic.core.jobs import enqueue
from civic.masking.models import SubjectKey
from civic.masking.subjects import Masked
from civic.ratings import policies
from civic.ratings.models.opinion import Opinion
from civic.ratings.models.remedy import Remedy
from civic.ratings.models.right import Right
from civic.ratings.querysets import RatingQuerySet
from civic.ratings.rules import CHANGE_DAYS, is_bad
from civic.ratings.states import RATING_STEPS, Grade, RatingState, Reason, RemedyState
from civic.workflow.models import Stateful

if TYPE_CHECKING:
    from civic.accounts.models import Account


SUBMIT = "ratings.rating.submit"


class AlreadyRated(Conflict):
    """This right has been used."""

    code = "already-rated"


class RatingManager(models.Manager.from_queryset(RatingQuerySet)):  # type: ignore[misc]
    """Takes ratings in."""

    def submit(self, *, right: Right, opinion: Opinion, by: "Account | None", address: str, at: datetime) -> "Rating":
        """Store the one rating of `right`; a bad one opens a remedy in the same transaction.

        `by` is the account of whoever holds the link, None where nobody is logged in; `address` is theirs, of which
        only a keyed digest is kept. Raises: NotAnOpinion, NotAllowed, AlreadyRated.
        """
        said = opinion.checked(right.channel)
        with transaction.atomic():
            Right.objects.select_for_update().get(pk=right.pk)
            if self.filter(right=right).exists():
                raise AlreadyRated(_("这次服务已经评价过了。提交后7天内可以修改评价。"))
            require(policies.why_not_rate(by, right, at))
            rating = Rating(right=right, key=_key_of(right), source=source_of(address, at), submitted_at=at)
            rating.changeable_until = at + timedelta(days=CHANGE_DAYS)
            rating._say(said)
            rating.save(force_insert=True)
            record(at=at, actor=right, step=SUBMIT, subject=rating, detail={"of": right.subject})
            if rating.is_bad:
                Remedy.objects.open_for(rating, by=right, at=at)
            elif rating.grade == Grade.VERY_GOOD:
                enqueue("civic.ratings.tasks.look_for_burst", rating=rating.pk)
            for job in settings.REACTIONS.get(SUBMIT, ()):
                enqueue(job, subject=rating.pk)
        return rating


class Rating(Masked, Stateful):
    """What somebody said about one step of one matter. Nobody but the rater can change it, and nobody can delete it."""

    STEPS = RATING_STEPS

    right = models.OneToOneField(Right, on_delete=models.PROTECT, related_name="rating")
    key = models.ForeignKey(SubjectKey, on_delete=models.PROTECT, related_name="+")
    state = models.CharField("状态", max_length=10, choices=RatingState.choices, default=RatingState.SUBMITTED)
    grade = models.PositiveSmallIntegerField("评价等级", choices=Grade.choices)
    reasons = ArrayField(models.CharField(max_length=20, choices=Reason.choices), default=list, verbose_name="评价原因")
    comment_sealed = models.BinaryField("意见", null=True)
    source = models.CharField("来源", max_length=64, blank=True)
    submitted_at = models.DateTimeField("评价时间")
    changed_at = models.DateTimeField("修改时间", null=True, blank=True)
    changeable_until = models.DateTimeField("可修改至")
    flagged_at = models.DateTimeField("标记时间", null=True, blank=True)

    objects: ClassVar[RatingManager] = RatingManager()

    class Meta:
        verbose_name = "评价"
        constraints = [
            models.CheckConstraint(name="rating_of_five_grades", condition=Q(grade__gte=1, grade__lte=5)),
            models.CheckConstraint(
                name="rating_changeable_after_it_is_made", condition=Q(changeable_until__gt=F("submitted_at"))
            ),
        ]
        indexes = [
            models.Index(fields=["submitted_at"], name="rating_submitted"),
            models.Index(fields=["source", "submitted_at"], name="rating_source"),
            models.Index(fields=["changeable_until"], name="rating_to_confirm", condition=Q(state="SUBMITTED")),
        ]

    class Personal:
        fields = {"comment_sealed": "text"}

    def __str__(self) -> str:
        return _("评价%(pk)s") % {"pk": self.pk}

    # Verbs

    def change(self, opinion: Opinion, *, by: "Account | None", at: datetime, seen: int | None = None) -> None:
        """Replace what was said; what it was before is kept.

        A rating that turns bad opens a remedy; one that turns good ends a remedy only as long as nobody has contacted
        the rater, so that nobody gains by pressing them. Raises: NotAnOpinion, NotAllowed, StepRefused, Stale.
        """
        said = opinion.checked(self.right.channel)
        with self.step("change", by=self.right, at=at, seen=seen):
            require(policies.why_not_change(by, self, at))
            Change.keep(self, at=at)
            self._say(said)
            self.changed_at = at
            self._follow(at)

    def flag(self, *, by: object, at: datetime) -> None:
        """Note that this rating came in a burst from one address: somebody may have rated for others."""
        with self.step("flag", by=by, at=at):
            self.flagged_at = self.flagged_at or at

    def confirm(self, *, by: object, at: datetime) -> None:
        """Let the rating stand for good: nobody can change it any more."""
        with self.step("confirm", by=by, at=at):
            pass

    def reinstate(self, *, by: object, at: datetime) -> None:
        """Let the rating stand for good: the finding against it was wrong."""
        with self.step("reinstate", by=by, at=at):
            pass

    def dispute(self, *, by: object, at: datetime) -> None:
        """Note that looking into it found a mistake or malice; the rater may appeal."""
        with self.step("dispute", by=by, at=at):
            pass

    def exclude(self, *, by: object, at: datetime) -> None:
        """Take the rating out of the statistics: the finding against it stands."""
        with self.step("exclude", by=by, at=at):
            pass

    # Questions

    @property
    def is_bad(self) -> bool:
        return is_bad(self.grade)

    @property
    def reason_labels(self) -> list[str]:
        """The reasons in words."""
        return [str(Reason(code).label) for code in self.reasons]

    def why_not_change(self, rater: "Account | None", *, at: datetime) -> str | None:
        """Say why what was said cannot be changed now; None if it can."""
        if "change" not in self.allowed_steps():
            return _("评价现在是「%(state)s」状态，不能再修改。") % {"state": self.get_state_display()}
        return policies.why_not_change(rater, self, at)

    # Inside

    def _say(self, opinion: Opinion) -> None:
        self.grade = opinion.grade
        self.reasons = list(opinion.reasons)
        self.set_personal("comment", opinion.comment)

    def _follow(self, at: datetime) -> None:
        """Open a remedy for a rating that has become bad, or end one that nobody has begun."""
        remedy = self.remedies.exclude(state=RemedyState.WITHDRAWN).first()
        if remedy is None:
            if self.is_bad:
                Remedy.objects.open_for(self, by=self.right, at=at)
        elif not self.is_bad and remedy.state == RemedyState.OPENED and not remedy.attempts:
            remedy.rating = self
            remedy.withdraw(by=self.right, at=at)


class Change(Masked, Sealed):
    """What a rating said before it was changed. Written by `Rating.change` only."""

    ROOT = "rating"

    rating = models.ForeignKey(Rating, on_delete=models.PROTECT, related_name="changes")
    grade = models.PositiveSmallIntegerField("评价等级", choices=Grade.choices)
    reasons = ArrayField(models.CharField(max_length=20, choices=Reason.choices), default=list, verbose_name="评价原因")
    comment_sealed = models.BinaryField("意见", null=True)
    replaced_at = models.DateTimeField("修改时间")

    class Meta:
        verbose_name = "评价修改记录"

    class Personal:
        fields = {"comment_sealed": "text"}
        key = "rating.key"

    def __str__(self) -> str:
        return f"{self.rating_id} {self.get_grade_display()}"

    @classmethod
    def keep(cls, rating: Rating, *, at: datetime) -> "Change":
        """Store what `rating` says now, before it says something else."""
        change = cls(rating=rating, grade=rating.grade, reasons=list(rating.reasons), replaced_at=at)
        change.set_personal("comment", rating.clear("comment"))
        change.save(force_insert=True)
        return change


def source_of(address: str, at: datetime) -> str:
    """Return the keyed digest of an address on one day: it shows a burst, and tells nobody where the rater was."""
    if not address:
        return ""
    return salted_hmac("ratings.source", f"{localdate(at)} {address}", algorithm="sha256").hexdigest()


def _key_of(right: Right) -> SubjectKey:
    """Return the key to seal the comment with: the holder's own, so that it goes when they are deleted."""
    person = right.holder.person if right.holder is not None else None
    return person.key if person is not None else SubjectKey.objects.create_key()
