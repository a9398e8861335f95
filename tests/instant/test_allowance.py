"""何秀兰 is over 80 and applies for the allowance; her family, her neighbours and silent sources."""

import pytest

from civic.accounts.models import Account
from civic.adapters.departments.fake import in_process
from civic.cases.models import Case
from civic.exchange.models import Call
from civic.instant import completing, services
from civic.instant.departments import tell_department
from civic.instant.facts import gather
from civic.instant.models import Onward
from tests.factories import accounts as people
from tests.factories import instant as make

pytestmark = pytest.mark.django_db
FOR_HER = {
    "holder": "family", "holder_name": "何秀兰", "holder_id_number": make.HE_XIULAN["id_number"], "relation": "parent",
}  # fmt: skip


@pytest.fixture
def old(db: None) -> Account:
    return make.he_xiulan()


def stored(case: Case) -> Case:
    found: Case = Case.objects.for_detail().get(pk=case.pk)
    return found


def verdict(ruling: object, key: str) -> str:
    (found,) = [rule["verdict"] for rule in ruling.fired if rule["key"] == key]  # type: ignore[attr-defined]
    return str(found)


def test_who_is_82_and_has_a_card_is_granted_at_once_and_civil_affairs_pays(old: Account) -> None:
    case = make.apply(make.city_service(make.ALLOWANCE), by=old)

    ruling = make.decide(case)
    completing.complete(case=stored(case), sheet=gather(stored(case), at=make.MONDAY), at=make.MONDAY)
    (row,) = Onward.objects.filter(case=case)
    receipt = tell_department(row, services.body_of(row))

    assert (ruling.state, stored(case).outcome) == ("GRANTED", "GRANTED")
    assert (ruling.facts["age_years"]["value"], ruling.facts["age_years"]["source"]) == (82, "gaj.population")
    assert {key: fact["value"] for key, fact in ruling.facts.items()} == {
        "holder": "self", "payout": "card", "age_years": 82, "alive": True, "hukou_city": True, "receives": False,
        "insured": True, "card_no_known": True,
    }  # fmt: skip
    assert (row.notice, receipt.accepted) == ("mzj.old_age_allowance", True)
    (told,) = in_process.town().notices.all()
    assert told.body["id_number"] == make.HE_XIULAN["id_number"]


def test_who_is_paid_already_is_declined_with_the_way_to_check_the_account(old: Account) -> None:
    version = make.city_service(make.ALLOWANCE)
    first = make.apply(version, by=old)
    make.decide(first)
    completing.complete(case=stored(first), sheet=gather(stored(first), at=make.MONDAY), at=make.MONDAY)
    (row,) = Onward.objects.filter(case=first)
    tell_department(row, services.body_of(row))

    again = make.apply(version, by=old)
    ruling = make.decide(again)

    assert (ruling.state, verdict(ruling, "not_paid_yet")) == ("DECLINED", "DECLINE")
    assert stored(again).state == "NOT_ACCEPTED"
    assert "请到乡镇或街道查账户" in stored(again).decision.reasons


def test_who_is_36_is_too_young_and_reads_what_comes_first(db: None) -> None:
    case = make.apply(make.city_service(make.ALLOWANCE), by=people.resident(**people.WANG_FANG))

    ruling = make.decide(case)

    assert (ruling.state, verdict(ruling, "age")) == ("DECLINED", "DECLINE")
    assert ruling.facts["age_years"]["value"] == 36


@pytest.mark.parametrize(
    ("department", "rules"),
    [("gaj", {"age", "living", "household"}), ("mzj", {"not_paid_yet"}), ("rsj", {"card_in_use"})],
)
def test_a_silent_source_sends_the_case_to_a_person_and_refuses_nothing(
    old: Account, department: str, rules: set[str]
) -> None:
    case = make.apply(make.city_service(make.ALLOWANCE), by=old)
    make.break_down(department)

    ruling = make.decide(case)

    assert (ruling.state, stored(case).state) == ("HANDED_OVER", "SUBMITTED")
    assert {rule["key"] for rule in ruling.fired if rule["verdict"] == "UNKNOWN"} == rules
    assert {fact["reason"] for fact in ruling.facts.values() if fact["value"] is None} == {"RESET"}


def test_a_stranger_is_told_nothing_about_her_because_nothing_is_asked(old: Account) -> None:
    case = make.apply(make.city_service(make.ALLOWANCE), by=people.resident(**people.SUN_HAO), **FOR_HER)

    ruling = make.decide(case)

    assert (ruling.state, verdict(ruling, "acting")) == ("HANDED_OVER", "PERSON")
    assert {key: fact["reason"] for key, fact in ruling.facts.items() if fact["value"] is None} == dict.fromkeys(
        ("age_years", "alive", "hukou_city", "receives", "insured", "card_no_known"), "NOT_ACTING"
    )
    assert not Call.objects.filter(resource__code__in=["mzj.old_age_allowance", "rsj.insurance"]).exists()


def test_who_has_her_mandate_may_apply_for_her(old: Account) -> None:
    daughter = people.resident(**people.WANG_FANG)
    assert old.person is not None
    people.mandate(agent=daughter, principal=old.person)

    ruling = make.decide(make.apply(make.city_service(make.ALLOWANCE), by=daughter, **FOR_HER))

    assert (ruling.state, ruling.facts["acts_for_holder"]["value"]) == ("GRANTED", True)
    assert ruling.facts["age_years"]["value"] == 82


def test_one_of_the_same_household_may_apply_and_a_wrong_name_goes_to_a_person(db: None) -> None:
    version = make.city_service(make.ALLOWANCE)
    husband, wife = _an_old_pair()
    applicant = people.resident(wife.name, id_number=wife.id_number)
    for_him = {"holder": "family", "holder_id_number": husband.id_number, "relation": "spouse"}

    right = make.decide(make.apply(version, by=applicant, holder_name=husband.name, **for_him))
    wrong = make.decide(make.apply(version, by=applicant, holder_name="李大明", **for_him))

    assert (right.facts["acts_for_holder"]["value"], wrong.facts["acts_for_holder"]["value"]) == (True, False)
    assert right.facts["age_years"]["value"] >= 80
    assert (wrong.state, wrong.facts["age_years"]["reason"]) == ("HANDED_OVER", "NOT_ACTING")


def _an_old_pair():  # type: ignore[no-untyped-def]
    registers = in_process.town().world.registers
    for marriage in registers.marriages.values():
        pair = [registers.people.get(number) for number in marriage.spouses]
        if all(one and one.alive and one.is_of_city and one.household_no == pair[0].household_no for one in pair):
            old = [one for one in pair if one.age(make.MONDAY.date()) >= 80]
            if len(old) == 2:
                return pair
    raise AssertionError("The world has no such pair.")


def test_another_bank_account_is_looked_at_by_a_person(old: Account) -> None:
    account = {"payout": "bank", "account_bank": "中国工商银行六安分行", "account_no": "6222021234567890123"}

    ruling = make.decide(make.apply(make.city_service(make.ALLOWANCE), by=old, **account))

    assert (ruling.state, verdict(ruling, "own_account")) == ("HANDED_OVER", "PERSON")
