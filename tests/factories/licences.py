"""Licences for tests: 王芳's household page, issued by 公安局."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from civic.accounts.models import Account, Organisation, Person
from civic.licences import services
from civic.licences.models import Licence, LicenceType, Move, Rendering, StatusList
from civic.licences.pack import read_types
from civic.licences.rules import Widths
from tests.factories.accounts import MONDAY, WANG_FANG, department, person

CITY = Path(settings.ROOT) / "cities" / "luan"
DEPARTMENTS = {
    "gaj": "六安市公安局", "wjw": "六安市卫生健康委员会", "mzj": "六安市民政局", "zrzy": "六安市自然资源和规划局",
    "scjg": "六安市市场监督管理局", "rsj": "六安市人力资源和社会保障局", "cgj": "六安市城市管理局",
}  # fmt: skip
HOUSEHOLD: Mapping[str, str] = {
    "name": "王小宝", "sex": "男", "born_on": "2016-05-06", "id_number": "341502201605060031",
    "household_no": "340102345", "head_name": "王芳", "relation": "子",
    "address": "安徽省六安市金安区示范路1号", "registered_on": "2026-03-02",
}  # fmt: skip


def licence_type(code: str = "household_page", **other: Any) -> LicenceType:
    """The type `code` of the city pack, made once; `other` replaces facts of it."""
    found = LicenceType.objects.filter(code=code).first()
    if found is not None and not other:
        return found
    (facts,) = [facts for facts in read_types(CITY, Widths()).types if facts["code"] == code]
    authority = department(facts["authority"], DEPARTMENTS[facts["authority"]])
    return LicenceType.objects.describe(by="test", at=MONDAY, **{**facts, "authority": authority, **other})[0]


def licence(
    kind: str = "household_page",
    *,
    holder: Person | Organisation | None = None,
    values: Mapping[str, str] | None = None,
    case: str = "LA202603020000000017",
    at: datetime = MONDAY,
    valid_until: date | None = None,
    **other: Any,
) -> Licence:
    """A licence issued on Monday, not yet signed."""
    type_ = licence_type(kind)
    return services.issue_licence(
        kind=kind, holder=holder or wang_fang(), values=values if values is not None else values_of(type_),
        authority=type_.authority, case=case, by="rules", at=at, valid_until=valid_until, **other,
    )  # fmt: skip


def signed(**facts: Any) -> Licence:
    """A licence with its signed data file and credential."""
    made = licence(**facts)
    services.sign_licence(licence=made, by="test", at=facts.get("at", MONDAY))
    return made


def values_of(type_: LicenceType) -> dict[str, str]:
    """Something in every required field of a type."""
    if type_.code == "household_page":
        return dict(HOUSEHOLD)
    return {field["key"]: f"{field['name']}示范" for field in type_.fields if field["required"]}


def certificate_of(account: Account, home: str, *, at: datetime = MONDAY) -> Licence:
    """The certificate of a home that somebody owns, as the platform issued it before."""
    kind = licence_type("property_certificate")
    values = {**values_of(kind), "property_id": home}
    return licence(kind.code, holder=account.person, values=values, case=f"earlier:{home}", at=at)


def wang_fang() -> Person:
    """王芳, known once."""
    found = Person.objects.with_id_number(id_number=WANG_FANG["id_number"]).first()
    return found or person(**WANG_FANG)


def move(of: Licence | None = None) -> Move:
    """The row of a licence's issue."""
    return (of or licence()).moves.order_by("pk").first()


def rendering(form: str = "JSON", *, of: Licence | None = None) -> Rendering:
    """One signed form of a licence."""
    return (of or signed()).renderings.get(form=form)


def status_list() -> StatusList:
    """The list of the licence that was just issued."""
    return licence().status_list
