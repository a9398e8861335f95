"""The parts in which a clerk edits a draft: what each shows, and how what was typed becomes content."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from civic.catalogue import rules
from civic.catalogue.rules import question_rows, words
from civic.catalogue.rules.eligibility import OPERATORS, TYPES
from civic.catalogue.rules.schema import PERSONAL
from civic.core.errors import FieldError
from civic.core.keepable import NotKeepable, read_json

MOST_ROWS = 60
Choices = Sequence[tuple[str, Any]]


@dataclass(frozen=True)
class Box:
    """One input: kind is text, area, lines, whole, money, yes, one, many, json."""

    name: str
    label: Any
    kind: str = "text"
    choices: Choices = ()
    hint: Any = ""


@dataclass(frozen=True)
class Part:
    """One page of the editor: single boxes, or rows of boxes under one name of the content."""

    key: str
    title: Any
    boxes: tuple[Box, ...] = ()
    rows: str = ""
    columns: tuple[Box, ...] = field(default=())


def _items(vocabulary: Mapping[str, str]) -> Choices:
    return tuple(vocabulary.items())


BLANK: Choices = (("", "—"),)

PARTS = {
    part.key: part
    for part in (
        Part(
            "basic",
            _("名称和对象"),
            (
                Box("name", _("事项名称")),
                Box("name_en", _("英文名称")),
                Box("aliases", _("别名"), "lines", hint=_("人们会怎样说这件事，一行一个。")),
                Box("summary", _("事项简介"), "area"),
                Box("summary_en", _("英文简介"), "area"),
                Box("conditions", _("受理条件"), "area"),
                Box("conditions_en", _("英文受理条件"), "area"),
                Box("audience", _("服务对象"), "many", _items(words.AUDIENCES)),
                Box("theme", _("主题"), "one", ()),
                Box("life_events", _("人生事项"), "many", ()),
                Box("category", _("事项类别"), "one", _items(words.CATEGORIES)),
                Box("level", _("行权层级"), "one", _items(words.LEVELS)),
                Box("basic_code", _("基本编码")),
            ),
        ),
        Part(
            "limits",
            _("时限和收费"),
            (
                Box("kind", _("办件类型"), "one", _items(words.KINDS)),
                Box("statutory_days", _("法定办结时限"), "whole", hint=_("没有规定就留空。")),
                Box("promised_days", _("承诺办结时限"), "whole", hint=_("0 表示即时办结。不能长于法定时限。")),
                Box("day_unit", _("时限单位"), "one", _items(words.DAY_UNITS)),
                Box("visits", _("到现场次数"), "whole"),
                Box("online", _("可以网上办理"), "yes"),
                Box("delivery", _("送达方式"), "many", _items(words.DELIVERIES)),
                Box("fee.amount", _("收费金额"), "money", hint=_("以元为单位；0.00 表示不收费，留空表示未公布。")),
                Box("fee.note", _("收费说明")),
                Box("fee.note_en", _("英文收费说明")),
                Box("fee.basis", _("收费依据")),
                Box("decision.department", _("决定部门"), "one", ()),
            ),
        ),
        Part(
            "places",
            _("地点和电话"),
            (
                Box("places", _("办理地点"), "many", ()),
                Box("consult_phone", _("咨询电话")),
                Box("complain_phone", _("监督电话")),
                Box("guide_url", _("原办事指南")),
            ),
        ),
        Part(
            "basis",
            _("设定依据"),
            rows="legal_basis",
            columns=(Box("title", _("法规名称")), Box("article", _("条款")), Box("text", _("摘录"), "area")),
        ),
        Part(
            "results",
            _("办理结果"),
            rows="results",
            columns=(
                Box("name", _("名称")),
                Box("name_en", _("英文名称")),
                Box("kind", _("类型"), "one", _items(words.RESULT_KINDS)),
            ),
        ),
        Part(
            "materials",
            _("申请材料"),
            rows="materials",
            columns=(
                Box("key", _("代码"), hint=_("小写字母、数字和下划线。")),
                Box("name", _("名称")),
                Box("name_en", _("英文名称")),
                Box("source", _("来源"), "one", _items(words.MATERIAL_SOURCES)),
                Box("required", _("必要"), "yes"),
                Box("form", _("形式"), "one", _items(words.MATERIAL_FORMS)),
                Box("max_files", _("最多文件数"), "whole"),
                Box("note", _("说明")),
                Box("note_en", _("英文说明")),
                Box("commitment", _("承诺书内容"), "area", hint=_("来源为告知承诺时必须填写。")),
            ),
        ),
        Part(
            "form",
            _("申请表单"),
            rows="form",
            columns=(
                Box("page", _("页"), hint=_("同一页的问题写同样的页名。")),
                Box("page_en", _("英文页名")),
                Box("key", _("代码"), hint=_("小写字母、数字和下划线。")),
                Box("title", _("问题")),
                Box("title_en", _("英文问题")),
                Box("kind", _("回答方式"), "one", _items(question_rows.KINDS)),
                Box("required", _("必填"), "yes"),
                Box("options", _("选项"), "lines", hint=_("单选和多选：一行一个，写成 代码=名称=英文。")),
                Box("hint", _("提示")),
                Box("hint_en", _("英文提示")),
                Box("max_length", _("最多字数"), "whole"),
                Box("personal", _("个人信息"), "one", (*BLANK, *((kind, kind) for kind in PERSONAL))),
                Box("show_field", _("仅当这一栏"), hint=_("前面某一栏的代码；留空表示总是显示。")),
                Box("show_value", _("等于")),
            ),
        ),
        Part(
            "eligibility",
            _("资格自测"),
            rows="eligibility",
            columns=(
                Box("key", _("代码")),
                Box("question", _("问题")),
                Box("question_en", _("英文问题")),
                Box("fact", _("事实"), hint=_("例如 age。")),
                Box("type", _("类型"), "one", tuple((name, name) for name in TYPES)),
                Box("op", _("比较"), "one", tuple((name, name) for name in OPERATORS)),
                Box("value", _("比较值"), "json", hint=_("例如 60、true 或 [\"A\", \"B\"]。")),
                Box("rule", _("条件")),
                Box("rule_en", _("英文条件")),
                Box("basis", _("依据")),
                Box("remedy", _("不符合时怎么办")),
                Box("remedy_en", _("英文办法")),
            ),
        ),
        Part(
            "steps",
            _("办理步骤"),
            rows="steps",
            columns=(
                Box("key", _("代码")),
                Box("name", _("名称")),
                Box("name_en", _("英文名称")),
                Box("department", _("部门"), "one", ()),
                Box("after", _("后于"), "lines", hint=_("要等哪些步骤完成，一行一个代码；留空表示马上开始。")),
                Box("days", _("用时（天）"), "whole"),
            ),
        ),
        Part("all", _("全部内容（JSON）"), (Box("json", _("全部内容"), "json"),)),
    )
}  # fmt: skip


@dataclass
class Typed:
    """What a part shows now: texts by input name, the number of rows, and what is wrong with what was typed."""

    values: dict[str, Any]
    count: int = 0
    errors: list[FieldError] = field(default_factory=list)


def shown(part: Part, content: rules.Content) -> Typed:
    """Return the part as the draft has it."""
    if part.key == "all":
        return Typed({"json": json.dumps(content, ensure_ascii=False, indent=2)})
    if part.rows:
        rows = _rows(part, content)
        values = {
            f"{i}-{box.name}": _text(box, row.get(box.name)) for i, row in enumerate(rows) for box in part.columns
        }
        return Typed(values, len(rows))
    return Typed({box.name: _text(box, _dig(content, box.name)) for box in part.boxes})


def _rows(part: Part, content: rules.Content) -> list[dict[str, Any]]:
    if part.rows == "form":
        return question_rows.rows_of(content["form"])
    return [row for row in content[part.rows] if isinstance(row, dict)]


def _dig(content: Mapping[str, Any], path: str) -> Any:
    head, _dot, tail = path.partition(".")
    return (content.get(head) or {}).get(tail) if tail else content.get(head)


def _text(box: Box, value: Any) -> Any:
    """Return what stands in the input for `value`."""
    if box.kind == "many":
        return value or []
    if box.kind == "lines":
        return "\n".join(str(line) for line in value or [])
    if box.kind == "json":
        return "" if value is None else json.dumps(value, ensure_ascii=False)
    if box.kind == "yes":
        return bool(value)
    return "" if value is None else str(value)


def typed(part: Part, post: QueryDict) -> Typed:
    """Return the part as it was typed, with the row added, removed or moved that was asked for."""
    if not part.rows:
        return Typed({box.name: _posted(box, post, box.name) for box in part.boxes})
    told = str(post.get("count", ""))
    count = min(int(told) if re.fullmatch(r"[0-9]{1,3}", told) else 0, MOST_ROWS)
    rows = [{box.name: _posted(box, post, f"{i}-{box.name}") for box in part.columns} for i in range(count)]
    rows = _rearranged(part, rows, str(post.get("do", "")))
    values = {f"{i}-{name}": value for i, row in enumerate(rows) for name, value in row.items()}
    return Typed(values, len(rows))


def _posted(box: Box, post: QueryDict, name: str) -> Any:
    if box.kind == "many":
        return [str(value) for value in post.getlist(name)]
    return name in post if box.kind == "yes" else str(post.get(name, "")).strip()


def _rearranged(part: Part, rows: list[dict[str, Any]], wish: str) -> list[dict[str, Any]]:
    action, _dash, place = wish.partition("-")
    at = int(place) if re.fullmatch(r"\d{1,3}", place) else -1
    if action == "add" and len(rows) < MOST_ROWS:
        blank: dict[str, Any] = {box.name: _blank(box) for box in part.columns}
        return [*rows, blank]
    if action == "remove" and 0 <= at < len(rows):
        return rows[:at] + rows[at + 1 :]
    if action == "up" and 0 < at < len(rows):
        rows[at - 1], rows[at] = rows[at], rows[at - 1]
    return rows


def _blank(box: Box) -> Any:
    """Return what a new row begins with: the first choice, and required unless said otherwise."""
    if box.kind == "yes":
        return box.name == "required"
    return str(box.choices[0][0]) if box.kind == "one" and box.choices else ""


def applied(part: Part, given: Typed, content: rules.Content) -> rules.Content:
    """Return `content` with the part as typed; what cannot be read is added to `given.errors` and names its input."""
    if part.key == "all":
        return _whole(given, content)
    if part.rows:
        rows = [_row(part, given, i) for i in range(given.count)]
        value: Any = (
            question_rows.form_of(rows, content["form"]) if part.rows == "form" else _merged(part, rows, content)
        )
        changed = {**content, part.rows: value}
    else:
        changed = _with_boxes(part, given, content)
    changed = rules.normalise(changed)
    given.errors += rules.shape_errors(changed) if not given.errors else []
    return changed


def _whole(given: Typed, content: rules.Content) -> rules.Content:
    try:
        raw = read_json(given.values["json"])
    except (ValueError, NotKeepable) as error:
        given.errors.append(FieldError("/json", "syntax", gettext("不是有效的 JSON：%(error)s") % {"error": error}))
        return content
    if not isinstance(raw, dict):
        given.errors.append(FieldError("/json", "shape", gettext('内容要写成 {"栏目": 值}。')))
        return content
    strange = sorted(set(raw) - set(rules.FIELDS))
    given.errors += [
        FieldError(f"/{name}", "unknown", gettext("有不认识的栏目「%(name)s」。") % {"name": name}) for name in strange
    ]
    changed = rules.normalise({**raw, "department": content["department"]})
    given.errors += rules.shape_errors(changed)
    return changed


def _row(part: Part, given: Typed, i: int) -> dict[str, Any]:
    return {box.name: _value(box, given, f"{i}-{box.name}") for box in part.columns}


def _merged(part: Part, rows: list[dict[str, Any]], content: rules.Content) -> list[dict[str, Any]]:
    """Return the rows; what a row holds beyond the columns (accepted file types, …) is kept by its key."""
    columns = {box.name for box in part.columns}
    old = {row.get("key"): row for row in content[part.rows] if isinstance(row, dict) and row.get("key")}
    kept = [{k: v for k, v in old.get(row.get("key"), {}).items() if k not in columns} for row in rows]
    return [
        {**more, **{k: v for k, v in row.items() if v not in ("", None)}} for more, row in zip(kept, rows, strict=True)
    ]


def _with_boxes(part: Part, given: Typed, content: rules.Content) -> rules.Content:
    changed = dict(content)
    for box in part.boxes:
        head, _dot, tail = box.name.partition(".")
        value = _value(box, given, box.name)
        changed[head] = {**(changed[head] or {}), tail: value} if tail else value
    return changed


def _value(box: Box, given: Typed, name: str) -> Any:
    """Return the typed value of one input."""
    text = given.values.get(name, "")
    if box.kind == "lines":
        return [line.strip() for line in text.splitlines() if line.strip()]
    if box.kind == "whole":
        if not text:
            return None
        if text.isascii() and text.isdigit() and len(text) < 6:
            return int(text)
        given.errors.append(
            FieldError(f"/{name}", "type", gettext("「%(label)s」要填整数，例如 5，或留空。") % {"label": box.label})
        )
        return None
    if box.kind == "json" and text:
        try:
            return read_json(text)
        except (ValueError, NotKeepable):
            return text
    return text
