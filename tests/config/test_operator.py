"""Health tells the truth, and tells strangers no more than that."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.db import OperationalError, connection
from django.http import Http404, HttpRequest
from django.test import Client, RequestFactory, override_settings

from civic.config import faults, operator, readiness
from civic.config.readiness import Finding, findings, is_ready
from civic.core.jobs import enqueue

MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)


def _named(found: list[Finding], name: str) -> Finding:
    return next(finding for finding in found if finding.name == name)


def test_the_process_is_alive_without_any_database(client: Client) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_a_sound_installation_is_ready() -> None:
    found = findings(MONDAY)

    assert [finding.name for finding in found if not finding.ok] == []
    assert {"database", "migrations", "queue", "ledger", "calendar"} <= {finding.name for finding in found}


@pytest.mark.django_db
def test_a_lost_database_makes_it_unready(client: Client) -> None:
    with mock.patch.object(connection, "ensure_connection", side_effect=OperationalError("secret host")):
        answer = client.get("/readyz")

    assert answer.status_code == 503
    assert b"secret host" not in answer.content


@pytest.mark.django_db
def test_a_migration_that_is_not_applied_is_named() -> None:
    with mock.patch.object(readiness, "_shipped", return_value=frozenset({("cases", "0099_new_column")})):
        found = findings(MONDAY)

    assert not is_ready(found)
    assert _named(found, "migrations").detail == "cases.0099_new_column"


@pytest.mark.django_db
def test_probes_that_find_it_unready_leave_one_line_and_no_error_each(
    client: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operator, "_told", frozenset())

    with mock.patch.object(readiness, "_shipped", return_value=frozenset({("cases", "0099_new_column")})):
        assert [client.get("/readyz").status_code for _ in range(3)] == [503] * 3
    assert client.get("/readyz").status_code == 200

    assert caplog.messages == ["not ready: migrations", "not ready: nothing is missing any more"]


@pytest.mark.django_db
def test_a_job_that_waits_too_long_makes_it_unready_and_a_later_job_does_not() -> None:
    at = datetime.now(UTC)
    enqueue("civic.nowhere.later", at=at + timedelta(days=1))
    quiet = findings(at)
    enqueue("civic.nowhere.now", at=at - timedelta(seconds=301))
    waiting = findings(at)

    assert _named(quiet, "queue").ok
    assert not _named(waiting, "queue").ok
    assert _named(waiting, "queue").detail == "oldest job waits 301.0 s"


@pytest.mark.django_db
def test_jobs_that_were_given_up_or_left_are_shown_to_operators_and_do_not_close_the_pages(client: Client) -> None:
    for name, change in (
        ("given_up", "status = 'failed'"),
        ("left", "status = 'doing'"),
        ("again", "attempts = 1, scheduled_at = now() + interval '1 hour'"),
    ):
        job = enqueue(f"civic.nowhere.{name}")
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE procrastinate_jobs SET {change} WHERE id = %s", [job])

    found = findings(datetime.now(UTC))
    page = client.get("/metrics").content.decode()

    assert _named(found, "jobs failed") == Finding("jobs failed", False, "1 given up", warning=True)
    assert _named(found, "jobs stalled").detail == "1 of workers that no longer beat"
    assert is_ready(found)
    for state in ("failed", "stalled", "retrying"):
        assert f'civic_jobs{{state="{state}"}} 1.0' in page


@pytest.mark.django_db
def test_a_day_without_a_published_calendar_is_unready_and_a_year_ahead_is_a_warning() -> None:
    november = findings(datetime(2026, 11, 23, tzinfo=UTC))
    beyond = findings(datetime(2150, 1, 4, tzinfo=UTC))

    assert _named(november, "calendar").ok
    assert is_ready([_named(november, "calendar ahead")])
    assert not is_ready([_named(beyond, "calendar")])


@pytest.mark.django_db
def test_strangers_learn_whether_not_why() -> None:
    stranger = Client(headers={"X-Forwarded-For": "203.0.113.9"})

    assert set(stranger.get("/readyz").json()) == {"ready"}
    assert set(Client().get("/readyz").json()) == {"ready", "findings"}


@pytest.mark.django_db
def test_metrics_are_for_operators_and_hold_routes_not_addresses() -> None:
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    Client().get("/healthz")

    assert stranger.get("/metrics").status_code == 404
    page = Client().get("/metrics").content.decode()
    assert re.search(r'civic_requests_total\{method="GET",route="healthz",status="200"\} \d', page)
    assert "civic_queue_lag_seconds 0.0" in page


@pytest.mark.django_db
@override_settings(OPERATOR_TOKEN="a-long-token")
def test_a_token_opens_the_metrics_from_elsewhere() -> None:
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")

    assert elsewhere.get("/metrics", headers={"Authorization": "Bearer a-long-token"}).status_code == 200
    assert elsewhere.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    assert elsewhere.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.fixture
def request_with_id() -> Iterator[HttpRequest]:
    request = RequestFactory().get("/cases/")
    request.id = "req-1<2>"  # type: ignore[attr-defined]
    yield request


def test_a_bug_answers_with_its_number_and_nothing_from_inside(request_with_id: HttpRequest) -> None:
    answer = faults.bug(request_with_id)

    assert answer.status_code == 500
    assert "req-1&lt;2&gt;" in answer.content.decode()


def test_a_bug_answers_a_machine_with_a_problem(request_with_id: HttpRequest) -> None:
    request_with_id.path = "/api/cases"

    answer = faults.bug(request_with_id)

    assert answer["Content-Type"].startswith("application/problem+json")
    assert b"Traceback" not in answer.content


@pytest.mark.django_db
def test_an_unknown_address_is_a_page_for_people_and_a_problem_for_machines(client: Client) -> None:
    page, problem = client.get("/nowhere"), client.get("/api/nowhere")

    assert (page.status_code, problem.status_code) == (404, 404)
    assert page["Content-Type"].startswith("text/html")
    assert problem.json()["status"] == 404
    assert problem.json()["request_id"] == problem["X-Request-Id"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("DELETE", "/api/cases", ["GET"]), ("GET", "/api/apply", ["POST"]), ("PUT", "/api/transparency/head", ["GET"])],
)
def test_a_method_that_is_not_offered_is_a_problem_for_machines(
    client: Client, method: str, path: str, allowed: list[str]
) -> None:
    answer = client.generic(method, path, headers={"Accept-Language": "en"})

    assert (answer.status_code, answer["Allow"].split(", ")) == (405, allowed)
    assert answer["Content-Type"].startswith("application/problem+json")
    assert answer.json()["type"] == "/problems/method-not-allowed"
    assert answer.json()["allowed"] == allowed
    assert answer.json()["detail"].startswith("This address does not offer that")


@pytest.mark.django_db
def test_a_page_opened_where_only_a_button_leads_is_no_dead_end(client: Client) -> None:
    page = client.get("/office/logout/")

    assert (page.status_code, page["Allow"]) == (405, "POST")
    assert "这个地址不支持这种操作" in page.content.decode()
    assert 'href="/office/"' in page.content.decode()


def test_not_found_never_repeats_what_was_asked() -> None:
    request = RequestFactory().get("/api/x", headers={"Accept": "application/json"})

    answer = faults.not_found(request, Http404("table cases_case"))

    assert b"cases_case" not in answer.content


@pytest.mark.parametrize("path", ["/", "/healthz", "/login/"])
def test_a_name_that_is_not_the_sites_is_refused_and_no_error(path: str) -> None:
    answer = Client(headers={"Host": "evil.example"}).get(path)

    assert answer.status_code == 400
    assert "evil" not in answer.content.decode()
