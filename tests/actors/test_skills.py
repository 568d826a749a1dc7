"""The tools that Robi brings along, called as a model would."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import trio
from attrs import define, field

from robi.actors.skills import builtin
from robi.actors.tools import Calls, Clock, Occasion
from robi.brain.base import ToolCall
from robi.skills.trouble import Trouble
from robi.store.base import ReminderKind, ReminderRow
from tests.actors.bench import Recollected

NOW = datetime(2026, 2, 8, 10, 30, tzinfo=UTC)


def utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


@define
class Kept:
    """Reminders in a list."""

    rows: list[ReminderRow] = field(factory=list)
    most: int = 9

    def set(self, kind: ReminderKind, label: str, due_at: float) -> ReminderRow:
        if len(self.rows) == self.most:
            raise Trouble("there are too many")
        name = f"{kind}_{len(self.rows)}"
        row = ReminderRow(name, "user_ana", None, "s", "r", kind, label, due_at, NOW.timestamp())
        self.rows.append(row)
        return row

    def waiting(self) -> tuple[ReminderRow, ...]:
        return tuple(self.rows)

    def cancel(self, reminder_id: str) -> ReminderRow | None:
        found = [row for row in self.rows if row.reminder_id == reminder_id]
        self.rows = [row for row in self.rows if row not in found]
        return found[0] if found else None


asked: list[tuple[str, str]] = []


async def recall(person_id: str, words: str) -> Recollected | None:
    await trio.lowlevel.checkpoint()
    asked.append((person_id, words))
    return Recollected("Ana", ("le gusta el té",)) if person_id == "user_ana" else None


async def does(
    name: str, kept: Kept | None = None, person: str | None = None, **arguments: object
) -> Mapping[str, Any]:
    tools = builtin(Clock(lambda: NOW, utc), recall)
    occasion = Occasion(person, kept)
    (result,) = await Calls(tools, occasion).answer([ToolCall("c", name, arguments)], 1e9)
    content: Mapping[str, Any] = json.loads(result.content)
    return content


async def test_get_time_tells_the_time_of_the_place() -> None:
    told = await does("get_time")
    assert (told["time"], told["date"], told["weekday"]) == ("10:30", "2026-02-08", "Sunday")


async def test_get_time_of_a_zone_tells_that_of_the_zone() -> None:
    told = await does("get_time", zone="Asia/Tokyo")
    assert (told["time"], told["zone"]) == ("19:30", "Asia/Tokyo")


async def test_calculate_gives_the_exact_value() -> None:
    assert await does("calculate", expression="12*7") == {"result": "84", "exact": True}


async def test_calculate_of_nonsense_tells_why() -> None:
    assert "division" in (await does("calculate", expression="1/0"))["error"]


async def test_set_timer_is_due_after_its_span() -> None:
    kept = Kept()
    told = await does("set_timer", kept, minutes=10, label="la pasta")
    assert (kept.rows[0].due_at, kept.rows[0].kind) == (NOW.timestamp() + 600, "timer")
    assert told["set"] == {
        "id": "timer_0",
        "kind": "timer",
        "label": "la pasta",
        "due": "2026-02-08T10:40:00+00:00",
        "in_seconds": 600,
    }


async def test_set_timer_without_a_span_tells_what_is_missing() -> None:
    assert "how long" in (await does("set_timer", Kept(), label="té"))["error"]


async def test_set_reminder_at_a_time_is_due_then() -> None:
    kept = Kept()
    await does("set_reminder", kept, at="18:30", label="llamar a Luis")
    assert kept.rows[0].due_at == datetime(2026, 2, 8, 18, 30, tzinfo=UTC).timestamp()


async def test_set_reminder_needs_a_time_and_a_label() -> None:
    assert "when" in (await does("set_reminder", Kept(), label="té"))["error"]
    assert "label" in (await does("set_reminder", Kept(), minutes=5))["error"]


async def test_reminders_that_are_too_many_tell_so() -> None:
    assert "too many" in (await does("set_timer", Kept(most=0), seconds=5))["error"]


async def test_timers_where_there_can_be_none_tell_so() -> None:
    for name in ("list_timers", "cancel_timer"):
        assert "no timers" in (await does(name))["error"]
    assert "no timers" in (await does("set_timer", minutes=1))["error"]


async def test_list_timers_tells_each() -> None:
    kept = Kept()
    await does("set_timer", kept, minutes=1)
    await does("set_reminder", kept, hours=1, label="té")
    told = await does("list_timers", kept)
    assert [(row["id"], row["in_seconds"]) for row in told["waiting"]] == [
        ("timer_0", 60),
        ("reminder_1", 3600),
    ]


async def test_cancel_timer_of_the_only_one_needs_no_id() -> None:
    kept = Kept()
    await does("set_timer", kept, minutes=1)
    assert (await does("cancel_timer", kept))["cancelled"]["id"] == "timer_0"
    assert kept.rows == []


async def test_cancel_timer_of_several_needs_an_id() -> None:
    kept = Kept()
    await does("set_timer", kept, minutes=1)
    await does("set_timer", kept, minutes=2)
    assert "several" in (await does("cancel_timer", kept))["error"]
    await does("cancel_timer", kept, id="timer_0")
    assert [row.reminder_id for row in kept.rows] == ["timer_1"]


async def test_cancel_timer_of_none_tells_so() -> None:
    assert "none" in (await does("cancel_timer", Kept()))["error"]
    assert "none" in (await does("cancel_timer", Kept(), id="timer_9"))["error"]


async def test_recall_tells_what_is_known_of_the_person_who_speaks() -> None:
    asked.clear()
    told = await does("recall", person="user_ana", about="bebidas")
    assert told == {"name": "Ana", "memories": ["le gusta el té"]}
    assert asked == [("user_ana", "bebidas")]


async def test_recall_of_a_stranger_asks_nobody() -> None:
    asked.clear()
    assert "error" in await does("recall", about="Ana")
    assert asked == []


async def test_recall_of_somebody_unknown_tells_so() -> None:
    assert "error" in await does("recall", person="user_bo")
