"""Drawing data: at once, in time, recorded, field by field, and never a hole."""

import time
from datetime import timedelta

import pytest
from django.db import connection, transaction

from civic.audit.models import Entry
from civic.audit.services import LedgerClosed
from civic.audit.services.verify import verify_ledger
from civic.exchange.models import Breaker, Call, Demand, Kept
from civic.exchange.services import Ask, Denied, Disputed, Unavailable, Value, draw
from civic.exchange.services.planning import NoSuchResource
from tests.factories import exchange as make
from tests.factories.accounts import MONDAY, official
from tests.factories.exchange import PROPERTY, THREE, context

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def test_three_sources_answer_together(sources: make.Sources) -> None:
    found = draw(THREE, context=context(), at=MONDAY)

    assert list(found) == ["land", "tax", "house"]
    assert found["land"].one("owner_name") == Value("王芳", MONDAY, "六安市自然资源和规划局")
    assert found["tax"].one("assessed_value") == Value("800000.00", MONDAY, "国家税务总局六安市税务局")
    assert found["house"].value("built_in") == 2010
    assert {one.state for one in found.values()} == {"answered"}


def test_each_question_is_a_call_and_two_entries_without_any_value(sources: make.Sources) -> None:
    wang = make.wang_fang()

    found = draw({"it": Ask("mzj.marriage", {"id_number": "341502199001010025"}, ("status", "spouse_name"))},
                 context=context(for_=wang), at=MONDAY)  # fmt: skip

    call = Call.objects.get()
    assert (call.outcome, call.service, call.purpose, call.fields) == (
        "ANSWERED", "LA-ZR-001", "decide", ["status", "spouse_name"],
    )  # fmt: skip
    assert call.legal_basis.startswith("《中华人民共和国民法典》第一千零六十二条")
    assert (call.on_behalf_of, call.actor, len(call.digest)) == (wang.ledger_id(), "timer", 32)
    assert found["it"].call == str(call.handle)
    entries = list(Entry.objects.of(subject=call.ledger_id()))
    assert [entry.step for entry in entries] == ["exchange.call.ask", "exchange.call.answer"]
    assert entries[1].detail["answer"] == call.digest.hex()
    kept = str([entry.detail for entry in entries]) + str(vars(call))
    assert "孙浩" not in kept and "341502199001010025" not in kept and "341503198812120019" not in kept


def test_only_granted_fields_are_asked_for_and_the_rest_is_dropped(sources: make.Sources) -> None:
    sources.say("population", [{**make.RECORDS["population"], "religion": "SECRET", "phone": "13800005678"}])
    ask = Ask("gaj.population", {"id_number": "341502199001010025"}, ("name", "religion", "nationality", "sex", "shoe"))

    found = draw({"it": ask}, context=context(), at=MONDAY)["it"]

    assert sources.asked[0].fields == ("name",)
    assert found.fields == {
        "name": Value("王芳", MONDAY, "六安市公安局"),
        "religion": Denied("restricted:belief"),
        "nationality": Denied("never-shared"),
        "sex": Denied("not-in-demand"),
        "shoe": Denied("unknown-field"),
    }
    assert Call.objects.get().refused == [
        "religion:restricted:belief", "nationality:never-shared", "sex:not-in-demand", "shoe:unknown-field",
    ]  # fmt: skip


def test_without_a_demand_nobody_is_asked_and_the_refusal_is_recorded(sources: make.Sources) -> None:
    found = draw({"it": Ask("zrzy.land", PROPERTY)}, context=context(service="LA-JY-001"), at=MONDAY)["it"]

    assert (found.state, found.reason) == ("denied", "no-demand")
    assert found.one("owner_name") == Denied("no-demand")
    assert sources.asked == []
    call = Call.objects.get()
    assert (call.outcome, call.fields, call.digest) == ("DENIED", [], b"")
    assert [entry.step for entry in Entry.objects.of(subject=call.ledger_id())] == ["exchange.call.deny"]


def test_an_official_asks_only_under_the_demand_of_their_own_department(sources: make.Sources) -> None:
    tax, health = (official(department=make.office_of(code)) for code in ("sw", "wjw"))

    ours = draw({"it": Ask("zrzy.land", PROPERTY, ("address", "owner_name"))}, context=context(tax), at=MONDAY)["it"]
    theirs = draw({"it": Ask("zrzy.land", PROPERTY)}, context=context(health), at=MONDAY)["it"]

    assert ours.one("address") == Value("六安市金安区皖西大道1号2栋301室", MONDAY, "六安市自然资源和规划局")
    assert ours.one("owner_name") == Denied("not-in-demand")
    assert (theirs.state, theirs.reason) == ("denied", "other-department")
    assert [one.consumer for one in Call.objects.order_by("pk")] == [make.office_of("sw"), make.office_of("wjw")]


def test_a_withdrawn_demand_grants_nothing_any_more(sources: make.Sources) -> None:
    for demand in Demand.objects.filter(service="LA-ZR-001", purpose="decide", resource__code="zjj.house"):
        demand.withdraw(by="operator", at=MONDAY)

    found = draw(THREE, context=context(), at=MONDAY)

    assert {name: one.state for name, one in found.items()} == {
        "land": "answered",
        "tax": "answered",
        "house": "denied",
    }


def test_an_unknown_resource_is_refused_and_nothing_is_asked(sources: make.Sources) -> None:
    with pytest.raises(NoSuchResource):
        draw({**THREE, "odd": Ask("zrzy.gold", PROPERTY)}, context=context(), at=MONDAY)

    assert (sources.asked, Call.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    "subject", [{}, {"id_number": "341502199001010025"}, {**PROPERTY, "x": "y"}, {"property_id": " "}]
)
def test_a_question_about_nobody_is_refused_and_recorded(sources: make.Sources, subject: dict[str, str]) -> None:
    found = draw({"it": Ask("zrzy.land", subject, ("address",))}, context=context(), at=MONDAY)["it"]

    assert (found.one("address"), sources.asked) == (Denied("bad-subject"), [])
    assert Call.objects.get().outcome == "DENIED"


@pytest.mark.parametrize(
    "reason", ["TIMEOUT", "STATUS", "GARBAGE", "CHARSET", "TOO_LARGE", "SHAPE", "DENIED", "BLOCKED"]
)
def test_each_failure_is_a_reason_on_every_field(sources: make.Sources, reason: str) -> None:
    sources.say("house", reason)

    found = draw(THREE, context=context(), at=MONDAY)

    assert found["land"].state == "answered"
    assert (found["house"].state, found["house"].reason) == ("unavailable", reason)
    assert set(found["house"].fields.values()) == {Unavailable(reason, "六安市住房和城乡建设局")}
    assert len(found["house"].fields) == 11
    call = Call.objects.get(resource__code="zjj.house")
    assert (call.outcome, call.reason, call.tries, call.digest) == ("FAILED", reason, 1, b"")


@pytest.mark.parametrize("reason", ["RESET", "REFUSED"])
def test_what_can_heal_is_tried_once_more(sources: make.Sources, reason: str) -> None:
    sources.say("house", reason, make.RECORDS["house"])

    found = draw({"house": THREE["house"]}, context=context(), at=MONDAY)["house"]

    assert (found.state, Call.objects.get().tries, len(sources.asked)) == ("answered", 2, 2)


def test_a_missing_field_a_wrong_type_and_no_record_are_said(sources: make.Sources) -> None:
    sources.say("house", [{"built_in": "zehn", "structure": {"owner": "王芳"}, "address": None}])
    sources.say("land", [])

    found = draw(THREE, context=context(), at=MONDAY)

    house, source = found["house"], "六安市住房和城乡建设局"
    assert house.one("built_in") == Unavailable("SHAPE", source)
    assert house.one("structure") == Unavailable("SHAPE", source)
    assert house.one("address") == Value(None, MONDAY, source)
    assert house.one("contract_price") == Unavailable("MISSING", source)
    assert (found["land"].state, found["land"].records) == ("empty", [])
    assert found["land"].one("address") == Unavailable("NO_RECORD", "六安市自然资源和规划局")


def test_three_hanging_sources_cost_one_deadline(sources: make.Sources) -> None:
    for name in ("land", "property_tax", "house"):
        sources.say(name, 1.0)
    started = time.monotonic()

    found = draw(THREE, context=context(), at=MONDAY, deadline=0.4)

    assert time.monotonic() - started < 0.6
    assert {one.reason for one in found.values()} == {"TIMEOUT"}


def test_a_source_that_overstays_its_time_does_not_hold_the_others_up(sources: make.Sources, monkeypatch) -> None:
    """A client that breaks its promise and does not come back in time is left behind."""
    ask = sources.ask

    def stubborn(endpoint, question, *, timeout):
        if question.resource == "house":
            time.sleep(0.8)
        return ask(endpoint, question, timeout=timeout)

    monkeypatch.setattr("civic.adapters.departments.client.ask", stubborn)
    started = time.monotonic()

    found = draw(THREE, context=context(), at=MONDAY, deadline=0.3)

    assert time.monotonic() - started < 0.5
    assert {name: one.state for name, one in found.items()} == {
        "land": "answered", "tax": "answered", "house": "unavailable",
    }  # fmt: skip


def test_the_duty_limits_the_time_of_one_source(sources: make.Sources) -> None:
    duty = make.duty("zjj.house")
    type(duty).objects.describe({"resource": duty.resource}, by="test", at=MONDAY, facts={"answer_ms": 100})
    sources.say("house", 5.0)
    started = time.monotonic()

    draw(THREE, context=context(), at=MONDAY)

    assert time.monotonic() - started < 0.5


def test_the_last_good_answer_is_shown_with_its_time_while_the_source_is_silent(sources: make.Sources) -> None:
    draw(THREE, context=context(), at=MONDAY)
    sources.say("house", "STATUS")

    later = MONDAY + timedelta(hours=3)
    found = draw(THREE, context=context(), at=later)["house"]

    assert (found.state, found.reason, found.as_of) == ("stale", "STATUS", MONDAY)
    assert found.one("built_in") == Value(2010, MONDAY, "六安市住房和城乡建设局", is_stale=True)
    assert found.value("built_in") is None
    assert Call.objects.filter(outcome="STALE").count() == 1
    too_late = MONDAY + timedelta(hours=73)
    assert draw(THREE, context=context(), at=too_late)["house"].state == "unavailable"


def test_what_was_kept_for_one_purpose_is_not_shown_for_another_and_not_readable_in_the_database(sources) -> None:
    draw(THREE, context=context(), at=MONDAY)
    sources.say("house", "STATUS")

    other = draw({"house": THREE["house"]}, context=context(purpose="prefill"), at=MONDAY)["house"]

    assert other.state == "unavailable"
    kept = Kept.objects.get(resource__code="zjj.house")
    assert "钢混".encode() not in bytes(kept.answer_sealed)
    assert kept.records()[0]["structure"] == "钢混"


def test_a_duty_that_does_not_allow_it_keeps_nothing(sources: make.Sources) -> None:
    make.call(for_=make.wang_fang())
    sources.say("population", "STATUS")

    found = draw({"it": Ask("gaj.population", {"id_number": "341502199001010025"})}, context=context(), at=MONDAY)["it"]

    assert (Kept.objects.count(), found.state) == (0, "unavailable")


def test_an_answer_older_than_the_duty_allows_is_not_used(sources: make.Sources) -> None:
    sources.as_of = MONDAY - timedelta(hours=73)

    found = draw(THREE, context=context(), at=MONDAY)["land"]

    assert found.one("address") == Unavailable("OUTDATED", "六安市自然资源和规划局")


def test_a_source_is_left_alone_after_failures_in_a_row_and_asked_again_by_one_after_five_seconds(sources) -> None:
    sources.say("house", "TIMEOUT")
    ask = {"house": THREE["house"]}

    for second in (0, 3):
        draw(ask, context=context(), at=MONDAY + timedelta(seconds=second))
    opened = Breaker.objects.get()
    during = draw(ask, context=context(), at=MONDAY + timedelta(seconds=4))["house"]

    assert opened.opened_at is not None
    assert (during.reason, len(sources.asked)) == ("OPEN", 2)
    sources.say("house", make.RECORDS["house"])
    after = draw(ask, context=context(), at=MONDAY + timedelta(seconds=9))["house"]
    assert (after.state, Breaker.objects.get().opened_at) == ("answered", None)


def test_a_probe_that_fails_leaves_the_source_alone_for_five_more_seconds(sources: make.Sources) -> None:
    sources.say("house", "TIMEOUT")
    ask = {"house": THREE["house"]}
    for second in (0, 1):
        draw(ask, context=context(), at=MONDAY + timedelta(seconds=second))

    reasons = [draw(ask, context=context(), at=MONDAY + timedelta(seconds=s))["house"].reason for s in (7, 8, 11, 13)]

    assert reasons == ["TIMEOUT", "OPEN", "OPEN", "TIMEOUT"]


def test_a_contested_value_is_disputed_for_everybody(sources: make.Sources) -> None:
    wang = make.wang_fang()
    contest = make.contest(by=wang)

    found = draw({"it": Ask("gaj.population", {"id_number": "341502199001010025"})}, context=context(), at=MONDAY)["it"]

    assert found.one("address") == Disputed("六安市金安区皖西大道1号", MONDAY, "六安市公安局")
    assert found.value("address") is None
    assert found.value("name") == "王芳"
    contest.withdraw(by=wang, at=MONDAY)
    again = draw({"it": Ask("gaj.population", {"id_number": "341502199001010025"})}, context=context(), at=MONDAY)["it"]
    assert again.value("address") == "六安市金安区皖西大道1号"


def test_with_the_ledger_shut_nothing_is_asked(sources: make.Sources) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE audit_entry ADD CONSTRAINT shut CHECK (id < 0) NOT VALID")

    with pytest.raises(LedgerClosed):
        draw(THREE, context=context(), at=MONDAY)

    assert (sources.asked, Call.objects.count()) == ([], 0)


@pytest.mark.django_db(transaction=True)
def test_it_refuses_to_wait_inside_a_transaction(sources: make.Sources) -> None:
    make.city()
    with pytest.raises(RuntimeError), transaction.atomic():
        draw(THREE, context=context(), at=MONDAY)

    assert sources.asked == []


def test_the_ledger_vouches_for_every_call_and_finds_one_that_was_changed(sources: make.Sources) -> None:
    wang = make.wang_fang()
    make.contest(by=wang)
    sources.say("house", "STATUS")
    draw(THREE, context=context(for_=wang), at=MONDAY)

    def faults() -> list[str]:
        report = verify_ledger(at=MONDAY, progress=lambda *_: None)
        return [finding.kind for finding in report.findings if finding.kind != "no leaf"]

    assert faults() == []
    Call.objects.filter(resource__code="zjj.house").update(purpose="prefill")
    assert faults() == ["changed row"]
