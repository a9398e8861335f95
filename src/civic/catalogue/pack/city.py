"""Reads a city pack: departments, places, themes and services, each error with its file and line."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from civic.catalogue import rules
from civic.catalogue.pack.sheet import SHEET, SHEET_OPTIONAL, content_of
from civic.catalogue.pack.tables import Row, Unreadable, read_rows
from civic.catalogue.pack.yaml_file import read_yaml
from civic.catalogue.rules import words
from civic.catalogue.rules.content import CODE

DEPARTMENT = ("code", "name", "name_en", "area", "phone")
PLACE = ("key", "name", "address", "area", "hours", "phone")
PLACE_OPTIONAL = ("name_en", "address_en", "hours_en")
THEME = TERM = ("name", "name_en")


@dataclass(frozen=True)
class PackError:
    """One thing wrong in a pack."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True)
class PackService:
    """One service of a pack, with where it was written."""

    code: str
    content: rules.Content
    file: str
    line: int


@dataclass
class Pack:
    """All that a city pack says about the catalogue."""

    departments: dict[str, dict[str, str]] = field(default_factory=dict)
    places: dict[str, dict[str, str]] = field(default_factory=dict)
    themes: list[tuple[str, str]] = field(default_factory=list)
    life_events: list[tuple[str, str]] = field(default_factory=list)
    services: dict[str, PackService] = field(default_factory=dict)
    errors: list[PackError] = field(default_factory=list)

    def known(self) -> rules.Known:
        """Return the codes that its services may refer to."""
        return rules.Known(
            departments=set(self.departments),
            places=set(self.places),
            themes=[name for name, _ in self.themes],
            life_events=[name for name, _ in self.life_events],
        )


def read_pack(folder: Path) -> Pack:
    """Return all of the pack in `folder`, with every error found; nothing raises for a bad file."""
    pack = Pack()
    pack.departments = _keyed(pack, folder / "departments.csv", "code", DEPARTMENT, ())
    pack.places = _keyed(pack, folder / "places.csv", "key", PLACE, PLACE_OPTIONAL)
    pack.themes = _themes(pack, folder / "themes.csv", words.THEMES)
    pack.life_events = _themes(pack, folder / "life_events.csv", words.LIFE_EVENTS)
    _read_sheet(pack, folder)
    for path in sorted((folder / "services").glob("*.y*ml")):
        _read_file(pack, folder, path)
    if not pack.services and not pack.errors:
        pack.errors.append(PackError(folder.name, 1, "这里没有事项：要有 services.csv 或 services/*.yaml。"))
    return pack


def _keyed(
    pack: Pack, path: Path, key: str, required: tuple[str, ...], optional: tuple[str, ...]
) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in _rows(pack, path, required, optional):
        if not row.cells[key] or not row.cells["name"]:
            pack.errors.append(PackError(path.name, row.line, f"{key} 和 name 不能为空。"))
        elif row.cells[key] in found:
            pack.errors.append(PackError(path.name, row.line, f"{key}「{row.cells[key]}」重复。"))
        else:
            found[row.cells[key]] = row.cells
    return found


def _rows(pack: Pack, path: Path, required: tuple[str, ...], optional: tuple[str, ...]) -> Iterator[Row]:
    """Yield the sound rows; what is wrong goes to the pack's errors."""
    if not path.exists():
        pack.errors.append(PackError(path.name, 1, "缺少这个文件。"))
        return
    try:
        for row in read_rows(path, required=required, optional=optional):
            if row.trouble:
                pack.errors.append(PackError(path.name, row.line, row.trouble))
            else:
                yield row
    except Unreadable as error:
        pack.errors.append(PackError(path.name, 1, str(error)))


def _themes(pack: Pack, path: Path, otherwise: Mapping[str, str]) -> list[tuple[str, str]]:
    if not path.exists():
        return list(otherwise.items())
    return [(row.cells["name"], row.cells["name_en"]) for row in _rows(pack, path, THEME, ())]


def _read_sheet(pack: Pack, folder: Path) -> None:
    path = folder / "services.csv"
    if not path.exists():
        return
    known, terms = pack.known(), _terms(pack, folder / "terms.csv")
    for row in _rows(pack, path, SHEET, SHEET_OPTIONAL):
        raw, trouble = content_of(row.cells, terms)
        for text in trouble:
            pack.errors.append(PackError(path.name, row.line, text))
        _add(pack, known, row.cells["code"], raw, path.name, _always(row.line))


def _terms(pack: Pack, path: Path) -> dict[str, str]:
    """Return the English of the materials and results that services.csv names."""
    if not path.exists():
        return {}
    return {row.cells["name"]: row.cells["name_en"] for row in _rows(pack, path, TERM, ())}


def _always(line: int) -> Callable[[str], int]:
    return lambda _pointer: line


def _read_file(pack: Pack, folder: Path, path: Path) -> None:
    name = str(path.relative_to(folder))
    raw, lines, trouble = read_yaml(path)
    if trouble is not None:
        pack.errors.append(PackError(name, trouble[0], trouble[1]))
        return
    code = raw.get("code")
    if code != path.stem:
        pack.errors.append(PackError(name, lines("/code"), f"code「{code}」要和文件名「{path.stem}」一样。"))
        return
    for extra in sorted(set(raw) - {*rules.FIELDS, "code"}):
        pack.errors.append(PackError(name, lines(f"/{extra}"), f"有不认识的栏目「{extra}」。"))
    pack.services.pop(path.stem, None)  # the YAML file counts, not the row of the same code
    _add(pack, pack.known(), path.stem, raw, name, lines)


def _add(
    pack: Pack, known: rules.Known, code: str, raw: Mapping[str, Any], file: str, lines: Callable[[str], int]
) -> None:
    if not CODE.fullmatch(code):
        pack.errors.append(PackError(file, lines("/code"), f"code「{code}」只能用大写字母、数字和短横线。"))
        return
    if code in pack.services:
        other = pack.services[code]
        pack.errors.append(PackError(file, lines("/code"), f"code「{code}」与 {other.file}:{other.line} 重复。"))
        return
    content = rules.normalise(raw)
    for error in rules.content_errors(content, known):
        pack.errors.append(PackError(file, lines(error.pointer), error.message))
    pack.services[code] = PackService(code, content, file, lines("/code"))
