"""The audit bundle: everything with which anyone can recount an election, written so that no change goes unseen.

Six files, each with exactly one way to be written. `tools/verify_election.py` reads them and is all that is needed.
ballot.json    what was frozen before the vote: projects, money, rule, ties, limits; and its hash
ballots.csv    the ballots, by serial: no name, no time, no order of coming in
proofs.json    a leaf of RFC 9162 for every ballot, the root, a hash of every other file, and the seal over those
register.json  how many may vote, how many did     result.json  what was counted     election.pb  the same for Pabulib
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from civic.audit import merkle
from civic.budgeting.rules import Choice, Election, Outcome, Project, Ties, count

VERSION = "1"
HEADER = "serial;projects;points"
PLAIN = ("approval", "choose-1")


@dataclass(frozen=True)
class Item:
    """A project as it was frozen. `cost` in yuan, to the fen."""

    id: str
    name: str
    cost: Decimal


@dataclass(frozen=True)
class Frozen:
    """All that was fixed before the vote.

    `limits`: keys and numbers of Pabulib: min_ or max_ and length, sum_cost or sum_points; the script knows no others.
    `threshold`: the least score that wins.
    """

    title: str
    budget: Decimal
    vote_type: str
    rule: str
    items: tuple[Item, ...]
    limits: dict[str, str] = field(default_factory=dict)
    ties: Ties = field(default_factory=Ties)
    threshold: int = 0
    currency: str = "CNY"

    def content(self) -> dict[str, object]:
        """Return what is published before the vote, with its hash."""
        content: dict[str, object] = {
            "version": VERSION,
            "title": self.title,
            "budget": _yuan(self.budget),
            "currency": self.currency,
            "vote_type": self.vote_type,
            "rule": self.rule,
            "ties": list(self.ties.keys),
            "lot": list(self.ties.lot),
            "limits": self.limits,
            "threshold": str(self.threshold),
            "projects": [{"id": one.id, "name": one.name, "cost": _yuan(one.cost)} for one in self.items],
        }
        return {**content, "hash": _sha256(canonical(content))}


@dataclass(frozen=True)
class Paper:
    """One anonymous ballot: a serial that says nothing about who cast it, project ids, points if the form has them."""

    serial: str
    projects: tuple[str, ...]
    points: tuple[int, ...] = ()

    def line(self) -> str:
        """Return the ballot as it stands in ballots.csv: what its leaf is the hash of."""
        return f"{self.serial};{','.join(self.projects)};{','.join(map(str, self.points))}"


def bundle(frozen: Frozen, papers: Iterable[Paper], *, eligible: int) -> dict[str, bytes]:
    """Return the files of the bundle by name; `eligible`: how many people are on the register."""
    ordered = sorted(papers, key=lambda paper: paper.serial)
    lines = [paper.line() for paper in ordered]
    outcome = count(election_of(frozen, ordered), frozen.rule, ties=frozen.ties)
    projects = _projects(frozen, outcome)
    files = {
        "ballot.json": canonical(frozen.content()),
        "ballots.csv": "".join(f"{line}\n" for line in [HEADER, *lines]).encode(),
        "election.pb": _pabulib(frozen, ordered, projects),
        "register.json": canonical({"eligible": eligible, "voted": len(ordered)}),
        "result.json": canonical(_result(frozen, outcome, projects)),
    }
    hashes = {name: _sha256(content) for name, content in files.items()}
    leaves = [merkle.leaf_hash(line.encode()) for line in lines]
    proofs = {"files": hashes, "leaves": [leaf.hex() for leaf in leaves], "root": _root(leaves).hex()}
    return {**files, "proofs.json": canonical({**proofs, "seal": _sha256(canonical(hashes))})}


def election_of(frozen: Frozen, papers: Iterable[Paper]) -> Election:
    """Return what is counted, in fen."""
    places = {one.id: place for place, one in enumerate(frozen.items)}
    ballots: dict[Choice, int] = {}
    for paper in papers:
        pairs = zip((places[name] for name in paper.projects), points_of(frozen, paper), strict=True)
        choice = tuple(sorted(pairs))
        ballots[choice] = ballots.get(choice, 0) + 1
    projects = tuple(Project(one.id, _fen(one.cost)) for one in frozen.items)
    election = Election(projects, _fen(frozen.budget), ballots, unit=100)
    return election.with_threshold(frozen.threshold) if frozen.threshold else election


def points_of(frozen: Frozen, paper: Paper) -> Sequence[int]:
    """Return the points of each project named: one for an approval, n down to 1 for a ranking of n."""
    if frozen.vote_type in PLAIN:
        return [1] * len(paper.projects)
    return range(len(paper.projects), 0, -1) if frozen.vote_type == "ordinal" else paper.points


def canonical(content: object) -> bytes:
    """Return JSON in the one way in which a bundle holds it."""
    return (json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()


def _projects(frozen: Frozen, outcome: Outcome) -> list[dict[str, object]]:
    election, chosen = outcome.election, set(outcome.winners)
    return [
        {"project_id": one.id, "cost": _yuan(one.cost), "votes": votes, "score": score, "name": one.name,
         "selected": int(one.id in chosen)}
        for one, votes, score in zip(frozen.items, election.votes, election.scores, strict=True)
    ]  # fmt: skip


def _result(frozen: Frozen, outcome: Outcome, projects: list[dict[str, object]]) -> dict[str, object]:
    total = sum((Decimal(str(one["cost"])) for one in projects if one["selected"]), Decimal(0))
    return {"projects": projects, "rule": frozen.rule, "total_cost": str(total), "winners": outcome.winners}


def _pabulib(frozen: Frozen, papers: Sequence[Paper], projects: list[dict[str, object]]) -> bytes:
    width = 2 if frozen.vote_type in PLAIN else 3
    fixed = {"budget": _yuan(frozen.budget), "currency": frozen.currency, "vote_type": frozen.vote_type}
    counted = {"description": frozen.title, "num_projects": len(projects), "num_votes": len(papers)}
    limits = {**dict(sorted(frozen.limits.items())), "min_project_score_threshold": frozen.threshold}
    meta = {**counted, **fixed, "rule": frozen.rule, **limits}
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerows([["META"], ["key", "value"], *meta.items(), ["PROJECTS"], list(projects[0])])
    writer.writerows(one.values() for one in projects)
    writer.writerows([["VOTES"], ["voter_id", "vote", "points"][:width]])
    for number, paper in enumerate(papers, start=1):
        points = ",".join(map(str, points_of(frozen, paper)))
        writer.writerow([number, ",".join(paper.projects), points][:width])
    return out.getvalue().encode()


def _root(leaves: Sequence[bytes]) -> bytes:
    frontier = merkle.Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _yuan(amount: Decimal) -> str:
    return str(amount.quantize(Decimal("0.01")))


def _fen(amount: Decimal) -> int:
    return int(amount.quantize(Decimal("0.01")).scaleb(2))
