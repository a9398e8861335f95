"""Cells of a decision table: what a clerk may write, what it means in words, and how the engine is asked.

A cell says of one fact:  true · "girl" · 1, 2 · not "x", "y" · >= 18 · != mother_surname · [1..30] · < "2026-01-01"
The engine sees ASCII names, booleans, texts and whole numbers only: a number is counted in millionths, a date as
20260131, so that nothing is rounded and no time zone has a say.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

TYPES = {"boolean": "是或否", "integer": "整数", "number": "数字", "string": "文字", "date": "日期"}
KEY = re.compile(r"[a-z][a-z0-9_]{1,39}")
RESERVED = frozenset({"true", "false", "null", "and", "or", "not", "in"})
ORDERED = ("integer", "number", "date")
MILLIONTHS = 1_000_000
MOST = 10**12  # what a number stays below, so that its millionths fit the engine's 64 bits
TOKEN = re.compile(
    r"""\s*(?:(?P<text>"[^"\\]*"|'[^'\\]*')|(?P<number>-?\d{1,15}(?:\.\d{1,6})?(?!\w|\.\d))"""
    r"""|(?P<name>[A-Za-z_]\w*)|(?P<sign>>=|<=|==|!=|>|<|\.\.|[\[\](),]))""",
    re.ASCII,
)
SIGNS = {"==": "等于", "!=": "不等于", ">=": "不小于", ">": "大于", "<=": "不大于", "<": "小于"}


class BadCell(ValueError):
    """The cell says nothing that can be asked; the message completes "this cell …"."""


@dataclass(frozen=True)
class Cell:
    """One cell, read: the fact it is about, the expression for the engine, all the facts it needs, and its words."""

    fact: str
    expression: str
    needs: tuple[str, ...]
    words: str


def read_cell(fact: str, text: str, types: Mapping[str, str]) -> Cell:
    """Return the cell `text` under `fact`. `types`: key of each declared fact -> its type. Raises: BadCell."""
    tokens = _tokens(text)
    if not tokens:
        raise BadCell("是空的，请写要满足的值，例如 true 或 >= 18。")
    kind = types[fact]
    if tokens[0][1] in ("[", "("):
        return _range(fact, kind, tokens)
    if tokens[0][1] in SIGNS:
        return _comparison(fact, kind, tokens, types)
    return _list(fact, kind, tokens, types)


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    text = text.strip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise BadCell(f'里「{text[at : at + 20]}」看不懂；文字要加引号，例如 "girl"。')
        found.append((str(match.lastgroup), match.group(str(match.lastgroup))))
        at = match.end()
    return found


def _range(fact: str, kind: str, tokens: list[tuple[str, str]]) -> Cell:
    if kind not in ORDERED:
        raise BadCell(f"写了范围，但这个事实是{TYPES[kind]}，没有大小。")
    if len(tokens) != 5 or tokens[2][1] != ".." or tokens[4][1] not in ("]", ")"):
        raise BadCell("的范围要写成 [1..30]；圆括号表示不含这一端。")
    low, high = _literal(kind, tokens[1]), _literal(kind, tokens[3])
    if int(low) > int(high):
        raise BadCell("的范围左边大于右边，什么都不会满足。")
    opens, shuts = tokens[0][1], tokens[4][1]
    above, below = ">=" if opens == "[" else ">", "<=" if shuts == "]" else "<"
    words = f"{SIGNS[above]} {_said(tokens[1])}，{SIGNS[below]} {_said(tokens[3])}"
    return Cell(fact, f"{fact} {above} {low} and {fact} {below} {high}", (fact,), words)


def _comparison(fact: str, kind: str, tokens: list[tuple[str, str]], types: Mapping[str, str]) -> Cell:
    sign = tokens[0][1]
    if sign not in ("==", "!=") and kind not in ORDERED:
        raise BadCell(f"比较了大小，但这个事实是{TYPES[kind]}，没有大小。")
    if len(tokens) != 2:
        raise BadCell(f"在「{sign}」后面要写一个值，例如 {sign} 18。")
    value, needs = _operand(kind, tokens[1], types)
    return Cell(fact, f"{fact} {sign} {value}", _unique(fact, *needs), f"{SIGNS[sign]} {_said(tokens[1])}")


def _list(fact: str, kind: str, tokens: list[tuple[str, str]], types: Mapping[str, str]) -> Cell:
    negated = tokens[0] == ("name", "not")
    values = tokens[1:] if negated else tokens
    if len(values) % 2 == 0 or any(sign != ("sign", ",") for sign in values[1::2]):
        raise BadCell("要写一个值，或用英文逗号隔开的几个值。")
    operands = [_operand(kind, token, types) for token in values[::2]]
    joined = " or ".join(f"{fact} == {value}" for value, _needs in operands)
    expression = f"not ({joined})" if negated else f"({joined})"
    needs = _unique(fact, *(need for _value, some in operands for need in some))
    words = "或".join(_said(token) for token in values[::2])
    return Cell(fact, expression, needs, f"{'不是'} {words}" if negated else words)


def _unique(*keys: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(keys))


def _operand(kind: str, token: tuple[str, str], types: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Return the operand for the engine and the facts it needs: a literal needs none."""
    group, text = token
    if group != "name" or text in ("true", "false"):
        return _literal(kind, token), ()
    if text not in types:
        raise BadCell(f"提到了「{text}」，但没有这个事实；文字要加引号。")
    if types[text] != kind:
        raise BadCell(f"拿{TYPES[kind]}和{TYPES[types[text]]}「{text}」比，类型不同。")
    return text, (text,)


def _literal(kind: str, token: tuple[str, str]) -> str:
    """Return a value written in a cell as the engine is told it. Raises: BadCell, if it is not of that type."""
    group, text = token
    value: Any = None
    if kind == "boolean" and text in ("true", "false") and group == "name":
        value = text == "true"
    elif kind in ("integer", "number") and group == "number":
        value = Decimal(text) if kind == "number" or "." in text else int(text)
    elif kind in ("string", "date") and group == "text":
        value = text[1:-1]
    known = None if value is None else engine_value(kind, value)
    if known is None:
        raise BadCell(f"里的 {text} 不是{TYPES[kind]}，应写成 {LIKE[kind]} 这样。")
    return json.dumps(known, ensure_ascii=False)


LIKE = {"boolean": "true", "integer": "18", "number": "1500.50", "string": '"girl"', "date": '"2026-01-31"'}


def engine_value(kind: str, value: Any) -> bool | int | str | None:
    """Return a fact as the engine is told it; None where it is unknown or not of its declared type.

    Whatever is not what was declared counts as not known: then a person decides, never the machine.
    """
    match kind:
        case "boolean":
            return value if isinstance(value, bool) else None
        case "integer":
            return value if type(value) is int and abs(value) < MOST else None
        case "number":
            return _millionths(value)
        case "date":
            return _day_number(value)
    return value if isinstance(value, str) else None


def _millionths(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    try:
        exact = Decimal(str(value)) * MILLIONTHS
    except InvalidOperation:
        return None
    whole = exact.is_finite() and abs(exact) < MOST * MILLIONTHS and exact == exact.to_integral_value()
    return int(exact) if whole else None


def _day_number(value: Any) -> int | None:
    if isinstance(value, str) and len(value) == 10:
        try:
            value = date.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, date) or isinstance(value, datetime):
        return None
    return value.year * 10000 + value.month * 100 + value.day


def _said(token: tuple[str, str]) -> str:
    group, text = token
    if text in ("true", "false"):
        return "是" if text == "true" else "否"
    return text[1:-1] if group == "text" else text
