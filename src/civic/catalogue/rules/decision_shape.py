"""What makes a set of rules publishable: facts, tables and examples, each error in words with table, row and cell."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from civic.catalogue.rules.cells import KEY, RESERVED, TYPES, BadCell, engine_value, read_cell
from civic.catalogue.rules.decision import OUTCOMES, Compiled
from civic.catalogue.rules.decision_after import AFTER, after_errors
from civic.catalogue.rules.decision_examples import trials
from civic.catalogue.rules.engine import EngineRefused, compiled
from civic.core.errors import FieldError

IF_FALSE = ("DECLINE", "PERSON")
PARTS = ("auto", "recheck_rate", "facts", "usual", "tables", "examples", *AFTER)
ROW_TEXTS = ("key", "words", "words_en", "basis", "remedy", "remedy_en", "if_false")
ROW = {*ROW_TEXTS, "when", "only_if"}
MOST_ROWS, MOST_FACTS, MOST_EXAMPLES, LONGEST = 100, 100, 200, 500
Node = Mapping[str, Any]


def normalise_rules(raw: Any) -> Any:
    """Return rules with every part present; {} where the service has none. Nothing is judged."""
    if not raw or not isinstance(raw, Mapping):
        return raw or {}
    made = {"auto": False, "recheck_rate": 0, "facts": [], "usual": {}, "tables": [], "examples": [], **raw}
    made["tables"] = _each(made["tables"], lambda table: {**table, "rows": _each(table.get("rows"), _row)})
    made["facts"] = _each(made["facts"], _stripped)
    made["examples"] = _each(made["examples"], lambda one: {"facts": {}, **_stripped(one)})
    return made


def _each(values: Any, change: Any) -> Any:
    values = [] if values is None else values
    return [change(v) if isinstance(v, Mapping) else v for v in values] if isinstance(values, list) else values


def _stripped(node: Node) -> dict[str, Any]:
    return {key: value.strip() if isinstance(value, str) else value for key, value in node.items()}


def _row(row: Node) -> dict[str, Any]:
    made = {key: value for key, value in _stripped(row).items() if value not in (None, "")}
    for gate in ("when", "only_if"):
        if isinstance(made.get(gate), Mapping):
            made[gate] = {key: _cell_text(cell) for key, cell in made[gate].items()}
    return {key: value for key, value in made.items() if key != "only_if" or value != {}}


def _cell_text(cell: Any) -> Any:
    """Return a cell as text: YAML reads true and 18 as values of their own."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return str(cell) if isinstance(cell, int) else cell


def recheck_rate(rules: Node) -> Decimal:
    """Return the published share of automatic decisions that a person looks at again, 0 to 1."""
    return Decimal(str(rules.get("recheck_rate") or 0))


def rules_errors(rules: Any) -> list[FieldError]:
    """Return everything that keeps normalised rules from being published; {} has none."""
    if not rules:
        return []
    errors = _shape_errors(rules)
    if errors:
        return errors
    errors = _fact_errors(rules)
    if errors:
        return errors + after_errors(rules)
    types = {fact["key"]: fact["type"] for fact in rules["facts"]}
    errors = _table_errors(rules, types) + _value_errors("/usual", "通常的事实", rules["usual"], types)
    errors += _example_errors(rules, types) + after_errors(rules)
    return errors or _trial_errors(rules)


def _error(pointer: str, code: str, message: str) -> FieldError:
    return FieldError(f"/rules{pointer}", code, message)


def _shape_errors(rules: Any) -> list[FieldError]:
    if not isinstance(rules, Mapping):
        return [_error("", "type", "审批规则要写成一组属性。")]
    errors = [_error(f"/{name}", "unknown", f"审批规则有不认识的栏目「{name}」。") for name in _extra(rules)]
    if not isinstance(rules["auto"], bool):
        errors.append(_error("/auto", "type", "「自动办结」要填是或否。"))
    if not _is_share(rules["recheck_rate"]):
        errors.append(_error("/recheck_rate", "range", "「复核比例」要填 0 到 1 之间的数，例如 0.05。"))
    if not isinstance(rules["usual"], Mapping):
        errors.append(_error("/usual", "type", "「通常的事实」要写成一组 事实: 值。"))
    limits = {"facts": MOST_FACTS, "tables": MOST_ROWS, "examples": MOST_EXAMPLES}
    for name, most in limits.items():
        if not isinstance(rules[name], list) or not all(isinstance(one, Mapping) for one in rules[name]):
            errors.append(_error(f"/{name}", "type", f"「{name}」要列成清单，每一项是一组属性。"))
        elif len(rules[name]) > most:
            errors.append(_error(f"/{name}", "length", f"「{name}」最多 {most} 项。"))
    return errors or [
        _error(f"/tables/{i}/rows", "type", f"规则表{i + 1}的规则要列成清单，每一条是一组属性。")
        for i, table in enumerate(rules["tables"])
        if not isinstance(table["rows"], list) or not all(isinstance(row, Mapping) for row in table["rows"])
    ]


def _extra(rules: Node) -> list[str]:
    return sorted(str(name) for name in set(rules) - set(PARTS))


def _is_share(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return 0 <= Decimal(str(value)) <= 1
    except InvalidOperation:
        return False


def _fact_errors(rules: Node) -> list[FieldError]:
    errors: list[FieldError] = []
    counts = Counter(str(fact.get("key")) for fact in rules["facts"])
    for i, fact in enumerate(rules["facts"]):
        key, where = fact.get("key"), f"/facts/{i}"
        called = f"事实{i + 1}「{fact.get('name') or key or ''}」"
        if not isinstance(key, str) or not KEY.fullmatch(key) or key in RESERVED:
            told = called + "的代码只能用英文小写字母、数字和下划线，例如 certificate_valid。"
            errors.append(_error(f"{where}/key", "pattern", told))
        elif counts[key] > 1:
            errors.append(_error(f"{where}/key", "unique", called + "的代码重复，请改成唯一的代码。"))
        if fact.get("type") not in tuple(TYPES):
            errors.append(_error(f"{where}/type", "choice", f"{called}的类型要选 {'、'.join(TYPES)} 之一。"))
        for name, label in (("name", "名称"), ("source", "来源")):
            if not _is_text(fact.get(name)):
                errors.append(_error(f"{where}/{name}", "required", called + f"没有{label}。"))
    return errors


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST


def _table_errors(rules: Node, types: Mapping[str, str]) -> list[FieldError]:
    rows = [row for table in rules["tables"] for row in table["rows"]]
    if not rows:
        return [_error("/tables", "required", "还没有一条规则；请先写规则，或清空审批规则。")]
    keys = Counter(str(row.get("key")) for row in rows)
    tables = Counter(str(table.get("key")) for table in rules["tables"])
    errors: list[FieldError] = []
    for i, table in enumerate(rules["tables"]):
        where, called = f"/tables/{i}", f"规则表{i + 1}「{table.get('name') or ''}」"
        if not _is_key(table.get("key")) or tables[str(table.get("key"))] > 1:
            errors.append(_error(f"{where}/key", "unique", called + "的代码为空、重复或不是英文小写字母。"))
        if not _is_text(table.get("name")):
            errors.append(_error(f"{where}/name", "required", called + "没有名称。"))
        for j, row in enumerate(table["rows"]):
            spot = f"{called}第{j + 1}条「{row.get('words') or row.get('key') or ''}」"
            errors += _row_errors(f"{where}/rows/{j}", spot, row, keys, types)
    return errors


def _is_key(value: Any) -> bool:
    return isinstance(value, str) and KEY.fullmatch(value) is not None


def _row_errors(where: str, spot: str, row: Node, keys: Counter[str], types: Mapping[str, str]) -> list[FieldError]:
    declines = row.get("if_false") == "DECLINE"
    checks = [
        ("key", not _is_key(row.get("key")) or keys[str(row.get("key"))] > 1,
         "的代码为空、重复或不是英文小写字母。"),
        ("words", not _is_text(row.get("words")), "没有写成给人看的话，请填写「规则」。"),
        ("if_false", row.get("if_false") not in IF_FALSE, "不满足时要选 DECLINE（不予受理）或 PERSON（转人工）。"),
        ("basis", not _is_text(row.get("basis")), "没有依据，请写明法规和条款。"),
        ("remedy", declines and not _is_text(row.get("remedy")), "不满足就不予受理，请写明当事人可以怎么办。"),
        ("when", not isinstance(row.get("when"), Mapping) or not row["when"], "没有条件，请至少写一格。"),
        ("only_if", not isinstance(row.get("only_if", {}), Mapping), "的「仅当」要写成一组 事实: 值。"),
    ]  # fmt: skip
    errors = [_error(f"{where}/{name}", "invalid", spot + text) for name, wrong, text in checks if wrong]
    for name in sorted(str(extra) for extra in set(row) - ROW):
        errors.append(_error(f"{where}/{name}", "unknown", spot + f"有不认识的栏目「{name}」。"))
    for gate in ("when", "only_if"):
        if isinstance(row.get(gate), Mapping):
            for fact, cell in row[gate].items():
                errors += _cell_errors(f"{where}/{gate}/{fact}", spot, str(fact), cell, types)
    return errors


def _cell_errors(where: str, spot: str, fact: str, cell: Any, types: Mapping[str, str]) -> list[FieldError]:
    called = spot + f"的格子「{fact}」"
    if fact not in types:
        return [_error(where, "unknown", called + "：没有这个事实，请先在事实表里登记，或改正代码。")]
    if not isinstance(cell, str):
        return [_error(where, "type", called + "要写成文字，例如 true 或 >= 18。")]
    try:
        compiled(read_cell(fact, cell, types).expression)
    except BadCell as error:
        return [_error(where, "cell", called + str(error))]
    except EngineRefused:
        return [_error(where, "cell", called + "规则引擎看不懂，请换一个写法。")]
    return []


def _value_errors(where: str, called: str, facts: Node, types: Mapping[str, str]) -> list[FieldError]:
    errors = []
    for key, value in facts.items():
        if key not in types:
            errors.append(_error(f"{where}/{key}", "unknown", called + f"：没有「{key}」这个事实。"))
        elif value is not None and engine_value(types[key], value) is None:
            errors.append(_error(f"{where}/{key}", "type", f"{called}：「{key}」的值不是{TYPES[types[key]]}。"))
    return errors


def _example_errors(rules: Node, types: Mapping[str, str]) -> list[FieldError]:
    if not rules["examples"]:
        return [_error("/examples", "required", "还没有例子；发布前至少要有一个例子，并且结果符合预期。")]
    keys = {str(row.get("key")) for table in rules["tables"] for row in table["rows"]}
    names = Counter(str(example.get("name")) for example in rules["examples"])
    return [error for i, one in enumerate(rules["examples"]) for error in _one_example(i, one, names, keys, types)]


def _one_example(i: int, one: Node, names: Counter[str], keys: set[str], types: Mapping[str, str]) -> list[FieldError]:
    where, called, errors = f"/examples/{i}", f"例子{i + 1}「{one.get('name') or ''}」", []
    if not _is_text(one.get("name")) or names[str(one.get("name"))] > 1:
        errors.append(_error(f"{where}/name", "unique", f"{called}的名称为空或重复。"))
    if one.get("outcome") not in OUTCOMES:
        errors.append(_error(f"{where}/outcome", "choice", f"{called}的预期结果要选 {'、'.join(OUTCOMES)} 之一。"))
    if not isinstance(one["facts"], Mapping):
        errors.append(_error(f"{where}/facts", "type", f"{called}的事实要写成一组 事实: 值。"))
    else:
        errors += _value_errors(f"{where}/facts", called, one["facts"], types)
    fired = one.get("fired") or []
    for key in fired if isinstance(fired, list) else [fired]:
        if str(key) not in keys:
            errors.append(_error(f"{where}/fired", "unknown", f"{called}提到规则「{key}」，但没有这条规则。"))
    return errors


def _trial_errors(rules: Node) -> list[FieldError]:
    """Return each example that does not come out as expected, with expected and got and the rule."""
    return [
        _error(f"/examples/{i}", "example", f"例子「{trial.name}」没有通过：{trial.trouble}。")
        for i, trial in enumerate(trials(rules, Compiled(rules)))
        if trial.trouble
    ]
