"""What of an element is seen: its words on one line, or a list, a table or code line by line.

Owns what is left out of a page: what is hidden, leads elsewhere or asks for something.
"""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

_DROPPED: Final = frozenset(
    """
    audio base button canvas datalist dialog embed head iframe img input link math meta nav noembed
    noframes noscript object script select style svg template textarea title video
    """.split()  # noqa: SIM905 (a list of names)
)
_ROLES: Final = {"navigation", "banner", "contentinfo", "search", "menu", "dialog", "alert"}
BLOCKS: Final = frozenset(
    """
    address article aside blockquote body center dd details dialog div dl dt fieldset figcaption
    figure footer form header hgroup hr html li main ol p pre section summary table ul
    """.split()  # noqa: SIM905
)
_HIDDEN: Final = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_UNSEEN: Final = re.compile(r"(?:^|\s)(?:sr-only|visually-hidden|screen-reader-text)(?:\s|$)")
_SPACES: Final = re.compile(r"(?<=\S) {2,}")
DEEPEST: Final = 200
"""Elements within each other; a page has some dozens."""


def tag_of(element: etree._Element) -> str | None:
    """Return the name of an element without its space; None for a comment or an entity."""
    tag: object = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else None


def text_of(element: etree._Element) -> str:
    """Return all that stands in an element, whether it is shown or not."""
    return "".join(str(words) for words in element.itertext())


def is_dropped(element: etree._Element, tag: str) -> bool:
    """Return whether an element of that name is no part of the text."""
    if tag in _DROPPED or is_hidden(element):
        return True
    parent = element.getparent()
    above = None if parent is None else tag_of(parent)
    # A footer says who wrote it and where to edit it; a header may have the title in it.
    return (tag == "header" and above == "body") or (
        tag == "footer" and above in {"body", "main", "article", "section", "div"}
    )


def is_hidden(element: etree._Element) -> bool:
    """Return whether it is not seen, or is there to find one's way."""
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or element.get("role") in _ROLES
        or bool(_HIDDEN.search(element.get("style") or ""))
        or bool(_UNSEEN.search(element.get("class") or ""))
        or _is_mark(element)
    )


def _is_mark(element: etree._Element) -> bool:
    """Return whether it is the `¶` or `#` beside a heading, which leads to that heading."""
    return (
        tag_of(element) == "a"
        and (element.get("href") or "").startswith("#")
        and not any(letter.isalnum() for letter in text_of(element))
    )


def shown_text(element: etree._Element) -> str:
    """Return what stands in an element that is shown, whatever its own name."""
    said: list[str] = []
    ends: list[tuple[etree._Element, bool]] = []
    shown = True
    for event, inside in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            tag = tag_of(inside)
            ends.append((inside, shown))
            if inside is not element:
                shown = shown and tag is not None and not is_dropped(inside, tag)
            if shown:
                said.append(inside.text or "")
                if tag in BLOCKS or tag == "br":
                    said.append(" ")
        else:
            _, shown = ends.pop()
            if shown and inside is not element:
                said.append(inside.tail or "")
    return "".join(said)


def by_lines(element: etree._Element, tag: str) -> str:
    """Return a list, a table or code with its lines as they are seen."""
    if tag == "pre":
        return "".join(_pieces_of_code(element))
    said: list[str] = []
    _lines_of(element, said, -1, None)
    lines = (_SPACES.sub(" ", line) for line in "".join(said).split("\n"))
    return "\n".join(line for line in lines if line.strip())


def _pieces_of_code(element: etree._Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        tag = tag_of(child)
        if tag == "br":
            yield "\n"
        elif tag is not None and not is_dropped(child, tag):
            yield from _pieces_of_code(child)
            if tag == "div" or "token-line" in (child.get("class") or ""):
                yield "\n"
        yield child.tail or ""


def _lines_of(
    element: etree._Element, said: list[str], depth: int, count: list[int] | None
) -> None:
    """Put the lines of a list or a table into `said`, those within indented."""
    tag = tag_of(element)
    if tag is None or is_dropped(element, tag):
        return
    if tag in {"ul", "ol", "dl"}:
        depth += 1
        count = [_number(element.get("start"))] if tag == "ol" else None
    if tag == "li":
        mark = "- "
        if count is not None:
            mark = f"{count[0]}. "
            count[0] += 1
        said.append(f"\n{'  ' * max(depth, 0)}{mark}")
    elif tag in {"dt", "dd", "tr", "caption"}:
        said.append("\n" if tag != "dd" else "\n  ")
    elif tag in {"td", "th"} and element.getprevious() is not None:
        said.append(" | ")
    elif tag == "br":
        said.append(" ")
    if tag == "pre":
        said.append("\n" + "".join(_pieces_of_code(element)) + "\n")
        return
    keeps_words = tag not in {"table", "tbody", "thead", "tfoot", "tr", "ul", "ol", "dl"}
    if keeps_words and element.text:
        said.append(_one_space(element.text))
    for child in element:
        _lines_of(child, said, depth, count if tag_of(child) == "li" else None)
        if keeps_words and child.tail:
            said.append(_one_space(child.tail))
    if tag in {"p", "div"}:
        said.append(" ")


def _one_space(text: str) -> str:
    """Return running text as it is shown: any white space is one space."""
    return re.sub(r"\s+", " ", text)


def _number(start: str | None) -> int:
    return int(start) if start and start.isdecimal() and len(start) < DEEPEST else 1
