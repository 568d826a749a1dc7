"""A reader's answer as it grows: Markdown for the eyes, and nothing told that no text bears out.

Owns which of a model's citations are told, and when words go out:

- *Strict*, where the answer has to rest on passages: words are held back until there is evidence, a
  citation that was found in the passages. Then all goes out, and flows. A sentence that the model
  did not cite, of which a passage says most, gets its citation here. If the answer ends without any
  evidence, what was held is dropped, and it says instead that the text does not hold the answer.
- *Open*, where it is about what the reader selected, or about nothing in particular: words flow,
  citations are told if they are found.

What is told of a citation are the passage's own words (`evidence`); one that is not found is
dropped and counted. Where its number stands in the text is `prose`. Of the directions of a robot a
reader's answer has the emotion alone.
"""

from typing import Final

from attrs import Factory, define, field

from robi.errors import Language
from robi.protocol.emotions import DEFAULT_EMOTION
from robi.protocol.messages import CaptureRequest, Citation, ResponseMeta, ServerMessage
from robi.speech import expressions
from robi.speech.answer import Answer
from robi.speech.directions import (
    CitationTag,
    DirectionParser,
    EmotionTag,
    NoEvidence,
    Piece,
    Spoken,
)
from robi.speech.endings import Ending
from robi.speech.evidence import Evidence, Found
from robi.speech.prose import Prose
from robi.speech.read_prompts import decline_words
from robi.speech.reading import Reading
from robi.speech.spacing import MarkdownSpacing
from robi.speech.spoken import as_language

MOST_CITATIONS: Final = 32
"""Of one answer; what a model cites beyond that is dropped."""

MOST_LOOKED_FOR: Final = 48
"""Citations, and sentences without one, that are looked for in passages: a bound on the work."""


@define
class ReadAnswer(Answer):
    """The answer to one question of a reader.

    Call `rest_on` before anything is fed. It declines in Spanish or, if that is not the language in
    which it is expected, in English.
    """

    person_id: None = field(default=None, init=False)
    confidence: None = field(default=None, init=False)
    declined: bool = field(default=False, init=False)
    dropped_citations: int = field(default=0, init=False)
    citations: list[Citation] = field(factory=list, init=False, repr=False)
    _parser: DirectionParser = field(factory=lambda: DirectionParser(MarkdownSpacing()), init=False)
    _voice: Prose = field(
        default=Factory(lambda self: Prose(self.support), takes_self=True), init=False
    )
    _reading: Reading = field(default=Reading(wanted=False), init=False, repr=False)
    _evidence: Evidence = field(factory=lambda: Evidence(()), init=False, repr=False)
    _numbers: dict[Found, int] = field(factory=dict, init=False, repr=False)
    _looked_for: int = field(default=0, init=False)
    _held: list[str] = field(factory=list, init=False, repr=False)
    _wrote_none: bool = field(default=False, init=False)
    _concluded: bool = field(default=False, init=False)

    def rest_on(self, reading: Reading) -> None:
        """Say what the answer has to rest on."""
        self._reading = reading
        self._evidence = Evidence(reading.passages)

    def close(self) -> list[ServerMessage]:
        """The model has ended, or was not asked: return what was held back, or that it declines."""
        return [*super().close(), *self._conclude()]

    def end_as(self, ending: Ending, otherwise: Language) -> list[ServerMessage]:
        """As of any answer; of one that broke off without evidence nothing is said, not even that
        the text does not hold it: nobody knows that.
        """
        if ending == "broken":
            self._concluded = True
        return super().end_as(ending, otherwise)

    @property
    def dropped(self) -> dict[str, int]:
        """As of any answer: citations that stand nowhere, or were too many."""
        return {"citations": self.dropped_citations} if self.dropped_citations else {}

    def capture_request(self) -> CaptureRequest | None:
        """Return None: there is no camera."""
        return None

    def meta(self, person_name: str | None) -> ResponseMeta:
        """Return the whole answer with its citations."""
        emotion = self.emotion or DEFAULT_EMOTION
        return ResponseMeta(
            self.request_id,
            self.text,
            expressions.choose(emotion, (), self.rng),
            person_name=person_name,
            citations=tuple(self.citations),
            declined=self.declined or None,
        )

    def support(self, sentence: str) -> int | None:
        """Return the number of a citation for a sentence of which a passage says most, if any."""
        if not self._strict or self._wrote_none or not self._may_look():
            return None
        found = self._evidence.supporting(sentence)
        return None if found is None else self._number(found)

    @property
    def _strict(self) -> bool:
        return self._reading.wanted and not self._reading.selected

    def _say(self, pieces: list[Piece]) -> list[ServerMessage]:
        messages: list[ServerMessage] = []
        for piece in pieces:
            match piece:
                case Spoken(text):
                    messages += self._speak(self._voice.feed(text))
                case EmotionTag():
                    messages += super()._say([piece])
                case CitationTag(number, quote):
                    messages += self._take_citation(number, quote)
                case NoEvidence():
                    self._wrote_none = True
        return messages

    def _take_citation(self, number: int | None, quote: str) -> list[ServerMessage]:
        found = self._evidence.quoted(number, quote) if self._may_look() else None
        cited = None if found is None else self._number(found)
        if cited is None:
            self.dropped_citations += 1
            return []
        return self._speak(self._voice.mark(cited))

    def _may_look(self) -> bool:
        self._looked_for += 1
        return self._looked_for <= MOST_LOOKED_FOR

    def _number(self, found: Found) -> int | None:
        """Return the number of a citation, which is new if nobody has cited these words yet."""
        number = self._numbers.get(found)
        if number is None and len(self._numbers) < MOST_CITATIONS:
            number = self._numbers[found] = len(self._numbers) + 1
            passage = self._reading.passages[found.index]
            self.citations.append(
                Citation(
                    number,
                    found.quote,
                    passage.heading,
                    passage.title or None,
                    passage.place or None,
                    passage.anchor or None,
                    passage.text_id or None,
                    passage.url,
                )
            )
        return number

    def _speak(self, words: str) -> list[ServerMessage]:
        if self._strict and not self.citations:
            if words:
                self._held.append(words)
            return []
        held, self._held = self._held, []
        return super()._speak("".join([*held, words]))

    def _conclude(self) -> list[ServerMessage]:
        """Decline, if there is nothing that the answer could rest on."""
        if self._concluded or not self._reading.wanted:
            return []
        self._concluded = True
        if self._strict:
            unasked = not self._reading.passages
            self.declined = not self.citations and bool(unasked or self._held or self._wrote_none)
        else:
            self.declined = self._wrote_none
        if not self.declined or self.text:
            return []
        self._held.clear()
        language = as_language(self.language) or "en"
        return super()._speak(decline_words(language, self._reading.selected))
