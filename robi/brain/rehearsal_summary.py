"""What the rehearsal tells of a conversation: an extract, which it says it is.

Owns the one thing that can honestly be told of words that nobody understood: who said them, and how
they began. The newest are kept when there is no room for all.
"""

import re
from collections import deque
from collections.abc import Iterator
from typing import Final

from robi.brain.base import BrainRequest, Said
from robi.brain.rehearsal_lines import EXTRACT
from robi.errors import Language
from robi.speech.summary import MAX_CHARS, asked

_MESSAGE_CHARS: Final = 100


def extract(request: BrainRequest) -> str:
    """Return what was said according to `request`, at most `MAX_CHARS` characters.

    What was said is in its question, or else in its history.
    """
    language = request.scene.language
    earlier, messages = asked(request.utterance.text)
    opening = EXTRACT["opening"][language]
    told = [*_again(earlier, opening), *_sentences(messages or request.history, language)]
    room = MAX_CHARS - len(opening)
    kept: deque[str] = deque()
    while told and (room := room - len(told[-1]) - 1) >= 0:
        kept.appendleft(told.pop())
    return " ".join([opening, *kept])


def _again(earlier: str | None, opening: str) -> list[str]:
    """Return the sentences of an earlier extract: it began as this one does."""
    rest = (earlier or "").removeprefix(opening).strip()
    return re.split(r"(?<=\.) ", rest) if rest else []


def _sentences(messages: tuple[Said, ...], language: Language) -> Iterator[str]:
    for said in messages:
        words = " ".join(said.text.split())
        if len(words) > _MESSAGE_CHARS:
            words = words[:_MESSAGE_CHARS].rsplit(" ", 1)[0] + "…"
        if words:
            yield EXTRACT[said.role][language].format(words=words)
