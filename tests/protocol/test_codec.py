"""What is a message and what is not, and how each looks on the wire (protocol.md §2, §3)."""

import base64
import contextlib
import struct
import tracemalloc
from time import process_time
from typing import Any

import orjson
import pytest

from robi.errors import InvalidMessage
from robi.protocol import messages as m
from robi.protocol.actions import Light, Move, Step
from robi.protocol.codec import (
    decode_server,
    decode_text,
    encode,
    encode_client,
    request_id_of,
)
from robi.protocol.dialects import Dialect
from robi.protocol.frames import MAX_VALUES

SECRET = "mi-secreto"


def frame(kind: str, **fields: object) -> bytes:
    return orjson.dumps({"type": kind, **fields})


def start(**fields: object) -> bytes:
    return frame("interaction_start", **{"request_id": "r", "user_id": "ana"} | fields)


def image(**fields: object) -> bytes:
    return frame("image", **{"request_id": "r", "purpose": "context", "data": "aGk="} | fields)


def floats(count: int, value: float = 0.5) -> str:
    return base64.b64encode(struct.pack(f"<{count}f", *[value] * count)).decode()


def refusal(raw: str | bytes) -> str:
    with pytest.raises(InvalidMessage) as caught:
        decode_text(raw)
    assert caught.value.details is not None
    return caught.value.details


def written(
    message: m.ServerMessage, dialect: Dialect = Dialect.USER, seq: int | None = None
) -> dict[str, Any]:
    fields: dict[str, Any] = orjson.loads(encode(message, dialect, seq))
    return fields


# ── reading what is no message ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("raw", "details"),
    [
        ("", "$: not JSON in valid UTF-8"),
        (b"\xff{}", "$: not JSON in valid UTF-8"),
        ("\ufeff{}", "$: not JSON in valid UTF-8"),
        ('{"type": NaN}', "$: not JSON in valid UTF-8"),
        ('{"type": 1e999}', "$: not JSON in valid UTF-8"),
        ('{"type": "\\ud800"}', "$: not JSON in valid UTF-8"),
        ("[" * 5000 + "]" * 5000, "$: not JSON in valid UTF-8"),
        ("[" * 513 + "]" * 513, "$: nested too deeply"),
        ('{"a":' * 513 + "1" + "}" * 513, "$: nested too deeply"),
        ("[" * 512 + "]" * 512, "$: expected an object, got array"),
        ('{"a": 1, "a": 1}', "$: a name is there twice in one object"),
        ('{"a": {"b": 1, "b": 2}}', "$: a name is there twice in one object"),
        ('{"a": 1, "\\u0061": 1}', "$: a name is there twice in one object"),
        ('{"a\\\\": "\\"", "a\\\\": 1}', "$: a name is there twice in one object"),
        ('[{"\\"": 1, "\\"": ""}]', "$: a name is there twice in one object"),
        ("[]", "$: expected an object, got array"),
        ("null", "$: expected an object, got null"),
        ("{}", "$.type: is required"),
        ('{"type": null}', "$.type: is required"),
        ('{"type": 5}', "$.type: expected a string, got integer"),
        ('{"type": "stream_end"}', "$.type: unknown message"),
        ('{"type": "audio"}', "$.type: unknown message"),
    ],
)
def test_decode_text_of_no_message_tells_what_is_wrong(raw: str | bytes, details: str) -> None:
    assert refusal(raw) == details


@pytest.mark.parametrize(
    ("raw", "details"),
    [
        (frame("audio_end"), "$.request_id: is required"),
        (frame("audio_end", request_id=None), "$.request_id: is required"),
        (frame("audio_end", request_id=7), "$.request_id: expected a string, got integer"),
        (frame("audio_end", request_id=" "), "$.request_id: must not be blank"),
        (frame("audio_end", request_id="r" * 129), "$.request_id: longer than 128 characters"),
        (frame("audio_end", request_id="a\nb"), "$.request_id: must be printable characters"),
        (frame("text", request_id="r"), "$.content: is required"),
        (frame("text", request_id="r", content="\n "), "$.content: must not be blank"),
        (
            frame("text", request_id="r", content="a" * 32_769),
            "$.content: longer than 32768 characters",
        ),
        (
            frame("text", request_id="r", content="a", user_id=5),
            "$.user_id: expected a string, got integer",
        ),
        (start(user_id=None), "$.person_id: is required"),
        (start(user_id=" "), "$.person_id: is required"),
        (start(face_recognized="true"), "$.face_recognized: expected a boolean, got string"),
        (start(face_recognized=1), "$.face_recognized: expected a boolean, got integer"),
        (start(face_confidence="1"), "$.face_confidence: expected a number, got string"),
        (start(face_confidence=True), "$.face_confidence: expected a number, got boolean"),
        (start(face_confidence=1.01), "$.face_confidence: expected a number from 0 to 1"),
        (start(context=[]), "$.context: expected an object, got array"),
        (
            start(context={"battery_level": "5"}),
            "$.context.battery_level: expected an integer, got string",
        ),
        (
            start(context={"battery_level": 5.0}),
            "$.context.battery_level: expected an integer, got number",
        ),
        (
            start(context={"battery_phone": True}),
            "$.context.battery_phone: expected an integer, got boolean",
        ),
        (
            start(context={"battery_robot": 101}),
            "$.context.battery_robot: expected an integer from 0 to 100",
        ),
        (start(context={"sensors": []}), "$.context.sensors: expected an object, got array"),
        (
            start(context={"sensors": {"a": "b" * 16_384}}),
            "$.context.sensors: longer than 16384 bytes",
        ),
        (
            start(audio_format={"encoding": "mp3", "sample_rate": 16_000}),
            "$.audio_format.encoding: expected one of pcm_s16le",
        ),
        (
            start(audio_format={"encoding": "pcm_s16le", "sample_rate": 7_999}),
            "$.audio_format.sample_rate: expected an integer from 8000 to 48000",
        ),
        (
            start(audio_format={"encoding": "pcm_s16le", "sample_rate": 8_000, "channels": 3}),
            "$.audio_format.channels: expected an integer from 1 to 2",
        ),
        (start(face_embedding=floats(127)), "$.face_embedding: expected 128 or 512 float32"),
        (
            start(face_embedding=floats(128, float("nan"))),
            "$.face_embedding: expected finite float32",
        ),
        (image(data="aGk"), "$.data: not base64"),
        (image(data="aG k="), "$.data: not base64"),
        (image(data="_-_-"), "$.data: not base64"),
        (image(data="ñaGk"), "$.data: not base64"),
        (image(data=""), "$.data: must not be empty"),
        (image(data=[]), "$.data: expected a string, got array"),
        (image(purpose="party"), "$.purpose: expected one of registration, context"),
        (
            frame("interrupt", request_id="r", spoken_chars=-1),
            "$.spoken_chars: expected an integer from 0 to 9007199254740991",
        ),
        (
            b'{"type":"interrupt","request_id":"r","spoken_chars":1' + b"0" * 30 + b"}",
            "$.spoken_chars: expected an integer, got number",
        ),
        (frame("auth", features="a"), "$.features: expected an array, got string"),
        (frame("auth", features=[1]), "$.features: expected a string, got integer"),
        (frame("auth", features=["a"] * 33), "$.features: more than 32 elements"),
        (
            frame("multimodal", request_id="r", text=" ", audio=""),
            "$: at least one of text, audio, image and video is required",
        ),
    ],
)
def test_decode_text_of_a_faulty_message_tells_the_path_and_the_reason(
    raw: bytes, details: str
) -> None:
    assert refusal(raw) == details


def test_decode_text_of_deeply_nested_sensors_refuses_them() -> None:
    nested = b'{"a":' * 300 + b"1" + b"}" * 300
    raw = start(context={"sensors": {}}).replace(b'"sensors":{}', b'"sensors":' + nested)
    assert refusal(raw) == "$.context.sensors: nested too deeply"


@pytest.mark.parametrize(
    "raw",
    [
        frame(SECRET),
        frame("text", request_id="r", content={SECRET: 1}),
        frame("image", request_id="r", purpose=SECRET, data="aGk="),
        frame("image", request_id="r", purpose="context", data=SECRET),
        f'{{"{SECRET}": 1, "{SECRET}": 2}}',
        f'{{"{SECRET}": ',
        start(context={"location": [SECRET]}),
    ],
)
def test_decode_text_of_a_faulty_message_never_repeats_it(raw: str | bytes) -> None:
    assert SECRET not in refusal(raw)


# ── reading messages ──────────────────────────────────────────────────────────────────────


def test_decode_text_of_null_in_optional_fields_takes_them_as_absent() -> None:
    raw = start(face_recognized=None, face_confidence=None, context=None, audio_format=None)
    assert decode_text(raw).message == m.InteractionStart("r", "ana")


def test_decode_text_of_blank_optional_text_takes_it_as_absent() -> None:
    raw = frame("auth", api_key="", device_id="", session_id=" ")
    assert decode_text(raw).message == m.Auth()


def test_decode_text_of_an_integer_for_a_number_takes_it() -> None:
    message = decode_text(start(face_confidence=1)).message
    assert message == m.InteractionStart("r", "ana", face_confidence=1.0)


def test_decode_text_of_base64_with_line_breaks_takes_it() -> None:
    assert decode_text(image(data="aG\r\nk=\n")).message == m.Image("r", "context", b"hi")


def test_decode_text_of_text_and_bytes_are_the_same() -> None:
    raw = frame("text", request_id="r", content="¿qué tal?")
    assert decode_text(raw) == decode_text(raw.decode())


@pytest.mark.parametrize("kind", ["interaction_start", "text"])
@pytest.mark.parametrize(
    ("named", "person_id", "dialect"),
    [
        ({"user_id": "ana"}, "ana", Dialect.USER),
        ({"person_id": "ana"}, "ana", Dialect.PERSON),
        ({"user_id": "ana", "person_id": "eva"}, "eva", Dialect.PERSON),
        ({"user_id": "ana", "person_id": None}, "ana", Dialect.USER),
        ({"user_id": "ana", "person_id": ""}, "ana", Dialect.USER),
    ],
)
def test_decode_text_of_a_named_person_tells_who_and_the_dialect(
    kind: str, named: dict[str, str | None], person_id: str, dialect: Dialect
) -> None:
    decoded = decode_text(frame(kind, request_id="r", content="hola", **named))
    assert getattr(decoded.message, "person_id", None) == person_id
    assert decoded.dialect is dialect


@pytest.mark.parametrize(("name", "dialect"), [("person_id", None), ("user_id", Dialect.USER)])
def test_decode_text_of_person_detected_shows_a_dialect_only_by_user_id(
    name: str, dialect: Dialect | None
) -> None:
    decoded = decode_text(frame("person_detected", request_id="r", known=True, **{name: "ana"}))
    assert decoded.message == m.PersonDetected("r", known=True, person_id="ana")
    assert decoded.dialect is dialect


def test_decode_text_of_a_message_about_nobody_shows_no_dialect() -> None:
    assert decode_text(frame("audio_end", request_id="r", user_id="ana")).dialect is None


@pytest.mark.parametrize("unit", ["[],", "{},", "0,", '"",'])
def test_decode_text_of_too_many_values_refuses_them(unit: str) -> None:
    many = '{"type":"text","sensors":[' + unit * MAX_VALUES + "0]}"
    assert refusal(many) == refusal(many.encode()) == "$: too many values in one message"


def test_decode_text_of_ten_megabytes_of_values_costs_no_more_than_a_picture() -> None:
    """Built, they would take many times as long, and gigabytes."""
    size = 10 * 1024 * 1024
    picture = image(data=base64.b64encode(bytes(size // 4 * 3)).decode())
    values = b'{"type":"text","x":[' + b"[]," * (size // 3) + b"0]}"
    assert refusal(values) == "$: too many values in one message"

    def cost(raw: bytes) -> float:
        began = process_time()
        with contextlib.suppress(InvalidMessage):
            decode_text(raw)
        return process_time() - began

    assert min(cost(values) for _ in range(3)) < 5 * min(cost(picture) for _ in range(3))


def test_request_id_of_a_faulty_message_returns_it() -> None:
    assert request_id_of(frame("no such thing", request_id="r")) == "r"


@pytest.mark.parametrize("raw", ["", "[]", "{}", '{"request_id": 5}', '{"request_id": ""}'])
def test_request_id_of_a_message_without_a_usable_one_is_none(raw: str) -> None:
    assert request_id_of(raw) is None


def test_repr_of_auth_does_not_show_the_key() -> None:
    assert SECRET not in repr(decode_text(frame("auth", api_key=SECRET)))


# ── writing ───────────────────────────────────────────────────────────────────────────────


def test_encode_text_chunk_writes_type_id_text_and_seq() -> None:
    chunk = encode(m.TextChunk("r", "¡hola!"), Dialect.USER, 7)
    assert chunk.decode() == '{"type":"text_chunk","request_id":"r","text":"¡hola!","seq":7}'


def test_encode_auth_ok_tells_the_protocol_and_has_no_seq() -> None:
    message = m.AuthOk("s", resumed=False, server="robi", settings=m.ClientSettings(1, 2, 3))
    assert written(message) == {
        "type": "auth_ok",
        "session_id": "s",
        "resumed": False,
        "protocol": "1.4",
        "server": "robi",
        "settings": {
            "conversation_keep_alive_ms": 1,
            "person_search_timeout_ms": 2,
            "max_message_bytes": 3,
        },
        "skills": [],
    }


@pytest.mark.parametrize(
    ("dialect", "field"),
    [(Dialect.USER, "user_identified"), (Dialect.PERSON, "person_identified")],
)
def test_encode_emotion_names_the_person_as_the_dialect_does(dialect: Dialect, field: str) -> None:
    assert written(m.Emotion("r", "happy", "ana", 0.5), dialect) == {
        "type": "emotion",
        "request_id": "r",
        "emotion": "happy",
        field: "ana",
        "confidence": 0.5,
    }


def test_encode_emotion_for_a_stranger_leaves_out_whom_and_how_sure() -> None:
    message = m.Emotion("r", "happy")
    assert written(message) == {"type": "emotion", "request_id": "r", "emotion": "happy"}


@pytest.mark.parametrize(
    ("dialect", "kind", "field"),
    [
        (Dialect.USER, "user_registered", "user_id"),
        (Dialect.PERSON, "person_registered", "person_id"),
    ],
)
def test_encode_person_registered_is_named_as_the_dialect_does(
    dialect: Dialect, kind: str, field: str
) -> None:
    fields = {"type": kind, "request_id": "r", field: "ana_1", "name": "Ana"}
    assert written(m.PersonRegistered("r", "ana_1", "Ana"), dialect) == fields


def test_encode_capture_request_of_a_photo_writes_a_null_duration() -> None:
    fields = {"type": "capture_request", "request_id": "r", "capture_type": "photo"}
    assert written(m.CaptureRequest("r", "photo")) == {**fields, "duration_ms": None}


def test_encode_response_meta_writes_everything_but_a_name_that_is_not_known() -> None:
    message = m.ResponseMeta("r", "Hola.", m.Expression(("1F600",), "fade"))
    assert written(message) == {
        "type": "response_meta",
        "request_id": "r",
        "response_text": "Hola.",
        "expression": {"emojis": ["1F600"], "duration_per_emoji": 2000, "transition": "fade"},
        "actions": [],
    }


def test_encode_face_scan_actions_writes_actions_in_the_dialect() -> None:
    message = m.FaceScanActions("r", (Move(Step("left", 40, 420)),))
    assert written(message, Dialect.PERSON)["actions"] == [{"type": "turn_left_deg", "degrees": 90}]


def test_encode_stream_end_says_interrupted_only_when_it_was() -> None:
    assert "interrupted" not in written(m.StreamEnd("r", 5))
    assert written(m.StreamEnd("r", 5, interrupted=True))["interrupted"] is True


def test_encode_stream_end_nests_the_usage() -> None:
    usage = {"input_tokens": 3, "output_tokens": 4}
    assert written(m.StreamEnd("r", 5, usage=m.TokenUsage(3, 4)))["usage"] == usage


def test_encode_stream_end_nests_the_timings() -> None:
    timings = {"recall_ms": 3, "queue_ms": 0, "model_ms": 412}
    assert written(m.StreamEnd("r", 5, timings=m.Timings(3, 0, 412)))["timings"] == timings


def test_encode_error_has_the_shape_of_an_http_error() -> None:
    message = m.ErrorReport("SERVER_BUSY", 8006, "Un momento.", True, "2026-02-08T10:30:00Z")
    assert written(message, seq=3) == {
        "type": "error",
        "error": True,
        "error_code": "SERVER_BUSY",
        "code": 8006,
        "message": "Un momento.",
        "recoverable": True,
        "timestamp": "2026-02-08T10:30:00Z",
        "seq": 3,
    }


# ── the robot's side ──────────────────────────────────────────────────────────────────────


def test_encode_client_of_audio_is_its_bytes() -> None:
    assert encode_client(m.Audio(b"OggS"), Dialect.USER) == b"OggS"


@pytest.mark.parametrize("dialect", Dialect)
def test_encode_client_of_person_detected_says_person_id_in_both_dialects(dialect: Dialect) -> None:
    raw = encode_client(m.PersonDetected("r", known=True, person_id="ana"), dialect)
    assert orjson.loads(raw)["person_id"] == "ana"


def test_decode_server_of_actions_returns_them_as_the_body_is_told() -> None:
    message = m.FaceScanActions("r", (Light(0, 100, 255, 80, 500),))
    light = {"type": "light", "params": {"color": "rgb(0,100,255)", "intensity": 80}}
    assert decode_server(encode(message, Dialect.USER, 1)).actions == (light,)


@pytest.mark.parametrize(
    "raw",
    [
        frame("text", request_id="r", content="hola"),
        frame("text_chunk", request_id="r", text=5),
        frame("text_chunk", request_id="r", text="a", seq="1"),
        frame("face_scan_actions", request_id="r", actions=[5]),
        frame("face_scan_actions", request_id="r"),
    ],
)
def test_decode_server_of_what_no_server_says_raises_invalid_message(raw: bytes) -> None:
    with pytest.raises(InvalidMessage):
        decode_server(raw)


def test_encoded_frames_take_no_more_memory_than_their_bytes() -> None:
    tracemalloc.start()
    try:
        frames = [encode(m.TextChunk("r", "hola"), Dialect.USER, seq) for seq in range(100)]
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken < 3 * sum(len(frame) for frame in frames) + 100 * 100
