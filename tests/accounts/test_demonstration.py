"""The demonstration's people exist, log in the real way, and exist nowhere else."""

import pytest
from django.core.management import call_command
from django.http import Http404
from django.test import Client, RequestFactory
from django.utils import timezone

from civic.accounts import second_factor as factor
from civic.accounts.demonstration import (
    OFFICIALS,
    PASSWORD,
    create_demonstration_accounts,
    demonstration_accounts,
    describe,
    secret_of,
)
from civic.accounts.models import Account, Mandate, Official, OutboxMessage, Person
from civic.accounts.models.demonstration import KEPT
from civic.accounts.portal import demonstration as pages
from civic.accounts.rules import ROLES, why_not_these_roles
from civic.adapters.sms import check, client
from civic.core import personal
from tests.factories.accounts import MONDAY

pytestmark = pytest.mark.django_db


def test_they_are_made_once() -> None:
    assert create_demonstration_accounts(at=MONDAY) == 24
    assert create_demonstration_accounts(at=MONDAY) == 0

    assert Account.objects.count() == 24
    assert Person.objects.filter(is_demonstration=True).count() == Person.objects.count() == 6
    assert sorted(Mandate.objects.active(at=MONDAY).values_list("kind", flat=True)) == ["CHILD", "FIRM", "PARENT"]


def test_every_role_has_somebody_and_nobody_has_two_that_clash() -> None:
    held = {role for *_, roles in OFFICIALS for role in roles}

    assert held == set(ROLES)
    assert [why_not_these_roles(roles) for *_, roles in OFFICIALS] == [None] * len(OFFICIALS)


def test_li_qiang_of_the_demonstration_logs_in_the_real_way(client: Client) -> None:
    create_demonstration_accounts(at=MONDAY)

    client.post("/office/login/", {"username": "rsj.liqiang", "password": PASSWORD})
    code = factor.code_at(secret_of("rsj.liqiang"), timezone.now().timestamp())
    assert client.post("/office/login/second/", {"code": code}).headers["Location"] == "/office/"

    assert Official.objects.get(account__username="rsj.liqiang").department.code == "rsj"


def test_the_outbox_shows_messages_masked_and_how_to_log_in(client: Client) -> None:
    create_demonstration_accounts(at=MONDAY)
    client.post("/login/", {"phone": "13911112222"})

    page = client.get("/demo/outbox/").content.decode()

    assert "139****2222" in page and "13911112222" not in page
    assert "rsj.liqiang" in page and PASSWORD in page


def test_the_operators_screen_names_everybody() -> None:
    lines = describe().splitlines()

    assert len(lines) == 1 + len(demonstration_accounts()) == 25
    assert "  王芳  居民（L3）: /login/ 13800005678" in lines
    assert f"  李强  综合窗口、经办人: /office/login/ rsj.liqiang {PASSWORD}" in lines


@pytest.mark.parametrize("door", [pages.outbox, pages.discovery, pages.authorize, pages.token, pages.userinfo])
def test_outside_a_demonstration_none_of_its_pages_exists(settings: object, door: object) -> None:
    settings.DEMONSTRATION = False  # type: ignore[attr-defined]

    with pytest.raises(Http404):
        door(RequestFactory().get("/"))  # type: ignore[operator]


def test_outside_a_demonstration_nobody_is_made(settings: object) -> None:
    settings.DEMONSTRATION = False  # type: ignore[attr-defined]

    call_command("create_demonstration_accounts")

    assert not Account.objects.exists()


def test_the_outbox_keeps_the_latest_two_hundred() -> None:
    for number in range(KEPT + 5):
        OutboxMessage.objects.keep(recipient="138****0000", text=str(number))

    assert list(OutboxMessage.objects.order_by("pk").values_list("text", flat=True)) == [
        str(number) for number in range(5, KEPT + 5)
    ]


def test_invented_numbers_are_well_formed() -> None:
    for person in Person.objects.all():
        assert personal.is_valid(person.id_number, "id_number")


def test_a_gateway_that_does_not_answer_is_named_and_nothing_is_sent(settings: object) -> None:
    settings.SMS_GATEWAY = "http://127.0.0.1:9/send"  # type: ignore[attr-defined]

    with pytest.raises(client.SmsUnavailable):
        client.send(phone="13800005678", text="你好")

    assert check.check() == "短信网关连接不上：ConnectError。"
    assert not OutboxMessage.objects.exists()
