"""What goes to a server of OpenAI's protocol: roles, media, limits, and only what it takes."""

import base64
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from attrs import evolve

from robi.brain.base import BrainRequest
from robi.brain.openai_features import Feature
from robi.brain.openai_request import Hearing, body, check_media, features
from robi.errors import FilmNotTaken, MediaNotTaken, PictureNotTaken, SoundNotTaken
from robi.speech.classification import schema
from robi.speech.scene import Media, Said

Ask = Callable[..., BrainRequest]

WAV, MP3, OGG = (
    Media("audio/wav", b"RIFF"),
    Media("audio/mpeg", b"\xff\xfb"),
    Media("audio/ogg", b"O"),
)
PHOTO, FILM = Media("image/jpeg", b"\xff\xd8"), Media("video/mp4", b"ftyp")


def sent(
    request: BrainRequest,
    *without: Feature,
    hearing: Hearing = "auto",
    streamed: bool = True,
) -> Any:
    usable = features(request, streamed=streamed) - set(without)
    return orjson.loads(body(request, "llama", usable, hearing, streamed=streamed))


def test_body_has_all_that_a_server_might_take(ask: Ask) -> None:
    assert sent(ask("hola")) == {
        "model": "llama",
        "messages": [
            {"role": "system", "content": "You are Robi."},
            {"role": "user", "content": "hola"},
        ],
        "stream": True,
        "max_tokens": 512,
        "temperature": 0.7,
        "reasoning_effort": "none",
        "stream_options": {"include_usage": True},
    }


def test_body_of_a_whole_answer_has_no_options_of_a_stream(ask: Ask) -> None:
    whole = sent(ask("hola"), streamed=False)
    assert whole["stream"] is False
    assert "stream_options" not in whole


@pytest.mark.parametrize(
    ("feature", "gone", "instead"),
    [
        ("max_tokens", "max_tokens", "max_completion_tokens"),
        ("temperature", "temperature", None),
        ("reasoning_effort", "reasoning_effort", None),
        ("stream_options", "stream_options", None),
    ],
)
def test_body_without_a_feature_leaves_it_out(
    ask: Ask, feature: Feature, gone: str, instead: str | None
) -> None:
    whole = sent(ask("hola"), feature)
    assert gone not in whole
    assert instead is None or whole[instead] == 512


@pytest.mark.parametrize("robot_begins", [False, True])
def test_body_for_a_server_without_system_begins_with_the_instruction(
    ask: Ask, robot_begins: bool
) -> None:
    history = (Said("robot", "¡Hola!"),) if robot_begins else ()
    messages = sent(ask("hola", history=history, media=(PHOTO,)), "system")["messages"]
    roles = ["user", "assistant", "user"] if robot_begins else ["user"]
    assert [one["role"] for one in messages] == roles
    first = messages[0]["content"]
    assert (first if robot_begins else first[0]["text"]).startswith("You are Robi.")
    assert str(messages).count("You are Robi.") == 1


def test_body_for_a_server_without_system_keeps_it_apart_from_the_words(ask: Ask) -> None:
    (message,) = sent(ask("hola"), "system")["messages"]
    assert message == {"role": "user", "content": "You are Robi.\n\nhola"}


def test_body_without_system_has_none(ask: Ask) -> None:
    assert [one["role"] for one in sent(ask(system=""))["messages"]] == ["user"]


def test_body_joins_neighbours_and_lets_the_person_begin(ask: Ask) -> None:
    history = (
        Said("robot", "¡Hola!"),
        Said("person", "hola"),
        Said("person", ""),
        Said("robot", "Había una", cut_off=True),
        Said("robot", "¿Sigo?"),
    )
    assert sent(ask("sí", history=history))["messages"][1:] == [
        {"role": "user", "content": "…"},
        {"role": "assistant", "content": "¡Hola!"},
        {"role": "user", "content": "hola"},
        {"role": "assistant", "content": "Había una…\n¿Sigo?"},
        {"role": "user", "content": "sí"},
    ]


def test_body_media_come_before_the_words_byte_for_byte(ask: Ask) -> None:
    picture, sound, words = sent(ask("mira", media=(PHOTO, WAV)))["messages"][1]["content"]
    data = base64.b64encode(PHOTO.data).decode()
    assert picture == {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{data}"}}
    assert sound["input_audio"] == {"data": base64.b64encode(b"RIFF").decode(), "format": "wav"}
    assert words == {"type": "text", "text": "mira"}


@pytest.mark.parametrize(
    ("media", "hearing", "name"),
    [(WAV, "auto", "wav"), (MP3, "auto", "mp3"), (MP3, "on", "mp3"), (OGG, "on", "ogg")],
)
def test_sound_goes_under_the_name_of_its_format(
    ask: Ask, media: Media, hearing: Hearing, name: str
) -> None:
    request = ask("", media=(media,))
    check_media(request, features(request, streamed=True), hearing)
    (part,) = sent(request, hearing=hearing)["messages"][1]["content"]
    assert part["input_audio"]["format"] == name


@pytest.mark.parametrize(
    ("media", "without", "hearing", "kind"),
    [
        (FILM, (), "auto", FilmNotTaken),
        (OGG, (), "auto", SoundNotTaken),
        (WAV, ("audio",), "auto", SoundNotTaken),
        (WAV, (), "off", SoundNotTaken),
        (OGG, ("audio",), "on", SoundNotTaken),
        (PHOTO, ("image",), "auto", PictureNotTaken),
    ],
)
def test_media_that_are_not_taken_are_told(
    ask: Ask,
    media: Media,
    without: tuple[Feature, ...],
    hearing: Hearing,
    kind: type[MediaNotTaken],
) -> None:
    request = ask("mira", media=(media,))
    usable = features(request, streamed=True) - set(without)
    with pytest.raises(kind) as caught:
        check_media(request, usable, hearing)
    assert (caught.value.details, caught.value.code) == (media.mime, 2004)
    assert all(caught.value.message(language) for language in ("es", "en"))


def test_media_of_earlier_that_are_not_taken_are_left_out(ask: Ask) -> None:
    history = (Said("person", "mira", (PHOTO, FILM, OGG)),)
    request = ask("¿y ahora?", history=history)
    check_media(request, features(request, streamed=True) - {"image"}, "auto")
    assert sent(request, "image")["messages"][1]["content"] == "mira\n¿y ahora?"


def test_structured_question_has_its_schema(ask: Ask) -> None:
    whole = sent(evolve(ask(), answers=schema(2)), streamed=False)
    assert whole["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": schema(2)},
    }
    assert whole["messages"][0]["content"] == "You are Robi."


def test_structured_question_without_schemas_tells_it_and_wants_json(ask: Ask) -> None:
    whole = sent(evolve(ask(), answers=schema(2)), "json_schema", streamed=False)
    assert whole["response_format"] == {"type": "json_object"}
    assert whole["messages"][0]["content"].endswith(orjson.dumps(schema(2)).decode())


def test_structured_question_without_any_of_it_tells_the_schema(ask: Ask) -> None:
    whole = sent(evolve(ask(), answers=schema(2)), "json_schema", "json_object", streamed=False)
    assert "response_format" not in whole
    assert "JSON" in whole["messages"][0]["content"]


def test_free_question_has_no_schema(ask: Ask) -> None:
    assert "response_format" not in sent(ask())
