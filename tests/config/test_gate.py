"""The gate before the application: hands, the waiting room, and what is said to those who are turned away."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from civic.config.gate import Gate, Limits
from tests.config.test_lifeline import until


class Door:
    """An application that answers when it is told to, and notes who is inside."""

    def __init__(self) -> None:
        self.open, self.inside, self.most, self.served = threading.Event(), 0, 0, []
        self.lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
            self.served.append(environ["PATH_INFO"])
        if environ["PATH_INFO"] == "/fault":
            raise LookupError("a bug")
        if environ["PATH_INFO"] not in ("/healthz", "/quick"):
            self.open.wait(10)
        with self.lock:
            self.inside -= 1
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"served"]


def ask(gate: Gate, path: str, method: str = "GET", **more: Any) -> tuple[str, dict[str, str], bytes]:
    told: list[Any] = []
    environ = {"PATH_INFO": path, "REQUEST_METHOD": method, **more}
    body = b"".join(gate(environ, lambda status, headers: told.extend((status, dict(headers)))))
    return told[0], told[1], body


@contextmanager
def crowd() -> Iterator[Any]:
    with ThreadPoolExecutor(16) as pool:
        yield pool


def test_no_more_are_served_at_once_than_there_are_hands() -> None:
    door = Door()
    gate = Gate(door, hands=2, room=10)
    with crowd() as people:
        asked: list[Future[Any]] = [people.submit(ask, gate, f"/my/{n}/") for n in range(6)]
        until(lambda: len(door.served) == 2, seconds=5)
        assert door.most == 2
        door.open.set()
        answers = [one.result(5) for one in asked]

    assert [(status, body) for status, _headers, body in answers] == [("200 OK", b"served")] * 6
    assert door.most == 2


def test_while_everybody_is_busy_health_is_answered_and_a_reader_is_told_when_to_come_again() -> None:
    door = Door()
    gate = Gate(door, hands=1, room=10)
    with crowd() as people:
        busy = people.submit(ask, gate, "/my/requests/")
        until(lambda: door.served == ["/my/requests/"], seconds=5)
        assert ask(gate, "/healthz")[0] == "200 OK"
        status, headers, body = ask(gate, "/hotline/register/")  # waits its half second
        door.open.set()
        assert busy.result(5)[0] == "200 OK"

    assert (status, headers["Retry-After"], headers["Cache-Control"]) == ("503 Service Unavailable", "5", "no-store")
    assert "请等5秒" in body.decode()
    assert int(headers["Content-Length"]) == len(body)
    assert door.served == ["/my/requests/", "/healthz"]


@pytest.mark.parametrize(
    ("path", "method", "more", "seconds", "says"),
    [
        ("/hotline/register/", "GET", {}, "5", "这一页暂时没有打开"),
        ("/hotline/write/report/k/", "POST", {}, "2", "您填写的内容还在上一页"),
        ("/my/requests/", "GET", {"HTTP_COOKIE": "session=a"}, "3", "请等3秒"),
    ],
)
def test_where_no_place_is_left_each_is_told_what_to_do(
    path: str, method: str, more: dict[str, str], seconds: str, says: str
) -> None:
    status, headers, body = ask(Gate(Door(), hands=1, room=0), path, method, **more)

    assert (status, headers["Retry-After"]) == ("503 Service Unavailable", seconds)
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert says in body.decode()
    assert f"{seconds} seconds" in body.decode()


def test_a_program_gets_a_problem_that_says_how_to_send_it_again() -> None:
    status, headers, body = ask(Gate(Door(), hands=1, room=0), "/api/tickets", "POST")

    assert (status, headers["Retry-After"]) == ("503 Service Unavailable", "2")
    assert headers["Content-Type"] == "application/problem+json; charset=utf-8"
    told = json.loads(body)
    assert (told["type"], told["status"]) == ("/problems/overloaded", 503)
    assert "Idempotency-Key" in told["detail"]


def test_a_submission_takes_the_place_of_a_reader_who_waits() -> None:
    door = Door()
    gate = Gate(door, hands=1, room=1)
    with crowd() as people:
        busy = people.submit(ask, gate, "/my/requests/")
        until(lambda: len(door.served) == 1, seconds=5)
        reader = people.submit(ask, gate, "/hotline/register/")
        until(lambda: gate._lines.waiting() == 1, seconds=5)
        sent = people.submit(ask, gate, "/api/tickets", "POST")
        assert reader.result(5)[0] == "503 Service Unavailable"
        door.open.set()
        assert (busy.result(5)[0], sent.result(5)[0]) == ("200 OK", "200 OK")

    assert door.served == ["/my/requests/", "/api/tickets"]


def test_a_bug_reaches_the_server_and_the_hand_goes_on() -> None:
    gate = Gate(Door(), hands=1, room=10)
    with pytest.raises(LookupError, match="a bug"):
        ask(gate, "/fault")

    assert ask(gate, "/quick")[2] == b"served"


def test_nobody_is_left_behind_when_fifty_come_at_once_to_four_hands() -> None:
    door = Door()
    door.open.set()
    gate = Gate(door, hands=4, room=60)
    with ThreadPoolExecutor(50) as people:
        answers = list(people.map(lambda n: ask(gate, f"/my/{n}/")[0], range(1000)))

    assert answers == ["200 OK"] * 1000
    assert (gate._lines.waiting(), len(gate._errands)) == (0, 0)
    assert door.most <= 4


def sixty_from_one_then_one_from_another(share: int) -> tuple[str, bool]:
    """Return what the other is told, and whether it was served as soon as one of the two hands was free."""
    door = Door()
    gate = Gate(door, hands=2, room=52, limits=Limits(share=share))
    with ThreadPoolExecutor(64) as people:
        crowd = [people.submit(ask, gate, f"/api/{n}", "POST", REMOTE_ADDR="192.0.2.7") for n in range(54)]
        until(lambda: gate._lines.waiting() == 52, seconds=5)
        more = [people.submit(ask, gate, f"/api/{n}", "POST", REMOTE_ADDR="192.0.2.7") for n in range(6)]
        other = people.submit(ask, gate, "/api/other", "POST", REMOTE_ADDR="198.51.100.4")
        until(lambda: other.done() or sum(one.done() for one in (*crowd, *more)) == 7, seconds=5)
        door.open.set()
        for one in (*crowd, *more):
            one.result(10)
        status = other.result(10)[0]
    return status, "/api/other" in door.served[2:4]  # the two hands note whom they serve in either order


def test_sixty_requests_of_one_client_do_not_keep_another_from_being_served_next() -> None:
    assert sixty_from_one_then_one_from_another(25) == ("200 OK", True)


def test_without_a_share_the_other_is_turned_away() -> None:
    assert sixty_from_one_then_one_from_another(100) == ("503 Service Unavailable", False)


@pytest.mark.parametrize(
    ("is_proxied", "whose"),
    [(True, "203.0.113.9"), (False, "192.0.2.7")],
)
def test_the_client_is_whom_the_proxy_has_seen_only_where_a_proxy_is_trusted(is_proxied: bool, whose: str) -> None:
    gate = Gate(Door(), hands=1, room=1, limits=Limits(is_proxied=is_proxied))
    environ = {"REMOTE_ADDR": "192.0.2.7", "HTTP_X_FORWARDED_FOR": "198.51.100.1, 203.0.113.9"}

    assert gate._whose(environ) == whose


def test_readiness_is_answered_before_all_who_wait_though_the_room_is_full_and_every_hand_is_busy() -> None:
    door = Door()
    gate = Gate(door, hands=2, room=52)
    with ThreadPoolExecutor(64) as people:
        crowd = [people.submit(ask, gate, f"/api/{n}", "POST", REMOTE_ADDR="192.0.2.7") for n in range(54)]
        until(lambda: gate._lines.waiting() == 52, seconds=5)
        ready = people.submit(ask, gate, "/readyz", REMOTE_ADDR="10.0.0.1")
        until(lambda: sum(one.done() for one in crowd) == 1, seconds=5)  # one of the crowd has made room for it
        assert not ready.done()
        door.open.set()
        status = ready.result(5)[0]
        told = [one.result(5)[0] for one in crowd]

    assert status == "200 OK"
    assert door.served.index("/readyz") in (2, 3)
    assert sorted(told) == ["200 OK"] * 53 + ["503 Service Unavailable"]
