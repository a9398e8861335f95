"""What becomes of a consultation: who could have taken part, every point answered, the rule issued."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account
from civic.consultation import policies
from civic.consultation.rules.standing import Eligible
from civic.consultation.states import OpinionState, ThemeState
from civic.core.errors import Conflict, FieldError, Invalid, require
from civic.core.said import said
from civic.workflow.models import Stateful

MOST_PEOPLE = 2_000_000_000


class NotAnswered(Conflict):
    """Somebody has said something that has no answer yet."""

    code = "not-answered"


@dataclass(frozen=True)
class Issued:
    """The rule as it was issued: its title and number, and the day from which it is in force."""

    title: str
    effective_on: date


class Outcome(Stateful):
    """The fields and verbs of a consultation that are about its end."""

    eligible_people = models.PositiveIntegerField(gettext_lazy("可参与的人数"), null=True)
    eligible_source = models.CharField(gettext_lazy("人数来源"), max_length=200, blank=True)
    eligible_on = models.DateField(gettext_lazy("人数日期"), null=True)
    answered_at = models.DateTimeField(gettext_lazy("答复时间"), null=True)
    adopted_at = models.DateTimeField(gettext_lazy("登记出台时间"), null=True)
    issued_as = models.CharField(gettext_lazy("出台的文件"), max_length=200, blank=True)
    effective_on = models.DateField(gettext_lazy("施行日期"), null=True)

    if TYPE_CHECKING:
        unit_id: int
        opinions: Any
        themes: Any

    class Meta:
        abstract = True

    # Verbs

    def count_eligible(
        self, people: int | None, *, source: str, on: date | None, by: Account, at: datetime, seen: int | None = None
    ) -> None:
        """Say how many people could have taken part, who says so and for which day: the rate is of these.

        Raises: Invalid, WordsMissing, NotAllowed, StepRefused, Stale.
        """
        if people is None or not 0 < people < MOST_PEOPLE:
            raise _wrong("eligible_people", _("请填写可参与的人数，例如 4393699。"))
        if on is None or on > localdate(at):
            raise _wrong("eligible_on", _("请填写这个人数是哪一天的，不能晚于今天。"))
        named = said("eligible_source", source, most=200)
        with self.step("count_eligible", by=by, at=at, seen=seen):
            require(policies.why_not("count_eligible", by, self))  # type: ignore[arg-type]
            self.eligible_people, self.eligible_source, self.eligible_on = people, named, on

    def settle(self, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """Say that every point has its answer. Call `services.answering.settle`, which publishes the report with it.

        Raises: NotAnswered, NotAllowed, StepRefused, Stale.
        """
        with self.step("settle", by=by, at=at, seen=seen):
            require(policies.why_not("settle", by, self))  # type: ignore[arg-type]
            if wanting := self.wanting():
                raise NotAnswered(wanting[0])
            self.answered_at = at

    def adopt(self, issued: Issued, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """Note as what the draft was issued, and when it comes into force. Raises: WordsMissing, NotAllowed, Stale."""
        title = said("issued_as", issued.title, most=200)
        with self.step("adopt", by=by, at=at, seen=seen):
            require(policies.why_not("adopt", by, self))  # type: ignore[arg-type]
            self.issued_as, self.effective_on, self.adopted_at = title, issued.effective_on, at

    # Questions

    def eligible(self) -> Eligible | None:
        """Return how many people could have taken part; None as long as nobody has said so."""
        if self.eligible_people is None or self.eligible_on is None:
            return None
        return Eligible(self.eligible_people, self.eligible_source, self.eligible_on)

    def wanting(self) -> list[str]:
        """Return what is missing before every point has its answer, each in a sentence; empty if nothing is."""
        waiting = self.opinions.filter(state__in=[OpinionState.PENDING, OpinionState.APPEALED]).count()
        unplaced = self.opinions.public().filter(placing=None).count()
        themes = self.themes.exclude(state=ThemeState.MERGED)
        unanswered = themes.filter(~Q(state=ThemeState.ANSWERED)).count()
        found = [
            _("还有%(n)s条意见等待审核或申诉处理。") % {"n": waiting} if waiting else "",
            _("还有%(n)s条意见没有归入主题。") % {"n": unplaced} if unplaced else "",
            _("还有%(n)s个主题没有答复。") % {"n": unanswered} if unanswered else "",
            "" if self.eligible() else _("还没有填写可参与的人数和来源，算不出参与率。"),
        ]
        return [one for one in found if one]


def _wrong(name: str, message: str) -> Invalid:
    return Invalid(message, errors=[FieldError(name, "invalid", message)])
