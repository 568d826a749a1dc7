"""Turns as a robot sees them: what came, when, and whether in the order of protocol.md §3. Pure.

Owns the rules a client can check by listening alone: the order within a turn, that nothing of a
turn follows its terminal message, that two turns never interleave, and that `seq` counts one by
one, through a resumption too. Times are seconds of any one clock.
"""

from collections import Counter
from typing import Literal

from attrs import define, field, frozen

from robi.protocol.messages import (
    AuthOk,
    CaptureRequest,
    Emotion,
    ErrorReport,
    FaceScanActions,
    LowBatteryAlert,
    PersonRegistered,
    ResponseMeta,
    ServerMessage,
    StreamEnd,
    TextChunk,
    TokenUsage,
)
from robi.protocol.order import OrderChecker, OrderViolation
from robi.protocol.utf16 import length_utf16

Outcome = Literal["ended", "error", "lost", "timeout"]
"""How a turn went: its `stream_end`, its `error`, gone with the link, or waited for in vain."""

TurnMessage = (
    Emotion | TextChunk | PersonRegistered | CaptureRequest | ResponseMeta | StreamEnd | ErrorReport
)


@define(eq=False)
class Turn:
    """One utterance and its answer; `number` counts from 1 within the run of the tool."""

    number: int
    request_id: str
    asked_at: float
    emotion: str | None = None
    texts: list[str] = field(factory=list, repr=False)
    capture: CaptureRequest | None = None
    usage: TokenUsage | None = None
    error: ErrorReport | None = None
    interrupted: bool = False
    cutting_in: bool = False
    """Whether this robot has asked to cut it short."""

    outcome: Outcome | None = None
    rules: list[str] = field(factory=list)
    """The rules that it broke."""

    emotion_at: float | None = None
    first_text_at: float | None = None
    ended_at: float | None = None

    @property
    def text(self) -> str:
        """What a phone would have spoken so far."""
        return "".join(self.texts)

    @property
    def spoken_chars(self) -> int:
        """The length of `text` as a phone counts it."""
        return length_utf16(self.text)

    def summary(self) -> dict[str, object]:
        """Return what happened as a JSON object; times in ms from the end of the utterance."""
        summary: dict[str, object] = {
            "type": "turn_summary",
            "turn": self.number,
            "ok": self.outcome == "ended" and not self.rules,
            "outcome": self.outcome,
            "request_id": self.request_id,
            "text": self.text,
            "emotion": self.emotion,
            "chunks": len(self.texts),
            "ms": {
                "emotion": self.ms(self.emotion_at),
                "first_text": self.ms(self.first_text_at),
                "end": self.ms(self.ended_at),
            },
        }
        if self.interrupted:
            summary["interrupted"] = True
        if self.error is not None:
            summary["error"] = {
                "code": self.error.code,
                "error_code": self.error.error_code,
                "message": self.error.message,
            }
        if self.rules:
            summary["violations"] = list(self.rules)
        return summary

    def ms(self, moment: float | None) -> float | None:
        """Return `moment` in ms after the utterance, to a tenth; None if it never came."""
        return None if moment is None else round((moment - self.asked_at) * 1000, 1)

    def hear(self, message: TurnMessage, now: float) -> None:
        """Take in a message of this turn."""
        match message:
            case Emotion():
                self.emotion = message.emotion
                self.emotion_at = now
            case TextChunk():
                self.texts.append(message.text)
                self.first_text_at = self.first_text_at or now
            case CaptureRequest():
                self.capture = message
            case StreamEnd():
                self.usage = message.usage
                self.interrupted = message.interrupted
                self.end("ended", now)
            case ErrorReport():
                self.error = message
                self.end("error", now)
            case PersonRegistered() | ResponseMeta():
                pass

    def end(self, outcome: Outcome, now: float) -> None:
        """Give this turn its outcome; the first one stands."""
        if self.outcome is None:
            self.outcome = outcome
            self.ended_at = now if outcome in ("ended", "error") else None


@frozen
class Hearing:
    """What one message meant: the turn it belongs to, whether it ended it, which rules it broke."""

    turn: Turn | None = None
    over: bool = False
    rules: tuple[str, ...] = ()


@define(eq=False)
class Ledger:
    """The session of one robot: its turns, and whether the server keeps to the protocol."""

    session_id: str | None = None
    last_seq: int | None = None
    """The place in the session: `seq` of the last message heard."""

    outcomes: Counter[Outcome] = field(factory=Counter, init=False)
    violations: int = field(default=0, init=False)

    _count: int = field(default=0, init=False)
    _turns: dict[str, Turn] = field(factory=dict, init=False)
    """By request_id, those that the server has not ended."""
    _order: OrderChecker = field(factory=OrderChecker, init=False)
    _unjudged: set[str] = field(factory=set, init=False)
    """Ids whose order is not judged: half heard, or broken already (one complaint is enough)."""
    _torn: bool = field(default=False, init=False)
    """Whether the first turn may be one that another robot began to hear."""
    _mentioned: tuple[str, float] = field(default=("", 0.0), init=False)
    """The last thing said that is no utterance, which may be answered all the same, and when."""
    _greeted: bool = field(default=False, init=False)
    _any_seq: bool = field(default=False, init=False)

    @property
    def running(self) -> Turn | None:
        """The latest turn that has no outcome yet."""
        waiting = (turn for turn in reversed(self._turns.values()) if turn.outcome is None)
        return next(waiting, None)

    def ask(self, request_id: str, now: float) -> Turn:
        """Begin a turn: an utterance is about to be sent."""
        self._count += 1
        turn = Turn(self._count, request_id, now)
        if self._turns.pop(request_id, None) is not None:  # to the end: it is the latest one again
            self._order.say_again(request_id)
        self._turns[request_id] = turn
        return turn

    def mention(self, request_id: str, now: float) -> None:
        """Something is about to be said that the server need not answer."""
        self._mentioned = (request_id, now)

    def hear(self, message: ServerMessage | None, seq: int | None, now: float) -> Hearing:
        """Take in a message; None stands for one that cannot be read.

        A turn that nobody asked for, such as a greeting, begins with its first message.
        """
        if isinstance(message, AuthOk):
            self._greet(message)
            return Hearing()
        rules = self._count_on(seq)
        if message is None or isinstance(message, FaceScanActions | LowBatteryAlert):
            return Hearing(rules=rules)
        request_id = message.request_id
        if request_id is None:
            return Hearing(rules=rules)
        turn = self._turns.get(request_id) or self._unasked(request_id, now)
        rules += self._judge(message, request_id)
        waited_for = turn.outcome is None
        turn.hear(message, now)
        if isinstance(message, StreamEnd | ErrorReport):
            del self._turns[request_id]
            if waited_for:
                self._settle(turn)
                return Hearing(turn, over=True, rules=rules)
        return Hearing(turn, rules=rules)

    def blame(self, turn: Turn | None, rule: str) -> None:
        """Note that `rule` was broken, in `turn` if in any."""
        self.violations += 1
        if turn is not None:
            turn.rules.append(rule)

    def give_up(self, turn: Turn, now: float) -> None:
        """Wait for `turn` no longer; what comes of it after all is no fault."""
        turn.end("timeout", now)
        self._settle(turn)

    def lose(self, now: float) -> list[Turn]:
        """The session is gone, and with it every turn that has no outcome: these are returned."""
        lost = [turn for turn in self._turns.values() if turn.outcome is None]
        for turn in lost:
            turn.end("lost", now)
            self._settle(turn)
        self._turns.clear()
        self._order = OrderChecker()
        return lost

    def hang_up(self) -> None:
        """The link is gone; the next one begins with `auth_ok` again."""
        self._greeted = False

    def _settle(self, turn: Turn) -> None:
        if turn.outcome is not None:
            self.outcomes[turn.outcome] += 1

    def _greet(self, hello: AuthOk) -> None:
        """Know after `auth_ok` which `seq` is due: 1 in a new session, the next one if resumed.

        A robot that continues without having named its place is not told where it is (§5).
        """
        new = hello.session_id != self.session_id and not hello.resumed
        placed = hello.resumed and self.last_seq is not None
        if not placed:
            self.last_seq = None
        self._any_seq = not (new or placed)
        self._torn = hello.resumed and not self._count
        self._greeted = True
        self.session_id = hello.session_id

    def _count_on(self, seq: int | None) -> tuple[str, ...]:
        if not self._greeted:  # a refusal
            return ()
        if seq is None:
            return ("a message without seq",)
        due = None if self._any_seq else (self.last_seq or 0) + 1
        self._any_seq = False
        self.last_seq = seq
        if due is None or seq == due:
            return ()
        return (f"seq {seq} where {due} was due",)

    def _unasked(self, request_id: str, now: float) -> Turn:
        if self._torn:
            self._unjudged.add(request_id)
        self._torn = False
        mentioned, when = self._mentioned
        return self.ask(request_id, when if mentioned == request_id else now)

    def _judge(self, message: ServerMessage, request_id: str) -> tuple[str, ...]:
        if request_id in self._unjudged:
            return ()
        try:
            self._order.feed(message)
        except OrderViolation as broken:
            self._unjudged.update(self._turns)
            self._order = OrderChecker()
            return (str(broken),)
        return ()
