"""What the rehearsal notes of a person, in both languages, and how it tells it back."""

from collections.abc import Callable

import pytest
from attrs import evolve

from robi.brain.base import BrainRequest
from robi.brain.rehearsal import RehearsalBrain
from robi.brain.rehearsal_memories import noted_in, retold
from robi.errors import Language
from robi.speech.extraction import Extracted, Extraction, HeardTurn, question, told

Ask = Callable[..., BrainRequest]


@pytest.mark.parametrize(
    ("words", "content", "quote", "slot"),
    [
        ("Me gusta mucho el té.", "Le gusta el té", "Me gusta mucho el té", "like:té"),
        ("me encantan los gatos", "Le gustan los gatos", "me encantan los gatos", "like:gatos"),
        ("hola, adoro las fresas", "Le gustan las fresas", "adoro las fresas", "like:fresas"),
        ("no me gusta el té", "No le gusta el té", "no me gusta el té", "like:té"),
        ("odio los lunes", "No le gustan los lunes", "odio los lunes", "like:lunes"),
        ("I really like jazz, you know", "Likes jazz", "I really like jazz", "like:jazz"),
        ("I don\u2019t like tea", "Does not like tea", "I don\u2019t like tea", "like:tea"),
        ("Pues vivo en Lugo", "Vive en Lugo", "vivo en Lugo", "home"),
        ("Me he mudado a Vigo", "Vive en Vigo", "Me he mudado a Vigo", "home"),
        ("I've moved to York", "Lives in York", "I've moved to York", "home"),
        ("Trabajo de maestra", "Trabaja de maestra", "Trabajo de maestra", "work"),
        ("I work as a nurse", "Works as a nurse", "I work as a nurse", "work"),
        (
            "tengo una perra blanca que se llama Toba y es loca",
            "Tiene una perra blanca que se llama Toba",
            "tengo una perra blanca que se llama Toba",
            "",
        ),
        ("I have a dog named Rex.", "Has a dog named Rex", "I have a dog named Rex", ""),
        (
            "mi cumpleaños es el tres de mayo",
            "Su cumpleaños es el tres de mayo",
            "mi cumpleaños es el tres de mayo",
            "birthday",
        ),
        ("My birthday is in May", "Their birthday is in May", "My birthday is in May", "birthday"),
    ],
)
def test_what_is_told_is_noted_with_its_own_words(
    words: str, content: str, quote: str, slot: str
) -> None:
    (noted,) = noted_in(words)
    assert (noted.content, noted.quote, noted.slot) == (content, quote, slot)
    assert quote in words


@pytest.mark.parametrize(
    "words",
    ["", "hola", "me llamo Ana", "¿vivo en Lugo?", "no vivo en Lugo", "no trabajo de nada",
     "¿me gusta el té?", "tengo un perro", "te gusta el té", "me gusta ?", "la vida es bella"],
)  # fmt: skip
def test_what_is_not_told_is_not_noted(words: str) -> None:
    assert list(noted_in(words)) == []


def test_several_things_are_noted_apart() -> None:
    words = (
        "Vivo en Lugo y trabajo de maestra. ¿Y tú? Me gusta el té y tengo un gato que se llama U"
    )
    assert {noted.content for noted in noted_in(words)} == {
        "Vive en Lugo",
        "Trabaja de maestra",
        "Le gusta el té",
        "Tiene un gato que se llama U",
    }


@pytest.mark.parametrize(
    ("memory", "language", "face"),
    [
        ("Le gustan los gatos", "es", "Te gustan los gatos"),
        ("No le gusta el té", "en", "You do not like “el té”"),
        ("Has a dog called Rex", "es", "Tienes «a dog called Rex»"),
        ("Their birthday is in May", "en", "Your birthday is in May"),
        ("Toca el piano", "es", None),
    ],
)
def test_memory_is_told_to_the_face_in_the_language_of_who_asks(
    memory: str, language: Language, face: str | None
) -> None:
    assert retold(memory, language) == face


async def test_generate_asked_for_memories_gives_what_was_told_and_nothing_private(
    ask: Ask,
) -> None:
    turns = (
        HeardTurn(3, "hola, ¿qué tal?"),
        HeardTurn(5, "Vivo en Lugo"),
        HeardTurn(8, "mi pin es cuatro ocho, y me gusta el té"),
    )
    request = evolve(ask(question(turns)), purpose="extraction")
    written = (await RehearsalBrain(pace_s=0).generate(request)).text
    assert told(written, turns) == Extraction(
        (Extracted(5, "fact", "Vive en Lugo", "Vivo en Lugo", 7, "", "home"),), {8: "secret"}
    )
