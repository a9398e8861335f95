"""One row of another city's published list (事项清单) as the content of a service, with what is doubtful in it."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from civic.catalogue import rules
from civic.catalogue.rules.content import CODE

REQUIRED = ("TASK_CODE", "TASK_NAME", "TASK_TYPE_TEXT", "DEPT_NAME", "AREACODE", "handle_time", "handle_time_limit")
NOTHING = {"", "无", "暂无", "/", "-", "null", "NULL", "None"}
LIMIT = re.compile(r"(\d{1,4})\s*[(\uff08]\s*(工作日|自然日)\s*[)\uff09]")
UNITS = {"工作日": "WORKDAY", "自然日": "NATURAL_DAY"}
NO_WINDOW = "无线下办理窗口"
CATEGORIES = {"行政许可": "LICENCE", "行政确认": "CONFIRMATION", "行政给付": "PAYMENT", "公共服务": "PUBLIC_SERVICE"}
LEVELS = {"省级": "PROVINCE", "市级": "CITY", "县级": "COUNTY", "区级": "COUNTY", "镇级": "TOWN", "乡级": "TOWN"}
# Our themes, and what the lists call them.
THEMES_OF = {
    "文化体育": "文化体育",
    "交通出行": "交通出行",
    "出境入境": "出境入境",
    "社会保障": "社会保障",
    "规划建设": "规划建设",
    "教育科研": "教育科研 升学",
    "就业创业": "就业创业 找工作 创业 职业资格 人才 高校毕业生 失业",
    "司法公证": "司法公证",
    "纳税缴费": "纳税 行政缴费",
    "证件办理": "证件办理",
    "医疗卫生": "医疗卫生",
    "环保绿化": "环保绿化",
    "公用事业": "公用事业",
    "开办企业": "设立变更",
    "准营准办": "准营准办",
    "三农服务": "农民 涉农补贴",
    "户籍办理": "户籍办理 迁居",
    "民政优抚": "社会救助",
    "养老助残": "残疾人 养老服务 老年人 退休",
    "婚姻生育": "生小孩 生育收养 结婚 婚姻登记",
    "住房保障": "住房保障 买房子",
    "不动产登记": "抵押质押",
}
THEMES = {word: theme for theme, called in THEMES_OF.items() for word in called.split()}

PROBLEMS = {
    "limits-missing": "法定和承诺时限都没有写",
    "statutory-missing": "有承诺时限，没有法定时限",
    "promise-missing": "有法定时限，没有承诺时限",
    "limit-unreadable": "时限无法识别",
    "promise-over-statutory": "承诺时限长于法定时限（承诺不采用）",
    "units-differ": "法定和承诺时限的单位不同（法定时限只留在原始数据里）",
    "conditions-missing": "没有受理条件",
    "materials-missing": "没有申请材料",
    "phone-missing": "没有咨询电话",
    "place-missing": "没有办理地点",
    "theme-unknown": "主题不认识（归入其他）",
    "category-unknown": "事项类型不认识（归入其他行政权力）",
    "audience-missing": "没有服务对象（按个人和单位都可）",
    "link-unusable": "网上办理地址缺失或不可用",
    "visits-unreadable": "到现场次数无法识别",
    "fee-missing": "清单没有收费一栏（显示为未公布）",
}


class RowRefused(Exception):
    """The row cannot become a service; the message says why."""


@dataclass(frozen=True)
class Foreign:
    """One row, converted; `problems` are keys of PROBLEMS."""

    code: str
    content: rules.Content
    department: tuple[str, str]
    place: tuple[str, str, str] | None
    problems: tuple[str, ...]


def convert(cells: Mapping[str, str]) -> Foreign:
    """Return the row as a service that is described but not applied for here. Raises: RowRefused."""
    code, name, owner = cells["TASK_CODE"].upper(), _value(cells, "TASK_NAME"), _value(cells, "DEPT_NAME")
    if not CODE.fullmatch(code):
        raise RowRefused(f"TASK_CODE「{code[:48]}」为空或不是大写字母和数字（最长48位）。")
    if not name or len(name) > 200:
        raise RowRefused("TASK_NAME 为空或超过200个字。")
    if not owner or len(owner) > 100:
        raise RowRefused("DEPT_NAME 为空或超过100个字，无法确定实施部门。")
    problems: list[str] = []
    area = _value(cells, "AREACODE")
    department = (f"import-{area[:12]}-{_short(owner)}" if area.isalnum() else f"import-{_short(owner)}", owner)
    place = _place(cells, owner, problems)
    raw = {
        "name": name,
        "department": department[0],
        "kind": "PROMISED",
        "places": [place[0]] if place else [],
        **_limits(cells, problems),
        **_classes(cells, problems),
        **_texts(cells, problems),
    }
    problems.append("fee-missing")
    return Foreign(code, rules.normalise(raw), department, place, tuple(problems))


def _value(cells: Mapping[str, str], name: str) -> str:
    """Return the cell; whatever the list writes for nothing is nothing."""
    text = cells.get(name, "").strip()
    return "" if text in NOTHING else text


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def _limits(cells: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    statutory, promised = _limit(cells, "handle_time", problems), _limit(cells, "handle_time_limit", problems)
    unit = (promised or statutory or (0, "WORKDAY"))[1]
    if not statutory or not promised:
        missing = "limits" if not (statutory or promised) else "promise" if statutory else "statutory"
        problems.append(f"{missing}-missing")
    elif statutory[1] != promised[1]:
        problems.append("units-differ")
        statutory = None
    elif promised[0] > statutory[0]:
        problems.append("promise-over-statutory")
        promised = None
    days = {"statutory_days": statutory, "promised_days": promised}
    return {"day_unit": unit, **{name: limit[0] if limit else None for name, limit in days.items()}}


def _limit(cells: Mapping[str, str], name: str, problems: list[str]) -> tuple[int, str] | None:
    text = _value(cells, name)
    if not text:
        return None
    match = LIMIT.fullmatch(text)
    if match is None or int(match[1]) > 3650:
        problems.append("limit-unreadable")
        return None
    return int(match[1]), UNITS[match[2]]


def _classes(cells: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    kind, level = _value(cells, "TASK_TYPE_TEXT"), _value(cells, "matter_level")
    if not kind:
        problems.append("category-unknown")
    objects = [part for part in _value(cells, "service_object_name").split("|") if part]
    audience = ["PERSON"] * ("自然人" in objects) + ["ORGANISATION"] * any(part != "自然人" for part in objects)
    if not objects:
        problems.append("audience-missing")
    themes = [re.split(r"[(\uff08]", part)[0] for part in _value(cells, "theme_category").split("|")]
    theme = next((THEMES[part] for part in themes if part in THEMES), None)
    if theme is None and "其他" not in themes:
        problems.append("theme-unknown")
    visits = _value(cells, "LIMIT_SCENE_NUM")
    if visits and not (visits.isascii() and visits.isdigit() and int(visits) < 100):
        problems.append("visits-unreadable")
        visits = ""
    return {
        "category": CATEGORIES.get(kind, "OTHER"),
        "level": LEVELS.get(level, "CITY"),
        "audience": audience or ["PERSON", "ORGANISATION"],
        "theme": theme or "其他",
        "visits": int(visits) if visits else None,
        "online": False,
        "delivery": ["POST"] if _value(cells, "courier_service") == "是" else [],
    }


def _texts(cells: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    family, link = _value(cells, "CATANAME"), _value(cells, "URL")
    conditions, phone = _value(cells, "accept_standard"), _value(cells, "consult_phone")
    materials = [part.strip(" ;\uff1b") for part in _value(cells, "material_intro").split("|")]
    usable = link.startswith(("http://", "https://")) and len(link) <= 500 and " " not in link
    if (link and not usable) or (not link and _value(cells, "ONLINECHECK") == "1"):
        problems.append("link-unusable")
    problems += [f"{name}-missing" for name, there in (
        ("conditions", conditions), ("materials", any(materials)), ("phone", phone)
    ) if not there]  # fmt: skip
    return {
        "summary": f"属于「{family}」。" if family and family != _value(cells, "TASK_NAME") else "",
        "conditions": conditions,
        "consult_phone": phone[:400],
        "complain_phone": _value(cells, "complain_phone")[:200],
        "guide_url": link if usable else "",
        "materials": [
            {"key": f"m{i}", "name": text, "source": "APPLICANT"} for i, text in enumerate(filter(None, materials), 1)
        ],
    }


def _place(cells: Mapping[str, str], owner: str, problems: list[str]) -> tuple[str, str, str] | None:
    """Return (key, name, address) of the window, None where the list says there is none."""
    text = _value(cells, "handle_location")
    if text == NO_WINDOW:
        return None
    address = re.sub(r"^办理地点[:\uff1a]", "", text).strip()
    if not address:
        problems.append("place-missing")
        return None
    return f"import-{_short(owner + address)}", f"{owner}办事窗口"[:120], address[:300]
