"""The way to a model's service: one HTTP client on trio, a streamed call for each question.

Owns the connections. A call lives inside `async with`: however that block is left, the connection
is closed, or given back if the answer was complete, before the block is left. What is asked and
how an answer reads is for whoever holds the wire. Deadlines, retries and the limit on calls at once
belong to `robi.brain.gate`; the only time limit here is that on connecting.
"""

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager
from http import HTTPStatus
from typing import Final, Protocol

import httpx
import trio

from robi.brain.base import Fragment
from robi.brain.reach import NOT_BY_PROXY, connecting, transport_errors
from robi.brain.sse import MAX_EVENT_BYTES, SseOverflow, SseParser
from robi.errors import BrainError, BrainUnavailable, ConfigurationError
from robi.protocol.messages import TokenUsage

_CONNECT_S: Final = 5.0
_ERROR_BYTES: Final = 64 * 1024
_TIMEOUT: Final = httpx.Timeout(None, connect=_CONNECT_S)
_LIMITS: Final = httpx.Limits(
    # The gate limits the calls at once; httpx's own 100 would be a second, silent queue. It scans
    # the idle connections at every call (findings.md): few are kept.
    max_connections=None,
    max_keepalive_connections=32,
    keepalive_expiry=60.0,
)

Verdict = Callable[[int, Mapping[str, str], bytes], BrainError]
"""What a response of another status than 200 means: status, headers, the beginning of the body."""


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
    """Calls to one service.

    Args:
        headers: of each call, such as the key.
        client: to be used in place of a client of its own, and left open by `aclose`.
        setting: the name of the one that says where the service is, for advice.
    """

    def __init__(
        self, headers: Mapping[str, str], client: httpx.AsyncClient | None = None, *, setting: str
    ) -> None:
        """Make the client; nothing is sent."""
        self._setting = setting
        self._headers = {
            **headers,
            "content-type": "application/json",
            "accept-encoding": "identity",  # a compressed stream may be held back to fill a block
        }
        self._own_client = client is None
        self._client = client or httpx.AsyncClient(
            timeout=_TIMEOUT, limits=_LIMITS, mounts=NOT_BY_PROXY
        )

    @asynccontextmanager
    async def post(
        self, url: str, body: bytes, verdict: Verdict
    ) -> AsyncGenerator[AsyncIterator[bytes]]:
        """Send a question; give the bytes of an answer of status 200 as they come.

        Raises:
            BrainError: by `verdict`; BrainUnavailable where the service cannot be reached, or what
                answers is not it.
        """
        post = self._client.build_request(
            "POST", url, content=body, headers=self._headers, timeout=_TIMEOUT
        )
        post.stream = _Body(body)
        with transport_errors(), connecting(post.url, self._setting):
            response = await self._client.send(post, stream=True)
        async with aclosing(response):
            chunks = response.aiter_bytes()
            try:
                with transport_errors():
                    await _check(response, chunks, verdict)
                yield chunks
            finally:
                await _unwind(chunks)

    async def aclose(self) -> None:
        """Close the client's connections, unless the client belongs to someone else."""
        if self._own_client:
            await self._client.aclose()


class Fragments:
    """The fragments of one response.

    A class and not an async generator: a generator that is left halfway is finished by the garbage
    collector, at a time of its own. Fragments that came in one packet are given out without a
    checkpoint between them.
    """

    def __init__(
        self, chunks: AsyncIterator[bytes], answer: Reading, spent: Callable[[TokenUsage], None]
    ) -> None:
        """Read `chunks` as events whose payloads are `answer`; `spent` is told what it takes."""
        self._chunks = chunks
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

    async def wait_ready(self) -> None:
        """Wait until there is a fragment to give out, or the end.

        Raises:
            BrainError: what comes instead.
        """
        while not self._ready and not self._ended:
            with transport_errors():
                data = await anext(self._chunks, None)
            self._take(data)
        if not self._ready and self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def _take(self, data: bytes | None) -> None:
        try:
            self._ended = data is None
            payloads = self._parser.close() if data is None else self._parser.feed(data)
            with _counted(self._answer, self._spent):
                for payload in payloads:
                    self._ready.extend(self._answer.take(payload))
            last = self._answer.end() if self._ended else None
            if last is not None:
                self._ready.append(last)
        except SseOverflow as error:
            self._fail(BrainUnavailable(str(error)))
        except BrainError as error:
            self._fail(error)

    def _fail(self, error: BrainError) -> None:
        self._ended = True
        self._failure = error


async def read_whole(
    chunks: AsyncIterator[bytes], answer: Reading, spent: Callable[[TokenUsage], None]
) -> Fragment:
    """Read a response that is one payload, and return all that it holds as one fragment.

    `spent` is told what it took, whatever it holds.
    """
    with transport_errors():
        payload = await _read(chunks, MAX_EVENT_BYTES)
    with _counted(answer, spent):
        fragments = answer.take(payload)
    last = answer.end()
    if last is not None:
        fragments.append(last)
    return Fragment(
        "".join(fragment.text for fragment in fragments),
        tuple(call for fragment in fragments for call in fragment.calls),
        any(fragment.short for fragment in fragments),
    )


@contextmanager
def _counted(answer: Reading, spent: Callable[[TokenUsage], None]) -> Iterator[None]:
    """Tell what comes on top of what `answer` had taken, also if it turns out to be none."""
    before = answer.usage
    try:
        yield
    finally:
        now = answer.usage
        if now != before:
            spent(
                TokenUsage(
                    now.input_tokens - before.input_tokens,
                    now.output_tokens - before.output_tokens,
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


class _Body(httpx.AsyncByteStream):
    """A request's body in one piece: httpx's own is an async generator, left if a send fails."""

    def __init__(self, body: bytes) -> None:
        self._rest: bytes | None = body

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if self._rest is None:
            raise StopAsyncIteration
        rest, self._rest = self._rest, None
        return rest


async def _check(response: httpx.Response, chunks: AsyncIterator[bytes], verdict: Verdict) -> None:
    """Raise unless the response is an answer of the service's."""
    if response.status_code != HTTPStatus.OK:
        body = await _read(chunks, _ERROR_BYTES)
        raise verdict(response.status_code, response.headers, body)
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {"text/event-stream", "application/json"}:
        msg = "the answer is not the model's: neither events nor JSON"
        raise BrainUnavailable(msg)


async def _read(chunks: AsyncIterator[bytes], most: int) -> bytes:
    """Read a body to its end, or to `most` bytes and what came with them."""
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) >= most:
            break
    return bytes(body)


async def _unwind(chunks: AsyncIterator[bytes]) -> None:
    """Finish httpx's reading of a body that may have been left halfway.

    `aiter_bytes` is the outermost of seven nested async generators, of which `aclose` finishes only
    the first: the rest would be left to the garbage collector, each with a ResourceWarning. A read
    that is cancelled runs through all of them instead, and closes the connection on its way; a body
    that lies complete in the buffers is read to its end, and the connection can be used again.
    """
    with trio.CancelScope() as scope:
        scope.cancel()
        try:
            async for _ in chunks:
                pass
        except httpx.HTTPError:
            return  # The connection broke, which is what was wanted.
