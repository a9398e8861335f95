"""Rounds as files: a finished round comes in from a Pabulib file, a counted one goes out as one, byte for byte."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.db import transaction
from django.utils.translation import gettext as _

from civic.accounts.models import Department
from civic.areas.models import Area
from civic.audit.services import record
from civic.budgeting.comparing import VERSION, compare, lines
from civic.budgeting.decimals import decimal
from civic.budgeting.models import Proposal, Result, Round, Section
from civic.budgeting.models.counting import keep_result
from civic.budgeting.models.round import MOST_MONEY
from civic.budgeting.pabulib import Reading, read
from civic.budgeting.round_states import Origin, ProposalState, RoundState
from civic.core.errors import Conflict, FieldError, Invalid

FORMS = {
    "approval": "approval",
    "choose-1": "approval",
    "ordinal": "ranked",
    "cumulative": "cumulative",
    "scoring": "cumulative",
}
FEN = 100


class NotYetCounted(Conflict):
    """The round has no result yet."""

    code = "not-yet-counted"


class ImportedAlready(Conflict):
    """This file came in before."""

    code = "imported-already"


@dataclass(frozen=True)
class About:
    """What a file does not say of itself: whose round it was, and what it is called (empty: as the file says)."""

    area: Area
    unit: Department
    title: str = ""
    summary: str = ""
    is_demonstration: bool = False


def import_round(content: bytes, about: About, *, by: object, at: datetime) -> Round:
    """Take in a finished round from a .pb file, with its result as published and as every rule of ours counts it.

    Raises: BadFile, with every defect; Invalid, if money is finer than a fen; ImportedAlready; StoreUnavailable.
    """
    reading = read(content)
    _refuse_fine_money(reading)
    with transaction.atomic():
        found = _round(reading, about, at)
        section = Section.objects.create(round=found, position=1, name=_("全部项目"), kind="CATEGORY")
        _keep_result(found, reading, content)
        record(at=at, actor=by, step="budgeting.round.import", subject=found)
        chosen = _chosen(reading)
        for number, one in enumerate(reading.projects, 1):
            state = ProposalState.FUNDED if one.id in chosen else ProposalState.PASSED_OVER
            made = Proposal.objects.create(
                round=found, number=number, code=one.id, title=(one.name or one.id)[:40], problem=one.name, place="",
                cost=_yuan(one.cost), section=section, proposed_at=at, state=state,
            )  # fmt: skip
            record(at=at, actor=by, step="budgeting.proposal.import", subject=made)
    return found


def export_round(found: Round) -> dict[str, bytes]:
    """Return the Pabulib files of a counted round, one for each pot of money, by file name.

    Raises: NotYetCounted, StoreUnavailable.
    """
    results = list(found.results.all())
    if not results:
        raise NotYetCounted(_("这一轮还没有计票结果，不能导出。"))
    return {name_of(one, len(results)): one.pabulib() for one in results}


def name_of(result: Result, of: int = 1) -> str:
    """Return what the file of a pot is called."""
    return f"round-{result.round_id}{f'-{result.pk}' if of > 1 else ''}.pb"


def _round(reading: Reading, about: About, at: datetime) -> Round:
    meta, election = reading.meta, reading.election
    title = about.title or meta.get("description") or " ".join(
        part for part in (meta.get("unit", ""), meta.get("district", ""), meta.get("instance", "")) if part
    )  # fmt: skip
    made: Round = Round.objects.create(
        title=(title or _("往年预算投票"))[:80], summary=about.summary or _describe(meta, election.voters),
        area=about.area, unit=about.unit, budget=_yuan(Fraction(election.budget, election.unit)), criteria=[],
        rule="greedy", form=FORMS[meta["vote_type"].lower()], state=RoundState.CLOSED,
        currency=meta.get("currency", "CNY")[:10],
        origin=Origin.IMPORTED, is_demonstration=about.is_demonstration, prepared_at=at, published_at=at,
        counted_at=at, ended_at=at,
    )  # fmt: skip
    return made


def _keep_result(found: Round, reading: Reading, content: bytes) -> None:
    election = reading.election
    chosen = _chosen(reading)
    names = [one.id for one in reading.projects]
    funded = [one for one in names if one in chosen]
    reached = sum(
        size
        for choice, size in election.ballots.items()
        if any(names[place] in chosen for place, points in choice if points > 0)
    )
    facts = {
        "name": "", "budget": found.budget, "rule": reading.rule[:40], "version": VERSION, "voters": election.voters,
        "represented": reached, "projects": lines(election, {one.id: one.name for one in reading.projects}),
        "funded": funded, "rules": compare(election),
    }  # fmt: skip
    kept = keep_result(found, section="", facts=facts, pabulib=content)
    if (
        Result.objects.filter(pabulib_sha256=kept.pabulib_sha256, round__origin=Origin.IMPORTED)
        .exclude(pk=kept.pk)
        .exists()
    ):
        raise ImportedAlready(_("这个文件已经导入过，没有再导入。"))


def _chosen(reading: Reading) -> set[str]:
    """Return the published winners; where the file names none, those of a count by votes."""
    published = reading.published_winners
    return published if published is not None else set(compare(reading.election)["greedy"]["winners"])


def _refuse_fine_money(reading: Reading) -> None:
    if FEN % reading.election.unit or Fraction(reading.election.budget, reading.election.unit) > MOST_MONEY:
        wrong = _("文件里的金额比分还细，或者大得存不下，没有导入。")
        raise Invalid(wrong, errors=[FieldError("file", "money", wrong)])


def _describe(meta: Mapping[str, str], voters: int) -> str:
    told = [f"{key}: {meta[key]}" for key in ("country", "unit", "instance", "subunit", "district") if meta.get(key)]
    return _("由 Pabulib 文件导入的往年结果，%(n)s张选票。") % {"n": voters} + " ".join(told)


def _yuan(amount: Fraction) -> Decimal:
    return Decimal(decimal(amount))
