"""What is said and who is there: the shapes every prompt and every brain speaks about.

Owns `Media`, `Said` and `Scene`; no rendering and no rules. They live here and not beside the port
of the brain because the words of Robi (this room) must not know that a model answers them.
"""

from typing import Final, Literal

from attrs import field, frozen

from robi.errors import Language
from robi.protocol.messages import Context
from robi.speech.reading import Reading

MediaKind = Literal["audio", "image", "video"]


@frozen
class Media:
    """Bytes of audio, image or video with their MIME type, sent to the model as they are."""

    mime: str
    data: bytes = field(repr=False)

    @property
    def kind(self) -> MediaKind:
        """`audio`, `video` or else `image`: no other is taken (`robi.protocol.media`)."""
        match self.mime.partition("/")[0]:
            case "audio" | "video" as kind:
                return kind
            case _:
                return "image"


@frozen
class Said:
    """One message of a conversation: text, media, or both.

    `cut_off` marks an answer of which the person heard only `text`.
    """

    role: Literal["person", "robot"]
    text: str = field(repr=False)
    media: tuple[Media, ...] = ()
    cut_off: bool = False


Arrival = Literal["speaking", "silent"]


@frozen
class DueNow:
    """A timer or reminder that the robot speaks of now, since it is time.

    `theirs`: whoever is there has set it; else `label`, what it is for, is empty. `at` is when it
    was due, in local time with its zone. `late`: the robot could not say it then.
    """

    kind: Literal["timer", "reminder"]
    label: str = field(repr=False)
    at: str
    theirs: bool = True
    late: bool = False


Wish = Literal[
    "forget_that", "forget_about", "forget_all", "incognito", "resume", "remember", "too_private"
]
"""What a person asks of the robot's memory. `forget_that` is what was just said, `forget_about`
a thing they name, `forget_all` everything about them; during `incognito`, which `resume` ends,
nothing is kept. `too_private` is asked to be remembered too, and must not be."""

FORGETTING: Final[frozenset[Wish]] = frozenset({"forget_that", "forget_about", "forget_all"})


@frozen
class Scene:
    """Who is there and what the robot knows, as the prompt and the rehearsal need it.

    `person_id` and `name` are None for a stranger. `memories` belong to that person alone.
    `asked_to_look`: the question that led to the picture in this utterance (protocol.md §7).
    `arrival`: this known person has just come; `speaking` or `silent` says whether they have said
    anything, or the robot speaks of its own accord. `low_battery`: percent, while it is still to
    be mentioned. `meeting`: someone new is being met, the robot should ask for (or learn) the
    name (§8). `earlier`: a summary of what this person and the robot said before the history
    begins. `wish`: what the server has understood the person to ask of the robot's memory in this
    utterance, and is doing. `incognito`: nothing of what is said now is kept. `due`: nobody has
    spoken, the robot speaks since it is time for these. `reading`: what the answer has to rest on,
    when a reader asks.
    """

    language: Language
    robot_name: str
    person_id: str | None = None
    name: str | None = None
    confidence: float | None = None
    memories: tuple[str, ...] = field(default=(), repr=False)
    context: Context = field(factory=Context)
    meeting: bool = False
    asked_to_look: str | None = field(default=None, repr=False)
    local_time: str | None = None
    earlier: str | None = field(default=None, repr=False)
    arrival: Arrival | None = None
    low_battery: int | None = None
    wish: Wish | None = None
    incognito: bool = False
    due: tuple[DueNow, ...] = field(default=(), repr=False)
    reading: Reading | None = field(default=None, repr=False)
