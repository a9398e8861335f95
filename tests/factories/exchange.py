"""Data sharing for tests: the demonstration city's lists, and sources played by a function."""

import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from civic.accounts.models import Account, Department
from civic.adapters.departments.endpoint import Endpoint
from civic.adapters.departments.failure import SourceFailed
from civic.adapters.departments.question import Answer, Question
from civic.exchange.models import Call, Contest, Demand, Duty, Provider, Resource, Restriction
from civic.exchange.services import Ask, Context, draw
from civic.exchange.services.loading import load_lists, read_lists
from tests.factories.accounts import MONDAY, WANG_FANG, department, resident

CITY = Path(__file__).parents[2] / "cities" / "luan" / "exchange.yaml"
DEPARTMENTS = {
    "zrzy": "六安市自然资源和规划局", "sw": "国家税务总局六安市税务局", "zjj": "六安市住房和城乡建设局",
    "gaj": "六安市公安局", "wjw": "六安市卫生健康委员会", "mzj": "六安市民政局", "scjg": "六安市市场监督管理局",
    "rsj": "六安市人力资源和社会保障局", "sjzy": "六安市数据资源管理局",
}  # fmt: skip
RECORDS: dict[str, dict[str, Any]] = {
    "land": {
        "property_id": "LA2023001", "address": "六安市金安区皖西大道1号2栋301室",
        "owner_id_number": "341502199001010025", "owner_name": "王芳",
        "right_kind": "国有建设用地使用权/房屋所有权", "area_m2": "98.50", "land_use": "住宅", "mortgaged": False,
        "sealed": False, "certificate_no": "皖(2023)六安市不动产权第0000001号",
    },
    "property_tax": {
        "property_id": "LA2023001", "assessed_value": "800000.00", "deed_tax_rate_hint": "1%", "arrears": "0.00",
        "deed_tax_paid": False, "last_invoice_on": "2026-02-20",
    },
    "house": {
        "property_id": "LA2023001", "address": "六安市金安区皖西大道1号2栋301室", "floor_area_m2": "98.50",
        "structure": "钢混", "built_in": 2010, "contract_no": "WQ20260218001", "contract_price": "800000.00",
        "contract_filed_on": "2026-02-18", "buyer_id_number": "341503198812120019",
        "seller_id_number": "341502199001010025", "homes_owned_by_buyer": 0,
    },
    "marriage": {
        "status": "married", "spouse_id_number": "341503198812120019", "spouse_name": "孙浩",
        "registered_on": "2015-05-20", "certificate_no": "J341502-2015-000001",
    },
    "population": {
        "name": "王芳", "sex": "F", "born_on": "1990-01-01", "alive": True, "hukou_city": True, "hukou_province": True,
        "address": "六安市金安区皖西大道1号", "area_code": "341502", "household_no": "00000001", "nationality": "汉",
    },
    "business_name": {"taken": False, "similar": ["六安芳芳茶叶店"], "forbidden_words": []},
}  # fmt: skip
Said = Mapping[str, Any] | list[dict[str, Any]] | str | float


class Sources:
    """The departments' systems, played: what each resource says, one after the other.

    A mapping is a record (cut to the fields asked for), a list are records as they stand, a text is a failure's reason,
    a number are seconds of silence. The last thing said is said again. `asked` are the questions that arrived.
    """

    def __init__(self) -> None:
        self.says: dict[str, list[Said]] = {name: [record] for name, record in RECORDS.items()}
        self.asked: list[Question] = []
        self.as_of: datetime = MONDAY

    def say(self, resource: str, *said: Said) -> None:
        self.says[resource] = list(said)

    def ask(self, endpoint: Endpoint, question: Question, *, timeout: float) -> Answer:
        self.asked.append(question)
        queue = self.says[question.resource]
        said = queue.pop(0) if len(queue) > 1 else queue[0]
        if isinstance(said, str):
            raise SourceFailed(said)
        if isinstance(said, float):
            time.sleep(min(said, timeout))
            raise SourceFailed("TIMEOUT")
        if isinstance(said, list):
            return Answer(said, self.as_of)
        return Answer([{name: said[name] for name in question.fields if name in said}], self.as_of)


def sources(monkeypatch: pytest.MonkeyPatch) -> Sources:
    """Let the sources be played in this test."""
    played = Sources()
    monkeypatch.setattr("civic.adapters.departments.client.ask", played.ask)
    return played


def city() -> None:
    """Departments with the demonstration city's lists."""
    for code, name in DEPARTMENTS.items():
        department(code, name)
    load_lists(read_lists(CITY), by="operator", at=MONDAY)


def provider(code: str = "zrzy") -> Provider:
    return Provider.objects.get(department__code=code)


def resource(code: str = "zrzy.land") -> Resource:
    return Resource.objects.for_list().get(code=code)


def duty(code: str = "zrzy.land") -> Duty:
    return Duty.objects.get(resource__code=code)


def restriction(code: str = "biometrics") -> Restriction:
    return Restriction.objects.get(code=code)


def office_of(code: str) -> Department:
    return Department.objects.get(code=code)


def demand(*, by: Account, code: str = "zrzy.land", service: str = "LA-JY-001", **more: Any) -> Demand:
    """A demand that waits for the provider's answer."""
    wish = {
        "service_name": "就业困难人员认定",
        "service_name_en": "",
        "purpose": "decide",
        "legal_basis": "《中华人民共和国就业促进法》第五十二条",
        "fields": ["address"],
        **more,
    }
    home = by.official.department
    made: Demand = Demand.objects.propose(
        by=by, at=MONDAY, consumer=home, resource=resource(code), service=service, **wish
    )
    return made


def context(by: object = "timer", *, for_: Account | None = None, **more: str) -> Context:
    """王芳's transfer of her home."""
    facts = {"service": "LA-ZR-001", "case": "LA20260302000000017X", "purpose": "decide", **more}
    return Context(**facts, on_behalf_of=for_.ledger_id() if for_ else "", by=by)


PROPERTY = {"property_id": "LA2023001"}
THREE = {
    "land": Ask("zrzy.land", PROPERTY), "tax": Ask("sw.property_tax", PROPERTY), "house": Ask("zjj.house", PROPERTY),
}  # fmt: skip


def wang_fang() -> Account:
    return resident("王芳", phone=WANG_FANG["phone"], id_number=WANG_FANG["id_number"])


def call(*, for_: Account, code: str = "gaj.population", by: object = "timer", service: str = "LA-GA-001") -> Call:
    """A question about 王芳 that was asked on behalf of `for_`."""
    asks = {"it": Ask(code, {"id_number": WANG_FANG["id_number"]})}
    found = draw(asks, context=context(by, for_=for_, service=service), at=MONDAY)
    return Call.objects.for_list().get(handle=found["it"].call)


def contest(*, by: Account, field: str = "address", words: str = "去年已经搬家，地址是旧的。", **of: Any) -> Contest:
    """王芳 says that her address is an old one."""
    made: Contest = Contest.objects.open_for(call(for_=by, **of), field=field, words=words, by=by, at=MONDAY)
    return made
