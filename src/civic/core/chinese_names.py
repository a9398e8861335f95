"""Chinese names: which characters a register can write, and whether two spellings are one name.

Characters are judged after GB 18030-2022 by the ranges of its repertoire (87,887 Chinese characters). The table of
standard characters (通用规范汉字表, 8,105) is not at hand; the 6,763 characters of GB 2312, nearly all of which are in
it, stand for it: they are standard, every other Chinese character is not known to be.
"""

import importlib
from functools import cache
from itertools import product
from typing import Any

DOT = "·"  # between the parts of a name written in several, U+00B7
OTHER_DOTS = "•‧・∙⋅・．"
# First and last code point of each block of Chinese characters in GB 18030-2022, and the implementation level.
BLOCKS = (
    (0x4E00, 0x9FEF, 1),  # basic block
    (0x3400, 0x4DB5, 1),  # extension A
    (0x20000, 0x2A6D6, 3),  # B
    (0x2A700, 0x2B734, 3),  # C
    (0x2B740, 0x2B81D, 3),  # D
    (0x2B820, 0x2CEA1, 3),  # E
    (0x2CEB0, 0x2EBE0, 3),  # F
)
LONE = frozenset(map(ord, "\ufa0e\ufa0f\ufa11\ufa13\ufa14\ufa1f\ufa21\ufa23\ufa24\ufa27\ufa28\ufa29"))
SHORTEST, LONGEST, LONGEST_DOTTED = 2, 6, 25  # characters; a name in several parts may be longer
MOST_VARIANTS = 64


def level(character: str) -> int | None:
    """Return the implementation level of GB 18030-2022 that writes this Chinese character; None: it is not in it.

    A character outside the BMP that is also in the table of standard characters is of level 2; without that table
    it counts as level 3, which asks more of a system, never less.
    """
    point = ord(character)
    if point in LONE:
        return 1
    return next((level for first, last, level in BLOCKS if first <= point <= last), None)


def is_encodable(name: str) -> bool:
    """Whether every character is a Chinese character of GB 18030-2022, or the dot between parts of a name."""
    return bool(name) and all(character == DOT or level(character) is not None for character in name)


def are_standard_characters(name: str) -> bool | None:
    """Whether a name is in standard characters. None: not known, as for a rare character; a person looks.

    False only for what is no Chinese character at all: letters, digits, signs.
    """
    if not name or any(character != DOT and not _is_ideograph(character) for character in name):
        return False
    return True if all(character == DOT or _is_in_gb2312(character) for character in name) else None


def _is_ideograph(character: str) -> bool:
    """Whether this is a Chinese character of any standard, newer blocks included."""
    point = ord(character)
    return level(character) is not None or 0x9FF0 <= point <= 0x9FFF or 0x4DB6 <= point <= 0x4DBF or (
        0x2A6D7 <= point <= 0x323AF
    )  # fmt: skip


def _is_in_gb2312(character: str) -> bool:
    try:
        return 0xB0 <= character.encode("gb2312")[0] <= 0xF7 and level(character) == 1
    except UnicodeEncodeError:
        return False


def is_of_usual_length(name: str) -> bool:
    """Whether a name has 2 to 6 characters, or up to 25 where a dot parts it."""
    parts = name.split(DOT)
    if len(parts) > 1:
        return all(parts) and len(name) <= LONGEST_DOTTED
    return SHORTEST <= len(name) <= LONGEST


def tidy(name: str) -> str:
    """Return a name without blanks, its dots written in the one way."""
    return "".join(DOT if character in OTHER_DOTS else character for character in name if not character.isspace())


def simplified(name: str) -> str:
    """Return the name in simplified characters: a traditional or variant form is the same name."""
    written: str = _converter("t2s").convert(tidy(name))
    return written


def name_variants(name: str) -> frozenset[str]:
    """Return the ways to write a name in simplified, traditional and regional forms, itself included (at most 64)."""
    plain = simplified(name)
    choices = [_forms(character) for character in plain]
    found = {tidy(name), plain, str(_converter("s2t").convert(plain))}
    for written in product(*choices):
        if len(found) >= MOST_VARIANTS:
            break
        found.add("".join(written))
    return frozenset(found)


@cache
def _forms(character: str) -> tuple[str, ...]:
    kinds = ("s2t", "s2tw", "s2hk")
    return tuple(dict.fromkeys([character, *(str(_converter(kind).convert(character)) for kind in kinds)]))


def pinyin(name: str) -> tuple[str, ...]:
    """Return the syllables of a name without tones; the first character is read as a surname."""
    plain = simplified(name).replace(DOT, "")
    syllables = _pypinyin().lazy_pinyin(plain, errors=lambda rest: list(rest), v_to_u=False)
    surname = SURNAMES.get(plain[:1])
    return (surname, *syllables[1:]) if surname and len(plain) > 1 else tuple(syllables)


SURNAMES = {  # characters that are read otherwise as a surname
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "查": "zha", "朴": "piao", "区": "ou", "任": "ren",
    "华": "hua", "盖": "ge", "尉": "wei", "乐": "yue", "员": "yun", "黑": "he", "秘": "bi", "折": "she", "缪": "miao",
    "宓": "mi", "燕": "yan", "召": "shao", "过": "guo", "翟": "zhai", "覃": "qin", "万": "wan", "洗": "xian",
}  # fmt: skip


def same_name(a: str, b: str) -> bool:
    """Whether two spellings may be one name: equal in simplified characters, or read alike character by character.

    For finding what a person should look at. It is never a reason to refuse anybody: many people are read alike.
    """
    if simplified(a) == simplified(b):
        return bool(tidy(a))
    mine, theirs = pinyin(a), pinyin(b)
    return bool(mine) and mine == theirs


@cache
def _converter(kind: str) -> Any:
    return importlib.import_module("opencc").OpenCC(kind)


@cache
def _pypinyin() -> Any:
    return importlib.import_module("pypinyin")
