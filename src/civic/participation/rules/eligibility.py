"""Who may take part: area, age, residence, and how surely the city knows who somebody is. No Django."""

from dataclasses import dataclass
from datetime import date

from civic.accounts.rules import Level, age_on
from civic.areas.rules import significant
from civic.core.words import gettext as _

NONE, LIVING, REGISTERED, EITHER = "NONE", "LIVING", "REGISTERED", "EITHER"


@dataclass(frozen=True)
class Facts:
    """What the city knows of somebody who wants to take part; None or "" where it does not know.

    `lives_in`, `registered_in`: division codes, of the place of living and of the household register (户籍).
    """

    level: int = Level.NONE
    born_on: date | None = None
    lives_in: str = ""
    registered_in: str = ""


@dataclass(frozen=True)
class Conditions:
    """What is asked of them. `area`: a division code, with all below it; `minimum_age`: full years, 0 for no limit.

    `area_name` is what people call the area.
    """

    area: str = ""
    area_name: str = ""
    residence: str = NONE
    minimum_age: int = 0
    level: int = Level.REAL_NAME


def why_not(facts: Facts, conditions: Conditions, *, on: date) -> str | None:
    """Say why somebody may not take part on the day `on`, and what they can do about it; None if they may."""
    return _level(facts, conditions) or _age(facts, conditions, on) or _residence(facts, conditions)


def _level(facts: Facts, conditions: Conditions) -> str | None:
    if facts.level >= conditions.level:
        return None
    if conditions.level <= Level.PHONE:
        return _("请先用手机号登录；没有手机的，请带身份证到综合窗口登记，由工作人员协助参与。")
    if conditions.level == Level.REAL_NAME:
        return _("请先完成实名认证；没有手机的，请带身份证到综合窗口登记，由工作人员协助参与。")
    return _("这次参与须到场或刷脸核验身份。请带身份证到综合窗口登记，由工作人员协助参与。")


def _age(facts: Facts, conditions: Conditions, on: date) -> str | None:
    if not conditions.minimum_age:
        return None
    if facts.born_on is None:
        return _("还不知道您的出生日期。请先完成实名认证，或带身份证到综合窗口登记。")
    if age_on(on, born_on=facts.born_on) >= conditions.minimum_age:
        return None
    return _("年满%(n)s周岁可以参与。您可以看全部内容，也可以请家人提出。") % {"n": conditions.minimum_age}


def _residence(facts: Facts, conditions: Conditions) -> str | None:
    asked = {NONE: (), LIVING: (facts.lives_in,), REGISTERED: (facts.registered_in,),
             EITHER: (facts.lives_in, facts.registered_in)}[conditions.residence]  # fmt: skip
    if conditions.residence == NONE or any(_is_under(code, conditions.area) for code in asked):
        return None
    words = {
        LIVING: _("这次参与面向居住在%(area)s的人。"),
        REGISTERED: _("这次参与面向户籍在%(area)s的人。"),
        EITHER: _("这次参与面向居住或户籍在%(area)s的人。"),
    }[conditions.residence] % {"area": conditions.area_name or conditions.area}
    if not any(asked):
        return words + _("还不知道您住在哪里或户籍在哪里：请先填写，或带证件到综合窗口登记。")
    return words + _("登记有误的，请带证件到综合窗口更正。")


def _is_under(code: str, area: str) -> bool:
    return bool(code) and code.startswith(significant(area))
