"""Documents: taken in once, sealed at rest, seen by their owner and the departments that were let in, counted a day."""

import hashlib
from datetime import timedelta
from io import BytesIO
from threading import Barrier, Thread

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from civic.audit.models import Entry
from civic.core.crypto import Unsealable
from civic.core.errors import NotAllowed, Refusal, Unavailable
from civic.documents import services
from civic.documents.models import Document, Grant
from civic.documents.sniffing import TooLarge, TypeRefused, Unreadable
from civic.documents.states import STEPS, State
from civic.documents.tasks import remove_bytes
from civic.masking.models import Shredded
from tests.factories.accounts import department, official, resident
from tests.factories.documents import MONDAY, document, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def wang_fang():
    return resident("王芳")


@pytest.fixture
def li_qiang():
    return official("李强", department=department("rsj"), roles=("window_clerk",))


def reads():
    return Entry.objects.filter(step="documents.document.read").count()


def test_a_picture_is_kept_sealed_and_comes_back_whole(wang_fang, store):
    kept = document(wang_fang)

    content = services.open_document(document=Document.objects.get(), by=wang_fang, at=MONDAY)

    assert content[:3] == b"\xff\xd8\xff"
    assert (kept.content_type, kept.size, kept.purpose) == ("image/jpeg", len(content), "id_card")
    assert kept.sha256 == hashlib.sha256(picture()).hexdigest()
    assert kept.name == "身份证正面.jpg"
    assert content not in store.objects[kept.object_name]
    assert "身份证".encode() not in bytes(Document.objects.get().name_sealed)
    assert kept.key == wang_fang.person.key


def test_storing_and_reading_are_entries_without_the_name(wang_fang):
    kept = document(wang_fang)
    services.open_document(document=kept, by=wang_fang, at=MONDAY)

    entries = Entry.objects.filter(subject=kept.ledger_id()).order_by("id")

    assert [entry.step for entry in entries] == ["documents.document.store", "documents.document.read"]
    assert {entry.actor for entry in entries} == {wang_fang.ledger_id()}
    assert entries[0].detail == {"purpose": "id_card"}


def test_the_same_file_for_the_same_purpose_is_kept_once(wang_fang, store):
    first, again = document(wang_fang), document(wang_fang, name="另一个名字.jpg")

    other_purpose, other_owner = document(wang_fang, purpose="photo"), document(resident("孙浩"))

    assert first == again
    assert len({first, other_purpose, other_owner}) == 3
    assert len(store.objects) == 3


def test_an_account_without_a_person_has_a_key_for_each_file(li_qiang):
    first, second = document(li_qiang), document(li_qiang, content=picture("red"))

    assert first.key != second.key
    assert services.open_document(document=first, by=li_qiang, at=MONDAY)[:3] == b"\xff\xd8\xff"


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", Unreadable),
        (b"<svg/>", TypeRefused),
        (b"\xff\xd8\xff" + bytes(10 * 1024 * 1024), TooLarge),
    ],
    ids=["empty", "svg", "too large"],
)
def test_a_refused_file_leaves_no_trace(wang_fang, store, content, cause):
    before = Entry.objects.count()

    with pytest.raises(cause):
        document(wang_fang, content=content)

    assert not Document.objects.exists()
    assert not store.objects
    assert Entry.objects.count() == before


def test_a_purpose_that_is_not_a_code_is_refused_by_its_field(wang_fang):
    with pytest.raises(services.PurposeUnknown) as refusal:
        document(wang_fang, purpose="王芳的身份证")

    assert refusal.value.errors[0].pointer == "purpose"


def test_a_store_that_is_down_changes_nothing(wang_fang, store):
    store.broken = True

    with pytest.raises(Unavailable):
        document(wang_fang)

    assert not Document.objects.exists()


def test_a_ledger_that_is_closed_leaves_neither_row_nor_bytes(wang_fang, store, monkeypatch):
    def closed(**_):
        raise Unavailable("审计账本暂时不能写入。")

    monkeypatch.setattr("civic.documents.models.record", closed)

    with pytest.raises(Unavailable):
        document(wang_fang)

    assert not Document.objects.exists()
    assert not store.objects


def test_the_daily_number_is_refused_and_starts_anew_at_midnight_in_the_city(wang_fang, settings):
    settings.DOCUMENTS_PER_DAY = 2
    late = MONDAY + timedelta(hours=14, minutes=59)  # 23:59
    document(wang_fang, content=picture("red"), at=MONDAY)
    document(wang_fang, content=picture("blue"), at=late)

    with pytest.raises(services.QuotaUsedUp, match="明天再传") as refusal:
        document(wang_fang, content=picture("green"), at=late)

    assert refusal.value.retry_after == 60
    assert document(wang_fang, content=picture("red"), at=late)  # the same file is no new one
    assert document(wang_fang, content=picture("green"), at=late + timedelta(minutes=1))
    assert document(resident("孙浩"), content=picture("green"), at=late)


def test_the_daily_bytes_are_refused(wang_fang, settings, store):
    settings.DOCUMENT_BYTES_PER_DAY = len(picture()) + 10
    document(wang_fang)

    with pytest.raises(services.QuotaUsedUp):
        document(wang_fang, content=picture("red"))

    assert len(store.objects) == 1


def test_only_owner_and_departments_that_were_let_in_see_a_document(wang_fang, li_qiang):
    kept = document(wang_fang)
    zhang_min = official("张敏", department=department("zrj", "六安市自然资源和规划局"), roles=("unit_handler",))
    auditor = official("周审计", department=department("rsj"), roles=("auditor",))
    everyone = [wang_fang, li_qiang, zhang_min, auditor, resident("孙浩")]

    def seen_by():
        return [bool(Document.objects.visible_to(one)) for one in everyone]

    assert seen_by() == [True, False, False, False, False]
    kept.grant(department("rsj"), by=wang_fang, at=MONDAY)
    assert seen_by() == [True, True, False, False, False]
    kept.grant(department("zrj"), by=wang_fang, at=MONDAY)
    assert seen_by() == [True, True, True, False, False]
    assert list(Document.objects.visible_to(wang_fang)) == [kept]


def test_a_second_grant_changes_nothing(wang_fang):
    kept = document(wang_fang)
    for _ in range(2):
        services.grant_documents(documents=[kept], department=department("rsj"), by=wang_fang, at=MONDAY)

    assert Grant.objects.count() == 1
    assert Entry.objects.filter(step="documents.document.grant").count() == 1


def test_a_discarded_document_is_gone_for_all_and_its_bytes_go_by_a_job(wang_fang, store):
    kept = document(wang_fang)

    services.discard_document(document=kept, by=wang_fang, at=MONDAY)

    assert kept.state == State.DISCARDED
    assert not Document.objects.visible_to(wang_fang).exists()
    job = ProcrastinateJob.objects.get(task_name="civic.documents.tasks.remove_bytes")
    assert job.args == {"document": kept.pk}
    remove_bytes(document=kept.pk)
    remove_bytes(document=kept.pk)
    assert not store.objects
    assert document(wang_fang) != kept


def test_what_a_department_relies_on_cannot_be_discarded_nor_by_a_stranger(wang_fang, store):
    kept = document(wang_fang)
    with pytest.raises(NotAllowed, match="只有上传人"):
        services.discard_document(document=kept, by=resident("孙浩"), at=MONDAY)
    kept.grant(department("rsj"), by=wang_fang, at=MONDAY)

    with pytest.raises(NotAllowed, match="已经随申请提交"):
        services.discard_document(document=kept, by=wang_fang, at=MONDAY)

    assert Document.objects.get().state == State.STORED
    assert not ProcrastinateJob.objects.exists()
    remove_bytes(document=kept.pk)
    assert len(store.objects) == 1


def test_every_step_is_a_verb():
    assert all(callable(getattr(Document, step)) for step in STEPS)


def test_bytes_swapped_in_the_store_do_not_open(wang_fang, store):
    one, other = document(wang_fang), document(wang_fang, content=picture("red"))
    store.objects[one.object_name] = store.objects[other.object_name]

    with pytest.raises(Unsealable):
        services.open_document(document=one, by=wang_fang, at=MONDAY)

    assert reads() == 0


def test_deleting_the_person_deletes_the_file(wang_fang):
    kept = document(wang_fang)
    kept.key.shred(by=wang_fang, at=MONDAY)

    with pytest.raises(Shredded):
        services.open_document(document=kept, by=wang_fang, at=MONDAY)

    assert kept.masked("name") == "(已删除)"


def test_a_list_page_opens_all_names_with_one_query(wang_fang, django_assert_num_queries):
    for colour in ("red", "blue", "green"):
        document(wang_fang, content=picture(colour))

    with django_assert_num_queries(1):
        names = [one.name for one in Document.objects.owned_by(account=wang_fang).for_list()]

    assert names == ["身份证正面.jpg"] * 3


@pytest.mark.django_db(transaction=True)
def test_of_eight_uploads_of_one_file_at_once_one_document_remains(settings, store):
    wang_fang = resident("王芳")
    barrier, tokens = Barrier(8), []

    def upload():
        barrier.wait()
        try:
            tokens.append(document(wang_fang).token)
        finally:
            connection.close()

    _run(upload, 8)

    assert len(tokens) == 8
    assert len(set(tokens)) == 1
    assert Document.objects.count() == len(store.objects) == 1


@pytest.mark.django_db(transaction=True)
def test_of_six_different_uploads_at_once_exactly_the_quota_is_kept(settings, store):
    settings.DOCUMENTS_PER_DAY = 2
    wang_fang = resident("王芳")
    colours, outcomes = ["red", "green", "blue", "white", "black", "teal"], []

    def upload():
        try:
            document(wang_fang, content=picture(colours.pop()))
            outcomes.append("kept")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    _run(upload, 6)

    assert sorted(outcomes) == ["kept"] * 2 + ["quota-used-up"] * 4
    assert Document.objects.count() == len(store.objects) == 2


def _run(work, number):
    threads = [Thread(target=work) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_file_is_read_no_further_than_the_limit(wang_fang, settings):
    settings.UPLOAD_MAX_BYTES = 1000

    class Counting(BytesIO):
        asked = 0

        def read(self, size=-1):
            self.asked = size
            return super().read(size)

    file = Counting(bytes(5000))
    with pytest.raises(TooLarge):
        services.store_document(owner=wang_fang, file=file, name="a", purpose="", at=MONDAY)

    assert file.asked == 1001
