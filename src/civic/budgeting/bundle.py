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
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import pairwise

from civic.audit import merkle
from civic.budgeting.rules import RULES, Choice, Election, Outcome, Project, Ties, count
from civic.core.errors import Refusal

VERSION = "1"
HEADER = "serial;projects;points"
PLAIN = ("approval", "choose-1")
VOTE_TYPES = (*PLAIN, "ordinal", "cumulative", "scoring")
LIMIT = re.compile("(min|max)_(length|points|sum_points|sum_cost)")
NUMBER = re.compile(r"-?[0-9]{1,18}([.][0-9]{1,9})?")
PROJECT_ID, SERIAL = re.compile(r"[^\s,;\"]+"), re.compile("[0-9A-Za-z_-]+")
FEN, MOST = Decimal("0.01"), Decimal(10**15)


class BadBundle(Refusal):
    """What was frozen, or a ballot, cannot be published so that anyone can recount it; of a ballot its serial."""

    status = 400
    code = "bad-bundle"


@dataclass(frozen=True)
class Item:
    """A project as it was frozen. `cost` in yuan, to the fen."""

    id: str
    name: str
    cost: Decimal


@dataclass(frozen=True)
class Frozen:
    """All that was fixed before the vote.

    `limits`: keys and numbers of Pabulib: min_ or max_ and length, points, sum_cost or sum_points.
    `threshold`: the least score that wins.   Raises: BadBundle, BadTies.
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

    def __post_init__(self) -> None:
        ids = [one.id for one in self.items]
        _require(self.rule in RULES, f"没有计票规则“{self.rule}”。")
        _require(self.vote_type in VOTE_TYPES, f"没有选票类型“{self.vote_type}”。")
        _require(bool(ids), "一个项目也没有。")
        for place, one in enumerate(self.items):
            _require(bool(PROJECT_ID.fullmatch(one.id)), f"项目编号“{one.id}”为空，或含有空格、逗号、分号或引号。")
            _require(one.id not in ids[:place], f"项目“{one.id}”出现了两次。")
            _require(_is_money(one.cost), f"项目“{one.id}”的费用 {one.cost} 不是大于 0、精确到分的金额。")
        _require(_is_money(self.budget), f"预算 {self.budget} 不是大于 0、精确到分的金额。")
        for limit, bound in self.limits.items():
            known = LIMIT.fullmatch(limit) and NUMBER.fullmatch(bound)
            _require(bool(known), f"选票限制 {limit}“{bound}”不是已知的限制或不是数。")
        self.ties.ranks([Project(one.id, _fen(one.cost)) for one in self.items], [0] * len(ids))

    @cached_property
    def costs(self) -> dict[str, Decimal]:
        return {one.id: one.cost for one in self.items}

    def check(self, paper: "Paper") -> None:
        """Refuse a ballot that these rules do not allow. Raises: BadBundle."""
        costs, names, wrong = self.costs, paper.projects, f"选票“{paper.serial}”"
        _require(bool(SERIAL.fullmatch(paper.serial)), f"{wrong}：编号只能用字母、数字、- 和 _。")
        _require(len(set(names)) == len(names) and set(names) <= set(costs), f"{wrong}：项目重复或不存在。")
        _require(self.vote_type != "choose-1" or len(names) == 1, f"{wrong}：应选 1 个项目。")
        with_points = self.vote_type in ("cumulative", "scoring")
        _require(len(paper.points) == (len(names) if with_points else 0), f"{wrong}：分数个数不对。")
        points = points_of(self, paper)
        found: dict[str, Sequence[int | Decimal]] = {"length": [len(names)], "points": points}
        found |= {"sum_points": [sum(points)], "sum_cost": [sum((costs[one] for one in names), Decimal(0))]}
        for limit, said in self.limits.items():
            side, what = limit.split("_", 1)
            bound = Decimal(said)
            holds = all(one >= bound if side == "min" else one <= bound for one in found[what])
            _require(holds, f"{wrong}：不符合限制 {limit} {said}。")

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
    """Return the files of the bundle by name; `eligible`: how many people are on the register. Raises: BadBundle."""
    ordered = sorted(papers, key=lambda paper: paper.serial)
    for paper in ordered:
        frozen.check(paper)
    for paper, after in pairwise(ordered):
        _require(paper.serial != after.serial, f"选票“{paper.serial}”出现了两次。")
    _require(len(ordered) <= eligible, f"选票 {len(ordered)} 张，多于名册上的 {eligible} 人。")
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
    return election_of_groups(frozen, ((paper, 1) for paper in papers))


def election_of_groups(frozen: Frozen, groups: Iterable[tuple[Paper, int]]) -> Election:
    """Return what is counted where `groups` says how many ballots say the same."""
    places = {one.id: place for place, one in enumerate(frozen.items)}
    ballots: dict[Choice, int] = {}
    for paper, voters in groups:
        pairs = zip((places[name] for name in paper.projects), points_of(frozen, paper), strict=True)
        choice = tuple(sorted(pairs))
        ballots[choice] = ballots.get(choice, 0) + voters
    projects = tuple(Project(one.id, _fen(one.cost)) for one in frozen.items)
    election = Election(projects, _fen(frozen.budget), ballots, unit=100)
    return election.with_threshold(frozen.threshold) if frozen.threshold else election


def root_of(papers: Iterable[Paper]) -> str:
    """Return the Merkle root over ballots, in the order of their serials, in hex: as it stands in proofs.json."""
    ordered = sorted(papers, key=lambda paper: paper.serial)
    return _root([merkle.leaf_hash(paper.line().encode()) for paper in ordered]).hex()


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


def _require(holds: bool, words: str) -> None:
    if not holds:
        raise BadBundle(words)


def _is_money(amount: Decimal) -> bool:
    return amount.is_finite() and 0 < amount < MOST and amount == amount.quantize(FEN)


def _yuan(amount: Decimal) -> str:
    return str(amount.quantize(FEN))


def _fen(amount: Decimal) -> int:
    return int(amount.scaleb(2))
