"""How much of a personal value each profile shows: pure, total, and never more than written here.

Profiles: `strict` (the public, the default), `staff` (officials who hold the case), `seed` (the formats of the
article this platform grew from, kept for cities that use them; its ID mask leaves few birth dates to guess).
Whatever does not have the shape of its kind is hidden whole.
"""

import re
from collections.abc import Callable

from civic.core import personal
from civic.core.personal_text import scrub

PROFILES = ("strict", "staff", "seed")
HIDDEN = "****"
HIDDEN_NAME = "***"
HIDDEN_PHONE = "*" * 11
COMPOUND_SURNAMES = frozenset(
    re.findall(
        "..",
        "欧阳司马上官诸葛东方皇甫尉迟公孙慕容令狐宇文长孙司徒司空夏侯轩辕端木南宫百里呼延东郭独孤申屠闻人赫连澹台公冶宗政"
        "濮阳淳于单于太叔公羊仲孙钟离鲜于闾丘亓官司寇子车颛孙巫马公西漆雕乐正壤驷公良拓跋夹谷宰父谷梁段干东门西门左丘南门"
        "羊舌梁丘第五叱干纳兰完颜耶律欧陽司馬諸葛東方尉遲",
    )
)
_STREET = re.compile(
    r"(?:[^\d号]{2,8}?(?:省|自治区))?(?:[^\d号路]{1,8}?(?:市|自治州|地区|盟))?(?:[^\d号路]{1,8}?(?:区|县|市|旗))?"
    r"(?:[^\d号路巷弄]{1,8}?(?:街道|镇|乡|苏木|开发区))?"
)
Rule = Callable[[str], str]


def mask(kind: str, value: str, profile: str) -> str:
    """Return what `profile` shows of `value`, a `kind` of core.personal (or "address", "birth_date", "text").

    Nothing stays nothing. Raises: ValueError, if there is no such profile or kind.
    """
    if profile not in PROFILES:
        raise ValueError(f"There is no masking profile {profile!r}: choose one of {', '.join(PROFILES)}.")
    if kind not in RULES:
        raise ValueError(f"There is no kind of personal value {kind!r}: choose one of {', '.join(RULES)}.")
    return RULES[kind][PROFILES.index(profile)](value) if value.strip() else ""


def mask_text(text: str, profile: str) -> str:
    """Return `text` with every personal value in it masked."""
    return scrub(text, lambda kind, value: mask(kind, value, profile))


def _public_id(value: str) -> str:
    number = _as_id(value)
    return number[:2] + "*" * 16 if number else HIDDEN


def _staff_id(value: str) -> str:
    """Region and half of the sequence: without the check character the birth date cannot be worked out."""
    number = _as_id(value)
    sequence = 14 if len(number) == 18 else 12
    return f"{number[:6]}{'*' * 8}{number[sequence : sequence + 2]}**" if number else HIDDEN


def _seed_id(value: str) -> str:
    number = personal.compact(value)
    if len(number) == 18 and _as_id(value):
        return f"{number[:6]}{'*' * 8}{number[14:]}"
    return f"{number[:6]}{'*' * 9}" if _as_id(value) else HIDDEN


def _as_id(value: str) -> str:
    """Return the number as written if it has the shape of an ID, else nothing; the check character may be wrong."""
    number = re.sub(r"[._·]", "", personal.compact(value))
    return number if re.fullmatch(r"[0-9]{17}[0-9X]|[0-9]{15}", number) else ""


def _public_name(value: str) -> str:
    written = _written_name(value)
    return _surname(written) + "**" if len(written) > 1 else HIDDEN_NAME


def _seed_name(value: str) -> str:
    written = _written_name(value)
    surname = _surname(written) if len(written) > 1 else ""
    return surname + "*" * max(len(written) - len(surname), 1)


def _written_name(value: str) -> str:
    try:
        return personal.name(value)
    except personal.Malformed:
        return ""


def _surname(written: str) -> str:
    """Return the compound surname, else the first character; a name of two characters has a surname of one."""
    return written[:2] if len(written) > 2 and written[:2] in COMPOUND_SURNAMES else written[0]


def _staff_phone(value: str) -> str:
    try:
        number = personal.phone(value)
    except personal.Malformed:
        return HIDDEN_PHONE
    if "-" in number:
        area, local = number.split("-")[:2]
        return f"{area}-{'*' * (len(local) - 2)}{local[-2:]}"
    return f"{number[:3]}****{number[-4:]}"


def _street(value: str) -> str:
    found = _STREET.match("".join(value.split()))
    return (found[0] if found else "") + HIDDEN


def _plate(value: str) -> str:
    return personal.plate(value)[:2] + HIDDEN if personal.is_valid(value, "plate") else HIDDEN


def _ends(value: str) -> str:
    """Return the first character and the last two of a document's number."""
    number = personal.compact(value)
    return f"{number[0]}{'*' * 6}{number[-2:]}" if len(number) >= 8 else HIDDEN


def _first(value: str) -> str:
    number = personal.compact(value)
    return f"{number[0]}{'*' * 8}" if len(number) >= 8 and number[0].isalpha() else HIDDEN


def _card_tail(value: str) -> str:
    number = personal.compact(value)
    return f"{'*' * 12}{number[-4:]}" if personal.is_valid(number, "bank_card") else HIDDEN


def _email_domain(value: str) -> str:
    return f"{value.strip()[0]}***@{value.rsplit('@', 1)[1].strip()}" if personal.is_valid(value, "email") else HIDDEN


def _code_region(value: str) -> str:
    code = personal.compact(value)
    return code[:8] + "*" * 10 if personal.is_valid(code, "uscc") else HIDDEN


def _code(value: str) -> str:
    """Return the whole code: a firm's code is published by law."""
    return personal.compact(value) if personal.is_valid(value, "uscc") else HIDDEN


def _birth_year(value: str) -> str:
    found = re.match(r"(1[89][0-9]{2}|20[0-9]{2})\D", value)
    return found[1] + "-**-**" if found else HIDDEN


def _hidden(value: str) -> str:
    return HIDDEN


def _hidden_phone(value: str) -> str:
    return HIDDEN_PHONE


RULES: dict[str, tuple[Rule, Rule, Rule]] = {  # kind: strict, staff, seed
    "id_number": (_public_id, _staff_id, _seed_id),
    "name": (_public_name, _public_name, _seed_name),
    "phone": (_hidden_phone, _staff_phone, _staff_phone),
    "mobile": (_hidden_phone, _staff_phone, _staff_phone),
    "landline": (_hidden_phone, _staff_phone, _staff_phone),
    "address": (_street, _street, _street),
    "address_detail": (_hidden, _hidden, _hidden),
    "plate": (_plate, _plate, _plate),
    "passport": (_first, _ends, _ends),
    "hk_macao_permit": (_first, _ends, _ends),
    "taiwan_permit": (_hidden, _ends, _ends),
    "bank_card": (_hidden, _card_tail, _card_tail),
    "email": (_hidden, _email_domain, _email_domain),
    "uscc": (_code_region, _code, _code),
    "birth_date": (_hidden, _birth_year, _birth_year),
    "text": (
        lambda value: mask_text(value, "strict"),
        lambda value: mask_text(value, "staff"),
        lambda value: mask_text(value, "seed"),
    ),
    "secret": (_hidden, _hidden, _hidden),
}
