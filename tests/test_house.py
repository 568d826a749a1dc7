"""The rules of the house that neither ruff nor import-linter can hold."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONG = 300
"""Lines from which on a file explains in its docstring why it is one file (shared style)."""

MODULES = sorted(
    path.relative_to(ROOT) for room in ("robi", "tools") for path in (ROOT / room).rglob("*.py")
)
SAYS_WHY = re.compile(r"\bone\s(file|table|tree|list)\b", re.IGNORECASE)
TOOLS = [path for path in MODULES if path.parts[0] == "tools"]
BUILT_ON_THE_SERVER = {
    Path("tools/exchanges.py"),  # talks with the whole server, for the page of who writes an app
    Path("tools/ws_echo.py"),  # tests our accept code with another's client
    Path("tools/bench/packets.py"),  # measure the server's own code
    Path("tools/bench/parts.py"),
    Path("tools/bench/stages.py"),
}
"""Tools that are about the very code of the server."""

TESTS = sorted(path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py"))

OF_THE_HOUSE = {"house", "documents", "document_commands"}
"""Tests of no single module."""

WHOLE = Path("e2e")
"""Tests of the whole server, over real sockets."""

PURE = {
    "robi/protocol": {"attrs", "cattrs", "orjson"},
    "robi/speech": {"attrs", "num2words"},
    "robi/people": {"attrs", "stdnum"},
    "robi/errors.py": set[str](),
}
"""What the pure rooms may depend on beside the standard library and what import-linter lets in."""


def parse(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[str]:
    """Yield the full name of everything that a module imports."""
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            yield from (f"{module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_module_opens_with_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(parse(path))


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_module_over_the_limit_says_why_it_is_one(path: Path) -> None:
    """The words are "one file", "one table", "one tree" or "one list"."""
    lines = len((ROOT / path).read_text(encoding="utf-8").splitlines())
    docstring = ast.get_docstring(parse(path)) or ""
    assert lines <= LONG or SAYS_WHY.search(docstring), f"{lines} lines"


@pytest.mark.parametrize(
    "path", [path for path in TOOLS if path not in BUILT_ON_THE_SERVER], ids=str
)
def test_tool_of_robi_imports_the_protocol_and_errors_only(path: Path) -> None:
    allowed = ("robi.protocol.", "robi.errors.")
    of_robi = [f"{name}." for name in imports(path) if name.split(".")[0] == "robi"]
    assert [name for name in of_robi if not name.startswith(allowed)] == []


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_module_does_not_import_relatively(path: Path) -> None:
    relative = [n for n in ast.walk(parse(path)) if isinstance(n, ast.ImportFrom) and n.level]
    assert relative == []


@pytest.mark.parametrize(("room", "allowed"), PURE.items())
def test_pure_room_depends_on_nothing_else(room: str, allowed: set[str]) -> None:
    inside = {"robi", *sys.stdlib_module_names, *allowed}
    used = {
        (str(path), name)
        for path in MODULES
        if path.is_relative_to(room)
        for name in imports(path)
        if name.partition(".")[0] not in inside
    }
    assert used == set()


@pytest.mark.parametrize("path", TESTS, ids=str)
def test_tests_stand_where_their_subject_does(path: Path) -> None:
    room = path.parent.relative_to("tests")
    if room == Path():
        subject = path.stem.removeprefix("test_")
        homes = (ROOT / "robi", ROOT / "tests")  # helpers of tests have tests too
        assert subject in OF_THE_HOUSE or any((h / f"{subject}.py").exists() for h in homes)
    else:
        whole = WHOLE in (room, *room.parents)
        assert whole or (ROOT / room).is_dir() or (ROOT / "robi" / room).is_dir()


def test_door_asked_for_what_it_has_not_says_so_before_what_it_has() -> None:
    done = subprocess.run(["/bin/sh", "dev", "dance"], cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    first, _, *rest = done.stderr.decode().splitlines()
    assert first.startswith("There is no 'dance'.")
    assert any(line.startswith("./dev robi") for line in rest)


def test_every_room_is_named_in_the_import_rules() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = pyproject["tool"]["importlinter"]["contracts"]
    ruled = {module for contract in contracts for module in contract["source_modules"]}
    rooms = {
        f"robi.{path.name}"
        for path in (ROOT / "robi").iterdir()
        if path.is_dir() and (path / "__init__.py").exists()
    }
    assert rooms <= ruled


def test_every_decision_is_numbered_without_gap() -> None:
    names = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert [name[:4] for name in names] == [f"{n:04}" for n in range(1, len(names) + 1)]


@pytest.mark.parametrize(
    "dependency",
    tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"],
)
def test_dependency_has_its_reason_in_the_decisions(dependency: str) -> None:
    reasons = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text(encoding="utf-8")
    assert f"| {dependency.partition('>')[0]} |" in reasons
