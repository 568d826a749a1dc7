"""Reads a file of any kind: what it is, its text, its passages.

Owns which reader is asked. Each is imported when it is needed: their packages cost a tenth of a
second, and there is one kind to read at a time.
"""

from pathlib import PurePosixPath

from robi.texts.base import Kind, Read, TextUnreadable
from robi.texts.cutting import cut
from robi.texts.document import Document, one_line, shortened
from robi.texts.kinds import sniff

_UNTITLED = "Untitled"


def read(data: bytes, told: str | None, name: str) -> Read:
    """Return what is in a file that is said to be of that kind or media type, and is named so.

    Raises:
        TextUnreadable, UnsupportedFileFormat, FileTooLarge: each says why.
    """
    if not data:
        message = "the file is empty"
        raise TextUnreadable(message)
    kind = sniff(told, name, data)
    document = _document(data, kind)
    cuts = cut(document)
    if not cuts:
        message = "there is no text in it"
        raise TextUnreadable(message)
    title = document.title or _of_name(name) or _first_heading(document) or _UNTITLED
    characters = sum(len(passage.words) for passage in cuts)
    return Read(shortened(title), kind, cuts, characters, document.slug, document.name)


def _document(data: bytes, kind: Kind) -> Document:
    match kind:
        case "markdown":
            from robi.texts import markdown  # noqa: PLC0415 (see above)

            return markdown.read(data)
        case "plain":
            from robi.texts import plain  # noqa: PLC0415

            return plain.read(data)
        case "html":
            from robi.texts import html  # noqa: PLC0415

            return html.read(data)
        case "pdf":
            from robi.texts import pdf  # noqa: PLC0415

            return pdf.read(data)
        case "epub":
            from robi.texts import epub  # noqa: PLC0415

            return epub.read(data)


def _of_name(name: str) -> str:
    return one_line(PurePosixPath(name).stem.replace("_", " ").replace("-", " "))


def _first_heading(document: Document) -> str:
    return next((section.heading[0] for section in document.sections if section.heading), "")
