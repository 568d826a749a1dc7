"""What an actor is: one task that owns its state and reads its mailbox.

An actor is made anew for each life: `Child.start` builds it, `run` is its whole life. It keeps
nothing that must outlive a crash (that belongs in the store), and shares nothing: others reach
it by its mailbox only. A life that raises is a crash; so is one that ends before `ready()`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar, runtime_checkable

from robi.actors.mailbox import Mailbox
from robi.actors.snapshot import Detail, Snapshot

M = TypeVar("M")


class Actor(Protocol[M]):
    """One life of an actor that reads messages of type `M`."""

    async def run(self, mailbox: Mailbox[M], ready: Callable[[], None]) -> None:
        """Live: call `ready()` once able to serve, then read until asked to stop.

        `async for message in mailbox` ends when the supervisor wants the actor to stop and all
        that was put has been read. Then flush and return: what takes longer than the child's
        grace is cancelled.
        """

    def details(self) -> Mapping[str, Detail]:
        """Facts for the `Snapshot`. Must not block."""


@runtime_checkable
class Parent(Protocol):
    """An actor that has a tree of its own, shown below it in the `Snapshot`."""

    def children(self) -> Sequence[Snapshot]:
        """Return the snapshots of the children. Must not block."""
