"""An answer to be read, as it grows: Markdown as the model wrote it, and the numbers of citations.

Owns where the number of a citation stands, and that nothing else can be taken for one:

- A *mark* is `[n]` with white space before it, outside of code. It stands where the model cited; a
  citation in the midst of code waits until the code has ended, one before any word until the first
  sentence has.
- A number in brackets that the model writes itself becomes `(n)`, but in code, and where it belongs
  to the word before it, `a[0]`. It is no other kind of bracket that could be told from a mark once
  the Markdown is drawn.

Where sentences end is seen here too, since a sentence that the model did not cite may get a mark
(`cite`); which full stops end none is `sentences`. Code between backticks is held back until it
ends, all else goes on at once; how the text was split changes nothing.
"""

import re
from collections.abc import Callable
from typing import Final

from attrs import define, field

from robi.speech.sentences import LOOKED_BACK, shortens

LONGEST_CODE: Final = 200
"""Characters of code within a line that are held back; what is longer is text like any other."""

LONGEST_NUMBER: Final = 9
"""Digits in brackets; more of them are the number of nothing."""

_STOP: Final = re.compile(r"`+|\s+|\\?\[(?:\d+\\?\]?|\Z)|\\")
_CODE_STOP: Final = re.compile(r"`+|\n")
_NUMBER: Final = re.compile(r"\\?\[(\d+)\\?\]")
_MAY_BECOME_NUMBER: Final = re.compile(rf"\\|\\?\[\d{{0,{LONGEST_NUMBER}}}\\?")
_END: Final = re.compile(r"[.!?…。！？][\"'”’»)\]*_]*\Z")  # noqa: RUF001 - as they are written
_FENCE: Final = re.compile(r"[ \t>]*(?:[-*+][ \t]+)?(?P<fence>`{3,}(?=[^`]*\Z)|~{3,})")
_BEGINS_A_LINE: Final = frozenset("-*+>#|0123456789")
_NO_SENTENCE: Final = frozenset("#|")


@define
class Prose:
    """Feed it the words of an answer by `feed`, its citations by `mark`.

    Args:
        cite: is asked for the number of a citation for a sentence without one; None: it stays
            without.
    """

    _cite: Callable[[str], int | None]
    _pending: str = field(default="", init=False)  # not decided yet: code, or a number
    _fence: str = field(default="", init=False)  # what opened the block of code that is open
    _line: str = field(default="", init=False)  # the beginning of this line
    _plain: bool = field(default=False, init=False)  # backticks mean nothing in this paragraph
    _sentence: list[str] = field(factory=list, init=False)
    _tail: str = field(default="", init=False)  # the last words, in which a sentence may end
    _cited: bool = field(default=False, init=False)  # that sentence is
    _waiting: list[int] = field(factory=list, init=False)  # numbers that have no place yet
    _last: str = field(default="", init=False)  # the last character that went out
    _marked: set[int] = field(factory=set, init=False)  # the marks since the last word

    def feed(self, text: str) -> str:
        """Take the next words; return what goes out by now.

        White space is with the word after it.
        """
        return self._read(text, over=False)

    def mark(self, number: int) -> str:
        """Cite what was just written; return what goes out."""
        self._cited = True
        if self._fence or not self._last or self._pending.startswith("`"):
            self._waiting.append(number)
            return ""
        return self._read("", over=True) + self._marks([number])

    def close(self) -> str:
        """Return what was held back: no more words follow what was written."""
        text = self._read("", over=True)
        in_fence = _FENCE.match(self._line) is not None  # nothing may stand beside it
        if self._fence:
            self._end_line()
        if not self._fence:
            text += self._end_sentence()
        if self._waiting and self._fence:
            text += f"\n{self._fence}"
            self._fence = ""
            in_fence = True
        if self._waiting and in_fence:
            text += "\n\n"
            self._last = "\n"
        return text + self._take_waiting()

    # ── what is read ──────────────────────────────────────────────────────────────────────

    def _read(self, text: str, *, over: bool) -> str:
        text, self._pending = self._pending + text, ""
        out: list[str] = []
        at = 0
        while at < len(text):
            at = self._read_code(text, at, out) if self._fence else self._step(text, at, out, over)
        return "".join(out)

    def _read_code(self, text: str, at: int, out: list[str]) -> int:
        """Let a line of a block of code out; return where the next begins."""
        end = text.find("\n", at) + 1 or len(text)
        self._put(text[at:end], out)
        return end

    def _step(self, text: str, at: int, out: list[str], over: bool) -> int:
        """Let out what is decided of the text from `at` on; return where to go on."""
        stop = _STOP.search(text, at)
        if stop is None:
            self._put(text[at:], out)
            return len(text)
        self._put(text[at : stop.start()], out)
        found, start, end = stop[0], stop.start(), stop.end()
        if found.isspace():
            self._gap(found, text[end : end + 1], out)
        elif found[0] == "`":
            return self._backticks(text, start, end, out, over)
        elif end == len(text) and not over and _MAY_BECOME_NUMBER.fullmatch(found):
            self._pending = found
        elif found == "\\":
            if not text[end : end + 1].isspace():
                end = min(end + 1, len(text))  # what it escapes is nothing but itself
            self._put(text[start:end], out)
        else:
            self._put(self._unlike_a_mark(found), out)
        return end

    def _backticks(self, text: str, start: int, end: int, out: list[str], over: bool) -> int:
        """Code within a line, or the fence of a block, or nothing but backticks."""
        ticks = text[start:end]
        if self._plain:
            self._put(ticks, out)
            return end
        fence = len(ticks) >= len("```") and _FENCE.fullmatch(self._line + ticks) is not None
        limit = start + LONGEST_CODE
        given_up = over or len(text) > limit
        for stop in _CODE_STOP.finditer(text, end, limit):
            after = stop.end()
            if stop[0] == "\n":
                given_up = True
                break
            # The whole run has to be there: a further backtick would make it another.
            if stop[0] == ticks and text[after : after + 1] != "`" and (after < len(text) or over):
                self._put(text[start:after], out)
                out.append(self._take_waiting())
                return after
        if given_up:
            self._plain = not fence
            self._put(ticks, out)
            return end
        self._pending = text[start:]
        return len(text)

    def _unlike_a_mark(self, found: str) -> str:
        number = _NUMBER.fullmatch(found)
        belongs = self._last.isalnum() or self._last in {"_", ")", "]"}
        if number is None or (belongs and not self._marked):
            return found
        return f"({number[1]})"

    # ── what goes out ─────────────────────────────────────────────────────────────────────

    def _put(self, text: str, out: list[str]) -> None:
        """Let `text` out, in which no more than one line ends."""
        if not text:
            return
        if self._marked:
            self._marked.clear()
            if text[0] in "([" or text[0].isalnum():  # else a mark would become a link
                out.append(" ")
        out.append(text)
        self._last = text[-1]
        if not self._fence:
            self._sentence.append(text)
            self._tail = (self._tail + text)[-LOOKED_BACK:]
        line, ended, rest = text.partition("\n")
        self._line = (self._line + line)[:LONGEST_CODE]
        if ended:
            self._end_line()
            self._line = rest

    def _gap(self, gap: str, following: str, out: list[str]) -> None:
        """Let white space out; a sentence, a line and a paragraph may have ended before it."""
        lines = gap.count("\n")
        if self._sentence_ends(lines, following):
            out.append(self._end_sentence())
        out.append(gap)
        self._last = gap[-1]
        self._marked.clear()
        if self._sentence:
            self._sentence.append(gap)
        self._tail = (self._tail + gap)[-LOOKED_BACK:]
        if not lines:
            self._line = (self._line + gap)[:LONGEST_CODE]
            return
        self._end_line()
        self._line = gap[gap.rfind("\n") + 1 :]
        if lines > 1:
            self._plain = False

    def _sentence_ends(self, lines: int, following: str) -> bool:
        if lines > 1 or (lines and following in _BEGINS_A_LINE):
            return True
        if lines and self._line.lstrip().startswith("#"):
            return True
        if following.islower() or _END.search(self._tail) is None:
            return False
        return not shortens(self._tail, following)

    def _end_line(self) -> None:
        """A line has ended: it may have opened or closed a block of code."""
        fence = _FENCE.match(self._line)
        if self._fence:
            closing = self._line.strip(" \t>")
            if closing and set(closing) == {self._fence[0]} and len(closing) >= len(self._fence):
                self._fence = ""
                self._plain = False
        elif fence is not None:
            self._fence = fence["fence"]

    def _end_sentence(self) -> str:
        """Return the marks that come after the sentence that has ended."""
        if _FENCE.match(self._line) is not None:  # nothing may stand beside a fence
            self._sentence.clear()
            return ""
        sentence = "".join(self._sentence).strip()
        self._sentence.clear()
        if not sentence:
            return ""
        cited, self._cited = self._cited, False
        if not cited and sentence[0] not in _NO_SENTENCE:
            number = self._cite(sentence)
            if number is not None:
                self._waiting.append(number)
        return self._take_waiting()

    def _take_waiting(self) -> str:
        marks, self._waiting = self._waiting, []
        return self._marks(marks)

    def _marks(self, numbers: list[int]) -> str:
        """Return marks for `numbers`, each of them once where it stands."""
        text = ""
        for number in numbers:
            if number in self._marked:
                continue
            self._marked.add(number)
            space = " " if self._last and not self._last.isspace() else ""
            text += f"{space}[{number}]"
            self._last = "]"
        return text
