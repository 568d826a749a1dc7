"""From a request of a reader to the answer, whole or as events.

Owns the order in which a question is looked at, and what becomes of its answer when the client
leaves: a whole one is cut at once, for nobody can fetch it; events go on for the moment in which
they can be taken up again (`robi.actors.reader`). What is sent is `answers`'.
"""

from collections.abc import (
    AsyncGenerator,
    Awaitable,
    Callable,
    Collection,
)
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial

import structlog
import trio
from attrs import define, field, frozen
from starlette.requests import Request
from starlette.responses import Response

from robi.actors.keyring import Pass
from robi.actors.turn import About, Utterance
from robi.errors import InvalidRequestFormat, Language
from robi.web.api.bodies import media_type_of, read_body
from robi.web.api.decoding import taken
from robi.web.api.table import LAST_EVENT_ID, Operation
from robi.web.api.types import NewQuestion
from robi.web.asgi import Receive, Scope, Send
from robi.web.chat import events
from robi.web.chat.answers import HEADERS, Answers
from robi.web.chat.attending import Attends, Attention, put_question, taking_up
from robi.web.chat.door import OURS, ReaderDoor
from robi.web.chat.places import Place, Places
from robi.web.request_ids import new_request_id

log = structlog.get_logger()

NO_CONTENT = 204


@frozen
class ChatPorts:
    """Whom the chat asks.

    Args:
        reception: finds or makes sessions.
        door: says who may.
        wall_clock: gives Unix seconds.
        language: of the words in errors.
    """

    reception: Attends
    door: ReaderDoor
    wall_clock: Callable[[], float]
    language: Language = "es"


@frozen
class _Asked:
    """A request that was let in and read."""

    question: NewQuestion
    shown: Pass
    streams: bool
    goes_on: tuple[Place, int] | None
    """The stream that goes on, and after which message."""


@define(eq=False)
class Chat:
    """Answers readers; an application of ASGI for each operation."""

    _ports: ChatPorts
    _places: Places = field(factory=Places, init=False)

    @property
    def origins(self) -> Callable[[], Collection[str]]:
        """Pages from elsewhere whose browsers may ask."""
        return self._ports.door.rules.origins

    def at(self, operation: Operation[NewQuestion]) -> "Asking":
        """Return what answers at the path of `operation`."""
        return Asking(operation, self._ports, self._places)


@frozen(eq=False)
class Asking:
    """One operation; see `Chat`."""

    _operation: Operation[NewQuestion]
    _ports: ChatPorts
    _places: Places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; what is wrong before the answer begins is raised."""
        request = Request(scope, receive, send)
        request.state.route = self._operation.path
        request.state.operation = self._operation
        asked = await self._read(request)
        async with self._attend(asked, request) as attention:
            if attention is None:
                await Response(status_code=NO_CONTENT, headers=HEADERS)(scope, receive, send)
                return
            ports = self._ports
            answers = Answers(self._operation, ports.wall_clock, ports.language)
            answer = answers.as_events if asked.streams else answers.whole
            work = partial(answer, attention, request, send)
            # For this request alone: the next of the connection may be somebody else's.
            with structlog.contextvars.bound_contextvars(session_id=attention.session_id):
                attention.gone = await _left_while(work, receive)

    # ── the question ──────────────────────────────────────────────────────────────────────

    async def _read(self, request: Request) -> _Asked:
        shown = self._ports.door.let_in(request)
        headers = request.headers
        streams = events.wants_events(",".join(headers.getlist("accept")))
        media_type = media_type_of(self._operation, headers.get("content-type"))
        body = await read_body(request, self._operation.body_bytes)
        question = taken(self._operation, {}, "", body, media_type)
        event_id = headers.get(LAST_EVENT_ID)
        if event_id is None:
            return _Asked(question, shown, streams, None)
        if not streams:
            details = f"{LAST_EVENT_ID}: of {events.MEDIA_TYPE} only"
            raise InvalidRequestFormat(details)
        place, last_seq = self._places.find(event_id)
        if question.session_id not in {None, place.session_id}:
            details = f"session_id: not that of {LAST_EVENT_ID}"
            raise InvalidRequestFormat(details)
        return _Asked(question, shown, streams, (place, last_seq))

    def _attend(
        self, asked: _Asked, request: Request
    ) -> AbstractAsyncContextManager[Attention | None]:
        if asked.goes_on is None:
            return self._put(asked, request)
        return self._take_up(*asked.goes_on)

    @asynccontextmanager
    async def _put(self, asked: _Asked, request: Request) -> AsyncGenerator[Attention]:
        door, reception = self._ports.door, self._ports.reception
        question, shown = asked.question, asked.shown
        door.check_budget(shown)
        counted = door.count(question.session_id, request.state.address)
        async with AsyncExitStack() as stack:
            try:
                if question.text_id is not None:
                    await reception.check_text(question.text_id)
                attended = await reception.attend(question.session_id)
                attention = await stack.enter_async_context(
                    put_question(
                        attended,
                        self._places,
                        _utterance(question, request.state.request_id),
                        payer_of(shown),
                        leaves_for_good=not asked.streams,
                    )
                )
            except OURS:
                door.take_back(counted)
                raise
            door.counted_for(attended.session_id, counted)
            yield attention

    @asynccontextmanager
    async def _take_up(self, place: Place, last_seq: int) -> AsyncGenerator[Attention | None]:
        if place.is_over(last_seq):
            yield None
            return
        attended = await self._ports.reception.attend(place.session_id, last_seq)
        async with taking_up(attended, place) as attention:
            yield attention


def _utterance(question: NewQuestion, request_id: str) -> Utterance:
    """Return what a session is asked; its id is its own, whoever sends the ids of requests."""
    about = About(question.selected_text, question.text_id)
    unique = f"{request_id}.{new_request_id()}"
    return Utterance(unique, "text", question.message, about=about)


def payer_of(shown: Pass) -> str:
    """Return on whose count it goes what the model takes for whoever showed that."""
    return f"reader:{shown.key_id}" if shown.role == "reader" and shown.key_id else ""


async def _left_while(work: Callable[[], Awaitable[None]], receive: Receive) -> bool:
    """Work until it is done or the client leaves; return whether that came first."""
    left = done = False
    trouble: Exception | None = None
    async with trio.open_nursery() as nursery:

        async def watch() -> None:
            nonlocal left
            while (await receive())["type"] != "http.disconnect":
                pass
            left = True
            nursery.cancel_scope.cancel()

        nursery.start_soon(watch)
        try:
            await work()
            done = True
        except OSError:  # what ASGI says of a client that takes nothing more
            left = True
        except Exception as error:  # noqa: BLE001 - raised as it is, and not in a group
            trouble = error
        nursery.cancel_scope.cancel()
    if trouble is not None:
        raise trouble
    return left and not done  # some hang up as soon as they have it all
