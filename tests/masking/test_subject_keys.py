"""Subjects' keys: one key a subject, readable only in its place, gone for good when shredded."""

import base64
import pickle
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction

from civic import masking
from civic.audit.models import Entry
from civic.core.crypto import Unsealable
from civic.masking import keys
from civic.masking.models import Shredded, SubjectKey

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)
NAME = "accounts.person.name"
OLD_MASTER = base64.b64encode(bytes(range(32))).decode()
NEW_MASTER = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize("suite", ["intl", "gm"])
def test_a_sealed_name_opens_after_a_reload(settings, suite):
    settings.CRYPTO = suite
    key = SubjectKey.objects.create_key()
    sealed = key.seal("王芳", field=NAME)

    found = SubjectKey.objects.get(pk=key.pk)

    assert found.open(memoryview(sealed), field=NAME) == "王芳"
    assert "王芳".encode() not in sealed


def test_a_value_moved_to_another_field_or_person_does_not_open():
    fang, guiying = SubjectKey.objects.create_key(), SubjectKey.objects.create_key()
    sealed = fang.seal("王芳", field=NAME)

    with pytest.raises(Unsealable):
        fang.open(sealed, field="accounts.person.address")
    with pytest.raises(Unsealable):
        guiying.open(sealed, field=NAME)


def test_a_changed_suite_still_reads_what_the_other_wrote(settings):
    key = SubjectKey.objects.create_key()
    sealed = key.seal("王芳", field=NAME)

    settings.CRYPTO = "gm"

    assert SubjectKey.objects.get(pk=key.pk).open(sealed, field=NAME) == "王芳"
    assert key.seal("王芳", field=NAME)[0] == 2


def test_a_shredded_key_reads_nothing_and_leaves_one_entry():
    key = SubjectKey.objects.create_key()
    sealed = key.seal("王芳", field=NAME)

    key.shred(by="operator", at=MONDAY)
    key.shred(by="operator", at=MONDAY)

    with pytest.raises(Shredded):
        key.open(sealed, field=NAME)
    with pytest.raises(Shredded):
        SubjectKey.objects.get(pk=key.pk).seal("刘桂英", field=NAME)
    entry = Entry.objects.get(step="masking.subjectkey.shred")
    assert (entry.subject, entry.actor, entry.at) == (key.ledger_id(), "operator", MONDAY)


def test_the_database_refuses_a_shredded_key_that_is_still_there():
    key = SubjectKey.objects.create_key()

    with pytest.raises(IntegrityError, match="masking_key_gone_when_shredded"), transaction.atomic():
        SubjectKey.objects.filter(pk=key.pk).update(shredded_at=MONDAY)


def test_the_clear_key_is_neither_stored_nor_pickled():
    key = SubjectKey.objects.create_key()
    key.seal("王芳", field=NAME)
    clear = key.__dict__["_clear"]

    stored = SubjectKey.objects.get(pk=key.pk)

    assert clear not in bytes(stored.wrapped)
    assert clear not in pickle.dumps(key)


def test_keys_are_wrapped_anew_after_the_master_key_changes(settings):
    settings.MASTER_KEY = OLD_MASTER
    key = SubjectKey.objects.create_key()
    sealed = key.seal("王芳", field=NAME)
    settings.MASTER_KEY = f"{NEW_MASTER},{OLD_MASTER}"

    assert SubjectKey.objects.rewrap() == 1
    assert SubjectKey.objects.rewrap() == 0

    settings.MASTER_KEY = NEW_MASTER
    assert SubjectKey.objects.get(pk=key.pk).open(sealed, field=NAME) == "王芳"


def test_a_missing_master_key_is_named(settings):
    settings.MASTER_KEY = OLD_MASTER
    key = SubjectKey.objects.create_key()
    settings.MASTER_KEY = NEW_MASTER

    with pytest.raises(ImproperlyConfigured, match=key.master_id):
        SubjectKey.objects.get(pk=key.pk).seal("王芳", field=NAME)


@pytest.mark.parametrize("bad", ["not base64!", "c2hvcnQ=", ","])
def test_a_bad_master_key_is_refused(settings, bad):
    settings.MASTER_KEY = bad

    with pytest.raises(ImproperlyConfigured, match="32 字节"):
        keys.master_keys()


def test_the_master_key_is_made_once_readable_by_its_owner_only(settings, tmp_path, caplog):
    settings.MASTER_KEY, settings.VAR = "", tmp_path

    first = keys.master_keys()
    keys._from_file.cache_clear()

    path = tmp_path / "secrets" / "master.key"
    assert keys.master_keys() == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert path.read_text().strip() not in caplog.text


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("phone", "13812345678", "+86 138-1234-5678"),
        ("phone", "13812345678", "１３８１２３４５６７８"),
        ("id_number", "34010219900101123x", "34010219900101123X"),
        ("id_number", "110105491231002", "11010519491231002X"),
        ("email", "Wang@Example.com", "wang@example.COM"),
        ("name", "阿卜杜拉•买买提", "阿卜杜拉·买买提"),
    ],
)
def test_one_value_typed_two_ways_has_one_index(kind, one, other):
    assert masking.index(one, kind) == masking.index(other, kind)


def test_look_ups_cover_old_master_keys_and_both_suites(settings):
    settings.MASTER_KEY = OLD_MASTER
    stored = masking.index("13812345678", "phone")
    settings.MASTER_KEY, settings.CRYPTO = f"{NEW_MASTER},{OLD_MASTER}", "gm"

    found = masking.indexes("13812345678", "phone")

    assert stored in found
    assert masking.index("13812345678", "phone") in found
    assert len(set(found)) == 4
