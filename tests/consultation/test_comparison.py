"""Two versions of a draft: what became of each clause, word by word, and where the opinions on it go."""

from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.consultation.rules.comparison import Carried, Change, Fate, Outcome, apply, compare
from civic.consultation.rules.draft import Kind, parse
from civic.consultation.rules.wording import Piece, cut_side, put_side, words_apart

OLD = """第一章 总则
第一条 为了加强生活垃圾分类管理，制定本条例。
第二条 本条例适用于本市行政区域。
第三条 个人违反本条例的，处五十元以上二百元以下罚款。
第四条 下列情形除外：
（一）单位内部的生活垃圾；
（二）法律另有规定的。
第五条 本条例自2023年1月1日起施行。
"""
NEW = """第一章 总则
第一条 为了加强生活垃圾分类管理，改善人居环境，制定本条例。
第二条 每个住宅小区应当配备分类指导员。
第三条 本条例适用于本市行政区域。
第四条 个人违反本条例的，处一百元以上二百元以下罚款。
第五条 下列情形除外：
（一）法律另有规定的。
第六条 本条例自2023年5月1日起施行。
"""


def test_a_new_article_a_new_fine_and_a_dropped_item_are_told_apart_and_all_else_is_recognised() -> None:
    found = compare(parse(OLD), parse(NEW))

    assert [(one.fate, one.old, one.new) for one in found.changes] == [
        (Fate.UNCHANGED, "ch1", "ch1"),
        (Fate.CHANGED, "art1", "art1"),
        (Fate.CHANGED, "art1.p1", "art1.p1"),
        (Fate.ADDED, None, "art2"),
        (Fate.ADDED, None, "art2.p1"),
        (Fate.MOVED, "art2", "art3"),
        (Fate.MOVED, "art2.p1", "art3.p1"),
        (Fate.CHANGED, "art3", "art4"),
        (Fate.CHANGED, "art3.p1", "art4.p1"),
        (Fate.CHANGED, "art4", "art5"),
        (Fate.MOVED, "art4.p1", "art5.p1"),
        (Fate.REMOVED, "art4.p1.i1", None),
        (Fate.MOVED, "art4.p1.i2", "art5.p1.i1"),
        (Fate.CHANGED, "art5", "art6"),
        (Fate.CHANGED, "art5.p1", "art6.p1"),
    ]
    assert not found.is_empty


def test_the_words_of_a_changed_clause_are_kept_cut_and_put() -> None:
    words = {one.new: one.words for one in compare(parse(OLD), parse(NEW)).changes}

    assert words["art1.p1"] == (
        Piece("keep", "为了加强生活垃圾分类管理，"), Piece("put", "改善人居环境，"), Piece("keep", "制定本条例。"),
    )  # fmt: skip
    assert words["art4.p1"] == (
        Piece("keep", "个人违反本条例的，处"), Piece("cut", "五十元"), Piece("put", "一百元"),
        Piece("keep", "以上二百元以下罚款。"),
    )  # fmt: skip
    assert words["art6.p1"] == (
        Piece("keep", "本条例自2023年"), Piece("cut", "1月"), Piece("put", "5月"), Piece("keep", "1日起施行。"),
    )  # fmt: skip
    assert words["art2.p1"] == (Piece("put", "每个住宅小区应当配备分类指导员。"),)
    assert words[None] == (Piece("cut", "单位内部的生活垃圾；"),)


def test_an_opinion_goes_with_its_clause_or_says_how_alike_the_new_one_is_or_stays_behind() -> None:
    found = compare(parse(OLD), parse(NEW))

    assert found.carry("art2.p1") == Carried(Outcome.EXACT, "art3.p1", 1.0)
    assert found.carry("art3.p1") == Carried(Outcome.SIMILAR, "art4.p1", 0.913)  # 21 of 23 characters kept
    assert found.carry("art4.p1.i1") == Carried(Outcome.LOST, None, 0.0)
    with pytest.raises(KeyError, match="art9"):
        found.carry("art9")


def test_an_article_that_was_written_anew_under_the_old_number_takes_no_opinion_over() -> None:
    found = compare(parse("第一条 每户每月交纳卫生费十元。\n"), parse("第一条 电梯由业主委员会负责检修和保养。\n"))

    assert found.carry("art1.p1") == Carried(Outcome.LOST, None, 0.0)
    assert [one.fate for one in found.changes] == [Fate.REMOVED, Fate.REMOVED, Fate.ADDED, Fate.ADDED]


def test_a_paragraph_that_moves_to_another_article_is_followed_and_its_like_in_the_old_place_is_not() -> None:
    old = parse("第一条 甲乙丙丁。\n街道办事处应当设置大件垃圾投放点。\n第二条 戊己庚辛。\n")
    new = parse("第一条 甲乙丙丁。\n第二条 戊己庚辛。\n街道办事处应当设置大件垃圾投放点。\n")

    assert compare(old, new).carry("art1.p2") == Carried(Outcome.EXACT, "art2.p2", 1.0)


def test_equal_words_in_several_articles_stay_with_their_own_article() -> None:
    old = parse("第一条 公园内禁止：\n（一）其他情形。\n第二条 河道内禁止：\n（一）采砂；\n（二）其他情形。\n")
    new = parse(
        "第一条 总的要求如下文。\n第二条 公园内禁止：\n（一）其他情形。\n第三条 河道内禁止：\n（一）其他情形。\n"
    )

    found = compare(old, new)

    assert found.carry("art1.p1.i1") == Carried(Outcome.EXACT, "art2.p1.i1", 1.0)
    assert found.carry("art2.p1.i2") == Carried(Outcome.EXACT, "art3.p1.i1", 1.0)
    assert found.carry("art2.p1.i1") == Carried(Outcome.LOST, None, 0.0)


def test_articles_that_change_places_are_moved_and_not_changed() -> None:
    found = compare(parse("第一条 甲甲甲甲。\n第二条 乙乙乙乙。\n"), parse("第一条 乙乙乙乙。\n第二条 甲甲甲甲。\n"))

    assert [(one.fate, one.old, one.new) for one in found.changes] == [
        (Fate.MOVED, "art2", "art1"), (Fate.MOVED, "art2.p1", "art1.p1"),
        (Fate.MOVED, "art1", "art2"), (Fate.MOVED, "art1.p1", "art2.p1"),
    ]  # fmt: skip


def test_against_nothing_all_is_added_and_towards_nothing_all_is_removed() -> None:
    draft, nothing = parse("第一章\n第一条 甲。\n"), parse("")

    assert compare(nothing, draft).changes == (
        Change(Fate.ADDED, Kind.CHAPTER, None, "ch1", 0.0, ()),
        Change(Fate.ADDED, Kind.ARTICLE, None, "art1", 0.0, ()),
        Change(Fate.ADDED, Kind.PARAGRAPH, None, "art1.p1", 0.0, (Piece("put", "甲。"),)),
    )
    assert {one.fate for one in compare(draft, nothing).changes} == {Fate.REMOVED}
    assert compare(nothing, nothing).is_empty


def test_a_single_letter_kept_between_two_changes_is_not_shown_as_kept() -> None:
    assert words_apart("应当定期公布收费标准", "应当每年公示收费标准") == (
        Piece("keep", "应当"), Piece("cut", "定期公布"), Piece("put", "每年公示"), Piece("keep", "收费标准"),
    )  # fmt: skip


def test_a_number_is_one_word() -> None:
    assert words_apart("应当在15日内，依照第十二条答复", "应当在20日内，依照第十三条答复") == (
        Piece("keep", "应当在"), Piece("cut", "15日"), Piece("put", "20日"), Piece("keep", "内，依照"),
        Piece("cut", "第十二条"), Piece("put", "第十三条"), Piece("keep", "答复"),
    )  # fmt: skip


WORDS = st.text(st.sampled_from("垃圾分类十二30日A。"), max_size=12)


@given(WORDS, WORDS)
def test_the_pieces_give_both_versions_back_and_never_repeat_a_kind(old: str, new: str) -> None:
    pieces = words_apart(old, new)

    assert (cut_side(pieces), put_side(pieces)) == (old, new)
    assert all(one.what != next_one.what for one, next_one in pairwise(pieces))
    assert all(piece.text for piece in pieces)


LINE = st.sampled_from(
    ["第一条 甲乙丙丁。", "第二条 甲乙丙戊。", "第三条 垃圾分类。", "第二条", "（一）垃圾分类。",
     "（二）垃圾分类管理。", "甲乙丙丁。", "第一章", "第一章 总则", "附件", "戊。"]
)  # fmt: skip
TEXT = st.lists(LINE, max_size=10).map("\n".join)


@given(TEXT)
def test_a_draft_compared_with_itself_has_not_changed(text: str) -> None:
    assert compare(parse(text), parse(text)).is_empty


@given(TEXT, TEXT)
def test_the_changes_lead_from_any_version_to_any_other_and_name_every_clause_once(first: str, second: str) -> None:
    old, new = parse(first), parse(second)

    changes = compare(old, new).changes

    assert apply(old, changes) == [(clause.anchor, clause.words) for clause in new.clauses]
    before = {clause.anchor: clause.words for clause in old.clauses}
    assert all(cut_side(one.words) == before[one.old] for one in changes if one.words and one.old)
    assert sorted(one.old for one in changes if one.old) == sorted(clause.anchor for clause in old.clauses)


@given(TEXT, TEXT)
def test_what_is_carried_exactly_has_the_same_words(first: str, second: str) -> None:
    old, new = parse(first), parse(second)
    found, there = compare(old, new), {clause.anchor: clause.words for clause in new.clauses}

    for clause in old.clauses:
        carried = found.carry(clause.anchor)
        if carried.outcome is Outcome.EXACT:
            assert carried.to is not None and there[carried.to] == clause.words
        assert (carried.to is None) == (carried.outcome is Outcome.LOST)


def test_a_long_clause_of_few_different_characters_is_compared_in_time() -> None:
    old, new = "的甲" * 400, "的乙" * 400
    began = process_time()

    pieces = words_apart(old, new)

    assert (cut_side(pieces), put_side(pieces)) == (old, new)
    assert process_time() - began < 1  # some milliseconds; three seconds and more while it grew with the cube
