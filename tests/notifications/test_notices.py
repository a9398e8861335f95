"""Letters and text messages: stored always, sent once, held at night, tried again, never in the clear."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from django.db import connection
from django.utils import translation
from procrastinate.contrib.django.models import ProcrastinateJob

from civic.accounts.models import OutboxMessage
from civic.adapters.sms import client
from civic.audit.models import Entry
from civic.core.errors import Invalid, NotAllowed
from civic.notifications import services
from civic.notifications.models import Delivery, Notice, Template
from civic.notifications.models.template import VariablesMissing
from civic.notifications.states import STEPS, DeliveryState
from civic.workflow.models import StepRefused
from tests.factories.accounts import official
from tests.factories.deadlines import city
from tests.factories.notifications import CASE, MONDAY, delivery, notice, reader, template

SEND = "civic.notifications.tasks.send"


def jobs() -> list[ProcrastinateJob]:
    return list(ProcrastinateJob.objects.filter(task_name=SEND).order_by("id"))


def stored(of: Delivery) -> Delivery:
    return Delivery.objects.get(pk=of.pk)


# The letter


@pytest.mark.django_db
def test_a_letter_is_stored_in_both_languages_and_sealed() -> None:
    letter = Notice.objects.get(pk=notice().pk)

    assert letter.title == "申请已受理：社保卡申领"
    with translation.override("en"):
        assert letter.title == "Application accepted: Social security card"
        assert "Log in and see" in letter.body
    assert "社保卡".encode() not in bytes(letter.title_sealed) + bytes(letter.body_sealed)
    assert Entry.objects.filter(step="notifications.notice.write", subject=letter.ledger_id()).count() == 1


@pytest.mark.django_db
def test_the_same_step_of_the_same_case_is_told_once() -> None:
    account = reader()

    first = notice(account, subject="cases.case:7/accept/2")
    again = notice(account, subject="cases.case:7/accept/2")
    notice(account, subject="cases.case:7/accept/4")

    assert first == again
    assert (Notice.objects.count(), len(jobs())) == (2, 2)


@pytest.mark.django_db
def test_a_letter_without_its_values_is_refused_and_nothing_is_written() -> None:
    with pytest.raises(VariablesMissing, match="缺少内容：service"):
        services.notify(reader(), "case.accepted", variables={"number": "LA1"}, at=MONDAY)

    assert (Notice.objects.count(), Delivery.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_a_letter_nobody_has_written_is_the_callers_mistake() -> None:
    with pytest.raises(KeyError):
        services.notify(reader(), "case.celebrated", variables=CASE, at=MONDAY)


@pytest.mark.django_db
def test_an_official_gets_letters_but_no_text_messages() -> None:
    clerk = official("李强")

    first, second = notice(clerk), notice(clerk)

    assert first.title == "申请已受理：社保卡申领"
    assert first.key == second.key
    assert list(Delivery.objects.values_list("channel", flat=True)) == ["IN_APP", "IN_APP"]


@pytest.mark.django_db
def test_reading_delivers_the_letter_once_and_only_to_its_reader() -> None:
    wang, letter = reader(), None
    letter = notice(wang)

    with pytest.raises(NotAllowed):
        letter.read(by=reader("孙浩"), at=MONDAY)
    letter.read(by=wang, at=MONDAY + timedelta(hours=1))
    letter.read(by=wang, at=MONDAY + timedelta(hours=2))

    letter.refresh_from_db()
    assert letter.read_at == MONDAY + timedelta(hours=1)
    in_app = letter.deliveries.get(channel="IN_APP")
    assert (in_app.state, in_app.delivered_at) == (DeliveryState.DELIVERED, MONDAY + timedelta(hours=1))
    assert Entry.objects.filter(step="notifications.notice.read").count() == 1


@pytest.mark.django_db
def test_the_seal_of_a_letter_covers_its_deliveries() -> None:
    letter = notice()
    before = Notice.sealed_rows().get(pk=letter.pk).sealed_content()

    Delivery.objects.filter(channel="SMS").update(gateway_id="forged")

    assert Notice.sealed_rows().get(pk=letter.pk).sealed_content() != before


# Templates


@pytest.mark.django_db
def test_a_new_wording_is_a_new_version_and_old_letters_keep_theirs() -> None:
    old = notice()
    changed = replace(old.template.letter(), title="好消息：{service}")

    version = Template.objects.publish(changed, by="test", at=MONDAY)
    Template.objects.publish(changed, by="test", at=MONDAY)

    assert (version.version, Template.objects.filter(code="case.accepted").count()) == (2, 2)
    assert notice().title == "好消息：社保卡申领"
    assert Notice.objects.get(pk=old.pk).title == "申请已受理：社保卡申领"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "field"), [({"body": "{number"}, "body"), ({"title": " "}, "title"), ({"sms": "www.example.org"}, "sms")]
)
def test_a_wording_that_cannot_be_used_is_refused_by_field(text: dict[str, str], field: str) -> None:
    letter = replace(template().letter(), code="test.other", **text)

    with pytest.raises(Invalid) as refused:
        Template.objects.publish(letter, by="test", at=MONDAY)

    assert [error.pointer for error in refused.value.errors] == [field]
    assert not Template.objects.filter(code="test.other").exists()


# Text messages


@pytest.mark.django_db
def test_a_text_message_is_queued_with_the_letter_and_sent_once() -> None:
    message = delivery(reader(phone="13800005678"))
    assert [job.args for job in jobs()] == [{"delivery": message.pk}]

    assert services.send_delivery(message.pk, at=MONDAY) is True
    assert services.send_delivery(message.pk, at=MONDAY) is False

    sent = OutboxMessage.objects.get()
    assert sent.text.endswith("您的办件LA20260302000000017X“社保卡申领”已受理，承诺办结日请登录后在“我的办件”中查看。")
    assert "13800005678" not in sent.recipient
    assert (stored(message).state, stored(message).sent_at) == (DeliveryState.SENT, MONDAY)


@pytest.mark.django_db
def test_without_consent_only_what_the_law_wants_told_goes_to_the_phone() -> None:
    wang = reader(consents=False)

    notice(wang, code="case.accepted")
    notice(wang, code="case.refused")

    assert [d.notice.code for d in Delivery.objects.filter(channel="SMS")] == ["case.refused"]


@pytest.mark.django_db
def test_a_letter_without_a_short_text_stays_on_the_site() -> None:
    notice(code="case.submitted")

    assert list(Delivery.objects.values_list("channel", "state")) == [("IN_APP", "SENT")]


@pytest.mark.django_db
def test_at_night_a_message_is_held_until_seven() -> None:
    night, morning = city("2026-03-02 23:10"), city("2026-03-03 07:00")
    message = delivery(at=night)

    assert services.send_delivery(message.pk, at=night) is False

    assert (stored(message).state, stored(message).due_at) == (DeliveryState.HELD, morning)
    assert jobs()[-1].scheduled_at == morning
    assert OutboxMessage.objects.count() == 0
    assert services.send_delivery(message.pk, at=morning) is True


@pytest.mark.django_db
def test_an_urgent_message_goes_out_at_night() -> None:
    template("case.accepted", is_urgent=True)
    night = city("2026-03-02 23:10")

    assert services.send_delivery(delivery(at=night).pk, at=night) is True


@pytest.fixture
def gateway(settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[httpx.Request]]:
    """A gateway that answers as the list `answers` on it says; returns what reached it."""
    settings.SMS_GATEWAY, reached = "http://sms.test/send", []

    def answer(request: httpx.Request) -> httpx.Response:
        reached.append(request)
        said = gateway.answers.pop(0)
        if isinstance(said, Exception):
            raise said
        return said

    monkeypatch.setattr(httpx, "HTTPTransport", lambda **_: httpx.MockTransport(answer))
    yield reached


gateway.answers = []


@pytest.mark.django_db
def test_a_gateway_that_is_down_is_tried_again_later_each_time(gateway: list[httpx.Request]) -> None:
    gateway_answers([httpx.ConnectError("down"), httpx.Response(503), httpx.Response(200, json={"id": "G1"})])
    message = delivery()

    for at in (MONDAY, MONDAY + timedelta(minutes=1), MONDAY + timedelta(minutes=6)):
        services.send_delivery(message.pk, at=at)

    assert [job.scheduled_at for job in jobs()] == [None, MONDAY + timedelta(minutes=1), MONDAY + timedelta(minutes=6)]
    assert (stored(message).state, stored(message).attempts, stored(message).gateway_id) == ("SENT", 3, "G1")
    assert len(gateway) == 3


@pytest.mark.django_db
def test_after_five_failures_the_channel_is_given_up_and_the_letter_stays(gateway: list[httpx.Request]) -> None:
    gateway_answers([httpx.ConnectError("down")] * 5)
    message, at = delivery(), MONDAY

    for _ in range(5):
        services.send_delivery(message.pk, at=at)
        at = max(stored(message).due_at, at)

    assert (stored(message).state, stored(message).failure) == ("FAILED", "sms-unavailable")
    assert message.notice.deliveries.get(channel="IN_APP").state == "SENT"


@pytest.mark.django_db
@pytest.mark.parametrize("said", [httpx.ReadTimeout("late"), httpx.Response(200, text="?")])
def test_a_message_that_may_have_arrived_is_not_sent_again(gateway: list[httpx.Request], said: object) -> None:
    gateway_answers([said])
    message = delivery()

    services.send_delivery(message.pk, at=MONDAY)

    assert (stored(message).state, stored(message).failure, len(jobs())) == ("FAILED", "unknown", 1)


def gateway_answers(answers: list[object]) -> None:
    gateway.answers[:] = answers


@pytest.mark.django_db
def test_what_a_dead_worker_was_sending_is_given_up_and_a_lost_job_is_made_again() -> None:
    dying, lost = delivery(), delivery()
    dying.begin(by="notifier", at=MONDAY)
    ProcrastinateJob.objects.all()._raw_delete("default")

    assert services.pick_up(at=MONDAY + timedelta(minutes=9)) == 0
    assert services.pick_up(at=MONDAY + timedelta(minutes=11)) == 2

    assert (stored(dying).state, stored(dying).failure) == ("FAILED", "unknown")
    assert [job.args for job in jobs()] == [{"delivery": lost.pk}]


@pytest.mark.django_db
@pytest.mark.parametrize("state", DeliveryState.values)
@pytest.mark.parametrize("step", list(STEPS))
def test_the_table_alone_says_what_becomes_of_a_delivery(step: str, state: str) -> None:
    message = delivery()
    Delivery.objects.filter(pk=message.pk).update(
        state=state, sent_at=MONDAY, attempts=1, failure="unknown" if state == "FAILED" else ""
    )
    message.refresh_from_db()
    terms = {
        "hold": {"until": MONDAY},
        "succeed": {"gateway_id": "G"},
        "postpone": {"failure": "x"},
        "fail": {"failure": "x"},
    }

    target = STEPS.target(step, state)

    if target is None:
        with pytest.raises(StepRefused):
            getattr(message, step)(by="test", at=MONDAY, **terms.get(step, {}))
    else:
        getattr(message, step)(by="test", at=MONDAY, **terms.get(step, {}))
    assert stored(message).state == (target or state)


# Races


WORKERS = 8


@pytest.fixture
def clean() -> Iterator[None]:
    """Leave nothing behind: the threads commit."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("truncate notifications_notice, notifications_template, procrastinate_jobs cascade")


def sent_by_eight_workers(monkeypatch: pytest.MonkeyPatch) -> int:
    message, barrier, sent = delivery(), threading.Barrier(WORKERS), []
    monkeypatch.setattr(client, "send", lambda **_: sent.append(1) or "G")

    def run() -> None:
        barrier.wait()
        try:
            services.send_delivery(message.pk, at=MONDAY)
        except StepRefused:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(sent)


@pytest.mark.django_db(transaction=True)
def test_eight_workers_send_a_message_once(clean: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sent_by_eight_workers(monkeypatch) == 1
    assert Delivery.objects.get(channel="SMS").state == "SENT"


@pytest.mark.django_db(transaction=True)
def test_the_same_race_is_lost_without_the_claim(clean: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Delivery, "begin", lambda self, **_: None)

    assert sent_by_eight_workers(monkeypatch) == WORKERS


@pytest.mark.django_db(transaction=True)
def test_eight_workers_write_one_letter_about_one_step(clean: None) -> None:
    wang, barrier, seen = reader(), threading.Barrier(WORKERS), []

    def run() -> None:
        barrier.wait()
        try:
            seen.append(notice(wang, subject="cases.case:7/accept/2").pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(seen) == WORKERS
    assert (len(set(seen)), Notice.objects.count(), len(jobs())) == (1, 1, 1)
