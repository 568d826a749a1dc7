"""The id of a request: the client's own if it is sane, one of ours otherwise; in every answer."""

import json
import re

import pytest
import structlog
import trio
import trio.testing
from structlog.testing import capture_logs

from robi.errors import RobiError
from robi.web.accept import Dispatcher
from robi.web.asgi import Receive, Scope, Send
from robi.web.handshake import UpgradeRules
from robi.web.http import HttpLimits
from robi.web.request_ids import request_id_of

LIMITS = HttpLimits(body_bytes=1000)


async def app(scope: Scope, _receive: Receive, send: Send) -> None:
    """Tell where the id is known; at `/crash` crash."""
    if scope["path"] == "/crash":
        raise RuntimeError
    logged = structlog.contextvars.get_contextvars().get("request_id")
    known = json.dumps([scope["state"]["request_id"], logged]).encode()
    length = (b"content-length", str(len(known)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": known})


def words(_error: RobiError, request_id: str) -> bytes:
    return json.dumps([request_id]).encode()


ANSWER = re.compile(rb"x-request-id: ([^\r]+)\r\n(?:[^\r]+\r\n)*\r\n(\[.*?\])", re.IGNORECASE)


async def answers(raw: bytes) -> list[tuple[str, list[str]]]:
    """Send `raw`; return of each answer the header and what the body tells."""
    ours, theirs = trio.testing.memory_stream_pair()
    dispatcher = Dispatcher(app, UpgradeRules("/ws"), words, LIMITS)

    async def serve() -> None:
        async with ours:
            await dispatcher.until_link(ours, None, lambda: None)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(serve)
        await theirs.send_all(raw)
        got = b""
        while data := await theirs.receive_some():
            got += data
        await theirs.aclose()
    return [(header.decode(), json.loads(body)) for header, body in ANSWER.findall(got)]


def get(path: bytes = b"/", headers: bytes = b"Connection: close\r\n") -> bytes:
    return b"GET " + path + b" HTTP/1.1\r\nHost: h\r\n" + headers + b"\r\n"


async def test_sane_id_of_a_client_is_taken_over_everywhere() -> None:
    (answer,) = await answers(get(headers=b"Connection: close\r\nX-Request-ID: app-1.2:3_4~5\r\n"))
    assert answer == ("app-1.2:3_4~5", ["app-1.2:3_4~5", "app-1.2:3_4~5"])


async def test_requests_of_one_connection_have_each_their_own() -> None:
    first, second = await answers(get(headers=b"") + get())
    assert first[1] == [first[0]] * 2
    assert second[1] == [second[0]] * 2
    assert first[0] != second[0]


@pytest.mark.parametrize(
    "raw",
    [
        get(b"/ws"),
        get(b"/crash"),
        b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n",
        b"no HTTP\r\n\r\n",
    ],
    ids=["426", "500", "413", "400"],
)
async def test_request_that_is_refused_is_told_its_id_too(raw: bytes) -> None:
    ((header, told),) = await answers(raw)
    assert told == [header]


async def test_refusal_is_logged_with_the_id_that_the_client_is_told() -> None:
    with capture_logs() as logs:
        ((header, _),) = await answers(get(b"/ws", b"X-Request-ID: r1\r\n"))
    assert header == "r1"
    assert [entry["request_id"] for entry in logs] == ["r1"]


@pytest.mark.parametrize("given", [b"", b"a b", b"a\xe1", b"x" * 65, b'{"event":"x"}'])
def test_id_that_is_unfit_for_a_log_is_replaced(given: bytes) -> None:
    made = request_id_of([(b"x-request-id", given)])
    assert re.fullmatch("[0-9a-f]{16}", made)


def test_two_ids_are_none() -> None:
    assert request_id_of([(b"x-request-id", b"a"), (b"x-request-id", b"b")]) not in {"a", "b"}


def test_ids_that_are_made_differ() -> None:
    assert request_id_of([]) != request_id_of([])
