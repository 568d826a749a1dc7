"""From where a request comes: the connection says so, and trusted proxies alone."""

from ipaddress import ip_network

import pytest

from robi.web.forwarded import Proxies

LOOPBACK = Proxies((ip_network("127.0.0.0/8"), ip_network("::1/128")))
FLEET = Proxies((ip_network("127.0.0.0/8"), ip_network("10.1.0.0/16")))
GUEST = "192.0.2.66"


def client_of(proxies: Proxies, peer: str | None, *forwarded: str, other: str = "via") -> str:
    headers = [(b"host", b"robi"), (other.encode(), b"198.51.100.1")]
    headers += [(b"x-forwarded-for", each.encode("latin-1")) for each in forwarded]
    return proxies.client_of(peer, headers)


def test_connection_without_a_proxy_is_the_client() -> None:
    assert client_of(LOOPBACK, GUEST) == GUEST
    assert client_of(LOOPBACK, "::1") == "::1"


@pytest.mark.parametrize("proxies", [LOOPBACK, Proxies()])
@pytest.mark.parametrize("forged", ["127.0.0.1", "198.51.100.1", "::1", "a, b", ""])
def test_client_that_writes_the_header_itself_is_not_believed(
    proxies: Proxies, forged: str
) -> None:
    assert client_of(proxies, GUEST, forged) == GUEST


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_proxy_on_this_machine_says_where_it_comes_from(peer: str) -> None:
    assert client_of(LOOPBACK, peer, GUEST) == GUEST


def test_proxy_that_is_not_trusted_any_more_is_the_client() -> None:
    assert client_of(Proxies(), "127.0.0.1", GUEST) == "127.0.0.1"


@pytest.mark.parametrize(
    "forged", [["198.51.100.1"], ["127.0.0.1"], ["10.1.0.9"], ["x"], ["1.1.1.1, 127.0.0.1"], [""]]
)
def test_what_a_client_writes_before_its_own_address_is_never_looked_at(forged: list[str]) -> None:
    together = ", ".join([*forged, GUEST])
    assert client_of(FLEET, "127.0.0.1", together) == GUEST
    assert client_of(FLEET, "127.0.0.1", *forged, GUEST) == GUEST


def test_proxies_behind_each_other_are_followed_from_the_right() -> None:
    assert client_of(FLEET, "127.0.0.1", f"1.2.3.4, {GUEST}, 10.1.0.9, 10.1.0.8") == GUEST


def test_chain_of_proxies_alone_is_as_far_as_it_goes() -> None:
    assert client_of(FLEET, "127.0.0.1", "10.1.0.9, 10.1.0.8") == "10.1.0.9"


@pytest.mark.parametrize("said", ["", "unknown", "_hidden", "999.1.1.1", "10.1.0.9;drop", ", ,"])
def test_proxy_that_names_no_address_is_the_client(said: str) -> None:
    assert client_of(LOOPBACK, "127.0.0.1", said) == "127.0.0.1"


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("192.0.2.66:5123", GUEST),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("2001:DB8::1", "2001:db8::1"),
        ("::ffff:192.0.2.66", GUEST),
        ("  192.0.2.66\t", GUEST),
    ],
)
def test_address_is_read_however_proxies_write_it(written: str, address: str) -> None:
    assert client_of(LOOPBACK, "127.0.0.1", written) == address


@pytest.mark.parametrize("header", ["forwarded", "x-real-ip", "x-client-ip", "true-client-ip"])
def test_other_headers_say_nothing(header: str) -> None:
    assert client_of(LOOPBACK, "127.0.0.1", other=header) == "127.0.0.1"


@pytest.mark.parametrize("peer", [None, ""])
def test_connection_without_an_address_has_none_and_may_not_tell_another(peer: str | None) -> None:
    assert client_of(LOOPBACK, peer, GUEST) == "unknown"
