"""The people of the demonstration, and mothers whose newborns are each a case of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from civic.adapters.departments.fake.registers import Birth, Household, Insurance, Person, Property, Registers
from civic.adapters.departments.fake.registers import id_number as number_of

DONGSHI, GULOU = "341502002", "341503001"
HEFEI, SHANGHAI = "340104001", "310115001"
SUNHAO, WANGFANG, LIUGUIYING = "341503198812120019", "341502199001010025", "34150219550307002X"
ZHOUJIANGUO, WANGXIAOBAO = "341502198505150019", "341502201605060031"
HEXIULAN = "341502194304120042"


@dataclass(frozen=True)
class Scenario:
    """A newborn that somebody may want to register. `mother_id` is empty for a foundling."""

    key: str
    words: str
    mother_id: str
    father_id: str
    certificates: tuple[str, ...]


class Cast:
    """Enters the characters. Births are counted from `on`; nothing else depends on it."""

    def __init__(self, registers: Registers, on: date) -> None:
        self.registers, self.on = registers, on
        self.scenarios: dict[str, Scenario] = {}
        self._serial, self._key = 0, ""

    # Verbs

    def enter(self) -> dict[str, Scenario]:
        """Enter everybody and return the scenarios by key."""
        self._demonstration()
        for self._serial, self._key in enumerate(STORIES, start=2):
            TELL[self._key](self)
        self._old_and_not_paid()
        return self.scenarios

    def _demonstration(self) -> None:
        """Enter 王芳, 孙浩, 王小宝 and their new daughter; 王芳's mother 刘桂英, a widow; 周建国, who sells a home."""
        register = self.registers
        grandmother = self._known(LIUGUIYING, "刘桂英", DONGSHI)
        grandfather = self._person("王建军", "M", date(1952, 12, 21), DONGSHI)
        grandfather.died_on = date(2019, 3, 2)
        old = register.marry(grandfather, grandmother, date(1981, 10, 1))
        old.ended_on, old.ended_by = grandfather.died_on, "death"
        mother, father = self._known(WANGFANG, "王芳", DONGSHI), self._known(SUNHAO, "孙浩", GULOU)
        mother.mother_id, mother.father_id = grandmother.id_number, grandfather.id_number
        register.marry(father, mother, date(2015, 5, 20))
        son = self._known(WANGXIAOBAO, "王小宝", DONGSHI)
        son.mother_id, son.father_id = mother.id_number, father.id_number
        seller = self._known(ZHOUJIANGUO, "周建国", DONGSHI)
        self._household(mother, father, son, address="六安市金安区东市街道人民路88号3幢602室")
        self._household(grandmother, grandfather, address="六安市金安区东市街道解放路15号2幢101室")
        self._household(seller, address="六安市金安区东市街道长安路6号1幢303室")
        self._birth("Q340000001", mother, father, child=son)
        self._birth("T340000001", mother, father, days=12)
        self.scenarios["clean"] = Scenario("clean", "父母已婚，同户", WANGFANG, SUNHAO, ("T340000001",))
        self._insure((mother, 150), (father, 168), (seller, 212))
        register.insurances[LIUGUIYING] = Insurance("A00000009", True, 180, False, True)
        self._homes(mother, grandmother, seller)

    def _insure(self, *working: tuple[Person, int]) -> None:
        for number, (person, months) in enumerate(working, start=1):
            card = f"A0000000{number}"
            self.registers.insurances[person.id_number] = Insurance(card, True, months, person.sex == "F", False)

    def _old_and_not_paid(self) -> None:
        """Enter 何秀兰, who is over 80, has a card and does not receive the allowance that she has a right to."""
        old = self._known(HEXIULAN, "何秀兰", DONGSHI)
        self._household(old, address="六安市金安区东市街道云露路21号4幢203室")
        self.registers.insurances[old.id_number] = Insurance("A00000010", True, 180, False, True)

    def _homes(self, buyer: Person, old: Person, seller: Person) -> None:
        """Sales to 王芳: LA2023001 is ready to be registered, each of the others has one thing in the way."""
        self._home("LA2023001", seller, buyer, "89.60", "620000.00")
        self._home("LA2023002", seller, buyer, "96.30", "655000.00").sealed = True
        self._home("LA2023003", seller, buyer, "101.00", "700000.00").mortgaged = True
        self._home("LA2023004", seller, buyer, "76.80", "498000.00").arrears = Decimal("3150.00")
        self._home("LA2023005", old, buyer, "88.00", "560000.00").seller_id = seller.id_number
        self._home("LA2023006", seller, buyer, "146.20", "1180000.00").built_in = 2021
        self._home("LA2023007", seller, buyer, "92.00", "610000.00").has_house = False
        inherited = self._home("LA2023010", old, old, "78.50", "310000.00")
        inherited.seller_id, inherited.deed_tax_paid = seller.id_number, True
        inherited.contract_filed_on, inherited.last_invoice_on = date(2012, 4, 9), date(2012, 5, 3)

    # The stories, one newborn each

    def _single_mother(self) -> None:
        mother = self._mother("赵敏")
        self._household(mother)
        self._tell(mother, None)

    def _twins(self) -> None:
        mother, father = self._pair("钱慧", "李明")
        self._household(father, mother)
        second = self._birth("T340000004", mother, father, days=8)
        second.birth_order, second.sex = 2, "M"
        self._tell(mother, father, days=8, more=("T340000004",))

    def _divorced(self) -> None:
        mother, father = self._pair("孙丽", "陈刚")
        self._end(mother, "divorce", days=60)
        self._household(mother)
        self._household(father)
        self._tell(mother, father)

    def _foreign_father(self) -> None:
        mother = self._mother("李雪")
        stranger = Person("E20881234", "Jean Martin", "M", date(1986, 4, 2), "", "", nationality="法国")
        self.registers.marry(mother, stranger, date(2021, 9, 9))
        self._household(mother)
        self._tell(mother, stranger)

    def _used_certificate(self) -> None:
        mother, father = self._pair("周婷", "吴勇")
        self._household(father, mother)
        birth = self._tell(mother, father, days=40)
        born_on = self.on - timedelta(days=40)
        child = self._person("吴思远", "F", born_on, DONGSHI, sequence=480)
        child.mother_id, child.father_id = mother.id_number, father.id_number
        self.registers.house(self.registers.households[father.household_no], child)
        birth.used, birth.child_id, birth.child_name = True, child.id_number, child.name
        birth.registered_on = self.on - timedelta(days=20)

    def _father_deceased(self) -> None:
        mother, father = self._pair("吴静", "郑强")
        father.died_on = self.on - timedelta(days=100)
        self._end(mother, "death", days=100)
        self._household(mother, father)
        self._tell(mother, father)

    def _mother_deceased(self) -> None:
        mother, father = self._pair("郑洁", "王磊")
        mother.died_on = self.on - timedelta(days=11)
        self._end(mother, "death", days=11)
        self._household(father, mother)
        self._tell(mother, father)

    def _foundling(self) -> None:
        self._tell(None, None, hospital="六安市儿童福利院", hospital_code="341500901")

    def _collective_household(self) -> None:
        mother, father = self._pair("冯颖", "褚亮", father_town=HEFEI)
        collective = next(home for home in self.registers.households.values() if home.kind == "collective")
        self.registers.house(collective, mother)
        self._household(father)
        self._tell(mother, father)

    def _mother_outside(self) -> None:
        mother, father = self._pair("陈莉", "卫东", mother_town=HEFEI)
        self._household(mother)
        self._household(father)
        self._tell(mother, father)

    def _both_outside(self) -> None:
        mother, father = self._pair("蒋琳", "沈浩然", mother_town=SHANGHAI, father_town=SHANGHAI)
        self._household(father, mother)
        self._tell(mother, father)

    def _rare_name(self) -> None:
        mother, father = self._pair("陈\U0002cc56", "周\U0002cb4e")
        self._household(father, mother)
        self._tell(mother, father)

    def _void_certificate(self) -> None:
        mother, father = self._pair("韩倩", "杨帆")
        self._household(father, mother)
        self._tell(mother, father).valid = False

    def _late(self) -> None:
        mother, father = self._pair("朱梅", "秦峰")
        self._household(father, mother)
        self._tell(mother, father, days=400)

    def _unmarried_father(self) -> None:
        mother, father = self._mother("尤娜"), self._father("许超")
        self._household(mother)
        self._household(father)
        self._tell(mother, father)

    def _born_elsewhere(self) -> None:
        mother, father = self._pair("何云", "吕涛")
        self._household(father, mother)
        self._tell(mother, father, hospital="上海市第一妇婴保健院", hospital_code="310000101")

    def _father_without_record(self) -> None:
        mother = self._mother("施红")
        self._household(mother)
        number = number_of("650102001", date(1990, 6, 6), 31)
        nobody = Person(number, "张远", "M", date(1990, 6, 6), "650102001", "")
        self._tell(mother, nobody)

    def _other_husband(self) -> None:
        mother, husband = self._pair("孔玲", "曹军")
        father = self._father("严斌", sequence=203)
        self._household(husband, mother)
        self._household(father)
        self._tell(mother, father)

    def _grandparent_is_head(self) -> None:
        head = self._person("华兰英", "F", date(1958, 8, 8), DONGSHI)
        mother, father = self._pair("金燕", "魏宁")
        father.mother_id = head.id_number
        self._household(head, father, mother)
        self._tell(mother, father)

    def _minor_mother(self) -> None:
        head = self._person("陶桂花", "F", date(1975, 3, 3), DONGSHI)
        mother = self._person("陶欣", "F", date(self.on.year - 17, 1, 9), DONGSHI)
        mother.mother_id = head.id_number
        self._household(head, mother)
        self._tell(mother, None)

    def _home_birth(self) -> None:
        mother, father = self._pair("姜萍", "戚鹏")
        self._household(father, mother)
        self._tell(mother, father, hospital="", hospital_code="")

    def _names_differ(self) -> None:
        mother, father = self._pair("谢嬿", "邹凯")
        self._household(father, mother)
        self._tell(mother, father).mother_name = "谢燕"

    # Pieces

    def _tell(
        self, mother: Person | None, father: Person | None, *, days: int = 12, more: tuple[str, ...] = (),
        **hospital: str,
    ) -> Birth:  # fmt: skip
        certificate = f"T34{CERTIFICATES[self._key]:07d}"
        birth = self._birth(certificate, mother, father, days=days)
        for name, value in hospital.items():
            setattr(birth, name, value)
        self.scenarios[self._key] = Scenario(
            self._key, STORIES[self._key], birth.mother_id, birth.father_id, (certificate, *more)
        )
        return birth

    def _birth(
        self, certificate: str, mother: Person | None, father: Person | None, *, days: int = 0,
        child: Person | None = None,
    ) -> Birth:  # fmt: skip
        """Enter a certificate: of a child that is registered, else of a girl born `days` ago whom nobody has named."""
        day = child.born_on if child else self.on - timedelta(days=days)
        birth = Birth(
            certificate, mother.id_number if mother else "", mother.name if mother else "",
            father.id_number if father else "", father.name if father else "", child.sex if child else "F", day,
            min(day + timedelta(days=2), self.on),
        )  # fmt: skip
        if child:
            birth.used, birth.child_id, birth.child_name = True, child.id_number, child.name
            birth.registered_on = day + timedelta(days=25)
        return self.registers.certify(birth)

    def _pair(
        self, mother: str, father: str, *, mother_town: str = DONGSHI, father_town: str = DONGSHI
    ) -> tuple[Person, Person]:  # fmt: skip
        pair = self._mother(mother, mother_town), self._father(father, father_town)
        self.registers.marry(*pair, date(2020, 5, 20))
        return pair

    def _mother(self, name: str, town: str = DONGSHI) -> Person:
        return self._person(name, "F", date(1994, 2, 1) + timedelta(days=self._serial), town)

    def _father(self, name: str, town: str = DONGSHI, sequence: int = 201) -> Person:
        return self._person(name, "M", date(1992, 8, 1) + timedelta(days=self._serial), town, sequence=sequence)

    def _person(self, name: str, sex: str, born_on: date, town: str, *, sequence: int = 0) -> Person:
        sequence = sequence or (201 if sex == "M" else 202)
        return self.registers.admit(Person(number_of(town, born_on, sequence), name, sex, born_on, town, ""))

    def _known(self, number: str, name: str, town: str) -> Person:
        born_on = date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
        return self.registers.admit(Person(number, name, "M" if int(number[16]) % 2 else "F", born_on, town, ""))

    def _household(self, head: Person, *others: Person, address: str = "") -> None:
        number = f"{head.area_code}9{len(self.registers.households):05d}"
        where = address or f"{PLACES[head.area_code]}梅山路{len(self.registers.households) % 300}号"
        self.registers.house(Household(number, head.id_number, head.area_code, where), head, *others)

    def _end(self, spouse: Person, how: str, *, days: int) -> None:
        marriage = self.registers.marriages_of(spouse.id_number)[-1]
        marriage.ended_on, marriage.ended_by = self.on - timedelta(days=days), how

    def _home(self, property_id: str, owner: Person, buyer: Person, area: str, price: str) -> Property:
        home = Property(
            property_id, f"六安市金安区梅山路{property_id[-3:]}号", owner.id_number, owner.name, Decimal(area),
            f"皖(2018)六安市不动产权第9{property_id[-6:]}号", Decimal(price), Decimal(price), f"HT{property_id[2:]}",
            self.on - timedelta(days=20), buyer.id_number, owner.id_number, 2016, deed_tax_paid=False,
        )  # fmt: skip
        self.registers.properties[property_id] = home
        return home


PLACES = {
    DONGSHI: "六安市金安区东市街道", GULOU: "六安市裕安区鼓楼街道",
    HEFEI: "合肥市蜀山区三里庵街道", SHANGHAI: "上海市浦东新区潍坊新村街道",
}  # fmt: skip
STORIES = {
    "single_mother": "单亲母亲，证明上没有父亲",
    "twins": "双胞胎",
    "divorced": "父母已离婚",
    "foreign_father": "父亲是外国人，只有护照",
    "used_certificate": "出生医学证明已经用过",
    "father_deceased": "父亲已去世",
    "mother_deceased": "母亲已去世",
    "foundling": "没有母亲的记录",
    "collective_household": "母亲在集体户",
    "mother_outside": "母亲户口在省内外市，父亲在本市",
    "both_outside": "父母户口都不在本省",
    "rare_name": "父母名字含生僻字",
    "void_certificate": "出生医学证明已作废",
    "late": "出生一年以后才登记",
    "unmarried_father": "父母没有结婚，证明上有父亲",
    "born_elsewhere": "在外省医院出生",
    "father_without_record": "父亲的证件号码查不到",
    "other_husband": "证明上的父亲不是母亲的丈夫",
    "grandparent_is_head": "户主是祖母",
    "minor_mother": "母亲未成年",
    "home_birth": "在家出生",
    "names_differ": "证明上母亲的名字与户籍不同",
}
TELL: dict[str, Callable[[Cast], None]] = {key: getattr(Cast, f"_{key}") for key in STORIES}
# Certificates count on in the order of the stories; twins take two.
CERTIFICATES = {key: number + (number > 3) for number, key in enumerate(STORIES, start=2)}
