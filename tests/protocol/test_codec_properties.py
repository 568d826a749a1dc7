"""Properties of the codec over every message there is: nothing is lost, nothing else escapes."""

import struct
from contextlib import suppress
from typing import TypeVar

import orjson
import pytest
from attrs import evolve, fields
from hypothesis import assume, example, given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from robi.errors import InvalidMessage
from robi.protocol import messages as m
from robi.protocol.actions import Action, Light, Move, MoveSequence, Step
from robi.protocol.codec import decode_server, decode_text, encode, encode_client, request_id_of
from robi.protocol.dialects import PERSON_FIELDS, Dialect, write_action
from robi.protocol.emotions import EMOTIONS

T = TypeVar("T")

dialects = st.sampled_from(Dialect)
names = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=128)
words = st.text(max_size=200).filter(lambda text: bool(text) and not text.isspace())
texts = st.text(max_size=50)
percents = st.integers(0, 100)
shares = st.floats(0, 1)
counts = st.integers(0, 2**53 - 1)
blobs = st.binary(min_size=1, max_size=64)
floats32 = st.floats(width=32, allow_nan=False, allow_infinity=False)
faces = st.builds(
    lambda count, value: struct.pack(f"<{count}f", *[value] * count),
    st.sampled_from((128, 512)),
    floats32,
)
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
json_values: SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | numbers | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
sources: SearchStrategy[m.BatterySource] = st.sampled_from(("robot", "phone"))
purposes: SearchStrategy[m.Purpose] = st.sampled_from(("registration", "context"))
captures: SearchStrategy[m.CaptureType] = st.sampled_from(("photo", "video"))


def maybe(strategy: SearchStrategy[T]) -> SearchStrategy[T | None]:
    return st.none() | strategy


contexts = st.builds(
    m.Context,
    location=maybe(words),
    battery_level=maybe(percents),
    battery_robot=maybe(percents),
    battery_phone=maybe(percents),
    sensors=st.dictionaries(st.text(max_size=8), json_values, max_size=3),
)
formats = st.builds(
    m.AudioFormat, st.just("pcm_s16le"), st.integers(8_000, 48_000), st.integers(1, 2)
)
client_messages: SearchStrategy[m.ClientMessage] = st.one_of(
    st.builds(
        m.Auth,
        api_key=maybe(words),
        device_id=maybe(names),
        session_id=maybe(names),
        last_seq=maybe(counts),
        features=st.lists(names.map(lambda name: name[:64]), max_size=3).map(tuple),
    ),
    st.builds(
        m.InteractionStart,
        names,
        names,
        st.booleans(),
        face_confidence=maybe(shares),
        face_embedding=maybe(faces),
        context=contexts,
        audio_format=maybe(formats),
    ),
    st.builds(m.AudioEnd, names),
    st.builds(m.Text, names, words, maybe(names)),
    st.builds(m.Image, names, purposes, blobs, maybe(names), maybe(words)),
    st.builds(m.Video, names, counts, blobs, maybe(names), maybe(words)),
    st.builds(
        m.Multimodal,
        names,
        text=words,
        audio=maybe(blobs),
        audio_mime=maybe(names),
        image=maybe(blobs),
        image_mime=maybe(names),
        video=maybe(blobs),
        video_mime=maybe(names),
    ),
    st.builds(m.Multimodal, names, image=blobs),
    st.builds(m.Interrupt, names, maybe(counts)),
    st.builds(m.FaceScanMode, names),
    st.builds(m.PersonDetected, names, st.booleans(), maybe(names), maybe(shares), maybe(faces)),
    st.builds(m.BatteryAlert, names, percents, sources),
)

steps = st.builds(
    Step,
    st.sampled_from(("forward", "backward", "left", "right", "stop")),
    percents,
    st.integers(0, 10_000),
)
channels = st.integers(0, 255)
emotions = st.sampled_from(sorted(EMOTIONS))
actions: SearchStrategy[tuple[Action, ...]] = st.lists(
    st.one_of(
        st.builds(Move, steps),
        st.builds(MoveSequence, st.lists(steps, max_size=4).map(tuple), emotions),
        st.builds(Light, channels, channels, channels, percents, st.integers(0, 10_000)),
    ),
    max_size=3,
).map(tuple)
expressions = st.builds(
    m.Expression,
    st.lists(texts, min_size=1, max_size=4).map(tuple),
    st.sampled_from(("bounce", "fade", "slide")),
    counts,
)
server_messages: SearchStrategy[m.ServerMessage] = st.one_of(
    st.builds(
        m.AuthOk,
        names,
        st.booleans(),
        texts,
        st.builds(m.ClientSettings, counts, counts, counts),
        st.lists(texts, max_size=2).map(tuple),
    ),
    st.builds(m.PersonRegistered, names, names, texts),
    st.builds(m.Emotion, names, emotions, maybe(names), maybe(shares)),
    st.builds(m.TextChunk, names, texts),
    st.builds(m.CaptureRequest, names, captures, maybe(counts)),
    st.builds(m.ResponseMeta, names, texts, expressions, actions, maybe(texts)),
    st.builds(
        m.StreamEnd, names, counts, st.booleans(), maybe(st.builds(m.TokenUsage, counts, counts))
    ),
    st.builds(m.FaceScanActions, names, actions),
    st.builds(m.LowBatteryAlert, names, percents, sources),
    st.builds(
        m.ErrorReport,
        names,
        counts,
        texts,
        st.booleans(),
        texts,
        maybe(texts),
        maybe(counts),
        maybe(names),
    ),
)


@given(client_messages, dialects)
def test_decode_text_of_an_encoded_message_returns_it(
    message: m.ClientMessage, dialect: Dialect
) -> None:
    assert decode_text(encode_client(message, dialect)).message == message


@given(client_messages, dialects)
def test_decode_text_of_a_message_that_names_a_person_tells_the_dialect(
    message: m.ClientMessage, dialect: Dialect
) -> None:
    names_person = isinstance(message, m.InteractionStart | m.Text) and message.person_id
    expected = dialect if names_person else None
    assert decode_text(encode_client(message, dialect)).dialect is expected


@given(server_messages, dialects, maybe(counts))
def test_decode_server_of_an_encoded_message_returns_all_but_its_actions(
    message: m.ServerMessage, dialect: Dialect, seq: int | None
) -> None:
    received = decode_server(encode(message, dialect, seq))
    told: tuple[Action, ...] = ()
    if isinstance(message, m.ResponseMeta | m.FaceScanActions):
        told, message = message.actions, evolve(message, actions=())
    assert (received.message, received.seq) == (message, seq)
    assert received.actions == tuple(write_action(action, dialect) for action in told)


@given(server_messages, dialects)
def test_encode_any_message_writes_null_for_nothing_but_the_duration_of_a_photo(
    message: m.ServerMessage, dialect: Dialect
) -> None:
    def nulls(value: object, path: str) -> list[str]:
        if isinstance(value, dict):
            return [null for key, inner in value.items() for null in nulls(inner, f"{path}.{key}")]
        return [path] if value is None else []

    written = orjson.loads(encode(message, dialect, 1))
    assert set(nulls(written, written["type"])) <= {"capture_request.duration_ms"}


@given(server_messages, dialects)
def test_encode_any_message_uses_no_name_of_the_other_dialect(
    message: m.ServerMessage, dialect: Dialect
) -> None:
    (other,) = set(Dialect) - {dialect}
    written = orjson.loads(encode(message, dialect, 1))
    foreign = set(PERSON_FIELDS[other].values()) | {f"{other.value}_registered"}
    if dialect is Dialect.USER:
        foreign |= {"person_id"}
    assert foreign.isdisjoint({*written, written["type"]})


@given(client_messages, dialects, st.data())
def test_decode_text_of_a_spoiled_field_raises_only_invalid_message(
    message: m.ClientMessage, dialect: Dialect, data: st.DataObject
) -> None:
    frame = orjson.loads(encode_client(message, dialect))
    key = data.draw(st.sampled_from(sorted(frame)))
    frame[key] = data.draw(json_values)
    with suppress(InvalidMessage):
        decode_text(orjson.dumps(frame))


@given(st.binary(max_size=100) | st.text(max_size=100))
@example(b"")
@example("\ud800")
@example("\ufeff{}")
@example(b'{"type": "text", "request_id": "\\ud800", "content": "a"}')
def test_decode_text_of_anything_raises_only_invalid_message(raw: bytes | str) -> None:
    with pytest.raises(InvalidMessage):
        decode_text(raw)


@given(st.binary(max_size=100) | st.text(max_size=100) | json_values.map(orjson.dumps))
def test_request_id_of_anything_never_raises(raw: bytes | str) -> None:
    assert request_id_of(raw) is None or isinstance(request_id_of(raw), str)


@given(client_messages, words)
def test_decode_text_of_a_message_with_an_unknown_field_ignores_it(
    message: m.ClientMessage, name: str
) -> None:
    known = {field.name for field in fields(type(message))} | {"type", "user_id", "person_id"}
    assume(name not in known)
    frame = orjson.loads(encode_client(message, Dialect.PERSON))
    frame[name] = {"anything": [None]}
    assert decode_text(orjson.dumps(frame)).message == message
