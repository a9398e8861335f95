"""`civic budget`: count a participatory budget's ballots, check a Pabulib file, take a past round in, give one out.

`tally` and `check` work on files only; `import` and `export` use the database.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from civic.config.commands import attached
from civic.core.errors import Refusal

if TYPE_CHECKING:
    from civic.budgeting.pabulib import Defect, Reading
    from civic.budgeting.rules import Outcome

OK, FOUND, BAD_INPUT = 0, 1, 2
RULES = ("greedy", "greedy-no-skip", "greedy-per-cost", "equal-shares", "phragmen")
QUIET_SECONDS = 1.0


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    budget = commands.add_parser("budget", help="count a participatory budget, check a Pabulib file")
    rest = budget.add_subparsers(metavar="COMMAND", required=True)
    tally = rest.add_parser("tally", help="count the ballots of a Pabulib file")
    tally.add_argument("file", type=Path, metavar="FILE.pb")
    tally.add_argument("--rule", choices=RULES, required=True)
    tally.add_argument("--threshold", action="store_true",
                       help="nothing wins below the file's min_project_score_threshold")  # fmt: skip
    tally.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    tally.set_defaults(run=_answering(run_tally))
    check = rest.add_parser("check", help="name every defect of a Pabulib file with its line")
    check.add_argument("file", type=Path, metavar="FILE.pb")
    check.set_defaults(run=_answering(run_check))
    take = rest.add_parser("import", help="take a Pabulib file in as a finished past round")
    take.add_argument("file", type=Path, metavar="FILE.pb")
    take.add_argument("--area", required=True, metavar="CODE", help="division code of the round, e.g. 341502001")
    take.add_argument("--unit", required=True, metavar="CODE", help="department that held it, e.g. jaq")
    take.add_argument("--title", default="", help="what it is called (else as the file says)")
    take.set_defaults(run=_answering(run_import))
    give = rest.add_parser("export", help="write a counted round as a Pabulib file, byte for byte as published")
    give.add_argument("round", type=int, metavar="ROUND", help="the number in the address of its page")
    give.add_argument("--out", type=Path, default=Path(), metavar="FOLDER", help="where to write (here)")
    give.set_defaults(run=_answering(run_export))


def run_tally(options: argparse.Namespace) -> int:
    """Count and print; what contradicts the file's own figures goes to the error output."""
    tell = _Progress()
    reading = _read(options.file, tell)
    for defect in reading.findings[:20]:
        print(f"注意 {defect}", file=sys.stderr)
    if reading.findings_found > 20:
        print(f"注意 共 {reading.findings_found} 处，用 civic budget check 查看。", file=sys.stderr)
    from civic.budgeting.rules import count

    election = reading.election
    if options.threshold and reading.threshold is None:
        print("注意 文件没有 min_project_score_threshold，--threshold 没有作用。", file=sys.stderr)
    elif options.threshold and reading.threshold is not None:
        election = election.with_threshold(reading.threshold)
    outcome = count(election, options.rule, tell=lambda tries: tell(f"正在计票：第 {tries} 次尝试……"))
    print(as_json(outcome) if options.json else "\n".join(as_table(reading, outcome)))
    return OK


def run_check(options: argparse.Namespace) -> int:
    """Name every defect; 0: none, 1: the file contradicts itself but can be counted, 2: it cannot."""
    reading = _read(options.file, _Progress())
    for defect in reading.findings:
        print(f"注意 {defect}")
    election = reading.election
    if not reading.findings_found:
        print(f"没有发现问题：{len(election.projects)} 个项目，{election.voters} 张选票。")
        return OK
    print(f"可以计票，但有 {reading.findings_found} 处与文件自己的说法不符。")
    return FOUND


def run_import(options: argparse.Namespace) -> int:
    """Take a file in; print the address of the round."""
    content = _bytes(options.file)
    with attached.database():
        import django

        django.setup()
        from django.utils.timezone import now

        from civic.accounts.models import Department
        from civic.areas.models import Area
        from civic.budgeting.past import About, import_round

        area = Area.objects.filter(code=options.area).first()
        unit = Department.objects.filter(code=options.unit).first()
        if area is None or unit is None:
            print(f"civic: 没有区划 {options.area} 或部门 {options.unit}，没有导入。", file=sys.stderr)
            return BAD_INPUT
        found = import_round(content, About(area, unit, options.title), by="operator", at=now())
        print(f"/budget/rounds/{found.pk}/")
    return OK


def run_export(options: argparse.Namespace) -> int:
    """Write the files of a counted round; print their names."""
    with attached.database():
        import django

        django.setup()
        from civic.budgeting.models import Round
        from civic.budgeting.past import export_round

        found = Round.objects.filter(pk=options.round).first()
        if found is None:
            print(f"civic: 没有第 {options.round} 轮。", file=sys.stderr)
            return BAD_INPUT
        for name, content in export_round(found).items():
            (options.out / name).write_bytes(content)
            print(options.out / name)
    return OK


def as_json(outcome: "Outcome") -> str:
    """Return projects in the file's order and winners in the order chosen; money as exact decimal numbers."""
    election, winners = outcome.election, outcome.winners
    chosen = set(winners)
    projects = ",".join(
        f'{{"id":{json.dumps(project.id, ensure_ascii=False)},"cost":{_amount(project.cost, election.unit)},'
        f'"votes":{votes},"selected":{json.dumps(project.id in chosen)}}}'
        for project, votes in zip(election.projects, election.votes, strict=True)
    )
    listed = json.dumps(winners, ensure_ascii=False, separators=(",", ":"))
    total = _amount(outcome.total_cost, election.unit)
    return f'{{"projects":[{projects}],"winners":{listed},"total_cost":{total},"rule":{json.dumps(outcome.rule)}}}'


def _amount(units: int, unit: int) -> str:
    from civic.budgeting.decimals import decimal

    return decimal(Fraction(units, unit))


def as_table(reading: "Reading", outcome: "Outcome") -> Iterator[str]:
    """Yield the result for a reader: the funded in the order chosen, then the others by votes, each with its reason."""
    from civic.budgeting import words

    election, names = outcome.election, [one.name for one in reading.projects]
    yield f"规则 {outcome.rule}  预算 {_amount(election.budget, election.unit)}  选票 {election.voters}"
    yield f"入选 {len(outcome.awards)} 个，共需 {_amount(outcome.total_cost, election.unit)}"
    yield _line("", "编号", "费用", "票数", "得分", "项目")
    for number, award in enumerate(outcome.awards, start=1):
        yield _project_line(str(number), outcome, award.place, names)
        template, values = words.awarded(election, award)
        yield f"      {template % values}"
    for short in sorted(outcome.shortfalls, key=lambda one: (-election.scores[one.place], one.place)):
        yield _project_line("-", outcome, short.place, names)
        yield "      " + "".join(template % values for template, values in words.missed(election, short))
    permille = outcome.represented * 1000 // max(1, election.voters)
    share = f"{permille // 10}.{permille % 10}%"
    yield f"至少有一个所选项目入选的选民：{outcome.represented}/{election.voters}（{share}）"


def _project_line(mark: str, outcome: "Outcome", place: int, names: list[str]) -> str:
    from civic.budgeting.decimals import decimal

    election = outcome.election
    score = decimal(Fraction(election.scores[place], election.point_unit))
    project = election.projects[place]
    cost = _amount(project.cost, election.unit)
    return _line(mark, project.id, cost, str(election.votes[place]), score, names[place])


def _line(mark: str, name: str, cost: str, votes: str, score: str, title: str) -> str:
    return f"{mark:>4}  {name:<12}  {cost:>14}  {votes:>8}  {score:>8}  {title[:60]}".rstrip()


def _read(source: Path, tell: "_Progress") -> "Reading":
    """Return the file's election. Raises: BadFile."""
    from civic.budgeting.pabulib import read

    return read(_bytes(source), tell=lambda ballots: tell(f"正在读取：{ballots} 张选票……"))


def _bytes(source: Path) -> bytes:
    """Return what the file holds. Raises: BadFile."""
    from civic.budgeting.pabulib import BadFile, Defect

    try:
        return source.read_bytes()
    except OSError as error:
        raise BadFile([Defect(0, "unreadable", {"reason": f"{source}：{error.strerror}"})], 1) from error


class _Progress:
    """Says how far a command is, on the error output, as soon as it takes longer than a second, once a second."""

    def __init__(self) -> None:
        self.begun = self.last = time.monotonic()

    def __call__(self, words: str) -> None:
        now = time.monotonic()
        if now - self.last >= QUIET_SECONDS:
            self.last = now
            print(f"[{now - self.begun:5.0f} s] {words}", file=sys.stderr, flush=True)


def _answering(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Return `run` with every error of a bad file told in a line of its own, and a status of 2."""

    def answered(options: argparse.Namespace) -> int:
        from civic.budgeting.pabulib import BadFile

        try:
            return run(options)
        except BadFile as refusal:
            _complain(refusal.defects, refusal.errors_found)
        except Refusal as refusal:
            print(f"civic: {refusal.message}", file=sys.stderr)
        return BAD_INPUT

    return answered


def _complain(defects: "tuple[Defect, ...]", errors_found: int) -> None:
    for defect in defects:
        print(f"{'错误' if defect.is_error else '注意'} {defect}", file=sys.stderr)
    print(f"civic: 文件有 {errors_found} 处错误，没有计票。请改正后重试。", file=sys.stderr)
