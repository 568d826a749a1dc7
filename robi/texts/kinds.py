"""Of what kind a file is.

Owns the order of trust: first bytes that only one kind has, what it was said to be, its name, and
at last what it looks like. What says that it is a picture is not read as a text.
"""

import re
from pathlib import PurePosixPath
from typing import Final

from robi.errors import UnsupportedFileFormat
from robi.texts.base import KINDS, Kind
from robi.texts.decoding import is_wide

SUFFIXES: Final[dict[str, Kind]] = {
    ".md": "markdown",
    ".mdx": "markdown",
    ".markdown": "markdown",
    ".txt": "plain",
    ".text": "plain",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".epub": "epub",
}
MEDIA_TYPES: Final[dict[str, Kind]] = {
    "text/markdown": "markdown",
    "text/x-markdown": "markdown",
    "text/plain": "plain",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/pdf": "pdf",
    "application/epub+zip": "epub",
}
_VAGUE: Final = {"", "application/octet-stream", "binary/octet-stream", "text/plain", "plain"}
"""What is said by those who do not know; a name knows better."""

_HEAD: Final = 1_024
_PAGE: Final = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_MARKED: Final = re.compile(rb"(?m)^(?:#{1,6} \S|```|---\s*$|[-*] \[)")
_OTHERS: Final = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"OggS",
    b"\x7fELF",
    b"\xd0\xcf\x11\xe0",
    b"{\\rtf",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"Rar!",
    b"SQLite format 3",
)
_SAID: Final = "a text is Markdown, plain text, HTML, PDF or EPUB"


def sniff(told: str | None, name: str, data: bytes) -> Kind:
    """Return the kind.

    Args:
        told: a kind or a media type, or None.
        name: of the file, perhaps empty.

    Raises:
        UnsupportedFileFormat: it is none of ours.
    """
    if (sure := _by_first_bytes(data)) is not None:
        return sure
    said = (told or "").partition(";")[0].strip().lower()
    known = MEDIA_TYPES.get(said) or next((kind for kind in KINDS if kind == said), None)
    by_name = SUFFIXES.get(PurePosixPath(name).suffix.lower())
    if said in _VAGUE:
        known = by_name or known or _by_look(data)
    if known is None or known in {"pdf", "epub"}:  # which their first bytes would have told
        told_wrongly = f"it is no {known.upper()}" if known else _SAID
        raise UnsupportedFileFormat(told_wrongly)
    return known


def _by_first_bytes(data: bytes) -> Kind | None:
    if b"%PDF-" in data[:_HEAD]:  # readers allow some bytes before it
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        if b"application/epub+zip" in data[:_HEAD] or b"META-INF/container.xml" in data:
            return "epub"
        raise UnsupportedFileFormat(_SAID)
    if data.startswith(_OTHERS) or (b"\0" in data[:_HEAD] and not is_wide(data)):
        raise UnsupportedFileFormat(_SAID)
    return None


def _by_look(data: bytes) -> Kind:
    head = data[:_HEAD]
    if _PAGE.search(head):
        return "html"
    return "markdown" if _MARKED.search(head) else "plain"
