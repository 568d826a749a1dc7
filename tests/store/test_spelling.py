"""Spelling: which words a misspelt one may have been meant for, and how far is too far."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robi.people.words import fold
from robi.store import spelling
from robi.store.roots import root
from robi.store.spelling import initials, lengths, mistakes, near

LETTERS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=spelling.SHORTEST, max_size=12)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("eclixpse", "eclipse"),
        ("eclise", "eclipse"),
        ("eclipze", "eclipse"),
        ("elcipse", "eclipse"),
        ("celipse", "eclipse"),
        ("selula", "célula"),
        ("jirafas", "girafa"),
        ("fotocintesis", "fotosíntesis"),
        ("photosynthesis", "fotosíntesis"),
        ("crystal", "cristal"),
        ("vanilla", "vainilla"),
        ("atmosphere", "atmósfera"),
        ("volcano", "volcán"),
    ],
)
def test_word_with_a_mistake_is_near_what_was_meant(written: str, meant: str) -> None:
    wanted = root(fold(meant))
    assert wanted in near(root(written), [wanted, "otr", "x"])


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("roca", "rosa"),
        ("lunes", "tunes"),
        ("planeta", "plumeta"),
        ("croqueta", "raqueta"),
        ("1841000", "1842000"),
        ("gravedad", "gravilla"),
    ],
)
def test_word_that_is_another_is_not_near(written: str, other: str) -> None:
    assert near(root(written), [root(other)]) == {}


def test_nearer_of_two_words_takes_fewer_mistakes() -> None:
    found = near("constelac", ["constelac", "constelas", "constlas", "consttta"])
    assert found == {"constelac": 0, "constelas": 1, "constlas": 2}


def test_words_that_are_near_are_no_more_than_the_bound_and_the_nearest() -> None:
    far = [f"constel{a}{b}" for a in "bdfghjkm" for b in "bdfghjkm"]
    found = near("constelac", [*far, "constelan"])
    assert len(found) == spelling.NEIGHBOURS
    assert list(found)[:2] == ["constelan", "constelbb"]


@given(LETTERS, LETTERS)
def test_what_is_near_begins_and_is_as_long_as_is_looked_for(written: str, other: str) -> None:
    shortest, longest = lengths(written)
    for word in near(written, [other, written[:-1], written[1:], f"{written}s"]):
        assert word[0] in initials(written)
        assert shortest <= len(word) <= longest


@given(LETTERS, st.data())
def test_one_letter_wrong_after_the_first_is_always_near(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(word) - 1))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    assert near(word[:at] + letter + word[at + 1 :], [word])[word] <= 1


def test_short_words_and_numbers_have_no_mistakes() -> None:
    assert [mistakes(each) for each in ("mar", "luna", "18410000", "lunar", "estrella")] == [
        0, 0, 0, 1, 2,
    ]  # fmt: skip
