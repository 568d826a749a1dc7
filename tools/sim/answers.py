"""What a robot that plays has heard: its answers by name and id, and what came beside. Pure."""

from typing import Final

from attrs import define, field

from robi.protocol.messages import AuthOk, PersonRegistered
from tools.sim.ledger import Turn
from tools.sim.samples import SampleOutcome
from tools.sim.steps import DUE, Plain
from tools.sim.witness import Heard

_KEPT: Final = 16
"""Steps name answers of a moment ago; a robot that plays for hours keeps no more than these."""


@define(eq=False)
class Answer:
    """What came under one `request_id`: the turn as the ledger has it, and its messages."""

    turn: Turn | None = None
    messages: list[Plain] = field(factory=list)


@define(eq=False)
class Answers:
    """All that was heard lately; `current` is the id that is spoken of."""

    current: str = ""
    beside: list[Plain] = field(factory=list)
    """The messages of no answer, since the last that the robot said."""
    unprompted: list[str] = field(factory=list)
    """The answers that nobody asked for, and no step has waited for yet."""
    person: str = ""
    """Whom the server registered last."""
    resumed: bool = False
    """What the last `auth_ok` said."""
    resumptions: int = 0
    _kept: dict[str, Answer] = field(factory=dict, init=False)
    _names: dict[str, str] = field(factory=dict, init=False)

    def begin(self, request_id: str, name: str | None = None) -> None:
        """From here on `request_id` is what is spoken of, also by `name`."""
        self.current = request_id
        self.beside.clear()
        self._keep(request_id)
        if name is not None:
            self._names[name] = request_id

    def id_of(self, name: str | None) -> str:
        """Return the id of the answer of that name; without a name, of the current one."""
        return self.current if name is None else self._names[name]

    def of(self, request_id: str) -> Answer:
        """Return the answer under `request_id`, an empty one if there is none."""
        return self._kept.get(request_id) or Answer()

    def take_turn(self, turn: Turn) -> None:
        """Know the turn that an utterance began, before its first message."""
        self.of(turn.request_id).turn = turn

    def link(self, hello: AuthOk, *, again: bool) -> None:
        """Take in an `auth_ok`."""
        self.resumed = hello.resumed
        self.resumptions += again and hello.resumed

    def hear(self, heard: Heard) -> None:
        """Take in any other message."""
        turn, reading = heard.turn, heard.reading
        if isinstance(reading.message, AuthOk):
            return
        if isinstance(reading.message, PersonRegistered):
            self.person = reading.message.person_id
        if turn is None:
            self.beside.append(reading.plain)
            return
        answer = self._kept.get(turn.request_id)
        if answer is None:
            answer = self._keep(turn.request_id)
            if turn.request_id.startswith(f"{DUE}_"):
                self.unprompted.append(turn.request_id)
        answer.turn = turn
        answer.messages.append(reading.plain)

    def _keep(self, request_id: str) -> Answer:
        self._kept.pop(request_id, None)
        while len(self._kept) >= _KEPT:
            del self._kept[next(iter(self._kept))]
        answer = self._kept[request_id] = Answer()
        return answer


def outcome_of(turn: Turn) -> SampleOutcome | None:
    """Return how `turn` ended, None while it runs."""
    if turn.outcome == "ended":
        return "interrupted" if turn.interrupted else "answered"
    return turn.outcome
