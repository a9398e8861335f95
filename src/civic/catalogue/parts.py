"""The parts in which a clerk edits a draft: what each page of the editor shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from civic.catalogue.rules import question_rows, words
from civic.catalogue.rules.eligibility import OPERATORS, TYPES
from civic.catalogue.rules.schema import PERSONAL

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
    """One page of the editor: single boxes, or rows of boxes under one name of the content.

    `headline`: the column that names a row; where it is set, rows that have a name are folded.
    `about`: what the part is for, above its boxes.
    """

    key: str
    title: Any
    boxes: tuple[Box, ...] = ()
    rows: str = ""
    columns: tuple[Box, ...] = field(default=())
    headline: str = ""
    about: Any = ""


def _items(vocabulary: Mapping[str, str]) -> Choices:
    return tuple(vocabulary.items())


BLANK: Choices = (("", "—"),)

FACT_TYPES: Choices = (
    ("boolean", _("是或否")), ("integer", _("整数")), ("number", _("数字")), ("string", _("文字")), ("date", _("日期")),
)  # fmt: skip
OUTCOMES: Choices = (("GRANT", _("马上办结")), ("PERSON", _("转人工")), ("DECLINE", _("不予受理")))
FACT_HINT = _("一行一个，写成 代码 = 值，例如 certificate_valid = true；查不到的写 ?。")
CELL_HINT = _("一行一格，写成 事实代码: 条件，例如 certificate_valid: true 或 age_days: >= 18。")

RULE_PARTS = (
    Part(
        "rules",
        _("审批规则"),
        (
            Box("rules.auto", _("由规则自动办结"), "yes", hint=_("不勾选时，规则只给工作人员提示。")),
            Box(
                "rules.recheck_rate",
                _("复核比例"),
                hint=_("再由人看一遍的比例，会向居民公布。0.05 是每一百件看五件。"),
            ),
            Box("rules.facts_by", _("事实由谁收集"), "one", hint=_("没有选时，规则只能试算，不会自动办结。")),
            Box("rules.licence", _("办结后颁发的电子证照"), "one", hint=_("没有就不选。")),
            Box("rules.usual", _("通常的事实"), "lines", hint=_("例子没有另外写明的，都按这里。写法：代码 = 值。")),
        ),
    ),
    Part(
        "facts",
        _("规则用到的事实"),
        rows="rules.facts",
        headline="name",
        columns=(
            Box("key", _("代码"), hint=_("小写字母、数字和下划线。")),
            Box("name", _("名称")),
            Box("name_en", _("英文名称")),
            Box("type", _("类型"), "one", FACT_TYPES),
            Box("source", _("来源"), hint=_("例如 wjw.birth_certificate.valid、form.child_name、check.late。")),
        ),
    ),
    Part(
        "conditions",
        _("规则表"),
        rows="rules.tables",
        headline="words",
        columns=(
            Box("table", _("表"), hint=_("同一张表的规则写同样的表名。")),
            Box("table_en", _("英文表名")),
            Box("key", _("代码"), hint=_("小写字母、数字和下划线。")),
            Box("words", _("规则"), hint=_("写成给人看的一句话，说的是满足时的情形。")),
            Box("words_en", _("英文规则")),
            Box("when", _("条件"), "lines", hint=CELL_HINT),
            Box("only_if", _("仅当"), "lines", hint=_("只在这些条件都成立时才看这条规则；留空表示总是看。")),
            Box("if_false", _("不满足时"), "one", OUTCOMES[1:]),
            Box("basis", _("依据")),
            Box("remedy", _("不满足时怎么办")),
            Box("remedy_en", _("英文办法")),
        ),
    ),
    Part(
        "examples",
        _("规则的例子"),
        rows="rules.examples",
        headline="name",
        columns=(
            Box("name", _("名称")),
            Box("name_en", _("英文名称")),
            Box("facts", _("与通常不同的事实"), "lines", hint=FACT_HINT),
            Box("outcome", _("预期结果"), "one", OUTCOMES),
            Box("fired", _("起作用的规则"), "lines", hint=_("一行一个代码；可以留空。")),
        ),
    ),
    Part(
        "consent",
        _("征求另一个人同意"),
        (
            Box("rules.consent.fact", _("对方的回答是哪个事实"), "one", hint=_("只能选类型为「是或否」的事实。")),
            Box("rules.consent.words", _("对方读到的话"), "area"),
            Box("rules.consent.words_en", _("英文的话"), "area"),
            Box("rules.consent.basis", _("法律依据")),
            Box("rules.consent.paper", _("可以代替的材料"), hint=_("材料的代码；对方不能在网上确认时用。")),
        ),
        about=_("规则都满足、只差对方同意时，才在对方的证照包里问一次。各栏都留空，就不问任何人。"),
    ),
    Part(
        "onward",
        _("办结后的联办事项"),
        rows="rules.onward",
        headline="name",
        columns=(
            Box("department", _("通知哪个部门"), "one"),
            Box("code", _("通知的代码"), hint=_("对方系统认得的代码，例如 card。")),
            Box("name", _("名称"), hint=_("申请人看到的一句话。")),
            Box("name_en", _("英文名称")),
            Box("after", _("后于"), "lines", hint=_("要等哪些通知办完，一行一个，写成 部门.代码；留空表示马上通知。")),
        ),
        about=_("准予以后按顺序通知这些部门，每个只通知一次；后面的可以等前面的办完。"),
    ),
    Part(
        "offer",
        _("免申即享"),
        (
            Box("rules.offer.age_from", _("起始年龄"), "whole", hint=_("满多少周岁才主动提供；0 表示不限。")),
            Box("rules.offer.answers", _("替本人填的答案"), "lines", hint=_("一行一个，写成 栏目 = 值。")),
            Box("rules.offer.words", _("本人读到的话"), "area"),
            Box("rules.offer.words_en", _("英文的话"), "area"),
        ),
        about=_("只向同意接收提示、并且规则全部满足的人主动提供。全部留空，就不主动提供。"),
    ),
    Part(
        "before",
        _("以前怎样办"),
        (
            Box("rules.before.days", _("工作日"), hint=_("写成 5 或 3-5。")),
            Box("rules.before.visits", _("跑动次数"), "whole"),
            Box("rules.before.papers", _("材料份数"), "whole"),
            Box("rules.before.fields", _("填写项数"), "whole"),
            Box("rules.before.source", _("出处"), hint=_("以前的数字从哪里来，会向居民公布。")),
            Box("rules.before.source_en", _("英文出处")),
        ),
        about=_("用来与现在对比。现在的数字由系统从办件中计算，这里只写以前的。没有可靠的出处就全部留空。"),
    ),
)

RULE_KEYS = tuple(part.key for part in RULE_PARTS)

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
        *RULE_PARTS,
        Part("all", _("全部内容（JSON）"), (Box("json", _("全部内容"), "json"),)),
    )
}  # fmt: skip
