"""Deciding by a service's rules: one function for every room above, and the replay of what was decided before."""

import marshal
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from civic.catalogue.rules.decision import DECLINE, GRANT, PERSON, Compiled, Fired, Ruled, Shift, shifts
from civic.catalogue.rules.decision_after import Vocabulary
from civic.catalogue.rules.decision_shape import recheck_rate

__all__ = [
    "DECLINE",
    "GRANT",
    "PERSON",
    "Fired",
    "Ruled",
    "Shift",
    "Vocabulary",
    "compiled_rules",
    "decide",
    "recheck_rate",
    "recorded_cases",
    "replay",
    "rule_words",
]

Recorded = Iterable[tuple[str, Mapping[str, Any], str]]  # case number, facts, outcome
MOST = 64  # sets of rules kept ready

_kept: "OrderedDict[bytes, Compiled]" = OrderedDict()
_lock = threading.Lock()


def decide(rules: Mapping[str, Any], facts: Mapping[str, Any]) -> Ruled:
    """Return what the published `rules` of a service say of `facts`. A fact that is absent or None is unknown."""
    return compiled_rules(rules).decide(facts)


def compiled_rules(rules: Mapping[str, Any]) -> Compiled:
    """Return `rules` ready to be asked, from memory where the same content was read before."""
    key = blake2b(marshal.dumps((rules["facts"], rules["tables"]), 2), digest_size=16).digest()
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    made = Compiled(rules)
    with _lock:
        _kept[key] = made
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return made


def replay(rules_new: Mapping[str, Any], recorded: Recorded) -> list[Shift]:
    """Return the recorded cases that `rules_new` would decide otherwise, in the order recorded."""
    return shifts(compiled_rules(rules_new), recorded)


def recorded_cases(service_code: str) -> Recorded | None:
    """Return the recorded automatic decisions of a service; None where no room above keeps any.

    `RULE_REPLAY_SOURCE` names the function (service code -> case number, facts, outcome) of the room that does.
    """
    if not settings.RULE_REPLAY_SOURCE:
        return None
    source: Callable[[str], Recorded] = import_string(settings.RULE_REPLAY_SOURCE)
    return source(service_code)


def rule_words() -> Vocabulary | None:
    """Return what the rooms above know by name: who gathers facts, which licences there are; None where there are none.

    `RULE_WORDS_SOURCE` names the function of the room that knows.
    """
    if not settings.RULE_WORDS_SOURCE:
        return None
    source: Callable[[], Vocabulary] = import_string(settings.RULE_WORDS_SOURCE)
    return source()
