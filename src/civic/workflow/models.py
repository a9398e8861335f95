"""The one deep module of the house: a record that moves by recorded steps."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _

from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.core.errors import Conflict, Stale
from civic.core.jobs import enqueue
from civic.workflow.steps import Steps


class StepRefused(Conflict):
    """The table has no such step from the state that is stored now."""

    code = "step-refused"


class Stateful(Sealed):
    """A record that moves through published states, one recorded step at a time."""

    STEPS: ClassVar[Steps]
    _stepping = False
    state: "models.CharField[str, str]"
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    class Meta:
        abstract = True

    @contextmanager
    def step(
        self, name: str, *, by: object, at: datetime, seen: int | None = None, purpose: str = "", **detail: str
    ) -> Iterator[Self]:
        """Take step `name`: lock the row, check the table, run the body, save, record, enqueue.

        `seen` is the version that the actor looked at (None: does not matter).
        `detail` goes into the ledger: codes and ids, never contents.
        Raises: StepRefused, if the table has no such step from the state now stored;
                Stale, if the row is no longer at version `seen`.
        """
        with transaction.atomic(), self._locked():
            if seen is not None and seen != self.version:
                words = _("%(noun)s在您打开之后已有变化（第%(seen)s版→第%(now)s版），请核对后再操作。")
                raise Stale(words % {"noun": self, "seen": seen, "now": self.version})
            target = self.STEPS.target(name, self.state)
            if target is None:
                raise StepRefused(self._refusal(name), allowed=self.allowed_steps())
            yield self
            self.state = target
            self.version += 1
            self.save(force_update=True)
            label = f"{self._meta.label_lower}.{name}"
            record(at=at, actor=by, step=label, subject=self, purpose=purpose, detail=detail)
            for job in settings.REACTIONS.get(label, ()):
                enqueue(job, subject=self.pk)

    def allowed_steps(self) -> tuple[str, ...]:
        """Return the names of the steps that the table has from here."""
        return self.STEPS.allowed(self.state)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the aggregate's root, then this row, both read afresh.

        A root that is itself in the middle of a step is already held; reading it again would lose the step's work.
        """
        root = self.ledger_root()
        if root is not self and not getattr(root, "_stepping", False):
            root.refresh_from_db(from_queryset=type(root)._default_manager.select_for_update(of=("self",)))
        self.refresh_from_db(from_queryset=type(self)._default_manager.select_for_update(of=("self",)))
        if root is not self:
            setattr(self, self.ROOT, root)
        self._stepping = True
        try:
            yield
        finally:
            self._stepping = False

    def _refusal(self, name: str) -> str:
        state: Any = getattr(self, "get_state_display", lambda: self.state)()
        return _("%(noun)s现在是「%(state)s」状态，不能进行这一步（%(step)s）。") % {
            "noun": self,
            "state": state,
            "step": name,
        }
