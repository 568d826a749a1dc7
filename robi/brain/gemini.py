"""Gemini as a brain: one HTTP client on trio, a streamed call for each question.

Owns the connections to the model. A call lives inside `async with`: however that block is left,
the connection is closed, or given back if the answer was complete, before the block is left.
Deadlines, retries and the limit on calls at once belong to `robi.brain.gate`; the only time limit
here is that on connecting.
"""

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

import httpx
import trio

from robi.brain.base import BrainRequest, Fragment, Said, Scene
from robi.brain.gemini_reply import Answer, http_error
from robi.brain.sse import MAX_EVENT_BYTES, SseOverflow, SseParser
from robi.errors import BrainError, BrainUnavailable, ConfigurationError

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


class GeminiBrain:
    """A `Brain` over Gemini's REST API.

    Args:
        api_key: goes into a header, never into a URL.
        base_url: without the version: `GOOGLE_GEMINI_BASE_URL`.
        model: such as `gemini-flash-lite-latest`, with or without `models/` before it.
        client: to be used in place of a client of its own, and left open by `aclose`.

    Raises:
        ConfigurationError: the key or the URL cannot be put into a request.
    """

    def __init__(
        self, api_key: str, base_url: str, model: str, *, client: httpx.AsyncClient | None = None
    ) -> None:
        """Make the client; nothing is sent."""
        # 0.85 s of CPU, which only a server that has a model should spend.
        from robi.brain import gemini_request  # noqa: PLC0415

        self._body = gemini_request.body
        self._model = model.removeprefix("models/")
        if not api_key.isascii() or not api_key.isprintable():
            msg = "the API key holds characters that no key has"
            raise ConfigurationError(msg)
        base = _url(base_url)
        self._url = f"{base}/v1beta/models/{quote(self._model, safe='')}"
        self._headers = {
            "x-goog-api-key": api_key,
            "content-type": "application/json",
            "accept-encoding": "identity",  # a compressed stream may be held back to fill a block
        }
        self._own_client = client is None
        self._client = client or httpx.AsyncClient(timeout=_TIMEOUT, limits=_LIMITS)
        self._warm_up()

    @property
    def model(self) -> str:
        """The model's name, without `models/`."""
        return self._model

    @asynccontextmanager
    async def stream(self, request: BrainRequest) -> AsyncGenerator[AsyncIterator[Fragment]]:
        """Ask; see `robi.brain.base.Brain.stream`."""
        async with self._ask("streamGenerateContent?alt=sse", request) as chunks:
            yield _Fragments(chunks)

    async def generate(self, request: BrainRequest) -> Fragment:
        """Ask for a whole answer at once; see `robi.brain.base.Brain.generate`."""
        async with self._ask("generateContent", request) as chunks:
            with _transport_errors():
                payload = await _read(chunks, MAX_EVENT_BYTES)
        answer = Answer()
        fragments = answer.take(payload)
        last = answer.end()
        text = "".join(fragment.text for fragment in fragments)
        return Fragment(text, last.usage if last else fragments[-1].usage)

    async def aclose(self) -> None:
        """Close the client's connections, unless the client belongs to someone else."""
        if self._own_client:
            await self._client.aclose()

    @asynccontextmanager
    async def _ask(self, call: str, request: BrainRequest) -> AsyncGenerator[AsyncIterator[bytes]]:
        """Send the question; give the bytes of an answer of status 200 as they come."""
        body = self._body(request, self._model)
        post = self._client.build_request(
            "POST",
            f"{self._url}:{call}",
            content=body,
            headers=self._headers,
            timeout=_TIMEOUT,
        )
        post.stream = _Body(body)
        with _transport_errors():
            response = await self._client.send(post, stream=True)
        async with aclosing(response):
            chunks = response.aiter_bytes()
            try:
                with _transport_errors():
                    await _check(response, chunks)
                yield chunks
            finally:
                await _unwind(chunks)

    def _warm_up(self) -> None:
        """Build one request, so that pydantic's first and slow time is now (findings.md)."""
        scene = Scene(language="es", robot_name="")
        said = Said("person", "hola")
        self._body(BrainRequest("", (), said, scene, 1, 0.0), self._model)


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


class _Fragments:
    """The fragments of one response.

    A class and not an async generator: a generator that is left halfway is finished by the garbage
    collector, at a time of its own. Fragments that came in one packet are given out without a
    checkpoint between them.
    """

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks
        self._parser = SseParser()
        self._answer = Answer()
        self._ready: deque[Fragment] = deque()
        self._failure: BrainError | None = None  # to be raised once all before it was given out
        self._ended = False

    def __aiter__(self) -> "_Fragments":
        return self

    async def __anext__(self) -> Fragment:
        while not self._ready:
            if self._failure is not None:
                failure, self._failure = self._failure, None
                raise failure
            if self._ended:
                raise StopAsyncIteration
            with _transport_errors():
                data = await anext(self._chunks, None)
            self._take(data)
        return self._ready.popleft()

    def _take(self, data: bytes | None) -> None:
        try:
            self._ended = data is None
            payloads = self._parser.close() if data is None else self._parser.feed(data)
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


def _url(base_url: str) -> str:
    """Return `base_url` without a slash at its end."""
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in {"http", "https"} or not url.host:
        msg = "the base URL of the model is not a URL of http or https"
        raise ConfigurationError(msg)
    return base_url.rstrip("/")


@contextmanager
def _transport_errors() -> Iterator[None]:
    """Turn what httpx raises into ours. Its text may hold a URL: only its kind is told."""
    try:
        yield
    except httpx.HTTPError as error:
        raise BrainUnavailable(type(error).__name__) from error


async def _check(response: httpx.Response, chunks: AsyncIterator[bytes]) -> None:
    """Raise unless the response is an answer of Gemini's."""
    if response.status_code != HTTPStatus.OK:
        body = await _read(chunks, _ERROR_BYTES)
        raise http_error(response.status_code, response.headers, body)
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {"text/event-stream", "application/json"}:
        msg = "the answer is not Gemini's: neither events nor JSON"
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
