"""Sends one request to a configured address: pinned, bounded in time and size, redirected nowhere.

The time limit is one of the wall clock: every touch of the socket (connecting, the handshake of TLS, each read and
write) gets what is left of it, so a neighbour that sends a byte a second ends as surely as one that sends nothing.
"""

import select
import socket
import ssl
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from queue import Empty, SimpleQueue
from typing import Any

import httpcore

from civic.core.outbound import DEFAULT_PORTS, Outbound, OutboundRefused, Place, Resolve, outbound, resolve_by_system

MOST_BYTES = 1024 * 1024
CONNECTIONS, KEPT_CONNECTIONS, KEPT_SECONDS = 32, 8, 20.0
RESOLVERS = threading.BoundedSemaphore(16)  # a resolver that hangs holds one of these, and no more than these
TRUST_LOCK = threading.Lock()

_ends: ContextVar[float] = ContextVar("ends")
_spoken: ContextVar[list[bool]] = ContextVar("spoken")  # whether the last read brought something, or the end


class WireFailed(Exception):
    """Nothing usable came back; `reason` is TIMEOUT, REFUSED, RESET, GARBAGE, TOO_LARGE or BLOCKED."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason} {detail}".strip())
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Reply:
    """What came back; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Let everything inside that goes over the wire take no more than `seconds` together; the shorter limit counts."""
    ends = time.monotonic() + seconds
    token = _ends.set(min(ends, _ends.get(ends)))
    try:
        yield
    finally:
        _ends.reset(token)


def remaining() -> float:
    """Return the seconds that are left. Raises: WireFailed, if none are."""
    left = _ends.get() - time.monotonic()
    if left <= 0:
        raise WireFailed("TIMEOUT")
    return left


class Wire:
    """The kept connections to one neighbour. `authority`: a file with whom to trust; the others: who we are (mTLS)."""

    def __init__(self, *, certificate: str = "", private_key: str = "", authority: str = "") -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),  # trusts nobody; the backend's is used
            max_connections=CONNECTIONS,
            max_keepalive_connections=KEPT_CONNECTIONS,
            keepalive_expiry=KEPT_SECONDS,
            network_backend=PinnedBackend(trust=lambda: _trust(certificate, private_key, authority)),
        )
        weakref.finalize(self, self._pool.close)  # at the latest when the process ends

    def send(self, method: str, url: str, *, headers: Mapping[str, str], body: bytes = b"") -> Reply:
        """Return the reply to one request, within the time limit that the caller has set. Raises: WireFailed."""
        spoken = _spoken.set([])
        try:
            return self._send(outbound().place(url), method, headers, body)
        except OutboundRefused as refusal:
            raise WireFailed("REFUSED" if refusal.why == "unresolved" else "BLOCKED", refusal.why) from refusal
        except httpcore.TimeoutException as error:
            raise WireFailed("TIMEOUT") from error
        except httpcore.RemoteProtocolError as error:
            raise WireFailed("RESET" if _spoken.get() == [False] else "GARBAGE") from error
        except httpcore.NetworkError as error:
            raise WireFailed("RESET") from error
        finally:
            _spoken.reset(spoken)

    def _send(self, place: Place, method: str, headers: Mapping[str, str], body: bytes) -> Reply:
        address = httpcore.URL(
            scheme=place.scheme.encode(), host=place.host.encode(), port=place.port, target=place.target.encode()
        )
        response = self._pool.handle_request(
            httpcore.Request(
                method,
                address,
                headers=_headers(place, headers, body),
                content=body,
                extensions={"timeout": {"pool": remaining()}},
            )
        )
        try:
            return Reply(response.status, _read_headers(response), _read_body(response))
        finally:
            response.close()


class PinnedBackend(httpcore.NetworkBackend):
    """Resolves a name once, asks the city's rule about every answer, and connects to one that passed."""

    def __init__(
        self,
        resolve: Resolve | None = None,
        rule: Callable[[], Outbound] = outbound,
        trust: Callable[[], ssl.SSLContext] = lambda: _trust("", "", ""),
    ) -> None:
        self._resolve, self._rule, self._trust = resolve, rule, trust

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        addresses = self._rule().pinned(host, port, resolve=self._resolve or _resolve_in_time)
        for tries_left in range(len(addresses), 0, -1):
            try:
                return Stream(_dialled(addresses[-tries_left], port, remaining() / tries_left), self._trust)
            except WireFailed:
                if tries_left == 1:
                    raise
        raise WireFailed("REFUSED")

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise WireFailed("BLOCKED", "unix socket")


class Stream(httpcore.NetworkStream):
    """One connection whose every touch is measured against the time limit of the request it serves."""

    def __init__(self, connected: socket.socket, trust: Callable[[], ssl.SSLContext]) -> None:
        self._socket, self._trust = connected, trust

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._socket.settimeout(remaining())
        try:
            found = self._socket.recv(max_bytes)
        except OSError as error:
            raise _failure(error) from error
        _spoken.get()[:] = [bool(found)]
        return found

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        while buffer:
            self._socket.settimeout(remaining())
            try:
                buffer = buffer[self._socket.send(buffer) :]
            except TimeoutError as error:
                raise WireFailed("TIMEOUT") from error
            except OSError as error:  # it may have answered before it hung up: the answer is read all the same
                raise httpcore.WriteError(type(error).__name__) from error

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        name = (server_hostname or "").strip("[]")
        try:
            context = self._trust()  # only now: to read whom to trust takes time that a plain connection can spare
            self._socket.settimeout(remaining())
            return Stream(context.wrap_socket(self._socket, server_hostname=name), self._trust)
        except OSError as error:
            raise _failure(error) from error
        finally:
            self._socket.close()  # wrapping has taken the connection out of it; else it is of no use

    def close(self) -> None:
        self._socket.close()

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return _stirs(self._socket)
        return self._socket if info == "socket" else None


def _stirs(kept: socket.socket) -> bool:
    """Whether a kept connection that should be silent is not: its neighbour has hung up, or speaks out of turn."""
    if kept.fileno() < 0:
        return True
    ear = select.poll()
    ear.register(kept.fileno(), select.POLLIN)
    return bool(ear.poll(0))


def _dialled(address: str, port: int, seconds: float) -> socket.socket:
    try:
        connected = socket.create_connection((address, port), timeout=seconds)
    except OSError as error:
        raise _failure(error, connecting=True) from error
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connected


def _failure(error: OSError, *, connecting: bool = False) -> WireFailed:
    if isinstance(error, TimeoutError):
        return WireFailed("TIMEOUT")
    if isinstance(error, ssl.SSLCertVerificationError):
        return WireFailed("BLOCKED", "certificate")
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
        return WireFailed("GARBAGE", error.reason or "tls")
    return WireFailed("REFUSED" if connecting else "RESET", type(error).__name__)


def _resolve_in_time(host: str, port: int) -> list[str]:
    """Resolve without waiting longer than there is time: the system's resolver knows no limit."""
    found: SimpleQueue[list[str]] = SimpleQueue()

    def resolve() -> None:
        try:
            found.put(resolve_by_system(host, port))
        finally:
            RESOLVERS.release()

    if not RESOLVERS.acquire(timeout=remaining()):
        raise WireFailed("TIMEOUT", "resolver")
    threading.Thread(target=resolve, name="resolver", daemon=True).start()
    try:
        return found.get(timeout=remaining())
    except Empty:
        raise WireFailed("TIMEOUT", "resolver") from None


def _trust(certificate: str, private_key: str, authority: str) -> ssl.SSLContext:
    with TRUST_LOCK:  # one thread reads the files, the others wait for it
        return _read_trust(certificate, private_key, authority)


@lru_cache(maxsize=64)
def _read_trust(certificate: str, private_key: str, authority: str) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=authority) if authority else httpcore.default_ssl_context()
        if certificate:
            context.load_cert_chain(certificate, private_key or None)
    except OSError as error:
        raise WireFailed("BLOCKED", "certificate files") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _headers(place: Place, given: Mapping[str, str], body: bytes) -> list[tuple[str, str]]:
    host = place.host if place.port == DEFAULT_PORTS[place.scheme] else str(place)
    return [*{"Host": host, "Accept-Encoding": "identity", **given, "Content-Length": str(len(body))}.items()]


def _read_headers(response: httpcore.Response) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}


def _read_body(response: httpcore.Response) -> bytes:
    headers = _read_headers(response)
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise WireFailed("GARBAGE", "content-encoding")
    if len(length := headers.get("content-length", "0")) > 9 or int(length) > MOST_BYTES:
        raise WireFailed("TOO_LARGE", "content-length")
    body = bytearray()
    for part in response.iter_stream():
        body += part
        if len(body) > MOST_BYTES:
            raise WireFailed("TOO_LARGE")
    return bytes(body)
