"""Whether a request comes from a page of this server, opened on this very machine.

Owns that judgement, for the one call that gives the key of development away (decision 17). It goes
by what a browser and the programs between say of a request, and one doubt is enough:

| doubt | against |
|---|---|
| the other end is no loopback address | whoever is in the network |
| a header that proxies add | whoever comes by a proxy or a tunnel that runs here |
| `Host` is another name | a foreign page whose name was made to mean this machine (DNS rebinding) |
| `Origin` or `Sec-Fetch-Site` tell of another page | a foreign page in this machine's browser |
"""

from collections.abc import Iterable

from robi.web.lobby import is_this_machine

_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
_OF_PROXIES = frozenset(
    {
        "forwarded",
        "via",
        "cf-connecting-ip",
        "cf-ray",
        "fly-client-ip",
        "true-client-ip",
        "x-client-ip",
        "x-cluster-client-ip",
        "x-envoy-external-address",
        "x-original-forwarded-for",
        "x-real-ip",
    }
)
_FORWARDED = "x-forwarded"


def is_at_home(address: str | None, headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether the request with these headers, which came from `address`, is from such a page."""
    if address is None or not is_this_machine(address):
        return False
    told: dict[str, list[str]] = {}
    for name, value in headers:
        told.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    if any(name in _OF_PROXIES or name.startswith(_FORWARDED) for name in told):
        return False
    hosts = told.get("host", [])
    if len(hosts) != 1 or _name_of(hosts[0]) not in _NAMES:
        return False
    # Without TLS here, a page of ours has no other origin.
    return told.get("origin", [f"http://{hosts[0]}"]) == [f"http://{hosts[0]}"] and told.get(
        "sec-fetch-site", ["same-origin"]
    ) == ["same-origin"]


def _name_of(host: str) -> str:
    """Return the name in a `Host`, without the port."""
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdecimal() else host.lower()
