"""The model in all weathers, from end to end: what a robot hears of each row, over sockets.

For each brain a whole server, a robot, and the stub as its model. Whatever the model does, the
robot hears an answer in the order of the protocol or an error of the catalogue, words that were
spoken stay and end in a whole sentence, the log has the reason, and the next question is answered.

The model is asked again without pauses, since nothing here is about how long they are.
"""

import logging
import re
from collections.abc import AsyncGenerator, Callable, Iterator, MutableMapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import structlog
import trio
from attrs import evolve, frozen

from robi import tree
from robi.brain import breaker
from robi.brain.failures import MENDED_BY_PEOPLE
from robi.brain.gate import Gate
from robi.brain.retries import Limits
from robi.errors import BrainTimeout, RobiError
from tests.brain.scripted import NoJitter
from tests.brain.weather import FAIR, FOUL, WORDS, Foul
from tests.e2e.conftest import Site, open_site
from tests.e2e.robots import Robot
from tools.gemini_stub import Reply, Script
from tools.openai_stub import OpenAIStub
from tools.stub.server import Stub

Logs = list[MutableMapping[str, Any]]
Message = dict[str, Any]

IMPATIENT = Limits(first_chunk_s=0.5, gap_s=0.5)
WHOLE = re.compile(r"[.!?…][\"»”]?\Z")
SPEAKABLE = re.compile(r"[^\d\[\](){}<>*_#|/\\]+")
LOST, SHORT = "… Perdona, se me ha ido el hilo.", "… Y aquí lo dejo."
AGAIN = "Aquí sigo."


@frozen
class House:
    """A server, and the stub that is its model."""

    brain: str
    site: Site
    stub: Stub

    def answers(self, *replies: Reply, default: Reply) -> None:
        """Have the model answer so from now on."""
        self.stub.script = Script(replies, default)


OpenHouse = Callable[..., AbstractAsyncContextManager[House]]


@pytest.fixture(autouse=True)
def logs(quiet: None) -> Iterator[Logs]:
    """What is logged, from warnings on."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with structlog.testing.capture_logs() as entries:
        yield entries


@asynccontextmanager
async def open_gemini(folder: Path, **settings: Any) -> AsyncGenerator[House]:
    async with open_site(folder, **settings) as site:
        yield House("gemini", site, site.stub)


@asynccontextmanager
async def open_openai(folder: Path, **settings: Any) -> AsyncGenerator[House]:
    async with trio.open_nursery() as nursery:
        stub = OpenAIStub()
        url = await stub.serve(nursery)
        settings |= {"BRAIN": "openai", "OPENAI_BASE_URL": url, "OPENAI_MODEL": "llama"}
        async with open_site(folder, **settings) as site:
            yield House("openai", site, stub)
        nursery.cancel_scope.cancel()


@pytest.fixture(params=[open_gemini, open_openai], ids=["gemini", "openai"])
def open_house(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> OpenHouse:
    """Open a house with that brain: `limits` are the gate's, the rest settings."""
    # A key that is refused is left alone for minutes; here the next question is the probe.
    monkeypatch.setattr(breaker, "REFUSED_PAUSE_S", 0.0)

    def start(limits: Limits | None = None, **settings: Any) -> AbstractAsyncContextManager[House]:
        monkeypatch.setattr(tree, "Gate", partial(Gate, limits=limits, rng=NoJitter()))
        house: AbstractAsyncContextManager[House] = request.param(tmp_path, **settings)
        return house

    return start


def spoken(messages: list[Message]) -> str:
    return "".join(m["text"] for m in messages if m["type"] == "text_chunk")


def check_answer(messages: list[Message], text: str) -> None:
    """Check a turn that went well: its order, and that nothing was lost on the way."""
    kinds = [message["type"] for message in messages]
    chunks = len(kinds) - 3
    assert kinds == ["emotion", *["text_chunk"] * chunks, "response_meta", "stream_end"]
    assert {message["request_id"] for message in messages} == {messages[0]["request_id"]}
    assert spoken(messages) == messages[-2]["response_text"] == text


def check_failure(
    messages: list[Message], kept: str, error: type[RobiError], words: str | None = None
) -> None:
    """Check a turn that came to an error: what was spoken, and what is told of it."""
    kinds = [message["type"] for message in messages]
    assert kinds[-1] == "error"
    assert kinds[:-1] == (["emotion", *["text_chunk"] * (len(kinds) - 2)] if kept else [])
    if kept:
        assert spoken(messages) == kept + LOST
        assert WHOLE.search(spoken(messages))
    told = messages[-1]
    assert (told["error_code"], told["code"]) == (error.error_code, error.code)
    assert told["message"] == (words or error.spoken["es"])
    assert SPEAKABLE.fullmatch(told["message"])
    assert WHOLE.search(told["message"])


def check_log(logs: Logs, error: type[RobiError], details: str) -> None:
    """Check that the log has the reason, once."""
    failed = [entry for entry in logs if entry["event"] == "turn_failed"]
    assert [(entry["error_code"], entry["details"]) for entry in failed] == [
        (error.error_code, details)
    ]


async def check_next(house: House, robot: Robot) -> None:
    """Check that the same session is answered as if nothing had been."""
    house.answers(default=Reply(text=f"[emotion:happy]{AGAIN}"))
    messages = await robot.asks("¿sigues ahí?", "next")
    check_answer(messages, AGAIN)
    assert messages[0]["request_id"] == "next"


@pytest.mark.parametrize("reply", FAIR)
async def test_robot_hears_a_fair_answer_whole(
    open_house: OpenHouse, reply: Reply, logs: Logs
) -> None:
    whole = "".join(WORDS).removesuffix(" 🤖")
    if reply.calls or reply.error == "strange":  # a function that there is not: it is asked again
        whole = f"{whole} {AGAIN}"
    async with open_house() as house, house.site.robot() as robot:
        house.answers(reply, default=Reply(text=f"[emotion:happy]{AGAIN}"))
        check_answer(await robot.asks("hola"), whole)
    assert logs == []


# A house has functions, so that calls are asked for: see above, and tests/actors/test_tools.py.
FOUL_TALK = {name: foul for name, foul in FOUL.items() if not foul.reply.calls}


@pytest.mark.parametrize("foul", FOUL_TALK.values(), ids=FOUL_TALK)
async def test_robot_hears_what_was_said_and_an_error_that_is_true(
    open_house: OpenHouse, foul: Foul, logs: Logs
) -> None:
    later = 60 if foul.retry_after else None  # longer than anybody waits: it is told at once
    async with open_house() as house, house.site.robot() as robot:
        house.answers(default=evolve(foul.reply, retry_after=f"{later}s" if later else None))
        messages = await robot.asks("hola")
        lasting = MENDED_BY_PEOPLE["es"] if house.brain in foul.lasting else None
        check_failure(messages, "".join(foul.kept), foul.kind, lasting)
        assert messages[-1].get("retry_after") == later
        details = foul.gemini if house.brain == "gemini" else foul.openai
        check_log(logs, foul.kind, details)
        await check_next(house, robot)


@pytest.mark.parametrize(
    ("reply", "kept"),
    [
        pytest.param(Reply(first_delay_ms=60_000), "", id="before the head"),
        pytest.param(Reply(chunks=("La luna", "gira"), stall_after=0), "", id="before a chunk"),
        pytest.param(Reply(chunks=("La luna", "gira"), stall_after=1), "La luna", id="after one"),
    ],
)
async def test_robot_whose_model_stalls_hears_of_it_within_the_limit(
    open_house: OpenHouse, reply: Reply, kept: str, logs: Logs
) -> None:
    async with open_house(IMPATIENT) as house, house.site.robot() as robot:
        house.answers(default=reply)
        check_failure(await robot.asks("hola"), kept, BrainTimeout)
        further = "further" if kept else "first"
        check_log(logs, BrainTimeout, f"no {further} chunk within the limit")
        await check_next(house, robot)


@pytest.mark.parametrize("finish", ["MAX_TOKENS", "SAFETY", "RECITATION"])
async def test_answer_that_was_cut_ends_in_a_whole_sentence(
    open_house: OpenHouse, finish: str, logs: Logs
) -> None:
    async with open_house() as house, house.site.robot() as robot:
        house.answers(default=Reply(chunks=("[emotion:cool]La luna", " gira"), finish=finish))
        check_answer(await robot.asks("hola"), f"La luna gira{SHORT}")
        await check_next(house, robot)
    assert logs == []


async def test_key_that_is_refused_is_told_to_who_asks_later_too(
    open_house: OpenHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_house() as house, house.site.robot() as robot:
        monkeypatch.setattr(breaker, "REFUSED_PAUSE_S", 300.0)
        house.answers(default=Reply(error="401"))
        for number in range(2):
            (error,) = await robot.asks("hola", f"r{number}")
            assert error["message"] == MENDED_BY_PEOPLE["es"]
    assert error["retry_after"] >= 2
    assert len(house.stub.requests) == 1


async def test_answer_that_breaks_off_after_a_sentence_adds_nothing_to_it(
    open_house: OpenHouse,
) -> None:
    async with open_house() as house, house.site.robot() as robot:
        house.answers(default=Reply(chunks=("La luna gira.", " Y"), break_after=1))
        assert spoken(await robot.asks("hola")) == "La luna gira."


async def test_answer_in_english_ends_in_english(open_house: OpenHouse) -> None:
    async with open_house(ROBOT_LANGUAGE="en") as house, house.site.robot() as robot:
        house.answers(default=Reply(chunks=("The moon is going", " round"), break_after=1))
        messages = await robot.asks("what does the moon do?")
    assert spoken(messages) == "The moon is going… Sorry, I lost my thread."


async def test_refusal_of_tools_inside_the_stream_is_not_noticed(
    tmp_path: Path, logs: Logs
) -> None:
    words = "Engine protocol: tools not supported"
    async with open_openai(tmp_path) as house, house.site.robot() as robot:
        refusal = Reply(chunks=("a",), error="nameless_event", message=words)
        house.answers(refusal, default=Reply(text=f"[emotion:happy]{AGAIN}"))
        check_answer(await robot.asks("hola"), AGAIN)
    assert ["tools" in request for request in house.stub.requests] == [True, False]
    assert logs == []
