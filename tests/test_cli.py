"""The command as a person uses it: what it prints, and its exit codes."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import orjson
import pytest

from robi import cli, shell
from robi.config.settings import explanations

KEY = "k" * 24


@pytest.fixture(autouse=True)
def clean_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Be in an empty folder, with no setting of this machine."""
    monkeypatch.chdir(tmp_path)
    for name in explanations():
        monkeypatch.delenv(name.upper(), raising=False)
    return tmp_path


class Server(HTTPServer):
    """A server where the settings say that ours is; it answers everything in one way."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.answer = (200, b"")
        self.seen: list[str] = []


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Server)
        self.server.seen += [self.path, self.headers.get("X-API-Key", "")]
        status, body = self.server.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Keep quiet."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with Server() as server:
        monkeypatch.setenv("PORT", str(server.server_port))
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def free_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the settings name a port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        monkeypatch.setenv("PORT", str(listening.getsockname()[1]))


def test_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith("robi 0.")


def test_command_that_does_not_exist_is_unusable(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(["dance"])
    assert left.value.code == shell.UNUSABLE
    assert "dance" in capsys.readouterr().err


def test_check_in_development_is_good_and_tells_what_production_lacks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["check"]) == 0
    printed = capsys.readouterr().out
    assert "Missing for production:\n  API_KEY" in printed
    assert printed.endswith("Good for development.\n")


def test_check_in_production_without_keys_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENVIRONMENT", "production")
    assert cli.main(["check"]) == shell.WRONG
    printed = capsys.readouterr().out
    assert printed.startswith("Wrong:\n  API_KEY is not set")
    assert "Advised:\n  GEMINI_API_KEY" in printed


def test_check_in_production_calls_wrong_only_what_stops_a_server(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENVIRONMENT", "production")
    monkeypatch.setenv("API_KEY", "short")
    assert cli.main(["check"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("Advised:\n  API_KEY is weak")
    assert printed.endswith("Good for production.\n")


def test_check_in_production_with_keys_is_good(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in (("ENVIRONMENT", "production"), ("API_KEY", KEY), ("GEMINI_API_KEY", "g")):
        monkeypatch.setenv(name, value)
    assert cli.main(["check"]) == 0
    title, *lacking, last = capsys.readouterr().out.splitlines()
    assert (title, last) == ("For readers (POST /chat):", "Good for production.")
    assert [line.split()[0] for line in lacking] == ["FRONTEND_URL", "No", "No"]


def test_check_of_unusable_settings_tells_all_and_the_typos(
    monkeypatch: pytest.MonkeyPatch, clean_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "eight")
    (clean_folder / ".env").write_text("MAX_SESSIONS=0\nROBOT_LANGUAJE=en\n")
    assert cli.main(["check"]) == shell.WRONG
    printed = capsys.readouterr().out
    assert all(word in printed for word in ("PORT", "MAX_SESSIONS", "ROBOT_LANGUAGE?"))


def test_check_of_a_key_file_open_to_others_is_wrong(
    clean_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = clean_folder / "data" / "api_key"
    path.parent.mkdir()
    path.write_text(KEY)
    path.chmod(0o644)
    assert cli.main(["check"]) == shell.WRONG
    printed = capsys.readouterr().out
    assert "open to others" in printed
    assert KEY not in printed


def test_settings_read_by_someone_who_leaves_ends_quietly() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.run(
        [sys.executable, "-m", "robi.cli", "settings"],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (process.returncode, process.stderr) == (cli.BROKEN_PIPE, b"")


@pytest.mark.parametrize(
    ("form", "begin"), [("markdown", "| variable |"), ("env", "# Copy to .env")]
)
def test_settings_are_explained_in_either_form(
    form: str, begin: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["settings", "--format", form]) == 0
    assert capsys.readouterr().out.startswith(begin)


def test_prompts_of_mine_are_those_of_the_settings(
    clean_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (clean_folder / "me.md").write_text("You are $robot_name, a cat.")
    for name, value in (
        ("PERSONA_FILE", "me.md"),
        ("ROBOT_NAME", "Coco"),
        ("ROBOT_LANGUAGE", "en"),
    ):
        monkeypatch.setenv(name, value)
    assert cli.main(["prompts"]) == 0
    shipped = capsys.readouterr().out
    assert cli.main(["prompts", "--mine"]) == 0
    mine = capsys.readouterr().out
    assert "You are Robi, a small robot on wheels" in shipped
    assert "````markdown\nYou are Coco, a cat.\n\n# How you write\n" in mine


def test_prompts_of_mine_with_unusable_settings_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PERSONA_FILE", "nowhere.md")
    assert cli.main(["prompts", "--mine"]) == shell.UNUSABLE
    assert "PERSONA_FILE" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--static"], ["--format", "mermaid"]], ids=str)
def test_tree_as_it_is_built_names_its_actors(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["tree", *arguments]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in ("store", "sessions", "listener"))


@pytest.mark.usefixtures("free_port")
def test_tree_without_server_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["tree"]) == shell.WRONG
    assert "No server answers" in capsys.readouterr().err


def test_tree_of_a_server_is_drawn(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    server.answer = (200, orjson.dumps({"name": "robi", "children": [{"name": "store"}]}))
    assert cli.main(["tree"]) == 0
    assert "└─ store" in capsys.readouterr().out


def test_tree_for_machines_is_what_the_server_tells(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    server.answer = (200, orjson.dumps({"name": "robi", "details": {"note": "x" * 200}}))
    assert cli.main(["tree", "--json"]) == 0
    assert capsys.readouterr().out.encode() == server.answer[1] + b"\n"


def test_tree_read_by_no_terminal_keeps_long_details(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    server.answer = (200, orjson.dumps({"name": "robi", "details": {"note": "x" * 200}}))
    assert cli.main(["tree"]) == 0
    assert "x" * 200 in capsys.readouterr().out


def test_tree_for_machines_is_not_of_the_static_kind(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["tree", "--static", "--json"]) == shell.UNUSABLE
    assert "--json" in capsys.readouterr().err


def test_tree_is_asked_for_with_the_key(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEY", KEY)
    server.answer = (200, b'{"name": "robi"}')
    cli.main(["tree"])
    assert server.seen == ["/api/tree", KEY]


@pytest.mark.parametrize(
    ("status", "body", "words"), [(401, b"{}", "answers 401"), (200, b"<html>", "is no tree")]
)
def test_tree_refused_or_unreadable_says_so(
    server: Server, status: int, body: bytes, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    server.answer = (status, body)
    assert cli.main(["tree"]) == shell.WRONG
    assert words in capsys.readouterr().err
