"""Nobody handles an application of their own; and whose application it is, with and without a mandate."""

from datetime import timedelta

import pytest

from civic.accounts.models import Account, Department
from civic.cases import policies, services
from civic.cases.models import Case, Task
from civic.core.errors import NotAllowed
from tests.factories import accounts as people
from tests.factories import cases as make

pytestmark = pytest.mark.django_db
OWN = "不能办理本人的申请"
TUESDAY = make.MONDAY + timedelta(days=1)


@pytest.fixture
def staff() -> dict:
    return make.officials()


@pytest.fixture
def zhou(staff) -> Account:
    """周敏 of the land bureau, with every post there is: only that it is her own home stands in her way."""
    roles = ("window_clerk", "unit_handler")
    official = people.official("周敏", department=Department.objects.get(code="zrzy"), roles=roles)
    Account.objects.filter(pk=official.pk).update(person=people.person("周敏", phone="13800007777"))
    return Account.objects.get(pk=official.pk)


def as_leader(account: Account) -> Account:
    """The same person in the post of the leader, as after a promotion."""
    type(account.official).objects.filter(account=account).update(roles=["unit_leader"])
    return Account.objects.get(pk=account.pk)


def test_an_own_application_is_not_taken_up_declined_or_corrected(staff, zhou) -> None:
    case = make.case(by=zhou)

    for step in ("accept", "decline", "request_correction"):
        assert case.why_not(step, zhou, at=TUESDAY).startswith(OWN)
        assert case.why_not(step, staff["clerk"], at=TUESDAY) is None
    with pytest.raises(NotAllowed, match=OWN):
        case.accept(by=zhou, at=TUESDAY)
    assert Case.objects.get().state == "SUBMITTED"


def test_an_own_application_is_not_handled(staff, zhou) -> None:
    case = make.case(by=zhou)
    case.accept(by=staff["clerk"], at=TUESDAY)

    for step in ("request_correction", "suspend", "ask_extension"):
        assert case.why_not(step, zhou, at=TUESDAY).startswith(OWN)
    with pytest.raises(NotAllowed, match=OWN):
        Task.objects.get(case=case, key="land").complete(opinion="AGREE", by=zhou, at=TUESDAY)
    assert Task.objects.get(case=case, key="land").state == "OPEN"


def test_an_own_application_is_not_extended_decided_delivered_checked_or_looked_at_again(staff, zhou) -> None:
    case = make.case(by=zhou, delivery="SELF_PICK")
    case.accept(by=staff["clerk"], at=TUESDAY)
    case.ask_extension(days=1, reason="核查。", by=staff["handler"], at=TUESDAY)
    leader = as_leader(zhou)
    case = Case.objects.get()
    for step in ("extend", "refuse_extension"):
        assert case.why_not(step, leader, at=TUESDAY).startswith(OWN)
        assert case.why_not(step, staff["leader"], at=TUESDAY) is None
    for key, who in (("land", "handler"), ("tax", "tax"), ("house", "housing"), ("register", "handler")):
        Task.objects.get(case=case, key=key).complete(opinion="AGREE", by=staff[who], at=TUESDAY)
    case = Case.objects.get()
    assert case.why_not("grant", leader, at=TUESDAY).startswith(OWN)
    assert case.why_not("refuse", leader, at=TUESDAY).startswith(OWN)

    case.grant(reasons="齐全", legal_basis="条例", by=staff["leader"], at=TUESDAY)

    assert case.why_not("deliver", zhou, at=TUESDAY).startswith(OWN)
    assert case.why_not("verify_commitment", zhou, at=TUESDAY).startswith(OWN)
    case.verify_commitment(material="homes", result="FALSE", by=staff["handler"], at=TUESDAY)
    case = Case.objects.get()
    assert case.why_not("uphold", leader, at=TUESDAY).startswith(OWN)
    assert case.why_not("uphold", staff["leader"], at=TUESDAY) is None


def test_an_own_application_is_not_decided_on_the_spot(staff, zhou) -> None:
    land = {"key": "land", "name": "核验权籍", "department": "zrzy", "after": [], "days": 1}
    case = make.case(by=zhou, version=make.transfer_of_home(kind="INSTANT", promised_days=0, steps=[land]))

    assert policies.why_not_decide_at_once(zhou, case).startswith(OWN)
    assert policies.why_not_decide_at_once(staff["clerk"], case) is None


def test_an_agent_is_the_applicant_only_while_the_mandate_holds(staff) -> None:
    wang, mother = people.resident("王芳"), people.person("刘桂英", phone="13800004321")
    mandate = people.mandate(agent=wang, principal=mother)
    who = services.Principal.of(mandate, own=wang.person)
    version = make.transfer_of_home()
    case = services.submit_case(version=version, application=make.application(), by=wang, at=make.MONDAY, principal=who)
    assert Case.objects.get().is_applicant(wang, at=TUESDAY)

    mandate.revoke(by=wang, at=TUESDAY)

    ended = Case.objects.get()
    assert not ended.is_applicant(wang, at=TUESDAY)
    with pytest.raises(NotAllowed, match="只有申请人可以撤回申请"):
        ended.withdraw(by=wang, at=TUESDAY)
    assert Case.objects.get().state == "SUBMITTED"
    assert not Case.objects.of_applicant(wang, at=TUESDAY).filter(pk=case.pk).exists()


def test_what_one_filed_for_oneself_does_not_hang_on_any_mandate(staff) -> None:
    wang = people.resident("王芳")
    case = make.case(by=wang)

    assert case.is_applicant(wang, at=TUESDAY)
    assert not case.is_applicant(people.resident("孙浩"), at=TUESDAY)
