"""The floor: one speaker at a time in a session. Who has it, what was heard, how it ends.

Owns the running turn, the way out and the history of a session. A turn holds the floor from its
start until its terminal message is taken by a link: only then has the person been given all of
it. Until then it can be cut (protocol.md §6), and what nobody has seen yet is taken back.

Everything here is synchronous: a turn that is cut says nothing more from that moment on, so the
next one begins without waiting for the old task to wind up.
"""

from collections.abc import Sequence

import structlog
import trio
from attrs import define, field, frozen

from robi.actors.figures import Measured, Outcome
from robi.actors.history import Entry, History
from robi.actors.outbox import Outbox
from robi.actors.turn import Plan, Turn, TurnPorts
from robi.errors import DatabaseError
from robi.protocol.dialects import Dialect
from robi.protocol.messages import (
    CaptureRequest,
    ErrorReport,
    PersonRegistered,
    ServerMessage,
    StreamEnd,
    TextChunk,
)
from robi.protocol.utf16 import prefix_utf16
from robi.speech.history import person_said
from robi.speech.scene import Said

log = structlog.get_logger()

PAST_IDS = 32
"""Ids of concluded turns that are known again: an interruption of one of them comes late."""


@frozen
class Conclusion:
    """How a turn ended, and the entries that it left in the history."""

    turn: Turn
    person_id: str
    """Whose conversation it was: of a known person or of a stranger."""
    cut_off: bool
    asked_to_look: bool
    """Whether a link has taken a request for a picture."""
    registered: bool
    """Whether a link has taken the word that someone new has a name."""
    entries: tuple[Entry, ...] = field(repr=False)


@define(eq=False)
class Floor:
    """The floor of one session."""

    _ports: TurnPorts
    history: History
    _outbox: Outbox
    _nursery: trio.Nursery
    dialect: Dialect = Dialect.USER
    _turn: Turn | None = field(default=None, init=False)
    _owner: str = field(default="", init=False)
    _taken_text: str = field(default="", init=False, repr=False)
    _delivered: bool = field(default=False, init=False)
    _taken: frozenset[type] = field(default=frozenset(), init=False)
    """The kinds of message that a link has taken of the running turn."""
    _past: tuple[str, ...] = field(default=(), init=False)
    _last: tuple[str, str] | None = field(default=None, init=False, repr=False)
    """The id of the newest concluded turn and the text that was sent of it."""

    @property
    def turn(self) -> Turn | None:
        """The turn that holds the floor."""
        return self._turn

    def is_past(self, request_id: str) -> bool:
        """Whether `request_id` names a turn that was concluded lately, and not the one of now."""
        if self._turn is not None and self._turn.request_id == request_id:
            return False
        return request_id in self._past

    def say(self, message: ServerMessage) -> None:
        """Say something that is no part of a turn."""
        self._outbox.put(message, self.dialect)

    def start(self, plan: Plan, owner: str) -> Turn:
        """Give the floor to a new turn. `owner` is the person whose conversation this is."""
        dialect, number = self.dialect, plan.number

        def say(messages: Sequence[ServerMessage]) -> None:
            if self.has(number):  # not `is turn`: no cycle that holds a film until it is collected
                self._outbox.put_all(messages, dialect, number)

        turn = Turn(plan, self._ports, say)
        self._turn = turn
        self._owner = owner
        self._taken_text = ""
        self._taken = frozenset()
        self._delivered = False
        self._nursery.start_soon(self._run, turn)
        return turn

    def taken(self, number: int, message: ServerMessage) -> bool:
        """A link has taken `message` of turn `number`: return whether the turn is now delivered."""
        if not self.has(number):
            return False
        if isinstance(message, TextChunk):
            self._taken_text += message.text
        self._taken |= {type(message)}
        self._delivered = isinstance(message, StreamEnd | ErrorReport)
        return self._delivered

    def has(self, number: int) -> bool:
        """Whether turn `number` holds the floor."""
        return self._turn is not None and self._turn.plan.number == number

    def conclude(self) -> Conclusion | None:
        """Take the floor back from a turn all of which was taken by a link."""
        if self._turn is None:
            return None
        outcome: Outcome = "answered" if self._turn.error is None else "failed"
        return self._end(self._turn, self._taken_text, outcome, cut_off=outcome == "failed")

    def cut(self, spoken_chars: int | None = None) -> Conclusion | None:
        """End the running turn now, and say so; return None if there is none.

        `spoken_chars` is how much of the text the phone had spoken, in UTF-16 code units; without
        it, what was sent was heard.
        """
        turn = self._turn
        if turn is None:
            return None
        turn.cancel()
        heard = self._taken_text
        if spoken_chars is not None:
            heard = prefix_utf16(heard, spoken_chars)
        whole = self._delivered and turn.error is None
        cut_off = not whole or len(heard) < len(self._taken_text)
        outcome: Outcome = "interrupted"
        if self._delivered:
            outcome = "answered" if turn.error is None else "failed"
        conclusion = self._end(turn, heard, outcome, cut_off=cut_off)
        if not self._delivered:
            self._outbox.withdraw(turn.plan.number)
            end = StreamEnd(
                turn.request_id,
                turn.elapsed_ms(),
                interrupted=True,
                usage=turn.usage,
                timings=turn.timings,
            )
            self._outbox.put(end, self.dialect, turn.plan.number)
        return conclusion

    def amend(self, request_id: str, spoken_chars: int) -> Entry | None:
        """Shorten the newest answer to what was spoken; return the entry that changed."""
        if self._last is None or self._last[0] != request_id or not self._last[1]:
            return None
        return self.history.shorten(request_id, prefix_utf16(self._last[1], spoken_chars))

    async def _run(self, turn: Turn) -> None:
        with structlog.contextvars.bound_contextvars(
            turn_id=turn.plan.number, request_id=turn.request_id
        ):
            await turn.run()
        if turn.cancelled_at is not None:
            self._ports.meters.closed(trio.current_time() - turn.cancelled_at)

    def _end(self, turn: Turn, heard: str, outcome: Outcome, *, cut_off: bool) -> Conclusion:
        self._turn = None
        self._last = (turn.request_id, self._taken_text)
        self._past = (*self._past, turn.request_id)[-PAST_IDS:]
        utterance, answer = turn.plan.utterance, turn.answer
        seen = any(media.kind != "audio" for media in utterance.media)
        words = person_said(utterance.text, answer.summary, seen=seen)
        # What could not be kept is asked again; it is no part of the conversation twice.
        kept = turn.trail.questions or not isinstance(turn.error, DatabaseError)
        spoken = turn.plan.spoken_to and kept
        said = [Said("person", words or f"({utterance.kind})")] if spoken else []
        if heard:
            said.append(Said("robot", heard, cut_off=cut_off))
        entries = self.history.append(self._owner, turn.request_id, said)
        log.info(
            "turn_ended",
            turn_id=turn.plan.number,
            request_id=turn.request_id,
            kind=utterance.kind,
            cut_off=cut_off,
            error_code=turn.error.error_code if turn.error else None,
            emotion=answer.emotion,
            chars=len(answer.text),
            duration_ms=turn.elapsed_ms(),
        )
        self._ports.meters.turn(
            Measured(
                turn.emotion_ms,
                turn.first_text_ms,
                turn.elapsed_ms(),
                utterance.kind,
                outcome,
                turn.error.error_code if turn.error else None,
                turn.usage,
                len(answer.text),
                turn.trail,
                turn.plan.asker,
                turn.request_id,
            )
        )
        return Conclusion(
            turn,
            self._owner,
            cut_off,
            CaptureRequest in self._taken,
            PersonRegistered in self._taken,
            tuple(entries),
        )
