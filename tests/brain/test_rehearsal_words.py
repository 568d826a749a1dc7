"""What the rehearsal understands, in both languages."""

import pytest

from robi.brain.rehearsal_body import gestures_in
from robi.brain.rehearsal_names import asks_name, name_in
from robi.brain.rehearsal_words import Topic, language_of, like_in, topic_of


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("me llamo Ana", "Ana"),
        ("Hola, me llamo ana y tengo ocho años", "Ana"),
        ("Mi nombre es José Luis.", "José Luis"),
        ("Soy Ana", "Ana"),
        ("Hola, soy María del Mar, encantada", "María del Mar"),
        ("my name is Ana", "Ana"),
        ("My name's Mary Ann", "Mary Ann"),
        ("I'm Sam", "Sam"),
        ("I\u2019m O'Brien", "O'Brien"),
        ("Hello, I am Sam and I like jazz", "Sam"),
        ("call me Ishmael", "Ishmael"),
    ],
)
def test_name_is_told(text: str, name: str) -> None:
    assert name_in(text, asked=False) == name


@pytest.mark.parametrize(
    "text",
    [
        "soy feliz", "Soy profesor de música", "soy de Madrid", "soy una niña", "Soy Española",
        "soy muy alto", "no me llamo Ana", "no soy Ana", "soy ana", "me llamo como mi abuelo",
        "I'm tired", "I'm Spanish", "I am not Ana", "I'm going to Madrid", "I'm John's friend",
        "i'm sam", "call me later", "Ana", "¿cómo te llamas?", "this is a test", "",
    ],
)  # fmt: skip
def test_name_unasked_and_in_doubt_is_none(text: str) -> None:
    assert name_in(text, asked=False) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ana", "Ana"),
        ("ana", "Ana"),
        ("¡Ana!", "Ana"),
        ("hola, ana maría", "Ana María"),
        ("es Ana", "Ana"),
        ("soy ana", "Ana"),
        ("i'm sam", "Sam"),
        ("no", None),
        ("no sé", None),
        ("soy feliz", None),
        ("I'm tired", None),
        ("gracias", None),
        ("prefiero no decirte mi nombre", None),
        ("¿Por qué?", None),
        ("12", None),
        ("Salvador", "Salvador"),
        ("soy isidora", "Isidora"),
        ("Ángela", "Ángela"),
        ("Rosa", "Rosa"),
        ("me llamo Luz", "Luz"),
        ("me llamo Mía", "Mía"),
        ("Luis y María", None),
        ("¿Ana?", None),
        ("baila", None),
        ("Mírame", None),
        ("Dance", None),
        ("Help", None),
        ("Nothing", None),
        ("Quién Eres", None),
        ("cuéntame un chiste", None),
        ("soy programador", None),
        ("Soy Programadora", None),
        ("soy dentista", None),
        ("I'm working", None),
        ("otra vez", None),
        ("¿cómo me llamo?", None),
    ],
)
def test_name_when_asked(text: str, name: str | None) -> None:
    assert name_in(text, asked=True) == name


@pytest.mark.parametrize(
    ("said", "asks"),
    [
        ("¿Cómo te llamas?", True),
        ("¿Me dices tu nombre?", True),
        ("What is your name?", True),
        ("Encantado, Ana.", False),
    ],
)
def test_asks_name_is_told_from_the_words(said: str, asks: bool) -> None:
    assert asks_name(said) is asks


@pytest.mark.parametrize(
    ("text", "gestures"),
    [
        ("gira a la derecha", ["rotate_right"]),
        ("gira a la izquierda", ["rotate_left"]),
        ("gira 180 grados a la izquierda", ["rotate_left:840"]),
        ("date una vuelta", ["rotate_right:1680"]),
        ("avanza", ["move_forward"]),
        ("avanza 20 cm y gira a la derecha", ["move_forward:700", "rotate_right"]),
        ("retrocede 2 segundos", ["move_backward:2000"]),
        ("ve hacia atrás", ["move_backward"]),
        ("enciende la luz azul", ["light:blue"]),
        ("pon la luz", ["light:white"]),
        ("apaga la luz", ["light:off"]),
        ("baila y enciende la luz roja", ["light:red", "wiggle"]),
        ("saluda", ["wave"]),
        ("para", ["stop"]),
        ("turn left", ["rotate_left"]),
        ("turn right 90 degrees", ["rotate_right:420"]),
        ("turn around", ["rotate_right:840"]),
        ("turn the light green", ["light:green"]),
        ("turn off the light", ["light:off"]),
        ("go forward 1 meter", ["move_forward:3500"]),
        ("dance!", ["wiggle"]),
        ("wave", ["wave"]),
        ("nod, please", ["nod"]),
        ("stop", ["stop"]),
        ("it's your turn", []),
        ("hace tres días atrás", []),
        ("esto es para ti", []),
        ("the blue sky", []),
        ("hola", []),
    ],
)
def test_gestures_are_read(text: str, gestures: list[str]) -> None:
    assert list(gestures_in(text)) == gestures


@pytest.mark.parametrize(
    ("text", "like"),
    [
        ("me gusta el té", "el té"),
        ("Me gusta mucho el té, ¿sabes?", None),
        ("me gusta mucho el té verde.", "el té verde"),
        ("me encantan los gatos pero no los perros", "los gatos"),
        ("I like jazz", "jazz"),
        ("I really love to dance, and you", "to dance"),
        ("no me gusta el té", None),
        ("I don't like tea", None),
        ("¿te gusta el té?", None),
        ("what do I like?", None),
        ("hola", None),
    ],
)
def test_like_is_read(text: str, like: str | None) -> None:
    assert like_in(text) == like


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("hola", Topic.HELLO),
        ("Good morning!", Topic.HELLO),
        ("mira esto", Topic.LOOK),
        ("¿qué ves?", Topic.LOOK),
        ("mira, te cuento una cosa", Topic.OTHER),
        ("look at this", Topic.LOOK),
        ("take a photo", Topic.LOOK),
        ("hazme una foto", Topic.LOOK),
        ("graba un vídeo", Topic.FILM),
        ("record a video", Topic.FILM),
        ("gira a la derecha", Topic.BODY),
        ("me gusta el té", Topic.LIKE),
        ("me gusta bailar", Topic.LIKE),
        ("I like to dance", Topic.LIKE),
        ("no me gusta el té", Topic.DISLIKE),
        ("¿qué me gusta?", Topic.RECALL),
        ("what do you remember about me?", Topic.RECALL),
        ("¿Cómo me llamo?", Topic.NAME),
        ("¿sabes quién soy?", Topic.NAME),
        ("¿recuerdas mi nombre?", Topic.NAME),
        ("what's my name?", Topic.NAME),
        ("¿me conoces?", Topic.NAME),
        ("do you know me?", Topic.NAME),
        ("Do you know who I am?", Topic.NAME),
        ("te quiero", Topic.AFFECTION),
        ("I love you", Topic.AFFECTION),
        ("¿cómo estás?", Topic.FEELING),
        ("How are you?", Topic.FEELING),
        ("hola, ¿qué tal?", Topic.FEELING),
        ("¿qué hora es?", Topic.TIME),
        ("what time is it?", Topic.TIME),
        ("¿Qué día es hoy?", Topic.DATE),
        ("what's the date?", Topic.DATE),
        ("What day is it today?", Topic.DATE),
        ("¿Qué sabes hacer?", Topic.HELP),
        ("What can you do?", Topic.HELP),
        ("ayuda", Topic.HELP),
        ("help", Topic.HELP),
        ("ayuda a mi hermana", Topic.OTHER),
        ("¿Por qué ensayas?", Topic.REHEARSING),
        ("¿por qué no me entiendes?", Topic.REHEARSING),
        ("Why don't you understand me?", Topic.REHEARSING),
        ("what does rehearsing mean?", Topic.REHEARSING),
        ("¿Eres un robot?", Topic.MACHINE),
        ("are you an AI?", Topic.MACHINE),
        ("¿quién te ha hecho?", Topic.MACHINE),
        ("how old are you?", Topic.MACHINE),
        ("¿me oyes?", Topic.HEARING),
        ("can you hear me?", Topic.HEARING),
        ("¿hablas inglés?", Topic.TONGUES),
        ("do you speak Spanish?", Topic.TONGUES),
        ("sí", Topic.ASSENT),
        ("OK", Topic.ASSENT),
        ("sí, el perro", Topic.OTHER),
        ("no", Topic.REFUSAL),
        ("tell me what I like", Topic.RECALL),
        ("¿quién eres?", Topic.WHO),
        ("what's your name?", Topic.WHO),
        ("gracias", Topic.THANKS),
        ("adiós", Topic.BYE),
        ("buenas noches", Topic.BYE),
        ("see you", Topic.BYE),
        ("explícame la fotosíntesis", Topic.OTHER),
        ("", Topic.OTHER),
    ],
)
def test_topic_is_told(text: str, topic: Topic) -> None:
    assert topic_of(text) is topic


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("hola", "es"),
        ("gira a la derecha", "es"),
        ("hello there", "en"),
        ("turn left", "en"),
        ("What do you know about Madrid?", "en"),
        ("¿Y Sam?", "es"),
    ],
)
def test_language_is_told(text: str, language: str) -> None:
    assert language_of(text, "en" if language == "es" else "es") == language


@pytest.mark.parametrize("text", ["", "Ana", "zzz", "123"])
def test_language_in_doubt_is_the_default(text: str) -> None:
    assert (language_of(text, "es"), language_of(text, "en")) == ("es", "en")
