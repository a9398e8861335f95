"""The syntax of a .pb file: three tables, separated by semicolons, and how the file was written.

A file that is read and written again is the same byte for byte if it is canonical: UTF-8 with or without a byte order
mark, one kind of line end (LF or CRLF), no blank lines, quotes only around a cell that holds a semicolon, a quote or a
line end. Any other file that can be read comes back with the same cells in the same order.
"""

import codecs
import csv
import io
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from civic.budgeting.pabulib.defects import Defects
from civic.core.csv_limit import set_longest_cell

NAMES = ("META", "PROJECTS", "VOTES")
MOST_SECTIONS = 20  # three are right; with so many it is noise
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass
class Section:
    """One table: its name as written, its header, its rows, and the line on which each row begins."""

    name: str
    line: int
    header: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    lines: "array[int]" = field(default_factory=lambda: array("Q"))


@dataclass
class Tables:
    """A whole file: its sections in order, and how it was written."""

    sections: list[Section]
    newline: str = "\n"
    has_mark: bool = False
    ends_in_newline: bool = True

    def section(self, name: str) -> Section | None:
        """Return the section of this name, which may be written in small letters."""
        return next((one for one in self.sections if one.name.strip().upper() == name), None)


def parse(content: bytes, defects: Defects) -> Tables | None:
    """Return the tables of `content`, or None where there is no text to read; what is wrong goes to `defects`."""
    text = _text(content, defects)
    if text is None:
        return None
    has_mark = text.startswith("\ufeff")
    text = text.removeprefix("\ufeff")
    newline = "\r\n" if "\r\n" in text else "\n"
    tables = Tables([], newline, has_mark, text.endswith("\n"))
    current: Section | None = None
    for line, row in _rows(text, defects):
        if len(row) == 1 and row[0].strip().upper() in NAMES:
            current = Section(row[0], line)
            if tables.section(row[0].strip().upper()):
                defects.add(line, "second-section", section=row[0].strip().upper())
                if len(tables.sections) >= MOST_SECTIONS:
                    break
            tables.sections.append(current)
        elif current is None:
            defects.add(line, "no-section", found=";".join(row))
            return None
        elif not current.header:
            current.header = row
        else:
            current.rows.append(row)
            current.lines.append(line)
    return tables


def write(tables: Tables) -> bytes:
    """Return the file that holds these tables."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator=tables.newline)
    for section in tables.sections:
        writer.writerow([section.name])
        writer.writerow(section.header)
        writer.writerows(section.rows)
    text = out.getvalue()
    text = text if tables.ends_in_newline else text.removesuffix(tables.newline)
    return (codecs.BOM_UTF8 if tables.has_mark else b"") + text.encode()


def _text(content: bytes, defects: Defects) -> str | None:
    if not content.strip():
        defects.add(0, "empty")
        return None
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        defects.add(1, "utf-16")
        return None
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        defects.add(content.count(b"\n", 0, error.start) + 1, "encoding", byte=error.start + 1)
        return None
    if found := CONTROL.search(text):
        defects.add(text.count("\n", 0, found.start()) + 1, "control", character=f"U+{ord(found[0]):04X}")
        return None
    return text


def _rows(text: str, defects: Defects) -> Iterator[tuple[int, list[str]]]:
    """Yield line and cells of each row that is not blank; stop where quotes do not close."""
    set_longest_cell()
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    line = 1
    try:
        for row in reader:
            if row and (len(row) > 1 or row[0].strip()):
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        defects.add(line, "quote", reason=error)
