"""What is refused, with its status, in the one shape; and what goes wrong on the way."""

from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from robi.actors.turn import report
from robi.errors import (
    BrainBlocked,
    BrainRateLimited,
    BrainTimeout,
    BrainUnavailable,
    DatabaseError,
    DayUsedUp,
    InternalError,
    RobiError,
    ServerBusy,
    SessionNotFound,
    StreamInterrupted,
)
from robi.protocol.messages import Emotion, ServerMessage, StreamEnd, TextChunk
from robi.web.api.table import CHAT, RETRY_AFTER_S
from tests.web.chat.client import FREE, SSE, Answer
from tests.web.chat.stage import EXPIRED, ROBOT, RamReception, Stage


def assert_refused(answer: Answer, status: int, code: int) -> None:
    """The one shape of errors (protocol.md §9)."""
    body = answer.json()
    assert (answer.status, body["code"], body["error"]) == (status, code, True)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert body["request_id"] == answer.headers["x-request-id"]
    assert body["message"]
    assert not {"seq", "session_id"} & set(body)


def failing(error: RobiError, *words: str) -> Callable[[str], list[ServerMessage]]:
    """An answer that breaks off after these words."""

    def script(request_id: str) -> list[ServerMessage]:
        said = [TextChunk(request_id, word) for word in words]
        return [Emotion(request_id, "sad"), *said, report(error, "en", request_id)]

    return script


# ── the question ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("body", "code", "details"),
    [
        (b"", 2002, "body: is required"),
        (b"{", 2001, "body: not JSON"),
        (b"\xff", 2001, "body: not JSON"),
        (b"[]", 2001, "body: expected an object"),
        ({"text_id": "bio"}, 2002, "message: is required"),
        ({"message": None}, 2002, "message: is required"),
        ({"message": "  \n"}, 2001, "message: must not be blank"),
        ({"message": 5}, 2001, "message: expected a string, got integer"),
        ({"message": "a" * 4001}, 2001, "message: longer than 4000 characters"),
        (
            {"message": "?", "selected_text": "a" * 8001},
            2001,
            "selected_text: longer than 8000 characters",
        ),
        (
            {"message": "?", "selected_text": ["a"]},
            2001,
            "selected_text: expected a string, got array",
        ),
        ({"message": "?", "session_id": "a\nb"}, 2001, "session_id: must be printable characters"),
        ({"message": "?", "text_id": "a" * 65}, 2001, "text_id: longer than 64 characters"),
    ],
)
async def test_question_that_cannot_be_read_is_a_bad_request(
    body: object, code: int, details: str
) -> None:
    stage = Stage()
    for accept in ("application/json", SSE):
        answer = await stage.asked(body if body != b"" else b"", accept=accept)
        assert_refused(answer, 400, code)
        assert answer.json()["details"] == details
    assert stage.reception.attends == 0


async def test_longest_question_is_taken_however_it_is_escaped() -> None:
    stage = Stage()
    astral = "\N{ROBOT FACE}"
    answer = await stage.asked({"message": astral * 4000, "selected_text": astral * 8000})
    assert answer.status == 200


async def test_body_that_is_no_json_is_a_bad_request() -> None:
    assert_refused(await Stage().asked(content_type="text/plain"), 400, 2004)


@pytest.mark.parametrize("path", ["/chat", "/api/chat"])
async def test_body_over_the_limit_is_413(path: str) -> None:
    body = {"message": "a" * CHAT[0].body_bytes}
    assert_refused(await Stage().asked(body, path=path), 413, 2003)


@pytest.mark.parametrize(
    ("key", "status", "code"),
    [(None, 401, 1001), ("wrong", 401, 1002), (EXPIRED, 401, 1003), (ROBOT, 403, 1002)],
)
async def test_key_that_is_no_readers_is_refused(key: str | None, status: int, code: int) -> None:
    stage = Stage()
    assert_refused(await stage.asked(key=key), status, code)
    assert (stage.let_in, stage.reception.attends) == (0, 0)


async def test_reader_with_a_good_key_is_let_in() -> None:
    stage = Stage()
    await stage.asked()
    assert stage.let_in == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [({"message": "?", "session_id": "chat_9"}, 4005), ({"message": "?", "text_id": "no"}, 4006)],
)
async def test_what_is_not_there_is_404(body: object, code: int) -> None:
    for accept in ("application/json", SSE):
        assert_refused(await Stage().asked(body, accept=accept), 404, code)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
async def test_other_methods_are_405(method: str) -> None:
    async with Stage().connected() as client:
        await client.send(client.request(method=method))
        answer = await client.whole()
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
    if method != "HEAD":
        assert answer.json()["code"] == 2001


# ── what goes wrong ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("trouble", "status"),
    [(DatabaseError(), 500), (ServerBusy(retry_after=7), 503), (SessionNotFound(), 404)],
)
@pytest.mark.parametrize("accept", ["application/json", SSE])
async def test_trouble_before_the_answer_has_its_own_status(
    trouble: RobiError, status: int, accept: str
) -> None:
    answer = await Stage(RamReception(trouble=trouble)).asked(accept=accept)
    assert_refused(answer, status, trouble.code)
    assert answer.headers.get("retry-after") == (str(trouble.retry_after or "") or None)


@pytest.mark.parametrize(
    "error", [DatabaseError, BrainUnavailable, BrainRateLimited, BrainTimeout, BrainBlocked]
)
async def test_trouble_within_the_answer_is_a_500_of_its_code(error: type[RobiError]) -> None:
    answer = await Stage(RamReception(failing(error("why"), "A leaf"))).asked()
    assert_refused(answer, 500, error.code)
    assert answer.json()["details"] == "why"


async def test_trouble_within_the_answer_keeps_its_words() -> None:
    answer = await Stage(RamReception(failing(DayUsedUp()))).asked()
    assert answer.json()["message"] == DayUsedUp.spoken["en"]


async def test_turn_for_which_there_is_no_place_is_a_503_with_retry_after() -> None:
    answer = await Stage(RamReception(failing(ServerBusy()))).asked()
    assert_refused(answer, 503, 8006)
    assert answer.headers["retry-after"] == str(RETRY_AFTER_S)


async def test_trouble_within_events_is_an_event() -> None:
    stage = Stage(RamReception(failing(BrainTimeout(), "A leaf")))
    async with stage.connected() as client:
        await client.ask(accept=SSE)
        *_, words, error = await client.events()
        assert (await client.head()).status == 200
    assert (words.kind, error.kind) == ("text_chunk", "error")
    assert (error.data["code"], error.data["session_id"]) == (BrainTimeout.code, "chat_0")
    assert error.last_id == "chat_0/3"


def cut(request_id: str) -> list[ServerMessage]:
    return [TextChunk(request_id, "A le"), StreamEnd(request_id, 5, interrupted=True)]


async def test_whole_answer_that_was_cut_is_no_answer() -> None:
    assert_refused(await Stage(RamReception(cut)).asked(), 500, StreamInterrupted.code)


async def test_events_of_an_answer_that_was_cut_say_so() -> None:
    async with Stage(RamReception(cut)).connected() as client:
        await client.ask(accept=SSE)
        end = (await client.events())[-1]
    assert (end.kind, end.data["interrupted"]) == ("stream_end", True)


async def test_session_that_has_just_ended_is_busy() -> None:
    stage = Stage()
    await stage.asked()
    stage.session.dead = True
    answer = await stage.asked({"message": "?", "session_id": "chat_0"})
    assert_refused(answer, 503, 8006)
    assert answer.headers["retry-after"] == "2"


async def test_crash_on_the_way_is_a_500_without_a_word_of_why() -> None:
    class Broken(RamReception):
        async def check_text(self, text_id: str) -> None:
            msg = f"a secret of {text_id}"
            raise RuntimeError(msg)

    with capture_logs() as logs:
        answer = await Stage(Broken()).asked({"message": "?", "text_id": "bio"})
    assert_refused(answer, 500, InternalError.code)
    assert b"secret" not in answer.body
    assert "secret" not in str(logs)


async def test_log_of_a_refusal_has_no_words_of_the_reader() -> None:
    with capture_logs() as logs:
        await Stage().asked({"message": "my secret", "session_id": "chat_9"}, key=FREE)
    (line,) = [line for line in logs if line["event"] == "request_refused"]
    assert (line["route"], line["status"], line["code"]) == ("/chat", 404, 4005)
    assert "secret" not in str(logs)
