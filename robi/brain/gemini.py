"""Gemini as a brain: what is asked and how it answers, over the shared wire.

Owns the URLs and headers of Gemini's REST API. The connections are those of `robi.brain.wire`.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from urllib.parse import quote

import httpx

from robi.brain.base import BrainRequest, Fragment
from robi.brain.gemini_reply import Answer, http_error
from robi.brain.gemini_request import body
from robi.brain.inline import check_size
from robi.brain.wire import Body, Fragments, Route, Wire, checked_key, checked_url, read_whole


class GeminiBrain:
    """A `Brain` over Gemini's REST API.

    Args:
        api_key: goes into a header, never into a URL.
        base_url: without the version: `GOOGLE_GEMINI_BASE_URL`.
        model: such as `gemini-flash-lite-latest`, with or without `models/` before it.
        client: to be used in place of connections of its own, and left open by `aclose`.

    Raises:
        ConfigurationError: the key or the URL cannot be put into a request.
    """

    def __init__(
        self, api_key: str, base_url: str, model: str, *, client: httpx.AsyncClient | None = None
    ) -> None:
        """Prepare; nothing is sent."""
        self._model = model.removeprefix("models/")
        url = f"{checked_url(base_url)}/v1beta/models/{quote(self._model, safe='')}"
        self._wire = Wire(
            {"x-goog-api-key": checked_key(api_key)}, client, setting="GOOGLE_GEMINI_BASE_URL"
        )
        self._stream = self._wire.to(f"{url}:streamGenerateContent?alt=sse")
        self._generate = self._wire.to(f"{url}:generateContent")

    @property
    def model(self) -> str:
        """The model's name, without `models/`."""
        return self._model

    @asynccontextmanager
    async def stream(self, request: BrainRequest) -> AsyncGenerator[AsyncIterator[Fragment]]:
        """Ask; see `robi.brain.base.Brain.stream`."""
        async with self._ask(self._stream, request) as answer:
            yield Fragments(answer, Answer.to(request), request.spent)

    async def generate(self, request: BrainRequest) -> Fragment:
        """Ask for a whole answer at once; see `robi.brain.base.Brain.generate`."""
        async with self._ask(self._generate, request) as answer:
            return await read_whole(answer, Answer.to(request), request.spent)

    async def aclose(self) -> None:
        """Close the connections, unless they are those of a client that belongs to someone else."""
        await self._wire.aclose()

    def _ask(self, route: Route, request: BrainRequest) -> AbstractAsyncContextManager[Body]:
        check_size(request)
        verdict = partial(http_error, media=request.utterance.media)
        return route.post(body(request, self._model), verdict)
