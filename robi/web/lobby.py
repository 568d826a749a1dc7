"""The lobby: connections that have come in and not yet shown a good key.

Owns the bound on them (docs/architecture.md, *Bounds*). When it is full the one who has waited
longest goes, not the newcomer: a flood of silent connections then pushes out itself, and a robot,
which shows its key within a second, comes through.

There is a second bound for each address. Addresses of this machine are free of it: behind a proxy
everybody comes from there.
"""

from collections.abc import Hashable
from ipaddress import ip_address
from typing import Generic, TypeVar

from attrs import define, field

G = TypeVar("G", bound=Hashable)


def is_this_machine(address: str) -> bool:
    """Whether `address` is a loopback address."""
    try:
        return ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False


@define(eq=False)
class Lobby(Generic[G]):
    """Guests by their address, in the order in which they came.

    Args:
        bound: guests altogether.
        bound_each: guests from one address, unless it is of this machine.
    """

    bound: int
    bound_each: int
    _guests: dict[G, str] = field(factory=dict, init=False)
    _by_address: dict[str, dict[G, None]] = field(factory=dict, init=False)

    def __len__(self) -> int:
        """Return how many guests there are."""
        return len(self._guests)

    def enter(self, guest: G, address: str) -> G | None:
        """Let `guest` in; return who has to go for it, who is then no longer here."""
        leaver: G | None = None
        same = self._by_address.get(address, {})
        if len(same) >= self.bound_each and not is_this_machine(address):
            leaver = next(iter(same))
        elif len(self._guests) >= self.bound:
            leaver = next(iter(self._guests))
        if leaver is not None:
            self.leave(leaver)
        self._guests[guest] = address
        self._by_address.setdefault(address, {})[guest] = None
        return leaver

    def leave(self, guest: G) -> None:
        """Let `guest` go, or further in. Nothing happens when it is not here."""
        address = self._guests.pop(guest, None)
        if address is not None:
            same = self._by_address[address]
            del same[guest]
            if not same:
                del self._by_address[address]
