"""Wrong keys: how many an address may show, and how soon the next.

Owns that count, without I/O. An address has so many wrong keys free, and gets one back every some
seconds; beyond that it is told how long to wait. What is refused meanwhile does not count, or who
repeats too eagerly would lock themselves out for good.

A provider gives each house a whole /64 of IPv6, so that is one address here; an IPv4 address that
is written as IPv6 is the IPv4 address. Of more addresses than the table holds, those are forgotten
whose last wrong key is longest ago.
"""

import math
from collections import OrderedDict
from ipaddress import IPv6Address, ip_address

from attrs import define, field, frozen

KEPT = 4_096
_HOUSE_BITS = 64


def house_of(address: str) -> str:
    """Return under which name an address is counted."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(ip, IPv6Address):
        return str(ip)
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(IPv6Address(int(ip) >> _HOUSE_BITS << _HOUSE_BITS))


@frozen
class _Debt:
    wrong: float
    at: float


@define(eq=False)
class Attempts:
    """Wrong keys by address, of times in seconds on whichever clock the caller has.

    Args:
        free: how many an address may show at once.
        every_s: after how many seconds it gets one back.
    """

    free: int = 10
    every_s: float = 15.0
    _debts: OrderedDict[str, _Debt] = field(factory=OrderedDict, init=False)

    def __len__(self) -> int:
        """Return how many addresses are remembered."""
        return len(self._debts)

    def wait_s(self, address: str, now: float) -> int:
        """Return in how many whole seconds a wrong key may be shown; 0 if at once."""
        over = self._wrong(house_of(address), now) + 1 - self.free
        return max(1, math.ceil(over * self.every_s)) if over > 0 else 0

    def failed(self, address: str, now: float) -> None:
        """Count a wrong key."""
        house = house_of(address)
        self._debts[house] = _Debt(self._wrong(house, now) + 1, now)
        self._debts.move_to_end(house)
        if len(self._debts) > KEPT:
            self._debts.popitem(last=False)

    def _wrong(self, house: str, now: float) -> float:
        debt = self._debts.get(house)
        return 0.0 if debt is None else max(0.0, debt.wrong - (now - debt.at) / self.every_s)
