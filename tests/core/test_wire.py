"""One request over the wire: to the pinned address under the right name, in time, redirected nowhere."""

import datetime
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from civic.core import wire
from civic.core.wire import MOST_BYTES, Wire, WireFailed, time_limit

NAME = "gaj.luan.example"


class Mirror(BaseHTTPRequestHandler):
    """Tells what it was asked."""

    protocol_version = "HTTP/1.1"
    seen: list[tuple[str, str]] = []
    redirected = 0

    def do_GET(self) -> None:
        type(self).seen.append((self.headers["Host"], str(self.client_address[1])))
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_address[1]}/target")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        type(self).redirected += self.path == "/target"
        body = b"x" * (MOST_BYTES if self.path == "/most" else MOST_BYTES + 1 if self.path == "/more" else 2)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        if self.path == "/zipped":
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def mirror(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadingHTTPServer]:
    Mirror.seen, Mirror.redirected = [], 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    settings.OUTBOUND_ALLOWED = [f"{NAME}:{server.server_port}", f"127.0.0.1:{server.server_port}"]
    monkeypatch.setattr(wire, "resolve_by_system", lambda _host, _port: ["127.0.0.1"])
    yield server
    server.shutdown()
    server.server_close()


def test_host_and_server_name_stay_the_name_while_the_connection_goes_to_the_pinned_address(
    mirror: ThreadingHTTPServer, tmp_path: Path
) -> None:
    authority = certified(tmp_path, NAME)
    asked_for: list[str] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")
    context.sni_callback = lambda _socket, name, _context: asked_for.append(name)
    mirror.socket = context.wrap_socket(mirror.socket, server_side=True)

    with time_limit(2):
        reply = Wire(authority=authority).send("GET", f"https://{NAME}:{mirror.server_port}/", headers={})

    assert (reply.status, reply.body) == (200, b"xx")
    assert asked_for == [NAME]
    assert [host for host, _ in Mirror.seen] == [f"{NAME}:{mirror.server_port}"]


def test_an_address_of_ipv6_is_written_in_brackets_and_reached(settings: Any) -> None:
    if not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")

    class Six(ThreadingHTTPServer):
        address_family = socket.AF_INET6

    Mirror.seen = []
    server = Six(("::1", 0), Mirror)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    settings.OUTBOUND_ALLOWED = [f"[::1]:{server.server_port}"]
    with time_limit(2):
        reply = Wire().send("GET", f"http://[0:0::1]:{server.server_port}/", headers={})
    server.shutdown()
    server.server_close()

    assert reply.status == 200
    assert [host for host, _ in Mirror.seen] == [f"[::1]:{server.server_port}"]


def test_a_certificate_of_somebody_else_is_not_trusted(mirror: ThreadingHTTPServer, tmp_path: Path) -> None:
    authority = certified(tmp_path, "other.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")
    mirror.socket = context.wrap_socket(mirror.socket, server_side=True)

    with time_limit(2), pytest.raises(WireFailed, match="BLOCKED certificate"):
        Wire(authority=authority).send("GET", f"https://{NAME}:{mirror.server_port}/", headers={})

    assert Mirror.seen == []


def test_a_redirection_is_handed_back_and_not_followed(mirror: ThreadingHTTPServer) -> None:
    with time_limit(2):
        reply = Wire().send("GET", f"http://{NAME}:{mirror.server_port}/away", headers={})

    assert (reply.status, Mirror.redirected, len(Mirror.seen)) == (302, 0, 1)


def test_a_connection_is_kept_for_the_next_request(mirror: ThreadingHTTPServer) -> None:
    connecting = Wire()
    for _ in range(3):
        with time_limit(2):
            connecting.send("GET", f"http://{NAME}:{mirror.server_port}/", headers={})

    assert len({port for _, port in Mirror.seen}) == 1


def test_a_kept_connection_that_was_closed_meanwhile_is_replaced(mirror: ThreadingHTTPServer) -> None:
    connecting = Wire()
    Mirror.timeout = 0.05  # the server hangs up on who is silent for so long
    try:
        for _ in range(2):
            with time_limit(2):
                connecting.send("GET", f"http://{NAME}:{mirror.server_port}/", headers={})
            time.sleep(0.15)
    finally:
        Mirror.timeout = None

    assert len({port for _, port in Mirror.seen}) == 2


def test_a_megabyte_is_read_and_a_byte_more_is_not(mirror: ThreadingHTTPServer) -> None:
    with time_limit(2):
        assert len(Wire().send("GET", f"http://{NAME}:{mirror.server_port}/most", headers={}).body) == MOST_BYTES
    with time_limit(2), pytest.raises(WireFailed, match="TOO_LARGE"):
        Wire().send("GET", f"http://{NAME}:{mirror.server_port}/more", headers={})


def test_a_compressed_answer_is_not_unpacked(mirror: ThreadingHTTPServer) -> None:
    with time_limit(2), pytest.raises(WireFailed, match="GARBAGE content-encoding"):
        Wire().send("GET", f"http://{NAME}:{mirror.server_port}/zipped", headers={})


def test_a_name_server_that_hangs_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()
    monkeypatch.setattr(wire, "resolve_by_system", lambda _host, _port: done.wait(10) and [])
    started = time.monotonic()

    with time_limit(0.2), pytest.raises(WireFailed, match="TIMEOUT"):
        Wire().send("GET", "https://slow-name.example/", headers={})

    assert time.monotonic() - started < 0.4
    done.set()


def test_a_port_that_nobody_has_is_refused(settings: Any) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings.OUTBOUND_ALLOWED = [f"127.0.0.1:{port}"]

    with time_limit(1), pytest.raises(WireFailed, match="REFUSED"):
        Wire().send("GET", f"http://127.0.0.1:{port}/", headers={})


def test_nothing_is_sent_when_the_time_is_up(mirror: ThreadingHTTPServer) -> None:
    with time_limit(0), pytest.raises(WireFailed, match="TIMEOUT"):
        Wire().send("GET", f"http://{NAME}:{mirror.server_port}/", headers={})

    assert Mirror.seen == []


def test_the_shorter_of_two_limits_counts() -> None:
    with time_limit(0.01), time_limit(10):
        assert wire.remaining() <= 0.01


def test_a_handshake_that_never_ends_ends_in_time(settings: Any) -> None:
    with silent_listener() as port:
        settings.OUTBOUND_ALLOWED = [f"127.0.0.1:{port}"]
        started = time.monotonic()
        with time_limit(0.2), pytest.raises(WireFailed, match="TIMEOUT"):
            Wire().send("GET", f"https://127.0.0.1:{port}/", headers={})

    assert time.monotonic() - started < 0.4


class silent_listener:
    """Accepts (the kernel does) and never says a word."""

    def __enter__(self) -> int:
        self.socket = socket.create_server(("127.0.0.1", 0))
        return int(self.socket.getsockname()[1])

    def __exit__(self, *_: object) -> None:
        self.socket.close()


def certified(folder: Path, name: str, *, client: bool = False) -> str:
    """Make an authority and a certificate for `name` in `folder`; return the authority's file."""
    issue = issuer(folder)
    issue("server", name)
    if client:
        issue("client", "civic")
    return str(folder / "authority.pem")


def issuer(folder: Path) -> Callable[[str, str], None]:
    root_key = ec.generate_private_key(ec.SECP256R1())
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
    today = datetime.datetime.now(datetime.UTC)

    def build(subject: x509.Name, key: Any, *extensions: tuple[Any, bool]) -> x509.Certificate:
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(root_name).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(today - datetime.timedelta(days=1))
        builder = builder.not_valid_after(today + datetime.timedelta(days=1))
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(root_key, hashes.SHA256())

    usage = x509.KeyUsage(
        digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    identifier = x509.SubjectKeyIdentifier.from_public_key(root_key.public_key())
    root = build(root_name, root_key, (x509.BasicConstraints(ca=True, path_length=None), True), (usage, True),
                 (identifier, False))  # fmt: skip
    (folder / "authority.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))

    def issue(file: str, name: str) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        names = x509.SubjectAlternativeName([x509.DNSName(name)])
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
        found = build(subject, key, (names, False), (authority, False))
        (folder / f"{file}.pem").write_bytes(found.public_bytes(serialization.Encoding.PEM))
        (folder / f"{file}.key").write_bytes(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))  # fmt: skip

    return issue
