"""Questions about cases, tasks and drafts."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from civic.accounts.states import MandateState
from civic.cases.states import CREDIT_COUNTS, ENDED_STATES, OPEN_STATES, CaseState, CreditState, Outcome, TaskState

# of a version, what no row of a list shows
BULKY = (
    "form", "materials", "steps", "eligibility", "legal_basis", "results", "origin", "summary", "conditions",
    "rules",
)  # fmt: skip

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.cases.models import Case, CreditMark, Draft, Task  # noqa: F401 (ruff does not read the strings below)


def _tasks() -> "models.QuerySet[Task]":
    return apps.get_model("cases", "Task")._default_manager.all()


class CaseQuerySet(models.QuerySet["Case"]):
    """Questions about cases."""

    def visible_to(self, user: "Account", *, at: datetime) -> Self:
        """The cases this person may see at `at`: an applicant's own, an official's department's, an auditor's all."""
        if not user.is_authenticated:
            return self.none()
        if not user.is_official:
            return self.of_applicant(user, at=at)
        if user.has_any_role("auditor"):
            return self
        if not user.has_any_role("window_clerk", "unit_handler", "unit_leader", "supervisor"):
            return self.none()
        return self.of_department(user.department_id or 0)

    def of_applicant(self, user: "Account", *, at: datetime) -> Self:
        """Cases this account filed, while its mandate holds, or that are for its person or a firm of theirs."""
        holds = Q(mandate__state=MandateState.ACTIVE, mandate__valid_until__gt=at)
        own = Q(applicant_id=user.pk) & (Q(mandate=None) | holds)
        if user.person_id is not None:
            firms = apps.get_model("accounts", "Organisation")._default_manager.filter(representative=user.person_id)
            own |= Q(person_id=user.person_id)
            own |= Q(organisation__in=list(firms.values_list("pk", flat=True)))  # keys: each arm then has its index
        return self.filter(own)

    def of_department(self, department_id: int) -> Self:
        """Cases a department leads, and those in which it has a task."""
        from_tasks = (
            _tasks().filter(case_id=OuterRef("pk"), department_id=department_id).exclude(state=TaskState.CANCELLED)
        )
        return self.filter(Q(department_id=department_id) | Q(Exists(from_tasks)))

    def led_by(self, department_id: int | None) -> Self:
        return self.filter(department_id=department_id)

    def with_open_task_at(self, department_id: int) -> Self:
        tasks = _tasks().filter(department_id=department_id, state=TaskState.OPEN)
        return self.filter(pk__in=tasks.values("case_id"))

    def with_commitments_to_check(self) -> Self:
        """Granted cases that rest on a commitment which nobody has checked yet."""
        unchecked = apps.get_model("cases", "Commitment")._default_manager.filter(case_id=OuterRef("pk"), result="")
        in_force = self.filter(state__in=(CaseState.DECIDED, CaseState.DELIVERED), outcome=Outcome.GRANTED)
        return in_force.filter(Exists(unchecked))

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def ended(self) -> Self:
        return self.filter(state__in=ENDED_STATES)

    def overdue(self, *, at: datetime) -> Self:
        """Open cases whose running clock has run out."""
        running = (CaseState.SUBMITTED, CaseState.IN_REVIEW)
        return self.filter(state__in=running, act_by__lt=at)

    def numbered(self, prefix: str) -> Self:
        return self.filter(number__startswith=prefix)

    def of_service(self, code: str) -> Self:
        return self.filter(service__code=code)

    def by_urgency(self) -> Self:
        return self.order_by("act_by", "pk")

    def newest_first(self) -> Self:
        return self.order_by("-submitted_at", "-pk")

    def for_list(self) -> Self:
        """Load all that a row of a list shows."""
        return (
            self.select_related(
                "service",
                "service_version",
                "department",
                "person__key",
                "organisation",
                "applicant",
                "mandate",
                "key",
            )
            .defer(*(f"service_version__{name}" for name in BULKY))
            .prefetch_related("tasks__department")
        )

    def for_detail(self) -> Self:
        """Load all that the case page shows."""
        return (
            self.for_list()
            .defer(None)
            .prefetch_related("submissions", "corrections", "extensions", "commitments", "hearings")
        )


class TaskQuerySet(models.QuerySet["Task"]):
    """Questions about departments' tasks."""

    def visible_to(self, user: "Account") -> Self:
        if not user.is_authenticated or not user.is_official:
            return self.none()
        return self.filter(Q(department_id=user.department_id) | Q(case__department_id=user.department_id))

    def open(self) -> Self:
        return self.filter(state=TaskState.OPEN)

    def left(self) -> Self:
        return self.filter(state__in=(TaskState.WAITING, TaskState.OPEN))

    def cancelled(self) -> Self:
        return self.filter(state=TaskState.CANCELLED)

    def in_order(self) -> Self:
        return self.order_by("position", "pk")


class CreditMarkQuerySet(models.QuerySet["CreditMark"]):
    """Questions about the marks of false commitments."""

    def counting(self, *, at: datetime) -> Self:
        """Marks that have an effect at `at`."""
        return self.filter(state__in=CREDIT_COUNTS, until__gt=at)

    def visible_to(self, user: "Account") -> Self:
        """A person's own and those of firms they represent; of officials, the deciding department's."""
        if not user.is_authenticated:
            return self.none()
        if not user.is_official:
            mine = Q(person=user.person_id) | Q(organisation__representative=user.person_id)
            return self.filter(mine) if user.person_id is not None else self.none()
        if not user.has_any_role("unit_handler", "unit_leader", "supervisor"):
            return self.none()
        return self.filter(case__department=user.department_id)

    def asked(self) -> Self:
        return self.filter(state=CreditState.ASKED)

    def over(self, *, at: datetime) -> Self:
        """Marks whose time is up and that nobody has closed yet."""
        return self.filter(state__in=CREDIT_COUNTS, until__lte=at)

    def for_list(self) -> Self:
        related = ("case__service_version", "case__department", "key", "organisation", "person")
        return self.select_related(*related).prefetch_related("case__commitments").order_by("-marked_at", "-pk")


class DraftQuerySet(models.QuerySet["Draft"]):
    """Questions about drafts."""

    def visible_to(self, user: "Account") -> Self:
        return self.filter(owner_id=user.pk) if user.is_authenticated else self.none()

    def of_service(self, service_id: int) -> Self:
        """Drafts for any version of this service."""
        return self.filter(service_version__service_id=service_id)

    def older_than(self, *, at: datetime) -> Self:
        return self.filter(updated_at__lt=at)

    def newest_first(self) -> Self:
        return self.order_by("-updated_at", "-pk")

    def for_list(self) -> Self:
        return self.select_related("service_version__service", "service_version__service__department")
