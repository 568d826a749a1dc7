"""Who is in front of one robot, and what its body says of the moment.

Owns the step from what a client names to the speaker of the next turn; the rule itself is
`robi.people.identity`. Pure: it makes scenes, it asks nobody.
"""

from attrs import define, field

from robi.errors import Language
from robi.people.identity import Speaker, resolve
from robi.protocol.messages import UNKNOWN_PERSON, Context, InteractionStart, PersonDetected
from robi.speech.scene import Scene


def _stranger() -> Speaker:
    return resolve(None, UNKNOWN_PERSON)


@define
class Company:
    """The person before the robot. At first a stranger."""

    speaker: Speaker = field(factory=_stranger)
    face: bytes | None = field(default=None, repr=False)
    """The embedding to keep if this stranger tells a name: float32, little-endian."""
    context: Context = field(factory=Context, repr=False)

    def on_start(self, message: InteractionStart) -> None:
        """A person is in front of the robot, perhaps another one."""
        self._name(message.person_id, message.face_confidence, message.face_embedding)
        self.context = message.context

    def on_detected(self, message: PersonDetected) -> None:
        """The camera saw someone."""
        person_id = message.person_id if message.known else UNKNOWN_PERSON
        self._name(person_id, message.confidence, message.face_embedding)

    def on_named(self, person_id: str | None) -> None:
        """An utterance says whose it is; without a name it is of whom was named last."""
        if person_id is not None:
            self._name(person_id, None, None)

    def on_registered(self, person_id: str) -> None:
        """The stranger has a name now: the session speaks to this person from here on."""
        self.speaker = Speaker(person_id, self.speaker.confidence)
        self.face = None

    def scene(self, language: Language, robot_name: str, asked_to_look: str | None) -> Scene:
        """Return what a turn may know before anything is recalled."""
        speaker = self.speaker
        return Scene(
            language=language,
            robot_name=robot_name,
            person_id=speaker.person_id if speaker.known else None,
            confidence=speaker.confidence if speaker.known else None,
            context=self.context,
            meeting=not speaker.known,
            asked_to_look=asked_to_look,
        )

    def _name(self, person_id: str | None, confidence: float | None, face: bytes | None) -> None:
        before = self.speaker
        self.speaker = resolve(before, person_id, confidence)
        if face is not None or self.speaker.person_id != before.person_id:
            self.face = face
