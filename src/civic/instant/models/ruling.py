"""Ruling: what rules said about one application, and on which facts."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import IntegrityError, models, transaction
from django.db.models import PROTECT, Q
from django.utils.translation import gettext as _

from civic.audit.services import record
from civic.core.errors import Conflict
from civic.instant.querysets import RulingQuerySet
from civic.instant.states import RULING_STEPS, UNDECIDED, RulingState
from civic.masking.keys import index
from civic.masking.subjects import Masked
from civic.workflow.models import Stateful

if TYPE_CHECKING:
    from civic.cases.models import Case
    from civic.instant.facts.sheet import Sheet

BY = "rules"
ISSUED_WITHIN = timedelta(minutes=5)  # longer than that nobody watches a page for it


class GrantedBefore(Conflict):
    """What may be granted only once was granted to somebody else in the same moment."""

    code = "granted-before"


class RulingManager(models.Manager.from_queryset(RulingQuerySet)):  # type: ignore[misc]
    """Asks rules about applications."""

    def ask(self, case: "Case", *, at: datetime) -> "Ruling":
        """Return the case's undecided ruling, a new one if there is none."""
        with transaction.atomic():
            found: Ruling | None = self.undecided().filter(case=case).first()
            if found is None:
                found = Ruling(case=case, service_version=case.service_version, asked_at=at)
                found.save(force_insert=True)
                record(at=at, actor=BY, step="instant.ruling.ask", subject=found, detail={"case": case.number})
        return found


class Ruling(Masked, Stateful):
    """What the rules of one version of a service said about one application.

    `about` names what may be granted only once (the number of a birth certificate): two granted rulings about
    the same thing cannot be.
    """

    STEPS = RULING_STEPS

    case = models.ForeignKey("cases.Case", PROTECT, related_name="rulings")
    service_version = models.ForeignKey("catalogue.Version", PROTECT, related_name="rulings", db_index=False)
    state = models.CharField("状态", max_length=12, choices=RulingState.choices, default=RulingState.ASKED)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    facts_sealed = models.BinaryField(null=True)
    fired = models.JSONField(default=list)
    missing = models.JSONField(default=list)
    about = models.CharField(max_length=64, blank=True)

    objects: ClassVar[RulingManager] = RulingManager()

    class Meta:
        verbose_name = "规则核验"
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state__in=UNDECIDED), name="ruling_one_undecided_per_case"
            ),
            models.UniqueConstraint(
                fields=["about"],
                condition=Q(state="GRANTED") & ~Q(about=""),
                name="ruling_grants_the_same_once",
            ),
            models.CheckConstraint(
                name="ruling_decided_at_when_decided",
                condition=Q(state__in=UNDECIDED, decided_at__isnull=True)
                | ~Q(state__in=UNDECIDED) & Q(decided_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["state", "asked_at"], name="ruling_by_state")]

    class Personal:
        fields = {"facts_sealed": "text"}
        key = "case.key"

    def __str__(self) -> str:
        return f"{self.case_id}: {self.state}"

    # Verbs

    def wait(self, *, sheet: "Sheet", at: datetime) -> None:
        """Note that the other parent has been asked; the facts are drawn again when they have answered."""
        with self.step("wait", by=BY, at=at):
            self._keep(sheet, fired=(), missing=())

    def grant(self, *, sheet: "Sheet", fired: Sequence[Mapping[str, str]], at: datetime) -> None:
        """Note that every rule is true. Raises: GrantedBefore, if the same was granted in another case."""
        try:
            with transaction.atomic(), self.step("grant", by=BY, at=at):
                self._keep(sheet, fired=fired, missing=())
                self.about = index(sheet.about, "text") if sheet.about else ""
                self.decided_at = at
        except IntegrityError as error:
            raise GrantedBefore(_("同一事项刚刚在另一件申请中办结，本件转由工作人员核对。")) from error

    def decline(self, *, sheet: "Sheet", fired: Sequence[Mapping[str, str]], at: datetime) -> None:
        """Note that a rule of law is false on a known fact."""
        with self.step("decline", by=BY, at=at):
            self._keep(sheet, fired=fired, missing=())
            self.decided_at = at

    def hand_over(
        self, *, sheet: "Sheet", fired: Sequence[Mapping[str, str]], missing: Sequence[str], at: datetime
    ) -> None:
        """Note that a person has to look: something is not known, or a rule says so."""
        with self.step("hand_over", by=BY, at=at):
            self._keep(sheet, fired=fired, missing=missing)
            self.decided_at = at

    def advise(
        self, *, sheet: "Sheet", fired: Sequence[Mapping[str, str]], missing: Sequence[str], at: datetime
    ) -> None:
        """Note what rules say where a person decides in any case."""
        with self.step("advise", by=BY, at=at):
            self._keep(sheet, fired=fired, missing=missing)
            self.decided_at = at

    # Questions

    @property
    def facts(self) -> dict[str, Any]:
        """The facts by key with value, source, as_of and reason, in clear for those who may see the case."""
        return self._kept("facts")

    @property
    def notice(self) -> dict[str, Any]:
        """What the departments that follow are told, in clear for the worker that tells them."""
        return self._kept("notice")

    @property
    def licence_values(self) -> dict[str, str]:
        """What the licence that a grant brings says, in clear for the worker that issues it; empty: not known yet."""
        return self._kept("licence")

    @property
    def is_decided(self) -> bool:
        """Whether the rules have come to an end with it."""
        return self.state not in UNDECIDED

    def brings_a_licence(self, *, at: datetime) -> bool:
        """Whether a licence is being issued in these minutes, because the rules have just granted the case."""
        is_new = self.decided_at is not None and at - self.decided_at < ISSUED_WITHIN
        return is_new and self.state == RulingState.GRANTED and bool(self.service_version.rules.get("licence"))

    def _kept(self, part: str) -> dict[str, Any]:
        kept: dict[str, Any] = json.loads(self.clear("facts") or "{}").get(part, {})
        return kept

    def _keep(self, sheet: "Sheet", *, fired: Sequence[Mapping[str, str]], missing: Sequence[str]) -> None:
        self.set_personal("facts", json.dumps(sheet.as_json(), ensure_ascii=False))
        self.fired = [dict(rule) for rule in fired]
        self.missing = list(missing)
