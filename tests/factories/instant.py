"""Instant approval for tests: the city's own rules for newborns, and departments that answer from one small world."""

from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from civic.accounts.models import Account, Department
from civic.adapters.departments.fake import in_process
from civic.areas.services import load_areas
from civic.cases.models import Case
from civic.cases.services import Application, submit_case
from civic.catalogue.models import Version
from civic.core.plain_yaml import load_yaml
from civic.instant import services as instant
from civic.instant.facts.sheet import Sheet
from civic.instant.models import Check, Offer, Onward, Recheck, Ruling
from civic.licences.models import UseRequest
from tests.factories import accounts as people
from tests.factories import cases as homes
from tests.factories import catalogue, documents, exchange, licences

MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)  # nine in the morning in Lu'an
CITY = Path(__file__).parents[2] / "cities" / "luan"
NEWBORN = "LA-GA-001"
CERTIFICATE = "T340000001"
FORM: dict[str, Any] = {
    "birth_path": "hospital",
    "certificate_no": CERTIFICATE,
    "child_name": "孙小雨",
    "child_surname_of": "father",
    "ethnic_group": "father",
    "applicant_role": "mother",
    "other_parent": "yes",
    "other_parent_name": "孙浩",
    "other_parent_document": "id_card",
    "other_parent_id_number": people.SUN_HAO["id_number"],
    "household_of": "mother",
    "together": "all",
}
OFFICES = {
    "ybj": "Healthcare Security Bureau",
    "gaj": "Public Security Bureau",
    "wjw": "Health Commission",
    "rsj": "Human Resources Bureau",
    "mzj": "Civil Affairs Bureau",
}
NEVER, ALWAYS = 0.99, 0.0  # lots that let nobody look again, or somebody


@cache
def _parsed(code: str) -> dict[str, Any]:
    content: dict[str, Any] = load_yaml((CITY / "services" / f"{code}.yaml").read_text(encoding="utf-8"))
    return content


def city_content(code: str) -> dict[str, Any]:
    """What the city says of one of its services."""
    return deepcopy(_parsed(code))


def newborn_service(**rules: Any) -> Version:
    """The city's own service for newborns, with the exchange's lists and the licence that it issues."""
    exchange.city()
    for code, name_en in OFFICES.items():
        name = {"ybj": "六安市医疗保障局"}.get(code) or exchange.DEPARTMENTS[code]
        Department.objects.describe(code=code, name=name, name_en=name_en, by="test", at=MONDAY)
    licences.licence_type("household_page")
    content = city_content(NEWBORN)
    content |= {"rules": {**content["rules"], **rules}, "places": []}
    version: Version = catalogue.published_service(**content).current
    return version


def parents() -> tuple[Account, Account]:
    """王芳 and 孙浩, each with an account of their own."""
    return people.resident(**people.WANG_FANG), people.resident(**people.SUN_HAO)


def application(version: Version, *, by: Account, at: datetime = MONDAY, **answers: Any) -> Case:
    """王芳 registers her daughter; `answers` replace what she writes, None leaves one out."""
    form = {name: value for name, value in {**FORM, **answers}.items() if value is not None}
    sent = Application(form=form, commitments=["truth"], delivery="ELECTRONIC")
    return submit_case(version=version, application=sent, by=by, at=at)


def decide(case: Case, *, at: datetime = MONDAY, lots: float = NEVER) -> Ruling:
    """Do what the queue does with an application on which rules may decide."""
    ruling = instant.begin(case=Case.objects.for_detail().get(pk=case.pk), at=at)
    assert ruling is not None
    instant.settle(ruling=ruling, sheet=instant.draw_sheet(ruling=ruling, at=at), lots=lots, at=at)
    return Ruling.objects.for_detail().get(pk=ruling.pk)


def consent(case: Case, *, by: Account, at: datetime = MONDAY, yes: bool = True) -> UseRequest:
    """The other parent answers in the wallet."""
    asked: UseRequest = UseRequest.objects.get(case=case.number)
    (asked.grant if yes else asked.decline)(by=by, at=at)
    return asked


def granted(version: Version, *, at: datetime = MONDAY, lots: float = NEVER) -> Case:
    """A newborn registered by 王芳 with 孙浩's consent."""
    mother, father = parents()
    case = application(version, by=mother, at=at)
    decide(case, at=at)
    consent(case, by=father, at=at)
    decide(case, at=at, lots=lots)
    return Case.objects.for_detail().get(pk=case.pk)


def pay_deed_tax(home: str = "LA2023001") -> None:
    """The buyer pays at the tax service; its register says so from now on."""
    in_process.town().take_payment(home)


def heal(department: str) -> None:
    """Let a department behave again."""
    in_process.town().switches.turn(department, "")


def break_down(department: str, mode: str = "down") -> None:
    """Let a department misbehave from now on."""
    in_process.town().switches.turn(department, mode)


def offer(person: Account, version: Version, *, at: datetime = MONDAY, until: datetime | None = None) -> Offer:
    """Something offered to a resident."""
    assert person.person is not None
    made = Offer.objects.make(
        person=person.person, service=version.service, reason="age", until=until or datetime(2026, 4, 2, tzinfo=UTC),
        at=at,
    )  # fmt: skip
    assert made is not None
    return made


def recheck(case: Case, *, at: datetime = MONDAY) -> Recheck:
    """A second look at the case's decision."""
    return Recheck.objects.draw(Ruling.objects.filter(case=case).newest_first().first(), at=at)


def onward(case: Case, *, at: datetime = MONDAY) -> Onward:
    """The first department that follows a granted case."""
    departments = {department.code: department for department in Department.objects.all()}
    steps = case.service_version.rules["onward"]
    Onward.objects.plan(case, steps, departments, at=at)
    return Onward.objects.filter(case=case).in_order().first()


def ruling(case: Case, *, at: datetime = MONDAY) -> Ruling:
    """A ruling that has just been asked for."""
    return Ruling.objects.ask(case, at=at)


HOME_RULES: dict[str, Any] = {
    "auto": True,
    "recheck_rate": 0.5,
    "facts_by": "newborn",
    "before": {"days": "3", "visits": 1, "papers": 2, "source": "示范", "source_en": "Demonstration"},
    "facts": [
        {"key": "priced", "name": "写明成交价", "name_en": "Price given", "type": "boolean", "source": "form.price"},
    ],
    "tables": [
        {
            "key": "price",
            "name": "成交价",
            "name_en": "Price",
            "rows": [
                {
                    "key": "priced",
                    "words": "成交价已写明",
                    "words_en": "The price is given",
                    "when": {"priced": "true"},
                    "if_false": "DECLINE",
                    "basis": "《不动产登记暂行条例》",
                    "remedy": "请写明成交价后重新申请。",
                    "remedy_en": "Give the price and apply again.",
                }
            ],
        }
    ],
    "examples": [{"name": "写明了", "name_en": "Given", "outcome": "GRANT", "facts": {"priced": True}}],
}


def ruled_home(*, by: Account, priced: bool = False, at: datetime = MONDAY) -> Ruling:
    """A ruling of the land bureau on 王芳's home: declined, or granted where the price is given."""
    version = homes.transfer_of_home(code="LA-ZR-008", rules=HOME_RULES)
    case = homes.case(by=by, version=version, at=at, delivery="SELF_PICK")
    ruling, sheet = Ruling.objects.ask(case, at=at), Sheet()
    sheet.put("priced", priced, "form")
    instant.settle(ruling=ruling, sheet=sheet, lots=NEVER, at=at)
    return Ruling.objects.for_detail().get(pk=ruling.pk)


def refused_onward(ruling: Ruling, *, at: datetime = MONDAY) -> Onward:
    """A department that has not done its part after a granted ruling."""
    departments = {department.code: department for department in Department.objects.all()}
    steps = [{"notice": "zrzy.registration", "name": "登簿", "name_en": "Register"}]
    (row,) = Onward.objects.plan(ruling.case, steps, departments, at=at)
    row.turn_down(reason="系统维护。", at=at)
    return row


# The other services of which rules judge the facts, as the city has them.

ALLOWANCE, BUSINESS, HOME = "LA-MZ-002", "LA-SC-001", "LA-ZR-001"
HE_XIULAN = {"name": "何秀兰", "phone": "13800007788", "id_number": "341502194304120042"}
ZHOU_JIANGUO = {"name": "周建国", "phone": "13800006666", "id_number": "341502198505150019"}
FORMS: dict[str, dict[str, Any]] = {
    ALLOWANCE: {
        "holder": "self", "age_band": "from_80", "address": "六安市金安区东市街道云露路21号4幢203室",
        "contact_name": "何秀兰", "contact_phone": "13800007788", "payout": "card",
    },
    BUSINESS: {
        "with_name": "yes", "trade_name": "小芳", "industry": "retail", "place_kind": "shop",
        "address": "六安市金安区东市街道人民路88号", "property_right": "rent", "scope": "服装服饰零售；鞋帽零售",
        "needs_licence": "no", "capital": "50000.00", "employees": 1, "form": "person", "tax": "yes", "seal": "no",
        "licence_form": "electronic",
    },
    HOME: {
        "property_id": "LA2023001", "certificate_no": "皖(2018)六安市不动产权第9023001号",
        "home_address": "六安市金安区梅山路001号", "floor_area": "89.60", "mortgage": "none",
        "contract_no": "HT2023001", "price": "620000.00", "sold_on": "2026-02-10", "payment": "cash", "role": "buyer",
        "other_kind": "person", "other_name": "周建国", "other_id_number": ZHOU_JIANGUO["id_number"],
        "other_phone": "13800006666", "ownership": "sole", "homes_owned": 0, "sole_home_of_seller": "yes",
        "held_years": "over_5", "certificate_form": "electronic",
    },
}  # fmt: skip
COMMITMENTS = {ALLOWANCE: ["no_other"], BUSINESS: ["premises"], HOME: ["family_homes"]}
HOME_OFFICES = {"zrzy": "Natural Resources Bureau", "sw": "Municipal Tax Service", "zjj": "Housing Bureau"}
LICENCES = {BUSINESS: "business_licence", HOME: "property_certificate"}


def city_service(code: str, **rules: Any) -> Version:
    """One of the city's own services, with the exchange's lists, the divisions and the licence that it issues.

    What has to be photographed is left out; `rules` replace parts of its rules.
    """
    exchange.city()
    for place, name_en in HOME_OFFICES.items():
        name = exchange.DEPARTMENTS[place]
        Department.objects.describe(code=place, name=name, name_en=name_en, by="test", at=MONDAY)
    load_areas(CITY / "areas.csv")
    if code in LICENCES:
        licences.licence_type(LICENCES[code])
    content = city_content(code)
    content |= {"rules": {**content["rules"], **rules}, "places": []}
    content["materials"] = [
        one for one in content["materials"] if one["source"] == "COMMITMENT" or one["key"] == "seller_consent"
    ]
    version: Version = catalogue.published_service(**content).current
    return version


def apply(
    version: Version,
    *,
    by: Account,
    at: datetime = MONDAY,
    channel: str = "ONLINE",
    papers: dict[str, list[str]] | None = None,
    **answers: Any,
) -> Case:
    """Somebody applies for one of the city's services; `answers` replace what they write, None leaves one out."""
    code = version.service.code
    form = {name: value for name, value in {**FORMS[code], **answers}.items() if value is not None}
    sent = Application(
        form=form, commitments=COMMITMENTS[code], delivery="ELECTRONIC", channel=channel, documents=papers or {}
    )
    return submit_case(version=version, application=sent, by=by, at=at)


def photo(owner: Account, *, colour: str = "teal", at: datetime = MONDAY) -> str:
    """A photo of a signed paper, as the applicant has uploaded it."""
    stored = documents.document(owner=owner, content=documents.picture(colour), at=at)
    return str(stored.token)


def he_xiulan(*, hints: bool = False) -> Account:
    """何秀兰, over 80, who is not paid the allowance yet; with `hints` she has agreed to be told of benefits."""
    account = people.resident(**HE_XIULAN)
    if hints and account.person is not None:
        people.consent(account.person, "service_hints")
    return account


def check(case: Case, *, at: datetime = MONDAY) -> Check:
    """What the housing bureau's record says of the homes that 王芳 committed to."""
    facts = {"found": "TRUE", "source": "zjj.house", "as_of": at, "reason": ""}
    return Check.objects.note(case, "family_homes", **facts, at=at)
