"""Where a citation leads: to the words, here or on another page, which nothing then covers."""

import re
from typing import Literal

import pytest
from playwright.sync_api import FloatRect, Locator, expect

from tests.e2e.browser import in_detail, needs_chromium
from tests.e2e.textbook import CITATIONS, QUOTE, answering
from tests.e2e.widget.reader import PHONE, SHORTCUT, WHOLE, Opening, Reader

pytestmark = [needs_chromium, in_detail]

NARROWER = {"width": 1100, "height": 700}  # the panel stands above the words
WIDE = {"width": 2000, "height": 900}
PLANETS = "los planetas giran alrededor del Sol"


def follow(
    reader: Reader, name: str = "Cita 2", *, holding: Literal["Control"] | None = None
) -> None:
    reader.open()
    reader.ask()
    expect(reader.page.locator(".cites")).to_be_visible()
    link = reader.answer.get_by_role("link", name=name)
    link.click(modifiers=[holding] if holding else [])


def box_of(locator: Locator) -> FloatRect:
    box = locator.bounding_box()
    assert box is not None
    return box


def meet(one: FloatRect, other: FloatRect) -> bool:
    """Return whether one covers something of the other."""
    return (
        one["x"] < other["x"] + other["width"]
        and other["x"] < one["x"] + one["width"]
        and one["y"] < other["y"] + other["height"]
        and other["y"] < one["y"] + one["height"]
    )


@pytest.mark.parametrize("viewport", [NARROWER, PHONE], ids=["1100 px", "320 px"])
def test_page_that_a_citation_leads_to_shows_its_words(
    reading: Opening, viewport: dict[str, int]
) -> None:
    with reading(viewport=viewport) as reader:
        follow(reader)
        expect(reader.page).to_have_url(re.compile("/next"))
        expect(reader.page.locator("#open")).to_be_visible()
        expect(reader.panel).to_be_hidden()
        reader.sees_highlighted(PLANETS)
        expect(reader.page.locator("#face")).to_be_in_viewport()
        reader.page.keyboard.press(SHORTCUT)
        expect(reader.field).to_be_focused()
        expect(reader.answer).to_have_text(WHOLE)  # the conversation has come along


def test_panel_that_covers_nothing_of_it_stays(reading: Opening) -> None:
    with reading(viewport=WIDE) as reader:
        follow(reader)
        expect(reader.page).to_have_url(re.compile("/next"))
        expect(reader.panel).to_be_visible()
        reader.sees_highlighted(PLANETS)


def test_page_that_is_loaded_again_is_not_followed_to_again(reading: Opening) -> None:
    with reading(viewport=NARROWER) as reader:
        follow(reader)
        expect(reader.page.locator("#open")).to_be_visible()
        reader.open()
        reader.page.reload()
        expect(reader.panel).to_be_visible()
        assert reader.highlighted() == []
        reader.answer.get_by_role("link", name="Cita 2").click()  # it is here, and so no link
        reader.sees_highlighted(PLANETS)


def test_page_that_is_written_late_is_searched_when_it_is_loaded(reading: Opening) -> None:
    with reading(viewport=NARROWER) as reader:
        late = """<script>const face = document.querySelector('#face'), words = face.innerHTML;
            face.textContent = '';
            addEventListener('load', () => { face.innerHTML = words; }, { capture: true });
            </script>"""
        reader.book.scripts = reader.book.scripts.replace("</robi-chat>", f"</robi-chat>{late}")
        follow(reader)
        expect(reader.page).to_have_url(re.compile("/next"))
        expect(reader.panel).to_be_hidden()
        reader.sees_highlighted(PLANETS)


def test_citation_that_is_opened_in_another_tab_leaves_this_one_as_it_is(reading: Opening) -> None:
    with reading(viewport=NARROWER) as reader:
        with reader.page.context.expect_page() as opened:
            follow(reader, holding="Control")
        opened.value.close()
        expect(reader.panel).to_be_visible()
        reader.turn_to("/next")
        expect(reader.panel).to_be_visible()
        assert reader.highlighted() == []


def test_next_question_clears_what_was_highlighted(reading: Opening) -> None:
    with reading(viewport=WIDE) as reader:
        reader.open()
        for question in ("¿Por qué?", "¿Y luego?"):
            reader.ask(question)
            expect(reader.page.locator("article").last).to_contain_text(question)
            assert reader.highlighted() == []
            expect(reader.page.locator("article").last.locator(".cites")).to_be_visible()
            reader.answer.get_by_role("button", name="Cita 1").click()
            assert [words.lower().split() for words in reader.highlighted()] == [QUOTE.split()]
        sheets = reader.page.evaluate("document.adoptedStyleSheets.length")
        assert sheets == 1, "one, however often"


def test_listed_citation_can_be_clicked_anywhere(reading: Opening) -> None:
    with reading() as reader:
        reader.open()
        reader.ask()
        listed = reader.page.get_by_role("list", name="Citas").get_by_role("listitem").first
        box = box_of(listed)
        listed.click(position={"x": box["width"] - 5, "y": box["height"] - 5})
        expect(reader.page.locator("#face")).to_be_focused()


def test_every_marker_is_large_enough_for_a_finger(reading: Opening) -> None:
    with reading(viewport=PHONE) as reader:
        reader.chat.events = answering("Uno [1][2][3], y *otro* [3].", citations=CITATIONS)
        reader.open()
        reader.ask()
        expect(reader.page.locator(".cites")).to_be_visible()
        boxes = [box_of(marker) for marker in reader.page.locator(".mark").all()]
        assert len(boxes) == 7
        assert min(min(box["width"], box["height"]) for box in boxes) >= 24
        assert not any(meet(one, other) for one in boxes for other in boxes if one is not other)


@pytest.mark.parametrize("viewport", [NARROWER, PHONE], ids=["1100 px", "320 px"])
@pytest.mark.parametrize("lines", [1, 40])
def test_citation_of_nowhere_covers_nothing_that_it_belongs_to(
    reading: Opening, viewport: dict[str, int], lines: int
) -> None:
    with reading(viewport=viewport) as reader:
        before = "Antes.\n\n" * lines
        reader.chat.events = answering(f"{before}Y la luz tarda [3].", citations=[CITATIONS[2]])
        reader.open()
        reader.ask()
        expect(reader.page.locator(".cites")).to_be_visible()
        marker = reader.answer.get_by_role("button", name="Cita 3")
        card = reader.page.locator("#card")
        marker.click()
        expect(card).to_contain_text("quien mira lejos mira atrás")
        expect(card).to_contain_text("No está en esta página.")
        assert not meet(box_of(card), box_of(reader.answer.locator("p").last))
        reader.page.keyboard.press("Escape")
        listed = reader.page.get_by_role("listitem").last
        listed.get_by_role("button").click()
        expect(card).to_have_text("No está en esta página.")  # the rest stands there
        assert not meet(box_of(card), box_of(listed))


@pytest.mark.parametrize(("lang", "marks"), [("es", "«»"), ("en", "“”")])
def test_quotes_have_the_signs_of_the_language(reading: Opening, lang: str, marks: str) -> None:
    with reading() as reader:
        reader.page.evaluate(f"document.querySelector('robi-chat').setAttribute('lang', '{lang}')")
        whole, partial = "Mira lejos.", "quien mira"
        reader.chat.events = answering(
            "Así [1][2].",
            citations=[{"number": 1, "quote": whole}, {"number": 2, "quote": partial}],
        )
        reader.open()
        reader.ask()
        expect(reader.page.locator("q")).to_have_text([whole, partial])  # no sign of it is copied
        quotes = reader.page.locator("q").first.evaluate("(it) => getComputedStyle(it).quotes")
        assert re.findall(r"[^\s\"]", quotes)[:2] == list(marks)
        after = [
            quote.evaluate("(it) => getComputedStyle(it, '::after').content")
            for quote in reader.page.locator("q").all()
        ]
        assert after == ["close-quote", '"…" close-quote']
