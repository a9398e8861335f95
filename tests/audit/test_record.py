"""record(): one marked entry in the caller's transaction, or nothing at all."""

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from civic.accounts.models import Department
from civic.audit.keys import is_marked
from civic.audit.models import Entry
from civic.audit.seal import digest
from civic.audit.services import LedgerClosed, entry_values, record, record_all
from civic.audit.services.grants import LEDGER, grant_application_role

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.django_db
def test_an_entry_covers_the_noun_as_it_is_stored_and_carries_the_applications_mark() -> None:
    rsj = Department.objects.create(code="rsj", name="人社局")

    entry = record(at=MONDAY, actor="timer", step="accounts.department.add", subject=rsj, detail={"unit": "rsj"})

    stored = Entry.objects.get()
    assert stored.subject == f"accounts.department:{rsj.pk}"
    assert bytes(stored.digest) == digest(Department.objects.get().sealed_content(), bytes(stored.salt))
    assert is_marked(stored.marked_bytes(), bytes(stored.mark))
    assert stored.hash() == entry.hash()


@pytest.mark.django_db
def test_a_reading_is_an_entry_without_a_digest() -> None:
    record(at=MONDAY, actor="timer", step="accounts.person.reveal", subject="accounts.person:5", purpose="核对")

    assert bytes(Entry.objects.get().digest) == b""
    assert not Entry.objects.sealing().exists()


@pytest.mark.django_db
def test_the_hash_covers_every_column() -> None:
    entry = record(at=MONDAY, actor="timer", step="a.b.c", subject="a.b:1", detail={"k": "v"})
    before = entry.hash()

    for field in Entry._meta.concrete_fields:
        changed = Entry.objects.get(pk=entry.pk)
        value = getattr(changed, field.attname)
        other = {int: 7, str: "x", dict: {}, datetime: MONDAY.replace(year=2020)}.get(type(value), b"y")
        setattr(changed, field.attname, other)
        assert changed.hash() != before, field.attname


@pytest.mark.django_db
def test_entry_values_serve_a_hand_written_statement() -> None:
    rsj = Department.objects.create(code="rsj", name="人社局")
    values = entry_values(at=MONDAY, actor="timer", step="accounts.department.add", subject=rsj)

    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO audit_entry ({', '.join(values)}) VALUES ({', '.join(['%s'] * len(values))})",
            [*({**values, "detail": "{}"}).values()],
        )

    entry = Entry.objects.get()
    assert is_marked(entry.marked_bytes(), bytes(entry.mark))


@pytest.mark.django_db(transaction=True)
def test_a_noun_is_not_recorded_outside_a_transaction() -> None:
    rsj = Department.objects.create(code="rsj", name="人社局")

    with pytest.raises(RuntimeError, match=r"outside transaction\.atomic"):
        record(at=MONDAY, actor="timer", step="accounts.department.add", subject=rsj)

    assert Entry.objects.count() == 0


@pytest.fixture
def application_role(settings: object) -> str:
    settings.APP_DATABASE_ROLE = "civic_audit_test"  # type: ignore[attr-defined]
    return grant_application_role(connection)


@pytest.mark.django_db
def test_when_the_insert_is_denied_the_step_is_refused_and_nothing_changes(application_role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"REVOKE INSERT ON audit_entry FROM {application_role}")
        cursor.execute(f"SET LOCAL ROLE {application_role}")

    with pytest.raises(LedgerClosed) as refused, transaction.atomic():
        rsj = Department.objects.create(code="rsj", name="人社局")
        record(at=MONDAY, actor="timer", step="accounts.department.add", subject=rsj)

    assert refused.value.status == 503
    assert refused.value.message == "审计账本暂时不能写入，本次操作没有生效，请稍后再试。"
    assert (Department.objects.count(), Entry.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_the_application_may_add_to_the_ledger_and_change_business_rows(application_role: str) -> None:
    from civic.audit.services.sequence import sequence

    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {application_role}")
    rsj = Department.objects.create(code="rsj", name="人社局")
    record(at=MONDAY, actor="timer", step="a.b.c", subject="a.b:1")

    assert sequence(at=MONDAY) == 1
    assert Department.objects.filter(pk=rsj.pk).update(name="人力资源和社会保障局") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("table", sorted(LEDGER))
@pytest.mark.parametrize("verb", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_application_cannot_change_or_remove_a_ledger_row(application_role: str, table: str, verb: str) -> None:
    from django.db import ProgrammingError

    column = {"audit_entry": "step", "audit_head": "at"}.get(table, "hash")
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {application_role}")

    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(verb.format(table, column, column))


@pytest.mark.django_db
def test_granting_twice_changes_nothing(application_role: str) -> None:
    def privileges() -> list[tuple[object, ...]]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT relname, relacl::text FROM pg_class WHERE relacl IS NOT NULL ORDER BY 1")
            return list(cursor.fetchall())

    before = privileges()
    grant_application_role(connection)

    assert privileges() == before


@pytest.mark.django_db
def test_many_entries_are_written_in_their_order_and_each_is_marked() -> None:
    steps = [
        {"at": MONDAY, "actor": "timer", "step": "a.b.c", "subject": f"a.b:{n}", "detail": {"n": n}} for n in range(3)
    ]

    made = record_all(steps)

    stored = list(Entry.objects.order_by("pk"))
    assert [entry.subject for entry in stored] == ["a.b:0", "a.b:1", "a.b:2"]
    assert [entry.detail for entry in stored] == [{"n": "0"}, {"n": "1"}, {"n": "2"}]
    assert [entry.hash() for entry in stored] == [entry.hash() for entry in made]
    assert all(is_marked(entry.marked_bytes(), bytes(entry.mark)) for entry in stored)
    assert record_all([]) == []
