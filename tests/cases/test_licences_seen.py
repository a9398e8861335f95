"""What a department sees of a licence that fills a material, how long, and what a correction asks for."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from civic.audit.models import Entry
from civic.cases import services
from civic.cases.models import Case
from civic.cases.services import FormIncomplete
from civic.cases.states import CaseState
from civic.core.errors import Refusal
from civic.licences.models import Licence, Use, UseRequest
from tests.factories import wallet
from tests.factories.accounts import (
    MONDAY,
    at_home,
    consent,
    token,
)
from tests.factories.papers import apply, li, paper, supplied

pytestmark = pytest.mark.django_db


def test_the_department_sees_the_granted_fields_of_this_case_and_each_look_is_recorded():
    held = wallet.own_licence("marriage_certificate")
    case, wei = apply(licences=["wedding"]), li()
    use = Use.objects.get()

    page = at_home(wei).get(f"/office/cases/{case.number}/").content.decode()
    seen = at_home(wei).get(f"/office/licences/uses/{use.handle}/").content.decode()

    assert f"/office/licences/uses/{use.handle}/" in page
    assert "配偶姓名" in seen
    assert "结婚证字号" not in seen  # of the type, and not granted
    (look,) = Use.objects.filter(kind="LOOK")
    assert (look.case, look.reader, look.fields) == (case.number, wei.ledger_id(), ["name", "spouse_name"])
    assert Entry.objects.filter(step="licences.use.read", subject=held.ledger_id(), actor=wei.ledger_id()).count() == 1
    mine = at_home(wallet.wang()).get("/my/licences/uses/").content.decode()
    assert mine.count(case.number) == 2  # the use, and the look


def test_the_api_gives_a_granted_official_the_granted_fields_and_no_more():
    held = wallet.own_licence("marriage_certificate")
    case, wei = apply(licences=["wedding"], at=now()), li()
    caller = {"headers": {"Authorization": f"Bearer {token(wei, at=now())}"}}

    answer = at_home(wei).get(f"/api/licences/{held.token}", {"case": case.number}, **caller)
    other = at_home(wei).get(f"/api/licences/{held.token}", {"case": "LA202603020000000099"}, **caller)

    assert answer.status_code == 200, answer.content
    assert [field["key"] for field in answer.json()["fields"]] == ["name", "spouse_name"]
    assert (answer.json()["forms"], answer.json()["case"]) == ({}, "")
    assert other.status_code == 404
    assert Use.objects.filter(kind="LOOK").count() == 1


def test_a_granted_licence_is_not_in_the_register_of_the_other_department():
    held = wallet.own_licence("marriage_certificate")
    apply(licences=["wedding"])
    wei, use = li(), Use.objects.get()

    assert list(Licence.objects.visible_to(wei)) == [held]
    assert list(Licence.objects.kept_by(wei)) == []
    assert held.code not in at_home(wei).get("/office/licences/").content.decode()
    answer = at_home(wei).get(f"/office/licences/{held.token}/")
    assert answer.headers["Location"] == f"/office/licences/uses/{use.handle}/"


def test_after_withdrawal_nobody_sees_it_and_the_page_says_what_to_do():
    held = wallet.own_licence("marriage_certificate")
    case, wei = apply(licences=["wedding"]), li()
    use, yes = Use.objects.get(), UseRequest.objects.get()

    answer = at_home(wallet.wang()).post(f"/my/licences/requests/{yes.handle}/withdrawal/")

    assert answer.status_code == 302
    assert at_home(wei).get(f"/office/licences/uses/{use.handle}/").status_code == 404
    assert list(Licence.objects.visible_to(wei).filter(pk=held.pk)) == []
    assert "持证人已撤回同意" in at_home(wei).get(f"/office/cases/{case.number}/").content.decode()
    assert "您已撤回同意" in at_home(wallet.wang()).get(f"/my/cases/{case.number}/").content.decode()
    assert supplied(case)["wedding"] == "NOTHING"


def test_the_standing_consent_withdrawn_ends_what_rested_on_it():
    use, wei = wallet.use(), li()

    before = list(Use.objects.visible_to(wei))
    type(consent(wallet.wang().person, "licence_reuse")).objects.withdraw(
        person=wallet.wang().person, purpose="licence_reuse", by="test", at=MONDAY + timedelta(hours=1)
    )

    assert (before, list(Use.objects.visible_to(wei))) == ([use], [])


def test_once_it_is_decided_the_yes_stands():
    wallet.own_licence("marriage_certificate")
    case, wei = apply(licences=["wedding"]), li()
    case.accept(by=wei, at=MONDAY)
    case.grant(reasons="符合条件。", legal_basis="《不动产登记暂行条例》", by=wei, at=MONDAY)

    yes = UseRequest.objects.get()
    assert yes.relied_at == MONDAY
    with pytest.raises(Refusal):
        yes.withdraw(by=wallet.wang(), at=MONDAY)
    assert Use.objects.standing().count() == 1


def test_who_takes_the_application_back_takes_the_yes_back():
    wallet.own_licence("marriage_certificate")
    case = apply(licences=["wedding"])

    case.withdraw(by=wallet.wang(), at=MONDAY)

    assert UseRequest.objects.get().state == "WITHDRAWN"
    assert Use.objects.standing().count() == 0


# Correction


def corrected(case, wei, pointer="/documents/wedding"):
    case.request_correction(items=[{"pointer": pointer, "message": "请补交结婚证。"}], by=wei, at=now())


def test_what_was_used_before_stays_used_when_something_else_is_put_right():
    wallet.own_licence("marriage_certificate")
    case = apply(licences=["wedding"], at=now())
    corrected(case, li(), "/form/why")

    services.resubmit_case(case=case, form={"why": "继承"}, documents={}, by=wallet.wang(), at=now())

    case.refresh_from_db()
    assert case.state == CaseState.SUBMITTED
    assert Use.objects.count() == 1


def test_after_withdrawal_a_correction_asks_for_the_paper():
    wallet.own_licence("marriage_certificate")
    case = apply(licences=["wedding"], at=now())
    UseRequest.objects.get().withdraw(by=wallet.wang(), at=now())
    corrected(case, li())
    facts = {"case": case, "form": {}, "by": wallet.wang(), "at": now()}

    with pytest.raises(FormIncomplete):
        services.resubmit_case(**facts, documents={}, licences=["wedding"])
    services.resubmit_case(**facts, documents={"wedding": [paper()]})

    assert supplied(Case.objects.get())["wedding"] == "DOCUMENT"
    assert Use.objects.count() == 1


def test_a_licence_got_meanwhile_answers_a_correction():
    case = apply(documents={"wedding": [paper()]}, at=now())
    corrected(case, li())
    wallet.own_licence("marriage_certificate", at=now())

    page = at_home(wallet.wang()).get(f"/my/cases/{case.number}/correction/").content.decode()
    assert 'name="licences" type="checkbox" value="wedding"' in page
    services.resubmit_case(
        case=case, form={}, documents={}, licences=["wedding"], by=wallet.wang(), at=now()
    )  # fmt: skip

    assert supplied(Case.objects.get())["wedding"] == "LICENCE"
    assert Use.objects.get().case == case.number
