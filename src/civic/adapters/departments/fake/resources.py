"""What each department answers: the key fields of a resource, its fields, and the records to a subject."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from stdnum.cn import uscc

from civic.adapters.departments.fake.notices import Notices
from civic.adapters.departments.fake.registers import Birth, Person, Property, Registers, id_number

Record = dict[str, Any]
Subject = Mapping[str, str]
FORBIDDEN_WORDS = ("中国", "中华", "国家", "国际", "全国", "中央", "国务院", "党", "政府", "军", "第一", "最佳")
STRUCTURES = ("经营部", "餐饮店", "理发店", "便利店", "维修部", "茶叶店", "店", "部", "馆", "行", "坊", "铺")
NO_LETTERS = str.maketrans("ISOVZ", "10109")  # letters that a credit code never has (GB 32100)
CODE_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
DEED_TAX_FIRST_HOME, DEED_TAX_LARGE_HOME = "0.01", "0.015"  # up to 140 m², and above


@dataclass(frozen=True)
class Book:
    """What an answer is drawn from: the registers, and what the department has been told since."""

    registers: Registers
    notices: Notices


@dataclass(frozen=True)
class Resource:
    """One resource. `keys`: the key fields, one of which names the subject."""

    keys: tuple[str, ...]
    fields: tuple[str, ...]
    answer: Callable[[Book, Subject], list[Record]]


def population(book: Book, subject: Subject) -> list[Record]:
    return [_person(person) for person in _people(book, subject)]


def household(book: Book, subject: Subject) -> list[Record]:
    """A household counts the newborns that were registered into it since."""
    found = []
    for person in _people(book, subject):
        home = book.registers.households.get(person.household_no)
        if home is None or not person.alive:
            continue
        births = [birth for member in home.members for birth in book.registers.births_of(member)]
        newborns = [birth for birth in births if not birth.child_id and _registered_on(book, birth)]
        found.append({
            "household_no": home.household_no,
            "head_id_number": home.head_id,
            "head_name": book.registers.people[home.head_id].name,
            "address": home.address,
            "area_code": home.area_code,
            "kind": home.kind,
            "members": len(home.members) + len(newborns),
        })  # fmt: skip
    return found


def birth_registration(book: Book, subject: Subject) -> list[Record]:
    """By certificate: whether it is registered, also one never heard of. By mother: her registered children."""
    if "mother_id_number" in subject:
        births = book.registers.births_of(subject["mother_id_number"])
        return [_registration(book, birth) for birth in births if _registered_on(book, birth)]
    birth = book.registers.births.get(subject["certificate_no"])
    if birth is None:
        nothing = dict.fromkeys(RESOURCES["gaj.birth_registration"].fields)
        return [nothing | {"certificate_no": subject["certificate_no"], "registered": False}]
    return [_registration(book, birth)]


def birth_number(book: Book, subject: Subject) -> list[Record]:
    """The identity number that public security keeps ready for a newborn: the same for the same certificate."""
    birth = book.registers.births.get(subject["certificate_no"])
    mother = book.registers.people.get(birth.mother_id) if birth else None
    if birth is None or mother is None:
        return []
    sequence = int(birth.certificate_no[-3:]) * 2 % 998 + (1 if birth.sex == "M" else 2)
    return [{"id_number": id_number(mother.area_code, birth.born_on, sequence)}]


def birth_certificate(book: Book, subject: Subject) -> list[Record]:
    if "mother_id_number" in subject:
        births = book.registers.births_of(subject["mother_id_number"])
    else:
        births = [birth for birth in [book.registers.births.get(subject["certificate_no"])] if birth]
    return [
        {
            "certificate_no": birth.certificate_no,
            "valid": birth.valid,
            "used": birth.used or bool(_registered_on(book, birth)),
            "hospital": birth.hospital,
            "hospital_code": birth.hospital_code,
            "mother_id_number": birth.mother_id,
            "mother_name": birth.mother_name,
            "father_id_number": birth.father_id,
            "father_name": birth.father_name,
            "sex": birth.sex,
            "born_on": birth.born_on.isoformat(),
            "birth_order": birth.birth_order,
            "issued_on": birth.issued_on.isoformat(),
        }
        for birth in births
    ]


def marriage(book: Book, subject: Subject) -> list[Record]:
    """One record a person: the marriage that stands, else how the last one ended."""
    known = _people(book, subject)
    found = book.registers.marriages_of(subject["id_number"])
    if not found:
        nothing = dict.fromkeys(RESOURCES["mzj.marriage"].fields, "")
        return [nothing | {"id_number": subject["id_number"], "status": "single", "registered_on": None}] * len(known)
    last = found[-1]
    other = 1 - last.spouses.index(subject["id_number"])
    stands = last.ended_on is None
    return [{
        "id_number": subject["id_number"],
        "status": {"": "married", "divorce": "divorced", "death": "widowed"}[last.ended_by],
        "spouse_id_number": last.spouses[other] if stands else "",
        "spouse_name": last.names[other] if stands else "",
        "registered_on": (last.ended_on or last.registered_on).isoformat(),
        "certificate_no": last.certificate_no,
    }]  # fmt: skip


def land(book: Book, subject: Subject) -> list[Record]:
    return [
        {
            "property_id": home.property_id,
            "address": home.address,
            "owner_id_number": home.owner_id,
            "owner_name": home.owner_name,
            "right_kind": home.right_kind,
            "area_m2": str(home.area_m2),
            "land_use": home.land_use,
            "mortgaged": home.mortgaged,
            "sealed": home.sealed,
            "certificate_no": home.certificate_no,
        }
        for home in _homes(book, subject)
    ]


def property_tax(book: Book, subject: Subject) -> list[Record]:
    return [
        {
            "property_id": home.property_id,
            "assessed_value": str(home.assessed_value),
            "deed_tax_rate_hint": DEED_TAX_LARGE_HOME if home.area_m2 > 140 else DEED_TAX_FIRST_HOME,
            "arrears": str(home.arrears),
            "deed_tax_paid": home.deed_tax_paid or bool(book.notices.of("sw", "payment", property_id=home.property_id)),
            "last_invoice_on": home.last_invoice_on.isoformat() if home.last_invoice_on else None,
        }
        for home in _homes(book, subject)
    ]


def house(book: Book, subject: Subject) -> list[Record]:
    """`homes_owned_by_buyer` does not count the one that is bought."""
    return [
        {
            "property_id": home.property_id,
            "address": home.address,
            "floor_area_m2": str(home.area_m2),
            "structure": home.structure,
            "built_in": home.built_in,
            "contract_no": home.contract_no,
            "contract_price": str(home.contract_price),
            "contract_filed_on": home.contract_filed_on.isoformat(),
            "buyer_id_number": home.buyer_id,
            "seller_id_number": home.seller_id,
            "homes_owned_by_buyer": sum(other is not home for other in book.registers.homes_of(home.buyer_id)),
        }
        for home in _homes(book, subject)
        if home.has_house
    ]


def insurance(book: Book, subject: Subject) -> list[Record]:
    found = book.registers.insurances.get(subject["id_number"])
    if found is None:
        return []
    return [{"id_number": subject["id_number"], **vars(found)}]


def old_age_allowance(book: Book, subject: Subject) -> list[Record]:
    since = book.registers.allowances.get(subject["id_number"])
    told = book.notices.of("mzj", "old_age_allowance", id_number=subject["id_number"])
    return [
        {
            "id_number": person.id_number,
            "receives": since is not None or bool(told),
            "since": since.isoformat() if since else (told[0].told_at[:10] if told else None),
        }
        for person in _people(book, subject)
        if person.alive
    ]


def business_name(book: Book, subject: Subject) -> list[Record]:
    name = subject["name"].strip()
    taken = [*book.registers.business_names, *(
        str(told.body.get("name", "")) for told in book.notices.of("scjg", "registration"))]  # fmt: skip
    return [{
        "name": name,
        "taken": name in taken,
        "similar": sorted(other for other in taken if other != name and _core(other) == _core(name))[:10],
        "forbidden_words": [word for word in FORBIDDEN_WORDS if word in name],
    }]  # fmt: skip


def credit_code(book: Book, subject: Subject) -> list[Record]:
    """The unified social credit code that is set aside for an application: the same for the same case."""
    digest = hashlib.sha256(subject["case"].encode()).hexdigest().upper()
    body = "92341500MA" + digest[:6].translate(NO_LETTERS)
    organisation = body[8:] + organisation_check(body[8:])
    return [{"code": body[:8] + organisation + uscc.calc_check_digit(body[:8] + organisation)}]


RESOURCES = {
    "gaj.population": Resource(("id_number",), (
        "id_number", "name", "sex", "born_on", "alive", "hukou_city", "hukou_province", "address", "area_code",
        "household_no", "nationality"), population),
    "gaj.household": Resource(("id_number",), (
        "household_no", "head_id_number", "head_name", "address", "area_code", "kind", "members"), household),
    "gaj.birth_registration": Resource(("certificate_no", "mother_id_number"), (
        "certificate_no", "registered", "registered_on", "name", "born_on", "birth_order"), birth_registration),
    "gaj.birth_number": Resource(("certificate_no",), ("id_number",), birth_number),
    "wjw.birth_certificate": Resource(("certificate_no", "mother_id_number"), (
        "certificate_no", "valid", "used", "hospital", "hospital_code", "mother_id_number", "mother_name",
        "father_id_number", "father_name", "sex", "born_on", "birth_order", "issued_on"), birth_certificate),
    "mzj.marriage": Resource(("id_number",), (
        "id_number", "status", "spouse_id_number", "spouse_name", "registered_on", "certificate_no"), marriage),
    "mzj.old_age_allowance": Resource(("id_number",), ("id_number", "receives", "since"), old_age_allowance),
    "zrzy.land": Resource(("property_id",), (
        "property_id", "address", "owner_id_number", "owner_name", "right_kind", "area_m2", "land_use", "mortgaged",
        "sealed", "certificate_no"), land),
    "sw.property_tax": Resource(("property_id",), (
        "property_id", "assessed_value", "deed_tax_rate_hint", "arrears", "deed_tax_paid", "last_invoice_on"),
        property_tax),
    "zjj.house": Resource(("property_id",), (
        "property_id", "address", "floor_area_m2", "structure", "built_in", "contract_no", "contract_price",
        "contract_filed_on", "buyer_id_number", "seller_id_number", "homes_owned_by_buyer"), house),
    "rsj.insurance": Resource(("id_number",), (
        "id_number", "insured", "card_no", "pension_months", "maternity_insured", "receives_pension"), insurance),
    "scjg.business_name": Resource(("name",), ("name", "taken", "similar", "forbidden_words"), business_name),
    "scjg.credit_code": Resource(("case",), ("code",), credit_code),
}  # fmt: skip
DEPARTMENTS = ("zrzy", "sw", "zjj", "gaj", "wjw", "mzj", "rsj", "ybj", "scjg")


def _people(book: Book, subject: Subject) -> list[Person]:
    return [person for person in [book.registers.people.get(subject["id_number"])] if person]


def _homes(book: Book, subject: Subject) -> list[Property]:
    return [home for home in [book.registers.properties.get(subject["property_id"])] if home]


def _person(person: Person) -> Record:
    return {
        "id_number": person.id_number,
        "name": person.name,
        "sex": person.sex,
        "born_on": person.born_on.isoformat(),
        "alive": person.alive,
        "hukou_city": person.is_of_city,
        "hukou_province": person.is_of_province,
        "address": person.address,
        "area_code": person.area_code,
        "household_no": person.household_no,
        "nationality": person.nationality,
    }


def _registration(book: Book, birth: Birth) -> Record:
    registered_on = _registered_on(book, birth)
    told = book.notices.of("gaj", "birth_registration", certificate_no=birth.certificate_no)
    child = told[0].body.get("child") if told else None
    name = str(child.get("name", "")) if isinstance(child, dict) else birth.child_name
    return {
        "certificate_no": birth.certificate_no,
        "registered": registered_on is not None,
        "registered_on": registered_on,
        "name": name,
        "born_on": birth.born_on.isoformat(),
        "birth_order": birth.birth_order,
    }


def _registered_on(book: Book, birth: Birth) -> str | None:
    """Return the day of registration, from the register or from a notice that came since."""
    if birth.registered_on:
        return birth.registered_on.isoformat()
    told = book.notices.of("gaj", "birth_registration", certificate_no=birth.certificate_no)
    return told[0].told_at[:10] if told else None


def organisation_check(body: str) -> str:
    """Return the check character of the eight characters of an organisation code (GB 11714)."""
    values = ["0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(character) for character in body]
    left = 11 - sum(value * weight for value, weight in zip(values, CODE_WEIGHTS, strict=True)) % 11
    return {10: "X", 11: "0"}.get(left, str(left))


def _core(name: str) -> str:
    """Return the part of a business name by which people know it: without place and structure."""
    core = name
    for place in ("六安市", "金安区", "裕安区", "叶集区", "霍邱县", "舒城县", "金寨县", "霍山县"):
        core = core.removeprefix(place)
    for structure in STRUCTURES:
        if core.endswith(structure) and len(core) > len(structure) + 1:
            return core.removesuffix(structure)
    return core
