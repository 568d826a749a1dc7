"""Readers and robots in one house: neither waits for the other beyond its turn.

A whole house but for sockets, model and disk, in virtual time. What a disk takes is slept by a
stand-in of the thread that would wait for it.
"""

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

import pytest
import trio
from attrs import define, field
from trio.testing import MockClock, wait_all_tasks_blocked

from robi import tree
from robi.actors.mind import RECALL_WITHIN
from robi.actors.reception import Reception
from robi.actors.turn import About, Utterance
from robi.brain.base import BrainRequest, Fragment
from robi.config.settings import Settings
from robi.store.base import (
    READER_PREFIX,
    AddText,
    FoundPassage,
    PassageRow,
    Person,
    SavePerson,
    TextRow,
    Write,
)
from robi.store.ram import RamStore
from robi.tree import House
from robi.web.chat.attending import put_question
from robi.web.chat.places import Places
from tests.links import FakeLink

KEY = "a-key-for-tests-only"
MANY = 100
PLACES = 5
THINKS_S = 0.05
SEARCH_S = 0.05
ROUNDS = 3

WORDS = "La roca que sale del volcán se llama ígnea."
QUESTION = "¿Qué roca sale del volcán?"
ROCKS: tuple[Write, ...] = (
    AddText(
        TextRow("rocas", "Las rocas", "markdown", len(WORDS), "d", 1, len(WORDS), 1.0),
        (PassageRow("rocas", 0, ("Rocas",), "rocas", "¶ 1", WORDS),),
    ),
    SavePerson(Person("user_ana", "Ana", created_at=1.0)),
)

Role = Literal["reader", "robot"]
T = TypeVar("T")


@define(eq=False)
class SlowSearch(RamStore):
    """Every search of the texts takes its time, in which nothing else can be read."""

    searches: int = 0
    owed_s: float = 0.0

    @property
    def blocking(self) -> bool:
        return True

    def passages_like(
        self, text_id: str | None, words: tuple[str, ...], limit: int
    ) -> tuple[FoundPassage, ...]:
        self.searches += 1
        self.owed_s += SEARCH_S
        return super().passages_like(text_id, words, limit)

    async def call(
        self,
        call: Callable[..., T],
        *arguments: object,
        limiter: trio.CapacityLimiter | None = None,
        **_options: object,
    ) -> T:
        """Stand in for `trio.to_thread.run_sync`."""
        async with limiter or nullcontext():
            answer = call(*arguments)
            took_s, self.owed_s = self.owed_s, 0.0
            await trio.sleep(took_s)
            return answer


@define(eq=False)
class Thinker:
    """A model that always takes the same time; `asked` in the order in which it was."""

    model: str = "thinker"
    asked: list[BrainRequest] = field(factory=list)

    @asynccontextmanager
    async def stream(self, request: BrainRequest) -> AsyncGenerator[AsyncIterator[Fragment]]:
        self.asked.append(request)
        await trio.sleep(THINKS_S)
        yield _fragments()

    async def generate(self, _request: BrainRequest) -> Fragment:
        await trio.lowlevel.checkpoint()
        return Fragment("")

    async def aclose(self) -> None:
        """Nothing to close."""


async def _fragments() -> AsyncIterator[Fragment]:
    await trio.lowlevel.checkpoint()
    yield Fragment(f'[emotion:happy] Ígnea [cite:1 "{WORDS}"].')


def role_of(request: BrainRequest) -> Role:
    """Return who asks."""
    return "reader" if request.asker.startswith(READER_PREFIX) else "robot"


@define(eq=False)
class Town:
    """Readers and robots of one house, and for how long each question waited for its answer."""

    house: House
    nursery: trio.Nursery
    brain: Thinker
    store: SlowSearch
    waited: list[tuple[Role, float]] = field(factory=list)

    async def ask(self, role: Role, times: int = 1, text_id: str | None = None) -> None:
        """Have somebody new ask, each time as soon as the answer is there."""
        if role == "robot":
            await self._talk(times)
        else:
            await self._read(times, text_id)

    async def _talk(self, times: int) -> None:
        link = FakeLink()
        link.say({"type": "auth", "api_key": KEY})
        self.nursery.start_soon(self.house._robots.receive, link, None, lambda: None)
        await link.wait_sent(1)
        for turn in range(times):
            began, seen = trio.current_time(), len(link.frames)
            said = {"type": "text", "request_id": f"r{turn}", "content": QUESTION}
            link.say({**said, "user_id": "user_ana"})
            last: dict[str, object] = {}
            while last.get("type") != "stream_end":
                seen += 1
                last = (await link.wait_sent(seen))[seen - 1]
                assert last["type"] != "error", last
            self._note("robot", began)
        link.hang_up()

    async def _read(self, times: int, text_id: str | None) -> None:
        reception = Reception(self.house.sessions, self.house._store)
        session_id = None
        for turn in range(times):
            began = trio.current_time()
            attended = await reception.attend(session_id)
            session_id = attended.session_id
            utterance = Utterance(f"q{turn}", "text", QUESTION, about=About(text_id=text_id))
            async with put_question(
                attended, Places(), utterance, "reader:key_1", leaves_for_good=True
            ) as attention:
                over = False
                while not over:
                    told = await attention.told()
                    assert all(each.kind != "error" for each in told), told
                    over = any(each.is_last for each in told)
            self._note("reader", began)

    def _note(self, role: Role, began: float) -> None:
        self.waited.append((role, round(trio.current_time() - began, 6)))

    def longest(self, role: Role) -> float:
        """Return the longest that one of those has waited."""
        return max(seconds for who, seconds in self.waited if who == role)


@pytest.fixture
async def town(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    autojump_clock: MockClock,
    nursery: trio.Nursery,
) -> AsyncGenerator[Town]:
    """A house that has one text, and knows one person."""
    store, brain = SlowSearch(), Thinker()
    monkeypatch.setattr(trio.to_thread, "run_sync", store.call)
    monkeypatch.setattr(tree, "store_maker", lambda _url: lambda: store)
    monkeypatch.setattr(tree, "make_brain", lambda _settings: brain)
    environ = {
        "API_KEY": KEY,
        "PORT": "0",
        "DATA_DIR": str(tmp_path),
        "BRAIN_MAX_CALLS": str(PLACES),
        "DRAIN_TIMEOUT_S": "1",
    }
    loaded = Settings.load(environ, dotenv_path=tmp_path / "no.env")
    house: Any = await nursery.start(partial(tree.serve, loaded))
    await house._store.commit(*ROCKS, within=1)
    yield Town(house, nursery, brain, store)
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize(("many", "one"), [("reader", "robot"), ("robot", "reader")])
async def test_one_behind_a_hundred_of_the_other_kind_waits_for_its_turn_alone(
    autojump_clock: MockClock, town: Town, many: Role, one: Role
) -> None:
    """The hundred ask again as soon as they are answered; nobody overtakes the one."""
    async with trio.open_nursery() as asking_now:
        for _ in range(MANY):
            asking_now.start_soon(town.ask, many, 2)
        await wait_all_tasks_blocked()
        await town.ask(one)
        assert town.longest(one) == pytest.approx((MANY / PLACES + 1) * THINKS_S)
    kinds = [role_of(request) for request in town.brain.asked]
    assert kinds.index(one) < MANY + PLACES
    assert len(kinds) == 2 * MANY + 1


async def test_readers_and_robots_who_ask_again_and_again_are_served_in_turn(
    autojump_clock: MockClock, town: Town
) -> None:
    robots = MANY // 2
    async with trio.open_nursery() as asking_now:
        for number in range(MANY + robots):
            asking_now.start_soon(town.ask, "robot" if number % 3 == 0 else "reader", ROUNDS)
    assert Counter(role for role, _ in town.waited) == {
        "reader": MANY * ROUNDS,
        "robot": robots * ROUNDS,
    }
    in_turn_s = (MANY + robots) / PLACES * THINKS_S
    assert town.longest("robot") <= in_turn_s + THINKS_S
    assert town.longest("reader") <= in_turn_s + THINKS_S
    asked_first = [request.asker for request in town.brain.asked[: MANY + robots]]
    assert len(set(asked_first)) == MANY + robots, "nobody twice before everybody once"


async def test_hundred_searches_at_once_hold_up_no_recall_of_a_robot(
    autojump_clock: MockClock, town: Town
) -> None:
    async with trio.open_nursery() as asking_now:
        for _ in range(MANY):
            asking_now.start_soon(partial(town.ask, "reader", text_id="*"))
        await wait_all_tasks_blocked()
        assert MANY * SEARCH_S > RECALL_WITHIN > SEARCH_S
        await town.ask("robot")
        assert town.longest("robot") <= 2 * SEARCH_S + THINKS_S
        [robots] = [one for one in town.brain.asked if one.scene.reading is None]
        assert robots.scene.name == "Ana"
        assert town.store.searches < MANY / 2, "there were searches to wait for"
    assert town.store.searches == MANY
