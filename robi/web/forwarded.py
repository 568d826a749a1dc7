"""From which address a request comes, where a proxy stands in front.

Owns whom to believe. Anybody can write `X-Forwarded-For`; it is read only if the other end of the
connection is a proxy that is trusted (`TRUSTED_PROXIES`), and from the right: each proxy adds the
address that it saw at the end, and the first that is no trusted proxy itself is the client's.
What stands before it the client may have written, and nobody looks. Other headers (`Forwarded`,
`X-Real-IP`) are not read at all.

Whether a page is on this very machine (`api.at_home`) is never asked of this: the connection alone
says so.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from attrs import frozen

Network = IPv4Network | IPv6Network

UNKNOWN = "unknown"
"""The address of who has left already, or has none: a socket of Unix."""

_HEADER = b"x-forwarded-for"


@frozen
class Proxies:
    """The proxies whose word is taken."""

    networks: tuple[Network, ...] = ()

    def client_of(self, peer: str | None, headers: Iterable[tuple[bytes, bytes]]) -> str:
        """Return the address of the client; `peer` is that of the other end of the connection.

        The names of `headers` are in lower case. A proxy that is trusted and names nobody, or
        something that is no address, is the client itself.
        """
        client = _address(peer or "")
        if client is None:
            return peer or UNKNOWN
        if not self._trusts(client):
            return str(client)
        told = b",".join(value for name, value in headers if name == _HEADER)
        for written in reversed(told.decode("latin-1").split(",") if told else ()):
            before = _address(written)
            if before is None:
                break
            client = before
            if not self._trusts(client):
                break
        return str(client)

    def _trusts(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self.networks)


def _address(written: str) -> IPv4Address | IPv6Address | None:
    """Return the address that is written there, with a port or without; None if there is none."""
    text = written.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
