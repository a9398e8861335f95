"""The texts of every room and their English: extraction, catalogues, and what is still missing."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from civic.core.text import has_chinese

FIXED = datetime(2026, 1, 1, tzinfo=UTC)
ROOMS = Path(__file__).resolve().parents[1]
METHODS = [("**.py", "python"), ("jinja2/**.html", "jinja2")]
OPTIONS = {"jinja2/**.html": {"encoding": "utf-8", "extensions": "jinja2.ext.i18n,jinja2.ext.do"}}
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
}  # fmt: skip


def rooms() -> list[Path]:
    return sorted(path for path in ROOMS.iterdir() if (path / "__init__.py").exists())


def catalogue_path(room: Path) -> Path:
    """Return where a room's English stands; config's stands in core, because config's folder is found last."""
    return room / "locale" / "en" / "LC_MESSAGES" / "django.po"


def texts(room: Path) -> Catalog:
    """Return every text of the room's Python files and pages, without English."""
    found = Catalog(locale="en")
    extracted = extract_from_dir(room, METHODS, OPTIONS, KEYWORDS, directory_filter=_holds_texts)
    for place, line, message, _comments, context in extracted:
        found.add(message, locations=[(place, line)], context=context)
    return found


def english(room: Path) -> Catalog:
    path = catalogue_path(room)
    if not path.exists():
        return Catalog(locale="en")
    with path.open("rb") as lines:
        return read_po(lines, locale="en")


def translated() -> set[str]:
    """Return every Chinese text that has English in any room: Django looks through all of them."""
    return {_key(message.id) for room in rooms() for message in english(room) if _is_done(message)}


def missing(room: Path, known: set[str]) -> Iterator[str]:
    """Yield the room's Chinese texts that have no English, with the place where they stand."""
    for message in texts(room):
        if message.id and has_chinese(message.id) and _key(message.id) not in known:
            place, line = message.locations[0]
            yield f"{room.name}/{place}:{line}: {_key(message.id)}"


def update(room: Path, known: set[str]) -> int:
    """Add the room's texts without English to its catalogue, empty, and return how many; drop what is not used."""
    kept, wanted = english(room), _empty()
    for message in texts(room):
        here = kept.get(message.id, message.context) if message.id else None
        if message.id and has_chinese(message.id) and (here is not None or _key(message.id) not in known):
            wanted.add(message.id, here.string if here else "", context=message.context)
    path = catalogue_path(room)
    if len(wanted):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as out:
            write_po(out, wanted, width=120, no_location=True, omit_header=False, sort_output=True)
    return sum(1 for message in wanted if message.id and not _is_done(message))


def compile_all() -> int:
    """Write the compiled catalogue of every room that has one, and return how many."""
    paths = [catalogue_path(room) for room in rooms() if catalogue_path(room).exists()]
    for path in paths:
        with path.open("rb") as lines, path.with_suffix(".mo").open("wb") as out:
            write_mo(out, read_po(lines, locale="en"))
    return len(paths)


def _empty() -> Catalog:
    """Return a catalogue whose header never changes, so that only texts show up as differences."""
    return Catalog(
        locale="en", project="Civic", version="1", header_comment="", fuzzy=False, copyright_holder="",
        msgid_bugs_address="", last_translator="Civic", language_team="en", creation_date=FIXED, revision_date=FIXED,
    )  # fmt: skip


def _holds_texts(folder: str) -> bool:
    return Path(folder).name not in ("migrations", "locale")


def _key(text: object) -> str:
    return str(text[0]) if isinstance(text, tuple | list) else str(text)


def _is_done(message: object) -> bool:
    words = message.string  # type: ignore[attr-defined]
    return bool(message.id) and not message.fuzzy and bool(words) and all(words)  # type: ignore[attr-defined]
