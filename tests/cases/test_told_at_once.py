"""What is wrong is told at once: a second correction is about what is new, or the leader's, for a reason."""

from datetime import timedelta

import pytest

from civic.cases.models import Case
from civic.cases.rules import changed_places
from civic.core.errors import NotAllowed
from civic.deadlines.models import Clock
from tests.factories import cases as make

pytestmark = pytest.mark.django_db
TUESDAY, WEDNESDAY = (make.MONDAY + timedelta(days=n) for n in (1, 2))
PRICE = [{"pointer": "/form/price", "message": "请写到分。"}]
CERTIFICATE = [{"pointer": "/form/certificate", "message": "证书号少一位。"}]
NEW_PRICE = {**make.FORM, "price": "860000.00"}


@pytest.fixture
def staff() -> dict:
    return make.officials()


@pytest.fixture
def answered(staff) -> Case:
    """王芳 was asked about the price and has changed it."""
    case = make.case()
    case.request_correction(items=PRICE, by=staff["clerk"], at=make.MONDAY)
    case.resubmit(form=NEW_PRICE, documents={}, by=case.applicant, at=TUESDAY)
    return Case.objects.get(pk=case.pk)


def test_what_is_newly_submitted_may_be_asked_about_again(staff, answered) -> None:
    answered.request_correction(items=PRICE, by=staff["clerk"], at=WEDNESDAY)

    assert (answered.state, answered.corrections.count()) == ("CORRECTION", 2)


def test_what_could_have_been_told_the_first_time_is_not_asked_again_and_the_clock_runs(staff, answered) -> None:
    with pytest.raises(NotAllowed, match="应当一次告知"):
        answered.request_correction(items=[*PRICE, *CERTIFICATE], by=staff["clerk"], at=WEDNESDAY)

    answered.refresh_from_db()
    assert (answered.state, answered.corrections.count()) == ("SUBMITTED", 1)
    assert Clock.objects.of(answered.ledger_id()).open().get(kind="case.acceptance").state == "RUNNING"


def test_the_clerks_own_reason_does_not_open_the_way(staff, answered) -> None:
    with pytest.raises(NotAllowed, match="应当一次告知"):
        answered.request_correction(items=CERTIFICATE, reason="漏看了。", by=staff["clerk"], at=WEDNESDAY)


def test_the_leader_asks_again_only_for_a_reason_that_is_kept(staff, answered) -> None:
    with pytest.raises(NotAllowed, match="请写明再次要求补正的理由"):
        answered.request_correction(items=CERTIFICATE, reason=" ", by=staff["leader"], at=WEDNESDAY)

    answered.request_correction(items=CERTIFICATE, reason="登记簿当天更正。", by=staff["leader"], at=WEDNESDAY)

    assert answered.corrections.get(round=2).reason == "登记簿当天更正。"


def test_an_answer_that_changes_nothing_gives_no_right_to_ask_again(staff) -> None:
    case = make.case()
    case.request_correction(items=PRICE, by=staff["clerk"], at=make.MONDAY)
    case.resubmit(form=make.FORM, documents={}, by=case.applicant, at=TUESDAY)
    case = Case.objects.get(pk=case.pk)

    assert case.why_not("request_correction", staff["clerk"], at=make.MONDAY).startswith("需要补正的内容应当一次告知")
    assert case.why_not("request_correction", staff["leader"], at=make.MONDAY) is None
    assert case.why_not("request_correction", staff["stranger"], at=make.MONDAY) is not None


def test_a_second_correction_during_the_review_is_bound_by_the_same_rule(staff, answered) -> None:
    answered.accept(by=staff["clerk"], at=TUESDAY)

    with pytest.raises(NotAllowed, match="应当一次告知"):
        answered.request_correction(items=CERTIFICATE, by=staff["tax"], at=WEDNESDAY)
    answered.request_correction(items=PRICE, by=staff["tax"], at=WEDNESDAY)

    assert answered.state == "CORRECTION_IN_REVIEW"


def test_changed_places_are_named_by_form_and_documents() -> None:
    before = ({"price": "1", "bank": "a"}, {"photo": ["t1"]})

    assert changed_places(before, before) == frozenset()
    assert changed_places(before, ({"price": "2"}, {"photo": ["t1"], "deed": ["t2"]})) == {
        "/form/price",
        "/form/bank",
        "/documents/deed",
    }
