"""The two forms of an answer to a reader: whole, as JSON, or as events while it is thought.

Owns what is sent. A whole answer that failed has the status of its error; events have begun by
then, so that there it is one more of them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import orjson
import structlog
import trio
from attrs import frozen
from starlette.requests import Request
from starlette.responses import Response

from robi.actors.turn import report
from robi.errors import Language, RobiError, StreamInterrupted
from robi.protocol.codec import encode
from robi.protocol.dialects import Dialect
from robi.web.api.bodies import JSON
from robi.web.api.kinds import moment
from robi.web.api.table import RETRY_AFTER_S, SESSION_ID, WAITING, Operation
from robi.web.api.types import NewQuestion
from robi.web.asgi import Send
from robi.web.chat import events
from robi.web.chat.attending import Attention, Told

log = structlog.get_logger()

KEEP_ALIVE_S = 15.0
"""After so many seconds of silence a stream says that it lives."""

HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
_EVENT_HEADERS = {
    **HEADERS,
    "content-type": events.MEDIA_TYPE,
    "x-accel-buffering": "no",  # nginx would hold words back
}


@frozen
class Answers:
    """How answers to one operation are sent."""

    _operation: Operation[NewQuestion]
    _wall_clock: Callable[[], float]
    _language: Language

    async def whole(self, attention: Attention, request: Request, send: Send) -> None:
        """Send the answer when it is whole, or the error that it ended with."""
        words: list[str] = []
        meta: Mapping[str, Any] = {}
        last: Told | None = None
        try:
            while last is None:
                for told in await attention.told():
                    if told.kind == "text_chunk":
                        words.append(told.fields["text"])
                    elif told.kind == "response_meta":
                        meta = told.fields
                    elif told.is_last:
                        last = told
            if last.fields.get("interrupted"):
                raise StreamInterrupted("the answer was cut")
        except StreamInterrupted as error:
            fields, status = self._told_of(error, request.state.request_id), error.http_status
        else:
            if last.kind == "error":
                status = self._operation.status_of(_BY_CODE[last.fields["error_code"]])
                fields = {**last.fields, "request_id": request.state.request_id}
                del fields["seq"], fields["session_id"]
            else:
                status, fields = self._operation.status, self._reply(attention, words, meta)
        headers = {**HEADERS, SESSION_ID: attention.session_id}
        if (retry_after := _retry_after(fields, status)) is not None:
            headers["retry-after"] = str(retry_after)
        response = Response(orjson.dumps(fields), status, headers, JSON)
        await response(request.scope, request.receive, send)

    def _reply(
        self, attention: Attention, words: Sequence[str], meta: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return a `Reply`, of parts that are JSON already."""
        reply = {
            "response": "".join(words),
            "session_id": attention.session_id,
            "timestamp": moment(self._wall_clock()),
            "citations": meta.get("citations", []),
        }
        return {**reply, "declined": True} if meta.get("declined") else reply

    async def as_events(self, attention: Attention, _request: Request, send: Send) -> None:
        """Send what comes as it comes."""
        headers = {**_EVENT_HEADERS, SESSION_ID: attention.session_id}
        start = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await send(
            {"type": "http.response.start", "status": self._operation.status, "headers": start}
        )
        place = attention.place
        piece, more = events.opening(None if attention.resumed else place.beginning), True
        while more:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            piece, more = await self._next_piece(attention)
        await send({"type": "http.response.body", "body": piece, "more_body": False})

    async def _next_piece(self, attention: Attention) -> tuple[bytes, bool]:
        """Return the next of the stream, and whether there will be more."""
        with trio.move_on_after(KEEP_ALIVE_S) as silence:
            try:
                told = await attention.told()
            except StreamInterrupted as error:
                fields = self._told_of(error, attention.place.request_id)
                fields["session_id"] = attention.session_id
                return events.event("error", fields), False
        if silence.cancelled_caught:
            return events.COMMENT, True
        piece = b"".join(events.event(each.kind, each.fields, each.place) for each in told)
        return piece, not any(each.is_last for each in told)

    def _told_of(self, error: RobiError, request_id: str) -> dict[str, Any]:
        log.warning("answer_cut", error_code=error.error_code, details=error.details)
        fields: dict[str, Any] = orjson.loads(
            encode(report(error, self._language, request_id), Dialect.USER, None)
        )
        return fields


def _kinds(kind: type[RobiError]) -> Iterator[type[RobiError]]:
    """Yield every error below `kind` that has a code of its own."""
    for below in kind.__subclasses__():
        if "error_code" in vars(below):
            yield below
        yield from _kinds(below)


_BY_CODE = {kind.error_code: kind for kind in _kinds(RobiError)}


def _retry_after(fields: Mapping[str, Any], status: int) -> int | None:
    given: int | None = fields.get("retry_after")
    return RETRY_AFTER_S if given is None and status in WAITING else given
