"""A person looks again at what rules decided: right stays, wrong is mended with a record."""

from datetime import timedelta

import pytest
from django.test import Client

from civic.adapters.departments.fake import in_process
from civic.cases.models import Case
from civic.cases.models.clocks import StatementPending
from civic.core.errors import NotAllowed
from civic.instant import completing, services
from civic.instant.departments import take_back, tell_department
from civic.instant.facts import gather
from civic.instant.models import Onward, Recheck, Ruling
from civic.instant.models.recheck import NoteMissing
from civic.licences.models import Licence
from tests.factories import accounts as people
from tests.factories import instant as make

pytestmark = pytest.mark.django_db
LATER = make.MONDAY + timedelta(hours=1)
BASIS = "《中华人民共和国行政许可法》第六十九条"


def police(name: str = "高敏", roles: tuple[str, ...] = ("unit_handler",)) -> people.Account:
    return people.official(name, department=people.department("gaj"), roles=roles)


def stored(case: Case) -> Case:
    found: Case = Case.objects.for_detail().get(pk=case.pk)
    return found


def test_lots_below_the_published_rate_put_a_decision_before_a_person() -> None:
    version = make.newborn_service(recheck_rate=0.05)

    case = make.granted(version, lots=0.049)

    drawn = Recheck.objects.get()
    assert (drawn.ruling.case_id, drawn.state) == (case.pk, "OPEN")


def test_lots_at_the_rate_put_nothing_before_a_person() -> None:
    make.granted(make.newborn_service(recheck_rate=0.05), lots=0.05)

    assert not Recheck.objects.exists()


def test_an_official_confirms_and_nothing_else_changes() -> None:
    case = make.granted(make.newborn_service(), lots=make.ALWAYS)
    handler = police()

    Recheck.objects.get().confirm(by=handler, at=LATER)

    found = Recheck.objects.get()
    assert (found.state, found.looked_by, found.looked_at) == ("CONFIRMED", handler, LATER)
    assert stored(case).decision.questioned_at is None


def test_a_wrong_grant_is_called_in_question_heard_and_then_revoked_with_all_that_followed() -> None:
    case = make.granted(make.newborn_service(), lots=make.ALWAYS)
    completing.complete(case=stored(case), sheet=gather(stored(case), at=LATER), at=LATER)
    row = Onward.objects.in_order().first()
    got = tell_department(row, services.body_of(row))
    services.settle_onward(onward=row, accepted=True, reference=got.reference, message="", at=LATER)
    leader = police("何强", roles=("unit_leader",))

    Recheck.objects.get().find_wrong(reasons="出生医学证明系伪造。", by=leader, at=LATER)
    with pytest.raises(StatementPending):
        stored(case).revoke(reasons="出生医学证明系伪造。", legal_basis=BASIS, by=leader, at=LATER)
    heard = make.MONDAY + timedelta(days=12)
    stored(case).revoke(reasons="出生医学证明系伪造。", legal_basis=BASIS, by=leader, at=heard)
    for done in services.undo(case=stored(case), at=heard):
        take_back(done)
        done.withdraw(at=heard)

    assert (stored(case).state, stored(case).decision.review) == ("REVOKED", "REVOKED")
    assert Licence.objects.get().state == "REVOKED"
    assert [row.state for row in Onward.objects.in_order()] == ["WITHDRAWN", *["DROPPED"] * 4]
    assert in_process.town().notices.all() == []


def test_a_wrong_decline_goes_on_at_once_and_the_former_decision_can_be_read() -> None:
    version = make.newborn_service()
    mother, _father = make.parents()
    case = make.application(version, by=mother, certificate_no="T349999999")
    make.decide(case, lots=make.ALWAYS)

    Recheck.objects.get().find_wrong(reasons="编号录入有误，证明真实。", by=police(), at=LATER)

    mended = stored(case)
    assert (mended.state, mended.decision_or_none) == ("SUBMITTED", None)
    assert mended.overturned[0].mending == "编号录入有误，证明真实。"
    assert services.begin(case=mended, at=LATER) is None


def test_who_finds_a_decision_wrong_says_why() -> None:
    case = make.granted(make.newborn_service(), lots=make.ALWAYS)

    with pytest.raises(NoteMissing):
        Recheck.objects.get().find_wrong(reasons=" ", by=police(), at=LATER)

    assert (Recheck.objects.get().state, stored(case).decision.questioned_at) == ("OPEN", None)


def test_another_department_cannot_look_and_leaves_no_trace() -> None:
    make.granted(make.newborn_service(), lots=make.ALWAYS)
    stranger = people.official("李强", department=people.department("rsj"), roles=("unit_handler",))

    with pytest.raises(NotAllowed):
        Recheck.objects.get().confirm(by=stranger, at=LATER)

    assert Recheck.objects.get().state == "OPEN"
    client = Client()
    client.force_login(stranger, backend="civic.accounts.backends.AccountBackend")
    assert client.get(f"/office/rechecks/{Recheck.objects.get().pk}/").status_code == 404


def test_the_list_of_second_looks_asks_the_same_few_questions_however_long(django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    version = make.newborn_service()
    case = make.granted(version, lots=make.ALWAYS)
    mother = people.Account.objects.get(pk=case.applicant_id)
    for number in range(3):
        more = make.application(version, by=mother, certificate_no=f"T34999999{number}")
        make.decide(more, lots=make.ALWAYS)
    client = Client()
    client.force_login(police(), backend="civic.accounts.backends.AccountBackend")

    with django_assert_max_num_queries(8):
        page = client.get("/office/rechecks/").content.decode()

    assert Ruling.objects.count() == Recheck.objects.count() == 4
    assert "已抽取4件，待复核4件，正确0件，有误并更正0件。" in page
    assert page.count("/office/rechecks/") >= 4


def test_a_department_that_says_no_stops_what_rests_on_it_and_can_be_told_again() -> None:
    case = make.granted(make.newborn_service())
    completing.complete(case=stored(case), sheet=gather(stored(case), at=LATER), at=LATER)
    rows = {row.notice: row for row in Onward.objects.all()}

    services.settle_onward(
        onward=rows["ybj.enrolment"], accepted=False, reference="", message="参保系统年度结转。", at=LATER
    )
    Onward.objects.get(notice="ybj.enrolment").take_up(by=police(), at=LATER)

    states = dict(Onward.objects.values_list("notice", "state"))
    assert (states["ybj.enrolment"], states["rsj.card"], states["wjw.vaccination"]) == ("PLANNED", "DROPPED", "PLANNED")
