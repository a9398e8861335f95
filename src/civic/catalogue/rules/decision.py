"""Deciding by rules: which rules a case meets, what follows, what is not known. No score, no guess.

A rule speaks only where its `only_if` cells hold. It is asked when every fact that its `when` cells need is known:
then it holds, or it is false and means what its `if_false` says. It is unknown otherwise.

- An `only_if` cell that is certainly false takes the rule out, whatever else is unknown. Where it is unknown
  whether the rule applies, a rule that holds does no harm and a false one is unknown: a certain refusal needs
  certainty that the rule applies.
- DECLINE, if a rule that certainly applies is certainly false and says so; what else is unknown cannot mend it.
- PERSON, else if a rule is unknown, or false with PERSON.   - GRANT, else.

So a fact that becomes unknown can never turn a case for a person, or a refusal, into a grant.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from civic.catalogue.rules.cells import Cell, engine_value, read_cell
from civic.catalogue.rules.engine import Expression, Values, compiled, holds

Rules = Mapping[str, Any]
Facts = Mapping[str, Any]
GRANT, PERSON, DECLINE = "GRANT", "PERSON", "DECLINE"
HOLDS, UNKNOWN = "HOLDS", "UNKNOWN"  # verdicts of one rule, beside PERSON and DECLINE
OUTCOMES = (GRANT, PERSON, DECLINE)


@dataclass(frozen=True)
class Fired:
    """One rule that spoke. `verdict`: HOLDS, DECLINE, PERSON (false: somebody looks), UNKNOWN (`missing` says what)."""

    key: str
    words: str
    words_en: str
    basis: str
    remedy: str
    remedy_en: str
    verdict: str
    table: str = ""
    table_en: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ruled:
    """What the rules say of a case: the outcome, every rule that applied, the facts that were not known."""

    outcome: str
    fired: tuple[Fired, ...]
    missing: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[Fired, ...]:
        """The rules that led to the outcome: for a grant all that hold."""
        wanted = {GRANT: (HOLDS,), PERSON: (PERSON, UNKNOWN), DECLINE: (DECLINE,)}[self.outcome]
        return tuple(rule for rule in self.fired if rule.verdict in wanted)


@dataclass(frozen=True)
class _Gate:
    """Cells of which all must hold, as one expression, and each alone."""

    needs: tuple[str, ...]
    whole: Expression
    cells: tuple[tuple[Expression, tuple[str, ...]], ...]


class _Row(NamedTuple):
    fired: Fired
    if_false: str
    when: _Gate
    only_if: _Gate | None


class Compiled:
    """A set of rules, read once and asked often; holds nothing of a case, so threads may share it."""

    def __init__(self, rules: Rules) -> None:
        """Read `rules`. Raises: BadCell, EngineRefused, KeyError, if they were never checked."""
        self.types: dict[str, str] = {fact["key"]: fact["type"] for fact in rules["facts"]}
        self.rows = tuple(_row(table, row, self.types) for table in rules["tables"] for row in table["rows"])

    def decide(self, facts: Facts) -> Ruled:
        """Return what the rules say of `facts`: absent, None or of another type than declared is unknown."""
        known = {}
        for key, kind in self.types.items():
            value = engine_value(kind, facts.get(key))
            if value is not None:
                known[key] = value
        fired = [rule for row in self.rows if (rule := _asked(row, known)) is not None]
        unknown = {key for rule in fired for key in rule.missing}
        return Ruled(_outcome(fired), tuple(fired), tuple(key for key in self.types if key in unknown))


def _row(table: Mapping[str, Any], row: Mapping[str, Any], types: Mapping[str, str]) -> _Row:
    said = [str(row.get(name) or "") for name in ("words_en", "remedy", "remedy_en")]
    fired = Fired(
        key=row["key"], words=row["words"], basis=row["basis"], verdict=HOLDS,
        table=table["name"], table_en=str(table.get("name_en") or ""),
        words_en=said[0], remedy=said[1], remedy_en=said[2],
    )  # fmt: skip
    gate = _gate(row["only_if"], types) if row.get("only_if") else None
    return _Row(fired, row["if_false"], _gate(row["when"], types), gate)


def _gate(cells: Mapping[str, str], types: Mapping[str, str]) -> _Gate:
    read: list[Cell] = [read_cell(fact, text, types) for fact, text in cells.items()]
    needs = tuple(dict.fromkeys(key for cell in read for key in cell.needs))
    whole = compiled(" and ".join(f"({cell.expression})" for cell in read))
    return _Gate(needs, whole, tuple((compiled(cell.expression), cell.needs) for cell in read))


def _asked(row: _Row, known: Values) -> Fired | None:
    """Return the rule with its verdict, or None where it certainly does not apply."""
    applies, unsure = True, tuple[str, ...]()
    if row.only_if is not None:
        applies, unsure = _applies(row.only_if, known)
        if not applies and not unsure:
            return None
    missing = tuple(key for key in row.when.needs if key not in known)
    answer = None if missing else _ask(row.when.whole, row.when.needs, known)
    if answer:
        return row.fired
    if answer is None or not applies:
        missing = missing or unsure or row.when.needs  # the engine could not say: look at all that was asked
        return _with(row.fired, UNKNOWN, missing)
    return _with(row.fired, row.if_false)


def _applies(gate: _Gate, known: Values) -> tuple[bool, tuple[str, ...]]:
    """Return whether the rule applies, and, where that is not known, for lack of which facts."""
    missing = tuple(key for key in gate.needs if key not in known)
    if not missing and (answer := _ask(gate.whole, gate.needs, known)) is not None:
        return answer, ()
    for expression, needs in gate.cells:
        if all(key in known for key in needs) and _ask(expression, needs, known) is False:
            return False, ()
    return False, missing or gate.needs


def _ask(expression: Expression, needs: tuple[str, ...], known: Values) -> bool | None:
    return holds(expression, {key: known[key] for key in needs})  # what is not handed over need not be converted


def _with(rule: Fired, verdict: str, missing: tuple[str, ...] = ()) -> Fired:
    return Fired(
        rule.key, rule.words, rule.words_en, rule.basis, rule.remedy, rule.remedy_en,
        verdict, rule.table, rule.table_en, missing,
    )  # fmt: skip


def _outcome(fired: Sequence[Fired]) -> str:
    verdicts = {rule.verdict for rule in fired}
    if DECLINE in verdicts:
        return DECLINE
    return PERSON if verdicts & {PERSON, UNKNOWN} or not fired else GRANT


@dataclass(frozen=True)
class Trial:
    """One example, run. `trouble`: what came out otherwise than expected, in words (empty: as expected)."""

    name: str
    name_en: str
    expected: str
    ruled: Ruled
    trouble: str = ""


def facts_of(rules: Rules, example: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of an example: the usual ones, and its own in their place (None: not known)."""
    return {**rules.get("usual", {}), **example.get("facts", {})}


@dataclass(frozen=True)
class Shift:
    """A case that other rules decide otherwise: which, what it was and what it would be, and the rules that say so."""

    name: str
    before: str
    after: str
    reasons: tuple[Fired, ...] = ()


def shifts(compiled_rules: Compiled, recorded: Iterable[tuple[str, Facts, str]]) -> list[Shift]:
    """Return the recorded cases (name, facts, outcome) that these rules would decide otherwise, in their order."""
    changed = []
    for name, facts, before in recorded:
        ruled = compiled_rules.decide(facts)
        if ruled.outcome != before:
            changed.append(Shift(name, before, ruled.outcome, ruled.reasons))
    return changed
