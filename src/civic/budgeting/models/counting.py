"""Counting a frozen round: the ballots out of the opened box, by the rule that was fixed before anybody voted."""

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

from civic.accounts.models import Account
from civic.adapters.object_store.client import object_store
from civic.budgeting.bundle import Paper, bundle, election_of
from civic.budgeting.comparing import VERSION, compare, lines
from civic.budgeting.files import zipped
from civic.budgeting.models.box import Ballot
from civic.budgeting.models.freezing import Pot, pots_of
from civic.budgeting.models.poll import Poll

if TYPE_CHECKING:
    from civic.budgeting.models.result import Result
    from civic.budgeting.models.round import Round


def count(found: "Round", poll: Poll, *, by: Account, at: datetime) -> None:
    """Count every pot of a frozen round and say of each project what became of it, within the step of the round.

    Raises: VoteRuns, BoxClosed, TooFewBallots, StoreUnavailable.
    """
    opening = poll.require_opened(at)
    rows = Ballot.objects.filter(batch__poll=poll).values_list("pk", "projects", "points").order_by()
    papers = [Paper(key.hex, tuple(said), tuple(points)) for key, said, points in rows.iterator(chunk_size=10_000)]
    eligible = max(int(poll.terms["register"]), opening.marks)
    funded: set[str] = set()
    for pot in pots_of(found):
        funded |= _count_pot(found, pot, [_within(pot, one) for one in papers], eligible)
    for proposal in found.proposals.filter(state="ON_BALLOT").order_by("number"):
        verb = proposal.fund if proposal.code in funded else proposal.pass_over
        verb(by=by, at=at)


def keep_result(
    found: "Round", *, section: str, facts: dict[str, Any], pabulib: bytes, archive: bytes = b""
) -> "Result":
    """Keep what was counted in one pot, its Pabulib file and, of a vote held here, the audit bundle.

    facts: name, budget, rule, version, voters, represented, projects (as `comparing.lines`), rules (as
    `comparing.compare`), funded (the ids that were funded).
    """
    made: Result = found.results.create(
        section_id=section or None, pabulib_sha256=_put(pabulib), bundle_sha256=_put(archive) if archive else "",
        **facts,
    )  # fmt: skip
    return made


def _put(content: bytes) -> str:
    """Keep bytes that everybody may read under their own digest, and return that."""
    digest = hashlib.sha256(content).hexdigest()
    object_store().put(digest[:32], content)
    return digest


def _count_pot(found: "Round", pot: Pot, papers: list[Paper], eligible: int) -> set[str]:
    files = bundle(pot.frozen, papers, eligible=eligible)
    election = election_of(pot.frozen, papers)
    rules = compare(election, ties=pot.frozen.ties)
    mine = rules[pot.frozen.rule]
    facts = {
        "name": pot.name, "budget": pot.frozen.budget, "rule": pot.frozen.rule, "version": VERSION,
        "voters": election.voters, "represented": mine["represented"], "funded": mine["winners"], "rules": rules,
        "projects": lines(election, {one.id: one.name for one in pot.frozen.items}),
    }  # fmt: skip
    keep_result(found, section=pot.section, facts=facts, pabulib=files["election.pb"], archive=zipped(files))
    return set(mine["winners"])


def _within(pot: Pot, paper: Paper) -> Paper:
    """Return what a ballot says about the projects of one pot."""
    kept = [place for place, name in enumerate(paper.projects) if name in pot.frozen.costs]
    points = tuple(paper.points[place] for place in kept) if paper.points else ()
    return Paper(paper.serial, tuple(paper.projects[place] for place in kept), points)
