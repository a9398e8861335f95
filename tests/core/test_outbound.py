"""No address that somebody configures leads inwards: not as it stands, not as it resolves, not the second time."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import httpcore
import pytest

from civic.core import wire
from civic.core.outbound import Outbound, OutboundRefused, is_public, parse, why_not_connect
from civic.core.wire import PinnedBackend, Wire, WireFailed, time_limit

PUBLIC = "93.184.216.34"

# {port} is one on which this machine listens: a connection would be seen.
HOSTILE = [
    # this machine, in the many ways an address can be written
    "http://127.0.0.1:{port}/", "https://127.0.0.1:{port}/", "http://localhost:{port}/", "http://LOCALHOST:{port}/",
    "http://127.1:{port}/", "http://127.0.1:{port}/", "http://127.255.255.254:{port}/", "http://2130706433:{port}/",
    "http://017700000001:{port}/", "http://0x7f000001:{port}/", "http://0x7f.0x0.0x0.0x1:{port}/",
    "http://0177.0.0.1:{port}/", "http://0177.0.0.01:{port}/", "http://127.0.0.0x1:{port}/", "http://0:{port}/",
    "http://0.0.0.0:{port}/", "http://127.0.0.1.:{port}/", "http://localhost.:{port}/", "http://[::1]:{port}/",
    "http://[::]:{port}/", "http://[0:0:0:0:0:0:0:1]:{port}/", "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/", "http://[::127.0.0.1]:{port}/", "http://[0:0:0:0:0:ffff:127.0.0.1]:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/", "http://[64:ff9b:1::7f00:1]:{port}/", "http://[2002:7f00:1::]:{port}/",
    "http://[2001:0:7f00:1::]:{port}/", "http://[2001:470::5efe:7f00:1]:{port}/", "http://[::1%25lo]:{port}/",
    "http://[fe80::1%25eth0]:{port}/", "http://①②⑦.⓪.⓪.①:{port}/", "http://１２７.0.0.1:{port}/",
    "http://127。0。0。1:{port}/", "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{port}/", "http://127.0.0.1\u200b:{port}/",
    "http://%31%32%37.0.0.1:{port}/", "http://127.0.0.1%00.example.com:{port}/",
    # one host for who reads, another for who connects
    "http://example.com@127.0.0.1:{port}/", "http://127.0.0.1:{port}@example.com/", "http://a:b@127.0.0.1:{port}/",
    "http://example.com\\@127.0.0.1:{port}/", "http://127.0.0.1:{port}\\.example.com/", "http://127.0.0.1:{port}#@a.cn/",
    "http:\\\\127.0.0.1:{port}/", "http:/127.0.0.1:{port}/", "http:127.0.0.1:{port}/", "//127.0.0.1:{port}/",
    "http:///127.0.0.1:{port}/", "http://127.0.0.1:{port}/\r\nHost: example.com", "http://127.0.0.1 :{port}/",
    " http://127.0.0.1:{port}/", "http://127.0.0.1:0{port}/", "http://127.0.0.1:+{port}/", "http://127.0.0.1:６３７９/",
    # another protocol
    "file:///etc/passwd", "gopher://127.0.0.1:{port}/_INFO", "ftp://127.0.0.1:{port}/", "dict://127.0.0.1:{port}/i",
    "ldap://127.0.0.1:{port}/", "unix:///var/run/docker.sock", "jar:http://127.0.0.1:{port}!/", "data:,hello",
    "ws://127.0.0.1:{port}/", "javascript:alert(1)", "",
    # inside
    "https://10.0.0.1/", "https://172.16.0.1/", "https://172.31.255.254/", "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data/", "https://[fd00:ec2::254]/", "https://100.64.0.1/",
    "https://100.100.100.200/", "https://192.0.0.192/", "https://198.18.0.1/", "https://224.0.0.1/",
    "https://255.255.255.255/", "https://240.0.0.1/", "https://0.1.2.3/", "https://[fc00::1]/", "https://[fd12::1]/",
    "https://[fe80::1]/", "https://[fec0::1]/", "https://[ff02::1]/", "https://[2001:db8::1]/", "https://[3fff::1]/",
    "https://[100::1]/", "https://[::ffff:10.0.0.1]/", "https://[::ffff:169.254.169.254]/",
    "https://[64:ff9b::a9fe:a9fe]/", "https://[2002:a9fe:a9fe::1]/", "https://[5f00::1]/",
    # names that lead inside (the resolver of this test says where)
    "https://inner.example/", "https://metadata.example/", "https://mixed.example/", "https://mapped.example/",
    "https://nowhere.example/", "https://xn--n3h.example/", "https://zone.example/",
    # no place of the public internet has a reason for these
    "https://outer.example:22/", "https://outer.example:6379/", "https://outer.example:{port}/", "http://outer.example/",
    "https://outer.example:0/", "https://outer.example:65536/", "https://outer.example:/", "https://outer..example/",
    "https://-outer.example/", "https://outer_inner.example/", f"https://{'a' * 64}.example/", "https://.example/",
]  # fmt: skip
NAMES = {
    "localhost": ["127.0.0.1", "::1"],
    "inner.example": ["10.1.2.3"],
    "metadata.example": ["169.254.169.254"],
    "mixed.example": [PUBLIC, "127.0.0.1"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "zone.example": ["fe80::1%eth0"],
    "xn--n3h.example": ["127.0.0.1"],
    "outer.example": [PUBLIC],
}


def resolve(host: str, _port: int) -> list[str]:
    return NAMES.get(host, [])


class Ear:
    """A listener on this machine that counts who comes."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.settimeout(0.05)
        self.port = self.socket.getsockname()[1]
        self.heard = 0
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self) -> None:
        while not self.stopping.is_set():
            try:
                self.socket.accept()[0].close()
                self.heard += 1
            except TimeoutError:
                continue

    def stop(self) -> int:
        """Return how many came."""
        self.stopping.set()
        self.thread.join()
        self.socket.close()
        return self.heard


@pytest.fixture
def ear() -> Iterator[Ear]:
    one = Ear()
    yield one
    one.stop()


@pytest.fixture(autouse=True)
def _strict(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OUTBOUND_ALLOWED = []
    monkeypatch.setattr(wire, "resolve_by_system", resolve)


def test_the_corpus_is_long_enough() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) >= 60


def test_no_hostile_address_is_accepted_and_none_is_connected_to(ear: Ear) -> None:
    connecting = Wire()
    accepted = []
    for text in HOSTILE:
        url = text.format(port=ear.port)
        if why_not_connect(url, resolve=resolve) is None:
            accepted.append(url)
        with time_limit(1.0), pytest.raises(WireFailed) as failed:
            connecting.send("GET", url, headers={})
        if failed.value.reason not in ("BLOCKED", "REFUSED"):
            accepted.append(f"{url} {failed.value.reason}")

    assert accepted == []
    assert ear.stop() == 0


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "inner.example", "mixed.example"]
)
def test_the_socket_itself_refuses_whatever_address_has_come_so_far(host: str) -> None:
    with time_limit(1.0), pytest.raises(OutboundRefused) as refused:
        PinnedBackend(resolve=resolve).connect_tcp(host, 443)

    assert refused.value.why == "inward"


def test_an_answer_that_flips_between_check_and_connection_is_of_no_use(
    ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, dialled = iter([[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]]), []

    def flip(_host: str, _port: int) -> list[str]:
        return next(answers)

    def dial(address: str, port: int, seconds: float) -> socket.socket:
        dialled.append((address, port))
        raise WireFailed("REFUSED")

    monkeypatch.setattr(wire, "resolve_by_system", flip)
    monkeypatch.setattr(wire, "_dialled", dial)
    with time_limit(1.0), pytest.raises(WireFailed):
        Wire().send("GET", "https://rebinding.example/", headers={})
    with time_limit(1.0), pytest.raises(WireFailed, match="BLOCKED inward"):
        Wire().send("GET", "https://rebinding.example/", headers={})

    assert dialled == [(PUBLIC, 443)]  # what was looked at is what was dialled; the second answer never was
    assert ear.stop() == 0


@pytest.mark.parametrize(
    "url",
    ["https://outer.example/data", "https://outer.example:8443", f"https://{PUBLIC}/?a=1", "HTTPS://Outer.Example/"],
)
def test_a_place_of_the_public_internet_is_accepted(url: str) -> None:
    assert why_not_connect(url, resolve=resolve) is None


def test_a_chinese_name_is_read_as_its_ascii_form() -> None:
    assert parse("https://六安.政务.cn/a").host == "xn--65q59v.xn--zfr164b.cn"


def test_an_inner_place_is_reached_only_where_the_operator_has_listed_host_and_port(settings: Any) -> None:
    settings.OUTBOUND_ALLOWED = ["inner.example:8088", "10.0.0.9:443", "[fd12::1]:443"]

    verdicts = {
        url: why_not_connect(url, resolve=resolve) is None
        for url in ("http://inner.example:8088/", "https://10.0.0.9/", "https://[fd12::1]/", "http://inner.example:8089/",
                    "https://inner.example/", "https://10.0.0.10/")
    }  # fmt: skip

    assert list(verdicts.values()) == [True, True, True, False, False, False]


def test_not_even_a_listed_name_leads_to_the_metadata_service_of_a_cloud(settings: Any) -> None:
    settings.OUTBOUND_ALLOWED = ["metadata.example:443", "mapped.example:443", "zone.example:443"]

    assert why_not_connect("https://metadata.example/", resolve=resolve) is not None
    assert why_not_connect("https://zone.example/", resolve=resolve) is not None
    assert why_not_connect("https://mapped.example/", resolve=resolve) is None  # 127.0.0.1, as the operator said


def test_the_refusal_says_what_planned() -> None:
    assert why_not_connect("https://10.0.0.1/", resolve=resolve) == (
        "10.0.0.1:443 指向内部网络或保留的地址，平台不会连接；"
        "确需连接，请运维把“10.0.0.1:443”加入 CIVIC_OUTBOUND_ALLOWED。"
    )


def test_every_address_that_python_calls_private_is_no_public_one() -> None:
    import ipaddress
    import random

    chance = random.Random(6)
    drawn = [ipaddress.IPv4Address(chance.getrandbits(32)) for _ in range(20_000)]
    drawn6 = [ipaddress.IPv6Address(chance.getrandbits(128)) for _ in range(20_000)]

    assert [address for address in (*drawn, *drawn6) if is_public(address) and not address.is_global] == []


def test_a_rule_with_other_ports_lets_those_through() -> None:
    rule = Outbound(allowed=(), ports=(9443,))

    assert rule.place("https://outer.example:9443/").port == 9443
    with pytest.raises(OutboundRefused):
        rule.place("https://outer.example/")


def test_the_backend_knows_no_unix_sockets() -> None:
    with pytest.raises(WireFailed):
        PinnedBackend().connect_unix_socket("/var/run/docker.sock")


def test_the_library_below_still_asks_the_backend_for_its_connections() -> None:
    assert isinstance(Wire()._pool, httpcore.ConnectionPool)
    assert isinstance(Wire()._pool._network_backend, PinnedBackend)
