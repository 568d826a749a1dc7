"""EPUBs and PDFs that are made for a test."""

import io
import zipfile
from collections.abc import Mapping, Sequence

CONTAINER = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"
><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>"""


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """Return an archive that begins as an EPUB does."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def epub(
    pages: Mapping[str, str], files: Mapping[str, str | bytes] | None = None, more: str = ""
) -> bytes:
    """Return a book with these pages; `files` are added, and `more` put into its manifest."""
    items = "".join(
        f'<item id="i{n}" href="{href}" media-type="application/xhtml+xml"/>'
        for n, href in enumerate(pages)
    )
    spine = "".join(f'<itemref idref="i{n}"/>' for n in range(len(pages)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>El libro</dc:title></metadata>'
        f"<manifest>{items}{more}</manifest><spine>{spine}</spine></package>"
    )
    return zipped(
        {
            "META-INF/container.xml": CONTAINER,
            "OEBPS/book.opf": package,
            **{
                f"OEBPS/{href}": f"<html><body>{page}</body></html>" for href, page in pages.items()
            },
            **(files or {}),
        }
    )


def pdf(
    pages: Sequence[Sequence[tuple[float, float, str]]],
    outline: Sequence[tuple[str, int]] = (),
    title: str = "",
) -> bytes:
    """Return a PDF of pages of lines (size, height, words); an outline has (heading, page)."""
    objects: list[bytes] = [
        b"",
        b"",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    kids: list[int] = []
    for lines in pages:
        shown = b"".join(
            b"BT /F1 %g Tf 72 %g Td (%s) Tj ET\n" % (size, height, _escaped(words))
            for size, height, words in lines
        )
        objects.append(b"<</Length %d>>stream\n%sendstream" % (len(shown), shown))
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 3 0 R>>>>"
            b"/Contents %d 0 R>>" % len(objects)
        )
        kids.append(len(objects))
    catalog = b"/Pages 2 0 R"
    if outline:
        first = len(objects) + 2
        catalog += b"/Outlines %d 0 R" % (first - 1)
        last = first + len(outline) - 1
        objects.append(b"<</First %d 0 R/Last %d 0 R>>" % (first, last))
        for n, (heading, page) in enumerate(outline, first):
            after = b"/Next %d 0 R" % (n + 1) if n < last else b""
            objects.append(
                b"<</Title(%s)/Parent %d 0 R/Dest[%d 0 R/Fit]%s>>"
                % (_escaped(heading), first - 1, kids[page - 1], after)
            )
    objects[0] = b"<</Type/Catalog%s>>" % catalog
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (
        len(kids),
        b" ".join(b"%d 0 R" % kid for kid in kids),
    )
    objects.append(b"<</Title(%s)>>" % _escaped(title))
    made = b"%PDF-1.4\n"
    starts: list[int] = []
    for n, content in enumerate(objects, 1):
        starts.append(len(made))
        made += b"%d 0 obj%s endobj\n" % (n, content)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    return (
        made + b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R/Info %d 0 R>>\n"
        b"startxref\n%d\n%%%%EOF"
        % (len(objects) + 1, table, len(objects) + 1, len(objects), len(made))
    )


def _escaped(words: str) -> bytes:
    data = words.encode("cp1252")
    for mark in (b"\\", b"(", b")"):
        data = data.replace(mark, b"\\" + mark)
    return data
