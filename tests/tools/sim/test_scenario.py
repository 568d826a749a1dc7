"""Scenario files: what is read, and how what is wrong with one is told."""

from pathlib import Path

import pytest

from robi.protocol.dialects import Dialect
from tools.sim.scenario import (
    FOLDER,
    ScenarioError,
    all_scenarios,
    find_scenario,
    flat,
    parse_scenario,
    read_scenario,
    stub_script,
)
from tools.sim.steps import (
    Connect,
    CutIn,
    Expect,
    PlaySound,
    Repeat,
    Say,
    SayInMedia,
    Think,
    Wait,
    files_of,
)

HEAD = 'about = "a"\n'
CONNECT = '{ do = "connect" }'


def parsed(*steps: str, head: str = HEAD) -> tuple[object, ...]:
    text = f"{head}steps = [{', '.join([CONNECT, *steps])}]"
    return parse_scenario(text, "s.toml", _read).steps[1:]


def wrong(text: str) -> list[str]:
    with pytest.raises(ScenarioError) as raised:
        parse_scenario(text, "s.toml", _read)
    return str(raised.value).splitlines()


def wrong_step(step: str) -> list[str]:
    return wrong(f"{HEAD}steps = [{CONNECT}, {step}]")


def _read(name: str) -> bytes:
    if name == "there.wav":
        return b"sound"
    raise FileNotFoundError(2, "No such file or directory")


def test_scenario_is_named_by_its_file_and_holds_what_its_steps_play() -> None:
    text = f'{HEAD}steps = [{CONNECT}, {{ do = "audio", file = "there.wav" }}]\npatience_s = 2'
    scenario = parse_scenario(text, "s.toml", _read)
    assert (scenario.name, scenario.about, scenario.patience_s) == ("s", "a", 2.0)
    assert scenario.steps == (Connect(), PlaySound(file="there.wav"))
    assert scenario.media == {"there.wav": b"sound"}


def test_steps_are_read_with_all_their_fields() -> None:
    assert parsed(
        '{ do = "say", text = "Hola", name = "first" }',
        '{ do = "interrupt", at_chars = 9, spoken_chars = 4, turn = "first" }',
        '{ do = "wait", until = "error", code = "X", within_s = 3 }',
        '{ do = "think", uniform_s = [1, 2.5] }',
        '{ do = "expect", outcome = "answered", order = ["emotion"] }',
        '{ do = "expect", message = "m", fields = { a = [1] } }',
    ) == (
        Say(text="Hola", name="first"),
        CutIn(at_chars=9, spoken_chars=4, turn="first"),
        Wait(until="error", code="X", within_s=3.0),
        Think(uniform_s=(1.0, 2.5)),
        Expect(outcome="answered", order=("emotion",)),
        Expect(message="m", fields={"a": [1]}),
    )


def test_repetition_holds_steps_and_flat_yields_each_once() -> None:
    steps = parsed('{ do = "repeat", times = 2, steps = [{ do = "say", text = "a" }] }')
    repeat = Repeat(times=2, steps=(Say(text="a"),))
    assert steps == (repeat,)
    assert list(flat((repeat, Wait()))) == [repeat, Say(text="a"), Wait()]


def test_dialect_is_read_as_the_protocol_names_it() -> None:
    text = HEAD + 'steps = [{ do = "connect", dialect = "person" }]'
    assert parse_scenario(text, "s.toml", _read).steps == (Connect(dialect=Dialect.PERSON),)


def test_model_holds_replies_for_a_stub() -> None:
    text = f'{HEAD}steps = [{CONNECT}]\n[[model]]\nmatch = "hola"\nchunks = ["a", "b"]'
    script = stub_script([parse_scenario(text, "s.toml", _read)])
    assert script.choose("di hola").chunks == ("a", "b")
    assert script.choose("otra cosa") == script.default


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("3", 'step 2: must be a table that says what to do, such as { do = "wait" }'),
        ('{ do = "say" }', "step 2 (say): text: is missing"),
        ('{ do = "say", text = 3 }', "step 2 (say): text: must be a text, not 3"),
        ('{ do = "say", txt = "a", text = "b" }', "step 2 (say): there is no 'txt' in it"),
        (
            '{ do = "wait", count = "3" }',
            "step 2 (wait): count: must be a whole number, not '3'",
        ),
        (
            '{ do = "wait", count = true }',
            "step 2 (wait): count: must be a whole number, not True",
        ),
        (
            '{ do = "wait", within_s = "1" }',
            "step 2 (wait): within_s: must be a number, not '1'",
        ),
        (
            '{ do = "audio", file = "there.wav", realtime = 1 }',
            "step 2 (audio): realtime: must be true or false, not 1",
        ),
        ('{ do = "wait", matching = "a" }', 'step 2 (wait): matching goes with until = "text"'),
        (
            '{ do = "wait", until = "text", matching = "(" }',
            "step 2 (wait): not a pattern: missing ), unterminated subpattern at position 0",
        ),
        (
            '{ do = "interrupt", at_chunk = 1, at_ms = 2 }',
            "step 2 (interrupt): only one of at_chunk, at_chars and at_ms",
        ),
        (
            '{ do = "think" }',
            "step 2 (think): needs one of constant_s, uniform_s, exponential_s and lognormal_s",
        ),
        ('{ do = "think", uniform_s = [1, -1] }', "step 2 (think): times cannot be negative"),
        ('{ do = "multimodal" }', "step 2 (multimodal): needs text, audio, image or video"),
        ('{ do = "raw" }', "step 2 (raw): needs one of message, frame and binary"),
        (
            '{ do = "raw", frame = "{}", utterance = true }',
            "step 2 (raw): an utterance needs a message with a request_id",
        ),
        ('{ do = "expect", fields = { a = 1 } }', "step 2 (expect): fields goes with message"),
        ('{ do = "expect", order = [1] }', "step 2 (expect): order[0]: must be a text, not 1"),
        (
            '{ do = "expect", outcome = "well" }',
            "step 2 (expect): outcome: must be one of answered, interrupted, error, lost, timeout",
        ),
        (
            '{ do = "connect", dialect = "u" }',
            "step 2 (connect): dialect: must be one of user, person",
        ),
        ('{ do = "wait", turn = "x" }', "step 2 (wait): no step before is named 'x'"),
        ('{ do = "audio", file = "gone.wav" }', "audio: gone.wav: No such file or directory"),
        (
            '{ do = "repeat", times = 2, steps = [{ do = "say" }] }',
            "step 2 (repeat), step 1 (say): text: is missing",
        ),
        (
            '{ do = "repeat", steps = [] }',
            "step 2 (repeat), times: must be a whole number, not None",
        ),
        (
            '{ do = "repeat", times = 1, steps = [], every = 2 }',
            "step 2 (repeat): there is no 'every' in it",
        ),
    ],
)  # fmt: skip
def test_step_that_is_wrong_is_told_by_file_step_and_field(step: str, told: str) -> None:
    assert wrong_step(step) == [f"s.toml: {told}"]


def test_verb_that_is_none_is_told_with_those_there_are() -> None:
    (told,) = wrong_step('{ do = "conect" }')
    assert told.startswith("s.toml: step 2: 'conect' is none of connect, meet, say, ")


def test_all_that_is_wrong_is_told_at_once() -> None:
    text = 'about = 3\nfoo = 1\nsteps = [{ do = "say" }]\n[[model]]\nfirst_delay = 3'
    assert wrong(text) == [
        "s.toml: there is no 'foo' in a scenario",
        "s.toml: about: must be a text, not 3",
        "s.toml: model: [0]: there is no 'first_delay' in it",
        "s.toml: step 1 (say): text: is missing",
    ]


def test_file_without_steps_or_that_is_no_toml_is_refused() -> None:
    assert wrong(HEAD) == ["s.toml: steps is missing"]
    assert wrong(HEAD + 'steps = "a"') == ["s.toml: steps: must be a list"]
    assert wrong(f"{HEAD}steps = []") == ["s.toml: step 1: must be a connect"]
    assert wrong("about = \n") == ["s.toml: Invalid value (at line 1, column 9)"]


def test_file_that_cannot_be_read_is_told_with_its_path(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    with pytest.raises(ScenarioError, match=r"s\.toml: No such file"):
        read_scenario(path)
    path.write_bytes(b"\xff")
    with pytest.raises(ScenarioError, match=r"s\.toml: is not UTF-8"):
        read_scenario(path)


def test_scenario_is_found_by_path_or_by_name(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(f"{HEAD}steps = [{CONNECT}]")
    assert find_scenario(str(path)).name == "mine"
    assert find_scenario("text") == read_scenario(FOLDER / "text.toml")
    with pytest.raises(ScenarioError, match=r"none of these is it: .*text"):
        find_scenario("nowhere")


def test_every_scenario_that_comes_with_robi_can_be_read_and_says_what_it_is_about() -> None:
    scenarios = all_scenarios()
    assert [one.name for one in scenarios] == sorted(path.stem for path in FOLDER.glob("*.toml"))
    assert all(one.about for one in scenarios)


def test_files_of_a_step_are_those_it_plays_or_shows() -> None:
    step = SayInMedia(text="a", audio="a.wav", image="b.jpg")
    assert files_of(step) == ("a.wav", "b.jpg")
    assert files_of(Say(text="a")) == ()
