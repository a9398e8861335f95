"""Reads the licence types of a city pack (licences.yaml), each error with its line."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from civic.catalogue.pack.yaml_file import read_yaml
from civic.licences.formats.sd_jwt import NAMES, RESERVED
from civic.licences.rules import ALPHABET, Widths
from civic.licences.states import HolderKind
from civic.masking.rules import RULES

FILE = "licences.yaml"
CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")
TEXTS = ("code", "national_code", "name", "name_en", "authority", "authority_code", "holder")
KEYS = {*TEXTS, "months", "remind_days", "renewal_service", "fields", "metadata", "catalogue", "uses"}
FIELD_KEYS = {"key", "name", "name_en", "kind", "required", "shown"}
USE_KEYS = {"department", "purpose", "purpose_en", "services", "fields"}


@dataclass
class Pack:
    """The types of a city in their order, and what is wrong with them: "licences.yaml:12: …"."""

    types: list[dict[str, Any]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def read_types(folder: Path, widths: Widths) -> Pack:
    """Return the licence types of the pack in `folder`; none where it has no such file."""
    pack, path = Pack(), folder / FILE
    if not path.exists():
        return pack
    raw, lines, trouble = read_yaml(path)
    if trouble is not None:
        pack.errors.append(f"{FILE}:{trouble[0]}: {trouble[1]}")
        return pack
    found = raw.get("types")
    if not isinstance(found, list) or set(raw) != {"types"}:
        pack.errors.append(f"{FILE}:1: 文件要是「types: [证照类型…]」。")
        return pack
    for position, item in enumerate(found):
        pointer = f"/types/{position}"
        _check(pack, lines, pointer, item, widths)
        if not pack.errors:
            pack.types.append({**_normalised(item), "position": position})
    return pack


def _check(pack: Pack, lines: Callable[[str], int], pointer: str, item: Any, widths: Widths) -> None:
    if not isinstance(item, dict):
        pack.errors.append(f"{FILE}:{lines(pointer)}: 每个证照类型要是一组「栏目: 内容」。")
        return
    codes = [known["code"] for known in pack.types]
    for place, words in (*_wrong_texts(item, codes, widths), *_wrong_numbers(item), *_wrong_fields(item)):
        pack.errors.append(f"{FILE}:{lines(f'{pointer}/{place}')}: {words}")


def _wrong_texts(item: Mapping[str, Any], codes: list[str], widths: Widths) -> list[tuple[str, str]]:
    wrong = [(key, f"有不认识的栏目「{key}」。") for key in item if key not in KEYS]
    wrong += [
        (key, f"{key} 要是文字，不能为空。") for key in TEXTS if not isinstance(item.get(key), str) or not item[key]
    ]
    if wrong:
        return wrong
    if not CODE.fullmatch(item["code"]) or item["code"] in codes:
        wrong.append(("code", f"code「{item['code']}」只能用小写字母、数字和下划线，且不能重复。"))
    for key, width in (("national_code", widths.type), ("authority_code", widths.authority)):
        if len(item[key]) != width or not set(item[key]) <= ALPHABET:
            wrong.append((key, f"{key} 要是{width}位数字和大写字母。"))
    if item["holder"] not in HolderKind.values:
        wrong.append(("holder", f"holder 要是 {'、'.join(HolderKind.values)} 之一。"))
    return wrong


def _wrong_numbers(item: Mapping[str, Any]) -> list[tuple[str, str]]:
    wrong = []
    months, days = item.get("months"), item.get("remind_days", [])
    if months is not None and (type(months) is not int or months < 1):
        wrong.append(("months", "months 要是有效期的月数，长期有效写 null。"))
    if not isinstance(days, list) or not all(type(day) is int and day > 0 for day in days):
        wrong.append(("remind_days", "remind_days 要是到期前提醒的天数，例如 [30, 7]。"))
    return wrong


def _wrong_fields(item: Mapping[str, Any]) -> list[tuple[str, str]]:
    fields = item.get("fields")
    if not isinstance(fields, list) or not fields or not all(isinstance(one, dict) for one in fields):
        return [("fields", "fields 要有照面信息，每项是一组「栏目: 内容」。")]
    keys = [one.get("key") for one in fields]
    wrong = []
    for place, one in enumerate(fields):
        if set(one) - FIELD_KEYS or not all(isinstance(one.get(key), str) for key in ("key", "name", "name_en")):
            wrong.append(
                (f"fields/{place}", f"照面信息要有 key、name、name_en，可以有 {'、'.join(sorted(FIELD_KEYS))}。")
            )
        elif not CODE.fullmatch(one["key"]) or keys.count(one["key"]) > 1 or one["key"] in {*RESERVED, *NAMES}:
            wrong.append((f"fields/{place}", f"key「{one['key']}」不能用：格式不对、重复或是保留字。"))
        elif one.get("kind", "") not in {"", *RULES}:
            wrong.append((f"fields/{place}", f"kind「{one['kind']}」要是 {'、'.join(RULES)} 之一。"))
    for name, key in item.get("metadata", {}).items():
        if key not in keys:
            wrong.append(("metadata", f"元数据「{name}」指向没有的照面信息「{key}」。"))
    for place, use in enumerate(item.get("uses", [])):
        if set(use) != USE_KEYS or not set(use["fields"]) <= set(keys):
            wrong.append((f"uses/{place}", f"共享用途要有 {'、'.join(sorted(USE_KEYS))}，fields 要是照面信息的 key。"))
    return wrong


def _normalised(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of LicenceType; `authority` is still the department's code."""
    fields = [{"kind": "", "required": True, "shown": False, **one} for one in item["fields"]]
    return {
        "code": item["code"],
        "national_code": item["national_code"],
        "authority": item["authority"],
        "authority_code": item["authority_code"],
        "name": item["name"],
        "name_en": item["name_en"],
        "holder_kind": item["holder"],
        "months": item.get("months"),
        "remind_days": list(item.get("remind_days", [])),
        "renewal_service": item.get("renewal_service", ""),
        "fields": fields,
        "metadata": dict(item.get("metadata", {})),
        "catalogue": dict(item.get("catalogue", {})),
        "uses": list(item.get("uses", [])),
    }
