"""Numbers as Chinese law writes them: 第一百二十条, （十一）, 1."""

import re

DIGITS = "零一二三四五六七八九"
UNITS = {"十": 10, "百": 100, "千": 1000}
NUMERAL = r"[〇零一二三四五六七八九十百千]{1,9}|[0-9０-９]{1,9}"
GREATEST = 9999


def number(numeral: str) -> int:
    """Return the value of a Chinese or Arabic numeral up to 9999: 一百二十 is 120, 一二〇 too.

    Raises: ValueError, if it is none.
    """
    if numeral.isdecimal():
        return int(numeral)
    text = numeral.replace("〇", "零")
    if not re.fullmatch(rf"[{DIGITS}十百千]+", text):
        raise ValueError(f"{numeral!r} is no numeral")
    if not any(unit in text for unit in UNITS):
        return int("".join(str(DIGITS.index(digit)) for digit in text))
    return _with_units(text)


def _with_units(text: str) -> int:
    total, digit = 0, 0
    for sign in text:
        if sign in UNITS:
            total += (digit or 1) * UNITS[sign]
            digit = 0
        else:
            digit = DIGITS.index(sign)
    return total + digit


def numeral(value: int) -> str:
    """Return the Chinese numeral of 1 to 9999 as law writes it: 120 is 一百二十, 12 is 十二, 105 is 一百零五."""
    if not 0 < value <= GREATEST:
        raise ValueError(f"{value} is not between 1 and {GREATEST}")
    written, gap = "", False
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // unit % 10
        if digit:
            written += ("零" if gap and written else "") + DIGITS[digit] + sign
        gap = not digit
    return written.removeprefix("一") if written.startswith("一十") else written
