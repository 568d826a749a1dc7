"""A turn on its own: what it says is kept, and the house around it is what the test makes it."""

import random
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import trio
from attrs import define, field

from robi.actors.manner import Known
from robi.actors.tools import Tool
from robi.actors.turn import Kind, Met, Plan, Turn, TurnPorts, Utterance
from robi.brain.base import Brain, BrainRequest, Fragment
from robi.protocol.messages import ServerMessage, TextChunk, TokenUsage
from robi.speech.scene import DueNow, Media, Said, Scene

T = TypeVar("T")

Step = str | Fragment | TokenUsage | Exception | Callable[[], Awaitable[object]]
"""What a model does next: writes, counts what came on top, fails, or waits for something."""


async def nobody(*_: object) -> None:
    """Know of nobody, and meet nobody."""
    await trio.lowlevel.checkpoint()


@define
class Recited:
    """A model that goes through one list of steps a call, the last one over and over."""

    scripts: list[list[Step]]
    requests: list[BrainRequest] = field(factory=list)
    open: int = 0
    model: str = "recited"

    @asynccontextmanager
    async def stream(self, request: BrainRequest) -> AsyncGenerator[AsyncIterator[Fragment]]:
        script = self.scripts[min(len(self.requests), len(self.scripts) - 1)]
        self.requests.append(request)
        self.open += 1
        try:
            await trio.lowlevel.checkpoint()
            yield _Fragments(list(script), request.spent)
        finally:
            self.open -= 1

    async def generate(self, request: BrainRequest) -> Fragment:
        raise NotImplementedError

    async def aclose(self) -> None:
        """Nothing to close."""


@define
class _Fragments:
    _script: list[Step]
    _spent: Callable[[TokenUsage], None]

    def __aiter__(self) -> "_Fragments":
        return self

    async def __anext__(self) -> Fragment:
        await trio.lowlevel.checkpoint()
        while self._script:
            match self._script.pop(0):
                case str(text):
                    return Fragment(text)
                case Fragment() as fragment:
                    return fragment
                case TokenUsage() as usage:
                    self._spent(usage)
                case Exception() as error:
                    raise error
                case wait:
                    await wait()
        raise StopAsyncIteration


@define
class Stage:
    """Where one turn plays."""

    brain: Brain
    person_id: str | None = None
    words: str = "hola"
    face: bytes | None = None
    language: Any = "es"
    history: tuple[Said, ...] = ()
    media: tuple[Media, ...] = ()
    private: bool = False
    kind: Kind = "text"
    due: tuple[DueNow, ...] = ()
    tools: tuple[Tool, ...] = ()
    promise: Callable[[], Awaitable[None]] | None = None
    recall: Callable[[str, str], Awaitable[Known | None]] = nobody
    meet: Callable[[str, bytes | None], Awaitable[Met | None]] = nobody
    said: list[ServerMessage] = field(factory=list)

    @classmethod
    def with_answer(cls, *script: Step, **changes: Any) -> "Stage":
        return cls(Recited([list(script)]), **changes)

    def turn(self) -> Turn:
        scene = Scene(
            language=self.language, robot_name="Robi", person_id=self.person_id, due=self.due
        )
        ports = TurnPorts(
            brain=self.brain,
            recall=self.recall,
            meet=self.meet,
            named=lambda *_: None,
            wall_clock=lambda: datetime(2026, 2, 8, 10, 30, tzinfo=UTC),
            rng=random.Random(1),
            max_output_tokens=512,
            temperature=0.7,
            tools=lambda: self.tools,
        )
        utterance = Utterance("r1", self.kind, self.words, self.media)
        plan = Plan(
            1,
            utterance,
            scene,
            self.history,
            self.face,
            private=self.private,
            promise=self.promise,
        )
        return Turn(plan, ports, self.said.extend)

    async def plays(self) -> Turn:
        """Run one turn to its end and return it."""
        turn = self.turn()
        await turn.run()
        return turn

    @property
    def questions(self) -> list[BrainRequest]:
        """What was put to the model."""
        assert isinstance(self.brain, Recited)
        return self.brain.requests

    @property
    def asked(self) -> BrainRequest:
        """The one question that was put to the model."""
        (request,) = self.questions
        return request

    @property
    def kinds(self) -> list[str]:
        return [type(message).__name__ for message in self.said]

    @property
    def text(self) -> str:
        return "".join(message.text for message in self.said if isinstance(message, TextChunk))

    def the(self, kind: type[T]) -> T:
        """Return the one message of this kind."""
        (message,) = [message for message in self.said if isinstance(message, kind)]
        return message
