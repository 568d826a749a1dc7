"""The guarantees of docs/supervision.md, in its order: start, restart, stop, dynamic, the snapshot.

One file, since all of it is acted by the same small troupe: `Actor`s that are scripted by an
async function and write down, with the time, what happens to them.
"""

import weakref
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, TypeAlias

import pytest
import structlog
import trio
from attrs import define, evolve, field, frozen
from trio.testing import MockClock, wait_all_tasks_blocked

from robi.actors.actor import Actor
from robi.actors.ask import Question, ask
from robi.actors.child import Child
from robi.actors.crash import Crash
from robi.actors.errors import (
    ActorDied,
    ChildNotStarted,
    ChildRefused,
    Ended,
    Escalated,
    Killed,
    StartTimeout,
)
from robi.actors.mailbox import Mailbox
from robi.actors.restart import Intensity, Restart
from robi.actors.snapshot import Detail, State
from robi.actors.supervisor import Supervisor

Play: TypeAlias = Callable[[Mailbox[Any], Callable[[], None]], Awaitable[None]]


class Boom(Exception):
    """A crash."""


class Nothing(Question[None]):
    """A question."""


@frozen
class Acted:
    """One life of a scripted actor."""

    play: Play

    async def run(self, mailbox: Mailbox[Any], ready: Callable[[], None]) -> None:
        await self.play(mailbox, ready)

    def details(self) -> Mapping[str, Detail]:
        return {"acted": True}


@define
class Diary:
    """What happened: `(second, words)`."""

    entries: list[tuple[float, str]] = field(factory=list)
    start: float = field(factory=trio.current_time)

    def note(self, words: str) -> None:
        self.entries.append((trio.current_time() - self.start, words))

    @property
    def words(self) -> list[str]:
        return [words for _, words in self.entries]

    def server(self, name: str, start_s: float = 0, stop_s: float = 0) -> Play:
        """Script an actor that takes so long to start and to stop, and crashes when told to."""

        async def play(mailbox: Mailbox[Any], ready: Callable[[], None]) -> None:
            self.note(f"{name} starts")
            try:
                await trio.sleep(start_s)
                ready()
                async for message in mailbox:
                    if isinstance(message, Exception):
                        raise message
                    self.note(f"{name} hears {message}")
                await trio.sleep(stop_s)
                self.note(f"{name} ends")
            except trio.Cancelled:
                self.note(f"{name} is cut")
                raise

        return play

    def child(self, name: str, start_s: float = 0, stop_s: float = 0, **how: Any) -> Child:
        return child(name, self.server(name, start_s, stop_s), **how)


def child(
    name: str, play: Play, restart: Restart = Restart.PERMANENT, grace: float = 5, **how: Any
) -> Child:
    return Child(name, lambda: Acted(play), restart, grace, **how)


async def crash_at_once(_mailbox: Mailbox[Any], _ready: Callable[[], None]) -> None:
    raise Boom


async def crash_when_ready(_mailbox: Mailbox[Any], ready: Callable[[], None]) -> None:
    ready()
    raise Boom


async def never_ready(_mailbox: Mailbox[Any], _ready: Callable[[], None]) -> None:
    await trio.sleep_forever()


async def settle() -> None:
    await wait_all_tasks_blocked()


# Start


async def test_children_start_in_order_each_ready_before_the_next(
    autojump_clock: MockClock,
) -> None:
    diary = Diary()
    tree = Supervisor("tree", [diary.child("a", 2), diary.child("b", 1)], Intensity())
    async with trio.open_nursery() as nursery:
        await nursery.start(tree.run)
        diary.note("started")
        nursery.cancel_scope.cancel()
    assert diary.entries[:3] == [(0, "a starts"), (2, "b starts"), (3, "started")]


async def test_child_that_crashes_before_ready_is_restarted_and_the_boot_goes_on(
    autojump_clock: MockClock,
) -> None:
    diary, lives = Diary(), 0

    async def play(mailbox: Mailbox[Any], ready: Callable[[], None]) -> None:
        nonlocal lives
        lives += 1
        if lives < 3:
            raise Boom
        await diary.server("a")(mailbox, ready)

    tree = Supervisor("tree", [child("a", play), diary.child("b")], Intensity(2, 5))
    async with trio.open_nursery() as nursery:
        await nursery.start(tree.run)
        assert diary.words == ["a starts", "b starts"]
        nursery.cancel_scope.cancel()


async def test_child_killed_while_starting_is_restarted_and_the_boot_goes_on(
    autojump_clock: MockClock,
) -> None:
    diary = Diary()
    tree = Supervisor("tree", [diary.child("a", 2), diary.child("b")], Intensity())
    async with trio.open_nursery() as nursery:

        async def killer() -> None:
            await trio.sleep(1)
            tree.kill("a")

        nursery.start_soon(killer)
        await nursery.start(tree.run)
        nursery.cancel_scope.cancel()
    assert diary.entries[:4] == [(0, "a starts"), (1, "a is cut"), (1, "a starts"), (3, "b starts")]


async def test_child_that_always_crashes_before_ready_escalates_from_its_crash(
    autojump_clock: MockClock,
) -> None:
    tree = Supervisor("tree", [child("a", crash_at_once)], Intensity())
    with pytest.raises(Escalated) as caught:
        await tree.run()
    assert isinstance(caught.value.__cause__, Boom)


async def test_factory_that_raises_is_a_crash(autojump_clock: MockClock) -> None:
    def start() -> Acted:
        raise Boom

    tree = Supervisor("tree", [Child("a", start, Restart.PERMANENT, 1)], Intensity())
    with pytest.raises(Escalated):
        await tree.run()


async def test_child_that_never_becomes_ready_escalates_at_its_start_timeout(
    autojump_clock: MockClock,
) -> None:
    diary = Diary()
    late = child("late", never_ready, start_timeout=7)
    crashes: list[Crash] = []
    table = [diary.child("a"), late, diary.child("b")]
    tree = Supervisor("tree", table, Intensity(), on_crash=crashes.append)
    with pytest.raises(Escalated) as caught:
        await tree.run()
    assert isinstance(caught.value.__cause__, StartTimeout)
    assert [crash.error for crash in crashes] == ["StartTimeout"]
    assert diary.entries == [(0, "a starts"), (7, "a ends")]


async def test_start_timeout_runs_over_all_lives_that_were_not_ready(
    autojump_clock: MockClock,
) -> None:
    """Else a child that crashes slowly, within any intensity, would hang the boot for ever."""

    async def slow_crash(_mailbox: Mailbox[Any], _ready: Callable[[], None]) -> None:
        await trio.sleep(3)
        raise Boom

    start = trio.current_time()
    tree = Supervisor("tree", [child("a", slow_crash, start_timeout=7)], Intensity(1, 1))
    with pytest.raises(Escalated):
        await tree.run()
    assert trio.current_time() - start == 7


async def test_restarted_child_has_its_whole_start_timeout_again(autojump_clock: MockClock) -> None:
    diary = Diary()
    tree = Supervisor("tree", [diary.child("a", 4, start_timeout=5)], Intensity())
    async with trio.open_nursery() as nursery:
        await nursery.start(tree.run)
        await trio.sleep(10)
        tree.kill("a")
        await trio.sleep(4.5)
        assert tree.snapshot().children[0].state is State.RUNNING
        nursery.cancel_scope.cancel()


async def test_child_that_returns_unready_has_crashed(autojump_clock: MockClock) -> None:
    async def play(_mailbox: Mailbox[Any], _ready: Callable[[], None]) -> None:
        pass

    tree = Supervisor("tree", [child("a", play, Restart.TRANSIENT)], Intensity())
    with pytest.raises(Escalated) as caught:
        await tree.run()
    assert isinstance(caught.value.__cause__, Ended)


async def test_temporary_child_that_crashes_while_starting_lets_the_boot_go_on(
    autojump_clock: MockClock,
) -> None:
    diary = Diary()
    sick = child("sick", crash_at_once, Restart.TEMPORARY)
    tree = Supervisor("tree", [sick, diary.child("b")], Intensity())
    async with trio.open_nursery() as nursery:
        await nursery.start(tree.run)
        assert [inner.name for inner in tree.snapshot().children] == ["b"]
        nursery.cancel_scope.cancel()


async def test_supervisor_cancelled_during_start_stops_in_order_what_had_started(
    autojump_clock: MockClock,
) -> None:
    diary = Diary()
    table = [diary.child("a", 0, 1), diary.child("b", 9, grace=2), diary.child("c")]
    tree = Supervisor("tree", table, Intensity())
    unborn = tree.mailbox("c")
    with trio.move_on_after(3):
        await tree.run()
    assert diary.entries == [
        (0, "a starts"), (0, "b starts"), (5, "b is cut"), (6, "a ends"),
    ]  # fmt: skip
    with pytest.raises(ActorDied):
        unborn.put_nowait(1)


async def test_start_cancelled_leaves_the_caller_cancelled(autojump_clock: MockClock) -> None:
    tree = Supervisor("tree", [child("a", never_ready, grace=0)], Intensity())
    async with trio.open_nursery() as nursery:
        with trio.move_on_after(1) as scope:
            await nursery.start(tree.run)
    assert scope.cancelled_caught


async def test_supervisor_runs_once(autojump_clock: MockClock) -> None:
    tree = Supervisor("tree", [], Intensity())
    tree.request_stop()
    await tree.run()
    with pytest.raises(RuntimeError, match="runs once"):
        await tree.run()


# Restart


async def test_crash_of_one_child_leaves_its_siblings_alone(autojump_clock: MockClock) -> None:
    diary = Diary()
    tree = Supervisor("tree", [diary.child(name) for name in "abc"], Intensity())
    async with trio.open_nursery() as nursery:
        await nursery.start(tree.run)
        tree.mailbox("b").put_nowait(Boom())
        await settle()
        assert diary.words == ["a starts", "b starts", "c starts", "b starts"]
        nursery.cancel_scope.cancel()


async def returns(_mailbox: Mailbox[Any], ready: Callable[[], None]) -> None:
    ready()


@pytest.mark.parametrize(
    ("restart", "play", "lives"),
    [
        (Restart.PERMANENT, crash_when_ready, 4),
        (Restart.PERMANENT, returns, 4),
        (Restart.TRANSIENT, crash_when_ready, 4),
        (Restart.TRANSIENT, returns, 1),
        (Restart.TEMPORARY, crash_when_ready, 1),
        (Restart.TEMPORARY, returns, 1),
    ],
)
async def test_restart_decides_which_ends_are_followed_by_a_life(
    autojump_clock: MockClock, restart: Restart, play: Play, lives: int
) -> None:
    lived = 0

    async def counted(mailbox: Mailbox[Any], ready: Callable[[], None]) -> None:
        nonlocal lived
        lived += 1
        await play(mailbox, ready)

    tree = Supervisor("tree", [child("a", counted, restart)], Intensity(3, 5))
    with suppress(Escalated), trio.move_on_after(9):
        await tree.run()
    assert lived == lives


async def test_too_many_crashes_stop_the_siblings_in_order_and_then_escalate(
    autojump_clock: MockClock,
) -> None:
    diary = Diary()
    table = [diary.child("a", 0, 1), diary.child("b"), diary.child("c", 0, 2)]
    tree = Supervisor("tree", table, Intensity(1, 5))
    async with trio.open_nursery() as nursery:

        async def root() -> None:
            with pytest.raises(Escalated) as caught:
                await tree.run()
            assert isinstance(caught.value.__cause__, Boom)
            diary.note("escalated")

        nursery.start_soon(root)
        await settle()
        for _ in range(2):
            tree.mailbox("b").put_nowait(Boom())
            await settle()
    assert diary.entries[4:] == [(2, "c ends"), (3, "a ends"), (3, "escalated")]


async def test_crashes_further_apart_than_the_window_never_escalate(
    autojump_clock: MockClock,
) -> None:
    diary = Diary()
    tree = Supervisor("tree", [diary.child("a")], Intensity(1, 5))
    async with trio.open_nursery() as nursery:
        await nursery.start(tree.run)
        for _ in range(5):
            tree.kill("a")
            await trio.sleep(6)
        assert tree.snapshot().children[0].restarts == 5
        nursery.cancel_scope.cancel()


async def test_crashes_of_different_children_count_together(autojump_clock: MockClock) -> None:
    diary = Diary()
    tree = Supervisor("tree", [diary.child("a"), diary.child("b")], Intensity(1, 5))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(partial(expect_escalation, tree))
        await settle()
        tree.kill("a")
        await settle()
        tree.kill("b")


async def expect_escalation(tree: Supervisor) -> None:
    with pytest.raises(Escalated):
        await tree.run()


async def test_counted_each_by_itself_a_sick_child_is_removed_and_others_stay(
    autojump_clock: MockClock,
) -> None:
    diary = Diary()
    table = [diary.child("a"), diary.child("b")]
    tree = Supervisor("tree", table, Intensity(1, 5), per_child=True)
    async with trio.open_nursery() as nursery:
        await nursery.start(tree.run)
        gone = tree.mailbox("a")
        for name in ("a", "b", "a"):
            tree.kill(name)
            await settle()
        assert [inner.name for inner in tree.snapshot().children] == ["b"]
        with pytest.raises(ActorDied):
            gone.put_nowait(1)
        nursery.cancel_scope.cancel()


async def test_transient_child_that_finishes_after_a_kill_is_over(
    autojump_clock: MockClock,
) -> None:
    lives = 0

    async def play(_mailbox: Mailbox[Any], ready: Callable[[], None]) -> None:
        nonlocal lives
        lives += 1
        ready()
        await trio.sleep(1)

    tree = Supervisor("tree", [child("a", play, Restart.TRANSIENT)], Intensity())
    async with trio.open_nursery() as nursery:
        await nursery.start(tree.run)
        tree.kill("a")
        await trio.sleep(9)
        assert lives == 2
        nursery.cancel_scope.cancel()


async def test_crash_loop_lets_others_run(autojump_clock: MockClock) -> None:
    lives = 0

    async def play(_mailbox: Mailbox[Any], _ready: Callable[[], None]) -> None:
        nonlocal lives
        lives += 1
        raise Boom

    tree = Supervisor("tree", [child("a", play)], Intensity(1000, 1))
    with structlog.testing.capture_logs():
        async with trio.open_nursery() as nursery:
            nursery.start_soon(tree.run)
            for _ in range(5):
                await trio.lowlevel.checkpoint()
            nursery.cancel_scope.cancel()
    assert 0 < lives < 20


async def test_mailbox_outlives_a_restart_with_what_was_not_read(autojump_clock: MockClock) -> None:
    diary = Diary()
    tree = Supervisor("tree", [diary.child("a")], Intensity())
    async with trio.open_nursery() as nursery:
        await nursery.start(tree.run)
        address = tree.mailbox("a")
        address.put_nowait("one")
        address.put_nowait(Boom())
        address.put_nowait("two")
        await settle()
        assert diary.words == ["a starts", "a hears one", "a starts", "a hears two"]
        nursery.cancel_scope.cancel()


async def test_ask_in_the_hand_of_a_dying_actor_is_answered_at_once(
    autojump_clock: MockClock,
) -> None:
    async def play(mailbox: Mailbox[Any], ready: Callable[[], None]) -> None:
        ready()
        async for _ in mailbox:
            await trio.sleep(1)
            raise Boom

    tree = Supervisor("tree", [child("a", play)], Intensity())
    async with trio.open_nursery() as nursery:
        await nursery.start(tree.run)
        start = trio.current_time()
        with pytest.raises(ActorDied):
            await ask(tree.mailbox("a"), Nothing(), timeout=60)
        assert trio.current_time() - start == 1
        nursery.cancel_scope.cancel()


async def test_ask_that_was_not_read_is_answered_by_the_next_life(
    autojump_clock: MockClock,
) -> None:
    async def play(mailbox: Mailbox[Any], ready: Callable[[], None]) -> None:
        ready()
        async for message in mailbox:
            if message == "die":
                await trio.sleep(1)
                raise Boom
            message.reply(None)

    tree = Supervisor("tree", [child("a", play)], Intensity())
    async with trio.open_nursery() as nursery:
        await nursery.start(tree.run)
        tree.mailbox("a").put_nowait("die")
        await ask(tree.mailbox("a"), Nothing(), timeout=60)
        nursery.cancel_scope.cancel()


async def test_ask_of_a_child_that_is_removed_is_answered_actor_died(
    autojump_clock: MockClock,
) -> None:
    play = crash_when_ready
    tree = Supervisor("tree", [child("a", play, Restart.TEMPORARY)], Intensity())
    address = tree.mailbox("a")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(tree.run)
        with pytest.raises(ActorDied):
            await ask(address, Nothing(), timeout=60)
        nursery.cancel_scope.cancel()


async def test_crash_with_a_nursery_that_was_cancelled_meanwhile_is_a_crash(
    autojump_clock: MockClock,
) -> None:
    crashes: list[Crash] = []

    async def play(_mailbox: Mailbox[Any], ready: Callable[[], None]) -> None:
        async def crash_on_cancel() -> None:
            try:
                await trio.sleep_forever()
            finally:
                raise Boom

        async with trio.open_nursery() as nursery:
            nursery.start_soon(crash_on_cancel)
            nursery.start_soon(trio.sleep_forever)
            ready()

    tree = Supervisor("tree", [child("a", play)], Intensity(), on_crash=crashes.append)
    async with trio.open_nursery() as nursery:
        await nursery.start(tree.run)
        await settle()
        tree.kill("a")
        await settle()
        assert [crash.error for crash in crashes] == ["Boom"]
        assert tree.snapshot().children[0].restarts == 1
        nursery.cancel_scope.cancel()


async def test_ready_of_a_former_life_says_nothing(autojump_clock: MockClock) -> None:
    calls: list[Callable[[], None]] = []

    async def play(_mailbox: Mailbox[Any], ready: Callable[[], None]) -> None:
        calls.append(ready)
        if len(calls) == 1:
            raise Boom
        await trio.sleep_forever()

    tree = Supervisor("tree", [child("a", play, grace=0)], Intensity())
    async with trio.open_nursery() as nursery:
        nursery.start_soon(tree.run)
        await settle()
        calls[0]()
        assert tree.snapshot().children[0].state is State.STARTING
        calls[1]()
        assert tree.snapshot().children[0].state is State.RUNNING
        nursery.cancel_scope.cancel()


async def test_crash_is_logged_by_type_and_place_without_its_words(
    autojump_clock: MockClock,
) -> None:
    diary = Diary()
    tree = Supervisor("tree", [diary.child("a")], Intensity())
    with structlog.testing.capture_logs() as logs:
        async with trio.open_nursery() as nursery:
            await nursery.start(tree.run)
            tree.mailbox("a").put_nowait(Boom("my name is Ana"))
            await settle()
            nursery.cancel_scope.cancel()
    (report,) = [entry for entry in logs if entry["event"] == "actor_crashed"]
    assert (report["error"], report["then"]) == ("Boom", "restart")
    assert report["places"][-1].endswith(" play")
    assert "Ana" not in str(logs)


async def test_on_crash_that_raises_stops_the_tree_in_order(autojump_clock: MockClock) -> None:
    diary = Diary()

    def broken(_: Crash) -> None:
        raise RuntimeError

    table = [diary.child("a", 0, 1), diary.child("b")]
    tree = Supervisor("tree", table, Intensity(), on_crash=broken)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(partial(expect_escalation, tree))
        await settle()
        tree.kill("b")
    assert diary.words[-1] == "a ends"


# Stop


async def test_cancellation_stops_in_reverse_order_each_within_its_grace(
    autojump_clock: MockClock,
) -> None:
    diary = Diary()
    table = [
        diary.child("a", 0, 1),
        diary.child("b", 0, 9, grace=2.5),
        diary.child("c", 0, 3, grace=3.5),
    ]
    tree = Supervisor("tree", table, Intensity())
    async with trio.open_nursery() as nursery:
        await nursery.start(tree.run)
        nursery.cancel_scope.cancel()
    assert diary.entries[3:] == [(3, "c ends"), (5.5, "b is cut"), (6.5, "a ends")]


async def test_request_stop_is_the_same_ordered_stop_and_run_returns(
    autojump_clock: MockClock,
) -> None:
    diary = Diary()
    tree = Supervisor("tree", [diary.child("a", 0, 1), diary.child("b", 0, 1)], Intensity())
    async with trio.open_nursery() as nursery:
        await nursery.start(tree.run)
        tree.request_stop()
    assert diary.entries[2:] == [(1, "b ends"), (2, "a ends")]


async def test_crash_beside_the_supervisor_stops_it_in_order_too(autojump_clock: MockClock) -> None:
    diary = Diary()
    tree = Supervisor("tree", [diary.child("a", 0, 1), diary.child("b", 0, 1)], Intensity())

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            await nursery.start(tree.run)
            raise Boom

    with pytest.RaisesGroup(Boom):
        await main()
    assert diary.entries[2:] == [(1, "b ends"), (2, "a ends")]


async def test_child_that_stops_may_still_speak_to_those_before_it(
    autojump_clock: MockClock,
) -> None:
    diary = Diary()

    async def last_word(mailbox: Mailbox[Any], ready: Callable[[], None]) -> None:
        ready()
        await mailbox.wait_stopping()
        await trio.sleep(1)
        await tree.mailbox("store").put("the last row")

    tree = Supervisor("tree", [diary.child("store"), child("b", last_word)], Intensity())
    async with trio.open_nursery() as nursery:
        await nursery.start(tree.run)
        nursery.cancel_scope.cancel()
    assert diary.words == ["store starts", "store hears the last row", "store ends"]


async def test_child_that_crashes_while_stopping_is_not_restarted(
    autojump_clock: MockClock,
) -> None:
    diary = Diary()

    async def play(mailbox: Mailbox[Any], ready: Callable[[], None]) -> None:
        diary.note("b starts")
        ready()
        await mailbox.wait_stopping()
        raise Boom

    tree = Supervisor("tree", [diary.child("a"), child("b", play)], Intensity())
    with structlog.testing.capture_logs() as logs:
        async with trio.open_nursery() as nursery:
            await nursery.start(tree.run)
            nursery.cancel_scope.cancel()
    assert [entry["then"] for entry in logs] == ["forget"]
    assert diary.words == ["a starts", "b starts", "a ends"]


async def test_child_that_becomes_ready_while_stopping_has_no_longer_grace(
    autojump_clock: MockClock,
) -> None:
    diary = Diary()
    tree = Supervisor("tree", [diary.child("a", 2, 9, grace=3)], Intensity())
    with trio.move_on_after(1):
        await tree.run()
    assert diary.entries == [(0, "a starts"), (4, "a is cut")]


async def test_child_not_yet_asked_to_stop_is_restarted_during_the_stop(
    autojump_clock: MockClock,
) -> None:
    diary = Diary()
    tree = Supervisor("tree", [diary.child("store"), diary.child("b", 0, 2)], Intensity())
    async with trio.open_nursery() as nursery:
        await nursery.start(tree.run)
        tree.request_stop()
        await trio.sleep(1)
        tree.kill("store")
    assert diary.entries[2:] == [
        (1, "store is cut"), (1, "store starts"), (2, "b ends"), (2, "store ends"),
    ]  # fmt: skip


async def test_escalation_while_stopping_is_raised_after_the_ordered_stop(
    autojump_clock: MockClock,
) -> None:
    diary = Diary()
    table = [diary.child("a", 0, 1), diary.child("b"), diary.child("c", 0, 2)]
    tree = Supervisor("tree", table, Intensity(0, 5))
    scope = trio.CancelScope()

    async def root() -> None:
        with scope, pytest.raises(Escalated) as caught:
            await tree.run()
        assert isinstance(caught.value.__cause__, Killed)
        diary.note("escalated")

    async with trio.open_nursery() as nursery:
        nursery.start_soon(root)
        await trio.sleep(1)
        scope.cancel()
        await trio.sleep(1)
        tree.kill("b")
    assert diary.entries[3:] == [(2, "b is cut"), (3, "c ends"), (4, "a ends"), (4, "escalated")]


async def test_supervisor_cancelled_between_two_lives_does_not_begin_another(
    autojump_clock: MockClock,
) -> None:
    diary = Diary()
    tree = Supervisor("tree", [diary.child("a"), diary.child("b")], Intensity())
    async with trio.open_nursery() as nursery:
        await nursery.start(tree.run)
        tree.kill("b")
        nursery.cancel_scope.cancel()
    assert diary.words.count("b starts") <= 2
    assert diary.words[-1] == "a ends"
    assert tree.snapshot().children == ()


async def test_second_cancellation_does_not_cut_the_stop_short(autojump_clock: MockClock) -> None:
    diary = Diary()
    tree = Supervisor("tree", [diary.child("a", 0, 3)], Intensity())
    with trio.move_on_after(2), trio.move_on_after(1):
        await tree.run()
    assert diary.entries[-1] == (4, "a ends")


async def test_cancellation_at_any_moment_ends_every_child_in_order(
    autojump_clock: MockClock,
) -> None:
    """Start, serving, restart and stop, cut at each half second."""
    for moment in range(14):
        diary = Diary()
        table = [diary.child("a", 1, 1), diary.child("b", 1, 1)]
        tree = Supervisor("tree", table, Intensity())
        async with trio.open_nursery() as nursery:

            async def disturb(tree: Supervisor = tree, nursery: trio.Nursery = nursery) -> None:
                await trio.sleep(2.5)
                with suppress(ChildRefused):
                    tree.kill("a")
                await trio.sleep(2)
                nursery.cancel_scope.cancel()

            nursery.start_soon(disturb)
            with trio.move_on_after(moment / 2):
                await tree.run()
            nursery.cancel_scope.cancel()
        lives = sum(words.endswith("starts") for words in diary.words)
        ends = sum(words.endswith(("ends", "is cut")) for words in diary.words)
        assert lives == ends
        assert [words for words in diary.words if words.endswith("ends")] in (
            [], ["a ends"], ["b ends", "a ends"],
        )  # fmt: skip


# Dynamic children


@define
class House:
    """A running supervisor without a table."""

    tree: Supervisor
    diary: Diary


@pytest.fixture
async def house(nursery: trio.Nursery) -> House:
    tree = Supervisor("house", [], Intensity(), per_child=True)
    await nursery.start(tree.run)
    return House(tree, Diary())


async def test_start_child_gives_the_address_of_a_ready_child(
    autojump_clock: MockClock, house: House
) -> None:
    address = await house.tree.start_child(house.diary.child("a", 2))
    await address.put("hello")
    await settle()
    assert house.diary.entries == [(0, "a starts"), (2, "a hears hello")]


async def test_child_does_not_log_with_the_ids_of_whoever_started_it(
    autojump_clock: MockClock, house: House
) -> None:
    seen: dict[str, Any] = {}

    async def play(mailbox: Mailbox[Any], ready: Callable[[], None]) -> None:
        seen.update(structlog.contextvars.get_contextvars())
        await house.diary.server("a")(mailbox, ready)

    with structlog.contextvars.bound_contextvars(request_id="r1"):
        await house.tree.start_child(child("a", play))
    assert seen == {"actor": "a"}


async def test_start_child_with_a_taken_name_is_refused(
    autojump_clock: MockClock, house: House
) -> None:
    await house.tree.start_child(house.diary.child("a"))
    with pytest.raises(ChildRefused, match="taken"):
        await house.tree.start_child(house.diary.child("a"))


async def test_start_child_before_the_supervisor_runs_is_refused(autojump_clock: MockClock) -> None:
    with pytest.raises(ChildRefused, match="not running"):
        await Supervisor("house", [], Intensity()).start_child(child("a", never_ready))


async def test_start_child_during_the_stop_is_refused(
    autojump_clock: MockClock, house: House
) -> None:
    await house.tree.start_child(house.diary.child("a", 0, 2))
    house.tree.request_stop()
    await trio.sleep(1)
    with pytest.raises(ChildRefused, match="not running"):
        await house.tree.start_child(house.diary.child("b"))


async def test_start_child_killed_while_starting_raises(
    autojump_clock: MockClock, house: House, nursery: trio.Nursery
) -> None:
    async def killer() -> None:
        await trio.sleep(1)
        house.tree.kill("a")

    nursery.start_soon(killer)
    with pytest.raises(ChildNotStarted) as caught:
        await house.tree.start_child(house.diary.child("a", 2))
    assert isinstance(caught.value.__cause__, Killed)
    assert house.tree.snapshot().children == ()


async def test_start_child_that_crashes_raises_from_its_crash(
    autojump_clock: MockClock, house: House
) -> None:
    with pytest.raises(ChildNotStarted) as caught:
        await house.tree.start_child(child("a", crash_at_once))
    assert isinstance(caught.value.__cause__, Boom)


async def test_start_child_that_is_never_ready_raises_at_its_start_timeout(
    autojump_clock: MockClock, house: House
) -> None:
    with pytest.raises(ChildNotStarted) as caught:
        await house.tree.start_child(child("a", never_ready, start_timeout=3))
    assert isinstance(caught.value.__cause__, StartTimeout)


async def test_start_child_overtaken_by_the_stop_raises(
    autojump_clock: MockClock, house: House, nursery: trio.Nursery
) -> None:
    async def stopper() -> None:
        await trio.sleep(1)
        house.tree.request_stop()

    nursery.start_soon(stopper)
    with pytest.raises(ChildNotStarted):
        await house.tree.start_child(house.diary.child("a", 9))


async def test_start_child_whose_caller_is_cancelled_takes_the_child_with_it(
    autojump_clock: MockClock, house: House
) -> None:
    with trio.move_on_after(1):
        await house.tree.start_child(house.diary.child("a", 2))
    await settle()
    assert house.diary.entries == [(0, "a starts"), (1, "a is cut")]
    assert house.tree.snapshot().children == ()


async def test_temporary_child_that_crashed_vanishes_and_its_name_is_free(
    autojump_clock: MockClock, house: House
) -> None:
    address = await house.tree.start_child(house.diary.child("a", restart=Restart.TEMPORARY))
    address.put_nowait(Boom())
    await settle()
    await house.tree.start_child(house.diary.child("a"))
    assert house.diary.words == ["a starts", "a starts"]


async def test_temporary_child_lives_on_without_what_it_was_built_from(
    autojump_clock: MockClock, house: House
) -> None:
    class Past: ...

    def start(_past: Past) -> Actor[Any]:
        return row.start()

    past = Past()
    kept = weakref.ref(past)
    row = house.diary.child("a", restart=Restart.TEMPORARY)
    await house.tree.start_child(evolve(row, start=partial(start, past)))
    del past
    assert kept() is None
    assert house.diary.words == ["a starts"]


async def test_stop_child_waits_for_its_end_and_forgets_it(
    autojump_clock: MockClock, house: House
) -> None:
    await house.tree.start_child(house.diary.child("a", 0, 2))
    await house.tree.stop_child("a")
    assert house.diary.entries[-1] == (2, "a ends")
    assert house.tree.snapshot().children == ()


async def test_stop_child_beside_the_stop_of_all_ends_once(
    autojump_clock: MockClock, house: House
) -> None:
    await house.tree.start_child(house.diary.child("a", 0, 9, grace=3))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(house.tree.stop_child, "a")
        await trio.sleep(1)
        house.tree.request_stop()
    assert house.diary.entries[1:] == [(3, "a is cut")]


async def test_stop_child_before_its_turn_to_start_ends_with_the_boot(
    autojump_clock: MockClock,
) -> None:
    diary = Diary()
    tree = Supervisor("tree", [diary.child("a", 2), diary.child("b")], Intensity())
    async with trio.open_nursery() as nursery:
        nursery.start_soon(tree.run)
        await trio.sleep(1)
        await tree.stop_child("b")
        tree.request_stop()
    assert diary.words == ["a starts", "a ends"]


@pytest.mark.parametrize("call", [Supervisor.kill, Supervisor.mailbox])
async def test_unknown_child_is_refused(
    autojump_clock: MockClock, house: House, call: Callable[[Supervisor, str], object]
) -> None:
    with pytest.raises(ChildRefused, match="no such child"):
        call(house.tree, "nobody")


async def test_dynamic_children_stop_together_before_the_table(autojump_clock: MockClock) -> None:
    diary = Diary()
    tree = Supervisor("tree", [diary.child("a", 0, 1)], Intensity())
    async with trio.open_nursery() as nursery:
        await nursery.start(tree.run)
        for name in ("x", "y", "z"):
            await tree.start_child(diary.child(name, 0, 2))
        tree.request_stop()
    assert sorted(diary.entries[4:]) == [(2, "x ends"), (2, "y ends"), (2, "z ends"), (3, "a ends")]


# Snapshot


async def test_snapshot_shows_the_tree(autojump_clock: MockClock, house: House) -> None:
    address = await house.tree.start_child(child("a", busy, mailbox_bound=3))
    address.put_nowait(1)
    address.put_urgent(2)
    await trio.sleep(4)
    root = house.tree.snapshot()
    (inner,) = root.children
    assert (root.name, root.state, root.restart) == ("house", State.RUNNING, None)
    assert (inner.name, inner.state, inner.restart) == ("a", State.RUNNING, Restart.PERMANENT)
    assert (inner.mailbox_depth, inner.mailbox_bound, inner.uptime_s) == (2, 3, 4)
    assert dict(inner.details) == {"acted": True}


async def busy(_mailbox: Mailbox[Any], ready: Callable[[], None]) -> None:
    ready()
    await trio.sleep_forever()


async def test_snapshot_details_cannot_be_changed(autojump_clock: MockClock, house: House) -> None:
    await house.tree.start_child(house.diary.child("a"))
    (inner,) = house.tree.snapshot().children
    with pytest.raises(TypeError):
        inner.details["acted"] = False  # type: ignore[index]


@pytest.mark.parametrize(
    "wrong",
    [{"grace": -1.0}, {"grace": float("inf")}, {"start_timeout": 0.0}, {"mailbox_bound": 0}],
)
def test_child_without_finite_limits_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        child("a", never_ready, **wrong)
