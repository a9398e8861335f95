"""The test bench of a service's rules: try facts, run the examples, compare with what is in force, replay the past."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from civic.catalogue.deciding import compiled_rules, recorded_cases, replay, rule_words
from civic.catalogue.models import Version
from civic.catalogue.rules.cells import read_cell
from civic.catalogue.rules.decision import Compiled, Ruled, Shift, Trial, facts_of
from civic.catalogue.rules.decision_examples import trials
from civic.catalogue.rules.decision_shape import rules_errors
from civic.catalogue.rules.rule_rows import read_fact, said
from civic.core.errors import FieldError
from civic.core.text import local, local_labels

FIELD = "f-"  # what the names of the inputs begin with
MOST_REPLAYED = 10_000
MOST_SHOWN = 200
LONGEST = 200
OUTCOMES: Mapping[str, tuple[Any, str]] = {
    "GRANT": (_("马上办结"), "green"),
    "PERSON": (_("转人工"), "yellow"),
    "DECLINE": (_("不予受理"), "red"),
}
VERDICTS: Mapping[str, tuple[Any, str]] = {
    "HOLDS": (_("满足"), "green"),
    "UNKNOWN": (_("查不到，转人工"), "yellow"),
    "PERSON": (_("不满足，转人工"), "yellow"),
    "DECLINE": (_("不满足，不予受理"), "red"),
}


@dataclass(frozen=True)
class Replayed:
    """What came of running recorded cases again: how many, and those that would be decided otherwise."""

    count: int
    shifts: list[Shift]
    complete: bool


@dataclass(frozen=True)
class Bench:
    """One version's rules on the bench."""

    rules: Mapping[str, Any]
    errors: list[FieldError]
    facts: list[dict[str, Any]]
    given: dict[str, str]
    ruled: Ruled | None = None
    trials: tuple[Trial, ...] = ()
    shifts: tuple[Shift, ...] | None = None

    @property
    def failed(self) -> int:
        """How many examples do not come out as expected."""
        return sum(bool(trial.trouble) for trial in self.trials)


def bench(version: Version, query: Mapping[str, str]) -> Bench:
    """Return the bench for `version`. `query`: the inputs of the page, or `example`, the number of the one to try."""
    rules = version.rules
    errors = [error for error in rules_errors(version.content()["rules"]) if error.code != "example"]
    if not rules or errors:
        return Bench(rules, errors, [], {})
    facts = _facts(rules, query)
    given = {key: said(facts.get(key)) for key in (fact["key"] for fact in rules["facts"])}
    compiled = compiled_rules(rules)
    shown = [_with_choices(version, fact) for fact in rules["facts"]]
    tried = tuple(trials(rules, compiled))
    return Bench(rules, [], shown, given, compiled.decide(facts), tried, _against_current(version, compiled))


def _with_choices(version: Version, fact: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fact with what may be chosen for it: code and label, of a question of the form that lists them."""
    head, _dot, field = str(fact["source"]).partition(".")
    asked = version.form.get("properties", {}).get(field, {}) if head == "form" and version.form else {}
    return {**fact, "choices": local_labels(asked) if fact["type"] == "string" and "enum" in asked else []}


def _facts(rules: Mapping[str, Any], query: Mapping[str, str]) -> dict[str, Any]:
    if any(name.startswith(FIELD) for name in query):
        return {
            fact["key"]: read_fact(fact["type"], str(query.get(FIELD + fact["key"], ""))[:LONGEST])
            for fact in rules["facts"]
        }
    number = str(query.get("example", ""))
    known = number.isascii() and number.isdigit() and 0 < int(number[:4]) <= len(rules["examples"])
    return facts_of(rules, rules["examples"][int(number[:4]) - 1] if known else {})


def _against_current(version: Version, compiled: Compiled) -> tuple[Shift, ...] | None:
    """Return whose outcome differs from the version in force, over the examples of both; None: nothing to compare."""
    current = version.service.current
    if current is None or current.pk == version.pk or not current.rules:
        return None
    before = compiled_rules(current.rules)
    cases = {one["name"]: facts_of(rules, one) for rules in (current.rules, version.rules) for one in rules["examples"]}
    recorded = [(name, facts, before.decide(facts).outcome) for name, facts in cases.items()]
    return tuple(replay(version.rules, recorded)) if compiled.rows else None


def replayed(version: Version) -> Replayed | None:
    """Run the recorded automatic decisions again, the first 10,000; None where no room keeps any."""
    source = recorded_cases(version.service.code)
    if source is None:
        return None
    recorded = list(islice(source, MOST_REPLAYED + 1))
    kept = recorded[:MOST_REPLAYED]
    return Replayed(len(kept), replay(version.rules, kept), len(recorded) <= MOST_REPLAYED)


def in_words(rules: Mapping[str, Any], gate: Mapping[str, str]) -> list[dict[str, str]]:
    """Return cells as (fact, its English, what is asked) for a reader who does not write cells."""
    types = {fact["key"]: fact["type"] for fact in rules["facts"]}
    facts = {fact["key"]: fact for fact in rules["facts"]}
    return [
        {
            "name": facts[key]["name"],
            "name_en": facts[key].get("name_en", ""),
            "asked": read_cell(key, cell, types).words,
        }
        for key, cell in gate.items()
    ]


def brings(rules: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what the rules bring beside the decision, in the reader's language; none of it is tried."""
    known, consent, offer = rule_words(), rules.get("consent") or {}, rules.get("offer") or {}
    facts_by, licence = str(rules.get("facts_by") or ""), str(rules.get("licence") or "")
    rows = [
        (gettext("事实由谁收集"), known.facts_by.get(facts_by, facts_by) if known else facts_by),
        (gettext("征求另一个人同意"), local(consent, "words")),
        (gettext("办结后颁发的电子证照"), known.licences.get(licence, licence) if known else licence),
        (gettext("办结后的联办事项"), gettext("、").join(local(step, "name") for step in rules.get("onward") or ())),
        (gettext("免申即享"), local(offer, "words")),
        (gettext("以前怎样办"), _before_in_words(rules.get("before") or {})),
    ]
    return [{"key": key, "value": value or gettext("没有")} for key, value in rows]


def _before_in_words(before: Mapping[str, Any]) -> str:
    labels = {
        "days": gettext("工作日"), "visits": gettext("跑动次数"),
        "papers": gettext("材料份数"), "fields": gettext("填写项数"),
    }  # fmt: skip
    said = [f"{label} {before[name]}" for name, label in labels.items() if name in before]
    return gettext("、").join([*said, local(before, "source")]) if before else ""
