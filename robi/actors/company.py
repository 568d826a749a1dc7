"""Who is in front of one robot, and what its body says of the moment.

Owns the step from what a client names to the speaker of the next turn; the rule itself is
`robi.people.identity`. Pure: it makes scenes, it asks nobody.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from attrs import define, evolve, field

from robi.actors.history import Entry
from robi.people.identity import Speaker, recognised, resolve, unlike
from robi.protocol.messages import UNKNOWN_PERSON, Context, InteractionStart, PersonDetected
from robi.speech.prompts import LOW_BATTERY
from robi.speech.scene import Arrival, Scene

GREETED_FOR = 15 * 60.0
"""Seconds in which someone who was greeted is not greeted again."""

RECHARGED = 30
"""Percent above which a battery that was mentioned as low may be mentioned again."""


_NOTHING: Final = Context()
_NOBODY: Final[Mapping[str, float]] = {}
"""Shared by all who have greeted nobody yet."""


def _stranger() -> Speaker:
    return resolve(None, UNKNOWN_PERSON)


@define
class Company:
    """The person before the robot. At first a stranger."""

    speaker: Speaker = field(factory=_stranger)
    face: bytes | None = field(default=None, repr=False)
    """The embedding to keep if this stranger tells a name: float32, little-endian."""
    context: Context = field(default=_NOTHING, repr=False)
    unannounced: str | None = None
    """Someone who told a name and whose robot was not told so: to it still `unknown`."""
    is_forgotten: Callable[[str], bool] = field(default=lambda _person_id: False, repr=False)
    """Whether an id that a phone may still know means nobody any more."""
    _greeted: Mapping[str, float] = field(default=_NOBODY, init=False)
    _battery_told: bool = field(default=False, init=False)

    def on_start(self, message: InteractionStart) -> None:
        """A person is in front of the robot, perhaps another one."""
        self._name(message.person_id, message.face_confidence, message.face_embedding)
        self.context = message.context
        if levels := self._levels():
            self._battery_told = self._battery_told and min(levels) <= RECHARGED

    def on_detected(self, message: PersonDetected) -> None:
        """The camera saw someone."""
        person_id = message.person_id if message.known else UNKNOWN_PERSON
        before, face = self.speaker, self.face
        self._name(person_id, message.confidence, message.face_embedding)
        if self.speaker.person_id == before.person_id:
            self.face = face  # of a stranger who spoke, not of whoever passes by

    def on_named(self, person_id: str | None) -> None:
        """An utterance says whose it is; without a name it is of whom was named last."""
        if person_id is not None:
            self._name(person_id, None, None)

    def on_battery(self, level: int) -> None:
        """An app says that a battery is low; it need not say so in its context as well."""
        self.context = evolve(self.context, battery_level=level)

    def to_be_greeted(self, now: float) -> bool:
        """Whether a known person is there who was not greeted lately; `now` in seconds."""
        since = self._greeted.get(self.speaker.person_id)
        return self.speaker.known and (since is None or now - since >= GREETED_FOR)

    def on_registered(self, person_id: str) -> None:
        """The stranger has a name now: the session speaks to this person from here on."""
        self.speaker = Speaker(person_id)  # how sure a face was of nobody says nothing of somebody
        self.face = None

    def on_forgotten(self, person_id: str) -> None:
        """Nothing is known of that person any more: if they are here, they are a stranger."""
        self._greeted = {who: at for who, at in self._greeted.items() if who != person_id}
        if self.unannounced == person_id:
            self.unannounced = None
        if self.speaker.person_id == person_id:
            self.speaker, self.face = _stranger(), None

    def next_scene(self, now: float, arrival: Arrival, scene: Scene) -> Scene:
        """Return `scene` with who is there, and note what this turn will have said.

        Args:
            now: seconds.
            arrival: whether the person speaks, or the robot of its own accord.
            scene: what does not depend on the company.
        """
        speaker = self.speaker
        greet = self.to_be_greeted(now)
        levels = self._levels()
        low = min(levels) if levels and min(levels) <= LOW_BATTERY else None
        told, self._battery_told = self._battery_told, self._battery_told or low is not None
        if speaker.known:
            self._greeted = {**self._greeted, speaker.person_id: now}
        return evolve(
            scene,
            person_id=speaker.person_id if speaker.known else None,
            confidence=speaker.confidence if speaker.known else None,
            context=self.context,
            meeting=not speaker.known,
            arrival=arrival if greet or arrival == "silent" else None,
            low_battery=None if told else low,
        )

    def _levels(self) -> list[int]:
        context = self.context
        levels = (context.battery_level, context.battery_robot, context.battery_phone)
        return [level for level in levels if level is not None]

    def _name(self, person_id: str | None, confidence: float | None, face: bytes | None) -> None:
        before = self.speaker
        if person_id is not None and self.is_forgotten(person_id.strip()):
            person_id = UNKNOWN_PERSON
        other = unlike(self.face, face)
        nameless = (
            before.person_id == self.unannounced and recognised(person_id, confidence) is None
        )
        if nameless and not other:
            return  # the robot has not been told an id for this person yet
        self.speaker = resolve(None if other else before, person_id, confidence)
        if face is not None or self.speaker.person_id != before.person_id:
            self.face = face


def left_with(
    entries: Sequence[Entry],
    *,
    lately: bool,
    is_forgotten: Callable[[str], bool],
    who: str | None = None,
) -> Company:
    """Return whom a robot was left with, when its session is made anew from `entries`.

    That person is still there if it was `lately`; else it is anybody, and nobody's conversation is
    told to whoever comes by. A reader's session is `who` it was, always: nobody else has its id.
    """
    last = who or (entries[-1].person_id if entries and lately else None)
    if last is None or is_forgotten(last):
        return Company(is_forgotten=is_forgotten)
    return Company(Speaker(last), is_forgotten=is_forgotten)
