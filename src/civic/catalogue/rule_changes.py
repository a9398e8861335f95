"""What differs between two sets of rules, in the words of the editor: which fact, rule, example or part, which box."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from civic.catalogue.parts import OUTCOMES, PARTS
from civic.catalogue.rules.rule_rows import said

Told = tuple[str, str, str]  # what, before, after
Rules = Mapping[str, Any]
CODES = dict(OUTCOMES)
LABELS = {
    key: {box.name.rpartition(".")[2]: box.label for box in (*PARTS[key].boxes, *PARTS[key].columns)}
    for key in ("rules", "facts", "conditions", "examples", "consent", "onward", "offer", "before")
}


def rule_changes(before: Rules, after: Rules) -> Iterator[Told]:
    """Yield what differs; of an entry that both have only the boxes that differ, of any other the whole entry."""
    olds, news = _entries(before), _entries(after)
    for name in dict.fromkeys([*olds, *news]):
        old, new = olds.get(name), news.get(name)
        if old == new:
            continue
        part = name[0]
        title = f"{name[1]} {name[2]}".strip()
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            for key in dict.fromkeys([*old, *new]):
                if old.get(key) != new.get(key):
                    yield f"{title} · {_label(part, key)}", _value(key, old.get(key)), _value(key, new.get(key))
        else:
            yield title, _whole(part, old), _whole(part, new)


def _entries(rules: Rules) -> dict[tuple[str, str, str], Any]:
    """Return each entry by (part, what it is called, its key); settings stand alone, under no key."""
    if not rules:
        return {}
    found: dict[tuple[str, str, str], Any] = {
        ("rules", str(label), ""): rules.get(key) for key, label in LABELS["rules"].items() if rules.get(key)
    }
    for part in ("consent", "offer", "before"):
        if rules.get(part):
            found[part, str(PARTS[part].title), ""] = rules[part]
    found |= {("onward", _("联办事项"), str(step.get("notice"))): step for step in rules.get("onward") or ()}
    found |= {("facts", _("事实"), str(fact.get("key"))): fact for fact in rules["facts"]}
    found |= {("conditions", _("规则"), str(row.get("key"))): row for table in rules["tables"] for row in table["rows"]}
    return found | {("examples", _("例子"), str(one.get("name"))): one for one in rules["examples"]}


def _label(part: str, key: str) -> str:
    return str(LABELS[part].get(key, key))


def _whole(part: str, entry: Any) -> str:
    if not isinstance(entry, Mapping) or part == "rules":
        return _value("", entry)
    return "\n".join(f"{_label(part, key)}{_('：')}{_value(key, value)}" for key, value in entry.items() if value)


def _value(key: str, value: Any) -> str:
    """Return one value as it stands in the editor: cells and facts one a line, an outcome in words."""
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, Mapping):
        sign = ": " if key in ("when", "only_if") else " = "
        return "\n".join(f"{name}{sign}{said(one)}" for name, one in value.items())
    if isinstance(value, list):
        return "\n".join(str(one) for one in value)
    if key in ("outcome", "if_false"):
        return str(CODES.get(value, value))
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(value)
