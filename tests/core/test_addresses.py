"""Whose request it is."""

import pytest

from civic.core.addresses import client_of, one_client


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("", "192.0.2.7"),
        ("203.0.113.9", "203.0.113.9"),
        ("10.9.9.9, 203.0.113.9", "203.0.113.9"),
        ("a, ", "192.0.2.7"),
        ("10.9.9.9, 203.0.113.9:4711", "203.0.113.9"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_client_is_the_last_that_the_proxy_has_seen_else_who_is_connected(forwarded: str, address: str) -> None:
    assert client_of(forwarded, "192.0.2.7") == address


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:a::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:b::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("64:ff9b::192.0.2.7", "192.0.2.7"),
        ("not:an:address", "not:an:address"),
        ("", ""),
    ],
)
def test_all_addresses_of_one_household_are_one_client(address: str, client: str) -> None:
    assert one_client(address) == client
