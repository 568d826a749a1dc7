import pytest

from robi.speech.pieces import (
    READERS,
    CaptureTag,
    CitationTag,
    ConsentTag,
    Emojis,
    EmotionTag,
    Gestures,
    MediaSummary,
    MemoryNote,
    NameTag,
    NoEvidence,
    Piece,
)


@pytest.mark.parametrize(
    ("name", "content", "piece"),
    [
        ("emotion", " Happy, sad", EmotionTag("happy")),
        ("emojis", "1f600, U+2764-FE0F,no", Emojis(("1F600", "2764-FE0F"))),
        ("emojis", "", None),
        ("actions", "|, ,", None),
        ("capture", " Foto", CaptureTag("photo")),
        ("capture", "video:10", CaptureTag("video")),
        ("capture", "", None),
        ("media_summary", " a\n b ", MediaSummary("a b")),
        ("media_summary", " \n", None),
        ("memory", "Preference: le gusta\nel té", MemoryNote("preference", "le gusta el té")),
        ("memory", "tiene un gato", MemoryNote("fact", "tiene un gato")),
        ("memory", "come a las 14:30", MemoryNote("fact", "come a las 14:30")),
        ("memory", "fact:", None),
        ("person_name", " «Ana María». ", NameTag("Ana María")),
        ("person_name", "NAME", None),
        ("forget", " That ", ConsentTag("forget_that")),
        ("forget", "all", ConsentTag("forget_all")),
        ("forget", "all of it", None),
        ("forget", "", None),
        ("incognito", "ON", ConsentTag("incognito")),
        ("incognito", "off", ConsentTag("resume")),
        ("incognito", "on,off", None),
        ("cite", '2 "el mar es azul"', CitationTag(2, "el mar es azul")),
        ("cite", " #2: «el mar\n es azul» ", CitationTag(2, "el mar es azul")),
        ("cite", "2, 'el mar'", CitationTag(2, "el mar")),
        ("cite", "12 monos", CitationTag(12, "monos")),
        ("cite", "el mar [azul]", CitationTag(None, "el mar [azul")),
        ("cite", "1984", CitationTag(None, "1984")),
        ("cite", '"1984 fue así"', CitationTag(None, "1984 fue así")),
        ("cite", '2 ""', None),
        ("cite", "", None),
        ("none", " Evidence ", NoEvidence()),
        ("none", "", None),
        ("none", "of it", None),
    ],
)
def test_reader_of_content_gives_what_it_says(name: str, content: str, piece: Piece | None) -> None:
    assert READERS[name](content) == piece


def test_reader_of_actions_keeps_unknown_verbs() -> None:
    piece = READERS["actions"]("wave|fly:100")
    assert isinstance(piece, Gestures)
    assert [request.verb for request in piece.requests] == ["wave", "fly"]
