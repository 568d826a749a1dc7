"""Thoughts that a model writes among its words, taken out as they stream. Pure.

Servers with a parser for it keep a model's thoughts apart (`reasoning_content`); others pass on
what the model writes: `<think>…</think>` at the very beginning. Only there: later on the mark is
text like any other.
"""

from typing import Final, Literal

_BEGIN: Final = "<think>"
_END: Final = "</think>"


class Thoughts:
    """What of an answer is meant to be said; holds back as little as may yet become a mark."""

    def __init__(self) -> None:
        """Begin an answer."""
        self._at: Literal["start", "thinking", "gap", "answer"] = "start"
        self._held = ""

    def feed(self, text: str) -> str:
        """Take the next words; return those that are to be said by now."""
        if self._at == "answer":
            return text
        self._held += text
        if self._at == "start":
            begun = self._held.lstrip()
            if begun.startswith(_BEGIN):
                self._at, self._held = "thinking", begun.removeprefix(_BEGIN)
            elif not _BEGIN.startswith(begun):
                return self._release(self._held)
        if self._at == "thinking":
            _, end, rest = self._held.partition(_END)
            if end:
                self._at, self._held = "gap", rest
            else:
                self._held = self._held[1 - len(_END) :]
        if self._at == "gap" and (words := self._held.lstrip()):
            return self._release(words)
        return ""

    def close(self) -> str:
        """Say that the answer ended; return what was held back and is no thought."""
        return self._release(self._held if self._at == "start" else "")

    def _release(self, words: str) -> str:
        self._at, self._held = "answer", ""
        return words
