"""However a department misbehaves, the question ends in time, with the reason, and the next one is answered."""

import ssl
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from civic.adapters.departments.client import ask, greet
from civic.adapters.departments.endpoint import Endpoint, endpoint_of
from civic.adapters.departments.failure import SourceFailed
from civic.adapters.departments.fake import in_process
from civic.adapters.departments.fake.server import Departments, running
from civic.adapters.departments.fake.switches import Switches
from tests.adapters.departments.conftest import MONDAY, question
from tests.core.test_wire import issuer

LIMIT, SLACK = 1.0, 0.2  # seconds
SLOW = {"slow": 30, "blackhole": "", "drip": "", "drip body": ""}
AT_ONCE = {
    ("down", ""): "RESET",
    ("reset", ""): "RESET",
    ("status", 500): "STATUS",
    ("status", 302): "STATUS",
    ("status", 403): "DENIED",
    ("garbage", ""): "GARBAGE",
    ("garbage", "http"): "GARBAGE",
    ("charset", ""): "CHARSET",
    ("huge", ""): "TOO_LARGE",
    ("huge", "chunked"): "TOO_LARGE",
}


def ask_gaj(endpoint: Endpoint) -> tuple[str, float]:
    """Return the reason why a question failed (empty: it did not), and how long that took."""
    started = time.monotonic()
    reason = ""
    try:
        ask(endpoint, question("population", "name", id_number="341502199001010025"), timeout=LIMIT)
    except SourceFailed as failure:
        reason = failure.reason
    return reason, time.monotonic() - started


def test_a_department_that_takes_its_time_is_left_when_the_time_is_up(served: Departments) -> None:
    codes = ["gaj", "wjw", "mzj", "zrzy"]
    for code, mode in zip(codes, SLOW, strict=True):
        greet(endpoint_of(code), timeout=5)  # a connection and a token are there: only the answer is late
        name, _, value = mode.partition(" ")
        served.town.switches.turn(code, name, value or SLOW[mode])

    with ThreadPoolExecutor(4) as threads:
        ended = list(threads.map(lambda code: ask_gaj(endpoint_of(code)), codes))

    assert [reason for reason, _ in ended] == ["TIMEOUT"] * 4
    assert [seconds for _, seconds in ended if not LIMIT <= seconds < LIMIT + SLACK] == []


@pytest.mark.parametrize(("mode", "value"), [("drip", ""), ("drip", "body"), ("blackhole", ""), ("huge", "chunked")])
def test_under_tls_it_is_the_same(settings: Any, tmp_path: Path, mode: str, value: str) -> None:
    issuer(tmp_path)("server", "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")
    with running(["gaj"], on=MONDAY, tls=context) as server:
        place = f"localhost:{server.server_port}"
        settings.OUTBOUND_ALLOWED = [place]
        authority = str(tmp_path / "authority.pem")
        endpoint = Endpoint(f"https://{place}/gaj", "oauth2", "civic", "demonstration", authority=authority)
        greet(endpoint, timeout=5)
        server.town.switches.turn("gaj", mode, value)
        started = time.monotonic()
        with pytest.raises(SourceFailed) as failed:
            greet(endpoint, timeout=0.3)

    assert failed.value.reason == ("TOO_LARGE" if mode == "huge" else "TIMEOUT")
    assert time.monotonic() - started < 0.3 + SLACK


def test_a_late_token_counts_too(served: Departments) -> None:
    served.town.switches.turn("gaj", "slow", 0.7)  # for the token, and again for the answer

    reason, seconds = ask_gaj(endpoint_of("gaj"))

    assert (reason, LIMIT <= seconds < LIMIT + SLACK) == ("TIMEOUT", True)


@pytest.mark.parametrize(("mode", "value"), AT_ONCE, ids=str)
def test_a_department_that_misbehaves_at_once_is_left_at_once(
    anywhere: Callable[[str], Endpoint], departments: Departments, mode: str, value: object
) -> None:
    endpoint = anywhere("gaj")
    greet(endpoint, timeout=5)
    switches: Switches = in_process.town().switches if endpoint.is_fake else departments.town.switches
    switches.turn("gaj", mode, value)

    reason, seconds = ask_gaj(endpoint)
    switches.calm()
    afterwards, _ = ask_gaj(endpoint)

    assert (reason, afterwards) == (AT_ONCE[mode, value], "")
    assert seconds < LIMIT + SLACK


@pytest.mark.parametrize("mode", ["slow", "blackhole", "drip"])
def test_in_process_too_the_time_is_up_when_it_is(played: None, mode: str) -> None:
    greet(endpoint_of("gaj"), timeout=5)
    in_process.town().switches.turn("gaj", mode, 30 if mode == "slow" else "")
    started = time.monotonic()

    with pytest.raises(SourceFailed) as failed:
        greet(endpoint_of("gaj"), timeout=0.1)

    assert failed.value.reason == "TIMEOUT"
    assert time.monotonic() - started < 0.1 + SLACK


def test_a_department_that_is_merely_slow_is_waited_for(
    anywhere: Callable[[str], Endpoint], served: Departments
) -> None:
    served.town.switches.turn("gaj", "slow", 0.2)

    assert ask_gaj(endpoint_of("gaj"))[0] == ""


def test_one_department_that_hangs_does_not_hold_up_another(served: Departments) -> None:
    served.town.switches.turn("gaj", "blackhole")
    with ThreadPoolExecutor(9) as threads:
        hanging = [threads.submit(ask_gaj, endpoint_of("gaj")) for _ in range(8)]
        greet(endpoint_of("mzj"), timeout=0.5)

        assert {waiting.result()[0] for waiting in hanging} == {"TIMEOUT"}
