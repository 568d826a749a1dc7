"""Books in archives: the order of their pages, and archives that mean no good."""

import io
import zipfile

import pytest

from robi.errors import FileTooLarge
from robi.texts import epub as reader
from robi.texts.base import TextUnreadable
from tests.texts.books import CONTAINER, epub, zipped

LOCK = "<encryption><EncryptedData><EncryptionMethod Algorithm='{}'/></EncryptedData></encryption>"


def test_pages_are_read_in_the_order_of_the_spine() -> None:
    book = epub(
        {"b.xhtml": "<h1 id=uno>Uno</h1><p>Primero.</p>", "a.xhtml": "<h1>Dos</h1><p>Luego.</p>"}
    )
    document = reader.read(book)
    assert document.title == "El libro"
    assert [(s.heading, s.anchor, s.blocks[0].words) for s in document.sections] == [
        (("Uno",), "uno", "Primero."),
        (("Dos",), "", "Luego."),
    ]


def test_page_without_heading_has_the_title_of_the_contents() -> None:
    nav = "<html><body><nav><a href='una%20p.xhtml#x'>Capítulo I</a></nav></body></html>"
    more = '<item id="n" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
    book = epub({"una p.xhtml": "<p>Era.</p>"}, {"OEBPS/nav.xhtml": nav}, more)
    (section,) = reader.read(book).sections
    assert section.heading == ("Capítulo I",)


def test_older_contents_are_understood() -> None:
    ncx = (
        '<?xml version="1.0"?><ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint>'
        "<navLabel><text>Capítulo I</text></navLabel><content src='p.xhtml'/></navPoint></navMap>"
        "</ncx>"
    )
    more = '<item id="n" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
    book = epub({"p.xhtml": "<p>Era.</p>"}, {"OEBPS/toc.ncx": ncx}, more)
    assert reader.read(book).sections[0].heading == ("Capítulo I",)


def test_names_that_lead_out_of_the_archive_lead_nowhere() -> None:
    book = epub({"p.xhtml": "<p>Era.</p>", "../../../../etc/passwd": "<p>Otra.</p>"})
    assert [b.words for s in reader.read(book).sections for b in s.blocks] == ["Era."]


def test_page_that_is_not_there_is_left_out() -> None:
    book = epub({"p.xhtml": "<p>Era.</p>"}).replace(b"p.xhtml", b"q.xhtml", 0)
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name != "mimetype"}
    files["OEBPS/book.opf"] = files["OEBPS/book.opf"].replace(
        b"</manifest><spine>",
        b'<item id="z" href="z.xhtml" media-type="text/html"/></manifest>'
        b'<spine><itemref idref="z"/>',
    )
    assert [b.words for s in reader.read(zipped(files)).sections for b in s.blocks] == ["Era."]


def test_archive_that_unpacks_to_more_than_it_may_is_refused() -> None:
    bomb = epub({"p.xhtml": "<p>Era.</p>"}, {"OEBPS/p.xhtml": b" " * (reader.MAX_FILE + 1)})
    assert len(bomb) < 100_000
    with pytest.raises(FileTooLarge):
        reader.read(bomb)


def test_pages_that_are_too_much_together_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_FILE", 10_000)
    book = epub({f"{n}.xhtml": f"<p>{'a ' * 4_000}</p>" for n in range(9)})
    archive = zipfile.ZipFile(io.BytesIO(book))
    with archive, pytest.raises(FileTooLarge):
        reader.read_archive(archive, most=50_000)


def test_archive_of_too_many_files_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_FILES", 4)
    with pytest.raises(FileTooLarge):
        reader.read(epub({"a.xhtml": "a", "b.xhtml": "b"}))


@pytest.mark.parametrize(
    ("way", "is_locked"),
    [
        ("http://www.w3.org/2001/04/xmlenc#aes256-cbc", True),
        ("http://www.idpf.org/2008/embedding", False),
    ],
)
def test_locked_book_is_told_from_hidden_fonts(way: str, is_locked: bool) -> None:
    book = epub({"p.xhtml": "<p>Era.</p>"}, {"META-INF/encryption.xml": LOCK.format(way)})
    if is_locked:
        with pytest.raises(TextUnreadable, match="DRM"):
            reader.read(book)
    else:
        assert reader.read(book).sections


@pytest.mark.parametrize(
    "book",
    [
        epub({"p.xhtml": "<p>Era.</p>"})[:-30],
        zipped({}),
        zipped({"META-INF/container.xml": "<container"}),
        zipped({"META-INF/container.xml": CONTAINER}),
        zipped({"META-INF/container.xml": "<container/>"}),
    ],
)
def test_book_that_is_broken_is_refused(book: bytes) -> None:
    with pytest.raises(TextUnreadable, match="damaged"):
        reader.read(book)


def test_book_whose_bytes_were_changed_is_refused() -> None:
    book = bytearray(epub({"p.xhtml": f"<p>{'Era una vez. ' * 50}</p>"}))
    at = book.index(b"book.opf") + 12
    book[at : at + 8] = b"\xff" * 8
    with pytest.raises(TextUnreadable, match="damaged"):
        reader.read(bytes(book))
