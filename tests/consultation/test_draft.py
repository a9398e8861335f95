"""A legal text is read by 编, 章, 节, 条, 款, 项, 目; nothing of it is lost, what is wrong in it is named by line."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.consultation.rules.draft import Kind, parse
from civic.consultation.rules.numerals import number, numeral

LAW = """# 六安市生活垃圾分类管理条例（草案）

2026年3月2日公布，征求意见

## 第一章 总则

第一条 为了加强生活垃圾分类管理，制定本条例。

第二条　本市行政区域内的生活垃圾分类，适用本条例。

国家另有规定的，从其规定。

## 第二章 投放

### 第一节 单位

第三条 生活垃圾分为下列四类：
（一）可回收物；
(二) 有害垃圾，包括：
1. 废电池；
2．废药品。
（三）厨余垃圾和其他垃圾。
前款的具体标准由市人民政府制定。

第三条之一 第三条规定的标准每年公布。
"""


def test_every_clause_has_its_number_its_words_and_an_anchor_that_names_its_place() -> None:
    draft = parse(LAW)

    assert [(clause.anchor, clause.label, clause.words) for clause in draft.clauses] == [
        ("front1", "", "# 六安市生活垃圾分类管理条例（草案）"),
        ("front2", "", "2026年3月2日公布，征求意见"),
        ("ch1", "第一章", "总则"),
        ("art1", "第一条", ""),
        ("art1.p1", "", "为了加强生活垃圾分类管理，制定本条例。"),
        ("art2", "第二条", ""),
        ("art2.p1", "", "本市行政区域内的生活垃圾分类，适用本条例。"),
        ("art2.p2", "", "国家另有规定的，从其规定。"),
        ("ch2", "第二章", "投放"),
        ("ch2.sec1", "第一节", "单位"),
        ("art3", "第三条", ""),
        ("art3.p1", "", "生活垃圾分为下列四类："),
        ("art3.p1.i1", "（一）", "可回收物；"),
        ("art3.p1.i2", "(二)", "有害垃圾，包括："),
        ("art3.p1.i2.s1", "1.", "废电池；"),
        ("art3.p1.i2.s2", "2．", "废药品。"),
        ("art3.p1.i3", "（三）", "厨余垃圾和其他垃圾。"),
        ("art3.p2", "", "前款的具体标准由市人民政府制定。"),
        ("art3-1", "第三条之一", ""),
        ("art3-1.p1", "", "第三条规定的标准每年公布。"),
    ]
    assert draft.defects == ()
    assert draft.text == LAW


def test_the_clauses_form_a_tree() -> None:
    draft = parse(LAW)

    assert [clause.anchor for clause in draft.children(None)] == ["front1", "front2", "ch1", "ch2"]
    assert [clause.anchor for clause in draft.children("ch2.sec1")] == ["art3", "art3-1"]
    assert [clause.anchor for clause in draft.below("art3.p1")] == [
        "art3.p1", "art3.p1.i1", "art3.p1.i2", "art3.p1.i2.s1", "art3.p1.i2.s2", "art3.p1.i3",
    ]  # fmt: skip
    assert [clause.line for clause in draft.of(Kind.ARTICLE)] == [7, 9, 17, 25]


def test_a_reference_to_an_article_at_the_beginning_of_a_line_begins_no_article() -> None:
    draft = parse("第一条 甲。\n第二条规定的情形除外。\n3.5吨以上的车辆除外。\n")

    assert [clause.anchor for clause in draft.clauses] == ["art1", "art1.p1", "art1.p2", "art1.p3"]


def test_a_table_of_contents_is_not_taken_for_chapters() -> None:
    text = "条例\n目　录\n第一章 总则\n第二章 附则\n\n第一章 总则\n第一条 甲。\n第二章 附则\n第二条 乙。\n"

    draft = parse(text)

    assert [clause.anchor for clause in draft.clauses if clause.kind is not Kind.FRONT] == [
        "ch1", "art1", "art1.p1", "ch2", "art2", "art2.p1",
    ]  # fmt: skip
    assert draft.defects == () and draft.text == text


def test_articles_go_on_over_books_chapters_begin_anew_and_an_annex_stands_apart() -> None:
    draft = parse(
        "第一编 总则\n第一章 甲\n第一条 一。\n第二编 分则\n第一章 乙\n第二条 二。\n附件：\n名单如下。\n（一）甲。\n"
    )

    assert [clause.anchor for clause in draft.clauses] == [
        "bk1", "bk1.ch1", "art1", "art1.p1", "bk2", "bk2.ch1", "art2", "art2.p1", "annex1", "annex1.p1", "annex1.p1.i1",
    ]  # fmt: skip
    assert draft.defects == ()


DEFECTS = {
    "jump": ("第一条 甲。\n第三条 乙。\n", [(2, "missing", "第2行：第三条之前缺少第二条。请核对编号。")]),
    "first": ("第二条 甲。\n", [(1, "missing", "第1行：第二条之前缺少第一条。请核对编号。")]),
    "repeated": ("第一条 甲。\n\n第一条 乙。\n", [(3, "repeated", "第3行：第一条重复出现。请核对编号。")]),
    "backwards": (
        "第一条 甲。\n第二条 乙。\n第一条 丙。\n",
        [(3, "backwards", "第3行：第一条排在第二条之后。请核对编号。")],
    ),
    "item": (
        "第一条 下列：\n（一）甲；\n（三）乙。\n",
        [(3, "missing", "第3行：第三项之前缺少第二项。请核对编号。")],
    ),
    "chapter": (
        "第一章 甲\n第一条 甲。\n第三章 乙\n第二条 乙。\n",
        [(3, "missing", "第3行：第三章之前缺少第二章。请核对编号。")],
    ),
    "far": (
        "第一条 甲。\n第20000条 乙。\n",
        [(2, "missing", "第2行：编号20000之前缺少第二条。请核对编号。")],
    ),
    "empty": ("第一条\n第二条 乙。\n", [(1, "empty", "第1行：第一条没有内容。请补全。")]),
    "zero": ("第零条 甲。\n", [(1, "zero", "第1行：第零条的编号不能是零。请核对编号。")]),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_what_is_wrong_in_a_text_is_named_with_its_line_and_the_text_is_kept(name: str) -> None:
    text, expected = DEFECTS[name]

    draft = parse(text)

    assert [(defect.line, defect.code, defect.message) for defect in draft.defects] == expected
    assert draft.text == text


def test_a_repeated_number_gets_an_anchor_of_its_own() -> None:
    draft = parse("第一条 甲。\n第一条 乙。\n")

    assert [clause.anchor for clause in draft.clauses] == ["art1", "art1.p1", "art1~2", "art1~2.p1"]


def test_an_article_on_a_line_of_its_own_takes_the_lines_below_it() -> None:
    draft = parse("### 第一条\n甲。\n**第二条** 乙。\n")

    assert [(clause.anchor, clause.words) for clause in draft.clauses] == [
        ("art1", ""), ("art1.p1", "甲。"), ("art2", ""), ("art2.p1", "乙。"),
    ]  # fmt: skip
    assert draft.defects == ()


@pytest.mark.parametrize(
    "text",
    ["", "\n\n", "甲", "\ufeff# 甲\r\n\r\n第一条 乙。\r\n", "\n第一条 \n", "　\u2028第一条\x0c",
     "第" + "9" * 5_000 + "条 甲。", "第一条 （\n（" + "一" * 5_000 + "）甲", "第一条之99999 甲。\n第一条之99999 乙。"],
    ids=str.__len__,
)  # fmt: skip
def test_odd_texts_are_kept_to_the_last_character(text: str) -> None:
    assert parse(text).text == text


LINES = st.sampled_from(
    ["第一条 甲。", "第二条", "第十条之二 乙", "第一章 总则", "第二编", "（一）丙；", "（三）丁", "1. 戊",
     "己。", "", "  ", "目录", "附件：", "## 第三节 庚", "(2) 辛", "第0条 壬", "<!-- 癸 -->"]
)  # fmt: skip


@given(st.lists(st.tuples(LINES, st.sampled_from(["\n", "\r\n", "\n\n", ""]))))
def test_no_text_is_lost_and_no_anchor_is_given_twice(lines: list[tuple[str, str]]) -> None:
    text = "".join(line + end for line, end in lines)

    draft = parse(text)

    anchors = [clause.anchor for clause in draft.clauses]
    assert draft.text == text
    assert len(set(anchors)) == len(anchors)
    assert {clause.parent for clause in draft.clauses} - set(anchors) <= {None}


@given(st.text())
def test_any_text_at_all_is_a_draft(text: str) -> None:
    assert parse(text).text == text


@pytest.mark.parametrize(
    ("written", "value"),
    [("一", 1), ("十", 10), ("十二", 12), ("二十", 20), ("一百", 100), ("一百零五", 105), ("一百一十", 110),
     ("一百二十", 120), ("一千二百六十", 1260), ("三千零六", 3006)],
)  # fmt: skip
def test_numerals_of_law_are_read_and_written(written: str, value: int) -> None:
    assert (number(written), numeral(value)) == (value, written)


def test_other_ways_to_write_a_number_are_read_too() -> None:
    assert [number(one) for one in ("一二〇", "120", "１２０", "一百〇五", "〇")] == [120, 120, 120, 105, 0]
    with pytest.raises(ValueError, match="no numeral"):
        number("甲")


@given(st.integers(1, 9999))
def test_every_numeral_is_read_as_it_was_written(value: int) -> None:
    assert number(numeral(value)) == value


@pytest.mark.parametrize("text", ["第一条 甲\n" * 8_000, "第一条 甲\n" + "\n" * 400_000])
def test_the_time_to_read_grows_with_the_text_and_not_with_its_square(text: str) -> None:
    began = process_time()

    draft = parse(text)

    assert draft.text == text
    assert process_time() - began < 4  # under one second; ten and more while it grew with the square
