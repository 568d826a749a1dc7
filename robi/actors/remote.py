"""An actor that lives in another process: what is put in its mailbox here goes there.

Owns the way of a mailbox to its twin at home, where the real actor reads. It decides nothing and
keeps nothing: what is put here is put there, in the same order (`robi.actors.embassy`), and who
asked here is answered from there. When the way is lost it crashes, as the actor would: the
questions in hand are answered `ActorDied`, what waits in the mailbox waits for the next life. But
what was told and had not arrived is gone, and nobody knows what that was: so who runs it is told,
before the next life puts anything behind the gap.
"""

from collections.abc import Awaitable, Callable, Mapping
from math import inf
from typing import Any

import trio
from attrs import define, field, frozen

from robi.actors.ask import Ask, Question, ask
from robi.actors.line import Line
from robi.actors.mailbox import Mailbox
from robi.actors.snapshot import Detail


@frozen
class Flush(Question[None]):
    """Answered when all that was put before is in the mailbox at home.

    It is no message to the actor: the embassy answers it.
    """


Dial = Callable[[str], Awaitable[trio.abc.Stream]]
"""Opens a stream to the embassy's end of the mailbox of that name; as long as it takes."""


@define(eq=False)
class Remote:
    """One life of an actor's place in a process where it does not live.

    Args:
        dial: how its home is reached.
        beside: a second mailbox that goes the same way, by a line of its own, so that neither waits
            for the other: the reads of the store.
        lost: called when the way is lost, and what was on it.
    """

    _dial: Dial
    _beside: Mailbox[Ask[object]] | None = None
    _lost: Callable[[], None] = field(default=lambda: None, kw_only=True)
    _passed: int = field(default=0, init=False)

    def details(self) -> Mapping[str, Detail]:
        """What was passed on in this life."""
        return {"passed": self._passed}

    async def run(self, mailbox: Mailbox[Any], ready: Callable[[], None]) -> None:
        """Pass on until asked to stop; then until all that was put has arrived.

        Raises:
            LineLost: home is gone.
        """
        try:
            async with trio.open_nursery() as lines:
                line = await self._open(mailbox.name, lines)
                if self._beside is not None:
                    reads = await self._open(self._beside.name, lines)
                    lines.start_soon(self._pass_on, self._beside, reads)
                ready()
                await self._pass_on(mailbox, line)
                await ask(line, Flush(), timeout=inf)
                lines.cancel_scope.cancel()
            if self._beside is not None:
                self._beside.close()
        except Exception:
            self._lost()
            raise
        finally:
            if self._beside is not None:
                self._beside.fail_in_hand()

    async def _open(self, name: str, lines: trio.Nursery) -> Line:
        line = Line(name, await self._dial(name), _refuse)
        lines.start_soon(line.run)
        return line

    async def _pass_on(self, mailbox: Mailbox[Any], line: Line) -> None:
        async for message in mailbox:
            if isinstance(message, Ask) and message.is_idle:
                continue
            self._passed += 1
            await line.put(message)


async def _refuse(message: object) -> None:
    """Home tells nothing by this line, it only answers."""
    await trio.lowlevel.checkpoint()
    raise TypeError(type(message).__name__)
