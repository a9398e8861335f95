"""One row of services.csv as the content of a service."""

import re
from collections.abc import Mapping
from typing import Any

SHEET = ("code", "name", "name_en", "department", "level", "kind", "category", "theme", "audience")
TEXTS = (
    "basic_code",
    "summary",
    "summary_en",
    "conditions",
    "conditions_en",
    "consult_phone",
    "complain_phone",
    "day_unit",
)
LISTS = ("aliases", "life_events", "places", "delivery")
DAYS = ("statutory_days", "promised_days", "visits")
FEE = ("fee_amount", "fee_note", "fee_note_en", "fee_basis")
SHEET_OPTIONAL = (*TEXTS, *LISTS, *DAYS, *FEE, "legal_basis", "results", "materials", "online")
BASIS = re.compile(r"(《.+?》)\s*(.*)")


def content_of(cells: Mapping[str, str], terms: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return the content that a row describes, and what could not be read, in words. `terms`: Chinese to English."""
    trouble: list[str] = []
    raw: dict[str, Any] = {name: cells.get(name, "") for name in (*SHEET, *TEXTS) if name not in ("code", "audience")}
    raw |= {name: split(cells.get(name, "")) for name in ("audience", *LISTS)}
    raw |= {name: _whole(name, cells.get(name, ""), trouble) for name in DAYS}
    raw["fee"] = {name.removeprefix("fee_"): cells.get(name, "") for name in FEE}
    raw["legal_basis"] = [_basis(text) for text in split(cells.get("legal_basis", ""))]
    raw["results"] = [_result(text, terms) for text in split(cells.get("results", ""))]
    raw["materials"] = [_material(i, text, terms) for i, text in enumerate(split(cells.get("materials", "")), start=1)]
    if cells.get("online", "").lower() in ("yes", "true", "是", "1"):
        trouble.append("services.csv 里的事项不能网上办理；要网上办理请写 services/<code>.yaml。")
    return raw, trouble


def split(text: str) -> list[str]:
    """Return the values of a cell that holds several."""
    return [part.strip() for part in text.split("|") if part.strip()]


def _whole(name: str, text: str, trouble: list[str]) -> int | None:
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return int(text)
    trouble.append(f"{name}「{text}」要填整数或留空。")
    return None


def _basis(text: str) -> dict[str, str]:
    match = BASIS.fullmatch(text)
    return {"title": match[1], "article": match[2]} if match else {"title": text, "article": ""}


def _result(text: str, terms: Mapping[str, str]) -> dict[str, str]:
    name, _, kind = text.partition(":")
    return {"name": name, "name_en": terms.get(name, ""), "kind": kind or "DOCUMENT"}


def _material(number: int, text: str, terms: Mapping[str, str]) -> dict[str, str]:
    name, _, source = text.partition(":")
    return {"key": f"m{number}", "name": name, "name_en": terms.get(name, ""), "source": source or "APPLICANT"}
