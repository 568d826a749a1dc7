"""Where the words of a table are found."""

import pytest

from robi.people.privacy.lexicon import Lexicon

LEXICON = Lexicon(
    {
        "kin": "madre* tio",
        "hush": "entre_tu|vos_y_yo",
        "skill": "no_sabe_*ar|*er",
        "book": "libro_*_rojo",
        "long": """uno|dos
                   |tres cuatro""",
    }
)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("mi madre y mis madres", {"kin": [(1, 2), (4, 5)]}),
        ("mi tio y mi tiovivo", {"kin": [(1, 2)]}),
        ("esto entre vos y yo queda", {"hush": [(1, 5)]}),
        ("entre vos y", {}),
        ("no sabe nadar", {"skill": [(0, 3)]}),
        ("no sabe nada", {}),
        ("el libro muy rojo", {"book": [(1, 4)]}),
        ("tres cuatro", {"long": [(0, 1), (1, 2)]}),
        ("", {}),
    ],
)
def test_words_of_a_sentence_are_found_where_they_stand(
    said: str, found: dict[str, list[tuple[int, int]]]
) -> None:
    assert LEXICON.hits(said.split()) == found


def test_stem_that_begins_too_many_words_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        Lexicon({"kin": "ma*"})
