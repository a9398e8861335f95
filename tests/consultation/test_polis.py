"""Polis' exports are read in both forms; what is no export is refused with the line and what to do."""

import csv
from pathlib import Path

import pytest

from civic.consultation.opinions.polis import BadExport, Comment, Summary, read_comments, read_votes, summary
from civic.consultation.rules.counting import Vote
from civic.core.csv_limit import LONGEST_CELL

LONG = "timestamp,datetime,comment-id,voter-id,vote\n"
WIDE = "participant,group-id,n-comments,n-votes,n-agree,n-disagree,0,1\n"
COMMENTS = "timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body\n"


def file(folder: Path, text: str) -> Path:
    path = folder / "export.csv"
    path.write_bytes(text.encode())
    return path


def test_one_act_a_row(tmp_path: Path) -> None:
    read = read_votes(file(tmp_path, "\ufeff" + LONG + "5,Mon,7,wang,1\n\n6,Mon,7,wang,-1\n"))

    assert read.votes == [Vote("wang", "7", 1, 5), Vote("wang", "7", -1, 6)]
    assert read.has_every_act and read.groups == {}


def test_one_person_a_row_with_the_group_that_was_published(tmp_path: Path) -> None:
    read = read_votes(file(tmp_path, WIDE + "wang,1,0,2,1,0,1,0\nli,,0,0,0,0,,\n"))

    assert read.votes == [Vote("wang", "0", 1, 0), Vote("wang", "1", 0, 0)]
    assert not read.has_every_act and read.groups == {"wang": "1"}


def test_statements_with_what_moderation_did_and_the_summary_of_all(tmp_path: Path) -> None:
    votes = read_votes(file(tmp_path, WIDE + "wang,1,0,2,1,0,1,0\nli,0,0,1,0,1,-1,\n"))
    comments = read_comments(file(tmp_path, COMMENTS + '1,Mon,0,wang,1,1,1,"甲, 乙"\n1,Mon,1,wang,0,0,-1,丙\n'))

    assert comments[0] == Comment("0", "wang", 1, 1, 1, "甲, 乙")
    assert [comment.is_hidden for comment in comments] == [False, True]
    assert summary(votes, comments) == Summary(voters=2, commenters=1, comments=2, groups=2)


BAD = {
    "empty": ("", "是空文件"),
    "columns": ("a,b\n1,2\n", "的列不对"),
    "vote": (LONG + "5,Mon,7,wang,1\n5,Mon,7,li,2\n", "第3行：vote 应为 1"),
    "time": (LONG + "yesterday,Mon,7,wang,1\n", "第2行"),
    "long": (LONG + "9" * 5_000 + ",Mon,7,wang,1\n", "timestamp 应为毫秒数"),
    "short": (LONG + "5,Mon\n", "第2行有 2 列，表头有 5 列"),
    "cell": (WIDE + "wang,1,0,2,1,0,1,x\n", "第2行第8列：“x”不是 1、0、-1 或空"),
    "twice": (WIDE + "wang,1,0,2,1,0,1,\nwang,1,0,2,1,0,1,\n", "第3行：participant“wang”是空的或重复出现"),
    "quote": (LONG + '"' + "x" * 200_000, "不是合格的 CSV"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_votes_are_refused(name: str, tmp_path: Path) -> None:
    text, words = BAD[name]

    with pytest.raises(BadExport, match=words):
        read_votes(file(tmp_path, text))


def test_another_room_that_reads_longer_cells_changes_nothing_here(tmp_path: Path) -> None:
    text, words = BAD["quote"]
    csv.field_size_limit(10_000_000)

    with pytest.raises(BadExport, match=words):
        read_votes(file(tmp_path, text))

    assert csv.field_size_limit() == LONGEST_CELL


def test_bad_statements_bad_bytes_and_no_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadExport, match="缺少列：agrees"):
        read_comments(file(tmp_path, COMMENTS.replace("agrees,", "") + "1,Mon,0,wang,1,1,甲\n"))
    with pytest.raises(BadExport, match="第2行：agrees、disagrees、moderated 应为整数"):
        read_comments(file(tmp_path, COMMENTS + "1,Mon,0,wang,many,1,1,甲\n"))
    with pytest.raises(BadExport, match="请检查文件名"):
        read_votes(tmp_path / "none.csv")
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadExport, match="不是 UTF-8 文本"):
        read_votes(tmp_path / "bytes.csv")


@pytest.mark.parametrize(
    ("header", "name"),
    [("timestamp,comment-id,voter-id,vote,vote", "vote"),
     ("participant,group-id,n-comments,n-votes,n-agree,n-disagree,7,7", "7")],
)  # fmt: skip
def test_a_column_given_twice_is_refused_for_either_could_be_meant(header: str, name: str, tmp_path: Path) -> None:
    source = tmp_path / "votes.csv"
    source.write_text(f"{header}\n{','.join(['1'] * len(header.split(',')))}\n", encoding="utf-8")

    with pytest.raises(BadExport, match=f"“{name}”出现了两次"):
        read_votes(source)
