"""What happens in a wallet, for tests: a request to 孙浩, a show code, a use for a case."""

from datetime import datetime, timedelta
from typing import Any

from civic.accounts.models import Account, Person
from civic.catalogue.models import Service
from civic.licences import services
from civic.licences.models import Licence, Presentation, Use, UseRequest
from civic.licences.services import Reader
from tests.factories import catalogue
from tests.factories.accounts import MONDAY, SUN_HAO, WANG_FANG, consent, resident
from tests.factories.licences import licence

WORDS = "王芳正在为你们的女儿办理出生登记，随母落户。请确认您是孩子的父亲，并同意为孩子登记的姓名和户口。"
WORDS_EN = "Wang Fang is registering the birth of your daughter. Please confirm that you are the father."
FACTS = {"LA-HJ-001": {"name": "新生儿出生登记（随母落户）", "name_en": "Register a birth"}}
CASE = "draft:5f0c0e5e-0000-4000-8000-000000000001"


def wang() -> Account:
    """王芳, who can log in; made once."""
    found = Person.objects.with_id_number(id_number=WANG_FANG["id_number"]).first()
    if found is None:
        return resident("王芳", phone=WANG_FANG["phone"], id_number=WANG_FANG["id_number"])
    account = Account.objects.filter(person=found).first()
    return account or Account.objects.open(kind=Account.Kind.RESIDENT, person=found, by="test", at=MONDAY)


def sun() -> Account:
    """孙浩, who can log in; made once."""
    found = Account.objects.filter(person__in=Person.objects.with_id_number(id_number=SUN_HAO["id_number"])).first()
    return found or resident("孙浩", phone=SUN_HAO["phone"], id_number=SUN_HAO["id_number"])


def request(
    *,
    holder: Account | None = None,
    asker: Account | None = None,
    purpose: str = "consent",
    case: str = CASE,
    at: datetime = MONDAY,
    days: int = 3,
    **other: Any,
) -> UseRequest:
    """王芳 asks 孙浩 for his consent to the registration of their daughter."""
    person = (holder or sun()).person
    assert person is not None
    return services.ask_use(
        holder=person, asker=asker or wang(), purpose=purpose, service="LA-HJ-001", case=case,
        words=WORDS, words_en=WORDS_EN, until=at + timedelta(days=days), by=asker or wang(), at=at, **other,
    )  # fmt: skip


def own_licence(kind: str = "household_page", **other: Any) -> Licence:
    """A licence of 王芳, who can log in."""
    person = wang().person
    assert person is not None
    return licence(kind, holder=person, **other)


def shown(
    fields: tuple[str, ...] = ("name", "born_on"), *, of: Licence | None = None, at: datetime = MONDAY
) -> tuple[Presentation, str]:
    """A show code of 王芳's household page, and the token in it."""
    return services.show_licence(licence=of or own_licence(), fields=fields, by=wang(), at=at)


def service(code: str = "LA-ZR-001", department_code: str = "zrzy") -> str:
    """The code of a service of 自然资源和规划局 in the catalogue."""
    found = Service.objects.filter(code=code).first()
    return (
        found or catalogue.published_service(code, department=department_code, steps=[], **FACTS.get(code, {}))
    ).code


def use(*, kind: str = "marriage_certificate", case: str = "LA202603020000000033", at: datetime = MONDAY) -> Use:
    """王芳's marriage certificate, used for a case of 自然资源和规划局 with her standing consent."""
    held = own_licence(kind, case="LA202603020000000009", at=at)
    assert held.person is not None
    consent(held.person, "licence_reuse")
    (made,) = services.use_for_case(holder=held.person, types=[kind], service=service(), case=case, by="system", at=at)
    return made


def read(of: Licence | None = None, *, address: str = "203.0.113.7") -> Use:
    """王芳's household page, shown to a passer-by."""
    _code, token = shown(of=of)
    reader = Reader(account=None, address=address)
    return services.read_shown(token=token, reading="identity", reader=reader, at=MONDAY + timedelta(seconds=5))
