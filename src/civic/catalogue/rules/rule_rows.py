"""Rules as rows that a clerk edits, and back: each fact, each rule of a table and each example is one row."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from civic.catalogue.rules.decision_shape import normalise_rules

PARTS = ("facts", "conditions", "examples", "onward")
SINGLE = ("rules", "consent", "offer", "before")  # parts that are boxes, not rows
EMPTY = {"auto": False, "recheck_rate": 0, "facts": [], "usual": {}, "tables": [], "examples": []}
UNKNOWN = "?"
YES, NO = ("true", "是", "yes"), ("false", "否", "no")
Row = dict[str, Any]


def rows_of(part: str, rules: Mapping[str, Any]) -> list[Row]:
    """Return the rows of a part of `rules`; lines of cells and facts are lists of texts."""
    if not rules:
        return []
    if part == "facts":
        return [dict(fact) for fact in rules["facts"] if isinstance(fact, Mapping)]
    if part == "onward":
        return [_onward_row(step) for step in rules.get("onward", ()) if isinstance(step, Mapping)]
    if part == "examples":
        order = [fact.get("key") for fact in rules["facts"] if isinstance(fact, Mapping)]
        return [{**one, "facts": fact_lines(one.get("facts"), order)} for one in rules["examples"]]
    return [
        {
            "table": table.get("name", ""),
            "table_en": table.get("name_en", ""),
            **row,
            "when": _cell_lines(row.get("when")),
            "only_if": _cell_lines(row.get("only_if")),
        }
        for table in rules["tables"]
        for row in table["rows"]
    ]


def _onward_row(step: Mapping[str, Any]) -> Row:
    department, _dot, code = str(step.get("notice") or "").partition(".")
    return {**step, "department": department, "code": code, "after": list(step.get("after") or ())}


def _cell_lines(cells: Any) -> list[str]:
    return [f"{fact}: {cell}" for fact, cell in cells.items()] if isinstance(cells, Mapping) else []


def fact_lines(facts: Any, order: Sequence[Any]) -> list[str]:
    """Return facts one a line, in the order in which they are declared: the database does not keep another."""
    if not isinstance(facts, Mapping):
        return []
    keys = [*(key for key in order if key in facts), *(key for key in facts if key not in order)]
    return [f"{key} = {said(facts[key])}" for key in keys]


def said(value: Any) -> str:
    """Return a fact as it is typed; an unknown one is a question mark."""
    if value is None:
        return UNKNOWN
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def read_fact(kind: str, text: str) -> Any:
    """Return a typed fact of that type; None: not known. What cannot be read stays as it was typed."""
    text = text.strip()
    if text in ("", UNKNOWN):
        return None
    if kind == "boolean" and text.lower() in YES + NO:
        return text.lower() in YES
    if kind == "integer" and re.fullmatch(r"-?\d{1,12}", text, re.ASCII):
        return int(text)
    if kind == "number":
        return _number(text)
    return text


def _number(text: str) -> Any:
    """Return a whole number as such and another as text, which is exact."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    return int(value) if value.is_finite() and value == value.to_integral_value() and abs(value) < 10**12 else text


def rules_of(part: str, rows: Sequence[Row], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rules with one part as `rows` describe it; {} where nothing is left of them."""
    rules = {**EMPTY, **before}
    if part == "facts":
        rules["facts"] = [dict(row) for row in rows]
    elif part == "conditions":
        rules["tables"] = _tables(rows, rules["tables"])
    elif part == "onward":
        rules["onward"] = [_onward(row) for row in rows]
    else:
        rules["examples"] = [_example(row, _types(rules)) for row in rows]
    return _none_if_empty(rules)


def _onward(row: Row) -> Row:
    made = {name: row[name] for name in ("name", "name_en", "after") if row.get(name)}
    return {"notice": f"{row['department']}.{row['code']}", **made}


def _types(rules: Mapping[str, Any]) -> dict[Any, str]:
    return {fact.get("key"): str(fact.get("type")) for fact in rules["facts"] if isinstance(fact, Mapping)}


def _example(row: Row, types: Mapping[Any, str]) -> Row:
    made = {name: row[name] for name in ("name", "name_en", "outcome", "fired") if row.get(name)}
    return {**made, "facts": _facts(row["facts"], types)}


def _facts(lines: Sequence[str], types: Mapping[Any, str]) -> dict[str, Any]:
    found = {}
    for line in lines:
        key, _sign, text = line.partition("=")
        found[key.strip()] = read_fact(types.get(key.strip(), "string"), text)
    return found


def _tables(rows: Sequence[Row], before: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Group the rules by the name of their table, in the order in which tables first occur."""
    keys = {table.get("name"): table.get("key") for table in before}
    taken = {key for key in keys.values() if isinstance(key, str)}
    tables: dict[str, Row] = {}
    for row in rows:
        name = row["table"]
        if name not in tables:
            key = keys.get(name) or _free_key(taken)
            taken.add(key)
            tables[name] = {"key": key, "name": name, "name_en": row["table_en"], "rows": []}
        tables[name]["name_en"] = tables[name]["name_en"] or row["table_en"]
        tables[name]["rows"].append(_rule(row))
    return list(tables.values())


def _free_key(taken: set[str]) -> str:
    number = 1
    while f"table{number}" in taken:
        number += 1
    return f"table{number}"


def _rule(row: Row) -> Row:
    made = {key: value for key, value in row.items() if key not in ("table", "table_en", "when", "only_if") and value}
    for gate in ("when", "only_if"):
        if row[gate]:
            made[gate] = _cells(row[gate])
    return made


def _cells(lines: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        fact, *rest = (part.strip() for part in re.split("[:：]", line, maxsplit=1))
        while fact in found:  # a fact that stands twice is shown as wrong, not lost
            fact += "(重复)"
        found[fact] = rest[0] if rest else ""
    return found


def opened(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content with the settings of its rules as texts and lines, for the page that edits them."""
    rules = {**EMPTY, **content["rules"]}
    usual = fact_lines(rules["usual"], list(_types(rules)))
    rules |= {"usual": usual, "recheck_rate": str(rules["recheck_rate"])}
    offer = rules.get("offer")
    if isinstance(offer, Mapping):
        rules["offer"] = {**offer, "answers": fact_lines(offer.get("answers"), ())}
    return {**content, "rules": rules}


def closed(part: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content with what was typed on the page of `part` read again; what was left empty is not there."""
    rules = {**EMPTY, **content["rules"]}
    if part == "rules":
        rules["usual"] = _facts(rules["usual"], _types(rules))
        rules["recheck_rate"] = _share(rules["recheck_rate"])
    else:
        typed = {name: value for name, value in rules.get(part, {}).items() if value not in ("", None, [])}
        if part == "offer" and typed:
            typed["answers"] = _facts(typed.get("answers", ()), {})
        rules[part] = typed
    return {**content, "rules": _none_if_empty(rules)}


def _share(text: str) -> Any:
    try:
        share = Decimal(text or "0")
    except InvalidOperation:
        return text
    return float(share) if share.is_finite() else text


def _none_if_empty(rules: Mapping[str, Any]) -> dict[str, Any]:
    made = {name: value for name, value in normalise_rules(rules).items() if name in EMPTY or value}
    return {} if made == EMPTY else made
