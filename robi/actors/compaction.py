"""Compaction: the older part of a long conversation becomes a summary, while the robot talks on.

Owns the one task that asks the model for it, below the session and with a cancel scope of its own.
What it reads it was given (a `Fold`), and what it makes goes to the session's mailbox: the history
is changed by the session alone, between two messages, and only if it has not moved.

    consider ──▶ task ── generate ──▶ Summarised ──mailbox──▶ take ──▶ History.apply
                  └── failed, empty, moved: the history stays as it was, and the end of a
                      later turn considers again

From `consider` until `take` a fold is under way, in the mailbox too: so no summary is made twice.
"""

from collections.abc import Awaitable, Callable
from typing import Final

import structlog
import trio
from attrs import define, field, frozen

from robi.actors.history import Entry, Fold, History
from robi.actors.mail import Summarised
from robi.brain.base import Brain, BrainRequest
from robi.errors import Language, RobiError
from robi.speech import summary
from robi.speech.scene import Said, Scene

log = structlog.get_logger()

TEMPERATURE: Final = 0.2
"""A summary is to be true, not lively."""

MAX_OUTPUT_TOKENS: Final = 512
"""Twice what so many words take; the setting for answers may be as small as 16."""


@frozen(eq=False)
class _Task:
    """A summary that is being made, or is in the mailbox."""

    fold: Fold
    scope: trio.CancelScope = field(factory=trio.CancelScope)


@define(eq=False)
class Compaction:
    """The summaries of one session, one at a time.

    Args:
        threshold: messages of one person from which on the older ones are folded.
        put: takes a summary to the session's mailbox.
        nursery: of the session, with which the task ends.
    """

    _history: History
    _threshold: int
    _brain: Brain
    _language: Language
    _robot_name: str
    _put: Callable[[Summarised], Awaitable[None]]
    _nursery: trio.Nursery
    _task: _Task | None = field(default=None, init=False)

    @property
    def under_way(self) -> bool:
        """Whether a summary is being made, or waits to be taken."""
        return self._task is not None

    def consider(self, person_id: str) -> None:
        """Begin a summary for `person_id` if it is time; for when a turn of theirs has ended.

        Whether the next one has begun does not matter: the gate puts turns first.

        One that is under way goes on, unless it speaks of a history that has moved meanwhile (a
        stranger got a name, say): nothing can come of that, so it is cancelled.
        """
        self.drop_moved()
        if self._task is not None:
            return
        fold = self._history.due(person_id, self._threshold)
        if fold is not None:
            self._task = _Task(fold)
            self._nursery.start_soon(self._run, self._task)

    def drop_moved(self) -> None:
        """Ask for no summary of what has moved: the model is told nothing that was forgotten."""
        if self._task is not None and not self._history.holds(self._task.fold):
            self._task.scope.cancel()
            self._task = None

    def take(self, made: Summarised) -> Entry | None:
        """Put a summary in its place, and return it; None if the history has moved."""
        if self._task is not None and self._task.fold is made.fold:
            self._task = None
        entry = self._history.apply(made.fold, made.summary)
        log.info("history_compacted", messages=len(made.fold.entries), moved=entry is None)
        return entry

    async def _run(self, task: _Task) -> None:
        with task.scope:
            await trio.lowlevel.checkpoint_if_cancelled()  # over before it began: asks nothing
            told = await self._tell(task.fold)
            if told is not None:
                await self._put(Summarised(task.fold, told))
                return  # and under way until it is taken
        if self._task is task:
            self._task = None

    async def _tell(self, fold: Fold) -> str | None:
        """Return a summary of what is in `fold`; None if there is none to be had now."""
        request = BrainRequest(
            system=summary.instruction(self._language, self._robot_name),
            history=(),
            utterance=Said("person", summary.question(fold.earlier, fold.messages)),
            scene=Scene(self._language, self._robot_name),
            max_output_tokens=MAX_OUTPUT_TOKENS,
            temperature=TEMPERATURE,
            purpose="summary",
        )
        try:
            fragment = await self._brain.generate(request)
        except RobiError as error:
            log.info("compaction_failed", error_code=error.error_code, code=error.code)
            return None
        except Exception as crash:
            log.exception("compaction_crashed", error=type(crash).__name__)
            return None
        told = summary.told(fragment.text)
        if told is None:
            log.info("compaction_empty")
        return told
