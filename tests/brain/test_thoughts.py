"""Thoughts among the words of a model: taken out at the beginning, any split gives the same."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robi.brain.thoughts import Thoughts


def said(*texts: str) -> str:
    thoughts = Thoughts()
    return "".join(map(thoughts.feed, texts)) + thoughts.close()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hola", "hola"),
        ("", ""),
        ("<think>hm</think>\n\nhola", "hola"),
        ("\n<think>\nhm\n</think>hola", "hola"),
        ("<think></think>hola", "hola"),
        ("<think>hm", ""),
        ("<think>hm</thin", ""),
        ("<think>a < b</think>hola <think>x</think>", "hola <think>x</think>"),
        ("hola <think>x</think>", "hola <think>x</think>"),
        ("<thinker> hola", "<thinker> hola"),
        ("<th", "<th"),
        ("  hola", "  hola"),
    ],
)
def test_thoughts_are_not_said(text: str, words: str) -> None:
    assert said(text) == words


@given(
    text=st.lists(
        st.sampled_from(["<think>", "</think>", "<", "think", ">", "/", "\n", "a", "ñ "]),
        max_size=8,
    ).map("".join),
    places=st.lists(st.integers(0, 40), max_size=6),
)
def test_thoughts_split_anywhere_give_the_same(text: str, places: list[int]) -> None:
    cuts = [0, *sorted(place for place in places if place <= len(text)), len(text)]
    pieces = [text[a:b] for a, b in pairwise(cuts)]
    assert said(*pieces) == said(text)


@pytest.mark.parametrize("place", range(26))
def test_thoughts_cut_in_two_anywhere_are_not_said(place: int) -> None:
    text = "\n<think>hm</think>\n\nhola"
    assert said(text[:place], text[place:]) == "hola"


def test_thoughts_end_and_gap_split_apart_are_not_said() -> None:
    assert said("<think>hm</think>", "\n", "\nhola\n") == "hola\n"


def test_words_after_the_start_are_held_back_no_longer() -> None:
    thoughts = Thoughts()
    assert [thoughts.feed(text) for text in ("ho", "la", " <")] == ["ho", "la", " <"]
