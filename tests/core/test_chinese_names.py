"""Characters of names after GB 18030-2022, and names that are one name in two spellings."""

import pytest

from civic.core.chinese_names import (
    are_standard_characters,
    is_encodable,
    is_of_usual_length,
    level,
    name_variants,
    pinyin,
    same_name,
    simplified,
    tidy,
)


def test_the_repertoire_has_the_87887_chinese_characters_of_the_standard() -> None:
    counted = [level(chr(point)) for point in range(0x3000, 0x32400) if level(chr(point)) is not None]

    assert len(counted) == 87_887
    assert (counted.count(1), counted.count(3)) == (27_570, 60_317)


def test_gb_2312_stands_for_the_table_of_standard_characters_with_its_6763() -> None:
    known = [chr(point) for point in range(0x3400, 0x323B0) if are_standard_characters(chr(point)) is True]

    assert len(known) == 6_763


@pytest.mark.parametrize(
    ("character", "expected"),
    [("王", 1), ("㐀", 1), ("\U00020000", 3), ("𫖯", 3), ("\U0002ebe0", 3), ("\ufa0e", 1), ("\ufa0d", None),
     ("\U0002ebf0", None), ("\U00030000", None), ("A", None), ("〇", None), ("·", None)],
)  # fmt: skip
def test_each_character_has_the_level_that_writes_it(character: str, expected: int | None) -> None:
    assert level(character) == expected


@pytest.mark.parametrize(
    ("name", "encodable", "standard"),
    [
        ("王小宝", True, True),
        ("王𫖯", True, None),
        ("王㛃", True, None),
        ("阿依古丽·买买提", True, True),
        ("王Anna", False, False),
        ("王3", False, False),
        ("王\U00030000", False, None),
        ("", False, False),
        ("张愛玲", True, None),
        ("王★", False, False),
    ],
)
def test_a_name_is_encodable_and_standard_or_unknown(name: str, encodable: bool, standard: bool | None) -> None:
    assert is_encodable(name) is encodable
    assert are_standard_characters(name) is standard


@pytest.mark.parametrize(
    ("name", "usual"),
    [("王", False), ("王芳", True), ("欧阳小宝", True), ("王" * 6, True), ("王" * 7, False), ("阿依古丽·买买提", True),
     ("·王", False), ("王·", False), ("", False),
     ("古" * 20 + "·" + "丽" * 4, True), ("古" * 21 + "·" + "丽" * 4, False)],
)  # fmt: skip
def test_a_name_has_a_usual_length(name: str, usual: bool) -> None:
    assert is_of_usual_length(name) is usual


def test_every_character_counts_once_also_outside_the_bmp() -> None:
    assert is_of_usual_length("𫖯𫖯𫖯𫖯𫖯𫖯")
    assert not is_of_usual_length("𫖯")


@pytest.mark.parametrize(
    ("one", "other"),
    [("王小寶", "王小宝"), ("張愛玲", "张爱玲"), ("王 小宝", "王小宝"), ("阿依古丽•买买提", "阿依古丽·买买提"),
     ("王小保", "王小宝"), ("单小宝", "单晓宝"), ("曾小宝", "曾晓保"), ("刘昇", "刘升")],
)  # fmt: skip
def test_spellings_that_may_be_one_name(one: str, other: str) -> None:
    assert same_name(one, other)
    assert same_name(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("王小宝", "王大宝"), ("单小宝", "丹小宝"), ("", ""), ("王芳", "王小芳"), ("曾宝", "层宝")],
)
def test_names_that_are_not_one(one: str, other: str) -> None:
    assert not same_name(one, other)


def test_the_variants_of_a_name_hold_its_traditional_form_and_stay_few() -> None:
    assert {"王小宝", "王小寶"} <= name_variants("王小寶")
    assert "張發" in name_variants("张发")
    assert len(name_variants("台湾发面后里" * 4)) <= 64


def test_a_surname_is_read_as_a_surname() -> None:
    assert pinyin("单小宝") == ("shan", "xiao", "bao")
    assert pinyin("吕芳") == ("lv", "fang")
    assert simplified("張 愛玲") == "张爱玲"
    assert tidy(" 阿依古丽・买买提 ") == "阿依古丽·买买提"
