"""What an empty answer is, and who is named in a text."""

import pytest

from civic.hotline.wording import weigh_answer, without_names
from tests.factories.hotline import ANSWER, LAMP


@pytest.mark.parametrize(
    "words",
    [
        "您好，您反映的问题已收悉，我局高度重视，已转相关部门，感谢您的关心。",
        "感谢您的来电，我们会认真研究，将尽快处理，请您耐心等待，祝您生活愉快。",
        "已转办。",
    ],
)
def test_phrases_alone_are_no_answer(words):
    weighed = weigh_answer(words, asked=LAMP)

    assert weighed.is_empty
    assert weighed.scores["boilerplate"] > 0.5


@pytest.mark.parametrize(
    "words",
    [
        ANSWER,
        "感谢您的来电。经查，路灯电缆被盗，已更换，今晚恢复。",
        "依据《城市照明管理规定》第二十条，由产权单位维修。",
        "这段路3月20日前完成改造，请绕行。",
    ],
)
def test_an_act_a_date_or_a_rule_makes_an_answer(words):
    assert not weigh_answer(words, asked=LAMP).is_empty


def test_the_scores_say_what_is_there():
    weighed = weigh_answer(ANSWER, asked=LAMP)

    assert weighed.scores["relevant"] == 1.0
    assert weighed.scores["explained"] == 1.0
    assert weighed.scores["timely"] == 1.0
    assert weighed.phrases == ()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("物业李建国经理不管", "物业李某经理不管"),
        ("我叫王小明，住在梅山路", "我叫王某，住在梅山路"),
        ("联系人：赵敏，电话不通", "联系人：赵某，电话不通"),
        ("王芳说路灯坏了", "某某说路灯坏了"),
        ("梅山路的路灯坏了", "梅山路的路灯坏了"),
        ("黄师傅修好了", "黄师傅修好了"),
    ],
)
def test_nobody_is_named(text, shown):
    assert without_names(text, ("王芳",)) == shown
