"""What every store does for readers: texts, the passages that are evidence, old conversations."""

import pytest
from attrs import evolve

from robi.store.base import (
    AddInteraction,
    AddText,
    AppendHistory,
    DropReaders,
    DropText,
    HistoryRow,
    InteractionRow,
    PassageRow,
    SaveSession,
    SessionRow,
    Store,
    TextRow,
)


def book(text_id: str, *words: str, heading: tuple[str, ...] = ("Los volcanes",)) -> AddText:
    row = TextRow(
        text_id, f"Libro {text_id}", "markdown", 99, "d", len(words), 50, 7.0, "https://b"
    )
    return AddText(
        row,
        tuple(
            PassageRow(text_id, at, heading, "a", f"¶ {at}", each) for at, each in enumerate(words)
        ),
    )


EARTH = book("tierra", "La lava sale del cráter.", "El magma sube despacio por la chimenea.")
SEA = book(
    "mar", "Las olas rompen.", "La marea sube con la Luna.", heading=("El mar", "Las mareas")
)


def found(store: Store, *words: str, text_id: str | None = None) -> list[str]:
    return [each.row.words for each in store.passages_like(text_id, words, 5)]


def test_text_is_read_back_by_its_id_and_among_all_in_pages(store: Store) -> None:
    store.write([EARTH, SEA])
    assert (store.text("mar"), store.text("cielo")) == (SEA.row, None)
    assert store.texts() == (SEA.row, EARTH.row)
    assert (store.texts(1, 1), store.texts_count()) == ((EARTH.row,), 2)


def test_passage_found_comes_whole_with_what_is_known_of_its_text(store: Store) -> None:
    store.write([SEA])
    (passage,) = store.passages_like("mar", ("¿Qué hace la Luna?",), 5)
    assert passage.row == SEA.passages[1]
    assert (passage.title, passage.url) == ("Libro mar", "https://b")
    assert passage.score > 0


def test_text_of_an_id_that_is_there_takes_its_place_with_all_that_it_had(store: Store) -> None:
    store.write([EARTH, SEA, AddText(evolve(EARTH.row, title="x"), EARTH.passages)])
    again = book("tierra", "El granizo cae.")
    store.write([again, again])
    assert store.text("tierra") == again.row
    assert found(store, "magma") == []
    assert found(store, "granizo") == ["El granizo cae."]
    assert found(store, "la luna") == ["La marea sube con la Luna."]


def test_text_dropped_is_gone_and_may_be_dropped_again(store: Store) -> None:
    store.write([EARTH, SEA, DropText("tierra"), DropText("tierra"), DropText("cielo")])
    assert store.texts() == (SEA.row,)
    assert found(store, "magma") == []
    store.write([EARTH])
    assert found(store, "magma") == ["El magma sube despacio por la chimenea."]


def test_passages_are_found_in_one_text_or_in_all(store: Store) -> None:
    store.write([EARTH, SEA])
    assert len(found(store, "sube")) == 2
    assert found(store, "sube", text_id="tierra") == ["El magma sube despacio por la chimenea."]
    assert found(store, "sube", text_id="cielo") == []


def test_passages_are_found_without_accents_and_by_their_roots(store: Store) -> None:
    store.write([EARTH])
    for asked in ("EL CRATER", "cráteres", "crater"):
        assert found(store, asked) == ["La lava sale del cráter."]


def test_heading_above_a_passage_finds_it_too(store: Store) -> None:
    store.write([SEA])
    assert found(store, "mareas y olas")[0] == "Las olas rompen."


def test_passage_that_has_no_word_of_the_question_is_no_evidence(store: Store) -> None:
    store.write([EARTH, SEA])
    assert found(store, "¿Cuánto cuestan los alquileres en Madrid?") == []
    assert found(store, "") == found(store, "¿Y por qué?") == []


def test_misspelt_word_finds_what_was_meant_in_the_texts_that_are_asked(store: Store) -> None:
    store.write([EARTH, SEA])
    assert found(store, "la chimnea") == found(store, "chimeena") == [EARTH.passages[1].words]
    assert found(store, "la chimnea", text_id="mar") == []


def test_word_that_stands_somewhere_is_taken_as_it_is_written(store: Store) -> None:
    store.write([book("a", "El granate brilla."), book("b", "El granito pesa.", "Granati.")])
    assert found(store, "granate", text_id="a") == ["El granate brilla."]
    assert found(store, "granito", text_id="b") == ["El granito pesa."]


def test_misspelt_word_does_not_find_what_is_gone(store: Store) -> None:
    store.write([book("a", "Una chimenea."), book("b", "Un crater.")])
    assert found(store, "chimnea") == ["Una chimenea."]
    store.write([DropText("a")])
    assert found(store, "chimnea") == []


def test_question_without_words_of_its_own_is_the_one_before(store: Store) -> None:
    store.write([EARTH, SEA])
    assert found(store, "¿Y por qué?", "¿Cómo es el magma?") == [EARTH.passages[1].words]


def test_question_before_decides_among_passages_that_are_as_good(store: Store) -> None:
    store.write([EARTH, SEA])
    assert found(store, "¿Y cuándo sube?", "la marea")[0] == SEA.passages[1].words
    assert found(store, "¿Y cuándo sube?", "el magma")[0] == EARTH.passages[1].words


def test_passages_are_at_most_as_many_as_asked_for(store: Store) -> None:
    store.write([book("olas", *(f"Una ola número {n}." for n in range(9)))])
    assert len(store.passages_like(None, ("ola",), 5)) == 5
    assert store.passages_like(None, ("ola",), 0) == ()


@pytest.mark.parametrize(
    ("row", "passages"),
    [
        (SEA.row, EARTH.passages),
        (EARTH.row, EARTH.passages[:1]),
        (EARTH.row, EARTH.passages[::-1]),
    ],
    ids=["of another", "too few", "out of order"],
)
def test_text_with_passages_that_are_not_its_own_makes_no_write(
    row: TextRow, passages: tuple[PassageRow, ...]
) -> None:
    with pytest.raises(ValueError, match="passages of a text"):
        AddText(row, passages)


def test_readers_not_seen_since_a_time_go_with_what_they_said(store: Store) -> None:
    turn = InteractionRow("", "r", "reader", "text", None, None, "answered", 1.0, None, 5)
    for name, at in (("chat_old", 100.0), ("chat_new", 900.0), ("chatter", 100.0)):
        store.write(
            [
                SaveSession(SessionRow(name, None, None, 1.0, at)),
                AppendHistory(HistoryRow(name, 0, "reader", "person", "hola", at)),
                AddInteraction(evolve(turn, session_id=name, created_at=at)),
            ]
        )
    store.write([AddInteraction(evolve(turn, session_id="chat_lost", created_at=200.0))])
    store.write([DropReaders(500.0)])
    names = ("chat_old", "chat_new", "chatter")
    assert [store.session(name) is not None for name in names] == [False, True, True]
    assert [len(store.history(name)) for name in names] == [0, 1, 1]
    assert [row.session_id for row in store.interactions("reader")] == ["chat_new", "chatter"]
