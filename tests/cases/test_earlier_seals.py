"""A database that was sealed before rules could decide: it verifies as it is, and a changed row is still found."""

from typing import Any

import pytest
from django.db import connection

from civic.audit.models import Entry
from civic.audit.seal import row_content, rows_content
from civic.audit.services import record
from civic.audit.services.report import Report
from civic.audit.services.seals import check
from civic.audit.services.verify import snapshot
from civic.cases.models import Case
from civic.catalogue.models import Version
from tests.factories import cases as make
from tests.factories import catalogue

pytestmark = pytest.mark.django_db
# what a decision and a version were made of then, written down here and not derived from the program of today
DECISION = (
    "id", "case_id", "outcome", "reasons_sealed", "legal_basis", "remedy", "decided_by_id", "decided_at",
    "overruling_sealed", "review", "review_reasons_sealed", "review_basis", "reviewed_by_id", "reviewed_at",
)  # fmt: skip
NEW_IN_VERSION = {"rules"}


def case_as_before(case: Case) -> dict[str, object]:
    parts = ("tasks", "submissions", "corrections", "extensions", "commitments")
    listed: dict[str, Any] = {name: rows_content(getattr(case, name).all()) for name in parts}
    decision = [{name: row_content(row)[name] for name in DECISION} for row in case.decisions.all()]
    return {**row_content(case), **listed, "decision": decision}


def version_as_before(version: Version) -> dict[str, object]:
    return {name: value for name, value in row_content(version).items() if name not in NEW_IN_VERSION}


def seal_as_before(monkeypatch: pytest.MonkeyPatch, noun: Any, content: dict[str, object]) -> None:
    """Write the newest entry about `noun` as the program of then would have."""
    with monkeypatch.context() as patch:
        patch.setattr(type(noun), "sealed_content", lambda _self: content)
        record(at=make.MONDAY, actor="operator", step="test.as_before", subject=noun)


def verified() -> list[str]:
    report = Report()
    check(report, snapshot=snapshot, progress=lambda *_: None)
    return [finding.message.partition(" (")[0] for finding in report.findings]


def run(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount == 1


@pytest.fixture
def decided(monkeypatch: pytest.MonkeyPatch) -> Case:
    case = make.decided()
    seal_as_before(monkeypatch, case, case_as_before(case))
    return case


def test_a_case_decided_before_rules_could_decide_verifies(decided: Case) -> None:
    entries = Entry.objects.count()

    assert verified() == []
    assert Entry.objects.count() == entries  # nothing is sealed anew


def test_an_undecided_case_of_before_verifies(monkeypatch: pytest.MonkeyPatch) -> None:
    make.transfer_of_home()
    case = make.case()
    seal_as_before(monkeypatch, case, case_as_before(case))

    assert verified() == []


@pytest.mark.parametrize(
    "change",
    [
        "outcome = 'REFUSED'", "legal_basis = '《另一部法》'", "remedy = '没有救济。'", "reasons_sealed = 'x'",
        "decided_at = decided_at + interval '1 second'", "mending_sealed = 'x'",
    ],
)  # fmt: skip
def test_a_decision_of_before_that_was_changed_is_found(decided: Case, change: str) -> None:
    run(f"UPDATE cases_decision SET {change}")

    newest = Entry.objects.of(subject=decided.ledger_id()).sealing().last()
    assert verified() == [f"{decided.ledger_id()} is not as entry {newest.pk}"]


def test_a_person_put_out_and_rules_put_in_is_found(decided: Case) -> None:
    run("UPDATE cases_decision SET decided_by_id = NULL, rules = '第1版'")

    assert len(verified()) == 1


def test_a_decision_that_was_taken_away_is_found(decided: Case) -> None:
    run("DELETE FROM cases_decision")

    assert len(verified()) == 1


def test_a_second_decision_slipped_in_is_found(decided: Case) -> None:
    columns = "outcome, reasons_sealed, legal_basis, remedy, decided_at, review, review_basis"
    run(
        f"INSERT INTO cases_decision ({columns}, case_id, rules, overturned_at)"
        f" SELECT {columns}, case_id, '第1版', decided_at FROM cases_decision"
    )

    assert len(verified()) == 1


def test_the_next_step_seals_such_a_case_as_today(decided: Case) -> None:
    decided.deliver(by="system" if decided.delivery == "ELECTRONIC" else make.officials()["clerk"], at=make.MONDAY)

    run("UPDATE cases_decision SET mending_sealed = %s", b"x")

    assert len(verified()) == 1


def test_a_version_published_before_there_were_rules_verifies(monkeypatch: pytest.MonkeyPatch) -> None:
    version = catalogue.draft()
    seal_as_before(monkeypatch, version, version_as_before(version))

    assert verified() == []

    run("UPDATE catalogue_version SET rules = '{\"auto\": true}' WHERE id = %s", version.pk)
    newest = Entry.objects.of(subject=version.ledger_id()).last()
    assert verified() == [f"{version.ledger_id()} is not as entry {newest.pk}"]


def test_a_version_of_before_that_was_changed_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    version = catalogue.draft()
    seal_as_before(monkeypatch, version, version_as_before(version))

    run("UPDATE catalogue_version SET promised_days = 1 WHERE id = %s", version.pk)

    assert len(verified()) == 1
