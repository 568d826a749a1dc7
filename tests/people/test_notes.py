"""What of the model's notes is worth keeping."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robi.people.notes import MAX_CONTENT, MAX_NOTES, Note, key_of, strengthened, worth_keeping


@pytest.mark.parametrize("kind", ["fact", "preference", "event", "conversation"])
def test_note_of_a_known_kind_is_kept(kind: str) -> None:
    (note,) = worth_keeping([(kind, "vive en Lugo")])
    assert (note.kind, note.content) == (kind, "vive en Lugo")


@pytest.mark.parametrize("kind", ["", "secret", "facts", "password"])
def test_note_of_another_kind_is_none(kind: str) -> None:
    assert worth_keeping([(kind, "vive en Lugo")]) == ()


@pytest.mark.parametrize("content", ["", "  ", "\n\t", "\u200b"])
def test_note_that_says_nothing_is_none(content: str) -> None:
    assert worth_keeping([("fact", content)]) == ()


def test_note_is_one_line_without_space_around() -> None:
    assert worth_keeping([(" Fact ", "  vive\n en   Lugo ")]) == (Note("fact", "vive en Lugo"),)


def test_note_that_is_long_is_cut() -> None:
    (note,) = worth_keeping([("fact", "a" * 1000)])
    assert note.content == "a" * MAX_CONTENT


def test_notes_that_say_the_same_are_one() -> None:
    said = [("fact", "Vive en Lugo"), ("event", "vive  en LUGO ")]
    assert worth_keeping(said) == (Note("fact", "Vive en Lugo"),)


def test_notes_beyond_those_of_a_turn_are_left_out() -> None:
    assert len(worth_keeping(("fact", str(n)) for n in range(10))) == MAX_NOTES


def test_contents_that_differ_in_case_are_the_same() -> None:
    assert key_of("Le gusta la STRASSE") == key_of("le gusta la straße")


@pytest.mark.parametrize(("before", "after"), [(5, 6), (9, 10), (10, 10)])
def test_memory_heard_again_weighs_more_up_to_ten(before: int, after: int) -> None:
    assert strengthened(before) == after


@given(st.lists(st.tuples(st.text(), st.text())))
def test_notes_kept_are_bounded_whatever_the_model_writes(notes: list[tuple[str, str]]) -> None:
    for note in worth_keeping([("fact", content) for _, content in notes]):
        assert 0 < len(note.content) <= MAX_CONTENT
        assert note.content.split() == note.content.split(" ")
