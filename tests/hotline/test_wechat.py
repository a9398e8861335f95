"""陈静 writes to the city's account on WeChat: a message becomes a ticket once, and nobody else gets in."""

from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from civic.hotline.models import Ticket
from civic.hotline.services.caller import look_up_code
from civic.hotline.states import Channel, Secrecy
from civic.idempotency.models import Replay
from tests.factories import hotline
from tests.factories.wechat import CHEN, LAMP, TOKEN, TUESDAY, letter, post, signed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_door_is_open(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    hotline.city()
    settings.WECHAT_TOKEN = TOKEN
    monkeypatch.setattr("civic.hotline.wechat.doors.now", lambda: TUESDAY)


def says(words: str, **how: Any) -> str:
    """What WeChat shows to who wrote."""
    answer = post(letter(words, **how))
    assert answer.status_code == 200, answer.content
    root = ET.fromstring(answer.content)
    assert (root.findtext("FromUserName"), root.findtext("MsgType")) == ("gh_luan", "text")
    assert root.findtext("ToUserName") == how.get("sender", CHEN)
    return root.findtext("Content") or ""


def test_a_message_becomes_one_anonymous_ticket_and_the_reply_names_number_and_code() -> None:
    told = says(LAMP)

    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.secrecy, ticket.received_at) == (Channel.WECHAT, Secrecy.ANONYMOUS, TUESDAY)
    assert ticket.clear("title") == "梅山南路公交站旁路灯三天不亮，晚上看不见路"
    assert ticket.clear("detail") == LAMP.removeprefix("反映 ")
    assert ticket.number in told
    assert look_up_code(ticket) in told
    assert "匿名" in told


def test_wechat_sends_a_message_again_and_there_is_still_one_ticket_and_the_same_reply() -> None:
    first = says(LAMP)

    assert says(LAMP) == first
    assert Ticket.objects.count() == 1
    assert says(LAMP, number="24412345678901235") != first
    assert Ticket.objects.count() == 2


def test_another_sender_with_the_same_number_gets_a_ticket_of_their_own_and_not_this_ones_code() -> None:
    says(LAMP)
    code = look_up_code(Ticket.objects.get())

    assert code not in says(LAMP, sender="oLiMing")
    assert Ticket.objects.count() == 2


def test_who_wrote_is_kept_nowhere() -> None:
    says(LAMP)

    ticket = Ticket.objects.get()
    assert ticket.caller is None
    assert ticket.phone_index is None
    assert CHEN.encode() not in bytes(Replay.objects.get().body)
    assert CHEN not in Replay.objects.get().key


def test_number_and_code_tell_where_it_stands_and_until_when() -> None:
    says(LAMP)
    ticket = Ticket.objects.get()

    told = says(f"查询 {ticket.number} {look_up_code(ticket)}")

    assert told.startswith(f"{ticket.number}：")
    assert "转给负责的单位：最晚 2026-03-04 12:00" in told
    assert f"/hotline/track/{ticket.number}/" in told


def test_a_wrong_code_is_not_told_from_a_wrong_number() -> None:
    says(LAMP)

    assert "没有找到这件诉求" in says(f"查询 {Ticket.objects.get().number} AAAAAAAA")


@pytest.mark.parametrize("words", ["你好", "路灯坏了", "查询", "查询 LA20260303", "", "🙂"])
def test_whatever_else_is_written_is_answered_with_what_to_do_and_makes_no_ticket(words: str) -> None:
    told = says(words)

    assert "发送“反映”" in told
    assert "报警110，火警119，急救120" in told
    assert Ticket.objects.count() == 0


def test_a_picture_a_place_or_a_new_follower_gets_the_same_help() -> None:
    assert "发送“反映”" in says("", kind="image", number="1")
    assert "发送“反映”" in says("", kind="event", number="")


def test_three_characters_and_too_many_are_refused_in_words() -> None:
    assert "至少4个字" in says("反映 灯坏")
    assert "2000" in says("反映 " + "灯" * 2_001)
    assert Ticket.objects.count() == 0


def test_one_sender_hands_in_so_many_a_day_and_others_are_not_hindered(settings: Any) -> None:
    settings.TICKETS_PER_DAY = 2
    for number in ("11111111", "22222222"):
        says(LAMP, number=number)

    refused = says(LAMP, number="33333333")

    assert Ticket.objects.count() == 2
    assert "编号" not in refused
    assert "编号" in says(LAMP, number="44444444", sender="oLiMing")


def test_wechat_proves_the_door_and_gets_its_echo() -> None:
    answer = Client().get("/api/wechat", signed(echostr="5930245"))

    assert (answer.status_code, answer.content, answer["Content-Type"]) == (
        200,
        b"5930245",
        "text/plain; charset=utf-8",
    )


@pytest.mark.parametrize(
    "query",
    [
        {},
        signed(token="guessed"),
        signed(at=TUESDAY - timedelta(minutes=11)),
        signed(at=TUESDAY + timedelta(minutes=11)),
        signed() | {"timestamp": "９" * 10},
        signed() | {"timestamp": "9" * 400},
        signed() | {"signature": "签名"},
    ],
    ids=["nothing", "guessed", "old", "future", "wide", "long", "words"],
)
def test_whoever_does_not_know_the_token_is_sent_away(query: dict[str, str]) -> None:
    assert post(letter(LAMP), query or {"nonce": "1"}).status_code == 403
    assert Client().get("/api/wechat", query).status_code == 403
    assert Ticket.objects.count() == 0


def test_without_a_token_of_the_citys_there_is_no_door(settings: Any) -> None:
    settings.WECHAT_TOKEN = ""

    assert post(letter(LAMP), signed(token="")).status_code == 404


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><xml><Content>&b;</Content></xml>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Content>&a;</Content></xml>'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<xml>",
        b"\xff\xfe\x00",
        BOMB,
        OUTSIDE,
        b"<xml/>",
        letter(LAMP, number="one"),
        b"<xml>" + b"x" * 20_000,
    ],
    ids=["empty", "json", "open", "bytes", "bomb", "outside", "nobody", "number", "long"],
)
def test_what_is_no_message_is_refused_and_makes_no_ticket(body: bytes) -> None:
    assert post(body).status_code == 400
    assert Ticket.objects.count() == 0
