"""One robot that plays, against a scripted server over memory streams, on a virtual clock."""

from contextlib import suppress
from functools import partial
from random import Random

import pytest
import trio
from attrs import define, field
from trio.testing import MockClock
from trio_websocket import ConnectionClosed

from tests.tools.scripted import MemoryServer, Peer, Script, error
from tools.sim.link import open_link
from tools.sim.options import Address
from tools.sim.parts import Part
from tools.sim.player import play
from tools.sim.robot import Robot
from tools.sim.samples import Played, Sample, StepResult
from tools.sim.scenario import Scenario
from tools.sim.steps import (
    Battery,
    Close,
    Connect,
    CutIn,
    Drop,
    Expect,
    Meet,
    PlaySound,
    Raw,
    Repeat,
    Resume,
    Say,
    Scan,
    ShowImage,
    Sight,
    Step,
    TakeOver,
    Think,
    Wait,
)
from tools.sim.witness import Identity, Witness

ADDRESS = Address.parse("ws://robi.example/ws/interact")
PART = Part("key", "d1", "qzabcdefghijklmn")
OTHERS_TOKEN = "qzpppppppppppppp"
PATIENCE_S = 5.0
JPEG = b"\xff\xd8\xff\xe0" + bytes(64)


@define(eq=False)
class Stage:
    """What came of it."""

    played: Played
    samples: list[Sample]
    results: list[StepResult]
    began: float

    @property
    def sample(self) -> Sample:
        (sample,) = self.samples
        return sample

    @property
    def reason(self) -> str | None:
        """Why the last step failed."""
        return self.results[-1].reason


async def on_stage(
    *steps: Step, scripts: list[Script], late_by: float = 0, media: dict[str, bytes] | None = None
) -> Stage:
    samples = list[Sample]()
    results = list[StepResult]()
    began = trio.current_time()
    scenario = Scenario("s", "", (Connect(), *steps), (), PATIENCE_S, media or {})
    async with trio.open_nursery() as nursery:
        server = MemoryServer(nursery, [_until_left(script) for script in scripts])
        dial = partial(open_link, ADDRESS, server.opener, 10)

        def make_robot(identity: Identity, witness: Witness) -> Robot:
            return Robot(dial, identity, witness, 10, persistent=True)

        played = await play(
            scenario,
            PART,
            make_robot,
            Random(1),
            observe=samples.append,
            step_done=results.append,
            intended_at=began - late_by,
        )
        nursery.cancel_scope.cancel()
    assert played.steps == tuple(results)
    return Stage(played, samples, results, began)


def _until_left(script: Script) -> Script:
    """Return `script`, which is over whenever its robot leaves."""

    async def perform(peer: Peer) -> None:
        with suppress(ConnectionClosed):
            await script(peer)

    return perform


@define
class Answering:
    """A script that answers each `text` after `delay`, in so many `texts`, `gap` seconds apart."""

    texts: tuple[str, ...] = ("Ho", "la")
    delay: float = 0.0
    gap: float = 0.0
    heard: list[object] = field(factory=list)

    async def __call__(self, peer: Peer) -> None:
        await peer.welcome()
        while True:
            asked = await peer.hear("text")
            self.heard.append(asked["content"])
            await trio.sleep(self.delay)
            await peer.begin(asked["request_id"])
            for text in self.texts:
                await trio.sleep(self.gap)
                await peer.say("text_chunk", asked["request_id"], text=text)
            await peer.finish(asked["request_id"], "".join(self.texts))


async def test_answer_makes_a_sample_with_its_times(autojump_clock: MockClock) -> None:
    script = Answering(delay=1, gap=0.5)
    stage = await on_stage(
        Say(text="Hola, {token}"), Wait(), Expect(outcome="answered", text="Hola"), scripts=[script]
    )
    assert stage.played.passed
    assert script.heard == [f"Hola, {PART.token}"]
    sample = stage.sample
    assert (sample.scenario, sample.step, sample.kind, sample.outcome) == (
        "s",
        2,
        "say",
        "answered",
    )
    assert (sample.chunks, sample.chars, sample.resumed, sample.faults) == (2, 4, False, ())
    times = (sample.intended_at, sample.sent_at, sample.emotion_at, sample.first_text_at)
    assert times == pytest.approx((stage.began, stage.began, stage.began + 1, stage.began + 1.5))
    assert sample.ended_at == pytest.approx(stage.began + 2)


async def test_lateness_is_counted_until_a_think_time_makes_up_for_it(
    autojump_clock: MockClock,
) -> None:
    """Begun two seconds late, thinking for one: one is left; then for three: none is."""
    stage = await on_stage(
        *(Say(text="a"), Wait(), Think(constant_s=1)),
        *(Say(text="b"), Wait(), Think(constant_s=3)),
        *(Say(text="c"), Wait()),
        scripts=[Answering(delay=1)],
        late_by=2,
    )
    late = [sample.sent_at - sample.intended_at for sample in stage.samples]
    assert late == pytest.approx([2, 1, 0])
    assert stage.samples[2].sent_at == pytest.approx(stage.began - 2 + 1 + 1 + 1 + 3)


async def test_wait_for_the_link_counts_against_the_server(autojump_clock: MockClock) -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome(resumed=True)
        asked = await peer.hear("text")
        await peer.answer(asked["request_id"], "a")

    stage = await on_stage(
        Drop(away_s=2),
        Say(text="a"),
        Wait(),
        scripts=[Answering(), script],
    )
    assert stage.sample.sent_at - stage.sample.intended_at == pytest.approx(2)


async def test_step_that_fails_ends_the_scenario_with_its_reason(autojump_clock: MockClock) -> None:
    stage = await on_stage(
        Say(text="a"),
        Wait(),
        Expect(text="adiós"),
        Say(text="never"),
        scripts=[Answering()],
    )
    assert not stage.played.passed
    assert (len(stage.results), stage.reason) == (4, "the text is 'Hola'")


async def test_answer_that_does_not_come_is_a_sample_of_a_timeout(
    autojump_clock: MockClock,
) -> None:
    stage = await on_stage(Say(text="a"), Wait(within_s=3), scripts=[Answering(delay=60)])
    assert stage.reason == "no end within 3 s"
    assert (stage.sample.outcome, stage.sample.ended_at) == ("timeout", None)


async def test_answer_that_no_step_waits_for_is_waited_for_at_the_end(
    autojump_clock: MockClock,
) -> None:
    stage = await on_stage(Say(text="a"), scripts=[Answering(delay=2)])
    assert stage.played.passed
    assert stage.sample.outcome == "answered"
    late = await on_stage(Say(text="a"), scripts=[Answering(delay=60)])
    assert (late.results[-1].verb, late.reason) == ("end", "no end within 5 s")


async def test_part_of_an_answer_that_is_over_is_not_waited_for(autojump_clock: MockClock) -> None:
    stage = await on_stage(
        Say(text="a"), Wait(until="chunks", count=3), scripts=[Answering(delay=1)]
    )
    assert stage.reason == "the answer was over (answered) without chunks"
    assert trio.current_time() - stage.began < PATIENCE_S


async def test_wait_for_text_is_for_what_it_matches(autojump_clock: MockClock) -> None:
    stage = await on_stage(
        Say(text="a"), Wait(until="text", matching="^Hol"), scripts=[Answering(gap=1)]
    )
    assert stage.results[-2].ended_at - stage.began == pytest.approx(2)


async def test_rule_that_is_broken_is_a_fault_of_the_sample(autojump_clock: MockClock) -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        asked = await peer.hear("text")
        await peer.begin(asked["request_id"], "Ho")
        peer.seq += 1  # one message is lost on the way
        await peer.finish(asked["request_id"], "Hola")
        await peer.socket.get_message()

    stage = await on_stage(Say(text="a"), Wait(), scripts=[script])
    assert stage.sample.faults == (
        "seq 4 where 3 was due",
        "invariant 2: response_text is not the texts joined",
    )
    assert stage.played.faults == stage.sample.faults
    assert not stage.played.passed


async def test_words_of_another_robot_are_a_fault(autojump_clock: MockClock) -> None:
    script = Answering((f"Hola, {PART.token} ", f"y {OTHERS_TOKEN}."))
    stage = await on_stage(Say(text="a"), Wait(), scripts=[script])
    assert stage.sample.faults == (f"words of another robot: {OTHERS_TOKEN}",)
    assert stage.played.faults == stage.sample.faults


async def test_interruption_waits_for_its_moment(autojump_clock: MockClock) -> None:
    told: list[object] = []

    async def script(peer: Peer) -> None:
        await peer.welcome()
        asked = await peer.hear("text")
        await peer.begin(asked["request_id"], "uno ")
        await trio.sleep(1)
        await peer.say("text_chunk", asked["request_id"], text="dos 😀 ")
        cut = await peer.hear("interrupt")
        told.append((cut["spoken_chars"], trio.current_time()))
        await peer.say("stream_end", cut["request_id"], processing_time_ms=1, interrupted=True)
        await peer.socket.get_message()

    for moment, chars, after in (
        (CutIn(at_chunk=2), 11, 1),
        (CutIn(at_chars=11), 11, 1),
        (CutIn(at_ms=1500), 11, 1.5),
        (CutIn(at_chunk=2, spoken_chars=3), 3, 1),
    ):
        stage = await on_stage(
            Say(text="a"), moment, Wait(), Expect(outcome="interrupted"), scripts=[script]
        )
        assert stage.played.passed
        assert told.pop() == (chars, pytest.approx(stage.began + after))


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        (CutIn(at_chunk=3), "the answer was over after 2 chunks"),
        (CutIn(at_chars=5), "the answer was over after 2 chunks"),
        (CutIn(at_ms=900), "the answer was over before 900 ms"),
    ],
)
async def test_moment_after_the_end_fails(
    moment: CutIn, told: str, autojump_clock: MockClock
) -> None:
    stage = await on_stage(Say(text="a"), moment, scripts=[Answering()])
    assert stage.reason == told


async def test_drop_in_mid_answer_is_resumed_and_every_message_counted(
    autojump_clock: MockClock,
) -> None:
    ids: list[object] = []

    async def first(peer: Peer) -> None:
        await peer.welcome()
        ids.append((await peer.hear("text"))["request_id"])
        await peer.begin(ids[0], "Ho")
        await trio.sleep_forever()

    async def second(peer: Peer) -> None:
        auth = await peer.welcome(resumed=True)
        assert (auth["session_id"], auth["last_seq"]) == ("s1", 2)
        peer.seq = 3
        await peer.say("text_chunk", ids[0], text="la")
        await peer.finish(ids[0], "Hola")
        await peer.socket.get_message()

    stage = await on_stage(
        Say(text="a"),
        Drop(at_chunk=1, away_s=0.5),
        Resume(),
        Wait(),
        Expect(outcome="answered", text="^Hola$"),
        scripts=[first, second],
    )
    assert stage.played.passed
    assert stage.sample.resumed
    assert stage.results[3].ended_at - stage.began == pytest.approx(0.5)


async def test_session_that_is_not_resumed_loses_the_answer(autojump_clock: MockClock) -> None:
    async def silent(peer: Peer) -> None:
        await peer.welcome()
        asked = await peer.hear("text")
        await peer.begin(asked["request_id"], "Ho")
        await trio.sleep_forever()

    stage = await on_stage(
        Say(text="a"),
        Drop(at_chunk=1),
        Resume(),
        scripts=[silent, Answering()],
    )
    assert stage.reason == "resumed is false"
    assert stage.sample.outcome == "lost"


@pytest.mark.parametrize("heard", [False, True])
async def test_utterance_without_a_sign_after_a_drop_is_said_again_unless_it_was_heard(
    autojump_clock: MockClock, *, heard: bool
) -> None:
    ids: list[object] = []
    again: list[object] = []

    async def first(peer: Peer) -> None:
        await peer.welcome()
        ids.append((await peer.hear("text"))["request_id"])
        await trio.sleep_forever()

    async def second(peer: Peer) -> None:
        await peer.welcome(resumed=True)
        scan = await peer.hear("face_scan_mode")
        if heard:
            await peer.begin(ids[0], "a")
        await peer.say("face_scan_actions", scan["request_id"], actions=[])
        if heard:
            await peer.finish(ids[0], "a")
        else:
            again.append((await peer.hear("text"))["request_id"])
            await peer.answer(ids[0], "a")
        await peer.socket.get_message()

    stage = await on_stage(Say(text="a"), Drop(), Resume(), Wait(), scripts=[first, second])
    assert stage.played.passed
    assert (stage.sample.outcome, stage.sample.resumed) == ("answered", True)
    assert again == ([] if heard else ids)


async def test_link_that_is_refused_is_expected_or_a_failure(autojump_clock: MockClock) -> None:
    async def refusing(peer: Peer) -> None:
        await peer.hear("auth")
        await peer.fail(1002, "API_KEY_INVALID", recoverable=False)
        await peer.socket.aclose(1008)

    stage = await on_stage(
        Close(),
        Connect(key="wrong", refused="API_KEY_INVALID"),
        Wait(until="closed", code="1008"),
        scripts=[Answering(), refusing],
    )
    assert stage.played.passed
    stage = await on_stage(scripts=[refusing])
    assert stage.reason == "no link: refused, code 1008 API_KEY_INVALID"
    stage = await on_stage(
        Close(), Connect(refused="WS_AUTH_FAILED"), scripts=[Answering(), refusing]
    )
    assert stage.reason == "refused by API_KEY_INVALID, not by WS_AUTH_FAILED"
    stage = await on_stage(scripts=[])
    assert stage.reason == "no link: unreachable, code 1006"


async def test_second_link_of_the_device_takes_over(autojump_clock: MockClock) -> None:
    replaced = trio.Event()

    async def first(peer: Peer) -> None:
        await peer.welcome()
        await replaced.wait()
        await peer.socket.aclose(4409)

    async def second(peer: Peer) -> None:
        auth = await peer.welcome(resumed=True)
        assert auth["device_id"] == "d1"
        assert "session_id" not in auth
        replaced.set()
        await peer.socket.get_message()

    stage = await on_stage(TakeOver(), Expect(resumed=True), scripts=[first, second])
    assert stage.played.passed


async def test_first_link_that_stays_open_has_not_been_taken_over(
    autojump_clock: MockClock,
) -> None:
    async def second(peer: Peer) -> None:
        await peer.welcome(resumed=True)
        await peer.socket.get_message()

    stage = await on_stage(TakeOver(), scripts=[Answering(), second])
    assert stage.reason == "the first link is not replaced: the link is open"


async def test_what_is_no_utterance_is_answered_beside_the_turns(
    autojump_clock: MockClock,
) -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        scan = await peer.hear("face_scan_mode")
        await peer.say("face_scan_actions", scan["request_id"], actions=[])
        alert = await peer.hear("battery_alert")
        assert (alert["battery_level"], alert["source"]) == (9, "phone")
        await peer.say("low_battery_alert", alert["request_id"], battery_level=9, source="phone")
        await peer.socket.get_message()

    stage = await on_stage(
        Scan(),
        Wait(until="face_scan_actions"),
        Battery(level=9, source="phone"),
        Wait(until="low_battery_alert"),
        Expect(message="low_battery_alert", fields={"battery_level": 9}),
        scripts=[script],
    )
    assert stage.played.passed
    assert stage.samples == []


async def test_raw_messages_are_sent_as_they_are(autojump_clock: MockClock) -> None:
    raws: list[object] = []

    async def script(peer: Peer) -> None:
        await peer.welcome()
        raws.append(await peer.socket.get_message())
        raws.append(await peer.socket.get_message())
        await peer.say("error", **{**error(8004, "WS_INVALID_MESSAGE_FORMAT"), "type": "error"})
        empty = await peer.hear("audio_end")
        failed = error(2005, "EMPTY_AUDIO", request_id=empty["request_id"])
        await peer.send({**failed, "seq": 2})
        await peer.socket.get_message()

    stage = await on_stage(
        Raw(frame="{"),
        Raw(binary="00ff"),
        Wait(until="error", code="WS_INVALID_MESSAGE_FORMAT"),
        Raw(message={"type": "audio_end", "request_id": "{id}"}, utterance=True),
        Wait(),
        Expect(outcome="error", error="EMPTY_AUDIO"),
        scripts=[script],
    )
    assert stage.played.passed, stage.reason
    assert raws == ["{", b"\x00\xff"]
    assert (stage.sample.kind, stage.sample.error_code) == ("raw", "EMPTY_AUDIO")


async def test_picture_that_was_asked_for_goes_out_under_the_same_id(
    autojump_clock: MockClock,
) -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        asked = await peer.hear("text")
        await peer.begin(asked["request_id"], "a")
        await peer.say(
            "capture_request", asked["request_id"], capture_type="photo", duration_ms=None
        )
        await peer.finish(asked["request_id"], "a")
        shown = await peer.hear("image")
        assert shown["request_id"] == asked["request_id"]
        await peer.answer(shown["request_id"], "b")
        await peer.socket.get_message()

    stage = await on_stage(
        *(Say(text="mira"), Wait(until="capture_request"), Wait()),
        *(ShowImage(file="a.jpg", reply=True), Wait(), Expect(text="^b$")),
        scripts=[script],
        media={"a.jpg": JPEG},
    )
    assert stage.played.passed, stage.reason
    assert [sample.kind for sample in stage.samples] == ["say", "image"]


async def test_time_to_send_sound_is_no_latency(autojump_clock: MockClock) -> None:
    """One second of raw sound in real time."""

    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.hear("interaction_start")
        started = await peer.hear("interaction_start")
        assert started["audio_format"] == {
            "encoding": "pcm_s16le",
            "sample_rate": 16_000,
            "channels": 1,
        }
        frames, end = await peer.hear_audio()
        assert b"".join(frames) == bytes(32_768)
        await peer.answer(end["request_id"], "a")

    stage = await on_stage(
        Meet(),
        PlaySound(file="a.pcm", realtime=True),
        Wait(),
        scripts=[script],
        media={"a.pcm": bytes(32_768)},
    )
    assert stage.played.passed, stage.reason
    assert stage.sample.sent_at - stage.began > 1
    assert stage.sample.intended_at == pytest.approx(stage.sample.sent_at)


async def test_greeting_is_the_answer_to_a_sight(autojump_clock: MockClock) -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        seen = await peer.hear("person_detected")
        await peer.answer(seen["request_id"], "Hola, Ana")
        await peer.answer("due_1", "Ya está")
        await peer.socket.get_message()

    stage = await on_stage(
        Sight(known=True, person="user_ana"),
        *(Wait(), Expect(text="Ana")),
        *(Wait(until="due"), Wait(), Expect(text="Ya")),
        scripts=[script],
    )
    assert stage.played.passed, stage.reason
    assert stage.sample.kind == "person_detected"


async def test_repetition_plays_its_steps_under_their_numbers(autojump_clock: MockClock) -> None:
    stage = await on_stage(
        Repeat(times=2, steps=(Say(text="a"), Wait())),
        Say(text="b"),
        Wait(),
        scripts=[Answering()],
    )
    assert [result.number for result in stage.results] == [1, 3, 4, 3, 4, 5, 6]
    assert [sample.step for sample in stage.samples] == [3, 3, 5]
    assert stage.played.answers == 3


async def test_step_that_means_an_earlier_answer_finds_it_by_name(
    autojump_clock: MockClock,
) -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        first = await peer.hear("text")
        await peer.begin(first["request_id"], "uno")
        second = await peer.hear("text")
        await peer.say("stream_end", first["request_id"], processing_time_ms=1, interrupted=True)
        await peer.answer(second["request_id"], "dos")
        await peer.socket.get_message()

    stage = await on_stage(
        *(Say(text="a", name="first"), Wait(until="text"), Say(text="b"), Wait()),
        Expect(turn="first", outcome="interrupted", text="uno"),
        Expect(outcome="answered", text="dos"),
        scripts=[script],
    )
    assert stage.played.passed, stage.reason


@pytest.mark.parametrize("step", [CutIn(), CutIn(at_ms=3), Drop(at_chunk=1)])
async def test_moment_without_an_answer_fails(step: Step, autojump_clock: MockClock) -> None:
    stage = await on_stage(step, scripts=[Answering()])
    assert stage.reason == "there is no answer"
