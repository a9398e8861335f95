"""The ledger covers documents and keys: an untouched store verifies, a changed row is named."""

from datetime import timedelta

import pytest

from civic.audit.services.verify import verify_ledger
from civic.documents import services
from civic.documents.models import Document, Grant
from civic.masking.models import SubjectKey
from tests.factories.accounts import department, resident
from tests.factories.documents import MONDAY, document, picture

pytestmark = pytest.mark.django_db


def findings():
    return "\n".join(verify_ledger(at=MONDAY + timedelta(days=1), progress=lambda *_: None).lines())


@pytest.fixture
def kept():
    wang_fang = resident("王芳")
    kept = document(wang_fang)
    kept.grant(department("rsj"), by=wang_fang, at=MONDAY)
    services.open_document(document=kept, by=wang_fang, at=MONDAY)
    services.discard_document(document=document(wang_fang, content=picture("red")), by=wang_fang, at=MONDAY)
    return kept


def named(noun):
    return noun.ledger_id() in findings()


def test_untouched_documents_and_keys_verify(kept):
    assert not named(kept)
    assert not named(kept.key)


def test_a_changed_document_is_named(kept):
    Document.objects.filter(pk=kept.pk).update(sha256="0" * 64)

    assert named(kept)


def test_a_grant_that_was_slipped_in_is_named(kept):
    Grant.objects.create(document=kept, department=department("swj", "六安市税务局"), granted_at=MONDAY)

    assert named(kept)


def test_a_key_that_was_shredded_by_hand_is_named(kept):
    kept.key.shred(by="operator", at=MONDAY)
    assert not named(kept.key)

    SubjectKey.objects.filter(pk=kept.key.pk).update(shredded_at=MONDAY + timedelta(hours=1))

    assert named(kept.key)
