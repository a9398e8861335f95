"""Pabulib files: read as cities write them, written back byte for byte, refused or reported with line and reason."""

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.budgeting.pabulib import BadFile, Reading, read, write
from civic.budgeting.pabulib.defects import ERRORS, FINDINGS, KEPT, Defects
from civic.budgeting.pabulib.tables import Section, Tables, parse
from civic.budgeting.rules import count

GOOD = '''META
key;value
description;平安小区 2026
num_projects;3
num_votes;4
budget;1000,50
vote_type;approval
rule;greedy
min_length;1
max_length;2
PROJECTS
project_id;cost;votes;name;selected
1;600;3;"加装电梯; 三单元";1
2;400.25;2;"“路灯” 叫 ""平安灯""";1
3;500;1;none;0
VOTES
voter_id;vote
刘桂英;1,2
王建国;1
张敏;2,1
李强;3
'''


def changed(*pairs: tuple[str, str]) -> bytes:
    text = GOOD
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


def test_a_file_is_an_exact_election() -> None:
    reading = read(GOOD.encode())

    election = reading.election
    assert (election.unit, election.budget) == (100, 100_050)
    assert [(project.id, project.cost) for project in election.projects] == [
        ("1", 60_000),
        ("2", 40_025),
        ("3", 50_000),
    ]
    assert (election.voters, election.votes, election.ballots) == (
        4,
        [3, 2, 1],
        {((0, 1), (1, 1)): 2, ((0, 1),): 1, ((2, 1),): 1},
    )
    assert (reading.rule, reading.published_winners, reading.findings) == ("greedy", {"1", "2"}, ())
    assert [project.name for project in reading.projects] == ["加装电梯; 三单元", '“路灯” 叫 "平安灯"', ""]


def test_the_columns_of_meta_are_found_by_their_names() -> None:
    meta = GOOD.split("PROJECTS")[0].splitlines()[1:]
    turned = "\n".join(";".join(reversed(line.split(";"))) for line in meta)

    reading = read(changed(("\n".join(meta), turned)))

    assert reading.meta == read(GOOD.encode()).meta


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "BOM"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("end", ["", "\n"], ids=["no end", "end"])
def test_what_is_read_is_written_byte_for_byte(mark: bytes, newline: str, end: str) -> None:
    content = mark + (GOOD.rstrip("\n") + end).replace("\n", newline).encode()

    assert write(read(content).tables) == content


def test_a_file_written_otherwise_comes_back_with_the_same_cells() -> None:
    odd = GOOD.replace("VOTES\n", "\n\nvotes\n").replace("刘桂英;1,2", '"刘桂英";"1,2"').encode()

    reading = read(odd)

    assert write(reading.tables).decode() == GOOD.replace("VOTES", "votes")
    assert read(write(reading.tables)).election == reading.election


cells = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=8)
rows = st.lists(st.lists(cells, min_size=2, max_size=4), max_size=4)


headers = st.lists(cells, min_size=2, max_size=4)


@given(sections=st.permutations(["META", "PROJECTS", "VOTES"]), header=headers, body=rows)
def test_any_tables_survive_writing_and_reading(sections: list[str], header: list[str], body: list[list[str]]) -> None:
    tables = Tables([Section(name, 1, header, body) for name in sections])
    defects = Defects()

    again = parse(write(tables), defects)

    assert again is not None and defects.kept == []
    assert [(one.name, one.header, one.rows) for one in again.sections] == [(name, header, body) for name in sections]
    assert write(again) == write(tables)


def voted(vote_type: str, votes: str, *pairs: tuple[str, str]) -> Reading:
    ballots = "voter_id;vote\n刘桂英;1,2\n王建国;1\n张敏;2,1\n李强;3\n"
    return read(changed(("vote_type;approval", f"vote_type;{vote_type}"), (ballots, votes), *pairs))


def test_points_of_every_kind_of_ballot() -> None:
    ranked = voted("ordinal", "voter_id;vote\na;3,1,2\nb;1\nc;2,1\n")
    given_points = voted("ordinal", "voter_id;vote;points\na;3,1;9,1\n")
    cumulative = voted("cumulative", "voter_id;vote;points\na;1,2;0.5,2\nb;1;1,25\n".replace("1,25", '"1.25"'))
    scoring = voted("scoring", "voter_id;vote;points\na;1,2;-1,3\nb;none;none\n")

    assert [election.scores for election in (ranked.election, given_points.election)] == [[4, 3, 3], [1, 0, 9]]
    assert (cumulative.election.scores, cumulative.election.point_unit) == ([175, 200, 0], 100)
    assert (scoring.election.scores, scoring.election.votes, scoring.election.voters) == ([-1, 3, 0], [1, 1, 0], 2)
    assert count(scoring.election, "greedy").winners == ["2"]  # who is disliked on balance is not funded


REFUSED = {
    "empty": (b" \n", 0, "文件是空的"),
    "utf-16": (GOOD.encode("utf-16"), 1, "UTF-16"),
    "charset": (GOOD.replace("刘桂英", "").encode() + "王".encode("gb18030"), 22, "不是 UTF-8 文字"),
    "control": (changed(("王建国", "王\x00国")), 19, "控制字符 U+0000"),
    "quote": (changed(("3;500;1;none;0", '3;500;1;"none;0')), 15, "引号没有成对"),
    "no section": (b"hello;world\n", 1, "应是 META、PROJECTS 或 VOTES 之一，现在是“hello;world”"),
    "no votes": (GOOD.split("VOTES", maxsplit=1)[0].encode(), 0, "缺少 VOTES 部分"),
    "two sections": ((GOOD + "VOTES\nvoter_id;vote\n").encode(), 22, "VOTES 部分出现了两次"),
    "no header": ((GOOD.split("VOTES", maxsplit=1)[0] + "VOTES\n").encode(), 16, "VOTES 部分没有表头"),
    "columns": (changed(("project_id;cost", "id;price")), 12, "PROJECTS 的表头缺少列：project_id, cost"),
    "column twice": (changed(("votes;name", "name;name")), 12, "“name”出现了两次"),
    "cells": (changed(("王建国;1\n", "王建国\n")), 19, "应有 2 格，现在有 1 格"),
    "project cells": (changed(("3;500;1;none;0", "3;500;1;none")), 15, "应有 5 格，现在有 4 格"),
    "key twice": (changed(("rule;greedy", "budget;2000")), 8, "META 中“budget”出现了两次"),
    "no budget": (changed(("budget;1000,50\n", "")), 0, "META 缺少 budget"),
    "bad budget": (changed(("budget;1000,50", "budget;1 000")), 6, "budget“1 000”不是大于 0 的数"),
    "zero budget": (changed(("budget;1000,50", "budget;0")), 6, "不是大于 0 的数"),
    "vote type": (changed(("type;approval", "type;lottery")), 7, "vote_type“lottery”不是"),
    "no vote type": (changed(("vote_type;approval\n", "")), 0, "META 缺少 vote_type"),
    "project twice": (changed(("3;500", "1;500")), 15, "项目“1”已在第 13 行出现过"),
    "comma in id": (changed(("3;500", '"3,5";500')), 15, "含有逗号"),
    "no id": (changed(("3;500", ";500")), 15, "缺少 project_id"),
    "free": (changed(("3;500", "3;0")), 15, "cost“0”不是大于 0 的数"),
    "cost words": (changed(("3;500", "3;many")), 15, "cost“many”不是"),
    "voter twice": (changed(("张敏;", "刘桂英;")), 20, "选民“刘桂英”已在第 18 行投过票"),
    "nobody": (changed(("张敏;", ";")), 20, "缺少 voter_id"),
    "unknown project": (changed(("王建国;1", "王建国;9")), 19, "项目“9”不在 PROJECTS 中"),
    "project twice in vote": (changed(("王建国;1", "王建国;1,1")), 19, "项目“1”写了两次"),
    "choose one": (
        changed(("type;approval", "type;choose-1"), ("张敏;2,1", "张敏;2")),
        18,
        "应选 1 个项目，这一张选了 2 个",
    ),
    "no points": (changed(("type;approval", "type;cumulative")), 17, "VOTES 的表头缺少列：points"),
    "weights": (changed(("voter_id;vote\n", "voter_id;vote_strength\n")), 17, "缺少列：vote"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_broken_file_is_refused_with_line_and_reason(name: str) -> None:
    content, line, words = REFUSED[name]

    with pytest.raises(BadFile) as refused:
        read(content)

    assert [(one.line, one.is_error) for one in refused.value.defects if words in one.message] == [(line, True)]
    assert str(refused.value) == refused.value.message


BAD_POINTS = {
    "points-count": ("a;1,2;1\n", "选了 2 个项目，却有 1 个分数"),
    "points": ("a;1;many\n", "分数“many”不是数"),
    "points-sign": ("a;1;-1\n", "不能小于 0"),
    "too large": ("a;1;99999999999\n", "或者太大"),
}


@pytest.mark.parametrize("name", BAD_POINTS)
def test_broken_points_are_refused(name: str) -> None:
    row, words = BAD_POINTS[name]

    with pytest.raises(BadFile) as refused:
        voted("cumulative", f"voter_id;vote;points\n{row}")

    assert [one.line for one in refused.value.defects if words in one.message] == [18]


FOUND = {
    "num_projects": (changed(("num_projects;3", "num_projects;4")), 4, "是 4，实际有 3 个项目"),
    "num_votes": (changed(("num_votes;4", "num_votes;5")), 5, "是 5，实际有 4 张选票"),
    "votes no number": (changed(("num_votes;4", "num_votes;four")), 5, "num_votes“four”不是整数"),
    "too long": (changed(("max_length;2", "max_length;1")), 18, "“刘桂英”选了 2 个项目，多于 max_length 1"),
    "too short": (changed(("min_length;1", "min_length;2")), 19, "“王建国”选了 1 个项目，少于 min_length 2"),
    "limits": (changed(("min_length;1", "min_length;3")), 9, "min_length 大于 max_length"),
    "limit words": (changed(("min_length;1", "min_length;few")), 9, "min_length“few”不是数"),
    "too dear": (changed(("min_length;1", "max_sum_cost;900")), 18, "共需 1000.25，多于 max_sum_cost 900"),
    "votes differ": (changed(("1;600;3", "1;600;7")), 13, "项目“1”公布 7 票，按选票数出 3 票"),
    "not a number": (changed(("1;600;3", "1;600;x")), 13, "votes“x”不是数"),
    "selected": (changed(("none;0", "none;yes")), 15, "selected“yes”不是"),
    "over budget": (changed(("none;0", "none;1")), 6, "共需 1500.25，超出预算 1000.5"),
    "dearer": (changed(("3;500", "3;5000")), 15, "需要 5000，超出整个预算 1000.5"),
    "score": (changed(("cost;votes;name", "cost;score;name")), 0, ""),
}


@pytest.mark.parametrize("name", FOUND)
def test_a_file_that_contradicts_itself_is_counted_and_that_is_reported(name: str) -> None:
    content, line, words = FOUND[name]

    reading = read(content)

    assert reading.election.votes == [3, 2, 1]
    assert not words or (line, False) in [(one.line, one.is_error) for one in reading.findings if words in one.message]


def test_points_beyond_the_limits_are_reported() -> None:
    limits = ("min_length;1\nmax_length;2", "min_points;2\nmax_points;5\nmin_sum_points;4\nmax_sum_points;8")
    reading = voted("cumulative", "voter_id;vote;points\na;1,2;1,6\nb;1;3\nc;1,2;5,5\n", limits)

    said = [str(one) for one in reading.findings if one.line > 18]
    assert said == [
        "第20行：选民“a”给了 1 分，少于 min_points 2。",
        "第20行：选民“a”给了 6 分，多于 max_points 5。",
        "第21行：选民“b”共给了 3 分，少于 min_sum_points 4。",
        "第22行：选民“c”共给了 10 分，多于 max_sum_points 8。",
    ]


def test_a_published_score_that_differs_is_reported() -> None:
    reading = read(changed(("cost;votes;name", "cost;score;name"), ("1;600;3", "1;600;4")))

    assert [str(one) for one in reading.findings] == ["第13行：项目“1”公布 4 分，按选票数出 3 分。"]


def test_every_defect_is_found_in_one_pass() -> None:
    content = changed(
        ("budget;1000,50", "budget;free"),
        ("3;500", "3;x"),
        ("王建国;1", "王建国;7"),
        ("张敏;", "刘桂英;"),
        ("1,2", "1,1"),
    )

    with pytest.raises(BadFile) as refused:
        read(content)

    assert [(one.line, one.code) for one in refused.value.defects] == [
        (6, "budget"),
        (15, "cost"),
        (18, "named-twice"),
        (19, "unknown-project"),
        (20, "second-voter"),
    ]


def test_weighted_ballots_are_refused() -> None:
    with pytest.raises(BadFile) as refused:
        voted("approval", "voter_id;vote;vote_strength\na;1;2\n")

    assert [(one.line, one.code) for one in refused.value.defects] == [(17, "weighted")]


@pytest.mark.parametrize("noise", [random.Random(1).randbytes(10_000_000), b"x;" * 5_000_000, b"META\n" * 2_000_000])
def test_ten_megabytes_of_noise_are_refused_and_only_the_first_defects_are_told(noise: bytes) -> None:
    with pytest.raises(BadFile) as refused:
        read(noise)

    assert 1 <= len(refused.value.defects) <= KEPT
    assert all(len(one.message) < 200 for one in refused.value.defects)


def test_every_message_can_be_filled_in() -> None:
    assert ERRORS.keys() & FINDINGS.keys() == set()
    assert all("%(" not in (text % _anything(text)) for text in [*ERRORS.values(), *FINDINGS.values()])


def _anything(text: str) -> dict[str, str]:
    return {part.split(")")[0]: "x" for part in text.split("%(")[1:]}


shuffled = st.lists(st.sampled_from(GOOD.splitlines())).map(lambda lines: "\n".join(lines).encode())


@given(content=st.binary(max_size=300) | shuffled)
def test_whatever_is_given_is_read_or_refused(content: bytes) -> None:
    try:
        reading = read(content)
    except BadFile as refused:
        assert refused.errors_found >= 1
    else:
        assert Fraction(reading.election.budget, reading.election.unit) == Fraction(2001, 2)
