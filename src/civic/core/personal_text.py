"""Personal numbers inside free text, log lines and file names: where they stand and what they are.

Finding errs towards the person: an ID with a wrong check character is still an ID of somebody.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from stdnum import luhn

from civic.core import ids, personal
from civic.core.personal import DASHES, INVISIBLE, PLATE_LETTERS, PLATE_PROVINCES, PROVINCES

GAP = rf"[ \t\u00a0\u3000._·{INVISIBLE}{DASHES}]{{0,2}}"
NO_DIGIT_BEFORE, NO_DIGIT_AFTER = "(?<![0-9])", "(?![0-9])"
CARD_PREFIX = re.compile(r"62|60|3[0-9]|4|5[0-9]|6[3-9]|9[0-9]")
LABEL_END = r"(?:号码|证号|号)?(?:是|为)?[ \t]*[:\uff1a]?[ \t]*"
NAME_LABELS = "姓名|申请人|联系人|经办人|代理人|法定代表人|法人代表|户主|监护人|收件人|收货人|持证人|当事人|家长"


@dataclass(frozen=True)
class Found:
    """A personal value in a text: its kind, and its place as half-open positions."""

    kind: str
    start: int
    end: int
    value: str


@dataclass(frozen=True)
class Shape:
    """What a kind of value looks like, and the question that a look-alike fails."""

    kind: str
    pattern: re.Pattern[str]
    accepts: Callable[[str], bool]


def find_personal(text: str) -> list[Found]:
    """Return what in `text` tells who somebody is, in the order of the text, without overlaps.

    Case numbers of the platform are left alone: they are checked by their own check character.
    """
    if not _worth_reading(text):
        return []
    plain = personal.same_width(text)
    taken = bytearray(len(plain))
    found: list[Found] = []
    for kind, start, end in _candidates(plain):
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            if kind != "case_number":
                found.append(Found(kind, start, end, text[start:end]))
    return sorted(found, key=lambda one: one.start)


def scrub(text: str, mask: Callable[[str, str], str]) -> str:
    """Return `text` with `mask(kind, value)` in the place of every personal value in it."""
    pieces, done = [], 0
    for one in find_personal(text):
        pieces += [text[done : one.start], mask(one.kind, one.value)]
        done = one.end
    return "".join(pieces) + text[done:]


def _worth_reading(text: str) -> bool:
    return _TRIGGER.search(text) is not None


def _candidates(plain: str) -> Iterator[tuple[str, int, int]]:
    """Yield what may be personal, the surest reading first: who comes first keeps the place."""
    for shape in _SHAPES:
        for match in shape.pattern.finditer(plain):
            start, end = match.span("value")
            if shape.accepts(plain[start:end]):
                yield shape.kind, start, end
    for run in _LONG_RUN.finditer(plain):
        yield from _glued(run[0], run.start())


def _glued(run: str, offset: int) -> Iterator[tuple[str, int, int]]:
    """Yield IDs, cards and mobile numbers written one after the other without a gap."""
    position = 0
    while position < len(run):
        for kind, length, accepts in _GLUED:
            piece = run[position : position + length]
            if len(piece) == length and accepts(piece):
                yield kind, offset + position, offset + position + length
                position += length
                break
        else:
            position += 1


def _is_case_number(value: str) -> bool:
    return ids.has_valid_check(value.upper())


def _is_sure_id(value: str) -> bool:
    """Whether province and birth date can be right, whatever the check character says."""
    number = _bare(value)
    return int(number[:2]) in PROVINCES and 1880 <= int(number[6:10]) <= 2099 and _is_day(number[6:14])


def _is_likely_id(value: str) -> bool:
    """Whether it can be an ID with one typing error: the province and the century still fit."""
    number = _bare(value)
    return int(number[:2]) in PROVINCES and number[6:8] in ("19", "20")


def _is_right_id(value: str) -> bool:
    return value[:17].isdigit() and _is_sure_id(value) and personal.is_valid(value, "id_number")


def _is_old_id(value: str) -> bool:
    number = _bare(value)
    return int(number[:2]) in PROVINCES and _is_day("19" + number[6:12])


def _is_day(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return True


def _is_card(value: str) -> bool:
    number = _bare(value)
    return CARD_PREFIX.match(number) is not None and bool(luhn.is_valid(number))


def _is_mobile(value: str) -> bool:
    return value.isdigit() and value[0] == "1" and value[1] in "3456789"


def _is_code(value: str) -> bool:
    return personal.is_valid(value, "uscc")


def _anything(value: str) -> bool:
    return True


def _bare(value: str) -> str:
    return re.sub(r"[^0-9X]", "", value.upper())


def _digits(first: str, rest: str, last: str = "") -> str:
    """Return the pattern of `first`, `rest` more digits and `last`, with at most two separators between neighbours."""
    return rf"{first}(?:{GAP}[0-9]){{{rest}}}" + (f"{GAP}{last}" if last else "")


def _shape(
    kind: str,
    body: str,
    accepts: Callable[[str], bool] = _anything,
    *,
    before: str = NO_DIGIT_BEFORE,
    after: str = NO_DIGIT_AFTER,
) -> Shape:
    return Shape(kind, re.compile(f"{before}(?P<value>{body}){after}", re.IGNORECASE), accepts)


_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_ID_18 = _digits("[1-8]", "16", "[0-9X]")
_COUNTRY = r"(?:\(?(?:\+|00)?86\)?[ \t-]{0,2}|0)?"
_AREA = r"(?:\(?0(?:10|2[0-9]|[3-9][0-9]{2})\)?|(?:\+|00)86[ \t-]{0,2}\(?0?(?:10|2[0-9]|[3-9][0-9]{2})\)?)"
_NO_WORD_BEFORE, _NO_WORD_AFTER = "(?<![0-9A-Z])", "(?![0-9A-Z])"
_TRIGGER = re.compile(rf"\d|[@\uff20]|(?:{NAME_LABELS}|我叫)")
_LONG_RUN = re.compile("[0-9]{20,200}X?", re.IGNORECASE)
_GLUED = (
    ("id_number", 18, _is_right_id),
    ("mobile", 11, _is_mobile),
    ("bank_card", 19, _is_card),
    ("bank_card", 16, _is_card),
)
_SHAPES = (
    _shape("case_number", "[A-Z]{2}20[0-9]{15}[0-9A-Z]", _is_case_number, before=""),
    _shape("email", r"[a-z0-9._%+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,63}", before="", after=""),
    _shape("id_number", _ID_18, _is_sure_id),
    _shape("uscc", "[1-9ANY][0-9A-Z][0-9]{6}[0-9A-Z]{10}", _is_code, before=_NO_WORD_BEFORE, after=_NO_WORD_AFTER),
    _shape("id_number", _ID_18, _is_likely_id),
    _shape("bank_card", _digits("[3-9]", "14,18"), _is_card),
    _shape("mobile", _COUNTRY + rf"1{GAP}" + _digits("[3-9]", "9")),
    _shape("id_number", _digits("[1-8]", "14"), _is_old_id),
    _shape("landline", _AREA + GAP + _digits("[2-8]", "6,7") + "(?:(?:转|-)[0-9]{1,6})?"),
    _shape("landline", "[2-8][0-9]{2,3}[ -]?[0-9]{4}", before=f"(?:电话|座机|固话|联系方式){LABEL_END}"),
    _shape("passport", "(?:[EGDSP][0-9]|E[A-HJ-NP-Z]|[DSP]E)[0-9]{7}", before=_NO_WORD_BEFORE, after=_NO_WORD_AFTER),
    _shape("passport", "[A-Z]{0,2}[0-9]{5,9}", before=rf"(?:护照|passport(?: no\.?)?){LABEL_END}"),
    _shape("hk_macao_permit", "[HM][0-9]{8}(?:[0-9]{2})?", before=_NO_WORD_BEFORE, after=_NO_WORD_AFTER),
    _shape("taiwan_permit", "[0-9]{10}|[0-9]{8}", before=f"(?:台胞证|大陆通行证|台湾通行证){LABEL_END}"),
    _shape(
        "plate",
        f"[{PLATE_PROVINCES}][{PLATE_LETTERS}]{GAP}(?=[A-Z]{{0,3}}[0-9])"
        f"[{PLATE_LETTERS}0-9]{{4,5}}[{PLATE_LETTERS}0-9挂学警港澳试超]",
        before="",
        after="(?![0-9A-Z])",
    ),
    _shape("address_detail", "[0-9]{1,4}(?:号楼|栋|幢|座) ?(?:[0-9一二三四五六七八九十]{1,2}单元 ?)?[0-9]{2,4}室?"),
    _shape(
        "name",
        f"[{_HAN}]{{1,4}}(?:[·•・][{_HAN}]{{1,12}}){{0,3}}",
        before=rf"(?:{NAME_LABELS})[ \t]*[:\uff1a][ \t]*",
        after="",
    ),
    _shape("name", f"[{_HAN}]{{2,3}}", before="我叫", after=""),
)  # fmt: skip
