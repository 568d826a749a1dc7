"""Timers and reminders: spoken of by the robot, once, to whom they belong, when nobody speaks."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import trio
import trio.testing
from attrs import evolve
from structlog.testing import capture_logs
from trio.testing import MockClock

from robi.actors.claims import Claims
from robi.actors.mail import Draining, Due, Forgot, Hushed, Superseded, Tidings
from robi.actors.reminding import AGAIN_S, LISTEN_S, LOOK_S, MOST, TOLD_AT_ONCE
from robi.actors.skills import builtin
from robi.actors.tools import Clock
from robi.brain.base import ToolCall
from robi.errors import BrainUnavailable, DatabaseError
from robi.protocol.messages import Audio, Context, InteractionStart, PersonDetected, Text
from robi.speech.scene import DueNow
from robi.store.base import AddReminder, AppendHistory, DropReminder, ReminderRow
from tests.actors.bench import Bench, Robot

START = datetime(2026, 2, 8, 10, 30, tzinfo=UTC)
ANA, LUIS = "user_ana", "user_luis"
PASTA = ToolCall("c1", "set_timer", {"minutes": 10, "label": "la pasta"})
CALL_LUIS = ToolCall("c1", "set_reminder", {"hours": 1, "label": "llamar a la abuela"})


def wall() -> datetime:
    return START + timedelta(seconds=trio.current_time())


async def nothing(_person_id: str, _words: str) -> None:
    await trio.lowlevel.checkpoint()


@pytest.fixture
async def bench(nursery: trio.Nursery) -> AsyncIterator[Bench]:
    def utc(moment: datetime) -> datetime:
        return moment.astimezone(UTC)

    bench = Bench(nursery, wall_clock=wall, tools=tuple(builtin(Clock(wall, utc), nothing)))
    bench.start()
    yield bench
    nursery.cancel_scope.cancel()


async def passes(bench: Bench, seconds: float) -> None:
    """Let time pass, and the one clock wake the session as it asked."""
    end = trio.current_time() + seconds
    await trio.testing.wait_all_tasks_blocked()
    while (now := trio.current_time()) < end or (bench.wake_at or end) < end:
        if bench.wake_at is not None and bench.wake_at <= now:
            bench.wake_at = None
            await bench.mailbox.put(Due())
        else:  # in small steps: it may ask for another time meanwhile
            await trio.sleep_until(min(bench.wake_at or end, now + 1, end))
        await trio.testing.wait_all_tasks_blocked()


async def sets(bench: Bench, robot: Robot, call: ToolCall, person: str | None = ANA) -> None:
    """Have `person` set something, in a turn of their own."""
    before = len(bench.brain.calls)
    await robot.asks("avísame", f"set{before}", person)
    asked = await bench.brain.called(before + 1)
    asked.call(call)
    asked.end()
    (await bench.brain.called(before + 2)).answer("[emotion:happy] Hecho.")
    await robot.hears_turn()
    await trio.testing.wait_all_tasks_blocked()


def told(bench: Bench) -> list[tuple[DueNow, ...]]:
    """Return what the model was asked to speak of so far."""
    return [call.request.scene.due for call in bench.brain.calls if call.request.scene.due]


async def speaks(bench: Bench, robot: Robot, words: str = "[emotion:excited] ¡Ya!") -> str:
    """Let the model say what is due; return the id of that turn."""
    bench.brain.calls[-1].answer(words)
    messages = await robot.hears_turn()
    await trio.testing.wait_all_tasks_blocked()
    assert len({message["request_id"] for message in messages}) == 1
    return str(messages[0]["request_id"])


def pending(bench: Bench) -> set[str]:
    """Return the labels that the store would have."""
    rows: dict[str, str] = {}
    for write in bench.written():
        match write:
            case AddReminder(row):
                rows[row.reminder_id] = row.label
            case DropReminder(reminder_id):
                rows.pop(reminder_id, None)
    return set(rows.values())


def kept(label: str, due_in: float = -600, person: str = ANA, **changes: Any) -> ReminderRow:
    at = START.timestamp()
    row = ReminderRow(f"id-{label}", person, "device", "old", "r0", "timer", label, at, at)
    return evolve(row, due_at=at + due_in, **changes)


PASTA_NOW = DueNow("timer", "la pasta", "2026-02-08T10:40+00:00")


# ── when ──────────────────────────────────────────────────────────────────────────────────


async def test_timer_is_spoken_of_when_its_time_has_come_and_not_before(
    bench: Bench, autojump_clock: MockClock
) -> None:
    robot = await bench.robot()
    await sets(bench, robot, PASTA)
    await passes(bench, 599)
    assert told(bench) == []
    await passes(bench, 2)
    assert told(bench) == [(PASTA_NOW,)]
    await speaks(bench, robot)


async def test_timer_is_spoken_of_once(bench: Bench, autojump_clock: MockClock) -> None:
    robot = await bench.robot()
    await sets(bench, robot, PASTA)
    await passes(bench, 601)
    await speaks(bench, robot)
    await passes(bench, 600)
    assert (len(told(bench)), pending(bench)) == (1, set())


async def test_turn_of_a_timer_has_an_id_of_its_own_and_nobody_said_anything(
    bench: Bench, autojump_clock: MockClock
) -> None:
    robot = await bench.robot()
    await sets(bench, robot, PASTA)
    await passes(bench, 601)
    assert (await speaks(bench, robot)).startswith("due_")
    assert bench.heard()[-1] == ("robot", "¡Ya!", False)
    assert [role for role, _, _ in bench.heard()] == ["person", "robot", "robot"]


async def test_wall_clock_that_is_set_forward_is_noticed_within_a_minute(
    bench: Bench, autojump_clock: MockClock
) -> None:
    robot = await bench.robot()
    await sets(bench, robot, PASTA)
    bench.session._reminding._clock = Clock(lambda: wall() + timedelta(hours=1))
    await passes(bench, LOOK_S + 1)
    assert len(told(bench)) == 1


async def test_timers_due_together_are_told_together_but_not_too_many(
    bench: Bench, autojump_clock: MockClock
) -> None:
    bench.reminders = [kept(f"{number}") for number in range(TOLD_AT_ONCE + 1)]
    robot = await bench.robot()
    await robot.asks("hola", person=ANA)
    bench.brain.calls[-1].answer("[emotion:happy] Hola.")
    await robot.hears_turn()
    await trio.testing.wait_all_tasks_blocked()
    await speaks(bench, robot)
    assert [len(due) for due in told(bench)] == [TOLD_AT_ONCE, 1]


# ── while others speak, and while nobody is there ─────────────────────────────────────────


async def test_timer_waits_while_an_answer_streams(bench: Bench, autojump_clock: MockClock) -> None:
    robot = await bench.robot()
    await sets(bench, robot, PASTA)
    await robot.asks("cuéntame algo", "long", ANA)
    bench.brain.calls[-1].write("[emotion:happy] Érase ")
    await passes(bench, 601)
    assert told(bench) == []
    bench.brain.calls[-1].answer("una vez.")
    await robot.hears_turn()
    await passes(bench, 0)
    assert len(told(bench)) == 1


async def test_timer_waits_while_somebody_is_being_heard(
    bench: Bench, autojump_clock: MockClock
) -> None:
    robot = await bench.robot()
    await sets(bench, robot, PASTA)
    await passes(bench, 595)
    await robot.says(Audio(b"\0" * 100))
    await passes(bench, 10)
    assert told(bench) == []
    await passes(bench, 120)  # audio that nobody ends is no speech any more
    assert len(told(bench)) == 1


async def test_timer_waits_a_moment_for_who_has_just_come(
    bench: Bench, autojump_clock: MockClock
) -> None:
    robot = await bench.robot()
    await sets(bench, robot, PASTA)
    await passes(bench, 599)
    await robot.says(InteractionStart("i", ANA, True, 0.9, None, Context()))
    await passes(bench, 2)
    assert told(bench) == []
    await passes(bench, LISTEN_S)
    assert len(told(bench)) == 1


async def test_timer_that_rings_while_no_robot_is_there_is_told_late_when_it_is_back(
    bench: Bench,
    autojump_clock: MockClock,
) -> None:
    robot = await bench.robot()
    await sets(bench, robot, evolve(PASTA, arguments={"seconds": 10, "label": "té"}))
    await robot.leaves()
    await passes(bench, 50)
    assert told(bench) == []
    await passes(bench, 0)
    bench.session._reminding._clock = Clock(lambda: wall() + timedelta(minutes=2))
    await bench.robot(last_seq=bench.session._outbox.last_seq)
    await passes(bench, 0)
    ((due,),) = told(bench)
    assert (due.late, due.label) == (True, "té")


async def test_timer_is_not_begun_while_the_server_drains(
    bench: Bench, autojump_clock: MockClock
) -> None:
    robot = await bench.robot()
    await sets(bench, robot, PASTA)
    await robot.asks("cuéntame algo", "long", ANA)
    await bench.mailbox.put(Draining())
    await passes(bench, 601)
    assert told(bench) == []
    assert pending(bench) == {"la pasta"}


# ── to whom ───────────────────────────────────────────────────────────────────────────────


async def test_timer_of_somebody_else_rings_without_whose_and_what_for(
    bench: Bench, autojump_clock: MockClock
) -> None:
    robot = await bench.robot()
    await sets(bench, robot, PASTA)
    await robot.says(PersonDetected("d", True, LUIS, 0.9, None))
    bench.brain.calls[-1].answer("[emotion:greeting] Hola, Luis.")
    await robot.hears_turn()
    await passes(bench, 601)
    ((due,),) = told(bench)
    assert (due.kind, due.label, due.theirs) == ("timer", "", False)
    assert "pasta" not in str(bench.brain.calls[-1].request.system)


async def test_reminder_of_somebody_else_waits_until_they_are_there(
    bench: Bench, autojump_clock: MockClock
) -> None:
    robot = await bench.robot()
    await sets(bench, robot, CALL_LUIS)
    await robot.says(PersonDetected("d", True, LUIS, 0.9, None))
    bench.brain.calls[-1].answer("[emotion:greeting] Hola, Luis.")
    await robot.hears_turn()
    await passes(bench, 3700)
    assert told(bench) == []
    await robot.says(PersonDetected("d2", True, ANA, 0.9, None))
    bench.brain.calls[-1].answer("[emotion:greeting] Hola, Ana.")
    await robot.hears_turn()
    await passes(bench, 0)
    ((due,),) = told(bench)
    assert (due.label, due.late) == ("llamar a la abuela", True)


async def test_reminder_of_a_stranger_who_has_left_rings_for_whoever_is_there(
    bench: Bench,
    autojump_clock: MockClock,
) -> None:
    robot = await bench.robot()
    await sets(bench, robot, CALL_LUIS, person=None)
    await robot.says(PersonDetected("d", True, LUIS, 0.9, None))
    bench.brain.calls[-1].answer("[emotion:greeting] Hola, Luis.")
    await robot.hears_turn()
    await passes(bench, 3601)
    ((due,),) = told(bench)
    assert (due.label, due.theirs) == ("", False)


async def test_reminder_of_a_stranger_is_theirs_under_the_name_they_tell(
    bench: Bench, autojump_clock: MockClock
) -> None:
    robot = await bench.robot()
    await sets(bench, robot, CALL_LUIS, person=None)
    await robot.asks("Soy Ana", "name")
    bench.brain.calls[-1].answer("[emotion:happy] Hola, Ana. [person_name:Ana]")
    await robot.hears_turn()
    await passes(bench, 3601)
    ((due,),) = told(bench)
    assert (due.label, due.theirs) == ("llamar a la abuela", True)


async def test_timers_of_another_are_neither_listed_nor_cancelled(
    bench: Bench, autojump_clock: MockClock
) -> None:
    robot = await bench.robot()
    await sets(bench, robot, PASTA)
    await robot.asks("¿qué temporizadores hay?", "list", LUIS)
    bench.brain.calls[-1].call(
        ToolCall("c1", "list_timers", {}), ToolCall("c2", "cancel_timer", {})
    )
    bench.brain.calls[-1].end()
    await trio.testing.wait_all_tasks_blocked()
    (only,) = bench.brain.calls[-1].request.rounds
    assert [r.content for r in only.results] == ['{"waiting":[]}', '{"error":"there is none"}']


# ── heard or not ──────────────────────────────────────────────────────────────────────────


async def test_timer_that_was_cut_before_a_word_is_told_again(
    bench: Bench, autojump_clock: MockClock
) -> None:
    robot = await bench.robot()
    await sets(bench, robot, PASTA)
    await passes(bench, 601)
    await robot.asks("oye", "cut", ANA)
    bench.brain.calls[-1].answer("[emotion:happy] Dime.")
    await robot.hears_turn()  # the timer's end
    await robot.hears_turn()
    assert pending(bench) == {"la pasta"}
    await passes(bench, AGAIN_S + 1)
    assert [len(due) for due in told(bench)] == [1, 1]


async def test_timer_that_was_cut_after_a_word_is_not_told_again(
    bench: Bench, autojump_clock: MockClock
) -> None:
    robot = await bench.robot()
    await sets(bench, robot, PASTA)
    await passes(bench, 601)
    bench.brain.calls[-1].write("[emotion:happy] La pasta está lista, ")
    await robot.hears_until("text_chunk")
    await robot.asks("oye", "cut", ANA)
    bench.brain.calls[-1].answer("[emotion:happy] Dime.")
    await robot.hears_turn()
    await robot.hears_turn()
    await passes(bench, 300)
    assert (len(told(bench)), pending(bench)) == (1, set())


async def test_timer_is_told_when_the_model_is_gone(
    bench: Bench, autojump_clock: MockClock
) -> None:
    robot = await bench.robot()
    await sets(bench, robot, PASTA)
    await passes(bench, 601)
    with capture_logs():
        bench.brain.calls[-1].fail(BrainUnavailable("gone"))
        messages = await robot.hears_turn()
    said = "".join(m["text"] for m in messages if m["type"] == "text_chunk")
    assert said == "Ha terminado un temporizador: la pasta."
    assert messages[-1]["type"] == "stream_end"


async def test_timer_leaves_the_store_when_the_robot_begins_to_speak_of_it(
    bench: Bench, autojump_clock: MockClock
) -> None:
    """At most once: a server that is killed in the middle has nothing to tell again."""
    robot = await bench.robot()
    await sets(bench, robot, PASTA)
    assert pending(bench) == {"la pasta"}
    await passes(bench, 601)
    assert (len(told(bench)), pending(bench)) == (1, set())


# ── what is kept ──────────────────────────────────────────────────────────────────────────


async def test_timer_that_is_set_is_kept_with_its_device_and_turn(
    bench: Bench, autojump_clock: MockClock
) -> None:
    robot = await bench.robot()
    await sets(bench, robot, PASTA)
    (row,) = [write.row for write in bench.written() if isinstance(write, AddReminder)]
    assert (row.person_id, row.device_id, row.session_id) == (ANA, "device", "s")
    assert (row.request_id, row.kind, row.label) == ("set0", "timer", "la pasta")
    assert row.due_at == pytest.approx(START.timestamp() + 600, abs=1)


async def test_label_that_is_private_is_told_and_not_kept(
    bench: Bench, autojump_clock: MockClock
) -> None:
    robot = await bench.robot()
    secret = "mi PIN es 4821"
    await sets(bench, robot, evolve(PASTA, arguments={"minutes": 1, "label": secret}))
    assert "4821" not in str([w.row.label for w in bench.written() if isinstance(w, AddReminder)])
    await passes(bench, 61)
    ((due,),) = told(bench)
    assert due.label == secret


async def test_timer_of_an_incognito_visit_rings_and_is_never_kept(
    bench: Bench, autojump_clock: MockClock
) -> None:
    robot = await bench.robot()
    await robot.asks("no guardes nada de lo que hablemos", "quiet", ANA)
    bench.brain.calls[-1].answer("[emotion:neutral] De acuerdo.")
    await robot.hears_turn()
    await sets(bench, robot, PASTA)
    await passes(bench, 601)
    ((due,),) = told(bench)
    await speaks(bench, robot, "[emotion:excited] ¡La pasta!")
    assert due.label == "la pasta"
    assert not [w for w in bench.written() if isinstance(w, AddReminder | DropReminder)]
    rows = [w.row.content for w in bench.written() if isinstance(w, AppendHistory)]
    assert "pasta" not in str(rows)


async def test_timer_of_a_turn_that_turns_out_private_is_not_kept_and_rings(
    bench: Bench, autojump_clock: MockClock
) -> None:
    robot = await bench.robot()
    await sets(bench, robot, PASTA)
    await bench.mailbox.put(Tidings((Hushed("s", "set0"),)))
    await trio.testing.wait_all_tasks_blocked()
    assert pending(bench) == set()
    await passes(bench, 601)
    assert len(told(bench)) == 1


async def test_timer_of_who_wants_to_be_forgotten_is_gone_at_once(
    bench: Bench, autojump_clock: MockClock
) -> None:
    robot = await bench.robot()
    await sets(bench, robot, PASTA)
    await robot.asks("olvida todo lo que sabes de mí", "forget", ANA)
    assert len(bench.session._reminding) == 0
    bench.brain.calls[-1].answer("[emotion:neutral] Hecho.")
    await robot.hears_turn()
    await passes(bench, 700)
    assert told(bench) == []


@pytest.mark.parametrize(
    ("forgot", "rings"),
    [
        (Forgot(ANA, everything=True), False),
        (Forgot(ANA, turns=frozenset({("s", "set0")})), False),
        (Forgot(ANA, about=("la pasta",)), False),
        (Forgot(ANA, about=("el jazz",)), True),
        (Forgot(LUIS, everything=True), True),
    ],
)
async def test_timer_that_is_forgotten_elsewhere_does_not_ring(
    bench: Bench, autojump_clock: MockClock, forgot: Forgot, rings: bool
) -> None:
    robot = await bench.robot()
    await sets(bench, robot, PASTA)
    await bench.mailbox.put(Tidings((forgot,)))
    await passes(bench, 601)
    assert bool(told(bench)) is rings


async def test_timer_that_is_cancelled_does_not_ring(
    bench: Bench, autojump_clock: MockClock
) -> None:
    robot = await bench.robot()
    await sets(bench, robot, PASTA)
    await sets(bench, robot, ToolCall("c1", "cancel_timer", {}))
    await passes(bench, 601)
    assert (told(bench), pending(bench)) == ([], set())


async def test_timers_that_are_too_many_are_refused(
    bench: Bench, autojump_clock: MockClock
) -> None:
    bench.reminders = [kept(f"{number}", due_in=9000) for number in range(MOST)]
    robot = await bench.robot()
    await sets(bench, robot, PASTA)
    (only,) = bench.brain.calls[-1].request.rounds
    assert "already" in only.results[0].content


# ── after a restart ───────────────────────────────────────────────────────────────────────


async def greeted(bench: Bench, robot: Robot, person: str = ANA) -> None:
    await robot.says(Text("hi", "hola", person))
    bench.brain.calls[-1].answer("[emotion:happy] Hola.")
    await robot.hears_turn()
    await trio.testing.wait_all_tasks_blocked()


async def test_timer_that_the_store_has_rings(bench: Bench, autojump_clock: MockClock) -> None:
    bench.reminders = [kept("la pasta", due_in=600)]
    robot = await bench.robot()
    await greeted(bench, robot)
    await passes(bench, 601)
    assert told(bench) == [(PASTA_NOW,)]


async def test_timer_that_rang_while_the_server_was_away_is_told_late(
    bench: Bench, autojump_clock: MockClock
) -> None:
    bench.reminders = [kept("la pasta")]
    robot = await bench.robot()
    await greeted(bench, robot)
    ((due,),) = told(bench)
    assert (due.label, due.late) == ("la pasta", True)


async def test_store_that_does_not_answer_is_asked_again(
    bench: Bench, autojump_clock: MockClock
) -> None:
    bench.reminders = [kept("la pasta", due_in=600)]
    answers = [DatabaseError("locked"), DatabaseError("locked")]

    async def reading() -> None:
        if answers:
            raise answers.pop()

    bench.reading = reading
    with capture_logs():
        robot = await bench.robot()
        await greeted(bench, robot)
        await passes(bench, 601)
    assert len(told(bench)) == 1


async def test_what_is_forgotten_while_the_store_is_read_does_not_ring(
    bench: Bench, autojump_clock: MockClock
) -> None:
    bench.reminders = [kept("la pasta", due_in=600)]
    read = trio.Event()
    bench.reading = read.wait
    robot = await bench.robot()
    await bench.mailbox.put(Tidings((Forgot(ANA, everything=True),)))
    await trio.testing.wait_all_tasks_blocked()
    read.set()
    await greeted(bench, robot)
    await passes(bench, 601)
    assert told(bench) == []


async def test_timer_of_who_was_forgotten_before_does_not_ring(
    bench: Bench, autojump_clock: MockClock
) -> None:
    bench.reminders = [kept("la pasta", due_in=600)]
    bench.forgotten.add(ANA)
    robot = await bench.robot()
    await greeted(bench, robot, LUIS)
    await passes(bench, 601)
    assert told(bench) == []


async def test_session_whose_device_goes_on_elsewhere_tells_nothing(
    bench: Bench, autojump_clock: MockClock
) -> None:
    robot = await bench.robot()
    await sets(bench, robot, PASTA)
    await bench.mailbox.put(Superseded())
    await passes(bench, 1)
    assert (len(bench.session._reminding), pending(bench)) == (0, {"la pasta"})


# ── of no robot in particular ─────────────────────────────────────────────────────────────


def loose(label: str, due_in: float = -600, **changes: Any) -> ReminderRow:
    return kept(label, due_in, device_id=None, **changes)


async def test_reminder_without_a_device_is_told_by_the_robot_that_its_person_comes_to(
    bench: Bench, autojump_clock: MockClock
) -> None:
    bench.loose[ANA] = [loose("la pasta", 60)]
    robot = await bench.robot()
    await greeted(bench, robot, LUIS)
    await passes(bench, 120)
    assert told(bench) == []
    await greeted(bench, robot)
    ((due,),) = told(bench)
    assert due.label == "la pasta"
    await speaks(bench, robot)
    assert DropReminder("id-la pasta") in bench.written()


async def test_reminder_without_a_device_is_read_once_for_each_person(
    bench: Bench, autojump_clock: MockClock
) -> None:
    robot = await bench.robot()
    for person in (ANA, LUIS, ANA):
        await greeted(bench, robot, person)
    assert bench.asked_for_loose == [ANA, LUIS]


async def test_reminder_that_another_session_has_taken_is_neither_told_nor_listed(
    bench: Bench, autojump_clock: MockClock
) -> None:
    bench.loose[ANA] = [loose("la pasta", 600)]
    robot = await bench.robot()
    await greeted(bench, robot)
    reminders = bench.session._reminding
    assert [row.label for row in reminders.waiting(ANA)] == ["la pasta"]
    bench.claims.take("id-la pasta", "another")
    assert (reminders.waiting(ANA), reminders.until) == ((), None)
    assert reminders.cancel(ANA, "id-la pasta") is None
    await passes(bench, 700)
    assert told(bench) == []


class Elsewhere(Claims):
    """Claims that are decided in another process."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Callable[[], None]] = []
        self.granted = False

    def may_speak(self, _reminder_id: str, _session_id: str, again: Callable[[], None]) -> bool:
        if not self.granted:
            self.asked.append(again)
        return self.granted


async def test_reminder_without_a_device_is_told_when_another_process_has_said_that_it_may(
    bench: Bench, autojump_clock: MockClock
) -> None:
    bench.loose[ANA] = [loose("la pasta", 60)]
    robot = await bench.robot()
    bench.session._reminding._claims = elsewhere = Elsewhere()
    await greeted(bench, robot)
    await passes(bench, 600)
    assert (told(bench), bool(elsewhere.asked)) == ([], True)
    elsewhere.granted = True
    elsewhere.asked[-1]()
    await passes(bench, 1)
    ((due,),) = told(bench)
    assert due.label == "la pasta"


async def test_reminder_of_which_nobody_heard_a_word_is_anybodys_again(
    bench: Bench, autojump_clock: MockClock
) -> None:
    bench.loose[ANA] = [loose("la pasta")]
    robot = await bench.robot()
    await greeted(bench, robot)
    assert not bench.claims.allow("id-la pasta", "another")
    await robot.asks("espera", "r9", ANA)  # before a word of it was said
    assert bench.claims.allow("id-la pasta", "another")


async def test_reminder_without_a_device_that_is_forgotten_while_it_is_read_is_not_told(
    bench: Bench, autojump_clock: MockClock
) -> None:
    bench.loose[ANA] = [loose("la pasta", 60)]
    read = trio.Event()
    bench.reading = read.wait
    robot = await bench.robot()
    await robot.says(Text("hi", "hola", ANA))
    await bench.mailbox.put(Tidings((Forgot(ANA, everything=True),)))
    await trio.testing.wait_all_tasks_blocked()
    read.set()
    bench.brain.calls[-1].answer("[emotion:happy] Hola.")
    await robot.hears_turn()
    await passes(bench, 120)
    assert told(bench) == []


async def test_store_is_read_once_for_all_links_of_a_session(
    bench: Bench, autojump_clock: MockClock
) -> None:
    reads: list[float] = []

    async def reading() -> None:
        await trio.lowlevel.checkpoint()
        reads.append(trio.current_time())

    bench.reading = reading
    for _ in range(3):
        await bench.robot()
        await trio.testing.wait_all_tasks_blocked()
    assert len(reads) == 1
