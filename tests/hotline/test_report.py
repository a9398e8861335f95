"""Residents' ways in: one thing a page, with or without an account, sent once."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from civic.accounts.models import Account
from civic.hotline.models import Ticket
from civic.hotline.services.caller import look_up_code
from tests.factories import hotline
from tests.factories.accounts import MONDAY, at_home, resident
from tests.factories.documents import picture

pytestmark = pytest.mark.django_db
NOON = MONDAY + timedelta(hours=3)
WHAT = {"kind": "HELP", "title": "梅山路路灯不亮", "detail": hotline.LAMP}
WHO = {"secrecy": "NAMED", "name": "王芳", "phone": "138 0000 5678"}
WRITE = "/hotline/write/report/"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    hotline.city()
    for door in ("report", "mine", "register"):
        monkeypatch.setattr(f"civic.hotline.portal.{door}.now", lambda: NOON)


def post(client: Client, page: str, **answers: Any) -> Any:
    return client.post(f"{WRITE}{page}/", answers)


def written(client: Client, **changes: str) -> Client:
    """Everything is written, up to the page where it is checked."""
    post(client, "what", **{**WHAT, **changes})
    post(client, "where", county="341502", place="梅山路与皖西大道交口")
    post(client, "photos")
    post(client, "open", public="yes")
    post(client, "who", **WHO)
    return client


def token(client: Client) -> str:
    page = client.get(f"{WRITE}check/").content.decode()
    return page.split('name="token" value="')[1].split('"')[0]


def test_somebody_without_an_account_reports_and_gets_a_receipt_with_number_and_code() -> None:
    client = written(Client())

    sent = post(client, "check", token=token(client))

    ticket = Ticket.objects.get()
    assert sent["Location"] == f"/hotline/receipt/{ticket.number}/"
    assert (ticket.clear("name"), ticket.clear("phone"), ticket.caller) == ("王芳", "138 0000 5678", None)
    assert (ticket.area.code, ticket.wants_public, ticket.channel) == ("341502", True, "WEB")
    receipt = client.get(sent["Location"]).content.decode()
    assert ticket.number in receipt
    assert look_up_code(ticket) in receipt


def test_the_pages_follow_each_other_and_leave_out_what_there_is_nothing_to_choose_on() -> None:
    client = Client()

    assert post(client, "what", **WHAT)["Location"] == f"{WRITE}where/"
    assert post(client, "where", county="", place="")["Location"] == f"{WRITE}photos/"
    assert post(client, "photos")["Location"] == f"{WRITE}open/"
    assert post(client, "open", public="no")["Location"] == f"{WRITE}who/"
    assert post(client, "who", secrecy="ANONYMOUS")["Location"] == f"{WRITE}check/"


def test_a_county_with_towns_asks_for_the_town(settings: object) -> None:
    from civic.areas.models import Area

    jinan = Area.objects.get(code="341502")
    Area.objects.create(code="341502001", name="中市街道", level="TOWN", parent=jinan)
    client = Client()
    post(client, "what", **WHAT)
    assert post(client, "where", county="341502", place="")["Location"] == f"{WRITE}town/"

    post(client, "town", town="341502001")
    post(client, "photos")
    post(client, "open", public="no")
    post(client, "who", secrecy="ANONYMOUS")
    post(client, "check", token=token(client))

    assert Ticket.objects.get().area.name == "中市街道"


def test_what_was_typed_is_kept_when_something_is_wrong_and_says_what() -> None:
    client = Client()

    answer = post(client, "what", kind="HELP", title="灯", detail=hotline.LAMP)

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "标题：请写4至80字" in page
    assert hotline.LAMP in page
    assert hotline.LAMP in client.get(f"{WRITE}what/").content.decode()


def test_a_page_cannot_be_jumped_to() -> None:
    client = Client()

    assert client.get(f"{WRITE}check/")["Location"] == f"{WRITE}what/"
    post(client, "what", **WHAT)
    assert client.get(f"{WRITE}check/")["Location"] == f"{WRITE}open/"


def test_a_double_click_makes_one_ticket() -> None:
    client = written(Client())
    once = token(client)

    first = post(client, "check", token=once)
    second = post(client, "check", token=once)

    assert first["Location"] == second["Location"]
    assert Ticket.objects.count() == 1


def test_a_token_of_somebody_else_sends_nothing() -> None:
    client = written(Client())

    answer = post(client, "check", token=uuid4().hex)

    assert answer["Location"] == f"{WRITE}what/"
    assert Ticket.objects.count() == 0


def test_an_anonymous_report_of_somebody_logged_in_is_tied_to_nobody_and_shows_no_phone_anywhere() -> None:
    wang = resident("王芳", phone="13800005678")
    client = at_home(wang)
    written(client)
    post(client, "who", secrecy="ANONYMOUS")

    sent = post(client, "check", token=token(client))

    ticket = Ticket.objects.get()
    assert (ticket.caller, ticket.name_sealed, ticket.phone_sealed, ticket.phone_index) == (None, None, None, None)
    assert ticket.key_id != wang.person.key_id
    for address in (sent["Location"], f"/my/requests/{ticket.number}/", "/my/requests/"):
        page = client.get(address).content.decode()
        assert "13800005678" not in page
        assert "5678" not in page
    assert ticket.number not in client.get("/my/requests/").content.decode()


def test_photos_need_an_account_and_do_not_go_with_an_anonymous_report() -> None:
    client = at_home(resident("王芳"))
    written(client)
    client.post(f"{WRITE}photos/", {"photos": SimpleUploadedFile("灯.jpg", picture(), "image/jpeg")})
    refused = post(client, "who", secrecy="ANONYMOUS")
    assert refused.status_code == 422
    assert "匿名提交会露出身份" in refused.content.decode()

    post(client, "who", secrecy="CONFIDENTIAL")
    post(client, "check", token=token(client))

    assert len(Ticket.objects.get().documents) == 1


def test_after_so_many_in_a_day_nothing_more_is_taken_in(settings: Any) -> None:
    settings.TICKETS_PER_DAY = 1
    client = written(Client())
    post(client, "check", token=token(client))
    written(client, title="另一件：井盖松了")

    answer = post(client, "check", token=token(client))

    assert answer.status_code == 429
    assert Ticket.objects.count() == 1
    assert "另一件：井盖松了" in client.get(f"{WRITE}check/").content.decode()


def test_somebody_else_has_said_the_same_and_one_says_me_too_instead() -> None:
    first = hotline.ticket()
    sun: Account = resident("孙浩")
    client = at_home(sun)
    post(client, "what", **WHAT)
    assert post(client, "where", county="", place="")["Location"] == f"{WRITE}near/"
    page = client.get(f"{WRITE}near/").content.decode()
    assert "我也遇到" in page
    assert "梅山路" not in page.split("<main")[1]  # what nobody has moderated is not shown to others

    client.post(f"/hotline/register/{first.handle}/voice/", {"instead": "report"})

    assert [voice.account for voice in first.voices.all()] == [sun]
    assert client.get(f"{WRITE}check/")["Location"] == f"{WRITE}what/"
    assert Ticket.objects.count() == 1


def test_a_report_of_wrongdoing_is_never_public_and_nobody_is_asked() -> None:
    client = Client()
    post(client, "what", **{**WHAT, "kind": "REPORT"})
    post(client, "where", county="", place="")
    assert post(client, "photos")["Location"] == f"{WRITE}who/"
    post(client, "who", secrecy="CONFIDENTIAL", name="王芳", phone="13800005678")

    post(client, "check", token=token(client))

    ticket = Ticket.objects.get()
    assert (ticket.kind, ticket.secrecy, ticket.wants_public) == ("REPORT", "CONFIDENTIAL", False)
    assert ticket.why_not("publish", hotline.xu_hui(), at=NOON) is not None


def test_a_letter_to_the_mayor_names_its_unit() -> None:
    client = Client()
    write = "/hotline/write/mailbox/"
    answers = {
        "kind": "SUGGESTION",
        "unit": "cgj",
        "title": "建议增加公园座椅",
        "detail": "中央公园老人多，座椅太少。",
    }
    assert client.post(f"{write}what/", {**answers, "unit": ""}).status_code == 422
    client.post(f"{write}what/", answers)
    client.post(f"{write}photos/", {})
    client.post(f"{write}open/", {"public": "yes"})
    client.post(f"{write}who/", WHO)
    page = client.get(f"{write}check/").content.decode()
    client.post(f"{write}check/", {"token": page.split('name="token" value="')[1].split('"')[0]})

    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.addressed_to.code, ticket.kind) == ("MAILBOX", "cgj", "SUGGESTION")


def test_what_could_not_be_got_done_has_its_own_clock_and_says_where_and_why() -> None:
    client = Client()
    write = "/hotline/write/failed/"
    client.post(f"{write}failed/", {"service": "社保卡补办", "failed_at": "hall", "case": ""})
    client.post(f"{write}why/", {"failed_why": "system", "detail": "窗口说系统坏了，让我下周再来，已经第三次。"})
    client.post(f"{write}photos/", {})
    client.post(f"{write}who/", WHO)
    page = client.get(f"{write}check/").content.decode()
    client.post(f"{write}check/", {"token": page.split('name="token" value="')[1].split('"')[0]})

    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.clear("title"), ticket.profile.code) == ("FAILED", "办不成：社保卡补办", "failed")
    assert ticket.facts == {"failed_at": "hall", "failed_why": "system"}
    assert ticket.act_by == NOON + timedelta(hours=2)  # one office hour after the break at noon


OPEN = ["/hotline/", "/hotline/failed/", "/hotline/grounds/", "/mailbox/", "/hotline/track/", "/hotline/register/"]


@pytest.mark.parametrize("address", OPEN)
def test_the_ways_in_are_open_to_everybody(address: str) -> None:
    assert Client().get(address).status_code == 200
