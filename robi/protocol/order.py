"""Whether what a server says keeps the order of protocol.md §3, *Order within a turn*.

For tests and tools: feed it what a robot receives, in order. The six rules, as they are read here:

1. `emotion` once and first.
2. The texts joined are `response_text`.
3. At most one `capture_request`, after the texts.
4. Exactly one `response_meta`, after all but the terminal message.
5. One terminal message, last. A turn that ends as interrupted, or with an error, may lack 1 to 4,
   but what it has of them is in order.
6. After it nothing carries that `request_id`, save a new turn under the id of a `capture_request`;
   two turns do not interleave.

Apart from turns stand `auth_ok`, `face_scan_actions`, `low_battery_alert`, and an `error` that
names no turn: one without `request_id`, or with an id of its own, which it thereby answers.
"""

from attrs import define, field

from robi.protocol.messages import (
    AuthOk,
    CaptureRequest,
    Emotion,
    ErrorReport,
    FaceScanActions,
    LowBatteryAlert,
    ResponseMeta,
    ServerMessage,
    StreamEnd,
    TextChunk,
)


class OrderViolation(Exception):
    """A message came where it must not; `invariant` is the number of the rule that it breaks."""

    def __init__(self, invariant: int, reason: str) -> None:
        """Say which rule, 1 to 6, is broken and how; `reason` holds no words of a person."""
        super().__init__(f"invariant {invariant}: {reason}")
        self.invariant = invariant


@define
class _Turn:
    """What has come of the turn that is open."""

    request_id: str
    emotion: bool = False
    texts: list[str] = field(factory=list)
    capture: bool = False
    meta: bool = False

    def add(self, message: ServerMessage) -> None:
        """Take one message that is not terminal."""
        name = type(message).__name__
        face = isinstance(message, Emotion)
        text = message.text if isinstance(message, TextChunk) else None
        capture = isinstance(message, CaptureRequest)
        meta = message.response_text if isinstance(message, ResponseMeta) else None
        rules = (
            (1, f"{name} before emotion", not face and not self.emotion),
            (1, "a second emotion", face and self.emotion),
            (2, "response_text is not the texts joined", meta not in (None, "".join(self.texts))),
            (3, "a second capture_request", capture and self.capture),
            (3, "text_chunk after capture_request", text is not None and self.capture),
            (4, f"{name} after response_meta", self.meta),
        )
        for invariant, reason, broken in rules:
            if broken:
                raise OrderViolation(invariant, reason)
        self.emotion |= face
        self.capture |= capture
        self.meta |= meta is not None
        if text is not None:
            self.texts.append(text)

    def end(self, message: StreamEnd | ErrorReport) -> None:
        """Take the terminal message."""
        if isinstance(message, ErrorReport) or message.interrupted:
            return
        if not self.emotion:
            raise OrderViolation(1, "stream_end without emotion")
        if not self.meta:
            raise OrderViolation(4, "stream_end without response_meta")


@define
class OrderChecker:
    """Watches what one session says."""

    _open: _Turn | None = field(default=None, init=False)
    _closed: set[str] = field(factory=set, init=False)
    _awaited: set[str] = field(factory=set, init=False)
    """Closed ids under which a picture was asked for: they may be opened once more."""
    _repeated: set[str] = field(factory=set, init=False)
    """Ids that the client used twice: they may be opened once more after their end."""

    def feed(self, message: ServerMessage) -> None:
        """Take the next message.

        Raises:
            OrderViolation: it must not come here.
        """
        match message:
            case AuthOk() | FaceScanActions() | LowBatteryAlert():
                return
            case ErrorReport(request_id=None):
                return
            case ErrorReport(request_id=str() as request_id) if not self._is_open(request_id):
                self._check_fresh(request_id)
                self._closed.add(request_id)
            case ErrorReport() | StreamEnd():
                self._end(message)
            case _:
                self._turn_of(message.request_id).add(message)

    def say_again(self, request_id: str) -> None:
        """The client repeats an utterance of which it has seen no answer, under the same id.

        If the answer was on the way after all, there will be another turn of this id (§11).
        """
        self._repeated.add(request_id)

    def finish(self) -> None:
        """Take the end of the session.

        Raises:
            OrderViolation: a turn is still without its terminal message.
        """
        if self._open is not None:
            raise OrderViolation(5, "no terminal message")

    def _is_open(self, request_id: str) -> bool:
        return self._open is not None and self._open.request_id == request_id

    def _check_fresh(self, request_id: str) -> None:
        if request_id not in self._closed or request_id in self._awaited:
            return
        if request_id not in self._repeated:
            raise OrderViolation(6, "a request_id after its terminal message")
        self._repeated.discard(request_id)

    def _turn_of(self, request_id: str) -> _Turn:
        if self._open is None:
            self._check_fresh(request_id)
            self._awaited.discard(request_id)
            self._open = _Turn(request_id)
        elif self._open.request_id != request_id:
            raise OrderViolation(6, "two turns interleave")
        return self._open

    def _end(self, message: StreamEnd | ErrorReport) -> None:
        turn = self._turn_of(message.request_id or "")
        turn.end(message)
        self._open = None
        self._closed.add(turn.request_id)
        if turn.capture:
            self._awaited.add(turn.request_id)
