"""One answer as it grows: from what the model writes to the messages of a turn, in their order.

Owns the order of protocol.md §3: emotion once and first, then texts, then at most one capture
request, then the meta message. Pure: fragments of text in, messages out. The words between the
stage directions are made fit to be spoken (`robi.speech.spoken`); `text` is what was sent. What the
model says to the server and not to the person (a name, memories, a summary of what it heard, a wish
to be forgotten) is kept as fields. For a reader's eyes there is `read_answer`, which differs in
what becomes of words (`Voice`) and in which directions there are.
"""

import random
from typing import Protocol

from attrs import Factory, define, field

from robi.errors import Language
from robi.protocol.emotions import DEFAULT_EMOTION, is_emotion
from robi.protocol.messages import (
    CaptureRequest,
    CaptureType,
    Emotion,
    ResponseMeta,
    ServerMessage,
    TextChunk,
)
from robi.speech import expressions, gestures
from robi.speech.directions import (
    CaptureTag,
    ConsentTag,
    DirectionParser,
    Emojis,
    EmotionTag,
    GestureRequest,
    Gestures,
    MediaSummary,
    MemoryNote,
    NameTag,
    Piece,
    Spoken,
)
from robi.speech.endings import Ending, closing
from robi.speech.pieces import Consent
from robi.speech.spoken import Speakable, as_language, language_of

VIDEO_MS = 5_000
"""How long a film the robot asks for: half of the time in which it has to come (protocol.md §7)."""


class Voice(Protocol):
    """What makes the words between the directions fit for a person."""

    def feed(self, text: str) -> str:
        """Take what comes next; return what can be said by now."""

    def close(self) -> str:
        """Return what was held back: nothing follows it."""


@define
class Answer:
    """The answer to one utterance.

    Args:
        request_id: of the turn.
        person_id: of the speaker, or None for a stranger.
        confidence: of the face, 0..1, if a face was seen.
        rng: picks among the emoji of an emotion.
        language: in which the answer is expected, as `Speakable` takes it.
    """

    request_id: str
    person_id: str | None
    confidence: float | None
    rng: random.Random
    language: str = "es"
    emotion: str | None = field(default=None, init=False)
    text: str = field(default="", init=False, repr=False)
    summary: str | None = field(default=None, init=False, repr=False)
    name: str | None = field(default=None, init=False, repr=False)
    notes: list[MemoryNote] = field(factory=list, init=False, repr=False)
    capture: CaptureType | None = field(default=None, init=False)
    consent: Consent | None = field(default=None, init=False)
    dropped_verbs: tuple[str, ...] = field(default=(), init=False)
    _parser: DirectionParser = field(factory=DirectionParser, init=False)
    _voice: Voice = field(
        default=Factory(lambda self: Speakable(self.language), takes_self=True), init=False
    )
    _emojis: list[str] = field(factory=list, init=False)
    _gestures: list[GestureRequest] = field(factory=list, init=False)

    def feed(self, written: str) -> list[ServerMessage]:
        """Take what the model wrote next; return what can be said by now."""
        return self._say(self._parser.feed(written))

    def close(self) -> list[ServerMessage]:
        """The model has ended: return what was still held back."""
        return [*self._say(self._parser.close()), *self._speak(self._voice.close())]

    def end_as(self, ending: Ending, otherwise: Language) -> list[ServerMessage]:
        """The model has not ended its answer itself: close it, in a whole sentence.

        Its words are of the answer's language, or of `otherwise` if that is none of ours.
        """
        messages = self.close()
        hint = as_language(self.language) or otherwise
        language = as_language(language_of(self.text, hint)) or otherwise
        return [*messages, *self._speak(closing(self.text, ending, language))]

    def pause(self) -> list[ServerMessage]:
        """The model stops to have something called: what it writes next are other words.

        Return what was still held back.
        """
        return [*self._say(self._parser.pause()), *self._speak(self._voice.close())]

    @property
    def empty(self) -> bool:
        """Whether the model has neither said nor done anything."""
        return not (self.text or self._gestures or self.capture)

    @property
    def dropped(self) -> dict[str, int]:
        """How many of the model's directions came to nothing, by kind; of each kind at least one.

        It is whole once `meta` was asked for.
        """
        return {"gestures": len(self.dropped_verbs)} if self.dropped_verbs else {}

    def capture_request(self) -> CaptureRequest | None:
        """Return the request for a picture, if the answer asks for one."""
        if self.capture is None:
            return None
        duration_ms = VIDEO_MS if self.capture == "video" else None
        return CaptureRequest(self.request_id, self.capture, duration_ms)

    def meta(self, person_name: str | None) -> ResponseMeta:
        """Return the whole answer with its face and movements."""
        emotion = self.emotion or DEFAULT_EMOTION
        actions, self.dropped_verbs = gestures.expand(self._gestures, emotion)
        return ResponseMeta(
            self.request_id,
            self.text,
            expressions.choose(emotion, tuple(self._emojis), self.rng),
            actions,
            person_name,
        )

    def face(self, emotion: str) -> Emotion:
        """Settle the emotion of the answer and return its message."""
        self.emotion = emotion
        return Emotion(self.request_id, emotion, self.person_id, self.confidence)

    def _speak(self, words: str) -> list[ServerMessage]:
        if not words:
            return []
        self.text += words
        chunk = TextChunk(self.request_id, words)
        return [chunk] if self.emotion is not None else [self.face(DEFAULT_EMOTION), chunk]

    def _say(self, pieces: list[Piece]) -> list[ServerMessage]:
        messages: list[ServerMessage] = []
        for piece in pieces:
            match piece:
                case Spoken(text):
                    messages += self._speak(self._voice.feed(text))
                case EmotionTag(name):
                    if self.emotion is None:
                        messages.append(self.face(name if is_emotion(name) else DEFAULT_EMOTION))
                case Emojis(codes):
                    self._emojis.extend(codes)
                case Gestures(requests):
                    self._gestures.extend(requests)
                case CaptureTag(kind):
                    self.capture = self.capture or kind
                case MediaSummary(text):
                    self.summary = text
                case MemoryNote():
                    self.notes.append(piece)
                case NameTag(name):
                    self.name = self.name or name
                case ConsentTag(wish):
                    self.consent = self.consent or wish
        return messages
