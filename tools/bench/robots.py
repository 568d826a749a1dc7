"""The robots, as a program: they connect, talk all at once, and check what they hear.

    python -m tools.bench.robots ws://127.0.0.1:8000/ws/interact     the key is in API_KEY

Told on standard input, line by line: a round as JSON (`Round` in `programs`), then an empty line to
talk, then one to leave; each is answered with a line when it is done. A robot that hears anything
but whole answers in the order of the protocol ends the program: what is measured must be right.
"""

import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import Final

import orjson
import trio
from attrs import define, field

from robi.protocol.codec import decode_server, encode_client
from robi.protocol.dialects import Dialect
from robi.protocol.messages import Auth, AuthOk, ErrorReport, StreamEnd, Text
from robi.protocol.order import OrderChecker
from tools.bench.programs import Round
from tools.sim.link import Link, open_link, open_stream
from tools.sim.options import Address

PATIENCE: Final = 30.0
"""Seconds: for a connection, and for each message."""


class WrongAnswer(Exception):
    """The server said what it should not have."""


@define
class Robot:
    """One robot of a round."""

    link: Link
    device: str
    _turns: int = field(default=0, init=False)
    _seq: int = field(default=0, init=False)
    _order: OrderChecker = field(factory=OrderChecker, init=False)

    async def authenticate(self, key: str) -> None:
        """Say the key; raise WrongAnswer if it is not let in."""
        await self._say(Auth(api_key=key, device_id=self.device))
        answer = decode_server(await self._hear()).message
        if not isinstance(answer, AuthOk):
            raise WrongAnswer(type(answer).__name__)

    async def ask(self, words: str) -> None:
        """Say `words` and hear the answer to its end, checking numbers and order."""
        self._turns += 1
        await self._say(Text(f"turn-{self._turns}", words, person_id=f"user_{self.device}"))
        while True:
            received = decode_server(await self._hear())
            self._seq += 1
            if received.seq != self._seq:
                msg = f"number {received.seq} in place of {self._seq}"
                raise WrongAnswer(msg)
            if isinstance(received.message, ErrorReport):
                raise WrongAnswer(received.message.error_code)
            self._order.feed(received.message)
            if isinstance(received.message, StreamEnd):
                return

    async def _say(self, message: Auth | Text) -> None:
        await self.link.send(encode_client(message, Dialect.USER).decode())

    async def _hear(self) -> str | bytes:
        with trio.fail_after(PATIENCE):
            return await self.link.receive()


async def play(url: str, key: str) -> None:
    """Play the rounds that standard input tells, to its end."""
    address = Address.parse(url)
    while line := await _line():
        await _play(Round(**orjson.loads(line)), address, key)
        _done()


async def _play(plan: Round, address: Address, key: str) -> None:
    opener = partial(open_stream, address, None)
    async with AsyncExitStack() as stack:
        robots: list[Robot] = []
        for number in range(plan.robots):
            link = await stack.enter_async_context(open_link(address, opener, PATIENCE))
            robots.append(Robot(link, f"{plan.device}-{number}"))
        await _all(robots, partial(_begin, plan, key))
        await _done_until_told()
        await _all(robots, partial(_talk, plan))
        await _done_until_told()


async def _begin(plan: Round, key: str, robot: Robot, _number: int) -> None:
    await robot.authenticate(key)
    await robot.ask(plan.warm_up)


async def _talk(plan: Round, robot: Robot, number: int) -> None:
    await trio.sleep(number * plan.stagger_s)
    for _ in range(plan.turns):
        await robot.ask(plan.say)


async def _all(robots: Sequence[Robot], do: Callable[[Robot, int], Awaitable[None]]) -> None:
    async with trio.open_nursery() as nursery:
        for number, robot in enumerate(robots):
            nursery.start_soon(do, robot, number)


async def _done_until_told() -> None:
    _done()
    await _line()


def _done() -> None:
    print("done", flush=True)


async def _line() -> str:
    return await trio.to_thread.run_sync(sys.stdin.readline)


def main() -> None:
    """Play until standard input ends."""
    trio.run(play, sys.argv[1], os.environ["API_KEY"])


if __name__ == "__main__":
    main()
