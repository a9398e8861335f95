"""Loading the divisions of a city pack, and cutting an address down to its street."""

import csv
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from civic.areas.models import Area
from civic.core.csv_limit import set_longest_cell
from civic.core.errors import FieldError, Invalid

COLUMNS = {"code", "name", "name_en_pinyin", "parent", "level"}
ORDER = [level.value for level in Area.Level]


class BadAreas(Invalid):
    """The file of divisions cannot be loaded; every wrong line is named."""

    code = "bad-areas"


@dataclass(frozen=True)
class Loaded:
    """How many divisions were added, changed and left as they were."""

    added: int
    changed: int
    unchanged: int


def load_areas(path: Path) -> Loaded:
    """Load the divisions of `path` (areas.csv of a city pack). A second time changes nothing; no division is deleted.

    Raises: BadAreas, if a line names an unknown level or parent or repeats a code; nothing is loaded then.
    """
    rows = _read(path)
    with transaction.atomic():
        known = {area.code: area for area in Area.objects.select_for_update()}
        before = dict.fromkeys(known)
        changed = _update(rows, known)
        for level in ORDER:
            _add([row for row in rows if row["level"] == level and row["code"] not in known], known)
    added = len(rows) - sum(row["code"] in before for row in rows)
    return Loaded(added, changed, len(rows) - added - changed)


def street_of(address: str) -> str:
    """Return `address` cut after the street or town that it names, longest name first; "" where it names none.

    What a public page may show of a place that somebody lives at.
    """
    names = Area.objects.of_level(level=Area.Level.TOWN).values_list("parent__name", "name")
    found = [(address.find(name), len(name), f"{county}{name}") for county, name in names if name in address]
    best = max(found, key=lambda hit: (hit[1], hit[2] in address), default=None)
    return best[2] if best else ""


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        set_longest_cell()
        reader = csv.DictReader(file)
        if set(reader.fieldnames or ()) != COLUMNS:
            raise BadAreas(f"{path.name}：列名必须是 {', '.join(sorted(COLUMNS))}。")
        rows = [dict(row) for row in reader]
    errors = _errors(rows)
    if errors:
        raise BadAreas(f"{path.name}有 {len(errors)} 处错误，没有载入任何区划：{errors[0].message}", errors=errors)
    return rows


def _errors(rows: list[dict[str, str]]) -> list[FieldError]:
    """Return one error per wrong line; the pointer is the line's number in the file."""
    errors: list[FieldError] = []
    seen: dict[str, str] = {}
    for line, row in enumerate(rows, start=2):
        complaint = _complaint(row, seen)
        if complaint:
            errors.append(FieldError(pointer=f"/{line}", code="bad-line", message=f"第{line}行：{complaint}"))
        seen[row["code"]] = row["level"]
    return errors


def _complaint(row: dict[str, str], seen: dict[str, str]) -> str | None:
    """Say what is wrong with `row`; `seen` maps the codes of the lines before to their levels."""
    if not row["code"].isascii() or not row["code"].isdigit() or not row["name"]:
        return "代码必须是数字，名称不能为空。"
    if row["level"] not in ORDER:
        return f"层级必须是 {'、'.join(ORDER)} 之一。"
    if row["code"] in seen:
        return f"代码 {row['code']} 重复。"
    above = ORDER.index(row["level"]) - 1
    if seen.get(row["parent"]) != (ORDER[above] if above >= 0 else None) or (above < 0 and row["parent"]):
        return f"上级 {row['parent']} 没有出现在前面的行，或者层级不对。"
    return None


def _update(rows: list[dict[str, str]], known: dict[str, Area]) -> int:
    """Write what differs of the divisions that are there already; return how many differed."""
    different = []
    for row in rows:
        area = known.get(row["code"])
        if area is not None and (area.name, area.name_en) != (row["name"], row["name_en_pinyin"]):
            area.name, area.name_en = row["name"], row["name_en_pinyin"]
            different.append(area)
    Area.objects.bulk_update(different, ["name", "name_en"], batch_size=500)
    return len(different)


def _add(rows: list[dict[str, str]], known: dict[str, Area]) -> None:
    """Insert `rows` of one level in bulk; their parents are in `known`."""
    fresh = [
        Area(
            code=row["code"],
            name=row["name"],
            name_en=row["name_en_pinyin"],
            level=row["level"],
            parent=known.get(row["parent"]),
        )
        for row in rows
    ]
    Area.objects.bulk_create(fresh, batch_size=500)
    known.update((area.code, area) for area in fresh)
