"""Node and its packages: what goes wrong there is told, and nothing is left that is half."""

from pathlib import Path

import pytest

from tools.console import node as subject
from tools.console.node import HERE, NodeFailedError, node, packages


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where packages are kept in this test; there are none yet."""
    monkeypatch.setattr(subject, "_KEPT", tmp_path / "console")
    return tmp_path / "console"


def test_program_that_ends_well_gives_what_it_said() -> None:
    assert node("--print", "6 * 7") == "42\n"


def test_program_that_fails_is_an_error_with_what_it_said() -> None:
    with pytest.raises(NodeFailedError, match="no such thing"):
        node("--eval", "console.log('no such thing'); process.exit(3)")


def test_program_that_does_not_end_is_ended_and_told() -> None:
    with pytest.raises(NodeFailedError, match=r"begun\n\nnot done in 1 s"):
        node("--eval", "require('fs').writeSync(1, 'begun\\n'); for (;;);", within=1)


def test_packages_are_fetched_as_locked_and_once(
    monkeypatch: pytest.MonkeyPatch, kept: Path
) -> None:
    asked: list[tuple[str, ...]] = []

    def npm(*arguments: str) -> str:
        asked.append(arguments)
        (prefix,) = (each.partition("=")[2] for each in arguments if each.startswith("--prefix"))
        assert (Path(prefix) / "package-lock.json").is_file()
        (Path(prefix) / "node_modules").mkdir()
        return ""

    monkeypatch.setattr(subject, "npm", npm)
    assert packages() == packages() == kept / "node_modules"
    assert [each[0] for each in asked] == ["ci"]
    (kept / "package-lock.json").write_text("older")
    packages()
    assert len(asked) == 2
    assert (kept / "package-lock.json").read_bytes() == (HERE / "package-lock.json").read_bytes()


def test_packages_that_cannot_be_fetched_leave_those_that_were_there(
    monkeypatch: pytest.MonkeyPatch, kept: Path
) -> None:
    def npm(*_arguments: str) -> str:
        raise NodeFailedError("no network")

    monkeypatch.setattr(subject, "npm", npm)
    kept.mkdir()
    (kept / "package.json").write_text("older")
    with pytest.raises(NodeFailedError):
        packages()
    assert [place.name for place in kept.parent.iterdir()] == ["console"]
    assert (kept / "package.json").read_text() == "older"
