"""Masks: each profile shows exactly what its table says, and never more, whatever is put in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.core import personal
from civic.core.personal_text import find_personal
from civic.masking.rules import HIDDEN, HIDDEN_NAME, HIDDEN_PHONE, PROFILES, RULES, mask, mask_text

ID = "340102199001011236"
SAMPLE_ID = "340102199001011234"  # the article's own sample: its check character is wrong
OLD_ID = "340102900101123"

VECTORS = [  # kind, value, strict, staff, seed
    ("id_number", ID, "34****************", "340102********12**", "340102********1236"),
    ("id_number", SAMPLE_ID, "34****************", "340102********12**", "340102********1234"),
    ("id_number", "34010219900101123x", "34****************", "340102********12**", "340102********123X"),
    ("id_number", "３４０１０２ 19900101 1236", "34****************", "340102********12**", "340102********1236"),
    ("id_number", OLD_ID, "34****************", "340102********12**", "340102*********"),
    ("id_number", "3401021990", HIDDEN, HIDDEN, HIDDEN),
    ("name", "张三", "张**", "张**", "张*"),
    ("name", "张三丰", "张**", "张**", "张**"),
    ("name", "欧阳娜娜", "欧阳**", "欧阳**", "欧阳**"),
    ("name", "欧阳锋", "欧阳**", "欧阳**", "欧阳*"),
    ("name", "欧阳", "欧**", "欧**", "欧*"),
    ("name", "芳", HIDDEN_NAME, HIDDEN_NAME, "*"),
    ("name", "阿卜杜拉·买买提", "阿**", "阿**", "阿*******"),
    ("name", "\U00030edd龘", "\U00030edd**", "\U00030edd**", "\U00030edd*"),
    ("name", "John Smith", "J**", "J**", "J*********"),
    ("name", "张3", HIDDEN_NAME, HIDDEN_NAME, "*"),
    ("phone", "13812345678", HIDDEN_PHONE, "138****5678", "138****5678"),
    ("phone", "+8613812345678", HIDDEN_PHONE, "138****5678", "138****5678"),
    ("phone", "138 1234 5678", HIDDEN_PHONE, "138****5678", "138****5678"),
    ("phone", "0564-3312345", HIDDEN_PHONE, "0564-*****45", "0564-*****45"),
    ("phone", "05643312345", HIDDEN_PHONE, "0564-*****45", "0564-*****45"),
    ("phone", "12345", HIDDEN_PHONE, HIDDEN_PHONE, HIDDEN_PHONE),
    ("landline", "0564-3312345转802", HIDDEN_PHONE, "0564-*****45", "0564-*****45"),
    ("address", "安徽省六安市金安区中市街道解放路12号3幢", *["安徽省六安市金安区中市街道****"] * 3),
    ("address", "六安市霍山县诸佛庵镇狮山村张洼组", *["六安市霍山县诸佛庵镇****"] * 3),
    ("address", "解放路12号中市街道办隔壁", *[HIDDEN] * 3),
    ("plate", "皖N12345", *["皖N****"] * 3),
    ("plate", "皖N·D1234学", *["皖N****"] * 3),
    ("plate", "12345", *[HIDDEN] * 3),
    ("passport", "E12345678", "E********", "E******78", "E******78"),
    ("hk_macao_permit", "H12345678", "H********", "H******78", "H******78"),
    ("taiwan_permit", "12345678", HIDDEN, "1******78", "1******78"),
    ("bank_card", "4111 1111 1111 1111", HIDDEN, "************1111", "************1111"),
    ("email", "wang@example.com", HIDDEN, "w***@example.com", "w***@example.com"),
    ("uscc", "91110000600037341L", "91110000**********", "91110000600037341L", "91110000600037341L"),
    ("birth_date", "1990-01-01", HIDDEN, "1990-**-**", "1990-**-**"),
    ("text", "张先生13812345678", f"张先生{HIDDEN_PHONE}", "张先生138****5678", "张先生138****5678"),
    ("secret", "anything", *[HIDDEN] * 3),
]


@pytest.mark.parametrize(("kind", "value", "strict", "staff", "seed"), VECTORS)
def test_each_profile_shows_exactly_this(kind, value, strict, staff, seed):
    assert [mask(kind, value, profile) for profile in PROFILES] == [strict, staff, seed]


def test_every_kind_has_a_vector():
    assert set(RULES) - {kind for kind, *_ in VECTORS} == {"mobile", "address_detail"}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("kind", sorted(RULES))
@given(value=st.text(max_size=30))
def test_no_value_breaks_a_mask_and_nothing_stays_nothing(profile, kind, value):
    shown = mask(kind, value, profile)

    assert (shown == "") == (not value.strip())


SHOWN_AT_MOST = {  # kind: how many characters of the value itself may be seen, by profile
    "id_number": (2, 8, 10),
    "name": (2, 2, 2),
    "phone": (0, 7, 7),
    "plate": (2, 2, 2),
    "passport": (1, 3, 3),
    "bank_card": (0, 4, 4),
    "birth_date": (0, 4, 4),
}
REAL = {
    "id_number": st.from_regex(
        r"34[0-9]{4}(19[0-9]{2}0[1-9]1[0-9][0-9]{3}[0-9X]|[0-9]{2}0[1-9]1[0-9][0-9]{3})", fullmatch=True
    ),
    "name": st.from_regex("[王张欧阳刘·李娜娜]{1,6}", fullmatch=True),
    "phone": st.from_regex(r"(\+86|0086|86)?[ -]?1[3-9][0-9]{9}|05(64|51)-?[2-8][0-9]{6}", fullmatch=True),
    "plate": st.from_regex("皖N[0-9]{5}", fullmatch=True),
    "passport": st.from_regex("[EG][0-9]{8}", fullmatch=True),
    "bank_card": st.from_regex("62[0-9]{14,17}", fullmatch=True),
    "birth_date": st.dates().map(str),
}


@pytest.mark.parametrize("kind", sorted(SHOWN_AT_MOST))
@given(data=st.data())
def test_no_mask_shows_more_than_allowed(kind, data):
    value = data.draw(REAL[kind])

    for profile, most in zip(PROFILES, SHOWN_AT_MOST[kind], strict=True):
        shown = mask(kind, value, profile)
        assert sum(character not in "*-" for character in shown) <= most
        assert "*" in shown


@given(st.text(alphabet="芳王张三", min_size=2, max_size=12))
def test_a_public_name_does_not_tell_its_length(name):
    assert mask("name", name, "strict") == f"{name[0]}**"


@pytest.mark.parametrize("profile", ["strict", "staff"])
@given(number=REAL["id_number"])
def test_the_check_character_and_the_birth_date_are_never_shown(profile, number):
    shown = mask("id_number", number, profile)

    assert shown[6:14] == "*" * 8
    assert shown[-2:] == "**"


@pytest.mark.parametrize("profile", PROFILES)
@given(text=st.text(alphabet="0123456789X- +()皖N电话:姓名王芳,", max_size=60))
def test_a_masked_text_holds_no_clear_number(profile, text):
    clear = [one.value for one in find_personal(text) if one.kind not in ("uscc", "name", "address_detail")]

    shown = mask_text(text, profile)

    assert not any(personal.compact(value) in personal.compact(shown) for value in clear)


@pytest.mark.parametrize(("profile", "kind"), [("public", "name"), ("strict", "shoe_size")])
def test_an_unknown_profile_or_kind_is_a_bug(profile, kind):
    with pytest.raises(ValueError, match="There is no"):
        mask(kind, "x", profile)


def test_the_articles_own_example_line_is_masked():
    line = "张三,13812345678,340102199001011234"

    assert mask_text(line, "seed") == "张三,138****5678,340102********1234"
    assert mask_text(line, "strict") == f"张三,{HIDDEN_PHONE},34****************"
