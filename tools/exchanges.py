"""What a robot and a server say to each other, as it was said: the examples of docs/robot-app.md.

    python -m tools.exchanges         the examples as Markdown; `./dev docs` runs it

Owns the exchanges: each is a robot of a few lines, without any library of ours, that plays against
a whole server whose model answers as written here. Nothing is made up. So that the page is the
same each time, and short, `shown` puts example values in the place of ids, times and counts, and
cuts base64 after some characters. It is one list of exchanges, with what shows them.
"""

import base64
import json
import logging
import sys
import textwrap
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import structlog
import trio
from attrs import define, field, frozen
from websockets.exceptions import ConnectionClosed
from websockets.trio.client import ClientConnection, connect

from robi.config.settings import Settings
from robi.tree import House, serve
from tools.gemini_stub import GeminiStub, Reply, Script

Message = dict[str, Any]

KEY: Final = "the-key-of-this-robot"
DEVICE: Final = "phone-7c41"
UNKNOWN: Final = "sing"
"""A message that there is not."""

_PATIENCE_S: Final = 30
_SAMPLES: Final = Path(__file__).parent / "scenarios"
_FACE: Final = base64.b64encode(b"\0\0\0\x3f" * 128).decode()
_OVER: Final = ("stream_end", "error")

TO_SERVER, FROM_SERVER, BESIDE = "→", "←", "·"

MODEL: Final = (
    Reply(
        match="cómo te sientes",
        chunks=("[emotion:happy][emojis:1F600,2728]Muy bien, ", "gracias. ", "¿Y tú?"),
    ),
    Reply(
        match="Saluda",
        text="[emotion:greeting][emojis:1F44B][actions:wave|light:blue:900]¡Hola!",
        count=1,
    ),
    Reply(match="audio/ogg", text="[emotion:neutral][emojis:1F642]Son las tres.", count=1),
    Reply(match="audio/wav", text="[emotion:neutral][emojis:1F642]Son las tres.", count=1),
    Reply(
        match="un tren",
        chunks=("[emotion:playful][emojis:1F61C]Érase un tren muy lento ", "que nunca llegaba."),
        stall_after=1,
    ),
    Reply(
        match="un faro",
        chunks=("[emotion:excited][emojis:1F929]Érase un faro ", "que se aburría."),
        chunk_delay_ms=200,
    ),
    Reply(
        match="Me llamo Ana", text="[emotion:greeting][emojis:1F917][person_name:Ana]¡Hola, Ana!"
    ),
    Reply(match="qué tengo", text="[emotion:curious][emojis:1F50D][capture:photo]A ver.", count=1),
    Reply(match="Qué pasa", text="[emotion:surprised][emojis:1F632]Números que corren.", count=1),
    Reply(match="van juntos", text="[emotion:cool][emojis:1F60E]Sí, van juntos.", count=1),
)
_OTHERWISE: Final = Reply(text="[emotion:happy][emojis:1F600]Ya lo veo.", count=1)


@frozen
class Said:
    """One line of an exchange: a message, or in `note` what no message says."""

    way: str
    message: Message = field(factory=dict)
    note: str = ""


@define(eq=False)
class Robot:
    """A robot on one link at a time; what is said is kept in `said`."""

    url: str
    said: list[Said] = field(factory=list)
    session_id: str = ""
    last_seq: int = 0
    _socket: ClientConnection | None = None

    @asynccontextmanager
    async def link(self, key: str = KEY, **auth: object) -> AsyncIterator[Message]:
        """Open a link and authenticate; give the answer."""
        async with connect(self.url, proxy=None, compression=None, ping_interval=None) as socket:
            self._socket = socket
            await self.says(type="auth", api_key=key, device_id=DEVICE, **auth)
            hello = await self.hears()
            self.session_id = hello.get("session_id", self.session_id)
            yield hello

    async def says(self, **message: object) -> None:
        """Say a message."""
        self.said.append(Said(TO_SERVER, message))
        await self._open.send(json.dumps(message))

    async def sounds(self, data: bytes, pieces: int = 2) -> None:
        """Send sound in binary frames."""
        size = -(-len(data) // pieces)
        self.said.append(
            Said(TO_SERVER, note=f"{pieces} binary frames, {len(data)} bytes of sound")
        )
        for at in range(0, len(data), size):
            await self._open.send(data[at : at + size])

    async def hears(self) -> Message:
        """Return the next message."""
        with trio.fail_after(_PATIENCE_S):
            message: Message = json.loads(await self._open.recv())
        self.last_seq = message.get("seq", self.last_seq)
        self.said.append(Said(FROM_SERVER, message))
        return message

    async def hears_until(self, *types: str) -> None:
        """Hear messages up to one of these types."""
        while (await self.hears())["type"] not in types:
            pass

    async def asks(self, **utterance: object) -> None:
        """Say something and hear the whole answer."""
        await self.says(**utterance)
        await self.hears_until(*_OVER)

    async def drops(self) -> None:
        """Lose the link without a goodbye."""
        self.said.append(Said(BESIDE, note="the link is lost"))
        await trio.aclose_forcefully(self._open.stream)

    async def is_hung_up_on(self) -> None:
        """Wait until the server closes the link."""
        with trio.fail_after(_PATIENCE_S), suppress(ConnectionClosed):
            await self._open.recv()
        self.said.append(Said(FROM_SERVER, note=f"close {self._open.protocol.close_code}"))

    @property
    def _open(self) -> ClientConnection:
        if self._socket is None:
            raise RuntimeError
        return self._socket


# ── the exchanges ─────────────────────────────────────────────────────────────────────────


def _file(name: str) -> bytes:
    return (_SAMPLES / name).read_bytes()


def _base64(name: str) -> str:
    return base64.b64encode(_file(name)).decode()


def _someone(person: str, request_id: str, **more: object) -> Message:
    """`interaction_start` for someone who is known, or for a stranger."""
    known = person != "unknown"
    return {
        "type": "interaction_start",
        "request_id": request_id,
        "user_id": person,
        "face_recognized": known,
        "face_confidence": 0.93 if known else None,
        **more,
    }


async def question(robot: Robot) -> None:
    """A first link, and a typed question.

    `text_chunk`s are to be spoken as they come. The face is known before the first word.
    """
    async with robot.link():
        context = {"location": "kitchen", "battery_level": 80, "sensors": {}}
        await robot.says(**_someone("unknown", "r1", context=context))
        await robot.asks(type="text", request_id="r2", content="Hola, ¿cómo te sientes?")


async def body(robot: Robot) -> None:
    """Gestures and lights.

    They are for when the answer is spoken, and come with the whole of it.
    """
    async with robot.link():
        await robot.asks(type="text", request_id="r1", content="Saluda")


async def sound(robot: Robot) -> None:
    """A question that was spoken.

    The format is known by its first bytes; of raw PCM `audio_format` has to tell. Send the frames
    as they are recorded, of 4 KiB or so: nothing is answered before `audio_end`.
    """
    async with robot.link():
        await robot.says(**_someone("unknown", "r1"))
        await robot.sounds(_file("question.ogg"))
        await robot.asks(type="audio_end", request_id="r2")
        pcm = {"encoding": "pcm_s16le", "sample_rate": 16000, "channels": 1}
        await robot.says(**_someone("unknown", "r3", audio_format=pcm))
        await robot.sounds(_file("question.pcm"))
        await robot.asks(type="audio_end", request_id="r4")


async def interruption(robot: Robot) -> None:
    """Someone cuts in.

    `spoken_chars` says how much the phone had spoken, in UTF-16 code units: `String.length` in
    Kotlin and JavaScript. That much is remembered.
    """
    async with robot.link():
        await robot.says(type="text", request_id="r1", content="Cuéntame de un tren")
        await robot.hears_until("text_chunk")
        await robot.says(type="interrupt", request_id="r1", spoken_chars=12)
        await robot.hears_until(*_OVER)


async def resumption(robot: Robot) -> None:
    """The link is lost in the middle of an answer.

    Come back with `session_id`, and the highest `seq` that has come as `last_seq`: what was missed
    follows, each message once.
    """
    async with robot.link():
        await robot.says(type="text", request_id="r1", content="Cuéntame de un faro")
        await robot.hears_until("text_chunk")
        await robot.drops()
    async with robot.link(session_id=robot.session_id, last_seq=robot.last_seq):
        await robot.hears_until(*_OVER)


async def registration(robot: Robot) -> None:
    """Someone new.

    The face goes with `interaction_start`; whoever tells a name is somebody from
    `user_registered` on. Keep that id beside the face.
    """
    async with robot.link():
        await robot.says(**_someone("unknown", "r1", face_embedding=_FACE))
        picture = _base64("picture.jpg")
        await robot.asks(type="image", request_id="r2", purpose="registration", data=picture)
        await robot.asks(type="text", request_id="r3", content="Me llamo Ana")


async def persons(robot: Robot) -> None:
    """The same for a client that says `person_id`.

    It is answered in `person_…`, and its body moves in degrees and centimetres. Whoever is
    recognised is greeted, unless that was a moment ago.
    """
    async with robot.link():
        stranger: Message = {"type": "interaction_start", "request_id": "r1"}
        await robot.says(**stranger, person_id="unknown", face_recognized=False)
        await robot.asks(type="text", request_id="r2", content="Me llamo Ana")
        ana = next(s.message for s in robot.said if s.message.get("type") == "person_registered")
        await robot.says(**{**stranger, "request_id": "r3"}, person_id="unknown")
        seen = {"known": True, "person_id": ana["person_id"], "confidence": 0.93}
        await robot.asks(type="person_detected", request_id="r4", **seen)
        await robot.asks(type="text", request_id="r5", content="Saluda")


async def look(robot: Robot) -> None:
    """The robot asks to look.

    Answer with a picture under the same `request_id` within ten seconds: a turn of its own.
    """
    async with robot.link():
        await robot.asks(type="text", request_id="r1", content="Mira qué tengo en la mano")
        picture = {"purpose": "context", "mime": "image/jpeg", "data": _base64("picture.jpg")}
        await robot.asks(type="image", request_id="r1", **picture)


async def media(robot: Robot) -> None:
    """Films, and several media at once."""
    async with robot.link():
        film = {"duration_ms": 1000, "mime": "video/mp4", "data": _base64("clip.mp4")}
        await robot.asks(type="video", request_id="r1", text="¿Qué pasa aquí?", **film)
        sound, picture = _base64("question.ogg"), _base64("picture.jpg")
        parts = {"audio": sound, "audio_mime": "audio/ogg"}
        parts |= {"image": picture, "image_mime": "image/jpeg"}
        await robot.asks(type="multimodal", request_id="r2", text="¿van juntos?", **parts)


async def senses(robot: Robot) -> None:
    """What the body tells without a word.

    These are answered at once, by no turn.
    """
    async with robot.link():
        await robot.says(type="face_scan_mode", request_id="r1")
        await robot.hears_until("face_scan_actions")
        await robot.says(type="battery_alert", request_id="r2", battery_level=9, source="phone")
        await robot.hears_until("low_battery_alert")


async def mistakes(robot: Robot) -> None:
    """Errors.

    `message` may be spoken; `recoverable` says whether the link stays; `retry_after`, if there,
    are seconds to wait.
    """
    async with robot.link():
        await robot.asks(type="audio_end", request_id="r1")
        await robot.asks(type=UNKNOWN, request_id="r2")
    robot.said.append(Said(BESIDE, note="another link"))
    async with robot.link(key="not-the-key"):
        await robot.is_hung_up_on()


EXCHANGES: Final[tuple[Callable[[Robot], Awaitable[None]], ...]] = (
    question, body, sound, interruption, resumption, registration, persons, look, media, senses,
    mistakes,
)  # fmt: skip


async def played() -> list[list[Said]]:
    """Play every exchange, each against a server of its own, and return what was said."""
    return [await _played(exchange) for exchange in EXCHANGES]


async def _played(exchange: Callable[[Robot], Awaitable[None]]) -> list[Said]:
    with TemporaryDirectory() as folder:
        async with trio.open_nursery() as nursery:
            stub = GeminiStub(Script(MODEL, _OTHERWISE))
            environ = {
                "API_KEY": KEY,
                "PORT": "0",
                "GEMINI_API_KEY": "stub",
                "GOOGLE_GEMINI_BASE_URL": await stub.serve(nursery),
                "DATA_DIR": folder,
                "DRAIN_TIMEOUT_S": "0",
                "LEARN_AFTER_S": "3600",
            }
            settings = Settings.load(environ, dotenv_path=Path(folder, "no.env"))
            house: House = await nursery.start(partial(serve, settings))
            robot = Robot(f"ws://127.0.0.1:{house.port}/ws/interact")
            await exchange(robot)
            nursery.cancel_scope.cancel()
    return robot.said


# ── as Markdown ───────────────────────────────────────────────────────────────────────────

_STANDS_FOR: Final[dict[str, object]] = {
    "session_id": "q3Zk0bW8…",
    "user_id": "user_ana_1f3c9a",
    "person_id": "user_ana_1f3c9a",
    "user_identified": "user_ana_1f3c9a",
    "person_identified": "user_ana_1f3c9a",
    "processing_time_ms": 1240,
    "timings": {"recall_ms": 2, "queue_ms": 0, "model_ms": 610},
    "usage": {"input_tokens": 1834, "output_tokens": 21},
    "timestamp": "2026-02-08T10:30:00Z",
}
"""Fields whose values are never the same, each with an example."""

_STRANGER: Final = "unknown"
_LONGEST: Final = 96
_CUT_AFTER: Final = 12
_HELLO: Final = 2
"""Messages with which a link begins."""


def shown(message: Message) -> Message:
    """Return `message` with an example in place of what is never the same, and base64 cut."""
    return {name: _shown(name, value) for name, value in message.items()}


def _shown(name: str, value: object) -> object:
    if name in _STANDS_FOR and value != _STRANGER:
        return _STANDS_FOR[name]
    if isinstance(value, str) and len(value) > 4 * _LONGEST:
        return f"{value[:_CUT_AFTER]}…"
    return value


def line(said: Said) -> str:
    """Return a line of an exchange; a long message goes over several."""
    text = said.note or json.dumps(shown(said.message), ensure_ascii=False)
    return textwrap.fill(
        f"{said.way} {text}",
        _LONGEST,
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def markdown(said: list[list[Said]]) -> str:
    """Return all exchanges as a page's part: where each message is to be seen, then each.

    How a link begins is shown in the first one.
    """
    seen: dict[str, dict[str, str]] = {TO_SERVER: {}, FROM_SERVER: {}}
    pages: list[str] = []
    for exchange, lines in zip(EXCHANGES, said, strict=True):
        title, _, about = textwrap.dedent(f"    {exchange.__doc__}").strip().partition("\n\n")
        title = title.rstrip(".")
        anchor = title.lower().replace(" ", "-").translate(str.maketrans("", "", ",`…"))
        for one in lines:
            if one.message and one.message["type"] != UNKNOWN:
                seen[one.way].setdefault(one.message["type"], f"[{title}](#{anchor})")
        spoken = "\n".join(map(line, lines if not pages else lines[_HELLO:]))
        pages += [f"### {title}", *([about] if about else []), f"```text\n{spoken}\n```"]
    table = ["| message | from | to be seen in |", "|---|---|---|"]
    for way, who in ((TO_SERVER, "robot"), (FROM_SERVER, "server")):
        table += [f"| `{name}` | {who} | {where} |" for name, where in sorted(seen[way].items())]
    return "\n\n".join(["\n".join(table), *pages])


def main() -> int:
    """Print the examples."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    print(markdown(trio.run(played)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
