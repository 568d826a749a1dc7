"""The real command, in a process of its own, against a scripted server on loopback."""

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from subprocess import PIPE

import orjson
import pytest
import trio
from trio_websocket import ConnectionClosed

from tests.tools.scripted import Peer, Script, answering, listening

COMMAND = Path(__file__).parents[2] / "tools" / "sim_client.py"
PATIENCE_S = 30


class Run:
    """What the command printed and how it left."""

    def __init__(self, code: int, out: bytes, err: bytes) -> None:
        self.code = code
        self.out = out.decode()
        self.err = err.decode()

    @property
    def objects(self) -> list[dict[str, object]]:
        return [orjson.loads(line) for line in self.out.splitlines()]


async def run(*arguments: str, stdin: bytes = b"") -> Run:
    """Run the command to its end with a surrounding of its own."""
    command = [sys.executable, str(COMMAND), "--lang", "en", "--key", "k", *arguments]
    with trio.fail_after(PATIENCE_S):
        done = await trio.run_process(
            command,
            stdin=stdin,
            capture_stdout=True,
            capture_stderr=True,
            check=False,
            env={"PATH": os.environ["PATH"], "PYTHONWARNINGS": "error"},
        )
    return Run(done.returncode, done.stdout, done.stderr)


async def test_say_with_an_answer_shows_a_transcript() -> None:
    async with listening(answering(["¡Hola! ", "Soy Robi."])) as url:
        done = await run("--url", url, "--say", "Hola")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[:4] == [f"Robi at {url} · session s1", "> Hola", "😀 happy", "¡Hola! Soy Robi."]
    assert "emotion" in lines[-1]


async def test_say_twice_waits_for_each_answer() -> None:
    async with listening(answering(["one"], ["two"])) as url:
        done = await run("--url", url, "--say", "a", "--say", "b")
    assert done.code == 0
    assert done.out.index("one") < done.out.index("> b") < done.out.index("two")


async def test_json_prints_every_message_and_a_summary_and_nothing_else() -> None:
    async with listening(answering(["Ho", "la"])) as url:
        done = await run("--url", url, "--json", "--say", "Hola")
    assert [plain["type"] for plain in done.objects] == [
        "auth_ok",
        "emotion",
        "text_chunk",
        "text_chunk",
        "response_meta",
        "stream_end",
        "turn_summary",
    ]
    assert all("t_ms" in plain for plain in done.objects[:-1])
    summary = done.objects[-1]
    assert (summary["turn"], summary["ok"], summary["chunks"]) == (1, True, 2)
    assert (summary["text"], summary["emotion"]) == ("Hola", "happy")
    assert set(orjson.loads(orjson.dumps(summary["ms"]))) == {"emotion", "first_text", "end"}


async def test_piped_lines_are_utterances_and_the_end_waits_for_the_last_answer() -> None:
    async with listening(answering(["one"], ["two"])) as url:
        done = await run("--url", url, stdin="Hola\n¿Qué tal?".encode())
    assert done.code == 0
    assert done.out.index("> Hola") < done.out.index("one") < done.out.index("> ¿Qué tal?")
    assert "two" in done.out


async def test_server_that_is_not_there_says_what_to_do() -> None:
    async with listening() as url:
        pass
    done = await run("--url", url, "--say", "Hola")
    assert done.code == 1
    assert "./dev serve" in done.err


async def test_wrong_key_leaves_with_3_and_the_words_of_the_server() -> None:
    async def refusing(peer: Peer) -> None:
        assert (await peer.hear("auth"))["api_key"] == "k"
        await peer.fail(1002, "API_KEY_INVALID", recoverable=False)
        await peer.socket.aclose(1008)

    async with listening(refusing) as url:
        done = await run("--url", url, "--say", "Hola")
    assert done.code == 3
    assert "Algo va mal." in done.err


async def failing(peer: Peer) -> None:
    await peer.welcome()
    asked = await peer.hear("text")
    await peer.fail(3003, "GEMINI_TIMEOUT", request_id=asked["request_id"], seq=1)
    await peer.hear_end()


async def disordered(peer: Peer) -> None:
    await peer.welcome()
    asked = await peer.hear("text")
    await peer.say("text_chunk", asked["request_id"], text="too early")
    await peer.say("stream_end", asked["request_id"], processing_time_ms=1, interrupted=True)
    await peer.hear_end()


async def dropping(peer: Peer) -> None:
    await peer.welcome()
    await peer.hear("text")
    await peer.socket.aclose(1011)


@pytest.mark.parametrize(("script", "code"), [(failing, 4), (disordered, 5), (dropping, 1)])
async def test_say_without_a_good_answer_leaves_with_its_code(script: Script, code: int) -> None:
    async with listening(script) as url:
        done = await run("--url", url, "--say", "Hola")
    assert done.code == code


async def test_order_violation_is_reported_loudly() -> None:
    async with listening(disordered) as url:
        done = await run("--url", url, "--say", "Hola")
    assert "ORDER VIOLATION" in done.err


async def test_ctrl_c_during_an_answer_interrupts_it() -> None:
    heard: list[dict[str, object]] = []
    speaking = trio.Event()

    async def interrupted(peer: Peer) -> None:
        await peer.welcome()
        asked = await peer.hear("text")
        await peer.begin(asked["request_id"], "Érase 🐻")
        speaking.set()
        heard.append(await peer.hear("interrupt"))
        assert heard[0]["request_id"] == asked["request_id"]
        await peer.say("stream_end", asked["request_id"], processing_time_ms=1, interrupted=True)
        assert await peer.hear_end() == 1000

    async with listening(interrupted) as url:
        command = [sys.executable, str(COMMAND), "--url", url, "--key", "k", "--say", "Cuenta"]
        with trio.fail_after(PATIENCE_S):
            process = await trio.lowlevel.open_process(command, stdout=PIPE, stderr=PIPE)
            assert process.stdout is not None
            out = b""
            while "🐻".encode() not in out:
                out += await process.stdout.receive_some()
            await speaking.wait()
            process.send_signal(signal.SIGINT)
            assert await process.wait() == 130
    assert heard[0]["spoken_chars"] == 8


async def test_reader_that_has_seen_enough_is_left_quietly() -> None:
    async def talkative(peer: Peer) -> None:
        await peer.welcome()
        with suppress(ConnectionClosed):
            for number in range(1, 100):
                asked = await peer.hear("text")
                await peer.answer(asked["request_id"], f"line {number}")

    async with listening(talkative) as url:
        say = "yes | head -n 99"
        command = f"{say} | {sys.executable} {COMMAND} --url {url} --key k | head -n 2"
        with trio.fail_after(PATIENCE_S):
            done = await trio.run_process(
                ["sh", "-c", command], capture_stdout=True, capture_stderr=True, check=False
            )
    assert done.stdout.count(b"\n") == 2
    assert done.stderr == b""


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("--url", "http://robi.example", "--say", "Hola"), b"not a ws://"),
        (("--say", b"\xff\xfe"), b"not UTF-8"),
        (("--say", " "), b"nothing to say"),
    ],
)
async def test_wrong_use_leaves_with_2_and_two_lines(
    argv: tuple[str | bytes, ...], words: bytes
) -> None:
    with trio.fail_after(PATIENCE_S):
        command: list[str | bytes] = [sys.executable, str(COMMAND), *argv]
        done = await trio.run_process(command, capture_stderr=True, check=False)
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 2)
    assert done.stderr.startswith(b"./dev chat: ")
    assert words in done.stderr
