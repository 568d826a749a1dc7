"""Conversations, scripted and typed, on a virtual clock: what is sent, shown and returned."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from io import StringIO
from pathlib import Path

import orjson
import pytest
import trio
from attrs import define, field
from trio.testing import MockClock

from tests.tools.scripted import MemoryServer, Peer, Script, answering
from tools.sim.exits import Exit
from tools.sim.link import open_link
from tools.sim.options import parse
from tools.sim.robot import Robot
from tools.sim.screen import Screen
from tools.sim.talk import Talk
from tools.sim.views import Machine, Person
from tools.sim.witness import Identity
from tools.sim.words import WORDS

PNG = b"\x89PNG\r\n\x1a\nrest"
MP4 = b"\0\0\0\x18ftypisom"


@define
class Typed:
    """Lines of a test: at once, or after a pause when a line is a number of seconds."""

    rest: list[str | float]
    interactive: bool = False

    async def next_line(self) -> str | None:
        await trio.lowlevel.checkpoint()
        while self.rest:
            line = self.rest.pop(0)
            if isinstance(line, str):
                return line
            await trio.sleep(line)
        return None


@define
class Result:
    code: Exit | None = None
    out: str = ""
    err: str = ""


@define(eq=False)
class Stage:
    talk: Talk
    out: StringIO
    err: StringIO
    result: Result = field(factory=Result)

    async def run(self) -> Result:
        with trio.fail_after(600):
            code = await self.talk.run()
        return Result(code, self.out.getvalue(), self.err.getvalue())


@asynccontextmanager
async def stage(
    *scripts: Script,
    argv: Sequence[str] = (),
    lines: Sequence[str | float] = (),
    typing: bool = False,
) -> AsyncIterator[Stage]:
    async with trio.open_nursery() as nursery:
        server = MemoryServer(nursery, list(scripts))
        options = parse(["--lang", "en", *argv], {}, Path("/nonexistent"))
        out, err = StringIO(), StringIO()
        words, url = WORDS["en"], options.address.url
        view = (
            Machine(Screen(out), Screen(err), words, url)
            if options.json
            else Person(Screen(out), Screen(err), words, url, typing=typing)
        )
        dial = partial(open_link, options.address, server.opener, 10)
        persistent = not options.script
        robot = Robot(dial, Identity("k"), view, 10, persistent)
        talk = Talk(robot, view, options, words, Typed(list(lines), typing))
        yield Stage(talk, out, err)


async def converse(
    *scripts: Script,
    argv: Sequence[str] = (),
    lines: Sequence[str | float] = (),
    typing: bool = False,
) -> Result:
    async with stage(*scripts, argv=argv, lines=lines, typing=typing) as on_stage:
        return await on_stage.run()


@pytest.fixture
def photo(tmp_path: Path) -> str:
    path = tmp_path / "a photo.png"
    path.write_bytes(PNG)
    return str(path)


def asking_for(kind: str, replies: int = 1) -> Script:
    """A script that asks to look, checks what it is shown, and asks again each time."""

    async def script(peer: Peer) -> None:
        await peer.welcome()
        request_id = (await peer.hear("text"))["request_id"]
        for number in range(replies + 1):
            await peer.begin(request_id, "A ver")
            await peer.say("capture_request", request_id, capture_type=kind, duration_ms=None)
            await peer.finish(request_id, "A ver")
            if number < replies:
                shown = await peer.hear("image" if kind == "photo" else "video")
                assert shown["request_id"] == request_id
        assert await peer.hear_end() == 1000

    return script


async def test_answer_that_does_not_come_leaves_with_1(autojump_clock: MockClock) -> None:
    async def silent(peer: Peer) -> None:
        await peer.welcome()
        await peer.hear("text")
        assert await peer.hear_end() == 1000

    result = await converse(silent, argv=["--say", "Hola", "--timeout", "7"])
    assert result.code is Exit.NO_ANSWER
    assert "no answer within 7 s" in result.err


async def test_silent_server_leaves_with_1_when_typing_began(autojump_clock: MockClock) -> None:
    async def mute(peer: Peer) -> None:
        await peer.hear("auth")
        await peer.hear_end()

    result = await converse(mute, lines=["hola"], typing=True)
    assert (result.code, "says nothing" in result.err) == (Exit.NO_ANSWER, True)


async def test_error_ends_a_pipe_with_4_and_a_terminal_with_0(autojump_clock: MockClock) -> None:
    async def failing(peer: Peer) -> None:
        await peer.welcome()
        asked = await peer.hear("text")
        await peer.fail(3003, "GEMINI_TIMEOUT", request_id=asked["request_id"], seq=1)
        await peer.hear_end()

    piped = await converse(failing, lines=["hola"])
    typed = await converse(failing, lines=["hola"], typing=True)
    assert (piped.code, typed.code) == (Exit.ERROR, Exit.OK)
    assert "3003 GEMINI_TIMEOUT: Algo va mal." in piped.out


async def test_image_is_sent_with_its_purpose_and_words(
    photo: str, autojump_clock: MockClock
) -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        shown = await peer.hear("image")
        assert (shown["purpose"], shown["text"], shown["mime"], shown["data"]) == (
            "registration",
            "Soy Ana",
            "image/png",
            "iVBORw0KGgpyZXN0",
        )
        await peer.answer(shown["request_id"], "Hola, Ana")
        await peer.hear_end()

    argv = ["--image", photo, "--purpose", "registration", "--text", "Soy Ana"]
    assert (await converse(script, argv=argv)).code is Exit.OK


async def test_audio_of_a_file_is_sent_whole(tmp_path: Path, autojump_clock: MockClock) -> None:
    path = tmp_path / "a.ogg"
    path.write_bytes(b"OggS" * 3000)

    async def script(peer: Peer) -> None:
        await peer.welcome()
        frames, end = await peer.hear_audio()
        assert b"".join(frames) == path.read_bytes()
        await peer.answer(end["request_id"], "Te oigo")
        await peer.hear_end()

    assert (await converse(script, argv=["--audio", str(path)])).code is Exit.OK


async def test_wish_for_a_photo_is_answered_with_the_one_given(
    photo: str, autojump_clock: MockClock
) -> None:
    argv = ["--photo", photo, "--say", "Mira"]
    result = await converse(asking_for("photo"), argv=argv)
    assert result.code is Exit.OK
    assert result.out.count("Robi asks for a photo") == 2


async def test_wish_for_a_video_is_answered_with_the_clip(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    clip = tmp_path / "a.mp4"
    clip.write_bytes(MP4)
    argv = ["--clip", str(clip), "--say", "Mira"]
    assert (await converse(asking_for("video"), argv=argv)).code is Exit.OK


@pytest.mark.parametrize(("kind", "option"), [("photo", "--photo"), ("video", "--clip")])
async def test_wish_without_a_file_to_show_is_refused_with_the_option_that_gives_one(
    kind: str, option: str, autojump_clock: MockClock
) -> None:
    result = await converse(asking_for(kind, 0), argv=["--say", "Mira"])
    assert (result.code, f"refused: there is no {option} FILE" in result.out) == (Exit.OK, True)


@pytest.mark.parametrize("mistyped", ["/no/such/photo.png", "~/no such photo.jpg", "foto.jpg"])
async def test_wish_answered_by_a_mistyped_path_is_asked_again(
    mistyped: str, photo: str, autojump_clock: MockClock
) -> None:
    lines: list[str | float] = ["Mira", 1, mistyped, 1, photo, 1]
    result = await converse(asking_for("photo"), lines=lines, typing=True)
    assert (result.code, f"Cannot read {mistyped}" in result.err) == (Exit.OK, True)
    assert result.out.count("Path of a file") == 3  # the server asks again, too


async def test_wish_is_answered_by_the_next_typed_line(
    photo: str, autojump_clock: MockClock
) -> None:
    lines: list[str | float] = ["Mira", 1, f"'{photo}'", 1]
    result = await converse(asking_for("photo"), lines=lines, typing=True)
    assert result.code is Exit.OK


async def test_wish_is_answered_by_the_photo_command_in_a_pipe(
    photo: str, autojump_clock: MockClock
) -> None:
    result = await converse(asking_for("photo"), lines=["Mira", f"/photo {photo}"])
    assert result.code is Exit.OK


async def test_wish_is_refused_by_an_empty_line(autojump_clock: MockClock) -> None:
    result = await converse(asking_for("photo", 0), lines=["Mira", 1, ""], typing=True)
    assert "refused" in result.out


async def test_wish_is_forgotten_when_something_else_is_said(autojump_clock: MockClock) -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        first = (await peer.hear("text"))["request_id"]
        await peer.begin(first, "A ver")
        await peer.say("capture_request", first, capture_type="photo", duration_ms=None)
        await peer.finish(first, "A ver")
        second = await peer.hear("text")
        assert second["content"] == "No quiero"
        await peer.answer(second["request_id"], "Bueno")
        await peer.hear_end()

    result = await converse(script, lines=["Mira", 1, "No quiero"], typing=True)
    assert "Bueno" in result.out


async def test_typing_during_an_answer_cuts_in(autojump_clock: MockClock) -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        first = (await peer.hear("text"))["request_id"]
        await peer.begin(first, "Érase ")
        second = (await peer.hear("text"))["request_id"]
        await peer.say("stream_end", first, processing_time_ms=1, interrupted=True)
        await peer.answer(second, "Vale")
        await peer.hear_end()

    result = await converse(script, lines=["Cuenta", 1, "Calla"], typing=True)
    assert result.code is Exit.OK
    assert result.out.index("Érase") < result.out.index("cut short") < result.out.index("Vale")


async def test_me_and_interrupt_and_raw_send_what_they_say(autojump_clock: MockClock) -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        assert (await peer.hear("interaction_start"))["user_id"] == "ana"
        first = (await peer.hear("text"))["request_id"]
        await peer.begin(first, "Érase ")
        assert (await peer.hear("interrupt"))["request_id"] == first
        await peer.say("stream_end", first, processing_time_ms=1, interrupted=True)
        assert (await peer.hear("battery_alert"))["x"] == 1
        await peer.say("low_battery_alert", "b", battery_level=5, source="phone")
        await peer.hear_end()

    raw = '/raw {"type": "battery_alert", "x": 1}'
    lines: list[str | float] = ["/me ana", "Cuenta", 1, "/interrupt", 1, raw, 1, "/quit"]
    result = await converse(script, lines=lines, typing=True)
    assert result.code is Exit.OK
    assert "battery of the phone at 5 %" in result.out


async def test_raw_utterance_in_a_pipe_is_waited_for(autojump_clock: MockClock) -> None:
    raw = '/raw {"type":"text","request_id":"mine","content":"x"}'
    result = await converse(answering(["Te oigo"]), lines=[raw])
    assert (result.code, "Te oigo" in result.out) == (Exit.OK, True)


async def test_raw_nonsense_in_a_pipe_shows_what_the_server_says(autojump_clock: MockClock) -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        assert await peer.socket.get_message() == "{nonsense"
        await peer.fail(8004, "WS_INVALID_MESSAGE_FORMAT", seq=1)
        await peer.hear_end()

    result = await converse(script, lines=["/raw {nonsense"])
    assert "8004 WS_INVALID_MESSAGE_FORMAT" in result.out


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/photo /no/such/file", "Cannot read /no/such/file"),
        ("/photo", "/photo needs something"),
        ("/fly", "There is no /fly"),
    ],
)
async def test_command_that_cannot_be_done_says_why(
    line: str, words: str, autojump_clock: MockClock
) -> None:
    result = await converse(answering(), lines=[line], typing=True)
    assert (result.code, words in result.err) == (Exit.OK, True)


@pytest.mark.parametrize(
    ("line", "words"), [("/help", "/raw JSON"), ("/interrupt", "not saying anything")]
)
async def test_command_that_only_tells_something_sends_nothing(
    line: str, words: str, autojump_clock: MockClock
) -> None:
    result = await converse(answering(), lines=[line], typing=True)
    assert (result.code, words in result.out) == (Exit.OK, True)


async def telling(peer: Peer) -> None:
    """Tell a story until interrupted."""
    await peer.welcome()
    asked = await peer.hear("text")
    await peer.begin(asked["request_id"], "Érase ")
    await peer.hear("interrupt")
    await peer.say("stream_end", asked["request_id"], processing_time_ms=1, interrupted=True)
    assert await peer.hear_end() == 1000


async def stubborn(peer: Peer) -> None:
    """Tell a story and hear no interruption."""
    await peer.welcome()
    asked = await peer.hear("text")
    await peer.begin(asked["request_id"], "Érase ")
    await peer.hear("interrupt")
    assert await peer.hear_end() == 1000


@pytest.mark.parametrize(
    ("script", "hurries", "code"), [(telling, 1, Exit.OK), (stubborn, 2, Exit.CTRL_C)]
)
async def test_ctrl_c_at_a_terminal_cuts_the_answer_and_then_leaves(
    script: Script, hurries: int, code: Exit, autojump_clock: MockClock
) -> None:
    async with stage(script, lines=["Cuenta", 100], typing=True) as on_stage:

        async def hurry() -> None:
            for _ in range(hurries):
                await trio.sleep(10)
                await on_stage.talk.hurry()

        async with trio.open_nursery() as nursery:
            nursery.start_soon(hurry)
            assert (await on_stage.run()).code is code


async def test_ctrl_c_at_the_prompt_leaves_with_1000(autojump_clock: MockClock) -> None:
    async with stage(answering(), lines=[100], typing=True) as on_stage:

        async def hurry() -> None:
            await trio.sleep(10)
            await on_stage.talk.hurry()

        async with trio.open_nursery() as nursery:
            nursery.start_soon(hurry)
            assert (await on_stage.run()).code is Exit.OK


async def test_drop_in_the_middle_of_an_answer_is_shown_and_survived(
    autojump_clock: MockClock,
) -> None:
    ids: list[object] = []

    async def dropping(peer: Peer) -> None:
        await peer.welcome()
        ids.append((await peer.hear("text"))["request_id"])
        await peer.begin(ids[0], "Érase ")
        await peer.socket.aclose(1012)

    async def resuming(peer: Peer) -> None:
        await peer.welcome(resumed=True)
        peer.seq = 3
        await peer.say("text_chunk", ids[0], text="una vez")
        await peer.finish(ids[0], "Érase una vez")
        await peer.hear_end()

    result = await converse(dropping, resuming, lines=["Cuenta"])
    assert result.code is Exit.OK
    assert "closed with 1012" in result.err
    for words in ("Trying again in 1 s", "Back again.", "una vez"):
        assert words in result.out


async def hanging_up(peer: Peer) -> None:
    await peer.welcome()
    await peer.socket.aclose(1012)


async def test_end_of_typing_without_a_link_leaves_at_once(autojump_clock: MockClock) -> None:
    async with stage(hanging_up, lines=[10.5], typing=True) as on_stage:
        result = await on_stage.run()
        assert trio.current_time() < 11  # and not at the next attempt, nor at the 600 s
    assert result.code is Exit.OK


async def test_end_of_typing_leaves_though_the_running_answer_is_lost(
    autojump_clock: MockClock,
) -> None:
    async def dropping(peer: Peer) -> None:
        await peer.welcome()
        asked = await peer.hear("text")
        await peer.begin(asked["request_id"], "Érase ")
        await trio.sleep(5)
        await peer.socket.aclose(1012)

    async with stage(dropping, lines=["Cuenta", 1], typing=True) as on_stage:
        await on_stage.run()
        assert trio.current_time() < 6


async def test_lines_typed_without_a_link_are_not_sent_and_said_to_be_dropped(
    autojump_clock: MockClock,
) -> None:
    async def back(peer: Peer) -> None:
        await peer.welcome()
        asked = await peer.hear("text")
        assert asked["content"] == "¿Ya?"
        await peer.answer(asked["request_id"], "Ya")
        assert await peer.hear_end() == 1000

    lines: list[str | float] = [0.5, "uno", "/help", "dos", 10, "¿Ya?", 1]
    result = await converse(hanging_up, back, lines=lines, typing=True)
    assert result.code is Exit.OK
    assert result.out.count("Not sent") == 2
    assert "/raw JSON" in result.out


async def test_lines_piped_without_a_link_wait_for_one(autojump_clock: MockClock) -> None:
    result = await converse(hanging_up, answering(["one"], ["two"]), lines=[0.5, "uno", "dos"])
    assert result.code is Exit.OK
    assert result.out.index("one") < result.out.index("> dos") < result.out.index("two")


async def test_whole_answer_is_shown_in_words(autojump_clock: MockClock) -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        asked = (await peer.hear("text"))["request_id"]
        await peer.begin(asked, "Hola, ", "Ana")
        await peer.say("user_registered", asked, user_id="user_ana_1", name="Ana")
        light = {"type": "light", "params": {"color": "rgb(1,2,3)", "intensity": 80}}
        await peer.finish(asked, "Hola, Ana", actions=[light])
        await peer.hear_end()

    result = await converse(script, argv=["--say", "Me llamo Ana"])
    assert result.out.splitlines()[2:-1] == [
        "😀 happy",
        "Hola, Ana",
        "   🤝 Robi now knows Ana (user_ana_1)",
        "   🦾 light rgb(1,2,3) 80 %",
        "   🎭 😀  (bounce)",
    ]
    assert result.code is Exit.OK


async def test_json_keeps_what_concerns_the_tool_off_standard_output(
    autojump_clock: MockClock,
) -> None:
    async def disordered(peer: Peer) -> None:
        await peer.welcome()
        asked = (await peer.hear("text"))["request_id"]
        await peer.say("text_chunk", asked, text="x")
        await peer.say("stream_end", asked, processing_time_ms=1)
        await peer.hear_end()

    result = await converse(disordered, argv=["--json", "--say", "Hola"])
    summary = orjson.loads(result.out.splitlines()[-1])
    assert (result.code, summary["ok"]) == (Exit.ORDER, False)
    assert summary["violations"] == ["invariant 1: TextChunk before emotion"]
    assert "ORDER VIOLATION" in result.err
