"""What rules are asked about: facts with their source, drawn for one application."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from civic.instant.facts import allowance, business, home, newborn
from civic.instant.facts.drawing import RULES
from civic.instant.facts.sheet import Sheet

if TYPE_CHECKING:
    from civic.cases.models import Case

GATHERERS: dict[str, "Callable[..., Sheet]"] = {
    "allowance": allowance.gather,
    "business": business.gather,
    "home": home.gather,
    "newborn": newborn.gather,
}
OFFERED: "dict[str, Any]" = {"allowance": allowance}
"""Whose facts can be drawn before anybody applies, and whose form data can fill: for what is offered (免申即享)."""


def gather(case: "Case", *, at: datetime, by: object = RULES) -> Sheet:
    """Draw every fact that the rules of the case's service ask for. Call it outside a transaction.

    `by`: the official who has the departments asked again; the rules ask by themselves.
    """
    return GATHERERS[case.service_version.rules["facts_by"]](case, at=at, by=by)


def needs_consent(rules: Mapping[str, Any]) -> str:
    """Return the fact that somebody else's answer makes known; "" where nobody is asked."""
    return str(rules.get("consent", {}).get("fact", ""))
