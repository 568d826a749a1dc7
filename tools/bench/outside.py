"""All that is outside of the server, as one program: the model, the robots and the readers.

    python -m tools.bench.outside        the key of the robots is in API_KEY

The first line that it prints is the model's URL. Then it does what it is told on standard input,
order by order (`orders`), and answers each with a line: the turns that were had. Model and robots
share a process, and so a clock and a core: the server has the other.
"""

import os
import sys
from typing import Final

import trio
from attrs import define, evolve, field

from tools.bench.link import LinkBroken, open_link
from tools.bench.model import Model
from tools.bench.orders import (
    Arrive,
    Gather,
    Meet,
    Order,
    Part,
    Role,
    Talk,
    Together,
    Turn,
    read,
    written_turns,
)
from tools.bench.posting import open_posting
from tools.bench.programs import PAGE
from tools.bench.readers import Reader
from tools.bench.robots import PATIENCE_S, Robot

_HOST: Final = "127.0.0.1"
_MS_A_S: Final = 1000
_AGAIN_S: Final = 0.002
_CHAT: Final = "/chat"


@define
class Outside:
    """Carries out orders."""

    _key: str
    _model: Model
    _nursery: trio.Nursery
    _port: int = field(default=0, init=False)
    _reader_key: str = field(default="", init=False)
    _gathered: dict[str, list[Robot | Reader]] = field(factory=dict, init=False)

    async def do(self, order: Order) -> list[Turn]:
        """Do as told; return the turns that were had."""
        match order:
            case Meet():
                self._port, self._reader_key = order.port, order.reader_key
                return []
            case Gather():
                await self._gather(order)
                return []
            case Talk():
                return await self._talk(order)
            case Together(talks):
                return await self._together(talks)
            case Part():
                await self._part(order)
                return []
            case Arrive():
                return await self._arrive(order)

    async def _gather(self, order: Gather) -> None:
        robots: list[Robot | Reader] = []
        limit = trio.CapacityLimiter(order.at_once)

        async def come(number: int) -> None:
            async with limit:
                robot = await self._come(order.role, f"{order.device}-{number}")
                if order.warm_up is not None:
                    await robot.ask(order.warm_up)
                robots.append(robot)

        async with trio.open_nursery() as nursery:
            for number in range(order.robots):
                nursery.start_soon(come, number)
        self._gathered[order.device] = robots

    async def _come(self, role: Role, device: str) -> Robot | Reader:
        if role == "robot":
            return await self._introduced(device)
        headers = {"X-API-Key": self._reader_key, "Origin": PAGE}
        return Reader(await open_posting(_HOST, self._port, _CHAT, headers))

    async def _introduced(self, device: str) -> Robot:
        robot = Robot(device, await open_link(_HOST, self._port))
        self._nursery.start_soon(robot.listen)
        await robot.introduce(self._key)
        return robot

    async def _talk(self, order: Talk) -> list[Turn]:
        turns: list[tuple[int, Turn]] = []
        begun = trio.current_time()

        async def talk(at: int, robot: Robot | Reader) -> None:
            for turn in range(order.turns):
                if order.every_ms or not turn:
                    due = at * order.stagger_ms + turn * order.every_ms
                    await trio.sleep_until(begun + due / _MS_A_S)
                turns.extend(await robot.ask(order.kind, order.manner))

        async with trio.open_nursery() as nursery:
            for at, robot in enumerate(self._gathered[order.device]):
                nursery.start_soon(talk, at, robot)
        await self._closed(turns)
        return [
            evolve(self._with_model(number, turn), device=order.device) for number, turn in turns
        ]

    async def _together(self, talks: tuple[Talk, ...]) -> list[Turn]:
        turns: list[Turn] = []

        async def talk(order: Talk) -> None:
            turns.extend(await self._talk(order))

        async with trio.open_nursery() as nursery:
            for order in talks:
                nursery.start_soon(talk, order)
        return turns

    async def _closed(self, turns: list[tuple[int, Turn]]) -> None:
        """Wait until the model has noticed every interruption."""
        with trio.fail_after(PATIENCE_S):
            for number, turn in turns:
                if turn.cut:
                    await self._model.calls[number].gone.wait()

    def _with_model(self, number: int, turn: Turn) -> Turn:
        call = self._model.calls.pop(number)
        return evolve(
            turn, model_asked=call.asked, model_first=call.first, model_closed=call.closed
        )

    async def _part(self, order: Part) -> None:
        for robot in self._gathered.pop(order.device):
            await (robot.drop() if order.drop else robot.leave())

    async def _arrive(self, order: Arrive) -> list[Turn]:
        with trio.fail_after(PATIENCE_S):
            while True:
                try:
                    robot = await self._introduced("first")
                    break
                except (OSError, LinkBroken):
                    await trio.sleep(_AGAIN_S)
        turns = await robot.ask(order.kind)
        await robot.leave()
        return [self._with_model(number, turn) for number, turn in turns]


async def main() -> None:
    """Do as told until standard input ends."""
    async with trio.open_nursery() as nursery:
        model = Model()
        print(await model.serve(nursery), flush=True)
        outside = Outside(os.environ["API_KEY"], model, nursery)
        while line := await _line():
            turns = await outside.do(read(line))
            print(written_turns(turns).decode(), flush=True)
        nursery.cancel_scope.cancel()


async def _line() -> str:
    return await trio.to_thread.run_sync(sys.stdin.readline, abandon_on_cancel=True)


if __name__ == "__main__":
    trio.run(main)
