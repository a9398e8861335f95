"""Questions about tickets and those who say "me too"."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from civic.hotline.policies import DEPUTY, READ_ALL, UNIT
from civic.hotline.rules import grams
from civic.hotline.states import (
    AT_CENTRE,
    AT_UNIT,
    ENDED_STATES,
    OPEN_STATES,
    SURGE_OPEN,
    Channel,
    ExclusionState,
    Kind,
    Secrecy,
    TicketState,
)

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.areas.models import Area
    from civic.hotline.models import AutomaticDispatch, Exclusion, Revisit, Surge, Ticket, Tolerance, Voice  # noqa: F401 (ruff does not read the strings below)


def _count(related: Any, of: str) -> Coalesce:
    """Return how many different `of` the rows of a ticket have."""
    rows = related._default_manager.filter(ticket=OuterRef("pk")).order_by().values("ticket")
    return Coalesce(Subquery(rows.annotate(n=Count(of, distinct=True)).values("n")), 0)


class TicketQuerySet(models.QuerySet["Ticket"]):
    """Questions about tickets."""

    def visible_to(self, user: "Account") -> Self:
        """A caller's own; the centre's, supervisors' and auditors' all; a unit's that it holds or has held.

        A deputy's those that they have brought.
        """
        if not user.is_authenticated:
            return self.none()
        if not user.is_official:
            return self.filter(caller=user.pk)
        if user.has_any_role(*READ_ALL):
            return self
        brought = Q(sponsor=user.pk) if user.has_any_role(DEPUTY) else Q()
        if not user.has_any_role(*UNIT):
            return self.filter(brought) if brought else self.none()
        held = self.model._meta.get_field("dispatches").related_model._default_manager.filter(
            ticket=OuterRef("pk"), unit=user.department_id
        )
        return self.filter(brought | Q(unit=user.department_id) | Exists(held))

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def ended(self) -> Self:
        return self.filter(state__in=ENDED_STATES)

    def at_centre(self, *states: str) -> Self:
        return self.filter(state__in=states or AT_CENTRE)

    def at_unit(self, unit: int | None) -> Self:
        return self.filter(unit=unit, state__in=AT_UNIT)

    def held_by(self, unit: int | None) -> Self:
        """Tickets that a unit holds or held last."""
        return self.filter(unit=unit)

    def answered_by(self, unit: int | None) -> Self:
        """Tickets whose answer is a unit's, also those that were joined to one of its tickets."""
        return self.filter(Q(parent__unit=unit) | Q(parent__unit=None, unit=unit))

    def done_by(self, unit: int | None) -> Self:
        """Tickets that a unit has answered: at the centre, or ended."""
        return self.filter(unit=unit, state__in=(TicketState.REPLIED, TicketState.REVISIT, *ENDED_STATES))

    def asking_for_time(self) -> Self:
        """Tickets whose unit has asked for more time and has no answer yet."""
        asked = self.model._meta.get_field("extensions").related_model._default_manager.filter(
            ticket=OuterRef("pk"), answered_at=None
        )
        return self.filter(Exists(asked), state=TicketState.HANDLING)

    def contested(self) -> Self:
        """Tickets that were not taken up, whose caller asked to have that looked at again and has no answer yet."""
        asked = self.model._meta.get_field("reconsiderations").related_model._default_manager.filter(
            ticket=OuterRef("pk"), answered_at=None
        )
        return self.filter(Exists(asked), state=TicketState.REFUSED)

    def count_by_state(self) -> dict[str, int]:
        """Return how many tickets are in each state."""
        return dict(self.order_by().values_list("state").annotate(n=Count("pk")))

    def overdue(self, *, at: datetime) -> Self:
        """Open tickets whose present step is past its time."""
        return self.filter(state__in=OPEN_STATES, act_by__lt=at).exclude(state=TicketState.WAITING)

    def of_caller(self, user: "Account") -> Self:
        """One's own, also an official's."""
        return self.filter(caller=user.pk) if user.is_authenticated else self.none()

    def sponsored_by(self, user: "Account") -> Self:
        """Those that this deputy has brought."""
        return self.filter(sponsor=user.pk)

    def brought_by_deputies(self, *, since: datetime) -> Self:
        return self.filter(channel=Channel.DEPUTY, received_at__gte=since)

    def joined_by(self, user: "Account") -> Self:
        """Those to which this person says "me too"."""
        return self.filter(voices__account=user.pk)

    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def joinable(self) -> Self:
        """What others may be told of and say "me too" to: no reports of wrongdoing, nothing told in confidence."""
        known = self.filter(state__in=(*OPEN_STATES, TicketState.CLOSED), parent=None)
        return known.exclude(kind=Kind.REPORT).exclude(secrecy=Secrecy.CONFIDENTIAL)

    def told_openly(self) -> Self:
        """What open data may tell of: no reports of wrongdoing, nothing told in confidence, nothing taken back."""
        known = self.exclude(state=TicketState.WITHDRAWN).exclude(kind=Kind.REPORT)
        return known.exclude(secrecy=Secrecy.CONFIDENTIAL)

    def since(self, moment: datetime) -> Self:
        return self.filter(received_at__gte=moment)

    def in_week_of(self, surge: "Surge") -> Self:
        """The tickets of the days that an early warning rests on, newest first."""
        found = self.told_openly().of_class(surge.category.code)
        span = timedelta(days=surge.watch.days)
        found = found.filter(received_at__gt=surge.counted_at - span, received_at__lte=surge.counted_at)
        return (found.in_area(surge.area) if surge.area is not None else found).newest_first()

    def for_open_data(self) -> Self:
        """Load all that open data shows of a ticket."""
        return self.select_related("category", "unit", "area__parent__parent", "key").defer("bands", "public_grams")

    def changed(self, *, since: datetime, until: datetime, span: timedelta) -> Self:
        """Those to which something was done in between, among those that came in at most `span` before that."""
        done = Q()
        for name in ("dispatched_at", "contacted_at", "replied_at", "ended_at"):
            done |= Q(**{f"{name}__gte": since, f"{name}__lte": until})
        return self.filter(done, received_at__gte=since - span, received_at__lte=until)

    def saying(self, words: str) -> Self:
        """Published tickets in which the words stand, pair of characters by pair; all of them where none is given."""
        pairs = grams(words)
        return self.filter(public_grams__contains=pairs) if pairs else self

    def received(self, *, since: datetime, until: datetime) -> Self:
        """Those that came in within [since, until)."""
        return self.filter(received_at__gte=since, received_at__lt=until)

    def within(
        self,
        *,
        unit: int | None = None,
        classes: Collection[int] | None = None,
        areas: Collection[int] | None = None,
        channel: str = "",
    ) -> Self:
        """Of a unit, of these classes, in these areas, through a channel. None: any; no class, no area: without one."""
        found = self.filter(unit=unit) if unit is not None else self
        if classes is not None:
            found = found.filter(category__in=classes) if classes else found.filter(category=None)
        if areas is not None:
            found = found.filter(area__in=areas) if areas else found.filter(area=None)
        return found.filter(channel=channel) if channel else found

    def contacted(self) -> Self:
        """Those whose caller the unit has spoken to."""
        return self.filter(contacted_at__isnull=False)

    def answered(self) -> Self:
        return self.filter(replied_at__isnull=False)

    def called_back(self, *, since: datetime, until: datetime) -> Self:
        """Those whose caller was reached in a call back within [since, until)."""
        calls = self.model._meta.get_field("revisits").related_model._default_manager
        return self.filter(Exists(calls.filter(ticket=OuterRef("pk"), reached=True, at__gte=since, at__lt=until)))

    def about(self, roots: Collection[int]) -> Self:
        """These tickets and those that were joined to them."""
        return self.filter(Q(pk__in=roots) | Q(parent__in=roots))

    def of_class(self, code: str) -> Self:
        """Of a class of any level, by its code; by ids, of which the planner knows how many rows each has."""
        classes = self.model._meta.get_field("category").related_model._default_manager
        return self.filter(category__in=list(classes.filter(code__startswith=code).values_list("pk", flat=True)))

    def in_area(self, area: "Area") -> Self:
        """In an area or below it, by ids as in `of_class`."""
        below = type(area)._default_manager.under(code=area.code)
        return self.filter(area__in=list(below.values_list("pk", flat=True)))

    def with_voices(self) -> Self:
        """Count who says "me too", as `voices_count`."""
        voices = self.model._meta.get_field("voices").related_model._default_manager
        of_it = voices.filter(ticket=OuterRef("pk")).order_by().values("ticket").annotate(n=Count("*")).values("n")
        return self.annotate(voices_count=Coalesce(Subquery(of_it), 0))

    def crowded(self) -> Self:
        """Open tickets that others are joined to or say "me too" to."""
        voices = self.model._meta.get_field("voices").related_model._default_manager
        joined = self.model._default_manager.filter(parent=OuterRef("pk"))
        openly = self.open().told_openly()
        return openly.filter(Exists(voices.filter(ticket=OuterRef("pk"))) | Exists(joined), parent=None)

    def stuck(self, *, at: datetime) -> Self:
        """Open tickets that no unit settles alone: before a meeting, objected to twice, or late at a second unit.

        Counted as `objections_count` and `units_count`.
        """
        related = {name: self.model._meta.get_field(name).related_model for name in ("objections", "dispatches")}
        found = self.open().annotate(
            objections_count=_count(related["objections"], "pk"), units_count=_count(related["dispatches"], "unit")
        )
        is_late = Q(units_count__gt=1, act_by__lt=at) & ~Q(state=TicketState.WAITING)
        return found.filter(Q(state=TicketState.MEETING) | Q(objections_count__gte=2) | is_late)

    def may_be_one_matter(self, *, since: datetime) -> Self:
        """Open tickets of their own since then that may be joined with others': nothing told in confidence."""
        return self.open().told_openly().filter(parent=None, received_at__gte=since)

    def letters(self, *, since: datetime, until: datetime) -> Self:
        """Letters to the mayor that came in between."""
        return self.filter(channel=Channel.MAILBOX, received_at__gte=since, received_at__lt=until)

    def for_register(self) -> Self:
        """Load all that a row of the public register shows."""
        return self.for_list().with_voices()

    def near(self, bands: Sequence[int]) -> Self:
        """Tickets that share a band with these: candidates for being about the same."""
        return self.filter(bands__overlap=list(bands)) if bands else self.none()

    def of_phone(self, indexes: Collection[str]) -> Self:
        return self.filter(phone_index__in=indexes)

    def numbered(self, typed: str) -> Self:
        """Tickets whose number begins with what was typed."""
        return self.filter(number__startswith=typed)

    def taken_by_hand_of(self, user: "Account") -> Self:
        """Tickets that this official has written down."""
        return self.filter(taken_by=user.pk)

    def by_urgency(self) -> Self:
        return self.order_by("act_by", "pk")

    def newest_first(self) -> Self:
        return self.order_by("-received_at", "-pk")

    def for_list(self) -> Self:
        """Load all that a row of a list shows."""
        return self.select_related("category", "unit", "area", "key", "profile").defer(
            "public_detail", "public_reply", "public_grams", "bands"
        )

    def for_detail(self) -> Self:
        """Load all that the ticket's page shows."""
        related = (
            "category",
            "unit",
            "area",
            "key",
            "profile",
            "addressed_to",
            "ground",
            "parent",
            "caller",
            "sponsor",
        )
        return self.select_related(*related).prefetch_related(
            "dispatches__unit", "objections__by__official", "contacts", "extensions", "replies__unit", "revisits",
            "automatic_dispatches__tolerance",
        )  # fmt: skip

    def confirmed_by_people(self) -> Self:
        """Closed tickets with a class, the oldest first; who gave the class stands in the ledger."""
        return self.filter(state=TicketState.CLOSED, category__isnull=False).order_by("pk")


class AutomaticDispatchQuerySet(models.QuerySet["AutomaticDispatch"]):
    """Questions about what the rule has dispatched."""

    def under(self, tolerance: "Tolerance") -> Self:
        """Those of one decision: a new decision is measured anew."""
        return self.filter(tolerance=tolerance)

    def count_outcomes(self) -> dict[str, int]:
        """Return how many there are (`made`), of how many the unit has judged (`judged`), and how many were `wrong`.

        Judged: the unit has taken the ticket, or its objection was answered. Wrong: the objection was upheld and the
        ticket went to another unit; an objection that became moot says nothing of the rule.
        """
        taken, answered = Q(dispatch__acknowledged_at__isnull=False), Q(dispatch__objection__answered_at__isnull=False)
        moved = Exists(
            self.model._meta.get_field("dispatch")
            .related_model._default_manager.filter(ticket=OuterRef("dispatch__ticket"), pk__gt=OuterRef("dispatch"))
            .exclude(unit=OuterRef("dispatch__unit"))
        )
        wrong = Q(dispatch__objection__is_upheld=True) & Q(moved=True)
        moot = Q(dispatch__objection__is_upheld=True, moved=False)  # joined to another, or the meeting let it stay
        return self.annotate(moved=moved).aggregate(
            made=Count("pk"),
            judged=Count("pk", filter=taken | (answered & ~moot)),
            wrong=Count("pk", filter=wrong),
        )


class VoiceQuerySet(models.QuerySet["Voice"]):
    """Questions about who says "me too"."""

    def of(self, account: "Account") -> Self:
        return self.filter(account=account.pk)

    def about(self, tickets: Collection[int]) -> Self:
        """Said to these tickets, or to one that is joined to them."""
        return self.filter(Q(ticket__in=tickets) | Q(ticket__parent__in=tickets))


class SurgeQuerySet(models.QuerySet["Surge"]):
    """Questions about early warnings."""

    def visible_to(self, user: "Account") -> Self:
        """The centre's, supervisors' and auditors' all; a unit's its own."""
        if user.has_any_role(*READ_ALL):
            return self
        return self.filter(unit=user.department_id) if user.has_any_role(*UNIT) else self.none()

    def open(self) -> Self:
        return self.filter(state__in=SURGE_OPEN)

    def ended(self) -> Self:
        return self.exclude(state__in=SURGE_OPEN)

    def of_series(self, category: int, area: int | None) -> Self:
        """Of one class in one county (None: in the whole city), the newest first."""
        return self.filter(category=category, area=area).order_by("-begun_on", "-pk")

    def for_list(self) -> Self:
        """Load all that a row of a list shows: what waits the longest first, then the newest."""
        return self.select_related("category__parent", "area", "unit").order_by("due_at", "-raised_at", "-pk")

    def for_detail(self) -> Self:
        return self.select_related(
            "category__parent", "area", "unit", "watch", "taken_by__official", "ended_by__official__department"
        )


class RevisitQuerySet(models.QuerySet["Revisit"]):
    """Questions about calls back."""

    def between(self, *, since: datetime, until: datetime) -> Self:
        return self.filter(at__gte=since, at__lt=until)

    def last_that_reached(self, *, until: datetime) -> Self:
        """Of each ticket the last call before `until` that reached the caller: one voice a ticket."""
        later = self.model._default_manager.filter(
            ticket=OuterRef("ticket"), reached=True, at__lt=until, pk__gt=OuterRef("pk")
        )
        return self.filter(~Exists(later), reached=True)


class ExclusionQuerySet(models.QuerySet["Exclusion"]):
    """Questions about what is left out of the rates."""

    def visible_to(self, user: "Account") -> Self:
        """The centre, supervisors and auditors all; a unit those of its tickets."""
        if user.has_any_role(*READ_ALL):
            return self
        return self.filter(ticket__unit=user.department_id) if user.has_any_role(*UNIT) else self.none()

    def open(self) -> Self:
        return self.filter(state=ExclusionState.PROPOSED)

    def confirmed(self) -> Self:
        return self.filter(state=ExclusionState.CONFIRMED)

    def for_list(self) -> Self:
        return self.select_related("ticket__unit", "ground", "proposed_unit").order_by("-proposed_at", "-pk")
