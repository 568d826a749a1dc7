"""`robi serve` as a person uses it: what it says before it serves, and why it does not."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx
import orjson
import pytest

from robi import cli, shell
from robi.config import check, folder
from robi.config.settings import explanations
from robi.store.sqlite import SqliteStore


@pytest.fixture(autouse=True)
def clean_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Be in an empty folder, with no setting of this machine."""
    monkeypatch.chdir(tmp_path)
    for name in explanations():
        monkeypatch.delenv(name.upper(), raising=False)
    return tmp_path


def test_serve_with_unusable_settings_refuses(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WS_PING_INTERVAL", "soon")
    assert cli.main(["serve", "--port", "eight"]) == shell.UNUSABLE
    complaint = capsys.readouterr().err
    assert "PORT" in complaint
    assert "WS_PING_INTERVAL" in complaint


def run(*arguments: str, environ: Mapping[str, str] | None = None) -> "subprocess.Popen[str]":
    """Start the command in a process of its own, in the folder of the test."""
    return subprocess.Popen(
        [sys.executable, "-m", "robi.cli", *arguments],
        env={"PATH": os.defpath, **(environ or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_serve_and_check_with_traces_that_nothing_here_can_send_say_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(check, "OTEL_PACKAGES", ("nowhere",))
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")
    assert cli.main(["serve"]) == shell.UNUSABLE
    assert check.NO_OTEL in capsys.readouterr().err
    assert cli.main(["check"]) == shell.WRONG
    assert check.NO_OTEL in capsys.readouterr().out


def test_serve_in_production_without_key_refuses() -> None:
    process = run("serve", environ={"ENVIRONMENT": "production"})
    _, complaint = process.communicate(timeout=30)
    assert process.returncode == shell.UNUSABLE
    assert "API_KEY is not set" in complaint
    assert "Traceback" not in complaint


def refused(**environ: str) -> tuple[int, str, str]:
    """Try to serve; return the exit code, what was logged and the complaint."""
    with run("serve", environ=environ) as process:
        logged, complaint = process.communicate(timeout=30)
    assert "Traceback" not in logged + complaint
    assert "crashed" not in logged
    return process.returncode, logged, complaint


def test_serve_at_a_port_that_is_taken_says_so_and_what_to_try() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, _, complaint = refused(PORT=str(port))
    assert code == shell.WRONG
    where, hint = complaint.splitlines()
    assert where == f"Cannot listen on 127.0.0.1 port {port}: Address already in use."
    assert f"PORT={port + 1} ./dev serve" in hint


def test_serve_at_a_host_that_does_not_exist_says_so_in_a_line() -> None:
    code, _, complaint = refused(HOST="nohost.invalid", PORT="0")
    assert (code, complaint.count("\n")) == (shell.WRONG, 1)
    assert complaint.startswith("Cannot listen on nohost.invalid port 0: ")


def test_serve_with_a_proxy_that_cannot_be_used_says_so_in_a_line() -> None:
    code, _, complaint = refused(GEMINI_API_KEY="stub", ALL_PROXY="socks5://127.0.0.1:9", PORT="0")
    assert (code, complaint.count("\n")) == (shell.WRONG, 1)
    assert "ALL_PROXY names a proxy" in complaint


def test_serve_with_a_database_that_cannot_be_says_so_in_a_line() -> None:
    code, logged, complaint = refused(DATABASE_URL="sqlite:////proc/x.db", PORT="0")
    assert (code, complaint.count("\n")) == (shell.WRONG, 1)
    assert complaint.startswith("The database sqlite:////proc/x.db cannot be used: ")
    assert logged.count("database_refused") == 1


def test_serve_in_a_folder_that_is_in_use_says_so(clean_folder: Path) -> None:
    with folder.locked(clean_folder / "data"):
        code, _, complaint = refused(PORT="0")
    assert (code, complaint.count("\n")) == (shell.WRONG, 1)
    assert complaint.startswith(
        f"Cannot start: another server works in data (process {os.getpid()})"
    )


def served_key(**environ: str) -> object:
    """Serve, and ask for the key as a page of the server does; return what is answered."""
    with run("serve", environ={"PORT": "0", "LOG_FILE": "log", **environ}) as process:
        assert process.stdout is not None
        words = (word for line in process.stdout for word in line.split())
        page = next(word for word in words if word.startswith("http://"))
        answer = httpx.get(f"{page}api/key", timeout=30, trust_env=False)
        process.terminate()
        process.communicate(timeout=30)
    return answer.json()


def test_serve_in_development_says_where_its_page_is_which_finds_the_key(
    clean_folder: Path,
) -> None:
    told = served_key()
    kept = (clean_folder / "data" / "api_key").read_text(encoding="ascii").strip()
    assert told == {"api_key": kept}


def test_serve_with_a_key_of_its_settings_tells_it_to_no_page() -> None:
    assert served_key(API_KEY="a-key-for-tests-only") == {}


def test_serve_with_doubtful_settings_warns_and_says_where_it_listens(clean_folder: Path) -> None:
    (clean_folder / ".env").write_text("PROT=8005\nWhat?\n")
    environ = {"ENVIRONMENT": "production", "API_KEY": "short", "PORT": "0", "LOG_FILE": "log"}
    with run("serve", environ=environ) as process:
        assert process.stdout is not None
        told = process.stdout.readline()
        process.terminate()
        process.communicate(timeout=30)
    entries = [orjson.loads(line) for line in (clean_folder / "log").read_bytes().splitlines()]
    (port,) = [entry["port"] for entry in entries if entry["event"] == "listening"]
    assert (process.returncode, told) == (0, f"Robi listens on 127.0.0.1 port {port}.\n")
    advised = [entry["about"].partition(" ")[0] for entry in entries if entry["event"] == "advised"]
    assert advised == [".env", "PROT", "API_KEY", "GEMINI_API_KEY"]


def test_serve_without_its_database_names_the_newest_backup(clean_folder: Path) -> None:
    backup = clean_folder / "data" / "backups" / "robi-20261121-143000.db"
    backup.parent.mkdir(parents=True)
    store = SqliteStore(backup)
    store.open()
    store.close()
    with run("serve", environ={"PORT": "0", "LOG_FILE": "log"}) as process:
        assert process.stdout is not None
        while not process.stdout.readline().startswith("Robi listens"):
            assert process.poll() is None
        process.terminate()
        process.communicate(timeout=30)
    entries = [orjson.loads(line) for line in (clean_folder / "log").read_bytes().splitlines()]
    (told,) = [entry for entry in entries if entry["event"] == "database_missing"]
    assert told["newest_backup"] == str(backup.relative_to(clean_folder))
    assert "./dev robi restore" in told["about"]


def test_serve_without_anyone_reading_answers_and_stops_cleanly() -> None:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    process = run("serve", "--port", str(port), environ={"LOG_FILE": "log"})
    assert process.stdout is not None
    process.stdout.close()
    try:
        with httpx.Client(transport=httpx.HTTPTransport(retries=8), trust_env=False) as client:
            health = client.get(f"http://127.0.0.1:{port}/api/health")
    finally:
        process.terminate()
        process.wait(timeout=30)
    assert process.stderr is not None
    complaint = process.stderr.read()
    process.stderr.close()
    assert (health.json()["status"], process.returncode, complaint) == ("ok", 0, "")
