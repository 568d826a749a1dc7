"""What is measured of a robot that plays a scenario: values, no more. Pure.

A `Sample` for each answer, a `StepResult` for each step, a `Played` for the whole. Times are
seconds of trio's clock, which all robots of a process share; `None` for what never came.

Two times tell when an utterance began. `sent_at` is when the robot said it. `intended_at` is when
its schedule wanted it said: whoever was held up (by a process without CPU, by a robot before) says
it later, and a latency counted from `sent_at` alone leaves out the wait (coordinated omission).
"""

from typing import Literal

from attrs import frozen

SampleOutcome = Literal["answered", "interrupted", "error", "lost", "timeout"]
"""How an answer ended: whole, cut short, by an `error`, with its session, waited for in vain."""


@frozen
class Sample:
    """One answer: the scenario and the step (counted from 1) whose utterance it answers.

    `kind` is the verb of that step (`say`, `audio`, …). `faults` are the rules of the protocol that
    the server broke in it: order, completeness, exactly once, words of another robot; of a good
    server there are none. `resumed` says that the link was lost meanwhile and taken up again.
    """

    scenario: str
    step: int
    kind: str
    intended_at: float
    sent_at: float
    emotion_at: float | None
    first_text_at: float | None
    ended_at: float | None
    outcome: SampleOutcome
    error_code: str | None = None
    chunks: int = 0
    chars: int = 0
    resumed: bool = False
    faults: tuple[str, ...] = ()


@frozen
class StepResult:
    """How a step went: `reason` says why it failed, None if it passed."""

    number: int
    verb: str
    began_at: float
    ended_at: float
    reason: str | None = None

    @property
    def passed(self) -> bool:
        """Whether all was as the scenario has it."""
        return self.reason is None


@frozen
class Played:
    """A scenario played to its end, or to the step that failed: the rest is then not played.

    `faults` are all rules that the server broke, those of the samples and those outside any answer.
    """

    scenario: str
    steps: tuple[StepResult, ...]
    answers: int
    faults: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every step passed and no rule was broken."""
        return not self.faults and all(step.passed for step in self.steps)
