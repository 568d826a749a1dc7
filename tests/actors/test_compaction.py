"""Compaction: one summary at a time, while the robot talks on, of a history that has not moved."""

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import trio
import trio.testing
from hypothesis import given, settings
from hypothesis import strategies as st

from robi.actors.ask import Ask
from robi.actors.compaction import Compaction
from robi.actors.history import History
from robi.actors.keeper import Keeper, remembered
from robi.actors.mail import Draining, Due, Summarised
from robi.actors.mailbox import Mailbox
from robi.actors.store_mail import Conversation, StoreAddress, StoreMessage
from robi.brain.base import BrainRequest, Fragment
from robi.errors import BrainTimeout, BrainUnavailable
from robi.protocol.messages import InteractionStart, Interrupt
from robi.speech.scene import Said
from robi.speech.summary import asked, instruction
from robi.store.base import CompactHistory, HistoryRow, ReassignHistory, SessionRow
from robi.store.ram import RamStore
from tests.actors.bench import Bench, Call, Robot, ScriptedBrain

THRESHOLD = 8
"""Messages; so the end of the fourth turn is the moment, and three messages are folded."""

LETTERS = "zabcdefghijklmnopqrstuvwxy"
SUMMARY = "La persona contó uno y dos."
ANA = InteractionStart("i", "user_ana")
LUIS = InteractionStart("i", "user_luis")


@pytest.fixture
async def bench(nursery: trio.Nursery) -> Bench:
    bench = Bench(nursery, compaction_threshold=THRESHOLD)
    bench.start()
    return bench


def is_summary(call: Call) -> bool:
    return call.request.system == instruction("es", "Robi")


def summaries(bench: Bench) -> list[Call]:
    return [call for call in bench.brain.calls if is_summary(call)]


def turns(bench: Bench) -> list[Call]:
    return [call for call in bench.brain.calls if not is_summary(call)]


def question(call: Call) -> tuple[str | None, list[str]]:
    """Return what is to be summed up: the summary of before, and the texts."""
    earlier, messages = asked(call.request.utterance.text)
    return earlier, [said.text for said in messages]


def texts(bench: Bench) -> list[str]:
    return [text for _, text, _ in bench.heard()]


def folds(bench: Bench) -> list[CompactHistory]:
    return [write for write in bench.written() if isinstance(write, CompactHistory)]


async def talks(bench: Bench, robot: Robot, *numbers: int, says: str = "r{n}") -> None:
    """Hold a turn for each number: the person says p1, the robot ra (digits are read)."""
    for n in numbers:
        await robot.asks(f"p{n}", f"id{n}")
        turns(bench)[-1].answer(says.format(n=LETTERS[n]))
        await robot.hears_turn()
        await trio.testing.wait_all_tasks_blocked()


async def told(call: Call, text: str = SUMMARY) -> None:
    call.answer(text)
    await trio.testing.wait_all_tasks_blocked()


FOLDED = [SUMMARY, "rb", "p3", "rc", "p4", "rd"]
UNFOLDED = ["p1", "ra", "p2", "rb", "p3", "rc", "p4", "rd"]


# ── the question and what becomes of the answer ───────────────────────────────────────────


async def test_summary_is_asked_for_at_the_threshold_and_not_before(bench: Bench) -> None:
    robot = await bench.robot()
    await talks(bench, robot, 1, 2, 3)
    assert summaries(bench) == []
    await talks(bench, robot, 4)
    assert len(summaries(bench)) == 1


async def test_summary_is_asked_of_all_but_the_newest_five_as_data(bench: Bench) -> None:
    robot = await bench.robot()
    await talks(bench, robot, 1, 2, 3, 4)
    (call,) = summaries(bench)
    assert question(call) == (None, ["p1", "ra", "p2"])
    assert call.request.history == ()


async def test_summary_takes_the_place_of_what_it_sums_up(bench: Bench) -> None:
    robot = await bench.robot()
    await talks(bench, robot, 1, 2, 3, 4)
    assert texts(bench) == UNFOLDED
    await told(summaries(bench)[0])
    assert texts(bench) == FOLDED


async def test_summary_is_written_to_the_store_once(bench: Bench) -> None:
    robot = await bench.robot()
    await talks(bench, robot, 1, 2, 3, 4)
    await told(summaries(bench)[0])
    (write,) = folds(bench)
    assert (write.first, write.summary.index) == (0, 2)
    assert (write.summary.content, write.summary.compacted) == (SUMMARY, True)


async def test_summary_is_not_said_to_the_robot(bench: Bench) -> None:
    robot = await bench.robot()
    await talks(bench, robot, 1, 2, 3, 4)
    before = bench.session.details()["last_seq"], bench.session.details()["outbox"]
    await told(summaries(bench)[0])
    assert (bench.session.details()["last_seq"], bench.session.details()["outbox"]) == before


async def test_prompt_after_a_summary_has_it_as_a_note_before_the_newest_five(
    bench: Bench,
) -> None:
    robot = await bench.robot()
    await talks(bench, robot, 1, 2, 3, 4)
    await told(summaries(bench)[0])
    await robot.asks("p5", "id5")
    request = turns(bench)[-1].request
    assert request.scene.earlier == SUMMARY
    assert SUMMARY in request.system
    assert [said.text for said in request.history] == FOLDED[1:]


async def test_summary_with_stage_directions_is_kept_without(bench: Bench) -> None:
    robot = await bench.robot()
    await talks(bench, robot, 1, 2, 3, 4)
    await told(summaries(bench)[0], f"[emotion:happy]{SUMMARY}[memory:fact:cuenta]")
    assert texts(bench) == FOLDED
    assert bench.notes == []


async def test_threshold_reached_again_asks_with_the_summary_of_before(bench: Bench) -> None:
    robot = await bench.robot()
    await talks(bench, robot, 1, 2, 3, 4)
    await told(summaries(bench)[0])
    await talks(bench, robot, 5)
    assert len(summaries(bench)) == 1
    await talks(bench, robot, 6)
    assert question(summaries(bench)[1]) == (SUMMARY, ["rb", "p3", "rc", "p4"])
    await told(summaries(bench)[1], "Contó hasta cuatro.")
    assert texts(bench) == ["Contó hasta cuatro.", "rd", "p5", "re", "p6", "rf"]
    assert [(write.first, write.summary.index) for write in folds(bench)] == [(0, 2), (2, 6)]


# ── while the robot talks on ──────────────────────────────────────────────────────────────


async def test_what_is_said_while_a_summary_is_made_is_kept(bench: Bench) -> None:
    robot = await bench.robot()
    await talks(bench, robot, 1, 2, 3, 4, 5)
    assert [said.text for said in turns(bench)[-1].request.history] == UNFOLDED
    await told(summaries(bench)[0])
    assert texts(bench) == [*FOLDED, "p5", "re"]


async def test_turns_that_end_while_a_summary_is_made_ask_for_no_other(bench: Bench) -> None:
    robot = await bench.robot()
    await talks(bench, robot, 1, 2, 3, 4, 5, 6, 7)
    (call,) = summaries(bench)
    await told(call)
    assert len(folds(bench)) == 1


async def test_interrupted_turn_leaves_the_summary_and_keeps_what_was_heard(bench: Bench) -> None:
    robot = await bench.robot()
    await talks(bench, robot, 1, 2, 3, 4)
    await robot.asks("p5", "id5")
    turns(bench)[-1].write("[emotion:happy] cin,")
    await robot.hears_until("text_chunk")
    await robot.says(Interrupt("id5"))
    (call,) = summaries(bench)
    assert not call.closed.is_set()
    await told(call)
    assert texts(bench) == [*FOLDED, "p5", "cin,"]
    assert bench.heard()[-1] == ("robot", "cin,", True)


async def test_late_interruption_while_a_summary_is_made_shortens_the_newest_answer(
    bench: Bench,
) -> None:
    robot = await bench.robot()
    await talks(bench, robot, 1, 2, 3, 4)
    await robot.says(Interrupt("id4", spoken_chars=1))
    await told(summaries(bench)[0])
    assert texts(bench) == [*FOLDED[:-1], "r"]


async def test_person_who_never_hears_an_answer_out_is_summed_up_too(bench: Bench) -> None:
    robot = await bench.robot()
    for n in range(THRESHOLD + 1):
        await robot.asks(f"p{n}", f"id{n}")
    (call,) = summaries(bench)
    assert question(call) == (None, ["p0", "p1", "p2"])
    await told(call)
    turns(bench)[-1].answer("rh")
    for _ in range(THRESHOLD + 1):
        await robot.hears_turn()
    await trio.testing.wait_all_tasks_blocked()
    assert texts(bench) == [SUMMARY, "p3", "p4", "p5", "p6", "p7", "p8", "rh"]


async def test_summary_is_put_in_its_place_while_the_session_is_parked(bench: Bench) -> None:
    robot = await bench.robot()
    await talks(bench, robot, 1, 2, 3, 4)
    await robot.leaves()
    await told(summaries(bench)[0])
    assert texts(bench) == FOLDED


# ── what leaves the history as it was ─────────────────────────────────────────────────────


async def test_summary_that_fails_leaves_the_history_until_the_next_turn_ends(
    bench: Bench,
) -> None:
    robot = await bench.robot()
    await talks(bench, robot, 1, 2, 3, 4)
    summaries(bench)[0].fail(BrainTimeout("slow"))
    await trio.testing.wait_all_tasks_blocked()
    assert texts(bench) == UNFOLDED
    await robot.says(Interrupt("id4"))  # no turn ends by this
    assert len(summaries(bench)) == 1
    await talks(bench, robot, 5)
    assert question(summaries(bench)[1]) == (None, ["p1", "ra", "p2", "rb", "p3"])
    assert folds(bench) == []


@pytest.mark.parametrize("answer", ["", "[emotion:happy]", " \n"])
async def test_summary_without_words_leaves_the_history(bench: Bench, answer: str) -> None:
    robot = await bench.robot()
    await talks(bench, robot, 1, 2, 3, 4)
    await told(summaries(bench)[0], answer)
    assert texts(bench) == UNFOLDED
    await talks(bench, robot, 5)
    assert len(summaries(bench)) == 2


class SickBrain(ScriptedBrain):
    """Its whole answers raise what no brain should."""

    async def generate(self, request: BrainRequest) -> Fragment:  # noqa: ARG002
        raise ZeroDivisionError


async def test_summary_that_crashes_leaves_the_session_alive(nursery: trio.Nursery) -> None:
    bench = Bench(nursery, brain=SickBrain(), compaction_threshold=THRESHOLD)
    bench.start()
    robot = await bench.robot()
    await talks(bench, robot, 1, 2, 3, 4, 5)
    assert texts(bench) == [*UNFOLDED, "p5", "re"]
    assert bench.session.details()["compacting"] is False


async def ends_by_stop(bench: Bench) -> None:
    bench.mailbox.request_stop()
    await bench.over.wait()


async def ends_by_drain(bench: Bench) -> None:
    bench.mailbox.put_urgent(Draining())
    await bench.over.wait()


async def ends_by_keep_alive(bench: Bench) -> None:
    await trio.sleep(60)
    bench.mailbox.put_urgent(Due())
    await bench.over.wait()


@pytest.mark.parametrize("end", [ends_by_stop, ends_by_drain, ends_by_keep_alive])
async def test_session_that_ends_while_a_summary_is_made_leaves_its_history(
    bench: Bench,
    end: Callable[[Bench], Awaitable[None]],
    autojump_clock: trio.testing.MockClock,
) -> None:
    robot = await bench.robot()
    await talks(bench, robot, 1, 2, 3, 4)
    if end is ends_by_keep_alive:
        await robot.leaves()
    await end(bench)
    assert summaries(bench)[0].closed.is_set()
    assert texts(bench) == UNFOLDED
    assert folds(bench) == []


async def test_session_that_drains_begins_no_summary(bench: Bench) -> None:
    robot = await bench.robot()
    await talks(bench, robot, 1, 2, 3)
    await robot.asks("p4", "id4")
    bench.mailbox.put_urgent(Draining())
    await trio.testing.wait_all_tasks_blocked()
    turns(bench)[-1].answer("rd")
    await robot.hears_turn()
    await bench.over.wait()
    assert texts(bench) == UNFOLDED
    assert summaries(bench) == []


# ── several people ────────────────────────────────────────────────────────────────────────


async def test_summary_of_one_person_is_made_while_another_speaks(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(ANA)
    await talks(bench, robot, 1, 2, 3, 4)
    await robot.says(LUIS)
    await talks(bench, robot, 5)
    await told(summaries(bench)[0])
    assert texts(bench) == [*FOLDED, "p5", "re"]
    await robot.asks("p6", "id6")
    request = turns(bench)[-1].request
    assert (request.scene.earlier, len(request.history)) == (None, 2)
    assert SUMMARY not in request.system


async def test_messages_of_two_people_count_apart(bench: Bench) -> None:
    robot = await bench.robot()
    for n in range(1, 7, 2):
        await robot.says(ANA)
        await talks(bench, robot, n)
        await robot.says(LUIS)
        await talks(bench, robot, n + 1)
    assert summaries(bench) == []
    await robot.says(ANA)
    await talks(bench, robot, 7)
    assert question(summaries(bench)[0]) == (None, ["p1", "ra", "p3"])
    await told(summaries(bench)[0])
    assert texts(bench) == [
        *("p2", "rb", SUMMARY, "rc", "p4", "rd", "p5", "re", "p6", "rf", "p7", "rg")
    ]


async def test_second_person_waits_for_the_summary_of_the_first(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(ANA)
    await talks(bench, robot, 1, 2, 3, 4)
    await robot.says(LUIS)
    await talks(bench, robot, 5, 6, 7, 8)
    assert len(summaries(bench)) == 1
    await told(summaries(bench)[0])
    await talks(bench, robot, 9)
    assert question(summaries(bench)[1]) == (None, ["p5", "re", "p6", "rf", "p7"])


async def test_stranger_who_gets_a_name_meanwhile_has_the_summary_made_anew(
    bench: Bench,
) -> None:
    robot = await bench.robot()
    await talks(bench, robot, 1, 2, 3, 4)
    await talks(bench, robot, 5, says="r{n}[person_name:Ana]")
    first, second = summaries(bench)
    assert first.closed.is_set()
    assert question(second) == (None, ["p1", "ra", "p2", "rb", "p3"])
    await told(second)
    assert texts(bench) == [SUMMARY, "rc", "p4", "rd", "p5", "re"]
    (write,) = folds(bench)
    assert write.summary.person_id == "user_ana_000000"
    kinds = [type(w) for w in bench.written() if isinstance(w, ReassignHistory | CompactHistory)]
    assert kinds == [ReassignHistory, CompactHistory]


# ── exactly once ──────────────────────────────────────────────────────────────────────────


@asynccontextmanager
async def compaction(
    history: History, brain: ScriptedBrain, made: list[Summarised]
) -> AsyncIterator[Compaction]:
    """A compaction whose summaries wait in `made`, as in a mailbox that is not read."""

    async def put(message: Summarised) -> None:
        await trio.lowlevel.checkpoint()
        made.append(message)

    async with trio.open_nursery() as nursery:
        yield Compaction(history, THRESHOLD, brain, "es", "Robi", put, nursery)
        nursery.cancel_scope.cancel()


def long_history(person_id: str = "user_ana") -> History:
    history = History()
    history.append(person_id, "r", [Said("person", f"p{n}") for n in range(THRESHOLD)])
    return history


async def test_summary_in_the_mailbox_is_not_asked_for_again() -> None:
    brain, made = ScriptedBrain(), list[Summarised]()
    async with compaction(long_history(), brain, made) as compacting:
        compacting.consider("user_ana")
        (await brain.called(1)).answer(SUMMARY)
        await trio.testing.wait_all_tasks_blocked()
        assert len(made) == 1
        compacting.consider("user_ana")
        await trio.testing.wait_all_tasks_blocked()
        assert len(brain.calls) == 1


async def test_summary_of_a_history_that_moved_in_the_mailbox_is_dropped() -> None:
    brain, made = ScriptedBrain(), list[Summarised]()
    history = long_history("stranger:1")
    async with compaction(history, brain, made) as compacting:
        compacting.consider("stranger:1")
        (await brain.called(1)).answer("viejo")
        await trio.testing.wait_all_tasks_blocked()
        history.name_stranger("stranger:1", "user_ana")
        compacting.consider("user_ana")
        (await brain.called(2)).answer("nuevo")
        await trio.testing.wait_all_tasks_blocked()
        assert [compacting.take(message) is not None for message in made] == [False, True]
    assert history.earlier("user_ana") == "nuevo"


async def test_summary_taken_twice_is_put_once() -> None:
    brain, made = ScriptedBrain(), list[Summarised]()
    history = long_history()
    async with compaction(history, brain, made) as compacting:
        compacting.consider("user_ana")
        (await brain.called(1)).answer(SUMMARY)
        await trio.testing.wait_all_tasks_blocked()
        assert compacting.under_way
        assert compacting.take(made[0]) is not None
        assert not compacting.under_way
        assert compacting.take(made[0]) is None
    assert len(history.entries) == 1 + 5


@pytest.mark.parametrize("failure", [BrainUnavailable("gone"), None])
async def test_compaction_after_the_end_of_a_task_may_begin_another(
    failure: BrainUnavailable | None,
) -> None:
    brain, made = ScriptedBrain(), list[Summarised]()
    async with compaction(long_history(), brain, made) as compacting:
        compacting.consider("user_ana")
        call = await brain.called(1)
        call.fail(failure) if failure else call.end()
        await trio.testing.wait_all_tasks_blocked()
        assert not compacting.under_way
        compacting.consider("user_ana")
        await brain.called(2)
    assert made == []


# ── over a restart ────────────────────────────────────────────────────────────────────────


async def test_session_of_the_past_asks_with_its_summary(nursery: trio.Nursery) -> None:
    rows = (
        HistoryRow("s", 2, "user_ana", "robot", SUMMARY, 1.0, compacted=True),
        HistoryRow("s", 3, "user_ana", "robot", "rb", 1.0, "id2"),
    )
    past = Conversation(SessionRow("s", "device", "user_ana", 1.0, 2.0), rows)
    bench = Bench(nursery, history=remembered(past))
    bench.start()
    robot = await bench.robot()
    await robot.says(ANA)
    await robot.asks("hola")
    request = (await bench.brain.called(1)).request
    assert request.scene.earlier == SUMMARY
    assert [said.text for said in request.history] == ["rb"]


async def test_history_in_the_store_is_the_one_of_the_session(bench: Bench) -> None:
    robot = await bench.robot()
    await talks(bench, robot, 1, 2, 3, 4)
    await told(summaries(bench)[0])
    await talks(bench, robot, 5, says="r{n}[person_name:Ana]")
    store = RamStore()
    store.write(bench.written())
    kept = store.session("s")
    assert kept is not None
    assert remembered(Conversation(kept, store.history("s"))) == bench.history


# ── whatever happens ──────────────────────────────────────────────────────────────────────

ACTIONS = [
    "ana",
    "ana",
    "stranger",
    "stranger",
    "name",
    "answer",
    "answer",
    "fail",
    "empty",
    "read",
]
"""Enough is said, and little enough goes wrong, that most runs have summaries of summaries."""


@settings(deadline=None)
@given(st.lists(st.sampled_from(ACTIONS), min_size=40, max_size=80))
def test_every_message_is_told_exactly_once_whatever_happens(actions: list[str]) -> None:
    """Each message is a word of its own, and the model's summary is the words it was given."""
    trio.run(_play, actions, clock=trio.testing.MockClock(autojump_threshold=0))


async def _play(actions: list[str]) -> None:
    brain, made, rows = ScriptedBrain(), list[Summarised](), Mailbox[StoreMessage]("store", 10_000)
    history, keeper = History(), Keeper("s", "device", StoreAddress(rows))
    said: dict[str, list[str]] = defaultdict(list)
    strangers = 0

    def open_calls() -> list[Call]:
        return [call for call in brain.calls if not call.closed.is_set()]

    def told_of(history: History) -> dict[str, list[str]]:
        people = {entry.person_id for entry in history.entries}
        return {
            person: (history.earlier(person) or "").split()
            + [said.text for said in history.seen_by(person)]
            for person in people
        }

    async with compaction(history, brain, made) as compacting:
        for number, action in enumerate(actions):
            match action:
                case "ana" | "stranger":
                    person = f"stranger:{strangers}" if action == "stranger" else f"user_{action}"
                    words = [f"p{number}", f"r{number}"]
                    sayings = [Said("person", words[0]), Said("robot", words[1])]
                    entries = history.append(person, "r", sayings)
                    keeper.keep_turn(person, entries)
                    said[person] += words
                    compacting.consider(person)
                case "name":
                    stranger, person = f"stranger:{strangers}", f"user_{strangers}"
                    strangers += 1
                    history.name_stranger(stranger, person)
                    keeper.keep_name(stranger, person)
                    if stranger in said:
                        said[person] = said.pop(stranger)
                    compacting.consider(person)
                case "answer" | "fail" | "empty" if calls := open_calls():
                    earlier, messages = question(calls[0])
                    if action == "fail":
                        calls[0].fail(BrainUnavailable("gone"))
                    else:
                        words = [*(earlier or "").split(), *messages]
                        calls[0].answer(" ".join(words) if action == "answer" else "")
                case "read" if made:
                    message = made.pop(0)
                    if (entry := compacting.take(message)) is not None:
                        keeper.keep_fold(message.fold, entry)
            await trio.testing.wait_all_tasks_blocked()
            assert len(open_calls()) + len([m for m in made if history.holds(m.fold)]) <= 1
            assert told_of(history) == said

    store = RamStore()
    while rows.statistics().depth:
        write = rows._take()
        assert not isinstance(write, Ask)
        store.write([write])
    if said:
        kept = store.session("s")
        assert kept is not None
        assert remembered(Conversation(kept, store.history("s"))) == history
