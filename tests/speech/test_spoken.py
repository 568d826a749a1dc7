"""What is said of what a model writes: a table by hand, and what must hold for any text."""

# ruff: noqa: RUF001, SIM905 - the signs meant are the ones written

import re
import unicodedata
from itertools import pairwise
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from robi.protocol.messages import ResponseMeta, TextChunk
from robi.speech.answer import Answer
from robi.speech.spoken import Speakable, language_of
from robi.speech.spoken.guess import _ENGLISH, _OTHER, _SPANISH
from robi.speech.spoken.stream import MOST_HELD
from tests.speech.spoken_cases import Case, cases

LEFT_OVER = re.compile(r"[*_~`|#^\\<>{}=+@&%€$£]|\d|\]\(")
LANGUAGES = st.sampled_from(["es", "en", "other"])

WORDS = [
    "hola",
    "casa",
    "the",
    "años",
    "Ana",
    "VI",
    "siglo",
    "I",
    "etc.",
    "Sr.",
    "EE.",
    "UU.",
    "p.",
    "ej.",
    "Mr.",
    "de",
    "21",
    "1.234,5",
    "3/4",
    "½",
    "17:30",
    "5",
    "pm",
    "€",
    "$5",
    "5€",
    "10%",
    "23°C",
    "km",
    "km/h",
    "3/5/2026",
    "May",
    "600",
    "12",
    "34",
    "56",
    "+34",
    "ana@x.es",
    "https://x.es/a?b=1",
    "www.x.es",
    "😀",
    "👨\u200d👩\u200d👧",
    "🇪🇸",
    "1️⃣",
    "👍🏽",
    "**b**",
    "*i*",
    "_u_",
    "~~s~~",
    "`c`",
    "```",
    "#",
    "##",
    ">",
    "-",
    "*",
    "1.",
    "2)",
    "|",
    "|---|",
    "[a](b)",
    "[a]",
    "![i](j)",
    "<b>",
    "</b>",
    "&amp;",
    "$x^2$",
    "\\frac{1}{2}",
    "$",
    "x²",
    "+",
    "=",
    "×",
    "-5",
    "…",
    "...",
    "--",
    "—",
    "¿",
    "¡",
    "«",
    "»",
    "(",
    ")",
    "é",
    "́",
    "你好",
    "नमस्ते",
    ",",
    ".",
    "!",
    "?",
    ":",
    ";",
    "USD",
]
PIECES = st.lists(
    st.sampled_from([*WORDS, " ", " ", " ", "\n", "\n\n"]) | st.text(max_size=3), max_size=30
)
TEXTS = PIECES.map("".join)


def said(chunks: list[str], language: str = "es") -> str:
    speakable = Speakable(language)
    return "".join([*map(speakable.feed, chunks), speakable.close()])


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: f"{case.line}-{case.written[:30]}")
def test_speakable_case_of_the_table_is_said_as_expected(case: Case) -> None:
    assert said([case.written], case.language) == case.said


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: f"{case.line}-{case.written[:30]}")
def test_speakable_case_of_the_table_fed_by_characters_is_the_same(case: Case) -> None:
    assert said(list(case.written), case.language) == case.said


def test_table_has_at_least_five_hundred_cases() -> None:
    assert len({(case.language, case.written) for case in cases()}) >= 500


@settings(deadline=None)
@given(TEXTS, LANGUAGES, st.data())
def test_speakable_text_split_anywhere_is_the_same(
    text: str, language: str, data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12)))
    bounds = [0, *cuts, len(text)]
    chunks = [text[a:b] for a, b in pairwise(bounds)]
    assert said(chunks, language) == said([text], language)


@settings(deadline=None)
@given(TEXTS)
def test_speakable_output_in_spanish_and_english_holds_no_mark_and_no_digit(text: str) -> None:
    spoken = said([text])
    read = "".join(char for char in text if unicodedata.category(char) not in {"Cc", "Cf"})
    if language_of(read, "es") != "other":
        assert not any(unicodedata.category(char) == "So" for char in spoken)
        assert not re.search(r"\*|`|~~|\]\(", spoken)


@settings(deadline=None)
@given(st.lists(st.sampled_from([word for word in WORDS if word.isascii()]), max_size=20))
def test_speakable_ascii_of_es_and_en_leaves_nothing_that_cannot_be_said(words: list[str]) -> None:
    assert not LEFT_OVER.search(said([" ".join(words)]))


PLAIN_WORDS = st.sampled_from(
    "hola casa niño pingüino árbol the dog don't well-known bien, (sí) «no» ¿qué? ¡ya! adiós".split()  # noqa: E501
)


@settings(deadline=None)
@given(st.lists(PLAIN_WORDS, min_size=1))
def test_speakable_plain_sentence_passes_byte_for_byte(words: list[str]) -> None:
    text = " ".join(words) + "."
    assert said([text]) == text


@settings(deadline=None)
@given(st.lists(st.sampled_from([*"abcñé ", "**", "~~", "`", "😀", "\n", "> "]), max_size=40))
def test_speakable_letters_between_marks_are_never_lost(pieces: list[str]) -> None:
    text = "".join(pieces)
    assume("```" not in text and "~~~" not in text)  # what follows these names a language
    letters = [char for char in text if char.isalpha()]
    spoken = said([text], "other")
    assert [char for char in spoken if char.isalpha()] == letters


@settings(deadline=None)
@given(TEXTS, LANGUAGES)
def test_speakable_never_holds_more_than_its_bound(text: str, language: str) -> None:
    speakable = Speakable(language)
    for char in text * 3:
        speakable.feed(char)
        assert speakable.held <= MOST_HELD


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "1",
        "1 ",
        "[",
        "[a ",
        "<a ",
        "$x",
        ".",
        " ",
        "\u0301",
        "😀",
        "Sr",
        "https://x/",
        "\\frac{",
        "|",
        "你",
        "a@",
        "A'",
        "p(",
        "ᄀ",
        "क्",
    ],
)
def test_speakable_token_without_an_end_is_bounded(unit: str) -> None:
    speakable = Speakable("es")
    for _ in range(2_000):
        speakable.feed(unit * 10)
        assert speakable.held <= MOST_HELD


@pytest.mark.parametrize("text", ["Hola, ", "Hola, Ana ", "¿Qué tal?", " uno dos.\n", "Hola *"])
def test_speakable_plain_words_wait_for_nothing_once_they_have_ended(text: str) -> None:
    assert Speakable("es").feed(text) == text.strip(" \n*")


@pytest.mark.parametrize(
    ("text", "first"), [("Hola", "Hol"), ("Hola, Ana", "Hola, An"), (" uno dos", "uno do")]
)
def test_speakable_last_letter_that_a_mark_may_join_waits_for_the_next_chunk(
    text: str, first: str
) -> None:
    speakable = Speakable("es")
    assert speakable.feed(text) == first
    assert speakable.feed("\u0301") == ""
    assert speakable.close() == text[-1] + "\u0301"


@pytest.mark.parametrize(
    ("chunks", "first"),
    [
        (["Hay 21", " casas y"], "Hay"),
        (["El Sr", ". Gil"], "El"),
        (["Mira www", ".x.es ya"], "Mira"),
        (["Espera.", ".. ya"], "Espera"),
    ],
)
def test_speakable_incomplete_token_is_all_that_waits(chunks: list[str], first: str) -> None:
    assert Speakable("es").feed(chunks[0]) == first


def test_answer_texts_and_meta_carry_what_is_said() -> None:
    answer = Answer("r1", None, None, Random(0))
    messages = [
        *answer.feed("[emotion:happy] Hay **21"),
        *answer.feed("** casas 😀."),
        *answer.close(),
    ]
    texts = [message.text for message in messages if isinstance(message, TextChunk)]
    meta = answer.meta(None)
    assert isinstance(meta, ResponseMeta)
    assert "".join(texts) == meta.response_text == "Hay veintiuna casas."


def test_answer_bracket_that_is_no_direction_may_be_a_link() -> None:
    answer = Answer("r1", None, None, Random(0))
    for chunk in ("Mira [la ", "guía](http://x.es) o [", "esto]"):
        answer.feed(chunk)
    answer.close()
    assert answer.text == "Mira la guía o [esto]"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("¿Qué hora es?", "es"),
        ("What time is it?", "en"),
        ("Wie spät ist es und wo?", "other"),
        ("", "es"),
    ],
)
def test_language_of_an_utterance_is_guessed_by_its_words(text: str, language: str) -> None:
    assert language_of(text, "es") == language


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("\x1b[31mHola\x1b[0m, Ana.", "Hola, Ana."),
        ("\x9b1;31mHola", "Hola"),
        ("\x1b]8;;https://x.es\x1b\\Hola\x1b]8;;\x07", "Hola"),
        ("\x1b(BHola\x1b", "Hola"),
        ("Ho\x00la\ufeff, \u202eAna\u202c", "Hola, Ana"),
        ("pala\u00adbra\u200b", "palabra"),
        ("ca\u200dsa y ca\u200csa", "casa y casa"),
        ("uno\x0bdos\x1ftres\x85", "uno dos tres"),
        ("mal\ud83d", "mal"),
        ("می\u200cخواهم क्\u200dष", "می\u200cخواهم क्\u200dष"),
        ("a\tb\r\nc", "a\tb\r\nc"),
    ],
)
def test_speakable_what_no_one_sees_is_dropped_however_it_comes(written: str, spoken: str) -> None:
    assert said([written]) == said(list(written)) == spoken


def test_speakable_controls_of_unicode_are_dropped_but_for_what_is_said_or_parts_words() -> None:
    # joiners go after Latin letters too; these signs stand before the digits of a number
    signs = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
    unseen = (chr(code) for code in range(0x110000) if unicodedata.category(chr(code))[0] == "C")
    for char in unseen:
        if unicodedata.category(char) in {"Cc", "Cf", "Cs"} and char not in signs:
            spoken = said([f"a{char}b"], "other")
            assert spoken in {"ab", "a b"} or char in "\t\n\r", hex(ord(char))


COMMONEST_SPANISH = """
    de la que el en y a los se del las un por con no una su para es al lo como más o pero sus le ha
    me si sin sobre este ya entre cuando todo esta ser son dos también fue había era muy años hasta
    desde está mi porque qué sólo solo han yo hay vez puede todos así nos ni parte tiene él uno
    donde bien tiempo mismo ese ahora cada e vida otro después te otros aunque esa eso hace otra
    gobierno tan durante siempre día tanto ella tres sí dijo sido gran país según menos mundo año
    antes estado contra sino forma caso nada hacer general estaba poco estos presidente mayor ante
    unos les algo hacia casa ellos ayer hecho primera mucho mientras además quien momento millones
    esto tarde primero cual sur norte este oeste da di doy des dar dé ve va ven voy pon pone une
    pela pelo mas che ho com per den mil cien cuatro cinco seis siete ocho nueve diez once doce
""".split()
COMMONEST_ENGLISH = """
    the be to of and a in that have i it for not on with he as you do at this but his by from they
    we say her she or an will my one all would there their what so up out if about who get which go
    me when make can like time no just him know take people into year your good some could them see
    other than then now look only come its over think also back after use two how our work first
    well way even new want because any these give day most us is was are were been has had did
    three four five six seven eight nine ten once den pour sur per mix add put cut bake mom dad um
    uh oh hey ok son sin men die war was gut hat bin rot art
""".split()


def test_words_of_other_languages_are_common_in_neither_spanish_nor_english() -> None:
    assert not {*COMMONEST_SPANISH, *COMMONEST_ENGLISH, *_SPANISH, *_ENGLISH} & {*_OTHER}
