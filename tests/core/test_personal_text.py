"""Personal values in free text and file names: found wherever they stand; case numbers are left alone."""

import itertools
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.core import ids, personal
from civic.core.personal_text import find_personal, scrub

TEXTS = [
    ("我的身份证号340102199001011236请查收", [("id_number", "340102199001011236")]),
    ("号码340102199001011234(校验位错)", [("id_number", "340102199001011234")]),
    ("3401021990130112361", []),
    ("340102199013011236", [("id_number", "340102199013011236")]),
    ("旧证110105491231002。", [("id_number", "110105491231002")]),
    ("340102 19900101 1236", [("id_number", "340102 19900101 1236")]),
    ("340102-1990-0101-123X", [("id_number", "340102-1990-0101-123X")]),
    ("３４０１０２１９９００１０１１２３６", [("id_number", "３４０１０２１９９００１０１１２３６")]),
    ("id_340102199001011236_138-1234-5678.jpg", [("id_number", "340102199001011236"), ("mobile", "138-1234-5678")]),
    ("scan340102199001011236front.png", [("id_number", "340102199001011236")]),
    ("居住证810000199408230021", [("id_number", "810000199408230021")]),
    ("电话13812345678王芳", [("mobile", "13812345678")]),
    ("+8613812345678", [("mobile", "+8613812345678")]),
    ("0086-138 1234 5678", [("mobile", "0086-138 1234 5678")]),
    ("(+86)13812345678", [("mobile", "(+86)13812345678")]),
    ("138.1234.5678", [("mobile", "138.1234.5678")]),
    ("138\u200b1234\u200b5678", [("mobile", "138\u200b1234\u200b5678")]),
    ("٠١٣٨١٢٣٤٥٦٧٨", [("mobile", "٠١٣٨١٢٣٤٥٦٧٨")]),
    ("13812345678,13912345678", [("mobile", "13812345678"), ("mobile", "13912345678")]),
    ("13812345678 13912345678", [("mobile", "13812345678"), ("mobile", "13912345678")]),
    ("1381234567813912345678", [("mobile", "13812345678"), ("mobile", "13912345678")]),
    (
        "13812345678340102199001011236",
        [("mobile", "13812345678"), ("id_number", "340102199001011236")],
    ),
    ("办公室0564-3312345转802", [("landline", "0564-3312345转802")]),
    ("(0564)3312345", [("landline", "(0564)3312345")]),
    ("05643312345", [("landline", "05643312345")]),
    ("+86 564 3312345", [("landline", "+86 564 3312345")]),
    ("电话:3312345", [("landline", "3312345")]),
    ("卡号 6222 0212 3456 7890 128", [("bank_card", "6222 0212 3456 7890 128")]),
    ("4111111111111111", [("bank_card", "4111111111111111")]),
    ("4111111111111112", []),
    ("护照E12345678过期", [("passport", "E12345678")]),
    ("ea1234567", [("passport", "ea1234567")]),
    ("护照号码:AB123456", [("passport", "AB123456")]),
    ("通行证H12345678", [("hk_macao_permit", "H12345678")]),
    ("台胞证号码:12345678", [("taiwan_permit", "12345678")]),
    ("代码91110000600037341L", [("uscc", "91110000600037341L")]),
    ("皖N·12345占道,皖ND12345也占", [("plate", "皖N·12345"), ("plate", "皖ND12345")]),
    ("邮箱wang.fang@example.com收", [("email", "wang.fang@example.com")]),
    ("13812345678@139.com", [("email", "13812345678@139.com")]),
    ("姓名:欧阳娜娜,女", [("name", "欧阳娜娜")]),
    ("申请人：阿卜杜拉·买买提", [("name", "阿卜杜拉·买买提")]),
    ("住3号楼2单元301室", [("address_detail", "3号楼2单元301室")]),
    ("", []),
    ("办件编号2026030200001,共15项,20(工作日)", []),
    ("2026-03-02T09:00:00.123456+08:00", []),
    ("拨打12345或12348热线", []),
    ("金额1380000.00元,第31条", []),
    ("116.50776,31.73488", []),
    ("127.0.0.1:5432 10.0.0.138", []),
    ("9f86d081884c7d659a2feaa0c55ad015", []),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_each_value_is_found_whole_and_once(text, expected):
    assert [(one.kind, one.value) for one in find_personal(text)] == expected


@pytest.mark.parametrize("sequence", range(1, 400))
def test_a_case_number_is_not_personal(sequence):
    number = ids.case_number(prefix="LA", day=date(2026, 3, 2), sequence=sequence * 7_919_191 % 10**9)

    assert find_personal(f"办件{number}已受理") == []


@given(st.text(alphabet="我的电话,是;:a. \n", max_size=8), st.text(alphabet="王芳,;:a \n", max_size=8))
def test_a_number_is_found_between_any_words(before, after):
    text = f"{before}13812345678{after}"

    assert "13812345678" in [personal.compact(one.value)[-11:] for one in find_personal(text)]


@given(st.text(max_size=200))
def test_places_are_ordered_apart_and_true_to_the_text(text):
    found = find_personal(text)

    assert all(one.value == text[one.start : one.end] for one in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))


@given(st.text(alphabet="0123456789X- +()皖N电话", max_size=60))
def test_scrubbing_leaves_nothing_to_find(text):
    assert find_personal(scrub(text, lambda kind, value: "*")) == []


@pytest.mark.parametrize(
    "text",
    [
        "1" * 20_000,
        "1 " * 10_000,
        "a" * 20_000,
        "a@" * 10_000,
        "0" * 20_000,
        "姓名:" * 6_000,
        "皖N" * 10_000,
        "6-" * 10_000,
    ],
    ids=lambda text: text[:3],
)
def test_a_hostile_text_takes_no_long_time(text):
    started = time.process_time()

    find_personal(text)

    assert time.process_time() - started < 2
