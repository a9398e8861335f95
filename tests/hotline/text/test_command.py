"""`civic hotline`: train, classify and topics on tables as cities hand them over; bad ones are refused with advice."""

import csv
import random
from pathlib import Path

import pytest

from civic.config.cli import main
from tests.hotline.text.history import history


def table(place: Path, rows: list[list[str]], *, encoding: str = "utf-8") -> Path:
    with place.open("w", encoding=encoding, newline="") as out:
        csv.writer(out).writerows(rows)
    return place


def read(place: Path) -> list[list[str]]:
    return list(csv.reader(place.open(encoding="utf-8")))


@pytest.fixture
def model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    rows = [["title", "detail", "label"], *([row.title, row.detail, row.label] for row in history())]
    source = table(tmp_path / "history.csv", rows, encoding="gb18030")
    assert main(["hotline", "train", str(source), "--out", str(tmp_path / "model.npz")]) == 0
    said = capsys.readouterr()
    assert "macro-F1" in said.out and "自动分派" in said.out
    assert "交叉验证 5/5 完成。" in said.err
    return tmp_path / "model.npz"


def test_every_row_is_classified_and_an_empty_one_is_named(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [["id", "title", "detail"], ["a", "公交车班次太少", ""], ["b", "", ""], ["c", "", "小学招生划片不明"]]
    source, target = table(tmp_path / "in.csv", rows), tmp_path / "out.csv"

    status = main(["hotline", "classify", str(source), "--out", str(target), "--model", str(model)])

    header, first, second, third = read(target)
    assert status == 1
    assert header == ["id", "label", "confidence", "top3"]
    assert first[:2] == ["a", "交通"] and third[:2] == ["c", "教育"]
    assert second == ["b", "", "", ""]
    assert first[3].startswith(f"交通:{first[2]};") and len(first[3].split(";")) == 3
    assert "第3行（id b）：标题和内容都是空的，没有分类。" in capsys.readouterr().err


def test_titles_with_a_label_are_enough_to_train(tmp_path: Path) -> None:
    rows = [["title", "label"], *([row.title, row.label] for row in history())]

    status = main(["hotline", "train", str(table(tmp_path / "t.csv", rows)), "--out", str(tmp_path / "new" / "m.npz")])

    assert status == 0
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["m.npz"]


BAD = {
    "garbage": (random.Random(1).randbytes(10_000_000), "不是文本表格"),
    "empty": (b"", "是空文件"),
    "columns": ("编号,正文\n1,停水\n".encode(), "缺少列：label、title 或 detail。第一行应为列名，现在是：编号、正文。"),
    "header": (b"title,label\n", "除表头外没有任何数据行"),
    "labels": ("title,label\n停水,\n".encode(), "没有一行同时填写了类别"),
    "quote": (b'title,label\n"' + b"x" * 1_000_100, "不是合格的 CSV"),
    "few": ("title,label\n停水,住房\n".encode(), "可用于训练的留言太少"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_history_is_refused_with_advice_and_nothing_is_written(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content, words = BAD[name]
    (tmp_path / "in.csv").write_bytes(content)

    status = main(["hotline", "train", str(tmp_path / "in.csv"), "--out", str(tmp_path / "m.npz")])

    assert status == 2
    assert words in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_without_a_file_without_a_model_and_without_a_place_to_write_the_command_says_what_to_do(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = table(tmp_path / "in.csv", [["id", "title", "detail"], ["a", "公交车", ""]])
    to = ["--out", str(tmp_path / "out.csv")]

    tries = [
        (["classify", str(tmp_path / "none.csv"), *to, "--model", str(model)], "请检查文件名"),
        (["classify", str(source), *to, "--model", str(tmp_path / "none")], "请先运行 civic hotline train"),
        (["classify", str(source), "--out", str(tmp_path / "no" / "x"), "--model", str(model)], "请检查目录是否存在"),
        (["topics", str(source), *to], "缺少列：user、time、likes"),
    ]

    for words, advice in tries:
        assert main(["hotline", *words]) == 2
        assert advice in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()


def test_topics_are_written_hottest_first_and_bad_rows_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        ["id", "user", "time", "title", "detail", "likes", "dislikes"],
        ["1", "u1", "2026-03-02 09:00:00", "A2区丁香新城搅拌站噪音扰民", "搅拌站夜间噪音很大", "0", "5"],
        ["2", "u2", "2026/3/9 10:00", "丁香新城搅拌站夜间噪音扰民", "搅拌站夜间噪音很大", "1", "0"],
        ["3", "u3", "2026-03-03 09:00:00", "A3区公交车班次太少", "等车要一个小时", "0", "99"],
        ["4", "u4", "yesterday", "公交", "", "0", "0"],
        ["5", "u4", "2026-03-03 09:00:00", "公交", "", "-1", "0"],
    ]
    target = tmp_path / "out.csv"

    status = main(["hotline", "topics", str(table(tmp_path / "in.csv", rows)), "--out", str(target)])

    header, first, second = read(target)
    said = capsys.readouterr().err
    assert status == 1
    assert header == ["rank", "topic", "place", "period", "messages", "people", "ids"]
    assert first[0] == "1" and first[2:] == ["A2区丁香新城", "2026-03-02 至 2026-03-09", "2", "3", "1;2"]
    assert second[0] == "2" and second[4:] == ["1", "1", "3"]
    assert "第5行（id 4）：time“yesterday”不是时间" in said and "第6行（id 5）：likes“-1”不是非负整数。" in said
