"""`robi doctor` as a person gives it: lines, JSON, exit codes."""

import socket
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from robi.shell import UNUSABLE, WRONG
from tests.doctor.conftest import House


@pytest.fixture(autouse=True)
def free_port(empty_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        monkeypatch.setenv("PORT", str(listening.getsockname()[1]))


def test_doctor_tells_each_in_a_line_and_what_to_do_below(house: House) -> None:
    done = house.robi("doctor")
    lines = done.out.splitlines()
    assert (done.code, done.err) == (0, "")
    assert {line[0] for line in lines[:-1]} == {"✓", "!", " "}
    backup = next(n for n, line in enumerate(lines) if line.startswith("! backup"))
    assert "→ robi backup" in lines[backup + 1]
    assert lines[-1].startswith("0 wrong, ")


def test_doctor_who_finds_something_wrong_says_so_by_its_exit_code(house: House) -> None:
    house.path.write_bytes(b"no database at all" * 1000)
    done = house.robi("doctor")
    assert (done.code, "✗ database" in done.out) == (WRONG, True)


def test_doctor_for_machines_is_json(house: House) -> None:
    told = orjson.loads(house.robi("doctor", "--json").out)
    assert told["wrong"] == 0
    assert {"about", "state", "found", "do"} == set(told["findings"][0])


def test_doctor_of_settings_that_cannot_be_read_tells_them(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAX_SESSIONS", "0")
    done = house.robi("doctor")
    assert (done.code, "✗ settings  MAX_SESSIONS" in done.out) == (WRONG, True)


def test_doctor_with_a_front_that_is_none_is_unusable(house: House) -> None:
    assert house.robi("doctor", "--front", "host:port").code == UNUSABLE


def test_doctor_who_may_not_look_says_that_alone(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path) -> Iterator[Path]:
        raise PermissionError

    monkeypatch.setattr(Path, "iterdir", refuse)
    told = orjson.loads(house.robi("doctor", "--json").out)
    assert {each["about"] for each in told["findings"]} == {"rights"}


def test_doctor_changes_no_file(house: House) -> None:
    """Of a database that no server has open SQLite leaves an empty log, as after any look."""

    def kept() -> dict[str, bytes]:
        files = (path for path in house.settings.data_dir.rglob("*") if path.is_file())
        return {str(p): p.read_bytes() for p in files if not p.name.endswith(("-shm", "-wal"))}

    before = kept()
    house.robi("doctor")
    assert kept() == before
    assert all(not path.stat().st_size for path in house.path.parent.glob("*-wal"))


def test_doctor_before_the_first_start_makes_no_folder(empty_house: House) -> None:
    assert empty_house.robi("doctor").code == 0
    assert not empty_house.settings.data_dir.exists()
