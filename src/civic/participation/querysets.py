"""Questions about windows, draws and review groups."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from civic.audit.services import ledger_id
from civic.participation.policies import ORGANISERS
from civic.participation.rules import phases
from civic.participation.states import SeatState

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.participation.models import Panel, Phase, Seat, Sortition  # noqa: F401 (strings below)


class PhaseQuerySet(models.QuerySet["Phase"]):
    """Questions about windows. A subject is a noun or its ledger id."""

    def of(self, subject: object) -> Self:
        return self.filter(subject=ledger_id(subject)).order_by("opens_at", "pk")

    def allows(self, act: str, subject: object, *, at: datetime) -> bool:
        """Whether a window of `subject` allows `act` at `at`."""
        return self.standing(act, subject, at=at).is_open

    def standing(self, act: str, subject: object, *, at: datetime) -> phases.Standing:
        """Return how `act` stands on `subject` at `at`."""
        return phases.standing([phase.window() for phase in self.of(subject)], act, at)

    def why_not(self, act: str, subject: object, *, at: datetime) -> str | None:
        """Say when `act` opens or that it has ended; None while a window allows it."""
        found = self.standing(act, subject, at=at)
        if found.is_open:
            return None
        if found.opens_at is not None:
            return _("还没有开始，%(moment)s开放。") % {"moment": _moment(found.opens_at)}
        if found.ended_at is not None:
            return _("已于%(moment)s截止。") % {"moment": _moment(found.ended_at)}
        return _("这里没有安排这一步。")

    def for_list(self) -> Self:
        """With the extensions that a row shows."""
        return self.prefetch_related("extensions").order_by("opens_at", "pk")


class SortitionQuerySet(models.QuerySet["Sortition"]):
    """Questions about draws by lot."""

    def made_known(self) -> Self:
        """Those whose commitment was published: they stay public, also where they were cancelled."""
        return self.exclude(commitment="")

    def visible_to(self, user: "Account") -> Self:
        """Auditors all; organisers their unit's; nobody else in the office."""
        if user.has_any_role("auditor"):
            return self
        return self.filter(unit=user.department_id) if user.has_any_role(*ORGANISERS) else self.none()

    def for_list(self) -> Self:
        return self.select_related("unit").order_by("-prepared_at", "-pk")


class SeatQuerySet(models.QuerySet["Seat"]):
    """Questions about who is on the list of a draw."""

    def listed(self) -> Self:
        """Those who were drawn or called up since, by stratum and rank."""
        return self.exclude(state=SeatState.RESERVE).select_related("replaces").order_by("stratum", "rank")

    def taken(self) -> Self:
        return self.filter(state__in=[SeatState.INVITED, SeatState.ACCEPTED])

    def next_for(self, *, stratum: list[str]) -> "Seat | None":
        """Return the reserve to call up: the first of the same stratum, else the lowest lot of all; None: no more."""
        waiting = self.filter(state=SeatState.RESERVE)
        same = waiting.filter(stratum=stratum).order_by("rank", "pk").first()
        return same or waiting.order_by("lot", "pk").first()


class PanelQuerySet(models.QuerySet["Panel"]):
    """Questions about review groups."""

    def visible_to(self, user: "Account") -> Self:
        """Auditors all, organisers their unit's, members their own."""
        if user.has_any_role("auditor"):
            return self
        mine = Q(members__account=user)
        if user.has_any_role(*ORGANISERS):
            mine |= Q(unit=user.department_id)
        return self.filter(mine).distinct()

    def for_list(self) -> Self:
        return self.select_related("unit").order_by("-formed_at", "-pk")


def _moment(at: datetime) -> str:
    return date_format(localtime(at), "Y-m-d H:i")
