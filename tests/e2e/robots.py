"""Robots over real sockets, on `websockets`' client for trio.

Not on trio-websocket, which throws away what it has received and not yet handed over as soon as a
close frame comes: the error before a close would be lost now and then.
"""

import itertools
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from math import inf
from typing import Any

import trio
from attrs import define, field
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.trio.client import ClientConnection
from websockets.trio.client import connect as open_socket

from robi.protocol.codec import decode_server
from robi.protocol.order import OrderChecker

PATIENCE = 30.0
"""Seconds after which a test is stuck; no test waits so long when all is well."""


@define(eq=False)
class Robot:
    """One connection; what it receives is kept in `seen`."""

    socket: ClientConnection
    seen: list[dict[str, Any]] = field(factory=list)
    session_id: str = ""

    async def sends(self, *messages: dict[str, Any] | str | bytes) -> None:
        for message in messages:
            await self.socket.send(json.dumps(message) if isinstance(message, dict) else message)

    async def sends_raw(self, data: bytes) -> None:
        """Send bytes that need not be WebSocket frames."""
        await self.socket.stream.send_all(data)

    async def hears(self) -> dict[str, Any]:
        with trio.fail_after(PATIENCE):
            message: dict[str, Any] = json.loads(await self.socket.recv())
        self.seen.append(message)
        return message

    async def hears_turn(self) -> list[dict[str, Any]]:
        messages = [await self.hears()]
        while messages[-1]["type"] not in {"stream_end", "error"}:
            messages.append(await self.hears())
        return messages

    async def asks(self, content: str, request_id: str = "r1") -> list[dict[str, Any]]:
        await self.sends({"type": "text", "request_id": request_id, "content": content})
        return await self.hears_turn()

    async def authenticate(self, key: str | None, **auth: object) -> dict[str, Any]:
        await self.sends({"type": "auth", **({"api_key": key} if key else {}), **auth})
        answer = await self.hears()
        self.session_id = answer.get("session_id", "")
        return answer

    async def close_code(self) -> int | None:
        """Wait for the server to close; return its code."""
        try:
            while True:
                await self.hears()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None

    async def drop(self) -> None:
        """Lose the connection without a goodbye."""
        await trio.aclose_forcefully(self.socket.stream)


@asynccontextmanager
async def connect(url: str, headers: dict[str, str] | None = None) -> AsyncIterator[Robot]:
    """Open a link; leaving the block closes it with 1000."""
    async with open_socket(
        url,
        additional_headers=headers,
        proxy=None,
        compression=None,
        ping_interval=None,
        close_timeout=5,
        max_size=64 * 1024 * 1024,
        max_queue=None,
    ) as socket:
        yield Robot(socket)


BACK_OFF = (0.01, 0.02, 0.04, 0.08)
"""Seconds between two tries; a real phone takes a hundred times as long (protocol.md §5)."""


@define(eq=False)
class ResumingRobot:
    """A robot that comes back: it resumes its session and keeps every message exactly once.

    Whatever the network does, `messages` is what its session said, numbered without gap, in the
    order of protocol.md §3: anything else is an AssertionError or an OrderViolation at once.

    The protocol does not acknowledge a question. So on each new link the robot asks for something
    small (a scan) and waits for that: what was said before must have come by then, and a question
    of which there is no sign was lost, or no word of its answer had been thought yet. It is then
    asked again under an id of its own, which ends the answer to the first, if there is one. So is
    one whose answer went down with the server (`resumed: false`).
    """

    url: str
    key: str
    device_id: str
    patience: float = inf
    """Seconds without any message after which a link is given up as frozen."""
    session_id: str = ""
    last_seq: int = 0
    messages: list[dict[str, Any]] = field(factory=list, init=False)
    turns: dict[str, list[dict[str, Any]]] = field(factory=dict, init=False)
    """What came of each question, by its `request_id`."""
    greetings: list[dict[str, Any]] = field(factory=list, init=False)
    """Every `auth_ok`."""
    counts: Counter[str] = field(factory=Counter, init=False)
    """Links opened, resumed, frozen, lost, refused and not had; questions asked again."""
    _lives: int = field(default=0, init=False)
    """How often the session had lost what it was saying."""
    _order: OrderChecker = field(factory=OrderChecker, init=False)
    _link: Robot | None = field(default=None, init=False)
    """The link, once all that was missed has come."""
    _changed: trio.Event = field(factory=trio.Event, init=False)

    async def asks(self, content: str, request_id: str) -> list[dict[str, Any]]:
        """Ask, as often as it takes; return the one answer that came to its end."""
        for attempt in itertools.count():
            attempt_id = f"{request_id}.{attempt}"
            heard = self.turns[attempt_id] = []
            link = await self._sends({"type": "text", "request_id": attempt_id, "content": content})
            life = self._lives
            while not _is_over(heard) and self._lives == life:
                if not heard and self._link not in {None, link}:
                    break
                await self.wait_changed()
            if _is_over(heard) and not heard[-1].get("interrupted"):
                return heard
            self.counts["asked again"] += 1
        raise AssertionError

    async def hears_answer(self, request_id: str) -> list[dict[str, Any]]:
        """Wait for the end of one answer, whole or not."""
        while not _is_over(self.turns.get(request_id, [])):
            await self.wait_changed()
        return self.turns[request_id]

    async def hears_texts(self, request_id: str, count: int) -> None:
        """Wait until so many texts of one answer have come."""
        while sum(m["type"] == "text_chunk" for m in self.turns.get(request_id, [])) < count:
            await self.wait_changed()

    async def wait_changed(self) -> None:
        """Wait for the next message or link."""
        await self._changed.wait()

    async def wait_greeted(self, count: int) -> dict[str, Any]:
        """Wait until there have been so many links and what was missed has come."""
        while len(self.greetings) < count or self._link is None:
            await self.wait_changed()
        return self.greetings[-1]

    # ── its life ──────────────────────────────────────────────────────────────────────────

    async def run(self) -> None:
        """Be connected whenever the network lets it; until cancelled."""
        failures = 0
        while True:
            greeted = len(self.greetings)
            try:
                with trio.fail_after(self.patience) as scope:
                    async with connect(self.url) as link:
                        self.counts["links"] += 1
                        try:
                            await self._live(link, scope)
                        finally:
                            self._link = None
                            self._change()
                            await link.drop()
            except trio.TooSlowError:
                self.counts["frozen"] += 1
            except ConnectionClosed:
                self.counts["lost"] += 1
            except (OSError, InvalidHandshake):
                self.counts["not had"] += 1
            failures = 0 if len(self.greetings) > greeted else failures + 1
            await trio.sleep(BACK_OFF[min(failures, len(BACK_OFF) - 1)])

    async def _live(self, link: Robot, scope: trio.CancelScope) -> None:
        place = {"session_id": self.session_id, "last_seq": self.last_seq}
        auth = {"device_id": self.device_id, **(place if self.session_id else {})}
        greeting = await link.authenticate(self.key, **auth)
        if greeting.get("error_code") == "SERVER_BUSY":
            self.counts["refused"] += 1
            return
        assert greeting["type"] == "auth_ok", greeting
        self.greetings.append(greeting)
        if not greeting["resumed"]:
            self._lives += 1
            self._order = OrderChecker()
        self.counts["resumed"] += greeting["resumed"]
        self.session_id = greeting["session_id"]
        probe = f"probe-{len(self.greetings)}"
        await link.sends({"type": "face_scan_mode", "request_id": probe})
        while True:
            scope.deadline = trio.current_time() + self.patience
            message = json.loads(await link.socket.recv())
            self._take(message)
            if message.get("request_id") == probe:
                self._link = link
            self._change()

    def _take(self, message: dict[str, Any]) -> None:
        assert message["seq"] == self.last_seq + 1, (self.last_seq, message)
        self.last_seq += 1
        self.messages.append(message)
        self._order.feed(decode_server(json.dumps(message)).message)
        self.turns.setdefault(message.get("request_id", ""), []).append(message)

    async def _sends(self, message: dict[str, Any]) -> Robot:
        """Send, when there is a link; return by which. Whether it arrives, nobody knows."""
        while (link := self._link) is None:
            await self.wait_changed()
        with suppress(ConnectionClosed, trio.BrokenResourceError, trio.ClosedResourceError):
            await link.sends(message)
        return link

    def _change(self) -> None:
        self._changed.set()
        self._changed = trio.Event()


def _is_over(turn: list[dict[str, Any]]) -> bool:
    return bool(turn) and turn[-1]["type"] in {"stream_end", "error"}


@asynccontextmanager
async def resuming(robot: ResumingRobot) -> AsyncIterator[ResumingRobot]:
    """Keep `robot` connected until the block is left."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(robot.run)
        yield robot
        nursery.cancel_scope.cancel()


def spelled(text: str) -> str:
    """Return `text` with a letter for each digit: numbers are spoken otherwise than written."""
    return text.translate(str.maketrans("0123456789", "abcdefghij"))
