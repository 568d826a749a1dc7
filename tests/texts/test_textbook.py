"""A whole textbook: it is as long as it should be, its labels are right, and what is found in it.

The figures are those of `measure_reading`, with a margin, so that a chapter may be mended. They are
of the retrieval alone: of a question that finds no evidence the model is not asked at all.
"""

import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from robi.store.base import Store
from robi.store.ram import RamStore
from robi.store.sqlite import SqliteStore
from tests.texts.measure_reading import (
    BOOK,
    PAGE,
    Question,
    absent,
    answered,
    chapters,
    loaded,
    misspelt,
    one_line,
    questions,
)


@pytest.fixture(scope="module")
def store() -> Store:
    store = RamStore()
    loaded(store)
    return store


def labelled(kind: str) -> Iterator[dict[str, Any]]:
    for path in sorted(BOOK.glob("questions-*.toml")):
        yield from tomllib.loads(path.read_text("utf-8"))[kind]


def test_book_has_a_hundred_pages_and_more(store: Store) -> None:
    assert sum(map(len, chapters().values())) > 100 * PAGE
    assert store.texts_count() == len(chapters()) > 10
    assert sum(text.characters for text in store.texts()) > 100 * PAGE


def test_questions_are_sixty_half_of_them_answered_and_a_quarter_absent() -> None:
    asked = {kind: len(list(labelled(kind))) for kind in ("answered", "selection", "absent")}
    assert asked == {"answered": 30, "selection": 15, "absent": 15}


def test_words_that_answer_a_question_stand_in_its_chapter_once() -> None:
    said = {name: one_line(text) for name, text in chapters().items()}
    for label in labelled("answered"):
        assert said[label["chapter"]].count(one_line(label["words"])) == 1, label["question"]


def test_selections_stand_in_their_chapters_and_hold_what_they_are_said_to() -> None:
    said = {name: one_line(text) for name, text in chapters().items()}
    for label in labelled("selection"):
        selection = one_line(label["selection"])
        assert selection in said[label["chapter"]], label["question"]
        assert label["holds"] == ("words" in label), label["question"]
        assert one_line(label.get("words", "")) in selection, label["question"]


def test_passages_are_found_for_most_questions_that_the_book_answers(store: Store) -> None:
    figures = answered(store, questions("answered"))
    assert figures.among >= 18
    assert figures.first >= 8
    assert figures.nothing <= 1


def test_passages_are_found_for_misspelt_questions_that_the_book_answers(store: Store) -> None:
    figures = answered(store, misspelt(questions("answered"), 1, seed=0))
    assert figures.among >= 11
    assert figures.nothing <= 3


def test_nothing_is_found_for_questions_that_have_no_word_of_the_book(store: Store) -> None:
    asked = ("What happened to the rubber ducks?", "¿Y unas croquetas con bechamel?")
    figures = absent(store, map(Question, asked))
    assert (figures.nothing, figures.missed) == (2, ())


def test_twins_find_the_same_in_it(store: Store, tmp_path: Path) -> None:
    asked = [*questions("answered"), *questions("absent")]
    asked += misspelt(asked, 1, seed=0) + misspelt(asked, 2, seed=0)
    with closing(SqliteStore(tmp_path / "book.db")) as sqlite:
        sqlite.open()
        loaded(sqlite)
        for each in asked:
            for text_id in (None, each.chapter or "06-la-luz"):
                found = sqlite.passages_like(text_id, (each.words,), 5)
                assert found == store.passages_like(text_id, (each.words,), 5), each.words


def test_question_in_the_words_of_the_book_finds_its_passage_first(store: Store) -> None:
    asked = questions("answered")
    own = [Question(each.quote, each.chapter, each.quote) for each in asked]
    figures = answered(store, own)
    assert (figures.nothing, figures.among) == (0, len(own))
    assert figures.first >= len(own) - 2
