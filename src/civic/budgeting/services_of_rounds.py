"""Journeys around a round: seating the group that supervises, asking it to accept a finished project, time limits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from civic.accounts.models import Account
from civic.budgeting import round_policies as policies
from civic.budgeting.models import Proposal, Round
from civic.budgeting.round_states import ProposalState
from civic.core.errors import Conflict, FieldError, Invalid, require
from civic.participation.models import Motion, Panel, PanelMember, Seat
from civic.participation.states import MemberKind, SeatState
from civic.workflow.models import StepRefused


@dataclass(frozen=True)
class Seats:
    """Who shall supervise: whom a draw by lot has fallen on and who has accepted, residents with accounts, others."""

    sortition: int | None = None
    residents: Sequence[Account] = field(default=())
    experts: Sequence[Account] = field(default=())
    officials: Sequence[Account] = field(default=())
    quorum: int = 2


def seat_panel(found: Round, seats: Seats, *, by: Account, at: datetime) -> Panel:
    """Form the supervising group of a round: residents, experts, officials. Raises: Invalid, Conflict, NotAllowed."""
    drawn = Seat.objects.filter(sortition=seats.sortition, state=SeatState.ACCEPTED, sortition__unit=found.unit_id)
    people = list(drawn.order_by("stratum", "rank")) if seats.sortition else []
    if not people and not seats.residents:
        wrong = _("监督小组要有居民：请填写一次抽选的编号，抽中的人接受后才能加入。")
        raise Invalid(wrong, errors=[FieldError("sortition", "residents", wrong)])
    if len(people) + len(seats.residents) + len(seats.experts) + len(seats.officials) < max(seats.quorum, 1):
        wrong = _("最低表决人数不能多于成员人数，至少为1。")
        raise Invalid(wrong, errors=[FieldError("quorum", "range", wrong)])
    with transaction.atomic():
        panel = Panel.objects.form(
            title=f"{found.title}监督小组"[:80], quorum=seats.quorum, subject=found, by=by, at=at
        )
        for seat in people:
            panel.admit(MemberKind.RESIDENT, seat=seat, by=by, at=at)
        for kind, accounts in (
            (MemberKind.RESIDENT, seats.residents),
            (MemberKind.EXPERT, seats.experts),
            (MemberKind.OFFICIAL, seats.officials),
        ):
            for account in accounts:
                panel.admit(kind, account=account, by=by, at=at)
        found.seat(panel, by=by, at=at)
    return panel


def ask_acceptance(proposal: Proposal, *, closes_at: datetime, by: Account, at: datetime) -> Motion:
    """Put to the supervising group whether a finished project is accepted; its authors' interests count as touched.

    Raises: Conflict, while a milestone or another vote on it is open; Invalid; NotAllowed.
    """
    require(policies.why_not_deliver(by, proposal))
    panel = proposal.round.panel
    if panel is None:
        raise Conflict(_("这一轮还没有监督小组，请先组建。"))
    with transaction.atomic():
        proposal.refresh_from_db(from_queryset=Proposal.objects.select_for_update(of=("self",)))
        if proposal.state != ProposalState.BUILDING or proposal.milestones.filter(done_on=None).exists():
            raise Conflict(_("项目还没有开工，或者还有节点没有完成，不能提请验收。"))
        if proposal.acceptances().filter(state__in=["OPEN", "ADOPTED"]).exists():
            raise Conflict(_("已经提请过验收，请先看表决结果。"))
        question = _("“%(title)s”是否通过验收") % {"title": proposal.title}
        concerns = [account.ledger_id() for account in proposal.credits()]
        return Motion.objects.put(
            panel, question=question, subject=proposal, concerns=concerns, closes_at=closes_at, by=by, at=at
        )


def members_of(panel: Panel) -> list[PanelMember]:
    """Return who sits in a group, with what a page shows of them."""
    return list(panel.members.select_related("account__official", "account__person__key", "seat").order_by("pk"))


def lapse_unmended(*, at: datetime) -> int:
    """Refuse the proposals that nobody has mended in time; return how many. Any number of workers may do this."""
    done = 0
    for proposal in Proposal.objects.filter(state=ProposalState.REPAIR, repair_by__lte=at).order_by("pk"):
        try:
            proposal.lapse(by="timer", at=at)
        except StepRefused:
            continue
        done += 1
    return done
