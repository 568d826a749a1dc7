"""What the tests of brains share: questions, and stubs of models on loopback."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import pytest
import trio

from robi.brain.base import BrainRequest
from robi.speech.scene import Media, Said, Scene
from tools.stub.dialect import Dialect
from tools.stub.gemini import GeminiDialect
from tools.stub.openai import OpenAIDialect
from tools.stub.script import Reply, Script
from tools.stub.server import Stub

Ask = Callable[..., BrainRequest]


@pytest.fixture
def ask() -> Ask:
    def make(
        text: str = "hola",
        *,
        media: tuple[Media, ...] = (),
        history: tuple[Said, ...] = (),
        scene: Scene | None = None,
        system: str = "You are Robi.",
    ) -> BrainRequest:
        return BrainRequest(
            system=system,
            history=history,
            utterance=Said("person", text, media),
            scene=scene or Scene(language="es", robot_name="Robi"),
            max_output_tokens=512,
            temperature=0.7,
        )

    return make


class Stubbed(Stub):
    """A stub that is listening."""

    url: str = ""

    def answer(self, *replies: Reply, default: Reply | None = None) -> None:
        """Answer so from now on."""
        self.script = Script(replies, default or Reply())


@asynccontextmanager
async def listening(dialect: Dialect) -> AsyncGenerator[Stubbed]:
    """Serve a stub on loopback."""
    server = Stubbed(dialect)
    async with trio.open_nursery() as nursery:
        server.url = await server.serve(nursery)
        yield server
        nursery.cancel_scope.cancel()


@pytest.fixture
async def stub() -> AsyncGenerator[Stubbed]:
    async with listening(GeminiDialect()) as server:
        yield server


@pytest.fixture
async def openai_stub() -> AsyncGenerator[Stubbed]:
    async with listening(OpenAIDialect()) as server:
        yield server
