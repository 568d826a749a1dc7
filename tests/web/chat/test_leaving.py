"""Readers that leave, and streams that are taken up again: nothing is lost, nothing doubled."""

from typing import Any

import pytest
import trio
import trio.testing
from structlog.testing import capture_logs

from robi.actors.turn import Utterance
from robi.errors import InvalidRequestFormat, SessionNotFound, StreamInterrupted
from robi.protocol.messages import TextChunk
from robi.web.chat.attending import put_question
from robi.web.chat.places import KEPT, Places
from robi.web.http import HttpLimits
from tests.web.chat.client import SSE
from tests.web.chat.sse import Event, EventReader
from tests.web.chat.stage import WORDS, RamReception, Stage, answer
from tests.web.chat.test_refusals import assert_refused

COUNT = len(answer("", *WORDS))


def told(events: list[Event]) -> list[dict[str, Any]]:
    return [event.data for event in events]


def without_id(data: dict[str, Any]) -> dict[str, Any]:
    """Return a message without the id of its question, which no other has."""
    return {name: value for name, value in data.items() if name != "request_id"}


def ids(events: list[Event]) -> list[str]:
    return [event.last_id for event in events]


async def uncut(stage: Stage) -> tuple[bytes, list[Event]]:
    """Return a whole stream, as bytes and as events."""
    async with stage.connected() as client:
        await client.ask(accept=SSE)
        events = await client.events()
        return (await client.head()).body, events


async def taken_up(stage: Stage, event_id: str, body: object = None) -> list[Event]:
    """Return the events that come after that one."""
    async with stage.connected() as client:
        await client.ask(body, accept=SSE, last_event_id=event_id)
        if (await client.head()).status == 204:
            return []
        return await client.events()


# ── who leaves ────────────────────────────────────────────────────────────────────────────


async def test_whole_answer_whose_client_leaves_is_cut_at_once(
    autojump_clock: trio.testing.MockClock,
) -> None:
    stage = Stage(RamReception(None))
    async with stage.connected() as client:
        await client.ask()
        await trio.testing.wait_all_tasks_blocked()
        began = trio.current_time()
        await client.stream.aclose()
        await stage.session.wait_until(lambda: bool(stage.session.lost))
        assert trio.current_time() == began
    assert stage.session.lost == [True]


@pytest.mark.parametrize("read", range(COUNT))
async def test_events_whose_client_leaves_may_be_taken_up_again(read: int) -> None:
    stage = Stage(RamReception(None))
    async with stage.connected() as client:
        await client.ask(accept=SSE)
        await client.opened()
        stage.session.say(*answer(stage.session.request_id, *WORDS)[:read])
        await client.events(read)
        await client.stream.aclose()
        await stage.session.wait_until(lambda: bool(stage.session.lost))
    assert stage.session.lost == [False]


async def test_client_that_reads_nothing_is_dropped_and_its_answer_may_be_taken_up(
    autojump_clock: trio.testing.MockClock,
) -> None:
    stage = Stage(RamReception(None), limits=HttpLimits(send_s=5))
    async with stage.connected(lockstep=True) as client:
        await client.ask(accept=SSE)
        await client.head()
        stage.session.say(TextChunk(stage.session.request_id, "words that nobody reads"))
        await stage.session.wait_until(lambda: bool(stage.session.lost))
    assert stage.session.lost == [False]


async def test_client_that_leaves_in_the_middle_of_its_question_asks_nothing() -> None:
    stage = Stage()
    with capture_logs() as logs:
        async with stage.connected() as client:
            await client.send(client.request()[:-3])
            await trio.testing.wait_all_tasks_blocked()
            await client.stream.aclose()
            await trio.testing.wait_all_tasks_blocked()
    assert (stage.let_in, stage.reception.attends) == (1, 0)
    assert not [line for line in logs if line["log_level"] == "error"]


async def test_client_that_hangs_up_once_it_has_it_all_has_not_left_before() -> None:
    stage = Stage()
    async with stage.connected() as client:
        await client.ask()
        await client.whole()
        await client.stream.aclose()
        await trio.testing.wait_all_tasks_blocked()
    assert stage.session.lost == [False]


async def test_server_that_stops_lets_go_of_the_session() -> None:
    stage = Stage(RamReception(None))
    async with stage.connected() as client:
        await client.ask(accept=SSE)
        await client.piece()
    assert stage.session.lost == [False]


# ── taken up again ────────────────────────────────────────────────────────────────────────


async def test_stream_cut_at_any_byte_goes_on_without_a_word_lost_or_doubled() -> None:
    stage = Stage()
    raw, events = await uncut(stage)
    rests: dict[str, list[Event]] = {}  # all that the server is told of a cut is the id before it
    for cut in range(len(raw) + 1):
        reader = EventReader()
        reader.feed(raw[:cut])
        if not reader.last_id:
            continue  # nothing to take up by
        if reader.last_id not in rests:
            rests[reader.last_id] = await taken_up(stage, reader.last_id)
        rest = rests[reader.last_id]
        assert told(reader.events) + told(rest) == told(events), cut
        assert ids(reader.events) + ids(rest) == ids(events)
    assert len(rests) == len(events) + 1  # the place before the first, and each of them
    assert len(stage.session.asked) == 1


@pytest.mark.parametrize("read", range(COUNT))
async def test_stream_cut_at_each_event_goes_on_with_what_is_said_meanwhile_and_after(
    read: int,
) -> None:
    stage = Stage(RamReception(None))
    async with stage.connected() as client:
        await client.ask(accept=SSE)
        await client.opened()
        messages = answer(stage.session.request_id, *WORDS)
        stage.session.say(*messages[:read])
        first = await client.events(read)
        await client.stream.aclose()
        await stage.session.wait_until(lambda: bool(stage.session.lost))
    stage.session.say(*messages[read : read + 1])  # while nobody is there
    async with stage.connected() as again:
        await again.ask(accept=SSE, last_event_id=client.reader.last_id)
        await again.opened()
        stage.session.say(*messages[read + 1 :])
        rest = await again.events()
    _, expected = await uncut(Stage())
    assert [without_id(data) for data in told(first) + told(rest)] == [
        without_id(data) for data in told(expected)
    ]


async def test_stream_taken_up_while_its_old_connection_lives_ends_the_old_one() -> None:
    stage = Stage(RamReception(None))
    async with stage.connected() as old, stage.connected() as new:
        await old.ask(accept=SSE)
        await old.opened()
        stage.session.say(TextChunk(stage.session.request_id, "One "))
        await old.events(1)
        await new.ask(accept=SSE, last_event_id=old.reader.last_id)
        await new.opened()
        (end,) = await old.events()
        assert (end.kind, end.data["code"], end.has_id) == ("error", StreamInterrupted.code, False)
        stage.session.say(*answer(stage.session.request_id, "two"))
        assert [event.kind for event in await new.events()][-1] == "stream_end"
    assert stage.session.lost == [False]


async def test_stream_of_which_all_has_come_has_no_content_left() -> None:
    stage = Stage()
    _, events = await uncut(stage)
    attends = stage.reception.attends
    answered = await stage.asked(accept=SSE, last_event_id=events[-1].last_id)
    assert (answered.status, answered.body) == (204, b"")
    assert stage.reception.attends == attends


async def test_stream_is_taken_up_with_the_same_body() -> None:
    stage = Stage()
    _, events = await uncut(stage)
    body = {"message": "Hi?", "session_id": "chat_0", "text_id": "gone"}
    rest = await taken_up(stage, events[0].last_id, body)
    assert told(rest) == told(events[1:])


async def test_stream_of_a_question_before_this_one_is_not_there_any_more() -> None:
    stage = Stage()
    _, first = await uncut(stage)
    await stage.asked({"message": "And?", "session_id": "chat_0"})
    attends = stage.reception.attends
    for event in first:
        answered = await stage.asked(accept=SSE, last_event_id=event.last_id)
        assert_refused(answered, 404, SessionNotFound.code)
    assert stage.reception.attends == attends  # nobody was cut off by asking


async def test_stream_of_a_second_question_is_taken_up_from_its_own_beginning() -> None:
    stage = Stage()
    await uncut(stage)
    async with stage.connected() as client:
        await client.ask({"message": "And?", "session_id": "chat_0"}, accept=SSE)
        await client.opened()
        beginning = client.reader.last_id
        events = await client.events()
    rest = await taken_up(stage, beginning)
    assert told(rest) == told(events)
    assert {event.data["request_id"] for event in rest} == {stage.session.request_id}


async def test_stream_whose_messages_are_not_kept_any_more_is_404() -> None:
    stage = Stage()
    _, events = await uncut(stage)
    stage.reception.sessions.clear()
    answered = await stage.asked(accept=SSE, last_event_id=events[0].last_id)
    assert_refused(answered, 404, SessionNotFound.code)


@pytest.mark.parametrize(
    ("event_id", "status"),
    [
        ("chat_0", 400),
        ("/1", 400),
        ("chat_0/", 400),
        ("a" * 257 + "/1", 400),
        ("chat_9/1", 404),
        ("chat_0/-1", 404),
        ("chat_0/1e3", 404),
        ("chat_0/0", 404),
    ],
)
async def test_id_that_is_none_of_ours_is_refused(event_id: str, status: int) -> None:
    stage = Stage()
    await uncut(stage)
    answered = await stage.asked(accept=SSE, last_event_id=event_id)
    assert answered.status == status


async def test_id_of_another_conversation_than_that_of_the_body_is_refused() -> None:
    stage = Stage()
    _, events = await uncut(stage)
    body = {"message": "Hi?", "session_id": "chat_1"}
    answered = await stage.asked(body, accept=SSE, last_event_id=events[0].last_id)
    assert_refused(answered, 400, 2001)


async def test_whole_answer_cannot_be_taken_up() -> None:
    stage = Stage()
    _, events = await uncut(stage)
    assert_refused(await stage.asked(last_event_id=events[0].last_id), 400, 2001)


# ── two at once ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("accept", ["application/json", SSE])
async def test_question_cut_by_another_of_its_session_is_told_so(accept: str) -> None:
    stage = Stage(RamReception(None))
    async with stage.connected() as first, stage.connected() as second:
        await first.ask(accept=accept)
        await trio.testing.wait_all_tasks_blocked()
        await second.ask({"message": "No, this!", "session_id": "chat_0"})
        await trio.testing.wait_all_tasks_blocked()
        stage.session.say(*answer(stage.session.request_id, "Yes."))
        assert (await second.whole()).json()["response"] == "Yes."
        if accept == SSE:
            (end,) = await first.events()
            assert (end.kind, end.data["code"]) == ("error", StreamInterrupted.code)
        else:
            assert_refused(await first.whole(), 500, StreamInterrupted.code)
    assert stage.session.lost == [False]


# ── places ────────────────────────────────────────────────────────────────────────────────


def test_places_are_bounded_and_the_oldest_go() -> None:
    places = Places()
    for number in range(KEPT + 1):
        places.begin(f"chat_{number}", "r", 0)
    assert len(places) == KEPT
    with pytest.raises(SessionNotFound):
        places.find("chat_0/r")
    assert places.find("chat_1/r")[1] == 0


@pytest.mark.parametrize("within", ["4", "3", "8", "9" * 200, "\u0667", "-5", ""])
def test_id_that_was_never_given_out_is_not_there(within: str) -> None:
    places = Places()
    place = places.begin("chat_0", "r", 4)
    place.passed(7)
    assert places.find("chat_0/5")[1] == 5
    assert places.find("chat_0/7")[1] == 7
    with pytest.raises((SessionNotFound, InvalidRequestFormat)):
        places.find(f"chat_0/{within}")


async def test_request_that_was_taken_over_before_it_asked_takes_nobodys_place() -> None:
    reception, places = RamReception(), Places()
    late = await reception.attend(None)
    newer = await reception.attend(late.session_id)
    async with put_question(
        newer, places, Utterance("newer", "text", "?"), "", leaves_for_good=False
    ):
        with pytest.raises(StreamInterrupted):
            async with put_question(
                late, places, Utterance("late", "text", "?"), "", leaves_for_good=False
            ):
                pytest.fail("it was taken over")
        assert places.find(f"{late.session_id}/newer")[0].request_id == "newer"
