"""A published map and a report as pages show them: rows of words and figures, hidden statements left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from civic.consultation.models import Consultation, MapEdition


@dataclass(frozen=True)
class GroupRow:
    """One group: its letter, how many people and of how many per cent (None: not told), what is typical of it."""

    letter: str
    people: int | None
    share: int | None
    typical: list[str]


@dataclass(frozen=True)
class StatementRow:
    """One statement: its words, the votes of all, and by group how many per cent agree (None: not told)."""

    words: str
    agrees: int
    disagrees: int
    passes: int
    kind: str
    shares: list[int] | None


@dataclass(frozen=True)
class MapPage:
    """What the page of a map shows."""

    edition: MapEdition
    groups: list[GroupRow]
    shared: list[StatementRow]
    divisive: list[StatementRow]
    rest: list[StatementRow]


def map_page(edition: MapEdition, consultation: Consultation) -> MapPage:
    """Return a map as its page shows it; what moderation has hidden since is not on it."""
    bodies = {str(pk): words for pk, words in consultation.statements.shown().values_list("pk", "public_words")}
    told = edition.told
    rows = [_statement(one, bodies) for one in told["statements"] if one["statement"] in bodies]
    return MapPage(
        edition,
        [_group(one, told["placed"], bodies) for one in told["groups"]],
        [one for one in rows if one.kind.startswith("shared")],
        [one for one in rows if one.kind == "divisive"],
        [one for one in rows if not one.kind.startswith("shared") and one.kind != "divisive"],
    )


def _group(told: Mapping[str, Any], placed: int, bodies: Mapping[str, str]) -> GroupRow:
    sides = {"agree": _("同意：%(words)s"), "disagree": _("不同意：%(words)s")}
    typical = [
        sides[one["side"]] % {"words": bodies[one["statement"]]}
        for one in told["typical"]
        if one["statement"] in bodies
    ]
    people = told["people"]
    return GroupRow(told["name"], people, None if people is None else round(100 * people / placed), typical)


def _statement(told: Mapping[str, Any], bodies: Mapping[str, str]) -> StatementRow:
    shares = told["agree_by_group"]
    return StatementRow(
        bodies[told["statement"]], told["agrees"], told["disagrees"], told["passes"], told["kind"] or "",
        [round(100 * one) for one in shares] if shares is not None else None,
    )  # fmt: skip
