"""What an error in a form says: which field, and what to do."""

from collections.abc import Mapping
from typing import Any

MESSAGES = {
    "zh": {
        "required": "「{t}」还没有填写，请填写。",
        "choose": "「{t}」还没有选择，请选择一项。",
        "enum": "「{t}」请从给出的选项中选择。",
        "const": "「{t}」需要勾选同意后才能继续。",
        "string": "「{t}」要填文字。",
        "integer": "「{t}」要填整数，例如 3。",
        "number": "「{t}」要填数字，例如 3 或 3.5。",
        "boolean": "「{t}」请选择是或否。",
        "array": "「{t}」请从给出的选项中选择一项或几项。",
        "pattern": "「{t}」的格式不对：{help}",
        "format": "「{t}」的格式不对：{help}",
        "date": "「{t}」要写成 年-月-日，并且是真实的日期，例如 2026-03-02。",
        "email": "「{t}」要写成完整的电子邮箱，例如 name@example.cn。",
        "minimum": "「{t}」不能小于 {limit}。",
        "exclusiveMinimum": "「{t}」要大于 {limit}。",
        "maximum": "「{t}」不能大于 {limit}。",
        "exclusiveMaximum": "「{t}」要小于 {limit}。",
        "multipleOf": "「{t}」要是 {limit} 的倍数。",
        "minLength": "「{t}」太短，请至少写 {limit} 个字。",
        "maxLength": "「{t}」太长，请写在 {limit} 个字以内。",
        "minItems": "「{t}」请至少选 {limit} 项。",
        "maxItems": "「{t}」最多选 {limit} 项。",
        "uniqueItems": "「{t}」里有重复的选项，请去掉。",
        "unknown": "表单里没有「{t}」这一栏，请删去。",
        "personal": "「{t}」：{limit}",
        "other": "「{t}」填写的内容不符合要求，请核对后修改。",
        "money": "请写成以元为单位的金额，最多两位小数，例如 1280.50。",
        "see_hint": "请按提示填写。",
    },
    "en": {
        "required": "Enter “{t}”.",
        "choose": "Choose an answer for “{t}”.",
        "enum": "“{t}”: choose one of the options.",
        "const": "“{t}”: tick the box to go on.",
        "string": "“{t}” must be text.",
        "integer": "“{t}” must be a whole number, such as 3.",
        "number": "“{t}” must be a number, such as 3 or 3.5.",
        "boolean": "“{t}”: choose yes or no.",
        "array": "“{t}”: choose one or more of the options.",
        "pattern": "“{t}” is not in the right format. {help}",
        "format": "“{t}” is not in the right format. {help}",
        "date": "“{t}” must be a real date, written year-month-day, such as 2026-03-02.",
        "email": "“{t}” must be a full email address, such as name@example.cn.",
        "minimum": "“{t}” must be {limit} or more.",
        "exclusiveMinimum": "“{t}” must be more than {limit}.",
        "maximum": "“{t}” must be {limit} or less.",
        "exclusiveMaximum": "“{t}” must be less than {limit}.",
        "multipleOf": "“{t}” must be a multiple of {limit}.",
        "minLength": "“{t}” is too short: write at least {limit} characters.",
        "maxLength": "“{t}” is too long: write {limit} characters or fewer.",
        "minItems": "“{t}”: choose at least {limit}.",
        "maxItems": "“{t}”: choose at most {limit}.",
        "uniqueItems": "“{t}” names an option twice.",
        "unknown": "The form has no field “{t}”; remove it.",
        "personal": "“{t}”: {limit}",
        "other": "“{t}” is not as required; check it.",
        "money": "Write an amount in yuan with at most two decimals, such as 1280.50.",
        "see_hint": "Follow the hint.",
    },
}


def message(code: str, lang: str, prop: Mapping[str, Any], limit: object) -> str:
    """Return the sentence for error `code` in the field described by `prop`."""
    english = lang.startswith("en")
    texts = MESSAGES["en" if english else "zh"]
    title = (prop.get("title_en") if english else None) or prop.get("title", "")
    return texts[_key(code, prop, texts)].format(t=title, limit=limit, help=_help(prop, texts, english))


def _key(code: str, prop: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    if code == "type":
        return str(prop.get("type", "other"))
    if code == "format" and prop.get("format") in texts:
        return str(prop["format"])
    if code == "required" and ("enum" in prop or prop.get("type") in ("boolean", "array")):
        return "choose"
    return code if code in texts else "other"


def _help(prop: Mapping[str, Any], texts: Mapping[str, str], english: bool) -> str:
    if prop.get("x-widget") == "money":
        return texts["money"]
    own = (prop.get("x-pattern-help-en"), prop.get("description_en")) if english else ()
    return str(next(filter(None, (*own, prop.get("x-pattern-help"), prop.get("description"))), texts["see_hint"]))
