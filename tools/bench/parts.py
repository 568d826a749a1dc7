"""The code of a chunk, part by part: each part's own code, run alone in this process.

Owns which parts there are. The bytes are those that the stub sends. A part runs in a loop, so its
code and data are warm: the figures are what it costs at least, and what a change to it can be
judged by; `stages` says what the parts cost in their place. Counted is the CPU time of the one
thread.

    read         body to payloads of events
    parse        payload to fragment
    gate         limits, breaker and budget around each fragment
    directions   stage directions out of the words
    spoken       words made fit to be spoken
    messages     the rest of `Answer`: pieces to messages
    outbox       queue, numbers, replay, without encoding
    encode       message to JSON
    send         WebSocket frame and one write to a socket
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from random import Random
from time import thread_time_ns
from typing import Final

import orjson
import trio

from robi.actors.outbox import Outbox
from robi.brain import gemini_reply, openai_reply
from robi.brain.base import BrainRequest, Fragment
from robi.brain.breaker import Breaker
from robi.brain.budget import Budget
from robi.brain.gate import Gate
from robi.brain.ledger import Ledger
from robi.brain.sse import SseParser
from robi.protocol.codec import encode
from robi.protocol.dialects import Dialect
from robi.protocol.messages import TextChunk
from robi.speech.answer import Answer
from robi.speech.directions import DirectionParser, Spoken
from robi.speech.scene import Said, Scene
from robi.speech.spoken import Speakable, prepare
from robi.web.link import WebSocketLink
from robi.web.wire import Wire
from tools.bench.answers import chunks
from tools.bench.figures import Figure
from tools.bench.plan import BrainName, Plan
from tools.bench.progress import Progress
from tools.stub.dialect import Dialect as StubDialect
from tools.stub.dialect import Question
from tools.stub.gemini import GeminiDialect
from tools.stub.openai import OpenAIDialect
from tools.stub.script import Reply

PARTS: Final = (
    "read",
    "parse",
    "gate",
    "directions",
    "spoken",
    "messages",
    "outbox",
    "encode",
    "send",
)
"""In the order of the way of a chunk."""

_REQUEST: Final = BrainRequest(
    "", (), Said("person", "hola"), Scene(language="es", robot_name="Robi"), 512, 0.7
)
_NS_A_US: Final = 1e3
_NS_A_S: Final = 1e9
_LANGUAGE: Final = "es"
_ROOM: Final = 64
"""Messages that fit into a socket whose other side does not read yet."""

_DIALECTS: Final[dict[BrainName, Callable[[], StubDialect]]] = {
    "gemini": GeminiDialect,
    "openai": OpenAIDialect,
}

Reading = gemini_reply.Answer | openai_reply.Answer

_READERS: Final[dict[BrainName, Callable[[], Reading]]] = {
    "gemini": gemini_reply.Answer,
    "openai": openai_reply.Answer,
}


def measure(
    brain: BrainName, plan: Plan, progress: Progress, _before: Sequence[Figure]
) -> list[Figure]:
    """Measure each part."""
    prepare()
    runs: dict[str, list[float]] = {name: [] for name in PARTS}
    for _ in range(plan.runs):
        for part, cost in _one_run(brain, plan).items():
            runs[part].append(cost)
        progress.step()
    heading = f"a chunk's code, part by part, {brain}"
    return [Figure(heading, part, "µs", tuple(runs[part])) for part in PARTS]


def _one_run(brain: BrainName, plan: Plan) -> dict[str, float]:
    """Return what each part costs, in µs a chunk."""
    words = chunks(plan.long)
    frames = _frames(brain, words)
    payloads = [payload for frame in frames for payload in SseParser().feed(frame)]
    reader = _READERS[brain]()
    fragments = [fragment for payload in payloads for fragment in reader.take(payload)]
    said = _directions(words)
    messages = _messages(words)
    texts = [message for message in messages if isinstance(message, TextChunk)]

    def alone(work: Callable[[], object]) -> float:
        return _alone(work, plan) / len(words)

    def under_trio(work: Callable[[], Awaitable[None]]) -> float:
        return trio.run(_alone_under_trio, work, plan) / len(words)

    cost = {
        "read": alone(lambda: _read(frames)),
        "parse": alone(lambda: _parse(_READERS[brain](), payloads)),
        "directions": alone(lambda: _directions(words)),
        "spoken": alone(lambda: _spoken(said)),
        "encode": alone(lambda: _encode(texts)),
        "gate": under_trio(lambda: _gate(fragments)),
        "send": trio.run(_send, texts, plan),
    }
    answer = alone(lambda: _messages(words))
    cost["messages"] = answer - cost["directions"] - cost["spoken"]
    cost["outbox"] = under_trio(lambda: _outbox(texts)) - cost["encode"]
    return cost


# ── how long something runs ───────────────────────────────────────────────────────────────


def _alone(work: Callable[[], object], plan: Plan) -> float:
    """Return what `work` costs, in µs."""
    work()
    times, begun = 0, thread_time_ns()
    while (spent := thread_time_ns() - begun) < plan.alone_s * _NS_A_S:
        work()
        times += 1
    return spent / _NS_A_US / times


async def _alone_under_trio(work: Callable[[], Awaitable[None]], plan: Plan) -> float:
    await work()
    times, begun = 0, thread_time_ns()
    while (spent := thread_time_ns() - begun) < plan.alone_s * _NS_A_S:
        await work()
        times += 1
    return spent / _NS_A_US / times


# ── parts without a socket ────────────────────────────────────────────────────────────────


def _frames(brain: BrainName, words: Sequence[str]) -> list[bytes]:
    """Return the body of an answer as the stub sends it, a frame for each packet."""
    asked = Question("stub", streamed=True, events=True, words="hola", schema=None, record={})
    reply = Reply(chunks=tuple(words))
    dialect = _DIALECTS[brain]()
    payloads = [orjson.dumps(chunk) for chunk in dialect.chunks(reply, asked)]
    return dialect.frames(payloads, asked, reply)


def _read(frames: Sequence[bytes]) -> None:
    parser = SseParser()
    for frame in frames:
        parser.feed(frame)
    parser.close()


def _parse(reader: Reading, payloads: Sequence[bytes]) -> None:
    for payload in payloads:
        reader.take(payload)
    reader.end()


def _directions(words: Sequence[str]) -> list[str]:
    parser = DirectionParser()
    pieces = [piece for written in words for piece in parser.feed(written)]
    pieces += parser.close()
    return [piece.text for piece in pieces if isinstance(piece, Spoken)]


def _spoken(words: Sequence[str]) -> None:
    speakable = Speakable(_LANGUAGE)
    for written in words:
        speakable.feed(written)
    speakable.close()


def _messages(words: Sequence[str]) -> list[object]:
    answer = Answer("turn-1", None, None, Random(1), _LANGUAGE)  # noqa: S311 - the same each time
    messages: list[object] = []
    for written in words:
        messages += answer.feed(written)
    return messages + answer.close()


def _encode(texts: Sequence[TextChunk]) -> None:
    for seq, message in enumerate(texts, 1):
        encode(message, Dialect.USER, seq)


# ── parts under trio ──────────────────────────────────────────────────────────────────────


class _Reciting:
    """A brain that has its fragments ready."""

    model = "reciting"

    def __init__(self, fragments: Sequence[Fragment]) -> None:
        self._fragments = fragments

    @asynccontextmanager
    async def stream(self, _request: BrainRequest) -> AsyncGenerator[AsyncIterator[Fragment]]:
        """Give them, without a checkpoint between."""
        yield _Recited(self._fragments)

    async def generate(self, _request: BrainRequest) -> Fragment:
        """Give the last of them."""
        return self._fragments[-1]

    async def aclose(self) -> None:
        """There is nothing to close."""


class _Recited:
    def __init__(self, fragments: Sequence[Fragment]) -> None:
        self._rest = iter(fragments)

    def __aiter__(self) -> "_Recited":
        return self

    async def __anext__(self) -> Fragment:
        for fragment in self._rest:
            return fragment
        raise StopAsyncIteration


async def _gate(fragments: Sequence[Fragment]) -> None:
    ledger = Ledger(lambda: datetime.now(UTC))
    brain = Budget(Gate(Breaker(_Reciting(fragments)), max_calls=1), ledger)
    async with brain.stream(_REQUEST) as passed:
        async for _ in passed:
            pass


async def _outbox(texts: Sequence[TextChunk]) -> None:
    outbox = Outbox(lambda _turn, _message: None)
    attachment = outbox.attach()
    for message in texts:
        outbox.put(message, Dialect.USER, 1)
        await attachment.frames()


async def _send(texts: Sequence[TextChunk], plan: Plan) -> float:
    """Return what it costs to send a message to a socket on loopback, in µs."""
    frames = [encode(message, Dialect.USER, seq) for seq, message in enumerate(texts[:_ROOM], 1)]
    [listener] = await trio.open_tcp_listeners(0, host="127.0.0.1")
    async with (
        listener,
        await trio.open_tcp_stream(*listener.socket.getsockname()) as robot,
        await listener.accept() as ours,
    ):
        link = WebSocketLink(ours, Wire(1024), "127.0.0.1")
        spent = sent = 0
        while spent < plan.alone_s * _NS_A_S:
            begun = thread_time_ns()
            for frame in frames:
                await link.send([frame])
            spent += thread_time_ns() - begun
            sent += len(frames)
            waiting = sum(map(len, frames))
            while waiting > 0:
                waiting -= len(await robot.receive_some())
    return spent / _NS_A_US / sent
