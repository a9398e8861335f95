"""Clear values: shown to officials who handle content, for a reason, a counted number of times, always recorded."""

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import StringIO
from threading import Barrier, Thread
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection

from civic.audit.models import Entry
from civic.audit.services import LedgerClosed
from civic.core.errors import NotAllowed
from civic.masking import services, subjects
from civic.masking.models import RevealTally, Shredded, SubjectKey

MONDAY = datetime(2026, 3, 2, 1, 20, tzinfo=UTC)
REASON = "电话通知申请人补正材料"


@dataclass
class Clerk:
    """Stands in for an account: masking lies below accounts."""

    handle: str
    roles: tuple[str, ...] = ("window_clerk",)
    is_official: bool = True

    def has_any_role(self, *roles):
        return bool(set(roles) & set(self.roles))

    def ledger_id(self):
        return self.handle


@dataclass
class Resident(subjects.Masked):
    """Stands in for a model with sealed columns."""

    key: SubjectKey
    name_sealed: bytes | None = None
    phone_sealed: bytes | None = None
    phone_index: str | None = None
    _meta: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(label_lower="accounts.person"))

    class Personal:
        fields = {"name_sealed": "name", "phone_sealed": "phone"}

    def ledger_id(self):
        return "accounts.person:7"


LI_QIANG = Clerk("accounts.account:1")
OPERATOR = Clerk("accounts.account:2", roles=("operator",))


@pytest.fixture
def wang_fang(db):
    resident = Resident(SubjectKey.objects.create_key())
    resident.set_personal("name", "王芳")
    resident.set_personal("phone", "13812345678")
    return resident


def test_a_resident_is_masked_by_default_and_sealed_at_rest(wang_fang):
    assert wang_fang.masked("name") == "王**"
    assert wang_fang.masked("phone") == "***********"
    assert wang_fang.masked("phone", "staff") == "138****5678"
    assert wang_fang.clear("name") == "王芳"
    assert "王芳".encode() not in wang_fang.name_sealed
    assert wang_fang.phone_index.count(".") == 1


def test_an_emptied_value_leaves_no_look_up(wang_fang):
    wang_fang.set_personal("phone", "")

    assert (wang_fang.phone_sealed, wang_fang.phone_index, wang_fang.masked("phone")) == (None, None, "")


def test_a_deleted_resident_is_shown_as_gone(wang_fang):
    wang_fang.key.shred(by=LI_QIANG, at=MONDAY)

    assert wang_fang.masked("name", "staff") == "(已删除)"
    with pytest.raises(Shredded):
        wang_fang.clear("name")


def test_a_reveal_is_recorded_with_its_reason_and_without_the_value(wang_fang):
    shown = services.reveal(noun=wang_fang, field="phone", by=LI_QIANG, at=MONDAY, purpose=REASON)

    entry = Entry.objects.get()
    assert shown == "13812345678"
    assert (entry.step, entry.actor, entry.subject) == (
        "masking.value.reveal",
        "accounts.account:1",
        "accounts.person:7",
    )
    assert (entry.purpose, entry.detail, entry.at) == (REASON, {"field": "phone"}, MONDAY)


def test_personal_values_in_the_reason_do_not_reach_the_ledger(wang_fang):
    services.reveal(noun=wang_fang, field="name", by=LI_QIANG, at=MONDAY, purpose="回拨13812345678核实")

    assert Entry.objects.get().purpose == "回拨***********核实"


@pytest.mark.parametrize("purpose", ["", "   ", "看看", "理" * 121])
def test_without_a_usable_reason_nothing_is_shown_or_recorded(wang_fang, purpose):
    with pytest.raises(services.PurposeMissing) as refusal:
        services.reveal(noun=wang_fang, field="name", by=LI_QIANG, at=MONDAY, purpose=purpose)

    assert refusal.value.errors[0].pointer == "purpose"
    assert not Entry.objects.exists()
    assert not RevealTally.objects.exists()


@pytest.mark.parametrize(
    "stranger",
    [
        OPERATOR,
        Clerk("accounts.account:3", roles=("auditor",)),
        Clerk("accounts.account:4", roles=("catalogue_clerk",)),
        Clerk("accounts.account:5", is_official=False),
    ],
    ids=["operator", "auditor", "catalogue clerk", "resident"],
)
def test_roles_without_content_are_refused_and_leave_no_trace(wang_fang, stranger):
    with pytest.raises(NotAllowed):
        services.reveal(noun=wang_fang, field="name", by=stranger, at=MONDAY, purpose=REASON)

    assert not Entry.objects.exists()


def test_an_undeclared_field_is_a_bug(wang_fang):
    with pytest.raises(LookupError, match="key"):
        services.reveal(noun=wang_fang, field="key", by=LI_QIANG, at=MONDAY, purpose=REASON)


def test_the_hourly_limit_refuses_the_next_and_says_when(wang_fang, settings):
    settings.REVEALS_PER_HOUR = 2
    for _ in range(2):
        services.reveal(noun=wang_fang, field="name", by=LI_QIANG, at=MONDAY, purpose=REASON)

    with pytest.raises(services.RevealsExhausted, match="40分钟后") as refusal:
        services.reveal(noun=wang_fang, field="name", by=LI_QIANG, at=MONDAY, purpose=REASON)

    assert refusal.value.retry_after == 2400
    assert Entry.objects.count() == 2
    later = MONDAY + timedelta(minutes=40)
    assert services.reveal(noun=wang_fang, field="name", by=LI_QIANG, at=later, purpose=REASON) == "王芳"
    other = Clerk("accounts.account:9")
    assert services.reveal(noun=wang_fang, field="name", by=other, at=MONDAY, purpose=REASON) == "王芳"


def test_nothing_is_shown_when_the_ledger_is_closed(wang_fang, monkeypatch):
    def closed(**_):
        raise LedgerClosed

    monkeypatch.setattr(services, "record", closed)

    with pytest.raises(LedgerClosed):
        services.reveal(noun=wang_fang, field="name", by=LI_QIANG, at=MONDAY, purpose=REASON)

    assert not RevealTally.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_ask_at_once_exactly_the_limit_is_served(settings):
    settings.REVEALS_PER_HOUR = 3
    key = SubjectKey.objects.create_key()
    resident = Resident(key)
    resident.set_personal("name", "王芳")
    barrier, outcomes = Barrier(8), []

    def ask():
        barrier.wait()
        try:
            services.reveal(noun=resident, field="name", by=LI_QIANG, at=MONDAY, purpose=REASON)
            outcomes.append("shown")
        except services.RevealsExhausted:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["refused"] * 5 + ["shown"] * 3
    assert Entry.objects.filter(step="masking.value.reveal").count() == 3


@pytest.mark.django_db
def test_rotation_wraps_every_key_and_is_recorded(settings):
    resident = Resident(SubjectKey.objects.create_key())
    resident.set_personal("name", "王芳")
    new = base64.b64encode(bytes(32)).decode()
    old = (
        (settings.VAR / "secrets" / "master.key").read_text().strip()
        if not settings.MASTER_KEY
        else settings.MASTER_KEY
    )
    settings.MASTER_KEY = f"{new},{old}"

    call_command("rotate_keys", stdout=(told := StringIO()))

    settings.MASTER_KEY = new
    resident.key = SubjectKey.objects.get()
    assert resident.clear("name") == "王芳"
    assert "1 keys are wrapped" in told.getvalue()
    assert Entry.objects.get(step="masking.subjectkey.rotate").detail == {"keys": "1"}
