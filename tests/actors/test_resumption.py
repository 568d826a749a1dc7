"""A session outlives its links (protocol.md §5): parked, resumed, replaced, reaped, restored."""

import json

import pytest
import trio
import trio.testing

from robi.actors import outbox
from robi.actors.ask import ask
from robi.actors.errors import AskTimeout
from robi.actors.keeper import remembered
from robi.actors.mail import Attach, Draining, Due, LinkLost, Origin, Superseded
from robi.actors.store_mail import Conversation
from robi.protocol.messages import Audio, AudioEnd, Image, Interrupt
from robi.store.base import HistoryRow, SessionRow
from tests.actors.bench import Bench, Call, Robot

WAV = b"RIFF" + (36).to_bytes(4, "little") + b"WAVEfmt " + bytes(28)
KEEP_ALIVE = 60.0


async def hears_begin(bench: Bench, robot: Robot) -> Call:
    """Have the robot ask, and hear the emotion and one text of an answer that goes on."""
    await robot.asks("cuenta")
    call = await bench.brain.called(1)
    call.write("[emotion:happy] Uno,")
    await robot.hears_until("text_chunk")
    return call


async def time_passes(bench: Bench, seconds: float) -> None:
    """Sleep, and wake the session if it has asked for it, as `sessions` does at a tick."""
    await trio.sleep(seconds)
    if bench.wake_at is not None and bench.wake_at <= trio.current_time():
        await bench.mailbox.put(Due())
    await trio.testing.wait_all_tasks_blocked()


def joined(robot: Robot) -> str:
    return "".join(message.get("text", "") for message in robot.seen)


# ── back in time ──────────────────────────────────────────────────────────────────────────


async def test_robot_that_comes_back_is_told_what_it_missed_once_and_in_order(
    bench: Bench,
) -> None:
    robot = await bench.robot()
    call = await hears_begin(bench, robot)
    call.write(" dos,", " tres,")
    await trio.testing.wait_all_tasks_blocked()
    await robot.attachment.frames()  # taken by the link, and lost with it
    await robot.leaves()
    again = await bench.robot(last_seq=2)
    assert again.attached.resumed is True
    call.answer(" ¡cuatro!")
    await again.hears_turn()
    assert [message["seq"] for message in again.seen] == [3, 4, 5, 6, 7]
    assert joined(again) == " dos, tres, ¡cuatro!"


async def test_turn_goes_on_while_nobody_listens(bench: Bench) -> None:
    robot = await bench.robot()
    call = await hears_begin(bench, robot)
    await robot.leaves()
    call.answer(" dos,", " tres")
    await trio.testing.wait_all_tasks_blocked()
    assert call.closed.is_set()  # the model is done, and holds no connection
    again = await bench.robot(last_seq=2)
    messages = await again.hears_turn()
    assert "interrupted" not in messages[-1]
    assert joined(again) == " dos, tres"


async def test_turn_that_ended_without_a_link_is_kept_once_it_was_heard(bench: Bench) -> None:
    robot = await bench.robot()
    call = await hears_begin(bench, robot)
    await robot.leaves()
    call.answer(" dos")
    await trio.testing.wait_all_tasks_blocked()
    assert bench.heard() == []
    again = await bench.robot(last_seq=2)
    await again.hears_turn()
    await trio.testing.wait_all_tasks_blocked()
    assert bench.heard() == [("person", "cuenta", False), ("robot", "Uno, dos", False)]


async def test_live_messages_come_after_those_that_are_said_again(bench: Bench) -> None:
    robot = await bench.robot()
    call = await hears_begin(bench, robot)
    await robot.leaves()
    again = await bench.robot(last_seq=0)
    call.answer(" ¡dos!")  # thought before any of the old was fetched
    await trio.testing.wait_all_tasks_blocked()
    await again.hears_turn()
    assert [message["seq"] for message in again.seen] == [1, 2, 3, 4, 5]
    assert joined(again) == "Uno, ¡dos!"


async def test_robot_that_comes_back_twice_misses_nothing_and_hears_nothing_twice(
    bench: Bench,
) -> None:
    robot = await bench.robot()
    call = await hears_begin(bench, robot)
    call.write(" dos,")
    await trio.testing.wait_all_tasks_blocked()
    await robot.attachment.frames()
    await robot.leaves()
    second = await bench.robot(last_seq=2)
    await second.leaves()  # before it was told anything again
    third = await bench.robot(last_seq=2)
    call.answer(" ¡tres!")
    await third.hears_turn()
    assert [message["seq"] for message in third.seen] == [3, 4, 5, 6]
    assert joined(third) == " dos, ¡tres!"


async def test_robot_that_missed_nothing_is_told_nothing_again(bench: Bench) -> None:
    robot = await bench.robot()
    await hears_begin(bench, robot)
    await robot.leaves()
    again = await bench.robot(last_seq=2)
    assert again.attached.resumed is True
    with trio.move_on_after(0) as scope:
        await again.hears()
    assert scope.cancelled_caught


async def test_robot_that_dropped_before_a_word_was_said_loses_nothing(bench: Bench) -> None:
    """It has seen no number, so it can send no `last_seq`: there is none to be lost."""
    robot = await bench.robot()
    await robot.asks("hola")
    call = await bench.brain.called(1)
    await robot.leaves()
    again = await bench.robot()
    assert again.attached.resumed is True
    call.answer("Hola")
    assert "interrupted" not in (await again.hears_turn())[-1]


async def test_picture_that_was_asked_for_is_taken_from_the_next_link(bench: Bench) -> None:

    robot = await bench.robot()
    await robot.asks("¿qué es esto?")
    (await bench.brain.called(1)).answer("[capture:photo] A ver")
    await robot.hears_turn()
    await robot.leaves()
    again = await bench.robot(last_seq=robot.seen[-1]["seq"])
    await again.says(Image("r1", "context", b"\xff\xd8\xff\xe0" + bytes(64)))
    assert (await bench.brain.called(2)).request.scene.asked_to_look == "¿qué es esto?"


async def test_audio_begun_on_a_link_that_dropped_is_forgotten(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(Audio(WAV))
    await robot.leaves()
    again = await bench.robot(last_seq=0)
    await again.says(AudioEnd("r1"))
    assert (await again.hears())["error_code"] == "EMPTY_AUDIO"


# ── too late, or lost ─────────────────────────────────────────────────────────────────────


async def test_robot_whose_messages_are_gone_is_told_so_and_the_turn_ends_interrupted(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "RING_MESSAGES", 4)
    robot = await bench.robot()
    call = await hears_begin(bench, robot)
    call.write(" dos,", " tres,", " cuatro,", " cinco,", " seis,")
    await trio.testing.wait_all_tasks_blocked()
    await robot.attachment.frames()
    await robot.leaves()
    again = await bench.robot(last_seq=2)
    assert again.attached.resumed is False
    await call.closed.wait()
    (end,) = await again.hears_turn()
    assert (end["seq"], end["request_id"], end["interrupted"]) == (8, "r1", True)
    assert bench.heard()[-1] == ("robot", "Uno, dos, tres, cuatro, cinco, seis,", True)


async def test_robot_that_claims_to_have_seen_more_than_was_said_is_not_resumed(
    bench: Bench,
) -> None:
    robot = await bench.robot()
    await hears_begin(bench, robot)
    await robot.leaves()
    again = await bench.robot(last_seq=3)
    assert again.attached.resumed is False
    assert (await again.hears())["interrupted"] is True


async def test_robot_without_its_place_is_resumed_without_replay_and_the_turn_interrupted(
    bench: Bench,
) -> None:
    robot = await bench.robot()
    call = await hears_begin(bench, robot)
    call.write(" dos,")
    await trio.testing.wait_all_tasks_blocked()
    await robot.leaves()
    again = await bench.robot()
    assert again.attached.resumed is True
    await call.closed.wait()
    (end,) = await again.hears_turn()
    assert (end["seq"], end["interrupted"]) == (3, True)
    assert bench.heard()[-1] == ("robot", "Uno,", True)


async def test_robot_without_its_place_goes_on_with_its_history(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("uno")
    (await bench.brain.called(1)).answer("Primera")
    await robot.hears_turn()
    await robot.leaves()
    again = await bench.robot()
    await again.asks("dos", "r2")
    history = (await bench.brain.called(2)).request.history
    assert [said.text for said in history] == ["uno", "Primera"]


# ── two links at once ─────────────────────────────────────────────────────────────────────


async def test_second_link_replaces_the_first_with_4409_and_the_turn_goes_on(
    bench: Bench,
) -> None:
    first = await bench.robot()
    call = await hears_begin(bench, first)
    second = await bench.robot(last_seq=2)
    call.answer(" dos")
    assert await first.let_go() == 4409
    await second.hears_turn()
    assert joined(second) == " dos"
    assert joined(first) == "Uno,"


async def test_link_that_was_replaced_is_listened_to_no_more(bench: Bench) -> None:
    first = await bench.robot()
    call = await hears_begin(bench, first)
    await bench.robot(last_seq=2)
    await first.says(Interrupt("r1"))
    assert not call.closed.is_set()


async def test_end_of_a_link_that_was_replaced_parks_nothing(bench: Bench) -> None:
    first = await bench.robot()
    second = await bench.robot(last_seq=0)
    await bench.mailbox.put(LinkLost(first.attachment, left=True))
    await second.asks("hola")
    (await bench.brain.called(1)).answer("Hola")
    assert (await second.hears_turn())[-1]["type"] == "stream_end"


async def test_session_that_its_device_left_for_another_lets_its_link_go_with_4409(
    bench: Bench,
) -> None:
    robot = await bench.robot()
    await bench.mailbox.put(Superseded())
    assert await robot.let_go() == 4409


# ── the end of waiting ────────────────────────────────────────────────────────────────────


async def test_parked_session_is_reaped_after_the_keep_alive(
    bench: Bench, autojump_clock: trio.testing.MockClock
) -> None:
    robot = await bench.robot()
    await robot.leaves()
    await time_passes(bench, KEEP_ALIVE - 1)
    assert not bench.over.is_set()
    await time_passes(bench, 1)
    assert bench.over.is_set()


async def test_session_to_which_no_link_ever_comes_is_reaped(
    bench: Bench, autojump_clock: trio.testing.MockClock
) -> None:
    await trio.testing.wait_all_tasks_blocked()
    await time_passes(bench, KEEP_ALIVE)
    assert bench.over.is_set()


async def test_session_whose_robot_came_back_just_in_time_is_not_reaped(
    bench: Bench, autojump_clock: trio.testing.MockClock
) -> None:
    robot = await bench.robot()
    await robot.leaves()
    await trio.sleep(KEEP_ALIVE)
    await bench.robot(last_seq=0)
    await bench.mailbox.put(Due())  # it was on its way already
    await trio.testing.wait_all_tasks_blocked()
    assert not bench.over.is_set()


async def test_reaped_session_closes_the_call_to_the_model_and_keeps_what_was_heard(
    bench: Bench, autojump_clock: trio.testing.MockClock
) -> None:
    robot = await bench.robot()
    call = await hears_begin(bench, robot)
    await robot.leaves()
    await time_passes(bench, KEEP_ALIVE)
    assert call.closed.is_set()
    assert bench.heard() == [("person", "cuenta", False), ("robot", "Uno,", True)]


async def test_robot_that_is_there_keeps_its_session_for_ever(
    bench: Bench, autojump_clock: trio.testing.MockClock
) -> None:
    await bench.robot()
    await time_passes(bench, 10 * KEEP_ALIVE)
    assert not bench.over.is_set()


# ── after a restart of the server ─────────────────────────────────────────────────────────

PAST = Conversation(
    SessionRow("s", "device", "user_ana", 1.0, 2.0),
    (HistoryRow("s", 0, "user_ana", "person", "hola", 1.0, "r0"),),
)


async def test_restored_session_asked_for_by_its_id_is_not_resumed_and_counts_on(
    nursery: trio.Nursery,
) -> None:
    bench = Bench(nursery, history=remembered(PAST))
    bench.start(Origin.REMEMBERED, last_seq=41)
    robot = await bench.robot(last_seq=41)
    assert robot.attached.resumed is False
    await robot.asks("¿y bien?", person="user_ana")
    call = await bench.brain.called(1)
    assert [said.text for said in call.request.history] == ["hola"]
    call.answer("Bien")
    assert (await robot.hears())["seq"] == 42


async def test_restored_session_asked_for_by_its_device_is_resumed(nursery: trio.Nursery) -> None:
    bench = Bench(nursery, history=remembered(PAST))
    bench.start(Origin.CONTINUED)
    robot = await bench.robot()
    assert robot.attached.resumed is True
    assert robot.attached.session_id == "s"


async def test_restored_session_is_resumed_with_replay_from_its_second_link_on(
    nursery: trio.Nursery,
) -> None:
    bench = Bench(nursery, history=remembered(PAST))
    bench.start(Origin.REMEMBERED, last_seq=41)
    robot = await bench.robot(last_seq=41)
    await robot.asks("¿y bien?")
    (await bench.brain.called(1)).answer("Bien")
    await trio.testing.wait_all_tasks_blocked()
    lost = await robot.attachment.frames()
    await robot.leaves()
    again = await bench.robot(last_seq=41)
    assert again.attached.resumed is True
    assert await again.hears_turn() == [json.loads(frame) for frame in lost]


async def test_new_session_is_not_resumed_whatever_its_robot_claims_to_have_seen(
    nursery: trio.Nursery,
) -> None:
    bench = Bench(nursery)
    bench.start()
    robot = await bench.robot(last_seq=7)
    assert robot.attached.resumed is False


# ── while the server goes away ────────────────────────────────────────────────────────────


async def test_draining_session_finishes_its_answer_then_hangs_up_with_1012(
    bench: Bench,
) -> None:
    robot = await bench.robot()
    call = await hears_begin(bench, robot)
    await bench.mailbox.put(Draining())
    await trio.testing.wait_all_tasks_blocked()
    call.answer(" dos")
    messages = await robot.hears_turn()
    assert "interrupted" not in messages[-1]
    assert await robot.let_go() == 1012
    await bench.over.wait()


async def test_draining_session_with_nothing_to_say_ends_at_once(bench: Bench) -> None:
    robot = await bench.robot()
    await bench.mailbox.put(Draining())
    assert await robot.let_go() == 1012
    await bench.over.wait()


async def test_draining_session_refuses_a_new_turn_with_server_busy_and_goes_on(
    bench: Bench,
) -> None:
    robot = await bench.robot()
    call = await hears_begin(bench, robot)
    await bench.mailbox.put(Draining())
    await robot.asks("otra", "r2")
    refusal = await robot.hears()
    assert (refusal["error_code"], refusal["request_id"]) == ("SERVER_BUSY", "r2")
    assert refusal["retry_after"] > 0
    call.answer(" dos")
    assert "interrupted" not in (await robot.hears_turn())[-1]
    assert len(bench.brain.calls) == 1


async def test_draining_session_whose_link_drops_is_resumed_and_heard_out(bench: Bench) -> None:
    robot = await bench.robot()
    call = await hears_begin(bench, robot)
    await bench.mailbox.put(Draining())
    await robot.leaves()
    again = await bench.robot(last_seq=2)
    assert again.attached.resumed is True
    call.answer(" dos")
    await again.hears_turn()
    assert joined(again) == " dos"
    assert await again.let_go() == 1012


async def test_draining_session_without_a_link_ends_at_once(bench: Bench) -> None:
    robot = await bench.robot()
    call = await hears_begin(bench, robot)
    await robot.leaves()
    await bench.mailbox.put(Draining())
    await bench.over.wait()
    await trio.testing.wait_all_tasks_blocked()
    assert call.closed.is_set()


async def test_session_that_is_over_takes_no_link(
    bench: Bench, autojump_clock: trio.testing.MockClock
) -> None:
    await bench.mailbox.put(Draining())
    await bench.over.wait()
    with pytest.raises(AskTimeout):  # its supervisor would close the mailbox: ActorDied
        await ask(bench.mailbox, Attach(None), timeout=1)
