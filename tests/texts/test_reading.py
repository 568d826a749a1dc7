"""A file of any kind to its passages."""

import pytest

from robi.errors import FileTooLarge, UnsupportedFileFormat
from robi.texts.base import KINDS, Kind, TextUnreadable
from robi.texts.reading import read
from tests.texts.books import epub, pdf

SAID = "La roca que sale del volcán se llama ígnea, y no hay otra así."
FILES: dict[Kind, bytes] = {
    "markdown": f"# Rocas\n\n{SAID}".encode(),
    "plain": SAID.encode(),
    "html": f"<html><h1>Rocas</h1><p>{SAID}</p>".encode(),
    "pdf": pdf([[(11.0, 700.0, SAID)]]),
    "epub": epub({"a.xhtml": f"<p>{SAID}</p>"}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_file_of_each_kind_is_read_to_its_passage(kind: Kind) -> None:
    found = read(FILES[kind], kind, "x")
    assert (found.kind, [cut.words for cut in found.cuts]) == (kind, [SAID])
    assert found.characters == len(SAID)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_file_is_read_to_the_same(kind: Kind) -> None:
    assert read(FILES[kind], None, "x.md") == read(FILES[kind], None, "x.md")


@pytest.mark.parametrize(
    ("data", "name", "title"),
    [
        (b"# Rocas\n\nhola", "x.md", "Rocas"),
        (b"hola", "las_rocas-duras.txt", "las rocas duras"),
        (b"CAPITULO 1\n\nhola", "", "CAPITULO 1"),
        (b"hola", "", "Untitled"),
    ],
)
def test_title_is_its_own_else_its_name_else_its_first_heading(
    data: bytes, name: str, title: str
) -> None:
    assert read(data, None, name).title == title


@pytest.mark.parametrize(
    ("data", "told", "wrong"),
    [
        (b"", "plain", TextUnreadable),
        (b" \n", "plain", TextUnreadable),
        (b"# Rocas", "markdown", TextUnreadable),
        (b"\x89PNG", None, UnsupportedFileFormat),
        (b"a " * 1_500_000, "plain", FileTooLarge),
    ],
)
def test_file_that_gives_no_text_says_why(data: bytes, told: str, wrong: type[Exception]) -> None:
    with pytest.raises(wrong) as refused:
        read(data, told, "x")
    assert refused.value.args[0]
