"""Files that nobody applied with are deleted after their time; what a draft or a case refers to stays."""

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from civic.audit.models import Entry
from civic.audit.services.verify import verify_ledger
from civic.documents import services, tasks
from civic.documents.models import Document, Hold
from civic.documents.services import discard_document, hold_documents, purge_unneeded
from civic.masking.models import SubjectKey
from tests.factories.accounts import department, official, resident
from tests.factories.documents import MONDAY, document, hold, picture

pytestmark = pytest.mark.django_db
OVER = MONDAY + timedelta(days=30, seconds=1)
REMOVE = "civic.documents.tasks.remove_object"


@pytest.fixture
def wang_fang():
    return resident("王芳")


def left():
    """Return the purposes of the documents that are there."""
    return sorted(Document.objects.values_list("purpose", flat=True))


def test_a_file_nobody_applied_with_goes_from_database_ledger_and_store(wang_fang, store, monkeypatch):
    old = document(wang_fang)
    monkeypatch.setattr(tasks, "now", lambda: OVER)

    assert tasks.sweep(timestamp=0) == 1
    assert tasks.sweep(timestamp=0) == 0

    assert not Document.objects.exists()
    entry = Entry.objects.get(step="documents.document.purge")
    assert (entry.subject, entry.actor, entry.detail) == (old.ledger_id(), "timer", {})
    job = ProcrastinateJob.objects.get(task_name=REMOVE)
    assert job.args == {"object_name": old.object_name}
    tasks.remove_object(**job.args)
    tasks.remove_object(**job.args)
    assert store.objects == {}
    assert not SubjectKey.objects.get(pk=wang_fang.person.key_id).shredded_at


def test_the_ledger_still_verifies_when_a_file_is_gone(wang_fang):
    gone = document(wang_fang)

    purge_unneeded(at=OVER)

    lines = "\n".join(verify_ledger(at=OVER, progress=lambda *_: None).lines())
    assert gone.ledger_id() not in lines


def test_a_file_stays_until_its_time_is_over(wang_fang, store):
    document(wang_fang)

    assert purge_unneeded(at=MONDAY + timedelta(days=30)) == 0

    assert left() == ["id_card"]
    assert len(store.objects) == 1


def test_the_operator_sets_the_time(wang_fang, settings):
    settings.DOCUMENT_UNUSED_DAYS = 90
    document(wang_fang)

    assert purge_unneeded(at=OVER) == 0


def test_what_a_department_reads_stays_for_good(wang_fang):
    document(wang_fang).grant(department("rsj"), by=wang_fang, at=MONDAY)

    assert purge_unneeded(at=MONDAY + timedelta(days=3650)) == 0

    assert left() == ["id_card"]


def test_what_is_held_stays_until_the_hold_is_over(wang_fang):
    until = OVER + timedelta(days=10)
    hold(document(wang_fang), until=until)
    document(wang_fang, purpose="contract")

    purge_unneeded(at=until - timedelta(seconds=1))
    assert left() == ["id_card"]
    purge_unneeded(at=until)
    assert left() == []


def test_a_hold_is_made_longer_and_never_shorter(wang_fang):
    kept = document(wang_fang)

    for days in (40, 60, 20):
        hold_documents(owner=wang_fang, tokens=[str(kept.token)], until=MONDAY + timedelta(days=days))

    assert Hold.objects.get().until == MONDAY + timedelta(days=60)


def test_nobody_holds_the_file_of_another(wang_fang):
    kept = document(wang_fang)

    hold_documents(owner=resident("孙浩"), tokens=[str(kept.token)], until=OVER)

    assert not Hold.objects.exists()


def test_a_file_that_comes_in_again_begins_anew(wang_fang, store):
    first = document(wang_fang)
    again = document(wang_fang, at=MONDAY + timedelta(days=29))

    purge_unneeded(at=OVER)

    assert first == again
    assert left() == ["id_card"]
    assert purge_unneeded(at=MONDAY + timedelta(days=59, seconds=1)) == 1


def test_the_row_of_a_file_that_was_given_up_goes_too(wang_fang, store):
    discard_document(document=document(wang_fang), by=wang_fang, at=MONDAY)

    assert purge_unneeded(at=OVER) == 1

    assert left() == []


def test_a_key_that_was_the_files_own_is_destroyed_with_it(store):
    li_qiang = official("李强")
    own = document(li_qiang).key

    purge_unneeded(at=OVER)

    assert SubjectKey.objects.get(pk=own.pk).shredded_at == OVER


def test_a_ledger_that_is_closed_keeps_the_file(wang_fang, store, monkeypatch):
    from civic.audit.services.entries import LedgerClosed

    document(wang_fang)

    def closed(**_: object) -> None:
        raise LedgerClosed

    monkeypatch.setattr("civic.documents.models.record", closed)
    with pytest.raises(LedgerClosed):
        services.purge_unneeded(at=OVER)

    assert left() == ["id_card"]
    assert len(store.objects) == 1
    assert not ProcrastinateJob.objects.filter(task_name=REMOVE).exists()


def test_a_file_that_a_department_was_given_meanwhile_stays(wang_fang):
    """The list of what nobody needs is old when its last file's turn comes: each is asked for again under its lock."""
    kept = document(wang_fang, content=picture("red"))
    kept.grant(department("rsj"), by=wang_fang, at=OVER)

    assert kept.purge(by="timer", at=OVER) is False

    assert left() == ["id_card"]
