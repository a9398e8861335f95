"""The projects of a .pb file: what is voted on, what it costs, and what was published about it."""

from dataclasses import dataclass
from fractions import Fraction

from civic.budgeting.pabulib.defects import Defects
from civic.budgeting.pabulib.numbers import cell, number
from civic.budgeting.pabulib.tables import Section


@dataclass(frozen=True)
class Listed:
    """One row of PROJECTS; `votes`, `score`, `selected` as published, "" where the file does not say."""

    line: int
    id: str
    cost: Fraction
    name: str
    votes: str
    score: str
    selected: str


def read_projects(section: Section, defects: Defects) -> list[Listed]:
    """Return the projects in the order of the file; a project with a defect is returned where it has an id."""
    names = [column.strip().lower() for column in section.header]
    at = {name: names.index(name) for name in names}
    projects: list[Listed] = []
    first: dict[str, int] = {}
    for line, row in zip(section.lines, section.rows, strict=True):
        one = _project(line, row, at, len(names), defects)
        if one is None:
            continue
        if one.id in first:
            defects.add(line, "second-project", project=one.id, first=first[one.id])
            continue
        first[one.id] = line
        projects.append(one)
    if not section.rows:
        defects.add(section.line, "no-projects")
    return projects


def _project(line: int, row: list[str], at: dict[str, int], width: int, defects: Defects) -> Listed | None:
    if len(row) != width:
        defects.add(line, "cells", expected=width, found=len(row))
    name = cell(row, at["project_id"])
    if not name:
        defects.add(line, "no-id", column="project_id")
        return None
    if "," in name:
        defects.add(line, "bad-id", project=name)
    said = cell(row, at["cost"])
    cost = number(said)
    if cost is None or cost <= 0:
        defects.add(line, "cost", project=name, found=said)
        cost = Fraction(1)
    rest = (cell(row, at.get(column)) for column in ("name", "votes", "score", "selected"))
    return Listed(line, name, cost, *rest)
