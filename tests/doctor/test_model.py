"""The way to the model and the clock, as `robi doctor` sees them."""

import socket
from email.utils import formatdate
from pathlib import Path

import attrs
import pytest

import robi
from robi.config import Settings
from robi.config.parse import Secret
from robi.doctor import model
from tests.doctor.conftest import Answer, Serve, states

NOW = 4_000_000_000.0  # later than this program was installed, whenever that is
CHUNK = b'data: {"choices": [{"delta": {"content": "Hola"}}]}\n\ndata: [DONE]\n\n'


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the stub for a host of somewhere else, with a clock of its own."""
    monkeypatch.setattr(model, "_HERE", frozenset())


def asking(port: int) -> Settings:
    base = Settings(openai_base_url=f"http://127.0.0.1:{port}/v1", openai_model="small")
    return attrs.evolve(base, brain=("openai",))


def dated(off: float) -> Answer:
    return Answer(404, headers={"Date": formatdate(NOW + off, usegmt=True)})


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize(
    ("off", "state"),
    [(0, "good"), (-4, "good"), (4, "good"), (30, "advised"), (-30, "advised"), (90, "wrong")],
)
def test_clock_is_compared_with_that_of_the_model(serve: Serve, off: float, state: str) -> None:
    found = [*model.clock_and_reach(asking(serve(dated(off))), lambda: NOW)]
    assert states(found) == [("model", "good"), ("clock", state)]


def test_clock_of_this_machine_is_compared_with_no_model_on_it(serve: Serve) -> None:
    found = [*model.clock_and_reach(asking(serve(dated(90))), lambda: NOW)]
    assert states(found) == [("model", "good"), ("clock", "advised")]


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize("date", ["", "yesterday"])
def test_clock_is_compared_with_no_date_that_cannot_be_read(serve: Serve, date: str) -> None:
    port = serve(Answer(headers={"Date": date}))
    assert states([*model.clock_and_reach(asking(port), lambda: NOW)])[1] == ("clock", "advised")


def test_clock_before_this_program_was_installed_is_wrong() -> None:
    installed = Path(robi.__file__).stat().st_mtime
    found = [*model.clock_and_reach(Settings(), lambda: installed - 1)]
    assert states(found) == [("model", "advised"), ("clock", "wrong")]


def test_model_that_is_not_there_is_wrong_with_advice() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    found = [*model.clock_and_reach(asking(port))]
    assert found[0].state == "wrong"
    assert "OPENAI_BASE_URL" in (found[0].do or "")


def test_call_tells_that_words_came(serve: Serve) -> None:
    answer = Answer(body=CHUNK, headers={"Content-Type": "text/event-stream"})
    (found,) = model.call(asking(serve(answer)))
    assert (found.state, found.found.startswith("openai, small: the first words")) == ("good", True)
    assert answer.seen == ["/v1/chat/completions"]


def test_call_that_is_refused_is_wrong_with_advice_and_without_the_key(serve: Serve) -> None:
    settings = attrs.evolve(asking(serve(Answer(401))), openai_api_key=Secret("sesame"))
    (found,) = model.call(settings)
    assert (found.state, "OPENAI_API_KEY" in (found.do or "")) == ("wrong", True)
    assert "sesame" not in repr(found)


def test_call_of_the_rehearsal_is_none() -> None:
    assert [*model.call(Settings())] == []


def test_proxy_that_cannot_be_used_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "gopher://proxy")
    assert states([*model.proxies(Settings())]) == [("proxy", "wrong")]


def test_proxy_of_the_environment_is_told_without_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:sesame@proxy:3128")
    settings = Settings(gemini_api_key=Secret("g"))
    found = [*model.proxies(settings)]
    assert states(found) == [("proxy", "good")]
    assert "sesame" not in repr(found)
