"""The commands of the documents, run as they stand there.

Every command in a block of `sh` on the pages for those who run a server is run in a folder of its
own, beside a server that works there, or is named in `NOT_RUN` with the reason. `./dev` is a
stand-in for the script: it runs the same programs, which the script would run in the checkout. Who
is spoken of (`ana`, `user_ana_1f3c9a`) is known there, and so are the files.

Of every page it is asked that the commands of `robi` and their options exist, that each setting is
one, and that each link leads somewhere.
"""

import os
import re
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest
from attrs import frozen

from robi import cli
from robi.config import Settings, check
from tests.pages import PAGES, ROOT, anchors, blocks, commands, links, spans

RUN: Final = [
    ROOT / page
    for page in ("README.md", "README.es.md", "docs/operating.md", "docs/troubleshooting.md")
]

NOT_RUN: Final = {
    "./dev serve": "the server of these tests stands for it",
    "./dev test": "it is what runs this",
    "apt ": "it would change this machine; tests/deploy installs into a folder",
    "/opt/robi/": "the same",
    "sudoedit": "the same",
    "systemctl": "the same",
    "git ": "the same",
    "tar ": "the same",
    "chown ": "the same",
    "cp deploy/": "the same",
    "docker": "there is no container engine here",
    "ollama": "a program of others",
    ".venv/bin/python -m uv sync": "it would change the environment of these tests",
    "./dev robi certs show 192.168": "it asks another machine: tests/upkeep/test_certs_commands.py",
    "./dev robi doctor --front": "the same: tests/doctor",
    "./dev robi restore": "the server has to be stopped: tests/upkeep/test_copies.py",
}
"""How commands begin that are not run here, and why."""

ENDS_WITH: Final = {
    "./dev robi forget ana": 2  # it asks whoever sits at a terminal, and here is none
}
"""What commands end with that begin so, where it is not 0."""

ELSEWHERE: Final = {"/mnt/usb": "usb", "sudo robi": "./dev robi"}
"""Places and programs of the machine, and what stands for them in the folder."""

ADDRESS: Final = "192.168.1.20"
KEY: Final = "a-key-for-the-tests-of-documents"
ANA: Final = {"user_id": "user_ana_1f3c9a", "name": "ana"}
_FACE: Final = b64encode(bytes(512)).decode()
_DEV: Final = """#!/bin/sh
program=$1
shift
case $program in
robi) exec "{python}" -m robi.cli "$@" ;;
chat) exec "{python}" "{root}/tools/sim_client.py" "$@" ;;
*) echo "no part of these tests: $program" >&2; exit 99 ;;
esac
"""


# ── what is run ───────────────────────────────────────────────────────────────────────────


@frozen
class Place:
    """A folder in which a server works."""

    folder: Path
    environ: dict[str, str]

    def run(self, command: str) -> "subprocess.CompletedProcess[str]":
        """Run a command as a person would; what it asks is answered with yes."""
        return subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=self.folder,
            # For certificates alone: the doctor would go to that address.
            env={**self.environ, "SERVER_IP": ADDRESS if "certs" in command else ""},
            input="yes\n",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )

    def know_ana(self) -> None:
        """Make her known, who may have been forgotten by a command."""
        httpx.post(
            f"http://127.0.0.1:{self.environ['PORT']}/api/face/register",
            headers={"X-API-Key": KEY},
            json={**ANA, "embedding": _FACE},
            trust_env=False,
        ).raise_for_status()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A folder with a server that answers, and with the files that are spoken of."""
    folder = tmp_path_factory.mktemp("documents")
    (folder / "dev").write_text(_DEV.format(python=sys.executable, root=ROOT), encoding="utf-8")
    (folder / "dev").chmod(0o755)
    (folder / "key.txt").write_text("the-key-of-a-device", encoding="utf-8")
    (folder / "usb").mkdir()
    for name in ("docs", "pages"):
        (folder / name).mkdir()
        tea = folder / name / "tea.md"
        tea.write_text("# Tea\n\nGreen tea wants 80 °C.\n", encoding="utf-8")
    environ = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": os.fspath(folder),
        "PYTHONPATH": os.fspath(ROOT),
        "PYTHONUTF8": "1",
        "API_KEY": KEY,
        "LOG_FILE": "log.jsonl",
        "DRAIN_TIMEOUT_S": "0",
        "RATE_LIMIT_REQUESTS": "100000",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "robi.cli", "serve"],
        cwd=folder,
        env={**environ, "PORT": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        assert server.stdout is not None
        try:
            told = next(filter(None, (re.search(r":(\d+)", line) for line in server.stdout)))
            yield Place(folder, {**environ, "PORT": told[1]})
        finally:
            server.terminate()


def first(table: dict[str, object] | dict[str, str] | dict[str, int], command: str) -> str | None:
    """The entry of `table` with which `command` begins, settings in front of it left aside."""
    bare = re.sub(r"^(?:sudo |[A-Z_]+=\S* )*", "", command)
    return next((begin for begin in table if bare.startswith(begin)), None)


def to_run() -> list[object]:
    """Each command once, by the first page that has it."""
    page_of = dict[str, str]()
    for page in RUN:
        for command in commands(page):
            if first(NOT_RUN, command) is None:
                for place, stand_in in ELSEWHERE.items():
                    command = command.replace(place, stand_in)  # noqa: PLW2901 - as it is run
                page_of.setdefault(command, page.name)
    return [pytest.param(one, id=f"{name}: {one[:60]}") for one, name in page_of.items()]


@pytest.mark.parametrize("command", to_run())
def test_command_of_a_page_does_what_it_should(place: Place, command: str) -> None:
    place.know_ana()
    done = place.run(command)
    wanted = ENDS_WITH.get(first(ENDS_WITH, command) or "", 0)
    assert done.returncode == wanted, done.stdout


@pytest.mark.parametrize("table", [NOT_RUN, ENDS_WITH], ids=["not run", "ends with"])
def test_exceptions_are_of_commands_that_there_are(table: dict[str, object]) -> None:
    met = {first(table, command) for page in RUN for command in commands(page)}
    assert set(table) <= met


# ── what is only looked at ────────────────────────────────────────────────────────────────

_ROBI = re.compile(r"(?:^|/dev |bin/|sudo |exec robi )robi (?P<words>[a-z].*)")
_WORD = re.compile(r"[a-z][a-z-]*")
_OPTION = re.compile(r"(?<!\S)--[a-z][a-z-]*")


def mentioned(page: Path) -> Iterator[tuple[tuple[str, ...], frozenset[str]]]:
    """The commands of `robi` on a page, with the options that they are given there."""
    for text in (*spans(page), *commands(page)):
        for part in re.split(r"\||&&", text):
            if told := _ROBI.search(part.strip()):
                words = told["words"].split()
                whole = 2 if words[0] in {"certs", "keys", "texts"} else 1
                yield (
                    tuple(word for word in words[:whole] if _WORD.fullmatch(word)),
                    frozenset(_OPTION.findall(told["words"])),
                )


def all_mentioned() -> dict[tuple[str, ...], set[str]]:
    found = dict[tuple[str, ...], set[str]]()
    for page in PAGES:
        for command, options in mentioned(page):
            found.setdefault(command, set()).update(options)
    return found


@pytest.mark.parametrize(
    ("command", "options"),
    list(all_mentioned().items()),
    ids=[" ".join(command) for command in all_mentioned()],
)
def test_command_of_robi_that_is_spoken_of_exists_with_its_options(
    command: tuple[str, ...], options: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main([*command, "--help"])
    assert left.value.code == 0
    assert options <= set(_OPTION.findall(capsys.readouterr().out.replace("[", " ")))


@pytest.mark.parametrize("lines", [block for page in PAGES for block in blocks(page, "dotenv")])
def test_settings_of_a_page_can_be_used(lines: str, tmp_path: Path) -> None:
    names = [line.partition("=")[0] for line in lines.splitlines()]
    alternatives = lines.splitlines() if len(set(names)) < len(names) else [lines]
    path = tmp_path / ".env"
    for text in alternatives:
        path.write_text(text, encoding="utf-8")
        assert check.faults_of_dotenv(path) == ()
        Settings.load({}, dotenv_path=path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_link_of_a_page_leads_somewhere(page: Path) -> None:
    for link in links(page):
        if re.match(r"https?:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), link


_PATH = re.compile(r"(?<![\w/.-])(?:deploy|docs|robi|tests|tools)/[\w./-]+\.\w+")
_LATER: Final = ("docs/performance/",)
"""Folders of which a page names files that are written there."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_file_that_a_page_names_is_there(page: Path) -> None:
    named = {path for span in spans(page) for path in _PATH.findall(span)}
    named = {path for path in named if not path.startswith(_LATER)}
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []
