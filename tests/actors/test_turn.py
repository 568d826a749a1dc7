"""One utterance and its answer: what is asked, what is said and in which order, how it ends."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
import trio
from attrs import evolve
from structlog.testing import capture_logs
from trio.testing import MockClock, wait_all_tasks_blocked

from robi.actors.manner import Known
from robi.actors.rounds import LONGEST_TOKEN
from robi.actors.turn import Met, Turn
from robi.brain.base import Brain, BrainRequest, Fragment
from robi.brain.failures import EmptyAnswer
from robi.errors import (
    BrainBlocked,
    BrainRateLimited,
    BrainTimeout,
    BrainUnavailable,
    DatabaseError,
    RobiError,
    ServerBusy,
)
from robi.protocol.messages import (
    CaptureRequest,
    Emotion,
    ErrorReport,
    PersonRegistered,
    ResponseMeta,
    ServerMessage,
    StreamEnd,
    TextChunk,
    Timings,
    TokenUsage,
)
from robi.speech.pieces import MemoryNote
from robi.speech.scene import Media, Said
from tests.actors.bench import Recollected
from tests.actors.stage import Stage, Step

HELLO = "[emotion:happy] Hola"

# ── the order of an answer (protocol.md §3) ───────────────────────────────────────────────


async def test_turn_says_emotion_texts_meta_and_end_in_this_order() -> None:
    stage = Stage.with_answer("[emotion:happy] Hola,", " ¡y adiós!")
    await stage.plays()
    assert stage.kinds == ["Emotion", "TextChunk", "TextChunk", "ResponseMeta", "StreamEnd"]


async def test_turn_texts_joined_are_the_text_of_the_meta() -> None:
    stage = Stage.with_answer("[emotion:happy] Hol", "a [memory:fact:le gusta el té]", " y adiós.")
    await stage.plays()
    assert stage.the(ResponseMeta).response_text == stage.text != ""


async def test_turn_says_each_text_before_the_next_is_written() -> None:
    async def look() -> None:
        seen.append(stage.text)

    seen: list[str] = []
    stage = Stage.with_answer(HELLO, " uno,", look, " dos")
    await stage.plays()
    assert seen == ["Hola uno,"]


@pytest.mark.parametrize("written", ["Hola", "[actions:wave:500]", "[emotion:angry] Hola"])
async def test_turn_without_an_emotion_of_the_catalogue_is_neutral_and_first(written: str) -> None:
    stage = Stage.with_answer(written)
    await stage.plays()
    first = stage.said[0]
    assert isinstance(first, Emotion)
    assert first.emotion == "neutral"


async def test_turn_that_asks_to_look_says_so_just_before_the_meta() -> None:
    stage = Stage.with_answer("[emotion:curious][capture:photo] A ver")
    await stage.plays()
    assert stage.kinds[-3:] == ["CaptureRequest", "ResponseMeta", "StreamEnd"]
    assert stage.the(CaptureRequest).capture_type == "photo"


async def test_turn_end_tells_how_long_it_took(autojump_clock: MockClock) -> None:
    async def think() -> None:
        await trio.sleep(1.25)

    stage = Stage.with_answer(HELLO, think)
    await stage.plays()
    assert stage.the(StreamEnd).processing_time_ms == 1250


async def test_turn_end_tells_where_the_time_to_the_first_words_went(
    autojump_clock: MockClock,
) -> None:
    async def recall(_person_id: str, _words: str) -> None:
        await trio.sleep(0.25)

    stage = Stage.with_answer(
        partial(trio.sleep, 2),
        Fragment(HELLO, waited_s=0.5),
        partial(trio.sleep, 1),
        Fragment(" tú", waited_s=9),
        person_id="p1",
        recall=recall,
    )
    turn = await stage.plays()
    assert stage.the(StreamEnd).timings == Timings(recall_ms=250, queue_ms=500, model_ms=1500)
    assert (turn.emotion_ms, turn.first_text_ms, turn.elapsed_ms()) == (2250, 2250, 3250)


async def test_turn_end_tells_what_the_model_counted() -> None:
    stage = Stage.with_answer(TokenUsage(7, 1), HELLO, TokenUsage(0, 2), " tú")
    await stage.plays()
    assert stage.the(StreamEnd).usage == TokenUsage(7, 3)


async def test_turn_that_fails_has_what_it_took() -> None:
    stage = Stage.with_answer(TokenUsage(3000, 512), EmptyAnswer("MAX_TOKENS", spent=True))
    with capture_logs():
        turn = await stage.plays()
    assert turn.usage == TokenUsage(3000, 512)


async def test_turn_notes_are_kept_and_not_said() -> None:
    stage = Stage.with_answer(HELLO, " [memory:preference:le gusta el té]")
    turn = await stage.plays()
    assert turn.answer.notes == [MemoryNote("preference", "le gusta el té")]
    assert "té" not in stage.text


# ── what is asked ─────────────────────────────────────────────────────────────────────────


async def test_turn_asks_with_the_history_it_was_given() -> None:
    history = (Said("person", "antes"), Said("robot", "sí"))
    stage = Stage.with_answer(HELLO, history=history)
    await stage.plays()
    assert stage.asked.history == history


async def test_turn_asks_with_the_words_of_the_person() -> None:
    stage = Stage.with_answer(HELLO, words="¿qué tal?")
    await stage.plays()
    assert stage.asked.utterance == Said("person", "¿qué tal?")


async def test_turn_asks_with_the_time_of_the_house() -> None:
    stage = Stage.with_answer(HELLO)
    await stage.plays()
    assert stage.asked.scene.local_time == "2026-02-08T10:30+00:00"


async def test_turn_of_a_known_person_asks_with_what_is_remembered() -> None:
    async def recall(person_id: str, words: str) -> Known:
        asked.append((person_id, words))
        return Recollected("Ana", ("le gusta el té",))

    asked: list[tuple[str, str]] = []
    stage = Stage.with_answer(HELLO, person_id="user_ana", recall=recall)
    await stage.plays()
    assert asked == [("user_ana", "hola")]
    assert (stage.asked.scene.name, stage.asked.scene.memories) == ("Ana", ("le gusta el té",))


async def test_turn_of_a_stranger_recalls_nothing() -> None:
    async def recall(_person_id: str, _words: str) -> Known:
        raise AssertionError

    stage = Stage.with_answer(HELLO, recall=recall)
    await stage.plays()
    assert stage.kinds[-1] == "StreamEnd"


async def test_turn_without_a_memory_goes_on_without() -> None:
    stage = Stage.with_answer(HELLO, person_id="user_ana")  # recalls None, as when it is too slow
    await stage.plays()
    assert (stage.kinds[-1], stage.asked.scene.name) == ("StreamEnd", None)


async def test_turn_asks_only_when_it_has_recalled(nursery: trio.Nursery) -> None:
    async def recall(_person_id: str, _words: str) -> None:
        await remembered.wait()

    remembered = trio.Event()
    stage = Stage.with_answer(HELLO, person_id="user_ana", recall=recall)
    nursery.start_soon(stage.plays)
    await wait_all_tasks_blocked()
    before = list(stage.said)
    remembered.set()
    await wait_all_tasks_blocked()
    assert (before, stage.kinds[-1]) == ([], "StreamEnd")


# ── meeting someone (§8) ──────────────────────────────────────────────────────────────────


async def met(name: str, face: bytes | None) -> Met:
    await trio.lowlevel.checkpoint()
    return Met(f"user_{name.lower()}_{len(face or b'')}", name)


async def test_turn_in_which_a_stranger_tells_a_name_registers_before_the_meta() -> None:
    stage = Stage.with_answer(HELLO, ", Ana.[person_name:Ana]", meet=met, face=b"1234")
    turn = await stage.plays()
    assert stage.kinds[-3:] == ["PersonRegistered", "ResponseMeta", "StreamEnd"]
    assert stage.the(PersonRegistered) == PersonRegistered("r1", "user_ana_4", "Ana")
    assert turn.met == Met("user_ana_4", "Ana")


async def test_turn_that_met_someone_names_them_in_the_meta() -> None:
    stage = Stage.with_answer(HELLO, ", Ana.[person_name:Ana]", meet=met)
    await stage.plays()
    assert stage.the(ResponseMeta).person_name == "Ana"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"person_id": "user_bo", "meet": met}, id="who is known already"),
        pytest.param({}, id="who cannot be kept now"),
    ],
)
async def test_turn_registers_nobody(changes: dict[str, Any]) -> None:
    stage = Stage.with_answer(HELLO, ", Ana.[person_name:Ana]", **changes)
    turn = await stage.plays()
    assert (turn.met, stage.kinds[-1]) == (None, "StreamEnd")
    assert "PersonRegistered" not in stage.kinds


# ── what is private, what was promised ────────────────────────────────────────────────────

SOUND, PHOTO = Media("audio/wav", b"wav"), Media("image/jpeg", b"jpeg")


async def test_turn_that_is_private_meets_nobody() -> None:
    stage = Stage.with_answer(HELLO, ", Ana.[person_name:Ana]", meet=met, private=True)
    assert (await stage.plays()).met is None
    assert "PersonRegistered" not in stage.kinds


@pytest.mark.parametrize("direction", ["[incognito:on]", "[forget:that]", "[forget:all]"])
async def test_turn_in_which_the_model_hears_it_to_be_private_meets_nobody(direction: str) -> None:
    stage = Stage.with_answer(
        HELLO, f", Ana.[person_name:Ana]{direction}", meet=met, words="", media=(SOUND,)
    )
    turn = await stage.plays()
    assert (turn.met, turn.private) == (None, True)


@pytest.mark.parametrize(
    ("words", "media"),
    [("hola", ()), ("hola", (SOUND,)), ("", (PHOTO,)), ("", (PHOTO, SOUND))],
    ids=["text", "text beside sound", "picture", "picture beside sound"],
)
async def test_turn_without_mere_sound_has_no_wish_that_a_model_heard(
    words: str, media: tuple[Media, ...]
) -> None:
    stage = Stage.with_answer(HELLO, "[incognito:on]", words=words, media=media)
    turn = await stage.plays()
    assert (turn.wished, turn.private) == (None, False)


async def test_turn_in_which_the_model_hears_that_it_may_remember_is_not_private() -> None:
    stage = Stage.with_answer(HELLO, "[incognito:off]", words="", media=(SOUND,))
    turn = await stage.plays()
    assert (turn.wished, turn.private) == ("resume", False)


async def test_turn_with_a_promise_says_its_words_before_it_is_kept_and_its_end_after(
    nursery: trio.Nursery,
) -> None:
    kept = trio.Event()
    stage = Stage.with_answer("[emotion:happy] ¡Hola!", promise=kept.wait)
    nursery.start_soon(stage.plays)
    await wait_all_tasks_blocked()
    assert stage.kinds == ["Emotion", "TextChunk"]
    kept.set()
    await wait_all_tasks_blocked()
    assert stage.kinds[-1] == "StreamEnd"


async def test_turn_with_a_promise_that_is_not_kept_ends_with_its_error() -> None:
    async def broken() -> None:
        raise DatabaseError("not forgotten yet")

    stage = Stage.with_answer(HELLO, promise=broken)
    with capture_logs():
        await stage.plays()
    assert stage.the(ErrorReport).error_code == "DATABASE_ERROR"
    assert stage.text == "Hola"


async def test_turn_knows_how_long_its_first_text_took(autojump_clock: MockClock) -> None:
    stage = Stage.with_answer(
        "[emotion:happy]", partial(trio.sleep, 0.5), "Ho", partial(trio.sleep, 1), "la"
    )
    assert (await stage.plays()).first_text_ms == 500


async def test_turn_without_a_text_took_no_time_to_it() -> None:
    stage = Stage.with_answer("[actions:nod]")
    assert (await stage.plays()).first_text_ms is None


# ── what goes wrong ───────────────────────────────────────────────────────────────────────

ERRORS = [
    BrainUnavailable("x"),
    BrainRateLimited("x", retry_after=7),
    BrainTimeout("x"),
    BrainBlocked("x"),
    ServerBusy("x", retry_after=2),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
async def test_turn_whose_model_fails_says_the_error_and_nothing_else(error: RobiError) -> None:
    stage = Stage.with_answer(error)
    turn = await stage.plays()
    report = stage.the(ErrorReport)
    assert stage.said == [report]
    assert (report.error_code, report.retry_after) == (error.error_code, error.retry_after)
    assert (report.request_id, turn.error) == ("r1", error)


@pytest.mark.parametrize("language", ["es", "en"])
async def test_turn_error_is_in_the_language_of_the_scene(language: Any) -> None:
    stage = Stage.with_answer(BrainTimeout(), language=language)
    await stage.plays()
    assert stage.the(ErrorReport).message == BrainTimeout().message(language)


async def test_turn_whose_model_breaks_off_ends_its_sentence_and_then_says_the_error() -> None:
    stage = Stage.with_answer(HELLO, " tú [ab", BrainUnavailable())
    await stage.plays()
    assert stage.text == "Hola tú [ab… Perdona, se me ha ido el hilo."
    assert stage.kinds[-1] == "ErrorReport"
    assert "ResponseMeta" not in stage.kinds


async def test_turn_whose_model_never_ends_is_ended_for_it() -> None:
    stage = Stage.with_answer(*["[emotion:happy] la, "] + ["la, "] * 10_000)
    await stage.plays()
    assert stage.text.endswith("la,… Y aquí lo dejo.")
    assert len(stage.text) < LONGEST_TOKEN * 512 + 100
    assert stage.kinds[-1] == "StreamEnd"


async def test_turn_whose_model_is_stopped_ends_its_sentence_and_ends_well() -> None:
    stage = Stage.with_answer(HELLO, Fragment(" tú", short=True))
    await stage.plays()
    assert stage.text == stage.the(ResponseMeta).response_text == "Hola tú… Y aquí lo dejo."
    assert stage.kinds[-1] == "StreamEnd"


@pytest.mark.parametrize("written", [(), ("",), ("[emotion:happy]",), ("[memory:fact:x]",)])
async def test_turn_whose_model_says_nothing_is_an_error(written: tuple[str, ...]) -> None:
    stage = Stage.with_answer(*written)
    await stage.plays()
    assert stage.the(ErrorReport).error_code == BrainUnavailable.error_code


async def test_turn_that_crashes_says_an_internal_error() -> None:
    stage = Stage.with_answer(HELLO, ZeroDivisionError())
    with capture_logs() as logs:
        await stage.plays()
    assert stage.the(ErrorReport).error_code == "INTERNAL_SERVER_ERROR"
    assert logs[0]["event"] == "turn_crashed"


SCRIPTS: list[list[Step]] = [
    [HELLO],
    [HELLO, BrainTimeout()],
    [BrainTimeout()],
    [],
    ["[capture:photo][actions:wave:100]"],
    [HELLO, "[person_name:Ana]"],
]


@pytest.mark.parametrize("script", SCRIPTS, ids=str)
async def test_turn_has_one_terminal_and_it_is_last(script: list[Step]) -> None:
    stage = Stage.with_answer(*script, meet=met)
    await stage.plays()
    terminal = [isinstance(message, StreamEnd | ErrorReport) for message in stage.said]
    assert terminal == [False] * (len(terminal) - 1) + [True]


# ── being cancelled; at every checkpoint: test_turn_cancellation.py ───────────────────────


async def test_turn_cancelled_before_it_began_asks_nothing() -> None:
    stage = Stage.with_answer(HELLO)
    turn = stage.turn()
    turn.cancel()
    await turn.run()
    assert (stage.said, stage.questions) == ([], [])


async def test_turn_cancelled_by_what_it_says_says_no_more() -> None:
    """What comes after that is read without a checkpoint between."""

    def hear(messages: Sequence[ServerMessage]) -> None:
        heard.append([type(message) for message in messages])
        turn.cancel()

    heard: list[list[type]] = []
    made = Stage.with_answer("[emotion:happy] Hola,", " ¡y adiós!").turn()
    turn = Turn(made.plan, made.ports, hear)
    await turn.run()
    assert heard == [[Emotion, TextChunk]]


async def test_turn_of_which_several_chunks_came_together_says_them_together() -> None:
    made = Stage.with_answer("[emotion:happy] Hola,", " ¡qué", " tal, tú!").turn()
    bursts: list[Sequence[ServerMessage]] = []
    ports = evolve(made.ports, brain=Together(made.ports.brain))
    await Turn(made.plan, ports, bursts.append).run()
    kinds = [[type(message) for message in burst] for burst in bursts]
    assert len(kinds) == 1
    assert kinds[0][0] is Emotion
    assert kinds[0].count(TextChunk) > 1
    assert kinds[0][-2:] == [ResponseMeta, StreamEnd]


@pytest.mark.parametrize("promised", [False, True], ids=["by somebody else", "in this turn"])
async def test_turn_of_a_person_who_is_forgotten_asks_the_model_no_more(promised: bool) -> None:
    async def promise() -> None:
        await trio.lowlevel.checkpoint()

    made = Stage.with_answer(HELLO, person_id="user_ana").turn()
    asked: list[BrainRequest] = []
    ports = evolve(made.ports, brain=Still(made.ports.brain, asked), is_forgotten=lambda _: True)
    plan = evolve(made.plan, promise=promise if promised else None)
    turn = Turn(plan, ports, lambda _messages: None)
    await turn.run()
    assert bool(asked) == promised
    assert (turn.error is None) == promised


class Still:
    """A brain that looks whether a question may still be put, as the gate does."""

    model = "still"

    def __init__(self, brain: Brain, asked: list[BrainRequest]) -> None:
        self._brain = brain
        self._asked = asked

    @asynccontextmanager
    async def stream(self, request: BrainRequest) -> AsyncGenerator[AsyncIterator[Fragment]]:
        request.still()
        self._asked.append(request)
        async with self._brain.stream(request) as fragments:
            yield fragments

    async def generate(self, request: BrainRequest) -> Fragment:
        return await self._brain.generate(request)

    async def aclose(self) -> None:
        await self._brain.aclose()


class Together:
    """A brain whose whole answer is there at once."""

    def __init__(self, brain: Brain) -> None:
        self._brain = brain

    model = "together"

    async def generate(self, request: BrainRequest) -> Fragment:
        return await self._brain.generate(request)

    async def aclose(self) -> None:
        await self._brain.aclose()

    @asynccontextmanager
    async def stream(self, request: BrainRequest) -> AsyncGenerator["Stock"]:
        async with self._brain.stream(request) as fragments:
            yield Stock([fragment async for fragment in fragments])


class Stock:
    """Fragments that have all come."""

    def __init__(self, fragments: list[Fragment]) -> None:
        self._left = fragments

    def __aiter__(self) -> "Stock":
        return self

    @property
    def over(self) -> bool:
        return not self._left

    async def __anext__(self) -> Fragment:
        await trio.lowlevel.checkpoint()
        if (there := self.next_nowait()) is None:
            raise StopAsyncIteration
        return there

    def next_nowait(self) -> Fragment | None:
        return self._left.pop(0) if self._left else None
