"""Nothing on the way to the first text waits for a write: a whole server, its disk, virtual time.

The house is the real one but for its model and its disk. The disk is worked by threads, which a
virtual clock knows nothing of; so here their place is taken by tasks that sleep.
"""

import contextlib
from base64 import b64encode
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
import trio
import trio.testing
from attrs import define, field

from robi import tree
from robi.brain.base import BrainRequest, Fragment
from robi.config.settings import Settings
from robi.store.base import Role, Write
from robi.store.ram import RamStore
from robi.tree import House
from tests.links import FakeLink

KEY = "a-key-for-tests-only"
TURNS = 12
ROBOTS = 5
BLOCKED_S = 10.0
THINKS_S = 0.3
"""Seconds from a question to the first words of the model."""

T = TypeVar("T")


class Waits(Exception):
    """A call would block so many seconds; then it is to be made again."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@define(eq=False)
class SlowDisk(RamStore):
    """Every write takes its time, and nothing else can be written meanwhile."""

    takes: float = 0.0
    batches: int = 0
    _waited: bool = field(default=False, init=False)

    @property
    def blocking(self) -> bool:
        return True

    def write(self, batch: Sequence[Write]) -> None:
        if self.takes and not self._waited:
            self._waited = True
            raise Waits(self.takes)
        self._waited = False
        super().write(batch)
        self.batches += 1


async def in_virtual_time(
    call: Callable[..., T],
    *arguments: object,
    limiter: trio.CapacityLimiter | None = None,
    abandon_on_cancel: bool = False,
) -> T:
    """Stand in for a thread of `trio.to_thread`."""
    async with limiter or contextlib.nullcontext():
        while True:
            try:
                return call(*arguments)
            except Waits as blocked:
                await trio.sleep(blocked.seconds)


@define
class Thinker:
    """A model that always takes the same time, and hears a name when there is one."""

    model: str = "thinker"

    @asynccontextmanager
    async def stream(self, request: BrainRequest) -> AsyncGenerator[AsyncIterator[Fragment]]:
        yield _fragments(request.utterance.text)

    async def generate(self, _request: BrainRequest) -> Fragment:
        await trio.sleep(THINKS_S)
        return Fragment("")

    async def aclose(self) -> None:
        """Nothing to close."""


async def _fragments(words: str) -> AsyncIterator[Fragment]:
    await trio.sleep(THINKS_S)
    yield Fragment("[emotion:happy] Bien,")
    await trio.sleep(0.1)
    yield Fragment(" ¿y tú?")
    if "me llamo" in words:
        yield Fragment("[person_name:Ana]")


@define(eq=False)
class Home:
    """Robots in one house, and how long each question waited for the first text."""

    house: House
    nursery: trio.Nursery
    waited: list[tuple[int, int, float]] = field(factory=list)
    """Robot, turn, seconds."""

    async def talk(self, number: int) -> None:
        """Let one robot in, and let it have its conversation."""
        link = FakeLink()
        link.say({"type": "auth", "api_key": KEY, "device_id": f"robot-{number}"})
        self.nursery.start_soon(self.house._robots.receive, link, None, lambda: None)
        await link.wait_sent(1)
        if number:  # before the first robot is a stranger
            link.say(
                {
                    "type": "interaction_start",
                    "request_id": "i",
                    "user_id": f"user_ana_{number}",
                    "face_recognized": True,
                    "face_confidence": 0.9,
                    "face_embedding": b64encode(bytes(512)).decode(),
                    "context": {"location": "", "battery_level": 80, "sensors": {}},
                }
            )
        for turn in range(TURNS):
            words = "hola, me llamo Ana" if turn == 1 else f"digo {turn}"
            await self._ask(link, number, turn, words)
            await trio.sleep(0.4)
        link.hang_up()

    async def _ask(self, link: FakeLink, number: int, turn: int, words: str) -> None:
        begun, seen = trio.current_time(), len(link.frames)
        link.say({"type": "text", "request_id": f"r{turn}", "content": words})
        texts = 0
        while True:
            seen += 1
            message = (await link.wait_sent(seen))[seen - 1]
            assert message["type"] != "error"
            if message["type"] == "text_chunk" and not texts:
                self.waited.append((number, turn, round(trio.current_time() - begun, 6)))
            texts += message["type"] == "text_chunk"
            if message["type"] == "stream_end":
                return


@asynccontextmanager
async def at_home(
    disk: SlowDisk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Home]:
    monkeypatch.setattr(trio.to_thread, "run_sync", in_virtual_time)
    monkeypatch.setattr(tree, "store_maker", lambda _url: lambda: disk)
    monkeypatch.setattr(tree, "make_brain", lambda _settings: Thinker())
    environ = {"API_KEY": KEY, "PORT": "0", "DATA_DIR": str(folder), "DRAIN_TIMEOUT_S": "1"}
    loaded = Settings.load(environ, dotenv_path=folder / "no.env")
    async with trio.open_nursery() as nursery:
        house: Any = await nursery.start(partial(tree.serve, loaded))
        yield Home(house, nursery)
        nursery.cancel_scope.cancel()


@define
class Told:
    """What a conversation of all robots was like."""

    waited: list[tuple[int, int, float]]
    written_meanwhile: int
    kept: list[tuple[Role, str]]


async def converse(disk: SlowDisk, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    async with at_home(disk, folder, monkeypatch) as home:
        async with trio.open_nursery() as talking:
            for number in range(ROBOTS):
                talking.start_soon(home.talk, number)
        written_meanwhile = disk.batches
        await trio.sleep(20 * BLOCKED_S)  # the disk has its time
        sessions = {disk.last_session_of(f"robot-{number}") for number in range(ROBOTS)}
        kept = [
            (row.role, row.content)
            for session in sessions
            if session is not None
            for row in disk.history(session.session_id)
        ]
    return Told(sorted(home.waited), written_meanwhile, sorted(kept))


async def test_first_texts_come_at_the_same_time_while_the_store_is_blocked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, autojump_clock: trio.testing.MockClock
) -> None:
    free = await converse(SlowDisk(), tmp_path, monkeypatch)
    blocked = await converse(SlowDisk(takes=BLOCKED_S), tmp_path, monkeypatch)
    assert blocked.written_meanwhile <= 1 < free.written_meanwhile
    assert len(blocked.waited) == ROBOTS * TURNS
    assert blocked.waited == free.waited
    assert {seconds for _, _, seconds in blocked.waited} == {THINKS_S}
    assert blocked.kept == free.kept
    assert len(blocked.kept) == 2 * ROBOTS * TURNS
