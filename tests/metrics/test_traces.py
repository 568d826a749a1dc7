"""Traces of turns: what is in them, when they are sent, and that they never hold the server up."""

import pytest
import trio
import trio.testing
from attrs import evolve
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from structlog.testing import capture_logs

from robi.actors.figures import Called, Measured, Question
from robi.actors.meters import Committed
from robi.metrics import traces
from robi.metrics.traces import WAITING, WAITS_S, Traces
from robi.protocol.messages import TokenUsage
from robi.store.base import AddInteraction, InteractionRow, Person, SavePerson
from tests.metrics.otlp import collector
from tests.metrics.stage import measured

S = 1_000_000_000
UNIX_NS = 1_800_000_000 * S
TURN = measured(
    Question(100.25, 0.5, [101.5, 102.0], 102.5),
    Question(103.0, 0.0, [], None),
    calls=[Called("look_up", "done", 102.5, 103.0)],
    usage=TokenUsage(70, 30),
    chars=12,
)


class Held:
    """Traces that are held in the hands of a test."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        self.traces = Traces(SimpleSpanProcessor(self.exporter), "1.0", lambda: UNIX_NS)

    @property
    def spans(self) -> dict[str, ReadableSpan]:
        """Return the spans of the one trace, by name; of two with one name, the first."""
        return {span.name: span for span in reversed(self.exporter.get_finished_spans())}

    @property
    def requests(self) -> list[str]:
        """Return whose traces were sent."""
        return [
            str((span.attributes or {})["robi.request_id"])
            for span in self.exporter.get_finished_spans()
            if span.parent is None
        ]


@pytest.fixture
async def held(autojump_clock: trio.testing.MockClock) -> Held:
    autojump_clock.jump(104.0)  # the end of the turn
    return Held()


def row(request_id: str = "r1") -> AddInteraction:
    return AddInteraction(
        InteractionRow("s1", request_id, "user_ana", "text", "hola", None, "answered", 1.0, 5, 9)
    )


def committed(*request_ids: str, since: float = 90.0) -> Committed:
    return Committed([row(one) for one in request_ids], since, 104.5, trio.current_time())


async def test_trace_waits_for_its_turn_to_be_on_the_disk(held: Held) -> None:
    held.traces.turn(TURN)
    assert held.requests == []
    held.traces.committed(committed("another"))
    assert held.requests == []
    held.traces.committed(committed("r1"))
    assert held.requests == ["r1"]


async def test_trace_has_the_parts_of_a_turn_below_it_at_their_times(
    held: Held, autojump_clock: trio.testing.MockClock
) -> None:
    held.traces.turn(TURN)
    await trio.sleep(1)
    held.traces.committed(committed("r1"))
    spans, root = held.spans, held.spans["turn"]
    now = UNIX_NS - 104 * S
    assert {
        name: (_since(now, span.start_time), _since(now, span.end_time))
        for name, span in spans.items()
    } == {
        "turn": (100 * S, 104 * S),
        "recall": (100 * S, 100.25 * S),
        "queue": (100.25 * S, 100.75 * S),
        "model": (100.75 * S, 102.5 * S),
        "tool": (102.5 * S, 103 * S),
        "store": (104 * S, 105 * S),
    }
    assert all(
        span.parent is not None and span.parent.span_id == root.context.span_id
        for name, span in spans.items()
        if name != "turn"
    )
    assert [(event.name, event.timestamp - now) for event in root.events] == [
        ("emotion", 101.5 * S),
        ("first_text", 101.6 * S),
    ]
    assert [(one.name, one.timestamp - now) for one in spans["model"].events] == [
        ("first_chunk", 101.5 * S)
    ]


def _since(start: int, unix_ns: int | None) -> int:
    assert unix_ns is not None
    return unix_ns - start


async def test_trace_of_a_question_without_an_end_ends_it_with_the_turn(held: Held) -> None:
    held.traces.turn(TURN)
    held.traces.committed(committed("r1"))
    last = [span for span in held.exporter.get_finished_spans() if span.name == "model"][-1]
    assert last.end_time == UNIX_NS
    assert last.events == ()


async def test_trace_holds_ids_sizes_and_outcomes_and_no_words(held: Held) -> None:
    held.traces.turn(TURN)
    held.traces.committed(committed("r1"))
    told = {name: dict(span.attributes or {}) for name, span in held.spans.items()}
    assert told == {
        "turn": {
            "robi.session_id": "s1",
            "robi.request_id": "r1",
            "robi.kind": "text",
            "robi.outcome": "answered",
            "robi.chars": 12,
            "gen_ai.usage.input_tokens": 70,
            "gen_ai.usage.output_tokens": 30,
        },
        "recall": {},
        "queue": {},
        "model": {"robi.chunks": 2},
        "tool": {"robi.tool": "look_up", "robi.outcome": "done"},
        "store": {"robi.writes": 1},
    }


async def test_trace_of_a_turn_that_failed_is_an_error(held: Held) -> None:
    held.traces.turn(evolve(TURN, outcome="failed", error_code="GEMINI_TIMEOUT", usage=None))
    held.traces.committed(committed("r1"))
    root = held.spans["turn"]
    assert (root.status.status_code, root.status.description) == (
        StatusCode.ERROR,
        "GEMINI_TIMEOUT",
    )
    assert (root.attributes or {})["robi.error_code"] == "GEMINI_TIMEOUT"


async def test_trace_names_the_service_and_its_version(held: Held) -> None:
    held.traces.turn(TURN)
    held.traces.committed(committed("r1"))
    about = held.spans["turn"].resource.attributes
    assert (about["service.name"], about["service.version"]) == ("robi", "1.0")


async def test_trace_names_the_service_as_the_operator_does(
    autojump_clock: trio.testing.MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "robi-kitchen")
    held = Held()
    held.traces.turn(TURN)
    held.traces.flush(trio.current_time() + WAITS_S)
    assert held.spans["turn"].resource.attributes["service.name"] == "robi-kitchen"


async def test_trace_of_a_turn_that_is_never_written_is_sent_after_a_while(
    held: Held, autojump_clock: trio.testing.MockClock
) -> None:
    held.traces.turn(TURN)
    await trio.sleep(1)
    held.traces.turn(of("r2"))
    held.traces.flush(104.0 + WAITS_S - 0.1)
    assert held.requests == []
    held.traces.flush(104.0 + WAITS_S)
    assert held.requests == ["r1"]
    assert "store" not in held.spans


async def test_traces_beyond_the_bound_are_sent_oldest_first(held: Held) -> None:
    for number in range(WAITING + 2):
        held.traces.turn(of(f"r{number}"))
    assert held.requests == ["r0", "r1"]


async def test_traces_that_wait_are_sent_at_the_end(held: Held) -> None:
    held.traces.turn(TURN)
    await held.traces.close()
    assert held.requests == ["r1"]


async def test_commit_of_other_things_sends_nothing(held: Held) -> None:
    held.traces.committed(committed("r1"))
    held.traces.turn(TURN)
    held.traces.committed(
        Committed([SavePerson(Person("user_ana", "Ana", created_at=1.0))], 0.0, 0.0, 0.0)
    )
    assert held.requests == []


def of(request_id: str) -> Measured:
    return evolve(TURN, request_id=request_id)


# ── over the wire ─────────────────────────────────────────────────────────────────────────


async def test_traces_reach_a_collector_before_the_server_has_ended() -> None:
    with collector() as (endpoint, got):
        made = Traces.to(endpoint, "1.0")
        made.turn(TURN)
        await made.close()
    (request,) = got
    (scope,) = request.resource_spans[0].scope_spans
    assert {span.name for span in scope.spans} == {"turn", "recall", "queue", "model", "tool"}


async def test_traces_whose_collector_hangs_are_given_up_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(traces, "CLOSE_WITHIN_S", 0.2)
    with collector(answers=False) as (endpoint, _), capture_logs() as logs:
        made = Traces.to(endpoint, "1.0")
        made.turn(TURN)
        await made.close()
    assert [entry["event"] for entry in logs] == ["traces_lost"]
