"""The place of one child: what stays while its lives come and go.

Owns the mailbox, the state, and the one cancel scope of the present life, through which all
time limits of a child work. A deadline on that scope is the limit for becoming ready; `ready()`
lifts it; a request to stop sets it again, to the end of the grace. The supervisor (supervisor.py)
decides what follows a life; here one is lived.
"""

from collections.abc import Callable
from functools import partial
from math import inf
from typing import Any

import structlog
import trio
from attrs import Factory, define, evolve, field

from robi.actors.actor import Actor, Parent
from robi.actors.child import Child
from robi.actors.errors import ChildNotStarted, Ended, Killed, StartTimeout
from robi.actors.mailbox import Mailbox
from robi.actors.restart import Restart
from robi.actors.snapshot import Snapshot, State

log = structlog.get_logger()


@define(eq=False)
class Place:
    """A child's place in the table of its supervisor."""

    child: Child
    dynamic: bool
    """Whether it came by `start_child`."""
    mailbox: Mailbox[Any] = Factory(
        lambda self: Mailbox(self.child.name, self.child.mailbox_bound), takes_self=True
    )
    state: State = field(default=State.WAITING, init=False)
    restarts: int = field(default=0, init=False)
    spent: tuple[float, ...] = field(default=(), init=False)
    """Restarts that count against the intensity, where each child is counted by itself."""
    was_ready: bool = field(default=False, init=False)
    kept: bool = field(default=False, init=False)
    """Whether a task of the supervisor keeps the child; from then on it will be gone one day."""
    cause: Exception | None = field(default=None, init=False, repr=False)
    """Why it is gone without ever having been ready."""
    _closed: bool = field(default=False, init=False)
    _changed: trio.Event | None = field(default=None, init=False)
    """There while somebody waits: a session's place is waited for at its start only."""
    _actor: Actor[Any] | None = field(default=None, init=False)
    _scope: trio.CancelScope = field(factory=trio.CancelScope, init=False)
    _born: float = field(default=0.0, init=False)
    _ready_by: float = field(default=inf, init=False)
    _killed: bool = field(default=False, init=False)

    @property
    def name(self) -> str:
        """The child's name."""
        return self.child.name

    @property
    def stopping(self) -> bool:
        """Whether the child was asked to stop."""
        return self.mailbox.stopping

    async def live(self) -> Exception | None:
        """Live one life to its end; return what crashed it, or None for a good end.

        Only an `Exception` is a crash. What is not (KeyboardInterrupt, say) is no matter of
        supervision: it passes through, and cuts the whole tree at once.
        """
        if self.stopping:
            return None
        self._born = trio.current_time()
        if self.state is not State.STARTING:  # else the time of the last, unready life runs on
            self.state = State.STARTING
            self._ready_by = self._born + self.child.start_timeout
        self._killed = False
        scope = self._scope = trio.CancelScope(deadline=self._ready_by)
        try:
            # Inside `try`, so that an actor's nursery that was cancelled while it crashed has
            # its mixed group freed of our Cancelled before we look at it.
            with scope:
                await trio.lowlevel.checkpoint()  # a crash loop must let others run
                self._actor = self._start()
                await self._actor.run(self.mailbox, partial(self._become_ready, scope))
        except Exception as error:  # noqa: BLE001 (the one place where a crash becomes a value)
            return error
        finally:
            self._actor = None
            self.mailbox.fail_in_hand()
        return self._judge_end(timed_out=scope.cancel_called)

    def _start(self) -> Actor[Any]:
        """Build the actor; if it lives only once, let go of all that it was built from."""
        start = self.child.start
        if self.child.restart is Restart.TEMPORARY:
            self.child = evolve(self.child, start=_has_lived)
        return start()

    def _judge_end(self, *, timed_out: bool) -> Exception | None:
        """Tell a good end from the ends that are crashes though nothing was raised."""
        if self.stopping:
            if timed_out:
                log.warning("actor_overstayed", actor=self.name, grace_s=self.child.grace)
            return None
        if self._killed:
            return Killed(self.name)
        if self.state is State.STARTING:
            return StartTimeout(self.name) if timed_out else Ended(self.name)
        return Ended(self.name) if self.child.restart is Restart.PERMANENT else None

    def _become_ready(self, scope: trio.CancelScope) -> None:
        """Hear `ready()`; not from a former life, and not once it is too late."""
        if scope is self._scope and not (scope.cancel_called or self.stopping):
            scope.deadline = inf
            self.state = State.RUNNING
            self.was_ready = True
            self._wake()

    def request_stop(self, grace: float | None = None) -> None:
        """Ask the child to stop, and set its grace in motion. Again: only a shorter grace counts.

        Args:
            grace: seconds, instead of the child's own.
        """
        self.state = State.STOPPING
        self.mailbox.request_stop()
        limit = trio.current_time() + (self.child.grace if grace is None else grace)
        self._scope.deadline = min(self._scope.deadline, limit)

    def kill(self) -> None:
        """Crash the present life."""
        self._killed = True
        self._scope.cancel()

    def close(self) -> None:
        """No life will follow: close the mailbox and tell who waits."""
        self.mailbox.close()
        self._closed = True
        self._wake()

    async def wait_ready(self) -> None:
        """Wait until the child is ready.

        Raises:
            ChildNotStarted: it is gone without having been ready.
        """
        await self.wait_settled()
        if not self.was_ready:
            raise ChildNotStarted(self.name) from self.cause

    async def wait_settled(self) -> None:
        """Wait until the child is ready, or gone."""
        await self._wait(lambda: self.was_ready or self._closed)

    async def wait_gone(self) -> None:
        """Wait until the child is gone."""
        await self._wait(lambda: self._closed)

    async def _wait(self, condition: Callable[[], bool]) -> None:
        await trio.lowlevel.checkpoint()
        while not condition():
            if self._changed is None:
                self._changed = trio.Event()
            await self._changed.wait()

    def _wake(self) -> None:
        if self._changed is not None:
            self._changed.set()
            self._changed = None

    def snapshot(self) -> Snapshot:
        """Return the child as it is now, with its own tree if it has one."""
        actor, mailbox = self._actor, self.mailbox.statistics()
        return Snapshot(
            name=self.name,
            state=self.state,
            restart=self.child.restart,
            restarts=self.restarts,
            uptime_s=0.0 if actor is None else trio.current_time() - self._born,
            mailbox_depth=mailbox.depth + mailbox.urgent_depth,
            mailbox_bound=mailbox.bound,
            details={} if actor is None else actor.details(),
            children=_children_of(actor),
            putters_waiting=mailbox.putters_waiting,
        )


def _has_lived() -> Actor[Any]:
    msg = "a temporary child lives once"
    raise RuntimeError(msg)


def _children_of(actor: object) -> tuple[Snapshot, ...]:
    return tuple(actor.children()) if isinstance(actor, Parent) else ()
