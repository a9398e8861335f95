"""The departments as a real HTTP server: one port, /<department>/… each; /control/… turns the switches.

PUT    /control/switches/<department>   {"mode": "slow", "value": 3}     from this machine only
DELETE /control/switches/<department>   behave again; without a department: everybody
PUT    /control/payments/<home>            the tax service's counter has taken the deed tax on a home
GET    /control/switches | /control/notices | /control/scenarios
"""

import json
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from socketserver import TCPServer
from typing import Any

from civic.adapters.departments.fake.resources import DEPARTMENTS
from civic.adapters.departments.fake.switches import HUGE_BYTES, MODES, Switch, said
from civic.adapters.departments.fake.town import Request, Town

LINGER = struct.pack("ii", 1, 0)  # closing sends RST
PATIENCE = 0.05  # seconds between two looks whether somebody still waits
LONGEST_WAIT = 3600
JSON = "application/json; charset=utf-8"


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: "Departments"
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60
    wbufsize = -1  # headers and body leave in one piece

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: who asked about whom is nobody's business here."""

    # Inside

    def _answer(self) -> None:
        department, _, rest = self.path.lstrip("/").partition("/")
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or len(length) > 6:
            self.close_connection = True
            return self._send(413, b'{"error": "too_large"}')
        body = self.rfile.read(int(length))
        if department == "control":
            return self._control(rest, body)
        if department not in self.server.departments:
            return self._send(404, b'{"error": "unknown_department"}')
        switch = self.server.town.switches.of(department)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, f"/{rest}", headers, body, signed_path=self.path)
        return self._misbehave(department, switch, request)

    def _misbehave(self, department: str, switch: Switch, request: Request) -> None:
        if switch.mode in ("down", "reset"):
            return self._hang_up(hard=switch.mode == "reset")
        if switch.mode in ("slow", "blackhole"):
            self._wait(switch.seconds() if switch.mode == "slow" else LONGEST_WAIT)
            if switch.mode == "blackhole":
                return self._hang_up(hard=True)
        status, content = self.server.town.answer(department, request)
        if switch.mode == "huge":
            return self._flood(chunked=switch.value == "chunked")
        if switch.mode == "drip":
            return self._drip(status, json.dumps(content).encode(), from_body=switch.value == "body")
        if switch == Switch("garbage", "http"):
            self.wfile.write(b"\x16\x03\x01 no http at all\r\n\r\n" * 10)
            return self._hang_up()
        return self._send(*said(switch, status, content))

    def _send(self, status: int, body: bytes) -> None:
        self.wfile.write(self._head(status, len(body)) + body)
        self.wfile.flush()

    def _head(self, status: int, length: int | None) -> bytes:
        size = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
        return f"HTTP/1.1 {status} -\r\nContent-Type: {JSON}\r\n{size}\r\n\r\n".encode()

    def _drip(self, status: int, body: bytes, *, from_body: bool) -> None:
        head = self._head(status, len(body))
        with suppress(OSError):
            if from_body:
                self.wfile.write(head)
                self.wfile.flush()
            for byte in body if from_body else head + body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                if not self._wait(1.0):
                    break
        self._hang_up()

    def _flood(self, *, chunked: bool) -> None:
        piece = b'{"records": [' + b" " * (64 * 1024 - 13)
        with suppress(OSError):
            self.wfile.write(self._head(200, None if chunked else HUGE_BYTES))
            for _ in range(HUGE_BYTES // len(piece)):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
                piece = b" " * (64 * 1024)
            self.wfile.flush()
        self._hang_up()

    def _hang_up(self, *, hard: bool = False) -> None:
        self.close_connection = True
        if hard:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER)
        with suppress(OSError):
            self.wfile.flush()
        if not hard:
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
        self.server.shut(self.connection)

    def _wait(self, seconds: float) -> bool:
        """Wait, but no longer than somebody listens and the server runs; return whether both still do."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self.server.stopping.wait(min(left, PATIENCE)):
                return False
            readable, _, _ = select.select([self.connection], [], [], 0)
            if readable and not self._peek():
                return False
        return True

    def _peek(self) -> bool:
        if isinstance(self.connection, ssl.SSLSocket):
            return False
        try:
            return bool(self.connection.recv(1, socket.MSG_PEEK))
        except OSError:
            return False

    # The control path

    def _control(self, rest: str, body: bytes) -> None:
        if not ip_address(self.client_address[0]).is_loopback:
            return self._send(403, b'{"error": "from this machine only"}')
        what, _, department = rest.partition("/")
        try:
            content = self._controlled(what, department, body)
        except (ValueError, AttributeError) as error:
            return self._send(400, json.dumps({"error": str(error), "modes": MODES}).encode())
        return self._send(200, json.dumps(content, ensure_ascii=False).encode())

    def _controlled(self, what: str, name: str, body: bytes) -> object:
        if what == "switches":
            return self._turn(name, body)
        if what == "payments" and self.command == "PUT":
            return asdict(self.server.town.take_payment(name))
        return self._shown(what)

    def _turn(self, department: str, body: bytes) -> object:
        switches = self.server.town.switches
        if self.command != "GET" and department and department not in self.server.departments:
            raise ValueError(f"unknown department {department!r}")
        if self.command == "PUT" and department:
            given = json.loads(body)
            switches.turn(department, str(given.get("mode", "")), given.get("value", ""))
        elif self.command == "DELETE":
            switches.turn(department, "") if department else switches.calm()
        return {code: asdict(switch) for code, switch in switches.all().items()}

    def _shown(self, what: str) -> object:
        if what == "notices":
            return [asdict(notice) | {"reference": notice.reference} for notice in self.server.town.notices.all()]
        if what == "scenarios":
            return [asdict(scenario) for scenario in self.server.town.world.scenarios.values()]
        if what == "calls":
            return self.server.town.calls
        raise ValueError("ask for switches, notices, scenarios or calls")


class Departments(ThreadingHTTPServer):
    """All departments on one port. `tls`: the context of a server that speaks HTTPS."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(
        self, town: Town, *, host: str = "127.0.0.1", port: int = 0, departments: Sequence[str] = DEPARTMENTS,
        tls: ssl.SSLContext | None = None,
    ) -> None:  # fmt: skip
        super().__init__((host, port), Handler)
        self.town, self.departments = town, tuple(departments)
        self.stopping = threading.Event()
        self._tls = tls
        self._open: set[socket.socket] = set()

    # Verbs

    def stop(self) -> None:
        """Stop and let go of everybody who waits."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def shut(self, connection: socket.socket) -> None:
        """Close a connection for good."""
        self._open.discard(connection)
        with suppress(OSError):
            connection.close()

    # Questions

    def address(self, department: str = "") -> str:
        """Return where a department is asked; without one, where all of them are."""
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{self.server_address[0]!s}:{self.server_port}/{department}".rstrip("/")

    # What the server of the standard library calls

    def server_bind(self) -> None:
        """Bind, and ask no name server what this machine is called."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self._tls:  # the handshake belongs to the connection's own thread
            request.settimeout(5)
            request = self._tls.wrap_socket(request, server_side=True)
        self._open.add(request)
        try:
            super().finish_request(request, client_address)
        finally:
            self.shut(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing about callers that hang up; what they asked is in nobody's log."""


@contextmanager
def running(
    departments: Sequence[str] = DEPARTMENTS, *, on: date, kept: Path | None = None, port: int = 0,
    tls: ssl.SSLContext | None = None,
) -> Iterator[Departments]:  # fmt: skip
    """Run the departments in this process for a while; their world and their answers are of the day `on`."""
    server = Departments(Town(on, kept=kept, is_past=True), port=port, departments=departments, tls=tls)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()


def addresses(server: Departments) -> dict[str, str]:
    """Return each department's address."""
    return {code: server.address(code) for code in server.departments}
