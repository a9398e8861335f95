"""The wallet in the browser: list, one licence, show code scanned by a stranger, requests answered."""

import io
import re
from datetime import timedelta
from urllib.parse import unquote, urlsplit

import pytest
import segno
import zxingcpp
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from civic.licences import tasks
from civic.licences.models import Ground, Presentation, Use, UseRequest
from civic.licences.services import sign_licence, verify_file
from tests.factories import wallet
from tests.factories.accounts import MONDAY, at_home, official

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list:
    """The doors' clock: five past nine on Monday, until a test sets it."""
    time = [LATER]
    for door in ("wallet", "showing", "requests", "verify"):
        monkeypatch.setattr(f"civic.licences.portal.{door}.now", lambda: time[0])
    return time


def text_of(page) -> str:
    return page.content.decode()


def scanned(page: str) -> str:
    """The address in the page's QR code, as a phone reads it: the picture is drawn and decoded by another library."""
    (source,) = re.findall(r'<img class="c-code__qr" src="([^"]+)"', page)
    svg = unquote(source.removeprefix("data:image/svg+xml;charset=utf-8,"))
    address = decoded(svg)
    assert address
    return address


def decoded(svg: str) -> str:
    """Draw the one path of segno's SVG (moves and horizontal strokes) and read it back."""
    width, height = (int(number) for number in re.search(r"width='(\d+)' height='(\d+)'", svg).groups())
    scale, path = int(re.search(r"scale\((\d+)\)", svg)[1]), re.search(r"class='qrline'[^>]* d='([^']+)'", svg)[1]
    picture = Image.new("L", (width, height), 255)
    x = y = 0.0
    for command, numbers in re.findall(r"([MmHh])([-\d. ]*)", path):
        values = [float(n) for n in re.findall(r"-?\d*\.?\d+", numbers)]
        if command == "M":
            x, y = values
        elif command == "m":
            x, y = x + values[0], y + values[1]
        else:
            left, top = round(x * scale), round((y - 0.5) * scale)
            picture.paste(0, (left, top, left + round(values[0] * scale), top + scale))
            x += values[0]
    (found,) = zxingcpp.read_barcodes(picture)
    return str(found.text)


def test_the_list_shows_valid_licences_first_masked_and_says_what_ends_soon():
    held = wallet.own_licence()
    card = wallet.own_licence("social_security_card", valid_until=(LATER + timedelta(days=9)).date())
    gone = wallet.own_licence("marriage_certificate")
    gone.revoke(Ground("登记信息有误。"), by="rules", at=MONDAY)

    page = text_of(at_home(wallet.wang()).get("/my/licences/"))

    assert "王小宝" not in page and "341502201605060031" not in page
    valid, _title, ended = page.partition("现在不能使用的证照")
    assert f"/my/licences/{held.token}/" in valid and f"/my/licences/{card.token}/" in valid
    assert "还有9天到期" in valid and "长期有效" in valid
    assert f"/my/licences/{gone.token}/" in ended and "已注销" in ended
    assert f"/my/licences/{gone.token}/show/" not in ended


def test_an_empty_wallet_says_how_it_fills():
    page = text_of(at_home(wallet.sun()).get("/my/licences/"))

    assert "您名下还没有电子证照。" in page
    assert 'href="/services/"' in page


def test_a_licence_is_its_holders_alone():
    held = wallet.own_licence()
    here = f"/my/licences/{held.token}/"

    for path in ("", "show/", "code/?field=name", "file/json/"):
        assert at_home(wallet.sun()).get(here + path).status_code == 404
        assert Client().get(here + path).status_code == 302
        assert at_home(official("李强", department=held.authority)).get(here + path).status_code == 404
    assert Presentation.objects.count() == 0


def test_the_whole_is_shown_on_demand_and_not_kept_by_the_browser():
    held = wallet.own_licence()
    wang = at_home(wallet.wang())

    masked, clear = (wang.get(f"/my/licences/{held.token}/{query}") for query in ("", "?clear=1"))

    assert "341502201605060031" not in text_of(masked)
    assert "341502201605060031" in text_of(clear)
    assert "no-store" in clear["Cache-Control"]
    assert held.shown_code in text_of(masked) and held.number in text_of(masked)


def test_signed_forms_are_handed_out_as_they_are():
    held = wallet.own_licence()
    wang = at_home(wallet.wang())
    assert wang.get(f"/my/licences/{held.token}/file/json/").status_code == 404
    assert "正在生成" in text_of(wang.get(f"/my/licences/{held.token}/"))
    tasks.sign(licence=held.pk)

    for name, kind in (("json", "application/json"), ("sd-jwt", "application/dc+sd-jwt")):
        answer = wang.get(f"/my/licences/{held.token}/file/{name}/")

        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        assert verify_file(answer.content, at=LATER).is_valid
    assert wang.get(f"/my/licences/{held.token}/file/doc/").status_code == 404


def test_a_stranger_scans_the_code_and_sees_the_chosen_fields_once(clock):
    held = wallet.own_licence()
    wang = at_home(wallet.wang())

    choose = text_of(wang.get(f"/my/licences/{held.token}/show/"))
    page = text_of(wang.get(f"/my/licences/{held.token}/code/?field=name&field=born_on"))
    address = urlsplit(scanned(page))
    assert 'name="field"' in choose
    assert 'http-equiv="refresh"' in page.partition("<noscript>")[2].partition("</noscript>")[0]

    stranger = Client()
    offer = stranger.get(address.path)
    assert (offer.status_code, "王小宝" in text_of(offer)) == (200, False)
    assert "姓名" in text_of(offer) and "出生日期" in text_of(offer)
    again = stranger.get(address.path)
    assert again.status_code == 200  # a preview does not use the code up
    assert stranger.post(address.path).status_code == 422
    seen = stranger.post(address.path, {"reading": "identity"})

    shown = text_of(seen)
    assert "王小宝" in shown and "2016-05-06" in shown
    assert "341502201605060031" not in shown and "示范路" not in shown
    assert "no-store" in seen["Cache-Control"]
    for answer in (stranger.post(address.path, {"reading": "identity"}), Client().get(address.path)):
        assert answer.status_code == 410
        assert "已经被查看过一次" in text_of(answer)
    assert Use.objects.get().purpose == "核对身份"
    uses = text_of(wang.get("/my/licences/uses/"))
    assert "核对身份" in uses and "未登录的查看人" in uses and "姓名、出生日期" in uses


def test_the_code_turns_every_minute_and_stops_when_it_was_read(clock):
    held = wallet.own_licence()
    wang = at_home(wallet.wang())
    here = f"/my/licences/{held.token}/code/?field=name"
    first = text_of(wang.get(here))
    follow = re.search(r'hx-get="([^"]+)"', first)[1].replace("&amp;", "&")

    early = wang.get(follow, headers={"HX-Request": "true"})
    clock[0] = LATER + timedelta(seconds=61)
    late = text_of(Client().get(urlsplit(scanned(first)).path))
    turned = wang.get(follow, headers={"HX-Request": "true"})

    assert early.status_code == 204
    assert "已经过期" in late
    assert turned.status_code == 200 and "<html" not in text_of(turned)
    assert scanned(text_of(turned)) != scanned(first)
    Client().post(urlsplit(scanned(text_of(turned))).path, {"reading": "entry"})
    follow = re.search(r'hx-get="([^"]+)"', text_of(turned))[1].replace("&amp;", "&")
    told = text_of(wang.get(follow, headers={"HX-Request": "true"}))
    assert "对方已经看过" in told and "入学、入住、入场登记" in told
    assert "hx-get" not in told
    assert Presentation.objects.count() == 2


def test_a_phone_that_is_left_lying_does_not_go_on_for_ever():
    held = wallet.own_licence()

    page = text_of(at_home(wallet.wang()).get(f"/my/licences/{held.token}/code/?field=name&turn=10"))

    assert "继续出示" in page
    assert Presentation.objects.count() == 0


def test_nothing_chosen_is_told_beside_the_choice():
    held = wallet.own_licence()

    answer = at_home(wallet.wang()).get(f"/my/licences/{held.token}/code/")

    assert answer.status_code == 422
    assert "请至少选择一项要出示的内容。" in text_of(answer)


def test_the_qr_code_of_the_licence_itself_leads_to_its_public_page():
    held = wallet.own_licence()
    page = text_of(at_home(wallet.wang()).get(f"/my/licences/{held.token}/"))
    (source,) = re.findall(r'<img class="c-qr" src="([^"]+)"', page)

    address = urlsplit(decoded(unquote(source.removeprefix("data:image/svg+xml;charset=utf-8,"))))

    assert address.path == held.path
    public = text_of(Client().get(address.path))
    assert "证照真实有效" in public and "王**" in public and "状态截至" in public
    assert "王小宝" not in public and "王芳" not in public and "示范路" not in public


def test_the_father_reads_what_is_asked_and_agrees_then_takes_it_back():
    asked, sun = wallet.request(), at_home(wallet.sun())
    here = f"/my/licences/requests/{asked.handle}/"

    assert here in text_of(sun.get("/my/licences/"))
    page = text_of(sun.get(here))
    assert wallet.WORDS in page and "王芳" in page and "只记录您是否同意" in page and "我同意" in page
    assert UseRequest.objects.get().state == "ASKED"
    assert sun.post(here + "grant/")["Location"] == here
    assert "撤回同意" in text_of(sun.get(here))
    assert sun.post(here + "decline/").status_code == 409
    sun.post(here + "withdrawal/")

    assert UseRequest.objects.get().state == "WITHDRAWN"
    assert "同意后又撤回" in text_of(sun.get("/my/licences/uses/"))


def test_a_request_names_every_field_that_would_be_shared():
    wallet.own_licence("marriage_certificate")
    asked = wallet.request(
        holder=wallet.wang(), asker=wallet.sun(), purpose="use", types={"marriage_certificate": ["name", "spouse_name"]}
    )

    page = text_of(at_home(wallet.wang()).get(f"/my/licences/requests/{asked.handle}/"))

    block = page.partition("会用到您的哪些数据")[2].partition("我同意")[0]
    assert re.findall(r"<li>([^<]+)</li>", block) == ["持证人姓名", "配偶姓名"]


def test_a_request_is_not_seen_by_others_nor_answered_by_them():
    asked, wang = wallet.request(), at_home(wallet.wang())
    here = f"/my/licences/requests/{asked.handle}/"

    assert [wang.get(here).status_code, wang.post(here + "grant/").status_code] == [404, 404]
    assert UseRequest.objects.get().state == "ASKED"


@pytest.mark.parametrize("address", ["/my/licences/", "/my/licences/uses/"])
def test_the_lists_ask_as_often_for_many_as_for_one(address):
    sun = at_home(wallet.sun())

    def fill(number: int) -> int:
        wallet.request(case=f"case-{number}")
        held = wallet.licence(holder=wallet.sun().person, case=f"LA{number}")
        _code, token = wallet.services.show_licence(licence=held, fields=["name"], by=wallet.sun(), at=MONDAY)
        wallet.services.read_shown(
            token=token, reading="identity", reader=wallet.Reader(account=None, address="::1"), at=MONDAY
        )
        with CaptureQueriesContext(
            connection,
        ) as asked:
            sun.get(address)
        return len(asked)

    fill(0)
    few = fill(1)
    for number in range(2, 6):
        many = fill(number)

    assert many == few


def test_a_pdf_file_is_ready_when_the_worker_has_set_it():
    held = wallet.own_licence()
    sign_licence(licence=held, by="test", at=MONDAY)

    page = text_of(at_home(wallet.wang()).get(f"/my/licences/{held.token}/"))

    assert f"/my/licences/{held.token}/file/json/" in page
    assert f"/my/licences/{held.token}/file/pdf/" not in page


def test_the_drawn_picture_is_what_segno_means():
    code = segno.make("https://example.test/v/ABC", error="m", micro=False)
    out = io.BytesIO()
    code.save(out, kind="png", scale=4)

    (found,) = zxingcpp.read_barcodes(Image.open(out).convert("L"))

    assert found.text == decoded(unquote(code.svg_data_uri(scale=4, border=2, light="#fff").partition(",")[2]))
