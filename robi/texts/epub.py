"""EPUB: pages of XHTML in an archive, with a list that says in which order they are read.

Owns the way from the archive to its pages. Names in it only ever name each other, nothing is
written to a disk; and what is unpacked is counted while it is, whatever the archive says of it.
"""

import posixpath
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Final
from urllib.parse import unquote
from zlib import error as ZlibError  # noqa: N812 (an exception)

from attrs import define, field, frozen
from lxml import etree

from robi.errors import FileTooLarge
from robi.texts import html
from robi.texts.base import TextUnreadable
from robi.texts.decoding import decode
from robi.texts.document import Document, Outline, one_line, shortened
from robi.texts.html_shown import tag_of, text_of

MAX_FILES: Final = 10_000
MAX_FILE: Final = 8 * 1024 * 1024
MAX_UNPACKED: Final = 48 * 1024 * 1024
"""Bytes of all pages together: the characters that a text may have, and a lot of mark-up."""

_BROKEN: Final = "the EPUB is damaged or cut off"
_CONTAINER: Final = "META-INF/container.xml"
_LOCKED: Final = "META-INF/encryption.xml"
_FONTS: Final = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
"""Ways to hide fonts, which need no key."""
_PAGES: Final = {"application/xhtml+xml", "text/html", "application/x-dtbook+xml"}


@frozen
class _Item:
    path: str
    media_type: str
    properties: frozenset[str]


def read(data: bytes) -> Document:
    """Read it. Raises TextUnreadable, FileTooLarge."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return read_archive(archive)
    except (zipfile.BadZipFile, ZlibError, EOFError, NotImplementedError, OSError):
        raise TextUnreadable(_BROKEN) from None


@define
class _Archive:
    """Gives files by their path, and no more of them than there may be."""

    _zip: zipfile.ZipFile
    _left: int
    _names: dict[str, zipfile.ZipInfo] = field(init=False)

    def __attrs_post_init__(self) -> None:
        entries = self._zip.infolist()
        if len(entries) > MAX_FILES:
            message = f"the EPUB has more than {MAX_FILES:,} files in it"
            raise FileTooLarge(message)
        self._names = {entry.filename: entry for entry in entries}

    def get(self, path: str) -> bytes | None:
        """Return a file, None if there is none. Raises FileTooLarge, TextUnreadable."""
        entry = self._names.get(path)
        if entry is None:
            return None
        if entry.flag_bits & 1:
            message = "the EPUB is encrypted: it needs a password"
            raise TextUnreadable(message)
        most = min(MAX_FILE, self._left)
        with self._zip.open(entry) as file:
            data = file.read(most + 1)
        if len(data) > most:
            message = "the EPUB is too large once it is unpacked"
            raise FileTooLarge(message)
        self._left -= len(data)
        return data


def read_archive(archived: zipfile.ZipFile, most: int = MAX_UNPACKED) -> Document:
    """Read it, unpacking `most` bytes at most. Raises as `read`, and what zipfile raises."""
    archive = _Archive(archived, most)
    if _is_locked(archive):
        message = "the EPUB is locked (DRM): only the program of the shop can read it"
        raise TextUnreadable(message)
    container = _xml(archive.get(_CONTAINER))
    roots = (element.get("full-path") for element in _named(container, "rootfile"))
    path = next(filter(None, roots), "")
    package = _xml(archive.get(path))
    items = dict(_items(package, posixpath.dirname(path)))
    titles = _titles(archive, items)
    outline = Outline()
    for item in _spine(package, items):
        if (data := archive.get(item.path)) is None:
            continue  # it names a page that was left out; the others are there
        page = html.parsed(decode(data))
        if (known := titles.get(item.path)) and not _begins_with_heading(page):
            outline.head(1, known)
        html.add_page(outline, page)
    title = next((one_line(text_of(e)) for e in _named(package, "title")), "")
    return Document(shortened(title), outline.sections())


def _xml(data: bytes | None) -> etree._Element:
    if data is None:
        raise TextUnreadable(_BROKEN)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise TextUnreadable(_BROKEN) from None


def _named(root: etree._Element, name: str) -> Iterator[etree._Element]:
    return (element for element in root.iter() if tag_of(element) == name)


def _is_locked(archive: _Archive) -> bool:
    if (data := archive.get(_LOCKED)) is None:
        return False
    ways = (element.get("Algorithm") or "" for element in _named(_xml(data), "encryptionmethod"))
    return any(not way.startswith(_FONTS) for way in ways)


def _items(package: etree._Element, folder: str) -> Iterator[tuple[str, _Item]]:
    for element in _named(package, "item"):
        href, key = element.get("href"), element.get("id")
        if href and key:
            properties = frozenset((element.get("properties") or "").split())
            yield key, _Item(_path(folder, href), element.get("media-type") or "", properties)


def _path(folder: str, href: str) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0])))


def _spine(package: etree._Element, items: dict[str, _Item]) -> Iterator[_Item]:
    """Yield the pages in the order in which they are read; the table of contents is none."""
    seen: set[str] = set()
    for element in _named(package, "itemref"):
        item = items.get(element.get("idref") or "")
        if item is None or item.path in seen or "nav" in item.properties:
            continue
        seen.add(item.path)
        if item.media_type in _PAGES:
            yield item


def _titles(archive: _Archive, items: dict[str, _Item]) -> dict[str, str]:
    """Return what the table of contents calls each page: what it says first of it."""
    titles: dict[str, str] = {}
    for item in items.values():
        of_2 = item.media_type == "application/x-dtbncx+xml"
        if not of_2 and "nav" not in item.properties:
            continue
        if (data := archive.get(item.path)) is None:
            continue
        root = html.parsed(decode(data))
        folder = posixpath.dirname(item.path)
        if of_2:
            found = _of_ncx(root)
        else:
            found = (
                (link.get("href") or "", text_of(link))
                for nav in _named(root, "nav")
                for link in _named(nav, "a")
            )
        for href, words in found:
            if href and one_line(words):
                titles.setdefault(_path(folder, href), one_line(words))
    return titles


def _of_ncx(root: etree._Element) -> Iterator[tuple[str, str]]:
    for point in _named(root, "navpoint"):
        label = next(_named(point, "navlabel"), None)
        content = next(_named(point, "content"), None)
        if label is not None and content is not None:
            yield content.get("src") or "", text_of(label)


def _begins_with_heading(page: etree._Element) -> bool:
    return any(tag_of(element) in html.HEADINGS for element in page.iter())
