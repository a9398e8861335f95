"""Decisions a second by the rules of the newborn's registration, over all of its published examples."""

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from bench.figures import ROUNDS, SECONDS, Figure
from bench.servers import ROOT
from bench.stage import Stage
from civic.catalogue.pack.city import read_pack

SERVICE = "LA-GA-001"


def figures(stage: Stage) -> Iterator[Figure | str]:
    """Yield the rate with the rules compiled, and with the rules looked up by their content each time."""
    from civic.catalogue.deciding import compiled_rules, decide
    from civic.catalogue.rules.decision import facts_of

    rules = read_pack(ROOT / "cities" / "luan").services[SERVICE].content["rules"]
    cases = [facts_of(rules, example) for example in rules["examples"]]
    rows = sum(len(table["rows"]) for table in rules["tables"])
    note = f"{rows} rules, {len(cases)} scenarios, one thread"
    compiled = compiled_rules(rules)
    yield Figure("decisions a second, newborn", _rate(compiled.decide, cases), 3000, unit="/s", note=note)
    yield Figure("the same, looked up each time", _rate(lambda facts: decide(rules, facts), cases), 2000, unit="/s")


def _rate(decide: Callable[[Any], object], cases: list[dict[str, Any]]) -> float:
    return statistics.median(_once(decide, cases) for _ in range(ROUNDS))


def _once(decide: Callable[[Any], object], cases: list[dict[str, Any]]) -> float:
    start, count = time.perf_counter(), 0
    while (taken := time.perf_counter() - start) < SECONDS:
        for facts in cases:
            decide(facts)
        count += len(cases)
    return count / taken
