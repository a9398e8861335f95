"""Anybody verifies a licence: by code, by an address out of a QR code, by a file; garbage is told apart."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from civic.audit.models import Entry
from civic.licences.models import Ground, Use
from tests.factories import wallet
from tests.factories.accounts import MONDAY, at_home
from tests.factories.licences import signed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list:
    time = [MONDAY + timedelta(minutes=5)]
    monkeypatch.setattr("civic.licences.portal.verify.now", lambda: time[0])
    return time


def words(page) -> str:
    return page.content.decode()


def upload(content: bytes, name: str = "licence.json"):
    return Client().post("/verify/", {"file": SimpleUploadedFile(name, content)})


@pytest.mark.parametrize("shape", ["{code}", "{dashed}", "{lower}", "https://example.test/v/{code}"])
def test_a_code_is_found_however_it_is_typed(shape):
    held = wallet.own_licence()
    typed = shape.format(code=held.code, dashed=held.shown_code, lower=held.shown_code.lower())

    answer = Client().post("/verify/", {"code": typed})

    assert answer["Location"] == held.path
    assert "证照真实有效" in words(Client().get(answer["Location"]))


def test_a_show_code_typed_leads_to_what_is_shown():
    _code, token = wallet.shown(at=MONDAY + timedelta(minutes=5))

    answer = Client().post("/verify/", {"code": f"{token[:5]}-{token[5:]}".lower()})

    assert answer["Location"] == f"/s/{token}"
    assert Client().get(answer["Location"]).status_code == 200


@pytest.mark.parametrize("typed", ["", "12345", "https://example.test/"])
def test_what_can_be_no_code_is_told_beside_the_field(typed):
    answer = Client().post("/verify/", {"code": typed})

    assert answer.status_code == 422
    assert "govuk-error-summary" in words(answer)


def test_a_code_that_nobody_has_is_not_found():
    answer = Client().get("/v/ABCDEFGHJKLMNPQR")

    assert answer.status_code == 404
    assert "没有这个查验码对应的证照" in words(answer)
    assert 'href="/verify/"' in words(answer)


@pytest.mark.parametrize(("verb", "said"), [("suspend", "已暂停使用"), ("revoke", "已注销或撤销")])
def test_a_genuine_licence_that_does_not_hold_is_told_as_such(verb, said):
    held = wallet.own_licence()
    getattr(held, verb)(Ground("核查。"), by="rules", at=MONDAY)

    page = words(Client().get(held.path))

    assert said in page and "证照真实，但现在不能用" in page
    assert "核查" not in page


def test_a_file_is_genuine_and_with_one_changed_letter_it_is_not():
    kept = signed().renderings.get(form="JSON").content

    good, bad = upload(kept), upload(kept.replace("王小宝".encode(), "王小贝".encode()))

    assert "证照真实有效" in words(good) and "王小宝" in words(good)
    assert "内容被改动过" in words(bad) and "王小贝" not in words(bad)


def test_a_credential_shows_what_its_holder_disclosed():
    from civic.licences.formats import sd_jwt

    whole = signed().renderings.get(form="SD_JWT").content

    page = words(upload(sd_jwt.select(whole, {"name"}), "licence.sdjwt"))

    assert "王小宝" in page and "341502201605060031" not in page
    assert "持证人没有出示另外10项内容" in page


@pytest.mark.parametrize("content", [b"", b"\x00" * (10 * 1024 * 1024), b"{" * 200_000, b"%PDF-1.7\n" + b"x" * 5000])
def test_garbage_is_told_apart_and_breaks_nothing(content):
    answer = upload(content, "garbage.pdf")

    assert answer.status_code in (200, 422)
    assert "证照真实" not in words(answer)


def test_more_than_ten_megabytes_is_no_licence_file():
    answer = upload(b"\x01" * (10 * 1024 * 1024 + 1), "garbage.bin")

    assert answer.status_code == 422
    assert "文件太大" in words(answer)


def test_guessing_is_stopped(clock):
    client = Client()
    for _ in range(60):
        assert client.get("/v/ABCDEFGHJKLMNPQR").status_code == 404

    stopped = client.get("/v/ABCDEFGHJKLMNPQR")
    clock[0] += timedelta(minutes=11)

    assert stopped.status_code == 429
    assert at_home(wallet.sun()).get("/v/ABCDEFGHJKLMNPQR").status_code == 404
    assert client.get("/v/ABCDEFGHJKLMNPQR").status_code == 404


def test_the_pages_are_there_in_english():
    held = wallet.own_licence()
    client = at_home(wallet.wang())
    client.cookies["language"] = "en"
    client.get("/preferences/language/en/?next=/")

    assert "Genuine and valid" in words(client.get(held.path))


def test_the_holder_sees_that_somebody_verified_by_code_and_when_and_not_who(clock):
    held = wallet.own_licence()

    Client().get(held.path, REMOTE_ADDR="203.0.113.9")
    Client().get(held.path)  # loaded again
    clock[0] += timedelta(minutes=2)
    at_home(wallet.sun()).get(held.path)

    asked = list(Use.objects.of_licence(held).order_by("pk"))
    assert [(use.kind, use.used_at, use.reader, use.fields, use.department) for use in asked] == [
        ("VERIFIED", MONDAY + timedelta(minutes=minutes), "anybody", [], None) for minutes in (5, 7)
    ]
    entries = Entry.objects.filter(step="licences.use.note")
    assert {entry.actor for entry in entries} == {"anybody"}
    assert wallet.sun().ledger_id() not in str(list(entries.values()))
    page = words(at_home(wallet.wang()).get("/my/licences/uses/"))
    assert "2026年3月2日 09:07" in page.split("谁核验过真伪", 1)[1]
    assert "孙浩" not in page
    licence_page = words(at_home(wallet.wang()).get(f"/my/licences/{held.token}/"))
    assert "2026年3月2日 09:07" in licence_page.split("最近一次是")[1][:90]


def test_a_holder_who_looks_themselves_and_a_code_that_nobody_has_leave_no_trace():
    held = wallet.own_licence()

    at_home(wallet.wang()).get(held.path)
    Client().get("/v/ABCDEFGHJKLMNPQR")

    assert Use.objects.count() == 0
