"""What a .pb file says about itself, held against its own ballots."""

from collections.abc import Sequence
from fractions import Fraction

from civic.budgeting.decimals import decimal
from civic.budgeting.pabulib.defects import Defects
from civic.budgeting.pabulib.numbers import number
from civic.budgeting.pabulib.projects import Listed
from civic.budgeting.rules.election import Election

SELECTED = ("", "0", "1", "2", "3")  # 2 and 3: funded from outside this budget (Poznań)


def compare(
    meta: dict[str, str], lines: dict[str, int], projects: Sequence[Listed], election: Election, defects: Defects
) -> None:
    """Report every figure of META and PROJECTS that the ballots contradict."""
    counts = {"num_projects": len(projects), "num_votes": election.voters}
    for key, found in counts.items():
        said = number(meta[key]) if key in meta else Fraction(found)
        if said is None:
            defects.add(lines[key], "key-unknown-number", key=key, found=meta[key])
        elif said != found:
            defects.add(lines[key], key.replace("_", "-"), said=meta[key], found=found)
    if "min_project_score_threshold" in meta and number(meta["min_project_score_threshold"]) is None:
        defects.add(lines["min_project_score_threshold"], "limit", key="min_project_score_threshold",
                    found=meta["min_project_score_threshold"])  # fmt: skip
    for place, project in enumerate(projects):
        _compare_project(project, Fraction(election.votes[place]),
                         Fraction(election.scores[place], election.point_unit), defects)  # fmt: skip
    if not election.voters:
        defects.add(0, "no-votes")
    _compare_money(projects, Fraction(election.budget, election.unit), lines["budget"], defects)


def _compare_project(project: Listed, votes: Fraction, score: Fraction, defects: Defects) -> None:
    for column, said, found, code in (
        ("votes", project.votes, votes, "votes-differ"),
        ("score", project.score, score, "score-differs"),
    ):
        value = number(said) if said else found
        if value is None:
            defects.add(project.line, "not-a-number", project=project.id, column=column, found=said)
        elif value != found:
            defects.add(project.line, code, project=project.id, said=said, found=decimal(found))
    if project.selected not in SELECTED:
        defects.add(project.line, "selected", project=project.id, found=project.selected)


def _compare_money(projects: Sequence[Listed], budget: Fraction, line: int, defects: Defects) -> None:
    for project in projects:
        if project.cost > budget:
            defects.add(project.line, "dearer-than-budget", project=project.id, found=decimal(project.cost),
                        budget=decimal(budget))  # fmt: skip
    spent = sum((project.cost for project in projects if project.selected == "1"), Fraction(0))
    if spent > budget:
        defects.add(line, "over-budget", found=decimal(spent), budget=decimal(budget))
