"""What lies in the wallets of the demonstration's people: invented, and of the same facts as its registers."""

from datetime import datetime, timedelta

from django.utils.timezone import localdate

from civic.accounts.models import Organisation, Person
from civic.licences.models import LicenceType
from civic.licences.services import issue_licence

BY = "demonstration"
HOMES = {
    "341502199001010025": "六安市金安区东市街道人民路88号3幢602室",
    "341503198812120019": "六安市金安区东市街道人民路88号3幢602室",
    "34150219550307002X": "六安市金安区东市街道解放路15号2幢101室",
    "341502198505150019": "六安市金安区东市街道长安路6号1幢303室",
}
ENDS_SOON = "34150219550307002X"  # 刘桂英's card has to be renewed
SOON = timedelta(days=12)
FIRM = "91341500MA2TEXT00J"


def create_demonstration_licences(*, at: datetime) -> int:
    """Issue what is missing; return how many were new. Twice changes nothing."""
    types = {type_.code: type_ for type_ in LicenceType.objects.offered().select_related("authority")}
    made = 0
    for number in HOMES:
        person = Person.objects.with_id_number(id_number=number).filter(is_demonstration=True).first()
        if person is not None:
            made += _issue(types.get("id_card"), person, _identity(person), at)
            until = at + SOON if number == ENDS_SOON else None
            made += _issue(types.get("social_security_card"), person, _card(person), at, until=until)
    firm = Organisation.objects.filter(uscc=FIRM, is_demonstration=True).select_related("representative").first()
    if firm is not None:
        made += _issue(types.get("business_licence"), firm, _business(firm), at)
    return made


def _issue(
    type_: LicenceType | None,
    holder: Person | Organisation,
    values: dict[str, str],
    at: datetime,
    until: datetime | None = None,
) -> bool:
    if type_ is None or type_.licences.of(holder).exists():
        return False
    issue_licence(
        kind=type_.code, holder=holder, values=values, authority=type_.authority, case="", by=BY, at=at,
        valid_until=localdate(until) if until is not None else None,
    )  # fmt: skip
    return True


def _identity(person: Person) -> dict[str, str]:
    return {
        "name": person.name,
        "sex": "男" if int(person.id_number[16]) % 2 else "女",
        "nation": "汉",
        "born_on": str(person.born_on),
        "address": HOMES[person.id_number],
        "id_number": person.id_number,
    }


def _card(person: Person) -> dict[str, str]:
    serial = list(HOMES).index(person.id_number)
    return {
        "name": person.name, "id_number": person.id_number, "card_no": f"A0000000{serial}", "bank": "示范银行",
    }  # fmt: skip


def _business(firm: Organisation) -> dict[str, str]:
    return {
        "uscc": firm.uscc,
        "name": firm.name,
        "kind": "有限责任公司",
        "operator_name": firm.representative.name if firm.representative else "",
        "premises": "六安市金安区示范路8号",
        "scope": "茶叶种植、加工和销售",
        "registered_on": "2019-06-18",
    }
