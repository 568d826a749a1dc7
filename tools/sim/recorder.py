"""What a robot hears while it plays, as answers that steps ask about and as samples. Pure.

Owns when an utterance was due, and which of its faults a sample shows; see `samples`.
"""

from collections.abc import Awaitable, Callable

from attrs import define, evolve, field, frozen

from robi.protocol.messages import AuthOk
from tools.sim.answers import Answers, outcome_of
from tools.sim.ledger import Turn
from tools.sim.link import Parting
from tools.sim.parts import Part
from tools.sim.samples import Sample
from tools.sim.witness import Heard

SayAgain = Callable[[], Awaitable[Turn]]


@frozen
class Asked:
    """An utterance on its way.

    `due` is when its schedule wanted it, `lag` how far the robot was behind that schedule then.
    `again` says it again; `resumptions` is how often the session had been resumed by then, `sure`
    up to which of them it is known whether it was heard.
    """

    step: int
    kind: str
    due: float
    lag: float
    again: SayAgain | None = None
    resumptions: int = 0
    sure: int = 0


@define(eq=False)
class Recorder:
    """The `Witness` of a robot that plays `scenario`; `observe` is told of each answer."""

    scenario: str
    part: Part
    observe: Callable[[Sample], None]

    answers: Answers = field(factory=Answers, init=False)
    asked: dict[str, Asked] = field(factory=dict, init=False)
    """By `request_id`, the utterances whose answer has no outcome yet."""
    faults: list[str] = field(factory=list, init=False)
    count: int = field(default=0, init=False)
    """The answers that `observe` was told of."""

    def expect(self, request_id: str, asked: Asked, name: str | None) -> None:
        """An utterance is about to be said; steps may speak of its answer by `name`."""
        self.answers.begin(request_id, name)
        resumptions = self.answers.resumptions
        self.asked[request_id] = evolve(asked, resumptions=resumptions, sure=resumptions)

    def doubtful(self, request_id: str) -> SayAgain | None:
        """Return how to say it again, if the link was lost since and no sign of an answer came."""
        asked = self.asked.get(request_id)
        if asked is None or self.answers.of(request_id).messages:
            return None
        return asked.again if self.answers.resumptions > asked.sure else None

    def make_sure(self, request_id: str) -> None:
        """It is being found out whether it was heard."""
        asked = self.asked[request_id]
        self.asked[request_id] = evolve(asked, sure=self.answers.resumptions)

    # ── what the robot tells ──────────────────────────────────────────────────────────────

    def linked(self, hello: AuthOk, *, again: bool) -> None:
        """Know whether the session was resumed."""
        self.answers.link(hello, again=again)

    def heard(self, heard: Heard) -> None:
        """Keep the message."""
        self.answers.hear(heard)

    def ended(self, turn: Turn) -> None:
        """Make a sample of it, if a step has asked for it."""
        for token in self.part.foreign(turn.text):
            turn.rules.append(f"words of another robot: {token}")
            self.violated(turn.rules[-1])
        asked = self.asked.pop(turn.request_id, None)
        outcome = outcome_of(turn)
        if asked is None or outcome is None:
            return
        self.count += 1
        self.observe(
            Sample(
                self.scenario,
                asked.step,
                asked.kind,
                # sound has to be sent before it can be answered: that is no latency
                turn.asked_at - asked.lag if asked.kind == "audio" else asked.due,
                turn.asked_at,
                turn.emotion_at,
                turn.first_text_at,
                turn.ended_at,
                outcome,
                turn.error.error_code if turn.error is not None else None,
                len(turn.texts),
                len(turn.text),
                self.answers.resumptions > asked.resumptions,
                tuple(turn.rules),
            )
        )

    def violated(self, rule: str) -> None:
        """Note it; the scenario goes on."""
        self.faults.append(rule)

    def parted(self, parting: Parting, pause: float | None) -> None:
        """Nothing: who waits looks at the robot."""
