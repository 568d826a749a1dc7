"""What is certain at the first look goes out at the same moment, and as the same, as without it."""

# ruff: noqa: SIM905 - a table of words

from random import Random

import pytest

from robi.speech.spoken import Speakable, stream
from robi.speech.spoken.cuts import certain
from tests.speech.spoken_cases import cases
from tests.speech.test_spoken_splits import SIGNS, WORDS

PLAIN = """
    Ayer estuve en el parque. Que nadie sepa, ¿Sabes qué? ¡Vale! Mon Mar Sat Martes lunes. Al Il
    etc. etcétera. Sr. Ca. dr sr. siguieron. pingüino; año, Ángel. I a y e o u
    Un ex the and then, go.
""".split()


def split(text: str, rng: Random) -> list[str]:
    """Cut a text anywhere, most often as models do."""
    pieces = []
    while text:
        length = rng.choice([1, 2, 3, 5, 8, 13, 30])
        pieces.append(text[:length])
        text = text[length:]
    return pieces


def said(language: str, pieces: list[str]) -> list[str]:
    """Return what is said after each piece, and at the end."""
    speakable = Speakable(language)
    return [*map(speakable.feed, pieces), speakable.close()]


@pytest.mark.parametrize("seed", range(4))
def test_certain_words_go_out_as_if_they_were_not_known_to_be(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = Random(seed)
    table = [case.written for case in cases()]
    texts = [rng.choice(table) for _ in range(150)]
    for _ in range(250):
        words = rng.choices(PLAIN, k=12) + rng.choices(WORDS, k=rng.choice([0, 1, 4]))
        rng.shuffle(words)
        text = "".join(word + rng.choice([" ", " ", " ", " ", "", "\n", "  "]) for word in words)
        at = rng.randrange(len(text))
        texts.append(text[:at] + rng.choice(["", rng.choice(SIGNS)]) + text[at:])
    given = [(rng.choice(["es", "en"]), split(text, rng)) for text in texts]
    quickly = [said(language, pieces) for language, pieces in given]
    monkeypatch.setattr(stream, "certain", lambda _text: (0, False))
    slowly = [said(language, pieces) for language, pieces in given]
    for (_, pieces), quick, slow in zip(given, quickly, slowly, strict=True):
        assert quick == slow, pieces


@pytest.mark.parametrize(
    ("text", "place", "waits"),
    [
        pytest.param("pero luego uno cantó", 20, False, id="words"),
        pytest.param("le siguieron.", 12, True, id="a full stop that may go on"),
        pytest.param("le siguieron. ¿Sabes", 20, False, id="one that may not"),
        pytest.param("un et", 3, False, id="what may be an abbreviation"),
        pytest.param("con etc. y", 0, False, id="what is one"),
        pytest.param("el Mar y", 3, False, id="a day"),
        pytest.param("hay 21", 4, False, id="a number"),
    ],
)
def test_certain_is_what_is_plain_at_the_first_look(text: str, place: int, waits: bool) -> None:
    assert certain(text) == (place, waits)
