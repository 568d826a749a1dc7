"""An answer whose first fragment is there, and what each further one goes through."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from trio.testing import MockClock

from robi.brain.base import BrainRequest, Fragment
from robi.brain.begun import Begun, wait_begun
from robi.brain.breaker import Breaker
from robi.brain.budget import Budget
from robi.brain.failover import Failover
from robi.brain.gate import Gate
from robi.brain.ledger import Ledger
from robi.brain.watching import Watched
from robi.errors import BrainTimeout

Ask = Callable[..., BrainRequest]


class Given:
    """Fragments that have come already; `took` notes how many were taken by waiting."""

    def __init__(self, *texts: str) -> None:
        self.left = [Fragment(text) for text in texts]
        self.waited = 0

    def __aiter__(self) -> "Given":
        return self

    async def __anext__(self) -> Fragment:
        self.waited += 1
        if not self.left:
            raise StopAsyncIteration
        return self.left.pop(0)

    @property
    def over(self) -> bool:
        return not self.left

    def next_nowait(self) -> Fragment | None:
        return self.left.pop(0) if self.left else None


class Prompt:
    """A brain that has its answer ready."""

    model = "prompt"

    def __init__(self, given: Given) -> None:
        self.given = given

    @asynccontextmanager
    async def stream(self, _request: BrainRequest) -> AsyncGenerator[AsyncIterator[Fragment]]:
        yield self.given

    async def generate(self, _request: BrainRequest) -> Fragment:
        return Fragment()

    async def aclose(self) -> None:
        pass


async def texts(fragments: AsyncIterator[Fragment]) -> list[str]:
    return [fragment.text async for fragment in fragments]


@pytest.mark.parametrize("words", [(), ("a",), ("a", "b", "c")])
async def test_answer_that_has_begun_gives_all_that_came(words: tuple[str, ...]) -> None:
    begun = await wait_begun(Given(*words))
    assert begun.first == (Fragment(words[0]) if words else None)
    assert await texts(begun) == list(words)


async def test_answer_that_has_begun_is_waited_for_once() -> None:
    begun = await wait_begun(Given("a"))
    assert await wait_begun(begun) is begun


async def test_answer_without_a_fragment_is_not_read_again() -> None:
    given = Given()
    assert await texts(await wait_begun(given)) == []
    assert given.waited == 1


async def test_fragments_after_the_first_come_through_one_that_watches_and_no_other(
    autojump_clock: MockClock, ask: Ask
) -> None:
    given = Given("a", "b", "c")
    ledger = Ledger(lambda: datetime.now(UTC))
    brain = Budget(Gate(Failover([Breaker(Prompt(given))]), max_calls=1), ledger)
    async with brain.stream(ask()) as fragments:
        assert isinstance(fragments, Watched)
        assert fragments._upstream is given
        assert await texts(fragments) == ["a", "b", "c"]
    assert given.waited == 2  # for the first and for the end; the others were there


async def test_fragments_that_are_there_are_within_the_total_limit_too(
    autojump_clock: MockClock, ask: Ask
) -> None:
    gate = Gate(Prompt(Given("a", "b", "c")), max_calls=1)
    with pytest.raises(BrainTimeout, match="no end"):  # noqa: PT012 (what comes before is the point)
        async with gate.stream(ask()) as fragments:
            assert await anext(fragments) == Fragment("a")
            autojump_clock.jump(31)
            await anext(fragments)


async def test_answer_is_begun_by_its_first_fragment_alone() -> None:
    given = Given("a", "b")
    begun = Begun(Fragment("x"), given)
    assert await texts(begun) == ["x", "a", "b"]
