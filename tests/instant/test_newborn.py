"""王芳 registers her newborn: decided at once where everything is known, by a person where anything is not."""

import json
import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client

from civic.adapters.departments.fake import in_process
from civic.audit.models import Entry
from civic.cases.models import Case
from civic.core.errors import NotAllowed
from civic.exchange.models import Call
from civic.instant import completing, services, tasks
from civic.instant.departments import tell_department
from civic.instant.facts import gather
from civic.instant.models import Onward, Ruling
from civic.licences.models import Licence, UseRequest
from tests.factories import accounts as people
from tests.factories import instant as make

pytestmark = pytest.mark.django_db
LATER = make.MONDAY + timedelta(minutes=5)
PAGE = {
    "name": "孙小雨",
    "sex": "女",
    "born_on": "2026-02-18",
    "relation": "女",
    "registered_on": "2026-03-02",
    "address": "六安市金安区东市街道人民路88号3幢602室",
}


def stored(case: Case) -> Case:
    found: Case = Case.objects.for_detail().get(pk=case.pk)
    return found


def complete(case: Case) -> None:
    completing.complete(case=stored(case), sheet=gather(stored(case), at=make.MONDAY), at=make.MONDAY)


def tell_all(case: Case) -> None:
    """Do what the queue does with those who follow, in the order in which they become ready."""
    for _turn in range(5):
        for row in Onward.objects.filter(case=case, state="PLANNED").in_order():
            done = set(Onward.objects.filter(case=case, state="DONE").values_list("notice", flat=True))
            if set(row.after) <= done:
                got = tell_department(row, services.body_of(row))
                services.settle_onward(
                    onward=row, accepted=got.accepted, reference=got.reference, message=got.message, at=LATER
                )


def test_a_clean_application_waits_for_the_father_and_is_granted_when_he_agrees() -> None:
    version = make.newborn_service()
    mother, father = make.parents()
    case = make.application(version, by=mother)

    waiting = make.decide(case)
    make.consent(case, by=father)
    ruling = make.decide(case)

    assert waiting.facts["consented"]["reason"] == "ASKED"
    assert (ruling.state, ruling.missing, Ruling.objects.count()) == ("GRANTED", [], 1)
    assert {rule["verdict"] for rule in ruling.fired} == {"HOLDS"}
    done = stored(case)
    assert (done.state, done.outcome, done.decision.rules) == ("DECIDED", "GRANTED", "LA-GA-001 第1版办理规则")
    assert done.decision.decided_by is None
    assert "出生医学证明" in done.decision.reasons
    assert UseRequest.objects.get().relied_at == make.MONDAY  # a yes on which a decision rests stays a yes


def test_the_father_reads_for_which_child_and_which_household_he_is_asked() -> None:
    version = make.newborn_service()
    mother, _father = make.parents()
    case = make.application(version, by=mother)

    make.decide(case)

    words = UseRequest.objects.get().words
    assert words.startswith("王芳正在为孩子“孙小雨”申请出生登记，孩子落在母亲的户口。")


def test_a_granted_newborn_gets_its_page_at_once_and_four_departments_follow_once() -> None:
    case = make.granted(make.newborn_service())

    complete(case)
    complete(case)
    tell_all(case)

    page = Licence.objects.get()
    assert (page.type.code, page.case, page.holder_name) == ("household_page", case.number, "王芳")
    assert {name: page.values[name] for name in PAGE} == PAGE
    assert len(page.values["id_number"]) == 18
    rows = Onward.objects.filter(case=case).in_order()
    assert [(row.notice, row.state) for row in rows] == [
        ("gaj.birth_registration", "DONE"),
        ("wjw.vaccination", "DONE"),
        ("ybj.enrolment", "DONE"),
        ("rsj.card", "DONE"),
        ("rsj.maternity_allowance", "DONE"),
    ]
    assert len(in_process.town().notices.all()) == 5


@pytest.fixture
def queue_on_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("civic.instant.tasks.now", lambda: make.MONDAY)


@pytest.mark.usefixtures("queue_on_monday")
def test_the_page_says_what_was_decided_on_and_nobody_is_asked_a_second_time() -> None:
    case = make.granted(make.newborn_service())
    asked = Call.objects.count()
    for department in ("gaj", "wjw", "mzj"):
        make.break_down(department)

    tasks.complete(subject=case.pk)

    assert {name: Licence.objects.get().values[name] for name in PAGE} == PAGE
    assert Call.objects.count() == asked


@pytest.mark.usefixtures("queue_on_monday")
def test_what_the_page_needs_and_the_decision_did_not_is_asked_for_anew() -> None:
    case = make.granted(make.newborn_service())
    ruling = Ruling.objects.for_detail().get()
    kept = json.loads(ruling.clear("facts"))
    del kept["licence"]["id_number"]  # the source of the number was silent at that moment
    ruling.set_personal("facts", json.dumps(kept))
    ruling.save()

    tasks.complete(subject=case.pk)

    assert len(Licence.objects.get().values["id_number"]) == 18


def test_the_mothers_page_looks_again_until_the_household_page_is_there() -> None:
    case = make.granted(make.newborn_service())
    client, moment = Client(), make.MONDAY + timedelta(seconds=1)
    client.force_login(case.applicant, backend="civic.accounts.backends.AccountBackend")

    def looks_again(at: datetime) -> bool:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("civic.instant.portal.now", lambda: at)
            return "hx-trigger" in client.get(f"/my/cases/{case.number}/ruling/").content.decode()

    before, hours_later = looks_again(moment), looks_again(make.MONDAY + timedelta(hours=1))
    complete(case)
    tell_all(case)

    assert (before, hours_later, looks_again(moment)) == (True, False, False)


def test_the_same_certificate_is_not_granted_again() -> None:
    version = make.newborn_service()
    first = make.granted(version)
    complete(first)
    tell_all(first)
    mother = people.Account.objects.get(pk=first.applicant_id)

    again = make.application(version, by=mother)
    ruling = make.decide(again)

    assert ruling.state == "DECLINED"
    assert [rule["key"] for rule in ruling.fired if rule["verdict"] == "DECLINE"] == [
        "certificate_unused",
        "not_registered",
    ]
    assert stored(again).state == "NOT_ACCEPTED"
    assert Licence.objects.count() == 1


def test_two_cases_about_one_certificate_decided_before_the_police_know_are_granted_once() -> None:
    version = make.newborn_service()
    first = make.granted(version)
    mother, father = (
        people.Account.objects.get(person__pk=pk) for pk in (first.person_id, UseRequest.objects.get().holder_id)
    )

    second = make.application(version, by=mother)
    make.decide(second)
    asked = UseRequest.objects.get(case=second.number)
    asked.grant(by=father, at=make.MONDAY)
    ruling = make.decide(second)

    assert (ruling.state, ruling.missing) == ("HANDED_OVER", ["granted_before"])
    assert stored(second).state == "SUBMITTED"


@pytest.mark.parametrize(
    ("department", "rule"), [("wjw", "certificate_found"), ("gaj", "mother_alive"), ("mzj", "marriage_checked")]
)
@pytest.mark.parametrize("mode", ["down", "garbage", "huge", "status"])
def test_a_source_that_is_down_sends_the_case_to_a_person_with_the_reason(
    department: str, rule: str, mode: str
) -> None:
    version = make.newborn_service()
    mother, _father = make.parents()
    case = make.application(version, by=mother)
    make.break_down(department, mode)

    ruling = make.decide(case)

    assert ruling.state == "HANDED_OVER"
    assert {"key": rule, "verdict": "UNKNOWN"} in ruling.fired
    assert {fact["reason"] for fact in ruling.facts.values() if fact["value"] is None} <= {
        "REFUSED", "RESET", "GARBAGE", "TOO_LARGE", "STATUS", "NO_RECORD", "ASKED", "OPEN",
    }  # fmt: skip
    kept = stored(case)
    assert (kept.state, kept.latest_submission.form["child_name"]) == ("SUBMITTED", "孙小雨")
    assert not Licence.objects.exists()


def test_a_father_who_says_no_sends_the_case_to_a_person_and_refuses_nothing() -> None:
    version = make.newborn_service()
    mother, father = make.parents()
    case = make.application(version, by=mother)
    make.decide(case)

    make.consent(case, by=father, yes=False)
    ruling = make.decide(case)

    assert (ruling.state, stored(case).state) == ("HANDED_OVER", "SUBMITTED")
    assert {"key": "consent", "verdict": "PERSON"} in ruling.fired


def test_who_is_declined_by_rules_reads_article_and_remedy_and_may_ask_for_a_person() -> None:
    version = make.newborn_service()
    mother, _father = make.parents()
    case = make.application(version, by=mother, certificate_no="T349999999")

    make.decide(case)
    declined = stored(case)
    declined.ask_person(by=mother, at=LATER)

    assert declined.overturned[0].legal_basis == "《中华人民共和国母婴保健法》第二十三条"
    assert "您可以：" in declined.overturned[0].reasons
    now_open = stored(case)
    assert (now_open.state, now_open.decision_or_none) == ("SUBMITTED", None)
    assert [task.state for task in now_open.tasks.all()] == ["WAITING"]
    assert services.begin(case=now_open, at=LATER) is None  # a person has it now, not the rules


def test_a_stranger_cannot_ask_for_a_person_in_anothers_case() -> None:
    version = make.newborn_service()
    mother, father = make.parents()
    case = make.application(version, by=mother, certificate_no="T349999999")
    make.decide(case)

    with pytest.raises(NotAllowed):
        stored(case).ask_person(by=father, at=LATER)

    assert stored(case).state == "NOT_ACCEPTED"


def test_every_draw_is_in_the_ledger_with_its_case_and_no_value() -> None:
    version = make.newborn_service()
    mother, _father = make.parents()
    case = make.application(version, by=mother)

    make.decide(case)

    entries = Entry.objects.filter(step__startswith="exchange.call")
    assert [entries.filter(step=f"exchange.call.{step}").count() for step in ("ask", "answer")] == [8, 8]
    assert not [entry for entry in entries if "孙" in str(entry.detail) or "3415" in str(entry.detail)]


def test_an_application_that_waits_is_looked_at_twice_and_the_father_is_asked_once() -> None:
    version = make.newborn_service()
    mother, _father = make.parents()
    case = make.application(version, by=mother)

    first = make.decide(case)
    again = make.decide(case, at=LATER)

    assert (again.pk, again.state, UseRequest.objects.count()) == (first.pk, "WAITING", 1)
    assert stored(case).state == "SUBMITTED"


def test_applicant_and_official_find_from_the_case_what_rules_found() -> None:
    version = make.newborn_service()
    mother, _father = make.parents()
    case = make.application(version, by=mother)
    make.decide(case)
    clerk = people.official("高敏", department=people.department("gaj"), roles=("unit_handler",))

    for who, page in ((mother, f"/my/cases/{case.number}/"), (clerk, f"/office/cases/{case.number}/")):
        client = people.at_home(who)
        assert f'href="{page}ruling/"' in client.get(page).content.decode()
        assert client.get(f"{page}ruling/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_decide_about_one_certificate_at_once_grant_it_once_and_hand_the_other_to_a_person() -> None:
    version = make.newborn_service()
    mother, father = make.parents()
    cases = [make.application(version, by=mother) for _ in range(2)]
    for case in cases:
        make.decide(case)
        make.consent(case, by=father)
    ready = [services.begin(case=stored(case), at=LATER) for case in cases]
    sheets = [services.draw_sheet(ruling=ruling, at=LATER) for ruling in ready]
    barrier, broken = threading.Barrier(2), []

    def work(place: int) -> None:
        barrier.wait()
        try:
            services.settle(ruling=ready[place], sheet=sheets[place], lots=make.NEVER, at=LATER)
        except Exception as error:  # noqa: BLE001 (shown by the assertion below)
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert broken == []
    ends = sorted((ruling.state, tuple(ruling.missing)) for ruling in Ruling.objects.all())
    assert ends == [("GRANTED", ()), ("HANDED_OVER", ("granted_before",))]
    assert sorted(str(case.state) for case in Case.objects.all()) == ["DECIDED", "SUBMITTED"]
    assert Entry.objects.filter(step="cases.case.grant_by_rules").count() == 1
