"""The model in all weathers: what each brain makes of what a service may do, side by side.

Each row of `weather` is a reply of the stub and what must come of it, over Gemini's API and over
OpenAI's protocol: the words that are kept, and the error after them. `details` differ in what each
service calls a thing.
"""

import gc
from collections.abc import AsyncGenerator, Callable
from random import Random
from typing import Any

import pytest
import trio
from attrs import evolve, frozen

from robi.brain.base import Brain, BrainRequest, total
from robi.brain.failures import BrainRefused
from robi.brain.gate import Gate
from robi.brain.gemini import GeminiBrain
from robi.brain.openai import OpenAIBrain
from robi.brain.retries import Limits
from robi.errors import (
    BrainError,
    BrainRateLimited,
    BrainTimeout,
    BrainUnavailable,
    MediaTooLarge,
    PictureNotTaken,
    RobiError,
)
from robi.protocol.messages import TokenUsage
from robi.speech.scene import Media
from tests.brain.cancelling import ask_and_cancel_at
from tests.brain.conftest import Stubbed, listening
from tests.brain.weather import AB, FAIR, FOUL, WORDS, Foul
from tools.stub.gemini import GeminiDialect
from tools.stub.openai import OpenAIDialect
from tools.stub.script import Reply

Ask = Callable[..., BrainRequest]
GEMINI, OPENAI = "gemini", "openai"


@frozen
class Site:
    """A brain, and the stub that it asks."""

    name: str
    brain: Brain
    stub: Stubbed


@pytest.fixture(params=[GEMINI, OPENAI])
async def site(request: pytest.FixtureRequest) -> AsyncGenerator[Site]:
    name = request.param
    async with listening(GeminiDialect() if name == GEMINI else OpenAIDialect()) as stub:
        brain: Brain = (
            GeminiBrain("AIzaSECRET", stub.url, "gemini-flash-lite-latest")
            if name == GEMINI
            else OpenAIBrain(stub.url, "llama", "sk-SECRET")
        )
        yield Site(name, brain, stub)
        await brain.aclose()


async def read(brain: Brain, request: BrainRequest) -> tuple[list[str], RobiError | None]:
    """Return the words that came, and the error after them."""
    texts: list[str] = []
    try:
        async with brain.stream(request) as fragments:
            async for fragment in fragments:
                if fragment.text:
                    texts.append(fragment.text)  # noqa: PERF401 (kept when it raises)
    except RobiError as error:
        return texts, error
    return texts, None


async def read_or_raise(brain: Brain, request: BrainRequest) -> None:
    _, error = await read(brain, request)
    if error is not None:
        raise error


# ── fair, if strange ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("reply", FAIR)
async def test_stream_fair_answer_is_heard_to_its_end(site: Site, ask: Ask, reply: Reply) -> None:
    site.stub.answer(reply)
    texts, error = await read(site.brain, ask())
    assert (tuple(texts), error) == (WORDS, None)


@pytest.mark.parametrize("split", [None, 1])
async def test_stream_gives_a_fragment_for_each_chunk_of_words_and_no_call(
    site: Site, ask: Ask, split: int | None
) -> None:
    site.stub.answer(Reply(chunks=WORDS, calls=({"name": "f"},), split=split))
    async with site.brain.stream(ask()) as fragments:
        calls = [call async for fragment in fragments for call in fragment.calls]
    assert calls == []


# ── foul ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("foul", FOUL.values(), ids=FOUL)
async def test_stream_foul_answer_keeps_what_came_and_raises(
    site: Site, ask: Ask, foul: Foul
) -> None:
    site.stub.answer(foul.reply)
    texts, error = await read(site.brain, ask())
    assert (tuple(texts), type(error)) == (foul.kept, foul.kind)
    assert error is not None
    expected = foul.gemini if site.name == GEMINI else foul.openai
    assert (error.details, error.retry_after) == (expected, foul.retry_after)


@pytest.mark.parametrize("foul", FOUL.values(), ids=FOUL)
async def test_stream_foul_answer_says_something_in_both_languages(foul: Foul) -> None:
    assert all(foul.kind.spoken[language] for language in ("es", "en"))


@pytest.mark.parametrize("error", ["400", "401", "403", "404", "429", "500", "bare"])
async def test_error_tells_nothing_of_what_the_service_says(
    site: Site, ask: Ask, error: str
) -> None:
    prose = "Incorrect API key provided: SECRET. You asked: hola"
    site.stub.answer(Reply(chunks=AB, error=error, message=prose, reason="SECRET PROSE, hola"))
    _, raised = await read(site.brain, ask())
    assert raised is not None
    told = f"{raised} {raised!r} {raised.details}"
    assert "SECRET" not in told
    assert "hola" not in told


@pytest.mark.parametrize("form", ["string", "object"])
async def test_retry_info_of_either_form_is_rounded_up(stub: Any, ask: Ask, form: Any) -> None:
    stub.answer(Reply(error="429", retry_after="34.4s", retry_form=form))
    brain = GeminiBrain("key", stub.url, "m")
    _, error = await read(brain, ask())
    await brain.aclose()
    assert (type(error), error and error.retry_after) == (BrainRateLimited, 35)


@pytest.mark.parametrize("seed", range(3))
async def test_stream_invalid_json_keeps_what_came(site: Site, ask: Ask, seed: int) -> None:
    split = Random(seed).randint(1, 40)
    site.stub.answer(Reply(chunks=AB, error="invalid", split=split))
    texts, error = await read(site.brain, ask())
    assert (texts, type(error), error and error.details) == (["a"], BrainUnavailable, "not JSON")


# ── a whole answer at once ────────────────────────────────────────────────────────────────

WHOLE_DIFFERS = {
    "bare error in mid-stream", "bare error, crlf, split", "error event in mid-stream",
    "error event at once", "no end", "connection cut after words", "connection cut before words",
}  # fmt: skip
"""What can only happen to a stream."""


@pytest.mark.parametrize("name", sorted(set(FOUL) - WHOLE_DIFFERS))
async def test_generate_foul_answer_raises(site: Site, ask: Ask, name: str) -> None:
    foul = FOUL[name]
    site.stub.answer(foul.reply)
    with pytest.raises(foul.kind) as caught:
        await site.brain.generate(ask())
    expected = foul.gemini if site.name == GEMINI else foul.openai
    assert (type(caught.value), caught.value.details) == (foul.kind, expected)


@pytest.mark.parametrize("finish", ["STOP", "MAX_TOKENS", "TIRED_OF_IT"])
async def test_generate_gives_all_words_and_the_counts(site: Site, ask: Ask, finish: str) -> None:
    site.stub.answer(Reply(chunks=("uno ", "dos"), thoughts=("hm",), finish=finish))
    spent: list[TokenUsage] = []
    answer = await site.brain.generate(evolve(ask("hola tú"), spent=spent.append))
    assert answer.text == "uno dos"
    assert total(spent).input_tokens == 2


async def test_stream_tells_what_it_took(site: Site, ask: Ask) -> None:
    site.stub.answer(Reply(chunks=("a", "b")))
    spent: list[TokenUsage] = []
    assert await read(site.brain, evolve(ask("uno dos tres"), spent=spent.append)) == (
        ["a", "b"],
        None,
    )
    assert total(spent) == TokenUsage(3, 2)


WORDLESS = [
    pytest.param(Reply(error="empty", finish="MAX_TOKENS"), id="spent on thoughts"),
    pytest.param(Reply(error="empty"), id="empty"),
    pytest.param(Reply(error="safety"), id="judged"),
]


@pytest.mark.parametrize("reply", WORDLESS)
@pytest.mark.parametrize("whole", [False, True])
async def test_answer_without_a_word_is_paid_for_at_each_attempt(
    site: Site, ask: Ask, reply: Reply, whole: bool
) -> None:
    site.stub.answer(default=reply)
    spent: list[TokenUsage] = []
    request, gate = evolve(ask("uno dos tres"), spent=spent.append), Gate(site.brain, 1)
    with pytest.raises(BrainError):
        await gate.generate(request) if whole else await read_or_raise(gate, request)
    assert len(spent) == len(site.stub.calls)
    assert all(usage.input_tokens > 0 for usage in spent)


MEDIA = [
    pytest.param("413", MediaTooLarge, id="too large"),
    pytest.param("400", PictureNotTaken, id="not understood"),
]


@pytest.mark.parametrize(("error", "kind"), MEDIA)
@pytest.mark.parametrize("whole", [False, True])
async def test_refusal_of_a_picture_is_told_as_one_and_of_words_alone_is_not(
    site: Site, ask: Ask, error: str, kind: type[BrainError], whole: bool
) -> None:
    photo = Media("image/png", b"\x89PNG")
    for media, expected in (((photo,), kind), ((), BrainRefused)):
        site.stub.answer(Reply(error=error))
        request = ask("mira", media=media)
        with pytest.raises(expected):
            await site.brain.generate(request) if whole else await read_or_raise(
                site.brain, request
            )


# ── slow, behind the gate ─────────────────────────────────────────────────────────────────

IMPATIENT = Limits(first_chunk_s=0.1)
PATIENT = Limits(first_chunk_s=2, gap_s=0.1)


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply(first_delay_ms=60_000), id="before the head"),
        pytest.param(Reply(chunks=AB, stall_after=0), id="after the head"),
    ],
)
async def test_stall_before_the_first_chunk_is_asked_once_more_then_told(
    site: Site, ask: Ask, reply: Reply
) -> None:
    site.stub.answer(default=reply)
    texts, error = await read(Gate(site.brain, 1, IMPATIENT), ask())
    assert (texts, type(error)) == ([], BrainTimeout)
    assert len(site.stub.calls) == 2
    await closed(site.stub)


async def test_stall_before_the_first_chunk_once_is_not_noticed(site: Site, ask: Ask) -> None:
    site.stub.answer(Reply(chunks=AB, stall_after=0), default=Reply(chunks=AB))
    assert await read(Gate(site.brain, 1, PATIENT), ask()) == (["a", "b"], None)


async def test_stall_between_chunks_keeps_what_came(site: Site, ask: Ask) -> None:
    site.stub.answer(default=Reply(chunks=AB, stall_after=1))
    texts, error = await read(Gate(site.brain, 1, PATIENT), ask())
    assert (texts, type(error)) == (["a"], BrainTimeout)
    assert len(site.stub.calls) == 1
    await closed(site.stub)


async def test_stream_left_early_closes_its_call(site: Site, ask: Ask) -> None:
    site.stub.answer(Reply(chunks=AB, stall_after=1))
    async with site.brain.stream(ask()) as fragments:
        await anext(fragments)
    await closed(site.stub)
    assert site.stub.calls[0].ending == "closed_by_client"


@pytest.mark.parametrize("step", range(1, 26))
async def test_stream_cancelled_at_any_step_closes_its_socket(
    site: Site, ask: Ask, step: int
) -> None:
    site.stub.answer(default=Reply(chunks=("a", "b", "c"), split=40, stall_after=3))
    with trio.move_on_after(0.05):  # a step that is never taken
        await ask_and_cancel_at(step, site.brain, ask())
    await closed(site.stub)
    gc.collect()  # a generator left halfway would warn now


async def test_stream_read_to_its_end_gives_the_connection_back(site: Site, ask: Ask) -> None:
    await read(site.brain, ask())
    await read(site.brain, ask())
    assert [call.ending for call in site.stub.calls] == ["finished", "finished"]


async def closed(stub: Stubbed) -> None:
    with trio.fail_after(5):
        for call in stub.calls:
            await call.wait_closed()


# ── what an operator is told ──────────────────────────────────────────────────────────────

ADVICE = [
    pytest.param(Reply(error="400", reason="API_KEY_INVALID"), "GEMINI_API_KEY", None, id="key"),
    pytest.param(Reply(error="401"), "GEMINI_API_KEY", "OPENAI_API_KEY", id="401"),
    pytest.param(Reply(error="403"), "GEMINI_API_KEY", "OPENAI_API_KEY", id="403"),
    pytest.param(Reply(error="404"), "GEMINI_MODEL", "OPENAI_MODEL", id="404"),
    pytest.param(Reply(error="400", reason="FAILED_PRECONDITION"), "billing", None, id="region"),
    pytest.param(Reply(error="400"), None, None, id="one bad question"),
    pytest.param(
        Reply(error="400", reason="context_length_exceeded"), None, "OPENAI_MODEL", id="long"
    ),
]


@pytest.mark.parametrize(("reply", "gemini", "openai"), ADVICE)
async def test_refusal_says_what_to_do_if_every_question_would_meet_it(
    site: Site, ask: Ask, reply: Reply, gemini: str | None, openai: str | None
) -> None:
    site.stub.answer(reply)
    with pytest.raises(BrainRefused) as caught:
        await site.brain.generate(ask())
    word = gemini if site.name == GEMINI else openai
    assert (caught.value.advice is not None) is (word is not None)
    assert (word or "") in (caught.value.advice or "")


async def test_refusal_for_want_of_credit_is_none_that_time_mends(
    openai_stub: Stubbed, ask: Ask
) -> None:
    openai_stub.answer(Reply(error="429", reason="insufficient_quota"))
    brain = OpenAIBrain(openai_stub.url, "llama", "key")
    with pytest.raises(BrainRefused) as caught:
        await brain.generate(ask())
    await brain.aclose()
    assert "credit" in str(caught.value.advice)
