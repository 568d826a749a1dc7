"""Questions over an httpx client: through a proxy, or over a client of someone else.

Owns how httpx's reading of a body that is left halfway is finished. Where nothing stands between,
questions go over connections of our own (`robi.brain.direct`), at a fraction of the cost.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Final

import httpx
import trio

from robi.brain.connection import CONNECT_S
from robi.brain.reach import NOT_BY_PROXY

_TIMEOUT: Final = httpx.Timeout(None, connect=CONNECT_S)
_LIMITS: Final = httpx.Limits(
    # The gate limits the calls at once; httpx's own 100 would be a second, silent queue. It scans
    # the idle connections at every call (findings.md): few are kept.
    max_connections=None,
    max_keepalive_connections=32,
    keepalive_expiry=60.0,
)


def make_client() -> httpx.AsyncClient:
    """Return a client that goes by the proxies of the environment."""
    return httpx.AsyncClient(timeout=_TIMEOUT, limits=_LIMITS, mounts=NOT_BY_PROXY)


async def ask_by_httpx(
    client: httpx.AsyncClient, url: httpx.URL, headers: Mapping[str, str], body: bytes
) -> "HttpxResponse":
    """Put a question; return its answer once its head is there, to be closed by the caller.

    Raises:
        httpx.HTTPError: it cannot be put, or what comes is no answer.
    """
    post = client.build_request("POST", url, content=body, headers=headers, timeout=_TIMEOUT)
    post.stream = _Body(body)
    return HttpxResponse(await client.send(post, stream=True))


class HttpxResponse:
    """One answer."""

    def __init__(self, response: httpx.Response) -> None:
        """Own `response` from now on."""
        self._response = response
        self._chunks: AsyncIterator[bytes] = response.aiter_bytes()

    @property
    def status(self) -> int:
        """The status."""
        return self._response.status_code

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, by their names."""
        return self._response.headers

    async def receive_some(self) -> bytes:
        """Return the next bytes of the body, nothing once it has ended.

        Raises:
            httpx.HTTPError: it breaks off, or cannot be read.
        """
        async for chunk in self._chunks:
            if chunk:
                return chunk
        return b""

    @property
    def ended(self) -> bool:
        """Never known before it is read."""
        return False

    async def aclose(self) -> None:
        """Give the connection back, or close it if the answer is not complete.

        `aiter_bytes` is the outermost of seven nested async generators, of which `aclose` finishes
        only the first: the rest would be left to the garbage collector, each with a
        ResourceWarning. A read that is cancelled runs through all of them instead, and closes the
        connection on its way; a body that lies complete in the buffers is read to its end, and the
        connection can be used again.
        """
        try:
            with trio.CancelScope() as scope:
                scope.cancel()
                async for _ in self._chunks:
                    pass
        except httpx.HTTPError:
            pass  # the connection broke, which is what was wanted
        finally:
            await self._response.aclose()


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
