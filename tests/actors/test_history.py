"""The history: what was heard of an answer, and how the older part of it is folded."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robi.actors.history import KEPT, Entry, Fold, History
from robi.speech.scene import Said

ANA = "user_ana"
LUIS = "user_luis"
STRANGER = "stranger:1"
SUMMARY = "Hablaron."


def talk(history: History, person_id: str, turns: int) -> None:
    for _ in range(turns):
        n = history.next_index
        history.append(person_id, f"r{n}", [Said("person", f"p{n}"), Said("robot", f"r{n}")])


def talked(turns: int) -> History:
    history = History()
    talk(history, ANA, turns)
    return history


def due(history: History, person_id: str = ANA, threshold: int = 6) -> Fold:
    fold = history.due(person_id, threshold)
    assert fold is not None
    return fold


def test_index_of_what_was_removed_is_given_to_nothing_else() -> None:
    history = History()
    history.append("user_ana", "r1", [Said("person", "uno"), Said("robot", "Uno")])
    history.shorten("r1", "")
    assert history.next_index == 2


def test_fold_is_due_from_the_threshold_on() -> None:
    assert talked(9).due(ANA, 20) is None
    assert talked(10).due(ANA, 20) is not None


def test_fold_is_all_but_the_newest_five() -> None:
    assert [entry.index for entry in due(talked(10), threshold=20).entries] == list(range(15))


def test_fold_of_one_person_has_nothing_of_another() -> None:
    history = History()
    for _ in range(5):
        talk(history, ANA, 1)
        talk(history, LUIS, 1)
    assert {entry.person_id for entry in due(history).entries} == {ANA}
    assert history.due(ANA, 11) is None


def test_fold_applied_puts_one_entry_in_the_place_of_many() -> None:
    history = talked(10)
    entry = history.apply(due(history), SUMMARY)
    assert entry == Entry(14, ANA, Said("robot", SUMMARY), compacted=True)
    assert [kept.index for kept in history.entries] == [14, 15, 16, 17, 18, 19]
    assert history.next_index == 20


def test_fold_applied_is_shown_as_earlier_and_not_as_said() -> None:
    history = talked(10)
    history.apply(due(history), SUMMARY)
    assert history.earlier(ANA) == SUMMARY
    assert [said.text for said in history.seen_by(ANA)] == ["r14", "p16", "r16", "p18", "r18"]
    assert history.earlier(LUIS) is None


def test_fold_applied_twice_changes_nothing_the_second_time() -> None:
    history = talked(10)
    fold = due(history)
    history.apply(fold, SUMMARY)
    before = list(history.entries)
    assert history.apply(fold, "otra vez") is None
    assert history.entries == before


def test_fold_whose_entry_was_shortened_is_dropped() -> None:
    history = talked(3)
    fold = Fold(tuple(history.entries))
    history.shorten("r4", "r")
    before = list(history.entries)
    assert history.apply(fold, SUMMARY) is None
    assert history.entries == before


def test_fold_of_a_stranger_who_got_a_name_is_dropped_and_due_again() -> None:
    history = History()
    talk(history, STRANGER, 4)
    fold = due(history, STRANGER)
    history.name_stranger(STRANGER, ANA)
    assert history.apply(fold, SUMMARY) is None
    assert due(history, ANA).messages == fold.messages


def test_fold_is_due_again_with_the_summary_as_earlier() -> None:
    history = talked(10)
    history.apply(due(history, threshold=20), SUMMARY)
    talk(history, ANA, 7)
    assert history.due(ANA, 20) is None, "a summary is no message"
    talk(history, ANA, 1)
    again = due(history, threshold=20)
    assert again.earlier == SUMMARY
    assert len(again.messages) == 5 + 16 - KEPT
    history.apply(again, "Hablaron más.")
    assert history.earlier(ANA) == "Hablaron más."


def test_summaries_of_a_stranger_and_of_who_it_turned_out_to_be_are_told_in_order() -> None:
    history = talked(5)
    history.apply(due(history), "Ana saludó.")
    talk(history, STRANGER, 5)
    history.apply(due(history, STRANGER), "Alguien dijo su nombre.")
    history.name_stranger(STRANGER, ANA)
    assert history.earlier(ANA) == "Ana saludó. Alguien dijo su nombre."
    assert len(history.seen_by(ANA)) == 2 * KEPT


def test_answer_shortened_is_what_was_heard_and_cut_off() -> None:
    history = talked(2)
    entry = history.shorten("r2", "r")
    assert entry == Entry(3, ANA, Said("robot", "r", cut_off=True), "r2")
    assert history.entries[-1] == entry


def test_answer_shortened_to_nothing_is_no_part_of_the_history() -> None:
    history = talked(2)
    entry = history.shorten("r2", "")
    assert entry == Entry(3, ANA, Said("robot", "", cut_off=True), "r2")  # for the keeper
    assert [said.text for said in history.seen_by(ANA)] == ["p0", "r0", "p2"]


def test_answer_before_one_shortened_to_nothing_is_left_alone_by_its_id() -> None:
    history = talked(2)
    history.shorten("r2", "")
    before = list(history.entries)
    assert history.shorten("r2", "") is None
    assert history.entries == before


@pytest.mark.parametrize(("request_id", "heard"), [("r0", "r"), ("r2", "r2"), ("r2", "r2 more")])
def test_answer_that_is_older_or_was_heard_whole_is_not_shortened(
    request_id: str, heard: str
) -> None:
    history = talked(2)
    before = list(history.entries)
    assert history.shorten(request_id, heard) is None
    assert history.entries == before


def test_summary_is_never_shortened_as_an_answer() -> None:
    history = talked(3)
    history.apply(Fold(tuple(history.entries)), SUMMARY)
    assert history.shorten("", "H") is None


@given(
    speakers=st.lists(st.sampled_from([ANA, LUIS, STRANGER]), max_size=40),
    meanwhile=st.lists(st.sampled_from([ANA, LUIS, STRANGER]), max_size=10),
    threshold=st.integers(6, 30),
)
def test_fold_applied_after_whatever_was_said_meanwhile_loses_nothing_else(
    speakers: list[str], meanwhile: list[str], threshold: int
) -> None:
    history = History()
    for speaker in speakers:
        talk(history, speaker, 1)
    fold = history.due(ANA, threshold)
    for speaker in meanwhile:
        talk(history, speaker, 1)
    before = list(history.entries)
    if fold is None:
        assert len(history.seen_by(ANA)) < threshold + 2 * len(meanwhile)
        return
    entry = history.apply(fold, SUMMARY)
    assert entry is not None
    assert history.entries == sorted(
        [*(kept for kept in before if kept not in fold.entries), entry],
        key=lambda kept: kept.index,
    )
    assert len(history.seen_by(ANA)) >= KEPT


# ── forgetting ────────────────────────────────────────────────────────────────────────────


def of_turn(request_id: str) -> Callable[[Entry], bool]:
    return lambda entry: entry.request_id == request_id


def saying(text: str) -> Callable[[Entry], bool]:
    return lambda entry: text in entry.said.text


def texts(history: History) -> list[str]:
    return [entry.said.text for entry in history.entries]


def test_turn_is_forgotten_whole_if_one_entry_of_it_is_concerned() -> None:
    history = talked(3)
    assert history.forget(saying("p2")) == {"r2"}
    assert texts(history) == ["p0", "r0", "p4", "r4"]


def test_turn_of_another_person_with_the_same_id_is_not_forgotten() -> None:
    history = History()
    for person_id in (ANA, LUIS):
        history.append(person_id, "same", [Said("person", person_id)])
    history.forget(lambda entry: entry.person_id == ANA)
    assert texts(history) == [LUIS]


def test_index_of_what_was_forgotten_is_given_to_nothing_else() -> None:
    history = talked(2)
    history.forget(of_turn("r2"))
    assert history.next_index == 4


def test_summaries_of_one_person_are_forgotten_and_those_of_another_are_not() -> None:
    history = talked(5)
    history.apply(due(history), SUMMARY)
    talk(history, LUIS, 5)
    history.apply(due(history, LUIS), "Luis saludó.")
    assert history.forget(of_turn("none"), summaries_of=ANA) == frozenset()
    assert (history.earlier(ANA), history.earlier(LUIS)) == (None, "Luis saludó.")
    assert len(history.seen_by(ANA)) == KEPT


def test_summary_that_is_concerned_is_forgotten() -> None:
    history = talked(5)
    history.apply(due(history), SUMMARY)
    history.forget(saying(SUMMARY))
    assert history.earlier(ANA) is None


def test_fold_of_which_something_was_forgotten_is_dropped() -> None:
    history = talked(5)
    fold = due(history)
    history.forget(of_turn("r0"))
    assert history.apply(fold, SUMMARY) is None


def test_newest_turn_of_a_person_is_found_among_those_of_others() -> None:
    history = talked(2)
    talk(history, LUIS, 1)
    assert (history.last_turn_of(ANA), history.last_turn_of(LUIS)) == ("r2", "r4")
    assert history.last_turn_of(ANA, but="r2") == "r0"
    assert history.last_turn_of(STRANGER) is None


def test_newest_turn_is_none_that_was_folded_away() -> None:
    history = talked(2)
    history.apply(Fold(tuple(history.entries)), SUMMARY)
    assert history.last_turn_of(ANA) is None
    assert not history.holds_turn("r2")


def test_what_was_said_before_is_two_messages_of_the_same_person() -> None:
    history = talked(1)
    talk(history, LUIS, 1)
    assert history.before(ANA, history.next_index) == "p0\nr0"
    assert history.before(ANA, 1) == "p0"
    assert history.before(ANA, 0) == ""


def test_what_was_said_before_is_what_was_said_last() -> None:
    assert talked(2).before(ANA, 4) == "p2\nr2"


def test_what_was_said_before_is_no_summary() -> None:
    history = talked(2)
    history.apply(Fold(tuple(history.entries)), SUMMARY)
    assert history.before(ANA, history.next_index) == ""


# ── what is private ───────────────────────────────────────────────────────────────────────


def privates(history: History) -> list[str]:
    return [entry.said.text for entry in history.entries if entry.private]


def test_turn_that_is_hushed_is_private_and_no_other_is() -> None:
    history = talked(3)
    history.hush("r2")
    assert privates(history) == ["p2", "r2"]


def test_turn_that_is_hushed_is_private_shortened_too() -> None:
    history = talked(1)
    history.hush("r0")
    entry = history.shorten("r0", "r")
    assert entry is not None
    assert entry.private


def test_summary_of_something_private_is_private() -> None:
    history = talked(5)
    history.hush("r0")
    entry = history.apply(due(history), SUMMARY)
    assert entry is not None
    assert entry.private


def test_summary_of_nothing_private_is_none() -> None:
    history = talked(5)
    history.hush("r8")
    entry = history.apply(due(history), SUMMARY)
    assert entry is not None
    assert not entry.private


def test_turn_that_is_hushed_after_it_was_folded_away_leaves_the_summary_private() -> None:
    history = talked(5)
    history.apply(due(history), SUMMARY)
    history.hush("r0")
    assert privates(history) == [SUMMARY]


def test_answer_alone_is_hushed_where_only_that_is_private() -> None:
    history = talked(2)
    history.hush("r2", role="robot")
    assert privates(history) == ["r2"]


def test_person_has_something_private_as_long_as_it_is_told_here() -> None:
    history = talked(2)
    talk(history, LUIS, 1)
    assert not history.has_private(ANA)
    history.hush("r0")
    assert (history.has_private(ANA), history.has_private(LUIS)) == (True, False)
    history.forget(lambda entry: entry.request_id == "r0")
    assert not history.has_private(ANA)


def test_newest_are_seen_from_a_question_of_the_person_on() -> None:
    history = talked(5)
    assert [said.text for said in history.seen_by(ANA, 4)] == ["p6", "r6", "p8", "r8"]
    assert [said.text for said in history.seen_by(ANA, 3)] == ["p8", "r8"]
    assert [said.text for said in history.seen_by(ANA, 1)] == []
    assert history.seen_by(ANA, 0) == ()
    assert len(history.seen_by(ANA, 99)) == len(history.seen_by(ANA)) == 10


def test_newest_are_kept_and_indexes_go_on() -> None:
    history = talked(5)
    history.keep_newest(3)
    assert [entry.index for entry in history.entries] == [7, 8, 9]
    history.keep_newest(0)
    assert history.next_index == 10
