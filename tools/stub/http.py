"""HTTP/1.1 on a trio stream, as much of it as a stub needs: h11 does the work."""

from collections.abc import Mapping
from typing import Final

import h11
import orjson
import trio

MAX_BODY: Final = 64 * 1024 * 1024
_READ: Final = 65_536


class Connection:
    """HTTP/1.1 over one stream, the side that answers."""

    def __init__(self, stream: trio.abc.Stream) -> None:
        self._stream = stream
        self._http = h11.Connection(h11.SERVER)

    async def next_request(self) -> tuple[h11.Request, bytes] | None:
        """Return the next request with its body; None once the client has gone."""
        request: h11.Request | None = None
        body = bytearray()
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                self._http.receive_data(bytes(await self._stream.receive_some(_READ)))
            elif isinstance(event, h11.Request):
                request = event
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > MAX_BODY:
                    raise trio.BrokenResourceError
            elif isinstance(event, h11.EndOfMessage) and request is not None:
                return request, bytes(body)
            else:
                return None

    def next_cycle(self) -> bool:
        """Make ready for another request; False when this connection has had its last."""
        if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        return True

    async def wait_gone(self) -> None:
        """Read on, beside a reply that goes out, until the client has gone."""
        while True:
            try:
                data = await self._stream.receive_some(_READ)
            except (trio.BrokenResourceError, trio.ClosedResourceError):
                data = b""
            if not data:
                return
            self._http.receive_data(bytes(data))

    async def send_head(
        self,
        status: int,
        content_type: str,
        length: int | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> None:
        """Send the head of a response, chunked unless `length` is given."""
        framing = (
            ("transfer-encoding", "chunked") if length is None else ("content-length", str(length))
        )
        headers = [("content-type", content_type), framing, *(extra or {}).items()]
        await self._send(h11.Response(status_code=status, headers=headers))

    async def send_data(self, data: bytes) -> None:
        """Send a piece of a body, by itself."""
        await self._send(h11.Data(data=data))

    async def send_end(self) -> None:
        """End a response."""
        await self._send(h11.EndOfMessage())

    async def send_whole(
        self, status: int, content_type: str, body: bytes, extra: Mapping[str, str] | None = None
    ) -> None:
        """Send a response in one go."""
        await self.send_head(status, content_type, len(body), extra)
        await self.send_data(body)
        await self.send_end()

    async def send_json(
        self, status: int, answer: object, extra: Mapping[str, str] | None = None
    ) -> None:
        """Send a JSON response in one go."""
        body = orjson.dumps(answer)
        await self.send_whole(status, "application/json; charset=UTF-8", body, extra)

    async def aclose(self) -> None:
        """Drop the connection at once."""
        await trio.aclose_forcefully(self._stream)

    async def _send(self, event: h11.Response | h11.Data | h11.EndOfMessage) -> None:
        data = self._http.send(event)
        if data:
            await self._stream.send_all(data)
