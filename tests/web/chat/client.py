"""A reader that speaks HTTP by hand, over any stream, so that it can leave at any byte."""

import json
from collections.abc import Mapping
from typing import Any

import h11
import trio
from attrs import define, field

from tests.web.chat.sse import Event, EventReader

SSE = "text/event-stream"
FREE = "reader-of-any-page"
"""A key of a reader that is bound to no page."""


@define(eq=False)
class Answer:
    """The head of an answer, and its body as it comes."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    complete: bool = False

    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@define(eq=False)
class Client:
    """One connection, by hand."""

    stream: trio.abc.HalfCloseableStream
    _h11: h11.Connection = field(factory=lambda: h11.Connection(h11.CLIENT))
    reader: EventReader = field(factory=EventReader)
    answer: Answer | None = None

    async def send(self, raw: bytes) -> None:
        await self.stream.send_all(raw)

    async def ask(
        self, body: object = None, key: str | None = FREE, *, path: str = "/chat", **headers: str
    ) -> None:
        """Send a question."""
        await self.send(self.request(body, key, path=path, **headers))

    def request(
        self,
        body: object = None,
        key: str | None = FREE,
        *,
        path: str = "/chat",
        method: str = "POST",
        **headers: str,
    ) -> bytes:
        """Return the bytes of a request; `_` in the name of a header stands for `-`."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        data = body if isinstance(body, bytes) else json.dumps(body or {"message": "Hi?"}).encode()
        if key is not None:
            told["x-api-key"] = key
        fields = {"host": "robi.test", "content-length": str(len(data)), **told}
        event = h11.Request(method=method, target=path, headers=list(fields.items()))
        return (
            (self._h11.send(event) or b"")
            + (self._h11.send(h11.Data(data)) or b"")
            + (self._h11.send(h11.EndOfMessage()) or b"")
        )

    async def head(self) -> Answer:
        """Wait for the head of the answer."""
        while self.answer is None:
            event = await self._event()
            assert isinstance(event, h11.Response), event
            headers = {name.decode(): value.decode() for name, value in event.headers}
            self.answer = Answer(event.status_code, headers)
        return self.answer

    async def _event(self) -> h11.Event:
        while (event := self._h11.next_event()) is h11.NEED_DATA:
            self._h11.receive_data(bytes(await self.stream.receive_some()))
        assert isinstance(event, h11.Event), event
        return event

    async def piece(self) -> bytes | None:
        """Return the next of the body, None at its end."""
        answer = await self.head()
        event = await self._event()
        if isinstance(event, h11.EndOfMessage):
            answer.complete = True
            return None
        assert isinstance(event, h11.Data), event
        answer.body += bytes(event.data)
        return bytes(event.data)

    async def whole(self) -> Answer:
        """Wait for the whole answer, and be ready for the next."""
        answer = await self.head()
        while await self.piece() is not None:
            pass
        self.answer = None
        if self._h11.our_state is h11.DONE and self._h11.their_state is h11.DONE:
            self._h11.start_next_cycle()
        return answer

    async def opened(self) -> None:
        """Wait for what a stream begins with; no event is in it."""
        assert self.reader.feed(await self.piece() or b"") == []

    async def events(self, most: int = 1_000) -> list[Event]:
        """Return the next events, to the end of the stream or as many."""
        found: list[Event] = []
        while len(found) < most:
            piece = await self.piece()
            if piece is None:
                self.reader.end()
                break
            found += self.reader.feed(piece)
        return found
