"""王芳 opens a shop: her name is free, taken, forbidden or too much like another; then a licence with a valid code."""

from datetime import timedelta

import pytest

from civic.accounts.models import Account
from civic.adapters.departments.fake import in_process
from civic.cases.models import Case
from civic.cases.services import FormIncomplete
from civic.catalogue.models import Version
from civic.core.personal import social_credit_code
from civic.instant import completing, services
from civic.instant.departments import tell_department
from civic.instant.facts import gather
from civic.instant.models import Onward
from civic.instant.rules import full_name, read_scope
from civic.licences.models import Licence
from tests.factories import accounts as people
from tests.factories import instant as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def wang(db: None) -> Account:
    return people.resident(**people.WANG_FANG)


@pytest.fixture
def version(db: None) -> Version:
    return make.city_service(make.BUSINESS)


def stored(case: Case) -> Case:
    found: Case = Case.objects.for_detail().get(pk=case.pk)
    return found


def false_or_unknown(ruling: object) -> list[tuple[str, str]]:
    return [(rule["key"], rule["verdict"]) for rule in ruling.fired if rule["verdict"] != "HOLDS"]  # type: ignore[attr-defined]


def finish(case: Case) -> None:
    """Do what the queue does after a grant."""
    completing.complete(case=stored(case), sheet=gather(stored(case), at=make.MONDAY), at=make.MONDAY)
    for _turn in range(2):
        for row in Onward.objects.filter(case=case, state="PLANNED").in_order():
            got = tell_department(row, services.body_of(row))
            services.settle_onward(
                onward=row, accepted=got.accepted, reference=got.reference, message=got.message, at=make.MONDAY
            )


def test_a_clothes_shop_is_registered_at_once_with_its_licence_and_tax_learns_of_it(
    wang: Account, version: Version
) -> None:
    case = make.apply(version, by=wang)

    ruling = make.decide(case)
    finish(case)

    assert (ruling.state, false_or_unknown(ruling)) == ("GRANTED", [])
    licence = Licence.objects.get()
    code = licence.values.pop("uscc")
    assert social_credit_code(code) == code and code.startswith("92")
    assert {name: licence.values[name] for name in licence.values if name != "uscc"} == {
        "name": "六安市金安区小芳商店",
        "kind": "个体工商户",
        "operator_name": "王芳",
        "premises": "六安市金安区东市街道人民路88号",
        "scope": "服装服饰零售；鞋帽零售",
        "registered_on": "2026-03-02",
    }
    assert [(row.notice, row.state) for row in Onward.objects.filter(case=case).in_order()] == [
        ("scjg.registration", "DONE"), ("sw.tax_registration", "DONE"),
    ]  # fmt: skip
    assert {told.body["name"] for told in in_process.town().notices.all()} == {"六安市金安区小芳商店"}
    assert {told.body["tax_now"] for told in in_process.town().notices.all()} == {True}


def test_a_name_that_somebody_has_is_declined_and_the_way_out_is_named(wang: Account, version: Version) -> None:
    make_first = make.apply(version, by=wang)
    make.decide(make_first)
    finish(make_first)

    second = make.apply(version, by=people.resident(**people.SUN_HAO))
    ruling = make.decide(second)

    assert (ruling.state, false_or_unknown(ruling)) == ("DECLINED", [("name_free", "DECLINE")])
    assert "请换一个字号" in stored(second).decision.reasons


def test_the_second_choice_is_taken_where_the_first_is_not_free(wang: Account, version: Version) -> None:
    taken = {"trade_name": "老杨", "industry": "beauty", "address": "六安市裕安区鼓楼街道云露路9号"}

    ruling = make.decide(make.apply(version, by=wang, trade_name_2="小芳", **taken))

    assert (ruling.state, ruling.notice["name"]) == ("GRANTED", "六安市裕安区小芳理发店")


def test_a_forbidden_word_is_declined(wang: Account, version: Version) -> None:
    ruling = make.decide(make.apply(version, by=wang, trade_name="中国第一"))

    assert (ruling.state, false_or_unknown(ruling)) == ("DECLINED", [("name_allowed", "DECLINE")])


def test_a_name_that_may_be_confused_goes_to_a_person(wang: Account, version: Version) -> None:
    case = make.apply(version, by=wang, trade_name="老杨", industry="beauty")

    ruling = make.decide(case)

    assert (ruling.state, stored(case).state) == ("HANDED_OVER", "SUBMITTED")
    assert false_or_unknown(ruling) == [("name_distinct", "PERSON")]


def test_who_uses_the_own_name_is_asked_for_no_trade_name(wang: Account, version: Version) -> None:
    case = make.apply(version, by=wang, with_name="no", trade_name=None, tax="no")

    ruling = make.decide(case)
    finish(case)

    assert (ruling.state, Licence.objects.get().values["name"]) == ("GRANTED", "王芳")
    assert {told.body["tax_now"] for told in in_process.town().notices.all()} == {False}


@pytest.mark.parametrize(
    ("answers", "rule"),
    [
        ({"needs_licence": "yes"}, "no_food"),
        ({"form": "family", "family_member": "孙浩", "family_count": 2}, "one_person"),
        ({"address": "合肥市长江路1号"}, "place"),
        ({"scope": "服装服饰零售；餐饮服务"}, "no_licence_first"),
    ],
)
def test_what_a_person_has_to_look_at_is_handed_over(wang: Account, version: Version, answers: dict, rule: str) -> None:  # type: ignore[type-arg]
    ruling = make.decide(make.apply(version, by=wang, **answers))

    assert (ruling.state, false_or_unknown(ruling)) == ("HANDED_OVER", [(rule, "PERSON")])


def test_a_scope_in_own_words_goes_to_a_person_and_nobody_guesses_about_licences(
    wang: Account, version: Version
) -> None:
    ruling = make.decide(make.apply(version, by=wang, scope="卖衣服，也修鞋"))

    assert (ruling.state, ruling.facts["scope_licensed"]["reason"]) == ("HANDED_OVER", "FREE_TEXT")
    assert false_or_unknown(ruling) == [("scope", "PERSON"), ("no_licence_first", "UNKNOWN")]


@pytest.mark.parametrize(
    ("department", "rules"),
    [("scjg", ["name_free", "name_allowed", "name_distinct"]), ("gaj", ["adult", "identity"])],
)
def test_a_silent_source_sends_the_case_to_a_person(
    wang: Account, version: Version, department: str, rules: list[str]
) -> None:
    case = make.apply(version, by=wang)
    make.break_down(department)

    ruling = make.decide(case)

    assert (ruling.state, stored(case).state) == ("HANDED_OVER", "SUBMITTED")
    assert false_or_unknown(ruling) == [(rule, "UNKNOWN") for rule in rules]
    assert not Licence.objects.exists()


def test_who_registered_falsely_is_looked_at_by_a_person_for_three_years(wang: Account, version: Version) -> None:
    false = make.apply(version, by=wang)
    make.decide(false)
    leader = people.official("周丽", department=version.service.department, roles=("unit_leader",))
    words = {"reasons": "经营场所是虚构的。", "legal_basis": "《中华人民共和国市场主体登记管理条例》第四十条"}
    handler = people.official("张强", department=version.service.department, roles=("unit_handler",))
    stored(false).verify_commitment(material="premises", result="FALSE", by=handler, at=make.MONDAY)
    later = make.MONDAY + timedelta(days=30)
    stored(false).revoke(**words, by=leader, at=later)

    with pytest.raises(FormIncomplete):
        make.apply(version, by=wang, at=later, trade_name="晓芳")
    proof = {"premises": [make.photo(wang, at=later)]}
    again = {"by": wang, "at": later, "papers": proof, "trade_name": "晓芳"}
    soon = make.decide(make.apply(version, **again), at=later)
    after = make.decide(make.apply(version, **again), at=later + timedelta(days=3 * 365 + 1))

    assert (soon.state, ("not_barred", "PERSON") in false_or_unknown(soon)) == ("HANDED_OVER", True)
    assert ("not_barred", "PERSON") not in false_or_unknown(after)


@pytest.mark.parametrize(
    ("trade_name", "industry", "name"),
    [
        ("小芳", "retail", "六安市金安区小芳商店"),
        ("小芳服装店", "retail", "六安市金安区小芳服装店"),
        ("六安市金安区小芳", "repair", "六安市金安区小芳维修部"),
        ("瓜片人家", "unknown", "六安市金安区瓜片人家经营部"),
    ],
)
def test_a_full_name_has_place_name_trade_and_form_once(trade_name: str, industry: str, name: str) -> None:
    assert full_name(trade_name, city="六安市", county="金安区", industry=industry) == name


@pytest.mark.parametrize(
    ("text", "standard", "licensed"),
    [
        ("服装服饰零售；鞋帽零售。", True, False),
        ("一般项目：日用百货销售，许可项目：餐饮服务", True, True),
        ("许可项目:餐饮服务", True, True),
        ("卖衣服；餐饮服务", False, True),
        ("卖衣服", False, None),
        ("", False, None),
    ],
)
def test_a_scope_is_read_by_its_standard_terms(text: str, standard: bool, licensed: bool | None) -> None:
    found = read_scope(text)

    assert (found.is_standard, found.is_licensed) == (standard, licensed)
