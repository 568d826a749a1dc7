"""Traces of turns, for OpenTelemetry: where the time of a single turn went.

Owns the spans and the one thread that sends them on (the official SDK's). A trace is made at the
end of its turn, from times that the turn has noted: on the way of an answer nothing is done for it.
It waits a moment for the store to have written the turn, and is sent without that if it takes long.

    turn ─┬─ recall
          ├─ queue, model (event first_chunk), tool   once for each round
          └─ store                                     from the turn's end until it is on the disk

Attributes are ids, sizes and durations; nobody's words. Imported only where traces are wanted: the
extra `otel` need not be installed, and costs 16 MiB and 0.2 s.
"""

from collections.abc import Callable, Iterator
from time import time_ns
from typing import Final

import structlog
import trio
from attrs import define, field, frozen
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Status, StatusCode, Tracer, set_span_in_context

from robi.actors.figures import Measured, Question
from robi.actors.meters import Committed
from robi.store.base import AddInteraction

log = structlog.get_logger()

WAITS_S: Final = 5.0
"""Seconds that a trace waits for its turn to be on the disk; a private one never is."""

WAITING: Final = 1_000
"""Traces that wait so; of more, the oldest are sent."""

CLOSE_WITHIN_S: Final = 2.0
"""Seconds that a collector gets for what is left when the server ends."""

_NS: Final = 1_000_000_000
_UNNAMED: Final = "unknown_service"
"""What the SDK calls a service that OTEL_SERVICE_NAME does not name."""

Attributes = dict[str, str | int | float | bool]


@frozen
class _Part:
    """A span below a turn; times of trio's clock."""

    name: str
    began_at: float
    ended_at: float
    attributes: Attributes = field(factory=dict)
    events: tuple[tuple[str, float], ...] = ()


@frozen
class _Waiting:
    """A turn that is over, and what to add to trio's clock for Unix nanoseconds."""

    turn: Measured
    ended_at: float
    offset_ns: int


@define(eq=False)
class Traces:
    """The traces of one process.

    Args:
        processor: takes the spans.
        version: of the server.
        unix_ns: the time.
    """

    _processor: SpanProcessor
    _version: str
    _unix_ns: Callable[[], int] = time_ns
    _provider: TracerProvider = field(init=False)
    _tracer: Tracer = field(init=False)
    _waiting: dict[tuple[str, str], _Waiting] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        resource = Resource.create({"service.version": self._version})
        if str(resource.attributes["service.name"]).startswith(_UNNAMED):
            resource = resource.merge(Resource({"service.name": "robi"}))
        # Who ends the server ends this too, in time; at the interpreter's exit it is too late.
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(self._processor)
        self._tracer = self._provider.get_tracer("robi", self._version)

    @classmethod
    def to(cls, endpoint: str, version: str) -> "Traces":
        """Send traces to the OTLP/HTTP collector at `endpoint`, by a thread of the SDK."""
        exporter = OTLPSpanExporter(f"{endpoint}/v1/traces")
        return cls(BatchSpanProcessor(exporter), version)

    # ── told by the actors ────────────────────────────────────────────────────────────────

    def turn(self, turn: Measured) -> None:
        """A turn is over."""
        now = trio.current_time()
        waiting = _Waiting(turn, now, self._unix_ns() - round(now * _NS))
        self._waiting[turn.session_id, turn.request_id] = waiting
        if len(self._waiting) > WAITING:
            self._send(self._waiting.pop(next(iter(self._waiting))))

    def committed(self, done: Committed) -> None:
        """A batch is on the disk; with it, perhaps, turns that wait."""
        if not self._waiting:
            return
        for write in done.writes:
            if isinstance(write, AddInteraction):
                key = (write.row.session_id, write.row.request_id)
                if (waiting := self._waiting.pop(key, None)) is not None:
                    began = max(waiting.ended_at, done.since)
                    commit: Attributes = {"robi.writes": len(done.writes)}
                    self._send(waiting, _Part("store", began, done.ended, commit))

    def flush(self, now: float) -> None:
        """Send what has waited long enough. Called by the one clock."""
        for key, waiting in list(self._waiting.items()):
            if waiting.ended_at + WAITS_S > now:
                break  # in the order of their ends
            self._send(self._waiting.pop(key))

    async def close(self) -> None:
        """Send what is left, and end the thread; give up after CLOSE_WITHIN_S."""
        while self._waiting:
            self._send(self._waiting.pop(next(iter(self._waiting))))
        with trio.move_on_after(CLOSE_WITHIN_S, shield=True) as patience:
            # Left behind, it ends with the process.
            await trio.to_thread.run_sync(self._provider.shutdown, abandon_on_cancel=True)
        if patience.cancelled_caught:
            log.warning("traces_lost", reason="the collector did not take them in time")

    # ── spans ─────────────────────────────────────────────────────────────────────────────

    def _send(self, waiting: _Waiting, stored: _Part | None = None) -> None:
        turn = waiting.turn

        def unix_ns(at: float) -> int:
            return round(at * _NS) + waiting.offset_ns

        began_at = turn.trail.began_at
        whole = _Part("turn", began_at, waiting.ended_at, _about(turn), tuple(_moments(turn)))
        root = self._begin(whole, Context(), unix_ns)
        if turn.outcome == "failed":
            root.set_status(Status(StatusCode.ERROR, turn.error_code))
        below = set_span_in_context(root, Context())
        for part in (*_parts(turn, waiting.ended_at), *((stored,) if stored else ())):
            self._begin(part, below, unix_ns).end(unix_ns(part.ended_at))
        root.end(unix_ns(whole.ended_at))

    def _begin(self, part: _Part, context: Context, unix_ns: Callable[[float], int]) -> Span:
        span = self._tracer.start_span(
            part.name, context, attributes=part.attributes, start_time=unix_ns(part.began_at)
        )
        for name, at in part.events:
            span.add_event(name, timestamp=unix_ns(at))
        return span  # type: ignore[return-value]


def _about(turn: Measured) -> Attributes:
    about: Attributes = {
        "robi.session_id": turn.session_id,
        "robi.request_id": turn.request_id,
        "robi.kind": turn.kind,
        "robi.outcome": turn.outcome,
        "robi.chars": turn.chars,
    }
    if turn.error_code is not None:
        about["robi.error_code"] = turn.error_code
    if turn.usage is not None:
        about["gen_ai.usage.input_tokens"] = turn.usage.input_tokens
        about["gen_ai.usage.output_tokens"] = turn.usage.output_tokens
    return about


def _moments(turn: Measured) -> Iterator[tuple[str, float]]:
    for name, ms in (("emotion", turn.emotion_ms), ("first_text", turn.first_text_ms)):
        if ms is not None:
            yield name, turn.trail.began_at + ms / 1000


def _parts(turn: Measured, ended_at: float) -> Iterator[_Part]:
    trail = turn.trail
    if trail.recalled_at is not None:
        yield _Part("recall", trail.began_at, trail.recalled_at)
    for question in trail.questions:
        yield from _parts_of(question, ended_at)
    for called in trail.calls:
        tool: Attributes = {"robi.tool": called.tool or "none", "robi.outcome": called.outcome}
        yield _Part("tool", called.began_at, called.ended_at, tool)


def _parts_of(question: Question, ended_at: float) -> Iterator[_Part]:
    placed_at = question.asked_at + question.waited_s
    if question.waited_s:
        yield _Part("queue", question.asked_at, placed_at)
    heard_at = question.heard_at
    yield _Part(
        "model",
        placed_at,
        ended_at if question.ended_at is None else question.ended_at,
        {"robi.chunks": len(heard_at)},
        (("first_chunk", heard_at[0]),) if heard_at else (),
    )
