"""The cases' API: the same verbs as the pages, one error language, one effect per key."""

import base64
import json
from datetime import timedelta

import pytest
from django.test import Client

from civic.accounts.models import Account
from civic.audit.models import Entry
from civic.cases.models import Case
from civic.core import ids
from civic.core.text import has_chinese
from tests.factories import accounts as people
from tests.factories import cases as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    for door in ("api", "portal.apply", "portal.mine", "portal.track", "office.case", "office.worklist"):
        monkeypatch.setattr(f"civic.cases.{door}.now", lambda: make.MONDAY + timedelta(hours=1))


class Caller:
    """An account with a bearer token."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.client = Client(headers={"Authorization": f"Bearer {people.token(account)}"})

    def post(self, path: str, body: object, **headers: str):
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(path, json.dumps(body), "application/json", headers=names)

    def get(self, path: str):
        return self.client.get(path)


BODY = {"service": "LA-ZR-001", "form": make.FORM, "commitments": ["homes"], "delivery": "ELECTRONIC"}
KEY = {"Idempotency_Key": "wang-fang-first-application"}


@pytest.fixture
def wang() -> Caller:
    make.transfer_of_home()
    return Caller(people.resident("王芳", phone="13800005678"))


@pytest.fixture
def staff() -> dict[str, Caller]:
    return {name: Caller(account) for name, account in make.officials().items()}


def apply(wang: Caller) -> str:
    return wang.post("/api/apply", BODY, **KEY).json()["apply_id"]


def test_apply_answers_with_number_and_the_services_own_promise(wang) -> None:
    answer = wang.post("/api/apply", {**BODY, "process_days": 1}, **KEY)

    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert body["status"] == "success"
    assert body["message"] == "申请已提交,预计3个工作日内处理完成"
    assert body["due_on"] is None
    assert ids.has_valid_check(body["apply_id"])
    assert answer["Location"] == f"/api/cases/{body['apply_id']}"


def test_a_repeat_gets_the_same_bytes_and_no_second_case(wang) -> None:
    first = wang.post("/api/apply", BODY, **KEY)
    second = wang.post("/api/apply", BODY, **KEY)

    assert second.content == first.content
    assert second["Idempotent-Replayed"] == "true"
    assert Case.objects.count() == 1


def test_the_same_key_with_another_body_is_422_and_a_missing_key_400(wang) -> None:
    wang.post("/api/apply", BODY, **KEY)

    assert wang.post("/api/apply", {**BODY, "delivery": "SELF_PICK"}, **KEY).status_code == 422
    assert wang.post("/api/apply", BODY).status_code == 400
    assert Case.objects.count() == 1


def test_what_is_wrong_is_a_problem_that_names_each_field(wang) -> None:
    answer = wang.post("/api/apply", {**BODY, "form": {"price": "x"}}, **KEY)

    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("application/problem+json")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/form/certificate", "/form/price"]
    assert answer.json()["request_id"]


def test_without_a_token_nothing_is_taken() -> None:
    answer = Client().post("/api/apply", json.dumps(BODY), "application/json")

    assert answer.status_code == 401
    assert answer["Content-Type"].startswith("application/problem+json")


def test_an_official_accepts_by_the_api_and_the_applicant_sees_it(wang, staff) -> None:
    number = apply(wang)

    answer = staff["clerk"].post(f"/api/cases/{number}/acceptance", {})

    assert answer.status_code == 200, answer.content
    assert answer.json()["state"] == "IN_REVIEW"
    assert wang.get(f"/api/cases/{number}").json()["due_on"] == "2026-03-05"
    steps = [event["step"] for event in wang.get(f"/api/cases/{number}/timeline").json()]
    assert steps[:2] == ["cases.case.submit", "cases.task.open"] or "cases.case.accept" in steps


def test_what_an_official_reads_by_the_api_is_recorded_and_what_the_applicant_reads_is_not(wang, staff) -> None:
    number = apply(wang)
    case = Case.objects.get(number=number)
    readings = Entry.objects.filter(subject=case.ledger_id(), step="cases.case.read")

    wang.get(f"/api/cases/{number}")
    assert readings.count() == 0
    staff["clerk"].get(f"/api/cases/{number}")
    staff["clerk"].get(f"/api/cases/{number}/timeline")

    assert [(entry.actor, entry.purpose) for entry in readings] == [(staff["clerk"].account.ledger_id(), "办理")] * 2


def test_a_reason_given_with_a_withdrawal_by_the_api_is_kept(wang, staff) -> None:
    wang.post(f"/api/cases/{apply(wang)}/withdrawal", {"reason": "买卖已经取消。"})

    assert Case.objects.get().withdrawal_reason == "买卖已经取消。"


def test_a_stranger_gets_404_for_everything(wang, staff) -> None:
    number = apply(wang)
    sun = Caller(people.resident("孙浩"))

    for who in (sun, staff["stranger"]):
        assert who.get(f"/api/cases/{number}").status_code == 404
        assert who.post(f"/api/cases/{number}/acceptance", {}).status_code == 404
        assert who.get("/api/cases").json() == []
    assert Case.objects.get().state == "SUBMITTED"


def test_an_old_etag_is_412_and_changes_nothing(wang, staff) -> None:
    number = apply(wang)
    etag = staff["clerk"].get(f"/api/cases/{number}")["ETag"]
    staff["clerk"].post(f"/api/cases/{number}/acceptance", {}, If_Match=etag)

    answer = staff["handler"].post(f"/api/cases/{number}/suspension", {"reason": "HEARING"}, If_Match=etag)

    assert answer.status_code == 412
    assert Case.objects.get().state == "IN_REVIEW"


def test_a_step_out_of_order_is_409_with_what_is_allowed(wang, staff) -> None:
    number = apply(wang)

    answer = staff["handler"].post(f"/api/cases/{number}/resumption", {})

    assert answer.status_code == 409
    steps = ["request_correction", "accept", "accept_by_silence", "decline", "grant_by_rules", "decline_by_rules"]
    assert answer.json()["allowed"] == [*steps, "withdraw"]


def test_the_public_look_up_needs_number_and_tail(wang) -> None:
    number = apply(wang)

    assert Client().get(f"/api/track/{number}?phone_tail=5678").json()["state"] == "SUBMITTED"
    assert Client().get(f"/api/track/{number}?phone_tail=0000").status_code == 404
    swapped = number[:-2] + number[-1] + number[-2]
    assert Client().get(f"/api/track/{swapped}?phone_tail=5678").status_code == 400


def test_guessing_the_tail_is_stopped(wang) -> None:
    number = apply(wang)

    answers = [Client().get(f"/api/track/{number}?phone_tail={guess:04d}").status_code for guess in range(15)]

    assert answers == [404] * 10 + [429] * 5


def test_guessing_the_tail_is_stopped_however_the_number_is_written(wang) -> None:
    number = apply(wang)

    answers = [Client().get(f"/api/track/{'-' * n}{number}?phone_tail={n:04d}").status_code for n in range(12)]

    assert answers == [404] * 10 + [429] * 2


def test_a_commitment_stands_only_for_a_material_that_offers_one_and_counts_once(wang) -> None:
    make.transfer_of_home(code="LA-ZR-003", materials=[
        {"key": "photo", "name": "电子照片", "source": "APPLICANT", "form": "ELECTRONIC"},
        {"key": "homes", "name": "家庭住房说明", "source": "COMMITMENT", "commitment": "我填写的住房套数属实。"},
    ])  # fmt: skip
    body = {**BODY, "service": "LA-ZR-003", "commitments": ["photo", "homes"]}

    refused = wang.post("/api/apply", body, **KEY)
    taken = wang.post("/api/apply", {**BODY, "commitments": ["homes", "homes"]}, **KEY)

    assert [error["pointer"] for error in refused.json()["errors"]] == ["/documents/photo"]
    assert taken.status_code == 201
    assert [made.material for made in Case.objects.get().commitments.all()] == ["homes"]


@pytest.mark.parametrize("content", ["[5,1]", '["abc",1]', "[null,1]", "[[1],1]", '["\\u0000",1]', "[0,Infinity]", "7"])
def test_a_made_up_cursor_is_400(wang, content: str) -> None:
    cursor = base64.urlsafe_b64encode(content.encode()).decode()

    assert wang.get(f"/api/cases?cursor={cursor}").status_code == 400


@pytest.mark.parametrize("path", ["/api/cases?state=%00", "/api/cases/%00", "/api/ratings/statistics?department=%00"])
def test_what_the_database_cannot_hold_is_a_problem_and_no_error(wang, path: str) -> None:
    answer = wang.get(path)

    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("application/problem+json")


def test_cases_are_paged_by_link(wang) -> None:
    for n in range(5):
        wang.post("/api/apply", BODY, Idempotency_Key=f"application-{n}")

    first = wang.get("/api/cases?limit=2")
    numbers = [case["number"] for case in first.json()]
    link = first["Link"].partition(">")[0].lstrip("<")
    following = [case["number"] for case in wang.get(link).json()]

    assert len(set(numbers + following)) == 4


def test_a_failing_ledger_stops_everything(wang, staff) -> None:
    number = apply(wang)
    before = Entry.objects.count()

    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry ADD CONSTRAINT closed CHECK (id < 0) NOT VALID")
    answers = [
        staff["clerk"].post(f"/api/cases/{number}/acceptance", {}).status_code,
        wang.post("/api/apply", BODY, Idempotency_Key="another-application").status_code,
    ]

    assert answers == [503, 503]
    assert (Case.objects.get().state, Entry.objects.count()) == ("SUBMITTED", before)


def test_a_machine_that_reads_english_is_refused_in_english(wang) -> None:
    english = {"Accept_Language": "en"}
    wrong = {**BODY, "form": {**make.FORM, "price": "?"}, "delivery": "POST"}

    refused = wang.post("/api/apply", wrong, **KEY, **english).json()
    unkeyed = wang.post("/api/apply", BODY, **english).json()
    unread = wang.post("/api/apply", {}, **KEY, **english).json()
    unknown = Client().get("/api/cases", headers={"Accept-Language": "en"}).json()
    nowhere = wang.client.get("/api/cases/LA0", headers={"Accept-Language": "en"}).json()

    said = json.dumps([refused, unkeyed, unread, unknown, nowhere], ensure_ascii=False)
    assert not has_chinese(said), said
    assert refused["errors"][0]["message"] == "“Price” is not in the right format. Follow the hint."
    assert unknown["detail"] == "Send a valid bearer token in the Authorization header."
    assert nowhere["detail"] == "Not found, or not yours to see. Check the number."
    assert Case.objects.count() == 0
