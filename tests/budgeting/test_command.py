"""`civic budget`: the table, the JSON, and what a bad file is told."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from civic.config.cli import main
from tests.budgeting.test_pabulib import GOOD, REFUSED, changed

EXPECTED = (
    '{"projects":[{"id":"1","cost":600,"votes":3,"selected":true},{"id":"2","cost":400.25,"votes":2,"selected":true},'
    '{"id":"3","cost":500,"votes":1,"selected":false}],"winners":["1","2"],"total_cost":1000.25,"rule":"greedy"}\n'
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    place = tmp_path / "平安.pb"
    place.write_text(GOOD, encoding="utf-8")
    return place


def test_json_is_exactly_what_was_promised(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["budget", "tally", str(file), "--rule", "greedy", "--json"]) == 0

    said = capsys.readouterr()
    assert (said.out, said.err) == (EXPECTED, "")
    assert json.loads(said.out, parse_float=Decimal)["total_cost"] == Decimal("1000.25")


def test_the_table_says_who_wins_and_why_the_others_do_not(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["budget", "tally", str(file), "--rule", "greedy"]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "规则 greedy  预算 1000.5  选票 4",
        "入选 2 个，共需 1000.25",
        "      编号                        费用        票数        得分  项目",
        "   1  1                        600         3         3  加装电梯; 三单元",
        "      按票数排序，轮到它时剩余资金足够。此后剩余 400.5。",
        '   2  2                     400.25         2         2  “路灯” 叫 "平安灯"',
        "      按票数排序，轮到它时剩余资金足够。此后剩余 0.25。",
        "   -  3                        500         1         1",
        "      轮到它时还差 499.75。再多 2 票就能入选。",
        "至少有一个所选项目入选的选民：3/4（75.0%）",
    ]


@pytest.mark.parametrize("rule", ["greedy-no-skip", "greedy-per-cost", "equal-shares", "phragmen"])
def test_every_rule_can_be_asked_for(rule: str, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["budget", "tally", str(file), "--rule", rule]) == 0
    assert f"规则 {rule}  预算 1000.5" in capsys.readouterr().out


def test_the_files_own_threshold_counts_if_asked_for(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_bytes(changed(("rule;greedy", "rule;greedy\nmin_project_score_threshold;3")))

    assert main(["budget", "tally", str(file), "--rule", "greedy", "--threshold", "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["winners"] == ["1"]


def test_a_threshold_that_the_file_does_not_have_is_told(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["budget", "tally", str(file), "--rule", "greedy", "--threshold", "--json"]) == 0

    said = capsys.readouterr()
    assert (said.out, said.err) == (EXPECTED, "注意 文件没有 min_project_score_threshold，--threshold 没有作用。\n")


def test_a_contradiction_is_told_and_does_not_stop_the_count(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_bytes(changed(("1;600;3", "1;600;7")))

    assert main(["budget", "tally", str(file), "--rule", "greedy", "--json"]) == 0

    said = capsys.readouterr()
    assert json.loads(said.out)["winners"] == ["1", "2"]
    assert said.err == "注意 第13行：项目“1”公布 7 票，按选票数出 3 票。\n"


@pytest.mark.parametrize("command", [["tally", "--rule", "greedy"], ["check"]])
def test_a_broken_file_is_refused_with_every_line_and_reason(
    command: list[str], file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_bytes(changed(("王建国;1", "王建国;7"), ("张敏;", "刘桂英;"), ("num_votes;4", "num_votes;5")))

    assert main(["budget", command[0], str(file), *command[1:]]) == 2

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "错误 第19行：选票上的项目“7”不在 PROJECTS 中。",
        "错误 第20行：选民“刘桂英”已在第 18 行投过票。",
        "civic: 文件有 2 处错误，没有计票。请改正后重试。",
    ]


@pytest.mark.parametrize("name", REFUSED)
def test_no_broken_file_is_counted(name: str, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_bytes(REFUSED[name][0])

    assert main(["budget", "tally", str(file), "--rule", "greedy", "--json"]) == 2

    said = capsys.readouterr()
    assert said.out == "" and REFUSED[name][2] in said.err


def test_check_says_whether_a_file_is_clean(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clean = main(["budget", "check", str(file)])
    first = capsys.readouterr().out
    file.write_bytes(changed(("num_votes;4", "num_votes;5")))
    found = main(["budget", "check", str(file)])

    assert (clean, first) == (0, "没有发现问题：3 个项目，4 张选票。\n")
    assert (found, capsys.readouterr().out.splitlines()) == (
        1,
        ["注意 第5行：META 的 num_votes 是 5，实际有 4 张选票。", "可以计票，但有 1 处与文件自己的说法不符。"],
    )


def test_a_file_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["budget", "check", str(tmp_path / "none.pb")]) == 2
    assert "不能读取文件" in capsys.readouterr().err
    assert main(["budget", "check", str(tmp_path)]) == 2


def test_a_long_count_says_how_far_it_is(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("civic.config.commands.budget.QUIET_SECONDS", 0.0)

    assert main(["budget", "tally", str(file), "--rule", "equal-shares", "--json"]) == 0

    assert "正在计票：第 1 次尝试……" in capsys.readouterr().err
