"""Between the text frames of a link and the messages of the protocol.

Owns the JSON of protocol.md §2 and §3: the `type` of each message, what is a message and what is
not. Whatever is wrong with a frame is one error, `InvalidMessage`, whose `details` name the place
and the reason (`$.context.battery_level: expected an integer, got string`) and never what was
sent: it may be personal. What is JSON is decided in `frames`, what a value may be in `fields`, and
how a message is put together in `converter`.

    decode_text    a frame of a robot   → the message, and the dialect it is written in
    encode         a message to a robot → a frame
    encode_client, decode_server        the robot's side of the same, for tools and tests

Binary frames are no matter of this module: the reader of a link makes them `Audio`.
"""

from collections.abc import Mapping
from typing import Annotated, TypeVar

import cattrs
import orjson
from attrs import frozen

from robi.errors import InvalidMessage
from robi.protocol import converter
from robi.protocol.dialects import (
    Dialect,
    Fields,
    from_any_dialect,
    registered_type,
    to_dialect,
    write_action,
)
from robi.protocol.fields import Count, Kind, Refused, mismatch
from robi.protocol.frames import MAX_VALUES, invalid, read_object
from robi.protocol.messages import (
    PROTOCOL_VERSION,
    Audio,
    AudioEnd,
    Auth,
    AuthOk,
    BatteryAlert,
    CaptureRequest,
    ClientMessage,
    Emotion,
    ErrorReport,
    FaceScanActions,
    FaceScanMode,
    Image,
    InteractionStart,
    Interrupt,
    LowBatteryAlert,
    Multimodal,
    PersonDetected,
    PersonRegistered,
    ResponseMeta,
    ServerMessage,
    StreamEnd,
    Text,
    TextChunk,
    Video,
)

MAX_DETAILS_CHARS = 200

_CLIENT_TYPES: Mapping[str, type[ClientMessage]] = {
    "auth": Auth,
    "interaction_start": InteractionStart,
    "audio_end": AudioEnd,
    "text": Text,
    "image": Image,
    "video": Video,
    "multimodal": Multimodal,
    "interrupt": Interrupt,
    "face_scan_mode": FaceScanMode,
    "person_detected": PersonDetected,
    "battery_alert": BatteryAlert,
}
_SERVER_TYPES: Mapping[str, type[ServerMessage]] = {
    "auth_ok": AuthOk,
    "emotion": Emotion,
    "text_chunk": TextChunk,
    "capture_request": CaptureRequest,
    "response_meta": ResponseMeta,
    "stream_end": StreamEnd,
    "face_scan_actions": FaceScanActions,
    "low_battery_alert": LowBatteryAlert,
    "error": ErrorReport,
} | {registered_type(dialect): PersonRegistered for dialect in Dialect}

_TYPE_OF: Mapping[type, str] = {
    message: name for types in (_CLIENT_TYPES, _SERVER_TYPES) for name, message in types.items()
}
"""The `type` of every message that has the same one in both dialects."""

_ALWAYS: Mapping[type, Fields] = {
    AuthOk: {"protocol": PROTOCOL_VERSION},
    ErrorReport: {"error": True},  # the one shape of an error, over HTTP as here (§9)
}

M = TypeVar("M")


@frozen
class Decoded:
    """A message of a robot; `dialect` is None when the message shows none."""

    message: ClientMessage
    dialect: Dialect | None


@frozen
class Received:
    """A message of the server; `actions` are as the body is told them, in either dialect.

    The message itself holds no actions: what is written for a body does not tell all that they
    were made from.
    """

    message: ServerMessage
    seq: int | None = None
    actions: tuple[Fields, ...] = ()


# ── from a robot, to a robot ──────────────────────────────────────────────────────────────


def decode_text(raw: str | bytes) -> Decoded:
    """Return the message in one text frame of a robot.

    The person may be named by `user_id` or by `person_id`, and the dialect is the one of the name
    that is used. When both are there `person_id` counts: it is what Robi calls a person, and who
    knows it understands it in an answer. `person_detected` shows no dialect by its `person_id`,
    since every robot sends that (protocol.md §2).

    Raises:
        InvalidMessage: the frame is no message of the protocol.
    """
    fields = read_object(raw)
    kind = _message_type(fields, _CLIENT_TYPES)
    named = _settle_person(fields)
    message = _read(fields, kind, "user_id" if named is Dialect.USER else "person_id")
    if isinstance(message, Multimodal) and not _says_anything(message):
        raise invalid((), "at least one of text, audio, image and video is required")
    if isinstance(message, PersonDetected) and named is Dialect.PERSON:
        named = None
    return Decoded(message, named if hasattr(message, "person_id") else None)


def request_id_of(raw: str | bytes) -> str | None:
    """Return the `request_id` of a frame that may be no message at all, if it has a usable one.

    None of a large one: it was read once, and refused; to read it again would double its cost.
    """
    if len(raw) > MAX_VALUES:
        return None
    try:
        return converter.read(read_object(raw), AudioEnd).request_id
    except (InvalidMessage, cattrs.ClassValidationError):
        return None


def encode(message: ServerMessage, dialect: Dialect, seq: int | None) -> bytes:
    """Return the text frame, in UTF-8, that tells `message` to a robot of `dialect`.

    `seq` is left out when None, as in `auth_ok`.
    """
    if isinstance(message, TextChunk):  # nine of ten messages: spelled out, a third of the time
        chunk: Fields = {
            "type": "text_chunk",
            "request_id": message.request_id,
            "text": message.text,
        }
        if seq is not None:
            chunk["seq"] = seq
        return _dump(chunk)
    fields = _write(message, dialect)
    if isinstance(message, ResponseMeta | FaceScanActions):
        fields["actions"] = [write_action(action, dialect) for action in message.actions]
    if seq is not None:
        fields["seq"] = seq
    return _dump(fields)


def _dump(fields: Fields) -> bytes:
    """Write `fields` as JSON into bytes of their own size.

    orjson 3.13 hands out the buffer it wrote into: 4 KiB behind a message of 90 bytes, which a
    replay ring would keep 512 times over. The copy takes 0.1 µs.
    """
    return b"%s" % orjson.dumps(fields)


# ── the robot's side ──────────────────────────────────────────────────────────────────────


def encode_client(message: ClientMessage, dialect: Dialect) -> bytes:
    """Return the frame that a robot of `dialect` sends; that of `Audio` is binary."""
    if isinstance(message, Audio):
        return message.data
    return orjson.dumps(_write(message, dialect))


def decode_server(raw: str | bytes) -> Received:
    """Return the message in one text frame of the server, in whichever dialect.

    Raises:
        InvalidMessage: the frame is no message of the protocol.
    """
    fields = read_object(raw)
    kind = _message_type(fields, _SERVER_TYPES)
    message = _read(from_any_dialect(kind, fields), kind, "person_id")
    extras = _read(fields, _Extras, "person_id")
    return Received(message, extras.seq, extras.actions)


# ── inside ────────────────────────────────────────────────────────────────────────────────


def _objects(value: object) -> tuple[Fields, ...]:
    if isinstance(value, list) and all(isinstance(element, dict) for element in value):
        return tuple(value)
    reason = "expected an array of objects"
    raise Refused(reason)


@frozen
class _Extras:
    """What a frame of the server may hold beside the fields of its message."""

    seq: Count | None = None
    actions: Annotated[tuple[Fields, ...], Kind(_objects)] = ()


def _message_type(fields: Fields, types: Mapping[str, type[M]]) -> type[M]:
    name = fields.get("type")
    if name is None:
        raise invalid(("type",), "is required")
    if not isinstance(name, str):
        raise invalid(("type",), str(mismatch(name, expected="a string")))
    if (message := types.get(name)) is None:
        raise invalid(("type",), "unknown message")
    return message


def _settle_person(fields: Fields) -> Dialect | None:
    """Put whoever is named under `person_id`; return the dialect that names so."""
    if _is_there(fields.get("person_id")):
        return Dialect.PERSON
    if _is_there(fields.get("user_id")):
        fields["person_id"] = fields["user_id"]
        return Dialect.USER
    return None


def _is_there(value: object) -> bool:
    return value is not None and not (isinstance(value, str) and not value.strip())


def _says_anything(message: Multimodal) -> bool:
    media = (message.text, message.audio, message.image, message.video)
    return any(medium is not None for medium in media)


def _read(fields: Fields, message: type[M], person_field: str) -> M:
    """Return the message, or say what is wrong, with the person's field named as it was."""
    try:
        return converter.read(fields, message)
    except cattrs.ClassValidationError as error:
        path, reason = converter.first_fault(error)
        path = tuple(person_field if name == "person_id" else name for name in path)
        raise invalid(path, reason) from None


def _write(message: ClientMessage | ServerMessage, dialect: Dialect) -> Fields:
    kind = type(message)
    name = registered_type(dialect) if kind is PersonRegistered else _TYPE_OF[kind]
    fields = to_dialect(kind, converter.write(message), dialect)
    return {"type": name, **_ALWAYS.get(kind, {}), **fields}
