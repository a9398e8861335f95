"""Licences fill the materials of a case: with the holder's yes, recorded; where none does, the paper is asked for."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import now

from civic.audit.models import Entry
from civic.cases import prefill, services
from civic.cases.licensed import materials_of, supplies_of
from civic.cases.models import Case
from civic.cases.services import Application, FormIncomplete
from civic.licences.models import Ground, Use, UseRequest
from tests.factories import catalogue, documents, wallet
from tests.factories.accounts import (
    MONDAY,
    at_home,
    consent,
    mandate,
    organisation,
    resident,
    token,
)
from tests.factories.licences import licence
from tests.factories.papers import FORM, SPOUSE, apply, li, paper, supplied, version

pytestmark = pytest.mark.django_db
# Held and agreed to: used


def test_with_a_tick_the_held_licence_is_used_for_this_case_with_granted_fields_only():
    held = wallet.own_licence("marriage_certificate")

    case = apply(licences=["wedding"])

    use, yes = Use.objects.get(), UseRequest.objects.get()
    assert (use.licence, use.case, use.service, use.request) == (held, case.number, "LA-ZR-002", yes)
    assert use.fields == ["name", "spouse_name"]
    assert (yes.state, yes.case, yes.shares) == ("GRANTED", case.number, {"marriage_certificate": use.fields})
    assert yes.holder == yes.asker.person == wallet.wang().person
    assert Entry.objects.filter(step="licences.userequest.agree", subject=yes.ledger_id()).count() == 1
    assert supplied(case) == {"wedding": "LICENCE", "identity": "ACCOUNT"}


def test_who_agreed_once_and_for_all_need_not_tick():
    wallet.own_licence("marriage_certificate")
    consent(wallet.wang().person, "licence_reuse")

    case = apply()

    assert (Use.objects.get().case, UseRequest.objects.get().case) == (case.number, case.number)


def test_who_agreed_once_and_for_all_can_say_no_here():
    wallet.own_licence("marriage_certificate")
    consent(wallet.wang().person, "licence_reuse")

    with pytest.raises(FormIncomplete):
        apply(licences=[])
    case = apply(licences=[], documents={"wedding": [paper()]})

    assert Use.objects.count() == 0
    assert supplied(case)["wedding"] == "DOCUMENT"


def test_a_paper_makes_the_licence_needless():
    wallet.own_licence("marriage_certificate")

    apply(licences=["wedding"], documents={"wedding": [paper()]})

    assert (Use.objects.count(), UseRequest.objects.count()) == (0, 0)


# Not held, not valid, not agreed to: asked for


def test_what_is_not_held_is_asked_for_and_a_paper_will_do():
    with pytest.raises(FormIncomplete) as refused:
        apply()

    assert [(e.pointer, e.code, e.message) for e in refused.value.errors] == [
        ("/documents/wedding", "required", "请上传：结婚证")
    ]
    assert Case.objects.count() == 0
    assert supplied(apply(documents={"wedding": [paper()]}))["wedding"] == "DOCUMENT"


def test_without_a_yes_nothing_is_used_and_the_refusal_says_both_ways():
    wallet.own_licence("marriage_certificate")

    with pytest.raises(FormIncomplete) as refused:
        apply()

    assert [e.message for e in refused.value.errors] == ["请同意使用您的电子证照，或者上传：结婚证"]
    assert (Case.objects.count(), Use.objects.count()) == (0, 0)


@pytest.mark.parametrize("step", ["expire", "suspend", "revoke"])
def test_what_does_not_hold_does_not_count_even_with_a_tick(step: str):
    held = wallet.own_licence("marriage_certificate", at=MONDAY - timedelta(days=9), valid_until=date(2026, 3, 1))
    if step != "expire":
        getattr(held, step)(Ground("核查。"), by="rules", at=MONDAY)

    with pytest.raises(FormIncomplete):
        apply(licences=["wedding"])

    (row,) = [row for row in supplies_of(version(), wallet.wang().person, by=wallet.wang(), at=MONDAY).rows
              if row.key == "wedding"]  # fmt: skip
    assert row.by == "DOCUMENT"
    assert row.hint.startswith("您的「结婚证（示范）」")
    assert Case.objects.count() == 0


def test_the_state_at_submission_counts_and_is_told_to_who_decides():
    held = wallet.own_licence("marriage_certificate")
    case = apply(licences=["wedding"])
    held.revoke(Ground("登记有误。"), by="rules", at=MONDAY + timedelta(hours=1))

    (row,) = [row for row in materials_of(case) if row.key == "wedding"]

    assert (row.by, row.state_then, row.state_now(MONDAY + timedelta(hours=2))) == ("LICENCE", "VALID", "REVOKED")
    page = at_home(li()).get(f"/office/cases/{case.number}/").content.decode()
    assert "提交时状态：有效 · 现在：已注销" in page


# Others than the holder


def test_an_agent_cannot_agree_for_the_holder_but_the_standing_consent_covers_them():
    wallet.own_licence("marriage_certificate")
    sun, wang = wallet.sun(), wallet.wang().person
    who = services.Principal.of(mandate(agent=sun, principal=wang), own=sun.person)
    application = Application(form={}, delivery="SELF_PICK", licences=["wedding"])

    with pytest.raises(FormIncomplete):
        services.submit_case(version=version(), application=application, by=sun, principal=who, at=MONDAY)
    consent(wang, "licence_reuse")
    services.submit_case(version=version(), application=application, by=sun, principal=who, at=MONDAY)

    use = Use.objects.get()
    assert (use.request, use.reader) == (None, sun.ledger_id())


def test_a_firm_s_licence_is_used_when_who_represents_it_by_law_agrees():
    zhou = resident("周建国", phone="13800006666", id_number="341502198505150019")
    firm = organisation(representative=zhou.person)
    licence("business_licence", holder=firm)
    materials = [{"key": "licence", "name": "营业执照", "source": "LICENCE", "licence_type": "business_licence"}]
    found = catalogue.published_service("LA-ZR-003", department="zrzy", steps=[], materials=materials, form=FORM)
    who = services.Principal.of(mandate(agent=zhou, principal=firm), own=zhou.person)
    application = Application(form={}, delivery="SELF_PICK", licences=["licence"])

    services.submit_case(version=found.current, application=application, by=zhou, principal=who, at=MONDAY)

    assert Use.objects.get().licence.organisation == firm


# The pages and the API say the same


def draft():
    return services.begin_draft(version=version(), owner=wallet.wang(), at=now())


def test_the_pages_ask_for_the_paper_of_what_is_not_held():
    home, made = at_home(wallet.wang()), draft()

    start = home.get("/apply/LA-ZR-002/").content.decode()
    page = home.get(f"/apply/drafts/{made.token}/materials/").content.decode()
    left = home.post(f"/apply/drafts/{made.token}/materials/", {"back_to": ""})

    assert "结婚证" in start.split("请先准备好")[1]
    assert "没有可以直接使用的电子证照，请拍照或扫描后上传。" in page
    assert "居民身份证 <span" in page.split("不用您提交的材料")[1]
    assert left.status_code == 422
    assert "请上传：结婚证" in left.content.decode()
    picture = SimpleUploadedFile("证.jpg", documents.picture(), content_type="image/jpeg")
    sent = home.post(f"/apply/drafts/{made.token}/materials/", {"wedding": picture})
    assert sent.status_code == 302


def test_the_pages_show_what_is_shared_before_it_is_and_send_the_tick():
    wallet.own_licence("marriage_certificate", at=now())
    home, made = at_home(wallet.wang()), draft()

    page = home.get(f"/apply/drafts/{made.token}/materials/").content.decode()
    left = home.post(f"/apply/drafts/{made.token}/materials/", {"licences_asked": "1"})
    home.post(f"/apply/drafts/{made.token}/materials/", {"licences_asked": "1", "licences": "wedding"})
    home.post(f"/apply/drafts/{made.token}/delivery/", {"delivery": "SELF_PICK"})
    check = home.get(f"/apply/drafts/{made.token}/check/").content.decode()
    home.post(f"/apply/drafts/{made.token}/check/", {"acting_for": ""})

    assert "会给对方看的内容：持证人姓名、配偶姓名（长期有效）。" in page
    assert "checked" not in page.split('value="wedding"')[1][:40]
    assert left.status_code == 422
    assert "请同意使用您的电子证照，或者上传：结婚证" in left.content.decode()
    assert "使用我的电子证照，只给对方看：持证人姓名、配偶姓名" in check
    assert Use.objects.get().case == Case.objects.get().number


def test_the_api_takes_the_tick_and_tells_by_what_each_material_is_supplied():
    wallet.own_licence("marriage_certificate", at=now())
    version()
    wang = wallet.wang()
    caller = {"headers": {"Authorization": f"Bearer {token(wang, at=now())}", "Idempotency-Key": "without-a-tick-1"}}
    sent = {"service": "LA-ZR-002", "form": {}, "delivery": "SELF_PICK"}

    refused = at_home(wang).post("/api/apply", sent, content_type="application/json", **caller)
    caller["headers"]["Idempotency-Key"] = "with-a-tick-0001"
    taken = at_home(wang).post(
        "/api/apply", {**sent, "licences": ["wedding"]}, content_type="application/json", **caller
    )  # fmt: skip
    read = at_home(wang).get(f"/api/cases/{taken.json()['apply_id']}", **caller)

    assert [error["pointer"] for error in refused.json()["errors"]] == ["/documents/wedding"]
    assert taken.status_code == 201
    rows = {row["key"]: (row["supplied_by"], row["licence_state"]) for row in read.json()["materials"]}
    assert rows == {"wedding": ("LICENCE", "VALID"), "identity": ("ACCOUNT", "")}


# What stands in one's own licences is not typed again


def test_a_field_is_filled_from_one_s_own_licence_and_says_so():
    wallet.own_licence("marriage_certificate", at=now())
    form = {**FORM, "properties": {"why": SPOUSE}}
    found = catalogue.published_service("LA-ZR-004", department="zrzy", steps=[], materials=[], form=form)
    made = services.begin_draft(version=found.current, owner=wallet.wang(), at=now())

    prefill.draw_answers(made, at=now())
    prefill.draw_answers(made, at=now())

    page = at_home(wallet.wang()).get(f"/apply/drafts/{made.token}/why/").content.decode()
    assert made.answers["why"] == "配偶姓名示范"
    assert "来自您的电子证照「结婚证（示范）」。" in page
    assert Use.objects.count() == 0  # nobody else has seen it


def test_nothing_is_filled_from_a_licence_that_does_not_hold_and_nothing_typed_is_changed():
    held = wallet.own_licence("marriage_certificate", at=MONDAY)
    found = catalogue.published_service(
        "LA-ZR-004", department="zrzy", steps=[], materials=[], form={**FORM, "properties": {"why": SPOUSE}}
    )
    made = services.begin_draft(version=found.current, owner=wallet.wang(), at=now())
    made.keep({"why": "孙浩"}, at=now())

    prefill.draw_answers(made, at=now())
    typed = made.answers["why"]
    held.revoke(Ground("登记有误。"), by="rules", at=now())
    made.keep({"why": "", "_drawn": {}}, at=now())
    prefill.draw_answers(made, at=now())

    assert (typed, made.answers["why"]) == ("孙浩", "")
