"""Gemini over httpx on trio: against a stub on loopback, and over a transport that is watched."""

import gc
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import trio
from attrs import evolve

from robi.brain.base import BrainRequest, Fragment
from robi.brain.failures import BrainRefused, EmptyAnswer
from robi.brain.gemini import GeminiBrain
from robi.errors import (
    BrainBlocked,
    BrainError,
    BrainRateLimited,
    BrainUnavailable,
    ConfigurationError,
)
from robi.speech import classification
from robi.speech.scene import Media
from tests.brain.cancelling import ask_and_cancel_at
from tools.gemini_stub import GeminiStub
from tools.stub.script import Reply

Ask = Callable[..., BrainRequest]
MODEL = "gemini-flash-lite-latest"


@pytest.fixture
async def brain(stub: Any) -> AsyncGenerator[GeminiBrain]:
    gemini = GeminiBrain("key", stub.url, MODEL)
    yield gemini
    await gemini.aclose()


async def read(brain: GeminiBrain, request: BrainRequest) -> list[Fragment]:
    async with brain.stream(request) as fragments:
        return [fragment async for fragment in fragments]


# ── answers ───────────────────────────────────────────────────────────────────────────────


async def test_stream_gives_a_fragment_for_each_chunk(
    brain: GeminiBrain, stub: Any, ask: Ask
) -> None:
    stub.answer(Reply(chunks=("[emotion:happy]", "¡Hola", ", Ana!")))
    fragments = await read(brain, ask())
    assert [fragment.text for fragment in fragments] == ["[emotion:happy]", "¡Hola", ", Ana!"]


@pytest.mark.parametrize("split", [1, 2, 7, "random"])
@pytest.mark.parametrize("crlf", [False, True])
async def test_stream_split_anywhere_gives_the_same(
    brain: GeminiBrain, stub: Any, ask: Ask, *, split: Any, crlf: bool
) -> None:
    words = ("¿Qué", " tal, ", "Íñigo? 🤖")
    stub.answer(Reply(chunks=words, split=split, crlf=crlf))
    assert tuple(fragment.text for fragment in await read(brain, ask())) == words


async def test_stream_passes_each_chunk_on_as_it_comes(
    brain: GeminiBrain, stub: Any, ask: Ask
) -> None:
    stub.answer(Reply(chunks=("uno", "dos"), stall_after=1))
    async with brain.stream(ask()) as fragments:
        assert (await anext(fragments)).text == "uno"


async def test_stream_media_arrive_byte_for_byte(brain: GeminiBrain, stub: Any, ask: Ask) -> None:
    data = bytes(range(256)) * 500
    await read(brain, ask("", media=(Media("audio/ogg", data),)))
    assert stub.requests[0]["contents"][-1]["parts"] == [
        {
            "inline_data": {
                "mime": "audio/ogg",
                "size": len(data),
                "sha256": hashlib.sha256(data).hexdigest(),
            }
        }
    ]


async def test_stream_system_instruction_arrives(brain: GeminiBrain, stub: Any, ask: Ask) -> None:
    await read(brain, ask(system="Be kind."))
    assert stub.requests[0]["system"]["parts"] == [{"text": "Be kind."}]


async def test_stream_read_to_its_end_gives_the_connection_back(
    brain: GeminiBrain, stub: Any, ask: Ask
) -> None:
    await read(brain, ask())
    await read(brain, ask())
    assert [call.ending for call in stub.calls] == ["finished", "finished"]


async def test_generate_gives_the_whole_answer(brain: GeminiBrain, stub: Any, ask: Ask) -> None:
    stub.answer(Reply(chunks=("uno ", "dos")))
    assert await brain.generate(ask("hola")) == Fragment("uno dos")


# ── failures ──────────────────────────────────────────────────────────────────────────────

FAILURES = [
    pytest.param(
        Reply(error="429", retry_after="34.4s"), BrainRateLimited, "HTTP 429 RESOURCE_EXHAUSTED"
    ),
    pytest.param(Reply(error="400"), BrainRefused, "HTTP 400 INVALID_ARGUMENT"),
    pytest.param(Reply(error="403"), BrainRefused, "HTTP 403 PERMISSION_DENIED"),
    pytest.param(Reply(error="404"), BrainRefused, "HTTP 404 NOT_FOUND"),
    pytest.param(Reply(error="500"), BrainUnavailable, "HTTP 500 INTERNAL"),
    pytest.param(Reply(error="html"), BrainUnavailable, "HTTP 502"),
    pytest.param(Reply(error="blocked"), BrainBlocked, "PROHIBITED_CONTENT"),
    pytest.param(Reply(error="safety"), BrainBlocked, "SAFETY"),
    pytest.param(Reply(error="empty"), EmptyAnswer, "empty answer, STOP"),
]


@pytest.mark.parametrize(("reply", "kind", "details"), FAILURES)
async def test_stream_failure_raises(  # noqa: PLR0913, PLR0917 (fixtures)
    brain: GeminiBrain,
    stub: Any,
    ask: Ask,
    reply: Reply,
    kind: type[BrainError],
    details: str,
) -> None:
    stub.answer(reply)
    with pytest.raises(kind) as caught:
        await read(brain, ask())
    assert (type(caught.value), caught.value.details) == (kind, details)


async def test_generate_structured_gives_what_fits_its_schema(
    brain: GeminiBrain, stub: Any, ask: Ask
) -> None:
    request = evolve(ask("hola"), purpose="classification", answers=classification.schema(2))
    written = (await brain.generate(request)).text
    assert classification.told(written, 2) == (None, None)
    assert stub.requests[0]["structured"]


@pytest.mark.parametrize(("reply", "kind", "details"), FAILURES)
async def test_generate_failure_raises(  # noqa: PLR0913, PLR0917 (fixtures)
    brain: GeminiBrain,
    stub: Any,
    ask: Ask,
    reply: Reply,
    kind: type[BrainError],
    details: str,
) -> None:
    stub.answer(reply)
    with pytest.raises(kind) as caught:
        await brain.generate(ask())
    assert (type(caught.value), caught.value.details) == (kind, details)


@pytest.mark.parametrize(
    ("reply", "details"),
    [
        pytest.param(Reply(chunks=("a", "b"), error="bare"), "HTTP 503 UNAVAILABLE", id="error"),
        pytest.param(Reply(chunks=("a", "b"), break_after=1), "RemoteProtocolError", id="cut"),
        pytest.param(Reply(chunks=("a", "b"), error="invalid"), "not JSON", id="invalid"),
        pytest.param(Reply(chunks=("a",), error="no_finish"), "broke off", id="no finish"),
    ],
)
async def test_stream_failure_in_mid_stream_raises_after_what_came(
    brain: GeminiBrain, stub: Any, ask: Ask, reply: Reply, details: str
) -> None:
    stub.answer(reply)
    texts = []
    with pytest.raises(BrainUnavailable) as caught:  # noqa: PT012 (what came before is the point)
        async with brain.stream(ask()) as fragments:
            async for fragment in fragments:
                texts.append(fragment.text)  # noqa: PERF401
    assert (texts, caught.value.details) == (["a"], details)


async def test_stream_nobody_listening_raises(ask: Ask) -> None:
    (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
    port = listener.socket.getsockname()[1]
    await listener.aclose()
    brain = GeminiBrain("key", f"http://127.0.0.1:{port}", MODEL)
    with pytest.raises(BrainUnavailable, match="ConnectError"):
        await read(brain, ask())
    await brain.aclose()


@pytest.mark.parametrize(
    ("key", "url"),
    [
        ("llave\nrota", "http://x"),
        ("clé", "http://x"),
        ("key", "http://x:y"),
        ("key", "model.example"),
        ("key", "ftp://x"),
        ("key", ""),
    ],
)
def test_brain_that_cannot_ask_is_not_built(key: str, url: str) -> None:
    with pytest.raises(ConfigurationError):
        GeminiBrain(key, url, MODEL)


async def test_error_never_tells_the_key(stub: Any, ask: Ask) -> None:
    stub.answer(default=Reply(error="403"))
    brain = GeminiBrain("AIzaSECRET", stub.url, MODEL)
    with pytest.raises(BrainRefused) as caught:
        await read(brain, ask())
    assert "SECRET" not in repr(caught.value) + str(caught.value.details)
    await brain.aclose()


async def test_model_is_named_without_its_folder() -> None:
    brain = GeminiBrain("key", "http://x", f"models/{MODEL}")
    assert brain.model == MODEL
    await brain.aclose()


async def test_aclose_leaves_a_client_of_someone_else_open() -> None:
    async with httpx.AsyncClient() as client:
        await GeminiBrain("key", "http://x", MODEL, client=client).aclose()
        assert not client.is_closed


# ── leaving early ─────────────────────────────────────────────────────────────────────────


class Watched(httpx.AsyncBaseTransport, httpx.AsyncByteStream):
    """A transport with one endless answer, which notes whether it is open."""

    def __init__(self) -> None:
        self.open = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await trio.lowlevel.checkpoint()
        assert request.headers["x-goog-api-key"] == "key"
        self.open = True
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=self)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            await trio.lowlevel.checkpoint()
            yield b'data: {"candidates":[{"content":{"parts":[{"text":"a"}]}}]}\n\n'

    async def aclose(self) -> None:
        self.open = False


@pytest.mark.parametrize("step", range(1, 16))
async def test_stream_cancelled_at_any_step_is_closed_when_the_block_is_left(
    ask: Ask, step: int
) -> None:
    transport = Watched()
    async with httpx.AsyncClient(transport=transport) as client:
        brain = GeminiBrain("key", "http://x", MODEL, client=client)
        assert await ask_and_cancel_at(step, brain, ask())
        assert not transport.open


async def test_stream_left_by_an_exception_closes_its_socket(
    brain: GeminiBrain, stub: Any, ask: Ask
) -> None:
    stub.answer(default=Reply(chunks=("a", "b"), stall_after=1))
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 (the body is what fails)
        async with brain.stream(ask()) as fragments:
            await anext(fragments)
            raise ZeroDivisionError
    await closed(stub)
    assert stub.calls[0].ending == "closed_by_client"


async def test_stream_left_by_break_leaves_no_generator_behind(
    brain: GeminiBrain, stub: Any, ask: Ask, recwarn: pytest.WarningsRecorder
) -> None:
    stub.answer(default=Reply(chunks=("a", "b"), stall_after=1))
    async with brain.stream(ask()) as fragments:
        async for _ in fragments:
            break
    del fragments
    gc.collect()
    assert not recwarn.list


async def test_stream_left_before_the_first_read_closes_its_socket(
    brain: GeminiBrain, stub: Any, ask: Ask
) -> None:
    stub.answer(default=Reply(chunks=("a", "b"), stall_after=1))
    async with brain.stream(ask()):
        pass
    await closed(stub)
    assert stub.calls[0].ending == "closed_by_client"


async def closed(stub: GeminiStub) -> None:
    """Wait until the stub has no call open."""
    with trio.fail_after(5):
        for call in stub.calls:
            await call.wait_closed()
