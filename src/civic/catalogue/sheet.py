"""What a service's page says, gathered from its version: the same for residents and for a clerk's preview."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Department
from civic.catalogue import rules
from civic.catalogue.models import Place, Version
from civic.catalogue.rule_changes import rule_changes
from civic.catalogue.rules import words
from civic.catalogue.rules.decision_shape import recheck_rate
from civic.catalogue.states import Source
from civic.core.text import is_english, local

# The closed vocabularies once more, so that they are found for translation.
WORDS: Mapping[str, Any] = {
    "PROVINCE": gettext_lazy("省级"), "CITY": gettext_lazy("市级"),
    "COUNTY": gettext_lazy("县级"), "TOWN": gettext_lazy("乡级"),
    "INSTANT": gettext_lazy("即办件"), "PROMISED": gettext_lazy("承诺件"),
    "LICENCE": gettext_lazy("行政许可"), "CONFIRMATION": gettext_lazy("行政确认"), "PAYMENT": gettext_lazy("行政给付"),
    "PUBLIC_SERVICE": gettext_lazy("公共服务"), "OTHER": gettext_lazy("其他行政权力"),
    "PERSON": gettext_lazy("个人"), "ORGANISATION": gettext_lazy("单位"),
    "ELECTRONIC": gettext_lazy("电子送达"), "SELF_PICK": gettext_lazy("窗口自取"), "POST": gettext_lazy("邮寄"),
    "PAPER": gettext_lazy("纸质件"), "EITHER": gettext_lazy("电子件或纸质件"),
}  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """One version as its page shows it, in the reader's language."""

    version: Version
    facts: list[dict[str, Any]]
    materials: rules.ShownMaterials
    places: list[Place]
    waves: list[list[dict[str, Any]]]
    imported: bool
    checks: list[dict[str, Any]]
    recheck: str


def sheet(version: Version) -> Sheet:
    """Return what the page of `version` says."""
    departments = _departments(version)
    places = {place.key: place for place in Place.objects.filter(key__in=version.places)}
    return Sheet(
        version=version,
        facts=_facts(version),
        materials=version.shown_materials(),
        places=[places[key] for key in version.places if key in places],
        waves=_waves(version, departments),
        imported=version.service.source == Source.IMPORT,
        checks=version.rules["tables"] if version.rules.get("auto") else [],
        recheck=recheck_percent(version),
    )


def recheck_percent(version: Version) -> str:
    """Return the published share of automatic decisions that a person looks at again, such as "5"."""
    return f"{(recheck_rate(version.rules) * 100).normalize():f}"


def word(code: str) -> str:
    """Return what people read for a code of the closed vocabularies."""
    return str(WORDS.get(code, code))


def _listed(codes: list[str]) -> str:
    return (", " if is_english() else "、").join(word(code) for code in codes)


def _facts(version: Version) -> list[dict[str, Any]]:
    rows = [
        (_("实施部门"), version.department.label),
        (_("服务对象"), _listed(version.audience)),
        (_("承诺办结时限"), version.process_time),
        (_("法定办结时限"), version.statutory_time if version.statutory_days is not None else _("未公布")),
        (_("收费"), fee_text(version)),
        (_("到现场次数"), _visits(version.visits)),
        (_("办件类型"), word(version.kind)),
        (_("事项类别"), word(version.category)),
        (_("行权层级"), word(version.level)),
        (_("送达方式"), _listed(version.delivery)),
        (_("咨询电话"), version.consult_phone),
        (_("监督电话"), version.complain_phone),
        (_("事项编码"), version.service.code),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def fee_text(version: Version) -> str:
    """Return the fee in words; what is not stated is never called free."""
    note = local(version, "fee_note")
    if version.fee_amount is None:
        return note or _("以实施部门公布为准")
    if version.fee_amount == Decimal(0):
        return note or _("不收费")
    amount = _("%(amount)s 元") % {"amount": version.fee_amount}
    return f"{amount} · {note}" if note else amount


def _visits(visits: int | None) -> str:
    if visits is None:
        return _("未公布")
    return _("不用到现场") if visits == 0 else _("最多 %(n)s 次") % {"n": visits}


def _departments(version: Version) -> dict[str, Department]:
    codes = {step["department"] for step in version.steps if "department" in step}
    return {department.code: department for department in Department.objects.filter(code__in=codes)}


def _waves(version: Version, departments: Mapping[str, Department]) -> list[list[dict[str, Any]]]:
    """Return the steps in waves; those of one wave run side by side."""
    by_key = {step["key"]: step for step in version.steps}
    return [
        [{**by_key[key], "by": departments.get(by_key[key]["department"])} for key in wave]
        for wave in rules.layers(version.steps)
    ]


@dataclass(frozen=True)
class Change:
    """One field that differs between two versions, in words."""

    name: str
    before: str
    after: str


def changes(before: Version, after: Version) -> list[Change]:
    """Return what differs, field by field, entry by entry where a field is a list."""
    found = []
    for name, old, new in rules.changes(before.content(), after.content()):
        if name == "rules":
            title = words.FIELD_NAMES[name]
            found += [Change(f"{title} · {what}", was, now) for what, was, now in rule_changes(old, new)]
            continue
        found += _entry_changes(words.FIELD_NAMES[name], old, new)
    return found


def _entry_changes(title: str, old: Any, new: Any) -> list[Change]:
    if isinstance(old, list) and isinstance(new, list) and all(isinstance(e, dict) for e in [*old, *new]):
        olds, news = _by_key(old), _by_key(new)
        keys = list(dict.fromkeys([*olds, *news]))
        pairs = [(f"{title} · {key}", olds.get(key), news.get(key)) for key in keys]
        found = [Change(name, in_words(a), in_words(b)) for name, a, b in pairs if a != b]
        return found or [Change(title, "、".join(olds), "、".join(news))]  # only the order differs
    if isinstance(old, dict) and isinstance(new, dict):
        keys = list(dict.fromkeys([*old, *new]))
        return [
            Change(f"{title} · {key}", in_words(old.get(key)), in_words(new.get(key)))
            for key in keys
            if old.get(key) != new.get(key)
        ]
    return [Change(title, in_words(old), in_words(new))]


def _by_key(entries: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        str(entry.get("key") or entry.get("name") or entry.get("title") or i): entry for i, entry in enumerate(entries)
    }


def in_words(value: Any) -> str:
    """Return any value of a content as a person reads it."""
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return "\n".join(in_words(entry) for entry in value)
    if isinstance(value, dict):
        return "\n".join(f"{key}: {in_words(entry)}" for key, entry in value.items())
    return word(value) if isinstance(value, str) else str(value)
