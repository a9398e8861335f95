"""Whose request it is: the address of a client, and what counts as one client."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

HOUSEHOLD = 64  # bits: an IPv6 connection is given so many addresses at once that it can change its own at will
TRANSLATED = ip_network("64:ff9b::/96")  # IPv4 clients as an IPv6-only network sees them: RFC 6052, section 2.1


def client_of(forwarded: str, remote: str) -> str:
    """Return the client's address: the last that the trusted proxy has seen, else who is connected.

    `forwarded`: X-Forwarded-For, and "" where no proxy is trusted.
    """
    return _without_port(forwarded.rpartition(",")[2].strip()) or remote


def one_client(address: str) -> str:
    """Return what all addresses of one client have in common: of IPv6 the network of a household."""
    if ":" not in address:
        return address
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    if found in TRANSLATED:
        return str(IPv4Address(int(found) % 2**32))
    return str(ip_network((int(found), HOUSEHOLD), strict=False))


def _without_port(address: str) -> str:
    """Some proxies write the port too: it is another one for every connection of the same client."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address
