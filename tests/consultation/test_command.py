"""`civic consultation`: the map of a file in words, as JSON and as a picture; drafts read and compared."""

import csv
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from civic.config.cli import main
from tests.consultation.voters import TOPICS, two_camps

COMMENTS = ("timestamp", "datetime", "comment-id", "author-id", "agrees", "disagrees", "moderated", "comment-body")


@pytest.fixture
def votes(tmp_path: Path) -> Path:
    path = tmp_path / "votes.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(("timestamp", "datetime", "comment-id", "voter-id", "vote"))
        table.writerow((0, "", "8", "upper0", -1))  # votes again below
        table.writerows(
            (at, "", topic, voter, vote) for at, ((voter, topic), vote) in enumerate(two_camps().items(), 1)
        )
    return path


@pytest.fixture
def comments(tmp_path: Path) -> Path:
    path = tmp_path / "comments.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(COMMENTS)
        table.writerows((0, "", topic, "1", 0, 0, -1 if topic == "9" else 1, f"观点{topic}") for topic in TOPICS)
    return path


def test_the_map_is_told_in_words(votes: Path, comments: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["consultation", "map", str(votes), "--comments", str(comments), "--draws", "5"]) == 0

    told = capsys.readouterr().out
    assert "参与 56 人，投票足够多、放进图中的 56 人，分为 2 组" in told
    assert "重抽 5 次，分组平均一致程度（调整兰德指数）1.00：稳定" in told
    assert "A组 32 人，与别组最不同的：" in told
    assert "各组都同意的观点 1 条：\n  共识 0.93  观点8" in told
    assert "upper" not in told and "观点9" not in told  # nobody is named, and what moderation hid is not shown


def test_each_rule_counts_a_second_vote_in_its_way(
    votes: Path, comments: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def rows(rule: str) -> dict[str, tuple[int, int]]:
        words = ["map", str(votes), "--comments", str(comments), "--rule", rule, "--draws", "0", "--json"]
        assert main(["consultation", *words]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["stability"] is None
        return {row["statement"]: (row["agrees"], row["disagrees"]) for row in told["statements"]}

    own, polis = rows("own"), rows("polis")

    assert (own["8"], polis["8"]) == ((56, 0), (56, 1))
    assert ("9" in own, "9" in polis) == (False, True)


def test_the_picture_is_written(votes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "map.svg"

    assert main(["consultation", "map", str(votes), "--draws", "0", "--svg", str(target)]) == 0

    assert ElementTree.parse(target).getroot().get("role") == "img"
    assert main(["consultation", "map", str(votes), "--draws", "0", "--svg", str(tmp_path / "no" / "x")]) == 2
    assert "请检查目录是否存在" in capsys.readouterr().err


def test_too_few_votes_give_no_map_and_say_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "votes.csv"
    path.write_text("timestamp,comment-id,voter-id,vote\n1,0,wang,1\n", encoding="utf-8")

    assert main(["consultation", "map", str(path)]) == 3
    told = capsys.readouterr().out
    assert "投票足够多、且并非每条都给同一答案的人：0，至少需要 30。" in told
    assert "有人投票的观点：1，至少需要 7。" in told

    assert main(["consultation", "map", str(path), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["missing"][0] == {"what": "participants", "have": 0, "need": 30}


def test_what_is_no_export_is_refused(votes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["consultation", "map", str(tmp_path / "none.csv")]) == 2
    assert "请检查文件名" in capsys.readouterr().err
    for number in ("-1", "1001", "1000000000"):
        assert main(["consultation", "map", str(votes), "--draws", number]) == 2
        assert "--draws 写 0 至 1000。" in capsys.readouterr().err


def test_a_draft_is_counted_its_defects_are_named_and_a_newer_one_is_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = tmp_path / "old.md", tmp_path / "new.md"
    old.write_text("第一章 总则\n第一条 甲乙丙丁。\n第二条 下列：\n（一）戊。\n", encoding="utf-8")
    new.write_text("第一章 总则\n第一条 甲乙丙丁。\n第三条 下列：\n（一）戊。\n", encoding="utf-8")

    assert main(["consultation", "draft", str(old)]) == 0
    assert capsys.readouterr().out == f"{old}：1 章、2 条、2 款、1 项\n"

    assert main(["consultation", "draft", str(old), str(new)]) == 1
    said = capsys.readouterr()
    assert said.err == "  第3行：第三条之前缺少第二条。请核对编号。\n"
    assert "移动 3 处" in said.out and "移动  art2.p1.i1 → art3.p1.i1" in said.out
    assert main(["consultation", "draft", str(tmp_path / "none.md")]) == 2
