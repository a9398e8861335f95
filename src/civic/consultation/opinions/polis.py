"""Reads the files that Polis exports: the votes, in either of two forms, and the statements.

`votes.csv` has one act of voting a row, `participants-votes.csv` one person with their last votes, `comments.csv` one
statement. Such data are published under CC BY 4.0 by The Computational Democracy Project; none of them is kept here.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from civic.consultation.rules.counting import Vote
from civic.core.csv_limit import set_longest_cell
from civic.core.errors import Refusal

LONG = ("timestamp", "comment-id", "voter-id", "vote")
WIDE = ("participant", "group-id", "n-comments", "n-votes", "n-agree", "n-disagree")
COMMENTS = ("comment-id", "author-id", "agrees", "disagrees", "moderated", "comment-body")
CHOICES = {"1": 1, "0": 0, "-1": -1}
LONGEST_TIME = 18  # digits
HIDDEN = -1  # what moderation took away; 1 is accepted, 0 was never looked at


class BadExport(Refusal):
    """The file is not one of those that Polis exports."""

    status = 400
    code = "bad-export"


@dataclass(frozen=True)
class Votes:
    """The acts of voting in a file, and the group it gives each participant (only the wide form does)."""

    votes: list[Vote]
    groups: dict[str, str]
    has_every_act: bool  # the wide form holds only the last vote of each


@dataclass(frozen=True)
class Comment:
    """One statement as `comments.csv` has it, with the counts published there."""

    key: str
    author: str
    agrees: int
    disagrees: int
    moderated: int
    body: str

    @property
    def is_hidden(self) -> bool:
        """Return whether moderation took it away."""
        return self.moderated == HIDDEN


@dataclass(frozen=True)
class Summary:
    """The counts of `summary.csv` that its other files can give; its `views` stands in none of them."""

    voters: int
    commenters: int
    comments: int
    groups: int


def read_votes(source: Path) -> Votes:
    """Return the votes of an export in either form.

    Raises: BadExport, naming the line, if a column is missing or a cell is no vote.
    """
    rows = _rows(source)
    _line, header = next(rows)
    if set(LONG) <= set(header):
        return Votes([_act(source, line, dict(zip(header, row, strict=True))) for line, row in rows], {}, True)
    if set(WIDE) <= set(header):
        return _wide(source, header, rows)
    raise BadExport(
        f"{source} 的列不对：votes.csv 应有 {'、'.join(LONG)}，participants-votes.csv 应有 {'、'.join(WIDE)}。"
        "请选择 Polis 导出的其中一个文件。"
    )


def read_comments(source: Path) -> list[Comment]:
    """Return the statements of an export. Raises: BadExport, naming the line."""
    rows = _rows(source)
    _line, header = next(rows)
    if missing := [name for name in COMMENTS if name not in header]:
        raise BadExport(f"{source} 缺少列：{'、'.join(missing)}。请选择 Polis 导出的 comments.csv。")
    return [_comment(source, line, dict(zip(header, row, strict=True))) for line, row in rows]


def summary(votes: Votes, comments: Sequence[Comment]) -> Summary:
    """Return the counts as Polis publishes them: hidden statements and their authors are counted."""
    return Summary(
        voters=len({vote.voter for vote in votes.votes}),
        commenters=len({comment.author for comment in comments}),
        comments=len(comments),
        groups=len(set(votes.groups.values())),
    )


def _act(source: Path, line: int, row: dict[str, str]) -> Vote:
    choice = CHOICES.get(row["vote"])
    is_time = row["timestamp"].isdecimal() and len(row["timestamp"]) <= LONGEST_TIME
    if choice is None or not is_time or not row["voter-id"] or not row["comment-id"]:
        raise BadExport(
            f"{source} 第{line}行：vote 应为 1（同意）、0（略过）或 -1（不同意），timestamp 应为毫秒数，"
            "comment-id、voter-id 不能空。请改正或重新导出。"
        )
    return Vote(row["voter-id"], row["comment-id"], choice, int(row["timestamp"]))


def _wide(source: Path, header: Sequence[str], rows: Iterator[tuple[int, list[str]]]) -> Votes:
    statements = [(at, name) for at, name in enumerate(header) if name not in (*WIDE, "xid")]
    group_at, voter_at = header.index("group-id"), header.index("participant")
    votes: list[Vote] = []
    groups: dict[str, str] = {}
    seen: set[str] = set()
    for line, row in rows:
        voter = row[voter_at]
        if not voter or voter in seen:
            raise BadExport(f"{source} 第{line}行：participant“{voter[:20]}”是空的或重复出现。请改正或重新导出。")
        seen.add(voter)
        if row[group_at]:
            groups[voter] = row[group_at]
        for at, statement in statements:
            if (cell := row[at]) and (choice := CHOICES.get(cell)) is None:
                raise BadExport(f"{source} 第{line}行第{at + 1}列：“{cell[:20]}”不是 1、0、-1 或空。请改正或重新导出。")
            if cell:
                votes.append(Vote(voter, statement, choice, 0))
    return Votes(votes, groups, False)


def _comment(source: Path, line: int, row: dict[str, str]) -> Comment:
    try:
        agrees, disagrees, moderated = int(row["agrees"]), int(row["disagrees"]), int(row["moderated"])
    except ValueError as error:
        raise BadExport(f"{source} 第{line}行：agrees、disagrees、moderated 应为整数。请改正或重新导出。") from error
    return Comment(row["comment-id"], row["author-id"], agrees, disagrees, moderated, row["comment-body"])


def _rows(source: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield line and cells of every row that is not empty, the header first; each as long as the header."""
    try:
        text = source.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadExport(f"不能读取 {source}：{error.strerror}。请检查文件名。") from error
    except UnicodeDecodeError as error:
        raise BadExport(f"{source} 不是 UTF-8 文本。请直接使用 Polis 导出的文件。") from error
    set_longest_cell()
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    width = 0
    try:
        for row in reader:
            if not any(row):
                continue
            if not width and (double := [name for name, count in Counter(row).items() if count > 1]):
                raise BadExport(f"{source} 的表头中“{double[0][:20]}”出现了两次，无法知道以哪一列为准。请重新导出。")
            width = width or len(row)
            if len(row) != width:
                raise BadExport(f"{source} 第{reader.line_num}行有 {len(row)} 列，表头有 {width} 列。请重新导出。")
            yield reader.line_num, row
    except csv.Error as error:
        raise BadExport(f"{source} 第{reader.line_num}行不是合格的 CSV（{error}）。请重新导出。") from error
    if not width:
        raise BadExport(f"{source} 是空文件。请重新导出。")
