"""The way to a model's service: a streamed call over HTTP for each question.

Owns which way that is, and the reading of an answer up to its fragments. A call lives inside
`async with`: however that block is left, the connection is closed, or given back if the answer was
complete, before the block is left. What is asked and how an answer reads is for whoever holds the
wire. Deadlines, retries and the limit on calls at once belong to `robi.brain.gate`; the only time
limit here is that on connecting. It is one file, since a call and the reading of its answer share a
connection, and who asks holds both.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from functools import partial
from http import HTTPStatus
from typing import Final, Protocol

import httpx

from robi.brain.base import Fragment
from robi.brain.by_httpx import ask_by_httpx, make_client
from robi.brain.direct import Connections
from robi.brain.reach import connecting, may_need_proxy, transport_errors, unavailable
from robi.brain.sse import MAX_EVENT_BYTES, SseOverflow, SseParser
from robi.errors import BrainError, BrainUnavailable, ConfigurationError
from robi.protocol.messages import TokenUsage

_ERROR_BYTES: Final = 64 * 1024

Verdict = Callable[[int, Mapping[str, str], bytes], BrainError]
"""What a response of another status than 200 means: status, headers, the beginning of the body."""


class Body(Protocol):
    """What comes of an answer."""

    async def receive_some(self) -> bytes:
        """Return the next bytes, nothing once it has ended. Raises httpx.HTTPError."""

    @property
    def ended(self) -> bool:
        """Whether all of it has come, as far as is known: then nothing is waited for."""


class Response(Body, Protocol):
    """An answer whose head is there."""

    @property
    def status(self) -> int:
        """The status."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, by their names in lower case."""

    async def aclose(self) -> None:
        """Let go of the connection, cancelled or not."""


class Reading(Protocol):
    """One answer as it comes in."""

    @property
    def usage(self) -> TokenUsage:
        """What it has taken by now, as far as the service has counted."""

    def take(self, payload: bytes) -> list[Fragment]:
        """Read one payload; raises a BrainError if it is an error, or none of the service's."""

    def end(self) -> Fragment | None:
        """Judge the whole, and return what is left of it; raises a BrainError if it is none."""


class Wire:
    """The way to one service.

    Args:
        headers: of each call, such as the key.
        client: to be used in place of connections of its own, and left open by `aclose`.
        setting: the name of the one that says where the service is, for advice.
    """

    def __init__(
        self, headers: Mapping[str, str], client: httpx.AsyncClient | None = None, *, setting: str
    ) -> None:
        """Prepare; nothing is sent."""
        self._setting = setting
        self._headers = {
            **headers,
            "content-type": "application/json",
            "accept-encoding": "identity",  # a compressed stream may be held back to fill a block
        }
        self._connections = Connections()
        self._lent = client
        self._client: httpx.AsyncClient | None = None

    def to(self, url: str) -> "Route":
        """Return the way of questions to `url`: our own, unless a proxy may stand in it."""
        there = httpx.URL(url)
        ask: Callable[[bytes], Awaitable[Response]]
        if self._lent is None and not may_need_proxy(there):
            ask = partial(self._connections.ask, self._connections.target(there, self._headers))
        else:
            client = self._lent or self._client
            if client is None:
                client = self._client = make_client()
            ask = partial(ask_by_httpx, client, there, self._headers)
        return Route(there, ask, self._setting)

    async def aclose(self) -> None:
        """Close the connections, unless they belong to a client of someone else."""
        self._connections.close()
        if self._client is not None:
            await self._client.aclose()


class Route:
    """Calls to one URL; made by `Wire.to`."""

    def __init__(
        self, url: httpx.URL, ask: Callable[[bytes], Awaitable[Response]], setting: str
    ) -> None:
        """Ask by `ask`, which sends a body and returns once there is the head of an answer."""
        self._url = url
        self._ask = ask
        self._setting = setting

    def post(self, body: bytes, verdict: Verdict) -> "Call":
        """Return what sends a question; its block is given the body of an answer of status 200.

        Raises, at the block's head:
            BrainError: by `verdict`; BrainUnavailable where the service cannot be reached, or what
                answers is not it.
        """
        return Call(self, body, verdict)

    async def ask(self, body: bytes, verdict: Verdict) -> Response:
        """Send a question; see `post`."""
        with transport_errors(), connecting(self._url, self._setting):
            response = await self._ask(body)
        try:
            with transport_errors():
                await _check(response, verdict)
        except BaseException:
            await response.aclose()
            raise
        return response


class Call(AbstractAsyncContextManager[Body]):
    """One question and its answer; made by `Route.post`."""

    def __init__(self, route: Route, body: bytes, verdict: Verdict) -> None:
        """Ask nothing yet."""
        self._route = route
        self._body = body
        self._verdict = verdict
        self._response: Response | None = None

    async def __aenter__(self) -> Body:
        self._response = await self._route.ask(self._body, self._verdict)
        return self._response

    async def __aexit__(self, *_: object) -> None:
        if self._response is not None:
            await self._response.aclose()


class Fragments:
    """The fragments of one response.

    A class and not an async generator: a generator that is left halfway is finished by the garbage
    collector, at a time of its own. Fragments that came in one packet are given out without a
    checkpoint between them.
    """

    def __init__(self, body: Body, answer: Reading, spent: Callable[[TokenUsage], None]) -> None:
        """Read `body` as events whose payloads are `answer`; `spent` is told what it takes."""
        self._body = body
        self._parser = SseParser()
        self._answer = answer
        self._spent = spent
        self._ready: deque[Fragment] = deque()
        self._failure: BrainError | None = None  # to be raised once all before it was given out
        self._ended = False

    def __aiter__(self) -> "Fragments":
        return self

    async def __anext__(self) -> Fragment:
        if not self._ready:
            await self.wait_ready()
            if not self._ready:
                raise StopAsyncIteration
        return self._ready.popleft()

    @property
    def over(self) -> bool:
        """Whether nothing more has to be waited for."""
        return self._ended or self._body.ended

    def next_nowait(self) -> Fragment | None:
        """Return what is there already, None if that is nothing."""
        return self._ready.popleft() if self._ready else None

    async def wait_ready(self) -> None:
        """Wait until there is a fragment to give out, or the end.

        Raises:
            BrainError: what comes instead.
        """
        while not self._ready and not self._ended:
            try:
                data = await self._body.receive_some()
            except httpx.HTTPError as error:
                raise unavailable(error) from error
            self._take(data)
        if not self._ready and self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def _take(self, data: bytes) -> None:
        answer = self._answer
        before = answer.usage
        try:
            for payload in self._parser.feed(data) if data else self._parser.close():
                self._ready.extend(answer.take(payload))
            if not data:
                self._ended = True
                last = answer.end()
                if last is not None:
                    self._ready.append(last)
        except SseOverflow as error:
            self._fail(BrainUnavailable(str(error)))
        except BrainError as error:
            self._fail(error)
        finally:
            _count(before, answer.usage, self._spent)

    def _fail(self, error: BrainError) -> None:
        self._ended = True
        self._failure = error


async def read_whole(body: Body, answer: Reading, spent: Callable[[TokenUsage], None]) -> Fragment:
    """Read a response that is one payload, and return all that it holds as one fragment.

    `spent` is told what it took, whatever it holds.
    """
    with transport_errors():
        payload = await _read(body, MAX_EVENT_BYTES)
    before = answer.usage
    try:
        fragments = answer.take(payload)
    finally:
        _count(before, answer.usage, spent)
    last = answer.end()
    if last is not None:
        fragments.append(last)
    return Fragment(
        "".join(fragment.text for fragment in fragments),
        tuple(call for fragment in fragments for call in fragment.calls),
        any(fragment.short for fragment in fragments),
    )


def _count(before: TokenUsage, now: TokenUsage, spent: Callable[[TokenUsage], None]) -> None:
    """Tell what came on top."""
    if now is not before and now != before:
        spent(
            TokenUsage(
                now.input_tokens - before.input_tokens, now.output_tokens - before.output_tokens
            )
        )


def checked_key(api_key: str) -> str:
    """Return `api_key`.

    Raises:
        ConfigurationError: it cannot be put into a header.
    """
    if not api_key.isascii() or not api_key.isprintable():
        msg = "the API key holds characters that no key has"
        raise ConfigurationError(msg)
    return api_key


def checked_url(base_url: str) -> httpx.URL:
    """Return `base_url` without a slash at its end.

    Raises:
        ConfigurationError: it is no URL of HTTP.
    """
    try:
        url = httpx.URL(base_url.rstrip("/"))
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in {"http", "https"} or not url.host:
        msg = "the base URL of the model is not a URL of http or https"
        raise ConfigurationError(msg)
    return url


async def _check(response: Response, verdict: Verdict) -> None:
    """Raise unless the response is an answer of the service's."""
    if response.status != HTTPStatus.OK:
        raise verdict(response.status, response.headers, await _read(response, _ERROR_BYTES))
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {"text/event-stream", "application/json"}:
        msg = "the answer is not the model's: neither events nor JSON"
        raise BrainUnavailable(msg)


async def _read(body: Body, most: int) -> bytes:
    """Read a body to its end, or to `most` bytes and what came with them."""
    read = bytearray()
    while len(read) < most and (piece := await body.receive_some()):
        read += piece
    return bytes(read)
