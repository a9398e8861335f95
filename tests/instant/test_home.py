"""王芳 buys 周建国's home: three departments are drawn at once, the tax is computed, people decide."""

from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from civic.accounts.models import Account
from civic.cases.models import Case, Task
from civic.catalogue.models import Version
from civic.exchange.models import Call
from civic.instant import advising, completing, tasks
from civic.instant.facts import gather
from civic.instant.models import Onward, Ruling
from civic.instant.replaying import recorded
from civic.licences.models import Licence
from tests.factories import accounts as people
from tests.factories import cases
from tests.factories import instant as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(db: None) -> Version:
    return make.city_service(make.HOME)


@pytest.fixture
def wang(db: None) -> Account:
    return people.resident(**people.WANG_FANG)


@pytest.fixture
def zhou(db: None) -> Account:
    """The seller, with an account of his own."""
    return people.resident(**make.ZHOU_JIANGUO)


def stored(case: Case) -> Case:
    found: Case = Case.objects.for_detail().get(pk=case.pk)
    return found


def advise(case: Case) -> Ruling:
    ruling = advising.begin_advice(case=stored(case), at=make.MONDAY)
    assert ruling is not None
    advising.advise(ruling=ruling, sheet=gather(stored(case), at=make.MONDAY), at=make.MONDAY)
    return Ruling.objects.for_detail().get(pk=ruling.pk)


def in_the_way(ruling: Ruling) -> list[tuple[str, str]]:
    """What does not hold, but for the other party's confirmation, which has tests of its own."""
    left = [rule for rule in ruling.fired if rule["verdict"] != "HOLDS" and rule["key"] != "both_apply"]
    return [(rule["key"], rule["verdict"]) for rule in left]


def agreed(case: Case, *, by: Account) -> Ruling:
    """The other party confirms in the wallet and the tax is paid; then everything is drawn anew."""
    advise(case)
    make.consent(case, by=by)
    make.pay_deed_tax()
    return advise(case)


def test_three_departments_are_drawn_at_once_and_only_the_tax_is_open(version: Version, wang: Account) -> None:
    case = make.apply(version, by=wang)

    ruling = advise(case)

    assert (ruling.state, in_the_way(ruling)) == ("ADVISED", [("deed_tax", "PERSON")])
    assert stored(case).state == "SUBMITTED"
    assert sorted(Call.objects.values_list("resource__code", flat=True)) == [
        "gaj.population", "sw.property_tax", "zjj.house", "zrzy.land",
    ]  # fmt: skip
    assert {key: fact["value"] for key, fact in ruling.facts.items()} == {
        "mortgage": "none", "consented": None, "owner_matches": True, "address_matches": True,
        "mortgaged": False, "sealed": False,
        "contract_filed": True, "contract_matches": True, "buyer_matches": True, "area_difference": "0.00",
        "price_ratio": "1.0000", "tax_paid": False, "tax_arrears": "0.00", "deed_tax": "6200.00",
        "deed_tax_rate": "0.01", "tax_base": "620000.00", "tax_area": "89.60", "tax_homes": "1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("home", "answers", "rule"),
    [
        ("LA2023002", {"floor_area": "96.30", "price": "655000.00"}, ("no_seizure", "DECLINE")),
        ("LA2023003", {"floor_area": "101.00", "price": "700000.00"}, ("no_mortgage", "PERSON")),
        ("LA2023004", {"floor_area": "76.80", "price": "498000.00"}, ("no_arrears", "PERSON")),
        ("LA2023005", {"floor_area": "88.00", "price": "560000.00"}, ("owner", "PERSON")),
        ("LA2023001", {"contract_no": "HT2023999"}, ("contract_number", "PERSON")),
        ("LA2023001", {"home_address": "六安市金安区梅山路002号"}, ("address", "PERSON")),
        ("LA2023001", {"floor_area": "90.60"}, ("area", "PERSON")),
    ],
)
def test_one_thing_in_the_way_is_named(
    version: Version, wang: Account, home: str, answers: dict[str, Any], rule: tuple[str, str]
) -> None:
    same = {"property_id": home, "home_address": f"六安市金安区梅山路{home[-3:]}号", "contract_no": f"HT{home[2:]}"}

    ruling = advise(make.apply(version, by=wang, **{**same, **answers}))

    assert in_the_way(ruling) == [*sorted([rule, ("deed_tax", "PERSON")], key=_order(ruling))]


def _order(ruling: Ruling) -> Any:
    keys = [fired["key"] for fired in ruling.fired]
    return lambda pair: keys.index(pair[0])


def test_a_transfer_with_its_mortgage_is_no_obstacle(version: Version, wang: Account) -> None:
    home = {"property_id": "LA2023003", "home_address": "六安市金安区梅山路003号", "contract_no": "HT2023003"}
    kept = {"mortgage": "kept", "mortgage_bank": "中国银行六安分行", "floor_area": "101.00", "price": "700000.00"}

    ruling = advise(make.apply(version, by=wang, **home, **kept))

    assert in_the_way(ruling) == [("deed_tax", "PERSON")]


def test_somebody_else_than_the_buyer_of_the_contract_is_noticed(version: Version) -> None:
    ruling = advise(make.apply(version, by=people.resident(**people.SUN_HAO)))

    assert in_the_way(ruling) == [("buyer", "PERSON"), ("deed_tax", "PERSON")]


@pytest.mark.parametrize(
    ("home", "area", "price", "tax", "rate"),
    [
        ("LA2023001", "89.60", "620000.00", "6200.00", "0.01"),
        ("LA2023006", "146.20", "1180000.00", "17700.00", "0.015"),
        ("LA2023002", "96.30", "655000.00", "6550.00", "0.01"),
    ],
)
def test_the_deed_tax_is_right_to_the_fen(
    version: Version, wang: Account, home: str, area: str, price: str, tax: str, rate: str
) -> None:
    ruling = advise(make.apply(version, by=wang, property_id=home, floor_area=area, price=price))

    assert (ruling.facts["deed_tax"]["value"], ruling.facts["deed_tax_rate"]["value"]) == (tax, rate)


def test_a_price_far_below_the_assessed_value_is_left_to_the_tax_service(version: Version, wang: Account) -> None:
    ruling = advise(make.apply(version, by=wang, price="433999.99"))

    assert (ruling.facts["price_ratio"]["value"], ruling.facts["deed_tax"]["value"]) == ("0.6999", None)
    assert ruling.facts["deed_tax"]["reason"] == "ASSESSED"
    assert ("price", "PERSON") in in_the_way(ruling) and ("tax_computed", "UNKNOWN") in in_the_way(ruling)


@pytest.mark.parametrize(
    ("department", "rules"),
    [
        ("zrzy", ["owner", "address", "no_seizure", "no_mortgage", "area"]),
        ("zjj", ["contract", "contract_number", "buyer", "tax_computed"]),
        ("sw", ["deed_tax", "no_arrears", "price"]),
    ],
)
def test_a_silent_department_leaves_its_own_rules_unknown(
    version: Version, wang: Account, department: str, rules: list[str]
) -> None:
    case = make.apply(version, by=wang)
    make.break_down(department)

    ruling = advise(case)

    assert [key for key, verdict in in_the_way(ruling) if verdict == "UNKNOWN"] == rules


def test_a_home_without_a_housing_record_is_unknown_and_not_refused(version: Version, wang: Account) -> None:
    ruling = advise(make.apply(version, by=wang, property_id="LA2023007", floor_area="92.00", price="610000.00"))

    assert ("contract", "UNKNOWN") in in_the_way(ruling)
    assert ruling.facts["contract_filed"]["reason"] == "NO_RECORD"


def test_the_leader_grants_and_the_buyer_has_the_certificate(version: Version, wang: Account, zhou: Account) -> None:
    case = make.apply(version, by=wang)
    agreed(case, by=zhou)
    granted = cases.decide(stored(case), cases.officials())

    completing.complete(case=stored(granted), sheet=gather(stored(granted), at=make.MONDAY), at=make.MONDAY)

    certificate = Licence.objects.get()
    assert (certificate.type.code, certificate.holder_name) == ("property_certificate", "王芳")
    assert certificate.values == {
        "certificate_no": f"皖（2026）六安市不动产权第{case.pk:07d}号",
        "owner_name": "王芳",
        "owner_id_number": people.WANG_FANG["id_number"],
        "co_ownership": "单独所有",
        "property_id": "LA2023001",
        "address": "六安市金安区梅山路001号",
        "right_kind": "国有建设用地使用权/房屋所有权",
        "land_use": "城镇住宅用地",
        "area_m2": "89.60",
        "registered_on": "2026-03-02",
    }
    assert list(Onward.objects.filter(case=case).in_order().values_list("notice", flat=True)) == [
        "zrzy.registration", "sw.deed_tax", "zjj.registration",
    ]  # fmt: skip


BUYER = {"role": "seller", "other_name": "王芳", "other_id_number": people.WANG_FANG["id_number"]}


def test_where_the_seller_applied_the_certificate_is_the_buyers(version: Version, wang: Account, zhou: Account) -> None:
    case = make.apply(version, by=zhou, **BUYER)
    ruling = agreed(case, by=wang)
    granted = cases.decide(stored(case), cases.officials())

    completing.complete(case=stored(granted), sheet=gather(stored(granted), at=make.MONDAY), at=make.MONDAY)

    assert in_the_way(ruling) == []
    assert [licence.holder_name for licence in Licence.objects.all()] == ["王芳"]
    assert Onward.objects.filter(case=case).count() == 3


def test_a_buyer_whom_nobody_knows_signs_on_paper_and_gets_paper(version: Version, zhou: Account) -> None:
    make.pay_deed_tax()
    case = make.apply(version, by=zhou, papers={"seller_consent": [make.photo(zhou)]}, **BUYER)
    advise(case)
    granted = cases.decide(stored(case), cases.officials())

    issued = completing.complete(
        case=stored(granted), sheet=gather(stored(granted), at=make.MONDAY), at=make.MONDAY
    )  # fmt: skip

    assert (issued, Licence.objects.count(), Onward.objects.filter(case=case).count()) == (None, 0, 3)


def test_advice_is_asked_for_again_after_a_correction_and_never_after_the_decision(
    version: Version, wang: Account, zhou: Account
) -> None:
    case = make.apply(version, by=wang)
    agreed(case, by=zhou)

    granted = cases.decide(stored(case), cases.officials())

    assert Ruling.objects.filter(case=case, state="ADVISED").count() == 2
    assert advising.begin_advice(case=stored(granted), at=make.MONDAY) is None
    assert not Task.objects.filter(case=case, state="OPEN").exists()


def test_the_past_is_replayed_with_what_the_rules_said(version: Version, wang: Account) -> None:
    advise(make.apply(version, by=wang))
    advise(make.apply(version, by=wang, property_id="LA2023002"))

    assert sorted(outcome for _number, _facts, outcome in recorded(make.HOME)) == ["DECLINE", "PERSON"]


def test_a_submission_has_its_job_of_advice_and_the_job_keeps_it(
    version: Version, wang: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("civic.instant.tasks.now", lambda: make.MONDAY)
    case = make.apply(version, by=wang)

    tasks.rule(subject=case.pk)
    tasks.advise(subject=case.pk)

    names = ProcrastinateJob.objects.filter(args__subject=case.pk).values_list("task_name", flat=True)
    assert sorted(names) == ["civic.instant.tasks.advise", "civic.instant.tasks.rule"]
    assert [ruling.state for ruling in Ruling.objects.all()] == ["ADVISED"]
    assert stored(case).state == "SUBMITTED"


def test_the_official_sees_the_advice_and_the_computed_tax(version: Version, wang: Account) -> None:
    case = make.apply(version, by=wang)
    advise(case)
    staff = cases.officials()

    seen = people.at_home(staff["clerk"]).get(f"/office/cases/{case.number}/ruling/")
    hidden = people.at_home(staff["stranger"]).get(f"/office/cases/{case.number}/ruling/")

    page = seen.content.decode()
    assert (seen.status_code, hidden.status_code) == (200, 404)
    for words in (
        "规则意见，由工作人员决定",
        "应缴契税（元）：6200.00",
        "契税税率：0.01",
        "契税已缴",
        "六安市自然资源和规划局",
    ):
        assert words in page
