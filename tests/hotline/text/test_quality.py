"""An answer before it is sent: what good answers carry is found, what is missing is named, copies are seen."""

from datetime import UTC, datetime, timedelta

from civic.hotline.text.phrases import known_phrases
from civic.hotline.text.quality import Score, quality

ASKED = datetime(2026, 3, 2, 9, tzinfo=UTC)
QUESTION = "锦绣花园三号楼每晚停水，物业说水泵坏了无人维修，请供水公司查明原因并恢复供水。"
GOOD = (
    "您好！您反映的锦绣花园三号楼每晚停水一事，经调查核实，现回复如下：停水是由于二次供水水泵的电机烧毁，"
    "物业未及时报修。根据《安徽省城镇供水条例》第三十二条，二次供水设施由管理单位维护。我局已责令物业于3月5日前更换水泵，"
    "供水公司已于3月4日派出2台应急水车。下一步，将对该小区120户居民的供水进行为期30天的监测，如再停水，"
    "我局将依法处理管理单位。更换所需费用3.2万元由维修资金列支，居民无需另行缴费。联系电话：0564-3312345。"
    "裕安区住房和城乡建设局2026年3月4日"
)
EMPTY = "您好，您的来信已收悉，已转交相关部门办理，感谢您对我们工作的支持与监督。"


def test_a_full_answer_gets_full_marks_and_no_remark() -> None:
    found = quality(QUESTION, GOOD, ASKED, ASKED + timedelta(days=2))

    assert found.relevant.value > 0.5
    assert found.complete.value > 0.8
    assert found.explained.value > 0.8
    assert found.timely == Score(1.0)
    assert found.boilerplate == Score(0.0)
    assert found.remarks == ()
    assert not found.is_empty_phrase


def test_an_empty_phrase_is_told_what_is_missing() -> None:
    found = quality(QUESTION, EMPTY, ASKED, ASKED + timedelta(days=2))

    assert found.is_empty_phrase
    assert found.complete.advice == "请补上：查明的情况 / 已经采取的措施 / 下一步的安排和时间 / 联系电话。"
    assert found.explained.advice.startswith("请说明理由：")
    assert found.relevant.advice == "回复很少提到来信中的地点和事情，请针对所问逐项回答。"


def test_an_answer_about_something_else_is_not_relevant() -> None:
    other = GOOD.replace("锦绣花园三号楼每晚停水", "公交站牌迁移").replace("水泵", "站牌").replace("供水", "公交")

    assert quality("老旧小区加装电梯的补贴标准和申请流程", other, ASKED, ASKED).relevant.value < 0.25


def test_an_answer_counts_as_timely_for_fifteen_days_and_then_ever_less() -> None:
    days = [15, 30, 45, 90]

    values = [quality(QUESTION, GOOD, ASKED, ASKED + timedelta(days=day)).timely.value for day in days]

    assert values == [1.0, 0.5, 0.0, 0.0]


def test_phrases_of_three_earlier_answers_are_boilerplate() -> None:
    known = known_phrases([EMPTY, EMPTY + "再见", "另：" + EMPTY])

    assert quality(QUESTION, EMPTY, ASKED, ASKED, known=known).boilerplate.advice == (
        "大部分文字与以往的回复相同，请改写成针对这件事的话。"
    )


def test_an_answer_is_timely_until_it_is_due_and_then_ever_less() -> None:
    due = ASKED + timedelta(days=5)
    days = [5, 10, 15, 16]

    found = [quality(QUESTION, GOOD, ASKED, ASKED + timedelta(days=day), due_at=due).timely for day in days]

    assert [one.value for one in found] == [1.0, 0.5, 0.0, 0.0]
    assert [bool(one.advice) for one in found] == [False, True, True, True]


def test_a_due_time_before_the_question_breaks_nothing() -> None:
    assert quality(QUESTION, GOOD, ASKED, ASKED, due_at=ASKED - timedelta(days=1)).timely.value == 0.0


def test_ten_megabytes_take_no_longer_than_a_page() -> None:
    for text in ("局" + " " * 10_000_000 + "x", "处。" * 3_000_000, GOOD * 40_000):
        found = quality(QUESTION + text, text, ASKED, ASKED)
        assert 0 <= found.complete.value <= 1


def test_no_answer_is_an_empty_phrase() -> None:
    found = quality(QUESTION, "", ASKED, ASKED)

    assert (found.relevant.value, found.complete.value, found.boilerplate.value) == (0.0, 0.0, 0.0)
    assert found.is_empty_phrase
