"""The command line, the environment, `.env` and what `./dev serve` keeps."""

import ssl
from pathlib import Path

import pytest

from robi.protocol.dialects import Dialect
from tools.sim.options import Options, Step, parse


def options(root: Path, *argv: str, **environ: str) -> Options:
    return parse(argv, environ, root)


def test_key_on_the_command_line_wins(tmp_path: Path) -> None:
    assert options(tmp_path, "--key", "mine", API_KEY="theirs").api_key == "mine"


def test_key_in_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("API_KEY=written\n")
    assert options(tmp_path, API_KEY="exported").api_key == "exported"


def test_key_in_the_file_wins_over_the_kept_one(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("API_KEY=written\n")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "api_key").write_text("kept\n")
    assert options(tmp_path).api_key == "written"


@pytest.mark.parametrize("folder", ["data", "elsewhere"])
def test_key_that_the_server_made_is_found(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "api_key").write_text("kept\n")
    assert options(tmp_path, DATA_DIR=folder).api_key == "kept"


def test_key_set_to_nothing_counts_as_not_set(tmp_path: Path) -> None:
    assert options(tmp_path, API_KEY="").api_key is None


def test_key_is_not_shown(tmp_path: Path) -> None:
    assert "mine" not in repr(options(tmp_path, "--key", "mine"))


@pytest.mark.parametrize(
    ("environ", "url"),
    [
        ({}, "ws://127.0.0.1:8000/ws/interact"),
        ({"HOST": "0.0.0.0", "PORT": "81"}, "ws://127.0.0.1:81/ws/interact"),  # noqa: S104 - read only
        ({"HOST": "::"}, "ws://[::1]:8000/ws/interact"),
        ({"HOST": "robi.local"}, "ws://robi.local:8000/ws/interact"),
    ],
)
def test_url_by_default_is_where_the_server_listens(
    tmp_path: Path, environ: dict[str, str], url: str
) -> None:
    assert options(tmp_path, **environ).address.url == url


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("ws://127.0.0.1:8000", "ws://127.0.0.1:8000/ws/interact"),
        ("wss://robi.example/", "wss://robi.example/ws/interact"),
        ("127.0.0.1:8001", "ws://127.0.0.1:8001/ws/interact"),
        ("robi.local:8001/other", "ws://robi.local:8001/other"),
        ("[::1]:8001", "ws://[::1]:8001/ws/interact"),
    ],
)
def test_url_without_scheme_or_path_gets_those_of_robots(
    tmp_path: Path, given: str, url: str
) -> None:
    assert options(tmp_path, "--url", given).address.url == url


@pytest.mark.parametrize(
    ("written", "environ", "source"),
    [("PORT=80a\n", {}, ".env"), ("PORT=1\n", {"PORT": "80a"}, "the environment")],
)
def test_port_that_is_no_number_is_named_with_its_source(
    tmp_path: Path,
    written: str,
    environ: dict[str, str],
    source: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / ".env").write_text(written)
    with pytest.raises(SystemExit, match="2"):
        options(tmp_path, **environ)
    assert f"PORT in {source} must be a number" in capsys.readouterr().err


def test_dotenv_with_lines_that_say_nothing_is_read_in_silence(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / ".env").write_text("What is this?\nAPI_KEY=written\n")
    assert options(tmp_path).api_key == "written"
    assert caplog.records == []


def test_dotenv_in_another_encoding_leaves_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".env").write_bytes(b"ROBOT_NAME=\xd1and\xfa\n")
    with pytest.raises(SystemExit, match="2"):
        options(tmp_path)
    assert ".env cannot be read" in capsys.readouterr().err


def test_url_is_taken_apart(tmp_path: Path) -> None:
    address = options(tmp_path, "--url", "wss://robi.example/ws?x=1").address
    assert (address.host, address.port, address.resource) == ("robi.example", 443, "/ws?x=1")


@pytest.mark.parametrize(
    "argv",
    [
        ["--url", "http://robi.example"],
        ["--url", "ws://robi.example:80a"],
        ["--url", "ws://"],
        ["--say", ""],
        ["--say", "\udcff"],
        ["--audio", "no-such-file"],
        ["--photo", "no-such-file"],
        ["--last-seq", "3"],
        ["--user", "a", "--person", "b"],
        ["--timeout", "0"],
        ["--timeout", "nan"],
    ],
)
def test_wrong_use_leaves_with_2(tmp_path: Path, argv: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        options(tmp_path, *argv)


def test_script_keeps_the_order_of_the_command_line(tmp_path: Path) -> None:
    sound = tmp_path / "a.wav"
    sound.touch()
    script = options(tmp_path, "--say", "a", "--audio", str(sound), "--say", "b").script
    assert script == (Step("say", "a"), Step("audio", str(sound)), Step("say", "b"))


@pytest.mark.parametrize(
    ("argv", "person", "dialect"),
    [
        ([], "unknown", Dialect.USER),
        (["--user", "ana"], "ana", Dialect.USER),
        (["--person", "ana"], "ana", Dialect.PERSON),
    ],
)
def test_person_and_dialect_go_together(
    tmp_path: Path, argv: list[str], person: str, dialect: Dialect
) -> None:
    found = options(tmp_path, *argv)
    assert (found.person_id, found.dialect) == (person, dialect)


@pytest.mark.parametrize(("lang", "language"), [("es_ES.UTF-8", "es"), ("C.UTF-8", "en")])
def test_language_is_that_of_the_terminal(tmp_path: Path, lang: str, language: str) -> None:
    assert options(tmp_path, LANG=lang).language == language


@pytest.mark.parametrize(
    ("argv", "mode"),
    [([], ssl.CERT_REQUIRED), (["--insecure"], ssl.CERT_NONE)],
)
def test_tls_trusts_no_stranger_unless_told(
    tmp_path: Path, argv: list[str], mode: ssl.VerifyMode
) -> None:
    context = options(tmp_path, "--url", "wss://robi.example/", *argv).tls()
    assert context is not None
    assert context.verify_mode is mode


def test_tls_is_not_for_plain_addresses(tmp_path: Path) -> None:
    assert options(tmp_path, "--url", "ws://robi.example/").tls() is None
