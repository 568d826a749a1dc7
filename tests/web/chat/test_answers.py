"""What a reader gets when all is well: the whole answer, or events."""

import pytest
import trio
from attrs import evolve

from robi.actors.turn import About
from robi.protocol.messages import ResponseMeta, ServerMessage, TextChunk
from robi.web.chat.answers import KEEP_ALIVE_S
from tests.web.chat.client import FREE, SSE
from tests.web.chat.stage import OPERATOR, WORDS, RamReception, Stage, answer


def declining(request_id: str) -> list[ServerMessage]:
    """An answer that says that the text does not hold it."""
    return [
        evolve(each, citations=(), declined=True) if isinstance(each, ResponseMeta) else each
        for each in answer(request_id, "That is not in the text.")
    ]


# ── whole ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["/chat", "/api/chat"])
async def test_question_is_answered_whole_with_what_it_rests_on(path: str) -> None:
    answered = await Stage().asked({"message": "Of what colour is a leaf?"}, path=path)
    assert answered.status == 200
    assert answered.headers["content-type"] == "application/json"
    assert answered.headers["x-session-id"] == "chat_0"
    assert answered.json() == {
        "response": "".join(WORDS),
        "session_id": "chat_0",
        "timestamp": "2023-11-14T22:13:20.000Z",
        "citations": [
            {
                "number": 1,
                "quote": "a leaf is green",
                "heading": ["Plants", "Leaves"],
                "title": "Biology",
                "place": "p. 3",
                "anchor": "leaves",
                "text_id": "bio",
            }
        ],
    }


async def test_question_is_put_with_all_that_it_is_about() -> None:
    stage = Stage()
    await stage.asked({"message": "¿Y?", "selected_text": "a leaf is green", "text_id": "bio"})
    (asked,) = stage.session.asked
    assert (asked.utterance.text, asked.utterance.kind) == ("¿Y?", "text")
    assert asked.utterance.about == About("a leaf is green", "bio")


@pytest.mark.parametrize(("key", "payer"), [(FREE, "reader:key_free"), (OPERATOR, "")])
async def test_question_is_paid_for_by_its_key(key: str, payer: str) -> None:
    stage = Stage()
    await stage.asked(key=key)
    assert stage.session.asked[0].payer == payer


async def test_answer_that_declines_says_so() -> None:
    answered = await Stage(RamReception(declining)).asked()
    assert (answered.json()["declined"], answered.json()["citations"]) == (True, [])


async def test_conversation_goes_on_by_its_id() -> None:
    stage = Stage()
    first = await stage.asked()
    again = await stage.asked({"message": "And?", "session_id": first.json()["session_id"]})
    assert again.json() == first.json()
    assert len(stage.session.asked) == 2


async def test_session_is_let_go_of_at_the_end_as_one_that_may_go_on() -> None:
    stage = Stage()
    await stage.asked()
    assert stage.session.lost == [False]
    assert stage.session.attachment is not None
    assert stage.session.attachment.ended


async def test_two_questions_of_one_request_id_have_ids_of_their_own() -> None:
    stage = Stage()
    for body in ({"message": "Hi"}, {"message": "Hi", "session_id": "chat_0"}):
        answered = await stage.asked(body, x_request_id="mine")
        assert answered.headers["x-request-id"] == "mine"
    ids = [asked.utterance.request_id for asked in stage.session.asked]
    assert len(set(ids)) == 2
    assert all(each.startswith("mine.") for each in ids)


async def test_words_of_the_question_before_are_none_of_the_answer() -> None:
    stage = Stage()
    await stage.asked()
    stage.session.say(TextChunk("the question before", "Not this."))
    again = await stage.asked({"message": "And?", "session_id": "chat_0"})
    assert again.json()["response"] == "".join(WORDS)


# ── events ────────────────────────────────────────────────────────────────────────────────


async def test_events_are_the_messages_of_the_turn_in_their_order() -> None:
    stage = Stage()
    async with stage.connected() as client:
        await client.ask(accept=SSE)
        head = await client.head()
        events = await client.events()
    assert (head.status, head.headers["content-type"]) == (200, SSE)
    assert head.headers["x-session-id"] == "chat_0"
    assert head.headers["cache-control"] == "no-store"
    assert head.headers["x-accel-buffering"] == "no"
    assert [event.kind for event in events] == [
        "emotion",
        *["text_chunk"] * len(WORDS),
        "response_meta",
        "stream_end",
    ]
    assert "".join(e.data["text"] for e in events if e.kind == "text_chunk") == "".join(WORDS)
    assert [event.last_id for event in events] == [f"chat_0/{n}" for n in range(1, 8)]
    assert {event.data["session_id"] for event in events} == {"chat_0"}
    assert {event.data["request_id"] for event in events} == {stage.session.request_id}
    assert client.reader.retry_ms == 500


async def test_events_tell_the_same_as_the_whole_answer() -> None:
    stage = Stage()
    whole = (await stage.asked()).json()
    async with stage.connected() as client:
        await client.ask(accept=SSE)
        events = await client.events()
    (meta,) = [event.data for event in events if event.kind == "response_meta"]
    assert meta["citations"] == whole["citations"]
    assert "".join(e.data["text"] for e in events if e.kind == "text_chunk") == whole["response"]


async def test_stream_can_be_taken_up_before_its_first_event() -> None:
    stage = Stage(RamReception(None))
    async with stage.connected() as client:
        await client.ask(accept=SSE)
        await client.opened()
    assert client.reader.last_id == f"chat_0/{stage.session.request_id}"


async def test_words_reach_the_reader_as_they_come(autojump_clock: trio.testing.MockClock) -> None:
    stage = Stage(RamReception(None))
    async with stage.connected() as client:
        await client.ask(accept=SSE)
        await client.opened()
        for word in ("One ", "two ", "three"):
            await trio.sleep(1)
            stage.session.say(TextChunk(stage.session.request_id, word))
            (event,) = await client.events(1)
            assert event.data["text"] == word


async def test_stream_of_a_model_that_thinks_says_that_it_lives(
    autojump_clock: trio.testing.MockClock,
) -> None:
    stage = Stage(RamReception(None))
    async with stage.connected() as client:
        await client.ask(accept=SSE)
        await client.opened()
        began = trio.current_time()
        for number in (1, 2, 3):
            assert client.reader.feed(await client.piece() or b"") == []
            assert client.reader.comments == number
            assert trio.current_time() - began == pytest.approx(number * KEEP_ALIVE_S)
        stage.session.say(*answer(stage.session.request_id, "At last."))
        assert [event.kind for event in await client.events()][-1] == "stream_end"


@pytest.mark.parametrize(
    ("accept", "streams"),
    [
        ("text/event-stream", True),
        ("Text/Event-Stream; charset=utf-8", True),
        ("text/event-stream, application/json", True),
        ("text/event-stream;q=0.5, application/json;q=0.4", True),
        ("application/json, text/event-stream;q=0.5", False),
        ("text/event-stream;q=0", False),
        ("text/event-stream;q=much", False),
        ("*/*", False),
        ("text/*", False),
        ("", False),
        ("application/json", False),
    ],
)
async def test_form_of_the_answer_is_what_is_accepted(accept: str, streams: bool) -> None:
    answered = await Stage().asked(accept=accept)
    assert (answered.headers["content-type"] == SSE) == streams
