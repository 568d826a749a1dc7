"""HTML and XHTML: what a reader of the page would read.

Owns what of a page is text: its `main`, else its only `article`, else its body, without what is not
seen (`html_shown`). Headings have the id that a browser would jump to.

Nothing is fetched and no entity of the page's own is expanded.
"""

import re
from collections.abc import Iterator
from html.entities import html5
from typing import Final

from attrs import define, field
from lxml import etree
from lxml import html as lxml_html

from robi.texts.base import TextUnreadable
from robi.texts.decoding import decode
from robi.texts.document import Document, Outline, clean, one_line, shortened
from robi.texts.html_shown import (
    BLOCKS,
    DEEPEST,
    by_lines,
    is_dropped,
    is_hidden,
    shown_text,
    tag_of,
)

HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_BY_LINES: Final = {"ul", "ol", "dl", "table", "pre"}
_ENTITY: Final = re.compile(r"&(\w{2,31});")
_OF_XML: Final = {"amp", "lt", "gt", "quot", "apos"}
_XML: Final = re.compile(r"\s*(?:<\?xml|<!DOCTYPE\s+html\s+PUBLIC\s+\S+XHTML)", re.IGNORECASE)
_DECLARATION: Final = re.compile(r"\s*<\?xml.*?\?>", re.DOTALL)
_DOCTYPE: Final = re.compile(r"<!DOCTYPE[^>\[]{0,500}(?:\[[^\]]{0,20000}\]\s*)?>", re.IGNORECASE)


def read(data: bytes) -> Document:
    """Read a page. Raises TextUnreadable, FileTooLarge."""
    page = parsed(decode(data))
    outline = Outline()
    add_page(outline, page)
    title = next((shown_text(found) for found in _all(page, "title")), "")
    h1 = next((shown_text(found) for found in _all(_main(page), "h1")), "")
    return Document(shortened(one_line(h1 or title)), outline.sections())


def parsed(text: str) -> etree._Element:
    """Return the tree of a page; XHTML as what it is, if it is. Raises TextUnreadable."""
    text = clean(text)
    if _XML.match(text):
        plain = _DOCTYPE.sub("", _DECLARATION.sub("", text, count=1), count=1)
        text = _ENTITY.sub(_character, plain)
        strict = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        try:
            return etree.fromstring(text.encode(), strict)
        except etree.XMLSyntaxError:
            pass  # many only say that they are XHTML
    loose = lxml_html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True)
    try:
        tree = lxml_html.document_fromstring(text.encode(), parser=loose)
    except (etree.ParserError, etree.XMLSyntaxError):
        message = "there is nothing on this page"
        raise TextUnreadable(message) from None
    return tree


def _character(entity: re.Match[str]) -> str:
    known = None if entity[1] in _OF_XML else html5.get(f"{entity[1]};")
    return entity[0] if known is None else known


def add_to(outline: Outline, fragment: str) -> None:
    """Put a piece of a page that stands in another text into its outline."""
    if "<" in fragment and (tree := _fragment(fragment)) is not None:
        add_tree(outline, tree)


def plain(fragment: str) -> str:
    """Return what a piece of a page says, on one line."""
    tree = _fragment(fragment)
    return "" if tree is None else one_line(shown_text(tree))


def _fragment(fragment: str) -> etree._Element | None:
    try:
        return parsed(f"<div>{fragment}</div>")
    except TextUnreadable:
        return None


def add_page(outline: Outline, page: etree._Element) -> None:
    """Put what is to be read of a page into the outline."""
    add_tree(outline, _main(page))


def add_tree(outline: Outline, root: etree._Element) -> None:
    """Put all that is to be read beneath an element into the outline."""
    _Reading(outline).take(root)


@define
class _Reading:
    """Goes through a page; what is not in a block of its own is gathered until one begins."""

    _outline: Outline
    _said: list[str] = field(factory=list)
    _anchor: str = ""
    """The id of what began last, and in which nothing has been said yet."""

    def take(self, root: etree._Element) -> None:
        self._element(root, 0)
        self._end()

    def _element(self, element: etree._Element, depth: int) -> None:
        tag = tag_of(element)
        if tag is None or is_dropped(element, tag):
            return
        if depth > DEEPEST:
            self._said.append(shown_text(element))
            return
        if tag in HEADINGS:
            self._end()
            self._outline.head(HEADINGS[tag], shown_text(element), self._id_of(element))
            self._anchor = ""
        elif tag in _BY_LINES and not _holds_headings(element):
            self._end()
            self._outline.add(by_lines(element, tag), lines=True)
            self._anchor = ""
        elif tag == "br":
            self._said.append("\n")
        else:
            self._through(element, tag, depth)

    def _through(self, element: etree._Element, tag: str, depth: int) -> None:
        if tag in BLOCKS:
            self._end()
        if (named := _id(element)) and not "".join(self._said).strip():
            self._anchor = named
        self._say(element.text)
        for child in element:
            self._element(child, depth + 1)
            self._say(child.tail)
        if tag in BLOCKS:
            self._end()

    def _id_of(self, heading: etree._Element) -> str:
        """Return the id of a heading, of what stands in it, or of the section that it begins."""
        inside = (_id(element) for element in heading.iter())
        return next(filter(None, inside), None) or self._anchor

    def _say(self, words: str | None) -> None:
        if words:
            self._said.append(words.replace("\n", " "))

    def _end(self) -> None:
        words = "".join(self._said)
        self._said.clear()
        if words.strip():
            self._outline.add(words, lines="\n" in words.strip())
            self._anchor = ""


def _main(page: etree._Element) -> etree._Element:
    for found in (
        [*_all(page, "main"), *(e for e in page.iter() if e.get("role") == "main")],
        _all(page, "article"),
    ):
        kept = [element for element in found if not is_hidden(element)]
        if len(kept) == 1:
            return kept[0]
    return next(_all(page, "body"), page)


def _all(page: etree._Element, tag: str) -> Iterator[etree._Element]:
    return (element for element in page.iter() if tag_of(element) == tag)


def _id(element: etree._Element) -> str:
    if tag_of(element) is None:
        return ""
    return element.get("id") or (element.get("name") or "" if tag_of(element) == "a" else "")


def _holds_headings(element: etree._Element) -> bool:
    return any(tag_of(inside) in HEADINGS for inside in element.iter())
