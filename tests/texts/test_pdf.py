"""PDFs: the text made again from letters that were placed on pages."""

import io
import shutil
import subprocess
from pathlib import Path

import pypdf
import pytest

from robi.texts.base import TextUnreadable
from robi.texts.document import Document, Section
from robi.texts.pdf import read
from tests.texts.books import pdf

BODY = 11.0
LONG = "Esta línea del libro es tan larga como las otras, pues va de un lado al otro"


def page(*lines: str | tuple[float, str], top: float = 700.0) -> list[tuple[float, float, str]]:
    """Return lines beneath each other; an empty one is a gap."""
    placed: list[tuple[float, float, str]] = []
    for line in lines:
        size, words = (BODY, line) if isinstance(line, str) else line
        top -= max(14.0, size * 1.3)
        if words:
            placed.append((size, top, words))
    return placed


def blocks(document: Document) -> list[tuple[str, int | None]]:
    return [(b.words, b.page) for section in document.sections for b in section.blocks]


def headings(document: Document) -> list[tuple[str, ...]]:
    return [section.heading for section in document.sections]


def test_paragraphs_end_at_gaps_and_at_short_lines_and_know_their_page() -> None:
    made = pdf([page(LONG, LONG, "y acaba.", LONG, "aquí.", "", "", LONG), page(f"{LONG}.", LONG)])
    assert blocks(read(made)) == [
        (f"{LONG} {LONG} y acaba.", 1),
        (f"{LONG} aquí.", 1),
        (f"{LONG} {LONG}.", 1),
        (LONG, 2),
    ]


def test_words_divided_at_the_end_of_a_line_are_mended() -> None:
    lines = [f"{LONG} con pie-", "dras y un estado físico-", "químico, como dice lo físico-químico"]
    assert blocks(read(pdf([page(*lines)]))) == [
        (f"{LONG} con piedras y un estado físico-químico, como dice lo físico-químico", 1)
    ]


def test_capital_behind_a_hyphen_is_kept() -> None:
    lines = ["La cordillera Penibética de España va de la provincia de Cádiz a Baza-", "Almería"]
    assert "Baza- Almería" in blocks(read(pdf([page(*lines)])))[0][0]


def test_sentence_over_a_page_ends_what_is_on_the_page_where_it_begins() -> None:
    made = pdf(
        [
            page(f"{LONG}.", f"{LONG}; y sigue"),
            page("por aquí. Y luego", f"{LONG} hasta el final con pie-"),
            page("dras. Otra frase va de un lado al otro."),
        ]
    )
    assert blocks(read(made)) == [
        (f"{LONG}. {LONG}; y sigue por aquí.", 1),
        (f"Y luego {LONG} hasta el final con piedras.", 2),
        ("Otra frase va de un lado al otro.", 3),
    ]


def test_lines_without_sentences_are_on_their_pages() -> None:
    rows = [[f"fila {n} {row} granito gris cuarzo mica" for row in range(20)] for n in "ab"]
    found = blocks(read(pdf([page(*lines) for lines in rows])))
    assert found == [(" ".join(lines), n) for n, lines in enumerate(rows, 1)]


PRINTED = (
    ("11/22/26, 12:15 AM Las rocas", "file:///tmp/a%20b/rocas.html {n}/2"),
    ("22/11/26, 0:15 Las rocas", "https://site.org/docs/rocas#duras {n}/2"),
    ("22.11.2026, 0:15 Las …", "https://site.org/docs/una-muy… {n}/2"),
    ("Las rocas https://site.org/docs/", "{n} of 2 11/22/2026, 12:15 a. m."),
    ("Las rocas file:///tmp/rocas.html", "{n} de 2 2026-11-22 00:15"),
    ("2026/11/22 00:15 Las rocas", "file:///tmp/rocas.html"),
)


@pytest.mark.parametrize(("above", "below"), PRINTED)
@pytest.mark.parametrize("last", [False, True])
def test_what_a_browser_prints_at_the_edges_is_left_out_of_two_pages(
    above: str, below: str, last: bool
) -> None:
    pages: list[list[tuple[float, float, str]]] = []
    for n in (1, 2):
        edges = [(8.0, 769.0, above), (8.0, 17.0, below.format(n=n))]
        text = page(LONG, f"{LONG} {n}.")
        pages.append(text + edges if last else [edges[0], *text, edges[1]])
    found = blocks(read(pdf(pages, title="Las rocas")))
    assert found == [(f"{LONG} {LONG} {n}.", n) for n in (1, 2)]


@pytest.mark.parametrize(
    "line",
    [
        "https://site.org/docs/rocas",
        "Ver https://site.org/docs/rocas 1/1",
        "22/11/26, 12:15 Sale el tren",
        "1/1",
        "Las rocas",
        "https://site.org/a 3/4",
    ],
)
def test_line_that_only_looks_printed_is_kept(line: str) -> None:
    found = blocks(read(pdf([page(line, "", f"{LONG}.")], title="Las rocas")))
    assert line in " ".join(words for words, _ in found)


def test_running_titles_and_page_numbers_are_left_out() -> None:
    made = pdf(
        [
            page("Geología", f"{LONG} {n * n}", f"{LONG}, en 19{n * n}.", f"Página {n + 7} de 20")
            for n in range(1, 7)
        ]
    )
    said = " ".join(words for words, _ in blocks(read(made)))
    assert "Geología" not in said
    assert "Página" not in said
    assert all(f"en 19{n * n}." in said for n in range(1, 7))


def test_titles_of_left_and_right_pages_are_left_out() -> None:
    made = pdf(
        [
            page(("El libro", "La roca")[n % 2], LONG, LONG, LONG, LONG, f"{n + 31}")
            for n in range(8)
        ]
    )
    said = " ".join(words for words, _ in blocks(read(made)))
    assert ("libro es" in said, "El libro" in said, "La roca" in said) == (True, False, False)


def test_what_recurs_on_two_pages_only_is_kept() -> None:
    made = pdf([page("Nota", LONG, LONG, LONG, LONG, "fin") for _ in range(2)])
    assert sum(words.count("Nota") for words, _ in blocks(read(made))) == 2


def test_larger_lines_are_headings_the_largest_outermost() -> None:
    made = pdf(
        [
            page((20.0, "Las"), (20.0, "rocas"), LONG, (14.0, "Duras"), LONG),
            page((14.0, "Mar"), LONG),
        ]
    )
    assert headings(read(made)) == [
        ("Las rocas",),
        ("Las rocas", "Duras"),
        ("Las rocas", "Mar"),
    ]


def test_outline_says_what_the_headings_are() -> None:
    made = pdf(
        [page("1", "Las rocas", LONG, LONG), page(LONG, "El mar", LONG)],
        outline=[("Las rocas", 1), ("El mar", 2), ("Sin línea", 2)],
    )
    document = read(made)
    assert headings(document) == [(), ("Las rocas",), ("El mar",), ("Sin línea",)]
    assert [page for _, page in blocks(document)][1:] == [1, 2]


def test_every_word_stands_once_whatever_is_a_heading() -> None:
    made = pdf([page((20.0, "Rocas"), *(f"{LONG} {n}" for n in range(20)))])
    said = " ".join(words for words, _ in blocks(read(made)))
    assert [said.count(f"otro {n} ") for n in range(19)] == [1] * 19


def test_contents_that_only_lead_elsewhere_are_left_out() -> None:
    made = pdf([page("Rocas . . . . . . . . 12", "Mar ........ xiv", LONG)])
    assert blocks(read(made)) == [(LONG, 1)]


@pytest.mark.parametrize(
    ("told", "title"), [("Las rocas", "Las rocas"), ("libro.docx", ""), ("Untitled", ""), ("", "")]
)
def test_title_is_the_told_one_unless_it_is_a_file(told: str, title: str) -> None:
    assert read(pdf([page(LONG)], title=told)).title == title


def test_pdf_without_text_says_that_it_was_scanned() -> None:
    with pytest.raises(TextUnreadable, match="only pictures"):
        read(pdf([page("3"), page("4")]))


def encrypted(password: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf([page(LONG)])))
    writer.encrypt(password, owner_password="owner", algorithm="AES-256")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def test_pdf_with_a_password_says_so() -> None:
    with pytest.raises(TextUnreadable, match="encrypted"):
        read(encrypted("secret"))


def test_pdf_that_anybody_may_open_is_read_though_it_is_encrypted() -> None:
    assert blocks(read(encrypted(""))) == [(LONG, 1)]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.8])
def test_pdf_that_was_cut_off_is_refused_or_gives_what_is_there(share: float) -> None:
    whole = pdf([page(f"{LONG} {n}.") for n in range(5)])
    try:
        document = read(whole[: int(len(whole) * share)])
    except TextUnreadable as refused:
        said = refused.details or ""
    else:
        said = "there" if blocks(document) else ""
    assert said


CHROMIUM = shutil.which("chromium")


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium")
def test_page_printed_by_a_browser_is_read_back(tmp_path: Path) -> None:
    paragraphs = [f"Párrafo {n}: {LONG.lower()} {LONG.lower()} y fin {n}." for n in range(40)]
    body = "".join(
        f"<h2>Sección {n // 10}</h2><p>{words}</p>" if n % 10 == 0 else f"<p>{words}</p>"
        for n, words in enumerate(paragraphs)
    )
    source = tmp_path / "a.html"
    source.write_text(f"<meta charset=utf-8><title>El libro</title><h1>Libro</h1>{body}", "utf-8")
    made = tmp_path / "a.pdf"
    subprocess.run(
        [
            str(CHROMIUM),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={tmp_path / 'profile'}",
            f"--print-to-pdf={made}",
            source.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )
    document = read(made.read_bytes())
    assert document.title == "El libro"
    assert headings(document)[1:] == [("Libro", f"Sección {n}") for n in range(4)]
    found = [words for words, _ in blocks(document)]
    assert [words for words in found if words in paragraphs] == paragraphs
    assert document.sections[0] == Section(("Libro",))
