"""The parts of one draft as the editor shows them: what may be chosen today, and where an error stands."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from civic.catalogue import rules, services
from civic.catalogue.parts import PARTS, RULE_KEYS, Box, Choices, Part
from civic.catalogue.rules import question_rows
from civic.core.errors import FieldError
from civic.core.text import local

PLAIN = tuple(part for key, part in PARTS.items() if key not in RULE_KEYS)
ROWS = {part.rows: part for part in PARTS.values() if part.rows}
BOXES = {box.name: part for part in PARTS.values() for box in part.boxes}
WITH_DEPARTMENTS = ("limits", "steps", "onward")
COLUMNS = {"notice": "code"}  # a value that is typed in another input than its own name says


def part_of(key: str, content: rules.Content) -> Part:
    """Return a part with the choices that live in the database or in the draft; what is chosen now is among them."""
    shape = PARTS[key]
    choices = _choices(shape, content)
    boxes = tuple(_with_choices(box, choices, content) for box in shape.boxes)
    columns = tuple(replace(box, choices=choices.get(box.name, box.choices)) for box in shape.columns)
    return replace(shape, boxes=boxes, columns=columns)


def _choices(shape: Part, content: rules.Content) -> dict[str, Choices]:
    known = services.known_codes()
    choices: dict[str, Choices] = {
        "theme": [(name, name) for name in known.themes],
        "life_events": [(name, name) for name in known.life_events],
    }
    if shape.key in WITH_DEPARTMENTS:
        departments = [("", "—"), *services.own_departments()]
        choices |= {"department": departments, "decision.department": departments}
    if shape.key == "places":
        choices["places"] = services.own_places()
    if shape.key == "consent":
        facts = (content["rules"] or {}).get("facts", ())
        choices["rules.consent.fact"] = [
            (str(fact["key"]), f"{local(fact, 'name')} ({fact['key']})")
            for fact in facts
            if isinstance(fact, Mapping) and fact.get("key") and fact.get("type") == "boolean"
        ]
    if known.rule_words is not None:
        choices["rules.facts_by"] = list(known.rule_words.facts_by.items())
        choices["rules.licence"] = list(known.rule_words.licences.items())
    return choices


def _with_choices(box: Box, choices: Mapping[str, Choices], content: rules.Content) -> Box:
    """Return the box with its choices. What is not offered any more is kept, and said to be so."""
    offered = list(choices.get(box.name, box.choices))
    now = _dig(content, box.name)
    if box.kind == "one" and isinstance(now, str) and now and now not in [code for code, _text in offered]:
        offered.append((now, _("%(code)s（列表里没有）") % {"code": now}))
    return replace(box, choices=tuple(offered))


def _dig(content: Any, path: str) -> Any:
    for name in path.split("."):
        content = content.get(name) if isinstance(content, Mapping) else None
    return content


def hints(shape: Part, content: rules.Content) -> list[tuple[str, str]]:
    """Return (what may be written, what it stands for) for a part: names in a question, fields of a form."""
    words = services.known_codes().rule_words
    if shape.key == "consent" and words is not None:
        asked = words.asked.get(str((content["rules"] or {}).get("facts_by")), {})
        return [(f"${{{name}}}", said) for name, said in asked.items()]
    if shape.key == "offer":
        questions = question_rows.rows_of(content["form"]) if content["form"] else []
        return [(row["key"], local(row, "title")) for row in questions]
    return []


def located(errors: Iterable[FieldError], content: rules.Content) -> list[tuple[str, FieldError]]:
    """Return (key of the part, the error under the name of its input) for each error; "" where no part shows it."""
    return [_located(error, content) for error in errors]


def errors_on(shape: Part, errors: Iterable[FieldError], content: rules.Content) -> list[FieldError]:
    """Return the errors of one part, each under the name of its input."""
    return [error for key, error in located(errors, content) if key == shape.key]


def _located(error: FieldError, content: rules.Content) -> tuple[str, FieldError]:
    names = error.pointer.strip("/").split("/")
    part, name = _row_input(names, content) or _box_input(names) or ("", "")
    return part, replace(error, pointer=f"/{name}")


def _row_input(names: list[str], content: rules.Content) -> tuple[str, str] | None:
    if names[:2] == ["rules", "tables"]:
        return _rule_input(names[2:], content["rules"]["tables"])
    if names[0] == "form":
        return _question_input(names[1:], content["form"])
    head = ".".join(names[:2]) if names[0] == "rules" else names[0]
    if head not in ROWS:
        return None
    part, rest = ROWS[head], names[2:] if names[0] == "rules" else names[1:]
    return part.key, _input(part, rest) if rest and rest[0].isdigit() else ""


def _input(part: Part, rest: list[str]) -> str:
    """Return the input of a row: the column that is named, else the first that can be wrong in itself."""
    columns = [box.name for box in part.columns]
    wanted = COLUMNS.get(rest[1], rest[1]) if len(rest) > 1 else ""
    return f"{rest[0]}-{wanted if wanted in columns else 'outcome' if 'outcome' in columns else columns[0]}"


def _rule_input(rest: list[str], tables: list[Mapping[str, Any]]) -> tuple[str, str]:
    """Return the input for tables/T/rows/R/COLUMN: the editor numbers the rules of all tables in one row."""
    if not rest or not rest[0].isdigit():
        return "conditions", ""
    first = sum(len(table["rows"]) for table in tables[: int(rest[0])] if isinstance(table["rows"], list))
    if len(rest) > 2 and rest[1] == "rows":
        return "conditions", _input(PARTS["conditions"], [str(first + int(rest[2])), *rest[3:4]])
    return "conditions", f"{first}-table"


def _question_input(rest: list[str], form: Mapping[str, Any]) -> tuple[str, str]:
    keys = [row["key"] for row in question_rows.rows_of(form)] if form else []
    if len(rest) > 1 and rest[0] == "properties" and rest[1] in keys:
        return "form", f"{keys.index(rest[1])}-key"
    return "form", ""


def _box_input(names: list[str]) -> tuple[str, str] | None:
    for length in range(len(names), 0, -1):
        name = ".".join(names[:length])
        if name in BOXES:
            return BOXES[name].key, name
    part = next((key for key, part in PARTS.items() if names[0] == "rules" and names[1:2] == [key]), "")
    return (part, PARTS[part].boxes[0].name if PARTS[part].boxes else "") if part else None
