"""Somebody asks a holder for a yes: asked once, answered by the holder alone, in time, and told to both."""

import json
import threading
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.db import connection

from civic.accounts.rules import Level
from civic.audit.models import Entry
from civic.audit.services import seals
from civic.audit.services.report import Report
from civic.core.errors import NotAllowed, Refusal
from civic.licences import services, tasks
from civic.licences.models import NotOverYet, UseRequest
from civic.notifications.models import Notice
from civic.workflow.models import StepRefused
from tests.factories import wallet
from tests.factories.accounts import LIU_GUIYING, MONDAY, SUN_HAO, mandate, resident
from tests.factories.licences import licence_type

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(hours=1)
OVER = MONDAY + timedelta(days=3)


def jobs(name: str) -> list[dict]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", [f"civic.licences.tasks.{name}"]
        )
        return [json.loads(args) for (args,) in cursor.fetchall()]


def test_a_request_is_put_once_with_entry_and_letter():
    asked = wallet.request()
    again = wallet.request()

    assert again == asked
    assert UseRequest.objects.count() == 1
    assert (asked.state, asked.words) == ("ASKED", wallet.WORDS)
    assert [entry.detail for entry in Entry.objects.filter(step="licences.userequest.ask")] == [{}]
    assert jobs("tell_of_request") == [{"request": asked.pk, "step": "ask"}]
    assert wallet.WORDS.encode() not in bytes(asked.words_sealed)


def test_the_holder_agrees_and_both_are_told_once():
    asked, sun = wallet.request(), wallet.sun()

    asked.grant(by=sun, at=LATER)
    for _ in range(2):
        tasks.tell_of_request(request=asked.pk, step="ask")
        tasks.tell_of_request(request=asked.pk, step="grant")

    assert (asked.state, asked.answered_at) == ("GRANTED", LATER)
    assert UseRequest.objects.granted(holder=sun.person, case=wallet.CASE, purpose="consent").get() == asked
    to_sun, to_wang = (Notice.objects.get(recipient=account) for account in (sun, wallet.wang()))
    assert f"/my/licences/requests/{asked.handle}/" in to_sun.clear("body")
    assert "王**" in to_sun.clear("body") and "王芳" not in to_sun.clear("body")
    assert "孙**已同意" in to_wang.clear("body")


@pytest.mark.parametrize("verb", ["grant", "decline"])
def test_nobody_else_answers_not_even_who_acts_for_the_holder(verb):
    asked, sun = wallet.request(), wallet.sun()
    agent = resident("刘桂英", phone=LIU_GUIYING["phone"], id_number=LIU_GUIYING["id_number"])
    mandate(agent=agent, principal=sun.person)

    for other in (agent, wallet.wang()):
        with pytest.raises(NotAllowed):
            getattr(asked, verb)(by=other, at=LATER)

    asked.refresh_from_db()
    assert (asked.state, asked.answered_at, asked.version) == ("ASKED", None, 1)
    assert jobs("tell_of_request") == [{"request": asked.pk, "step": "ask"}]


def test_without_a_real_name_one_may_decline_but_not_agree():
    sun = resident("孙浩", phone=SUN_HAO["phone"], id_number=SUN_HAO["id_number"], level=Level.PHONE)
    asked = wallet.request(holder=sun)

    with pytest.raises(NotAllowed) as refused:
        asked.grant(by=sun, at=LATER)
    asked.decline(by=sun, at=LATER)

    assert "实名" in refused.value.message
    assert asked.state == "DECLINED"


def test_a_yes_is_withdrawn_until_a_decision_rests_on_it():
    sun = wallet.sun()
    free, bound = wallet.request(), wallet.request(case="LA202603020000000017")
    for asked in (free, bound):
        asked.grant(by=sun, at=LATER)
    bound.rely(by="rules", at=LATER)

    free.withdraw(by=sun, at=LATER)
    with pytest.raises(NotAllowed) as refused:
        bound.withdraw(by=sun, at=LATER)

    assert (free.state, free.withdrawn_at) == ("WITHDRAWN", LATER)
    assert "已经根据您的同意作出了决定" in refused.value.message
    bound.refresh_from_db()
    assert (bound.state, bound.relied_at) == ("GRANTED", LATER)


def test_a_decision_rests_on_the_first_time_however_often_it_is_noted():
    asked = wallet.request()
    asked.grant(by=wallet.sun(), at=LATER)

    asked.rely(by="rules", at=LATER)
    asked.rely(by="rules", at=OVER)

    assert asked.relied_at == LATER


def test_what_is_not_answered_in_time_runs_out_and_may_be_asked_anew():
    asked, sun = wallet.request(), wallet.sun()

    with pytest.raises(NotOverYet):
        asked.expire(by="timer", at=LATER)
    with pytest.raises(NotAllowed):
        asked.grant(by=sun, at=OVER)
    assert services.expire_requests(at=OVER - timedelta(seconds=1)) == 0
    assert services.expire_requests(at=OVER) == 1
    assert services.expire_requests(at=OVER) == 0
    anew = wallet.request(at=OVER)

    asked.refresh_from_db()
    assert (asked.state, anew.state) == ("EXPIRED", "ASKED")
    assert anew != asked


def test_one_that_ran_out_unnoticed_is_closed_when_it_is_asked_anew():
    asked = wallet.request()

    anew = wallet.request(at=OVER)

    asked.refresh_from_db()
    assert (asked.state, anew.state) == ("EXPIRED", "ASKED")


def test_who_has_declined_is_not_asked_again_about_the_same_case():
    asked = wallet.request()
    asked.decline(by=wallet.sun(), at=LATER)

    again = wallet.request(at=LATER)

    assert (again.pk, again.state) == (asked.pk, "DECLINED")


def test_what_would_be_shared_is_named_field_by_field():
    type_ = licence_type()

    some = wallet.request(purpose="use", types={"household_page": ["address", "name"]})
    whole = wallet.request(purpose="use", case="LA202603020000000017", types=["household_page"])

    assert some.shares == {"household_page": ["name", "address"]}
    assert whole.shares == {"household_page": list(type_.field_keys)}
    with pytest.raises(services.ShareUnknown):
        wallet.request(purpose="use", case="LA202603020000000025", types={"household_page": ["blood"]})
    with pytest.raises(services.ShareUnknown):
        wallet.request(purpose="use", case="LA202603020000000025", types=["passport"])
    assert UseRequest.objects.count() == 2


def test_nobody_asks_themselves():
    with pytest.raises(services.AskedByItself):
        wallet.request(holder=wallet.wang())

    assert UseRequest.objects.count() == 0


def test_each_step_seals_the_row_as_it_is():
    asked, sun = wallet.request(), wallet.sun()
    asked.grant(by=sun, at=LATER)
    asked.withdraw(by=sun, at=LATER)

    report = Report()
    seals.check(report, snapshot=nullcontext, progress=lambda *_: None)

    assert report.findings == []


@pytest.mark.django_db(transaction=True)
def test_of_a_yes_and_a_no_at_the_same_moment_one_counts():
    asked, sun = wallet.request(), wallet.sun()
    barrier, ends = threading.Barrier(2), []

    def answer(verb: str) -> None:
        mine = UseRequest.objects.get(pk=asked.pk)
        barrier.wait()
        try:
            getattr(mine, verb)(by=sun, at=LATER)
            ends.append(verb)
        except StepRefused:
            ends.append("refused")
        finally:
            connection.close()

    run(answer, "grant", "decline")

    asked.refresh_from_db()
    assert sorted(ends)[-1] == "refused" and len(ends) == 2
    assert asked.state in ("GRANTED", "DECLINED")
    assert Entry.objects.filter(step__in=["licences.userequest.grant", "licences.userequest.decline"]).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_that_ask_at_once_put_one_request():
    sun, wang = wallet.sun(), wallet.wang()
    barrier, got = threading.Barrier(4), []

    def ask(_name: str) -> None:
        barrier.wait()
        try:
            got.append(wallet.request(holder=sun, asker=wang).pk)
        except Refusal as refusal:  # pragma: no cover (would fail below)
            got.append(refusal)
        finally:
            connection.close()

    run(ask, *"1234")

    assert len(got) == 4
    assert len(set(got)) == 1
    assert Entry.objects.filter(step="licences.userequest.ask").count() == 1


def run(target, *names: str) -> None:
    threads = [threading.Thread(target=target, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
