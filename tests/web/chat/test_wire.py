"""The chat over odd connections: split, chunked, pipelined, and of an older HTTP."""

import json

import pytest
import trio.testing

from robi.web.http import HEAD_BYTES
from tests.web.chat.client import FREE, SSE
from tests.web.chat.sse import EventReader
from tests.web.chat.stage import WORDS, Stage

TEXT = "".join(WORDS)
BODY = json.dumps({"message": "¿De qué color?"}, ensure_ascii=False).encode()


def raw(version: str = "1.1", *headers: str, accept: str = "application/json") -> bytes:
    lines = [f"POST /chat HTTP/{version}", "Host: h", f"X-API-Key: {FREE}", f"Accept: {accept}"]
    return "\r\n".join((*lines, *headers, "", "")).encode()


LENGTH = f"Content-Length: {len(BODY)}"


async def test_body_split_at_any_byte_is_one_body() -> None:
    stage = Stage(questions=1000)
    async with stage.connected() as client:
        for cut in range(len(BODY) + 1):
            await client.send(client.request(BODY)[: -len(BODY)] + BODY[:cut])
            await trio.testing.wait_all_tasks_blocked()
            await client.send(BODY[cut:])
            assert (await client.whole()).json()["response"] == TEXT
    asked = {s.asked[0].utterance.text for s in stage.reception.sessions.values()}
    assert asked == {"¿De qué color?"}


async def test_body_in_chunks_is_one_body() -> None:
    async with Stage().connected() as client:
        await client.send(raw("1.1", "Transfer-Encoding: chunked"))
        for byte in BODY:
            await client.send(b"1\r\n%c\r\n" % byte)
        await client.send(b"0\r\n\r\n")
        client.request()  # h11 wants to have asked
        assert (await client.whole()).json()["response"] == TEXT


@pytest.mark.parametrize("accept", ["application/json", SSE])
async def test_answer_to_http_1_0_ends_with_its_connection(accept: str) -> None:
    async with Stage().connected() as client:
        await client.send(raw("1.0", LENGTH, accept=accept) + BODY)
        got = b""
        while data := await client.stream.receive_some():
            got += bytes(data)
    head, _, body = got.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert b"transfer-encoding" not in head.lower()
    if accept == SSE:
        reader = EventReader()
        reader.feed(body)
        reader.end()
        assert reader.events[-1].kind == "stream_end"
    else:
        assert json.loads(body)["response"] == TEXT


async def test_questions_that_are_pipelined_are_answered_in_their_order() -> None:
    stage = Stage()
    async with stage.connected() as client:
        first = raw("1.1", LENGTH, accept=SSE) + BODY
        await client.send(first + raw("1.1", LENGTH) + BODY)
        for kind in (SSE, "application/json"):
            client.request()
            answered = await client.whole()
            assert answered.headers["content-type"] == kind
    assert stage.session.lost == [False]


async def test_client_that_pipelines_more_than_a_head_is_answered_all_the_same() -> None:
    async with Stage().connected() as client:
        client.request()
        await client.send(raw("1.1", LENGTH, accept=SSE) + BODY + b"G" * (HEAD_BYTES + 100))
        events = await client.events()
    assert events[-1].kind == "stream_end"


async def test_connection_goes_on_after_events() -> None:
    async with Stage().connected() as client:
        for number in range(3):
            await client.ask(accept=SSE)
            answered = await client.whole()
            assert answered.headers["x-session-id"] == f"chat_{number}"
