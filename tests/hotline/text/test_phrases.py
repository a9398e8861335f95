"""What says nothing, what was said before, and what is left of an answer without both."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.hotline.text.phrases import (
    Copy,
    boilerplate_share,
    copied_from,
    empty_phrases,
    known_phrases,
    phrases,
    says_nothing,
    without_known,
)

FIXED = "经现场核实，您反映的问题属实。养护班组已在接单后第2天完成维修，今后可以拨打0564-3312345。"
EMPTY = "您好，您的来信已收悉，已转交相关部门办理，感谢您对我们工作的支持与监督。"


@pytest.mark.parametrize(
    "words",
    [
        "您好，您反映的问题已收悉，我局高度重视，已转相关部门，感谢您的关心。",
        "感谢您的来电，我们会认真研究，将尽快处理，请您耐心等待，祝您生活愉快。",
        "感谢您的来电，我局高度重视，将依法处理，如有疑问请致电0564-3312345。",
        "已转办。",
        "",
        "。。。。。。。。。。。。",
    ],
)
def test_phrases_alone_are_no_answer(words):
    assert says_nothing(words)


@pytest.mark.parametrize(
    "words",
    [
        FIXED,
        "感谢您的来电。经查，路灯电缆被盗，已更换，今晚恢复。",
        "依据《城市照明管理规定》第二十条，由产权单位维修。",
        "这段路3月20日前完成改造，请绕行。",
        "您好，大中型客货车在全国范围内都没有实行直考，只能通过驾校报考、培训才能参加考试。",
    ],
)
def test_an_act_a_date_or_a_rule_makes_an_answer(words):
    assert not says_nothing(words)


def test_the_empty_phrases_of_an_answer_are_named():
    assert empty_phrases("您好，我局高度重视，将尽快处理。") == ("高度重视", "将尽快处理", "尽快处理", "您好")


def test_phrases_of_three_earlier_answers_are_boilerplate_and_of_two_are_not():
    known = known_phrases([EMPTY, EMPTY + "再见", "另：" + EMPTY])

    assert boilerplate_share(EMPTY, known) == 1.0
    assert boilerplate_share(FIXED, known) == 0.0
    assert known_phrases([EMPTY, EMPTY]) == frozenset()


def test_an_answer_of_nothing_but_what_was_said_three_times_says_nothing():
    known = known_phrases([FIXED] * 3)

    assert says_nothing(FIXED, known)
    assert says_nothing("淠河路的事：" + FIXED, known)
    assert not says_nothing(FIXED + "淠河路的坑有6平方米，3月5日用沥青填平。", known)


def test_what_is_left_keeps_its_own_words_and_marks():
    known = known_phrases([FIXED] * 3)

    assert without_known(FIXED + "《条例》第3条。", known).endswith("《条例》第3条。")
    assert "现场核实" not in without_known(FIXED, known)


def test_a_copy_names_the_answer_it_is_most_like():
    other = "您反映的公园草坪被压坏一事，已于3月2日补种草皮40平方米，并设置石墩12个，今后禁止车辆驶入。"
    earlier = [("LH1", phrases(other)), ("LH2", phrases(FIXED))]

    assert copied_from(FIXED, earlier) == Copy("LH2", 1.0)
    assert copied_from("关于梅山路路灯：" + FIXED, earlier) == Copy("LH2", 0.868)
    assert copied_from("梅山路的路灯3月5日已更换灯头，由金安区城管局每周检查一次。", earlier) is None
    assert copied_from("", earlier) is None
    assert copied_from(FIXED, []) is None


@given(st.text(), st.text())
def test_any_two_texts_are_compared_and_a_share_stays_a_share(one, other):
    known = phrases(other)

    assert 0 <= boilerplate_share(one, known) <= 1
    assert len(without_known(one, known)) <= len(one)
    assert isinstance(says_nothing(one, known), bool)


def test_ten_megabytes_are_read_from_the_beginning():
    assert says_nothing("感谢您的来电。" * 1_500_000)
    assert not says_nothing(FIXED + " " * 10_000_000)
