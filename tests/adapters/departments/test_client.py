"""How a department is asked: who we are, what comes back, and every failure by its name."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from civic.adapters.departments import client, tokens
from civic.adapters.departments.check import check
from civic.adapters.departments.client import Receipt, ask, greet, tell, withdraw
from civic.adapters.departments.endpoint import Endpoint, endpoint_of
from civic.adapters.departments.failure import SourceFailed
from civic.adapters.departments.fake import in_process
from civic.adapters.departments.fake.server import Departments, running
from civic.adapters.departments.signing import Signable, sign
from civic.core.errors import Unavailable
from civic.core.wire import Reply, time_limit
from tests.adapters.departments.conftest import MONDAY, question
from tests.core.test_wire import issuer

WANGFANG = "341502199001010025"


def test_a_mother_is_found_and_only_what_was_asked_comes_back(anywhere: Callable[[str], Endpoint]) -> None:
    answer = ask(anywhere("gaj"), question("population", "name born_on hukou_city", id_number=WANGFANG), timeout=5)

    assert answer.records == [{"name": "王芳", "born_on": "1990-01-01", "hukou_city": True}]
    assert answer.as_of.isoformat() == "2026-03-02T00:00:00+08:00"


def test_what_a_source_says_beyond_the_question_is_dropped(played: None, monkeypatch: pytest.MonkeyPatch) -> None:
    talkative = b'{"records": [{"name": "x", "phone": "13800000000"}], "as_of": "2026-03-02T00:00:00Z"}'
    endpoint = endpoint_of("gaj")
    greet(endpoint, timeout=5)
    monkeypatch.setattr(in_process, "send", lambda *_args, **_named: Reply(200, {}, talkative))

    assert ask(endpoint, question("population", "name", id_number=WANGFANG), timeout=5).records == [{"name": "x"}]


def test_names_beyond_the_basic_plane_arrive_whole(anywhere: Callable[[str], Endpoint]) -> None:
    asked = question("birth_certificate", "mother_name father_name", certificate_no="T340000014")

    assert ask(anywhere("wjw"), asked, timeout=5).records == [
        {"mother_name": "陈\U0002cc56", "father_name": "周\U0002cb4e"}
    ]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "GARBAGE"),
        (b"[" * 100_000, "GARBAGE"),
        (b'{"records": [], "as_of": "2026-03-02T00:00:00Z"', "GARBAGE"),
        (b'{"records": [{"name": "\\u0000"}], "as_of": "2026-03-02T00:00:00Z"}', "GARBAGE"),
        (b'{"records": [{"name": NaN}], "as_of": "2026-03-02T00:00:00Z"}', "GARBAGE"),
        ('{"records": [{"name": "王芳"}], "as_of": "2026-03-02T00:00:00Z"}'.encode("gb18030"), "CHARSET"),
        ('{"records": [], "as_of": "2026-03-02T00:00:00Z"}'.encode("utf-16"), "CHARSET"),
        (b"[]", "SHAPE"),
        (b"null", "SHAPE"),
        (b'{"records": null, "as_of": "2026-03-02T00:00:00Z"}', "SHAPE"),
        (b'{"records": ["x"], "as_of": "2026-03-02T00:00:00Z"}', "SHAPE"),
        (b'{"records": []}', "SHAPE"),
        (b'{"records": [], "as_of": "yesterday"}', "SHAPE"),
        (b'{"records": [], "as_of": "2026-03-02T00:00:00"}', "SHAPE"),
        (b'{"records": [' + b",".join([b"{}"] * 501) + b'], "as_of": "2026-03-02T00:00:00Z"}', "TOO_LARGE"),
    ],
)
def test_an_answer_that_is_none_is_named(
    played: None, monkeypatch: pytest.MonkeyPatch, body: bytes, reason: str
) -> None:
    endpoint = endpoint_of("gaj")
    greet(endpoint, timeout=5)
    monkeypatch.setattr(in_process, "send", lambda *_args, **_named: Reply(200, {}, body))

    with pytest.raises(SourceFailed) as failed:
        ask(endpoint, question("population", "name", id_number=WANGFANG), timeout=5)

    assert failed.value.reason == reason


def test_an_answer_that_declares_another_charset_is_not_guessed_at(
    played: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = endpoint_of("gaj")
    greet(endpoint, timeout=5)
    headers = {"content-type": "application/json; charset=GBK"}
    monkeypatch.setattr(in_process, "send", lambda *_args, **_named: Reply(200, headers, b"{}"))

    with pytest.raises(SourceFailed, match="不是 UTF-8 编码"):
        ask(endpoint, question("population", "name", id_number=WANGFANG), timeout=5)


def test_a_failure_is_a_refusal_in_words_without_anybodys_data(played: None) -> None:
    in_process.town().switches.turn("gaj", "status", 503)

    with pytest.raises(Unavailable, match="数据来源报告自身出错。") as failed:
        ask(endpoint_of("gaj"), question("population", "name", id_number=WANGFANG), timeout=5)

    assert (failed.value.status, failed.value.reason, failed.value.detail, failed.value.heals) == (
        503, "STATUS", "503", True,
    )  # fmt: skip
    assert WANGFANG not in repr(failed.value)


def test_what_may_heal_at_once_says_so() -> None:
    healing = {
        (reason, detail)
        for reason, detail in [
            ("TIMEOUT", ""), ("REFUSED", ""), ("RESET", ""), ("STATUS", "500"), ("STATUS", "502"), ("STATUS", "404"),
            ("GARBAGE", ""), ("CHARSET", ""), ("TOO_LARGE", ""), ("SHAPE", ""), ("DENIED", ""), ("BLOCKED", ""),
        ]
        if SourceFailed(reason, detail).heals
    }  # fmt: skip

    assert healing == {("REFUSED", ""), ("RESET", ""), ("STATUS", "502")}


# Who we are


def test_one_token_serves_many_threads_and_calls(served: Departments, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched = _count_tokens(monkeypatch)
    asked = question("population", "name", id_number=WANGFANG)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: ask(endpoint_of("gaj"), asked, timeout=5).records, range(40)))

    assert answers == [[{"name": "王芳"}]] * 40
    assert fetched == ["gaj"]


def test_a_token_is_got_anew_shortly_before_it_ends(served: Departments, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched, clock = _count_tokens(monkeypatch), [1000.0]
    monkeypatch.setattr(tokens.time, "monotonic", lambda: clock[0])

    for clock[0] in (1000.0, 1569.0, 1571.0):
        monkeypatch.setattr("civic.core.wire.remaining", lambda: 5.0)
        monkeypatch.setattr(tokens, "remaining", lambda: 5.0)
        greet(endpoint_of("gaj"), timeout=5)

    assert fetched == ["gaj", "gaj"]  # good for 600 seconds; the last 30 are not used


def test_a_token_that_a_restarted_department_has_forgotten_is_got_anew_once(
    served: Departments, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched = _count_tokens(monkeypatch)
    greet(endpoint_of("gaj"), timeout=5)
    monkeypatch.setattr(served.town, "_key", b"another key since")

    greet(endpoint_of("gaj"), timeout=5)

    assert fetched == ["gaj", "gaj"]


def test_a_department_that_takes_no_token_is_asked_twice_and_no_more(
    served: Departments, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched = _count_tokens(monkeypatch)
    monkeypatch.setattr(served.town, "_mark", lambda _department, until: str(time.monotonic_ns()))

    with pytest.raises(SourceFailed) as failed:
        greet(endpoint_of("gaj"), timeout=5)

    assert (failed.value.reason, fetched) == ("DENIED", ["gaj", "gaj"])


def test_a_signed_request_cannot_be_sent_again(anywhere: Callable[[str], Endpoint]) -> None:
    endpoint = replace(anywhere("gaj"), auth="signature")
    carrier, url = client._carrier(endpoint), f"{endpoint.address}/health"
    path = "/health" if endpoint.is_fake else "/gaj/health"
    signed = sign(
        Signable("GET", path, b"", "c"), client_id="civic", secret="demonstration", created=int(time.time()),
        nonce="5" * 32,
    )  # fmt: skip

    with time_limit(5):
        statuses = [carrier.send("GET", url, headers=signed).status for _ in range(2)]

    assert statuses == [200, 401]


@pytest.mark.parametrize("age", [-330, 330])  # the second itself: test_signing
def test_a_signature_from_another_time_is_not_taken(played: None, age: int) -> None:
    endpoint = endpoint_of("gaj")
    signed = sign(
        Signable("GET", "/health", b"", "c"), client_id="civic", secret="demonstration", created=int(time.time()) - age,
        nonce="6" * 32,
    )  # fmt: skip

    with time_limit(5):
        assert client._carrier(endpoint).send("GET", "fake://gaj/health", headers=signed).status == 401


def test_mutual_tls_lets_in_who_has_a_certificate_and_nobody_else(settings: Any, tmp_path: Path) -> None:
    issue = issuer(tmp_path)
    issue("server", "localhost")
    issue("client", "civic")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")
    context.load_verify_locations(tmp_path / "authority.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    with running(["gaj"], on=MONDAY, tls=context) as server:
        settings.OUTBOUND_ALLOWED = [f"localhost:{server.server_port}"]
        stranger = Endpoint(f"https://localhost:{server.server_port}/gaj", "oauth2", "civic", "demonstration",
                            authority=str(tmp_path / "authority.pem"))  # fmt: skip
        known = replace(
            stranger, certificate=str(tmp_path / "client.pem"), private_key=str(tmp_path / "client.key")
        )  # fmt: skip

        greet(known, timeout=5)
        with pytest.raises(SourceFailed) as failed:
            greet(stranger, timeout=5)
        with pytest.raises(SourceFailed) as distrusted:
            greet(replace(known, authority=""), timeout=5)
        with pytest.raises(SourceFailed) as missing:
            greet(replace(known, certificate="/nowhere.pem"), timeout=5)

    assert failed.value.reason in ("RESET", "GARBAGE")
    assert (distrusted.value.reason, distrusted.value.detail) == ("BLOCKED", "certificate")
    assert (missing.value.reason, missing.value.detail) == ("BLOCKED", "certificate files")


# Where they stand


@pytest.mark.parametrize(
    "address", ["", "fake://gaj", "http://127.0.0.1:1/gaj", "https://169.254.169.254/gaj", "file:///etc", "gaj"]
)
def test_an_address_that_leads_inwards_is_blocked(settings: Any, address: str) -> None:
    settings.DEPARTMENTS_AT, settings.OUTBOUND_ALLOWED = "", []

    with pytest.raises(SourceFailed) as failed:
        greet(endpoint_of("gaj", address=address), timeout=5)

    assert failed.value.reason == "BLOCKED"


def test_a_port_that_nobody_has_is_refused(settings: Any) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{probe.getsockname()[1]}"
    settings.OUTBOUND_ALLOWED = [place]

    with pytest.raises(SourceFailed) as failed:
        greet(Endpoint(f"http://{place}/gaj", "oauth2", "civic", "demonstration"), timeout=5)

    assert (failed.value.reason, failed.value.heals) == ("REFUSED", True)


def test_credentials_come_from_the_setting_and_the_address_from_the_exchange(settings: Any) -> None:
    settings.DEPARTMENTS_AT = ""
    known = {"auth": "signature", "client_id": "civic-luan", "secret": "s3cret", "address": "https://old.example"}
    settings.DEPARTMENTS_CREDENTIALS = json.dumps({"gaj": known})

    found = endpoint_of("gaj", address="https://gaj.example/share/")

    assert found == Endpoint("https://gaj.example/share", "signature", "civic-luan", "s3cret")
    assert endpoint_of("gaj").address == "https://old.example"
    assert "s3cret" not in repr(found)
    assert endpoint_of("mzj", address="https://mzj.example") == Endpoint("https://mzj.example", "oauth2", "", "")


@pytest.mark.parametrize("text", ["civic:secret", "[]", '{"gaj": "secret"}', '{"gaj": {"port": "1"}}'])
def test_credentials_that_cannot_be_read_are_refused(settings: Any, text: str) -> None:
    settings.DEPARTMENTS_AT, settings.DEPARTMENTS_CREDENTIALS = "", text

    with pytest.raises(ImproperlyConfigured, match="CIVIC_DEPARTMENTS_CREDENTIALS"):
        endpoint_of("gaj")


# What they are told


def test_a_notice_is_kept_once_and_another_under_its_key_is_not_accepted(anywhere: Callable[[str], Endpoint]) -> None:
    where, body = anywhere("wjw"), {"certificate_no": "T340000001", "child": {"name": "孙小雨"}}

    first, second = (tell(where, notice="wjw.vaccination", key="LA1:v", body=body, timeout=5) for _ in range(2))
    other = tell(where, notice="wjw.vaccination", key="LA1:v", body=body | {"child": {"name": "孙雨"}}, timeout=5)
    withdraw(where, notice="wjw.vaccination", key="LA1:v", timeout=5)

    assert first == second == Receipt(first.reference, True, "已收到。")
    assert other == Receipt(first.reference, False, "同一编号已经收到过不同的内容。")


def test_two_threads_tell_the_same_and_it_is_noted_once(served: Departments) -> None:
    start, body = threading.Barrier(2), {"case": "LA20260302000009"}

    def tell_it(_: int) -> Receipt:
        start.wait()
        return tell(endpoint_of("ybj"), notice="enrolment", key="race", body=body, timeout=5)

    with ThreadPoolExecutor(2) as threads:
        receipts = list(threads.map(tell_it, range(2)))

    assert receipts[0] == receipts[1]
    assert [notice.key for notice in served.town.notices.of("ybj", "enrolment")] == ["race"]


def test_what_a_department_cannot_do_is_answered_and_not_kept(anywhere: Callable[[str], Endpoint]) -> None:
    body = {"certificate_no": "T340000002", "mother_id_number": "110101199001010015"}

    receipt = tell(anywhere("rsj"), notice="maternity_allowance", key="LA2:m", body=body, timeout=5)

    assert receipt == Receipt("", False, "母亲没有参加生育保险，不能领取生育津贴。")


def test_a_registered_birth_uses_its_certificate_and_grows_the_household_until_it_is_withdrawn(
    anywhere: Callable[[str], Endpoint],
) -> None:
    gaj, wjw = anywhere("gaj"), anywhere("wjw")
    body = {"certificate_no": "T340000001", "child": {"name": "孙小雨"}, "mother_id_number": WANGFANG}

    def stands() -> tuple[object, ...]:
        registration = question("birth_registration", "registered name", certificate_no="T340000001")
        certificate = question("birth_certificate", "used", certificate_no="T340000001")
        household = question("household", "members", id_number=WANGFANG)
        return (
            *ask(gaj, registration, timeout=5).records[0].values(),
            *ask(wjw, certificate, timeout=5).records[0].values(),
            *ask(gaj, household, timeout=5).records[0].values(),
        )

    before = stands()
    tell(gaj, notice="birth_registration", key="LA3", body=body, timeout=5)
    after = stands()
    withdraw(gaj, notice="birth_registration", key="LA3", timeout=5)

    assert before == stands() == (False, "", False, 3)
    assert after == (True, "孙小雨", True, 4)


@pytest.mark.parametrize("key", ["", "a/b", "../x", "a b", "键", "x" * 201, "?a"])
def test_a_key_that_would_change_the_address_is_a_bug(key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        withdraw(endpoint_of("wjw"), notice="vaccination", key=key, timeout=5)


@pytest.mark.parametrize("resource", ["", "../oauth2/token", "gaj.a.b", "Population", "a b"])
def test_a_resource_that_would_change_the_address_is_a_bug(resource: str) -> None:
    with pytest.raises(ValueError, match="named by small letters"):
        ask(endpoint_of("gaj"), question(resource, "name", id_number=WANGFANG), timeout=5)


# What the operator hears


def test_the_operator_hears_which_department_does_not_answer(served: Departments) -> None:
    assert check() is None

    served.town.switches.turn("mzj", "status", 502)
    served.town.switches.turn("gaj", "garbage")

    assert check() == "部门系统不可用：gaj GARBAGE；mzj STATUS 502。"


def test_the_operator_hears_that_nothing_is_configured(settings: Any) -> None:
    settings.DEPARTMENTS_AT, settings.DEPARTMENTS_CREDENTIALS = "", ""
    assert check() == "没有配置任何部门的凭据（CIVIC_DEPARTMENTS_CREDENTIALS），申请人仍需自己提交材料。"

    settings.DEPARTMENTS_CREDENTIALS = '{"gaj": {"address": "https://10.0.0.1/share"}, "mzj": {}}'
    assert check() == "部门系统不可用：gaj BLOCKED inward。"

    settings.DEPARTMENTS_CREDENTIALS = "?"
    assert check() == "CIVIC_DEPARTMENTS_CREDENTIALS is not JSON."

    settings.DEPARTMENTS_AT, settings.DEMONSTRATION = "fake", False
    assert check() == "CIVIC_DEPARTMENTS_AT=fake 只能用于示范环境。"


def _count_tokens(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    fetched: list[str] = []
    fetch = client._fetch_token

    def counting(endpoint: Endpoint, carrier: Any) -> tuple[str, float]:
        fetched.append(endpoint.address.rpartition("/")[2])
        return fetch(endpoint, carrier)

    monkeypatch.setattr(client, "_fetch_token", counting)
    return fetched
