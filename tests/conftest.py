"""What every test may rely on: fixed instants and closed sockets."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.migrated import template

# How long one example takes says more about the machine than about the program.
settings.register_profile("civic", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("civic")


NOT_TRACED = ("architecture", "browser", "chaos", "config")


@pytest.fixture(autouse=True)
def _loopback_only(socket_disabled_except_loopback: None) -> None:
    """Tests speak to this machine only."""


@pytest.fixture
def socket_disabled_except_loopback() -> None:
    import pytest_socket

    pytest_socket.socket_allow_hosts(["127.0.0.1", "localhost", "::1"], allow_unix_socket=True)


@pytest.fixture(autouse=True)
def _fresh_shelf(settings: object) -> None:
    """Every request looks whether the catalogue has changed: tests do not wait a second."""
    settings.CATALOGUE_STAMP_SECONDS = 0  # type: ignore[attr-defined]
    settings.CREDIT_STAMP_SECONDS = 0  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _no_model(settings: object, tmp_path: Path) -> None:
    """No test's suggestions come from a model that somebody has trained on this machine."""
    settings.HOTLINE_MODEL = tmp_path / "hotline" / "model.npz"  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _own_witness(settings: object, tmp_path: Path) -> None:
    """No test's ledger is measured by the heads that another test has signed."""
    settings.LEDGER_WITNESS = tmp_path / "witness"  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """No test speaks the language that a page of the test before was asked for in."""
    yield
    from django.utils import translation

    translation.deactivate()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Copy the database of the tests from one that has been migrated."""
    from django.conf import settings

    if url := os.environ.get("DATABASE_URL"):
        settings.DATABASES["default"]["TEST"]["TEMPLATE"] = template(url)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """At the very end, shut out what a test's threads and pools have left open: else the database cannot be dropped."""
    yield
    from django.db import connection

    with django_db_blocker.unblock():
        name = connection.settings_dict["NAME"]
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Measure coverage where law is tested, in the rooms: what drives the whole city would take half as long more."""
    for item in items:
        if item.path.relative_to(Path(__file__).parent).parts[0] in NOT_TRACED:
            item.add_marker("no_cover")
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.timeout(3600))


def pytest_configure(config: pytest.Config) -> None:
    """Serve static files under their plain names: the live server does not know the hashed ones of a collected tree."""
    from django.conf import settings

    settings.STATIC_ROOT = settings.VAR / "test-static"
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


@pytest.fixture(scope="session", autouse=True)
def _quick_flush() -> Iterator[None]:
    """After a committing test, empty only what it has filled: truncating every table takes longer than most tests."""
    from django.test import TransactionTestCase

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: _empty_tables())
        yield


def _empty_tables() -> None:
    from django.db import connection

    keep = {"django_content_type", "auth_permission"}  # as migrated; a flush would write the same again
    tables = sorted(set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - keep)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in tables))
        filled = [name for (name,) in cursor.fetchall()]
        cursor.execute("SET session_replication_role = replica")  # neither foreign keys nor append-only triggers
        for name in filled:
            cursor.execute(f'DELETE FROM "{name}"')
        cursor.execute("SET session_replication_role = DEFAULT")


@pytest.fixture(autouse=True)
def _empty_queue(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """Take away the jobs that a committing test leaves: no flush empties the queue's tables."""
    yield
    marker = request.node.get_closest_marker("django_db")
    commits = marker is not None and marker.kwargs.get("transaction", False)
    if commits or {"live_server", "transactional_db"} & set(request.fixturenames):
        from django.db import connection

        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs")
