"""Services and versions for tests: small, complete, and changed only where the test says so."""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from civic.catalogue import rules
from civic.catalogue.models import Place, Service, Theme, Version
from civic.catalogue.services import Loaded, open_service, publish_batch
from civic.catalogue.states import Source
from tests.factories.accounts import department

NAMES = {
    "rsj": "六安市人力资源和社会保障局",
    "zrzy": "六安市自然资源和规划局",
    "sw": "六安市税务局",
    "zjj": "六安市住房和城乡建设局",
}
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # nine in the morning in Lu'an

FULL: dict[str, Any] = {
    "basic_code": "342014001000",
    "name": "社保卡申领",
    "name_en": "Apply for a social security card",
    "summary": "首次申领社会保障卡。",
    "conditions": "在本市参加社会保险的人员。",
    "aliases": ["社保卡办理", "办社保卡"],
    "department": "rsj",
    "level": "CITY",
    "kind": "PROMISED",
    "category": "PUBLIC_SERVICE",
    "audience": ["PERSON"],
    "theme": "社会保障",
    "life_events": ["就业", "退休"],
    "statutory_days": 15,
    "promised_days": 5,
    "day_unit": "WORKDAY",
    "visits": 0,
    "online": True,
    "fee": {"amount": "0.00", "note": "不收费", "basis": ""},
    "legal_basis": [{"title": "《中华人民共和国社会保险法》", "article": "第五十八条", "text": ""}],
    "results": [{"name": "社会保障卡", "name_en": "Social security card", "kind": "LICENCE"}],
    "places": [],
    "materials": [
        {"key": "id_card", "name": "居民身份证", "source": "LICENCE", "licence_type": "id_card", "form": "ELECTRONIC"},
        {"key": "photo", "name": "电子照片", "source": "APPLICANT", "accept": ["image/jpeg"], "max_files": 1},
        {"key": "residence", "name": "居住证明", "source": "COMMITMENT", "commitment": "本人承诺在本市居住。"},
    ],
    "form": {
        "type": "object",
        "x-pages": [
            {"key": "card", "title": "卡片", "title_en": "Card", "fields": ["bank", "reason", "note"]},
            {"key": "contact", "title": "联系方式", "title_en": "Contact", "fields": ["phone", "since"]},
        ],
        "required": ["bank", "reason", "phone"],
        "properties": {
            "bank": {"type": "string", "title": "开户银行", "title_en": "Bank", "enum": ["icbc", "abc"],
                     "x-labels": ["工商银行", "农业银行"], "x-labels-en": ["ICBC", "ABC"]},
            "reason": {"type": "string", "title": "申领原因", "enum": ["first", "other"], "x-labels": ["首次", "其他"]},
            "note": {"type": "string", "title": "其他原因", "maxLength": 20, "x-widget": "textarea",
                     "x-show-when": {"field": "reason", "equals": "other"}},
            "phone": {"type": "string", "title": "手机号", "x-personal": "phone"},
            "since": {"type": "string", "format": "date", "title": "参保日期", "title_en": "Insured since"},
        },
    },
    "eligibility": [
        {"key": "age", "question": "您的年龄是多少？", "fact": "age", "type": "integer", "op": ">=", "value": 16,
         "rule": "年满16周岁", "basis": "《社会保险法》第十条", "remedy": "未满16周岁由监护人代办。"},
    ],
    "steps": [
        {"key": "review", "name": "审核", "department": "rsj", "after": [], "days": 2},
        {"key": "issue", "name": "制卡", "department": "rsj", "after": ["review"], "days": 3},
    ],
    "decision": {"department": "rsj"},
    "delivery": ["SELF_PICK", "POST"],
}  # fmt: skip

# Three departments in parallel, then one registers: 3 working days instead of 15.
PARALLEL_STEPS = [
    {"key": "land", "name": "权籍核验", "department": "zrzy", "after": [], "days": 1},
    {"key": "tax", "name": "核税", "department": "sw", "after": [], "days": 1},
    {"key": "house", "name": "交易核验", "department": "zjj", "after": [], "days": 1},
    {"key": "register", "name": "登簿", "department": "zrzy", "after": ["land", "tax", "house"], "days": 2},
]


def content(**overrides: Any) -> rules.Content:
    """Return the content of a full service, normalised, with some fields replaced."""
    return rules.normalise({**deepcopy(FULL), **overrides})


def ensure_departments(wanted: rules.Content) -> None:
    """Add the departments that `wanted` names."""
    codes = {wanted["department"], wanted["decision"].get("department")} | {s["department"] for s in wanted["steps"]}
    for code in sorted(filter(None, codes)):
        department(code, NAMES.get(code, f"{code}局"))


def published_service(code: str = "LA-RS-001", source: Source = Source.CITY, **overrides: Any) -> Service:
    """Return a service in force, with its departments; `overrides` replace fields of the content."""
    wanted = content(**overrides)
    ensure_departments(wanted)
    publish_batch([Loaded(code, wanted)], source=source, by="operator", at=MONDAY)
    return Service.objects.select_related("current", "department").get(code=code)


def service(code: str = "LA-RS-009", **overrides: Any) -> Service:
    """Return a service that has a draft and nothing in force."""
    return draft(code, **overrides).service


def draft(code: str = "LA-RS-009", **overrides: Any) -> Version:
    """Return the first draft of a new service, written by the operator."""
    wanted = content(**overrides)
    ensure_departments(wanted)
    return open_service(code=code, content=wanted, by="operator", at=MONDAY)


def version(**overrides: Any) -> Version:
    """Return a version in force."""
    found = published_service(**overrides).current
    assert found is not None
    return found


def place(key: str = "hall-city", **facts: str) -> Place:
    """Return a hall."""
    return Place.objects.describe(key=key, by="operator", at=MONDAY, **{"name": "市政务服务中心", **facts})[0]


def theme(name: str = "社会保障", name_en: str = "Social security") -> Theme:
    """Return a theme under which services stand."""
    Theme.objects.arrange(kind=Theme.Kind.THEME, names=[(name, name_en)], by="operator", at=MONDAY)
    return Theme.objects.get(name=name, kind=Theme.Kind.THEME)
