"""The manner of a turn: how what is said is put to the model, and how its answer is told.

Owns the difference between speaking with somebody and answering a reader; a turn has one from its
beginning, and does not ask which. Here is the port, and the manner of a robot. The reader's is
`reader`.
"""

from typing import TYPE_CHECKING, Protocol, TypeAlias

from attrs import define, evolve, field

from robi.speech.answer import Answer
from robi.speech.prompts import question, system_instruction
from robi.speech.scene import Scene

if TYPE_CHECKING:
    from collections.abc import Callable

    from robi.actors.turn import Plan, TurnPorts


class Manner(Protocol):
    """How one turn is asked and told."""

    @property
    def answer(self) -> Answer:
        """The answer of this turn, as it grows."""

    async def ready(self, scene: Scene) -> Scene:
        """Return the scene with what is known of it.

        Raises a RobiError if the turn ends here.
        """

    def answerable(self, scene: Scene) -> bool:
        """Whether there is anything to ask the model; if not, the answer closes by itself."""

    def instruction(self, scene: Scene) -> str:
        """Return the system instruction."""

    def question(self, scene: Scene, words: str) -> str:
        """Return what the person says to the model."""


MakeManner: TypeAlias = "Callable[[Plan, TurnPorts, str], Manner]"
"""Makes the manner of one turn, whose answer is expected in that language."""


@define(eq=False)
class AsRobot:
    """The manner of a robot: with a face and movements, and what is known of the person."""

    _plan: "Plan"
    _ports: "TurnPorts"
    _language: str
    answer: Answer = field(init=False)

    def __attrs_post_init__(self) -> None:
        plan = self._plan
        self.answer = Answer(
            plan.utterance.request_id,
            plan.scene.person_id,
            plan.scene.confidence,
            self._ports.rng,
            self._language,
        )

    async def ready(self, scene: Scene) -> Scene:
        """Recall the person; a memory that is slow or gone is as good as none."""
        if scene.person_id is None:
            return scene
        known = await self._ports.recall(scene.person_id, self._plan.utterance.text)
        if known is None:
            return scene
        return evolve(scene, name=known.name, memories=known.memories)

    def answerable(self, _scene: Scene) -> bool:
        """A robot says something to everything."""
        return True

    def instruction(self, scene: Scene) -> str:
        """Return who the robot is, how it answers, and who is there."""
        return system_instruction(scene, self._ports.persona)

    def question(self, scene: Scene, words: str) -> str:
        """Return `words`, or that there are none, and why."""
        return question(scene, words)
