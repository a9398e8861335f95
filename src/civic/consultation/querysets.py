"""Questions about consultations, the opinions in them, and what was shown to whom."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from civic.consultation.policies import ORGANISERS
from civic.consultation.states import ConsultationState, OpinionState, StatementState, ThemeState

if TYPE_CHECKING:
    from civic.accounts.models import Account, Person
    from civic.consultation.models import (  # noqa: F401 (strings below)
        Consultation,
        DraftVersion,
        Opinion,
        Reception,
        Statement,
        StatementVote,
        Theme,
    )

STANDING = (OpinionState.PUBLISHED, OpinionState.MERGED)


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    """Questions about consultations."""

    def made_known(self) -> Self:
        """Those that were put before the public, also those taken back since."""
        return self.exclude(published_at=None)

    def visible_to(self, user: "Account") -> Self:
        """In the office: auditors all, organisers their unit's, others none. Residents: what was made known."""
        if not user.is_official:
            return self.made_known()
        if user.has_any_role("auditor"):
            return self
        return self.filter(unit=user.department_id) if user.has_any_role(*ORGANISERS) else self.none()

    def voted_on(self) -> Self:
        """Those that people read, with a statement to vote on, and that are not answered yet."""
        open_ = self.filter(state__in=[ConsultationState.PUBLISHED, ConsultationState.CONCLUDED])
        return open_.filter(statements__state=StatementState.SHOWN).distinct()

    def for_list(self) -> Self:
        return self.select_related("unit").order_by("-published_at", "-prepared_at", "-pk")


class DraftVersionQuerySet(models.QuerySet["DraftVersion"]):
    """Questions about the versions of a draft."""

    def made_known(self) -> Self:
        return self.exclude(published_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-number")


class OpinionQuerySet(models.QuerySet["Opinion"]):
    """Questions about opinions."""

    def public(self) -> Self:
        """Those that everybody reads, each of the merged ones under the one it was merged into."""
        return self.filter(state=OpinionState.PUBLISHED)

    def standing(self) -> Self:
        """Those that count: public, or merged into a public one."""
        return self.filter(state__in=STANDING)

    def visible_to(self, user: "Account") -> Self:
        """In the office: auditors all, organisers those put to their unit. Residents: public ones and their own."""
        if not user.is_official:
            return self.filter(Q(state=OpinionState.PUBLISHED) | Q(author__isnull=False, author=user.person_id))
        if user.has_any_role("auditor"):
            return self
        return self.filter(consultation__unit=user.department_id) if user.has_any_role(*ORGANISERS) else self.none()

    def of_author(self, person: "Person") -> Self:
        return self.filter(author=person).order_by("-said_at", "-pk")

    def of_theme(self, theme: "Theme") -> Self:
        """Those that stand in a theme, and those merged into one of them."""
        return self.filter(Q(placing__theme=theme) | Q(merged_into__placing__theme=theme))

    def in_themes(self) -> Self:
        """With their places, theme by theme, the most supported first."""
        placed = self.exclude(placing=None).select_related("placing")
        return placed.order_by("placing__theme", "-reception__supports", "pk")

    def family(self, pk: int) -> Self:
        """The opinion and those merged into it."""
        return self.filter(Q(pk=pk) | Q(merged_into=pk))

    def on(self, origins: Collection[tuple[int, str]]) -> Self:
        """Those given on one of these (number of the version, anchor)."""
        wanted = Q(pk__in=[])
        for number, anchor in origins:
            wanted |= Q(draft__number=number, anchor=anchor)
        return self.filter(wanted)

    def near(self, fingerprint: Sequence[int]) -> Self:
        """Those that share a number of their fingerprint; how alike they are is for the caller to say."""
        return self.filter(bands__overlap=list(fingerprint))

    def to_moderate(self) -> Self:
        """Those that wait for somebody in the office, the oldest first; appeals before all."""
        waiting = self.filter(state__in=[OpinionState.PENDING, OpinionState.APPEALED])
        return waiting.order_by("state", "said_at", "pk")

    def for_list(self) -> Self:
        """With all that a row shows, and how many were merged into each."""
        merged = self.model._base_manager.filter(merged_into=OuterRef("pk")).order_by().values("merged_into")
        count = merged.annotate(n=Count("pk")).values("n")
        found = self.select_related("draft", "key", "author__key", "reception", "consultation")
        return found.annotate(merged_count=Coalesce(Subquery(count), 0))


class ReceptionQuerySet(models.QuerySet["Reception"]):
    """Questions about how opinions were received."""

    def listed(self, consultation: "Consultation") -> Self:
        return self.filter(consultation=consultation, is_listed=True)

    def top(self) -> Self:
        """Highest support beyond doubt first: by the lower end of the interval; equals by supports, then by key."""
        return self.order_by("-low", "-supports", "opinion")

    def unseen_by(self, person: "Person") -> Self:
        """Without what was shown to `person`, and without their own."""
        return self.exclude(opinion__sights__person=person).exclude(opinion__author=person)

    def least_seen(self, *, lot: int, count: int) -> list[tuple[int, int]]:
        """Return (opinion, how many have seen it) of `count` that the fewest have seen; equals from `lot` on, in turn.

        What equally many have seen stands in a ring; readers begin at places of their own, so no opinion is first.
        """
        found: list[tuple[int, int]] = []
        level = -1
        while len(found) < count:
            least = self.filter(seen__gt=level).order_by("seen", "lot").values_list("seen", flat=True).first()
            if least is None:
                break
            level = least
            for part in (Q(lot__gte=lot), Q(lot__lt=lot)):
                rows = self.filter(part, seen=level).order_by("lot", "pk").values_list("pk", "seen")
                found += rows[: count - len(found)]
        return found


class StatementQuerySet(models.QuerySet["Statement"]):
    """Questions about statements."""

    def shown(self) -> Self:
        return self.filter(state=StatementState.SHOWN)

    def not_shown(self) -> Self:
        return self.exclude(state=StatementState.SHOWN)

    def to_moderate(self) -> Self:
        """Those that wait for somebody in the office, appeals before all, the oldest first."""
        waiting = self.filter(state__in=[StatementState.PENDING, StatementState.APPEALED])
        return waiting.order_by("state", "proposed_at", "pk")

    def visible_to(self, user: "Account") -> Self:
        """In the office: auditors all, organisers those put to their unit. Residents: shown ones and their own."""
        if not user.is_official:
            return self.filter(Q(state=StatementState.SHOWN) | Q(author__isnull=False, author=user.person_id))
        if user.has_any_role("auditor"):
            return self
        return self.filter(consultation__unit=user.department_id) if user.has_any_role(*ORGANISERS) else self.none()

    def of_author(self, person: int | None) -> Self:
        """Those that one person has proposed; nobody's (None) are none."""
        return self.filter(author__isnull=False, author=person)

    def seen(self) -> dict[str, int]:
        """Return by statement how many people have voted on it: so many have seen it."""
        return {str(pk): votes for pk, votes in self.values_list("pk").annotate(models.Count("votes"))}

    def for_list(self) -> Self:
        """With all that a row shows."""
        return self.select_related("consultation", "key")


class StatementVoteQuerySet(models.QuerySet["StatementVote"]):
    """Questions about votes on statements."""

    def standing_in(self, consultation: "Consultation") -> dict[tuple[str, str], int]:
        """Return the vote that stands for each (voter, statement), hidden statements included."""
        found = self.filter(statement__consultation=consultation).values_list("person", "statement", "choice")
        return {(str(person), str(statement)): choice for person, statement, choice in found.iterator()}

    def of_person(self, person: "Person", consultation: "Consultation") -> Self:
        found = self.filter(person=person, statement__consultation=consultation)
        return found.select_related("statement").order_by("-cast_at", "-pk")


class ThemeQuerySet(models.QuerySet["Theme"]):
    """Questions about themes."""

    def of(self, consultation: "Consultation") -> Self:
        """Those that have opinions of their own: the merged ones are in others."""
        return self.filter(consultation=consultation).exclude(state=ThemeState.MERGED)

    def visible_to(self, user: "Account") -> Self:
        """In the office: auditors all, organisers their unit's, others none. Residents: the answered ones."""
        if not user.is_official:
            return self.filter(state=ThemeState.ANSWERED)
        if user.has_any_role("auditor"):
            return self
        return self.filter(consultation__unit=user.department_id) if user.has_any_role(*ORGANISERS) else self.none()

    def for_list(self) -> Self:
        """With all that a row shows; `opinions` counts those of it and those merged into them."""
        own = models.Count("placings", distinct=True)
        merged = models.Count("placings__opinion__merged", distinct=True)
        found = self.select_related("consultation__unit", "changed_in", "merged_into")
        return found.annotate(opinions=own + merged).order_by("number")
