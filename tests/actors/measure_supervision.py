"""Measure what docs/supervision.md says of mailboxes and actors; not a test.

    .venv/bin/python tests/actors/measure_supervision.py

CPU time, since wall time is not steady on shared cores; memory as Python allocates it.
"""

import gc
import sys
import tracemalloc
from collections.abc import Awaitable, Callable, Mapping
from time import process_time
from typing import Any

import trio

from robi.actors.ask import Question, ask
from robi.actors.child import Child
from robi.actors.mailbox import BATCH, Mailbox
from robi.actors.restart import Intensity, Restart
from robi.actors.supervisor import Supervisor

MESSAGES = 50_000
MANY = 1_000


class Idle:
    """An actor that only waits for messages."""

    async def run(self, mailbox: Mailbox[Any], ready: Callable[[], None]) -> None:
        ready()
        async for _ in mailbox:
            pass

    def details(self) -> Mapping[str, int]:
        return {}


def say(what: str, figure: float, unit: str) -> None:
    sys.stdout.write(f"{what:<52}{figure:8.1f} {unit}\n")


async def per_message(feed: Callable[[Mailbox[int]], Awaitable[None]]) -> float:
    """Return the µs of CPU for each message that `feed` puts and an actor reads."""
    mailbox: Mailbox[int] = Mailbox("measured")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(Idle().run, mailbox, lambda: None)
        before = process_time()
        await feed(mailbox)
        mailbox.request_stop()
    return (process_time() - before) / MESSAGES * 1e6


async def one_by_one(mailbox: Mailbox[int]) -> None:
    for number in range(MESSAGES):
        await mailbox.put(number)


async def in_batches(mailbox: Mailbox[int]) -> None:
    for number in range(MESSAGES):
        mailbox.put_nowait(number)
        if number % BATCH == BATCH - 1:
            while mailbox.statistics().depth:
                await trio.lowlevel.checkpoint()


class Ping(Question[None]):
    """A question."""


async def question() -> float:
    """Return the µs of CPU for a question and its answer."""
    mailbox: Mailbox[Any] = Mailbox("measured")

    async def answer() -> None:
        async for message in mailbox:
            message.reply(None)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(answer)
        before = process_time()
        for _ in range(MESSAGES // 5):
            await ask(mailbox, Ping(), timeout=60)
        mailbox.request_stop()
    return (process_time() - before) / (MESSAGES // 5) * 1e6


async def channel() -> float:
    """Return the µs of CPU for a message through trio's memory channel."""
    send, receive = trio.open_memory_channel[int](64)

    async def read() -> None:
        async for _ in receive:
            pass

    async with trio.open_nursery() as nursery:
        nursery.start_soon(read)
        before = process_time()
        async with send:
            for number in range(MESSAGES):
                await send.send(number)
    return (process_time() - before) / MESSAGES * 1e6


async def bytes_each(make: Callable[[], Awaitable[object]]) -> float:
    """Return how many bytes one of `MANY` things weighs."""
    gc.collect()
    tracemalloc.start()
    kept = [await make()]  # the first one makes what all share
    before, _ = tracemalloc.get_traced_memory()
    kept += [await make() for _ in range(MANY)]
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (after - before) / MANY


async def main() -> None:
    async def mailbox() -> Mailbox[int]:
        return Mailbox("idle")

    names = iter(range(10 * MANY))
    house = Supervisor("house", [], Intensity(), per_child=True)

    async def actor() -> object:
        name = f"session/{next(names)}"
        return await house.start_child(Child(name, Idle, Restart.TEMPORARY, grace=5))

    say("await put, each message read", await per_message(one_by_one), "µs")
    say(f"put_nowait, read {BATCH} at a time", await per_message(in_batches), "µs")
    say("for comparison: trio's memory channel", await channel(), "µs")
    say("a question and its answer", await question(), "µs")
    say("an idle mailbox", await bytes_each(mailbox), "bytes")
    async with trio.open_nursery() as nursery:
        await nursery.start(house.run)
        say("an idle actor with mailbox, task and place", await bytes_each(actor) / 1024, "KiB")
        house.request_stop()


if __name__ == "__main__":
    trio.run(main)
