"""Any split of a text gives the same words, and no piece of them ends within a grapheme.

Texts are nonsense on purpose: whatever models, keyboards and scripts have, side by side. Graphemes
are cut by the module `regex` after UAX 29, which knows nothing of our tables.
"""

# ruff: noqa: E501, RUF001, SIM905 - tables of words; the signs meant are the ones written

import unicodedata
from itertools import accumulate
from random import Random
from typing import Literal

import pytest
import regex

from robi.speech.spoken import Speakable
from robi.speech.spoken.graphemes import MOST_MARKS
from robi.speech.spoken.letters import INITIALS, MARKS, PREPENDED, UNSPACED, VIRAMAS

TEXTS = 1_200
"""Of each seed; the same loop has run over 300 000."""

WORDS = """
    hola casa the años Ana VI XXI siglo I etc. Sr. EE. UU. p. ej. Mr. No. St. PIN tel. de l' don't
    it's ex- Carlos Luis capítulo 21 1.234,5 3/4 ½ 17:30 15:30 5 pm € $5 5€ 10% 23°C km km/h 3/5/2026
    May 600 12 34 56 +34 24/7 2.ª 1º 3x4 x X ana@x.es https://x.es/a?b=1 www.x.es http mailto: ftp://
    😀 👨\u200d👩\u200d👧 🇪🇸 1️⃣ 👍🏽 ℹ️ ™ © ® **b** *i* _u_ ~~s~~ `c` ``` # ## > - * 1. 2) | |---| [a](b)
    [a] ![i](j) ]( [ ] { } <b> </b> &amp; $x^2$ \\frac{1}{2} \\( \\) \\[ $ x² + = × -5 … ... -- — ¿ ¡ « »
    ( ) é \u0301 你好 नमस्ते 한국 각 สวัสดี กำ क्ष בְּרֵא بِسْمِ , . ! ? : ; :) ;-) :D <3 <3 kg v2.0.1 5th 60s '90s 15' 2" m/s² 9:00-14:00 2024/25 12/2024 05/12 ley XV-XVI tomo
    s/n either/or .NET cda. tsp. in. D.ª Mon-Fri Mon Sat Mar L-V ss. ms. million : USD éUSD Δ π \u0600 ﾞ “ ”
""".split()
SIGNS = [
    *"abcXIVLCS 19.,-:/()[]{}<>*_~`|#$€%&@^=+'\"’…—😀\u200d\ufe0f\u0301你\n\t\r\u00a0\u202f\u2009éñüßÉΩя",
    *"한가각กำ์क्षः\u064eبא\u05b0🇪🇸👍🏽\u20e3²³₂⅓ªº¿¡«»“”;!?\\\u200b\u200c\u00ad\x00\x1f\u2028０５Ａ\u0600\u0d4e",
    *["\x1b", "\x9b", "\x07", "\x1b[31m", "\x1b]8;;x\x1b\\", "\x1b[", "\u202e", "\ufeff", "\x85"],
    "\U00011046",
    "\U00011000",
    "\r\n",
]
LONG = ["a", " ", "(", "x/", "1", "\u0301", "你", "A'", "p(", "-", ":", "\n"]

_NO_TEXT = r"\p{Cn}|\p{Co}|\p{Cs}"
"""Not assigned, private, or half of a character."""

SCRIPTS = {
    "Spanish": "¿Cómo está el pingüino? Sí, mañana: ¡qué ilusión! Año, niño, cigüeña.",
    "Vietnamese": "Xin chào, bạn có khỏe không? Tôi rất vui được gặp bạn ở đường phố.",
    "Devanagari": "नमस्ते दुनिया, क्षत्रिय विद्यार्थी स्त्री श्री राष्ट्र। कृपया धन्यवाद!",
    "Thai": "สวัสดีครับ คุณสบายดีไหม น้ำ ทำ เก้าอี้ ผู้ใหญ่",
    "Hangul": "안녕하세요, 만나서 반갑습니다. 오늘은 날씨가 좋네요!",
    "emoji": "Hola 👨‍👩‍👧 ❤️‍🔥 👍🏽 🇪🇸🇲🇽 1️⃣ #️⃣ 🏴󠁧󠁢󠁳󠁣󠁴󠁿 Ana 🏳️‍🌈 adiós ™️ ©️ ℹ️.",
    "Arabic": "بِسْمِ اللَّهِ مَرْحَبًا بِكُمْ فِي بَيْتِنَا",
    "Tamil": "வணக்கம் உலகம், க்ஷ ஸ்ரீ எப்படி இருக்கிறீர்கள்?",
}


def pieces(chunks: list[str], language: str) -> list[str]:
    speakable = Speakable(language)
    return [piece for piece in [*map(speakable.feed, chunks), speakable.close()] if piece]


def split(text: str, rng: Random) -> list[str]:
    most, chunks = rng.choice([2, 3, 8]), []
    while text:
        length = rng.randint(1, most)
        chunks.append(text[:length])
        text = text[length:]
    return chunks


def nonsense(rng: Random) -> str:
    words = [*WORDS, *[" "] * rng.choice([5, 25, 60]), *["\n"] * 3]
    often = rng.choice([0.8, 0.5, 0.2])
    text = "".join(
        rng.choice(words) if rng.random() < often else rng.choice(SIGNS)
        for _ in range(rng.randint(1, 26))
    )
    if rng.random() < 0.15:
        text = unicodedata.normalize("NFD", text)
    if rng.random() < 0.01:
        text += rng.choice(LONG) * rng.randint(20, 600) + text
    return text


def cut_graphemes(said: list[str]) -> list[str]:
    """Return the graphemes of all that was said within which a piece ends."""
    ends = set(accumulate(map(len, said[:-1])))
    found = regex.finditer(r"\X", "".join(said))
    return [one[0] for one in found if any(one.start() < end < one.end() for end in ends)]


@pytest.mark.parametrize("seed", range(3))
def test_speakable_nonsense_in_any_split_is_the_same_and_cuts_no_grapheme(seed: int) -> None:
    rng = Random(seed)
    for _ in range(TEXTS):
        text, language = nonsense(rng), rng.choice(["es", "en", "other"])
        whole = "".join(pieces([text], language))
        for chunks in (list(text), split(text, rng)):
            said = pieces(chunks, language)
            assert "".join(said) == whole, (text, language, chunks)
            assert cut_graphemes(said) == [], (text, language, chunks)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("script", SCRIPTS)
def test_speakable_of_a_script_in_any_split_cuts_no_grapheme(
    script: str, form: Literal["NFC", "NFD"]
) -> None:
    rng = Random(script + form)
    text = unicodedata.normalize(form, SCRIPTS[script])
    for chunks in (list(text), *(split(text, rng) for _ in range(60))):
        assert cut_graphemes(pieces(chunks, "other")) == []


@pytest.mark.parametrize("language", ["es", "en", "other"])
@pytest.mark.parametrize(
    "written", ["Hola,\u0301 Ana", "Hola \u0301 Ana", "\u0301Hola", "*\u0301a"]
)
def test_speakable_mark_on_what_is_no_letter_is_taken_out(written: str, language: str) -> None:
    assert "\u0301" not in "".join(pieces([written], language))


@pytest.mark.parametrize("written", ["cafe\u0301", "bạn", "क्ष", "น้ำ", "בְּרֵאשִׁית"])
def test_speakable_marks_on_letters_stay(written: str) -> None:
    assert "".join(pieces(list(written), "other")) == written


def test_speakable_letter_with_marks_without_end_keeps_as_many_as_fit() -> None:
    assert "".join(pieces(["e" + "\u0301" * 500 + "s"], "es")) == "e" + "\u0301" * MOST_MARKS + "s"


def test_tables_of_letters_agree_with_unicode() -> None:
    ideographs = range(0x3400, 0xA000)
    chars = [
        char
        for code in (*range(0x20000), *range(0xE0000, 0xE0200))
        if code not in ideographs and not regex.match(_NO_TEXT, char := chr(code))
    ]
    marks, prepended = (
        set(regex.findall(f"[{table}]", "".join(chars))) for table in (MARKS, PREPENDED)
    )
    jamo = set(regex.findall(r"[\u1160-\u11ff\ud7b0-\ud7fb]", "".join(chars)))
    assert {char for char in chars if regex.fullmatch(r"\X", "a" + char)} == marks - jamo
    assert jamo <= marks
    assert {char for char in chars if regex.fullmatch(r"\X", char + "a")} == prepended
    assert not regex.findall(f"[{UNSPACED}{INITIALS}]", "".join(marks))
    assert {char for char in chars if regex.match(r"\p{ccc=9}", char)} == set(
        regex.findall(f"[{VIRAMAS}]", "".join(chars))
    )
