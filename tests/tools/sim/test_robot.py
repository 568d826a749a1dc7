"""One robot against a scripted server over memory streams, on a virtual clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from itertools import islice, pairwise

import pytest
import trio
import trio.testing
from attrs import define, field
from trio_websocket import ConnectionClosed

from robi.protocol.dialects import Dialect
from robi.protocol.messages import AudioFormat, AuthOk
from tests.tools.scripted import MemoryServer, Peer, Script, answering
from tools.sim.ledger import Turn
from tools.sim.link import End, Parting, open_link
from tools.sim.options import Address
from tools.sim.robot import FRAME_BYTES, Robot, back_off
from tools.sim.witness import Heard, Identity

ADDRESS = Address.parse("ws://robi.example/ws/interact")
STRANGER = Identity("key")


@define
class Diary:
    """A witness that remembers."""

    links: list[tuple[str, bool]] = field(factory=list)
    turns: list[Turn] = field(factory=list)
    rules: list[str] = field(factory=list)
    partings: list[tuple[Parting, float | None]] = field(factory=list)

    def linked(self, hello: AuthOk, *, again: bool) -> None:
        self.links.append((hello.session_id, again))

    def heard(self, heard: Heard) -> None:
        pass

    def ended(self, turn: Turn) -> None:
        self.turns.append(turn)

    def violated(self, rule: str) -> None:
        self.rules.append(rule)

    def parted(self, parting: Parting, pause: float | None) -> None:
        self.partings.append((parting, pause))


@define(eq=False)
class Stage:
    """A robot on the line, its witness and its server."""

    robot: Robot
    diary: Diary
    server: MemoryServer


@asynccontextmanager
async def on_stage(
    *scripts: Script, identity: Identity = STRANGER, persistent: bool = True
) -> AsyncIterator[Stage]:
    async with trio.open_nursery() as nursery:
        server = MemoryServer(nursery, list(scripts))
        diary = Diary()
        dial = partial(open_link, ADDRESS, server.opener, 10)
        robot = Robot(dial, identity, diary, 10, persistent)
        nursery.start_soon(robot.run)
        yield Stage(robot, diary, server)
        await robot.leave()
        nursery.cancel_scope.cancel()


async def drop(peer: Peer) -> None:
    await peer.socket.aclose(1012)


def test_back_off_doubles_up_to_thirty_seconds() -> None:
    assert list(islice(back_off(), 8)) == [1, 2, 4, 8, 16, 30, 30, 30]


async def test_link_that_is_dropped_is_taken_up_again_when_it_was_said(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async def resumed(peer: Peer) -> None:
        assert (await peer.welcome(resumed=True))["session_id"] == "s1"
        await peer.hear_end()

    async def dropped(peer: Peer) -> None:
        await peer.welcome()
        with pytest.raises(ConnectionClosed) as closed:
            await peer.socket.get_message()
        assert closed.value.reason is None or closed.value.reason.code == 1006

    async with on_stage(dropped, resumed) as stage:
        await stage.robot.wait_linked()
        await stage.robot.drop(away=7.5)
        assert not stage.robot.on_the_line
        await stage.robot.wait_linked()
    first, second = stage.server.dialled_at
    assert second - first == pytest.approx(7.5)
    assert stage.diary.links == [("s1", False), ("s1", True)]


async def test_hello_says_who_the_robot_is(autojump_clock: trio.testing.MockClock) -> None:
    async def script(peer: Peer) -> None:
        auth = await peer.welcome()
        assert (auth["api_key"], auth["device_id"]) == ("key", "d1")
        assert "session_id" not in auth
        await peer.hear_end()

    identity = Identity("key", device_id="d1")
    async with on_stage(script, identity=identity) as stage:
        await stage.robot.wait_linked()
    assert stage.diary.links == [("s1", False)]


@pytest.mark.parametrize(("dialect", "name"), [("user", "user_id"), ("person", "person_id")])
async def test_person_in_front_is_named_in_the_dialect(
    dialect: str, name: str, autojump_clock: trio.testing.MockClock
) -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        met = await peer.hear("interaction_start")
        assert (met[name], met["face_recognized"]) == ("eva", True)
        await peer.hear_end()

    async with on_stage(script, identity=Identity("key", "ana", Dialect(dialect))) as stage:
        await stage.robot.meet("eva")


async def test_audio_goes_out_in_frames_of_4_kib_and_then_ends(
    autojump_clock: trio.testing.MockClock,
) -> None:
    sound = bytes(range(256)) * 40

    async def script(peer: Peer) -> None:
        await peer.welcome()
        frames, end = await peer.hear_audio()
        assert [len(frame) for frame in frames] == [FRAME_BYTES, FRAME_BYTES, 2048]
        assert b"".join(frames) == sound
        await peer.answer(end["request_id"], "Te oigo")
        await peer.hear_end()

    async with on_stage(script) as stage:
        turn = await stage.robot.play(sound)
        await stage.robot.wait_answered(turn)
    assert turn.text == "Te oigo"


async def test_audio_after_a_text_is_announced_anew(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        asked = await peer.hear("text")
        await peer.answer(asked["request_id"], "a")
        await peer.hear("interaction_start")
        _, end = await peer.hear_audio()
        await peer.answer(end["request_id"], "b")
        await peer.hear_end()

    async with on_stage(script) as stage:
        await stage.robot.wait_answered(await stage.robot.say("hola"))
        await stage.robot.wait_answered(await stage.robot.play(b"OggS"))
    assert stage.diary.rules == []


async def test_pcm_is_announced_with_its_format(autojump_clock: trio.testing.MockClock) -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        met = await peer.hear("interaction_start")
        pcm = {"encoding": "pcm_s16le", "sample_rate": 16_000, "channels": 1}
        assert met["audio_format"] == pcm
        await peer.hear_audio()
        await peer.hear_end()

    async with on_stage(script) as stage:
        await stage.robot.play(b"\0" * 8, AudioFormat("pcm_s16le", 16_000))


async def test_audio_in_real_time_takes_its_time(mock_clock: trio.testing.MockClock) -> None:
    mock_clock.autojump_threshold = 0

    async def script(peer: Peer) -> None:
        await peer.welcome()
        _, end = await peer.hear_audio()
        await peer.answer(end["request_id"], "ya")
        await peer.hear_end()

    async with on_stage(script) as stage:
        turn = await stage.robot.play(b"\0" * FRAME_BYTES * 4, pause=0.5)
        await stage.robot.wait_answered(turn)
    assert turn.asked_at == 2
    assert turn.ms(turn.emotion_at) == 0


async def test_interruption_tells_how_much_was_spoken_in_utf16(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        asked = await peer.hear("text")
        await peer.begin(asked["request_id"], "Oso 🐻")
        cut = await peer.hear("interrupt")
        assert (cut["request_id"], cut["spoken_chars"]) == (asked["request_id"], 6)
        await peer.say("stream_end", asked["request_id"], processing_time_ms=1, interrupted=True)
        await peer.hear_end()

    async with on_stage(script) as stage:
        turn = await stage.robot.say("cuenta")
        while not turn.texts:
            await stage.robot.wait_news()
        await stage.robot.interrupt(turn)
        await stage.robot.wait_answered(turn)
    assert turn.interrupted
    assert stage.diary.rules == []


async def test_link_that_drops_is_resumed_where_it_was(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async def dropping(peer: Peer) -> None:
        await peer.welcome(session="s9")
        asked = await peer.hear("text")
        ids.append(asked["request_id"])
        await peer.begin(ids[0], "Érase ")
        await drop(peer)

    async def resuming(peer: Peer) -> None:
        auth = await peer.welcome(session="s9", resumed=True)
        assert (auth["session_id"], auth["last_seq"]) == ("s9", 2)
        peer.seq = 3
        await peer.say("text_chunk", ids[0], text="una vez")
        await peer.finish(ids[0], "Érase una vez")
        await peer.hear_end()

    ids: list[object] = []
    async with on_stage(dropping, resuming) as stage:
        turn = await stage.robot.say("cuenta")
        await stage.robot.wait_answered(turn)
    assert (turn.text, turn.outcome, stage.diary.rules) == ("Érase una vez", "ended", [])
    assert stage.diary.partings == [(Parting(End.LOST, "", 1012), 1)]


async def test_message_replayed_twice_is_a_violation(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async def dropping(peer: Peer) -> None:
        await peer.welcome()
        asked = await peer.hear("text")
        ids.append(asked["request_id"])
        await peer.begin(ids[0], "a")
        await drop(peer)

    async def repeating(peer: Peer) -> None:
        await peer.welcome(resumed=True)
        peer.seq = 2
        await peer.say("text_chunk", ids[0], text="a")
        await peer.hear_end()

    ids: list[object] = []
    async with on_stage(dropping, repeating) as stage:
        await stage.robot.say("cuenta")
        while not stage.diary.rules:
            await stage.robot.wait_news()
    assert stage.diary.rules == ["seq 2 where 3 was due"]


async def test_session_that_is_gone_loses_its_turn_and_meets_anew(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async def dropping(peer: Peer) -> None:
        await peer.welcome()
        await peer.hear("text")
        await drop(peer)

    async with on_stage(dropping, answering(["Aquí"])) as stage:
        lost = await stage.robot.say("hola")
        await stage.robot.wait_answered(lost)
        await stage.robot.wait_linked()
        found = await stage.robot.say("¿sigues ahí?")
        await stage.robot.wait_answered(found)
    assert (lost.outcome, found.text) == ("lost", "Aquí")
    assert stage.diary.links == [("s1", False), ("s1", True)]


async def test_server_that_is_away_is_called_with_back_off(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async def dropping(peer: Peer) -> None:
        await peer.welcome()
        await drop(peer)

    async with on_stage(dropping) as stage:
        await trio.sleep(70)
    calls = pairwise(stage.server.dialled_at)
    assert [later - sooner for sooner, later in calls] == [1, 2, 4, 8, 16, 30]


async def test_server_that_is_full_is_left_alone_as_long_as_it_asks(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async def dropping(peer: Peer) -> None:
        await peer.welcome()
        await drop(peer)

    async def full(peer: Peer) -> None:
        await peer.hear("auth")
        await peer.fail(8006, "SERVER_BUSY", retry_after=12)
        await peer.socket.aclose(1013)

    async with on_stage(dropping, full) as stage:
        await trio.sleep(5)
    assert [pause for _, pause in stage.diary.partings] == [1, 12]


async def refuse(peer: Peer) -> None:
    await peer.hear("auth")
    await peer.fail(1002, "API_KEY_INVALID", recoverable=False)
    await peer.socket.aclose(1008)


async def replace(peer: Peer) -> None:
    await peer.welcome()
    await peer.socket.aclose(4409)


@pytest.mark.parametrize(("script", "end"), [(refuse, End.REFUSED), (replace, End.REPLACED)])
async def test_robot_that_is_not_wanted_does_not_come_back(
    script: Script, end: End, autojump_clock: trio.testing.MockClock
) -> None:
    async with on_stage(script) as stage:
        await trio.sleep(60)
    assert stage.robot.parting is not None
    assert stage.robot.parting.end is end
    assert len(stage.server.dialled_at) == 1


async def test_server_that_does_not_answer_the_key_is_silent(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async def mute(peer: Peer) -> None:
        await peer.hear("auth")
        with pytest.raises(ConnectionClosed):
            await peer.socket.get_message()

    async with on_stage(mute) as stage:
        await trio.sleep(30)
    assert stage.robot.parting == Parting(End.SILENT)


async def test_utterance_while_away_waits_for_the_link_without_counting_it(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async def dropping(peer: Peer) -> None:
        await peer.welcome()
        await drop(peer)

    async def back(peer: Peer) -> None:
        await peer.welcome(resumed=True)
        asked = await peer.hear("text")
        await peer.answer(asked["request_id"], "hola")
        await peer.hear_end()

    async with on_stage(dropping, back) as stage:
        await stage.robot.wait_linked()
        while stage.robot.on_the_line:
            await stage.robot.wait_news()
        turn = await stage.robot.say("hola")
        await stage.robot.wait_answered(turn)
    assert turn.asked_at == 1
    assert turn.outcome == "ended"
