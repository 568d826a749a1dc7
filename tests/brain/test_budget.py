"""The budget before a brain: what is counted, and what is refused once a day's is used up."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
import structlog
import trio
from attrs import evolve

from robi.brain.base import BrainRequest, Fragment, ToolCall, ToolResult, ToolRound
from robi.brain.budget import Budget
from robi.brain.failures import EmptyAnswer
from robi.brain.gate import Gate
from robi.brain.ledger import Allowance, Ledger, Prices
from robi.errors import BrainRateLimited, BrainUnavailable, DayUsedUp
from robi.protocol.messages import TokenUsage
from tests.brain.scripted import NoJitter, background, read

Ask = Callable[..., BrainRequest]

ROUNDS = (ToolRound("", (ToolResult(ToolCall("1", "sum", {}), "2"),)),)


class Counting:
    """A brain that counts as it goes: with each chunk what came on top."""

    model = "counting"

    def __init__(self, *usages: TokenUsage | None, fails: bool = False) -> None:
        self.usages = usages
        self.fails = fails
        self.asked = 0

    @asynccontextmanager
    async def stream(self, request: BrainRequest) -> AsyncGenerator[AsyncIterator[Fragment]]:
        self.asked += 1
        yield _Fragments(self, request)

    async def generate(self, request: BrainRequest) -> Fragment:
        self.asked += 1
        await trio.lowlevel.checkpoint()
        for usage in filter(None, self.usages):
            request.spent(usage)
        return Fragment("a")

    async def aclose(self) -> None:
        """Nothing to close."""


class _Fragments:
    def __init__(self, brain: Counting, request: BrainRequest) -> None:
        self.usages = iter(brain.usages)
        self.spent = request.spent
        self.fails = brain.fails

    def __aiter__(self) -> "_Fragments":
        return self

    async def __anext__(self) -> Fragment:
        await trio.lowlevel.checkpoint()
        for usage in self.usages:
            if usage is not None:
                self.spent(usage)
            return Fragment("a")
        if self.fails:
            raise BrainUnavailable
        raise StopAsyncIteration


class Wordless(Counting):
    """A brain that counts, and never says a word."""

    @asynccontextmanager
    async def stream(self, request: BrainRequest) -> AsyncGenerator[AsyncIterator[Fragment]]:
        for usage in filter(None, self.usages):
            request.spent(usage)
        await trio.lowlevel.checkpoint()
        raise EmptyAnswer("empty answer, STOP", spent=False)
        yield _Fragments(self, request)


def ledger(tokens: int = 0) -> Ledger:
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    return Ledger(lambda: noon, allowance=Allowance(tokens=tokens))


def budget(brain: Counting, counts: Ledger) -> Budget:
    return Budget(Gate(brain, 10), counts)


def used(tokens: int, of: int) -> Ledger:
    counts = ledger(of)
    counts.count("talk", TokenUsage(tokens, 0))
    return counts


# ── counting ──────────────────────────────────────────────────────────────────────────────


async def test_budget_counts_a_stream_and_tells_whoever_asked(ask: Ask) -> None:
    counts, told = ledger(), list[TokenUsage]()
    brain = Counting(TokenUsage(50, 1), None, TokenUsage(0, 6), None)
    request = evolve(ask(), spent=told.append)
    assert await read(budget(brain, counts), request) == ["a"] * 4
    assert counts.today() == TokenUsage(50, 7)
    assert told == [TokenUsage(50, 1), TokenUsage(0, 6)]


async def test_budget_counts_on_the_account_that_the_question_names(ask: Ask) -> None:
    counts = ledger()
    asked = budget(Counting(TokenUsage(50, 7)), counts)
    await read(asked, evolve(ask(), payer="reader:key_1"))
    await read(asked, ask())
    assert counts.tokens_of("reader:key_1") == counts.tokens_of("talk") == 57
    assert counts.tokens_of("reader:key_2") == 0
    assert counts.today() == TokenUsage(100, 14)


@pytest.mark.parametrize(("payer", "counted"), [("reader:key_1", True), ("", False)])
async def test_budget_of_a_key_counts_about_what_a_service_does_not_say(
    ask: Ask, payer: str, counted: bool
) -> None:
    counts = ledger()
    await read(budget(Counting(None), counts), evolve(ask(), payer=payer, system="x" * 400))
    assert (counts.today().input_tokens >= 100) is counted


async def test_budget_of_a_key_counts_nothing_of_a_question_that_failed(ask: Ask) -> None:
    counts = ledger()
    with pytest.raises(BrainUnavailable):
        await read(budget(Counting(fails=True), counts), evolve(ask(), payer="reader:key_1"))
    assert counts.today() == TokenUsage(0, 0)


async def test_budget_counts_what_was_cut_short(ask: Ask) -> None:
    counts = ledger()
    async with budget(Counting(TokenUsage(50, 1), TokenUsage(50, 7)), counts).stream(
        ask()
    ) as answer:
        await anext(answer)
    assert counts.today() == TokenUsage(50, 1)


async def test_budget_counts_what_broke_off(ask: Ask) -> None:
    counts = ledger()
    with pytest.raises(BrainUnavailable):
        await read(budget(Counting(TokenUsage(50, 1), fails=True), counts), ask())
    assert counts.today() == TokenUsage(50, 1)


async def test_budget_counts_each_attempt_and_then_refuses(ask: Ask) -> None:
    """Thoughts alone, as often as they are asked for: they are what costs."""
    counts = ledger(1000)
    guarded = Budget(Gate(Wordless(TokenUsage(300, 200)), 1, rng=NoJitter()), counts)
    with pytest.raises(EmptyAnswer):
        await read(guarded, ask())
    assert counts.today() == TokenUsage(600, 400)
    with pytest.raises(DayUsedUp):
        await read(guarded, ask())


async def test_budget_counts_whole_answers_by_what_they_are_for(ask: Ask) -> None:
    counts = ledger()
    await budget(Counting(TokenUsage(50, 7)), counts).generate(background(ask()))
    assert counts.changed() == {("2026-11-21", "summary"): TokenUsage(50, 7)}


async def test_budget_what_the_service_does_not_count_is_not_counted(ask: Ask) -> None:
    counts = ledger()
    await read(budget(Counting(None), counts), ask())
    await budget(Counting(None), counts).generate(ask())
    assert counts.changed() == {}


# ── the end of the day's ──────────────────────────────────────────────────────────────────


async def test_budget_used_up_asks_nobody_until_midnight(ask: Ask) -> None:
    brain = Counting(None)
    with pytest.raises(DayUsedUp) as caught:
        await read(budget(brain, used(100, of=100)), ask())
    assert (caught.value.retry_after, brain.asked) == (12 * 3600, 0)


async def test_budget_used_up_is_told_as_a_limit_of_the_model_in_words_of_its_own() -> None:
    error = DayUsedUp()
    assert (error.code, error.error_code) == (3002, BrainRateLimited.error_code)
    for language in ("es", "en"):
        assert error.message(language) != BrainRateLimited().message(language)


@pytest.mark.parametrize(("tokens", "may"), [(79, True), (80, False)])
async def test_budget_background_ends_before_conversation(ask: Ask, tokens: int, may: bool) -> None:
    brain = Counting(None)
    guarded = budget(brain, used(tokens, of=100))
    try:
        await guarded.generate(background(ask()))
    except DayUsedUp:
        assert not may
    else:
        assert may
    assert await read(guarded, ask()) == ["a"]


async def test_budget_turn_that_has_begun_is_brought_to_its_end(ask: Ask) -> None:
    guarded = budget(Counting(None), used(100, of=100))
    assert await read(guarded, evolve(ask(), rounds=ROUNDS)) == ["a"]


async def test_budget_says_once_a_day_that_it_is_used_up(ask: Ask) -> None:
    guarded = budget(Counting(None), used(100, of=100))
    with structlog.testing.capture_logs() as logs:
        for request in (ask(), background(ask()), ask()):
            with pytest.raises(DayUsedUp):
                await guarded.generate(request)
    assert [(log["event"], log["ends"]) for log in logs] == [
        ("daily_budget_used_up", "talk"),
        ("daily_budget_used_up", "background"),
    ]


async def test_budget_used_up_says_by_which_setting_and_how_much_of_how_much(ask: Ask) -> None:
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    priced = Ledger(lambda: noon, Prices(2.0, 10.0), Allowance(cost=0.25, tokens=10**6))
    priced.count("talk", TokenUsage(100_000, 10_000))
    for counts, details, told in (
        (used(120, of=100), "DAILY_TOKENS: 120 of 100 used", ("DAILY_TOKENS", 120, 100)),
        (priced, "DAILY_BUDGET: 0.3 of 0.25 used", ("DAILY_BUDGET", 0.3, 0.25)),
    ):
        with structlog.testing.capture_logs() as logs, pytest.raises(DayUsedUp) as caught:
            await budget(Counting(None), counts).generate(ask())
        assert caught.value.details == details
        assert [(log["setting"], log["used"], log["limit"]) for log in logs] == [told]


async def test_budget_shows_the_model_and_the_counts_behind_it(ask: Ask) -> None:
    guarded = budget(Counting(None), ledger())
    await read(guarded, ask())
    assert guarded.model == "counting"
    assert getattr(guarded.statistics(), "answered") == 1  # noqa: B009 (a port without fields)
    await guarded.aclose()
