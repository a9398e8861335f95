"""Both parties of a sale apply: 周建国 is asked in his wallet, and nobody grants without him or against the law."""

from datetime import timedelta

import pytest

from civic.accounts.models import Account
from civic.audit.models import Entry
from civic.cases.guard import NotYetGranted
from civic.cases.models import Case
from civic.catalogue.models import Version
from civic.core.errors import NotAllowed
from civic.exchange.models import Call
from civic.instant import advising, completing, tasks
from civic.instant.completing import LicenceIncomplete
from civic.instant.explain import explain, explain_tax
from civic.instant.facts import gather
from civic.instant.models import Onward, Ruling
from civic.licences.models import Licence, UseRequest
from civic.licences.wallet_states import UseState
from tests.factories import accounts as people
from tests.factories import cases, licences
from tests.factories import instant as make

pytestmark = pytest.mark.django_db
TOMORROW = make.MONDAY + timedelta(days=1)


@pytest.fixture
def version(db: None) -> Version:
    return make.city_service(make.HOME)


@pytest.fixture
def wang(db: None) -> Account:
    return people.resident(**people.WANG_FANG)


@pytest.fixture
def zhou(db: None) -> Account:
    return people.resident(**make.ZHOU_JIANGUO)


def stored(case: Case) -> Case:
    found: Case = Case.objects.for_detail().get(pk=case.pk)
    return found


def advise(case: Case) -> Ruling:
    ruling = advising.begin_advice(case=stored(case), at=make.MONDAY)
    assert ruling is not None
    advising.advise(ruling=ruling, sheet=gather(stored(case), at=make.MONDAY), at=make.MONDAY)
    return Ruling.objects.for_detail().get(pk=ruling.pk)


def verdict(ruling: Ruling, key: str) -> str:
    return next(rule["verdict"] for rule in ruling.fired if rule["key"] == key)


def test_the_other_party_is_asked_once_with_the_terms(version: Version, wang: Account, zhou: Account) -> None:
    case = make.apply(version, by=wang)

    ruling = advise(case)
    advise(case)

    asked = UseRequest.objects.get()
    assert (asked.holder, asked.asker, asked.case) == (zhou.person, wang, case.number)
    assert asked.clear("words") == (
        "王芳申请办理六安市金安区梅山路001号的过户，您是卖方。成交价620000.00元，网签合同号HT2023001。"
        "买卖的房子要由双方共同申请，您同意，就是和对方一起提出申请。您的回答只用于这一件事。"
    )
    assert (verdict(ruling, "both_apply"), ruling.facts["consented"]["reason"]) == ("UNKNOWN", "ASKED")


@pytest.mark.parametrize(("yes", "seen"), [(True, "HOLDS"), (False, "PERSON")])
def test_the_answer_is_looked_at_when_it_comes(
    version: Version, wang: Account, zhou: Account, yes: bool, seen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("civic.instant.tasks.now", lambda: make.MONDAY)
    case = make.apply(version, by=wang)
    advise(case)

    tasks.hear(subject=make.consent(case, by=zhou, yes=yes).pk)

    newest = Ruling.objects.newest_first().first()
    assert newest is not None
    assert (newest.state, verdict(newest, "both_apply")) == ("ADVISED", seen)


def test_a_yes_to_one_price_is_no_yes_to_another(version: Version, wang: Account, zhou: Account) -> None:
    case = make.apply(version, by=wang)
    advise(case)
    make.consent(case, by=zhou)
    cheaper = {**stored(case).latest_submission.form, "price": "600000.00"}
    staff = cases.officials()
    items = [{"pointer": "/form/price", "message": "请核对成交价。"}]
    stored(case).request_correction(items=items, by=staff["clerk"], at=make.MONDAY)
    stored(case).resubmit(form=cheaper, documents={}, by=wang, at=make.MONDAY)

    ruling = advise(case)

    assert (ruling.facts["consented"]["value"], ruling.facts["consented"]["reason"]) == (None, "CHANGED")
    assert UseRequest.objects.count() == 1


def test_who_names_themselves_as_the_other_party_is_not_asked(version: Version, wang: Account) -> None:
    ruling = advise(make.apply(version, by=wang, other_id_number=people.WANG_FANG["id_number"], other_name="王芳"))

    assert (verdict(ruling, "both_apply"), ruling.facts["consented"]["reason"]) == ("UNKNOWN", "NO_ACCOUNT")
    assert not UseRequest.objects.exists()


def refused(case: Case) -> str:
    """What the leader is told who tries to grant the case."""
    with pytest.raises(NotYetGranted) as refusal:
        cases.decide(stored(case), cases.officials())
    assert stored(case).state == "IN_REVIEW"
    assert not Licence.objects.exists()
    return str(refusal.value)


def test_nobody_grants_while_the_other_party_has_not_answered(version: Version, wang: Account, zhou: Account) -> None:
    case = make.apply(version, by=wang)
    make.pay_deed_tax()
    advise(case)

    assert refused(case).startswith("还在等对方在网上确认（《不动产登记暂行条例》第十四条）。")


def test_nobody_grants_against_the_other_party(version: Version, wang: Account, zhou: Account) -> None:
    case = make.apply(version, by=wang, papers={"seller_consent": [make.photo(wang)]})
    make.pay_deed_tax()
    advise(case)
    make.consent(case, by=zhou, yes=False)
    advise(case)

    assert refused(case).startswith("「买卖双方共同申请」不符合（《不动产登记暂行条例》第十四条）。")


def test_nobody_grants_where_the_other_party_is_not_known_and_nothing_is_signed(
    version: Version, wang: Account
) -> None:
    case = make.apply(version, by=wang)
    make.pay_deed_tax()
    advise(case)

    assert refused(case).startswith("没有对方的确认（《不动产登记暂行条例》第十四条）。")


def test_nobody_grants_before_the_tax_is_paid(version: Version, wang: Account, zhou: Account) -> None:
    case = make.apply(version, by=wang)
    advise(case)
    make.consent(case, by=zhou)
    advise(case)

    assert refused(case).startswith("「契税已缴」不符合（《中华人民共和国契税法》第十一条）。")


def test_the_yes_that_a_grant_rests_on_is_not_withdrawn_any_more(
    version: Version, wang: Account, zhou: Account
) -> None:
    case = make.apply(version, by=wang)
    advise(case)
    asked = make.consent(case, by=zhou)
    make.pay_deed_tax()
    advise(case)

    cases.decide(stored(case), cases.officials())

    asked.refresh_from_db()
    assert (asked.state, asked.relied_at) == (UseState.GRANTED, make.MONDAY)
    with pytest.raises(NotAllowed):
        asked.withdraw(by=zhou, at=TOMORROW)


# What officials see, and have drawn again


def in_review(version: Version, wang: Account) -> tuple[Case, dict[str, Account]]:
    case, staff = make.apply(version, by=wang), cases.officials()
    advise(case)
    stored(case).accept(by=staff["clerk"], at=make.MONDAY)
    return stored(case), staff


def test_three_departments_have_their_step_at_once_with_the_advice(version: Version, wang: Account) -> None:
    case, staff = in_review(version, wang)

    for who, rule in (("handler", "卖方是登记的产权人"), ("tax", "契税已缴"), ("housing", "买卖合同已网签")):
        client = people.at_home(staff[who])
        assert case.number in client.get("/office/cases/").content.decode()
        page = client.get(f"/office/cases/{case.number}/").content.decode()
        own = page.partition("本部门核对的")[2].partition("其他部门核对的")[0]
        assert rule in own
        assert "620,000.00元 × 1% = 6,200.00元" in page
        assert "/ruling/renewal/" in page


def test_the_tax_official_draws_again_and_is_named_in_every_call(
    version: Version, wang: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("civic.instant.office.now", lambda: TOMORROW)
    case, staff = in_review(version, wang)
    make.pay_deed_tax()
    before = Call.objects.count()

    answer = people.at_home(staff["tax"]).post(f"/office/cases/{case.number}/ruling/renewal/")

    newest = Ruling.objects.newest_first().first()
    assert newest is not None
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/office/cases/{case.number}/#advice")
    assert verdict(newest, "deed_tax") == "HOLDS"
    assert set(Call.objects.order_by("pk").values_list("actor", flat=True)[before:]) == {staff["tax"].ledger_id()}
    assert Entry.objects.filter(step="instant.ruling.renew", actor=staff["tax"].ledger_id()).count() == 1
    assert verdict(Ruling.objects.order_by("pk")[0], "deed_tax") == "PERSON"


def test_what_was_down_is_drawn_again_when_it_heals_and_nothing_is_lost(version: Version, wang: Account) -> None:
    case, staff = in_review(version, wang)
    make.break_down("zjj")
    advising.draw_again(case=stored(case), by=staff["housing"], at=make.MONDAY)
    dark = Ruling.objects.for_detail().newest_first()[0]
    make.heal("zjj")

    advising.draw_again(case=stored(case), by=staff["housing"], at=TOMORROW)

    again = Ruling.objects.for_detail().newest_first()[0]
    assert [verdict(ruling, "contract") for ruling in (dark, again)] == ["UNKNOWN", "HOLDS"]
    assert (explain_tax(dark), explain_tax(again) is not None) == (None, True)
    assert Ruling.objects.filter(case=case).count() == 3


@pytest.mark.parametrize("who", ["stranger", "auditor"])
def test_who_does_not_work_on_the_case_has_nothing_drawn(version: Version, wang: Account, who: str) -> None:
    case, staff = in_review(version, wang)
    staff["auditor"] = people.official("审计", roles=("auditor",))
    before = Call.objects.count()

    answer = people.at_home(staff[who]).post(f"/office/cases/{case.number}/ruling/renewal/")

    assert answer.status_code in (403, 404)
    assert (Call.objects.count(), Ruling.objects.count()) == (before, 1)


def test_a_department_whose_step_is_done_has_nothing_drawn(version: Version, wang: Account) -> None:
    case, staff = in_review(version, wang)
    case.tasks.get(key="tax").complete(opinion="AGREE", by=staff["tax"], at=make.MONDAY)

    with pytest.raises(NotAllowed, match="本部门的环节不在办理中"):
        advising.draw_again(case=stored(case), by=staff["tax"], at=make.MONDAY)

    assert Ruling.objects.count() == 1


def test_each_rule_says_whose_records_it_rests_on(version: Version, wang: Account) -> None:
    lines = {line.words: line.department for line in explain(advise(make.apply(version, by=wang)))}

    assert {words: lines[words] for words in ("没有查封", "契税已缴", "合同号与网签一致")} == {
        "没有查封": "zrzy", "契税已缴": "sw", "合同号与网签一致": "zjj",
    }  # fmt: skip


def test_under_two_years_the_tax_service_takes_out_value_added_tax_first(version: Version, wang: Account) -> None:
    ruling = advise(make.apply(version, by=wang, held_years="under_2"))

    assert (ruling.facts["deed_tax"]["value"], ruling.facts["deed_tax"]["reason"]) == (None, "VAT")
    assert explain_tax(ruling) is None


# What a grant brings


def granted(version: Version, wang: Account, zhou: Account) -> Case:
    case = make.apply(version, by=wang)
    advise(case)
    make.consent(case, by=zhou)
    make.pay_deed_tax()
    advise(case)
    return stored(cases.decide(stored(case), cases.officials()))


def test_the_sellers_certificate_of_this_home_is_superseded(version: Version, wang: Account, zhou: Account) -> None:
    case = granted(version, wang, zhou)
    sold, kept = (licences.certificate_of(zhou, home) for home in ("LA2023001", "LA2023009"))

    new = completing.complete(case=case, sheet=gather(case, at=make.MONDAY), at=make.MONDAY)
    again = completing.complete(case=case, sheet=gather(case, at=TOMORROW), at=TOMORROW)

    for licence in (sold, kept):
        licence.refresh_from_db()
    assert new is not None and new == again
    assert (new.holder_name, new.replaces, new.edition) == ("王芳", sold, 2)
    assert (sold.state, kept.state) == ("SUPERSEDED", "VALID")


def test_with_the_land_register_silent_nothing_is_issued_until_it_answers(
    version: Version, wang: Account, zhou: Account
) -> None:
    case = granted(version, wang, zhou)
    make.break_down("zrzy")

    with pytest.raises(LicenceIncomplete):
        completing.complete(case=case, sheet=gather(case, at=make.MONDAY), at=make.MONDAY)

    assert (Licence.objects.count(), Onward.objects.count()) == (0, 0)
    make.heal("zrzy")
    assert completing.complete(case=case, sheet=gather(case, at=TOMORROW), at=TOMORROW) is not None


def test_the_applicant_sees_how_it_stands_and_the_seller_no_certificate(
    version: Version, wang: Account, zhou: Account
) -> None:
    case = make.apply(version, by=zhou, role="seller", other_name="王芳", other_id_number=people.WANG_FANG["id_number"])
    advise(case)
    make.consent(case, by=wang)
    make.pay_deed_tax()
    advise(case)
    home, where = people.at_home(zhou), f"/my/cases/{case.number}/ruling/"

    open_ = home.get(where).content.decode()
    done = stored(cases.decide(stored(case), cases.officials()))
    completing.complete(case=done, sheet=gather(done, at=make.MONDAY), at=make.MONDAY)
    over = home.get(where).content.decode()

    assert "620,000.00元 × 1% = 6,200.00元" in open_ and "在网上确认。" in open_
    assert "登簿" in over and "电子证照在买方的“我的证照”里。" in over
    assert "/my/licences/" + str(Licence.objects.get().token) not in over
    assert people.at_home(people.resident(**people.SUN_HAO)).get(where).status_code == 404
