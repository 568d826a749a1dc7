"""Learning: what the model is asked, what is kept of its answer, and what never is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest
import structlog
import trio
from attrs import evolve
from trio.testing import MockClock

from robi.actors.ask import Ask
from robi.actors.learning import FIRST_PAUSE_S, LONGEST_PAUSE_S, MOST_VAIN
from robi.actors.mail import Hushed
from robi.actors.memory import TOLD_WITHIN_S
from robi.actors.memory_mail import (
    Became,
    Forget,
    ForgetAbout,
    Heard,
    Named,
    Remember,
    Removed,
    TurnsLost,
)
from robi.actors.waiting import QUIET_S, TURNS_A_CALL
from robi.brain.base import Purpose
from robi.errors import (
    BrainRateLimited,
    BrainTimeout,
    BrainUnavailable,
    RobiError,
)
from robi.people.candidates import MAX_CANDIDATES
from robi.speech import classification, extraction
from robi.speech.pieces import MemoryNote
from robi.store.base import (
    PINNED,
    EraseEverythingRemembered,
    EraseMemory,
    ErasePerson,
    EraseTurns,
    Memory,
)
from tests.actors.memory_bench import (
    ANA,
    LONG,
    LUIS,
    NOW,
    MemoryBench,
    at_work,
    heard,
    known_store,
    rows_of,
)

STRANGER = "stranger:1"
LUGO = heard("vivo en Lugo")


@asynccontextmanager
async def who_learns_of_lugo() -> AsyncIterator[MemoryBench]:
    """A memory whose model finds one thing in what Ana says of Lugo."""
    async with at_work() as bench:
        bench.model.finds("vivo en Lugo", "Vive en Lugo", slot="home")
        yield bench


def noted(turn: Heard, *contents: str) -> Heard:
    return evolve(turn, notes=tuple(MemoryNote("fact", content) for content in contents))


# ── what is asked, and when ───────────────────────────────────────────────────────────────


async def test_what_was_found_is_kept_with_the_turn_it_comes_from(
    autojump_clock: MockClock,
) -> None:
    async with who_learns_of_lugo() as bench:
        await bench.learns(LUGO)
        (memory,) = bench.memories()
        assert evolve(memory, memory_id="m") == Memory(
            "m",
            ANA.person_id,
            "fact",
            "Vive en Lugo",
            6,
            NOW,
            slot="home",
            session_id="s",
            request_id="r1",
        )


async def test_turn_in_which_nothing_is_found_is_considered_and_nothing_more(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        await bench.learns(LUGO)
        assert bench.memories() == ()
        (row,) = bench.store.interactions(ANA.person_id)
        assert row.considered


async def test_turns_of_one_person_are_asked_about_in_one_question(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        await bench.learns(LUGO, heard("tengo un gato", "r2"))
        assert bench.model.asked() == [["vivo en Lugo", "tengo un gato"]]


async def test_turn_that_is_told_twice_is_asked_about_once(autojump_clock: MockClock) -> None:
    async with at_work() as bench:
        await bench.learns(LUGO, LUGO)
        assert bench.model.asked() == [["vivo en Lugo"]]


async def test_turn_of_a_process_that_is_gone_is_learned_from_though_nobody_tells(
    autojump_clock: MockClock,
) -> None:
    """And once: not what a session here tells, or what is being learned from."""
    async with who_learns_of_lugo() as bench:
        bench.model.finds("tengo un gato", "Tiene un gato")
        hold = bench.model.hold("extraction")
        bench.store.write(rows_of(LUGO))
        await bench.hears(heard("tengo un gato", "r2"))
        later = heard("tengo un perro", "r3", at=NOW + 1)  # when that process was gone
        bench.store.write(rows_of(later))
        await bench.tell(TurnsLost())
        await bench.passes(QUIET_S + TOLD_WITHIN_S)
        await bench.tell(TurnsLost())
        await bench.passes(TOLD_WITHIN_S)
        hold.released.set()
        await bench.passes(QUIET_S + 1)
        asked = [words for question in bench.model.asked() for words in question]
        assert sorted(asked) == ["tengo un gato", "vivo en Lugo"]
        assert sorted(bench.known()) == [("Tiene un gato", 6), ("Vive en Lugo", 6)]


async def test_turn_that_comes_under_the_id_of_another_is_asked_about_too(
    autojump_clock: MockClock,
) -> None:
    """A picture comes under the id of the turn in which it was asked for."""
    async with at_work() as bench:
        picture = evolve(LUGO, words="un sello de Lugo", at=NOW + 1)
        await bench.tell(LUGO, picture)
        await bench.passes(QUIET_S + 1)
        assert bench.model.asked() == [["vivo en Lugo", "un sello de Lugo"]]


async def test_model_is_not_asked_before_the_turn_has_waited(autojump_clock: MockClock) -> None:
    async with at_work() as bench:
        await bench.hears(LUGO)
        await bench.passes(QUIET_S - 1)
        assert bench.model.requests == []


async def test_conversation_without_a_pause_is_asked_about_no_more_often_than_is_said(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        for number in range(30):
            await bench.hears(heard(f"tengo {number} sellos", f"r{number}"))
            await bench.passes(QUIET_S / 4)
        await bench.passes(QUIET_S)
        asked = bench.model.asked()
        assert sum(map(len, asked)) == 30
        assert len(asked) <= 1 + 30 / 4


async def test_many_turns_at_once_are_asked_about_without_waiting(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        turns = [heard(f"tengo {n} sellos", f"r{n}") for n in range(TURNS_A_CALL)]
        await bench.hears(*turns)
        assert [len(asked) for asked in bench.model.asked()] == [TURNS_A_CALL]


@pytest.mark.parametrize("words", ["hola", "buenas noches", "sí, gracias", "good morning", "y tú"])
async def test_turn_without_content_is_considered_and_not_asked_about(
    words: str, autojump_clock: MockClock
) -> None:
    async with at_work() as bench:
        await bench.learns(heard(words))
        assert bench.model.requests == []
        (row,) = bench.store.interactions(ANA.person_id)
        assert row.considered


@pytest.mark.parametrize("words", ["soy médico", "me gusta el té", "I'm vegan", "tengo 2 hijos"])
async def test_turn_of_few_words_that_say_something_is_asked_about(
    words: str, autojump_clock: MockClock
) -> None:
    async with at_work() as bench:
        await bench.learns(heard(words))
        assert bench.model.asked() == [[words]]


async def test_question_leaves_out_the_turns_without_content(autojump_clock: MockClock) -> None:
    async with who_learns_of_lugo() as bench:
        await bench.learns(heard("hola"), evolve(LUGO, request_id="r2"))
        assert bench.model.asked() == [["vivo en Lugo"]]
        (memory,) = bench.memories()
        assert memory.request_id == "r2"


async def test_questions_hold_nothing_but_that_persons_own_words(
    autojump_clock: MockClock,
) -> None:
    async with who_learns_of_lugo() as bench:
        await bench.ask(Remember(ANA.person_id, "Colecciona sellos"))
        await bench.ask(Remember(LUIS.person_id, "Pinta cuadros"))
        await bench.hears(LUGO, noted(heard("canto ópera", "r2"), "Canta ópera"))
        await bench.hears(heard("bebo café", "r3", LUIS.person_id))
        await bench.passes(2 * QUIET_S)
        texts = [request.utterance.text for request in bench.model.requests]
        questions = {
            request.utterance.text: (request.purpose, request.system, request.history)
            for request in bench.model.requests
        }
        assert len(questions) == len(texts)
        turns = [
            [extraction.HeardTurn(1, "vivo en Lugo"), extraction.HeardTurn(2, "canto ópera")],
            [extraction.HeardTurn(1, "bebo café")],
        ]
        sentences = [
            ["Colecciona sellos"],
            ["Pinta cuadros"],
            ["Vive en Lugo", "Canta ópera"],
        ]
        extracting = ("extraction", extraction.instruction("es", "Robi"), ())
        classifying = ("classification", classification.instruction("es"), ())
        assert questions == {
            **{extraction.question(some): extracting for some in turns},
            **{classification.question(some): classifying for some in sentences},
        }


async def test_question_asks_for_an_answer_that_fits(autojump_clock: MockClock) -> None:
    async with who_learns_of_lugo() as bench:
        await bench.learns(LUGO)
        assert [(each.purpose, each.answers) for each in bench.model.requests] == [
            ("extraction", extraction.SCHEMA),
            ("classification", classification.schema(1)),
        ]


async def test_what_a_stranger_said_is_learned_once_they_tell_a_name(
    autojump_clock: MockClock,
) -> None:
    async with who_learns_of_lugo() as bench:
        await bench.hears(evolve(LUGO, person_id=STRANGER))
        await bench.passes(QUIET_S + 1)
        assert bench.model.requests == []
        await bench.tell(Became(STRANGER, LUIS.person_id))
        await bench.passes(1)
        assert bench.known(LUIS.person_id) == [("Vive en Lugo", 6)]
        assert bench.memories() == ()


async def test_what_a_stranger_told_on_purpose_is_kept_once_they_tell_a_name(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        await bench.tell(heard("recuerda", person_id=STRANGER, asked="colecciono sellos"))
        await bench.tell(Became(STRANGER, ANA.person_id))
        assert bench.known() == [("colecciono sellos", PINNED)]


# ── what passes of an answer ──────────────────────────────────────────────────────────────


async def test_of_one_turn_three_are_kept_at_most(autojump_clock: MockClock) -> None:
    async with at_work() as bench:
        for thing in ("sellos", "monedas", "postales", "relojes"):
            bench.model.finds(thing, f"Colecciona {thing}")
        await bench.learns(heard("guardo sellos, monedas, postales, relojes"))
        assert len(bench.memories()) == MAX_CANDIDATES


@pytest.mark.parametrize(
    "item",
    [
        {"quote": "vivo en Vigo"},
        {"importance": 3},
    ],
    ids=["a quote that was not said", "too light"],
)
async def test_what_the_rules_of_memories_do_not_admit_is_not_kept(
    item: dict[str, Any], autojump_clock: MockClock
) -> None:
    async with at_work() as bench:
        bench.model.finds("vivo en Lugo", "Vive en Lugo", **item)
        await bench.learns(LUGO)
        assert bench.memories() == ()
        assert bench.model.asked("classification") == []


async def test_note_of_the_answer_is_kept_once_the_model_finds_it_harmless(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        hold = bench.model.hold("classification")
        await bench.learns(noted(heard("hola"), "Colecciona sellos"))
        assert hold.asked.is_set()
        assert bench.memories() == ()
        hold.released.set()
        await bench.passes(1)
        assert bench.known() == [("Colecciona sellos", 6)]


async def test_note_of_the_answer_that_the_model_finds_private_is_not_kept(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        bench.model.private["Colecciona sellos"] = "confidence"
        await bench.learns(noted(heard("hola"), "Colecciona sellos"))
        assert bench.memories() == ()


async def test_candidate_that_the_rules_find_private_is_counted_and_never_shown_to_the_model(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        bench.model.finds("vivo en Lugo", "Su PIN es 4821")
        await bench.learns(LUGO)
        assert bench.memories() == ()
        assert bench.model.asked("classification") == []
        assert bench.actor.details()["private_secret"] == 1


async def test_candidate_that_the_model_finds_private_is_counted_and_the_others_are_kept(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        bench.model.finds("tengo una pena", "Tiene una pena")
        bench.model.finds("vivo en Lugo", "Vive en Lugo")
        bench.model.private["Tiene una pena"] = "health"
        await bench.learns(heard("tengo una pena y vivo en Lugo"))
        assert bench.known() == [("Vive en Lugo", 6)]
        assert bench.actor.details()["private_health"] == 1


async def test_what_is_private_is_told_by_its_class_only(autojump_clock: MockClock) -> None:
    with structlog.testing.capture_logs() as logs:
        async with at_work() as bench:
            bench.model.finds("tengo una pena", "Tiene una pena")
            bench.model.private["Tiene una pena"] = "health"
            await bench.learns(heard("tengo una pena"))
            (event,) = bench.store.events()
    assert (event.kind, event.details["class"], event.person_id) == (
        "private_not_kept",
        "health",
        None,
    )
    (entry,) = [entry for entry in logs if entry["event"] == "private_not_kept"]
    assert entry["private"] == "health"
    assert "pena" not in repr((logs, event.details))


# ── a turn that the model calls private ───────────────────────────────────────────────────


async def test_turn_that_the_model_calls_private_leaves_no_row(autojump_clock: MockClock) -> None:
    async with who_learns_of_lugo() as bench:
        bench.model.private_turns["vivo en Lugo"] = "confidence"
        await bench.learns(evolve(LUGO, asked="vivo en Lugo"), heard("tengo un gato", "r2"))
        assert bench.memories() == ()
        history = [row.content for row in bench.store.history_of(ANA.person_id)]
        assert history == ["tengo un gato"]
        turns = [row.request_id for row in bench.store.interactions(ANA.person_id)]
        assert turns == ["r2"]
        assert bench.actor.details()["private_confidence"] == 1


async def test_turn_that_the_model_calls_private_is_hushed_before_it_is_erased(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        bench.model.private_turns["vivo en Lugo"] = "confidence"
        bench.files.stuck = True
        await bench.learns(LUGO)
        assert bench.told_sessions == [Hushed("s", "r1")]
        assert bench.store.history_of(ANA.person_id) != ()
        await bench.passes(LONG)
        assert bench.store.history_of(ANA.person_id) == ()


async def test_turn_that_the_model_calls_private_is_hushed_again_once_it_is_erased(
    autojump_clock: MockClock,
) -> None:
    """A session may have been made of the rows while the store was stuck."""
    async with at_work() as bench:
        bench.model.private_turns["vivo en Lugo"] = "confidence"
        await bench.hears(LUGO)
        bench.store.stuck = True
        await bench.passes(QUIET_S + 1)
        assert bench.told_sessions == [Hushed("s", "r1")]
        bench.store.stuck = False
        await bench.passes(LONG)
        assert bench.told_sessions == [Hushed("s", "r1")] * 2


async def test_turn_that_the_model_calls_private_waits_for_files_on_their_way(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        bench.model.private_turns["vivo en Lugo"] = "confidence"
        await bench.learns(LUGO)
        assert bench.files.asked == ["Settle"]


# ── a model that is of no help ────────────────────────────────────────────────────────────

NONSENSE = [
    "",
    "Claro, aquí tienes:",
    "[]",
    "{}",
    '{"private": [], "memories": [{"turn": 9}]}',
    '{"private": [{"turn": 1, "class": "gossip"}], "memories": []}',
]


@pytest.mark.parametrize("written", NONSENSE)
async def test_answer_that_makes_no_sense_keeps_nothing_and_is_asked_for_again(
    written: str, autojump_clock: MockClock
) -> None:
    async with who_learns_of_lugo() as bench:
        bench.model.nonsense["extraction"] = written
        await bench.learns(LUGO)
        assert bench.memories() == ()
        (row,) = bench.store.interactions(ANA.person_id)
        assert not row.considered
        del bench.model.nonsense["extraction"]
        await bench.passes(LONG)
        assert bench.known() == [("Vive en Lugo", 6)]


@pytest.mark.parametrize(
    "written", ["", '{"classes": []}', '{"classes": ["none", "none"]}', '{"classes": ["fine"]}']
)
async def test_judgement_that_makes_no_sense_keeps_nothing_and_is_asked_for_again(
    written: str, autojump_clock: MockClock
) -> None:
    async with who_learns_of_lugo() as bench:
        bench.model.nonsense["classification"] = written
        await bench.learns(LUGO)
        assert bench.memories() == ()
        del bench.model.nonsense["classification"]
        await bench.passes(LONG)
        assert bench.known() == [("Vive en Lugo", 6)]


@pytest.mark.parametrize(
    "failure", [BrainUnavailable(), BrainRateLimited(), BrainTimeout()], ids=str
)
async def test_model_that_cannot_be_asked_is_asked_again_later(
    failure: RobiError, autojump_clock: MockClock
) -> None:
    async with who_learns_of_lugo() as bench:
        bench.model.failure = failure
        await bench.learns(LUGO)
        assert bench.memories() == ()
        bench.model.failure = None
        await bench.passes(LONG)
        assert bench.known() == [("Vive en Lugo", 6)]


async def test_turns_at_which_the_model_refuses_to_look_are_not_learned_from_nor_asked_about_again(
    autojump_clock: MockClock,
) -> None:
    async with who_learns_of_lugo() as bench:
        bench.model.blocked = frozenset({LUGO.words})
        await bench.learns(LUGO)
        bench.model.blocked = frozenset()
        await bench.passes(LONG)
        assert bench.memories() == ()
        assert len(bench.model.asked()) == 1


async def test_sentence_at_which_the_model_refuses_to_look_is_not_kept_and_the_others_are(
    autojump_clock: MockClock,
) -> None:
    async with who_learns_of_lugo() as bench:
        bench.model.blocked = frozenset({"Tiene un loro"})
        await bench.learns(noted(LUGO, "Tiene un loro", "Toca el piano"))
        assert {content for content, _ in bench.known()} == {"Vive en Lugo", "Toca el piano"}
        assert bench.actor.details()["private_refused"] == 1


async def test_what_was_told_on_purpose_stays_where_the_model_refuses_to_look(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        bench.model.blocked = frozenset({"sellos"})
        await bench.ask(Remember(ANA.person_id, "Colecciona sellos"))
        await bench.passes(LONG)
        assert [(each.content, each.checked) for each in bench.memories()] == [
            ("Colecciona sellos", True)
        ]


async def test_model_that_cannot_be_asked_is_asked_with_pauses_that_grow_to_a_bound(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        times: list[float] = []
        bench.model.failure = BrainUnavailable()
        bench.model.before_failure = lambda: times.append(trio.current_time())
        await bench.hears(LUGO)
        await bench.passes(LONG)
        pauses = [later - earlier for earlier, later in pairwise(times)]
        grown = [min(FIRST_PAUSE_S * 2**n, LONGEST_PAUSE_S) for n in range(len(pauses))]
        assert len(pauses) > 8
        assert pauses == pytest.approx(grown)


async def test_model_that_can_be_asked_again_is_asked_without_the_pauses(
    autojump_clock: MockClock,
) -> None:
    async with who_learns_of_lugo() as bench:
        bench.model.failure = BrainUnavailable()
        await bench.hears(LUGO)
        await bench.passes(LONG)
        bench.model.failure = None
        await bench.passes(LONGEST_PAUSE_S)
        assert bench.known() == [("Vive en Lugo", 6)]
        bench.model.failure = BrainUnavailable()
        await bench.learns(heard("tengo un gato", "r2"))
        bench.model.failure = None
        asked = len(bench.model.asked())
        await bench.passes(FIRST_PAUSE_S)
        assert bench.model.asked()[asked:] == [["tengo un gato"]]


async def test_turn_of_which_the_model_makes_no_sense_is_in_the_way_of_nobody(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        bench.model.finds("bebo café", "Bebe café")
        bench.model.finds("vivo en Lugo", "")  # an answer without a sentence is none
        await bench.hears(LUGO)
        await bench.passes(1)
        await bench.hears(heard("bebo café", "r2", LUIS.person_id))
        await bench.ask(Remember(LUIS.person_id, "Colecciona sellos"))
        await bench.passes(LONG)
        known = {(memory.content, memory.checked) for memory in bench.memories(LUIS.person_id)}
        assert known == {("Bebe café", True), ("Colecciona sellos", True)}


async def test_memory_of_which_the_model_makes_no_sense_is_in_the_way_of_no_turn(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        bench.model.nonsense["classification"] = ""
        await bench.ask(Remember(ANA.person_id, "Colecciona sellos"))
        await bench.hears(LUGO)
        await bench.passes(LONG)
        (row,) = bench.store.interactions(ANA.person_id)
        assert row.considered


async def test_memory_of_which_the_model_makes_no_sense_alone_is_left_to_the_next_life(
    autojump_clock: MockClock,
) -> None:
    store = known_store()
    async with at_work(store) as bench:
        bench.model.nonsense["classification"] = ""
        await bench.ask(Remember(ANA.person_id, "Colecciona sellos"))
        await bench.passes(LONG)
        # With the others first, though there are none; then alone.
        assert bench.model.asked("classification") == [["Colecciona sellos"]] * 2
        assert [each.checked for each in bench.memories()] == [False]
    async with at_work(store) as bench:
        await bench.passes(1)
        assert [each.checked for each in bench.memories()] == [True]


async def test_memory_of_which_the_model_makes_no_sense_is_in_the_way_of_no_other(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        stumble_at(bench, "sellos")
        with structlog.testing.capture_logs():
            for person_id, content in [
                (ANA.person_id, "Colecciona sellos"),
                (ANA.person_id, "Pinta cuadros"),
                (LUIS.person_id, "Cría canarios"),
            ]:
                await bench.ask(Remember(person_id, content))
            await bench.passes(LONG)
        checked = {
            each.content: each.checked
            for person in (ANA, LUIS)
            for each in bench.memories(person.person_id)
        }
        assert checked == {
            "Colecciona sellos": False,
            "Pinta cuadros": True,
            "Cría canarios": True,
        }


async def test_memories_told_after_one_of_which_the_model_makes_no_sense_are_judged_together(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        stumble_at(bench, "sellos")
        with structlog.testing.capture_logs():
            await bench.ask(Remember(ANA.person_id, "Colecciona sellos"))
            await bench.passes(LONG)
        before = len(bench.model.asked("classification"))
        hold = bench.model.hold("classification")
        for content in ("Cría canarios", "Pinta cuadros", "Toca el piano"):
            await bench.ask(Remember(ANA.person_id, content))
        hold.released.set()
        await bench.passes(LONG)
        first, *others = bench.model.asked("classification")[before:]
        assert first == ["Cría canarios"]
        assert [sorted(asked) for asked in others] == [["Pinta cuadros", "Toca el piano"]]


async def test_turn_that_is_learned_from_in_the_end_is_not_counted_as_senseless_any_more(
    autojump_clock: MockClock,
) -> None:
    async with who_learns_of_lugo() as bench:
        bench.model.nonsense["extraction"] = ""
        await bench.learns(LUGO)
        bench.model.nonsense.clear()
        await bench.passes(LONG)
        assert bench.known() == [("Vive en Lugo", 6)]
        assert not bench.actor._learner._vain


async def test_turn_of_which_the_model_never_makes_sense_is_given_up(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        bench.model.nonsense["extraction"] = ""
        await bench.hears(LUGO)
        await bench.passes(MOST_VAIN * LONGEST_PAUSE_S)
        assert len(bench.model.asked()) == MOST_VAIN
        details = bench.actor.details()
        assert (details["given_up"], details["unlearned"]) == (1, 0)
        (row,) = bench.store.interactions(ANA.person_id)
        assert row.considered


async def test_model_that_cannot_be_asked_has_no_turn_given_up(autojump_clock: MockClock) -> None:
    async with who_learns_of_lugo() as bench:
        bench.model.failure = BrainUnavailable()
        await bench.hears(LUGO)
        await bench.passes(2 * MOST_VAIN * LONGEST_PAUSE_S)
        assert len(bench.model.asked()) > MOST_VAIN
        bench.model.failure = None
        await bench.passes(LONGEST_PAUSE_S)
        assert bench.known() == [("Vive en Lugo", 6)]


async def test_turns_of_which_the_model_makes_no_sense_together_are_asked_about_alone(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        bench.model.finds("tengo un gato", "Tiene un gato")
        bench.model.finds("vivo en Lugo", "")  # an answer without a sentence is none
        await bench.hears(LUGO, heard("tengo un gato", "r2"))
        await bench.passes(MOST_VAIN * LONGEST_PAUSE_S)
        assert bench.model.asked()[:2] == [["vivo en Lugo", "tengo un gato"], ["vivo en Lugo"]]
        assert bench.known() == [("Tiene un gato", 6)]
        rows = bench.store.interactions(ANA.person_id)
        assert [row.considered for row in rows] == [True, True]


@pytest.mark.parametrize("purpose", ["extraction", "classification"])
async def test_model_that_crashes_is_asked_again_later(
    purpose: Purpose, autojump_clock: MockClock
) -> None:
    async with who_learns_of_lugo() as bench:
        stumble_at(bench, "Lugo", purpose)
        with structlog.testing.capture_logs() as logs:
            await bench.learns(LUGO)
        assert bench.memories() == ()
        assert "Lugo" not in repr([entry for entry in logs if entry["event"] == "learning_crashed"])
        bench.model.before_answer = lambda _: None
        await bench.passes(LONG)
        assert bench.known() == [("Vive en Lugo", 6)]


def stumble_at(bench: MemoryBench, words: str, at: Purpose = "classification") -> None:
    """Let the model crash at every question of a kind that holds those words."""

    def crash(purpose: Purpose) -> None:
        if purpose == at and words in bench.model.requests[-1].utterance.text:
            raise ZeroDivisionError

    bench.model.before_answer = crash


# ── what is told on purpose ───────────────────────────────────────────────────────────────


async def test_what_is_told_on_purpose_is_kept_before_the_model_is_asked(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        bench.model.failure = BrainUnavailable()
        await bench.tell(heard("recuerda", asked="colecciono sellos"))
        (memory,) = bench.memories()
        assert (memory.content, memory.importance, memory.checked) == (
            "colecciono sellos",
            PINNED,
            False,
        )
        assert (memory.session_id, memory.request_id) == ("s", "r1")


async def test_what_is_told_on_purpose_and_private_by_rule_is_not_kept(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        await bench.tell(heard("recuerda", asked="mi pin es 4821"))
        await bench.passes(QUIET_S + 1)
        assert bench.memories() == ()


async def test_what_is_told_on_purpose_is_judged_with_whom_it_is_about(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        await bench.ask(Remember(ANA.person_id, "Colecciona sellos", subject="Noa"))
        await bench.passes(1)
        ((asked,),) = bench.model.asked("classification")
        assert asked.casefold() == "noa: colecciona sellos"


async def test_what_was_found_is_judged_with_whom_it_is_about(autojump_clock: MockClock) -> None:
    async with at_work() as bench:
        bench.model.finds("Noa colecciona sellos", "Colecciona sellos", subject="Noa")
        bench.model.private["noa: Colecciona sellos"] = "confidence"
        await bench.learns(heard("Noa colecciona sellos"))
        assert bench.memories() == ()
        assert bench.actor.details()["private_confidence"] == 1


async def test_what_is_told_on_purpose_stays_if_the_model_finds_it_harmless(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        await bench.ask(Remember(ANA.person_id, "Colecciona sellos"))
        await bench.passes(1)
        assert [(each.content, each.checked) for each in bench.memories()] == [
            ("Colecciona sellos", True)
        ]
        assert bench.model.asked("classification") == [["Colecciona sellos"]]


async def test_what_is_told_on_purpose_goes_if_the_model_finds_it_private(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        bench.model.failure = BrainUnavailable()
        bench.model.private["colecciono sellos"] = "confidence"
        await bench.hears(heard("recuerda que colecciono sellos", asked="colecciono sellos"))
        assert len(bench.memories()) == 1
        bench.model.failure = None
        await bench.passes(LONG)
        assert bench.memories() == ()
        assert bench.store.history_of(ANA.person_id) == ()
        hushed = [news for news in bench.told_sessions if news == Hushed("s", "r1")]
        assert len(hushed) == 2  # when it is known, and when it is gone
        assert bench.actor.details()["private_confidence"] == 1


async def test_what_two_people_told_on_purpose_is_never_in_one_question(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        bench.model.failure = BrainUnavailable()
        for number in range(3):
            await bench.ask(Remember(ANA.person_id, f"Colecciona sellos {number}"))
            await bench.ask(Remember(LUIS.person_id, f"Pinta cuadros {number}"))
        bench.model.failure = None
        bench.model.requests.clear()
        await bench.passes(LONG)
        asked = bench.model.asked("classification")
        people = [{content.split()[0] for content in some} for some in asked]
        assert people in ([{"Colecciona"}, {"Pinta"}], [{"Pinta"}, {"Colecciona"}])
        assert sum(map(len, asked)) == 6


# ── forgetting, whatever is under way ─────────────────────────────────────────────────────

ERASURES: dict[str, Forget | ForgetAbout] = {
    "person": Forget(ErasePerson(ANA.person_id, NOW)),
    "everything": Forget(EraseEverythingRemembered(ANA.person_id)),
    "turn": Forget(EraseTurns(ANA.person_id, "s", ("r1",))),
    "words": ForgetAbout(ANA.person_id, "Lugo"),
}
each_erasure = pytest.mark.parametrize("question", ERASURES.values(), ids=ERASURES)


async def assert_nothing_comes_back(bench: MemoryBench) -> None:
    """Let all the time pass, in which the model is not asked about it either."""
    asked = len(bench.model.requests)
    await bench.passes(LONG)
    assert [each for each, _ in bench.known() if "Lugo" in each] == []
    assert [row for row in bench.store.history_of(ANA.person_id) if "Lugo" in row.content] == []
    told = [row.summary or "" for row in bench.store.interactions(ANA.person_id)]
    assert not any("Lugo" in summary for summary in told)
    later = [request.utterance.text for request in bench.model.requests[asked:]]
    assert not any("Lugo" in text for text in later)


@each_erasure
async def test_forgotten_before_it_is_asked_about_does_not_come_back(
    question: Forget | ForgetAbout, autojump_clock: MockClock
) -> None:
    async with who_learns_of_lugo() as bench:
        await bench.hears(LUGO)
        removed = await bench.ask(question)
        assert removed.queued == 1
        await assert_nothing_comes_back(bench)
        assert bench.model.requests == []


@each_erasure
@pytest.mark.parametrize("purpose", ["extraction", "classification"])
async def test_forgotten_while_the_model_is_asked_does_not_come_back(
    purpose: Purpose, question: Forget | ForgetAbout, autojump_clock: MockClock
) -> None:
    async with who_learns_of_lugo() as bench:
        hold = bench.model.hold(purpose)
        await bench.learns(LUGO)
        assert hold.asked.is_set()
        removed = await bench.ask(question)
        assert removed.queued == 1
        hold.released.set()
        await assert_nothing_comes_back(bench)


@each_erasure
@pytest.mark.parametrize("purpose", ["extraction", "classification"])
async def test_forgotten_in_the_instant_of_the_answer_does_not_come_back(
    purpose: Purpose, question: Forget | ForgetAbout, autojump_clock: MockClock
) -> None:
    async with who_learns_of_lugo() as bench:
        owed: Ask[Removed] = Ask(question)

        def forget(answering: Purpose) -> None:
            if answering == purpose:
                bench.model.before_answer = lambda _: None
                bench.actor._take(owed, bench.nursery)

        bench.model.before_answer = forget
        await bench.learns(LUGO)
        assert (await owed.answer()).queued == 1
        await assert_nothing_comes_back(bench)


@each_erasure
async def test_forgotten_between_the_answer_and_the_keeping_does_not_come_back(
    question: Forget | ForgetAbout, autojump_clock: MockClock
) -> None:
    async with who_learns_of_lugo() as bench:
        await bench.hears(LUGO)
        bench.store.stuck = True
        await bench.tell(Named(LUIS.person_id, "Luis"))
        await bench.passes(QUIET_S + 1)
        assert bench.actor.details()["backlog"] == 1
        await forgotten_later(bench, question)
        await assert_nothing_comes_back(bench)


@each_erasure
async def test_forgotten_during_the_commit_does_not_come_back(
    question: Forget | ForgetAbout, autojump_clock: MockClock
) -> None:
    async with who_learns_of_lugo() as bench:
        await bench.hears(LUGO)
        bench.store.stuck = True
        await bench.passes(QUIET_S + 1)
        assert bench.actor.details()["backlog"] == 0
        assert len(bench.model.requests) == 2
        await forgotten_later(bench, question)
        await assert_nothing_comes_back(bench)


@each_erasure
async def test_forgotten_before_the_memory_hears_of_the_turn_does_not_come_back(
    question: Forget | ForgetAbout, autojump_clock: MockClock
) -> None:
    async with who_learns_of_lugo() as bench:
        turn = evolve(LUGO, asked="vivo en Lugo")
        bench.store.write(rows_of(turn))
        owed: Ask[Removed] = Ask(question)
        bench.mailbox.put_nowait(turn)
        bench.mailbox.put_urgent(owed)
        await owed.answer()
        await assert_nothing_comes_back(bench)
        assert bench.model.requests == []


@each_erasure
async def test_forgotten_before_the_memory_hears_of_the_name_does_not_come_back(
    question: Forget | ForgetAbout, autojump_clock: MockClock
) -> None:
    """Who tells a name and has it forgotten: the wish overtakes the turn and the name."""
    async with who_learns_of_lugo() as bench:
        turn = evolve(LUGO, asked="vivo en Lugo")
        bench.store.write(rows_of(turn))  # under the name by now
        owed: Ask[Removed] = Ask(question)
        bench.mailbox.put_nowait(evolve(turn, person_id=STRANGER))
        bench.mailbox.put_nowait(Became(STRANGER, ANA.person_id))
        bench.mailbox.put_urgent(owed)
        await owed.answer()
        await assert_nothing_comes_back(bench)
        assert bench.model.requests == []


@each_erasure
async def test_forgotten_before_the_memory_hears_of_the_name_only_does_not_come_back(
    question: Forget | ForgetAbout, autojump_clock: MockClock
) -> None:
    async with who_learns_of_lugo() as bench:
        await bench.tell(evolve(LUGO, person_id=STRANGER, asked="vivo en Lugo"))
        await bench.ask(question)
        await bench.tell(Became(STRANGER, ANA.person_id))
        await assert_nothing_comes_back(bench)
        assert bench.model.requests == []


@each_erasure
async def test_forgotten_while_the_store_is_asked_for_old_turns_does_not_come_back(
    question: Forget | ForgetAbout, autojump_clock: MockClock
) -> None:
    store = known_store()
    store.write(rows_of(LUGO))
    store.deaf = True
    async with at_work(store) as bench:
        owed: Ask[Removed] = Ask(question)
        store.after_unconsidered = lambda: bench.actor._take(owed, bench.nursery)
        store.deaf = False
        await owed.answer()
        await assert_nothing_comes_back(bench)
        assert bench.model.requests == []


async def forgotten_later(bench: MemoryBench, question: Forget | ForgetAbout) -> None:
    """Have it forgotten by a store that is stuck for some time yet."""
    owed: Ask[Removed] = Ask(question)
    bench.mailbox.put_urgent(owed)
    await bench.passes(1)
    bench.store.stuck = False
    await owed.answer()


async def test_memory_forgotten_while_another_turn_says_the_same_does_not_come_back(
    autojump_clock: MockClock,
) -> None:
    async with who_learns_of_lugo() as bench:
        kept = await bench.ask(Remember(ANA.person_id, "Vive en Lugo"))
        await bench.hears(LUGO)
        bench.files.stuck = True  # so that the model answers before the memory is erased
        owed: Ask[Removed] = Ask(Forget(EraseMemory(ANA.person_id, (kept.memory_id,))))
        await bench.passes(QUIET_S - 1)
        bench.mailbox.put_urgent(owed)
        await bench.passes(3)
        assert bench.model.asked() == [["vivo en Lugo"]]
        assert (await owed.answer()).queued == 1
        await assert_nothing_comes_back(bench)


@each_erasure
async def test_other_turns_of_the_question_are_learned_from_all_the_same(
    question: Forget | ForgetAbout, autojump_clock: MockClock
) -> None:
    async with who_learns_of_lugo() as bench:
        bench.model.finds("tengo un gato", "Tiene un gato")
        hold = bench.model.hold("extraction")
        await bench.learns(LUGO, heard("tengo un gato", "r2"))
        await bench.ask(question)
        hold.released.set()
        await assert_nothing_comes_back(bench)
        spared = question in (ERASURES["turn"], ERASURES["words"])
        assert [content for content, _ in bench.known()] == ["Tiene un gato"] * spared


async def test_question_about_one_person_goes_on_while_another_is_forgotten(
    autojump_clock: MockClock,
) -> None:
    async with who_learns_of_lugo() as bench:
        hold = bench.model.hold("extraction")
        await bench.learns(LUGO)
        await bench.ask(Forget(ErasePerson(LUIS.person_id, NOW)))
        hold.released.set()
        await bench.passes(1)
        assert bench.known() == [("Vive en Lugo", 6)]
        assert len(bench.model.asked()) == 1


async def test_what_is_said_again_after_it_was_forgotten_is_learned_again(
    autojump_clock: MockClock,
) -> None:
    async with who_learns_of_lugo() as bench:
        await bench.hears(LUGO)
        await bench.ask(ForgetAbout(ANA.person_id, "Lugo"))
        bench.now += 60
        await bench.learns(evolve(LUGO, request_id="r2", at=bench.now))
        assert bench.known() == [("Vive en Lugo", 6)]
