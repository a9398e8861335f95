"""Demands: who may ask, who answers, what is never asked for."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from civic.accounts.models import Account
from civic.audit.models import Entry
from civic.core.errors import Invalid, NotAllowed
from civic.deadlines.models import Clock
from civic.exchange.models import Demand, Provider, Resource
from civic.exchange.models.demand import DemandedAlready
from civic.exchange.services.loading import Misshapen, load_lists, read_lists
from civic.workflow.models import StepRefused
from tests.factories import exchange as make
from tests.factories.accounts import MONDAY, official

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def staff(code: str, *roles: str) -> Account:
    return official("李强", department=make.office_of(code), roles=roles or ("unit_handler",))


def test_a_demand_waits_ten_working_days_for_the_provider() -> None:
    demand = make.demand(by=staff("rsj"))

    assert (demand.state, demand.origin) == ("PROPOSED", "OFFICIAL")
    clock = Clock.objects.of(demand.ledger_id()).get()
    assert (clock.kind, str(clock.due_at)) == ("exchange.demand", "2026-03-16 15:59:59+00:00")


def test_what_is_shared_unconditionally_is_granted_at_once() -> None:
    demand = make.demand(by=staff("rsj"), code="scjg.business_name", fields=["taken"])

    assert (demand.state, demand.decided_by, demand.clock()) == ("APPROVED", None, None)
    assert Entry.objects.of(subject=demand.ledger_id()).last().actor == "exchange"


def test_the_providers_leader_or_a_data_steward_approves_and_nobody_else() -> None:
    handler, steward = staff("rsj"), staff("sjzy", "data_steward")
    demand = make.demand(by=handler)
    for stranger in (handler, staff("zrzy"), staff("gaj", "unit_leader"), staff("sjzy", "supervisor")):
        with pytest.raises(NotAllowed):
            demand.approve(by=stranger, at=MONDAY)
    demand.refresh_from_db()
    assert demand.state == "PROPOSED"

    demand.approve(by=staff("zrzy", "unit_leader"), at=MONDAY)

    assert (demand.state, demand.clock()) == ("APPROVED", None)
    own = make.demand(by=steward, service="LA-JY-002")
    with pytest.raises(NotAllowed, match="不能自己答复"):
        own.approve(by=steward, at=MONDAY)


def test_a_refusal_says_why_and_frees_the_place_for_a_better_demand() -> None:
    handler, leader = staff("rsj"), staff("zrzy", "unit_leader")
    demand = make.demand(by=handler)
    with pytest.raises(Invalid):
        demand.refuse(reason="不", by=leader, at=MONDAY)

    demand.refuse(reason="依据不足，请写明条款。", by=leader, at=MONDAY)

    assert (demand.state, demand.reason) == ("REFUSED", "依据不足，请写明条款。")
    assert make.demand(by=handler).state == "PROPOSED"
    with pytest.raises(StepRefused):
        demand.approve(by=leader, at=MONDAY)


def test_the_same_demand_is_not_made_twice() -> None:
    handler = staff("rsj")
    make.demand(by=handler)

    with pytest.raises(DemandedAlready):
        make.demand(by=handler)

    assert Demand.objects.filter(service="LA-JY-001").count() == 1


@pytest.mark.parametrize(
    ("wish", "field"),
    [({"code": "gaj.population", "fields": ["nationality"]}, "fields"), ({"fields": ["dna"]}, "fields"),
     ({"fields": ["shoe"]}, "fields"), ({"fields": []}, "fields"), ({"legal_basis": " "}, "legal_basis"),
     ({"purpose": "spy"}, "purpose"), ({"service": "新生儿"}, "service"), ({"service_name": ""}, "service_name")],
)  # fmt: skip
def test_what_is_never_shared_or_not_said_is_refused_by_name(wish: dict, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        make.demand(by=staff("rsj"), **wish)

    assert refusal.value.errors[0].pointer == field
    assert not Demand.objects.filter(origin="OFFICIAL").exists()


def test_nobody_asks_in_the_name_of_another_department() -> None:
    wish = {"service": "LA-JY-001", "service_name": "认定", "service_name_en": "", "purpose": "decide"}
    with pytest.raises(NotAllowed):
        Demand.objects.propose(
            by=staff("wjw"), at=MONDAY, consumer=make.office_of("rsj"), resource=make.resource(),
            legal_basis="《就业促进法》第五十二条", fields=["address"], **wish,
        )  # fmt: skip


def test_a_second_load_changes_nothing_and_a_changed_list_replaces_the_demand() -> None:
    lists = read_lists(make.CITY)
    before = (Resource.objects.count(), Demand.objects.count(), Provider.objects.count(), Entry.objects.count())

    again = load_lists(lists, by="operator", at=MONDAY + timedelta(days=1))

    assert again.written == 0
    assert before == (Resource.objects.count(), Demand.objects.count(), Provider.objects.count(), Entry.objects.count())
    first = lists["demands"][0]
    first["fields"] = first["fields"][:2]
    lists["resources"][0]["quality"] = "每周更新。"
    changed = load_lists(lists, by="operator", at=MONDAY + timedelta(days=2))
    assert changed.written == 1 + len(first["purposes"])
    assert Resource.objects.get(code="gaj.population").version == 2
    states = Demand.objects.filter(resource__code="gaj.population", service="LA-GA-001", purpose="decide")
    assert [(one.state, len(one.fields)) for one in states.order_by("pk")] == [("WITHDRAWN", 9), ("APPROVED", 2)]


def test_a_demand_of_the_city_that_an_official_has_withdrawn_stays_withdrawn() -> None:
    demand = Demand.objects.get(resource__code="zjj.house", consumer__code="zjj")
    demand.withdraw(by=staff("zjj"), at=MONDAY)

    load_lists(read_lists(make.CITY), by="operator", at=MONDAY)

    found = Demand.objects.filter(resource__code="zjj.house", consumer__code="zjj")
    assert [one.state for one in found] == ["WITHDRAWN"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [("sharing: never", "sharing: perhaps", "sharing is one of"), ("type: bool", "type: maybe", "does not know kind"),
     ("purposes: [apply,", "purposes: [spy,", "no purpose"),
     ("resource: wjw.birth_certificate", "resource: wjw.x", "no such"),
     ("restrictions:", "restrictions: [}", "exchange.yaml"), ("demands:", "wishes:", "nothing else")],
)  # fmt: skip
def test_a_list_that_is_wrong_is_refused_with_the_place(tmp_path, old: str, new: str, words: str) -> None:
    path = tmp_path / "exchange.yaml"
    path.write_text(make.CITY.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    with pytest.raises(Misshapen, match=words):
        read_lists(path)


def test_the_command_loads_the_city_and_says_how_much(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_exchange", str(make.CITY.parent))
    call_command("load_exchange", str(tmp_path))
    (tmp_path / "exchange.yaml").write_text("wishes: []", encoding="utf-8")

    said = capsys.readouterr().err
    assert "data sharing: 0 of 92 written" in said
    assert "has no exchange.yaml" in said
    with pytest.raises(CommandError, match="Nothing of it was loaded"):
        call_command("load_exchange", str(tmp_path))
