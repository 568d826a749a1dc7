"""The widget `<robi-chat>` in a real browser, on the page of a textbook that is of another origin.

The server of these tests does what each of them says (tests/e2e/textbook.py): what the widget makes
of any answer, refusal and cut. With the real server it is met in test_widget_served.py.
"""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from attrs import define
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser import Visit, needs_chromium, visiting
from tests.e2e.textbook import (
    ANSWER,
    CITATIONS,
    KEY,
    QUOTE,
    SESSION,
    WORDS,
    Book,
    Chat,
    Cut,
    Refusal,
    answering,
    pasted,
    publishing,
)

pytestmark = needs_chromium

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 320, "height": 568}
STRICT = (
    "default-src 'none'; script-src {chat}; connect-src {chat}; style-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""A policy that names the server of the widget, and allows nothing else of anybody's."""

WHOLE = re.compile(r"Siempre vemos la misma cara de la Luna .*Y la luz tarda")
SHORTCUT = "Alt+Shift+KeyA"


@define(eq=False, slots=False)
class Reading:
    """Somebody who reads the book."""

    visit: Visit
    book: Book
    chat: Chat

    @property
    def page(self) -> Page:
        return self.visit.page

    @property
    def panel(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def field(self) -> Locator:
        return self.panel.get_by_role("textbox")

    @property
    def alert(self) -> Locator:
        return self.panel.get_by_role("alert")

    @property
    def answer(self) -> Locator:
        """The newest."""
        return self.page.locator(".answer").last

    def turn_to(self, path: str = "/") -> None:
        self.page.goto(f"{self.book.url}{path}")

    def open(self) -> None:
        self.page.locator("#open").click()
        expect(self.field).to_be_focused()

    def ask(self, words: str = "¿Por qué?") -> None:
        self.field.fill(words)
        self.field.press("Enter")

    def select(self, selector: str = "#first") -> None:
        """Select what stands there, as a keyboard or a screen reader does."""
        self.page.evaluate(
            "(at) => getSelection().selectAllChildren(document.querySelector(at))", selector
        )

    def highlighted(self) -> list[str]:
        """Return the words that are highlighted on the page."""
        found: list[str] = self.page.evaluate(
            "() => [...(CSS.highlights.get('robi-chat') ?? [])].map(String)"
        )
        return found

    def focused(self) -> str:
        """Return the id of who has the focus on the page, or its name."""
        found: str = self.page.evaluate(
            "() => document.activeElement.id || document.activeElement.localName"
        )
        return found

    def told(self) -> str:
        """Return what a screen reader was told."""
        return self.page.locator("#told").inner_text()


@contextmanager
def reading(*, at: str = "/", troubles: str = "", **context: Any) -> Iterator[Reading]:
    """Open the book; nothing may go wrong in the page until the end but what matches `troubles`."""
    given = {"viewport": DESKTOP, "locale": "es-ES", "reduced_motion": "reduce", **context}
    with publishing() as (book, chat), visiting(**given) as visit:
        reader = Reading(visit, book, chat)
        if at:
            reader.turn_to(at)
        yield reader
        pattern = re.compile(troubles) if troubles else None
        assert [said for said in visit.troubles if not (pattern and pattern.search(said))] == []


# Asking


def test_question_is_sent_with_key_text_and_no_more() -> None:
    with reading() as reader:
        reader.open()
        reader.ask("¿Por qué vemos una cara?")
        expect(reader.answer).to_have_text(WHOLE)
        (asked,) = reader.chat.asked
        assert asked.body == {"message": "¿Por qué vemos una cara?", "text_id": "*"}
        assert (asked.key, asked.origin, asked.last_event_id) == (KEY, reader.book.url, None)
        expect(reader.field).to_have_value("")


def test_next_question_is_of_the_same_session() -> None:
    with reading() as reader:
        reader.open()
        reader.ask()
        expect(reader.page.locator(".cites")).to_have_count(1)
        reader.ask("¿Y luego?")
        expect(reader.page.locator(".cites")).to_have_count(2)
        assert [asked.body.get("session_id") for asked in reader.chat.asked] == [None, SESSION]


def test_answer_streams_and_is_told_by_sentences() -> None:
    with reading() as reader:
        reader.open()
        reader.chat.hold_at = 4  # "Tarda lo mismo en girar " has come, and is no sentence yet
        reader.ask()
        expect(reader.answer).to_contain_text("Tarda lo mismo en girar")
        assert reader.told().split("\n\n") == [
            "Buscando la respuesta…",
            "Siempre vemos la misma cara de la Luna .",
        ]
        reader.chat.go_on.set()
        expect(reader.answer).to_have_text(WHOLE)
        assert reader.told().split("\n\n")[2:] == [
            "Tarda lo mismo en girar que en dar la vuelta.",
            "Los planetas giran alrededor del Sol .",
            "Y la luz tarda .",
        ]


def test_shift_and_enter_begin_a_line() -> None:
    with reading() as reader:
        reader.open()
        reader.page.keyboard.type("uno")
        reader.page.keyboard.press("Shift+Enter")
        reader.page.keyboard.type("dos")
        reader.page.get_by_role("button", name="Enviar").click()
        expect(reader.answer).to_have_text(WHOLE)
        assert reader.chat.asked[0].body["message"] == "uno\ndos"


def test_question_of_nothing_is_not_sent() -> None:
    with reading() as reader:
        reader.open()
        reader.ask("   ")
        reader.ask("sí")
        expect(reader.answer).to_have_text(WHOLE)
        assert [asked.body["message"] for asked in reader.chat.asked] == ["sí"]


def test_stop_leaves_what_came_and_goes_away() -> None:
    with reading() as reader:
        reader.open()
        reader.chat.hold_at = 4
        reader.ask()
        expect(reader.answer).to_contain_text("Tarda lo mismo")
        reader.page.get_by_role("button", name="Parar").click()
        expect(reader.page.get_by_text("Respuesta detenida.")).to_be_visible()
        expect(reader.answer).to_contain_text("Tarda lo mismo")
        expect(reader.field).to_be_focused()
        assert reader.chat.gone.wait(20)
        assert len(reader.chat.asked) == 1


def test_new_conversation_begins_a_new_session() -> None:
    with reading() as reader:
        reader.open()
        reader.ask()
        expect(reader.answer).to_have_text(WHOLE)
        reader.page.get_by_role("button", name="Nueva conversación").click()
        expect(reader.page.locator("article")).to_have_count(0)
        expect(reader.field).to_be_focused()
        reader.ask()
        expect(reader.answer).to_have_text(WHOLE)
        assert "session_id" not in reader.chat.asked[1].body


# A stream that is cut


@pytest.mark.parametrize("reset", [False, True], ids=["ended", "broken"])
@pytest.mark.parametrize("after", range(1, len(ANSWER)))
def test_stream_cut_after_any_event_loses_and_doubles_nothing(after: int, reset: bool) -> None:
    with reading(troubles="ERR_CONNECTION_RESET|ERR_INCOMPLETE") as reader:
        reader.chat.plan = [Cut(after, reset=reset)]
        reader.open()
        reader.ask()
        expect(reader.page.locator(".cites")).to_be_visible()
        expect(reader.answer).to_have_text(
            re.sub(r"\*\*", "", "".join(WORDS)), use_inner_text=False
        )
        first, second = reader.chat.asked
        assert first.last_event_id is None
        if not reset:  # a connection that breaks takes along what was not read yet
            assert second.last_event_id == f"{SESSION}/{after}"
            assert second.body["session_id"] == SESSION


def test_stream_cut_at_every_event_is_whole_in_the_end() -> None:
    """Each time something has come, so that it is never given up; the whole text is not told."""
    pieces = [f"palabra{n} " for n in range(12)]
    with reading() as reader:
        reader.chat.events = [
            *(("text_chunk", {"text": piece}) for piece in pieces),
            ("stream_end", {"processing_time_ms": 1}),
        ]
        reader.chat.plan = [Cut(1) for _ in pieces]
        reader.open()
        reader.ask()
        expect(reader.panel.get_by_role("button", name="Enviar")).to_be_visible()
        expect(reader.answer).to_have_text("".join(pieces).strip())
        assert len(reader.chat.asked) == len(pieces) + 1


def test_stream_that_repeats_an_event_doubles_nothing() -> None:
    with reading() as reader:
        reader.chat.events = [
            ("text_chunk", {"text": "una "}),
            ("text_chunk", {"text": "vez"}),
            ("stream_end", {}),
        ]
        reader.chat.forgets = 1
        reader.chat.plan = [Cut(2)]
        reader.open()
        reader.ask()
        expect(reader.panel.get_by_role("button", name="Enviar")).to_be_visible()
        expect(reader.answer).to_have_text("una vez")


def test_stream_cut_before_any_event_is_asked_again_once() -> None:
    with reading() as reader:
        reader.chat.plan = [Cut(0)]
        reader.open()
        reader.ask()
        expect(reader.answer).to_have_text(WHOLE)
        assert [asked.last_event_id for asked in reader.chat.asked] == [None, None]


def test_stream_cut_before_any_event_is_taken_up_where_the_server_says_how() -> None:
    with reading() as reader:
        reader.chat.places = True
        reader.chat.plan = [Cut(0), Cut(0)]
        reader.open()
        reader.ask()
        expect(reader.answer).to_have_text(WHOLE)
        place = f"{SESSION}/question"
        assert [asked.last_event_id for asked in reader.chat.asked] == [None, place, place]


def test_stream_that_never_comes_back_is_given_up_and_the_question_kept() -> None:
    with reading() as reader:
        reader.chat.plan = [Cut(2), *[Cut(0)] * 10]
        reader.chat.retry_ms = 1
        reader.open()
        reader.ask("¿Por qué?")
        expect(reader.alert).to_contain_text("Se ha cortado la conexión")
        expect(reader.field).to_have_value("¿Por qué?")
        expect(reader.answer).to_contain_text("Siempre vemos la misma cara")
        assert len(reader.chat.asked) == 7, "the question and six tries"


def test_proxy_without_a_server_is_waited_out_when_an_answer_has_begun() -> None:
    with reading(troubles="502") as reader:
        reader.chat.plan = [Cut(2), Refusal(502), Refusal(502)]
        reader.open()
        reader.ask()
        expect(reader.answer).to_have_text(WHOLE)


# What may be refused


def test_session_that_is_forgotten_is_begun_anew() -> None:
    with reading(troubles="404") as reader:
        reader.open()
        reader.ask()
        expect(reader.page.locator(".cites")).to_have_count(1)
        reader.chat.plan = [Refusal(404, "SESSION_NOT_FOUND")]
        reader.chat.session = "chat_new"
        reader.ask("¿Y luego?")
        expect(reader.page.locator(".cites")).to_have_count(2)
        told = [asked.body.get("session_id") for asked in reader.chat.asked]
        assert told == [None, SESSION, None]
        reader.ask("¿Y más?")
        expect(reader.page.locator(".cites")).to_have_count(3)
        assert reader.chat.asked[-1].body["session_id"] == "chat_new"


def test_place_that_is_forgotten_has_the_question_answered_from_its_beginning() -> None:
    with reading(troubles="404") as reader:
        reader.chat.plan = [Cut(3), Refusal(404, "SESSION_NOT_FOUND")]
        reader.open()
        reader.ask()
        expect(reader.page.locator(".cites")).to_be_visible()
        expect(reader.answer).to_have_text(re.sub(r"\*\*", "", "".join(WORDS)))


def test_too_many_questions_say_when_and_then_let_ask() -> None:
    with reading(troubles="429") as reader:
        reader.page.clock.install()
        reader.chat.plan = [Refusal(429, headers={"Retry_After": "30"})]
        reader.open()
        reader.ask("¿Por qué?")
        expect(reader.alert).to_contain_text("dentro de 30 segundos")
        expect(reader.field).to_have_value("¿Por qué?")
        send = reader.page.get_by_role("button", name="Enviar")
        expect(send).to_be_disabled()
        reader.field.press("Enter")
        reader.page.clock.run_for(31_000)
        expect(send).to_be_enabled()
        expect(reader.alert).to_have_text("")
        assert len(reader.chat.asked) == 1
        assert "Ya puedes preguntar." in reader.told()


@pytest.mark.parametrize(
    ("refusal", "lang", "said"),
    [
        (Refusal(400, "INVALID_REQUEST_FORMAT"), "es", "Prueba con una más corta"),
        (Refusal(401, "API_KEY_INVALID"), "es", "La clave de este chat no es válida"),
        (Refusal(401, "API_KEY_EXPIRED"), "en", "The key of this chat is not valid or has expired"),
        (Refusal(403, "API_KEY_INVALID"), "es", "Esta página no tiene permiso"),
        (Refusal(404, "TEXT_NOT_FOUND"), "en", "I cannot find the text of this page"),
        (Refusal(429, headers={"Retry_After": "7200"}), "en", "You can ask in 2 hours"),
        (Refusal(500, "DATABASE_ERROR"), "es", "Algo ha fallado"),
        (Refusal(502), "en", "Something went wrong"),
        (Refusal(503, headers={"Retry_After": "5"}), "es", "dentro de 5 segundos"),
    ],
)
def test_refusal_is_said_in_clear_words_and_the_question_kept(
    refusal: Refusal, lang: str, said: str
) -> None:
    with reading(at="", troubles=str(refusal.status)) as reader:
        reader.book.scripts = pasted(reader.chat.url, lang=lang)
        reader.turn_to()
        reader.open()
        reader.chat.plan = [refusal]
        reader.ask("¿Por qué?")
        expect(reader.alert).to_contain_text(said)
        expect(reader.field).to_have_value("¿Por qué?")
        expect(reader.page.locator("article")).to_have_count(0)


def test_error_within_the_stream_is_told_in_the_servers_words() -> None:
    with reading() as reader:
        reader.chat.events = [
            ("emotion", {"emotion": "sad"}),
            ("error", {"error_code": "BRAIN_ERROR", "message": "Ahora no puedo pensar."}),
        ]
        reader.open()
        reader.ask("¿Por qué?")
        expect(reader.alert).to_have_text("Ahora no puedo pensar.")
        expect(reader.field).to_have_value("¿Por qué?")


def test_origin_that_is_not_allowed_is_told_from_a_server_that_is_away() -> None:
    with reading(troubles="CORS|ERR_FAILED") as reader:
        reader.chat.allows = False
        reader.open()
        reader.ask()
        expect(reader.alert).to_contain_text("Esta página no tiene permiso")
        assert reader.chat.asked == []


def test_server_that_is_away_is_said() -> None:
    with reading(at="", troubles="ERR_CONNECTION_REFUSED") as reader:
        with socket.create_server(("127.0.0.1", 0)) as free:
            away = f"http://127.0.0.1:{free.getsockname()[1]}"
        reader.book.scripts = pasted(reader.chat.url, server=away)
        reader.turn_to()
        reader.page.evaluate("document.querySelector('robi-chat').setAttribute('lang', 'en')")
        reader.open()
        reader.ask("Why?")
        expect(reader.alert).to_contain_text("I cannot reach the server")
        expect(reader.field).to_have_value("Why?")


def test_browser_that_is_offline_is_said() -> None:
    with reading(troubles="ERR_INTERNET_DISCONNECTED") as reader:
        reader.open()
        reader.page.context.set_offline(True)
        reader.ask("¿Por qué?")
        expect(reader.alert).to_contain_text("No hay conexión a internet")
        expect(reader.field).to_have_value("¿Por qué?")


def test_widget_without_a_key_says_so() -> None:
    with reading(at="", troubles='needs the attribute "key"') as reader:
        reader.book.scripts = pasted(reader.chat.url, key="")
        reader.turn_to()
        reader.open()
        expect(reader.alert).to_contain_text("le falta su clave")
        expect(reader.page.get_by_role("button", name="Enviar")).to_be_disabled()
        reader.ask()
        assert reader.chat.asked == []
        assert any("key" in said for said in reader.visit.troubles)


# Selections


def test_selection_is_asked_about_and_stays_above_its_answer() -> None:
    with reading() as reader:
        reader.page.locator("#first").click(click_count=3)
        reader.page.get_by_role("button", name="Preguntar por la selección").click()
        chip = reader.panel.get_by_label("Texto seleccionado")
        expect(chip).to_contain_text("La Tierra da una vuelta")
        expect(reader.field).to_be_focused()
        reader.page.keyboard.type("¿Qué quiere decir?")
        reader.page.keyboard.press("Enter")
        expect(reader.answer).to_have_text(WHOLE)
        (asked,) = reader.chat.asked
        assert asked.body["selected_text"].startswith("La Tierra da una vuelta sobre sí misma")
        expect(reader.page.locator("article").get_by_label("Texto seleccionado")).to_be_visible()
        reader.ask("¿Y luego?")
        expect(reader.page.locator(".cites")).to_have_count(2)
        assert "selected_text" not in reader.chat.asked[1].body


def test_selection_can_be_taken_back() -> None:
    with reading() as reader:
        reader.select()
        reader.page.keyboard.press(SHORTCUT)
        reader.page.get_by_role("button", name="Quitar la selección").click()
        expect(reader.field).to_be_focused()
        reader.ask()
        expect(reader.answer).to_have_text(WHOLE)
        assert "selected_text" not in reader.chat.asked[0].body


def test_selection_made_while_the_panel_is_open_is_offered_there() -> None:
    with reading() as reader:
        reader.open()
        expect(reader.panel.get_by_text("Preguntar por la selección")).to_be_hidden()
        reader.page.locator("#first").click(click_count=3)
        reader.panel.get_by_role("button", name="Preguntar por la selección").click()
        expect(reader.panel.get_by_label("Texto seleccionado")).to_contain_text("La Tierra")


@pytest.mark.parametrize(
    "selection",
    [
        "getSelection().setBaseAndExtent(at, 0, at, 2)",
        "document.querySelector('#notes').select()",
        "getSelection().selectAllChildren(document.querySelector('robi-chat').shadowRoot.querySelector('h2'))",
    ],
    ids=["two letters", "in a field", "in the widget"],
)
def test_selection_of_nothing_to_ask_about_offers_nothing(selection: str) -> None:
    with reading() as reader:
        reader.open()
        reader.page.evaluate("document.activeElement.blur()")
        reader.select()
        expect(reader.page.locator("#near")).to_be_visible()
        reader.page.evaluate(f"const at = document.querySelector('#first').firstChild; {selection}")
        expect(reader.page.locator("#near")).to_be_hidden()
        expect(reader.page.locator("#about")).to_be_hidden()


def test_selection_that_is_long_is_cut() -> None:
    with reading() as reader:
        reader.page.evaluate("document.querySelector('#first').textContent = '🌕'.repeat(9000)")
        reader.select()
        reader.page.keyboard.press(SHORTCUT)
        reader.ask()
        expect(reader.answer).to_have_text(WHOLE)
        assert reader.chat.asked[0].body["selected_text"] == "🌕" * 4000  # two units of UTF-16 each


def test_selection_by_touch_offers_the_button_within_the_screen() -> None:
    with reading(viewport=PHONE, has_touch=True, is_mobile=True) as reader:
        reader.select("main")
        near = reader.page.locator("#near")
        expect(near).to_be_visible()
        box = near.bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= box["x"] + box["width"] <= PHONE["width"]
        assert 0 <= box["y"] <= box["y"] + box["height"] <= PHONE["height"]
        assert box["height"] >= 44
        near.tap()
        expect(reader.panel.get_by_label("Texto seleccionado")).to_contain_text("La Tierra")


# Citations


def test_citation_on_the_page_is_jumped_to_and_highlighted() -> None:
    with reading() as reader:
        reader.open()
        reader.ask()
        reader.answer.get_by_role("button", name="Cita 1").click()
        expect(reader.page.locator("#face")).to_be_in_viewport()
        expect(reader.page.locator("#face")).to_be_focused()
        assert [words.lower().split() for words in reader.highlighted()] == [QUOTE.split()]


def test_citation_without_anchor_is_found_by_its_heading() -> None:
    with reading() as reader:
        citation = {"number": 1, "quote": "no está aquí", "heading": ["x", "La luna"]}
        reader.chat.events = answering("Así [1].", citations=[citation])
        reader.open()
        reader.ask()
        reader.answer.get_by_role("button", name="Cita 1").click()
        expect(reader.page.locator("#la-luna")).to_be_focused()
        assert reader.highlighted() == []


def test_citation_of_another_page_is_a_link_to_its_words() -> None:
    with reading() as reader:
        reader.open()
        reader.ask()
        link = reader.answer.get_by_role("link", name="Cita 2")
        fragment = ":~:text=los%20planetas%20giran%20alrededor%20del%20Sol"
        expect(link).to_have_attribute("href", f"{reader.book.url}/next#planetas{fragment}")
        link.click()
        expect(reader.page).to_have_url(re.compile("/next"))
        expect(reader.answer).to_have_text(WHOLE)  # the conversation has come along
        expect(reader.panel).to_be_visible()
        reader.answer.get_by_role("link", name="Cita 2").click()
        assert reader.highlighted() == ["los planetas giran alrededor del Sol"]


def test_citation_of_another_page_with_such_an_anchor_here_is_still_a_link() -> None:
    with reading() as reader:
        citation = {**CITATIONS[1], "anchor": "la-luna", "heading": ["La Luna"]}
        reader.chat.events = answering("Así [2].", citations=[citation])
        reader.open()
        reader.ask()
        reader.answer.get_by_role("link", name="Cita 2").click()
        expect(reader.page).to_have_url(re.compile("/next"))


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "ftp://a.example/"])
def test_citation_with_an_address_that_is_none_is_a_button(url: str) -> None:
    with reading() as reader:
        reader.chat.events = answering("Así [3].", citations=[{**CITATIONS[2], "url": url}])
        reader.open()
        reader.ask()
        expect(reader.answer.get_by_role("button", name="Cita 3")).to_be_visible()


def test_citation_of_nowhere_is_shown_and_escape_shuts_it_alone() -> None:
    with reading() as reader:
        reader.open()
        reader.ask()
        marker = reader.answer.get_by_role("button", name="Cita 3")
        marker.focus()
        reader.page.keyboard.press("Enter")
        card = reader.page.locator("#card")
        expect(card).to_contain_text("Otro libro · p. 3")
        expect(card).to_contain_text("quien mira lejos mira atrás")
        expect(card).to_be_focused()
        reader.page.keyboard.press("Escape")
        expect(card).to_be_hidden()
        expect(marker).to_be_focused()
        expect(reader.panel).to_be_visible()


def test_citations_are_listed_with_heading_place_and_words() -> None:
    with reading() as reader:
        reader.open()
        reader.ask()
        expect(reader.page.get_by_role("list", name="Citas")).to_match_aria_snapshot("""
            - list "Citas":
              - listitem:
                - button "Cita 1"
                - text: "El cielo \u203a La Luna · p. 12 la luna siempre nos muestra la misma cara"
              - listitem:
                - link "Cita 2"
                - text: "Los planetas los planetas giran alrededor del Sol"
              - listitem:
                - button "Cita 3"
                - text: "Otro libro · p. 3 quien mira lejos mira atrás"
        """)


def test_number_without_a_citation_is_text() -> None:
    with reading() as reader:
        reader.chat.events = answering("Uno [1] y nueve [9].", citations=CITATIONS[:1])
        reader.open()
        reader.ask()
        expect(reader.page.locator(".cites")).to_be_visible()
        expect(reader.answer.get_by_role("button")).to_have_count(1)
        expect(reader.answer).to_contain_text("[9]")


def test_jump_on_a_phone_shows_the_page_and_the_shortcut_leads_back() -> None:
    with reading(viewport=PHONE) as reader:
        reader.open()
        reader.ask()
        reader.answer.get_by_role("button", name="Cita 1").click()
        expect(reader.panel).to_be_hidden()
        expect(reader.page.locator("#face")).to_be_focused()
        reader.page.keyboard.press(SHORTCUT)
        expect(reader.field).to_be_focused()
        expect(reader.answer).to_have_text(WHOLE)


def test_jump_opens_what_is_folded() -> None:
    with reading() as reader:
        reader.page.evaluate(
            """() => { const shut = document.createElement('details');
                 const face = document.querySelector('#face');
                 face.replaceWith(shut); shut.append(face); }"""
        )
        reader.open()
        reader.ask()
        reader.answer.get_by_role("button", name="Cita 1").click()
        expect(reader.page.locator("#face")).to_be_in_viewport()


def test_browser_without_highlights_has_an_outline_for_a_while() -> None:
    with reading(at="") as reader:
        reader.page.add_init_script(
            "Object.defineProperty(CSS, 'highlights', { value: undefined })"
        )
        reader.page.clock.install()
        reader.turn_to()
        reader.open()
        reader.ask()
        reader.page.clock.run_for(1000)
        reader.answer.get_by_role("button", name="Cita 1").click()
        assert "outline" in (reader.page.locator("#face").get_attribute("style") or "")
        reader.page.clock.run_for(5000)
        assert "outline" not in (reader.page.locator("#face").get_attribute("style") or "")


# What an answer may not do


def test_answer_runs_nothing_loads_nothing_and_leads_nowhere_bad() -> None:
    evil = (
        "<img src=x onerror=\"document.title='evil'\"> <script>document.title='evil'</script>\n\n",
        "![luna](http://127.0.0.1:9/p.png) [uno](javascript:document.title='evil') ",
        "[dos](data:text/html,x) [banco](https://evil.example/a)\n\n",
        "<a href=\"javascript:document.title='evil'\">tres</a> `<svg onload=x>`",
    )
    with reading() as reader:
        before = set(reader.visit.hosts)
        citation = {**CITATIONS[2], "quote": "<img src=x onerror=x>", "title": "<b>x</b>"}
        reader.chat.events = answering(*evil, " [3]", citations=[citation])
        reader.open()
        reader.ask("<img src=x onerror=\"document.title='evil'\">")
        expect(reader.page.locator(".cites")).to_be_visible()
        expect(reader.panel.locator("img, script, b, svg[onload]")).to_have_count(0)
        expect(reader.answer).to_contain_text("<img src=x onerror=")
        expect(reader.answer).to_contain_text("luna uno dos banco (evil.example)")
        links = reader.answer.get_by_role("link")
        expect(links).to_have_count(1)
        expect(links).to_have_attribute("rel", "noopener noreferrer nofollow")
        expect(links).to_have_attribute("target", "_blank")
        assert reader.page.title() == "El cielo"
        assert reader.visit.hosts == before


def test_page_with_a_strict_policy_has_it_whole() -> None:
    with reading(at="") as reader:
        reader.book.policy = STRICT.format(chat=reader.chat.url)
        reader.turn_to()
        reader.select()
        expect(reader.page.locator("#near")).to_be_visible()
        reader.page.locator("#near").click()
        reader.ask()
        expect(reader.answer).to_have_text(WHOLE)
        colour = reader.panel.evaluate("(panel) => getComputedStyle(panel).position")
        assert colour == "fixed", "it has its style"
        reader.answer.get_by_role("button", name="Cita 3").click()
        expect(reader.page.locator("#card")).to_be_visible()
        reader.page.keyboard.press("Escape")
        reader.answer.get_by_role("button", name="Cita 1").click()
        assert len(reader.highlighted()) == 1


# The next page


def test_page_that_is_loaded_again_has_the_conversation_still() -> None:
    with reading() as reader:
        reader.select()
        reader.page.keyboard.press(SHORTCUT)
        reader.ask("¿Por qué?")
        expect(reader.answer).to_have_text(WHOLE)
        reader.page.reload()
        expect(reader.panel).to_be_visible()
        expect(reader.page.locator("article")).to_contain_text("¿Por qué?")
        expect(reader.page.locator("article").get_by_label("Texto seleccionado")).to_be_visible()
        expect(reader.answer).to_have_text(WHOLE)
        expect(reader.page.locator(".cites")).to_be_visible()
        assert reader.focused() == "body", "a page that is loaded keeps its focus"
        assert reader.told() == "", "it is not told twice"
        reader.ask("¿Y luego?")
        expect(reader.page.locator(".cites")).to_have_count(2)
        assert reader.chat.asked[1].body["session_id"] == SESSION


def test_page_that_is_left_in_the_middle_of_an_answer_takes_it_up() -> None:
    with reading() as reader:
        reader.open()
        reader.chat.hold_at = 4
        reader.ask()
        expect(reader.answer).to_contain_text("Tarda lo mismo en girar")
        reader.chat.go_on.set()
        reader.chat.hold_at = None
        reader.turn_to("/next")
        expect(reader.page.locator(".cites")).to_be_visible()
        expect(reader.answer).to_have_text(WHOLE)


def test_other_key_is_another_conversation() -> None:
    with reading() as reader:
        reader.open()
        reader.ask()
        expect(reader.answer).to_have_text(WHOLE)
        reader.book.scripts = pasted(reader.chat.url, key="robi_other")
        reader.turn_to("/next")
        expect(reader.page.locator("#open")).to_be_visible()
        expect(reader.page.locator("article")).to_have_count(0)


def test_page_changed_by_its_program_keeps_the_widget() -> None:
    """As Docusaurus does: the text is another, the element is moved or made anew."""
    with reading() as reader:
        reader.open()
        reader.chat.hold_at = 4
        reader.ask()
        expect(reader.answer).to_contain_text("Tarda lo mismo en girar")
        reader.page.evaluate(
            """() => { history.pushState({}, '', '/next');
                 const main = document.createElement('main'); main.textContent = 'Otra página';
                 document.querySelector('main').replaceWith(main);
                 main.after(document.querySelector('robi-chat')); }"""
        )
        reader.chat.go_on.set()
        expect(reader.page.locator(".cites")).to_be_visible()
        expect(reader.answer).to_have_text(WHOLE)
        assert len(reader.chat.asked) == 1, "the answer went on"
        reader.page.evaluate(
            """async () => { const old = document.querySelector('robi-chat');
                 const made = old.cloneNode();
                 old.remove(); await 0; document.body.append(made); }"""
        )
        expect(reader.panel).to_have_count(1)
        expect(reader.answer).to_have_text(WHOLE)


def test_storage_that_is_forbidden_stops_nothing() -> None:
    with reading(at="") as reader:
        reader.page.add_init_script(
            """Object.defineProperty(window, 'sessionStorage', { get() {
                 throw new DOMException('no', 'SecurityError'); } })"""
        )
        reader.turn_to()
        reader.open()
        reader.ask()
        expect(reader.answer).to_have_text(WHOLE)


# How it is put on a page


def test_script_alone_with_its_settings_makes_the_element() -> None:
    with reading(at="") as reader:
        settings = f"key={KEY}&text=cielo&lang=en&name=Luna"
        reader.book.scripts = (
            f'<script type="module" src="{reader.chat.url}/chat.js#{settings}"></script>'
        )
        reader.turn_to()
        reader.open()
        expect(reader.panel).to_have_accessible_name("Ask Luna")
        reader.ask("Why?")
        expect(reader.answer).to_have_text(WHOLE)
        assert reader.chat.asked[0].body["text_id"] == "cielo"
        assert all("key=" not in asked.url.split("#")[0] for asked in reader.visit.asked)


def test_attributes_that_react_leaves_work_too() -> None:
    with reading(at="") as reader:
        tag = f'<robi-chat api-key="{KEY}" server="{reader.chat.url}/"></robi-chat>'
        reader.book.scripts = (
            f'<script type="module" src="{reader.chat.url}/chat.js"></script>{tag}'
        )
        reader.turn_to()
        reader.open()
        reader.ask()
        expect(reader.answer).to_have_text(WHOLE)
        assert reader.chat.asked[0].key == KEY
        assert reader.chat.asked[0].body == {"message": "¿Por qué?"}


@pytest.mark.parametrize(
    ("attribute", "page", "browser", "name"),
    [
        ("en", "es", "es-ES", "Ask Robi"),
        ("", "en-GB", "es-ES", "Ask Robi"),
        ("", "fr", "en-GB", "Ask Robi"),
        ("", "fr", "fr-FR", "Pregunta a Robi"),
        ("de", "es", "en-GB", "Pregunta a Robi"),
    ],
)
def test_language_is_that_of_attribute_page_or_browser(
    attribute: str, page: str, browser: str, name: str
) -> None:
    with reading(at="", locale=browser) as reader:
        reader.book.lang = page
        reader.book.scripts = pasted(reader.chat.url, lang=attribute)
        reader.turn_to()
        reader.open()
        expect(reader.panel).to_have_accessible_name(name)


# Who does not see, has no mouse, has a small screen, or likes the dark


def test_panel_is_all_there_for_a_screen_reader() -> None:
    with reading() as reader:
        reader.open()
        reader.ask()
        expect(reader.page.locator(".cites")).to_be_visible()
        expect(reader.panel).to_match_aria_snapshot("""
            - dialog "Pregunta a Robi":
              - banner:
                - heading "Pregunta a Robi" [level=2]
                - button "Nueva conversación"
                - button "Cerrar"
              - log "Pregunta a Robi":
                - article:
                  - group "Tú": ¿Por qué?
                  - paragraph:
                    - text: Siempre vemos
                    - strong: la misma cara
                    - text: de la Luna
                    - button "Cita 1"
                    - text: /.*/
                    - link "Cita 2"
                    - text: . Y la luz tarda
                    - button "Cita 3"
                    - text: .
                  - list "Citas"
              - alert
              - textbox "Tu pregunta"
              - button "Enviar"
        """)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_somebody_out(scheme: str) -> None:
    with reading(color_scheme=scheme, troubles="429") as reader:
        assert reader.visit.barriers(least="moderate") == []
        reader.open()
        reader.select()
        reader.page.keyboard.press(SHORTCUT)
        reader.ask()
        expect(reader.page.locator(".cites")).to_be_visible()
        reader.chat.plan = [Refusal(429, headers={"Retry_After": "30"})]
        reader.ask()
        expect(reader.alert).not_to_have_text("")
        assert reader.visit.barriers(least="moderate") == []


def test_keyboard_alone_opens_asks_jumps_and_closes() -> None:
    with reading() as reader:
        keyboard = reader.page.keyboard
        reader.page.locator("#notes").focus()
        keyboard.press("Tab")
        expect(reader.page.locator("#open")).to_be_focused()
        outline = reader.page.locator("#open").evaluate("(it) => getComputedStyle(it).outlineWidth")
        assert outline == "3px"
        keyboard.press("Enter")
        expect(reader.field).to_be_focused()
        keyboard.type("¿Por qué?")
        keyboard.press("Enter")
        expect(reader.page.locator(".cites")).to_be_visible()
        passed = []
        for _ in range(20):
            keyboard.press("Shift+Tab")
            passed.append(
                reader.page.evaluate(
                    "() => { const it = document.activeElement.shadowRoot?.activeElement;"
                    " return it && (it.ariaLabel ?? it.getAttribute('aria-label') ?? it.id); }"
                )
            )
            if passed[-1] == "Nueva conversación":
                break
        cites = ["Cita 3", "Cita 2", "Cita 1"]
        assert passed == [*cites, *cites, "log", "Cerrar", "Nueva conversación"]
        for _ in range(3):
            keyboard.press("Tab")
        expect(reader.answer.get_by_role("button", name="Cita 1")).to_be_focused()
        keyboard.press("Enter")
        expect(reader.page.locator("#face")).to_be_focused()
        keyboard.press(SHORTCUT)
        expect(reader.field).to_be_focused()
        keyboard.press("Escape")
        expect(reader.panel).to_be_hidden()
        expect(reader.page.locator("#face")).to_be_focused()


def test_focus_returns_to_the_button_that_opened() -> None:
    with reading() as reader:
        reader.open()
        reader.page.keyboard.press("Escape")
        expect(reader.page.locator("#open")).to_be_focused()


@pytest.mark.parametrize(
    "viewport",
    [PHONE, {"width": 640, "height": 360}, {"width": 1280, "height": 800}],
    ids=["320 px", "200 %", "desktop"],
)
def test_nothing_leaves_the_screen(viewport: dict[str, int]) -> None:
    with reading(viewport=viewport) as reader:
        long = "palabra" * 30
        reader.chat.events = answering(
            f"{long}\n\n```\n{long}\n```\n\n| {long} | b |\n|---|---|\n| 1 | 2 |\n\n[1]",
            citations=[{**CITATIONS[0], "quote": long}],
        )
        reader.open()
        reader.ask(long)
        expect(reader.page.locator(".cites")).to_be_visible()
        box = reader.panel.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= viewport["width"]
        assert box["y"] + box["height"] <= viewport["height"]
        log = reader.page.locator("#log")
        assert log.evaluate("(it) => it.scrollWidth <= it.clientWidth")
        assert log.evaluate("(it) => it.clientHeight") >= 100
        expect(reader.field).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize(
    ("scheme", "page", "dark"),
    [("light", "", False), ("dark", "", True), ("light", "dark", True), ("dark", "light", False)],
)
def test_colours_are_the_systems_or_those_that_the_page_has_chosen(
    scheme: str, page: str, dark: bool
) -> None:
    with reading(at="", color_scheme=scheme) as reader:
        reader.turn_to()
        reader.page.evaluate(f"document.documentElement.style.colorScheme = '{page}'")
        reader.open()
        ink = reader.panel.evaluate(
            "(it) => getComputedStyle(it).color.match(/\\d+/g).slice(0, 3).map(Number)"
        )
        assert (sum(ink) > 384) == dark


def test_colours_are_those_of_the_pages_properties() -> None:
    with reading() as reader:
        reader.page.evaluate(
            "document.documentElement.style.setProperty('--robi-accent', 'rgb(1, 2, 3)')"
        )
        colour = reader.page.locator("#open").evaluate(
            "(it) => getComputedStyle(it).backgroundColor"
        )
        assert colour == "rgb(1, 2, 3)"


def test_who_wants_no_motion_sees_none() -> None:
    with reading(reduced_motion="reduce") as reader:
        reader.open()
        assert reader.panel.evaluate("(it) => getComputedStyle(it).animationName") == "none"
    with reading(reduced_motion="no-preference") as reader:
        reader.open()
        assert reader.panel.evaluate("(it) => getComputedStyle(it).animationName") == "come"
