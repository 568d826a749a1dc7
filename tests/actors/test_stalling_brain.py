"""Fifty robots whose model stalls: none waits for another's stall, and each hears of its own.

A whole house but for sockets and disk, in virtual time; over sockets: `tests/e2e/test_stalls.py`.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trio
from attrs import define, field
from trio.testing import MockClock

from robi import tree
from robi.brain.base import Brain, BrainRequest, Fragment
from robi.brain.breaker import Breaker
from robi.config.settings import Settings
from robi.store.ram import RamStore
from robi.tree import House
from tests.links import FakeLink

KEY = "a-key-for-tests-only"
ROBOTS = 50
STALLED_S = 20.0
"""Two waits for a first chunk, of ten seconds each."""

TURNS = ("stall", "hola", "stall", "hola")


@define
class Stalling:
    """A model that says nothing to who says "stall", and answers others at once."""

    model: str = "stalling"

    @asynccontextmanager
    async def stream(self, request: BrainRequest) -> AsyncGenerator[AsyncIterator[Fragment]]:
        yield _Fragments("stall" in request.utterance.text)

    async def generate(self, _request: BrainRequest) -> Fragment:
        await trio.lowlevel.checkpoint()
        return Fragment("")

    async def aclose(self) -> None:
        """Nothing to close."""


@define
class _Fragments:
    stalls: bool
    given: bool = False

    def __aiter__(self) -> "_Fragments":
        return self

    async def __anext__(self) -> Fragment:
        await trio.lowlevel.checkpoint()
        if self.stalls:
            await trio.sleep_forever()
        if self.given:
            raise StopAsyncIteration
        self.given = True
        return Fragment("[emotion:happy] Hola.")


@define(eq=False)
class Family:
    """Robots of one house: how each turn ended, and after how many seconds."""

    house: House
    nursery: trio.Nursery
    endings: list[tuple[str, float, object]] = field(factory=list)

    async def talk(self, number: int) -> None:
        link = FakeLink()
        link.say({"type": "auth", "api_key": KEY, "device_id": f"robot-{number}"})
        self.nursery.start_soon(self.house._robots.receive, link, None, lambda: None)
        await link.wait_sent(1)
        await trio.sleep(number % 7)
        for turn, words in enumerate(TURNS[number % 2 :] + TURNS[: number % 2]):
            began, seen = trio.current_time(), len(link.frames)
            link.say({"type": "text", "request_id": f"r{turn}", "content": words})
            while True:
                seen += 1
                message = (await link.wait_sent(seen))[seen - 1]
                if message["type"] in {"stream_end", "error"}:
                    break
            took = round(trio.current_time() - began, 3)
            self.endings.append((words, took, message.get("error_code")))
        link.hang_up()


async def conversations(
    brain: Brain, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> list[tuple[str, float, object]]:
    """Have all robots talk at once; return the words of each turn, what it took, its error."""
    monkeypatch.setattr(tree, "store_maker", lambda _url: RamStore)
    monkeypatch.setattr(tree, "make_brain", lambda _settings: brain)
    environ = {
        "API_KEY": KEY,
        "PORT": "0",
        "DATA_DIR": str(folder),
        "BRAIN_MAX_CALLS": str(ROBOTS),
    }
    loaded = Settings.load(environ, dotenv_path=folder / "no.env")
    async with trio.open_nursery() as nursery:
        house: Any = await nursery.start(partial(tree.serve, loaded))
        family = Family(house, nursery)
        async with trio.open_nursery() as talking:
            for number in range(ROBOTS):
                talking.start_soon(family.talk, number)
        nursery.cancel_scope.cancel()
    assert len(family.endings) == ROBOTS * len(TURNS)
    return family.endings


async def test_a_hundred_stalled_turns_of_fifty_robots_hold_up_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, autojump_clock: MockClock
) -> None:
    endings = await conversations(Stalling(), tmp_path, monkeypatch)
    assert set(endings) == {("hola", 0.0, None), ("stall", STALLED_S, "GEMINI_TIMEOUT")}


async def test_stalls_of_all_are_told_of_sooner_by_the_breaker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, autojump_clock: MockClock
) -> None:
    endings = await conversations(Breaker(Stalling()), tmp_path, monkeypatch)
    assert {took for words, took, _ in endings if words == "hola"} == {0.0}
    stalls = [took for words, took, _ in endings if words == "stall"]
    assert set(stalls) <= {0.0, STALLED_S / 2, STALLED_S}
    assert sum(stalls) < STALLED_S * len(stalls)
