"""Markdown as it is written for GitHub and Docusaurus.

Owns what of it is words: tables, lists and code are kept readable line by line; links and pictures
are what they say; front matter, imports and comments of MDX, and the marks of admonitions are not a
part of the text, while an admonition's title is a sentence. What HTML stands between is read as
HTML. A page that its author keeps from readers (`draft`, `unlisted`) is no text.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from attrs import define, field
from markdown_it import MarkdownIt
from markdown_it.token import Token

from robi.texts import html
from robi.texts.anchors import Anchors, own
from robi.texts.base import TextWithheld
from robi.texts.decoding import decode
from robi.texts.document import Document, Outline, clean, one_line, shortened

_FRONT: Final = re.compile(
    r"\s*---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*$\n?", re.DOTALL | re.MULTILINE
)
_FRONT_KEY: Final = re.compile(r"(title|slug|id|draft|unlisted):[ \t]*(.*)")
_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})")
_ESM: Final = re.compile(
    r"import\s+(?:[\w*${][^'\"]*\sfrom\s+)?['\"]|import\s+\{\s*$|import\s+\{?[^'\"]*$(?<=,)"
    r"|export\s+(?:default\b|const\b|let\b|function\b|\{)"
)
_COMMENTS: Final = (("{/*", "*/}"), ("<!--", "-->"))
_WITHHELD: Final = ("draft", "unlisted")
_ADMONITION: Final = re.compile(
    r"([\s>]*):::+\s*(?:[\w-]+)?\s*(?:\[(.*)\])?\s*(?:\{[^{}]*\})?(.*)$"
)
_SAID: Final = (".", "!", "?", "…", ":")
_FOOTNOTE: Final = re.compile(r"(\s{0,3}\[\^[^\]\s]+\]):")
_BREAK: Final = re.compile(r"<br\s*/?>", re.IGNORECASE)


def read(data: bytes) -> Document:
    """Read it. Raises FileTooLarge, TextWithheld."""
    text = clean(decode(data))
    front: dict[str, str] = {}
    if found := _FRONT.match(text):
        front = dict(_keys(found[1]))
        text = text[found.end() :]
    for key in _WITHHELD:
        if front.get(key, "").lower() == "true":
            message = f"its front matter says {key}: true"
            raise TextWithheld(message)
    reading = _Reading()
    reading.take(MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(_words(text)))
    title = front.get("title") or reading.title
    return Document(
        shortened(one_line(title)),
        reading.outline.sections(),
        front.get("slug") or None,
        front.get("id") or None,
    )


def _keys(front: str) -> Iterator[tuple[str, str]]:
    """Yield what is known of the front matter; it is YAML, of which only one line each is read."""
    for line in front.split("\n"):
        if found := _FRONT_KEY.match(line):
            value = found[2].strip()
            if value[:1] in {"'", '"'} and value.find(value[0], 1) > 0:
                value = value[1 : value.rindex(value[0])]
            else:
                value = re.split(r"\s#", value, maxsplit=1)[0].strip()
            yield found[1], value


def _words(text: str) -> str:
    """Return the Markdown without what MDX and Docusaurus add to it, outside of code."""
    kept: list[str] = []
    prose: list[str] = []
    fence = ""
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if not fence and found:
            fence = found[1]
            kept += _prose(prose)
            prose = []
            kept.append(line)
        elif fence:
            if found and found[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
            kept.append(line)
        else:
            prose.append(line)
    return "\n".join([*kept, *_prose(prose)])


def _prose(lines: list[str]) -> Iterator[str]:
    dropping, fresh = False, True
    for line in _without_comments("\n".join(lines)).split("\n"):
        if not line.strip():
            dropping, fresh = False, True
            yield line
        elif dropping or (fresh and _ESM.match(line)):
            dropping = True
        elif found := _ADMONITION.match(line):
            # What stands in a list or a quotation stays in it.
            yield from (
                found[1].rstrip(),
                found[1] + _sentence((found[2] or found[3]).strip()),
                found[1].rstrip(),
            )
        else:
            fresh = False
            yield _FOOTNOTE.sub(r"\1 ", line)


def _sentence(title: str) -> str:
    """Return a title so that it does not run into what follows it."""
    ended = not title or title.rstrip("*_`\"'»”)").endswith(_SAID)
    return title if ended else f"{title}."


def _without_comments(text: str) -> str:
    """Return the text without comments of MDX and HTML; one that never ends is none."""
    for start, end in _COMMENTS:
        kept: list[str] = []
        after = 0
        while (at := text.find(start, after)) >= 0 and (until := text.find(end, at)) >= 0:
            until += len(end)
            kept.append(
                text[after : until if own(text[at:until])[1] else at]
            )  # the id of a heading
            after = until
        text = "".join([*kept, text[after:]])
    return text


@define
class _Reading:
    """Goes through the tokens of a text, and makes an outline of them."""

    outline: Outline = field(factory=Outline)
    title: str = ""
    _anchors: Anchors = field(factory=Anchors)

    def take(self, tokens: Sequence[Token]) -> None:
        at = 0
        while at < len(tokens):
            token = tokens[at]
            end = at
            if token.type == "heading_open":
                end = _end(tokens, at)
                self._head(int(token.tag[1]), _inline(tokens[at + 1]))
            elif token.type in {"bullet_list_open", "ordered_list_open"}:
                end = _end(tokens, at)
                self.outline.add("\n".join(_items(tokens[at:end])), lines=True)
            elif token.type == "table_open":
                end = _end(tokens, at)
                self.outline.add("\n".join(_rows(tokens[at:end])), lines=True)
            elif token.type in {"fence", "code_block"}:
                self.outline.add(token.content, lines=True)
            elif token.type == "html_block":
                html.add_to(self.outline, token.content)
            elif token.type == "inline":
                words = _inline(token)
                self.outline.add(words, lines="\n" in words)
            at = end + 1

    def _head(self, level: int, words: str) -> None:
        words, anchor = own(words)
        words = one_line(words)
        if level == 1 and not self.title:
            self.title = words
        self.outline.head(level, words, anchor or self._anchors.of(words))


def _end(tokens: Sequence[Token], at: int) -> int:
    """Return where what begins there ends."""
    return next(n for n in range(at + 1, len(tokens)) if tokens[n].level == tokens[at].level)


def _inline(token: Token) -> str:
    """Return what a line says, without its marks."""
    said: list[str] = []
    for child in token.children or ():
        if child.type in {"text", "code_inline"}:
            said.append(child.content)
        elif child.type == "image":
            said.append(_inline(child))
        elif child.type == "softbreak":
            said.append(" ")
        elif child.type == "hardbreak" or (
            child.type == "html_inline" and _BREAK.match(child.content)
        ):
            said.append("\n")
    return "".join(said)


def _items(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield the lines of a list, those within it indented."""
    counts: list[int | None] = []
    mark = ""
    for at, token in enumerate(tokens):
        if token.type == "bullet_list_open":
            counts.append(None)
        elif token.type == "ordered_list_open":
            counts.append(int(token.attrs.get("start", 1)))
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            counts.pop()
        elif token.type == "list_item_open":
            count = counts[-1]
            mark = "- " if count is None else f"{count}. "
            if count is not None:
                counts[-1] = count + 1
        elif token.type in {"inline", "fence", "code_block", "html_block"}:
            words = _inline(token) if token.type == "inline" else token.content
            words = html.plain(words) if token.type == "html_block" else words
            if token.type == "inline" and at and tokens[at - 1].type in {"th_open", "td_open"}:
                words = f"{words} |"
            indent = "  " * (len(counts) - 1)
            for line in filter(str.strip, words.split("\n")):
                yield f"{indent}{mark or '  '}{line}"
                mark = ""


def _rows(tokens: Sequence[Token]) -> Iterator[str]:
    row: list[str] = []
    for token in tokens:
        if token.type == "tr_open":
            row = []
        elif token.type == "inline":
            row.append(one_line(_inline(token)))
        elif token.type == "tr_close":
            yield " | ".join(row)
