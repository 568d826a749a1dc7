"""The parent of several processes that are one server: it starts them, watches them, ends them.

Owns their lives, and nothing that they do: no tree, no database, no port (it keeps the number of
that). When home dies all are ended and begin anew, as after a power cut: the others are nothing
without it, and sessions go on from the store. Another process that dies is started again by itself.
With one restart too many all is ended.

At the end the sessions of all are drained, then the others stop, then home, which writes what they
had to say. What does not end in time is killed.
"""

import signal
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from math import inf
from typing import Final

import structlog
import trio
from attrs import define, field, frozen

from robi.actors.restart import Intensity
from robi.workers.orders import words

log = structlog.get_logger()

HOME: Final = 0
STOP_WITHIN_S: Final = 60.0
"""Seconds in which a tree stops that was told to: more than all its graces."""

READY_WITHIN_S: Final = 60.0
"""Seconds in which a process must serve that was started again. The first time it may take as long
as it likes: it may be at work on the database."""


@frozen
class Plan:
    """What is started.

    Args:
        workers: how many processes.
        command: of each, by its number.
        environ: of all.
        keep: descriptors that all inherit: the lock of the data.
        drain_s: seconds for sessions to end.
    """

    workers: int
    command: Callable[[int], Sequence[str]]
    environ: Mapping[str, str]
    keep: tuple[int, ...]
    drain_s: float


@define(eq=False)
class _Worker:
    """One life of a process."""

    number: int
    process: trio.Process
    orders: trio.SocketStream
    ready: trio.Event = field(factory=trio.Event)
    gone: trio.Event = field(factory=trio.Event)
    _turn: trio.Lock = field(factory=trio.Lock, init=False)

    async def order(self, word: str) -> None:
        """Give an order, after those before it; one that is gone needs none."""
        async with self._turn:
            with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
                await self.orders.send_all(f"{word}\n".encode())


@define(eq=False)
class Parent:
    """The parent of the processes of `plan`."""

    _plan: Plan
    _on_end: Callable[[float], None] = lambda _within: None
    """Told when the end begins, and in how many seconds at most it will have come."""
    _alive: dict[int, _Worker] = field(factory=dict, init=False)
    _codes: list[int] = field(factory=list, init=False)
    """How those ended that were to end."""
    _ending: bool = field(default=False, init=False)
    _changed: trio.Event = field(factory=trio.Event, init=False)

    async def run(self, on_ready: Callable[[], None], on_hangup: Callable[[], None]) -> int:
        """Run until a signal says to end; return the exit code of the whole.

        That of home, if it cannot start: it has said why.
        """
        with (
            trio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as stops,
            trio.open_signal_receiver(signal.SIGHUP) as hangups,
        ):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._reopen_at_each, hangups, on_hangup)
                nursery.start_soon(self._obey, stops)
                ended = await self._keep(nursery, on_ready)
                nursery.cancel_scope.cancel()
        return ended

    async def _keep(self, nursery: trio.Nursery, on_ready: Callable[[], None]) -> int:
        every = range(self._plan.workers)
        if (code := await self._start_all(nursery, every, within=inf)) is not None:
            await self._kill_all()  # the others would wait for home for ever
            return max(code, 1)
        served = False
        spent: tuple[float, ...] = ()
        while not self._ending:
            changed = self._changed
            missing = [number for number in every if number not in self._alive]
            if not missing:
                if not served:
                    log.info("serving", workers=len(self._alive))
                    on_ready()
                    served = True
                await changed.wait()
                continue
            log.error("workers_missing", numbers=missing)
            left = Intensity().spend(spent, trio.current_time())
            if left is None:
                await self._end()
                return 1
            spent = left
            if HOME in missing:  # without it the others are of no use
                await self._kill_all()
                missing = list(every)
            await self._start_all(nursery, missing, within=READY_WITHIN_S)
        return await self._end()

    # ── one process ───────────────────────────────────────────────────────────────────────

    async def _start_all(
        self, nursery: trio.Nursery, numbers: Sequence[int], *, within: float
    ) -> int | None:
        """Start processes, which wait for home by themselves.

        Returns when each of them serves, or has ended, or was ended as it took so many seconds; and
        at once when all is to end, or home is gone: with its exit code, if it never served.
        """
        workers = [await self._start(nursery, number) for number in numbers]
        async with trio.open_nursery() as starting:

            @starting.start_soon
            async def see_to_all() -> None:
                async with trio.open_nursery() as each:
                    for worker in workers:
                        each.start_soon(self._see_served, worker, within)
                starting.cancel_scope.cancel()

            while HOME in self._alive and not self._ending:
                await self._changed.wait()
            starting.cancel_scope.cancel()
        for worker in workers:
            if worker.number == HOME and worker.gone.is_set() and not worker.ready.is_set():
                return worker.process.returncode
        return None

    async def _start(self, nursery: trio.Nursery, number: int) -> _Worker:
        ours, theirs = socket.socketpair()
        with theirs:
            process = await trio.lowlevel.open_process(
                list(self._plan.command(number)),
                stdin=theirs,
                pass_fds=self._plan.keep,
                env=dict(self._plan.environ),
                start_new_session=True,
            )
        orders = trio.SocketStream(trio.socket.from_stdlib_socket(ours))
        worker = self._alive[number] = _Worker(number, process, orders)
        log.info("worker_started", number=number, pid=process.pid)
        nursery.start_soon(self._listen, worker)
        nursery.start_soon(self._watch, worker)
        return worker

    async def _see_served(self, worker: _Worker, within: float) -> None:
        """Wait until a process serves or has ended; end it if it takes so long."""
        with trio.move_on_after(within):
            async with trio.open_nursery() as waiting:
                for event in (worker.ready, worker.gone):
                    waiting.start_soon(self._first_of, event, waiting.cancel_scope)
        if not worker.ready.is_set():
            worker.process.kill()
            await worker.gone.wait()

    @staticmethod
    async def _first_of(event: trio.Event, scope: trio.CancelScope) -> None:
        await event.wait()
        scope.cancel()

    async def _listen(self, worker: _Worker) -> None:
        async for word in words(worker.orders):
            if word == "ready":
                worker.ready.set()
            elif word.startswith("give-up "):
                self._give_up(*map(int, word.split()[1:]))

    def _give_up(self, number: int, pid: int) -> None:
        """Kill that process, unless it is gone and there is another in its place."""
        worker = self._alive.get(number)
        if worker is not None and worker.process.pid == pid:
            log.error("worker_given_up", number=number)
            worker.process.kill()

    async def _watch(self, worker: _Worker) -> None:
        """See a process to its end; whatever ends this task ends that at once."""
        try:
            code = await worker.process.wait()
        except trio.Cancelled:
            worker.process.kill()
            with trio.CancelScope(shield=True):
                await worker.process.wait()
            raise
        finally:
            worker.orders.socket.close()
        del self._alive[worker.number]
        self._codes.append(code)
        level = log.info if self._ending and code == 0 else log.error
        level("worker_ended", number=worker.number, code=code)
        worker.gone.set()
        self._change()

    def _change(self) -> None:
        self._changed.set()
        self._changed = trio.Event()

    # ── all of them ───────────────────────────────────────────────────────────────────────

    async def _kill_all(self) -> None:
        for worker in list(self._alive.values()):
            worker.process.kill()
            await worker.gone.wait()

    async def _reopen_at_each(
        self, hangups: AsyncIterator[int], on_hangup: Callable[[], None]
    ) -> None:
        async for _ in hangups:
            on_hangup()
            for worker in list(self._alive.values()):
                await worker.order("reopen")

    async def _obey(self, stops: AsyncIterator[int]) -> None:
        """The first signal ends all in peace; those that follow wait for no sentence."""
        async for signum in stops:
            if not self._ending:
                log.info("draining", signal=signal.Signals(signum).name)
                self._ending = True
                self._change()
                continue
            log.info("hurried")
            for worker in list(self._alive.values()):
                await worker.order("hurry")

    async def _end(self) -> int:
        """End all in their order; return 0 if all ended well."""
        self._ending = True
        self._codes.clear()
        expected = len(self._alive)
        within = self._plan.drain_s + STOP_WITHIN_S
        self._on_end(2 * within)  # first the others, then home
        for worker in list(self._alive.values()):
            await worker.order("drain")
        others = [worker for worker in self._alive.values() if worker.number != HOME]
        with trio.move_on_after(within):
            for worker in others:
                await worker.gone.wait()
        home = self._alive.get(HOME)
        if home is not None:
            await home.order("finish")
            with trio.move_on_after(within):
                await home.gone.wait()
        for worker in list(self._alive.values()):
            log.error("worker_overstayed", number=worker.number)
            worker.process.kill()
            await worker.gone.wait()
        return 0 if self._codes == [0] * expected else 1
