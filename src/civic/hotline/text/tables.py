"""Tables of messages: read as cities hand them over, or refused in words that say what to do; written whole."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from civic.core.csv_limit import set_longest_cell
from civic.core.errors import Refusal
from civic.hotline.text.examples import Example

Row = dict[str, str]


class BadTable(Refusal):
    """The file is not a table with the columns that are needed."""

    status = 400
    code = "bad-table"


def read(source: Path, *, needed: Sequence[str], one_of: Sequence[str] = ()) -> Iterator[tuple[int, Row]]:
    """Yield line and cells of each row that is not empty; missing cells are "".

    Raises: BadTable, if the file cannot be read, is no text, lacks a column, or has no row.
    """
    reader = csv.reader(io.StringIO(_text(source), newline=""))
    set_longest_cell()
    names = [name.strip().lower() for name in _next(reader, source) or []]
    _require_columns(source, names, needed, one_of)
    count = 0
    while (cells := _next(reader, source)) is not None:
        if any(cell.strip() for cell in cells):
            count += 1
            padded = [*cells, *[""] * (len(names) - len(cells))]
            yield reader.line_num, {name: cell.strip() for name, cell in zip(names, padded, strict=False)}
    if not count:
        raise BadTable(f"{source} 除表头外没有任何数据行。请确认导出的文件是否完整。")


def read_examples(source: Path) -> Iterator[Example]:
    """Yield the classified messages of a table with the columns label, and title or detail or both.

    Raises: BadTable, if no row has a class and a text.
    """
    found = 0
    for _, row in read(source, needed=("label",), one_of=("title", "detail")):
        title, detail = row.get("title", ""), row.get("detail", "")
        if row["label"] and (title or detail):
            found += 1
            yield Example(title, detail, row["label"], source.stem)
    if not found:
        raise BadTable(f"{source} 中没有一行同时填写了类别（label）和内容（title 或 detail）。请补全后重试。")


def write(target: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a table beside `target` and put it in its place when it is whole; return the number of rows.

    Raises: BadTable, if the place cannot be written to.
    """
    partial = target.with_name(target.name + ".partial")
    count = 0
    try:
        with partial.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(header)
            for row in rows:
                writer.writerow(row)
                count += 1
        partial.replace(target)
    except OSError as error:
        raise BadTable(f"不能写入 {target}：{error.strerror}。请检查目录是否存在、是否有权限。") from error
    finally:
        partial.unlink(missing_ok=True)
    return count


def _text(source: Path) -> str:
    try:
        raw = source.read_bytes()
    except OSError as error:
        raise BadTable(f"不能读取 {source}：{error.strerror}。请检查文件名。") from error
    if not raw.strip():
        raise BadTable(f"{source} 是空文件。请重新导出。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise BadTable(f"{source} 不是文本表格：既不是 UTF-8 也不是 GB18030 编码。请在电子表格中另存为“CSV UTF-8”后重试。")


def _next(reader: "Iterator[list[str]]", source: Path) -> list[str] | None:
    try:
        return next(reader, None)
    except csv.Error as error:
        line = getattr(reader, "line_num", 0)
        raise BadTable(f"{source} 第{line}行不是合格的 CSV（{error}）。请检查引号是否成对，或重新导出。") from error


def _require_columns(source: Path, names: Sequence[str], needed: Sequence[str], one_of: Sequence[str]) -> None:
    missing = [name for name in needed if name not in names]
    if one_of and not any(name in names for name in one_of):
        missing.append(" 或 ".join(one_of))
    if missing:
        shown = "、".join(name[:20] for name in names[:10]) or "（空）"
        raise BadTable(f"{source} 缺少列：{'、'.join(missing)}。第一行应为列名，现在是：{shown}。请改正表头后重试。")
