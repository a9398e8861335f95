"""From the tables of a .pb file to an election, with everything that is wrong in one pass."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from civic.budgeting.pabulib import published
from civic.budgeting.pabulib.ballots import VOTE_TYPES, Limits, read_ballots
from civic.budgeting.pabulib.defects import BadFile, Defect, Defects
from civic.budgeting.pabulib.numbers import cell, number, unit_of
from civic.budgeting.pabulib.projects import Listed, read_projects
from civic.budgeting.pabulib.tables import Section, Tables, parse
from civic.budgeting.rules.election import Election, Project

NEEDED = {"META": ("key", "value"), "PROJECTS": ("project_id", "cost"), "VOTES": ("voter_id", "vote")}
Told = Callable[[int], None]


@dataclass(frozen=True)
class Reading:
    """A file that can be counted.

    `projects` stand in the order of the election; `findings` contradict the file's own figures, `findings_found` says
    how many there are where not all are kept. `threshold`: the least score that wins, in points, if META names one.
    """

    tables: Tables
    meta: dict[str, str]
    projects: tuple[Listed, ...]
    election: Election
    findings: tuple[Defect, ...]
    findings_found: int

    @property
    def rule(self) -> str:
        """The rule that META says the city used."""
        return self.meta.get("rule", "")

    @property
    def threshold(self) -> Fraction | None:
        return number(self.meta.get("min_project_score_threshold", ""))

    @property
    def published_winners(self) -> set[str] | None:
        """The projects published as funded from this budget (selected 1), or None if the file does not say."""
        said = [one for one in self.projects if one.selected]
        return {one.id for one in said if one.selected == "1"} if said else None


def read(content: bytes, *, tell: Told | None = None) -> Reading:
    """Return the election of a .pb file; `tell` is called with the number of ballots read, now and then.

    Raises: BadFile, with all errors and findings, if it is not certain what was voted on or what a ballot says.
    """
    defects = Defects()
    tables = parse(content, defects)
    if tables is None:
        raise BadFile(defects.in_order(), defects.errors)
    sections = {name: section for name in NEEDED if (section := _section(tables, name, defects))}
    meta, lines = _meta(sections["META"], defects) if "META" in sections else ({}, {})
    budget = _budget(meta, lines, defects) if "META" in sections else None
    vote_type = _vote_type(meta, lines, defects) if "META" in sections else ""
    projects = read_projects(sections["PROJECTS"], defects) if "PROJECTS" in sections else []
    limits = Limits.of(meta, lines, defects)
    box = None
    if "VOTES" in sections and "PROJECTS" in sections and vote_type:
        box = read_ballots(sections["VOTES"], projects, vote_type, limits, defects, tell)
    if defects.errors or budget is None or box is None:
        raise BadFile(defects.in_order(), defects.errors)
    unit = unit_of([budget, *(one.cost for one in projects)])
    counted = tuple(Project(one.id, int(one.cost * unit)) for one in projects)
    election = Election(counted, int(budget * unit), box.ballots, unit, box.point_unit)
    published.compare(meta, lines, projects, election, defects)
    return Reading(tables, meta, tuple(projects), election, defects.in_order(), defects.findings)


def _section(tables: Tables, name: str, defects: Defects) -> Section | None:
    """Return the section if it is there with every column that is needed."""
    section = tables.section(name)
    if section is None:
        defects.add(0, "missing-section", section=name)
        return None
    if not section.header:
        defects.add(section.line, "no-header", section=name)
        return None
    names = [column.strip().lower() for column in section.header]
    for column in {one for one in names if one and names.count(one) > 1}:
        defects.add(section.line + 1, "second-column", section=name, column=column)
    if missing := [column for column in NEEDED[name] if column not in names]:
        defects.add(section.line + 1, "columns", section=name, missing=", ".join(missing))
        return None
    return section


def _meta(section: Section, defects: Defects) -> tuple[dict[str, str], dict[str, int]]:
    """Return the values of META, and the line of each; a value that says none is left out."""
    meta: dict[str, str] = {}
    lines: dict[str, int] = {}
    names = [column.strip().lower() for column in section.header]
    key_at, value_at = names.index("key"), names.index("value")
    for line, row in zip(section.lines, section.rows, strict=True):
        if len(row) != len(names):
            defects.add(line, "cells", expected=len(names), found=len(row))
        elif (key := row[key_at].strip().lower()) in lines:
            defects.add(line, "second-key", key=key)
        else:
            lines[key] = line
            if value := cell(row, value_at):
                meta[key] = value
    return meta, lines


def _budget(meta: dict[str, str], lines: dict[str, int], defects: Defects) -> Fraction | None:
    if "budget" not in meta:
        defects.add(lines.get("budget", 0), "no-key", key="budget")
        return None
    budget = number(meta["budget"])
    if budget is None or budget <= 0:
        defects.add(lines["budget"], "budget", found=meta["budget"])
        return None
    return budget


def _vote_type(meta: dict[str, str], lines: dict[str, int], defects: Defects) -> str:
    found = meta.get("vote_type", "").lower()
    if not found:
        defects.add(lines.get("vote_type", 0), "no-key", key="vote_type")
    elif found not in VOTE_TYPES:
        defects.add(lines["vote_type"], "vote-type", found=meta["vote_type"])
        return ""
    return found
