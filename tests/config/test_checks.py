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
    "ALLOWED_HOSTS": ["zwfw.example.gov.cn"],
    "DEBUG": False,
    "HTTPS": True,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SECURE_HSTS_SECONDS": 31_536_000,
    "MASKING_PROFILE": "strict",
    "DOCUMENT_STORE": "s3://documents?endpoint=store:9000",
    "CASE_NUMBER_PREFIX": "LA",
    "CITY_PACK": Path(__file__).parent,
}

BAD = [
    ("secret_key", {"SECRET_KEY": "not set"}),
    ("secret_key", {"SECRET_KEY": "demonstration-only-" + "x" * 40}),
    ("secret_key", {"SECRET_KEY": "short"}),
    ("master_key", {"MASTER_KEY": ""}),
    ("master_key", {"MASTER_KEY": "not base64!"}),
    ("master_key", {"MASTER_KEY": base64.b64encode(b"short").decode()}),
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


def test_the_server_says_what_is_wrong_and_does_not_start() -> None:
    environment = {**os.environ, "CIVIC_DEMONSTRATION": "0", "CIVIC_SECRET_KEY": "", "CIVIC_HOSTS": "*"}
    command = [sys.executable, "-m", "civic.config.cli", "web", "--port", "1"]

    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 2
    assert "civic.secret_key" in done.stderr
    assert "civic.hosts" in done.stderr
    assert "Traceback" not in done.stderr
