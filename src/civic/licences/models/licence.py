"""Licence: one electronic licence of one holder."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Department, Organisation, Person
from civic.audit.services import ledger_id
from civic.core.errors import Conflict, Invalid, require
from civic.core.jobs import enqueue
from civic.core.text import local
from civic.licences import policies, rules
from civic.licences.models.parts import Move
from civic.licences.models.status_list import REFRESH, StatusList
from civic.licences.models.types import LicenceType
from civic.licences.querysets import LicenceQuerySet
from civic.licences.states import LICENCE_STEPS, LicenceState
from civic.masking.models import SubjectKey
from civic.masking.rules import mask
from civic.masking.subjects import Masked
from civic.workflow.models import Stateful

if TYPE_CHECKING:
    from civic.accounts.models import Account

LONGEST_REASON = 500


class FieldWrong(Invalid):
    """A licence of this type has no such field, or lacks one that it must have."""

    code = "licence-field"


class HolderWrong(Conflict):
    """A licence of this type is not for such a holder."""

    code = "licence-holder"


class GroundWrong(Invalid):
    """The state of a licence is not changed without a reason, nor from a time that cannot be."""

    code = "licence-ground"


@dataclass(frozen=True)
class Ground:
    """Why a licence changes its state: in words, by which decision, and since when it counts (None: from now)."""

    reason: str
    decision: str = ""
    effective_at: datetime | None = None


class Licence(Masked, Stateful):
    """One electronic licence: what it says is sealed under its holder's key, what became of it is in its moves.

    `number` is the identifier of GB/T 36904; `code` the one under which anybody may ask whether it is genuine. `case`
    is the code of what it was issued for: one licence of a type for one case and holder, however often it is asked for.
    """

    STEPS = LICENCE_STEPS

    token = models.UUIDField(default=uuid4, unique=True, editable=False)
    number = models.CharField(gettext_lazy("证照标识"), max_length=120, unique=True)
    code = models.CharField(gettext_lazy("查验码"), max_length=16, unique=True)
    type = models.ForeignKey(LicenceType, on_delete=models.PROTECT, related_name="licences", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="licences", db_index=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="licences", db_index=False
    )
    key = models.ForeignKey(SubjectKey, on_delete=models.PROTECT, related_name="+", db_index=False)
    authority = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="licences")
    case = models.CharField("办件", max_length=40, blank=True)
    values_sealed = models.BinaryField("照面信息")
    state = models.CharField(
        gettext_lazy("状态"), max_length=10, choices=LicenceState.choices, default=LicenceState.VALID
    )
    issued_at = models.DateTimeField(gettext_lazy("颁发时间"))
    valid_from = models.DateField(gettext_lazy("有效期起"))
    valid_until = models.DateField(gettext_lazy("有效期至"), null=True, blank=True)
    edition = models.PositiveSmallIntegerField("版本号", default=1)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="successor", verbose_name="换发前证照"
    )
    status_list = models.ForeignKey(StatusList, on_delete=models.PROTECT, related_name="licences", db_index=False)
    status_place = models.PositiveIntegerField("状态位")

    objects = LicenceQuerySet.as_manager()

    class Meta:
        verbose_name = "电子证照"
        constraints = [
            models.UniqueConstraint(fields=["person", "type", "case"], name="licences_one_a_person_type_and_case"),
            models.UniqueConstraint(
                fields=["organisation", "type", "case"], name="licences_one_an_organisation_type_and_case"
            ),
            models.UniqueConstraint(fields=["status_list", "status_place"], name="licences_own_place_in_the_list"),
            models.CheckConstraint(
                name="licences_of_a_person_or_an_organisation",
                condition=Q(person__isnull=False, organisation__isnull=True)
                | Q(person__isnull=True, organisation__isnull=False),
            ),
            models.CheckConstraint(
                name="licences_end_after_their_beginning",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=models.F("valid_from")),
            ),
        ]
        indexes = [
            models.Index(fields=["case"], name="licences_of_case", condition=~Q(case="")),
            models.Index(
                fields=["valid_until"], name="licences_to_expire", condition=Q(state__in=["VALID", "SUSPENDED"])
            ),
            models.Index(
                fields=["status_list"],
                name="licences_with_a_bit",
                condition=Q(state__in=["SUSPENDED", "SUPERSEDED", "REVOKED"]),
            ),
        ]

    class Personal:
        fields = {"values_sealed": "text"}

    def __str__(self) -> str:
        return f"{self.type.name} {rules.shown_code(self.code)}"

    # Verbs: of the department that issued it, and of time

    def suspend(self, ground: Ground, *, by: "Account | str", at: datetime, seen: int | None = None) -> None:
        """Let the licence not be used until it is resumed."""
        with self._moving("suspend", ground, by=by, at=at, seen=seen):
            pass

    def resume(self, ground: Ground, *, by: "Account | str", at: datetime, seen: int | None = None) -> None:
        """End a suspension."""
        with self._moving("resume", ground, by=by, at=at, seen=seen):
            pass

    def supersede(self, ground: Ground, *, by: "Account | str", at: datetime, successor: "Licence") -> None:
        """Note that `successor` has taken this licence's place."""
        with self._moving("supersede", ground, by=by, at=at, successor=successor.ledger_id()):
            if successor.replaces_id != self.pk:
                raise GroundWrong(_("新证照没有写明换发自这一份，不能据此注明已换发。请先以换发方式颁发新证照。"))

    def revoke(self, ground: Ground, *, by: "Account | str", at: datetime, seen: int | None = None) -> None:
        """End the licence for good; where it was got by fraud, from the day it was issued (`ground.effective_at`)."""
        with self._moving("revoke", ground, by=by, at=at, seen=seen):
            pass

    def expire(self, *, by: "Account | str", at: datetime) -> None:
        """Note that the last day has passed; it counts from the end of that day."""
        with self._moving("expire", Ground("", effective_at=self.ends_at), by=by, at=at):
            if self.valid_until is None or self.valid_until >= localdate(at):
                raise GroundWrong(_("证照还在有效期内，不能注明已过有效期。"))

    # Questions

    @property
    def holder(self) -> Person | Organisation:
        found: Person | Organisation | None = self.person if self.person_id is not None else self.organisation
        if found is None:
            raise LookupError(f"{self.ledger_id()} has no holder.")
        return found

    @property
    def holder_name(self) -> str:
        """The holder's name, in the clear, for those who may see the licence."""
        return self.holder.name

    @cached_property
    def values(self) -> dict[str, str]:
        """What stands in the licence by field, in the clear, for those who may see it. Raises: Shredded."""
        found: dict[str, str] = json.loads(self.clear("values"))
        return found

    def shown_values(self, *, profile: str | None = None) -> dict[str, str]:
        """Return each field that has a value, in the type's order; masked by `profile`, in the clear with none."""
        return {
            field["key"]: self._shown(field["kind"], self.values[field["key"]], profile)
            for field in self.type.fields
            if self.values.get(field["key"])
        }

    def rows(self, *, profile: str | None = None) -> list[tuple[str, str]]:
        """Return (name in the reader's language, value) of each field that has a value, as `shown_values`."""
        shown = self.shown_values(profile=profile)
        return [(local(field, "name"), shown[field["key"]]) for field in self.type.fields if field["key"] in shown]

    @property
    def shown_code(self) -> str:
        return rules.shown_code(self.code)

    @property
    def path(self) -> str:
        """Where anybody may ask whether this licence is genuine."""
        return f"/v/{self.code}"

    @property
    def ends_at(self) -> datetime | None:
        """The instant at which the last day is over; None where it holds without end."""
        return rules.end_of(self.valid_until) if self.valid_until is not None else None

    def state_as_of(self, instant: datetime) -> str | None:
        """Return the state at `instant`, by all that is known today; None before the licence was issued.

        A licence whose last day was over counts as expired even before the sweep has noted it.
        """
        state = rules.state_as_of((move.as_rule() for move in self.moves.order_by("pk")), instant=instant)
        is_over = self.ends_at is not None and self.ends_at <= instant
        return LicenceState.EXPIRED if is_over and state in (LicenceState.VALID, LicenceState.SUSPENDED) else state

    def current_state(self, *, at: datetime) -> str:
        """Return the state that counts now, by what is stored, whether or not the sweep has been round."""
        is_over = self.ends_at is not None and self.ends_at <= at
        if is_over and self.state in (LicenceState.VALID, LicenceState.SUSPENDED):
            return LicenceState.EXPIRED.value
        return self.state

    # Inside

    def set_values(self, values: Mapping[str, str]) -> None:
        """Seal what stands in a licence that is being issued. Raises: FieldWrong."""
        if wrong := self.type.errors_in(values):
            words = _("证照「%(type)s」的照面信息不对（%(fields)s），请按目录核对。")
            raise FieldWrong(words % {"type": self.type.label, "fields": "、".join(wrong)})
        self.set_personal("values", json.dumps(dict(values), ensure_ascii=False))

    def note_move(self, step: str, ground: Ground, *, by: object, at: datetime) -> Move:
        """Store the row of a step that is being taken."""
        target = LicenceState.VALID if step == "issue" else self.STEPS.target(step, self.state)
        move = Move(
            licence=self, step=step, state=str(target), effective_at=ground.effective_at or at, moved_at=at,
            decision=ground.decision, actor=ledger_id(by),
        )  # fmt: skip
        move.set_personal("reason", ground.reason)
        move.save(force_insert=True)
        return move

    @contextmanager
    def _moving(
        self, step: str, ground: Ground, *, by: "Account | str", at: datetime, seen: int | None = None, **detail: str
    ) -> Iterator[None]:
        """Take `step` with its row in the history, and let the status list follow."""
        with self.step(step, by=by, at=at, seen=seen, **detail):
            require(policies.why_not_move(by, self))
            self._check(step, ground, at)
            yield
            self.note_move(step, ground, by=by, at=at)
            enqueue(REFRESH, status_list=self.status_list_id)

    def _check(self, step: str, ground: Ground, at: datetime) -> None:
        if step != "expire" and not ground.reason.strip():
            raise GroundWrong(_("请写明变更证照状态的原因。"))
        if len(ground.reason) > LONGEST_REASON:
            raise GroundWrong(_("原因最多%(most)s个字，请缩短后再提交。") % {"most": LONGEST_REASON})
        if ground.effective_at is not None and not self.issued_at <= ground.effective_at <= at:
            raise GroundWrong(_("生效时间要在颁发之后、现在之前，请核对。"))

    def _shown(self, kind: str, value: str, profile: str | None) -> str:
        return mask(kind, value, profile) if kind and profile is not None else value
