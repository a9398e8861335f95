"""Where the platform may connect to: an address that people configure is read strictly and never leads inwards."""

import re
import socket
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from civic.core.errors import Invalid

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Sequence[str]]

DEFAULT_PORTS = {"http": 80, "https": 443}
ODD = re.compile(r"[^\x21-\U0010ffff]|[\\\x7f-\xa0#\u200b-\u200f\u2028-\u202f\u2060\ufeff]")
URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?]*)(?P<target>[/?][\x21-\x7e]*)?")
PLACE = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^:\[\]@%]+)(?::(?P<port>[1-9][0-9]{0,4}))?")
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")

# IANA's special-purpose registries: what is not the public internet, and what carries another address inside.
INWARD = [ip_network(text) for text in (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
    "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
)]  # fmt: skip
PUBLIC_IPV6 = IPv6Network("2000::/3")  # all else is unassigned, local, mapped, translated (NAT64) or multicast
# Not even where an operator lists the name: the metadata service of a cloud, groups, and addresses of nobody.
NEVER = [ip_network(text) for text in (
    "0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/128", "fe80::/10", "fec0::/10", "ff00::/8",
    "fd00:ec2::254/128", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32",
)]  # fmt: skip
ISATAP = {0x0000_5EFE, 0x0200_5EFE}

WORDS = {
    "shape": gettext_noop(
        "地址写法不规范：请写成 https://主机名:端口/路径，不要有用户名、空格、反斜杠、百分号编码的主机名或 #。"
    ),
    "scheme": gettext_noop("地址必须以 https:// 开头（经运维允许的内部地址可以用 http://）。"),
    "host": gettext_noop("主机名写法不规范：请写普通域名，或标准写法的 IP 地址，结尾不要加点。"),
    "port": gettext_noop(
        "端口 %(port)s 不能使用：请用 443 或 8443；确需其他端口，请运维把“%(place)s”加入 CIVIC_OUTBOUND_ALLOWED。"
    ),
    "unresolved": gettext_noop("域名 %(host)s 解析不出地址：请核对域名和域名服务器。"),
    "inward": gettext_noop(
        "%(place)s 指向内部网络或保留的地址，平台不会连接；确需连接，请运维把“%(place)s”加入 CIVIC_OUTBOUND_ALLOWED。"
    ),
    "plain": gettext_noop(
        "对外连接必须加密：请把地址改为 https://；确需明文，请运维把“%(place)s”加入 CIVIC_OUTBOUND_ALLOWED。"
    ),
}


class OutboundRefused(Invalid):
    """The platform does not connect there; `why` is one of the keys of WORDS."""

    code = "outbound-refused"

    def __init__(self, why: str, *, host: str = "", port: int = 0) -> None:
        super().__init__(_(WORDS[why]) % {"host": host, "port": port, "place": f"{host}:{port}"})
        self.why = why


@dataclass(frozen=True)
class Place:
    """An address, taken apart. `host` is lower case ASCII: a name, an IPv4 address or one of IPv6 in brackets."""

    scheme: str
    host: str
    port: int
    target: str

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Outbound:
    """The city's rule. `allowed`: "host:port" of inner places that the operator has listed; `ports`: open to all."""

    allowed: Collection[str]
    ports: Collection[int]

    def place(self, url: str) -> Place:
        """Return the place `url` names, if its name alone is no reason to refuse. Raises: OutboundRefused."""
        place = parse(url)
        if str(place) not in self.allowed:
            if place.port not in self.ports:
                raise OutboundRefused("port", host=place.host, port=place.port)
            if (literal := _literal(place.host)) and not is_public(literal):
                raise OutboundRefused("inward", host=place.host, port=place.port)
            if place.scheme != "https":
                raise OutboundRefused("plain", host=place.host, port=place.port)
        return place

    def pinned(self, host: str, port: int, *, resolve: Resolve) -> list[str]:
        """Return the addresses that a connection to `host` may be made to: these, not what is resolved later.

        One inward address among the answers is enough to refuse. Raises: OutboundRefused.
        """
        literal = _literal(host)
        found = [literal] if literal else [ip_address(text) for text in resolve(host, port)]
        may = _may_be_listed if f"{host}:{port}" in self.allowed else is_public
        if not found:
            raise OutboundRefused("unresolved", host=host)
        if not all(may(address) for address in found):
            raise OutboundRefused("inward", host=host, port=port)
        return list(dict.fromkeys(map(str, found)))


def outbound() -> Outbound:
    """Return the rule that the settings state."""
    return Outbound(allowed=frozenset(settings.OUTBOUND_ALLOWED), ports=frozenset(settings.OUTBOUND_PORTS))


def why_not_connect(url: str, *, resolve: Resolve | None = None) -> str | None:
    """Return why the platform would not connect to `url`, in words for who configures it; None where it would."""
    rule = outbound()
    try:
        place = rule.place(url)
        rule.pinned(place.host, place.port, resolve=resolve or resolve_by_system)
    except OutboundRefused as refusal:
        return refusal.message
    return None


@lru_cache(maxsize=256)
def parse(url: str) -> Place:
    """Return `url` taken apart: read in one way only, or not at all. Raises: OutboundRefused."""
    whole = None if ODD.search(url) else URL.fullmatch(url)
    if whole is None:
        raise OutboundRefused("shape")
    scheme = whole["scheme"].lower()
    if scheme not in DEFAULT_PORTS:
        raise OutboundRefused("scheme")
    parts = PLACE.fullmatch(whole["authority"])
    if parts is None:
        raise OutboundRefused("shape")
    port = int(parts["port"] or DEFAULT_PORTS[scheme])
    if port > 65535:
        raise OutboundRefused("shape")
    return Place(scheme, _host(parts["host"]), port, whole["target"] or "/")


def is_public(address: Address) -> bool:
    """Whether `address` is on the public internet and carries no other address inside."""
    return not (_is_in(address, INWARD) or (isinstance(address, IPv6Address) and not _is_public_ipv6(address)))


def resolve_by_system(host: str, port: int) -> list[str]:
    """Return what the system's resolver says; nothing, where it knows no such name."""
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        return []


def _host(text: str) -> str:
    if text.startswith("["):
        try:
            return f"[{IPv6Address(text[1:-1])}]"
        except ValueError:
            raise OutboundRefused("host") from None
    try:
        name = text.encode("idna").decode("ascii").lower()  # full-width, circled and look-alike digits become digits
    except UnicodeError:
        raise OutboundRefused("host") from None
    labels = name.split(".")
    if len(name) > 253 or not all(map(LABEL.fullmatch, labels)):
        raise OutboundRefused("host")
    if NUMBER.fullmatch(labels[-1]) and not _is_canonical_ipv4(name):
        raise OutboundRefused("host")
    return name


def _is_canonical_ipv4(name: str) -> bool:
    try:
        return str(IPv4Address(name)) == name
    except ValueError:
        return False


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def _is_public_ipv6(address: IPv6Address) -> bool:
    return address in PUBLIC_IPV6 and not address.scope_id and (int(address) >> 32) & 0xFFFF_FFFF not in ISATAP


def _may_be_listed(address: Address) -> bool:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return not _is_in(mapped or address, NEVER)


def _is_in(address: Address, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    return any(address in network for network in networks)
