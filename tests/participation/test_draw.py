"""Drawing by lot: exact quotas, the same outcome for everybody, no seat likelier for anybody, bad registers refused."""

import csv
import hashlib
import io
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from civic.config.cli import main
from civic.participation.rules.draw import BadDraw, commitment, draw, lot, quotas
from civic.participation.rules.register import BadRegister, read_register

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools" / "verify_draw.py"
SEED = "六安市2026年参与式预算·第一轮"


def register(*rows: str, head: str = "id,area,sex") -> bytes:
    return "\n".join([head, *rows, ""]).encode()


# 金安 has 5 women and 3 men, 裕安 1 woman and 2 men: 11 people
TOWN = register(
    *[f"J{n},金安,女" for n in range(1, 6)],
    *[f"J{n},金安,男" for n in range(6, 9)],
    "Y1,裕安,女", "Y2,裕安,男", "Y3,裕安,男",
)  # fmt: skip


def refused(content: bytes, by: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    with pytest.raises(BadRegister) as caught:
        read_register(content, by=by)
    return [(error.pointer, error.message) for error in caught.value.errors]


# Quotas


def test_quotas_are_shared_out_by_largest_remainder() -> None:
    # 4 seats of 11 people: 20/11, 12/11, 8/11, 4/11 -> 1, 1, 0, 0 and remainders 9, 1, 8, 4
    found = quotas(read_register(TOWN).strata(), 4)

    assert found == {("金安", "女"): 2, ("金安", "男"): 1, ("裕安", "男"): 1, ("裕安", "女"): 0}


def test_equal_remainders_go_to_the_larger_stratum_then_to_the_first_name() -> None:
    assert quotas({("甲",): 1, ("乙",): 1, ("丙",): 1}, 1) == {("丙",): 1, ("乙",): 0, ("甲",): 0}  # 丙 U+4E19 is first
    assert quotas({("a",): 1, ("b",): 3}, 2) == {("b",): 2, ("a",): 0}


@given(some.lists(some.integers(1, 400), min_size=1, max_size=12), some.data())
def test_quotas_add_up_and_stay_within_one_of_the_exact_share(sizes: list[int], data: some.DataObject) -> None:
    counts = {(str(n),): people for n, people in enumerate(sizes)}
    size = data.draw(some.integers(1, sum(sizes)))

    found = quotas(counts, size)

    assert sum(found.values()) == size
    for stratum, people in counts.items():
        assert 0 <= found[stratum] <= people
        assert abs(found[stratum] * sum(sizes) - size * people) < sum(sizes)


@pytest.mark.parametrize("size", [0, -1, 12])
def test_a_size_that_does_not_fit_the_register_is_refused(size: int) -> None:
    with pytest.raises(BadDraw, match="1至名册总人数11"):
        draw(read_register(TOWN), seed=SEED, size=size)


# The lot


def test_a_lot_is_the_digest_of_seed_and_id_as_any_language_computes_it() -> None:
    assert lot("abc", "J1") == hashlib.sha256(b"abc|J1").hexdigest()
    assert lot("abc", "J1", beacon="03") == hashlib.sha256(b"abc+03|J1").hexdigest()
    assert commitment("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2


def test_whoever_has_the_lowest_lots_of_a_stratum_is_drawn_and_the_rest_are_reserves_in_order() -> None:
    done = draw(read_register(TOWN), seed=SEED, size=4)

    share = next(one for one in done.shares if one.stratum == ("金安", "女"))
    ordered = sorted([f"J{n}" for n in range(1, 6)], key=lambda one: lot(SEED, one))
    assert (*share.drawn, *share.reserves) == tuple(ordered)
    assert (len(share.drawn), share.people) == (2, 5)
    assert done.register_sha256 == hashlib.sha256(TOWN).hexdigest()


def test_the_order_of_the_lines_does_not_matter_another_seed_does() -> None:
    head, *rows = TOWN.decode().split()
    turned = "\n".join([head, *reversed(rows)]).encode()

    first, second = (draw(read_register(content), seed=SEED, size=4).shares for content in (TOWN, turned))

    assert first == second
    assert draw(read_register(TOWN), seed=SEED + "。", size=4).shares != first
    assert draw(read_register(TOWN), seed=SEED, size=4, beacon="7").shares != first


def test_strata_are_those_that_were_asked_for() -> None:
    found = read_register(TOWN, by=["sex"])

    assert found.strata() == {("女",): 6, ("男",): 5}
    assert read_register(register("1", "2", head="id")).strata() == {(): 2}


def test_nobody_is_likelier_to_be_drawn_than_anybody_else_of_the_stratum() -> None:
    """Chi-square over 4,000 seeds: 20 people, 5 seats. 43.8 is the 99.9th percentile of 19 degrees of freedom."""
    crowd = read_register(register(*[f"P{n}" for n in range(20)], head="id"))
    seeds, seats = 4000, 5

    hits = Counter(
        one for n in range(seeds) for share in draw(crowd, seed=f"s{n}", size=seats).shares for one in share.drawn
    )

    expected = seeds * seats / 20
    # drawing without replacement narrows the spread by (N - 1) / (N - n); without it the statistic would be too small
    statistic = sum((hits[one] - expected) ** 2 / expected for one in crowd.people) * 19 / 15
    assert sum(hits.values()) == seeds * seats
    assert statistic < 43.82


def test_the_chi_square_finds_a_draw_that_favours_somebody() -> None:
    """The same sum on the first digit of the id's own digest, which no seed changes, is far beyond the limit."""
    crowd = [f"P{n}" for n in range(20)]
    hits = Counter(one for n in range(4000) for one in sorted(crowd, key=lambda p: (p != "P7", lot(f"s{n}", p)))[:5])

    assert sum((hits[one] - 1000) ** 2 / 1000 for one in crowd) * 19 / 15 > 43.82


def test_every_place_of_the_order_is_as_likely() -> None:
    """Which of 6 orders three people come in, over 6,000 seeds: 20.5 is the 99.9th percentile of 5 degrees."""
    hits = Counter(tuple(sorted("ABC", key=lambda one: lot(f"seed {n}", one))) for n in range(6000))

    assert len(hits) == 6
    assert sum((count - 1000) ** 2 / 1000 for count in hits.values()) < 20.52


# Bad registers


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"", "/1", "名册是空的"),
        (b"\n\n", "/1", "名册是空的"),
        (register(), "/1", "没有任何人"),
        (b"name,area\nx,y\n", "/1", "没有 id 列"),
        (b"id,id\n1,1\n", "/1", "id 列重复"),
        (b"id,area,phone\n1,x,13800005678\n", "/1", "不认识 phone 列"),
        (b"id,area,\n1,x,\n", "/1", '不认识 "" 列'),
        (register("1,金安,女", "2,金安,男", "1,裕安,女"), "/4", "编号 1 与第2行重复"),
        (register("1,金安,女", ",金安,男"), "/3", "编号是空的"),
        (register("1,金安,女", "2, ,男"), "/3", "area 是空的"),
        (register("1,金安"), "/2", "有2格，表头有3格"),
        (register("1,金安,女,多"), "/2", "有4格，表头有3格"),
        (register("=1+1,金安,女"), "/2", "只能由字母、数字"),
        (register("1,=cmd,女"), "/2", "= @ 开头"),
        (register(f"{'9' * 65},金安,女"), "/2", "最长64个字符"),
        (register("1,金\x07安,女"), "/2", "控制字符"),
        (register("1,金安,女", "2,\x00,男"), "/3", "空字符"),
        (register("1,金安,女", '2,"金安,女'), "/3", "引号没有成对"),
        (register("1,金安,女") + "2,裕安,男\n".encode("gb18030"), "/3", "不是UTF-8"),
        (TOWN.decode().encode("utf-16"), "/1", "不是UTF-8"),
    ],
)  # fmt: skip
def test_a_bad_register_is_refused_with_its_line_and_the_reason(content: bytes, line: str, words: str) -> None:
    ((pointer, message),) = refused(content)

    assert pointer == line
    assert words in message


def test_a_column_that_is_named_is_known_and_one_that_is_not_there_is_refused() -> None:
    held = register("1,低保", "2,一般", head="id,group")

    assert read_register(held, by=["group"]).strata() == {("一般",): 1, ("低保",): 1}
    ((_line, words),) = refused(held, by=("group", "age_band"))
    assert words == "名册没有 age_band 列，不能按它分层。可用的列：group。"
    assert "不能重复" in refused(held, by=("group", "group"))[0][1]


def test_a_column_that_is_everybodys_own_is_no_stratum() -> None:
    rows = [f"{n},{n}号" for n in range(1001)]

    assert "太细了" in refused(register(*rows, head="id,house"), ("house",))[0][1]
    assert len(read_register(register(*rows[:1000], head="id,house"), by=["house"]).strata()) == 1000


def test_ten_megabytes_of_garbage_are_refused_at_once() -> None:
    block = hashlib.sha256(b"garbage").digest() * 327_680
    ((_line, words),) = refused(block)
    assert "不是UTF-8" in words

    assert refused(b"x" * 10_485_760)[0][0] == "/1"
    assert "内容过长" in refused(b"id,area\n1," + b"x" * 10_485_760)[0][1]


def test_of_many_wrong_lines_twenty_are_told_and_none_quotes_a_whole_cell() -> None:
    errors = refused(register(*[f"{'号' * 400}!,金安,女"] * 1000))

    assert [pointer for pointer, _ in errors] == [f"/{line}" for line in range(2, 22)]
    assert max(len(words) for _, words in errors) < 80


@pytest.mark.parametrize(
    ("seed", "words"), [("", "1至200"), ("x" * 201, "1至200"), ("a\nb", "控制字符"), (" a", "空格")]
)
def test_a_seed_that_nobody_could_type_again_is_refused(seed: str, words: str) -> None:
    with pytest.raises(BadDraw, match=words):
        draw(read_register(TOWN), seed=seed, size=2)


# The command and the citizen's tool


@pytest.fixture
def town(tmp_path: Path) -> Path:
    target = tmp_path / "名册.csv"
    target.write_bytes(b"\xef\xbb\xbf" + TOWN)
    return target


def test_the_command_says_everything_that_is_needed_to_check_it(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["participation", "draw", "--seed", SEED, "--size", "4", str(town), "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    expected = draw(read_register(town.read_bytes()), seed=SEED, size=4)
    assert (told["algorithm"], told["seed"], told["commitment"]) == ("civic-draw-1", SEED, commitment(SEED))
    assert told["register_sha256"] == hashlib.sha256(town.read_bytes()).hexdigest()
    assert (told["by"], told["size"], told["register_people"]) == (["area", "sex"], 4, 11)
    assert told["drawn"] == [one for share in expected.shares for one in share.drawn]
    assert [part["quota"] for part in told["strata"]] == [share.quota for share in expected.shares]
    assert told["strata"][0]["stratum"] == {"area": "裕安", "sex": "女"}


def test_the_same_command_writes_the_same_bytes(town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outs = [tmp_path / "1.csv", tmp_path / "2.csv"]
    for out in outs:
        assert main(["participation", "draw", "--seed", SEED, "--size", "4", str(town), "--out", str(out)]) == 0

    first, second = (out.read_bytes() for out in outs)
    assert first == second
    rows = list(csv.DictReader(io.StringIO(first.decode())))
    assert list(rows[0]) == ["area", "sex", "role", "rank", "id"]
    assert Counter(row["role"] for row in rows) == {"drawn": 4, "reserve": 7}
    assert "种子承诺" in capsys.readouterr().out


def test_a_bad_register_ends_the_command_with_two_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad, out = tmp_path / "bad.csv", tmp_path / "out.csv"
    bad.write_bytes(register("1,金安,女", "1,金安,女"))

    assert main(["participation", "draw", "--seed", "s", "--size", "1", str(bad), "--out", str(out)]) == 2

    assert "第3行：编号 1 与第2行重复" in capsys.readouterr().err
    assert not out.exists()
    assert main(["participation", "draw", "--seed", "s", "--size", "1", str(tmp_path / "none.csv")]) == 2
    assert "不能读取" in capsys.readouterr().err


def verify(*arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-I", str(TOOL), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.mark.parametrize("extra", [(), ("--by", "sex"), ("--by", "sex,area", "--beacon", "03 11 17")], ids=str)
def test_the_citizens_tool_comes_to_the_same_outcome_and_finds_one_changed_name(
    extra: tuple[str, ...], town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.csv"
    how = ["--seed", SEED, "--size", "4", *extra, str(town)]
    assert main(["participation", "draw", *how, "--out", str(out)]) == 0

    right = verify(*how, out)

    assert (right.returncode, right.stderr) == (0, "")
    assert commitment(SEED) in right.stdout
    assert hashlib.sha256(town.read_bytes()).hexdigest() in right.stdout
    rows = out.read_text(encoding="utf-8")
    one = next(line for line in rows.splitlines() if ",drawn," in line)
    out.write_text(rows.replace(one, one.replace(",drawn,", ",reserve,")), encoding="utf-8")
    wrong = verify(*how, out)
    assert (wrong.returncode, "不一致" in wrong.stdout) == (1, True)


def test_the_citizens_tool_is_short_and_needs_nothing_but_python() -> None:
    text = TOOL.read_text(encoding="utf-8")

    assert text.count("\n") <= 100
    imported = {line.split()[1] for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert imported <= sys.stdlib_module_names
