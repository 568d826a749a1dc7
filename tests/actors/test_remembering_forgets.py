"""What a session forgets, at whatever moment it is asked: by words, by sound, from elsewhere.

One list of moments, on the bench: what the model is told next, and what the memory was asked.
"""

from collections.abc import Awaitable, Callable

import pytest
import trio
import trio.testing

from robi.actors.history import Entry, History
from robi.actors.mail import Forgot, Hushed, Origin
from robi.actors.memory_mail import Forget, ForgetAbout
from robi.errors import DatabaseError
from robi.people.identity import is_stranger
from robi.protocol.messages import (
    Image,
    Interrupt,
    Multimodal,
)
from robi.speech.scene import Said
from robi.store.base import (
    AddInteraction,
    AppendHistory,
    EraseEverythingRemembered,
    ErasePerson,
    EraseTurns,
    SaveSession,
)
from tests.actors.bench import Bench, Recollected, Robot
from tests.actors.test_remembering import (
    ANA,
    BOAT,
    INCOGNITO,
    JPEG,
    LUIS,
    WAV,
    finish,
    interactions,
    say_aloud,
    show,
    talk,
    with_ana,
)

THAT, ALL = "olvida eso", "olvida todo lo que sabes de mí"
ABOUT = "olvida lo que te dije de mi barco"


async def next_prompt(bench: Bench, robot: Robot) -> tuple[list[str], str | None]:
    """Return what the model is told next of the conversation: its words and the summary."""
    number = len(bench.brain.calls) + 1
    await robot.asks("¿qué sabes?", f"n{number}")
    request = (await bench.brain.called(number)).request
    return [said.text for said in request.history], request.scene.earlier


def that(request_id: str, person_id: str = "user_ana") -> Forget:
    return Forget(EraseTurns(person_id, "s", (request_id,)))


async def folded(nursery: trio.Nursery) -> tuple[Bench, Robot]:
    """A session in which Ana has said so much that the first of it is a summary."""
    bench = Bench(nursery, compaction_threshold=8)
    bench.start()
    robot = await with_ana(bench)
    for words in (BOAT, "uno", "dos", "tres"):
        await talk(bench, robot, words)
    bench.brain.calls[-1].answer("Ana tiene una barca.")
    await trio.testing.wait_all_tasks_blocked()
    assert bench.heard()[0] == ("robot", "Ana tiene una barca.", False)
    return bench, robot


# ── forget that ───────────────────────────────────────────────────────────────────────────


async def test_forget_that_takes_the_turn_before_out_of_the_prompt_at_once(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, "hola")
    await talk(bench, robot, BOAT)
    await robot.asks(THAT, "r3")
    request = (await bench.brain.called(3)).request
    assert [said.text for said in request.history] == ["hola", "Vale"]
    assert request.scene.wish == "forget_that"


async def test_forget_that_has_the_memory_forget_that_turn(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, BOAT)
    await talk(bench, robot, THAT)
    assert bench.forgettings == [that("r1")]


async def test_forget_that_leaves_nothing_of_its_own_behind(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, BOAT)
    await talk(bench, robot, THAT)
    assert [row.request_id for row in interactions(bench)] == ["r1"]
    assert [account.request_id for account in bench.accounts] == ["r1"]


async def test_forget_that_while_an_answer_streams_is_about_that_turn(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, "hola")
    await robot.asks(BOAT, "r2")
    (await bench.brain.called(2)).write("[emotion:happy] ¡Un barco!")
    await robot.hears_until("text_chunk")
    await robot.asks(THAT, "r3")
    request = (await bench.brain.called(3)).request
    assert [said.text for said in request.history] == ["hola", "Vale"]
    assert bench.forgettings == [that("r2")]


async def test_forget_that_after_an_interruption_is_about_what_was_cut(bench: Bench) -> None:
    robot = await with_ana(bench)
    await robot.asks(BOAT, "r1")
    await robot.says(Interrupt("r1"))
    await robot.asks(THAT, "r2")
    assert (await bench.brain.called(2)).request.history == ()
    assert bench.forgettings == [that("r1")]


async def test_forget_that_after_the_robot_came_back_is_about_what_was_said_before(
    bench: Bench,
) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, BOAT)
    seen = robot.seen[-1]["seq"]
    await robot.leaves()
    robot = await bench.robot(last_seq=seen)
    await robot.asks(THAT, "r2")
    assert (await bench.brain.called(2)).request.history == ()
    assert bench.forgettings == [that("r1")]


async def test_forget_that_in_a_session_made_anew_is_about_what_was_said_before(
    nursery: trio.Nursery,
) -> None:
    entries = [Entry(n, "user_ana", Said("person", f"p{n}"), f"q{n}") for n in range(2)]
    bench = Bench(nursery, history=History(entries))
    bench.start(Origin.REMEMBERED, last_seq=7)
    robot = await bench.robot(last_seq=7)
    await robot.asks(THAT)
    request = (await bench.brain.called(1)).request
    assert [said.text for said in request.history] == ["p0"]
    assert bench.forgettings == [that("q1")]


async def test_forget_that_said_twice_is_about_the_wish_and_not_about_an_older_turn(
    bench: Bench,
) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, "hola")
    await talk(bench, robot, BOAT)
    await talk(bench, robot, THAT)
    await talk(bench, robot, THAT)
    assert bench.forgettings == [that("r2"), that("r3")]
    assert (await next_prompt(bench, robot))[0][:2] == ["hola", "Vale"]


async def test_forget_that_with_nothing_before_it_forgets_nothing_and_ends_well(
    bench: Bench,
) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, THAT)
    assert bench.forgettings == []
    assert robot.seen[-1]["type"] == "stream_end"
    assert interactions(bench) == []


async def test_forget_that_of_one_person_touches_nothing_of_another(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, BOAT)
    await robot.says(LUIS)
    await talk(bench, robot, THAT)
    assert bench.forgettings == []
    await robot.says(ANA)
    assert (await next_prompt(bench, robot))[0] == [BOAT, "Vale"]


async def test_forget_that_of_a_stranger_is_about_the_stranger(bench: Bench) -> None:
    robot = await bench.robot()
    await talk(bench, robot, BOAT)
    stranger = bench.accounts[0].person_id
    await talk(bench, robot, THAT)
    assert is_stranger(stranger)
    assert bench.forgettings == [that("r1", stranger)]


async def test_forget_that_in_a_visit_that_leaves_no_trace_takes_it_out_of_the_prompt(
    bench: Bench,
) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, INCOGNITO)
    await talk(bench, robot, BOAT)
    await robot.asks(THAT, "r3")
    history = (await bench.brain.called(3)).request.history
    assert [said.text for said in history] == [INCOGNITO, "Vale"]


@pytest.mark.parametrize("wish", [THAT, ABOUT])
async def test_wish_of_which_the_memory_tells_every_session_is_done_once_here(
    bench: Bench, wish: str
) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, "hola")
    await talk(bench, robot, BOAT)
    await robot.asks(wish, "r3")
    await bench.is_told(Forgot("user_ana", frozenset({("s", "r2")}), about=("barco",)))
    await finish(bench, robot, 3, "Olvidado")
    assert (robot.seen[-1]["type"], len(bench.forgettings)) == ("stream_end", 1)
    assert (await next_prompt(bench, robot))[0][:2] == ["hola", "Vale"]


async def test_forget_that_beside_its_story_leaves_older_turns_alone(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, BOAT)
    await talk(bench, robot, "ayer discutí con mi hermana por el coche, olvida eso")
    assert bench.forgettings == []
    assert [row.request_id for row in interactions(bench)] == ["r1"]


async def test_forget_that_of_what_was_summed_up_meanwhile_takes_the_summary_along(
    nursery: trio.Nursery,
) -> None:
    bench, robot = await folded(nursery)
    forgot = Forgot("user_ana", frozenset({("s", "r1")}))
    await bench.is_told(forgot)
    history, earlier = await next_prompt(bench, robot)
    assert (BOAT in history, earlier) == (False, None)


async def test_forget_that_while_a_summary_is_made_has_it_made_without(
    nursery: trio.Nursery,
) -> None:
    bench = Bench(nursery, compaction_threshold=8)
    bench.start()
    robot = await with_ana(bench)
    for words in ("uno", "dos", "tres", BOAT):
        await talk(bench, robot, words)
    summary = bench.brain.calls[-1]
    await bench.is_told(Forgot("user_ana", frozenset({("s", "r1")})))
    await trio.testing.wait_all_tasks_blocked()
    assert summary.closed.is_set()
    assert await next_prompt(bench, robot) == (
        ["dos", "Vale", "tres", "Vale", BOAT, "Vale"],
        None,
    )


@pytest.mark.parametrize("wish", [ABOUT, ALL])
async def test_wish_that_cuts_an_answer_with_which_a_summary_is_due_has_it_never_asked_for(
    nursery: trio.Nursery, wish: str
) -> None:
    bench = Bench(nursery, compaction_threshold=8)
    bench.start()
    robot = await with_ana(bench)
    for words in (BOAT, "uno", "dos"):
        await talk(bench, robot, words)
    await robot.asks("tres", "r4")
    (await bench.brain.called(4)).write("[emotion:happy] ¡Tres!")
    await robot.hears_until("text_chunk")
    await robot.asks(wish, "r5")  # cuts r4, with which a summary is due
    await trio.testing.wait_all_tasks_blocked()
    assert [call.request.purpose for call in bench.brain.calls[4:]] == ["talk"]


# ── when it is done ───────────────────────────────────────────────────────────────────────


async def test_wish_ends_well_only_when_it_is_done(bench: Bench) -> None:
    done = trio.Event()
    bench.forgetting = done.wait
    robot = await with_ana(bench)
    await talk(bench, robot, BOAT)
    await robot.asks(THAT, "r2")
    (await bench.brain.called(2)).answer("[emotion:happy] ¡Olvidado!")
    assert (await robot.hears_until("text_chunk"))[-1]["text"] == "¡Olvidado!"
    await trio.testing.wait_all_tasks_blocked()
    assert not bench.session._outbox.pending
    done.set()
    assert (await robot.hears_turn())[-1]["type"] == "stream_end"


async def test_wish_that_is_not_done_in_time_ends_with_an_error(bench: Bench) -> None:
    async def late() -> None:
        raise DatabaseError("not forgotten yet")

    bench.forgetting = late
    robot = await with_ana(bench)
    await talk(bench, robot, BOAT)
    await talk(bench, robot, THAT, "¡Olvidado!")
    assert robot.seen[-1]["error_code"] == "DATABASE_ERROR"
    assert "¡Olvidado!" in [message.get("text") for message in robot.seen]


async def test_wish_that_is_not_done_in_time_is_forgotten_here_all_the_same(bench: Bench) -> None:
    async def late() -> None:
        raise DatabaseError("not forgotten yet")

    bench.forgetting = late
    robot = await with_ana(bench)
    await talk(bench, robot, BOAT)
    await talk(bench, robot, THAT)
    assert BOAT not in (await next_prompt(bench, robot))[0]


async def test_wish_is_cut_like_any_other_turn_while_it_is_not_done(bench: Bench) -> None:
    bench.forgetting = trio.sleep_forever
    robot = await with_ana(bench)
    await talk(bench, robot, BOAT)
    await robot.asks(THAT, "r2")
    (await bench.brain.called(2)).answer("[emotion:happy] ¡Olvidado!")
    await robot.hears_until("text_chunk")
    await robot.says(Interrupt("r2"))
    assert (await robot.hears_turn())[-1]["interrupted"] is True


# ── forget about, forget all ──────────────────────────────────────────────────────────────


async def test_forget_about_takes_the_turns_that_tell_of_it_out_of_the_prompt(
    bench: Bench,
) -> None:
    robot = await with_ana(bench)
    for words in (BOAT, "hola", "¿cabe el barco aquí?"):
        await talk(bench, robot, words)
    await robot.asks(ABOUT, "r4")
    request = (await bench.brain.called(4)).request
    assert [said.text for said in request.history] == ["hola", "Vale"]
    (forgetting,) = bench.forgettings
    assert isinstance(forgetting, ForgetAbout)
    assert (forgetting.person_id, "barco" in forgetting.words) == ("user_ana", True)


async def test_forget_about_takes_the_summary_along(nursery: trio.Nursery) -> None:
    bench, robot = await folded(nursery)
    await robot.asks(ABOUT, "r9")
    scene = bench.brain.calls[-1].request.scene
    assert (scene.wish, scene.earlier) == ("forget_about", None)


async def test_forget_all_takes_everything_out_of_the_prompt(nursery: trio.Nursery) -> None:
    bench, robot = await folded(nursery)
    await robot.asks(ALL, "r9")
    request = bench.brain.calls[-1].request
    assert (request.history, request.scene.earlier) == ((), None)
    (forgetting,) = bench.forgettings
    assert isinstance(forgetting, Forget)
    assert isinstance(forgetting.erasure, ErasePerson)


async def test_forget_all_makes_a_stranger_of_who_speaks_next(bench: Bench) -> None:
    bench.known["user_ana"] = Recollected("Ana")
    robot = await with_ana(bench)
    await talk(bench, robot, BOAT)
    await talk(bench, robot, ALL)
    await robot.asks("¿quién soy?", "r3")
    request = (await bench.brain.called(3)).request
    assert (request.scene.person_id, request.scene.name, request.history) == (None, None, ())


async def test_forget_all_leaves_the_conversation_of_another_as_it_was(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(LUIS)
    await talk(bench, robot, "soy de Lugo")
    await robot.says(ANA)
    await talk(bench, robot, ALL)
    await robot.says(LUIS)
    assert (await next_prompt(bench, robot))[0] == ["soy de Lugo", "Vale"]


async def test_forget_all_of_a_stranger_leaves_no_one_to_forget(bench: Bench) -> None:
    robot = await bench.robot()
    await talk(bench, robot, BOAT)
    stranger = bench.accounts[0].person_id
    await talk(bench, robot, ALL)
    assert bench.forgettings == [Forget(EraseEverythingRemembered(stranger))]
    assert (await next_prompt(bench, robot))[0] == []


# ── by sound ──────────────────────────────────────────────────────────────────────────────


async def test_forget_that_said_aloud_is_about_the_turn_before(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, "hola")
    await talk(bench, robot, BOAT)
    await say_aloud(bench, robot, "Olvidado[forget:that]")
    assert bench.forgettings == [that("r2")]
    assert BOAT not in (await next_prompt(bench, robot))[0]


async def test_forget_that_said_aloud_leaves_nothing_of_its_own_behind(bench: Bench) -> None:
    robot = await with_ana(bench)
    await say_aloud(bench, robot, "Olvidado[forget:that][media_summary:Un barco.]")
    assert (bench.accounts, bench.files, interactions(bench)) == ([], [], [])


async def test_forget_all_said_aloud_makes_a_stranger_of_who_speaks_next(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, BOAT)
    await say_aloud(bench, robot, "Olvidado[forget:all]")
    (forgetting,) = bench.forgettings
    assert isinstance(forgetting, Forget)
    assert isinstance(forgetting.erasure, ErasePerson)
    assert bench.heard() == []
    await robot.asks("¿quién soy?", "r3")
    assert (await bench.brain.called(3)).request.scene.person_id is None


async def test_forget_all_said_aloud_with_a_name_meets_nobody(bench: Bench) -> None:
    robot = await bench.robot()
    await say_aloud(bench, robot, "Olvidado, Ana[person_name:Ana][forget:all]")
    assert bench.namings == []


async def test_forget_that_said_with_a_picture_and_sound_is_not_done(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, BOAT)
    await robot.says(Multimodal("m", image=JPEG, audio=WAV))
    await finish(bench, robot, 2, "Olvidado[forget:that]")
    assert bench.forgettings == []  # it may be written on the picture


@pytest.mark.parametrize("direction", ["[forget:that]", "[forget:all]"])
async def test_forgetting_that_a_model_reads_in_a_text_is_not_done(
    bench: Bench, direction: str
) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, BOAT)
    await talk(bench, robot, "¿qué tal?", f"Bien{direction}")
    assert bench.forgettings == []


@pytest.mark.parametrize("direction", ["[forget:that]", "[forget:all]"])
async def test_forgetting_that_a_model_reads_in_a_picture_is_not_done(
    bench: Bench, direction: str
) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, BOAT)
    await show(bench, robot, "", f"Pone algo{direction}")
    assert bench.forgettings == []
    assert BOAT in (await next_prompt(bench, robot))[0]


# ── from elsewhere ────────────────────────────────────────────────────────────────────────


async def test_person_forgotten_elsewhere_is_a_stranger_here(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, BOAT)
    await bench.is_told(Forgot("user_ana", everything=True, person_too=True))
    assert (await next_prompt(bench, robot)) == ([], None)
    assert bench.brain.calls[-1].request.scene.person_id is None


async def test_person_forgotten_whom_the_phone_still_names_is_a_stranger(bench: Bench) -> None:
    robot = await with_ana(bench)
    bench.forgotten.add("user_ana")
    await bench.is_told(Forgot("user_ana", everything=True, person_too=True))
    await robot.says(ANA)
    await robot.asks("hola", person="user_ana")
    assert (await bench.brain.called(1)).request.scene.person_id is None


async def test_person_forgotten_in_the_middle_of_a_turn_leaves_nothing_of_it(
    bench: Bench,
) -> None:
    robot = await with_ana(bench)
    await robot.asks(BOAT, "r1")
    before = len(bench.written())
    bench.forgotten.add("user_ana")
    await bench.is_told(Forgot("user_ana", everything=True, person_too=True))
    await finish(bench, robot, 1, "¡Un barco![memory:fact:tiene un barco]")
    late = bench.written()[before:]
    assert [write for write in late if isinstance(write, AppendHistory | AddInteraction)] == []
    assert (bench.accounts, bench.heard()) == ([], [])


@pytest.mark.parametrize(
    "forgot",
    [
        Forgot("user_ana", everything=True),
        Forgot("user_ana", about=("tiene un barco",)),
        Forgot("user_ana", frozenset({("s", "r1")})),
    ],
    ids=["everything", "about it", "the turn"],
)
async def test_what_is_forgotten_elsewhere_in_the_middle_of_its_turn_is_not_kept_at_its_end(
    bench: Bench, forgot: Forgot
) -> None:
    robot = await with_ana(bench)
    await robot.asks(BOAT, "r1")
    before = len(bench.written())
    await bench.is_told(forgot)
    await finish(bench, robot, 1, "¡Un barco!")
    assert (bench.written()[before:], bench.accounts) == ([], [])
    assert (await next_prompt(bench, robot))[0] == []


async def test_what_is_forgotten_elsewhere_has_no_hold_on_the_turns_that_come_later(
    bench: Bench,
) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, "hola")
    await bench.is_told(Forgot("user_ana", everything=True))
    await talk(bench, robot, BOAT)
    assert [account.words for account in bench.accounts] == ["hola", BOAT]


async def test_turn_that_turns_out_to_be_private_in_the_middle_of_it_is_not_kept(
    bench: Bench,
) -> None:
    robot = await with_ana(bench)
    await robot.asks(BOAT, "r1")
    before = len(bench.written())
    await bench.is_told(Hushed("s", "r1"))
    await finish(bench, robot, 1, "¡Un barco!")
    assert (bench.written()[before:], bench.accounts) == ([], [])
    assert (await next_prompt(bench, robot))[0] == [BOAT, "¡Un barco!"]


async def test_person_forgotten_while_they_are_met_is_not_met(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("soy Ana", "r1")
    bench.forgotten.add("user_ana_000000")
    await finish(bench, robot, 1, "Hola, Ana[person_name:Ana]")
    await robot.asks("hola", "r2")
    request = (await bench.brain.called(2)).request
    assert (request.scene.person_id, request.history) == (None, ())


async def test_stranger_who_is_forgotten_by_the_name_while_they_are_met_is_forgotten_too(
    bench: Bench,
) -> None:
    robot = await bench.robot()
    await robot.asks("soy Ana", "r1")
    stranger = bench.session._company.speaker.person_id
    bench.forgotten.add("user_ana_000000")
    await finish(bench, robot, 1, "Hola, Ana[person_name:Ana]")
    assert bench.forgettings == [Forget(EraseEverythingRemembered(stranger))]
    assert (bench.heard(), bench.namings) == ([], [])


async def test_person_forgotten_before_the_robot_was_told_of_them_is_not_announced(
    bench: Bench,
) -> None:
    robot = await bench.robot()
    await robot.asks("soy Ana", "r1")
    (await bench.brain.called(1)).answer("Hola, Ana[person_name:Ana]")
    await trio.testing.wait_all_tasks_blocked()
    await robot.asks("¿me oyes?", "r2")
    bench.forgotten.add("user_ana_000000")
    await bench.is_told(Forgot("user_ana_000000", everything=True, person_too=True))
    await finish(bench, robot, 2, "Sí")
    robot.seen.clear()
    await talk(bench, robot, "¿y ahora?")
    assert "person_registered" not in {message["type"] for message in robot.seen}


async def test_picture_that_a_forgotten_person_was_asked_for_answers_nothing(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, "¿qué llevo?", "[capture:photo] A ver")
    await bench.is_told(Forgot("user_ana", everything=True))
    await robot.says(Image("r1", "context", JPEG))
    assert (await bench.brain.called(2)).request.scene.asked_to_look is None


async def test_picture_for_a_question_that_was_forgotten_in_the_middle_of_it_answers_nothing(
    bench: Bench,
) -> None:
    robot = await with_ana(bench)
    await robot.asks("¿qué llevo?", "r1")
    await bench.is_told(Forgot("user_ana", everything=True))
    await finish(bench, robot, 1, "[capture:photo] A ver")
    await robot.says(Image("r1", "context", JPEG))
    assert (await bench.brain.called(2)).request.scene.asked_to_look == ""


async def test_what_is_forgotten_of_another_person_stays_here(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, BOAT)
    await bench.is_told(Forgot("user_luis", about=("barco",), everything=True))
    assert (await next_prompt(bench, robot))[0] == [BOAT, "Vale"]


async def test_what_is_forgotten_in_another_session_stays_here_under_the_same_id(
    bench: Bench,
) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, BOAT)
    await bench.is_told(Forgot("user_ana", frozenset({("another", "r1")})))
    assert (await next_prompt(bench, robot))[0] == [BOAT, "Vale"]


# ── what was on its way ───────────────────────────────────────────────────────────────────


def fill(bench: Bench) -> None:
    """Leave no room in the mailbox of the store."""
    while bench.rows.statistics().depth < bench.rows.bound:
        bench.rows.put_nowait(None)  # type: ignore[arg-type]


def empty(bench: Bench) -> None:
    while bench.rows.statistics().depth:
        bench.rows._take()


Wish = Callable[[Bench, Robot], Awaitable[None]]


async def wishes(bench: Bench, robot: Robot) -> None:
    await talk(bench, robot, THAT)


async def hushes(bench: Bench, robot: Robot) -> None:
    await bench.is_told(Hushed("s", "r1"))
    await talk(bench, robot, "hola")


@pytest.mark.parametrize("forget", [wishes, hushes])
async def test_what_waits_for_a_full_store_is_not_written_after_it_was_forgotten(
    bench: Bench, forget: Wish
) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, "hola")
    empty(bench)
    fill(bench)
    bench.brain.calls.clear()
    await talk(bench, robot, BOAT)
    await forget(bench, robot)
    empty(bench)
    await talk(bench, robot, "¿y ahora?")
    written = [write for write in bench.written() if not isinstance(write, SaveSession)]
    assert written
    assert "barco" not in str([w.row.content for w in written if isinstance(w, AppendHistory)])
    assert "r1" not in {w.row.request_id for w in written if isinstance(w, AddInteraction)}


@pytest.mark.parametrize("forget", [wishes, hushes])
async def test_media_that_wait_for_a_slow_disk_are_not_handed_over_after_it_was_forgotten(
    bench: Bench, forget: Wish
) -> None:
    slow = trio.Event()
    bench.keeping = slow.wait
    robot = await with_ana(bench)
    await robot.says(Multimodal("r1", text="mira", image=JPEG, audio=WAV))
    await finish(bench, robot, 1, "Vale")
    await forget(bench, robot)
    slow.set()
    await trio.testing.wait_all_tasks_blocked()
    assert bench.files == []


async def test_picture_of_which_the_answer_is_cut_to_forget_it_is_not_handed_over(
    bench: Bench,
) -> None:
    robot = await with_ana(bench)
    await robot.says(Image("r1", "context", JPEG))
    (await bench.brain.called(1)).write("[emotion:happy] Veo")
    await robot.hears_until("text_chunk")
    await robot.asks(THAT, "r2")
    assert bench.forgettings == [that("r1")]
    assert bench.files == []


async def test_media_of_other_turns_are_handed_over_when_one_is_forgotten(bench: Bench) -> None:
    slow = trio.Event()
    bench.keeping = slow.wait
    robot = await with_ana(bench)
    await show(bench, robot, "mira")
    await talk(bench, robot, BOAT)
    await talk(bench, robot, THAT)
    slow.set()
    await trio.testing.wait_all_tasks_blocked()
    assert [file.request_id for file in bench.files] == ["r1"]


async def test_answers_after_a_wish_to_forget_are_written_again(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, BOAT)
    await talk(bench, robot, THAT)
    await talk(bench, robot, "hola otra vez")
    rows = [write.row for write in bench.written() if isinstance(write, AppendHistory)]
    assert [row.content for row in rows if row.role == "robot"][-1] == "Vale"
    assert rows[-2].content == "hola otra vez"
