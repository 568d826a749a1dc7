"""Stage directions out of a stream: what is spoken goes on at once, what is not never does.

Owns where a direction begins and ends (protocol.md §4); what its inside means is `pieces`, the
space that it leaves is `spacing`. The rules, each chosen so that a split changes nothing:

- A direction is `[`, a known name in any case with spaces around it, and `:`. Until the colon it
  may be text: it is held back while it can still become a direction, and is text if it does not
  or if the stream ends. From the colon on it is never spoken.
- It ends with the `]` that balances its `[`. Another direction that begins inside ends it too:
  the model forgot a bracket. In the quote of a citation brackets are text (`quotes`).
- One that is never closed reaches as far as what it may hold: one word for an emotion, a list for
  emojis and gestures, a line for a name, a quote to its end, everything for a memory or a summary.
  What comes after is text again. This is decided at the end of the stream or after `LIMIT`
  characters, so that a forgotten bracket neither mutes the robot nor fills the memory.
- What the end of the stream cuts short says nothing, since half a name is a wrong one; but the
  beginning of a summary is still true, and of a quote it is seen whether it stands in the text.
  A wish to be forgotten says nothing unless it is closed.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from attrs import define

from robi.speech import quotes
from robi.speech.emojis import EMOJI
from robi.speech.gestures import GestureRequest
from robi.speech.pieces import (
    READERS,
    CaptureTag,
    CitationTag,
    ConsentTag,
    Emojis,
    EmotionTag,
    Gestures,
    MediaSummary,
    MemoryNote,
    NameTag,
    NoEvidence,
    Piece,
    Spoken,
)
from robi.speech.spacing import Spacing

__all__ = [
    "CaptureTag",
    "CitationTag",
    "ConsentTag",
    "DirectionParser",
    "Emojis",
    "EmotionTag",
    "GestureRequest",
    "Gestures",
    "MediaSummary",
    "MemoryNote",
    "NameTag",
    "NoEvidence",
    "Piece",
    "Spoken",
]

LIMIT = 400
"""Characters of an unclosed direction that are held back before it is decided what it was.

Gestures are the longest that must stay whole: a dozen of them fit.
"""
LONG_LIMIT = 2000
"""The same for free text, of which no more than this is kept."""

_MAX_SPACES = 16
_HEAD = re.compile(
    rf"\[\s{{0,{_MAX_SPACES}}}((?ai:{'|'.join(READERS)}))\s{{0,{_MAX_SPACES}}}:"
)  # the case of ASCII only, as `_may_become_head` folds it
_MAX_HEAD = 1 + 2 * _MAX_SPACES + max(map(len, READERS))
_PREFIXES = frozenset(name[:end] for name in READERS for end in range(len(name) + 1))
_BRACKET = re.compile(r"[\[\]]")

_WORD = re.compile(r"\s*[\w-]*")
_CODE = r"(?:U\+)?(?=[A-F]*\d)[0-9A-F]{4,6}(?:-[0-9A-F]{0,6})*(?!\w)"
_CODE_CUT = r"(?:U\+?)?[0-9A-F-]{0,24}\Z"
_CODES = re.compile(rf"(?i:[\s,|]+|{_CODE}|[{EMOJI}\u200d\ufe0f\u20e3]|{_CODE_CUT})*")
_VERB = r"(?:[\w-]+(?:\s*:\s*[\w#.()-]*)*)?"
_VERBS = re.compile(rf"\s*{_VERB}(?:\s*[|,]\s*{_VERB})*")
_LINE = re.compile(r"\s*[^\n]*")
_ALL = re.compile(r".*", re.DOTALL)
_REACH: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "emotion": _WORD,
        "capture": _WORD,
        "emojis": _CODES,
        "actions": _VERBS,
        "person_name": _LINE,
        "forget": _WORD,
        "incognito": _WORD,
        "media_summary": _ALL,
        "memory": _ALL,
        "cite": quotes.REACH,
        "none": _WORD,
    }
)
"""How far each reaches when nothing closes it; each pattern matches the empty string."""
_LONG = frozenset({"media_summary", "memory"})
_TRUE_CUT_SHORT = frozenset({"media_summary", "cite"})
_TRUE_ONLY_CLOSED = frozenset({"forget", "incognito"})


@define
class _Open:
    """A direction whose end has not come; `held` begins after its colon."""

    name: str
    held: str = ""
    scanned: int = 0  # brackets before this are counted
    depth: int = 1
    kept: str | None = None  # its content, once it is too long to hold: from then on only skipped

    @property
    def limit(self) -> int:
        return LONG_LIMIT if self.name in _LONG else LIMIT


class DirectionParser:
    """Tells words from directions while they come; one for each answer."""

    def __init__(self, spacing: Spacing | None = None) -> None:
        """Begin an answer, whose white space is that of speech unless `spacing` is another."""
        self._spacing = spacing or Spacing()
        self._head = ""  # text from a `[` on that may yet become a direction
        self._open: _Open | None = None

    def feed(self, text: str) -> list[Piece]:
        """Take the next piece of the model's output, split anywhere; return what it tells.

        All text that cannot belong to a direction comes out at once, white space at the end
        excepted, with as few `Spoken` as possible: one, if nothing comes between.
        """
        if self._open is None and not self._head and "[" not in text:
            said = self._spacing.say(text)  # the way of nearly every chunk
            return [Spoken(said)] if said else []
        pieces: list[Piece] = []
        self._read(text, pieces)
        return pieces

    def close(self) -> list[Piece]:
        """The model has ended: return what was held back and is text after all."""
        pieces: list[Piece] = []
        if self._open is not None:
            rest = self._cut(self._open, pieces)
            self._read(rest, pieces)
        self._say(self._head, pieces)
        self._head = ""
        return pieces

    def pause(self) -> list[Piece]:
        """The model has stopped, and writes other words next: return what was held back."""
        pieces = self.close()
        self._spacing.cross()
        return pieces

    def _read(self, text: str, pieces: list[Piece]) -> None:
        while text:
            if self._open is None:
                text = self._read_text(self._head + text, pieces)
            else:
                text = self._read_direction(self._open, text, pieces)

    def _read_text(self, text: str, pieces: list[Piece]) -> str:
        """Say `text` up to the next direction; return what follows its colon."""
        self._head = ""
        bracket = text.find("[")
        while bracket >= 0:
            head = _HEAD.match(text, bracket)
            if head is not None:
                self._say(text[:bracket], pieces)
                self._open = _Open(head[1].lower())
                return text[head.end() :]
            if _may_become_head(text, bracket):
                self._say(text[:bracket], pieces)
                self._head = text[bracket:]
                return ""
            bracket = text.find("[", bracket + 1)
        self._say(text, pieces)
        return ""

    def _read_direction(self, it: _Open, text: str, pieces: list[Piece]) -> str:
        """Go on with the open direction; return what follows it, if its end is here."""
        it.held += text
        while True:
            end = len(it.held) if it.kept is not None else it.limit
            bracket = _BRACKET.search(it.held, it.scanned, end)
            if bracket is None:
                it.scanned = min(len(it.held), end)
                if it.kept is not None:
                    it.held, it.scanned = "", 0
                    return ""
                return self._overflow(it, pieces) if len(it.held) >= it.limit else ""
            at = bracket.start()
            if bracket[0] == "]":
                # Of what is only skipped nobody knows any more where the quote was.
                if it.name == "cite" and it.kept is None and quotes.goes_on(it.held[:at]):
                    it.scanned = at + 1
                    continue
                it.depth -= 1
                if not it.depth:
                    self._finish(it, it.held[:at], pieces)
                    return it.held[at + 1 :]
            elif _HEAD.match(it.held, at):
                # A quote is told by its marks where it ends; of all others this is their content.
                end = _reach(it.name, it.held[:at]) if it.name == "cite" else at
                self._finish(it, it.held[:end], pieces, tells=it.name not in _TRUE_ONLY_CLOSED)
                return it.held[end:]
            elif _may_become_head(it.held, at):
                it.scanned = at
                return ""
            elif not (it.name == "cite" and quotes.has_begun(it.held)):
                it.depth += 1
            it.scanned = at + 1

    def _overflow(self, it: _Open, pieces: list[Piece]) -> str:
        """Decide about a direction that is too long to hold; return what it does not reach."""
        reach = _reach(it.name, it.held[: it.limit])
        if reach < it.limit:
            self._finish(it, it.held[:reach], pieces, tells=it.name not in _TRUE_ONLY_CLOSED)
            return it.held[reach:]
        it.kept = it.held[: it.limit]
        it.held, it.scanned = it.held[it.limit :], 0
        return self._read_direction(it, "", pieces)

    def _cut(self, it: _Open, pieces: list[Piece]) -> str:
        """The stream ends within a direction: return what it does not reach."""
        if it.kept is not None:
            reach, rest = 0, ""
        else:
            reach = _reach(it.name, it.held)
            rest = it.held[reach:]
        whole = bool(rest.strip()) and it.name not in _TRUE_ONLY_CLOSED
        whole = whole or it.name in _TRUE_CUT_SHORT
        self._finish(it, it.held[:reach], pieces, tells=whole)
        return rest

    def _finish(self, it: _Open, content: str, pieces: list[Piece], *, tells: bool = True) -> None:
        self._open = None
        self._spacing.cross()
        piece = READERS[it.name](content if it.kept is None else it.kept) if tells else None
        if piece is not None:
            pieces.append(piece)

    def _say(self, text: str, pieces: list[Piece]) -> None:
        said = self._spacing.say(text)
        if not said:
            return
        before = pieces[-1] if pieces else None
        if isinstance(before, Spoken):
            pieces[-1] = Spoken(before.text + said)
        else:
            pieces.append(Spoken(said))


def _may_become_head(text: str, bracket: int) -> bool:
    """Whether all that follows the `[` at `bracket` is the beginning of a direction's head."""
    if len(text) - bracket > _MAX_HEAD:
        return False
    after = text[bracket + 1 :]
    begun = after.lstrip()
    if len(after) - len(begun) > _MAX_SPACES:
        return False
    word = begun.rstrip()
    spaces = len(begun) - len(word)
    if spaces:
        return spaces <= _MAX_SPACES and word.lower() in READERS
    return word.lower() in _PREFIXES


def _reach(name: str, content: str) -> int:
    match = _REACH[name].match(content)
    return match.end() if match is not None else 0
