"""Bodies of requests: read before a hand is taken, in a time, a share of them a client."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from civic.config.admission import HANDS
from civic.config.bodies import RATE, WHOLE, Bodies, Body, TooMany, TooSlow, length_of
from civic.config.gate import Gate, Limits
from tests.config.test_gate import crowd
from tests.config.test_lifeline import until


class Wire:
    """What the server reads from: pieces as they come, then nothing until it is cut; as Granian's, a read waits."""

    def __init__(self, *pieces: bytes, gap: float = 0.0, is_cut: bool = False) -> None:
        self.pieces, self.came, self.gap, self.cut = list(pieces), b"", gap, threading.Event()
        if is_cut:
            self.cut.set()

    def read(self, size: int = -1) -> bytes:
        while len(self.came) < size and self.pieces:
            time.sleep(self.gap)
            self.came += self.pieces.pop(0)
        if not self.came:
            self.cut.wait(10)
        found, self.came = self.came[:size], self.came[size:]
        return found


def echo(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer how much came in."""
    taken = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(len(taken)).encode()]


def send(
    gate: Gate, wire: Any, length: int, *, path: str = "/hotline/write/report/k/", whose: str = "192.0.2.7"
) -> Any:
    told: list[Any] = []
    environ = {"PATH_INFO": path, "REQUEST_METHOD": "POST", "REMOTE_ADDR": whose,
               "CONTENT_LENGTH": str(length), "wsgi.input": wire}  # fmt: skip
    body = b"".join(gate(environ, lambda status, headers: told.extend((status, dict(headers)))))
    return told[0], told[1], body


def gate_of(application: Callable[..., Any] = echo, *, hands: int = 2, room: int = 10, seconds: float = 0.2) -> Gate:
    return Gate(application, hands=hands, room=room, limits=Limits(body_seconds=seconds))


@pytest.mark.parametrize("length", [1, 1023, 1024, 1025, WHOLE, WHOLE + 1, 3 * WHOLE])
def test_what_is_sent_arrives_whole_however_large(length: int) -> None:
    gate = gate_of(seconds=10)

    status, _headers, body = send(gate, Wire(b"x" * length), length)

    assert (status, body) == ("200 OK", str(length).encode())
    assert gate._bodies.waiting() == 0


def test_a_byte_at_a_time_is_cut_off_in_time_and_no_hand_has_waited_for_it() -> None:
    served: list[str] = []

    def note(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        served.append(environ["PATH_INFO"])
        return echo(environ, start_response)

    gate, wire = gate_of(note), Wire(*[b"x"] * 500, gap=0.02)
    status, headers, body = send(gate, wire, 500)

    assert (status, headers["Content-Type"]) == ("408 Request Timeout", "text/html; charset=utf-8")
    assert "没有传完" in body.decode()
    assert len(wire.pieces) >= 500 - (1 + 2 + 4 + 8)  # 0.02 s each or, on a busy machine, more: fifteen take over 0.2 s
    assert served == []
    assert gate._bodies.waiting() == 0


def test_a_program_gets_a_problem() -> None:
    status, headers, body = send(gate_of(), Wire(*[b"x"] * 500, gap=0.02), 500, path="/api/tickets")

    assert (status, headers["Content-Type"]) == ("408 Request Timeout", "application/problem+json; charset=utf-8")
    assert b"/problems/too-slow" in body


def test_a_large_one_that_comes_too_slowly_gives_its_hand_back_whatever_the_application_makes_of_it() -> None:
    def swallow(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        try:
            return echo(environ, start_response)
        except OSError:
            start_response("500 Internal Server Error", [])
            return []

    gate = gate_of(swallow, hands=1)

    assert send(gate, Wire(*[b"x"] * 500, gap=0.02), 2 * WHOLE)[0] == "408 Request Timeout"
    assert send(gate, Wire(b"abc"), 3)[2] == b"3"
    assert gate._bodies.waiting() == 0


def test_a_large_file_over_a_slow_line_has_the_time_it_needs() -> None:
    pieces = [b"x" * 64 * 1024] * 20  # two seconds' worth of rate for each twentieth of a second
    status, _headers, body = send(gate_of(seconds=0.1), Wire(*pieces, gap=0.03), 20 * 64 * 1024)

    assert (status, body) == ("200 OK", str(20 * 64 * 1024).encode())


@pytest.mark.parametrize("length", [500, 2 * WHOLE])
def test_what_breaks_off_is_waited_for_no_longer_and_not_taken_for_the_whole(length: int) -> None:
    taken: list[int] = []

    def take(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        taken.append(len(environ["wsgi.input"].read()))
        return []

    wire = Wire(b"abc", is_cut=True)

    assert send(gate_of(take, seconds=10), wire, length)[0] == "408 Request Timeout"
    assert taken == []


def test_eight_who_send_nothing_keep_nobody_from_being_served() -> None:
    """Without reading before a hand is taken each of the eight would hold one of the eight hands."""
    gate, wires = gate_of(hands=HANDS, room=52, seconds=5), [Wire(b"x") for _ in range(HANDS)]
    with crowd() as people:
        slow = [people.submit(send, gate, wire, 500) for wire in wires]
        until(lambda: gate._bodies.waiting() == HANDS, seconds=5)

        assert send(gate, Wire(b"abc"), 3)[2] == b"3"

        assert not any(one.done() for one in slow)
        for wire in wires:
            wire.cut.set()
        assert {one.result(5)[0] for one in slow} == {"408 Request Timeout"}


def test_a_client_that_sends_nothing_holds_its_share_of_the_places_and_another_is_served() -> None:
    gate, wires = gate_of(hands=2, room=10, seconds=5), [Wire() for _ in range(8)]  # a quarter of twelve: three
    with crowd() as people:
        slow = [people.submit(send, gate, wire, 500) for wire in wires]
        until(lambda: sum(one.done() for one in slow) == 5, seconds=4)

        assert [one.result()[0] for one in slow if one.done()] == ["503 Service Unavailable"] * 5
        assert send(gate, Wire(b"abc"), 3)[0] == "503 Service Unavailable"
        assert send(gate, Wire(b"abc"), 3, whose="198.51.100.4")[2] == b"3"
        for wire in wires:
            wire.cut.set()


def test_a_burst_of_one_client_waits_for_its_own_places_and_is_taken_in_whole() -> None:
    gate = gate_of(hands=2, room=10, seconds=5)
    with crowd() as people:
        burst = [people.submit(send, gate, Wire(b"abc", gap=0.005), 3) for _ in range(12)]

        assert [one.result(5)[2] for one in burst] == [b"3"] * 12


def test_a_client_has_no_more_than_half_of_the_hands_wait_for_its_large_files() -> None:
    bodies = Bodies(seconds=5, at_the_door=15, in_hands=4, together=8)

    def large() -> dict[str, Any]:
        return {"CONTENT_LENGTH": str(WHOLE + 1), "wsgi.input": Wire(b"x")}

    taken = [bodies.bring(large(), "192.0.2.7") for _ in range(4)]
    with pytest.raises(TooMany):
        bodies.bring(large(), "192.0.2.7")
    bodies.bring(large(), "198.51.100.4")
    bodies.leave(taken[0])
    bodies.bring(large(), "192.0.2.7")

    assert bodies.waiting() == 5


@pytest.mark.parametrize(("seconds", "is_late"), [(30.0, False), (30.01, True)])
def test_the_time_is_for_all_of_it(seconds: float, is_late: bool) -> None:
    hands = iter([100.0, 100.0 + seconds])
    body = Body(Wire(b"x"), 10, whose="", seconds=30 - 1 / RATE, clock=lambda: next(hands))

    try:
        body.readinto(bytearray(10))
    except TooSlow:
        assert is_late
    assert body.is_late is is_late


@pytest.mark.parametrize(
    ("said", "length"),
    [
        ("12", 12),
        ("", 0),
        (None, 0),
        ("-1", 0),
        ("１２", 0),
        ("1e3", 0),
        ("0" * 40 + "12", 12),
        ("1" + "0" * 19, 10**17),
        ("9" * 9000, 10**18 - 1),
    ],
)
def test_the_length_is_what_is_said_in_plain_digits(said: str | None, length: int) -> None:
    assert length_of({"CONTENT_LENGTH": said}) == length


@pytest.mark.parametrize("said", ["1" + "0" * 19, "0" * 24 + "500"])
def test_a_length_of_twenty_digits_or_behind_zeros_is_no_way_past_the_time(said: str) -> None:
    served: list[str] = []

    def note(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        served.append(type(environ["wsgi.input"]).__name__)
        return echo(environ, start_response)

    status, _headers, _body = send(gate_of(note), Wire(*[b"x"] * 500, gap=0.02), said)  # type: ignore[arg-type]

    assert status == "408 Request Timeout"
    assert "Wire" not in served  # what the server gives reaches no hand


def test_two_clients_who_stop_sending_large_files_leave_hands_for_the_others() -> None:
    gate = gate_of(hands=8, room=52, seconds=10)
    wires = [Wire(b"x" * 100) for _ in range(8)]
    senders = [
        threading.Thread(target=send, args=(gate, wire, 2 * WHOLE), kwargs={"whose": f"192.0.2.{at % 2}"}, daemon=True)
        for at, wire in enumerate(wires)
    ]
    for sender in senders:
        sender.start()
    time.sleep(0.5)
    assert gate._bodies.waiting() == 6

    assert send(gate, Wire(b"abc"), 3, whose="198.51.100.9")[2] == b"3"

    for wire in wires:
        wire.cut.set()
    for sender in senders:
        sender.join()
    assert gate._bodies.waiting() == 0


def test_a_photo_of_two_megabytes_over_a_poor_line_arrives_whole() -> None:
    photo, sent = bytes(2 * 1024 * 1024), [0]

    class Village:
        """A line of 16 KiB a second."""

        def read(self, size: int, /) -> bytes:
            sent[0] += size
            return photo[:size]

    body = Body(Village(), len(photo), whose="", seconds=30, clock=lambda: sent[0] / (16 * 1024))

    assert body.readall() == photo
    assert not body.is_late
