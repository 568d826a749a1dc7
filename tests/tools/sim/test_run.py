"""`run`: what is shown of scenarios that are played, and what the shell is told."""

from io import StringIO
from pathlib import Path

import orjson
import pytest

from tests.tools.scripted import Peer, answering, listening
from tools.sim.exits import Exit
from tools.sim.options import Address
from tools.sim.run import Machine, Options, Person, Report, describe, main, run
from tools.sim.scenario import Scenario
from tools.sim.screen import Screen
from tools.sim.steps import Close, Connect, Expect, Repeat, Say, Step, Think, Wait
from tools.stub.script import Reply, load_script

GOOD = Scenario("good", "all is well", (Connect(), Say(text="Hola"), Wait(), Close()))
BAD = Scenario("bad", "it is not", (Connect(), Say(text="Hola"), Wait(), Expect(text="adiós")))


def options(url: str, *scenarios: Scenario) -> Options:
    return Options(
        scenarios=scenarios,
        address=Address.parse(url),
        api_key="k",
        tls=None,
        seed=1,
        json=False,
    )


def written(report: type[Person | Machine]) -> tuple[Report, StringIO]:
    out = StringIO()
    return report(Screen(out)), out


async def test_scenario_that_passes_shows_its_steps_and_leaves_with_0() -> None:
    report, out = written(Person)
    async with listening(answering(["a"])) as url:
        assert await run(options(url, GOOD), report) == Exit.OK
    lines = out.getvalue().splitlines()
    assert lines[0] == "good: all is well"
    assert [line.rpartition("  ")[0] for line in lines[1:5]] == [
        "  ✓  1 connect",
        '  ✓  2 say text="Hola"',
        "  ✓  3 wait",
        "  ✓  4 close",
    ]
    assert lines[5].startswith("    first text after ")
    assert lines[-1] == "1 of 1 scenarios passed"


async def test_step_that_fails_is_shown_with_its_reason_and_leaves_with_1() -> None:
    report, out = written(Person)
    async with listening(answering(["Hola"]), answering(["a"])) as url:
        assert await run(options(url, BAD, GOOD), report) == Exit.NO_ANSWER
    assert "  ✗  4 expect" in out.getvalue()
    assert "       the text is 'Hola'\n" in out.getvalue()
    assert out.getvalue().splitlines()[-1] == "1 of 2 scenarios passed; not: bad"


async def test_protocol_that_is_broken_leaves_with_5() -> None:
    async def without_emotion(peer: Peer) -> None:
        await peer.welcome()
        asked = await peer.hear("text")
        await peer.finish(asked["request_id"], "")
        await peer.hear_end()

    report, out = written(Person)
    async with listening(without_emotion) as url:
        assert await run(options(url, GOOD), report) == Exit.ORDER
    assert "  ! the protocol was broken: invariant 1" in out.getvalue()


async def test_json_is_an_object_a_line_with_times_since_the_scenario_began() -> None:
    report, out = written(Machine)
    async with listening(answering(["a"])) as url:
        await run(options(url, GOOD), report)
    objects = [orjson.loads(line) for line in out.getvalue().splitlines()]
    assert [plain["type"] for plain in objects] == [
        *("begin", "step", "step", "answer", "step", "step", "end"),
    ]
    assert all(plain["scenario"] == "good" for plain in objects)
    answer = objects[3]
    assert 0 <= answer["intended_at"] <= answer["sent_at"] <= answer["ended_at"] < 60
    assert objects[-1] == {
        "type": "end",
        "scenario": "good",
        "passed": True,
        "answers": 1,
        "faults": [],
    }


async def test_answer_that_nobody_waited_for_is_shown_as_a_step_of_its_own() -> None:
    async def silent(peer: Peer) -> None:
        await peer.welcome()
        await peer.hear("text")
        await peer.hear_end()

    report, out = written(Person)
    unasked = Scenario("s", "a", (Connect(), Say(text="Hola")), patience_s=0.05)
    async with listening(silent) as url:
        assert await run(options(url, unasked), report) == Exit.NO_ANSWER
    assert "  ✗  3 end" in out.getvalue()


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (Wait(), "wait"),
        (Wait(until="chunks", count=3), 'wait until="chunks" count=3'),
        (Think(uniform_s=(1.0, 2.0)), "think uniform_s=[1.0,2.0]"),
        (Expect(message="m", fields={"a": True}), 'expect message="m" fields={"a":true}'),
        (Expect(resumed=False), "expect resumed=false"),
        (Repeat(times=2, steps=(Wait(), Wait())), "repeat times=2"),
    ],
)
def test_step_is_described_as_its_file_has_it(step: Step, told: str) -> None:
    assert describe(step) == told


def test_long_step_is_described_in_one_line() -> None:
    assert len(describe(Say(text="a" * 200))) == 76


def test_key_is_not_shown() -> None:
    assert "secret" not in describe(Connect(key="secret"))


def test_without_a_scenario_it_tells_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], Path()) == Exit.OK
    assert "\ninterrupt " in capsys.readouterr().out


def test_file_that_is_no_scenario_leaves_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "s.toml"
    path.write_text('about = "a"\nsteps = [{ do = "connect" }, { do = "sing" }]')
    with pytest.raises(SystemExit, match="2"):
        main([str(path)], Path())
    assert "s.toml: step 2: 'sing' is none of connect," in capsys.readouterr().err


def test_model_script_is_what_a_stub_reads(tmp_path: Path) -> None:
    path = tmp_path / "said.json"
    assert main(["interrupt", "text", "--model-script", str(path)], Path()) == Exit.OK
    script = load_script(path, Reply())
    assert [reply.match for reply in script.replies] == ["el cuento del faro", "¿Cómo estás, Robi?"]
    assert script.replies[0].chunk_delay_ms == 100
