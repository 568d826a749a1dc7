"""A supervisor that is a child of another: the branch of a tree."""

from collections.abc import Callable, Mapping, Sequence
from typing import Never

import trio
from attrs import frozen

from robi.actors.mailbox import Mailbox
from robi.actors.snapshot import Detail, Snapshot
from robi.actors.supervisor import Supervisor


@frozen
class ReadyStatus:
    """A `task_status` for `Supervisor.run` that tells an actor's `ready`."""

    ready: Callable[[], None]

    def started(self, value: None = None) -> None:
        """All children are ready: so is the actor that runs the supervisor."""
        self.ready()
        return value


@frozen
class Branch:
    """An actor that is nothing but a supervisor: `Child(start=lambda: Branch(Supervisor(...)))`.

    Each life takes a new supervisor, with new mailboxes: addresses in a branch last as long as
    the branch. Its grace should be no less than the sum of those below: an overstaying branch
    is cancelled like any child, but it turns that into an ordered stop, and takes its time.
    """

    supervisor: Supervisor

    async def run(self, mailbox: Mailbox[Never], ready: Callable[[], None]) -> None:
        """Run the supervisor until asked to stop; a crash if it escalates."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._pass_on_stop, mailbox)
            await self.supervisor.run(task_status=ReadyStatus(ready))
            nursery.cancel_scope.cancel()

    async def _pass_on_stop(self, mailbox: Mailbox[Never]) -> None:
        await mailbox.wait_stopping()
        self.supervisor.request_stop()

    def details(self) -> Mapping[str, Detail]:
        """Nothing but its children."""
        return {}

    def children(self) -> Sequence[Snapshot]:
        """Return the snapshots of the supervisor's children."""
        return self.supervisor.snapshot().children
