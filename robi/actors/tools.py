"""What a model may call during a turn, and how a turn carries out what it calls.

Owns the calls of one round: at once, each within its own time, all within the cancel scope of the
turn. Whatever goes wrong is a result that the model can explain; nothing is raised, and nothing of
what was asked or answered is logged (docs/decisions/0016-tools.md).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, Protocol, TypeAlias

import orjson
import structlog
import trio
from attrs import Factory, define, field, frozen

from robi.actors.figures import Called
from robi.brain.base import ToolCall, ToolResult, ToolSpec
from robi.errors import RobiError
from robi.skills.trouble import Trouble
from robi.store.base import ReminderKind, ReminderRow

log = structlog.get_logger()

WITHIN_S: Final = 5.0
"""Seconds that a tool may take, if it does not say otherwise."""

MOST_CALLS: Final = 8
"""Calls of one round; more are refused."""

MOST_CHARS: Final = 4000
"""Of one result: a model reads all of it before it says a word."""

Outcome = Literal["done", "refused", "late", "failed", "unknown", "unreadable", "too many"]


class Reminders(Protocol):
    """The timers and reminders of whoever speaks, as a tool may handle them in this turn."""

    def set(self, kind: ReminderKind, label: str, due_at: float) -> ReminderRow:
        """Have the robot speak of `label` at `due_at` (Unix seconds). Raises Trouble."""

    def waiting(self) -> tuple[ReminderRow, ...]:
        """Return those that have not been spoken of, the next first."""

    def cancel(self, reminder_id: str) -> ReminderRow | None:
        """Take one back; return it, or None if there is none by that id."""


@frozen
class Occasion:
    """In whose turn a tool is called.

    `person_id` is None for a stranger, and for who is here incognito: of them nothing is known.
    """

    person_id: str | None = None
    reminders: Reminders | None = None


Result: TypeAlias = Mapping[str, object] | str
Run: TypeAlias = Callable[[Mapping[str, object], Occasion], Awaitable[Result]]


@frozen
class Tool:
    """Something that a model may call.

    `run` takes the arguments as the model wrote them, and raises Trouble with words for the model
    if it cannot do that.
    """

    spec: ToolSpec
    run: Run
    within: float = WITHIN_S

    @property
    def name(self) -> str:
        """By which the model calls it."""
        return self.spec.name


@frozen
class Clock:
    """The time at the place of the robot: now, and what a date without a zone means there."""

    now: Callable[[], datetime]
    localise: Callable[[datetime], datetime] = datetime.astimezone


@define(eq=False)
class Calls:
    """The calls of one turn."""

    _tools: Sequence[Tool]
    _occasion: Occasion
    _note: Callable[[Called], None] = lambda _called: None
    """Told of each call that is over."""
    _by_name: Mapping[str, Tool] = field(
        init=False,
        default=Factory(
            lambda self: {tool.name: tool for tool in reversed(self._tools)}, takes_self=True
        ),
    )

    async def answer(self, calls: Sequence[ToolCall], until: float) -> tuple[ToolResult, ...]:
        """Carry out `calls`, at once; return what came of them, in their order.

        `until` is when the turn has no more time for tools (trio's clock).
        """
        contents = [""] * len(calls)

        async def carry_out(place: int, call: ToolCall) -> None:
            contents[place] = await self._answer(call, until, one_too_many=place >= MOST_CALLS)

        async with trio.open_nursery() as nursery:
            for place, call in enumerate(calls):
                nursery.start_soon(carry_out, place, call)
        return tuple(map(ToolResult, calls, contents))

    async def _answer(self, call: ToolCall, until: float, *, one_too_many: bool) -> str:
        tool = self._by_name.get(call.name)
        began = trio.current_time()
        if call.unreadable is not None:
            outcome, result = _sorry("unreadable", call.unreadable)
        elif tool is None:
            outcome, result = _sorry("unknown", "there is no such tool")
        elif one_too_many:
            outcome, result = _sorry("too many", f"at most {MOST_CALLS} calls at once")
        else:
            outcome, result = await self._run(tool, call, until)
        ended = trio.current_time()
        name = None if tool is None else tool.name  # else it is what a model has made up
        log.info(
            "tool_called", tool=name, duration_ms=round((ended - began) * 1000), outcome=outcome
        )
        self._note(Called(name, outcome, began, ended))
        return written(result)

    async def _run(self, tool: Tool, call: ToolCall, until: float) -> tuple[Outcome, Result]:
        with trio.move_on_at(min(trio.current_time() + tool.within, until)):
            try:
                return "done", await tool.run(call.arguments, self._occasion)
            except Trouble as trouble:
                return _sorry("refused", str(trouble))
            except RobiError as error:
                return _sorry("failed", error.error_code)
            except Exception as crash:  # noqa: BLE001 (a tool that crashes is no end of a turn)
                log.error("tool_crashed", tool=tool.name, error=type(crash).__name__)
                return _sorry("failed", "the tool failed")
        return _sorry("late", "the tool took too long and was stopped")


def _sorry(outcome: Outcome, why: str) -> tuple[Outcome, Result]:
    return outcome, {"error": why}


def written(result: Result) -> str:
    """Return a result as the model reads it: JSON, or words; never longer than MOST_CHARS."""
    text = result if isinstance(result, str) else orjson.dumps(dict(result)).decode()
    return text if len(text) <= MOST_CHARS else f"{text[:MOST_CHARS]} … (cut off here)"
