"""A model that forgets the stage direction is known by its words."""

import pytest

from robi.speech.looking import promised


@pytest.mark.parametrize(
    ("asked", "answer", "capture"),
    [
        ("Hazme una foto", "Voy a hacer una foto.", "photo"),
        ("¿Qué ves?", "A ver, déjame mirar.", "photo"),
        ("mira esto", "¡A ver!", "photo"),
        ("¿Qué llevo puesto?", "Déjame ver.", "photo"),
        ("Graba un vídeo de mi baile", "Voy a grabar.", "video"),
        ("haz un video corto", "¡Grabo!", "video"),
        ("Take a picture of us", "I'll take a picture now.", "photo"),
        ("look at this", "Let me see.", "photo"),
        ("What am I wearing?", "Let me look.", "photo"),
        ("record this", "Recording!", "video"),
        ("¿Qué ves?", "Ahora no puedo mirar nada.", None),
        ("Hola, ¿qué tal?", "A ver qué te cuento hoy.", None),
        ("Me gusta mirar las estrellas", "Miro el cielo contigo.", None),
        ("Tell me a story", "Let me see, once upon a time…", None),
        ("Hice una foto ayer", "¡Qué bien!", None),
    ],
)
def test_capture_is_recognised_when_asked_for_and_promised(
    asked: str, answer: str, capture: str | None
) -> None:
    assert promised(asked, answer) == capture
