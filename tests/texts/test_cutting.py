"""Where a text is cut: nothing is lost, nothing is too long, and ends are where sentences end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robi.errors import FileTooLarge
from robi.texts.base import MAX_CUT, MAX_CUTS, Cut
from robi.texts.cutting import cut
from robi.texts.document import Block, Document, Section

SENTENCE = "La roca que sale del volcán se llama ígnea."


def of(*blocks: Block, heading: tuple[str, ...] = ("Rocas",)) -> Document:
    return Document("El libro", (Section(heading, "rocas", blocks),))


def test_small_neighbours_under_a_heading_go_together() -> None:
    assert cut(of(Block("Son duras."), Block("- una\n- dos", lines=True), Block("Fin."))) == (
        Cut(("Rocas",), "rocas", "¶ 1\u20133", "Son duras.\n\n- una\n- dos\n\nFin."),
    )


def test_passages_never_cross_a_heading_and_a_heading_alone_is_none() -> None:
    sections = (
        Section(("A",), "a", (Block("uno"),)),
        Section(("B",), "b"),
        Section(("B", "C"), "c", (Block("dos"),)),
    )
    assert cut(Document("", sections)) == (
        Cut(("A",), "a", "¶ 1", "uno"),
        Cut(("B", "C"), "c", "¶ 2", "dos"),
    )


def test_paragraph_too_long_is_divided_where_sentences_end() -> None:
    found = cut(of(Block(" ".join([SENTENCE] * 60))))
    assert len(found) > 1
    assert all(each.words.startswith("La roca") and each.words.endswith("ígnea.") for each in found)
    assert {each.place for each in found} == {"¶ 1"}


@pytest.mark.parametrize("short", ["Sr.", "p.", "fig.", "J.", "e.g."])
def test_abbreviation_ends_no_sentence(short: str) -> None:
    words = f"Según el {short} Pérez es así. "
    found = cut(of(Block((words * 9).strip())), 45)
    assert [each.words for each in found] == [words.strip()] * 9


def test_list_too_long_is_divided_between_its_lines() -> None:
    line = "- " + "piedra " * 20
    found = cut(of(Block("\n".join([line.strip()] * 30), lines=True)))
    assert all(part == line.strip() for each in found for part in each.words.split("\n"))


def test_line_without_a_sentence_is_divided_between_words() -> None:
    found = cut(of(Block("piedra " * 400)))
    assert {word for each in found for word in each.words.split()} == {"piedra"}


def test_word_longer_than_a_passage_is_cut_through() -> None:
    found = cut(of(Block("a" * (2 * MAX_CUT + 1))))
    assert [len(each.words) for each in found] == [MAX_CUT, MAX_CUT, 1]


def test_place_is_the_page_or_the_paragraph_at_which_it_begins() -> None:
    blocks = [Block(SENTENCE, page=3), Block(SENTENCE, page=4)]
    assert [each.place for each in cut(of(*blocks), 60)] == ["p. 3", "p. 4"]
    blocks = [Block(SENTENCE), Block(SENTENCE)]
    assert [each.place for each in cut(of(*blocks), 60)] == ["¶ 1", "¶ 2"]


def test_short_pages_are_passages_of_their_own() -> None:
    blocks = [Block(f"{SENTENCE} {page}", page=page) for page in (1, 1, 2, 5)]
    found = cut(of(*blocks))
    assert [each.place for each in found] == ["p. 1", "p. 2", "p. 5"]
    assert all(f" {each.place[3:]}" in each.words for each in found)


def test_place_of_several_paragraphs_is_from_which_to_which() -> None:
    sections = (
        Section(("A",), "a", (Block("uno"), Block("dos"))),
        Section(("B",), "b", (Block("tres"), Block("cuatro"), Block("cinco"))),
    )
    assert [each.place for each in cut(Document("", sections))] == ["¶ 1\u20132", "¶ 3\u20135"]


def test_more_passages_than_there_may_be_are_refused() -> None:
    with pytest.raises(FileTooLarge):
        cut(of(*[Block(SENTENCE)] * (MAX_CUTS + 1)), len(SENTENCE))


WORDS = st.text("aB.é¿ \n«»!)1", min_size=1, max_size=200).filter(lambda words: bool(words.strip()))


@st.composite
def documents(draw: st.DrawFn) -> Document:
    pages = st.none() | st.integers(1, 3)
    blocks = st.builds(Block, WORDS.map(str.strip), st.booleans(), pages)
    sections = st.builds(Section, st.just(()), st.just(""), st.lists(blocks, max_size=6).map(tuple))
    return Document("", tuple(draw(st.lists(sections, max_size=4))))


@given(documents(), st.integers(12, 400))
def test_every_letter_is_in_exactly_one_passage_in_its_order(document: Document, most: int) -> None:
    found = cut(document, most)
    blocks = [block.words for section in document.sections for block in section.blocks]
    assert "".join("".join(each.words for each in found).split()) == "".join(
        "".join(blocks).split()
    )
    assert all(0 < len(each.words) <= most and each.words == each.words.strip() for each in found)


@given(documents())
def test_passage_is_on_the_page_of_each_of_its_words(document: Document) -> None:
    said = dict[str, list[str]]()
    for each in cut(document):
        said.setdefault(each.place, []).append(each.words)
    for section in document.sections:
        for block in section.blocks:
            if block.page is not None:
                on_page = "".join("".join(said[f"p. {block.page}"]).split())
                assert "".join(block.words.split()) in on_page


@given(documents())
def test_words_that_fit_are_never_cut_through(document: Document) -> None:
    blocks = " ".join(block.words for section in document.sections for block in section.blocks)
    found = " ".join(each.words for each in cut(document, 201))
    assert found.split() == blocks.split()
