"""What the departments' registers hold: people, households, marriages, births, property, insurance."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CITY = "3415"  # Lu'an
PROVINCE = "34"  # Anhui


@dataclass
class Person:
    """Somebody in the population register. Parents are named by id number; empty where the register has none."""

    id_number: str
    name: str
    sex: str
    born_on: date
    area_code: str
    address: str
    household_no: str = ""
    mother_id: str = ""
    father_id: str = ""
    died_on: date | None = None
    nationality: str = "中国"

    @property
    def alive(self) -> bool:
        return self.died_on is None

    @property
    def is_of_city(self) -> bool:
        return self.area_code.startswith(CITY)

    @property
    def is_of_province(self) -> bool:
        return self.area_code.startswith(PROVINCE)

    def age(self, on: date) -> int:
        """Return the full years on a day."""
        return on.year - self.born_on.year - ((on.month, on.day) < (self.born_on.month, self.born_on.day))


@dataclass
class Household:
    """One entry of the household register; `kind` is family or collective."""

    household_no: str
    head_id: str
    area_code: str
    address: str
    kind: str = "family"
    members: list[str] = field(default_factory=list)


@dataclass
class Marriage:
    """One marriage; who is not in the population register (a foreigner) is known by passport and name only."""

    certificate_no: str
    spouses: tuple[str, str]
    names: tuple[str, str]
    registered_on: date
    ended_on: date | None = None
    ended_by: str = ""  # divorce | death


@dataclass
class Birth:
    """One birth certificate (出生医学证明). `birth_order` counts within one delivery: 1, of twins 1 and 2."""

    certificate_no: str
    mother_id: str
    mother_name: str
    father_id: str
    father_name: str
    sex: str
    born_on: date
    issued_on: date
    birth_order: int = 1
    hospital: str = "六安市人民医院"
    hospital_code: str = "341500001"
    valid: bool = True
    used: bool = False
    child_id: str = ""
    child_name: str = ""
    registered_on: date | None = None


@dataclass
class Property:
    """One home as three departments know it: land (zrzy), tax (sw), house (zjj; none where `has_house` is false)."""

    property_id: str
    address: str
    owner_id: str
    owner_name: str
    area_m2: Decimal
    certificate_no: str
    assessed_value: Decimal
    contract_price: Decimal
    contract_no: str
    contract_filed_on: date
    buyer_id: str
    seller_id: str
    built_in: int
    last_invoice_on: date | None = None
    arrears: Decimal = Decimal("0.00")
    deed_tax_paid: bool = True
    mortgaged: bool = False
    sealed: bool = False
    structure: str = "钢筋混凝土"
    right_kind: str = "国有建设用地使用权/房屋所有权"
    land_use: str = "城镇住宅用地"
    has_house: bool = True


@dataclass
class Insurance:
    """One person's social insurance."""

    card_no: str
    insured: bool
    pension_months: int
    maternity_insured: bool
    receives_pension: bool


@dataclass
class Registers:
    """All registers of one world, each by its key."""

    people: dict[str, Person] = field(default_factory=dict)
    households: dict[str, Household] = field(default_factory=dict)
    marriages: dict[str, Marriage] = field(default_factory=dict)
    births: dict[str, Birth] = field(default_factory=dict)
    properties: dict[str, Property] = field(default_factory=dict)
    insurances: dict[str, Insurance] = field(default_factory=dict)
    allowances: dict[str, date] = field(default_factory=dict)  # id number -> since when
    business_names: list[str] = field(default_factory=list)
    _marriages_of: dict[str, list[Marriage]] = field(default_factory=dict)
    _births_of: dict[str, list[Birth]] = field(default_factory=dict)

    # Verbs

    def admit(self, person: Person) -> Person:
        """Enter somebody. Raises: ValueError, if the number is taken or is none."""
        if person.id_number in self.people or not is_id_number(person.id_number):
            raise ValueError(f"{person.id_number} is taken or no number")
        self.people[person.id_number] = person
        return person

    def house(self, household: Household, *members: Person) -> Household:
        """Enter a household and move `members` in; the dead keep the number, and are no members."""
        self.households[household.household_no] = household
        for member in members:
            member.household_no, member.address = household.household_no, household.address
            member.area_code = household.area_code
            if member.alive:
                household.members.append(member.id_number)
        return household

    def marry(self, one: Person, other: Person, on: date) -> Marriage:
        """Enter a marriage."""
        marriage = Marriage(
            f"J{one.area_code[:6]}-{on.year}-{len(self.marriages) + 1:06d}",
            (one.id_number, other.id_number), (one.name, other.name), on,
        )  # fmt: skip
        self.marriages[marriage.certificate_no] = marriage
        for spouse in marriage.spouses:
            self._marriages_of.setdefault(spouse, []).append(marriage)
        return marriage

    def certify(self, birth: Birth) -> Birth:
        """Enter a birth certificate."""
        self.births[birth.certificate_no] = birth
        self._births_of.setdefault(birth.mother_id, []).append(birth)
        return birth

    # Questions

    def marriages_of(self, id_number: str) -> list[Marriage]:
        """Return somebody's marriages, the newest last."""
        found = self._marriages_of.get(id_number, ())
        return sorted(found, key=lambda marriage: (marriage.registered_on, marriage.certificate_no))

    def births_of(self, mother_id: str) -> list[Birth]:
        """Return the birth certificates of a mother's children, the newest first."""
        found = self._births_of.get(mother_id, ()) if mother_id else ()
        return sorted(found, key=lambda birth: (-birth.born_on.toordinal(), birth.birth_order))

    def homes_of(self, id_number: str) -> list[Property]:
        """Return what somebody owns."""
        return [home for home in self.properties.values() if home.owner_id == id_number]


def id_number(area: str, born_on: date, sequence: int) -> str:
    """Return the number of an identity card (GB 11643): odd sequences are men's."""
    digits = f"{area[:6]}{born_on:%Y%m%d}{sequence:03d}"
    return digits + check_character(digits)


def check_character(digits: str) -> str:
    """Return the last character of an identity number (ISO 7064 MOD 11-2)."""
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11]


def is_id_number(text: str) -> bool:
    """Whether `text` has the form of an identity number and the right check character."""
    return len(text) == 18 and text[:17].isdecimal() and text.isascii() and check_character(text[:17]) == text[17]
