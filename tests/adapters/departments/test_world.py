"""The world of the fakes is one: whatever two registers say about somebody agrees."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric

from civic.adapters.departments.fake.population import DEVELOPER
from civic.adapters.departments.fake.registers import Birth, Person, Registers
from civic.adapters.departments.fake.world import World, world
from civic.adapters.identity.fake import CHILDREN, PERSONAS

MONDAY = date(2026, 3, 2)


@settings(max_examples=8, deadline=None)
@given(
    seed=st.text(alphabet="abcdef", min_size=1, max_size=6),
    on=st.dates(min_value=date(2026, 1, 1), max_value=date(2031, 12, 31)),
)
def test_every_register_agrees_with_every_other(seed: str, on: date) -> None:
    made = world(on, seed=seed, households=150)

    assert contradictions(made) == []


def test_the_world_of_the_demonstration_is_consistent_and_some_thousands_strong() -> None:
    made = world(MONDAY)

    assert contradictions(made) == []
    assert 3000 < len(made.registers.people) < 6000


def test_the_same_seed_and_day_make_the_same_world() -> None:
    first = world(MONDAY, seed="a", households=60).registers
    world.cache_clear()

    assert world(MONDAY, seed="a", households=60).registers == first
    assert world(MONDAY, seed="b", households=60).registers != first


def test_another_day_changes_newborns_only() -> None:
    numbers = [set(world(on).registers.people) for on in (MONDAY, MONDAY + timedelta(days=1))]

    assert len(numbers[0] ^ numbers[1]) == 2  # the child that was registered already has a birthday in its number


def test_before_its_first_day_there_is_no_world() -> None:
    with pytest.raises(ValueError, match="begins on 2026-01-01"):
        world(date(2025, 12, 31))


def test_the_people_who_can_log_in_live_in_it() -> None:
    register = world(MONDAY).registers

    assert {person.id_number: register.people[person.id_number].name for person in PERSONAS.values()} == {
        person.id_number: person.name for person in PERSONAS.values()
    }
    assert {child: register.people[child].mother_id for child in CHILDREN} == CHILDREN


def test_wangfangs_daughter_waits_to_be_registered() -> None:
    register = world(MONDAY).registers
    birth = register.births["T340000001"]

    assert (birth.mother_name, birth.father_name, birth.hospital) == ("王芳", "孙浩", "六安市人民医院")
    assert (birth.born_on, birth.used, birth.valid) == (date(2026, 2, 18), False, True)
    marriage = register.marriages_of(birth.mother_id)[-1]
    assert (marriage.names, marriage.registered_on, marriage.ended_on) == (("孙浩", "王芳"), date(2015, 5, 20), None)
    assert register.households[register.people[birth.mother_id].household_no].head_id == birth.mother_id


def test_many_families_have_a_newborn_that_nobody_has_registered() -> None:
    made = world(MONDAY)
    people = made.registers.people

    assert len(made.newborns) > 100
    assert len({birth.mother_id for birth in made.newborns}) == len(made.newborns)
    assert {birth.used for birth in made.newborns} == {False}
    assert {(MONDAY - birth.born_on).days <= 26 for birth in made.newborns} == {True}
    for birth in made.newborns:
        mother, marriages = people[birth.mother_id], made.registers.marriages_of(birth.mother_id)
        assert mother.is_of_city and bool(birth.father_id) == bool(marriages)
        if marriages:
            assert set(marriages[-1].spouses) == {birth.mother_id, birth.father_id}
            assert people[birth.father_id].household_no == mother.household_no


def test_every_story_has_its_newborn() -> None:
    made = world(MONDAY)
    births = {
        key: [made.registers.births[number] for number in scenario.certificates]
        for key, scenario in made.scenarios.items()
    }

    assert sorted(births) == sorted([
        "clean", "single_mother", "twins", "divorced", "foreign_father", "used_certificate", "father_deceased",
        "mother_deceased", "foundling", "collective_household", "mother_outside", "both_outside", "rare_name",
        "void_certificate", "late", "unmarried_father", "born_elsewhere", "father_without_record", "other_husband",
        "grandparent_is_head", "minor_mother", "home_birth", "names_differ",
    ])  # fmt: skip
    assert [(birth.birth_order, birth.born_on) for birth in births["twins"]] == [
        (1, date(2026, 2, 22)), (2, date(2026, 2, 22)),
    ]  # fmt: skip
    assert births["foreign_father"][0].father_id not in made.registers.people
    assert births["foundling"][0].mother_id == ""
    assert made.registers.people[births["father_deceased"][0].father_id].alive is False
    assert births["used_certificate"][0].used is True
    assert ord(births["rare_name"][0].mother_name[1]) > 0xFFFF


def test_a_contradiction_is_found() -> None:
    made = world(MONDAY, seed="contradictions", households=20)
    register = made.registers
    home = register.households[register.people["341503198812120019"].household_no]
    owned = next(iter(register.properties.values()))
    register.people["341502199001010025"].born_on = date(1991, 1, 1)
    register.births["T340000005"].mother_name = "孙莉"
    owned.owner_name, home.head_id = "别人", "341502198505150019"

    found = contradictions(made)
    world.cache_clear()

    assert found == ["王芳: birthday", f"{home.household_no}: head", "T340000005: mother's name", owned.property_id]


def contradictions(made: World) -> list[str]:
    """Return every place where two registers do not agree."""
    register = made.registers
    return [
        *(f"{person.name}: {what}" for person in register.people.values() for what in _person(register, person)),
        *_households(register),
        *_marriages(register, made.on),
        *(f"{birth.certificate_no}: {what}" for birth in register.births.values() for what in _birth(register, birth)),
        *_property(register),
        *_insurance(register),
    ]


def _person(register: Registers, person: Person) -> list[str]:
    number = person.id_number
    parents = [register.people.get(parent) for parent in (person.mother_id, person.father_id) if parent]
    wrong = {
        "check character": number[-1] != ric.calc_check_digit(number),
        "birthday": number[6:14] != f"{person.born_on:%Y%m%d}",
        "sex": ("M" if int(number[16]) % 2 else "F") != person.sex,
        "parent not in the register": None in parents,
        "parent too young": any(parent and parent.age(person.born_on) < 15 for parent in parents),
        "parent of the wrong sex": [parent.sex for parent in parents if parent] not in ([], ["F"], ["F", "M"], ["M"]),
        "mother dead before birth": any(
            parent and parent.sex == "F" and parent.died_on and parent.died_on < person.born_on for parent in parents
        ),
        "no household": person.household_no not in register.households,
        "died before birth": person.died_on is not None and person.died_on < person.born_on,
    }
    home = register.households.get(person.household_no)
    if home:
        wrong["member of another household"] = person.alive != (number in home.members)
        wrong["another address"] = (home.address, home.area_code) != (person.address, person.area_code)
    return [what for what, is_wrong in wrong.items() if is_wrong]


def _households(register: Registers) -> list[str]:
    counted = [member for home in register.households.values() for member in home.members]
    return [
        *(f"{home.household_no}: head" for home in register.households.values() if home.head_id not in home.members),
        *(f"{home.household_no}: number" for key, home in register.households.items() if key != home.household_no),
        *(["somebody lives in two households"] if len(counted) != len(set(counted)) else []),
    ]


def _marriages(register: Registers, on: date) -> list[str]:
    wrong = []
    for marriage in register.marriages.values():
        people = [register.people.get(spouse) for spouse in marriage.spouses]
        ends = marriage.ended_on or date.max
        for spouse, person, name in zip(marriage.spouses, people, marriage.names, strict=True):
            others = [one for one in register.marriages_of(spouse) if one is not marriage]
            if person is None:
                continue
            if person.name != name or person.age(marriage.registered_on) < (22 if person.sex == "M" else 20):
                wrong.append(f"{marriage.certificate_no}: {person.name} {person.age(marriage.registered_on)}")
            if person.died_on and ends > person.died_on:
                wrong.append(f"{marriage.certificate_no}: outlives {person.name}")
            if any(
                other.registered_on < ends and (other.ended_on or date.max) > marriage.registered_on for other in others
            ):
                wrong.append(f"{marriage.certificate_no}: {person.name} is married twice")
        if sorted(person.sex for person in people if person) not in (["F", "M"], ["F"]):
            wrong.append(f"{marriage.certificate_no}: sexes")
        if marriage.ended_on and not (marriage.registered_on < marriage.ended_on <= on and marriage.ended_by):
            wrong.append(f"{marriage.certificate_no}: end")
    return wrong


def _birth(register: Registers, birth: Birth) -> list[str]:
    mother, father = register.people.get(birth.mother_id), register.people.get(birth.father_id)
    child = register.people.get(birth.child_id)
    wrong = {
        "used without child": birth.used != (child is not None) or birth.used != (birth.registered_on is not None),
        "unknown mother": mother is None and birth.mother_id != "",
        "issued before birth": birth.issued_on < birth.born_on,
        "mother's name": mother is not None and mother.name != birth.mother_name and birth.mother_name != "谢燕",
        "father's name": father is not None and father.name != birth.father_name,
        "mother too young": mother is not None and mother.age(birth.born_on) < 15,
    }
    if child:
        wrong["child"] = (child.sex, child.born_on, child.name) != (birth.sex, birth.born_on, birth.child_name)
        wrong["child's parents"] = (child.mother_id, child.father_id) != (birth.mother_id, birth.father_id)
    siblings = [other for other in register.births_of(birth.mother_id) if other is not birth]
    wrong["a sibling too close"] = any(0 < abs((other.born_on - birth.born_on).days) < 270 for other in siblings)
    wrong["a twin of the same order"] = (birth.born_on, birth.birth_order) in [
        (other.born_on, other.birth_order) for other in siblings
    ]
    return [what for what, is_wrong in wrong.items() if is_wrong]


def _property(register: Registers) -> list[str]:
    people = register.people
    return [
        home.property_id
        for home in register.properties.values()
        if people[home.owner_id].name != home.owner_name
        or not people[home.owner_id].alive
        or home.buyer_id not in people
        or (home.seller_id not in people and home.seller_id != DEVELOPER)
        or home.arrears < 0
        or min(home.area_m2, home.assessed_value, home.contract_price) <= Decimal(0)
        or (home.deed_tax_paid and home.owner_id != home.buyer_id)
        or (home.last_invoice_on is not None and home.last_invoice_on < home.contract_filed_on)
    ]


def _insurance(register: Registers) -> list[str]:
    day = date(2026, 1, 1)
    people = register.people
    wrong = [
        f"{people[number].name}: insurance"
        for number, found in register.insurances.items()
        if not people[number].alive
        or (found.receives_pension and people[number].age(day) < 55)
        or (found.maternity_insured and people[number].sex != "F")
        or found.pension_months > max(0, people[number].age(day) - 15) * 12
    ]
    cards = [found.card_no for found in register.insurances.values()]
    return [
        *wrong,
        *(["two people have one card"] if len(cards) != len(set(cards)) else []),
        *(
            f"{people[number].name}: allowance"
            for number, since in register.allowances.items()
            if people[number].age(since) < 80 or not people[number].alive
        ),
        *(f"{person.name}: not known to insurance" for person in people.values()
          if person.alive and person.id_number not in register.insurances),
    ]  # fmt: skip
