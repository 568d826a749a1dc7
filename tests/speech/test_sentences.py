"""Where sentences end: not at every full stop."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robi.speech.sentences import spans


def divided(text: str) -> list[str]:
    return [text[start:end].strip() for start, end in spans(text) if text[start:end].strip()]


@pytest.mark.parametrize(
    "sentence",
    [
        "The tide is 4.7 metres high.",
        "Son 1.500 km y 3.14 m.",
        "A las 7.30 h sale el tren.",
        "See e.g. the moon, i.e. Selene.",
        "En la Fig. 3 y el vol. II hay más.",
        "El Dr. Xan y la Sra. Pérez hablan.",
        "Hay frutas (p. ej. peras), verduras, etc. y más.",
        "Hay frutas, p.ej. Peras.",
        "En EE. UU. hay osos.",
        "J. R. R. Tolkien y J.R.R. Tolkien son uno.",
        "Murió en 44 a. C. en Roma.",
        "Mide 5 km. de largo.",
        "La U.S. Army llegó.",
        "Ver robi.example.org y notas.txt allí.",
        "La pág. 12 y el núm. 3.",
    ],
)
def test_full_stop_within_a_sentence_does_not_end_it(sentence: str) -> None:
    assert divided(sentence) == [sentence]
    assert divided(f"Uno. {sentence} Dos.") == ["Uno.", sentence, "Dos."]


@pytest.mark.parametrize(
    "sentences",
    [
        ["Pasó en 1779.", "Luego nada."],
        ["Mide 4.7.", "Luego sube."],
        ["Vive en EE. UU.", "Allí llueve."],
        ["Peras, uvas, etc.", "Luego más."],
        ["Reinó Carlos V.", "En 1520 volvió."],
        ["Fue en el siglo V.", "Luego no."],
        ["Mide 5 m.", "Luego sube."],
        ["It is art.", "Then more."],
        ["It can't.", "It won't."],
        ["He said no.", "Then he left."],
        ["¿Sí?", "¡No!", "«Quizá.»", "Fin…"],
        ["A ver...", "sí."],
    ],
)
def test_sentence_ends_where_another_begins(sentences: list[str]) -> None:
    assert divided(" ".join(sentences)) == sentences


@settings(deadline=None)
@given(st.text(alphabet="aDIVré1 .,!…»\n\u0301") | st.text())
def test_sentences_are_all_of_the_text(text: str) -> None:
    assert "".join(text[start:end] for start, end in spans(text)) == text
