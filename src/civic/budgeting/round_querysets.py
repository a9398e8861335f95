"""Questions about rounds, proposals and who stands by them."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from civic.budgeting.round_policies import DESK, ORGANISERS
from civic.budgeting.round_states import CHOSEN, LEFT_OUT, ProposalState, RoundState

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.budgeting.models import Proposal, Round, Support  # noqa: F401 (strings below)


class RoundQuerySet(models.QuerySet["Round"]):
    """Questions about rounds."""

    def made_known(self) -> Self:
        """Those that were published; they stay public, also where they were cancelled."""
        return self.exclude(published_at=None)

    def visible_to(self, user: "Account") -> Self:
        """In the office: auditors all, organisers their unit's, members of its review group theirs.

        The service desk: those that take proposals, to enter what came on paper.
        """
        if user.has_any_role("auditor"):
            return self
        mine = Q(panel__members__account=user)
        if user.has_any_role(DESK):
            mine |= Q(state=RoundState.OPEN)
        if user.has_any_role(*ORGANISERS):
            mine |= Q(unit=user.department_id)
        return self.filter(mine).distinct()

    def running_first(self) -> Self:
        """Those that go on first, then the newest."""
        over = models.Case(
            models.When(state__in=[RoundState.CLOSED, RoundState.CANCELLED], then=1),
            default=0,
            output_field=models.IntegerField(),
        )
        return self.order_by(over, "-prepared_at", "-pk")

    def for_list(self) -> Self:
        return self.select_related("unit", "area")


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Questions about proposals."""

    def made_known(self) -> Self:
        """All of rounds that were published: what became of a proposal stays public."""
        return self.exclude(round__published_at=None)

    def visible_to(self, user: "Account") -> Self:
        """In the office: as the round."""
        if user.has_any_role("auditor"):
            return self
        mine = Q(round__panel__members__account=user)
        if user.has_any_role(*ORGANISERS):
            mine |= Q(round__unit=user.department_id)
        return self.filter(mine).distinct()

    def of(self, account: "Account") -> Self:
        """Those that somebody has written, signed with others, or stands by."""
        return self.filter(
            Q(author=account)
            | Q(coauthors__account=account)
            | Q(supports__account=account, supports__withdrawn_at=None)
        ).distinct()

    def to_screen(self) -> Self:
        """Those that wait for a judgement, oldest first; what comes back mended first of all."""
        return self.filter(state=ProposalState.PROPOSED).order_by("-screenings_done", "proposed_at", "pk")

    def unfinished(self) -> Self:
        """Those that are neither judged nor out: nothing can be frozen while there is one."""
        return self.filter(state__in=[ProposalState.PROPOSED, ProposalState.REPAIR])

    def standing(self) -> Self:
        """Those that are not out."""
        return self.exclude(state__in=LEFT_OUT)

    def chosen(self) -> Self:
        return self.filter(state__in=CHOSEN)

    def with_supports(self) -> Self:
        """With `supports_count`: how many people stand by each now."""
        from_others: Any = self.model._meta.get_field("supports").related_model
        rows = from_others._default_manager.filter(proposal=OuterRef("pk"), withdrawn_at=None)
        counted = rows.order_by().values("proposal").annotate(n=Count("pk")).values("n")
        return self.annotate(supports_count=Coalesce(Subquery(counted), 0))

    def for_list(self) -> Self:
        """With all that a row shows, by number."""
        return self.with_supports().select_related("section", "area", "round").order_by("number")

    def for_detail(self) -> Self:
        loaded = self.with_supports().select_related(
            "round__unit", "round__area", "section", "area", "author__person__key", "merged_into"
        )
        return loaded.prefetch_related("coauthors__account__person__key", "photos__document__key")
