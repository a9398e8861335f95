"""What was done to a proposal in the open: each change with its reason, each judgement by each criterion."""

from collections.abc import Iterator

from django.conf import settings
from django.db import models
from django.db.models import PROTECT, Q
from django.utils.translation import gettext_lazy

from civic.audit.seal import Sealed
from civic.budgeting.models.proposal import Proposal
from civic.budgeting.rules.screening import Finding

STAFF = settings.AUTH_USER_MODEL


class Verdict(models.TextChoices):
    """What a screening comes to; the codes are the proposal's steps."""

    ADMIT = "admit", gettext_lazy("通过筛选")
    REPAIR = "ask_repair", gettext_lazy("请提案人补正")
    REFUSE = "refuse", gettext_lazy("不予列入")


class Screening(Sealed):
    """One judgement of a proposal: which published criteria it meets, and if not, why and what to do."""

    ROOT = "proposal"

    proposal = models.ForeignKey(Proposal, PROTECT, related_name="screenings")
    nth = models.PositiveSmallIntegerField(gettext_lazy("第几次筛选"))
    verdict = models.CharField(gettext_lazy("结论"), max_length=10, choices=Verdict.choices)
    findings = models.JSONField(gettext_lazy("逐条意见"))
    by = models.ForeignKey(STAFF, PROTECT, related_name="+", db_index=False)
    screened_at = models.DateTimeField(gettext_lazy("筛选时间"))

    class Meta:
        verbose_name = gettext_lazy("筛选意见")
        constraints = [
            models.UniqueConstraint(fields=["proposal", "nth"], name="screening_in_order"),
            models.CheckConstraint(name="screening_at_most_twice", condition=Q(nth__gte=1, nth__lte=2)),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.proposal_id}.{self.nth}"

    def lines(self) -> Iterator[tuple[str, Finding]]:
        """Yield each published criterion in words and what was found."""
        titles = {one["key"]: one["title"] for one in self.proposal.round.criteria}
        for found in self.findings:
            yield titles.get(found["key"], found["key"]), Finding(**found)


class Change(Sealed):
    """What was changed in a proposal, by whom and why; `changes`: field, what it was, what it is now."""

    ROOT = "proposal"

    proposal = models.ForeignKey(Proposal, PROTECT, related_name="changes")
    changes = models.JSONField(gettext_lazy("改动"))
    reason = models.TextField(gettext_lazy("改动理由"))
    by = models.ForeignKey(STAFF, PROTECT, related_name="+", db_index=False)
    by_unit = models.BooleanField(gettext_lazy("由组织单位改动"))
    changed_at = models.DateTimeField(gettext_lazy("改动时间"))

    class Meta:
        verbose_name = gettext_lazy("提案改动")
        constraints = [models.CheckConstraint(name="change_has_a_reason", condition=~Q(reason=""))]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.proposal_id}/{self.pk}"
