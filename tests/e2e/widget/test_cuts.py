"""Streams that are cut: nothing is lost, nothing doubled, and the server is not asked for ever."""

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import needs_chromium
from tests.e2e.textbook import ANSWER, SESSION, WORDS, Cut, Refusal
from tests.e2e.widget.reader import WHOLE, Opening

pytestmark = needs_chromium


@pytest.mark.parametrize("reset", [False, True], ids=["ended", "broken"])
def test_stream_cut_after_any_event_loses_and_doubles_nothing(
    reading: Opening, reset: bool
) -> None:
    words = "".join(WORDS).replace("**", "")
    with reading(troubles="ERR_CONNECTION_RESET|ERR_INCOMPLETE") as reader:
        reader.open()
        for after in range(1, len(ANSWER)):
            reader.chat.plan = [Cut(after, reset=reset)]
            reader.chat.asked.clear()
            reader.ask(f"¿{after}?")
            expect(reader.page.locator(".cites")).to_have_count(after)
            expect(reader.panel.get_by_role("button", name="Enviar")).to_be_visible()  # it is over
            expect(reader.answer).to_have_text(words, use_inner_text=False)
            first, second = reader.chat.asked
            assert (first.body["message"], first.last_event_id) == (f"¿{after}?", None)
            if not reset:  # a connection that breaks takes along what was not read yet
                assert second.last_event_id == f"{SESSION}/{after}"
                assert second.body["session_id"] == SESSION


def test_stream_cut_at_every_event_is_whole_in_the_end(reading: Opening) -> None:
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


def test_stream_that_repeats_an_event_doubles_nothing(reading: Opening) -> None:
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


def test_stream_cut_before_any_event_is_asked_again_once(reading: Opening) -> None:
    with reading() as reader:
        reader.chat.plan = [Cut(0)]
        reader.open()
        reader.ask()
        expect(reader.answer).to_have_text(WHOLE)
        assert [asked.last_event_id for asked in reader.chat.asked] == [None, None]


def test_stream_cut_before_any_event_is_taken_up_where_the_server_says_how(
    reading: Opening,
) -> None:
    with reading() as reader:
        reader.chat.places = True
        reader.chat.plan = [Cut(0), Cut(0)]
        reader.open()
        reader.ask()
        expect(reader.answer).to_have_text(WHOLE)
        place = f"{SESSION}/question"
        assert [asked.last_event_id for asked in reader.chat.asked] == [None, place, place]


def test_stream_that_never_comes_back_is_given_up_and_the_question_kept(reading: Opening) -> None:
    with reading() as reader:
        reader.chat.plan = [Cut(2), *[Cut(0)] * 10]
        reader.chat.retry_ms = 1
        reader.open()
        reader.ask("¿Por qué?")
        expect(reader.alert).to_contain_text("Se ha cortado la conexión")
        expect(reader.field).to_have_value("¿Por qué?")
        expect(reader.answer).to_contain_text("Siempre vemos la misma cara")
        assert len(reader.chat.asked) == 7, "the question and six tries"


def test_proxy_without_a_server_is_waited_out_when_an_answer_has_begun(reading: Opening) -> None:
    with reading(troubles="502") as reader:
        reader.chat.plan = [Cut(2), Refusal(502), Refusal(502)]
        reader.open()
        reader.ask()
        expect(reader.answer).to_have_text(WHOLE)
