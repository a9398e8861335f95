"""The pages of each way in, what each asks, and what is wrong with the answers."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account, Department
from civic.areas.models import Area
from civic.core.coordinates import Point, to_gcj02
from civic.core.errors import FieldError
from civic.hotline import rules
from civic.hotline.portal.drafts import Draft
from civic.hotline.services.intake import CITY_BOUNDS, Caller, Intake, is_phone
from civic.hotline.states import Channel, Kind, Secrecy

REPORT, MAILBOX, FAILED = "report", "mailbox", "failed"
PAGES = {
    REPORT: ("what", "where", "town", "near", "photos", "open", "who", "check"),
    MAILBOX: ("what", "photos", "open", "who", "check"),
    FAILED: ("failed", "why", "photos", "who", "check"),
}
OPTIONAL = ("town", "near")  # asked only where there is something to choose
FIELDS = {
    "what": ("kind", "unit", "title", "detail"),
    "where": ("county", "place", "longitude", "latitude"),
    "town": ("town",),
    "near": (),
    "photos": (),
    "open": ("public",),
    "failed": ("service", "failed_at", "case"),
    "why": ("failed_why", "detail"),
    "who": ("secrecy", "name", "phone"),
    "check": (),
}
TITLES = {
    REPORT: gettext_lazy("反映问题"),
    MAILBOX: gettext_lazy("给市长写信"),
    FAILED: gettext_lazy("办不成事反映窗口"),
}
CHANNELS = {REPORT: Channel.WEB, MAILBOX: Channel.MAILBOX, FAILED: Channel.FAILED}
KINDS = {
    Kind.HELP: gettext_lazy("请人来解决一个问题（求助）"),
    Kind.COMPLAINT: gettext_lazy("对服务或者管理不满意（投诉）"),
    Kind.CONSULT: gettext_lazy("问一件事（咨询）"),
    Kind.SUGGESTION: gettext_lazy("提一个建议"),
    Kind.REPORT: gettext_lazy("举报违法的事（不会公开）"),
    Kind.PRAISE: gettext_lazy("表扬"),
}
FAILED_AT = {
    "hall": gettext_lazy("政务服务大厅窗口"),
    "town": gettext_lazy("乡镇、街道或者社区的服务站"),
    "online": gettext_lazy("网上或者手机上"),
    "phone": gettext_lazy("打电话的时候"),
    "other": gettext_lazy("别的地方"),
}
FAILED_WHY = {
    "law": gettext_lazy("说规定不允许"),
    "papers": gettext_lazy("材料不齐，或者材料开不出来"),
    "system": gettext_lazy("系统出错、办不了"),
    "people": gettext_lazy("没人办、互相推、态度不好"),
    "unknown": gettext_lazy("没有告诉我为什么"),
}


def counties() -> list[Area]:
    return list(Area.objects.of_level(level=Area.Level.COUNTY))


def towns(draft: Draft) -> list[Area]:
    """The towns of the county that was chosen."""
    return list(Area.objects.children_of(code=draft.get("county"))) if draft.get("county") else []


def area_of(draft: Draft) -> Area | None:
    """The town if one was chosen, else the county."""
    code = draft.get("town") or draft.get("county")
    return Area.objects.by_code(code=code) if code else None


def point_of(draft: Draft) -> Point | None:
    """Where the phone says it was, on the Chinese grid; a place outside the city is not meant."""
    try:
        point = to_gcj02((Decimal(draft.get("longitude")), Decimal(draft.get("latitude"))))
    except InvalidOperation:
        return None
    inside = all(low <= value <= high for value, (low, high) in zip(point, CITY_BOUNDS, strict=True))
    return point if inside else None


def wrong_with(draft: Draft, page: str, user: Account | None) -> list[FieldError]:
    """Return what is wrong with the answers of a page."""
    return CHECKS[page](draft, user) if page in CHECKS else []


def _wrong_what(draft: Draft, user: Account | None) -> list[FieldError]:
    errors = []
    if draft.get("kind") not in Kind.values:
        errors.append(FieldError("kind", "required", _("请选择您要做什么。")))
    if draft.flow == MAILBOX and not Department.objects.filter(code=draft.get("unit")).exists():
        errors.append(FieldError("unit", "required", _("请选择写给哪个单位。")))
    title = rules.wrong_length(draft.get("title"), most=rules.LONGEST_TITLE)
    if title:
        errors.append(FieldError("title", "length", _("标题：") + title))
    return errors + _wrong_detail(draft)


def _wrong_detail(draft: Draft) -> list[FieldError]:
    wrong = rules.wrong_length(draft.get("detail"), least=10, most=rules.LONGEST_DETAIL)
    return [FieldError("detail", "length", _("经过：") + wrong)] if wrong else []


def _wrong_where(draft: Draft, user: Account | None) -> list[FieldError]:
    known = not draft.get("county") or any(area.code == draft.get("county") for area in counties())
    return [] if known else [FieldError("county", "enum", _("请从列表中选择。"))]


def _wrong_town(draft: Draft, user: Account | None) -> list[FieldError]:
    known = not draft.get("town") or any(area.code == draft.get("town") for area in towns(draft))
    return [] if known else [FieldError("town", "enum", _("请从列表中选择。"))]


def is_never_public(draft: Draft) -> bool:
    """Reports of wrongdoing are not published, so nobody is asked."""
    return draft.get("kind") == Kind.REPORT


def _wrong_open(draft: Draft, user: Account | None) -> list[FieldError]:
    if is_never_public(draft):
        return []
    return [] if draft.get("public") in ("yes", "no") else [FieldError("public", "required", _("请选择是否公开。"))]


def _wrong_failed(draft: Draft, user: Account | None) -> list[FieldError]:
    errors = []
    if wrong := rules.wrong_length(draft.get("service"), least=2, most=60):
        errors.append(FieldError("service", "length", _("要办的事：") + wrong))
    if draft.get("failed_at") not in FAILED_AT:
        errors.append(FieldError("failed_at", "required", _("请选择在哪里没办成。")))
    return errors


def _wrong_why(draft: Draft, user: Account | None) -> list[FieldError]:
    errors = []
    if draft.get("failed_why") not in FAILED_WHY:
        errors.append(FieldError("failed_why", "required", _("请选择为什么没办成。")))
    return errors + _wrong_detail(draft)


def _wrong_who(draft: Draft, user: Account | None) -> list[FieldError]:
    if draft.get("secrecy") not in Secrecy.values:
        return [FieldError("secrecy", "required", _("请选择怎样留下您的身份。"))]
    if draft.get("secrecy") == Secrecy.ANONYMOUS:
        words = _("照片存在您的账户里，匿名提交会露出身份。请删除照片，或者选择「保密」。")
        return [FieldError("secrecy", "documents", words)] if draft.documents else []
    if user is not None:
        return []
    errors = []
    if not 1 <= len(draft.get("name")) <= 40:
        errors.append(FieldError("name", "required", _("请填写怎样称呼您；不愿意留名请选「匿名」。")))
    if not is_phone(draft.get("phone")):
        errors.append(FieldError("phone", "phone", _("请填写能联系到您的电话；不愿意留电话请选「匿名」。")))
    return errors


CHECKS: dict[str, Callable[[Draft, Account | None], list[FieldError]]] = {
    "what": _wrong_what,
    "where": _wrong_where,
    "town": _wrong_town,
    "open": _wrong_open,
    "failed": _wrong_failed,
    "why": _wrong_why,
    "who": _wrong_who,
}


def intake_of(draft: Draft) -> Intake:
    """Return what was written, as the hotline takes it in."""
    is_failed = draft.flow == FAILED
    title = _("办不成：%(service)s") % {"service": draft.get("service")} if is_failed else draft.get("title")
    facts = {name: draft.get(name) for name in ("failed_at", "failed_why") if draft.get(name)}
    if rules.CASE_NUMBER.fullmatch(draft.get("case")):
        facts["case"] = draft.get("case")
    return Intake(
        title=title[: rules.LONGEST_TITLE], detail=draft.get("detail"), channel=CHANNELS[draft.flow],
        kind=Kind.HELP if is_failed else draft.get("kind"), place=draft.get("place"), point=point_of(draft),
        area=area_of(draft), addressed_to=Department.objects.filter(code=draft.get("unit")).first(),
        wants_public=draft.get("public") == "yes" and not is_never_public(draft), documents=draft.documents,
        facts=facts,
    )  # fmt: skip


def caller_of(draft: Draft, user: Account | None) -> Caller:
    """Return who speaks: who wants to be anonymous is not tied to their account."""
    secrecy = draft.get("secrecy")
    if secrecy == Secrecy.ANONYMOUS:
        return Caller(secrecy=secrecy)
    if user is not None:
        return Caller(user, secrecy=secrecy)
    return Caller(name=draft.get("name"), phone=draft.get("phone"), secrecy=secrecy)
