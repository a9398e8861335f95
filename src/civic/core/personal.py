"""Numbers and names of persons: checked, brought into one form, refused in words that say what is wrong.

Each validator takes what a person typed and returns the one form that is stored. Messages never repeat the value.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date

from stdnum import luhn
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from civic.core.errors import Invalid
from civic.core.words import gettext as _

PROVINCES = frozenset(
    (
        11,
        12,
        13,
        14,
        15,
        21,
        22,
        23,
        31,
        32,
        33,
        34,
        35,
        36,
        37,
        41,
        42,
        43,
        44,
        45,
        46,
        50,
        51,
        52,
        53,
        54,
        61,
        62,
        63,
        64,
        65,
        71,
        81,
        82,
        83,
    )
)
RESIDENCE_PERMIT_REGIONS = {"810000": "香港", "820000": "澳门", "830000": "台湾"}
OLDEST_YEAR = 1850
NAME_LENGTH = 50
EMAIL_LENGTH = 254
PLATE_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
PLATE_LETTERS = "A-HJ-NP-Z"
INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"
DASHES = "‐‑‒–—−-"  # the ASCII dash last: inside a character class it must not make a range

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
_SEPARATORS = re.compile(rf"[\s{INVISIBLE}{DASHES}]+")
_OTHER_DIGITS = re.compile(r"(?![0-9])\d")
_DOTS = re.compile(r"\s*[·•・‧∙⋅●.]\s*")
_IDEOGRAPHS = re.compile("[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


class Malformed(Invalid):
    """A personal number or name that cannot be right."""

    code = "malformed"


class WrongLength(Malformed):
    """It has too few or too many characters."""

    code = "wrong-length"


class WrongCharacter(Malformed):
    """It holds a character that cannot stand there."""

    code = "wrong-character"


class WrongDate(Malformed):
    """The birth date in it does not exist."""

    code = "wrong-date"


class WrongRegion(Malformed):
    """The region, area code or prefix in it does not exist."""

    code = "wrong-region"


class WrongCheck(Malformed):
    """The check character does not fit the rest: one character is wrong, or two are swapped."""

    code = "wrong-check"


def same_width(text: str) -> str:
    """Return `text` with full-width letters and every script's digits as ASCII; no character moves."""
    plain = text.translate(_FULL_WIDTH)
    return _OTHER_DIGITS.sub(lambda match: str(unicodedata.digit(match[0])), plain)


def compact(text: str) -> str:
    """Return `text` in ASCII width and capitals, without blanks, dashes and invisible characters."""
    return _SEPARATORS.sub("", same_width(text)).upper()


def id_number(text: str) -> str:
    """Return the 18 characters of a resident ID (GB 11643) or a residence permit of 港澳台; 15 digits are upgraded.

    Raises: WrongLength, WrongCharacter, WrongRegion, WrongDate, WrongCheck.
    """
    number = compact(text)
    if len(number) == 15:
        if not _digits(number):
            raise WrongCharacter(_("15位身份证号码只能由数字组成。"))
        number = _upgraded(number)
    if len(number) != 18:
        raise WrongLength(
            _("身份证号码应为18位（旧证为15位），现在是%(n)s位，请核对是否漏填或多填。") % {"n": len(number)}
        )
    if not _digits(number[:17]) or number[17] not in "0123456789X":
        raise WrongCharacter(_("身份证号码前17位只能是数字，最后一位是数字或X。"))
    if int(number[:2]) not in PROVINCES:
        raise WrongRegion(_("身份证号码开头的地区代码不存在，请核对前两位。"))
    if number[0] == "8" and number[:6] not in RESIDENCE_PERMIT_REGIONS:
        raise WrongRegion(_("港澳台居民居住证号码应以810000、820000或830000开头。"))
    born_on(number)
    if ric.calc_check_digit(number) != number[17]:
        raise WrongCheck(_("身份证号码的校验位不对，可能有一位写错或两位写反，请对照证件逐位核对。"))
    return number


def born_on(number: str) -> date:
    """Return the birth date in an 18-character ID. Raises: WrongDate, if there is no such day."""
    try:
        day = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise WrongDate(_("身份证号码中的出生日期不存在，请核对第7至14位。")) from None
    if day.year < OLDEST_YEAR:
        raise WrongDate(_("身份证号码中的出生年份过早，请核对第7至10位。"))
    return day


def social_credit_code(text: str) -> str:
    """Return the 18 characters of a unified social credit code (GB 32100)."""
    code = compact(text)
    if len(code) != 18:
        raise WrongLength(_("统一社会信用代码应为18位，现在是%(n)s位，请核对营业执照。") % {"n": len(code)})
    if not re.fullmatch(r"[1-9ANY][0-9A-HJ-NPQRTUWXY][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}", code):
        raise WrongCharacter(_("统一社会信用代码由数字和大写字母组成（不含I、O、S、V、Z），第3至8位是数字。"))
    if uscc.calc_check_digit(code) != code[17]:
        raise WrongCheck(_("统一社会信用代码的校验位不对，请对照营业执照逐位核对。"))
    return code


def passport(text: str) -> str:
    """Return a passport number: the Chinese forms, else 6 to 9 letters and digits of another country's."""
    number = compact(text)
    if not 6 <= len(number) <= 9:
        raise WrongLength(_("护照号码为6至9位字母和数字（中国护照为9位），请核对。"))
    if not re.fullmatch(r"[A-Z0-9]+", number) or not re.search(r"[0-9]", number):
        raise WrongCharacter(_("护照号码只能由字母和数字组成。"))
    return number


def hk_macao_permit(text: str) -> str:
    """Return the number of a 港澳居民来往内地通行证: H or M and 8 digits; the two digits of renewal are dropped."""
    number = compact(text)
    if len(number) not in (9, 11):
        raise WrongLength(_("港澳居民来往内地通行证号码为字母H或M加8位数字，请核对。"))
    if number[0] not in "HM" or not _digits(number[1:]):
        raise WrongCharacter(_("港澳居民来往内地通行证号码应以H（香港）或M（澳门）开头，其余为数字。"))
    return number[:9]


def taiwan_permit(text: str) -> str:
    """Return the number of a 台湾居民来往大陆通行证: 8 digits, or 10 digits of the older form."""
    number = re.sub(r"\(.\)$", "", compact(text))
    if not _digits(number):
        raise WrongCharacter(_("台湾居民来往大陆通行证号码只能由数字组成。"))
    if len(number) not in (8, 10):
        raise WrongLength(_("台湾居民来往大陆通行证号码为8位数字（旧证为10位），请核对。"))
    return number


def mobile(text: str) -> str:
    """Return the 11 digits of a mobile number, without +86, 0086, 86 or a leading 0."""
    number = re.sub(r"^(?:\(?(?:\+|00)?86\)?|0)(?=1[0-9]{10}$)", "", compact(text))
    if not _digits(number):
        raise WrongCharacter(_("手机号码只能由数字组成。"))
    if len(number) != 11:
        raise WrongLength(_("手机号码应为11位，现在是%(n)s位，请核对。") % {"n": len(number)})
    if not re.match(r"1[3-9]", number):
        raise WrongRegion(_("手机号码应以13至19开头，请核对。"))
    return number


def landline(text: str) -> str:
    """Return a landline as area code, dash, number and perhaps dash, extension: 0564-3312345-802."""
    written = re.sub(r"[()\s]", "", same_width(text)).upper()
    head, extension = written, ""
    if found := re.fullmatch(rf"(.{{10,}}?)(?:转|EXT\.?|#|[{DASHES}])([0-9]{{1,6}})", written):
        head, extension = found.groups() if _landline_parts(found[1]) else (written, "")
    parts = _landline_parts(head)
    if parts:
        return "-".join([*parts, extension] if extension else parts)
    number = compact(head)
    if not re.match(r"0|\+?86", number):
        raise WrongRegion(_("固定电话请带区号填写，例如0564-3312345。"))
    if not re.fullmatch(r"\+?[0-9]+", number):
        raise WrongCharacter(_("固定电话只能由数字组成，分机号写在“转”之后。"))
    raise WrongLength(_("固定电话由3至4位区号和7至8位号码组成，例如0564-3312345。"))


def _landline_parts(text: str) -> tuple[str, ...]:
    """Return area code and number, or nothing."""
    number = re.sub(r"^(?:\+86|0086|86(?=0?[1-9]))0?", "0", compact(text))
    found = re.fullmatch(r"(0(?:10|2[0-9]|[3-9][0-9]{2}))([2-9][0-9]{6,7})", number)
    return found.groups() if found else ()


def phone(text: str) -> str:
    """Return a mobile number or a landline with its area code, whichever it is."""
    number = compact(text)
    if re.match(r"\(?0[1-9]", number) and not re.match(r"01[3-9][0-9]{9}$", number):
        return landline(text)
    if re.match(r"\(?(?:\+|00)?86\)?\(?0?[2-9]|\(?(?:\+|00)?86\)?\(?010", number):
        return landline(text)
    return mobile(text)


def name(text: str) -> str:
    """Return a person's name: one kind of dot (·) in it, no blanks between Chinese characters, rare ones kept."""
    written = _SELECTORS.sub("", re.sub(rf"[{INVISIBLE}]", "", text)).strip()
    if _IDEOGRAPHS.search(written):
        written = re.sub(r"\s+", "", _DOTS.sub("·", written))
    else:
        written = " ".join(same_width(written).split())
    if not written:
        raise WrongLength(_("请填写姓名。"))
    if len(written) > NAME_LENGTH:
        raise WrongLength(_("姓名不能超过%(n)s个字。") % {"n": NAME_LENGTH})
    if not _is_letter(written[0]) or not all(_is_letter(c) or c in " ·'’-.," for c in written):
        raise WrongCharacter(_("姓名只能由汉字、字母和间隔号“·”组成，请去掉数字和其他符号。"))
    return written


def plate(text: str) -> str:
    """Return a vehicle's plate without the dot: 皖N12345, 皖ND12345."""
    number = compact(text).replace("·", "").replace("•", "")
    if len(number) not in (7, 8):
        raise WrongLength(_("车牌号为7位，新能源车为8位，请核对。"))
    if number[0] not in PLATE_PROVINCES:
        raise WrongRegion(_("车牌号应以省份简称开头，例如皖N12345。"))
    if not re.fullmatch(rf".[{PLATE_LETTERS}][{PLATE_LETTERS}0-9]{{4,5}}[{PLATE_LETTERS}0-9挂学警港澳试超]", number):
        raise WrongCharacter(_("车牌号由省份简称、字母和数字组成（不含字母I和O）。"))
    return number


def bank_card(text: str) -> str:
    """Return the 13 to 19 digits of a bank card (Luhn)."""
    number = compact(text)
    if not _digits(number):
        raise WrongCharacter(_("银行卡号只能由数字组成。"))
    if not 13 <= len(number) <= 19:
        raise WrongLength(_("银行卡号为13至19位数字，请核对。"))
    if not luhn.is_valid(number):
        raise WrongCheck(_("银行卡号的校验位不对，请对照银行卡逐位核对。"))
    return number


def email(text: str) -> str:
    """Return an e-mail address with its domain in small letters."""
    address = same_width(text).strip()
    if len(address) > EMAIL_LENGTH:
        raise WrongLength(_("电子邮箱不能超过%(n)s个字符。") % {"n": EMAIL_LENGTH})
    if not re.fullmatch(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}", address):
        raise WrongCharacter(_("电子邮箱的格式应为 name@example.com。"))
    local, domain = address.rsplit("@", 1)
    return f"{local}@{domain.lower()}"


VALIDATORS: dict[str, Callable[[str], str]] = {
    "id_number": id_number,
    "uscc": social_credit_code,
    "passport": passport,
    "hk_macao_permit": hk_macao_permit,
    "taiwan_permit": taiwan_permit,
    "phone": phone,
    "mobile": mobile,
    "landline": landline,
    "name": name,
    "plate": plate,
    "bank_card": bank_card,
    "email": email,
}


def normalise(value: str, kind: str) -> str:
    """Return `value` in the one form that is stored. Raises: Malformed, with what is wrong."""
    return VALIDATORS[kind](value) if kind in VALIDATORS else value.strip()


def fold(value: str, kind: str) -> str:
    """Return `value` in one form even where it is not valid, so that it can be looked up as it was once stored."""
    try:
        found = normalise(value, kind)
    except Malformed:
        found = compact(value)
    return found.casefold() if kind in ("email", "name") else found


def is_valid(value: str, kind: str) -> bool:
    """Whether `value` is a valid `kind`."""
    try:
        normalise(value, kind)
    except (Malformed, ValidationError):
        return False
    return True


def _upgraded(old: str) -> str:
    """Return the 18-character form of a 15-digit ID. Sequence 996 to 999 was kept for people born before 1900."""
    century = "18" if old[12:] in ("996", "997", "998", "999") else "19"
    body = f"{old[:6]}{century}{old[6:]}"
    return body + ric.calc_check_digit(body + "0")


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LM" or _IDEOGRAPHS.fullmatch(character) is not None
