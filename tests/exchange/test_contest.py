"""Contests: what is said to be wrong, the source's answer in time, and what follows when it does not come."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from civic.accounts.models import Account
from civic.audit.models import Entry
from civic.core.errors import Conflict, Invalid, NotAllowed
from civic.deadlines.models import Clock
from civic.deadlines.services import fire_due_rungs
from civic.exchange import tasks
from civic.exchange.models import Call, Contest, Kept
from civic.exchange.models.contest import ContestedAlready
from civic.exchange.services import Ask, board, contest, draw, upkeep
from civic.exchange.services.contesting import NoSuchCall
from civic.masking.models import SubjectKey
from civic.notifications.models import Notice, Template
from tests.factories import exchange as make
from tests.factories.accounts import MONDAY, official, resident
from tests.factories.exchange import PROPERTY, THREE, context

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city", "sources")]


def police(*roles: str) -> Account:
    return official("李强", department=make.office_of("gaj"), roles=roles or ("unit_handler",))


def test_the_words_are_sealed_and_the_ledger_holds_none_of_them() -> None:
    found = make.contest(by=make.wang_fang())

    assert found.clear("words") == "去年已经搬家，地址是旧的。"
    assert "搬家".encode() not in bytes(found.words_sealed)
    entries = Entry.objects.of(subject=found.ledger_id())
    assert [(entry.step, entry.detail) for entry in entries] == [("exchange.contest.open", {"field": "address"})]


def test_the_source_has_ten_working_days() -> None:
    found = make.contest(by=make.wang_fang())

    clock = Clock.objects.of(found.ledger_id()).get()
    assert (clock.kind, clock.due_at) == ("exchange.contest", datetime(2026, 3, 16, 15, 59, 59, tzinfo=UTC))


@pytest.mark.parametrize(
    ("field", "words"),
    [("shoe", "写错了，应为别的。"), ("nationality", "写错了。"), ("address", "错"), ("address", "错" * 501)],
)
def test_a_contest_names_a_field_that_was_asked_for_and_says_why(field: str, words: str) -> None:
    wang = make.wang_fang()
    call = make.call(for_=wang)

    with pytest.raises(Invalid):
        contest(call=str(call.handle), field=field, words=words, by=wang, at=MONDAY)

    assert not Contest.objects.exists()


def test_one_field_is_looked_into_once_at_a_time() -> None:
    wang = make.wang_fang()
    make.contest(by=wang)

    with pytest.raises(ContestedAlready):
        make.contest(by=wang)

    assert Contest.objects.count() == 1
    make.contest(by=wang, field="name")


def test_strangers_and_other_departments_contest_nothing() -> None:
    wang, zhou = make.wang_fang(), resident("周建国")
    call = make.call(for_=wang)

    for stranger in (zhou, official(department=make.office_of("wjw"))):
        with pytest.raises(NoSuchCall):
            contest(call=str(call.handle), field="name", words="写错了。", by=stranger, at=MONDAY)
    with pytest.raises(NotAllowed):
        contest(call=str(call.handle), field="name", words="写错了。", by=police("auditor"), at=MONDAY)


def test_what_was_not_answered_cannot_be_contested(sources: make.Sources) -> None:
    sources.say("population", "STATUS")
    wang = make.wang_fang()
    call = make.call(for_=wang)

    with pytest.raises(NotAllowed):
        contest(call=str(call.handle), field="name", words="写错了。", by=wang, at=MONDAY)


def test_a_correction_ends_the_dispute_and_forgets_the_old_answer(sources: make.Sources) -> None:
    land = official(department=make.office_of("zrzy"))
    draw(THREE, context=context(land), at=MONDAY)
    call = Call.objects.get(resource__code="zjj.house")
    found = contest(call=str(call.handle), field="built_in", words="档案写明为2012年。", by=land, at=MONDAY)
    assert Kept.objects.filter(resource__code="zjj.house").exists()
    housing = official(department=make.office_of("zjj"))

    found.correct(answer="已更正为2012年。", by=housing, at=MONDAY + timedelta(hours=5))

    assert (found.state, found.answered_by, found.clock()) == ("CORRECTED", housing, None)
    assert not Kept.objects.filter(resource__code="zjj.house").exists()
    assert draw(THREE, context=context(), at=MONDAY)["house"].value("built_in") == 2010
    row = next(one for one in board.health(at=MONDAY + timedelta(hours=6)) if one.provider.department.code == "zjj")
    assert (row.contests, row.corrected, row.mending_hours) == (1, 1, 5)
    assert board.ranking([row]) == [row]


def test_only_the_source_answers_and_not_whoever_contested() -> None:
    found = make.contest(by=make.wang_fang())

    for stranger in (official(department=make.office_of("wjw")), police("auditor"), police("window_clerk")):
        with pytest.raises(NotAllowed):
            found.confirm(answer="核实无误。", by=stranger, at=MONDAY)
    found.refresh_from_db()
    assert found.state == "OPENED"


def test_an_answer_is_told_in_a_letter_once() -> None:
    wang = make.wang_fang()
    found = make.contest(by=wang)
    found.confirm(answer="与户籍档案一致。", by=police(), at=MONDAY)

    tasks.tell_contest(found.pk)
    tasks.tell_contest(found.pk)

    assert [letter.recipient for letter in Notice.objects.all()] == [wang]
    assert Template.objects.filter(code="contest.answered").exists()


def test_a_late_answer_is_handed_to_the_supervisors_once(monkeypatch: pytest.MonkeyPatch) -> None:
    found = make.contest(by=make.wang_fang())
    late = MONDAY + timedelta(days=15)
    monkeypatch.setattr("civic.exchange.tasks.now", lambda: late)
    fire_due_rungs(at=late)
    clock = Clock.objects.of(found.ledger_id()).get()

    tasks.escalate_contest(clock.pk, found.ledger_id(), "red")
    tasks.escalate_contest(clock.pk, found.ledger_id(), "red")

    found.refresh_from_db()
    assert (found.state, found.escalated_at) == ("OPENED", late)
    with pytest.raises(Conflict):
        found.escalate(by="timer", at=late)


def test_an_answer_in_time_is_not_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    found = make.contest(by=make.wang_fang())
    clock = Clock.objects.of(found.ledger_id()).get()
    found.confirm(answer="与户籍档案一致。", by=police(), at=MONDAY)
    monkeypatch.setattr("civic.exchange.tasks.now", lambda: MONDAY + timedelta(days=15))

    tasks.escalate_contest(clock.pk, found.ledger_id(), "red")

    found.refresh_from_db()
    assert found.escalated_at is None


def test_answers_run_out_records_too_and_hanging_calls_are_closed(sources: make.Sources, settings) -> None:
    settings.EXCHANGE_CALL_DAYS = 30
    wang = make.wang_fang()
    contested = make.contest(by=wang).call
    draw(THREE, context=context(), at=MONDAY)
    hanging = Call.objects.filter(resource__code="zrzy.land")
    hanging.update(outcome="ASKED", digest=b"")
    keys = SubjectKey.objects.count()

    upkeep.sweep(at=MONDAY + timedelta(hours=71))
    assert (Kept.objects.count(), hanging.get().reason) == (3, "LOST")
    upkeep.sweep(at=MONDAY + timedelta(hours=73))
    assert (Kept.objects.count(), SubjectKey.objects.count()) == (0, keys - 3)
    upkeep.sweep(at=MONDAY + timedelta(days=31))
    assert list(Call.objects.all()) == [contested]
    assert Entry.objects.filter(step="exchange.call.purge").count() == 3


def test_what_could_only_be_answered_from_before_is_asked_anew(sources: make.Sources, monkeypatch) -> None:
    draw(THREE, context=context(), at=MONDAY)
    sources.say("house", {**make.RECORDS["house"], "built_in": 2012})
    kept = Kept.objects.get(resource__code="zjj.house")
    later = MONDAY + timedelta(minutes=5)
    monkeypatch.setattr("civic.exchange.tasks.now", lambda: later)

    tasks.refresh(kept.pk)

    kept = Kept.objects.get(pk=kept.pk)
    assert (kept.records()[0]["built_in"], kept.kept_at) == (2012, later)
    assert Call.objects.filter(actor="timer", asked_at=later).count() == 1
    tasks.refresh(kept.pk + 99)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_contest_the_same_field_at_once_one_wins(sources: make.Sources) -> None:
    make.city()
    land = official(department=make.office_of("zrzy"))
    draw({"it": Ask("zjj.house", PROPERTY)}, context=context(land), at=MONDAY)
    handle = str(Call.objects.get().handle)
    ready, came = threading.Barrier(2), []

    def say() -> None:
        try:
            ready.wait()
            contest(call=handle, field="built_in", words="档案写明为2012年。", by=land, at=MONDAY)
            came.append("ok")
        except ContestedAlready:
            came.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=say) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (sorted(came), Contest.objects.count()) == (["ok", "refused"], 1)
