import re
from collections.abc import Callable, Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robi.speech.directions import (
    LIMIT,
    LONG_LIMIT,
    CaptureTag,
    CitationTag,
    ConsentTag,
    DirectionParser,
    Emojis,
    EmotionTag,
    GestureRequest,
    Gestures,
    MediaSummary,
    MemoryNote,
    NameTag,
    NoEvidence,
    Piece,
    Spoken,
)

Read = Callable[[Iterable[str]], list[Piece]]
Words = Callable[[Iterable[str]], str]

WHOLE = (
    "[emotion:happy][emojis:1F600,1F389][actions:wave:800|nod:400][capture:photo] Hola… [aquí] "
    "estoy [media_summary: saludó][memory:preference:le gusta el té][person_name:Ana]"
    '[forget:that][incognito:on][cite:1 "le gusta [mucho] el té"][none:evidence]'
)
NAMES = (
    "emotion", "emojis", "actions", "capture", "media_summary", "memory", "person_name", "forget",
    "incognito", "cite", "none",
)  # fmt: skip


def test_answer_in_the_form_of_the_protocol_gives_every_piece_in_order(read: Read) -> None:
    assert read([WHOLE]) == [
        EmotionTag("happy"),
        Emojis(("1F600", "1F389")),
        Gestures((GestureRequest("wave", 800), GestureRequest("nod", 400))),
        CaptureTag("photo"),
        Spoken("Hola… [aquí] estoy"),
        MediaSummary("saludó"),
        MemoryNote("preference", "le gusta el té"),
        NameTag("Ana"),
        ConsentTag("forget_that"),
        ConsentTag("incognito"),
        CitationTag(1, "le gusta [mucho] el té"),
        NoEvidence(),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[hola]",
        "[1]",
        "[",
        "]",
        "[]",
        "a [ b ] c",
        "[emo",
        "[emotion",
        "[emotion ]",
        "[emotional:happy]",
        "[emotion happy]",
        "[x emotion:happy]",
        "[nota: algo]",
        "[person name:Ana]",
        "[" + " " * 40 + "emotion:happy]",
        "emotion:happy]",
        "[[[[",
    ],
)
def test_brackets_that_are_no_direction_are_spoken(text: str, spoken: Words) -> None:
    assert spoken([text]) == text


@pytest.mark.parametrize(
    ("written", "pieces"),
    [
        ("[Emotion : HAPPY ]x", [EmotionTag("happy"), Spoken("x")]),
        ("[\nemotion:\nhappy\n]x", [EmotionTag("happy"), Spoken("x")]),
        ("[emotion:melancholy]x", [EmotionTag("melancholy"), Spoken("x")]),
        ("[emotion:very happy]x", [EmotionTag("very"), Spoken("x")]),
        ("[emotion:]x", [Spoken("x")]),
        ("[emotion:sad]x[emotion:happy]", [EmotionTag("sad"), Spoken("x"), EmotionTag("happy")]),
        ("x[emotion:sad]", [Spoken("x"), EmotionTag("sad")]),
        ("[[emotion:sad]]", [Spoken("["), EmotionTag("sad"), Spoken("]")]),
        ("[memory:fact:likes [jazz]] x", [MemoryNote("fact", "likes [jazz]"), Spoken("x")]),
        ("[person_name:]x", [Spoken("x")]),
        ("[person_name:unknown]x", [Spoken("x")]),
        ("[emojis:nothing]x", [Spoken("x")]),
        ("[actions:]x", [Spoken("x")]),
        ("[capture:smell]x", [Spoken("x")]),
        ("x[Forget : ALL ]", [Spoken("x"), ConsentTag("forget_all")]),
        ("x[forget:todo]", [Spoken("x")]),
    ],
)
def test_direction_in_an_odd_form_is_understood_and_not_spoken(
    written: str, pieces: list[Piece], read: Read
) -> None:
    assert read([written]) == pieces


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("[emotion:sad] \n Hola", "Hola"),
        ("Hola [emotion:sad] Ana", "Hola Ana"),
        ("Hola[emotion:sad] Ana", "Hola Ana"),
        ("Hola [emotion:sad]Ana", "Hola Ana"),
        ("Hola[emotion:sad]Ana", "Hola Ana"),
        ("Hola.[emotion:sad]¿Y tú?", "Hola. ¿Y tú?"),
        ("Hola [emotion:sad] [capture:photo] Ana", "Hola Ana"),
        ("Hola[capture:photo].", "Hola."),
        ("Hola [capture:photo].", "Hola."),
        ("Hola\n\n[emotion:sad] Ana", "Hola\n\nAna"),
        ("Hola [emotion:sad]\nAna", "Hola\nAna"),
        ("Hola  Ana", "Hola  Ana"),
        ("Hola [memory:fact:x] ", "Hola"),
        ("([emotion:sad]Hola)", "(Hola)"),
    ],
)
def test_white_space_around_a_direction_reads_as_if_it_had_not_been_there(
    written: str, text: str, spoken: Words
) -> None:
    assert spoken([written]) == text


@pytest.mark.parametrize(
    ("written", "pieces"),
    [
        ("Hola [emotion:happy", [Spoken("Hola")]),
        ("[emotion:", []),
        ("[actions:wave:800|no", []),
        ("[emojis:1F600,1F", []),
        ("Hola [person_name:An", [Spoken("Hola")]),
        ("Hola [memory:fact:no le gusta", [Spoken("Hola")]),
        ("Hola [media_summary:vi un ga", [Spoken("Hola"), MediaSummary("vi un ga")]),
        ("Hola [forget:all", [Spoken("Hola")]),
    ],
)
def test_direction_cut_short_by_the_end_of_the_stream_says_nothing_but_a_summary(
    written: str, pieces: list[Piece], read: Read
) -> None:
    assert read([written]) == pieces


@pytest.mark.parametrize(
    ("written", "pieces"),
    [
        ("[emotion:happy Hola Ana", [EmotionTag("happy"), Spoken("Hola Ana")]),
        ("[capture:photo\nMiro.", [CaptureTag("photo"), Spoken("Miro.")]),
        ("[emojis:1F600,1F389 Hola", [Emojis(("1F600", "1F389")), Spoken("Hola")]),
        (
            "[actions:wave:800|nod Hola",
            [Gestures((GestureRequest("wave", 800), GestureRequest("nod"))), Spoken("Hola")],
        ),
        ("[person_name:Ana\nHola", [NameTag("Ana"), Spoken("Hola")]),
        (
            "[emotion:happy[emojis:1F600] Hola",
            [EmotionTag("happy"), Emojis(("1F600",)), Spoken("Hola")],
        ),
        (
            "Hola [memory:fact:toca [bien] el piano [person_name:Ana]",
            [Spoken("Hola"), MemoryNote("fact", "toca [bien] el piano"), NameTag("Ana")],
        ),
    ],
)
def test_direction_never_closed_ends_where_its_content_ends(
    written: str, pieces: list[Piece], read: Read
) -> None:
    assert read([written]) == pieces


@pytest.mark.parametrize(
    ("written", "quote", "text"),
    [
        ('[cite:1 "a b ]"] x', "a b", "x"),
        ('[cite:1 "a [ b"] x', "a [ b", "x"),
        ('[cite:1 "a ] b" ] x', "a ] b", "x"),
        ("[cite:1 «a ] b»] x", "a ] b", "x"),
        ("[cite:1 'a] it's b'] x", "a] it's b", "x"),
        ("[cite:1 a [b] c] x", "a [b] c", "x"),
        ('[cite:1 "a b" x', "a b", "x"),
        ("[cite:1 'it's b' x", "it's b", "x"),
        ('[cite:1 "a b] x', "a b", "x"),
        ('[cite:1 "a b\nx', "a b", "x"),
        ("[cite:1 a b\nx", "a b", "x"),
        ('[cite:1 "a b" x [emotion:sad]', "a b", "x"),
        ('[cite:1 "a b', "a b", ""),
        ('[cite:1 "' + "a " * LIMIT + '"] x', "a " * (LIMIT // 2 - 1), "x"),
    ],
)
def test_quote_ends_where_its_marks_say(written: str, quote: str, text: str, read: Read) -> None:
    pieces = [piece for piece in read([written]) if not isinstance(piece, EmotionTag)]
    assert pieces[0] == CitationTag(1, quote.strip())
    assert pieces[1:] == ([Spoken(text)] if text else [])


@pytest.mark.parametrize("wish", ["forget:that", "forget:all", "incognito:on", "incognito:off"])
@pytest.mark.parametrize("after", ["", " Hola", "[emotion:happy] Hola", "\n" + "Hola " * LIMIT])
def test_wish_never_closed_says_nothing(wish: str, after: str, read: Read) -> None:
    assert not any(isinstance(piece, ConsentTag) for piece in read([f"[{wish}{after}"]))


def test_direction_never_closed_lets_the_words_go_before_the_stream_ends() -> None:
    parser = DirectionParser()
    words = "Hola Ana. " * LIMIT
    assert Spoken(words.strip()) in parser.feed("[emotion:happy " + words)


@pytest.mark.parametrize("name", NAMES)
def test_direction_too_long_to_hold_is_skipped_up_to_its_bracket(name: str, spoken: Words) -> None:
    long = "1F600" if name == "emojis" else "x"
    separator = "," if name == "emojis" else ""
    assert spoken([f"[{name}:" + separator.join([long] * 3 * LONG_LIMIT) + "] Hola"]) == "Hola"


def test_summary_too_long_to_hold_keeps_its_beginning(read: Read) -> None:
    assert read(["[media_summary:" + "x" * 3 * LONG_LIMIT + "]"]) == [
        MediaSummary("x" * LONG_LIMIT)
    ]


def test_parser_keeps_no_more_than_its_bound_of_an_endless_direction() -> None:
    parser = DirectionParser()
    parser.feed("[memory:fact:")
    for _ in range(100):
        parser.feed("x" * 1000)
    assert parser._open is not None
    assert len(parser._open.held) + len(parser._open.kept or "") <= LONG_LIMIT + 1000


@pytest.mark.parametrize(
    ("chunk", "released"),
    [
        ("Hola", "Hola"),
        ("Hola [", "Hola"),
        ("Hola [x", "Hola [x"),
        ("Hola [emo", "Hola"),
        ("Hola [emox", "Hola [emox"),
        ("Hola [memory:fact:x] Ana [", "Hola Ana"),
        ("Hola [nota] Ana ", "Hola [nota] Ana"),
    ],
)
def test_feed_releases_at_once_all_that_cannot_be_a_direction(chunk: str, released: str) -> None:
    pieces = DirectionParser().feed(chunk)
    assert "".join(piece.text for piece in pieces if isinstance(piece, Spoken)) == released


@pytest.mark.parametrize("chunk", ["Hola Ana", "a [b] c [d] [[e", "[nota] hola"])
def test_feed_without_a_direction_returns_one_piece(chunk: str) -> None:
    assert len(DirectionParser().feed(chunk)) == 1


def test_feed_of_white_space_returns_nothing() -> None:
    parser = DirectionParser()
    parser.feed("Hola")
    assert parser.feed(" \n") == []


def test_every_beginning_of_an_answer_speaks_no_part_of_a_direction(spoken: Words) -> None:
    whole = spoken([WHOLE])
    head_begun = re.compile(r"\s*\[[a-z_]*$")
    cut = [spoken([WHOLE[:end]]) for end in range(len(WHOLE))]
    assert [words for words in cut if not whole.startswith(head_begun.sub("", words))] == []


# ── properties ────────────────────────────────────────────────────────────────────────────

_FRAGMENTS = st.sampled_from(
    [
        *NAMES,
        *(
            "[",
            "]",
            ":",
            " ",
            "  ",
            "\n",
            "[[",
            "]]",
            "Hola",
            "Ana",
            ".",
            "¿",
            "|",
            ",",
            "1F600",
            "😀",
        ),
        *("[emo", "[emotion", "[hola]", "[emotion:happy]", "[Emotion : sad ]", "[person_name:Ana]"),
        *("[memory:fact:likes [jazz]]", "[actions:wave:800|nod]", "[emojis:😀,1F389]"),
        *("[forget:all]", "[incognito:on]", "[forget:", "[incognito:off", "[for"),
        *("[emotion:", "[media_summary:", "[capture:", "[person_name:", "[actions:", "[emojis:"),
        *("x" * (LIMIT - 3), " y" * LIMIT),
    ]
)
_WRITTEN = st.lists(_FRAGMENTS | st.text(max_size=3), max_size=12).map("".join)


@st.composite
def _cut(draw: st.DrawFn) -> list[str]:
    written = draw(_WRITTEN)
    places = sorted(draw(st.lists(st.integers(0, len(written)), max_size=8)))
    ends = [0, *places, len(written)]
    return [written[start:end] for start, end in pairwise(ends)]


@given(chunks=_cut())
def test_split_anywhere_gives_the_same_pieces(chunks: list[str], read: Read) -> None:
    assert read(chunks) == read(["".join(chunks)])


@given(written=_WRITTEN)
def test_split_into_characters_gives_the_same_pieces(written: str, read: Read) -> None:
    assert read(written) == read([written])


@given(
    text=st.text(st.characters() | st.sampled_from("[]: \n")).filter(
        lambda text: not any(name in text.lower() for name in NAMES)
    )
)
def test_text_without_directions_is_spoken_unchanged_but_for_its_ends(
    text: str, spoken: Words
) -> None:
    assert spoken([text]) == text.strip()


_TEXTS = st.sampled_from(
    ["Hola", " ", "[hola] ", "Ana. ", "[1]", "¿qué?", "\n", "(x) [y] ", "[", "]"]
)
_CONTENT = st.text(st.characters(exclude_characters="[]"), max_size=LIMIT // 2)
_CLOSED = st.builds("[{}:{}]".format, st.sampled_from(NAMES), _CONTENT)


@given(parts=st.lists(st.tuples(st.booleans(), _TEXTS, _CLOSED), max_size=8))
def test_closed_directions_vanish_and_no_other_character_does(
    parts: list[tuple[bool, str, str]], spoken: Words
) -> None:
    written = "".join(
        direction if is_direction else text for is_direction, text, direction in parts
    )
    texts = "".join(text for is_direction, text, _ in parts if not is_direction)
    assert "".join(spoken([written]).split()) == "".join(texts.split())


@given(chunks=_cut())
def test_every_chunk_releases_all_but_its_tail(chunks: list[str]) -> None:
    parser = DirectionParser()
    for chunk in chunks:
        parser.feed(chunk)
        held = parser._head
        assert not held or held.startswith("[")
        assert len(held) <= 60
