"""The rehearsal: the embedded stand-in for a model, used when there is no key.

Owns a brain without a network, and its pace. It writes what a model would, stage directions and
all (protocol.md §4), so that everything behind the port is the same with and without a model. What
it answers is `rehearsal_reply`, what it tells of a conversation `rehearsal_summary`, what it notes
of a person `rehearsal_memories`, what it takes for private `rehearsal_privacy`; which tools it
calls is `rehearsal_tools`, and what it says of their results `rehearsal_told`; what it reads out to
who reads a page is `rehearsal_reading`, and what that asked is `rehearsal_asked`. What a person
means is told by `rehearsal_words`, `rehearsal_names`, `rehearsal_body`, `rehearsal_sums` (with
`rehearsal_figures`), `rehearsal_moments` and `rehearsal_labels`; the sentences are in
`rehearsal_lines`, and numbers in them become words in `rehearsal_numbers`.
"""

import re
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Final

import trio

from robi.brain.base import BrainRequest, Fragment
from robi.brain.rehearsal_memories import extracted
from robi.brain.rehearsal_privacy import classified
from robi.brain.rehearsal_reply import answer
from robi.brain.rehearsal_summary import extract
from robi.brain.rehearsal_tools import calls

MODEL: Final = "rehearsal"
PACE_S: Final = 0.03


class RehearsalBrain:
    """A `Brain` that needs no model.

    Args:
        rng: chooses among the sentences, and where the fragments end; the same seed, the same
            conversation.
        pace_s: seconds before each fragment, so that streaming can be seen.
    """

    def __init__(self, rng: Random | None = None, pace_s: float = PACE_S) -> None:
        """Begin; there is nothing to connect to."""
        self._rng = rng or Random()  # noqa: S311 (which greeting is no secret)
        self._pace_s = pace_s

    @property
    def model(self) -> str:
        """`rehearsal`."""
        return MODEL

    @asynccontextmanager
    async def stream(self, request: BrainRequest) -> AsyncGenerator[AsyncIterator[Fragment]]:
        """Answer as a model would; see `robi.brain.base.Brain.stream`."""
        if wanted := calls(request):
            pieces = [Fragment(calls=wanted)]
        else:
            written = answer(request, self._rng).written()
            pieces = [Fragment(piece) for piece in _pieces(written, self._rng)]
        yield _Paced(pieces, self._pace_s)

    async def generate(self, request: BrainRequest) -> Fragment:
        """Return what can honestly be told without a model: an extract, where one is asked for."""
        await trio.sleep(self._pace_s)
        match request.purpose:
            case "extraction":
                return Fragment(extracted(request))
            case "classification":
                return Fragment(classified(request))
            case "summary" | "talk":
                return Fragment(extract(request))

    async def aclose(self) -> None:
        """Nothing is open."""
        await trio.lowlevel.checkpoint()


class _Paced:
    """Fragments, with a pause before each."""

    def __init__(self, pieces: list[Fragment], pace_s: float) -> None:
        self._pieces = deque(pieces)
        self._pace_s = pace_s

    def __aiter__(self) -> "_Paced":
        return self

    async def __anext__(self) -> Fragment:
        await trio.sleep(self._pace_s)
        if not self._pieces:
            raise StopAsyncIteration
        return self._pieces.popleft()


def _pieces(written: str, rng: Random) -> list[str]:
    """Cut what is written into fragments of two to four words."""
    words = re.findall(r"\S+\s*", written)
    pieces = []
    while words:
        count = rng.randint(2, 4)
        pieces.append("".join(words[:count]))
        del words[:count]
    return pieces
