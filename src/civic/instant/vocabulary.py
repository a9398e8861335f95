"""What the rules of a service may name: gatherers of facts, licences, words of a question to another person."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from civic.catalogue.deciding import Vocabulary
from civic.core.text import local
from civic.instant.facts import OFFERED
from civic.licences.models import LicenceType

GATHERERS: Mapping[str, Any] = {
    "allowance": _("高龄津贴：年龄、户口、是否已领、社保信息"),
    "business": _("个体工商户：经营者、字号、经营场所"),
    "home": _("不动产转移：登记、网签合同、契税、房屋"),
    "newborn": _("新生儿落户：出生证明、父母、婚姻、户口、姓名"),
}
ASKED: Mapping[str, Mapping[str, Any]] = {
    "home": {
        "applicant": _("申请人的姓名"),
        "address": _("房屋坐落"),
        "price": _("成交价"),
        "contract": _("网签合同号"),
        "role": _("对方是买方还是卖方（中文）"),
        "role_en": _("对方是买方还是卖方（英文）"),
    },
    "newborn": {
        "child": _("孩子的姓名"),
        "applicant": _("申请人的姓名"),
        "household": _("落在谁的户口（中文）"),
        "household_en": _("落在谁的户口（英文）"),
    },
}
"""Gatherer -> what its question to another person may name, as its sheet fills it in."""


def rule_words() -> Vocabulary:
    """Return the gatherers, the licences that can be issued and the words of questions, in the reader's language."""
    licences = {kind.code: local(kind, "name") for kind in LicenceType.objects.offered().order_by("position", "code")}
    return Vocabulary(
        facts_by={code: str(words) for code, words in GATHERERS.items()},
        licences=licences,
        offered=frozenset(OFFERED),
        asked={code: {name: str(words) for name, words in names.items()} for code, names in ASKED.items()},
    )
