"""What the stand-in takes for private: some of each class, and nothing that is plain."""

from collections.abc import Callable

import pytest
from attrs import evolve

from robi.brain.base import BrainRequest
from robi.brain.rehearsal import RehearsalBrain
from robi.brain.rehearsal_privacy import private_class
from robi.speech.classification import question, told

Ask = Callable[..., BrainRequest]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("la contraseña del wifi es girasol", "secret"),
        ("my password is sunflower", "secret"),
        ("su tarjeta es la 4242 4242", "card"),
        ("the account is 12345678", "bank"),
        ("su pasaporte es AAB 123456", "identity"),
        ("tiene diabetes", "health"),
        ("was diagnosed with something", "health"),
        ("nadie lo sabe, pero se divorcia", "confidence"),
        ("don\u2019t tell anyone", "confidence"),
        ("le gusta el té", None),
        ("tiene una opinión", None),
        ("he olvidado mi contraseña", None),
        ("paga con tarjeta", None),
        ("works at a bank", None),
        ("renews the passport", None),
    ],
)
def test_private_class_is_told_by_plain_phrases(text: str, name: str | None) -> None:
    assert private_class(text) == name


async def test_generate_asked_for_classes_gives_one_for_each_sentence(ask: Ask) -> None:
    texts = ["Le gusta el té", "Tiene cáncer", "Lives in York"]
    request = evolve(ask(question(texts)), purpose="classification")
    written = (await RehearsalBrain(pace_s=0).generate(request)).text
    assert told(written, len(texts)) == (None, "health", None)
