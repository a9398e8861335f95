"""Near duplicates: editing, greeting and another order keep the fingerprint; another matter has another one."""

import pytest

from civic.core.near import BANDS, NEAR, bands, similarity

WATER = (
    "裕安区锦绣花园三号楼自上周五起每天晚上停水，物业说是水泵坏了，至今无人维修。楼里住着多位老人，"
    "用水要到隔壁小区去提，十分不便。请供水公司尽快查明原因并恢复供水，同时告知居民维修的时间。"
)
PINNED = (503746433462265087, 741721859976602187)
ROAD = "金安区皋城路与解放路交叉口的红绿灯时间太短，老人和学生来不及过马路，早高峰时车辆抢行，请交警部门调整。"


def shared(one: str, other: str) -> int:
    return len(set(bands(one)) & set(bands(other)))


def test_a_fingerprint_is_twenty_numbers_that_fit_a_signed_column_and_never_change() -> None:
    found = bands(WATER)

    assert len(found) == BANDS == len(set(found))
    assert all(0 <= number < 2**63 for number in found)
    assert found[:2] == PINNED


def test_width_case_and_punctuation_make_no_difference() -> None:
    assert bands("ＡＢ栋：路灯不亮！请维修。") == bands("ab栋 路灯不亮 请维修")


def test_a_greeting_makes_no_difference() -> None:
    assert bands("尊敬的市领导，您好：" + WATER) == bands(WATER)
    assert similarity("尊敬的市领导，您好：" + WATER, WATER) == 1.0


def test_another_order_of_sentences_stays_near() -> None:
    first, second, third = WATER.split("。")[:3]

    turned = f"{third}。{first}。{second}。"

    assert similarity(WATER, turned) > 0.8
    assert shared(WATER, turned) > 10


def test_an_edited_copy_stays_near() -> None:
    edited = WATER.replace("上周五", "上个星期五").replace("多位老人", "几位老人").replace("十分", "非常")

    assert similarity(WATER, edited) > NEAR
    assert shared(WATER, edited) > 0


def test_a_copy_with_more_written_on_stays_near() -> None:
    longer = WATER + "另外，小区东门的路灯已经坏了两个月，垃圾也没有人及时清运，业主多次反映都没有结果，希望一并解决。"

    assert similarity(WATER, longer) == pytest.approx(0.9, abs=0.02)
    assert shared(WATER, longer) > 0


def test_another_matter_is_not_near() -> None:
    assert similarity(WATER, ROAD) < 0.05
    assert shared(WATER, ROAD) == 0


def test_an_empty_text_has_no_fingerprint_and_is_near_nothing() -> None:
    assert bands(" ，。") == ()
    assert similarity("", WATER) == 0.0


def test_a_text_shorter_than_a_shingle_has_a_fingerprint() -> None:
    assert len(bands("停水")) == BANDS
    assert similarity("停水", "停水！") == 1.0
