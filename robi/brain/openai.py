"""Any server that speaks OpenAI's protocol as a brain: Ollama, llama.cpp, vLLM, LM Studio.

Owns the URL, and what the server has refused lately: a question is put again at once without what
it could do without, and a person is told what it could not. Refusals are forgotten after a while,
since a server may be started anew with more, and one sound may be bad where another is not.
The connections are those of `robi.brain.wire`.
"""

from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Mapping,
    Sequence,
)
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Final, TypeVar

import httpx
import structlog
import trio

from robi.brain.base import BrainRequest, Fragment, Media
from robi.brain.failures import BrainRefused, ContextTooShort
from robi.brain.inline import check_size
from robi.brain.openai_errors import error_in, http_error, message_in, message_of, status_in
from robi.brain.openai_features import Feature, refused
from robi.brain.openai_reply import Answer
from robi.brain.openai_request import Hearing, body, check_media, features
from robi.brain.wire import Body, Fragments, Wire, checked_key, checked_url, read_whole
from robi.errors import BrainError

REMEMBERED_S: Final = 300.0
"""How long a server is not asked again for what it refused, in seconds."""

log = structlog.get_logger()

T = TypeVar("T")
Usable = frozenset[Feature]


class _FeatureRefused(BrainRefused):
    """The server took the question, but for one feature of it."""

    def __init__(self, details: str | None, feature: Feature) -> None:
        super().__init__(details)
        self.feature = feature


class OpenAIBrain:
    """A `Brain` over `/v1/chat/completions`.

    Args:
        base_url: `OPENAI_BASE_URL`, which most servers want to end in `/v1`; one without a path
            gets that.
        model: as the server calls it.
        api_key: for servers that want one.
        hearing: whether it is sent sound.
        client: to be used in place of connections of its own, and left open by `aclose`.

    Raises:
        ConfigurationError: the key or the URL cannot be put into a request.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        api_key: str | None = None,
        *,
        hearing: Hearing = "auto",
        client: httpx.AsyncClient | None = None,
    ) -> None:
        """Prepare; nothing is sent."""
        base = checked_url(base_url)
        root = f"{base}/v1" if base.path == "/" else str(base)
        self._model = model
        self._hearing = hearing
        headers = {"authorization": f"Bearer {checked_key(api_key)}"} if api_key else {}
        self._wire = Wire(headers, client, setting="OPENAI_BASE_URL")
        self._route = self._wire.to(f"{root.rstrip('/')}/chat/completions")
        self._refused_until: dict[Feature, float] = {}

    @property
    def model(self) -> str:
        """The model's name."""
        return self._model

    @asynccontextmanager
    async def stream(self, request: BrainRequest) -> AsyncGenerator[AsyncIterator[Fragment]]:
        """Ask; see `robi.brain.base.Brain.stream`.

        Raises:
            MediaNotTaken, MediaTooLarge: also, for what a person shows or says.
        """
        async with AsyncExitStack() as stack:
            yield await self._insist(request, partial(self._begin, stack, request), streamed=True)

    async def generate(self, request: BrainRequest) -> Fragment:
        """Ask for a whole answer at once; see `robi.brain.base.Brain.generate`."""
        return await self._insist(request, partial(self._whole, request), streamed=False)

    async def aclose(self) -> None:
        """Close the connections, unless they are those of a client that belongs to someone else."""
        await self._wire.aclose()

    async def _insist(
        self, request: BrainRequest, ask: Callable[[Usable], Awaitable[T]], *, streamed: bool
    ) -> T:
        """Ask with all that the server takes; each refusal is of one feature, and so the last."""
        check_size(request)
        wanted = features(request, streamed=streamed)
        while True:
            usable = wanted - self._refused()
            check_media(request, usable, self._hearing)
            try:
                return await ask(usable)
            except ContextTooShort as refusal:  # it opens no circuit, which would tell of it
                log.error("model_context_too_short", model=self._model, advice=refusal.advice)
                raise
            except _FeatureRefused as refusal:
                log.info("model_refuses_feature", feature=refusal.feature, details=refusal.details)
                self._refused_until[refusal.feature] = trio.current_time() + REMEMBERED_S

    async def _begin(
        self, stack: AsyncExitStack, request: BrainRequest, usable: Usable
    ) -> Fragments:
        """Ask for a stream, open until `stack` is left; return once its first fragment is there.

        Until then the server may refuse: LM Studio does so in an event of a response of status 200.
        """
        async with AsyncExitStack() as attempt:
            received = await attempt.enter_async_context(self._post(request, usable, streamed=True))
            answer = Answer.to(request, partial(_judge_event, usable, request.utterance.media))
            fragments = Fragments(received, answer, request.spent)
            await fragments.wait_ready()
            stack.push_async_exit(attempt.pop_all())
        return fragments

    async def _whole(self, request: BrainRequest, usable: Usable) -> Fragment:
        async with self._post(request, usable, streamed=False) as received:
            answer = Answer.to(request, partial(_judge_event, usable, request.utterance.media))
            return await read_whole(received, answer, request.spent)

    def _post(
        self, request: BrainRequest, usable: Usable, *, streamed: bool
    ) -> AbstractAsyncContextManager[Body]:
        question = body(request, self._model, usable, self._hearing, streamed=streamed)
        verdict = partial(_judge_response, usable, request.utterance.media)
        return self._route.post(question, verdict)

    def _refused(self) -> frozenset[Feature]:
        now = trio.current_time()
        return frozenset(name for name, until in self._refused_until.items() if now < until)


def _judge_response(
    usable: Usable,
    media: Sequence[Media],
    status: int,
    headers: Mapping[str, str],
    answer: bytes,
) -> BrainError:
    """Say what a response other than 200 means; a refused feature is known by the words."""
    error = http_error(status, headers, answer, media)
    return _of_feature(error, refused(status, message_in(answer), usable))


def _judge_event(usable: Usable, media: Sequence[Media], item: object) -> BrainError | None:
    """Say the same of an object in a response of status 200, None for an ordinary one."""
    error = error_in(item, media)
    if error is None:
        return None
    return _of_feature(error, refused(status_in(item), message_of(item), usable))


def _of_feature(error: BrainError, feature: Feature | None) -> BrainError:
    """Return `error` as the refusal of a feature; that of length may name any in passing."""
    if feature is None or isinstance(error, ContextTooShort):
        return error
    return _FeatureRefused(error.details, feature)
