"""Result: what the ballots came to in one pot of money, by the frozen rule and by every other; and the proof."""

from typing import ClassVar

from django.db import models
from django.db.models import PROTECT, Q
from django.utils.translation import gettext, gettext_lazy

from civic.adapters.object_store.client import object_store
from civic.audit.seal import Sealed
from civic.budgeting.rules.money import percent


class Result(Sealed):
    """The count of one pot. Money in yuan; `rules` says for each rule whom it would fund and why."""

    ROOT = "round"

    round = models.ForeignKey("budgeting.Round", PROTECT, related_name="results")
    section = models.ForeignKey("budgeting.Section", PROTECT, null=True, related_name="+")
    name = models.CharField(gettext_lazy("资金"), max_length=40, blank=True)
    budget = models.DecimalField(gettext_lazy("资金（元）"), max_digits=17, decimal_places=2)
    rule = models.CharField(gettext_lazy("计票规则"), max_length=40)
    version = models.CharField(gettext_lazy("规则版本"), max_length=10)
    voters = models.PositiveIntegerField(gettext_lazy("选票数"))
    represented = models.PositiveIntegerField(gettext_lazy("至少有一个所选项目入选的人数"))
    projects = models.JSONField(gettext_lazy("项目"))
    funded = models.JSONField(gettext_lazy("入选"))
    rules = models.JSONField(gettext_lazy("各规则的结果"))
    pabulib_sha256 = models.CharField(gettext_lazy("Pabulib 文件指纹"), max_length=64)
    bundle_sha256 = models.CharField(gettext_lazy("审计包指纹"), max_length=64, blank=True)

    class Meta:
        verbose_name = gettext_lazy("计票结果")
        ordering: ClassVar = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "section"], name="result_once_a_section"),
            models.UniqueConstraint(fields=["round"], condition=Q(section=None), name="result_once_the_common_money"),
            models.CheckConstraint(
                name="result_reaches_no_more_than_voted", condition=Q(represented__lte=models.F("voters"))
            ),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.round_id} {self.name}"

    # Questions

    def pabulib(self) -> bytes:
        """Return the Pabulib file, byte for byte. Raises: StoreUnavailable, ObjectMissing."""
        return object_store().get(self.pabulib_sha256[:32])

    def bundle(self) -> bytes:
        """Return the audit bundle as a zip archive. Raises: StoreUnavailable, ObjectMissing."""
        return object_store().get(self.bundle_sha256[:32])

    @property
    def reach(self) -> str:
        """Per cent of the voters of whom at least one project is funded; "" where nobody voted."""
        return percent(self.represented, self.voters) if self.voters else ""

    def why(self, project: str, rule: str = "") -> str:
        """Say why a project is funded by a rule (the round's own, if none is named), or what it lacked."""
        told = self.rules.get(rule or self.rule, {}).get("why", {}).get(project, [])
        return "".join(gettext(template) % values for template, values in told)

    def missing(self, project: str, rule: str = "") -> str:
        """Return how many votes were missing; "" where the rule has no such figure or nothing was missing."""
        return str(self.rules.get(rule or self.rule, {}).get("missing", {}).get(project, ""))
