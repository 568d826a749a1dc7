"""The rehearsal as a whole: what it writes passes through the same directions as a model's.

It is one list of what is said to it and what must come of it, and as long as there is to say.
"""

import struct
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
import trio
from attrs import evolve
from trio.testing import MockClock

from robi.brain.base import BrainRequest, ToolSpec
from robi.brain.rehearsal import RehearsalBrain
from robi.brain.rehearsal_lines import LINES
from robi.brain.rehearsal_names import asks_name
from robi.protocol.emotions import is_emotion
from robi.protocol.messages import Context
from robi.speech.directions import (
    CaptureTag,
    DirectionParser,
    EmotionTag,
    Gestures,
    MediaSummary,
    MemoryNote,
    NameTag,
    Piece,
    Spoken,
)
from robi.speech.gestures import expand
from robi.speech.scene import Media, Said, Scene, Wish
from robi.speech.summary import MAX_CHARS, question

Ask = Callable[..., BrainRequest]

ASKED = (Said("robot", "¡Hola! ¿Cómo te llamas?"),)
JPEG = Media("image/jpeg", b"\xff\xd8\xff" + bytes(12_000))
WAV = Media(
    "audio/wav",
    b"RIFF" + struct.pack("<I", 36 + 96_000) + b"WAVEfmt "
    + struct.pack("<IHHIIHH", 16, 1, 1, 16_000, 32_000, 2, 16)
    + b"data" + struct.pack("<I", 96_000) + bytes(96_000),
)  # fmt: skip


def scene(**facts: Any) -> Scene:
    return Scene(**({"language": "es", "robot_name": "Robi"} | facts))


def ana(**facts: Any) -> Scene:
    return scene(person_id="user_ana_012345", name="Ana", **facts)


async def answer(request: BrainRequest, seed: int = 0) -> list[Piece]:
    parser = DirectionParser()
    pieces: list[Piece] = []
    brain = RehearsalBrain(Random(seed), pace_s=0)
    async with brain.stream(request) as fragments:
        async for fragment in fragments:
            pieces += parser.feed(fragment.text)
    return pieces + parser.close()


def spoken(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces if isinstance(piece, Spoken))


def the(kind: type[Piece], pieces: list[Piece]) -> Any:
    (found,) = [piece for piece in pieces if isinstance(piece, kind)]
    return found


def has(kind: type[Piece], pieces: list[Piece]) -> bool:
    return any(isinstance(piece, kind) for piece in pieces)


# ── every answer ──────────────────────────────────────────────────────────────────────────

UTTERANCES = [
    "hola", "hello", "me llamo Eva", "I'm Eva", "mira esto", "record a video", "avanza",
    "turn left", "pon la luz azul",
    "turn off the light", "me gusta el té", "I like jazz", "no me gusta el té",
    "¿qué me gusta?", "what do you remember about me?", "¿cómo estás?", "how are you?",
    "¿qué hora es?", "what time is it?", "¿quién eres?", "who are you?", "te quiero", "thanks",
    "¿cómo me llamo?", "what's my name?", "adiós", "bye",
    "ayuda", "help", "¿por qué ensayas?", "why are you rehearsing?", "¿eres un robot?",
    "who made you?", "¿me oyes?", "can you hear me?", "¿hablas inglés?", "do you speak Spanish?",
    "¿qué día es hoy?", "what's the date?", "sí", "yes", "no", "nope",
    "explícame la luna", "explain the moon", "",
]  # fmt: skip


@pytest.mark.parametrize("who", [scene(), ana()], ids=["stranger", "Ana"])
@pytest.mark.parametrize("text", UTTERANCES)
async def test_answer_begins_with_an_emotion_that_exists(ask: Ask, text: str, who: Scene) -> None:
    first, *rest = await answer(ask(text, scene=who))
    assert isinstance(first, EmotionTag)
    assert is_emotion(first.name)
    assert not has(EmotionTag, rest)


@pytest.mark.parametrize("text", UTTERANCES)
async def test_answer_speaks_plainly(ask: Ask, text: str) -> None:
    words = spoken(await answer(ask(text, scene=ana(local_time="2026-11-21T11:05+01:00")))).strip()
    assert words
    assert not set(words) & set("[]{}*_#0123456789")


@pytest.mark.parametrize("text", UTTERANCES)
async def test_answer_asks_only_for_gestures_that_exist(ask: Ask, text: str) -> None:
    for piece in await answer(ask(text)):
        if isinstance(piece, Gestures):
            assert expand(piece.requests, "happy")[1] == ()


async def test_answer_same_seed_is_the_same(ask: Ask) -> None:
    assert await answer(ask("hola"), seed=3) == await answer(ask("hola"), seed=3)


async def test_answer_other_seeds_vary(ask: Ask) -> None:
    answers = {spoken(await answer(ask("gracias"), seed=seed)) for seed in range(20)}
    assert len(answers) == len(LINES["thanks"]["es"])


async def test_answer_comes_in_several_fragments(ask: Ask) -> None:
    async with RehearsalBrain(Random(0), pace_s=0).stream(ask("hola")) as fragments:
        assert len([fragment async for fragment in fragments]) > 2


async def test_answer_comes_at_its_pace(autojump_clock: MockClock, ask: Ask) -> None:
    began = trio.current_time()
    async with RehearsalBrain(Random(0), pace_s=0.5).stream(ask("hola")) as fragments:
        await anext(fragments)
        await anext(fragments)
    assert trio.current_time() - began == 1.0


@pytest.mark.parametrize(
    ("text", "words"),
    [("gracias", LINES["thanks"]["es"]), ("thank you", LINES["thanks"]["en"])],
)
async def test_answer_is_in_the_language_of_the_person(
    ask: Ask, text: str, words: tuple[str, ...]
) -> None:
    assert spoken(await answer(ask(text))).strip() in words


# ── names ─────────────────────────────────────────────────────────────────────────────────


async def test_hello_of_a_known_person_is_by_name(ask: Ask) -> None:
    assert "Ana" in spoken(await answer(ask("hola", scene=ana())))


@pytest.mark.parametrize("seed", range(4))
async def test_hello_of_a_stranger_asks_for_the_name(ask: Ask, seed: int) -> None:
    assert asks_name(spoken(await answer(ask("hola"), seed)))


async def test_known_person_is_never_asked_for_the_name(ask: Ask) -> None:
    words = [spoken(await answer(ask(text, scene=ana()))) for text in UTTERANCES]
    assert not any(asks_name(said) for said in words)


async def test_stranger_who_does_not_tell_is_not_asked_again_at_once(ask: Ask) -> None:
    assert not asks_name(spoken(await answer(ask("explícame la luna", history=ASKED))))


@pytest.mark.parametrize("text", ["me llamo Eva", "soy Eva", "Eva", "eva"])
async def test_name_that_is_told_is_learned(ask: Ask, text: str) -> None:
    pieces = await answer(ask(text.replace("soy eva", "soy Eva"), history=ASKED))
    assert the(NameTag, pieces) == NameTag("Eva")


async def test_name_that_is_told_is_used(ask: Ask) -> None:
    assert "Eva" in spoken(await answer(ask("me llamo Eva")))


async def test_name_of_someone_known_is_not_learned_again(ask: Ask) -> None:
    assert not has(NameTag, await answer(ask("soy Ana", scene=ana())))


@pytest.mark.parametrize("text", ["baila", "Robi", "robi", "ayuda", "¿Quién eres?"])
async def test_answer_to_the_question_that_is_no_name_registers_nobody(ask: Ask, text: str) -> None:
    assert not has(NameTag, await answer(ask(text, history=ASKED)))


async def test_name_of_someone_known_cannot_be_changed_and_it_says_so(ask: Ask) -> None:
    pieces = await answer(ask("me llamo Eva", scene=ana()))
    assert not has(NameTag, pieces)
    assert "no sé cambiar" in spoken(pieces)


@pytest.mark.parametrize("seed", range(2))
async def test_name_asked_back_by_someone_known_is_told(ask: Ask, seed: int) -> None:
    assert "Ana" in spoken(await answer(ask("¿cómo me llamo?", scene=ana()), seed))
    assert "Ana" in spoken(await answer(ask("what's my name?", scene=ana()), seed))


async def test_name_asked_back_by_a_stranger_is_asked_for(ask: Ask) -> None:
    assert asks_name(spoken(await answer(ask("¿cómo me llamo?", history=ASKED))))


async def test_bare_word_when_nobody_asked_is_no_name(ask: Ask) -> None:
    assert not has(NameTag, await answer(ask("Eva")))


@pytest.mark.parametrize("arrival", ["speaking", "silent"])
@pytest.mark.parametrize("seed", range(2))
async def test_hello_of_someone_who_comes_back_mentions_a_memory(
    ask: Ask, arrival: str, seed: int
) -> None:
    who = ana(arrival=arrival, memories=("Toca el piano", "Le gusta el ajedrez."))
    words = spoken(await answer(ask("hola", scene=who), seed))
    assert "Ana" in words
    assert "te gusta el ajedrez." in words


async def test_hello_of_someone_who_comes_back_quotes_a_memory_it_cannot_retell(ask: Ask) -> None:
    who = ana(arrival="speaking", memories=("Toca el piano",))
    assert "«Toca el piano»" in spoken(await answer(ask("hola", scene=who)))


async def test_hello_of_someone_who_was_greeted_does_not_repeat_a_memory(ask: Ask) -> None:
    words = spoken(await answer(ask("hola", scene=ana(memories=("Le gusta el ajedrez",)))))
    assert "ajedrez" not in words


# ── body, looking ─────────────────────────────────────────────────────────────────────────


async def test_body_does_what_is_asked(ask: Ask) -> None:
    gestures = the(Gestures, await answer(ask("gira a la derecha y avanza 20 cm")))
    assert [(one.verb, one.duration_ms) for one in gestures.requests] == [
        ("rotate_right", None),
        ("move_forward", 700),
    ]


async def test_light_shines_in_the_colour_asked_for(ask: Ask) -> None:
    (light,) = the(Gestures, await answer(ask("turn the light blue"))).requests
    assert (light.verb, light.color) == ("light", "blue")


@pytest.mark.parametrize(
    ("text", "kind"), [("mira esto", "photo"), ("look at this", "photo"), ("graba esto", "video")]
)
async def test_look_asks_for_a_capture(ask: Ask, text: str, kind: str) -> None:
    assert the(CaptureTag, await answer(ask(text))).kind == kind


async def test_picture_is_not_asked_for_again(ask: Ask) -> None:
    request = ask("mira esto", media=(JPEG,), scene=scene(asked_to_look="mira esto"))
    assert not has(CaptureTag, await answer(request))


async def test_picture_is_told_by_format_and_size_and_not_seen(ask: Ask) -> None:
    words = spoken(await answer(ask("", media=(JPEG,))))
    assert all(part in words for part in ("JPEG", "trece kilobytes", "ensayo", "no puedo ver"))


async def test_picture_is_summed_up(ask: Ask) -> None:
    summary = the(MediaSummary, await answer(ask("", media=(JPEG,))))
    assert summary.text == "Una foto JPEG de trece kilobytes, que en el ensayo no se puede ver."


async def test_audio_is_heard_as_so_many_seconds(ask: Ask) -> None:
    pieces = await answer(ask("", media=(WAV,), scene=ana(language="en")))
    assert "three seconds" in spoken(pieces)
    assert "three seconds" in the(MediaSummary, pieces).text


async def test_audio_of_unknown_length_is_heard_as_a_while(ask: Ask) -> None:
    words = spoken(await answer(ask("", media=(Media("audio/ogg", b"OggS"),), scene=ana())))
    assert "un rato" in words


async def test_audio_with_words_is_answered_by_the_words(ask: Ask) -> None:
    pieces = await answer(ask("gracias", media=(WAV,)))
    assert spoken(pieces).strip() in LINES["thanks"]["es"]
    assert has(MediaSummary, pieces)


# ── remembering, feeling, time ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "content", "confirmed"),
    [("me gusta el té", "Le gusta el té", "el té"), ("I like jazz", "Likes jazz", "jazz")],
)
async def test_like_is_noted_and_confirmed(
    ask: Ask, text: str, content: str, confirmed: str
) -> None:
    pieces = await answer(ask(text, scene=ana()))
    assert the(MemoryNote, pieces) == MemoryNote("preference", content)
    assert confirmed in spoken(pieces)


async def test_like_told_with_the_name_is_noted_too(ask: Ask) -> None:
    pieces = await answer(ask("I'm Eva and I like jazz"))
    assert (the(NameTag, pieces).name, the(MemoryNote, pieces).content) == ("Eva", "Likes jazz")


async def test_like_told_during_a_visit_incognito_is_not_noted_nor_promised(ask: Ask) -> None:
    pieces = await answer(ask("me gusta el té", scene=ana(incognito=True)))
    assert not has(MemoryNote, pieces)
    assert spoken(pieces).strip() == "Así que te gusta el té. Como me has pedido, no lo guardo."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Vivo en Lugo", "no lo guardo"),
        ("trabajo de maestra", "no lo guardo"),
        ("tengo un gato que se llama U", "no lo guardo"),
        ("my birthday is in May", "I do not keep it"),
    ],
)
async def test_what_is_told_during_a_visit_incognito_is_not_promised(
    ask: Ask, text: str, words: str
) -> None:
    assert words in spoken(await answer(ask(text, scene=ana(incognito=True))))


@pytest.mark.parametrize(
    ("history", "text", "words"),
    [
        ((), "Vivo en Cádiz", "vives en Cádiz"),
        ((), "tengo un perro que se llama Rex", "tienes un perro"),
        ((Said("person", "¿qué hora es?"),), "Cádiz", "ensay"),
        ((Said("person", "¿qué hora es?"), Said("person", "I love it")), "Cádiz", "rehears"),
    ],
)
async def test_conversation_in_spanish_with_an_english_robot_stays_in_spanish(
    ask: Ask, history: tuple[Said, ...], text: str, words: str
) -> None:
    who = ana(language="en")
    assert words in spoken(await answer(ask(text, history=history, scene=who)))


async def test_like_in_a_question_is_answered_all_the_same(ask: Ask) -> None:
    assert spoken(await answer(ask("¿y si me gusta el té? Vale.")))


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    ("text", "told"),
    [("Vivo en Lugo", "vives en Lugo"), ("I work as a nurse", "you work as a nurse")],
)
async def test_what_is_told_is_understood(ask: Ask, text: str, told: str, seed: int) -> None:
    assert told in spoken(await answer(ask(text, scene=ana()), seed))


async def test_dislike_is_not_noted_as_a_like(ask: Ask) -> None:
    assert not has(MemoryNote, await answer(ask("no me gusta el té")))


@pytest.mark.parametrize(
    ("memory", "text", "told"),
    [
        ("Le gusta el té.", "¿qué recuerdas de mí?", "Te gusta el té."),
        ("Likes jazz", "¿qué recuerdas de mí?", "Te gusta «jazz»."),
        ("Le gusta el té", "what do you remember about me?", "You like “el té”."),
        ("Tiene un gato", "¿qué recuerdas de mí?", "Tienes un gato."),
        ("Toca el piano", "¿qué recuerdas de mí?", "Toca el piano."),
        ("mi coche es rojo", "¿qué recuerdas de mí?", "Me pediste recordar: «mi coche es rojo»."),
        (
            "I'm left-handed",
            "what do you remember about me?",
            "You asked me to remember: “I'm left-handed”.",
        ),
        ("Vive en Lugo", "what do you remember about me?", "You live in “Lugo”."),
        ("He has a cat and is from London", "¿qué recuerdas de mí?", "Tengo apuntado «He has a"),
    ],
)
async def test_recall_tells_what_is_remembered_in_the_language_of_who_asks(
    memory: str, text: str, told: str, ask: Ask
) -> None:
    assert told in spoken(await answer(ask(text, scene=ana(memories=(memory,)))))


async def test_recall_of_likes_tells_them_before_the_rest(ask: Ask) -> None:
    memories = (*(f"Vive en {place}" for place in "ABCD"), "Le gusta el té")
    words = spoken(await answer(ask("¿qué me gusta?", scene=ana(memories=memories))))
    assert "Te gusta el té. Vives en A." in words


async def test_recall_does_not_tell_twice_what_was_said_and_noted(ask: Ask) -> None:
    request = ask("¿qué me gusta?", history=TEA, scene=ana(memories=("Le gusta el té",)))
    assert spoken(await answer(request)).count("el té") == 1


async def test_recall_right_after_meeting_tells_the_name(ask: Ask) -> None:
    assert "Ana" in spoken(await answer(ask("¿te acuerdas de mí?", scene=ana())))


async def test_recall_tells_what_was_said_just_now(ask: Ask) -> None:
    history = (Said("person", "me gusta el jazz"), Said("robot", "Me lo apunto."))
    assert "Te gusta el jazz." in spoken(await answer(ask("¿qué me gusta?", history=history)))


async def test_recall_of_nothing_says_so(ask: Ask) -> None:
    assert "no recuerdo nada" in spoken(await answer(ask("¿qué me gusta?")))


@pytest.mark.parametrize(
    ("context", "emotion"),
    [
        (Context(), "happy"),
        (Context(battery_level=90), "happy"),
        (Context(battery_level=90, battery_phone=45), "neutral"),
        (Context(battery_robot=12), "worried"),
    ],
)
async def test_feeling_is_coloured_by_the_battery(ask: Ask, context: Context, emotion: str) -> None:
    pieces = await answer(ask("¿cómo estás?", scene=ana(context=context)))
    assert the(EmotionTag, pieces).name == emotion


@pytest.mark.parametrize(
    ("local_time", "words"),
    [
        ("2026-11-21T17:30+01:00", "Son las cinco y media de la tarde."),
        (None, "No tengo ningún reloj a mano."),
    ],
)
async def test_time_is_told_from_the_scene_alone(
    ask: Ask, local_time: str | None, words: str
) -> None:
    request = ask("¿qué hora es?", scene=ana(local_time=local_time))
    assert spoken(await answer(request)).strip() == words


async def test_date_is_told_from_the_scene(ask: Ask) -> None:
    who = ana(local_time="2026-11-21T17:30+01:00")
    words = spoken(await answer(ask("¿qué día es hoy?", scene=who)))
    assert words.strip() == "Hoy es sábado, veintiuno de noviembre."


@pytest.mark.parametrize(
    "text",
    ["explícame la luna", "¿quién eres?", "¿qué sabes hacer?", "¿por qué ensayas?",
     "¿eres un robot?", "¿me oyes?"],
)  # fmt: skip
async def test_rehearsal_says_that_it_is_one_where_a_model_would_be_needed(
    ask: Ask, text: str
) -> None:
    for seed in range(6):
        words = spoken(await answer(ask(text), seed)).casefold()
        assert "ensay" in words
        assert "luna" not in words


@pytest.mark.parametrize(
    "word", ["bailar", "luz", "mirar", "hora", "cuentas", "temporizador", "nombre", "te gusta"]
)
async def test_help_names_what_a_newcomer_is_promised(ask: Ask, word: str) -> None:
    assert word in spoken(await answer(ask("¿qué sabes hacer?")))


async def test_what_a_timer_lacks_is_asked_for(ask: Ask) -> None:
    tools = tuple(ToolSpec(name, "", {}) for name in ("set_timer", "set_reminder"))
    request = evolve(ask("pon un temporizador", scene=ana()), tools=tools)
    assert spoken(await answer(request)).strip() in LINES["ask_how_long"]["es"]


# ── what a person wishes of its memory ────────────────────────────────────────────────────

WISHES: dict[Wish, str] = {
    "forget_that": "olvida eso",
    "forget_about": "olvida lo del té",
    "forget_all": "olvida todo lo que sabes de mí",
    "incognito": "esto no lo recuerdes",
    "resume": "ya puedes recordar",
    "remember": "recuerda que me gusta el té",
    "too_private": "recuerda que tomo té para la tensión",
}


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("wish", "text"), WISHES.items())
async def test_wish_is_answered_by_what_is_done_about_it(
    ask: Ask, wish: Wish, text: str, seed: int
) -> None:
    who = ana(wish=wish, memories=("Le gusta el té",), arrival="speaking")
    pieces = await answer(ask(text, scene=who), seed)
    assert spoken(pieces).strip() in LINES[f"wish_{wish}"]["es"]
    assert not has(MemoryNote, pieces)


@pytest.mark.parametrize("wish", WISHES)
def test_wish_is_answered_without_repeating_what_it_is_about(wish: Wish) -> None:
    said = " ".join(line for lines in LINES[f"wish_{wish}"].values() for line in lines)
    assert not set("{}") & set(said)


async def test_wish_of_a_stranger_to_be_remembered_asks_for_the_name(ask: Ask) -> None:
    words = spoken(await answer(ask("recuerda que me gusta el té", scene=scene(wish="remember"))))
    assert asks_name(words)


async def test_wish_to_remember_something_private_is_declined(ask: Ask) -> None:
    request = ask("recuerda que mi pin es girasol", scene=ana(wish="remember"))
    words = spoken(await answer(request))
    assert "no lo guardo" in words
    assert "girasol" not in words


async def test_wish_to_remember_during_a_visit_incognito_is_declined(ask: Ask) -> None:
    who = ana(wish="remember", incognito=True)
    words = spoken(await answer(ask("recuerda que me gusta el té", scene=who)))
    assert words.strip() in LINES["wish_remember_unkept"]["es"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("olvida mi nombre", "Un nombre solo no lo puedo olvidar."),
        ("Olvida que me llamo Ana", "olvida todo lo que sabes de mí"),
        ("¿puedes olvidar cómo me llamo?", "olvida todo lo que sabes de mí"),
        ("forget my name", "A name alone I cannot forget."),
        ("forget that my name is Ana", "forget everything about me"),
    ],
)
@pytest.mark.parametrize("who", [ana(), scene()])
async def test_name_alone_that_is_to_be_forgotten_is_not_and_it_says_so(
    ask: Ask, text: str, words: str, who: Scene
) -> None:
    pieces = await answer(ask(text, scene=who))
    assert words in spoken(pieces)
    assert not has(NameTag, pieces)


@pytest.mark.parametrize("text", ["no olvides mi nombre", "don't forget my name"])
async def test_name_that_is_not_to_be_forgotten_is_another_matter(ask: Ask, text: str) -> None:
    words = spoken(await answer(ask(text, scene=ana())))
    assert "nombre solo" not in words
    assert "name alone" not in words


async def test_wish_in_english_is_answered_in_english(ask: Ask) -> None:
    request = ask("forget that", scene=ana(wish="forget_that", language="en"))
    assert spoken(await answer(request)).strip() in LINES["wish_forget_that"]["en"]


# ── a whole answer ────────────────────────────────────────────────────────────────────────


TEA = (Said("person", "me gusta el té"), Said("robot", "Me lo apunto."))
TEA_TOLD = "La persona dijo: «me gusta el té». El robot dijo: «Me lo apunto.»."
MADE_WITHOUT = "Extracto de la conversación, hecho sin modelo."


async def test_generate_gives_an_extract_of_the_history(ask: Ask) -> None:
    fragment = await RehearsalBrain(pace_s=0).generate(ask("resume", history=TEA))
    assert fragment.text == f"{MADE_WITHOUT} {TEA_TOLD}"


async def test_generate_asked_for_a_summary_tells_what_is_to_be_told(ask: Ask) -> None:
    fragment = await RehearsalBrain(pace_s=0).generate(ask(question(None, TEA)))
    assert fragment.text == f"{MADE_WITHOUT} {TEA_TOLD}"


async def test_generate_of_an_extract_says_once_that_it_is_one(ask: Ask) -> None:
    earlier = f"{MADE_WITHOUT} La persona dijo: «hola»."
    fragment = await RehearsalBrain(pace_s=0).generate(ask(question(earlier, TEA)))
    assert fragment.text == f"{earlier} {TEA_TOLD}"


async def test_generate_without_room_for_all_tells_the_newest(ask: Ask) -> None:
    messages = tuple(Said("person", f"{n} {'palabra ' * 1000}") for n in range(100))
    fragment = await RehearsalBrain(pace_s=0).generate(ask(question("Antes.", messages)))
    assert len(fragment.text) <= MAX_CHARS
    assert "«99 palabra" in fragment.text
    assert "«0 palabra" not in fragment.text


async def test_model_is_called_rehearsal() -> None:
    brain = RehearsalBrain()
    assert brain.model == "rehearsal"
    await brain.aclose()
