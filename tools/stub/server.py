"""A stub of a model as a server: HTTP by h11 on any trio stream, and a memory of what it was sent.

Owns the connections and the two records: `requests`, what each question held (media as size and
hash), and `calls`, when each was opened and how and when it ended. While it answers it reads on, so
that it knows the moment in which a client goes: that is how a test proves that a cancelled turn
closes its call.
"""

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from random import Random
from typing import Final, Literal
from urllib.parse import parse_qs, urlsplit

import attrs
import h11
import orjson
import trio

from tools.stub.dialect import PAGE, Dialect, Question, RefusedError, retry_header
from tools.stub.http import Connection
from tools.stub.script import Reply, Script, cut
from tools.stub.smallest import JsonObject

_OK: Final = 200


@attrs.define
class Call:
    """One question: `opened_s` and `closed_s` on the machine's monotonic clock, in seconds."""

    number: int
    model: str
    opened_s: float
    closed_s: float | None = None
    ending: Literal["open", "finished", "closed_by_client", "broken"] = "open"
    chunks_sent: int = 0
    _closed: trio.Event = attrs.field(factory=trio.Event, init=False, repr=False)

    async def wait_closed(self) -> None:
        """Wait until it has ended."""
        await self._closed.wait()

    def to_json(self) -> JsonObject:
        """Return what is told at `/__connections`."""
        return attrs.asdict(self, filter=lambda field, _: not field.name.startswith("_"))

    def close(self, ending: Literal["finished", "closed_by_client", "broken"]) -> None:
        """Note how it ended; the first to say so is right."""
        if self.ending == "open":
            self.ending = ending
            self.closed_s = time.monotonic()
            self._closed.set()


class Stub:
    """A server that answers in a `dialect`, by `script`.

    `record`: a file to which each request is added as a line of JSON.
    """

    def __init__(
        self, dialect: Dialect, script: Script | None = None, *, record: Path | None = None
    ) -> None:
        self.script = script or Script()
        self.requests: list[JsonObject] = []
        self.calls: list[Call] = []
        self._dialect = dialect
        self._record = record

    async def serve(self, nursery: trio.Nursery, *, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listen in `nursery`; return the URL. Cancelling the nursery ends it."""
        listeners = await trio.open_tcp_listeners(port, host=host)
        nursery.start_soon(trio.serve_listeners, self.handle, listeners)
        address = listeners[0].socket.getsockname()
        return f"http://{host}:{address[1]}"

    async def handle(self, stream: trio.abc.Stream) -> None:
        """Serve one connection to its end."""
        async with aclosing(Connection(stream)) as connection:
            try:
                while (request := await connection.next_request()) is not None:
                    await self._answer(connection, *request)
                    if not connection.next_cycle():
                        return
            except (h11.ProtocolError, trio.BrokenResourceError, trio.ClosedResourceError):
                return

    async def _answer(self, connection: Connection, request: h11.Request, body: bytes) -> None:
        url = urlsplit(request.target.decode("ascii"))
        if request.method == b"GET":
            status, answer = self._tell(url.path)
            await connection.send_json(status, answer)
            return
        try:
            question = self._dialect.read(request, url.path, parse_qs(url.query), body)
        except RefusedError as refused:
            error = self._dialect.error(refused.status, Reply())
            await connection.send_json(refused.status, error)
            return
        self._note(question)
        reply = self.script.choose(question.words, question.schema)
        call = Call(len(self.requests), question.model, time.monotonic())
        self.calls.append(call)
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(_watch, connection, call, nursery.cancel_scope)
                await self._reply(connection, call, question, reply)
                nursery.cancel_scope.cancel()
        finally:
            call.close("closed_by_client")
        if call.ending != "finished":
            raise trio.BrokenResourceError

    def _tell(self, path: str) -> tuple[int, object]:
        match path.strip("/").split("/"):
            case ["__requests"]:
                return _OK, self.requests
            case ["__connections"]:
                calls = [call.to_json() for call in self.calls]
                still_open = sum(call.ending == "open" for call in self.calls)
                return _OK, {"now_s": time.monotonic(), "open": still_open, "calls": calls}
        told = self._dialect.tell(path)
        return (404, self._dialect.error(404, Reply())) if told is None else (_OK, told)

    def _note(self, question: Question) -> None:
        """Remember what was asked."""
        entry: JsonObject = {
            "number": len(self.requests) + 1,
            "at_s": time.monotonic(),
            **question.record,
        }
        self.requests.append(entry)
        if self._record is not None:
            with self._record.open("ab") as file:
                file.write(orjson.dumps(entry) + b"\n")

    async def _reply(
        self, connection: Connection, call: Call, question: Question, reply: Reply
    ) -> None:
        """Answer one question as `reply` says, and note in `call` how that ended.

        An end is noted before its last bytes go out: the client may be gone before we are awake
        again.
        """
        await trio.sleep(reply.first_delay_ms / 1000)
        try:
            if reply.error in {"html", "page"}:
                call.close("finished")
                await connection.send_whole(reply.status or _OK, "text/html", PAGE)
            elif reply.status is not None:
                call.close("finished")
                error = self._dialect.error(reply.status, reply)
                await connection.send_json(reply.status, error, retry_header(reply))
            elif question.streamed:
                await self._reply_stream(connection, call, question, reply)
            else:
                whole = self._dialect.whole(reply, question)
                call.close("finished")
                await connection.send_json(_OK, whole)
        except trio.BrokenResourceError:
            call.close("closed_by_client")

    async def _reply_stream(
        self, connection: Connection, call: Call, question: Question, reply: Reply
    ) -> None:
        payloads = [orjson.dumps(chunk) for chunk in self._dialect.chunks(reply, question)]
        if reply.error == "invalid":
            payloads[-1] = payloads[-1][:-2]
        whole = self._dialect.frames(payloads, question, reply)
        kind = "text/event-stream" if question.events else "application/json; charset=UTF-8"
        await connection.send_head(_OK, kind)
        rng = Random(call.number)  # noqa: S311 (the same cuts in each run)
        async with aclosing(_paced(whole, call, reply)) as frames:
            async for frame in frames:
                for piece in cut(frame, reply.split, rng):
                    await connection.send_data(piece)
        if reply.break_after is not None:
            call.close("broken")
            return
        call.close("finished")
        await connection.send_end()


async def _watch(connection: Connection, call: Call, reply: trio.CancelScope) -> None:
    """When the client goes, note it and cancel the reply."""
    await connection.wait_gone()
    call.close("closed_by_client")
    reply.cancel()


async def _paced(frames: list[bytes], call: Call, reply: Reply) -> AsyncGenerator[bytes]:
    """Give the frames as the reply's pace says; without a pace all together."""
    stops = [stop for stop in (reply.stall_after, reply.break_after) if stop is not None]
    sent = frames[: min(stops)] if stops else frames
    if reply.chunk_delay_ms:
        for at, frame in enumerate(sent):
            await trio.sleep(reply.chunk_delay_ms / 1000 if at else 0)
            call.chunks_sent += 1
            yield frame
    else:
        call.chunks_sent += len(sent)
        yield b"".join(sent)
    if reply.stall_after is not None and len(sent) == reply.stall_after:
        await trio.sleep_forever()
