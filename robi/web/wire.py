"""A WebSocket without its socket: bytes in, whole messages and frames to write out.

Owns the state of one WebSocket (RFC 6455) above `websockets`' frame parser: joining fragments,
answering pings, keep-alive, limits, and how it ends. No trio: `link.py` moves the bytes.

What it refuses, and how a link then ends (protocol.md §1, §9):

    message over the limit, or in too many pieces     error 8003, close 1009
    text that is not UTF-8                            error 8004, close 1007
    frames that break RFC 6455                        error 8004, close 1002

Compression (permessage-deflate) is not negotiated: messages are small or already compressed, a
compressor takes 256 KiB a link, and a small bomb would unpack to 50 MB.
"""

import logging
from collections.abc import Iterable

from attrs import define, field, frozen
from websockets.frames import Close, CloseCode, Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from robi.errors import InternalError, InvalidMessage, MessageTooLarge, RobiError

MAX_FRAGMENTS = 131_072
"""Pieces of one message: each is work even when it is empty. Autobahn 9.3.1 sends 65,536."""

PONGS_KEPT = 16
"""Pongs that wait to be written. RFC 6455 §5.5.3 needs only the last ping answered; Autobahn 2.10
wants ten of ten."""

STRANGER_LIMIT = 64 * 1024
"""Bytes taken without a whole message among them, from someone not yet authenticated."""

REASON_BYTES = 123
"""What fits in a close frame beside its code."""

_PONG_HEAD = bytes([0x80 | Opcode.PONG])

_MESSAGE_OPCODES = frozenset({Opcode.TEXT, Opcode.BINARY})

_library_log = logging.getLogger("robi.web.websockets")
_library_log.setLevel(logging.WARNING)
"""`websockets` writes the words of every frame at DEBUG: it is not given the chance."""


@frozen
class Ending:
    """How a WebSocket ends from the other side's doing.

    Attributes:
        code: of the close frame, ours or theirs.
        reason: the words beside it.
        by_peer: they said goodbye; else they broke a rule and we do.
        error: what to tell them before the close frame, when they broke a rule.
    """

    code: int
    reason: str
    by_peer: bool
    error: RobiError | None = None

    @property
    def close_frame(self) -> bytes:
        """The last frame to write: their goodbye given back, or ours with the reason."""
        return close_frame(self.code, "" if self.by_peer else self.reason)


def text_frames(messages: Iterable[bytes]) -> bytes:
    """Return whole text messages (UTF-8) as the bytes of their frames."""
    return b"".join([Frame(Opcode.TEXT, data).serialize(mask=False) for data in messages])


def binary_frame(data: bytes) -> bytes:
    """Return a whole binary message as the bytes of its frame."""
    return Frame(Opcode.BINARY, data).serialize(mask=False)


def close_frame(code: int, reason: str = "") -> bytes:
    """Return a close frame; `reason` is cut to what fits. Code 1005 stands for an empty frame."""
    if code == CloseCode.NO_STATUS_RCVD:
        return Frame(Opcode.CLOSE, b"").serialize(mask=False)
    short = reason.encode()[:REASON_BYTES].decode(errors="ignore")
    return Frame(Opcode.CLOSE, Close(code, short).serialize()).serialize(mask=False)


class _RuleError(Exception):
    """What a message broke, beyond what the frame parser sees."""

    def __init__(self, code: CloseCode, reason: str, error: RobiError) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.error = error


@define(eq=False)
class Wire:
    """One WebSocket, server side, after its handshake.

    Args:
        max_size: the largest message in bytes, over all of its fragments.
    """

    max_size: int
    messages: list[str | bytes] = field(factory=list, init=False)
    """Whole messages, oldest first. A list: an empty deque takes 0.6 KiB of every idle link."""
    ending: Ending | None = field(default=None, init=False)
    """Set once: nothing more is read then. The messages before it still count."""
    _trusted: bool = field(default=False, init=False)
    _pongs: list[bytes] = field(factory=list, init=False)
    _protocol: ServerProtocol = field(init=False)
    _pieces: bytearray = field(factory=bytearray, init=False)
    _pieces_are_text: bool = field(default=False, init=False)
    _piece_count: int = field(default=0, init=False)
    _unfinished: int = field(default=0, init=False)
    _pings: int = field(default=0, init=False)
    _ping: bytes | None = field(default=None, init=False)
    """What the pong we wait for will hold."""
    _ping_waits: bool = field(default=False, init=False)
    """Whether that ping is still to be written."""
    _silent_since: float = field(default=0.0, init=False)

    @_protocol.default
    def _open_protocol(self) -> ServerProtocol:
        return ServerProtocol(state=State.OPEN, max_size=self.max_size, logger=_library_log)

    def trust(self) -> None:
        """Take messages up to `max_size` from now on: the other side is authenticated."""
        self._trusted = True

    # ── in ────────────────────────────────────────────────────────────────────────────────

    def feed(self, data: bytes, now: float) -> int:
        """Take bytes; return how many frames they completed.

        What the frames said is then in `messages`, `has_control` and `ending`; after `ending`
        bytes are thrown away.
        """
        if self.ending is not None:
            return 0
        self._protocol.receive_data(data)
        frames = self._protocol.events_received()
        # Besides pongs this is the library's close frame: the ending has one of its own.
        pongs = [raw for raw in self._protocol.data_to_send() if raw[:1] == _PONG_HEAD]
        if pongs:
            self._pongs = (self._pongs + pongs)[-PONGS_KEPT:]
        self._unfinished += len(data)
        try:
            for frame in frames:
                if isinstance(frame, Frame):
                    self._take(frame)
            self._watch_stranger()
        except _RuleError as broken:
            self.ending = Ending(broken.code, broken.reason, by_peer=False, error=broken.error)
        else:
            self._notice_end()
        if not frames or self._piece_count:
            # A pong does not overtake the message that is being sent: its bytes are a sign of life.
            self._silent_since = now
        return len(frames)

    def _take(self, frame: Frame) -> None:
        opcode, data = frame.opcode, bytes(frame.data)
        if opcode is Opcode.PONG:
            if data == self._ping:
                self._ping = None
        elif opcode is Opcode.CONT:
            self._add_piece(data, frame.fin)
        elif opcode in _MESSAGE_OPCODES:
            is_text = opcode is Opcode.TEXT
            if frame.fin:
                self._finish(data, is_text=is_text)
            else:
                self._pieces = bytearray(data)
                self._pieces_are_text = is_text
                self._piece_count = 1

    def _add_piece(self, data: bytes, last: bool) -> None:
        """Join a fragment in place: many tiny ones cost neither objects nor quadratic copies."""
        self._pieces += data
        self._piece_count += 1
        if self._piece_count > MAX_FRAGMENTS:
            details = f"more than {MAX_FRAGMENTS} fragments"
            raise _RuleError(
                CloseCode.MESSAGE_TOO_BIG, "too many fragments", MessageTooLarge(details)
            )
        if last:
            pieces, self._pieces = self._pieces, bytearray()
            self._piece_count = 0
            self._finish(pieces, is_text=self._pieces_are_text)

    def _finish(self, data: bytes | bytearray, *, is_text: bool) -> None:
        self._unfinished = 0
        if not is_text:
            self.messages.append(bytes(data))
            return
        try:
            self.messages.append(data.decode())
        except UnicodeDecodeError as error:
            where = f"invalid UTF-8 at byte {error.start}"
            raise _RuleError(
                CloseCode.INVALID_DATA, "invalid UTF-8", InvalidMessage(where)
            ) from None

    def _watch_stranger(self) -> None:
        if not self._trusted and self._unfinished > STRANGER_LIMIT:
            details = f"more than {STRANGER_LIMIT} bytes before authentication"
            raise _RuleError(
                CloseCode.MESSAGE_TOO_BIG,
                "too large before authentication",
                MessageTooLarge(details),
            )

    def _notice_end(self) -> None:
        """See whether the parser has met a close frame, or frames that break RFC 6455.

        The library takes a close between two fragments for a broken rule. It is none: control
        frames may come there (RFC 6455 §5.4, Autobahn 7.1.5).
        """
        sent, received = self._protocol.close_sent, self._protocol.close_rcvd
        if received is not None:
            self.ending = Ending(received.code, received.reason, by_peer=True)
        elif sent is not None:
            error = self._error_of(sent.code, sent.reason)
            self.ending = Ending(sent.code, sent.reason, by_peer=False, error=error)

    def _error_of(self, code: int, reason: str) -> RobiError:
        match code:
            case CloseCode.MESSAGE_TOO_BIG:
                return MessageTooLarge(f"more than {self.max_size} bytes")
            case CloseCode.PROTOCOL_ERROR | CloseCode.INVALID_DATA:
                return InvalidMessage(f"WebSocket: {reason}")
            case _:
                return InternalError("the frame parser failed")

    # ── control frames ────────────────────────────────────────────────────────────────────

    @property
    def has_control(self) -> bool:
        """Whether a ping or pongs wait to be written."""
        return self._ping_waits or bool(self._pongs)

    def take_control(self) -> bytes:
        """Return the waiting ping and pongs as bytes; then they no longer wait."""
        pongs = b"".join(self._pongs)
        self._pongs.clear()
        if not self._ping_waits or self._ping is None:
            return pongs
        self._ping_waits = False
        return Frame(Opcode.PING, self._ping).serialize(mask=False) + pongs

    def ping(self, now: float) -> None:
        """Have a ping written, unless an earlier one is unanswered."""
        if self._ping is None and self.ending is None:
            self._pings += 1
            self._ping = self._pings.to_bytes(4, "big")
            self._ping_waits = True
            self._silent_since = now

    def unanswered_s(self, now: float) -> float:
        """Return for how many seconds the last ping has had no answer; 0 when it has one.

        Bytes in the middle of a message put the clock back: a phone with a slow uplink that sends
        a video cannot answer before its end.
        """
        return 0.0 if self._ping is None else max(0.0, now - self._silent_since)
