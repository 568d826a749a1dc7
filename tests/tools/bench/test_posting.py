"""The reader's connection, over memory streams: questions go out, events come in, however cut."""

from typing import cast

import pytest
import trio
import trio.testing

from tools.bench.posting import Event, PostBroken, Posting

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX-Session-ID: chat_1\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
ANSWER = (
    b"retry: 500\nid: chat_1/q1\n\n",
    b'id: chat_1/1\nevent: emotion\ndata: {"a": 1}\n\n',
    b": \n\nid: chat_1/2\nevent: text_chunk\n",
    b'data: {"b": "c: d"}\n\n',
)
EVENTS = [
    ("emotion", "chat_1/1", b'{"a": 1}'),
    ("text_chunk", "chat_1/2", b'{"b": "c: d"}'),
]


def framed(*pieces: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (*pieces, b""))


def connected() -> tuple[Posting, trio.abc.HalfCloseableStream]:
    """Return a posting, and the server's end."""
    near, far = trio.testing.memory_stream_pair()
    return Posting(cast("trio.SocketStream", near), b"POST /chat HTTP/1.1\r\n"), far


async def heard(posting: Posting) -> list[Event]:
    return [event async for event in posting.ask(b"{}")]


def told(events: list[Event]) -> list[tuple[str, str, bytes]]:
    return [(event.kind, event.place, event.data) for event in events]


@pytest.mark.parametrize("step", [1, 7, 10_000])
async def test_events_are_whole_wherever_they_were_cut_and_the_connection_serves_again(
    step: int,
) -> None:
    posting, far = connected()
    whole = CHUNKED + framed(*ANSWER)

    async def serve() -> None:
        for _ in range(2):
            asked = b"POST /chat HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}"
            received = b""
            while len(received) < len(asked):
                received += bytes(await far.receive_some())
            assert received == asked
            for at in range(0, len(whole), step):
                await far.send_all(whole[at : at + step])

    async with trio.open_nursery() as nursery:
        nursery.start_soon(serve)
        first, second = await heard(posting), await heard(posting)
    assert told(first) == told(second) == EVENTS
    assert 0 < first[0].at <= first[1].at < second[0].at
    assert posting.session_id == "chat_1"
    await posting.close()


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"HTTP/1.1 429 Too Many Requests\r\nx: y\r\n\r\n", id="refused"),
        pytest.param(CHUNKED.replace(b"text/event-stream", b"text/html"), id="no events"),
        pytest.param(CHUNKED + framed(ANSWER[2]), id="an event that does not end"),
        pytest.param(CHUNKED + framed(*ANSWER)[:-3], id="cut"),
        pytest.param(b"", id="nothing"),
    ],
)
async def test_answer_that_is_no_whole_stream_of_events_ends_the_measurement(answer: bytes) -> None:
    posting, far = connected()
    if answer:
        await far.send_all(answer)
    await far.send_eof()
    with pytest.raises(PostBroken):
        await heard(posting)
