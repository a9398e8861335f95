#!/usr/bin/env python3
"""Recount a participatory budget and check its published bundle, with no network and no other software.

Use: python3 verify_election.py BUNDLE [HASH] [SEAL]    独立复核参与式预算：只需要 Python 和公布的文件包，不联网。
BUNDLE is the folder or .zip published, HASH what was published before the vote, SEAL what came with the result.
"""

import csv
import io
import json
import re
import sys
import zipfile
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

FILES = ("ballot.json", "ballots.csv", "election.pb", "proofs.json", "register.json", "result.json")
RULES, TYPES = "greedy(-no-skip|-per-cost)?|equal-shares|phragmen", "approval|choose-1|ordinal|cumulative|scoring"
LIMIT, NUMBER = "(min|max)_(length|points|sum_points|sum_cost)", r"-?[0-9]{1,18}([.][0-9]{1,9})?"


def require(holds, words):
    if not holds:
        raise SystemExit(f"✗ {words}")


def canonical(thing):
    return (json.dumps(thing, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()


def merkle_root(leaves):
    """The tree of RFC 9162, section 2.1.1, over hashed leaves."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    return sha256(b"\x01" + merkle_root(leaves[:half]) + merkle_root(leaves[half:])).digest()


def read_ballot(line, cost, frozen):
    """Return serial, projects and points of one line of ballots.csv; it must be what the frozen rules allow."""
    serial, names, points = line.split(";")
    names, given = (cell.split(",") if cell else [] for cell in (names, points))
    require(len(set(names)) == len(names) and set(names) <= set(cost), "项目不存在或重复 / unknown or double project")
    own = {"ordinal": range(len(names), 0, -1), "approval": [1] * len(names), "choose-1": [1]}.get(frozen["vote_type"])
    points = [int(one) for one in given] if own is None else list(own)
    require(len(points) == len(names) and given == [str(n) for n in points if own is None], "分数不符 / wrong points")
    of = {"length": [len(names)], "points": points, "sum_points": [sum(points)]}
    of["sum_cost"] = [sum(cost[name] for name in names)]
    for limit, bound in frozen["limits"].items():
        found = [one - Fraction(bound) if limit[:3] == "min" else Fraction(bound) - one for one in of[limit[4:]]]
        require(min(found, default=0) >= 0, f"不符合限制 / breaks the limit {limit}")
    return serial, names, points


class Count:
    """The five rules, by the book: slow, exact, and with ties ended as was frozen."""

    def __init__(self, frozen, cost, ballots):
        self.cost, self.voters, self.rule = cost, len(ballots), frozen["rule"]
        self.votes, self.score, self.fans = Counter(), Counter(), {project: [] for project in self.cost}
        equal = Counter(tuple(sorted(zip(names, points, strict=True))) for _, names, points in ballots)
        self.groups, self.budget = len(equal), Fraction(frozen["budget"])
        for group, (choice, voters) in enumerate(equal.items()):
            for project, points in choice:
                self.votes[project] += voters
                self.score[project] += points * voters
                self.fans[project] += [(group, points, voters)] if points > 0 else []
        key = {"cost": self.cost.get, "votes": lambda p: -self.votes[p], "id": str, "lot": frozen["lot"].index}
        self.total = lambda projects: sum(cost[project] for project in projects)
        self.tie = lambda project: [key[name](project) for name in frozen["ties"]]
        self.able = [p for p in self.cost if self.score[p] > 0 and self.score[p] >= Fraction(frozen["threshold"])]
        self.open = [p for p in self.able if self.cost[p] <= self.budget]

    def greedy(self, chosen=()):
        """Down the list of points (per cost): fund what fits; without skipping, stop at the first that does not."""
        per = self.cost if self.rule == "greedy-per-cost" else dict.fromkeys(self.cost, Fraction(1))
        worth = {project: self.score[project] / per[project] for project in self.able}
        for project in sorted(set(self.able) - set(chosen), key=lambda p: (-worth[p], self.tie(p))):
            if self.total([*chosen, project]) <= self.budget:
                chosen = [*chosen, project]
            elif self.rule == "greedy-no-skip":
                break
        return list(chosen)

    def price(self, project, money):
        """The smallest payment per point with which the supporters can pay, who has less giving all; None if none."""
        fans = sorted((money[group] / points, points * voters) for group, points, voters in self.fans[project])
        rest, weight = self.cost[project], sum(points for _, points in fans)
        for have, points in fans:
            if have * weight >= rest:
                return rest / weight
            rest, weight = rest - have * points, weight - points
        return None

    def shares(self, share):
        """Equal shares, once: always buy what costs its supporters least per point and per unit of money."""
        money, chosen, known = [share] * self.groups, [], dict.fromkeys(self.open, (Fraction(0), -1))
        while known:
            worth, rounds = known.pop(best := min(known, key=lambda p: (known[p][0], self.tie(p))))
            if rounds == len(chosen):
                for group, points, _ in self.fans[best]:
                    money[group] -= min(money[group], worth * self.cost[best] * points)
                chosen.append(best)
            elif (price := self.price(best, money)) is not None:  # what was known was an old price: it can have risen
                known[best] = (price / self.cost[best], len(chosen))
        return chosen

    def equal_shares(self):
        """Give everybody one more of the currency until the budget is exceeded or nothing else fits; then fill up."""
        share, chosen = self.budget / max(1, self.voters), []
        while self.total(more := self.shares(share)) <= self.budget:
            chosen, share = more, share + 1
            if all(self.total([*chosen, project]) > self.budget for project in self.open if project not in chosen):
                break
        return self.greedy(chosen)

    def phragmen(self):
        """Everybody earns at one speed; who first can, buy together; stop when the next would exceed the budget."""
        load, chosen, rest, fans = dict.fromkeys(range(self.groups), Fraction(0)), [], set(self.open), self.fans
        while rest:
            paid = {p: self.cost[p] + sum(load[group] * voters for group, _, voters in fans[p]) for p in rest}
            after = {p: paid[p] / sum(voters for *_, voters in fans[p]) for p in rest}
            best = min(rest, key=lambda p: (after[p], self.tie(p)))
            if self.total([*chosen, best]) > self.budget:
                break
            chosen, rest = [*chosen, best], rest - {best}
            load |= {group: after[best] for group, *_ in fans[best]}
        return chosen


def pabulib(frozen, ballots, projects):
    """Return what election.pb has to be: the same election in the format of pabulib.org."""
    meta = {"description": frozen["title"], "num_projects": len(projects), "num_votes": len(ballots)}
    meta |= {key: frozen[key] for key in ("budget", "currency", "vote_type", "rule")} | frozen["limits"]
    width = 2 if frozen["vote_type"] in ("approval", "choose-1") else 3
    rows = [["META"], ["key", "value"], *meta.items(), ["min_project_score_threshold", frozen["threshold"]]]
    rows += [["PROJECTS"], list(projects[0]), *map(dict.values, projects)]
    votes = [[n, ",".join(names), ",".join(map(str, points))] for n, (_, names, points) in enumerate(ballots, start=1)]
    rows += [["VOTES"], *(row[:width] for row in [["voter_id", "vote", "points"], *votes])]
    csv.writer(out := io.StringIO(), delimiter=";", lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def verify(files):
    """Check everything; return hash and seal. Ends at the first thing that is not as it was published."""
    frozen, proofs, register = (json.loads(files[name]) for name in ("ballot.json", "proofs.json", "register.json"))
    own_hash = sha256(canonical({key: value for key, value in frozen.items() if key != "hash"})).hexdigest()
    require(files["ballot.json"] == canonical(frozen | {"hash": own_hash}), "ballot.json 已改动 / is not as frozen")
    print(f"✓ 规则和项目未改动 / rule and projects are as frozen: {own_hash}")
    said = [("1", frozen["version"]), (RULES, frozen["rule"]), (TYPES, frozen["vote_type"])]
    said += [pair for limit, bound in frozen["limits"].items() for pair in ((LIMIT, limit), (NUMBER, bound))]
    said += [(NUMBER, one) for one in (frozen["budget"], frozen["threshold"], *(p["cost"] for p in frozen["projects"]))]
    for known, one in said:
        require(re.fullmatch(known, one), f"版本、规则、限制或数字未知 / not known to this script: {one}")
    cost = {one["id"]: Fraction(one["cost"]) for one in frozen["projects"]}
    header, *lines = files["ballots.csv"].split(b"\n")
    require(header == b"serial;projects;points" and lines.pop() == b"", "ballots.csv 首尾不对 / has a bad start or end")
    leaves, ballots = [sha256(b"\0" + line).digest() for line in lines], []
    for number, (line, leaf, said) in enumerate(zip(lines, leaves, proofs["leaves"], strict=True), start=2):
        require(leaf.hex() == said, f"ballots.csv 第{number}行被改过 / line {number} was changed")
        ballots.append(read_ballot(line.decode(), cost, frozen))
    require(merkle_root(leaves).hex() == proofs["root"], "选票树的根不符 / the root of the ballots differs")
    require([b[0] for b in ballots] == sorted({b[0] for b in ballots}), "编号重复或乱序 / serials double or not sorted")
    fits = files["register.json"] == canonical({"eligible": int(register["eligible"]), "voted": len(ballots)})
    require(fits and len(ballots) <= register["eligible"], "选票数与名册不符 / ballots and voters differ")
    print(f"✓ 名册 {register['eligible']} 人，选票 {len(ballots)} 张 / voters, ballots; root: {proofs['root']}")
    count = Count(frozen, cost, ballots)
    winners = {"equal-shares": count.equal_shares, "phragmen": count.phragmen}.get(frozen["rule"], count.greedy)()
    projects = [{"project_id": p["id"], "cost": p["cost"], "votes": count.votes[p["id"]], "score": count.score[p["id"]],
                 "name": p["name"], "selected": int(p["id"] in winners)} for p in frozen["projects"]]  # fmt: skip
    total = str(sum(Decimal(one["cost"]) for one in projects if one["selected"]))
    result = {"projects": projects, "rule": frozen["rule"], "total_cost": total, "winners": winners}
    require(files["result.json"] == canonical(result), "重新计票结果不同 / the recount gives another result")
    print(f"✓ 重新计票相同，入选 / the recount agrees, funded: {', '.join(winners)}")
    require(files["election.pb"] == pabulib(frozen, ballots, projects), "election.pb 不符 / is not the same election")
    hashes = {name: sha256(files[name]).hexdigest() for name in FILES if name != "proofs.json"}
    seal = sha256(canonical(hashes)).hexdigest()
    expected = {"files": hashes, "leaves": proofs["leaves"], "root": proofs["root"], "seal": seal}
    require(files["proofs.json"] == canonical(expected), "封印不符 / the seal does not fit: a file was changed")
    return own_hash, seal


def main(path, *published):
    try:
        archive = [] if Path(path).is_dir() else zipfile.ZipFile(path).infolist()
        require(len({one.filename for one in archive}) == len(archive), "压缩包内有重名文件 / a name is in it twice")
        require(sum(one.file_size for one in archive) < 2**30, "压缩包解开后过大 / the archive unpacks to too much")
        place = zipfile.Path(path) if archive else Path(path)
        found = verify({name: (place / name).read_bytes() for name in FILES})
    except Exception as error:  # whatever is damaged is told, not guessed at
        raise SystemExit(f"✗ 文件缺少或损坏 / a file is missing or damaged: {type(error).__name__}: {error}") from error
    require(set(published) <= set(found), f"与另行公布的不同 / not what was published elsewhere: {published}")
    print(f"✓ 全部相符，请与另行公布的散列和封印比对 / All checks passed; compare with those published: {found[1]}")


if __name__ == "__main__":
    main(*sys.argv[1:] or sys.exit(__doc__))
