"""A licence moves by its department's decisions and by time; past uses are judged as of their date."""

from datetime import date, timedelta

import pytest

from civic.audit.models import Entry
from civic.core.errors import NotAllowed
from civic.licences import services
from civic.licences.models import Ground, GroundWrong, Licence
from civic.workflow.models import StepRefused
from tests.factories.accounts import MONDAY, department, official, resident
from tests.factories.catalogue import published_service
from tests.factories.licences import DEPARTMENTS, licence

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
THEFT = Ground("户口迁出核查。", decision="六公（户）〔2026〕7号")


def leader(code: str = "gaj", roles: tuple[str, ...] = ("unit_leader",)):
    return official("赵刚", department=department(code, DEPARTMENTS[code]), roles=roles)


def test_a_suspension_and_its_end_are_in_the_history_with_reason_actor_and_decision():
    found, zhao = licence(), leader()

    found.suspend(THEFT, by=zhao, at=MONDAY + DAY)
    found.resume(Ground("核查完毕。"), by=zhao, at=MONDAY + 3 * DAY)

    rows = [(m.step, m.state, m.effective_at, m.reason, m.decision, m.actor) for m in found.moves.order_by("pk")]
    assert rows == [
        ("issue", "VALID", MONDAY, "", "", "rules"),
        ("suspend", "SUSPENDED", MONDAY + DAY, "户口迁出核查。", "六公（户）〔2026〕7号", zhao.ledger_id()),
        ("resume", "VALID", MONDAY + 3 * DAY, "核查完毕。", "", zhao.ledger_id()),
    ]
    days = [found.state_as_of(MONDAY + shift * DAY) for shift in (-1, 0, 2, 3)]
    assert days == [None, "VALID", "SUSPENDED", "VALID"]


def test_fraud_is_revoked_from_the_first_day_so_that_no_past_use_was_valid():
    found = licence()

    found.revoke(Ground("以虚假材料取得。", effective_at=MONDAY), by=leader(), at=MONDAY + 30 * DAY)

    assert found.state == "REVOKED"
    assert found.state_as_of(MONDAY + DAY) == "REVOKED"


@pytest.mark.parametrize(
    "ground",
    [
        Ground(" "),
        Ground("原因。", effective_at=MONDAY - DAY),
        Ground("原因。", effective_at=MONDAY + 9 * DAY),
        Ground("因" * 501),
    ],
    ids=["no reason", "before the issue", "in the future", "too long"],
)
def test_without_a_proper_ground_nothing_changes(ground):
    found = licence()

    with pytest.raises(GroundWrong):
        found.suspend(ground, by=leader(), at=MONDAY + DAY)

    assert Licence.objects.get(pk=found.pk).state == "VALID"
    assert found.moves.count() == 1
    assert not Entry.objects.filter(step="licences.licence.suspend").exists()


def test_strangers_other_departments_and_handlers_change_nothing():
    found = licence()
    for stranger in (resident("孙浩"), leader("rsj"), leader(roles=("unit_handler",))):
        with pytest.raises(NotAllowed):
            found.revoke(THEFT, by=stranger, at=MONDAY + DAY)

    assert Licence.objects.get(pk=found.pk).state == "VALID"


def test_a_revoked_licence_does_not_come_back():
    found = licence()
    found.revoke(THEFT, by="rules", at=MONDAY)

    for verb in (found.suspend, found.resume, found.revoke):
        with pytest.raises(StepRefused):
            verb(THEFT, by="rules", at=MONDAY)


def test_a_new_edition_supersedes_the_old_one():
    old = licence()
    new = licence(case="LA202603020000000025", replaces=old)

    old.supersede(Ground("地址变更换发。"), by="rules", at=MONDAY + DAY, successor=new)

    assert (old.state, new.state, new.edition) == ("SUPERSEDED", "VALID", 2)
    assert new.number.split(".")[-2] == "002"


def test_a_licence_is_not_superseded_by_one_that_does_not_name_it():
    old, other = licence(), licence(case="LA202603020000000025")

    with pytest.raises(GroundWrong):
        old.supersede(Ground("换发。"), by="rules", at=MONDAY, successor=other)

    assert Licence.objects.get(pk=old.pk).state == "VALID"


def test_the_last_day_over_it_expires_once_and_counts_from_midnight():
    found = licence("road_permit", valid_until=date(2026, 3, 4))
    on_the_day, after = MONDAY + 2 * DAY, MONDAY + 3 * DAY

    assert services.expire_over(at=on_the_day) == 0
    assert services.expire_over(at=after) == 1
    assert services.expire_over(at=after) == 0

    found.refresh_from_db()
    assert found.state == "EXPIRED"
    assert found.moves.get(step="expire").effective_at == found.ends_at
    assert (found.state_as_of(on_the_day), found.state_as_of(after)) == ("VALID", "EXPIRED")


def test_before_the_sweep_an_over_licence_already_counts_as_expired():
    found = licence("road_permit", valid_until=date(2026, 3, 4))

    assert found.state == "VALID"
    assert found.state_as_of(MONDAY + 3 * DAY) == "EXPIRED"
    assert list(Licence.objects.valid(at=MONDAY + 3 * DAY)) == []
    assert list(Licence.objects.valid(at=MONDAY + 2 * DAY)) == [found]


def test_who_sees_a_licence():
    wang = resident("王芳", id_number="341502199001010025")
    found = licence(holder=wang.person)
    seen = {
        "holder": wang,
        "stranger": resident("孙浩"),
        "issuer": leader(),
        "other department": leader("rsj"),
        "operator": leader(roles=("operator",)),
        "auditor": leader("rsj", roles=("auditor",)),
    }

    who = {name for name, account in seen.items() if Licence.objects.visible_to(account).filter(pk=found.pk).exists()}

    assert who == {"holder", "issuer", "auditor"}


def test_a_reminder_leads_to_the_service_that_renews_or_to_the_licence_itself():
    wang = resident("王芳", id_number="341502199001010025")
    held = licence("road_permit", holder=wang.person, valid_until=date(2026, 3, 12))

    services.remind(at=MONDAY + 3 * DAY)
    published_service("LA-CG-001", department="cgj", name="临时占用城市道路审批", steps=[])
    services.remind(at=MONDAY + 7 * DAY)

    first, second = wang.notices.order_by("pk")
    assert f"/my/licences/{held.token}/" in first.body
    assert "/services/LA-CG-001/" in second.body


def test_reminders_are_written_once_on_the_days_of_the_type():
    wang = resident("王芳", id_number="341502199001010025")
    licence("road_permit", holder=wang.person, valid_until=date(2026, 3, 12))

    sent = [services.remind(at=MONDAY + days * DAY) for days in range(11)]
    again = services.remind(at=MONDAY + 3 * DAY)

    assert sent == [0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0]
    assert again == 1
    assert wang.notices.count() == 3
