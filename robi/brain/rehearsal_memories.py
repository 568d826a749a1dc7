"""What of a person's words the rehearsal can note, and how it tells it back.

Owns the few forms in which it understands that people tell something lasting ("me gusta…", "I live
in…"), in Spanish and English, and the answer to a question for memories (`robi.speech.extraction`)
that is made of them. What is in no such form is not noted: a stand-in makes nothing up.
"""

import json
import re
from collections.abc import Iterator
from typing import Final

from attrs import field, frozen

from robi.brain.base import BrainRequest
from robi.brain.rehearsal_lines import MEMORIES, NOTED, QUOTED, TOLD_TO, Told
from robi.brain.rehearsal_privacy import private_class
from robi.brain.rehearsal_words import ended, language_of, like_told
from robi.errors import Language
from robi.speech.extraction import Kind, asked


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("WHAT", r"(?P<what>[^.,;:!?¡¿\[\]\n]+)"), re.IGNORECASE)


_FORMS: Final[tuple[tuple[Told, Language, re.Pattern[str]], ...]] = (
    ("dislike", "es", _form(r"\bno me (?:gusta|encanta)\s+WHAT")),
    ("dislikes", "es", _form(r"\bno me (?:gustan|encantan)\s+WHAT")),
    ("dislike", "es", _form(r"\bodio\s+WHAT")),
    ("dislike", "en", _form(r"\bi (?:don['\u2019]t|do not) (?:like|love|enjoy)\s+WHAT")),
    ("dislike", "en", _form(r"\bi hate\s+WHAT")),
    ("home", "es", _form(r"(?<!no )\bvivo en\s+WHAT")),
    ("home", "es", _form(r"\bme (?:he mudado|mud[eé]) a\s+WHAT")),
    ("home", "en", _form(r"\bi (?:now |still )?live in\s+WHAT")),
    ("home", "en", _form(r"\bi(?:['\u2019]ve| have)? (?:just )?moved to\s+WHAT")),
    ("work", "es", _form(r"(?<!no )\btrabajo (?:de|como)\s+WHAT")),
    ("work", "en", _form(r"\bi work as\s+WHAT")),
    ("owns", "es", _form(r"(?<!no )\btengo\s+(?P<what>una? [^.,;:!?\n]{1,40}? que se llama \w+)")),
    ("owns", "en", _form(r"\bi have\s+(?P<what>an? [^.,;:!?\n]{1,40}? (?:called|named) \w+)")),
    ("birthday", "es", _form(r"\bmi cumplea[nñ]os es\s+WHAT")),
    ("birthday", "en", _form(r"\bmy birthday is\s+WHAT")),
)
_SENTENCE: Final = re.compile(r"[^.!?\n]+[.!?\n]*")
_PLURAL: Final = re.compile(r"l[ao]s\b", re.IGNORECASE)
_ARTICLE: Final = re.compile(r"(?:el|la|los|las|un|una|the|an?)\s+", re.IGNORECASE)

_MINE: Final = re.compile(
    r"\b(?:yo|m[ií]|mis|m[ií][oa]s?|me|nos|nuestr[oa]s?|soy|estoy|tengo|vivo|trabajo|voy|quiero"
    r"|prefiero|necesito|odio|juego|toco|puedo|vengo"
    r"|i(?:['\u2019](?:m|ve|d|ll))?|my|mine|we|our)\b",
    re.IGNORECASE,
)

_LIKING: Final[dict[Told, Told]] = {"like": "likes", "dislike": "dislikes"}
"""What one likes, and what one likes several of."""
_TASTES: Final = frozenset({*_LIKING, *_LIKING.values()})
_ALONE: Final = frozenset({"home", "work", "birthday"})
_TASTE_WEIGHT, _FACT_WEIGHT = 6, 7


@frozen
class Noted:
    """What a person told: `what` and `quote` stand in their words."""

    told: Told
    language: Language
    what: str = field(repr=False)
    quote: str = field(repr=False)

    @property
    def content(self) -> str:
        """It as a memory, in the third person."""
        return MEMORIES[self.told][self.language][0].format(what=self.what)

    @property
    def kind(self) -> Kind:
        """Of which kind of memory it is."""
        return "preference" if self.told in _TASTES else "fact"

    @property
    def slot(self) -> str:
        """What it is the only one of, as `prompts/extraction.*.md` names it, or nothing."""
        if self.told in _TASTES:
            return f"like:{_ARTICLE.sub('', self.what.lower(), count=1)}"
        return self.told if self.told in _ALONE else ""


def noted_in(words: str) -> Iterator[Noted]:
    """Yield what the person tells of themselves in `words`, sentence by sentence."""
    for sentence in _SENTENCE.findall(words):
        if sentence.rstrip().endswith("?"):
            continue
        liked = like_told(sentence)
        if liked is not None:
            language: Language = "en" if liked[0][0] in "iI" else "es"
            yield from _noted("like", language, sentence, liked)
        for told, language, form in _FORMS:
            for match in form.finditer(sentence):
                yield from _noted(told, language, sentence, match)


def retold(memory: str, language: Language) -> str | None:
    """Return `memory` to the person's face, if it is in a form that was noted here.

    What is in another language than theirs is quoted in it.
    """
    for frames in MEMORIES.values():
        for noted_in_language, (frame, _) in frames.items():
            what = memory.removeprefix(frame.format(what=""))
            if what != memory:
                mine = noted_in_language == language
                said = what if mine else quoted(what, language)
                return frames[language][1].format(what=said)
    return None


def told_back(memory: str, language: Language) -> str:
    """Return `memory` to the person's face, whatever its form; what cannot be turned is quoted."""
    if told := retold(memory, language):
        return told
    if _MINE.search(memory) is not None:  # they speak of themselves as I
        return TOLD_TO[language].format(quoted=quoted(memory, language))
    if language_of(memory, language) == language:
        return memory
    return NOTED[language].format(quoted=quoted(memory, language))


def quoted(words: str, language: Language) -> str:
    """Return `words` as a quotation."""
    return QUOTED[language].format(words=words)


def is_taste(memory: str) -> bool:
    """Tell whether `memory` is noted as something that the person likes, or does not."""
    frames = (frame for told in _TASTES for frame, _ in MEMORIES[told].values())
    return any(memory.startswith(frame.format(what="")) for frame in frames)


def extracted(request: BrainRequest) -> str:
    """Return what is worth remembering in the turns that `request` asks about, as JSON."""
    memories: list[dict[str, object]] = []
    private: list[dict[str, object]] = []
    for turn in asked(request.utterance.text):
        if (flagged := private_class(turn.words)) is not None:
            private.append({"turn": turn.number, "class": flagged})
            continue
        memories += [
            {
                "turn": turn.number,
                "quote": noted.quote,
                "kind": noted.kind,
                "content": noted.content,
                "subject": "",
                "slot": noted.slot,
                "importance": _TASTE_WEIGHT if noted.told in _TASTES else _FACT_WEIGHT,
            }
            for noted in noted_in(turn.words)
        ]
    return json.dumps({"private": private, "memories": memories}, ensure_ascii=False)


def _noted(told: Told, language: Language, sentence: str, match: re.Match[str]) -> Iterator[Noted]:
    what = ended(match["what"])
    if not what:
        return
    if told in _LIKING and language == "es" and _several(match[0], what):
        told = _LIKING[told]
    quote = sentence[match.start() : match.start("what") + len(what)]
    yield Noted(told, language, what, quote)


def _several(said: str, what: str) -> bool:
    """Whether it is "me gustan" or "odio los": the memory's verb has to agree."""
    verb = said.removesuffix(what).split()
    return any(word.lower().endswith("an") for word in verb) or _PLURAL.match(what) is not None
