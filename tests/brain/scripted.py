"""A brain that does as its script says, for what stands before a brain: under a virtual clock."""

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from random import Random

import trio
from attrs import evolve

from robi.brain.base import Brain, BrainRequest, Fragment
from robi.errors import RobiError

Step = float | str | RobiError | trio.Event
"""Wait so many seconds, give a fragment, raise, or wait for an event."""

FOREVER = 1e6


class Scripted:
    """A brain that plays one script an attempt; it has a scope open for as long as a call is."""

    model = "scripted"

    def __init__(self, *scripts: Sequence[Step]) -> None:
        self.scripts = deque(scripts)
        self.asked_at: list[float] = []
        self.open = 0
        self.most_open = 0
        self.closed = False

    @asynccontextmanager
    async def stream(self, request: BrainRequest) -> AsyncGenerator[AsyncIterator[Fragment]]:
        assert request.utterance.text
        async with self._call() as script:
            with trio.CancelScope():  # trio complains if scopes are left in another order
                if script and not isinstance(script[0], str):
                    await _play(script.popleft())
                yield _Fragments(script)

    async def generate(self, request: BrainRequest) -> Fragment:
        assert request.utterance.text
        async with self._call() as script:
            return Fragment("".join([await _play(step) for step in script]))

    async def aclose(self) -> None:
        self.closed = True

    @asynccontextmanager
    async def _call(self) -> AsyncGenerator[deque[Step]]:
        self.asked_at.append(trio.current_time())
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            yield deque(self.scripts.popleft() if len(self.scripts) > 1 else self.scripts[0])
        finally:
            self.open -= 1


class _Fragments:
    def __init__(self, script: deque[Step]) -> None:
        self.script = script

    def __aiter__(self) -> "_Fragments":
        return self

    async def __anext__(self) -> Fragment:
        while self.script:
            text = await _play(self.script.popleft())
            if text:
                return Fragment(text)
        await trio.lowlevel.checkpoint()
        raise StopAsyncIteration


async def _play(step: Step) -> str:
    if isinstance(step, RobiError):
        raise step
    if isinstance(step, str):
        await trio.lowlevel.checkpoint()
        return step
    if isinstance(step, trio.Event):
        await step.wait()
        return "late"
    await trio.sleep(step)
    return ""


class Stalling(Scripted):
    """A brain that says nothing to who says "stall"."""

    def __init__(self) -> None:
        super().__init__(["a"])

    @asynccontextmanager
    async def stream(self, request: BrainRequest) -> AsyncGenerator[AsyncIterator[Fragment]]:
        if request.utterance.text == "stall":
            await trio.sleep_forever()
        async with super().stream(request) as fragments:
            yield fragments


class NoJitter(Random):
    def uniform(self, a: float, b: float) -> float:  # noqa: ARG002 (the signature of Random)
        return a


def background(request: BrainRequest) -> BrainRequest:
    return evolve(request, purpose="summary")


async def read(brain: Brain, request: BrainRequest) -> list[str]:
    async with brain.stream(request) as fragments:
        return [fragment.text async for fragment in fragments]
