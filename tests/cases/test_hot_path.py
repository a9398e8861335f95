"""The hand-written way of an application stores what the plain way stores, seals it truly, and steps aside in time."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from civic.accounts.models import Account
from civic.audit.models import Entry
from civic.audit.services.verify import verify_ledger
from civic.cases import hot_path
from civic.cases.models import Case
from civic.deadlines.models import Clock
from civic.idempotency.models import Replay
from tests.factories import accounts as people
from tests.factories import cases as make

pytestmark = pytest.mark.django_db
AT = make.MONDAY
BODY = {
    "service": "LA-ZR-001",
    "form": make.FORM,
    "commitments": ["homes"],
    "delivery": "POST",
    "address": "六安市金安区皖西路1号",
}
DRAWN = {"id", "case_id", "number", "phone_tail_token", "key", "created_at"}


@pytest.fixture(autouse=True)
def at_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("civic.cases.api.now", lambda: AT)


@pytest.fixture
def wang() -> Account:
    make.transfer_of_home()
    return people.resident("王芳", phone="13800005678")


def caller(account: Account) -> Client:
    return Client(headers={"Authorization": f"Bearer {people.token(account)}"})


def apply(account: Account, key: str, client: Client | None = None, **changes: Any) -> Any:
    return (client or caller(account)).post(
        "/api/apply", json.dumps({**BODY, **changes}), "application/json", headers={"Idempotency-Key": key}
    )


def stored(case: Case) -> dict[str, Any]:
    """Everything that one application has stored, without what is drawn anew for each."""
    subjects = [case.ledger_id(), *(clock.ledger_id() for clock in Clock.objects.of(case.ledger_id()))]
    entries = Entry.objects.filter(subject__in=subjects).order_by("id")
    replay = Replay.objects.get(location=f"/api/cases/{case.number}")
    return {
        "case": row(case) | {"address": case.clear("address")},
        "tasks": [row(task) for task in case.tasks.in_order()],
        "submissions": [row(sent) | {"form": sent.form} for sent in case.submissions.all()],
        "commitments": [row(made) for made in case.commitments.all()],
        "clocks": [row(clock) for clock in Clock.objects.of(case.ledger_id())],
        "entries": [(entry.step, entry.actor, entry.at, set(entry.detail), len(entry.salt)) for entry in entries],
        "jobs": [
            (job.queue_name, job.task_name, job.priority, job.lock, job.queueing_lock, job.scheduled_at, job.args)
            for job in ProcrastinateJob.objects.filter(args__case=case.pk)
            if job.args.pop("case")
        ],
        "replay": row(replay) | {"body": sorted(json.loads(bytes(replay.body)))},
    }


def row(noun: Any) -> dict[str, Any]:
    """The columns of a row that do not differ from one application to the next; of sealed ones, that they are there."""
    columns = {field.attname: getattr(noun, field.attname) for field in noun._meta.concrete_fields}
    columns |= {name: value is not None for name, value in columns.items() if name.endswith("_sealed")}
    hidden = DRAWN | ({"subject"} if isinstance(noun, Clock) else set())
    hidden |= {"fingerprint", "body", "location"} if isinstance(noun, Replay) else set()
    return {name: value for name, value in columns.items() if name not in hidden}


def test_the_hand_written_way_stores_the_very_rows_of_the_plain_way(wang, monkeypatch) -> None:
    quick = apply(wang, "the-hand-written-way")
    monkeypatch.setattr(hot_path, "apply", lambda *_, **__: None)
    plain = apply(wang, "the-plain-way")

    assert (quick.status_code, plain.status_code) == (201, 201)
    first, second = Case.objects.order_by("pk")
    assert stored(first) == stored(second)
    assert first.number == quick.json()["apply_id"] and second.number == plain.json()["apply_id"]
    assert quick.json()["message"] == plain.json()["message"]


def test_it_is_one_statement_of_its_own_and_the_seal_is_true(wang, settings) -> None:
    settings.CREDIT_STAMP_SECONDS = 60
    client = caller(wang)
    for n in range(2):  # the process learns which version is in force, and what that version holds
        apply(wang, f"warms-the-memory-{n}", client)
    with CaptureQueriesContext(connection) as queries:
        answer = apply(wang, "with-a-warm-memory", client)

    assert answer.status_code == 201
    of_django = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert of_django == []  # the one statement is the hot path's own, beside Django's cursor
    report = verify_ledger(at=AT, progress=lambda *_: None)
    assert [str(finding) for finding in report.findings if finding.kind != "no leaf"] == []
    assert report.rows > 0


def test_a_changed_row_of_a_quick_case_is_found(wang) -> None:
    number = apply(wang, "application-to-be-forged").json()["apply_id"]
    Case.objects.get(number=number).tasks.filter(key="tax").update(days=9)

    report = verify_ledger(at=AT, progress=lambda *_: None)

    assert [finding.kind for finding in report.findings if finding.kind != "no leaf"] == ["changed row"]


def test_the_receipts_entry_is_the_cases_own(wang) -> None:
    answer = apply(wang, "application-with-receipt").json()

    case = Case.objects.get(number=answer["apply_id"])
    entry = Entry.objects.get(digest=bytes.fromhex(answer["receipt"]["digest"]))
    assert (entry.step, entry.subject) == ("cases.case.submit", case.ledger_id())


def test_a_repeat_and_a_reused_key_are_answered_by_the_plain_way(wang) -> None:
    first = apply(wang, "one-key-only-once")
    again = apply(wang, "one-key-only-once")
    other = apply(wang, "one-key-only-once", delivery="ELECTRONIC")

    assert again.content == first.content and again["Idempotent-Replayed"] == "true"
    assert other.status_code == 422
    assert Case.objects.count() == 1


def test_a_version_that_was_just_replaced_is_not_applied_for(wang) -> None:
    apply(wang, "under-the-first-version")
    second = make.transfer_of_home(promised_days=2)

    answer = apply(wang, "under-the-second-version")

    assert answer.json()["message"] == "申请已提交,预计2个工作日内处理完成"
    assert Case.objects.get(number=answer.json()["apply_id"]).service_version_id == second.pk


def test_a_closed_ledger_stores_nothing(wang) -> None:
    client = caller(wang)
    apply(wang, "while-the-ledger-is-open", client)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry ADD CONSTRAINT closed CHECK (id < 0) NOT VALID")
    before = {model: model.objects.count() for model in (Case, Clock, Entry, Replay, ProcrastinateJob)}

    answer = apply(wang, "while-the-ledger-is-closed", client)

    assert answer.status_code == 503
    assert {model: model.objects.count() for model in before} == before
