"""Validators: what people type is brought into one form, and what cannot be right is refused by its cause."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from civic.core import personal
from civic.core.personal import WrongCharacter, WrongCheck, WrongDate, WrongLength, WrongRegion

ACCEPTED = [
    ("id_number", "340102199001011236", "340102199001011236"),
    ("id_number", "11010519491231002x", "11010519491231002X"),
    ("id_number", " 110105 19491231 002X ", "11010519491231002X"),
    ("id_number", "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
    ("id_number", "110105491231002", "11010519491231002X"),
    ("id_number", "810000199408230021", "810000199408230021"),
    ("id_number", "830000199201300022", "830000199201300022"),
    ("uscc", "91110000600037341L", "91110000600037341L"),
    ("uscc", "9111 0000 6000 3734 1l", "91110000600037341L"),
    ("passport", "e12345678", "E12345678"),
    ("passport", "EA1234567", "EA1234567"),
    ("passport", "AB 123456", "AB123456"),
    ("hk_macao_permit", "h12345678", "H12345678"),
    ("hk_macao_permit", "M1234567801", "M12345678"),
    ("taiwan_permit", "12345678", "12345678"),
    ("taiwan_permit", "1234567890(B)", "1234567890"),
    ("mobile", "13812345678", "13812345678"),
    ("mobile", "+8613812345678", "13812345678"),
    ("mobile", "8613812345678", "13812345678"),
    ("mobile", "0086 138-1234-5678", "13812345678"),
    ("mobile", "(+86)138 1234 5678", "13812345678"),
    ("mobile", "013812345678", "13812345678"),
    ("mobile", "１９９１２３４５６７８", "19912345678"),
    ("mobile", "138\u200b12345678", "13812345678"),
    ("landline", "0564-3312345", "0564-3312345"),
    ("landline", "05643312345", "0564-3312345"),
    ("landline", "(0564) 3312345", "0564-3312345"),
    ("landline", "010 62345678", "010-62345678"),
    ("landline", "+86 564 3312345", "0564-3312345"),
    ("landline", "0086-0564-3312345", "0564-3312345"),
    ("landline", "+86-10-62345678", "010-62345678"),
    ("landline", "0564-3312345转802", "0564-3312345-802"),
    ("phone", "0564-3312345", "0564-3312345"),
    ("phone", "+86 564 3312345", "0564-3312345"),
    ("phone", "+86 138 1234 5678", "13812345678"),
    ("phone", "013812345678", "13812345678"),
    ("name", " 王 芳 ", "王芳"),
    ("name", "阿卜杜拉•买买提", "阿卜杜拉·买买提"),
    ("name", "阿卜杜拉 . 买买提", "阿卜杜拉·买买提"),
    ("name", "欧阳娜娜", "欧阳娜娜"),
    ("name", "\U00030edd龘", "\U00030edd龘"),
    ("name", "㐂", "㐂"),
    ("name", "〇", "〇"),
    ("name", "John  O'Neil-Smith", "John O'Neil-Smith"),
    ("name", "芳", "芳"),
    ("plate", "皖n·12345", "皖N12345"),
    ("plate", "皖ND12345", "皖ND12345"),
    ("plate", "皖N1234学", "皖N1234学"),
    ("bank_card", "4111 1111 1111 1111", "4111111111111111"),
    ("email", "Wang.Fang@Example.COM", "Wang.Fang@example.com"),
    ("email", "wang＠example.com", "wang@example.com"),
]

REFUSED = [
    ("id_number", "", WrongLength),
    ("id_number", "34010219900101123", WrongLength),
    ("id_number", "3401021990010112361", WrongLength),
    ("id_number", "34010219900101123A", WrongCharacter),
    ("id_number", "34010A199001011236", WrongCharacter),
    ("id_number", "34010249123100X", WrongCharacter),
    ("id_number", "990102199001011236", WrongRegion),
    ("id_number", "810001199408230021", WrongRegion),
    ("id_number", "340102199013011236", WrongDate),
    ("id_number", "340102199002301236", WrongDate),
    ("id_number", "340102190002291236", WrongDate),
    ("id_number", "340102100001011236", WrongDate),
    ("id_number", "340102199001011234", WrongCheck),
    ("id_number", "110105491331002", WrongDate),
    ("uscc", "9111000060003734", WrongLength),
    ("uscc", "91110000600037341I", WrongCharacter),
    ("uscc", "911100006000373411", WrongCheck),
    ("passport", "E1234", WrongLength),
    ("passport", "护照1234567", WrongCharacter),
    ("passport", "ABCDEFGH", WrongCharacter),
    ("hk_macao_permit", "A12345678", WrongCharacter),
    ("hk_macao_permit", "H1234567", WrongLength),
    ("taiwan_permit", "1234567", WrongLength),
    ("taiwan_permit", "T2345678", WrongCharacter),
    ("mobile", "1381234567", WrongLength),
    ("mobile", "12812345678", WrongRegion),
    ("mobile", "1381234567a", WrongCharacter),
    ("landline", "3398765", WrongRegion),
    ("landline", "0564-33987", WrongLength),
    ("landline", "0564-33一8765", WrongCharacter),
    ("name", "  ", WrongLength),
    ("name", "王" * 51, WrongLength),
    ("name", "王芳1", WrongCharacter),
    ("name", "<b>王芳</b>", WrongCharacter),
    ("name", "·王芳", WrongCharacter),
    ("name", "王芳🙂", WrongCharacter),
    ("plate", "皖N1234", WrongLength),
    ("plate", "外N12345", WrongRegion),
    ("plate", "皖I12345", WrongCharacter),
    ("bank_card", "4111111111111112", WrongCheck),
    ("bank_card", "411111111", WrongLength),
    ("bank_card", "4111a11111111111", WrongCharacter),
    ("email", "wang.example.com", WrongCharacter),
    ("email", "w@" + "a." * 200 + "com", WrongLength),
]


@pytest.mark.parametrize(("kind", "typed", "stored"), ACCEPTED)
def test_what_is_right_is_stored_in_one_form(kind, typed, stored):
    assert personal.normalise(typed, kind) == stored
    assert personal.normalise(stored, kind) == stored


@pytest.mark.parametrize(("kind", "typed", "cause"), REFUSED)
def test_what_is_wrong_is_refused_by_its_cause_in_a_sentence_without_the_value(kind, typed, cause):
    with pytest.raises(personal.Malformed) as refusal:
        personal.normalise(typed, kind)

    assert type(refusal.value) is cause
    assert refusal.value.status == 400
    assert refusal.value.message.endswith("。")
    assert not typed.strip() or typed not in refusal.value.message


def _id(region: int, day: date, sequence: int) -> str:
    body = f"{region:06d}{day:%Y%m%d}{sequence:03d}"
    return body + ric.calc_check_digit(body + "0")


IDS = st.builds(
    _id,
    st.sampled_from([110105, 340102, 341502, 659001]),
    st.dates(date(1900, 1, 1), date(2026, 3, 2)),
    st.integers(0, 999),
)


@given(IDS)
def test_every_right_id_is_accepted_and_gives_its_birth_date(number):
    assert personal.id_number(number) == number
    assert personal.born_on(number).strftime("%Y%m%d") == number[6:14]


@given(IDS, st.integers(0, 17), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_found(number, position, digit):
    wrong = number[:position] + digit + number[position + 1 :]

    assert personal.is_valid(wrong, "id_number") == (wrong == number)


@given(IDS.filter(lambda number: number[6:8] == "19" and number[14:17] < "996"))
def test_a_15_digit_id_becomes_the_same_18_digits(number):
    assert personal.id_number(number[:6] + number[8:17]) == number


@given(st.text(max_size=40), st.sampled_from(sorted(personal.VALIDATORS)))
def test_no_text_breaks_a_validator(typed, kind):
    assert personal.is_valid(typed, kind) in (True, False)
    assert personal.fold(typed, kind) == personal.fold(typed, kind)


@given(st.integers(0, 999))
def test_people_born_before_1900_keep_their_century(sequence):
    upgraded = personal._upgraded(f"340102990101{sequence:03d}")

    assert upgraded[6:8] == ("18" if sequence >= 996 else "19")
