"""The way of a chunk, put together stage by stage in this process, as it runs in the server.

Owns the stages. Each run adds one stage to those before it, over real sockets: from the model, with
as many answers at once as there are robots, each chunk in a packet of its own. What a stage costs
in its place is the difference to the run without it; it is more than its code costs alone
(`parts`), since after each wait for a packet the processor has forgotten it. Counted is the CPU
time of the one thread, from the moment when all answers have begun until one is half done.

After the way comes what is done with the words once they are said: the rules about privacy look
through all that is kept. What is left over of the whole that `turns` has measured is what a server
has beside: sessions, mailboxes, rows, log and a heap in which there is more to look through.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import thread_time_ns
from typing import Final

import trio
from attrs import define, field, frozen

from robi.actors.attachment import Attachment
from robi.actors.outbox import Outbox
from robi.brain.base import Brain, BrainRequest
from robi.brain.breaker import Breaker
from robi.brain.budget import Budget
from robi.brain.gate import Gate
from robi.brain.gemini import GeminiBrain
from robi.brain.ledger import Ledger
from robi.brain.openai import OpenAIBrain
from robi.people.privacy import masked
from robi.protocol.closing import NO_CLOSE_FRAME
from robi.protocol.dialects import Dialect
from robi.speech.answer import Answer
from robi.speech.scene import Said, Scene
from robi.speech.spoken import prepare
from robi.web.link import WebSocketLink
from robi.web.wire import Wire
from tools.bench import programs
from tools.bench.answers import Kind, chunks, question
from tools.bench.figures import Figure, find
from tools.bench.packets import PacketBrain
from tools.bench.plan import BrainName, Plan
from tools.bench.progress import Progress
from tools.bench.turns import further_chunk

STAGES: Final = (
    "the packet: wake-up, system call, trio",
    "receive, read and parse: HTTP, events, JSON",
    "gate: limits, breaker, budget",
    "directions, spoken and messages",
    "outbox, encode and send: one more wake-up",
)
_HTTP, _GATE, _ANSWER, _SEND = range(1, len(STAGES))

RULES: Final = "afterwards: rules on what is kept"
REST: Final = "the rest of the server"

_numbers: Final = count(1)

_LANGUAGE: Final = "es"
_NS_A_US: Final = 1e3
_MAX_MESSAGE: Final = 1024


def measure(
    brain: BrainName, plan: Plan, progress: Progress, before: Sequence[Figure]
) -> list[Figure]:
    """Measure the stages; with the whole chunk `before` them, also what is left over.

    Raises:
        ProgramFailed: the model or the sink did not start.
    """
    prepare()
    runs: list[list[float]] = [[] for _ in STAGES]
    rules: list[float] = []
    with TemporaryDirectory() as name:
        folder = Path(name)
        with programs.outside(folder) as outside, programs.sink(folder) as port:
            for _ in range(plan.runs):
                without = 0.0
                for last, costs in enumerate(runs):
                    cost = trio.run(_chunk_us, Site(brain, outside.model_url, port), plan, last)
                    costs.append(cost - without)
                    without = cost
                rules.append(_rules_us(plan))
                progress.step()
    heading = f"a chunk on its way, apart, {brain}"
    figures = [
        Figure(heading, name, "µs", tuple(costs))
        for name, costs in zip((*STAGES, RULES), (*runs, rules), strict=True)
    ]
    whole = find(before, further_chunk(brain))
    if whole is not None:
        rest = whole.median - sum(figure.median for figure in figures)
        figures.append(Figure(heading, REST, "µs", (rest,)))
    return figures


@frozen
class Site:
    """What is talked with: the model at `url`, the sink at `port`."""

    brain: BrainName
    url: str
    port: int

    def make_brain(self, last: int) -> Brain:
        """Return the brain of stage `last`."""
        brain: Brain
        if last < _HTTP:
            return PacketBrain(self.brain, self.url)
        if self.brain == "gemini":
            brain = GeminiBrain("stub", self.url, "stub")
        else:
            brain = OpenAIBrain(self.url, "stub", None)
        if last < _GATE:
            return brain
        gate = Gate(Breaker(brain), max_calls=256)
        return Budget(gate, Ledger(lambda: datetime.now(UTC)))


@define
class Window:
    """Counts chunks and CPU from when all of `robots` have begun until one has heard `most`."""

    robots: int
    most: int
    over: trio.CancelScope
    _heard: Counter[int] = field(factory=Counter, init=False)
    _chunks: int = field(default=0, init=False)
    _begun: int | None = field(default=None, init=False)
    _ended: int = field(default=0, init=False)

    @property
    def chunk_us(self) -> float:
        """What a chunk has cost."""
        return (self._ended - (self._begun or 0)) / _NS_A_US / self._chunks

    def heard(self, robot: int) -> None:
        """A chunk has gone its way."""
        self._heard[robot] += 1
        if self._begun is None:
            if len(self._heard) == self.robots:
                self._begun = thread_time_ns()
            return
        self._chunks += 1
        if self._heard[robot] >= self.most and not self._ended:
            self._ended = thread_time_ns()
            self.over.cancel()


def _rules_us(plan: Plan) -> float:
    """Return what the rules cost, in µs a chunk of the answer."""
    answer = Answer("turn-1", None, None, Random(1), _LANGUAGE)  # noqa: S311 - not a secret
    for written in chunks(plan.long):
        answer.feed(written)
    answer.close()
    begun = thread_time_ns()
    masked(answer.text)
    return (thread_time_ns() - begun) / _NS_A_US / plan.long


async def _chunk_us(site: Site, plan: Plan, last: int) -> float:
    """Return what a chunk costs on its way up to stage `last`, in µs."""
    brain = site.make_brain(last)
    try:
        async with trio.open_nursery() as nursery:
            window = Window(plan.robots, plan.long // 2, nursery.cancel_scope)
            run = _Run(site, plan, last, brain, window)
            for number in range(plan.robots):
                nursery.start_soon(run.answer, number)
    finally:
        await brain.aclose()
    return window.chunk_us


@frozen
class _Run:
    """Answers at once, with the stages up to `last`."""

    site: Site
    plan: Plan
    last: int
    brain: Brain
    window: Window

    async def answer(self, number: int) -> None:
        """Have one answer; each begins a little after the one before it."""
        await trio.sleep(number * self.plan.gap_ms / 1000 / self.plan.robots)
        async with trio.open_nursery() as nursery:
            say = await self._way(nursery)
            async with self.brain.stream(_request(self.plan)) as fragments:
                async for fragment in fragments:
                    say(fragment.text)
                    self.window.heard(number)
            nursery.cancel_scope.cancel()

    async def _way(self, nursery: trio.Nursery) -> Callable[[str], object]:
        """Return what takes the words of a fragment: nothing, an answer, or one that is sent."""
        if self.last < _ANSWER:
            return _ignore
        answer = Answer("turn-1", None, None, Random(1), _LANGUAGE)  # noqa: S311 - not a secret
        if self.last < _SEND:
            return answer.feed
        outbox = Outbox(lambda _turn, _message: None)
        stream = await trio.open_tcp_stream("127.0.0.1", self.site.port)
        link = WebSocketLink(stream, Wire(_MAX_MESSAGE), "127.0.0.1")
        nursery.start_soon(_write, link, outbox.attach())

        def send(text: str) -> None:
            for message in answer.feed(text):
                outbox.put(message, Dialect.USER, 1)

        return send


async def _write(link: WebSocketLink, attachment: Attachment) -> None:
    """Write as the door of the robots does (`robi.web.robot`)."""
    try:
        while True:
            await link.send(await attachment.frames())
    finally:
        link.abort()
        await link.close(NO_CLOSE_FRAME)  # lets go of the socket


def _ignore(_text: str) -> None:
    """Hear, and say nothing of it."""


def _request(plan: Plan) -> BrainRequest:
    scene = Scene(language=_LANGUAGE, robot_name="Robi")
    said = Said("person", question(Kind(plan.long, gap_ms=plan.gap_ms), next(_numbers)))
    return BrainRequest("", (), said, scene, 512, 0.7)
