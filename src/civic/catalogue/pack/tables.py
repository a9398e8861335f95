"""Reads CSV tables line by line: encodings, quotes and columns as the world writes them."""

import codecs
import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from civic.core.csv_limit import set_longest_cell

LONGEST_RECORD = 100  # lines: a quote that is still open after this many was never closed
LONGEST_LINE = 1_000_000  # characters
CHUNK = 1 << 16


class Unreadable(Exception):
    """The file as a whole cannot be read; the message says what to do."""


@dataclass(frozen=True)
class Row:
    """One record and the line it begins on; `trouble` says why it cannot be used (empty: it can)."""

    line: int
    cells: dict[str, str]
    trouble: str = ""
    text: str = ""


def encoding_of(path: Path) -> str:
    """Return the encoding of `path`: UTF-8 (with or without BOM), else GB18030 where all of it can be read so.

    Raises: Unreadable, if it is UTF-16 or not text at all.
    """
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Unreadable(f"{path.name}：文件是 UTF-16 编码，请另存为 UTF-8 编码的 CSV。")
    if start.startswith(b"PK"):
        raise Unreadable(f"{path.name}：这是压缩包或 Excel 文件，请另存为 CSV。")
    for encoding in ("utf-8", "gb18030"):
        if _can_read(path, encoding):
            return "utf-8-sig" if encoding == "utf-8" else encoding
    return "utf-8-sig"


def _can_read(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def read_rows(path: Path, *, required: Collection[str], optional: Collection[str] | None = None) -> Iterator[Row]:
    """Yield every record after the header; blank lines are passed over. `optional` None: any other column may stand.

    Raises: Unreadable, if there is no header with the required columns.
    """
    with path.open(encoding=encoding_of(path), errors="replace", newline="") as file:
        lines = _Lines(file)
        header = lines.record()
        if header is None:
            raise Unreadable(f"{path.name}：文件是空的。")
        columns = _columns(path, header, required, optional)
        while (record := lines.record(len(columns))) is not None:
            if record.text.strip():
                yield _row(record, columns)


@dataclass(frozen=True)
class _Record:
    line: int
    text: str
    cells: list[str]
    trouble: str = ""


class _Lines:
    """Cuts a file into records; a record whose quote never closes costs its first line, not the rest of the file."""

    def __init__(self, file: io.TextIOBase) -> None:
        self.file = file
        self.waiting: list[str] = []
        self.line = 1

    def record(self, width: int | None = None) -> _Record | None:
        """Return the next record, None at the end. `width`: the columns that a record of several lines must have."""
        self._fill(1)
        if not self.waiting:
            return None
        size, cells = self._span(), []
        if size:
            text = "".join(self.waiting[:size])
            cells = _cells(text)
            if size > 1 and width is not None and len(cells) != width:
                size = 0
        if not size:
            return self._take(1, [], "引号没有闭合，这一行无法读取。")
        return self._take(size, cells, "")

    def _span(self) -> int:
        """Return how many lines the next record takes: until its quotes are even; 0 if they never are."""
        quotes = 0
        for size in range(1, LONGEST_RECORD + 1):
            self._fill(size)
            if len(self.waiting) < size:
                return 0
            quotes += self.waiting[size - 1].count('"')
            if quotes % 2 == 0:
                return size
        return 0

    def _fill(self, size: int) -> None:
        while len(self.waiting) < size and (line := self.file.readline(LONGEST_LINE)):
            self.waiting.append(line)

    def _take(self, size: int, cells: list[str], trouble: str) -> _Record:
        record = _Record(self.line, "".join(self.waiting[:size]), cells, trouble)
        del self.waiting[:size]
        self.line += size
        return record


def _cells(text: str) -> list[str]:
    set_longest_cell()
    try:
        return next(csv.reader(io.StringIO(text, newline="")), [])
    except csv.Error:
        return []


def _columns(path: Path, header: _Record, required: Collection[str], optional: Collection[str] | None) -> list[str]:
    columns = [cell.strip() for cell in header.cells]
    missing = [name for name in required if name not in columns]
    if missing:
        named = "、".join(islice(missing, 8))
        raise Unreadable(f"{path.name}：第1行（列名）缺少 {named}。请核对这是不是要导入的清单。")
    if repeated := sorted({name for name in columns if columns.count(name) > 1}):
        raise Unreadable(f"{path.name}：第1行（列名）重复了 {'、'.join(repeated)}。")
    if optional is not None and (strange := sorted(set(columns) - set(required) - set(optional))):
        raise Unreadable(f"{path.name}：第1行（列名）有不认识的列 {'、'.join(strange)}。")
    return columns


def _row(record: _Record, columns: list[str]) -> Row:
    trouble = record.trouble
    if not trouble and len(record.cells) != len(columns):
        trouble = f"应有 {len(columns)} 列，实有 {len(record.cells)} 列。"
    if not trouble and "�" in record.text:
        trouble = "有无法识别的字符，请核对文件编码。"
    if not trouble and any(ord(c) < 32 and c not in "\t\r\n" for c in record.text):
        trouble = "有控制字符，请删去。"
    cells = {} if trouble else {name: cell.strip() for name, cell in zip(columns, record.cells, strict=True)}
    return Row(record.line, cells, trouble, record.text.rstrip("\r\n"))
