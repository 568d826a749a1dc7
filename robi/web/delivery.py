"""What a session says, on its way into a link.

Owns the two ways there. As long as the phone takes what it is given, words go to the kernel in the
very call that says them, and no task waits for them. Once it does not, a task writes until it has
caught up: one message at a time, for what is in a write cannot be taken back by an interruption
(protocol.md §6).
"""

from typing import TypeVar

import trio
from attrs import define, field

from robi.actors.attachment import Attachment, Detached
from robi.actors.link import Link, LinkClosed

E = TypeVar("E", bound=LinkClosed | Detached)


def untraced(how: E) -> E:
    """Return `how`, to be kept: without the frames that it came through.

    One of them keeps it. So the link with all that it holds would wait for the garbage collector.
    """
    how.__traceback__ = how.__context__ = None
    return how


@define(eq=False)
class Delivery:
    """Delivers to `link` what `attachment` has, and cancels `nursery` when either has ended."""

    _link: Link
    _attachment: Attachment
    _nursery: trio.Nursery
    ended: LinkClosed | Detached | None = field(default=None, init=False)
    """What ended it, the first if there are several."""

    def begin(self) -> None:
        """Deliver what waits, and from now on whatever is said."""
        self._attachment.write_through(self._write, self.end)

    def stop(self) -> None:
        """Start nothing in the nursery any more: it is about to close."""
        self._attachment.hold_back()

    def end(self, how: LinkClosed | Detached) -> None:
        """Note that it is over, and have everybody leave."""
        self.ended = self.ended or untraced(how)
        self._nursery.cancel_scope.cancel()

    def _write(self, frames: list[bytes]) -> bool:
        if self._link.send_nowait(frames):
            return True
        self._nursery.start_soon(self._catch_up)
        return False

    async def _catch_up(self) -> None:
        link, attachment = self._link, self._attachment
        try:
            await link.send(())
            while attachment.waits:
                await link.send(await attachment.frames(1))
            self.begin()
        except (LinkClosed, Detached) as how:
            self.end(how)
