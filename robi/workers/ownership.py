"""To which process a robot belongs: pure, but for what the store knows of a session.

Owns the rule. The same device and the same session always meet in one process, whichever has
accepted the link, so that one actor there decides about takeovers and resumption, as in a server of
one process:

- a robot that names its device belongs where the device does, by a hash of its id;
- one that names only a session belongs where the device of that session does, if the store knows of
  one, else where the session does, by a hash of its id;
- one that names neither belongs where it is, and its session gets an id that belongs there too.

So does every id that is made: a session of a device belongs where the device does, by either rule,
before the store has heard of it. A session that was begun without a device and is named together
with one afterwards belongs where the device does; where it was, it is let go of (`Unhand`).
"""

from collections.abc import Awaitable, Callable
from hashlib import blake2b

from attrs import frozen

from robi.protocol.messages import Auth


def owner(key: str, workers: int) -> int:
    """Return which of so many processes has `key`: the same in all, and after a restart."""
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") % workers


def mint(new: Callable[[], str], here: int, workers: int) -> str:
    """Return a new id that belongs `here`; tried `workers` times on average."""
    while True:
        key = new()
        if owner(key, workers) == here:
            return key


@frozen
class Belonging:
    """The rule, in one of so many processes.

    Args:
        device_of: tells the device of a session, as far as the store knows; does not raise.
    """

    here: int
    workers: int
    device_of: Callable[[str], Awaitable[str | None]]

    async def of(self, auth: Auth) -> int:
        """Return to which process the robot belongs that says this."""
        if auth.device_id:
            return owner(auth.device_id, self.workers)
        if not auth.session_id:
            return self.here
        return owner(await self.device_of(auth.session_id) or auth.session_id, self.workers)

    def other_of(self, auth: Auth) -> int | None:
        """Return the process that may have the session, if that is not the one of its device."""
        if not (auth.device_id and auth.session_id):
            return None
        other = owner(auth.session_id, self.workers)
        return None if other == owner(auth.device_id, self.workers) else other
