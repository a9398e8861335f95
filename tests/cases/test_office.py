"""The officials' pages of a case: one call a step, nothing overwritten, nothing shown that need not be."""

from datetime import timedelta

import pytest
from django.test import Client

from civic.audit.models import Entry
from civic.cases.models import Case, SavedFilter, Task
from civic.cases.office.form_view import form_cards
from tests.factories import accounts as people
from tests.factories import cases as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    for door in ("office.case", "office.commitments", "office.worklist"):
        monkeypatch.setattr(f"civic.cases.{door}.now", lambda: make.MONDAY + timedelta(hours=1))


@pytest.fixture
def staff() -> dict[str, Client]:
    clients = {}
    for name, account in make.officials().items():
        clients[name] = Client()
        clients[name].force_login(account)
        clients[name].account = account
    return clients


@pytest.fixture
def case(staff) -> Case:
    wang = people.resident("王芳", phone="13800005678")
    return make.case(by=wang, delivery="POST", address="金安区皖西路1号")


def at(case: Case, step: str = "") -> str:
    return f"/office/cases/{case.number}/{step}"


def test_the_worklist_shows_the_departments_cases_and_nobody_elses(staff, case) -> None:
    assert case.number in staff["clerk"].get("/office/cases/").content.decode()
    assert case.number not in staff["stranger"].get("/office/cases/?view=all").content.decode()
    assert case.number not in staff["tax"].get("/office/cases/?view=task").content.decode()


def test_a_parallel_department_finds_its_open_task(staff, case) -> None:
    case.accept(by=staff["clerk"].account, at=make.MONDAY)

    assert case.number in staff["tax"].get("/office/cases/?view=task").content.decode()


def test_a_whole_number_leads_straight_to_the_case(staff, case) -> None:
    assert staff["clerk"].get(f"/office/cases/?q={case.number.lower()}")["Location"] == at(case)


def test_filters_narrow_and_are_saved_under_a_name(staff, case) -> None:
    query = "view=lead&state=SUBMITTED&service=LA-ZR-001"

    assert case.number in staff["clerk"].get(f"/office/cases/?{query}").content.decode()
    assert case.number not in staff["clerk"].get("/office/cases/?state=IN_REVIEW").content.decode()
    assert case.number not in staff["clerk"].get("/office/cases/?light=red").content.decode()
    staff["clerk"].post("/office/cases/filters/", {"name": "待受理过户", "query": query})
    assert SavedFilter.objects.get().query == query
    assert "待受理过户" in staff["clerk"].get("/office/cases/").content.decode()
    assert "待受理过户" not in staff["leader"].get("/office/cases/").content.decode()


def test_a_saved_filter_is_deleted_by_its_owner_only(staff, case) -> None:
    staff["clerk"].post("/office/cases/filters/", {"name": "待受理过户", "query": "view=lead"})
    saved = SavedFilter.objects.get()

    staff["leader"].post("/office/cases/filters/", {"delete": str(saved.pk), "query": "view=lead"})
    assert SavedFilter.objects.count() == 1
    staff["clerk"].post("/office/cases/filters/", {"delete": str(saved.pk), "query": "view=lead"})
    assert SavedFilter.objects.count() == 0


def test_bulk_acceptance_tells_the_result_of_each(staff, case) -> None:
    other = make.case(by=people.resident("刘桂英"))
    other.accept(by=staff["clerk"].account, at=make.MONDAY)

    page = (
        staff["clerk"]
        .post("/office/cases/bulk/acceptance/", {"number": [case.number, other.number, "LA20260302000000999X"]})
        .content.decode()
    )

    assert Case.objects.get(pk=case.pk).state == "IN_REVIEW"
    assert "1 件成功" in page
    assert "2 件没有成功" in page


def test_opening_a_case_is_recorded_and_shows_the_applicant_masked(staff, case) -> None:
    page = staff["clerk"].get(at(case)).content.decode()

    assert "王**" in page
    assert "王芳" not in page
    read = Entry.objects.get(step="cases.case.read")
    assert (read.subject, read.actor) == (case.ledger_id(), staff["clerk"].account.ledger_id())


def test_the_form_is_shown_in_clear_only_for_a_reason(staff, case) -> None:
    refused = staff["clerk"].post(at(case, "revelation/"), {"purpose": " "})
    shown = staff["clerk"].post(at(case, "revelation/"), {"purpose": "电话核对成交价"})

    assert refused.status_code == 400
    assert shown.status_code == 200
    assert Entry.objects.get(step="masking.value.reveal").purpose == "电话核对成交价"


def test_the_whole_way_from_acceptance_to_delivery(staff, case) -> None:
    staff["clerk"].post(at(case, "acceptance/"), {"seen": case.version})
    for key, who in (("land", "handler"), ("tax", "tax"), ("house", "housing"), ("register", "handler")):
        task = Task.objects.get(case=case, key=key)
        staff[who].post(at(case, f"tasks/{task.pk}/completion/"), {"opinion": "AGREE", "seen": task.version})
    words = {"reasons": "材料齐全。", "legal_basis": "《不动产登记暂行条例》"}
    staff["leader"].post(at(case, "decision/"), {"outcome": "GRANTED", **words})
    staff["clerk"].post(at(case, "delivery/"), {"tracking": "EMS 123<script>"})
    staff["handler"].post(at(case, "commitment/"), {"material": "homes", "result": "TRUE"})

    case.refresh_from_db()
    assert (case.state, case.outcome) == ("DELIVERED", "GRANTED")
    assert Entry.objects.get(step="cases.case.deliver").detail["tracking"] == "EMS123script"
    assert case.commitments.get().result == "TRUE"


def test_correction_suspension_resumption_and_extension(staff, case) -> None:
    fields = {"pointer": ["/form/price", ""], "message": ["请核对成交价。", ""]}
    staff["clerk"].post(at(case, "correction/"), fields)
    case.refresh_from_db()
    assert case.state == "CORRECTION"
    case.resubmit(form=make.FORM, documents={}, by=case.applicant, at=make.MONDAY)
    case.accept(by=staff["clerk"].account, at=make.MONDAY)

    staff["handler"].post(at(case, "suspension/"), {"reason": "HEARING"})
    assert Case.objects.get().state == "SUSPENDED"
    staff["handler"].post(at(case, "resumption/"))
    assert Case.objects.get().state == "IN_REVIEW"
    staff["handler"].post(at(case, "extension/"), {"days": "5", "reason": "需要实地核查。"})
    before = Case.objects.get().due_at
    staff["leader"].post(at(case, "extension/"), {"approve": "1"})
    assert Case.objects.get().due_at > before


def test_the_leader_turns_an_extension_down_on_the_page(staff, case) -> None:
    case.accept(by=staff["clerk"].account, at=make.MONDAY)
    staff["handler"].post(at(case, "extension/"), {"days": "3", "reason": "要实地核查。"})
    assert "不批准延期" in staff["leader"].get(at(case)).content.decode()

    answer = staff["leader"].post(at(case, "extension/"), {"refuse": "1", "reason": "当天可以完成。"})

    assert answer.status_code == 302
    assert "延期申请没有批准：当天可以完成。" in staff["handler"].get(at(case)).content.decode()
    assert Case.objects.get().pending_extension is None


@pytest.mark.parametrize(
    ("who", "step", "fields", "status"),
    [
        ("clerk", "correction/", {"pointer": "", "message": ""}, 400),
        ("clerk", "decision/", {"outcome": ""}, 409),
        ("clerk", "decision/", {"outcome": "NOT_ACCEPTED", "reasons": "", "legal_basis": ""}, 400),
        ("handler", "acceptance/", {}, 403),
        ("handler", "resumption/", {}, 409),
        ("stranger", "acceptance/", {}, 404),
        ("handler", "suspension/", {"reason": "WEATHER"}, 400),
        ("clerk", "acceptance/", {"seen": "0"}, 412),
    ],
)
def test_a_refused_step_shows_the_page_with_the_reason_and_changes_nothing(
    staff, case, who, step, fields, status
) -> None:
    page = staff[who].post(at(case, step), fields)

    assert page.status_code == status
    assert Case.objects.get().state == "SUBMITTED"
    assert Case.objects.get().version == 1


def test_a_stale_page_shows_what_has_changed_and_keeps_what_was_typed(staff, case) -> None:
    last = Entry.objects.filter(subject=case.ledger_id()).latest("id").pk
    case.accept(by=staff["clerk"].account, at=make.MONDAY)

    page = staff["handler"].post(
        at(case, "extension/"), {"seen": "1", "last_entry": last, "days": "7", "reason": "需要实地核查。"}
    )

    text = page.content.decode()
    assert page.status_code == 412
    assert "申请已受理" in text
    assert "需要实地核查。" in text


def test_commitments_to_check_are_listed_with_their_countdown_until_they_are_checked(staff, case) -> None:
    officials = {name: client.account for name, client in staff.items()}
    make.decide(case, officials)

    shown = staff["handler"].get("/office/commitments/").content.decode()

    assert case.number in shown
    assert "我填写的住房套数属实。" in shown
    assert "剩20个工作日" in shown
    assert case.number not in staff["stranger"].get("/office/commitments/").content.decode()
    assert staff["clerk"].get("/office/commitments/").status_code == 404
    staff["handler"].post(at(case, "commitment/"), {"material": "homes", "result": "FALSE"})
    assert case.number not in staff["handler"].get("/office/commitments/").content.decode()


def test_the_leader_looks_at_a_decision_again_when_a_commitment_was_false(staff, case) -> None:
    officials = {name: client.account for name, client in staff.items()}
    make.decide(case, officials)
    assert "作出重新审查的决定" not in staff["leader"].get(at(case)).content.decode()
    staff["handler"].post(at(case, "commitment/"), {"material": "homes", "result": "FALSE"})
    assert "作出重新审查的决定" in staff["leader"].get(at(case)).content.decode()

    nothing = staff["leader"].post(at(case, "review/"), {"reasons": "属实", "legal_basis": "条例"})
    too_early = staff["leader"].post(at(case, "review/"), {"review": "REVOKED", "reasons": "不实", "legal_basis": "法"})
    taken = staff["leader"].post(at(case, "review/"), {"review": "UPHELD", "reasons": "不影响", "legal_basis": "法"})

    assert (nothing.status_code, too_early.status_code, taken.status_code) == (409, 409, 302)
    assert Case.objects.get().decision.review == "UPHELD"


def test_the_page_shows_the_objection_and_asks_the_leader_why_it_is_overruled(staff, case) -> None:
    case.accept(by=staff["clerk"].account, at=make.MONDAY)
    for key, who in (("land", "handler"), ("tax", "tax"), ("house", "housing"), ("register", "handler")):
        opinion = "DISAGREE" if key == "tax" else "AGREE"
        task = Task.objects.get(case=case, key=key)
        task.complete(opinion=opinion, note="税款未缴清。", by=staff[who].account, at=make.MONDAY)
    shown = staff["leader"].get(at(case)).content.decode()
    assert "准予的，写明不采纳上述意见的理由" in shown
    words = {"outcome": "GRANTED", "reasons": "齐全", "legal_basis": "条例"}

    refused = staff["leader"].post(at(case, "decision/"), words)
    granted = staff["leader"].post(at(case, "decision/"), {**words, "overruling": "完税证明已补交。"})

    assert (refused.status_code, granted.status_code) == (400, 302)
    assert "完税证明已补交。" in staff["leader"].get(at(case)).content.decode()


def test_a_refusal_to_take_up_the_application_names_reasons_and_remedy(staff, case) -> None:
    words = {"reasons": "不属于本部门职权。", "legal_basis": "《行政许可法》第三十二条"}
    staff["clerk"].post(at(case, "decision/"), {"outcome": "NOT_ACCEPTED", **words})

    case.refresh_from_db()
    assert case.state == "NOT_ACCEPTED"
    assert "行政复议" in case.decision.remedy


def test_residents_and_visitors_do_not_find_the_office(case) -> None:
    wang = Client()
    wang.force_login(case.applicant)

    assert wang.get("/office/cases/").status_code == 404
    assert Client().get("/office/cases/")["Location"].startswith("/office/login/")


@pytest.mark.parametrize("typed", [{"seen": "9" * 5000}, {"seen": "²"}, {"seen": "x"}])
def test_a_version_that_is_no_number_is_taken_as_none(staff, case, typed: dict[str, str]) -> None:
    assert staff["clerk"].post(at(case, "acceptance/"), typed).status_code == 302


@pytest.mark.parametrize("typed", [{"days": "9" * 5000, "reason": "设备故障"}, {"days": "5", "reason": "故" * 400}])
def test_an_extension_that_cannot_be_stored_is_refused_and_changes_nothing(staff, case, typed: dict[str, str]) -> None:
    case.accept(by=staff["clerk"].account, at=make.MONDAY)

    answer = staff["handler"].post(at(case, "extension/"), typed)

    assert answer.status_code == 400
    assert not case.extensions.exists()


def test_a_form_is_shown_to_staff_with_personal_answers_masked(staff, case) -> None:
    schema = {"x-pages": [{"key": "who", "title": "人", "fields": ["other", "words"]}], "properties": {
        "other": {"type": "string", "title": "证件号码", "x-personal": "id_number"},
        "words": {"type": "string", "title": "说明"},
    }}  # fmt: skip
    case.service_version.form = schema
    sent = case.latest_submission
    sent.hold({"other": "340102199001011236", "words": "请打13812345678"}, {})
    sent.save()

    hidden, clear = (str(form_cards(case, in_clear=in_clear)) for in_clear in (False, True))

    assert "340102199001011236" in clear and "13812345678" in clear
    assert "19900101" not in hidden and "13812345678" not in hidden
    assert "138****5678" in hidden


def test_a_correction_without_a_place_names_the_item_and_keeps_what_was_typed(staff, case) -> None:
    typed = {"pointer": ["/form/price", ""], "message": ["", "照片不清楚，请重拍"]}

    page = staff["clerk"].post(at(case, "correction/"), typed)

    assert page.status_code == 400
    assert "第1项：请写明哪里不对、怎样改。" in page.content.decode()
    assert "第2项：请选择哪里有问题。" in page.content.decode()
    assert '<option value="/form/price" selected>' in page.content.decode()
    assert 'value="照片不清楚，请重拍"' in page.content.decode()
    assert Case.objects.get().state == "SUBMITTED"
