"""What the model is sent, an example of each kind of turn: `robi prompts`, for docs/prompting.md.

Owns the examples. Each is a real turn, run to its end before a model that only writes down what it
is asked; so the document shows what the code does. The scenes are made up. The robot is ours, or
that of somebody's settings (`Own`), who then sees what becomes of a persona; the assistant of a
page has its name.
"""

import json
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterator,
    Sequence,
)
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any, Final

import trio
from attrs import define, evolve, field, frozen
from structlog.testing import capture_logs

from robi.actors.reader import ReaderPorts
from robi.actors.skills import builtin
from robi.actors.tools import Clock
from robi.actors.turn import About, Met, Plan, Turn, TurnPorts, Utterance
from robi.brain.base import BrainRequest, Fragment, ToolCall
from robi.brain.gemini_request import body
from robi.errors import Language
from robi.protocol.messages import Context
from robi.speech import read_prompts
from robi.speech.prompts import stable_instruction
from robi.speech.reading import Passage
from robi.speech.scene import DueNow, Media, Said, Scene

_MODEL: Final = "gemini-3.5-flash-lite"
_NOW: Final = datetime(2026, 11, 21, 18, 30, tzinfo=timezone(timedelta(hours=1)))
_ANA: Final = "user_ana_1f3c9a"
_LONGEST_DATA: Final = 40


@frozen
class Own:
    """What somebody may choose of a robot; by default it is ours, in English."""

    language: Language = "en"
    robot_name: str = "Robi"
    persona: str | None = None


@frozen
class _Known:
    name: str | None
    memories: tuple[str, ...]


@frozen
class _Example:
    """A turn, and how it is introduced."""

    title: str
    words: str
    utterance: Utterance
    scene: Scene
    history: tuple[Said, ...] = ()
    calls: tuple[ToolCall, ...] = ()


def _scene(person_id: str | None = None, **changes: Any) -> Scene:
    """Return a scene of our robot."""
    own = Own()
    context = Context(location="kitchen")
    return Scene(own.language, own.robot_name, person_id, context=context, **changes)


EXAMPLES: Final[Sequence[_Example]] = (
    _Example(
        "Text, from a stranger",
        "Nobody is recognised: no name, no memories, and the robot may ask for a name.",
        Utterance("r1", "text", "Hello, who are you?"),
        _scene(meeting=True),
    ),
    _Example(
        "Text, from a known person",
        "Ana was recognised, and has just come. What is remembered of her is data.",
        Utterance("r1", "text", "What was it that I like to drink?"),
        _scene(_ANA, confidence=0.93, arrival="speaking"),
    ),
    _Example(
        "Audio",
        "Sound goes to the model as it came; what it writes in `media_summary` becomes history.",
        Utterance("r1", "audio", media=(Media("audio/ogg", b"OggS" + bytes(60)),)),
        _scene(_ANA),
    ),
    _Example(
        "Photo",
        "The picture that the robot asked for, with the question that led to it.",
        Utterance("r1", "image", media=(Media("image/jpeg", b"\xff\xd8\xff\xe0" + bytes(60)),)),
        _scene(_ANA, asked_to_look="What am I holding?"),
        (Said("person", "What am I holding?"), Said("robot", "Let me see.")),
    ),
    _Example(
        "Video",
        "A film with words beside it.",
        Utterance(
            "r1", "video", "Look!", (Media("video/mp4", bytes(4) + b"ftypisom" + bytes(60)),)
        ),
        _scene(_ANA),
    ),
    _Example(
        "After an interruption",
        "Of the answer that was cut off the history has what was heard.",
        Utterance("r2", "text", "Never mind. Is it late?"),
        _scene(_ANA, earlier="Ana told about her day at the library."),
        (
            Said("person", "Tell me about the moon"),
            Said("robot", "The moon is a rock that", cut_off=True),
        ),
    ),
    _Example(
        "A tool",
        "The second question of a turn in which the model has called two tools at once.",
        Utterance("r1", "text", "What is 12 times 7, and what time is it in Tokyo?"),
        _scene(_ANA),
        calls=(
            ToolCall("c1", "calculate", {"expression": "12*7"}, {"thoughtSignature": "c2ln"}),
            ToolCall("c2", "get_time", {"zone": "Asia/Tokyo"}),
        ),
    ),
    _Example(
        "A timer that is due",
        "Nobody has spoken. To anybody but Ana neither label nor time would be told.",
        Utterance("due_1", "due"),
        _scene(_ANA, due=(DueNow("timer", "the pasta", "2026-11-21T18:30+01:00"),)),
    ),
)


_MOON: Final = Passage(
    "sky",
    "A Child's Sky",
    ("The Moon", "Its light"),
    "its-light",
    "p. 12",
    "The Moon has no light of its own. What we see is the light of the Sun, which it throws back.",
)

READERS_EXAMPLES: Final[Sequence[_Example]] = (
    _Example(
        "A reader, about a text",
        "The passages were found by the words of the question, and are data. An answer that cites "
        "none of them is not shown ([decision 29](decisions/0029-citations.md)).",
        Utterance("r1", "text", "Why does the moon shine?", about=About(text_id="sky")),
        Scene(Own().language, Own().robot_name),
    ),
    _Example(
        "A reader, about a selection",
        "What was selected stands alone, without the history.",
        Utterance("r1", "text", "What does that mean?", about=About(_MOON.words)),
        Scene(Own().language, Own().robot_name),
    ),
    _Example(
        "A reader, about nothing in particular",
        "Neither a text nor a selection came with the question.",
        Utterance("r1", "text", "Hello!"),
        Scene(Own().language, Own().robot_name),
    ),
)


def markdown(own: Own | None = None) -> str:
    """Return all of it as Markdown, of our robot or of somebody's own."""
    with capture_logs():  # a turn writes to the log, which here is the standard output
        return _markdown(own or Own())


def _markdown(own: Own) -> str:
    stable = stable_instruction(own.language, own.robot_name, own.persona)
    first = trio.run(_asked, EXAMPLES[0], own)
    parts = [
        "## The instruction\n\nThe same in every turn, so that a provider can cache it.\n",
        f"{_fenced(stable, 'markdown')}",
        "## The tools\n\nOffered in every turn in which somebody has said or shown something.\n",
        _fenced(_json(json.loads(body(first, _MODEL))["tools"]), "json"),
    ]
    parts += _told(EXAMPLES, stable, own)
    to_readers = read_prompts.stable_instruction(own.language, own.robot_name)
    parts += [
        "## The instruction for readers\n\nOf a page's assistant; the same for every reader.\n",
        _fenced(to_readers, "markdown"),
    ]
    parts += _told(READERS_EXAMPLES, to_readers, own)
    return "\n".join(parts)


def _told(examples: Sequence[_Example], stable: str, own: Own) -> Iterator[str]:
    """Yield each example, of whose instruction `stable` is the beginning."""
    for example in examples:
        request = trio.run(_asked, example, own)
        yield f"## {example.title}\n\n{example.words} The end of the instruction:\n"
        yield _fenced(request.system.removeprefix(stable).strip(), "markdown")
        yield "and what follows it:\n"
        yield _fenced(_json(_shortened(json.loads(body(request, _MODEL))["contents"])), "json")


def _fenced(text: str, language: str) -> str:
    return f"````{language}\n{text}\n````\n"


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _shortened(value: Any) -> Any:
    """Return `value` without the bytes of media."""
    if isinstance(value, dict):
        return {
            key: f"{each[:_LONGEST_DATA]}…"
            if key == "data" and isinstance(each, str)
            else _shortened(each)
            for key, each in value.items()
        }
    return [_shortened(each) for each in value] if isinstance(value, list) else value


# ── a turn before a model that writes down what it is asked ───────────────────────────────


@define
class _Listener:
    """A model that calls what it is told to, says something, and keeps the questions."""

    calls: tuple[ToolCall, ...]
    asked: list[BrainRequest] = field(factory=list)
    model: str = _MODEL

    @asynccontextmanager
    async def stream(self, request: BrainRequest) -> AsyncGenerator[AsyncIterator[Fragment]]:
        self.asked.append(request)
        calls = () if request.rounds else self.calls
        yield _once(Fragment(calls=calls) if calls else Fragment("[emotion:happy] All right."))

    async def generate(self, request: BrainRequest) -> Fragment:
        raise NotImplementedError

    async def aclose(self) -> None:
        await trio.lowlevel.checkpoint()


async def _once(fragment: Fragment) -> AsyncIterator[Fragment]:
    yield fragment


async def _recall(_person_id: str, _words: str) -> _Known | None:
    await trio.lowlevel.checkpoint()
    return _Known("Ana", ("Likes tea.", "Works at the library."))


async def _meet(_name: str, _face: bytes | None) -> Met | None:
    await trio.lowlevel.checkpoint()
    return None


def _settling() -> Callable[[], Awaitable[None]]:
    return trio.lowlevel.checkpoint


async def _search(_text_id: str, _words: Sequence[str], _most: int) -> tuple[Passage, ...]:
    await trio.lowlevel.checkpoint()
    return (_MOON,)


async def _asked(example: _Example, own: Own) -> BrainRequest:
    """Run the turn of a robot or a reader; return the last question that it put to the model."""
    listener = _Listener(example.calls)
    tools = builtin(Clock(lambda: _NOW, lambda moment: moment.astimezone(_NOW.tzinfo)), _recall)
    ports = TurnPorts(
        brain=listener,
        recall=_recall,
        meet=_meet,
        named=lambda *_: None,
        wall_clock=lambda: _NOW,
        rng=Random(1),  # noqa: S311 - picks emoji
        max_output_tokens=512,
        temperature=0.7,
        tools=lambda: tools,
        persona=own.persona,
    )
    if example in READERS_EXAMPLES:
        readers = ReaderPorts(_settling, _search, own.robot_name)
        ports = readers.turns(ports, ports.max_output_tokens)
    scene = evolve(example.scene, language=own.language, robot_name=own.robot_name)
    turn = Turn(Plan(1, example.utterance, scene, example.history), ports, lambda _: None)
    await turn.run()
    return listener.asked[-1]
