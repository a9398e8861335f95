"""Freezing a round: what exactly is voted on, shown before it is fixed, and fixed as it was shown."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civic.accounts.models import Account
from civic.budgeting.bundle import VERSION, Frozen, Item, canonical
from civic.budgeting.models.poll import Poll
from civic.budgeting.round_states import PhaseKind, ProposalState
from civic.budgeting.rules import Ties
from civic.budgeting.rules.lots import LEAST_SEED, MOST_SEED, lot_order
from civic.budgeting.rules.marking import VOTE_TYPES, with_budget
from civic.budgeting.rules.money import COMMON
from civic.core.errors import Conflict, FieldError, Invalid, Stale
from civic.participation.models import Eligibility, Phase

if TYPE_CHECKING:
    from civic.budgeting.models.proposal import Proposal
    from civic.budgeting.models.round import Round

LIMITS = {"approval": "max_length", "ranked": "max_length", "cumulative": "max_sum_points"}
TIES = ("cost", "votes", "lot")
NOT_OVER = ("propose", "change", "repair", "merge")


@dataclass(frozen=True)
class Pot:
    """Money that is given away together, and the projects that compete for it; `section`: "" for the common money."""

    section: str
    name: str
    frozen: Frozen

    @property
    def hash(self) -> str:
        """The hash that the citizen's script compares with, told before the vote."""
        return str(self.frozen.content()["hash"])


@dataclass(frozen=True)
class Preview:
    """What freezing would fix: the projects in their order, the pots, the limits of a ballot, and the digest of all."""

    proposals: tuple["Proposal", ...]
    pots: tuple[Pot, ...]
    limits: dict[str, str]
    content: dict[str, object]
    digest: str


def preview(found: "Round", seed: str) -> Preview:
    """Return exactly what would be frozen now with this seed. Raises: BadBundle, if it could not be counted."""
    entered = found.proposals.filter(state=ProposalState.ADMITTED).select_related("section").order_by("number")
    proposals = tuple(entered)
    limits = {LIMITS[found.form]: str(found.most)} if found.form in LIMITS and found.most else {}
    limits = with_budget(found.form, limits, found.budget)
    made = tuple(_pots(found, proposals, limits, seed)) if proposals else ()
    content: dict[str, object] = {
        "version": VERSION, "title": found.title, "round": found.ledger_id(), "budget": str(found.budget),
        "form": found.form, "seed": seed,
        "pots": [{"name": one.name, "ballot": one.frozen.content()} for one in made],
        "projects": [
            {"id": one.code, "title": one.title, "cost": str(one.cost), "place": one.place,
             "problem": one.problem, "section": one.section.name}
            for one in proposals
        ],
    }  # fmt: skip
    return Preview(proposals, made, limits, content, hashlib.sha256(canonical(content)).hexdigest())


def why_not_yet(found: "Round", *, at: datetime) -> str | None:
    """Say what has to happen before the round can be frozen; None if it can be."""
    if left := found.proposals.unfinished().count():
        return _("还有%(n)s个提案没有筛选完或在等补正，筛选完才能冻结。") % {"n": left}
    if not found.proposals.filter(state=ProposalState.ADMITTED).exists():
        return _("没有通过筛选的提案，不能冻结。")
    if any(Phase.objects.allows(act, found, at=at) for act in NOT_OVER):
        return _("征集、筛选或共同完善还没有截止，截止后才能冻结。")
    if at >= _vote(found).closes_at:
        return _("投票时间已经过了，不能再冻结。")
    return None


def why_not_seed(seed: str) -> str | None:
    """The seed is told with the frozen round: whoever wants to draw the lot again reads it there."""
    if not LEAST_SEED <= len(seed) <= MOST_SEED:
        return _("种子要有%(least)s至%(most)s个字符。") % {"least": LEAST_SEED, "most": MOST_SEED}
    return None


def freeze(found: "Round", *, seed: str, register: int, seen_digest: str, by: Account, at: datetime) -> None:
    """Fix what was previewed, within the step of the round. Raises: Conflict, Stale, Invalid."""
    if reason := why_not_yet(found, at=at):
        raise Conflict(reason)
    if wrong := why_not_seed(seed):
        raise Invalid(wrong, errors=[FieldError("seed", "length", wrong)])
    if register < 1:
        wrong = _("请填写有资格投票的人数。")
        raise Invalid(wrong, errors=[FieldError("register", "range", wrong)])
    shown = preview(found, seed)
    if shown.digest != seen_digest:
        raise Stale(_("您查看之后，要冻结的内容有了变化。请重新核对，再冻结。"))
    vote = _vote(found)
    found.poll = Poll.objects.freeze(
        title=found.title, budget=found.budget, form=found.form, limits=shown.limits,
        options=[_option(one) for one in shown.proposals], terms=_terms(found, shown, seed, register),
        opens_at=max(vote.opens_at, at), closes_at=vote.closes_at,
        eligibility=Eligibility.objects.get(subject=found.ledger_id()), by=by, at=at,
    )  # fmt: skip
    found.seed, found.frozen, found.digest, found.frozen_at = seed, shown.content, shown.digest, at
    for proposal in shown.proposals:
        proposal.enter(by=by, at=at)


def pots_of(found: "Round") -> list[Pot]:
    """Return the pots of a frozen round, as they were frozen."""
    ballots = {one["name"]: one["ballot"] for one in found.frozen["pots"]}
    names = {str(one.pk): one.name for one in found.sections.all()}
    keys = {name: key for key, name in names.items()}
    return [Pot(keys.get(name, COMMON), name, _thawed(ballot)) for name, ballot in ballots.items()]


def _pots(found: "Round", proposals: tuple["Proposal", ...], limits: dict[str, str], seed: str) -> list[Pot]:
    own = {str(one.pk): one.name for one in found.sections.all() if one.money is not None}
    grouped: dict[str, list[Proposal]] = {}
    for one in proposals:
        key = str(one.section_id)
        grouped.setdefault(key if key in own else COMMON, []).append(one)
    lot = lot_order([one.code for one in proposals], seed)
    made = []
    for key, money in found.pots().items():
        if not grouped.get(key):
            continue
        ids = {one.code for one in grouped[key]}
        items = tuple(Item(one.code, one.title, one.cost) for one in grouped[key])
        name = own.get(key, "")
        frozen = Frozen(
            title=f"{found.title} {name}".strip(), budget=money, vote_type=VOTE_TYPES[found.form], rule=found.rule,
            items=items, limits=limits, ties=Ties(TIES, tuple(one for one in lot if one in ids)),
            threshold=found.least_votes,
        )  # fmt: skip
        made.append(Pot(key, name, frozen))
    return made


def _thawed(ballot: dict[str, object]) -> Frozen:
    """Return what was frozen, from its published content."""
    items: list[dict[str, str]] = ballot["projects"]  # type: ignore[assignment]
    ties, lot = ballot["ties"], ballot["lot"]
    return Frozen(
        title=str(ballot["title"]), budget=Decimal(str(ballot["budget"])), vote_type=str(ballot["vote_type"]),
        rule=str(ballot["rule"]), items=tuple(Item(one["id"], one["name"], Decimal(one["cost"])) for one in items),
        limits=dict(ballot["limits"]), ties=Ties(tuple(ties), tuple(lot)),  # type: ignore[call-overload,arg-type]
        threshold=int(str(ballot["threshold"])),
    )  # fmt: skip


def _option(one: "Proposal") -> dict[str, str]:
    section = one.section.name
    return {"id": one.code, "name": one.title, "cost": str(one.cost), "place": one.place, "section": section,
            "url": f"/budget/proposals/{one.pk}/"}  # fmt: skip


def _terms(found: "Round", shown: Preview, seed: str, register: int) -> dict[str, object]:
    lot = lot_order([one.code for one in shown.proposals], seed)
    return {
        "rule": found.rule, "ties": list(TIES), "lot": list(lot), "threshold": found.least_votes, "seed": seed,
        "register": register, "round": shown.digest,
        "pots": [{"name": one.name, "hash": one.hash} for one in shown.pots],
    }  # fmt: skip


def _vote(found: "Round") -> Phase:
    vote: Phase = Phase.objects.of(found).get(kind=PhaseKind.VOTE)
    return vote
