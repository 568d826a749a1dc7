"""The supervisor: starts children in order, restarts those that crash, stops them in reverse.

One-for-one, after Erlang/OTP; docs/supervision.md maps the words and states the guarantees.

The trap (findings.md, *Supervision*): cancelling the scope around the children, or letting an
error into their nursery, cuts all of them at once, the store before it could flush. So:

- the children's nursery is shielded, and no `Exception` ever enters it;
- a watcher outside the shield turns a cancellation into the same ordered stop as all others;
- giving up is an ordered stop as well; `Escalated` is raised when the last child has gone.
"""

from collections.abc import Callable, Sequence
from typing import Any

import structlog
import trio

from robi.actors.child import Child
from robi.actors.crash import Crash
from robi.actors.errors import ChildRefused, Escalated, StartTimeout
from robi.actors.mailbox import Mailbox
from robi.actors.place import Place
from robi.actors.restart import Intensity, Restart, Verdict
from robi.actors.snapshot import Snapshot, State

log = structlog.get_logger()


def ignore(_: Crash) -> None:
    """Do nothing about a crash, but what is done anyway."""


class Supervisor:
    """Keeps its children alive. Their mailboxes exist from the start: wiring needs no order.

    Args:
        name: shown at the top of the snapshot.
        children: the table; started from first to last, stopped from last to first.
        intensity: how many restarts are borne, of all children together.
        per_child: count each child by itself; one too many removes only that child.
        on_crash: told of every crash. If it raises, the supervisor gives up.
    """

    def __init__(
        self,
        name: str,
        children: Sequence[Child],
        intensity: Intensity,
        *,
        per_child: bool = False,
        on_crash: Callable[[Crash], None] = ignore,
    ) -> None:
        self.name = name
        self._places: dict[str, Place] = {}
        for child in children:
            self._add(child, dynamic=False)
        self._intensity = intensity
        self._per_child = per_child
        self._on_crash = on_crash
        self._spent: tuple[float, ...] = ()
        self._restarts = 0
        self._state = State.WAITING
        self._born = 0.0
        self._serving = trio.CancelScope()  # cancelled by whoever wants the ordered stop
        self._failures: list[Exception] = []
        self._nursery: trio.Nursery | None = None

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Start all children, keep them alive, stop them all in order; once in its life.

        `task_status.started()` is called once every child is ready. Ends by `request_stop`
        (returns), by cancellation (Cancelled goes on after the ordered stop) or by giving up.

        Raises:
            Escalated: a child failed too often, or was not ready in time. Raised after the
                ordered stop of the others, from the error that was the last straw.
        """
        if self._state is not State.WAITING:
            msg = f"supervisor {self.name!r} runs once"
            raise RuntimeError(msg)
        self._state = State.STARTING
        self._born = trio.current_time()
        try:
            async with trio.open_nursery() as unshielded:
                unshielded.start_soon(self._watch_for_cancellation)
                with trio.CancelScope(shield=True):
                    async with trio.open_nursery() as self._nursery:
                        with self._serving:
                            await self._start_children(self._nursery)
                            self._state = State.RUNNING
                            task_status.started()
                            await trio.sleep_forever()
                        self._state = State.STOPPING
                        await self._stop_children()
                unshielded.cancel_scope.cancel()
        finally:
            if self._failures:
                raise Escalated(self.name) from self._failures[0]

    def request_stop(self) -> None:
        """Begin the ordered stop; `run` returns when it is done. Idempotent."""
        self._serving.cancel()

    def mailbox(self, name: str) -> Mailbox[Any]:
        """Return the mailbox of the child `name`. What may be put there only the wiring knows.

        Raises:
            ChildRefused: no such child.
        """
        return self._place(name).mailbox

    async def start_child(self, child: Child) -> Mailbox[Any]:
        """Add a child while running, and wait until it is ready.

        A child that ends before is not restarted. When the caller is cancelled meanwhile, the
        child is cancelled too: nobody else knows its address.

        Raises:
            ChildRefused: the name is taken, or the supervisor is not running.
            ChildNotStarted: it ended before it was ready; its error is chained.
        """
        if self._nursery is None or self._serving.cancel_called:
            msg = f"{child.name}: {self.name} is not running"
            raise ChildRefused(msg)
        place = self._add(child, dynamic=True)
        place.kept = True
        self._nursery.start_soon(self._keep, place)
        try:
            await place.wait_ready()
        except trio.Cancelled:
            place.request_stop(grace=0)
            raise
        return place.mailbox

    async def stop_child(self, name: str) -> None:
        """Stop a child within its grace, and forget it. If cancelled, only the wait for it ends.

        Raises:
            ChildRefused: no such child.
        """
        place = self._place(name)
        place.request_stop()
        await place.wait_gone()

    def kill(self, name: str) -> None:
        """Crash a child on purpose, at once and without grace: for the operator, and for tests.

        Raises:
            ChildRefused: no such child.
        """
        self._place(name).kill()

    def snapshot(self) -> Snapshot:
        """Return the tree as it is now."""
        return Snapshot(
            name=self.name,
            state=self._state,
            restart=None,
            restarts=self._restarts,
            uptime_s=trio.current_time() - self._born if self._nursery else 0.0,
            mailbox_depth=0,
            mailbox_bound=0,
            details={},
            children=tuple(place.snapshot() for place in self._places.values()),
        )

    def _add(self, child: Child, *, dynamic: bool) -> Place:
        if child.name in self._places:
            msg = f"{child.name}: the name is taken"
            raise ChildRefused(msg)
        self._places[child.name] = place = Place(child, dynamic)
        return place

    def _place(self, name: str) -> Place:
        try:
            return self._places[name]
        except KeyError:
            msg = f"{name}: no such child of {self.name}"
            raise ChildRefused(msg) from None

    async def _watch_for_cancellation(self) -> None:
        try:
            await trio.sleep_forever()
        finally:
            self.request_stop()

    async def _start_children(self, nursery: trio.Nursery) -> None:
        """Start the table's children one after the other, each ready (or gone) before the next."""
        for place in [place for place in self._places.values() if not place.dynamic]:
            place.kept = True
            nursery.start_soon(self._keep, place)
            await place.wait_settled()

    async def _stop_children(self) -> None:
        """Stop the children: those that came while running together, then the table in reverse.

        Together, because there may be thousands, and the sum of the graces must stay small.
        """
        places = list(self._places.values())
        dynamic = [place for place in places if place.dynamic]
        for place in dynamic:
            place.request_stop()
        for place in dynamic:
            await place.wait_gone()
        for place in reversed([place for place in places if not place.dynamic]):
            if place.kept:
                place.request_stop()
                await place.wait_gone()
            else:
                self._forget(place)  # its turn to start never came

    async def _keep(self, place: Place) -> None:
        """Keep one child alive: life after life, until no other may follow."""
        structlog.contextvars.clear_contextvars()  # those of whoever called start_child
        structlog.contextvars.bind_contextvars(actor=place.name)
        try:
            while (crash := await place.live()) is not None:
                again = self._outlive(place, crash)
                del crash  # its frames hold all that the dead actor held
                if not again:
                    break
        except Exception as error:  # noqa: BLE001 (our own fault, or on_crash's: see the trap)
            self._give_up(error)
        finally:
            self._forget(place)

    def _outlive(self, place: Place, crash: Exception) -> bool:
        """Tell of a life that has crashed; return whether another follows."""
        verdict = self._judge(place, crash)
        report = Crash.of(place.name, crash, place.restarts)
        log.error(
            "actor_crashed",
            supervisor=self.name,
            error=report.error,
            places=report.places,
            restarts=report.restarts,
            then=verdict.value,
        )
        if verdict is Verdict.RESTART:
            place.restarts += 1
            self._restarts += 1
        elif verdict is Verdict.ESCALATE:
            self._give_up(crash)
        elif not place.was_ready:
            place.cause = crash
        self._on_crash(report)
        return verdict is Verdict.RESTART

    def _judge(self, place: Place, crash: Exception) -> Verdict:
        """Decide what follows a crash.

        A child that was not asked to stop yet is restarted even during the ordered stop: those
        that stop before it need it to the last.
        """
        if place.stopping or place.child.restart is Restart.TEMPORARY:
            return Verdict.FORGET
        if place.dynamic and not place.was_ready:
            return Verdict.FORGET  # start_child tells its caller, who decides
        if not isinstance(crash, StartTimeout) and self._may_restart(place):
            return Verdict.RESTART
        return Verdict.FORGET if self._per_child else Verdict.ESCALATE

    def _may_restart(self, place: Place) -> bool:
        """Spend one restart, of the child's own or of all together, if one is left."""
        spent = place.spent if self._per_child else self._spent
        left = self._intensity.spend(spent, trio.current_time())
        if left is None:
            return False
        if self._per_child:
            place.spent = left
        else:
            self._spent = left
        return True

    def _give_up(self, failure: Exception) -> None:
        self._failures.append(failure)
        self.request_stop()

    def _forget(self, place: Place) -> None:
        del self._places[place.name]
        place.close()
