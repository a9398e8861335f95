"""A city's installation does not start with a configuration that would betray its residents."""

import base64
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test.utils import override_settings

from civic.config import checks

GOOD: dict[str, Any] = {
    "DEMONSTRATION": False,
    "SECRET_KEY": "k" * 64,
    "MASTER_KEY": base64.b64encode(b"m" * 32).decode(),
    "LEDGER_KEY": base64.b64encode(b"l" * 32).decode(),
    "SEAL_KEY": base64.b64encode(b"s" * 32).decode(),
    "LEDGER_WITNESS": Path("/witness"),
    "ALLOWED_HOSTS": ["zwfw.example.gov.cn"],
    "DEBUG": False,
    "HTTPS": True,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SECURE_HSTS_SECONDS": 31_536_000,
    "MASKING_PROFILE": "strict",
    "DOCUMENT_STORE": "s3://documents?endpoint=store:9000",
    "DOCUMENT_STORE_KEY": "civic",
    "DOCUMENT_STORE_SECRET": "a long secret",
    "REDIS_HOST": "cache",
    "CASE_NUMBER_PREFIX": "LA",
    "CITY_PACK": Path(__file__).parent,
    "DEPARTMENTS_AT": "",
    "DEPARTMENTS_CREDENTIALS": '{"gaj": {"client_id": "civic", "secret": "s"}}',
}

BAD = [
    ("secret_key", {"SECRET_KEY": "not set"}),
    ("secret_key", {"SECRET_KEY": "demonstration-only-" + "x" * 40}),
    ("secret_key", {"SECRET_KEY": "short"}),
    ("master_key", {"MASTER_KEY": ""}),
    ("master_key", {"MASTER_KEY": "not base64!"}),
    ("master_key", {"MASTER_KEY": base64.b64encode(b"short").decode()}),
    ("ledger_keys", {"LEDGER_KEY": ""}),
    ("ledger_keys", {"SEAL_KEY": ""}),
    ("ledger_keys", {"SEAL_KEY": base64.b64encode(b"short").decode()}),
    ("ledger_keys", {"LEDGER_KEY": "", "LEDGER_PUBLIC_KEYS": ["its public key"], "SIGNS_LEDGER": True}),
    ("witness", {"LEDGER_WITNESS": Path("/tmp/civic/witness")}),
    ("document_store", {"DOCUMENT_STORE_KEY": ""}),
    ("document_store", {"DOCUMENT_STORE_SECRET": ""}),
    ("hosts", {"ALLOWED_HOSTS": ["*"]}),
    ("hosts", {"ALLOWED_HOSTS": ["127.0.0.1", "localhost"]}),
    ("debug", {"DEBUG": True}),
    ("https", {"HTTPS": False}),
    ("https", {"SESSION_COOKIE_SECURE": False}),
    ("https", {"SECURE_HSTS_SECONDS": 0}),
    ("content_policy", {"CONTENT_SECURITY_POLICY": {}}),
    ("content_policy", {"CONTENT_SECURITY_POLICY": {"DIRECTIVES": {"default-src": ["'self'"], "style-src": ["'self'"],
                                                                  "script-src": ["'self'", "'unsafe-inline'"]}}}),
    ("passwords", {"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"]}),
    ("masking", {"MASKING_PROFILE": "none"}),
    ("document_store", {"DOCUMENT_STORE": "/documents"}),
    ("case_prefix", {"CASE_NUMBER_PREFIX": "六安"}),
    ("city_pack", {"CITY_PACK": Path("/nowhere")}),
    ("departments", {"DEPARTMENTS_AT": "fake"}),
    ("departments", {"DEPARTMENTS_CREDENTIALS": "civic:secret"}),
    ("departments", {"DEPARTMENTS_CREDENTIALS": '{"gaj": {"password": "s"}}'}),
    ("departments", {"DEPARTMENTS_CREDENTIALS": '{"gaj": {"auth": "basic"}}'}),
]  # fmt: skip


def _complaints() -> set[str]:
    return {str(message.id) for message in checks.configuration()}


@pytest.fixture(autouse=True)
def _asked_as_the_runtime_role(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' own database role is a superuser; here it counts as the runtime role."""
    monkeypatch.setitem(checks.settings.DATABASES["default"], "USER", "civic_app")
    monkeypatch.setattr(checks, "_owns_tables", lambda: False)


def test_a_sound_configuration_starts() -> None:
    with override_settings(**GOOD):
        assert _complaints() == set()


@pytest.mark.parametrize(("complaint", "change"), BAD)
def test_an_unsound_configuration_is_refused_by_name(complaint: str, change: dict[str, Any]) -> None:
    with override_settings(**{**GOOD, **change}):
        assert _complaints() == {f"civic.{complaint}"}


def test_a_role_that_signs_nothing_needs_only_the_public_key() -> None:
    with override_settings(**{**GOOD, "LEDGER_KEY": "", "LEDGER_PUBLIC_KEYS": ["its public key"]}):
        assert _complaints() == set()


def test_a_store_or_cache_whose_client_is_not_installed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "find_spec", lambda name: None)

    with override_settings(**GOOD):
        assert _complaints() == {"civic.document_store", "civic.cache"}


def test_the_owners_role_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(checks.settings.DATABASES["default"], "USER", "civic_owner")

    with override_settings(**GOOD):
        assert _complaints() == {"civic.database_role"}


def test_a_remote_database_without_password_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(checks.settings.DATABASES["default"], "HOST", "gov-db-cluster")
    monkeypatch.setitem(checks.settings.DATABASES["default"], "PASSWORD", "")

    with override_settings(**GOOD):
        assert _complaints() == {"civic.database_role"}


@pytest.mark.django_db
def test_a_role_that_owns_tables_is_found_whatever_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setitem(checks.settings.DATABASES["default"], "USER", "harmless")

    with override_settings(**GOOD):
        assert _complaints() == {"civic.database_role"}


def test_a_demonstration_is_let_off() -> None:
    with override_settings(DEMONSTRATION=True, SECRET_KEY="short"):
        assert _complaints() == set()


@pytest.mark.parametrize("role", [["web", "--port", "1"], ["worker"]], ids=["web", "worker"])
def test_web_and_worker_say_what_is_wrong_and_do_not_start(role: list[str]) -> None:
    environment = {**os.environ, "CIVIC_DEMONSTRATION": "0", "CIVIC_SECRET_KEY": "", "CIVIC_HOSTS": "*"}
    command = [sys.executable, "-m", "civic.config.cli", *role]

    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 2
    assert "civic.secret_key" in done.stderr
    assert "civic.hosts" in done.stderr
    assert "civic.ledger_keys: CIVIC_LEDGER_KEY is missing" in done.stderr
    assert "Traceback" not in done.stderr
