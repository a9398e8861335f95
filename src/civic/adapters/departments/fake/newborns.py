"""Newborns of ordinary families that nobody has registered yet: what maternity wards certified in the last weeks."""

from collections.abc import Iterator
from datetime import date, timedelta

from civic.adapters.departments.fake.registers import Birth, Household, Person, Registers

ONE_FAMILY_IN = 3
FIRST, MOST = 101, 240  # serial numbers; the last three digits make the child's own number, each another
YOUNGEST, OLDEST = 20, 42  # mothers
APART = timedelta(days=300)
DAYS = range(3, 27)  # ago: within the month in which a birth is declared


def certify_newborns(registers: Registers, on: date) -> list[Birth]:
    """Enter the births; N340000101 and on. Nothing but the certificates is new, and only they depend on `on`."""
    found = []
    for serial, (mother, father) in zip(range(FIRST, FIRST + MOST), _families(registers, on), strict=False):
        born_on = on - timedelta(days=DAYS[serial * 7 % len(DAYS)])
        birth = Birth(
            f"N34{serial:07d}", mother.id_number, mother.name, father.id_number if father else "",
            father.name if father else "", "MF"[serial % 2], born_on, born_on + timedelta(days=2),
        )  # fmt: skip
        found.append(registers.certify(birth))
    return found


def _families(registers: Registers, on: date) -> Iterator[tuple[Person, Person | None]]:
    """Yield the mothers with their husbands of every third family, and every woman of that age who lives alone."""
    couples = 0
    for home in registers.households.values():
        mother = _mother(registers, home, on)
        if mother is None:
            continue
        marriages = registers.marriages_of(mother.id_number)
        if not marriages:
            if len(home.members) == 1:
                yield mother, None
            continue
        father = registers.people.get(next(one for one in marriages[-1].spouses if one != mother.id_number))
        if marriages[-1].ended_on or father is None or father.household_no != home.household_no:
            continue
        couples += 1
        if couples % ONE_FAMILY_IN == 0:
            yield mother, father


def _mother(registers: Registers, home: Household, on: date) -> Person | None:
    """Return the woman of a family of the city who can have had a child lately."""
    if home.kind != "family" or not home.area_code.startswith("3415"):
        return None
    for number in home.members:
        person = registers.people[number]
        latest = max((birth.born_on for birth in registers.births_of(number)), default=date.min)
        if person.sex == "F" and YOUNGEST <= person.age(on) <= OLDEST and latest < on - timedelta(days=30) - APART:
            return person
    return None
