"""Every message of the robot protocol as a frozen value: what each side may say.

Owns the names and fields of protocol.md §2 and §3. Media are bytes here; base64 belongs to the
codec. What differs between a client that speaks of users and one that speaks of persons belongs
to `dialects`: here a person is a person. It is one file, for it is one list.

The fields that a robot sends carry their bounds in their types (`Percent`, `Identifier`, …, see
`fields`); those that the server sends are plain, since the server makes them itself.
"""

from typing import Literal

from attrs import field, frozen

from robi.protocol.actions import Action
from robi.protocol.fields import (
    ApiKey,
    Base64,
    Channels,
    Count,
    Embedding,
    Identifier,
    JsonObject,
    Location,
    Mime,
    Names,
    Percent,
    SampleRate,
    Share,
    Words,
)

PROTOCOL_VERSION = "1.4"
"""What `auth_ok` and the health page call this protocol."""

Purpose = Literal["registration", "context"]
BatterySource = Literal["robot", "phone"]
CaptureType = Literal["photo", "video"]
Transition = Literal["bounce", "fade", "slide"]

UNKNOWN_PERSON = "unknown"
"""What a client calls someone whom it did not recognise."""


# ── from the robot ────────────────────────────────────────────────────────────────────────


@frozen
class Auth:
    """The first message: the key, and which conversation to go on with (§5)."""

    api_key: ApiKey | None = field(default=None, repr=False)
    device_id: Identifier | None = None
    session_id: Identifier | None = None
    last_seq: Count | None = None
    features: Names = ()


@frozen
class AudioFormat:
    """How raw PCM is to be read; without it audio is known by its first bytes."""

    encoding: Literal["pcm_s16le"]
    sample_rate: SampleRate
    channels: Channels = 1


@frozen
class Context:
    """What the body knows of itself: levels in percent, sensors by name."""

    location: Location | None = None
    battery_level: Percent | None = None
    battery_robot: Percent | None = None
    battery_phone: Percent | None = None
    sensors: JsonObject = field(factory=dict)


@frozen
class InteractionStart:
    """A person is in front of the robot. `face_embedding`: float32 little-endian bytes."""

    request_id: Identifier
    person_id: Identifier
    face_recognized: bool = False
    face_confidence: Share | None = None
    face_embedding: Embedding | None = field(default=None, repr=False)
    context: Context = Context()
    audio_format: AudioFormat | None = None


@frozen
class Audio:
    """One binary frame: bytes of the audio of the current utterance."""

    data: bytes = field(repr=False)


@frozen
class AudioEnd:
    """The utterance is complete: answer it."""

    request_id: Identifier


@frozen
class Text:
    """A typed utterance."""

    request_id: Identifier
    content: Words = field(repr=False)
    person_id: Identifier | None = None


@frozen
class Image:
    """A picture: of the face of someone new, or one that was asked for."""

    request_id: Identifier
    purpose: Purpose
    data: Base64 = field(repr=False)
    mime: Mime | None = None
    text: Words | None = field(default=None, repr=False)


@frozen
class Video:
    """A short film, asked for or sent of one's own accord."""

    request_id: Identifier
    duration_ms: Count
    data: Base64 = field(repr=False)
    mime: Mime | None = None
    text: Words | None = field(default=None, repr=False)


@frozen
class Multimodal:
    """One utterance in several media at once; at least one is there."""

    request_id: Identifier
    text: Words | None = field(default=None, repr=False)
    audio: Base64 | None = field(default=None, repr=False)
    audio_mime: Mime | None = None
    image: Base64 | None = field(default=None, repr=False)
    image_mime: Mime | None = None
    video: Base64 | None = field(default=None, repr=False)
    video_mime: Mime | None = None


@frozen
class Interrupt:
    """The person cut in. `spoken_chars`: UTF-16 code units of the answer already spoken."""

    request_id: Identifier
    spoken_chars: Count | None = None


@frozen
class FaceScanMode:
    """The robot looks around for people."""

    request_id: Identifier


@frozen
class PersonDetected:
    """The camera saw someone."""

    request_id: Identifier
    known: bool
    person_id: Identifier | None = None
    confidence: Share | None = None
    face_embedding: Embedding | None = field(default=None, repr=False)


@frozen
class BatteryAlert:
    """A battery is low."""

    request_id: Identifier
    battery_level: Percent
    source: BatterySource


ClientMessage = (
    Auth
    | InteractionStart
    | Audio
    | AudioEnd
    | Text
    | Image
    | Video
    | Multimodal
    | Interrupt
    | FaceScanMode
    | PersonDetected
    | BatteryAlert
)


# ── from the server ───────────────────────────────────────────────────────────────────────


@frozen
class ClientSettings:
    """What the phone should keep to, milliseconds and bytes."""

    conversation_keep_alive_ms: int
    person_search_timeout_ms: int
    max_message_bytes: int


@frozen
class AuthOk:
    """The link is attached to `session_id`."""

    session_id: str
    resumed: bool
    server: str
    settings: ClientSettings
    skills: tuple[str, ...] = ()


@frozen
class PersonRegistered:
    """Someone new has a name now."""

    request_id: str
    person_id: str
    name: str


@frozen
class Emotion:
    """The face for the answer; `person_id` only if the speaker is known."""

    request_id: str
    emotion: str
    person_id: str | None = None
    confidence: float | None = None


@frozen
class TextChunk:
    """A piece of what the phone will speak."""

    request_id: str
    text: str = field(repr=False)


@frozen
class CaptureRequest:
    """The robot is asked to look: `duration_ms` for a video only."""

    request_id: str
    capture_type: CaptureType
    duration_ms: int | None = None


@frozen
class Expression:
    """One to four OpenMoji code points, each shown `duration_per_emoji` milliseconds."""

    emojis: tuple[str, ...]
    transition: Transition
    duration_per_emoji: int = 2000


@frozen
class Citation:
    """Words of a text that an answer rests on; they stand there as they are quoted.

    `number` is how the answer refers to it: `[1]`. `heading` is outermost first, `anchor` the id of
    the innermost on its page. `place` is for people: `p. 12`. `text_id` is missing for words of a
    selection that is of no known text.
    """

    number: int
    quote: str = field(repr=False)
    heading: tuple[str, ...] = ()
    title: str | None = None
    place: str | None = None
    anchor: str | None = None
    text_id: str | None = None
    url: str | None = None


@frozen
class ResponseMeta:
    """The whole answer: its text, its face and its movements.

    A reader's has `citations` instead of movements; `declined`: the text does not hold the answer.
    """

    request_id: str
    response_text: str = field(repr=False)
    expression: Expression
    actions: tuple[Action, ...] = ()
    person_name: str | None = None
    citations: tuple[Citation, ...] | None = None
    declined: bool | None = None


@frozen
class TokenUsage:
    """What the model counted for one answer."""

    input_tokens: int
    output_tokens: int


@frozen
class Timings:
    """Where the time before the first words of a turn went, in milliseconds.

    `recall_ms`: asking the memory; `queue_ms`: waiting for a place at the model; `model_ms`: the
    model, until its first fragment.
    """

    recall_ms: int
    queue_ms: int
    model_ms: int


@frozen
class StreamEnd:
    """The turn is over."""

    request_id: str
    processing_time_ms: int
    interrupted: bool = False
    usage: TokenUsage | None = None
    timings: Timings | None = None


@frozen
class FaceScanActions:
    """How to look around."""

    request_id: str
    actions: tuple[Action, ...]


@frozen
class LowBatteryAlert:
    """A battery is low, and the person should know."""

    request_id: str
    battery_level: int
    source: BatterySource


@frozen
class ErrorReport:
    """An error of the catalogue (`robi.errors`) as a client sees it; `timestamp` is UTC."""

    error_code: str
    code: int
    message: str
    recoverable: bool
    timestamp: str
    details: str | None = None
    retry_after: int | None = None
    request_id: str | None = None


ServerMessage = (
    AuthOk
    | PersonRegistered
    | Emotion
    | TextChunk
    | CaptureRequest
    | ResponseMeta
    | StreamEnd
    | FaceScanActions
    | LowBatteryAlert
    | ErrorReport
)
