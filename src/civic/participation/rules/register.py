"""The register that people are drawn from: read as it is, or refused with the line and what to do. No Django."""

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from civic.core.csv_limit import set_longest_cell
from civic.core.errors import FieldError, Invalid
from civic.core.words import gettext as _

ID = "id"
KNOWN = ("area", "age_band", "sex", "residence", "education", "occupation")  # others have to be named
MOST_BYTES = 256 * 1024 * 1024
LONGEST = 64  # characters of an id or of a stratum's value
SHOWN = 20  # errors told one by one
MOST_STRATA = 1000  # with more, a column is no stratum but somebody's own value
IDS = re.compile(r"\w[\w.:/-]*")
Stratum = tuple[str, ...]


class BadRegister(Invalid):
    """The register cannot be drawn from; the lines that are wrong are named."""

    code = "bad-register"


@dataclass(frozen=True)
class Register:
    """Whom a draw may fall on: `people[id]` is the person's stratum, in the order of the columns `by`.

    `sha256` is the digest of the file, byte for byte, in hexadecimal.
    """

    sha256: str
    by: tuple[str, ...]
    people: dict[str, Stratum]

    def strata(self) -> dict[Stratum, int]:
        """Return how many people there are in each stratum, ordered by the stratum."""
        counts: dict[Stratum, int] = {}
        for stratum in self.people.values():
            counts[stratum] = counts.get(stratum, 0) + 1
        return dict(sorted(counts.items()))


def read_register(content: bytes, *, by: Sequence[str] = ()) -> Register:
    """Return the register in a CSV file (UTF-8, with or without its mark): a column id, and columns of strata.

    `by` names the columns to draw by; none named: all that the file has. A column that is neither named nor one of
    KNOWN is refused, so that no name or telephone number comes along by mistake.
    Raises: BadRegister, with at most SHOWN errors; the pointer of each is its line ("/7").
    """
    rows = _rows(_text(content))
    header = [name.strip().lower() for name in _header(rows)]
    columns = _columns(header, [name.strip().lower() for name in by])
    people, errors = _people(rows, header, columns)
    if errors:
        words = _("名册有错：%(first)s") % {"first": errors[0].message}
        raise BadRegister(words, errors=errors)
    if not people:
        raise _bad(1, _("名册除表头外没有任何人。请确认导出的文件是否完整。"))
    if len(set(people.values())) > MOST_STRATA:
        raise _bad(1, _("分层超过%(n)s种，太细了。请只按少数几列分层，例如 area,age_band。") % {"n": MOST_STRATA})
    return Register(hashlib.sha256(content).hexdigest(), columns, people)


def _text(content: bytes) -> str:
    """Return the file as text. Raises: BadRegister, naming the line of the first byte that is no UTF-8."""
    if len(content) > MOST_BYTES:
        raise _bad(1, _("名册超过%(n)s MB。请只保留编号和分层的列。") % {"n": MOST_BYTES // 1024 // 1024})
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _bad(line, _("第%(n)s行不是UTF-8编码的文字。请在表格软件里另存为“CSV UTF-8”。") % {"n": line}) from error
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise _bad(line, _("第%(n)s行含有空字符，这不是CSV文件。请在表格软件里另存为“CSV UTF-8”。") % {"n": line})
    return text


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield line and cells of each row that is not empty."""
    set_longest_cell()
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        words = _("第%(n)s行不能按CSV读取：引号没有成对，或者内容过长。") % {"n": reader.line_num}
        raise _bad(reader.line_num, words) from error


def _header(rows: Iterator[tuple[int, list[str]]]) -> list[str]:
    for _line, cells in rows:
        return cells
    raise _bad(1, _("名册是空的。第一行应是表头，例如 id,area,age_band,sex。"))


def _columns(header: list[str], by: list[str]) -> tuple[str, ...]:
    """Return the columns to draw by. Raises: BadRegister, if the header or `by` names what it should not."""
    names = [_short(name) for name in header]
    if ID not in header:
        raise _bad(1, _("表头没有 id 列，只有：%(names)s。") % {"names": ", ".join(names[:SHOWN])})
    if twice := [name for name in header if header.count(name) > 1]:
        raise _bad(1, _("表头中 %(name)s 列重复。") % {"name": _short(twice[0])})
    if missing := [name for name in by if name not in header or name == ID]:
        words = _("名册没有 %(name)s 列，不能按它分层。可用的列：%(names)s。")
        raise _bad(1, words % {"name": _short(missing[0]), "names": ", ".join(n for n in names if n != ID)})
    if len(set(by)) < len(by):
        raise _bad(1, _("分层的列不能重复。"))
    if unknown := [name for name in header if name not in (ID, *KNOWN, *by)]:
        words = _("不认识 %(name)s 列。名册只应有编号和分层的列；请删去这一列，或者指明按它分层。")
        raise _bad(1, words % {"name": _short(unknown[0]) or '""'})
    return tuple(by) or tuple(name for name in header if name != ID)


def _people(
    rows: Iterator[tuple[int, list[str]]], header: list[str], columns: tuple[str, ...]
) -> tuple[dict[str, Stratum], list[FieldError]]:
    people: dict[str, Stratum] = {}
    lines: dict[str, int] = {}
    errors: list[FieldError] = []
    for line, cells in rows:
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
        wrong = _wrong_width(cells, header) or _wrong_id(row[ID], lines) or _wrong_values(row, columns)
        if wrong:
            errors.append(_error(line, _("第%(n)s行：%(wrong)s") % {"n": line, "wrong": wrong}))
            if len(errors) == SHOWN:
                break
            continue
        lines[row[ID]] = line
        people[row[ID]] = tuple(row[name] for name in columns)
    return people, errors


def _wrong_width(cells: list[str], header: list[str]) -> str | None:
    if len(cells) == len(header):
        return None
    return _("有%(n)s格，表头有%(m)s格。") % {"n": len(cells), "m": len(header)}


def _wrong_id(value: str, lines: dict[str, int]) -> str | None:
    if not value:
        return _("编号是空的。")
    if len(value) > LONGEST or not IDS.fullmatch(value):
        return _("编号“%(id)s”只能由字母、数字和 . : / _ - 组成，最长%(n)s个字符。") % {
            "id": _short(value),
            "n": LONGEST,
        }
    if value in lines:
        return _("编号 %(id)s 与第%(n)s行重复。") % {"id": value, "n": lines[value]}
    return None


def _wrong_values(row: dict[str, str], columns: tuple[str, ...]) -> str | None:
    for name in columns:
        value = row[name]
        if not value:
            return _("%(name)s 是空的。请补全，或填“不详”。") % {"name": name}
        if len(value) > LONGEST or not value.isprintable() or value[0] in "=@":
            return _("%(name)s 的值“%(value)s”不能用：太长、含有控制字符，或以 = @ 开头。") % {
                "name": name,
                "value": _short(value),
            }
    return None


def _short(text: str) -> str:
    """Return what may be quoted of a cell: no more than 20 printable characters."""
    return "".join(c if c.isprintable() else "·" for c in text[:20]) + ("…" if len(text) > 20 else "")


def _error(line: int, words: str) -> FieldError:
    return FieldError(f"/{line}", "bad-line", words)


def _bad(line: int, words: str) -> BadRegister:
    return BadRegister(words, errors=[_error(line, words)])
