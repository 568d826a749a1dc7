"""The tools that Robi brings along: the time, sums, timers and reminders, what it knows of someone.

Owns what the model is told of each, and the step from its arguments to what `robi.skills` computes
or a session does. The schemas hold no bounds, which providers limit; the arguments are checked when
they come. It is one table.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, Protocol

from robi.actors.tools import Clock, Occasion, Reminders, Result, Tool
from robi.brain.base import ToolSpec
from robi.skills import moments
from robi.skills.arguments import text
from robi.skills.arithmetic import LONGEST, calculate
from robi.skills.trouble import Trouble
from robi.store.base import ReminderKind, ReminderRow

_MOST_MEMORIES: Final = 20
_LONGEST_LABEL: Final = 200

_SPAN: Final = {
    "seconds": {"type": "number", "description": "seconds from now; adds to the others"},
    "minutes": {"type": "number", "description": "minutes from now; adds to the others"},
    "hours": {"type": "number", "description": "hours from now; adds to the others"},
}
_LABEL: Final = {
    "type": "string",
    "description": "what it is for, in the words and the language of the person, without the time",
}


class Recalled(Protocol):
    """What is known of a person."""

    @property
    def name(self) -> str | None:
        """How the person is called."""

    @property
    def memories(self) -> tuple[str, ...]:
        """What the robot remembers, most telling first."""


Recall = Callable[[str, str], Awaitable[Recalled | None]]


def builtin(clock: Clock, recall: Recall) -> Sequence[Tool]:
    """Return the tools of every robot.

    `recall(person_id, words)` is what turns use: what it gives for one person it gives for nobody
    else, and nothing of who is forgotten.
    """
    return (
        _tool(
            "get_time",
            "The local date, weekday and time. With `zone`, those of another place.",
            {
                "zone": {
                    "type": "string",
                    "description": "IANA name of a time zone, such as America/Mexico_City",
                }
            },
            lambda arguments, _occasion: _time(clock, arguments),
        ),
        _tool(
            "calculate",
            "Compute an expression exactly. Use it for every sum that is not trivial.",
            {
                "expression": {
                    "type": "string",
                    "description": "numbers with a decimal point, + - * / // % ^ ( ), "
                    "sqrt abs round min max pi; 20% is 0.2",
                }
            },
            _calculate,
            required=("expression",),
        ),
        _tool(
            "set_timer",
            "Start a countdown. The robot speaks when it is over, by itself.",
            {**_SPAN, "label": _LABEL},
            lambda arguments, occasion: _set_timer(clock, arguments, occasion),
        ),
        _tool(
            "set_reminder",
            "Remind the person who speaks of something, at a local time or after a while. The "
            "robot speaks when it is due, by itself.",
            {
                "at": {
                    "type": "string",
                    "description": "local date and time such as 2026-02-08T18:30, "
                    "or 18:30 for the next such time",
                },
                **_SPAN,
                "label": _LABEL,
            },
            lambda arguments, occasion: _set_reminder(clock, arguments, occasion),
            required=("label",),
        ),
        _tool(
            "list_timers",
            "The timers and reminders of the person who speaks that are not over yet.",
            {},
            lambda _arguments, occasion: _list(clock, occasion),
        ),
        _tool(
            "cancel_timer",
            "Cancel a timer or reminder of the person who speaks.",
            {
                "id": {
                    "type": "string",
                    "description": "as list_timers gives it; may be left out if there is only one",
                }
            },
            lambda arguments, occasion: _cancel(clock, arguments, occasion),
        ),
        _tool(
            "recall",
            "Look up what is remembered of the person who speaks, beyond what the instruction "
            "holds. Of nobody else.",
            {"about": {"type": "string", "description": "a few words: what to look for"}},
            lambda arguments, occasion: _recall(recall, arguments, occasion),
        ),
    )


def _tool(
    name: str,
    description: str,
    properties: Mapping[str, object],
    run: Callable[[Mapping[str, object], Occasion], Awaitable[Result]],
    required: Sequence[str] = (),
) -> Tool:
    parameters = {"type": "object", "properties": properties, "required": list(required)}
    return Tool(ToolSpec(name, description, parameters), run)


# ── what they do ──────────────────────────────────────────────────────────────────────────


async def _time(clock: Clock, arguments: Mapping[str, object]) -> Result:
    zone, now = text(arguments, "zone", most=60), clock.now()
    if not zone:
        return moments.told(now)
    return {**moments.told(moments.elsewhere(now, zone)), "zone": zone}


async def _calculate(arguments: Mapping[str, object], _occasion: Occasion) -> Result:
    value = calculate(text(arguments, "expression", most=LONGEST))
    return {"result": value.written, "exact": value.exact}


async def _set_timer(clock: Clock, arguments: Mapping[str, object], occasion: Occasion) -> Result:
    span = moments.after(arguments)
    if span is None:
        raise Trouble("say how long: seconds, minutes or hours")
    return _set(clock, "timer", clock.now().timestamp() + span, arguments, occasion)


async def _set_reminder(
    clock: Clock, arguments: Mapping[str, object], occasion: Occasion
) -> Result:
    now = clock.now()
    due_at = moments.at(arguments, now, clock.localise)
    if due_at is None:
        if (span := moments.after(arguments)) is None:
            raise Trouble("say when: at, or seconds, minutes or hours")
        due_at = now.timestamp() + span
    if not text(arguments, "label", _LONGEST_LABEL):
        raise Trouble("say what to remind of, in label")
    return _set(clock, "reminder", due_at, arguments, occasion)


def _set(
    clock: Clock,
    kind: ReminderKind,
    due_at: float,
    arguments: Mapping[str, object],
    occasion: Occasion,
) -> Result:
    label = text(arguments, "label", _LONGEST_LABEL)
    return {"set": _told(clock, _reminders(occasion).set(kind, label, due_at))}


async def _list(clock: Clock, occasion: Occasion) -> Result:
    return {"waiting": [_told(clock, row) for row in _reminders(occasion).waiting()]}


async def _cancel(clock: Clock, arguments: Mapping[str, object], occasion: Occasion) -> Result:
    reminders, wanted = _reminders(occasion), text(arguments, "id", most=60)
    if not wanted:
        waiting = reminders.waiting()
        if len(waiting) != 1:
            raise Trouble("there is none" if not waiting else "there are several: give the id")
        wanted = waiting[0].reminder_id
    row = reminders.cancel(wanted)
    if row is None:
        raise Trouble("there is none by that id: list_timers gives the ids")
    return {"cancelled": _told(clock, row)}


async def _recall(recall: Recall, arguments: Mapping[str, object], occasion: Occasion) -> Result:
    if occasion.person_id is None:
        raise Trouble("nothing is remembered of whoever speaks")
    known = await recall(occasion.person_id, text(arguments, "about"))
    if known is None:
        raise Trouble("the memory does not answer now, or knows nothing of this person")
    return {"name": known.name, "memories": list(known.memories[:_MOST_MEMORIES])}


def _reminders(occasion: Occasion) -> Reminders:
    if occasion.reminders is None:
        raise Trouble("there are no timers here")
    return occasion.reminders


def _told(clock: Clock, row: ReminderRow) -> Mapping[str, object]:
    """Return a reminder as a model is told it."""
    now = clock.now()
    due = clock.localise(datetime.fromtimestamp(row.due_at, UTC))
    return {
        "id": row.reminder_id,
        "kind": row.kind,
        "label": row.label,
        "due": due.isoformat(timespec="seconds"),
        "in_seconds": max(0, round(row.due_at - now.timestamp())),
    }
