"""The examples of a set of rules: run, and compared with what the clerk expects."""

from collections.abc import Mapping
from typing import Any

from civic.catalogue.rules.decision import GRANT, Compiled, Ruled, Rules, Trial, facts_of

OUTCOME_WORDS = {"GRANT": "马上办结", "PERSON": "转人工", "DECLINE": "不予受理"}


def trials(rules: Rules, compiled: Compiled) -> list[Trial]:
    """Return every example, run."""
    return [_trial(rules, compiled, example) for example in rules["examples"]]


def _trial(rules: Rules, compiled: Compiled, example: Mapping[str, Any]) -> Trial:
    ruled = compiled.decide(facts_of(rules, example))
    trouble = _trouble(example, ruled)
    return Trial(example["name"], example.get("name_en") or "", example["outcome"], ruled, trouble)


def _trouble(example: Mapping[str, Any], ruled: Ruled) -> str:
    """Return what is otherwise than expected. `fired` names the deciding rules: all of them, or of a grant some."""
    got = [rule.key for rule in ruled.reasons]
    listed = _list([rule.words for rule in ruled.reasons]) if ruled.outcome != GRANT else ""
    if ruled.outcome != example["outcome"]:
        because = f"，没有满足：{listed}" if listed else ""
        return f"应为「{OUTCOME_WORDS[example['outcome']]}」，规则得出「{OUTCOME_WORDS[ruled.outcome]}」{because}"
    wanted = list(example.get("fired") or ())
    lacking = [key for key in wanted if key not in got]
    beyond = [key for key in got if key not in wanted] if wanted and ruled.outcome != GRANT else []
    if lacking:
        return f"结果相同，但「{_list(lacking)}」这条规则没有起作用"
    if beyond:
        return f"结果相同，但还有别的规则起了作用：{_list(beyond)}"
    return ""


def _list(words: list[str]) -> str:
    return "、".join(words)
