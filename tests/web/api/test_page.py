"""The page of the API: it reads without a script, and loads nothing."""

import base64
import hashlib
import re
from html.parser import HTMLParser

from attrs import define, field

from robi.web.api.openapi import document
from robi.web.api.page import HEADERS, page
from robi.web.api.table import OPERATIONS
from tests.web.api.stage import Stage

DOCUMENT = document(OPERATIONS, "robi/0")
PAGE = page(DOCUMENT)
VOID = {"meta"}


@define
class Outline(HTMLParser):
    """The elements of a page; fails at one that is not closed in its turn."""

    open: list[str] = field(factory=list)
    ids: list[str] = field(factory=list)
    links: list[str] = field(factory=list)
    tags: set[str] = field(factory=set)
    attributes: set[str] = field(factory=set)

    def __attrs_pre_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def outline() -> Outline:
    parser = Outline()
    parser.feed(PAGE)
    assert parser.open == []
    return parser


def test_page_has_each_call_and_each_schema_once() -> None:
    ids = outline().ids
    assert len(ids) == len(set(ids))
    assert {call.name for call in OPERATIONS} < set(ids)
    assert {f"schema-{name}" for name in DOCUMENT["components"]["schemas"]} < set(ids)


def test_page_links_to_what_is_on_it_and_to_the_document_only() -> None:
    links = outline().links
    inside = {link.removeprefix("#") for link in links if link.startswith("#")}
    assert inside <= set(outline().ids)
    assert {link for link in links if not link.startswith("#")} == {"openapi.json"}


def test_page_has_no_script_and_loads_nothing() -> None:
    assert outline().tags.isdisjoint({"script", "img", "link", "iframe", "form"})
    assert outline().attributes.isdisjoint({"src", "style", "onclick", "onload"})


def test_page_is_named_and_in_a_language() -> None:
    assert '<html lang="en">' in PAGE
    assert "<title>Robi REST API</title>" in PAGE
    assert {"main", "h1", "caption", "th"} <= outline().tags


def test_style_of_the_page_is_the_one_that_its_policy_allows() -> None:
    (style,) = re.findall(r"<style>(.*?)</style>", PAGE, re.DOTALL)
    allowed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = HEADERS["content-security-policy"]
    assert f"style-src 'sha256-{allowed}'" in policy
    assert "default-src 'none'" in policy


def test_variables_of_the_examples_are_explained() -> None:
    shown = set(re.findall(r"\$\w+", " ".join(re.findall(r"<pre>(.*?)</pre>", PAGE, re.DOTALL))))
    prose = " ".join(re.findall(r"<p>(.*?)</p>", PAGE, re.DOTALL))
    assert shown == {"$ROBI", "$API_KEY"}
    assert all(f"<code>{name}</code>" in prose for name in shown)


def test_parameters_are_all_explained() -> None:
    for methods in DOCUMENT["paths"].values():
        for operation in methods.values():
            told = [each["description"] for each in operation.get("parameters", ())]
            assert all(told)
            assert len(set(told)) == len(told)


def test_page_on_a_phone_is_not_wider_than_it() -> None:
    (style,) = re.findall(r"<style>(.*?)</style>", PAGE, re.DOTALL)
    assert "min-width" not in style
    assert "nowrap" not in style
    assert "@media (max-width: 40rem)" in style


def test_text_of_the_document_is_escaped() -> None:
    info = {**DOCUMENT["info"], "title": "<b>&", "description": "of `<i>` & co"}
    made = page({**DOCUMENT, "info": info})
    assert "<h1>&lt;b&gt;&amp; REST API</h1>" in made
    assert "<p>of <code>&lt;i&gt;</code> &amp; co</p>" in made


async def test_page_is_served_with_its_policy() -> None:
    async with Stage().client(key=None) as client:
        answer = await client.get("/docs")
    assert answer.text == PAGE
    assert answer.headers["content-security-policy"] == HEADERS["content-security-policy"]
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
