"""The circuit breaker: the circuit with a given time, then the breaker under a virtual clock."""

from collections.abc import Callable
from contextlib import suppress
from random import Random

import pytest
import structlog
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from robi.brain.base import BrainRequest
from robi.brain.breaker import FAILURES, FIRST_PAUSE_S, LONGEST_PAUSE_S, QUICK_S, Breaker, Circuit
from robi.brain.failover import Failover
from robi.brain.failures import (
    BrainRefused,
    BrainUnreachable,
    CircuitOpen,
    ContextTooShort,
    EmptyAnswer,
)
from robi.brain.gate import Gate
from robi.errors import (
    BrainBlocked,
    BrainError,
    BrainRateLimited,
    BrainTimeout,
    BrainUnavailable,
    RobiError,
    SoundNotTaken,
)
from tests.brain.scripted import FOREVER, NoJitter, Scripted, Stalling, Step, background, read

Ask = Callable[..., BrainRequest]

DOWN = BrainUnavailable("HTTP 503 UNAVAILABLE")
WRONG_KEY = BrainRefused("HTTP 400 INVALID_ARGUMENT", advice="the key is not accepted")


class Most(Random):
    """Chance at its worst: always the longest pause."""

    def uniform(self, a: float, b: float) -> float:
        return max(a, b)


def circuit() -> Circuit:
    return Circuit("test", Most())


def fail(circuit: Circuit, *times: float) -> None:
    for now in times:
        circuit.failed(circuit.admit(now), now, DOWN)


def test_circuit_opens_at_the_last_of_so_many_failures() -> None:
    broken = circuit()
    fail(broken, *range(FAILURES - 1))
    assert not broken.is_open
    fail(broken, FAILURES)
    with pytest.raises(CircuitOpen) as caught:
        broken.admit(FAILURES)
    assert caught.value.retry_after == FIRST_PAUSE_S
    assert str(caught.value) == "not asked, since HTTP 503 UNAVAILABLE"


def test_circuit_whose_probe_fails_in_another_way_tells_of_that() -> None:
    broken = circuit()
    fail(broken, *range(FAILURES))
    later = FAILURES + LONGEST_PAUSE_S
    broken.failed(broken.admit(later), later, WRONG_KEY)
    with pytest.raises(CircuitOpen) as caught:
        broken.admit(later)
    assert str(caught.value) == "not asked, since HTTP 400 INVALID_ARGUMENT"
    assert caught.value.message("es") == WRONG_KEY.message("es")


def test_circuit_calls_that_are_refused_together_are_one_failure() -> None:
    """Two hundred robots that speak at once, and a service that takes no more at that instant."""
    well = circuit()
    calls = [well.admit(1.0) for _ in range(200)]
    for number, call in enumerate(calls):
        well.failed(call, 1.0 + number / 1000, DOWN)
    assert not well.is_open


def test_circuit_failures_over_a_long_time_open_nothing() -> None:
    well = circuit()
    fail(well, *(20.0 * number for number in range(3 * FAILURES)))
    assert not well.is_open


def test_circuit_an_answer_makes_up_for_the_failures_before() -> None:
    well = circuit()
    fail(well, *range(FAILURES - 1))
    well.answered(well.admit(9))
    fail(well, *range(10, 10 + FAILURES - 1))
    assert not well.is_open


def test_circuit_calls_that_began_before_an_answer_say_nothing() -> None:
    well = circuit()
    stalled = [well.admit(0) for _ in range(10 * FAILURES)]
    well.answered(well.admit(1))
    for call in stalled:
        well.failed(call, 10, DOWN)
    assert not well.is_open


def test_circuit_refused_key_opens_at_once_and_for_longer_each_time() -> None:
    """The first time it may have been a router's word, and not the service's."""
    refused, now, pauses = circuit(), 0.0, []
    for _ in range(9):
        refused.failed(refused.admit(now), now, WRONG_KEY)
        with pytest.raises(CircuitOpen) as caught:
            refused.admit(now)
        pauses.append(caught.value.retry_after or 0)
        now += pauses[-1]
    assert pauses == [5, 10, 20, 40, 80, 160, 300, 300, 300]


def test_circuit_lets_one_probe_through_after_the_pause() -> None:
    broken = circuit()
    fail(broken, *[0] * FAILURES)
    with pytest.raises(CircuitOpen):
        broken.admit(FIRST_PAUSE_S - 0.1)
    assert broken.admit(FIRST_PAUSE_S).probe
    with pytest.raises(CircuitOpen):
        broken.admit(FIRST_PAUSE_S)


def test_circuit_pauses_grow_up_to_a_bound_while_probes_fail() -> None:
    broken, now, pauses = circuit(), 0.0, list[float]()
    fail(broken, *[0] * FAILURES)
    for _ in range(6):
        began = now
        while True:
            with suppress(CircuitOpen):
                probe = broken.admit(now)
                break
            now += 0.5
        pauses.append(now - began)
        broken.failed(probe, now, DOWN)
    assert pauses == [5, 10, 20, 40, LONGEST_PAUSE_S, LONGEST_PAUSE_S]


def test_circuit_pauses_have_jitter() -> None:
    def first_pause(seed: int) -> int | None:
        broken = Circuit("test", Random(seed))
        fail(broken, *[0] * FAILURES)
        with pytest.raises(CircuitOpen) as caught:
            broken.admit(0)
        return caught.value.retry_after

    assert {first_pause(seed) for seed in range(100)} == {3, 4, 5}


def test_circuit_probe_that_is_answered_closes_it_and_forgets_the_pauses() -> None:
    broken = circuit()
    fail(broken, *[0] * FAILURES)
    fail(broken, 5)
    broken.answered(broken.admit(15))
    assert not broken.is_open
    fail(broken, *[20] * FAILURES)
    assert broken.admit(20 + FIRST_PAUSE_S).probe


def test_circuit_probe_that_was_left_makes_room_for_the_next() -> None:
    broken = circuit()
    fail(broken, *[0] * FAILURES)
    broken.undecided(broken.admit(5))
    assert broken.admit(5).probe


def test_circuit_late_answer_of_a_call_from_before_closes_it() -> None:
    broken = circuit()
    slow = broken.admit(0)
    fail(broken, *[1] * FAILURES)
    broken.answered(slow)
    assert not broken.is_open


# ── the breaker ───────────────────────────────────────────────────────────────────────────


async def ask_often(brain: Breaker | Gate, request: BrainRequest, times: int) -> list[str]:
    """Ask one after the other; return how each ended."""
    endings = []
    for _ in range(times):
        try:
            endings.append("".join(await read(brain, request)))
        except RobiError as error:
            endings.append(type(error).__name__)
    return endings


@pytest.mark.parametrize(
    ("script", "is_open"),
    [
        pytest.param([BrainUnavailable("x")], True, id="down"),
        pytest.param([BrainTimeout("x")], True, id="timed out"),
        pytest.param(["a"], False, id="well"),
        pytest.param([], False, id="nothing to say"),
        pytest.param(["a", BrainUnavailable("x")], False, id="breaks off"),
        pytest.param([BrainBlocked("x")], False, id="blocked"),
        pytest.param([BrainRefused("x")], False, id="a question it does not take"),
        pytest.param([BrainRateLimited("x")], False, id="asked too often"),
        pytest.param([SoundNotTaken("x")], False, id="what it cannot hear"),
        pytest.param([WRONG_KEY], True, id="wrong key"),
    ],
)
async def test_breaker_opens_for_what_is_the_fault_of_the_service(
    autojump_clock: MockClock, ask: Ask, script: list[Step], is_open: bool
) -> None:
    breaker = Breaker(Scripted(script), rng=NoJitter())
    await ask_often(breaker, ask(), FAILURES)
    assert breaker.degraded is is_open


@pytest.mark.parametrize(
    "answer",
    [
        EmptyAnswer("MAX_TOKENS", spent=True),
        EmptyAnswer("STOP", spent=False),
        ContextTooShort("HTTP 400", advice="a longer context"),
    ],
)
async def test_breaker_stays_closed_before_a_service_that_answers_if_with_nothing(
    autojump_clock: MockClock, ask: Ask, answer: BrainError
) -> None:
    guarded = Breaker(Scripted([answer]), rng=NoJitter())
    for _ in range(2 * FAILURES):
        with pytest.raises(type(answer)):
            await read(guarded, ask())
    assert not guarded.degraded


async def test_breaker_while_open_asks_nobody(autojump_clock: MockClock, ask: Ask) -> None:
    brain = Scripted([DOWN])
    breaker = Breaker(brain, rng=NoJitter())
    endings = await ask_often(breaker, ask(), FAILURES + 2)
    assert endings == ["BrainUnavailable"] * FAILURES + ["CircuitOpen"] * 2
    assert len(brain.asked_at) == FAILURES


async def test_breaker_is_closed_again_by_an_answer(autojump_clock: MockClock, ask: Ask) -> None:
    breaker = Breaker(Scripted(*[[DOWN]] * FAILURES, ["a"]), rng=NoJitter())
    await ask_often(breaker, ask(), FAILURES)
    await trio.sleep(FIRST_PAUSE_S)
    assert await ask_often(breaker, ask(), 2) == ["a", "a"]
    assert not breaker.degraded


@pytest.mark.parametrize("seconds", [4.5, 5.0, 10.0])
async def test_breaker_streams_left_after_a_long_silence_have_failed(
    autojump_clock: MockClock, ask: Ask, seconds: float
) -> None:
    breaker = Breaker(Scripted([FOREVER]), rng=NoJitter())
    for _ in range(FAILURES):
        with trio.move_on_after(seconds):
            await read(breaker, ask())
    assert breaker.degraded


async def test_breaker_interrupted_streams_say_nothing(autojump_clock: MockClock, ask: Ask) -> None:
    breaker = Breaker(Scripted([FOREVER]), rng=NoJitter())
    for _ in range(3 * FAILURES):
        with trio.move_on_after(1):
            await read(breaker, ask())
    assert not breaker.degraded


async def test_breaker_probe_that_was_interrupted_is_followed_by_another(
    autojump_clock: MockClock, ask: Ask
) -> None:
    breaker = Breaker(Scripted(*[[DOWN]] * FAILURES, [FOREVER], ["a"]), rng=NoJitter())
    await ask_often(breaker, ask(), FAILURES)
    await trio.sleep(FIRST_PAUSE_S)
    with trio.move_on_after(1):
        await read(breaker, ask())
    assert await ask_often(breaker, ask(), 1) == ["a"]


async def test_breaker_probe_told_to_wait_closes_it(autojump_clock: MockClock, ask: Ask) -> None:
    breaker = Breaker(Scripted(*[[DOWN]] * FAILURES, [BrainRateLimited("x")]), rng=NoJitter())
    await ask_often(breaker, ask(), FAILURES)
    await trio.sleep(FIRST_PAUSE_S)
    await ask_often(breaker, ask(), 1)
    assert not breaker.degraded


async def test_breaker_whole_answers_are_judged_too(autojump_clock: MockClock, ask: Ask) -> None:
    breaker = Breaker(Scripted(*[[DOWN]] * FAILURES, ["a"]), rng=NoJitter())
    for _ in range(FAILURES):
        with pytest.raises(BrainUnavailable):
            await breaker.generate(ask())
    with pytest.raises(CircuitOpen):
        await breaker.generate(ask())
    await trio.sleep(FIRST_PAUSE_S)
    assert (await breaker.generate(ask())).text == "a"
    assert not breaker.degraded


async def test_breaker_whole_answer_may_take_longer_than_a_stream_may_be_silent(
    autojump_clock: MockClock, ask: Ask
) -> None:
    breaker = Breaker(Scripted([FOREVER]), rng=NoJitter())
    for _ in range(2 * FAILURES):
        with trio.move_on_after(10):
            await breaker.generate(ask())
    assert not breaker.degraded


async def test_breaker_says_once_that_it_opens_and_once_that_it_closes(
    autojump_clock: MockClock, ask: Ask
) -> None:
    breaker = Breaker(Scripted(*[[WRONG_KEY]] * 2, ["a"]), rng=NoJitter())
    with structlog.testing.capture_logs() as logs:
        for _ in range(3):
            await ask_often(breaker, ask(), 2)
            await trio.sleep(300)
    assert logs == [
        {
            "event": "brain_circuit_open",
            "log_level": "error",
            "model": "scripted",
            "reason": "HTTP 400 INVALID_ARGUMENT",
            "advice": "the key is not accepted",
        },
        {"event": "brain_circuit_closed", "log_level": "info", "model": "scripted"},
    ]


async def test_breaker_that_opens_for_want_of_a_way_says_where_to_look(
    autojump_clock: MockClock, ask: Ask
) -> None:
    nobody = BrainUnreachable("ConnectError", address="localhost:11434", advice="is it running?")
    breaker = Breaker(Scripted(*[[nobody]] * FAILURES), rng=NoJitter())
    with structlog.testing.capture_logs() as logs:
        for _ in range(FAILURES):
            with pytest.raises(BrainUnreachable):
                await breaker.generate(ask())
            await trio.sleep(QUICK_S)
    assert [(log["event"], log["address"], log["advice"]) for log in logs] == [
        ("brain_circuit_open", "localhost:11434", "is it running?")
    ]
    with pytest.raises(CircuitOpen) as caught:
        await breaker.generate(ask())
    assert not caught.value.refused


async def test_breaker_closes_the_brain() -> None:
    brain = Scripted([])
    await Breaker(brain).aclose()
    assert brain.closed


# ── behind the gate ───────────────────────────────────────────────────────────────────────


async def test_breaker_behind_the_gate_spares_people_the_second_stall(
    autojump_clock: MockClock, ask: Ask
) -> None:
    """Of fifty at once the first few try again, the others are told then; later ones at once."""
    guarded = Gate(Breaker(Scripted([FOREVER]), rng=NoJitter()), 50, rng=NoJitter())
    waited: list[float] = []

    async def ask_once(at: float) -> None:
        await trio.sleep(at)
        began = trio.current_time()
        with pytest.raises(BrainError):
            await read(guarded, ask())
        waited.append(trio.current_time() - began)

    async with trio.open_nursery() as nursery:
        for at in [0.0] * 50 + [11.0] * 50:
            nursery.start_soon(ask_once, at)
    waited.sort()
    assert waited[:50] == [0.0] * 50
    assert waited[50:96] == [10.0] * 46
    assert waited[96:] == [20.0] * 4


async def test_breaker_behind_the_gate_stays_closed_while_others_are_answered(
    autojump_clock: MockClock, ask: Ask
) -> None:
    breaker = Breaker(Stalling(), rng=NoJitter())
    guarded = Gate(breaker, 100, rng=NoJitter())

    async def stall() -> None:
        with pytest.raises(BrainTimeout):
            await read(guarded, ask("stall"))

    async with trio.open_nursery() as nursery:
        for _ in range(50):
            nursery.start_soon(stall)
        for _ in range(25):
            await trio.sleep(1)
            assert await read(guarded, ask()) == ["a"]
    assert not breaker.degraded


async def test_breaker_behind_the_gate_is_not_asked_again_in_vain(
    autojump_clock: MockClock, ask: Ask
) -> None:
    guarded = Gate(Breaker(Scripted([DOWN]), rng=NoJitter()), 50, rng=NoJitter())
    assert await ask_often(guarded, ask(), 2) == ["BrainUnavailable", "CircuitOpen"]
    assert guarded.statistics().retried == 4, "three of the first, one of the second"


async def test_breaker_background_that_gives_way_says_nothing(
    autojump_clock: MockClock, ask: Ask
) -> None:
    breaker = Breaker(Scripted(*[[FOREVER]] * FAILURES, ["a"]), rng=NoJitter())
    guarded = Gate(breaker, FAILURES, rng=NoJitter())

    async def summarise() -> None:
        with suppress(BrainError):
            await guarded.generate(background(ask()))

    async with trio.open_nursery() as nursery:
        for _ in range(FAILURES):
            nursery.start_soon(summarise)
        await wait_all_tasks_blocked()
        for _ in range(FAILURES):
            assert await read(guarded, ask()) == ["a"]
        nursery.cancel_scope.cancel()
    assert not breaker.degraded


async def test_breaker_before_each_of_several_passes_on_to_the_next_at_once(
    autojump_clock: MockClock, ask: Ask
) -> None:
    first = Breaker(Scripted([FOREVER]), rng=NoJitter())
    both = Failover([first, Breaker(Scripted(["a"]), rng=NoJitter())])
    waited = []
    for _ in range(FAILURES + 2):
        began = trio.current_time()
        assert await read(both, ask()) == ["a"]
        waited.append(trio.current_time() - began)
    assert waited == [5.0] * FAILURES + [0.0] * 2
    assert (both.degraded, Gate(both, 1).statistics().degraded) == (True, True)


@pytest.mark.parametrize("count", [2, 3, 4])
async def test_breaker_knows_a_stall_from_an_interruption_however_many_share_the_time(
    autojump_clock: MockClock, ask: Ask, count: int
) -> None:
    stalling = [Breaker(Scripted([FOREVER]), brains=count) for _ in range(count - 1)]
    brain = Failover([*stalling, Scripted(["a"])])
    for _ in range(FAILURES):
        assert await read(brain, ask()) == ["a"]
    assert all(one.degraded for one in stalling)


async def test_breaker_that_is_open_is_not_told_of_again_by_each_question(
    autojump_clock: MockClock, ask: Ask
) -> None:
    both = Failover([Breaker(Scripted([DOWN]), rng=NoJitter()), Scripted(["a"])])
    with structlog.testing.capture_logs() as logs:
        for _ in range(FAILURES + 5):
            await read(both, ask())
    events = [log["event"] for log in logs]
    assert events.count("next_brain_asked") == FAILURES
    assert events.count("brain_circuit_open") == 1
