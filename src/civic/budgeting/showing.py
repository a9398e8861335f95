"""What a page shows of a round or a proposal: the road so far, what can be done now, money and shares in words."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from civic.accounts.models import Account
from civic.areas.models import Area
from civic.budgeting.models import Proposal, Result, Round
from civic.budgeting.round_states import PhaseKind, ProposalState, RoundState
from civic.budgeting.rules.money import percent
from civic.core.text import is_english
from civic.participation.models import Eligibility, Phase
from civic.participation.states import Residence

FEWEST = 5  # answers of which a share is told: of fewer one could guess who said what
TONES: dict[str, str] = {
    ProposalState.PROPOSED: "blue", ProposalState.REPAIR: "yellow", ProposalState.ADMITTED: "green",
    ProposalState.ON_BALLOT: "blue", ProposalState.FUNDED: "green", ProposalState.BUILDING: "blue",
    ProposalState.DELIVERED: "green",
}  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """What a rule is called, and what it does in one sentence."""

    code: str
    name: str
    words: str


def rules() -> dict[str, Rule]:
    """Return the rules by code, in the reader's language."""
    told = {
        "greedy": (_("按票数"), _("票多的先入选，放不下的跳过，直到钱用完。")),
        "greedy-no-skip": (_("按票数，不跳过"), _("票多的先入选，遇到第一个放不下的就停。")),
        "greedy-per-cost": (_("按每元得票"), _("每一元钱换来的票多的先入选，放不下的跳过。")),
        "equal-shares": (
            _("平等份额"),
            _("每位投票人分到同样一份钱，只用来支持自己选的项目；支持者凑够费用的项目入选。"),
        ),
        "phragmen": (_("弗拉格曼法"), _("投票人以同样的速度攒钱，支持者先凑够费用的项目先入选。")),
    }  # fmt: skip
    return {code: Rule(code, *words) for code, words in told.items()}


def rule_name(code: str) -> str:
    """Return what a rule is called; a rule of another city as it calls it."""
    found = rules().get(code)
    return found.name if found else code


def forms() -> dict[str, str]:
    return {
        "approval": _("选出赞成的项目"),
        "knapsack": _("在预算内挑选项目"),
        "cumulative": _("把分数分给项目"),
        "ranked": _("按先后排列项目"),
    }


def yuan(amount: Decimal | str | None, currency: str = "CNY") -> str:
    """Return an amount as people read it: 350,000 元, 1,280.50 元; of another currency with its code."""
    if amount is None:
        return ""
    told = f"{Decimal(amount):,.2f}".removesuffix(".00")
    return _("%(amount)s元") % {"amount": told} if currency == "CNY" else f"{told} {currency}"


def road(found: Round, *, at: datetime) -> list[dict[str, Any]]:
    """Return the windows of a round for the timeline: what is over, what goes on, what comes."""
    return [
        {
            "title": PhaseKind(one.kind).label, "at": one.opens_at,
            "text": _until(one),
            "state": "done" if one.closes_at <= at else "now" if one.opens_at <= at else "next",
        }
        for one in found.phases()
    ]  # fmt: skip


def satisfaction(found: Round) -> dict[str, Any] | None:
    """Return how many answered, how many are content, and the share; None where too few did."""
    asked, content = found.satisfaction()
    if asked < FEWEST:
        return None
    return {"asked": asked, "content": content, "share": percent(content, asked)}


def turnout(found: Round) -> dict[str, Any] | None:
    """Return how many have voted of how many who may; None where nothing is voted on."""
    if found.poll is None:
        return None
    voted, eligible = found.poll.turnout(), int(found.poll.terms["register"])
    return {"voted": voted, "eligible": eligible, "share": percent(voted, eligible)}


def compared(result: Result) -> list[dict[str, Any]]:
    """Return one row a project: what it is, its votes, and under each rule whether funded, or the votes missing."""
    rows = []
    chosen = set(result.funded)
    told_by = {code: result.rules[code] for code in rules() if code in result.rules}
    for one in sorted(result.projects, key=lambda row: (row["id"] not in chosen, -Decimal(row["votes"]), row["id"])):
        by_rule = {
            code: {"is_funded": one["id"] in told["winners"], "missing": told["missing"].get(one["id"], "")}
            for code, told in told_by.items()
        }
        rows.append({**one, "is_funded": one["id"] in chosen, "why": result.why(one["id"]),
                     "missing": result.missing(one["id"]), "rules": by_rule})  # fmt: skip
    return rows


def reaches(result: Result) -> list[dict[str, Any]]:
    """Return for each rule how many projects it funds, for how much, and what share of the voters it reaches."""
    return [
        {"rule": rule_name(code), "is_own": code == result.rule, "funded": len(told["winners"]), "total": told["total"],
         "share": percent(told["represented"], result.voters) if result.voters else ""}
        for code in rules()
        if (told := result.rules.get(code)) is not None
    ]  # fmt: skip


def money_of(proposal: Proposal) -> dict[str, Any]:
    """Return what was planned and spent on a chosen project so far, in yuan."""
    stretches = list(proposal.milestones.all())
    spent = sum((one.spent for one in stretches if one.spent is not None), Decimal(0))
    return {"planned": sum((one.planned for one in stretches), Decimal(0)), "spent": spent,
            "over": spent > proposal.cost}  # fmt: skip


def homes(found: Round) -> list[tuple[str, str]]:
    """Return where somebody may say they live, code and name; none where it does not matter."""
    conditions = Eligibility.objects.filter(subject=found.ledger_id()).first()
    if conditions is None or conditions.residence == Residence.NONE:
        return []
    here = [found.area, *Area.objects.children_of(code=found.area.code)]
    return [(one.code, one.label) for one in here] + [("-", _("不在这个区域"))]


def public_name(account: Account | None) -> str:
    """Return what the public reads instead of a name: the surname, masked."""
    if account is None:
        return _("未署名")
    if account.is_official:
        return account.display_name
    return account.person.masked("name", "strict") if account.person else _("未署名")


def can_be_voted_on(found: Round, *, at: datetime) -> bool:
    return found.state == RoundState.FROZEN and found.poll is not None and found.poll.is_open(at)


def _until(window: Phase) -> str:
    """Say when a window ends, and why it was prolonged."""
    said = [_("截止：%(moment)s") % {"moment": _moment(window.closes_at)}]
    said += [
        _("原定%(moment)s截止，延长理由：%(reason)s") % {"moment": _moment(one.was), "reason": one.reason}
        for one in window.extensions.all()
    ]
    return "；".join(said)


def _moment(at: datetime) -> str:
    return date_format(localtime(at), "j F Y H:i" if is_english() else "Y年n月j日 H:i")
