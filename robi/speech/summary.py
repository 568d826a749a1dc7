"""The older part of a conversation as a summary: how it is asked for, and what is kept of it.

Owns the question and the reading of the answer. The question must not be mistaken for the
conversation itself, or the model answers the person a second time: so the messages go in as data
(`robi.speech.data`), never as turns of a dialogue, and the instruction (`prompts/summary.*.md`)
asks for what happened, in the third person and the past. What comes back is one line of plain
text, told to later prompts as data again (`Scene.earlier`).
"""

from collections.abc import Iterable, Iterator
from string import Template
from typing import Final

from robi.errors import Language
from robi.speech.data import block, line, read
from robi.speech.directions import DirectionParser, Spoken
from robi.speech.history import words
from robi.speech.names import plain
from robi.speech.prompts import text_of
from robi.speech.scene import Said

MAX_WORDS: Final = 150
"""Asked of the model; a minute of speech."""

MAX_CHARS: Final = 2000
"""Kept of a summary, twice what the words asked for take: a bound, whatever the model writes."""

_MAX_MESSAGE: Final = 2000
_EARLIER: Final = "summary"


def instruction(language: Language, robot_name: str) -> str:
    """Return the system instruction under which a model tells what was said."""
    template = Template(text_of(f"summary.{language}.md"))
    return template.substitute(robot_name=robot_name, words=MAX_WORDS)


def question(earlier: str | None, messages: Iterable[Said]) -> str:
    """Return what is to be told, as data: the summary of before, if any, then the messages."""
    return "\n".join(block(_lines(earlier, messages)))


def asked(text: str) -> tuple[str | None, tuple[Said, ...]]:
    """Return what `question` was made of; no messages if `text` is another question.

    For a brain that is no model, and for tests.
    """
    earlier, messages = None, []
    for key, content in read(text):
        match key:
            case "person" | "robot":
                messages.append(Said(key, str(content)))
            case _:
                earlier = str(content)
    return earlier, tuple(messages)


def told(written: str) -> str | None:
    """Return the summary in what a model wrote: one line without stage directions, or None."""
    parser = DirectionParser()
    pieces = [*parser.feed(written), *parser.close()]
    line = plain("".join(piece.text for piece in pieces if isinstance(piece, Spoken)))
    if len(line) > MAX_CHARS:
        line = line[:MAX_CHARS].rpartition(" ")[0] + "…"
    return line if any(char.isalnum() for char in line) else None


def _lines(earlier: str | None, messages: Iterable[Said]) -> Iterator[str]:
    if earlier is not None:
        yield line(_EARLIER, earlier, MAX_CHARS)
    for said in messages:
        yield line(said.role, words(said), _MAX_MESSAGE)
