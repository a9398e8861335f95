"""A city's worth of ordinary people, from a seed: families, the old, the young, their homes and insurances.

All of it is over before BASE: the world's own day changes nothing here, so everybody keeps the number they have.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from civic.adapters.departments.fake.registers import Birth, Household, Insurance, Person, Property, Registers
from civic.adapters.departments.fake.registers import id_number as number_of

BASE = date(2026, 1, 1)
FIRST_CERTIFICATES = date(1996, 1, 1)
SURNAMES = "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
MEN = "伟强磊军洋勇杰涛明超辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林峰"
WOMEN = "芳娜敏静丽艳娟霞燕玲红梅琳雪慧倩颖莉婷洁萍英云兰珍琴月晶欣悦"
TOWNS = {
    "341502001": "六安市金安区中市街道", "341502002": "六安市金安区东市街道", "341502003": "六安市金安区三里桥街道",
    "341502109": "六安市金安区三十铺镇", "341502104": "六安市金安区毛坦厂镇", "341503001": "六安市裕安区鼓楼街道",
    "341504001": "六安市叶集区史河街道", "341522100": "六安市霍邱县城关镇", "341523100": "六安市舒城县城关镇",
    "341524100": "六安市金寨县梅山镇", "341525100": "六安市霍山县衡山镇",
}  # fmt: skip
ELSEWHERE = {
    "340104001": "合肥市蜀山区三里庵街道", "341202001": "阜阳市颍州区文峰街道",
    "310115001": "上海市浦东新区潍坊新村街道", "411502001": "信阳市浉河区老城街道",
}  # fmt: skip
STREETS = ("皖西大道", "解放路", "人民路", "梅山路", "龙河路", "佛子岭路", "磨子潭路", "大别山路", "长安路", "云露路")
KINDS = ("family", "pair", "old_pair", "three_generations", "divorced", "single")
SHARES = (50, 10, 14, 12, 6, 8)
DEVELOPER = "91341500MA2MQ0000X"  # sells new homes


class Population:
    """Fills registers, one household after the other."""

    def __init__(self, registers: Registers, seed: str) -> None:
        self.registers = registers
        self.random = Random(seed)  # noqa: S311
        self._serial = 0
        self._sequences: dict[tuple[str, date], int] = {}

    # Verbs

    def settle(self, households: int) -> None:
        """Add so many households, and one collective household of young people who work in the city."""
        for _ in range(households):
            outside = self.random.random() < 0.08
            town = self._pick(sorted(ELSEWHERE if outside else TOWNS))
            home = self._household(town)
            kind = self.random.choices(KINDS, SHARES)[0]
            members = getattr(self, f"_{kind}")(town)
            living = [person for person in members if person.alive and person.age(BASE) >= 18]
            home.head_id = living[0].id_number
            self.registers.house(home, *members)
            if not outside and self.random.random() < 0.55:
                self._own_a_home(living[0])
        self._settle_collectively(40)
        for person in self.registers.people.values():
            self.insure(person)

    def insure(self, person: Person) -> None:
        """Enter the insurance and the old-age allowance that somebody of this age and hukou has, with some luck."""
        age = person.age(BASE)
        if not person.alive or person.id_number in self.registers.insurances:
            return
        adult = age >= 18
        works = adult and self.random.random() < 0.7
        self.registers.insurances[person.id_number] = Insurance(
            card_no=f"{self._pick('ABCDEFGH')}{self.random.randrange(10**8):08d}",
            insured=adult and self.random.random() < 0.93,
            pension_months=self.random.randrange(1, max(2, min(age - 17, 40) * 12)) if works else 0,
            maternity_insured=works and person.sex == "F" and age < 55,
            receives_pension=age >= (60 if person.sex == "M" else 55),
        )
        if age >= 80 and person.is_of_city and self.random.random() < 0.8:
            self.registers.allowances[person.id_number] = min(BASE, date(person.born_on.year + 81, 1, 1))

    # The kinds of household; each returns its people, who are to move in

    def _family(self, town: str) -> list[Person]:
        father, mother = self._couple(town, self.random.randrange(1976, 1996))
        return [father, mother, *self._children(father, mother, self.random.choice((1, 1, 2, 2, 3)))]

    def _pair(self, town: str) -> list[Person]:
        return list(self._couple(town, self.random.randrange(1960, 1998)))

    def _old_pair(self, town: str) -> list[Person]:
        man, woman = self._couple(town, self.random.randrange(1934, 1962))
        if self.random.random() < 0.35:
            self._bury(man)
        return [woman, man] if not man.alive else [man, woman]

    def _three_generations(self, town: str) -> list[Person]:
        grandfather, grandmother = self._couple(town, self.random.randrange(1948, 1962))
        (father,) = self._children(grandfather, grandmother, 1, sex="M")
        mother = self._person(town, "F", father.born_on.year + self.random.randrange(3))
        self.registers.marry(father, mother, self._wedding(father, mother))
        children = self._children(father, mother, self.random.choice((1, 1, 2)))
        if self.random.random() < 0.3:
            self._bury(grandfather)
        return [grandmother, grandfather, father, mother, *children]

    def _divorced(self, town: str) -> list[Person]:
        father, mother = self._couple(town, self.random.randrange(1976, 1994))
        children = self._children(father, mother, 1)
        marriage = self.registers.marriages_of(mother.id_number)[-1]
        last_together = max([marriage.registered_on, *(child.born_on for child in children)])
        marriage.ended_on, marriage.ended_by = last_together + timedelta(days=self.random.randrange(30, 90)), "divorce"
        alone = self._household(father.area_code, head=father)
        self.registers.house(alone, father)
        return [mother, *children]

    def _single(self, town: str) -> list[Person]:
        return [self._person(town, self._pick("MF"), self.random.randrange(1958, 2006))]

    # Pieces

    def _couple(self, town: str, year: int) -> tuple[Person, Person]:
        man = self._person(town, "M", year)
        woman = self._person(town, "F", year + self.random.randrange(4))
        self.registers.marry(man, woman, self._wedding(man, woman))
        return man, woman

    def _wedding(self, man: Person, woman: Person) -> date:
        """Return a day on which both are old enough (22 and 20: Civil Code, art. 1047)."""
        earliest = max(_birthday(man.born_on, 22), _birthday(woman.born_on, 20))
        return min(earliest + timedelta(days=self.random.randrange(1, 1200)), BASE - timedelta(days=400))

    def _children(self, father: Person, mother: Person, most: int, sex: str = "") -> list[Person]:
        children: list[Person] = []
        wedding = self.registers.marriages_of(mother.id_number)[-1].registered_on
        born_on = wedding + timedelta(days=self.random.randrange(280, 500))
        while len(children) < most and born_on < BASE - timedelta(days=100) and mother.age(born_on) <= 42:
            child = self._person(mother.area_code, sex or self._pick("MF"), born_on=born_on, surname=father.name[0])
            child.mother_id, child.father_id = mother.id_number, father.id_number
            children.append(child)
            self._certify(child, mother, father)
            born_on += timedelta(days=self.random.randrange(420, 1500))
        return children

    def _certify(self, child: Person, mother: Person, father: Person) -> None:
        if child.born_on < FIRST_CERTIFICATES:
            return
        registered_on = child.born_on + timedelta(days=self.random.randrange(5, 60))
        birth = Birth(
            f"R34{len(self.registers.births) + 1:07d}", mother.id_number, mother.name, father.id_number, father.name,
            child.sex, child.born_on, child.born_on + timedelta(days=3), used=True, child_id=child.id_number,
            child_name=child.name, registered_on=registered_on,
        )  # fmt: skip
        self.registers.certify(birth)

    def _person(
        self, town: str, sex: str, year: int = 0, *, born_on: date | None = None, surname: str = ""
    ) -> Person:  # fmt: skip
        day = born_on or date(year, 1, 1) + timedelta(days=self.random.randrange(365))
        given = "".join(self._pick(MEN if sex == "M" else WOMEN) for _ in range(self.random.choice((1, 2, 2))))
        return self.registers.admit(
            Person(self._number(town, day, sex), (surname or self._pick(SURNAMES)) + given, sex, day, town, "")
        )

    def _number(self, town: str, day: date, sex: str) -> str:
        step = self._sequences[(town[:6], day)] = self._sequences.get((town[:6], day), 249) + 1
        return number_of(town, day, step * 2 + (sex == "M"))  # 500 and up: the characters have the numbers below

    def _household(self, town: str, head: Person | None = None) -> Household:
        self._serial += 1
        street, house = self._pick(STREETS), self.random.randrange(1, 300)
        address = f"{(TOWNS | ELSEWHERE)[town]}{street}{house}号{self.random.randrange(1, 19)}室"
        return Household(f"{town}{self._serial:06d}", head.id_number if head else "", town, address)

    def _settle_collectively(self, people: int) -> None:
        town = "341502002"
        home = self._household(town)
        home.kind, home.address = "collective", f"{TOWNS[town]}六安市人才服务中心集体户"
        members = [self._person(town, self._pick("MF"), self.random.randrange(1990, 2003)) for _ in range(people)]
        home.head_id = members[0].id_number
        self.registers.house(home, *members)

    def _bury(self, person: Person) -> None:
        person.died_on = date(self.random.randrange(2010, 2025), self.random.randrange(1, 13), 15)
        marriage = self.registers.marriages_of(person.id_number)[-1]
        marriage.ended_on, marriage.ended_by = person.died_on, "death"

    def _own_a_home(self, owner: Person) -> None:
        count = len(self.registers.properties)
        area = Decimal(self.random.randrange(5500, 17000)) / 100
        price = area * self.random.randrange(4200, 9800)
        filed_on = date(2010 + count // 999, 1, 1) + timedelta(days=self.random.randrange(365))
        home = Property(
            property_id=f"LA{2010 + count // 999}{count % 999 + 1:03d}",
            address=self.registers.households[owner.household_no].address, owner_id=owner.id_number,
            owner_name=owner.name, area_m2=area, certificate_no=f"皖({filed_on.year})六安市不动产权第{count + 1:07d}号",
            assessed_value=price.quantize(Decimal("0.01")), contract_price=price.quantize(Decimal("0.01")),
            contract_no=f"HT{filed_on:%Y%m%d}{count + 1:05d}", contract_filed_on=filed_on, buyer_id=owner.id_number,
            seller_id=DEVELOPER, built_in=filed_on.year - 1, last_invoice_on=filed_on + timedelta(days=20),
            arrears=Decimal("1260.00") if self.random.random() < 0.05 else Decimal("0.00"),
            mortgaged=self.random.random() < 0.2, sealed=self.random.random() < 0.01,
        )  # fmt: skip
        self.registers.properties[home.property_id] = home

    def _pick(self, among: Sequence[str]) -> str:
        return self.random.choice(among)


def _birthday(born_on: date, years: int) -> date:
    """Return the first day of the month after the birthday: never the 29th of a February that is none."""
    year, month = divmod(born_on.year * 12 + years * 12 + born_on.month, 12)
    return date(year, month + 1, 1)
