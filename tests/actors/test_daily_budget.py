"""A house whose model has done its thinking for today says so, after a restart too."""

import signal
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trio
from attrs import define
from trio.testing import MockClock

from robi import making, tree
from robi.brain.base import BrainRequest, Fragment
from robi.config.settings import Settings
from robi.errors import DayUsedUp
from robi.protocol.messages import TokenUsage
from robi.store.base import UsageRow
from robi.store.ram import RamStore
from robi.tree import House
from tests.links import FakeLink

KEY = "a-key-for-tests-only"


@define
class Counting:
    """A model that counts a hundred tokens for each answer."""

    model: str = "counting"

    @asynccontextmanager
    async def stream(self, request: BrainRequest) -> AsyncGenerator[AsyncIterator[Fragment]]:
        request.spent(TokenUsage(90, 10))
        yield _Fragments()

    async def generate(self, _request: BrainRequest) -> Fragment:
        await trio.lowlevel.checkpoint()
        return Fragment("")

    async def aclose(self) -> None:
        """Nothing to close."""


@define
class _Fragments:
    given: bool = False

    def __aiter__(self) -> "_Fragments":
        return self

    async def __anext__(self) -> Fragment:
        await trio.lowlevel.checkpoint()
        if self.given:
            raise StopAsyncIteration
        self.given = True
        return Fragment("[emotion:happy] Hola.")


@define(eq=False)
class Life:
    """One life of the server, with a robot in it."""

    house: House
    link: FakeLink

    async def asks(self, words: str) -> dict[str, Any]:
        """Ask; return the last message of the answer."""
        seen = len(self.link.frames)
        self.link.say({"type": "text", "request_id": words, "content": words})
        while True:
            seen += 1
            message = (await self.link.wait_sent(seen))[seen - 1]
            if message["type"] in {"stream_end", "error"}:
                return message

    def details(self) -> dict[str, Any]:
        tree_now = {child.name: child for child in self.house.supervisor.snapshot().children}
        return dict(tree_now["brain"].details)


@asynccontextmanager
async def living(
    store: RamStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[Life]:
    """Run a server on `store` with 150 tokens a day, until SIGTERM at the end of the block."""
    monkeypatch.setattr(tree, "store_maker", lambda _url: lambda: store)
    monkeypatch.setattr(tree, "make_brain", lambda _settings: Counting())
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    for module in (tree, making):
        monkeypatch.setattr(module, "local_time", lambda: noon)
    environ = {"API_KEY": KEY, "PORT": "0", "DATA_DIR": str(folder), "DAILY_TOKENS": "150"}
    loaded = Settings.load(environ, dotenv_path=folder / "no.env")
    async with trio.open_nursery() as nursery:
        house: Any = await nursery.start(partial(tree.serve, loaded))
        link = FakeLink()
        link.say({"type": "auth", "api_key": KEY, "device_id": "robot"})
        nursery.start_soon(house._robots.receive, link, None, lambda: None)
        await link.wait_sent(1)
        yield Life(house, link)
        signal.raise_signal(signal.SIGTERM)


async def test_robot_whose_day_is_used_up_says_so_until_midnight_over_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, autojump_clock: MockClock
) -> None:
    store = RamStore()
    async with living(store, tmp_path, monkeypatch) as life:
        assert [(await life.asks(each))["type"] for each in "ab"] == ["stream_end"] * 2
        refused = await life.asks("c")
        assert (refused["code"], refused["message"]) == (3002, DayUsedUp.spoken["es"])
        assert refused["retry_after"] == 12 * 3600
        assert life.details()["tokens_today"] == 200
        assert life.details()["budget_used"] == 1.0
    assert store.usage("") == (UsageRow("2026-11-21", "talk", 180, 20),)
    async with living(store, tmp_path, monkeypatch) as life:
        await trio.sleep(1)
        assert (await life.asks("d"))["code"] == 3002
    assert store.usage("") == (UsageRow("2026-11-21", "talk", 180, 20),)
