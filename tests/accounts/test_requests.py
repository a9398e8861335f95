"""What every request asks: the session and the account behind it, each in one statement and afresh."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import connection
from django.forms.models import model_to_dict

from civic.accounts.backends import AccountBackend, account_behind
from civic.accounts.models import Account
from civic.accounts.session_store import SessionStore
from tests.factories import accounts as make

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2020, 1, 6, 1, tzinfo=UTC)


def facts(account: Account) -> list[object]:
    """All that the models of a request's account hold."""
    official = getattr(account, "official", None)
    parts = [account, official, official and official.department, account.person, account.person and account.person.key]
    return [part and model_to_dict(part, [field.name for field in part._meta.concrete_fields]) for part in parts]


def test_the_account_of_a_request_is_the_one_the_orm_reads(django_assert_num_queries) -> None:
    for account in (make.official("张敏"), make.resident("王芳")):
        expected = facts(Account.objects.for_request().get(pk=account.pk))

        with django_assert_num_queries(0):  # the one statement is our own, beside Django's cursor
            found = account_behind(account.pk)
            assert facts(found) == expected

        assert found == account
        assert found.is_official == account.is_official
        assert found.display_name == account.display_name


def test_an_account_that_was_never_opened_is_nobodys() -> None:
    assert account_behind(0) is None


def test_a_disabled_account_and_a_lost_role_count_from_the_next_request_on() -> None:
    clerk, operator = make.official("张敏", roles=("window_clerk",)), make.official("李强", roles=("operator",))
    backend = AccountBackend()
    assert backend.get_user(clerk.pk).has_any_role("window_clerk")

    clerk.official.__class__.objects.filter(pk=clerk.official.pk).update(roles=["unit_handler"])
    assert not backend.get_user(clerk.pk).has_any_role("window_clerk")

    clerk.disable(by=operator, at=make.MONDAY)
    assert backend.get_user(clerk.pk) is None


def test_a_session_is_read_as_django_wrote_it_and_written_as_django_reads_it(django_assert_num_queries) -> None:
    written = db.SessionStore()
    written["name"] = "张敏"
    written.create()

    with django_assert_num_queries(0):  # the one statement is our own, beside Django's cursor
        read = SessionStore(written.session_key)
        assert read["name"] == "张敏"
    read["name"] = "周丽"
    read.save()

    assert db.SessionStore(written.session_key)["name"] == "周丽"


def test_a_session_that_ended_or_never_was_holds_nothing_under_no_key() -> None:
    ended = SessionStore()
    ended["name"] = "张敏"
    ended.create()
    Session.objects.filter(pk=ended.session_key).update(expire_date=LONG_AGO + timedelta(hours=1))

    for key in (ended.session_key, "x" * 32):
        session = SessionStore(key)
        assert dict(session.items()) == {}
        assert session.session_key is None


@pytest.mark.django_db(transaction=True)
def test_a_session_is_read_although_the_database_has_dropped_the_kept_connection() -> None:
    written = SessionStore()
    written["name"] = "张敏"
    written.create()
    connection.ensure_connection()
    dropped = connection.connection.info.backend_pid
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [dropped])

    assert SessionStore(written.session_key)["name"] == "张敏"
    assert connection.connection.info.backend_pid != dropped


def test_a_session_that_somebody_wrote_by_hand_holds_nothing() -> None:
    forged = SessionStore()
    forged["name"] = "张敏"
    forged.create()
    Session.objects.filter(pk=forged.session_key).update(session_data="eyJuYW1lIjoi5ZGo5Li9In0:1:forged")

    assert dict(SessionStore(forged.session_key).items()) == {}
