"""The manner of a turn: how what is said is put to the model, and how its answer is told.

Owns the difference between speaking with somebody and answering a reader; a turn has one from its
beginning, and does not ask which. Here is the port, and the manner of a robot. The reader's is
`reader`.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol

from attrs import define, evolve, field

from robi.speech.answer import Answer
from robi.speech.prompts import question, system_instruction
from robi.speech.scene import Scene


class Known(Protocol):
    """What is known of a person for one turn."""

    @property
    def name(self) -> str | None:
        """How the person is called."""

    @property
    def memories(self) -> tuple[str, ...]:
        """What the robot remembers of this person, most telling first."""


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


@define(eq=False)
class AsRobot:
    """The manner of a robot: with a face and movements, and what is known of the person.

    Args:
        words: what was said, if it is known.
        recall: see `robi.actors.turn.TurnPorts`.
        persona: who the robot is, if not as it is shipped.
    """

    answer: Answer
    _words: str = field(repr=False)
    _recall: Callable[[str, str], Awaitable[Known | None]]
    _persona: str | None

    async def ready(self, scene: Scene) -> Scene:
        """Recall the person; a memory that is slow or gone is as good as none."""
        if scene.person_id is None:
            return scene
        known = await self._recall(scene.person_id, self._words)
        if known is None:
            return scene
        return evolve(scene, name=known.name, memories=known.memories)

    def answerable(self, _scene: Scene) -> bool:
        """A robot says something to everything."""
        return True

    def instruction(self, scene: Scene) -> str:
        """Return who the robot is, how it answers, and who is there."""
        return system_instruction(scene, self._persona)

    def question(self, scene: Scene, words: str) -> str:
        """Return `words`, or that there are none, and why."""
        return question(scene, words)
