"""A text is read in a process of its own: whatever becomes of that one, nothing becomes of ours."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import trio

from robi.errors import FileTooLarge, UnsupportedFileFormat
from robi.texts import child
from robi.texts.apart import read_apart
from robi.texts.base import TextUnreadable
from robi.texts.reading import read
from tests.texts.books import epub, pdf
from tests.texts.test_reading import FILES, SAID

BOUND_S = 60


def python(code: str) -> list[str]:
    return [sys.executable, "-I", "-c", code]


@pytest.mark.parametrize("kind", ["markdown", "html", "pdf", "epub"])
async def test_file_read_apart_is_what_it_would_be_here(kind: str) -> None:
    data = {**FILES}[kind]  # type: ignore[index]
    assert await read_apart(data, None, "x.md") == read(data, None, "x.md")


@pytest.mark.parametrize(
    ("data", "wrong", "why"),
    [
        (b"\x89PNG", UnsupportedFileFormat, "Markdown"),
        (b"a " * 1_500_000, FileTooLarge, "longer"),
        (pdf([[(11.0, 700.0, "x")]]), TextUnreadable, "only pictures"),
        (epub({"a.xhtml": SAID})[:-40], TextUnreadable, "damaged"),
    ],
)
async def test_what_is_wrong_with_a_file_is_told(
    data: bytes, wrong: type[Exception], why: str
) -> None:
    with pytest.raises(wrong, match=why):
        await read_apart(data, None, "x.txt")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        # It neither reads nor ends …
        ("import time; time.sleep(600)", "too long"),
        # … eats memory, with the limits that the reader has …
        ("from robi.texts import child; child.limit(); bytearray(2**31)", "broke"),
        # … eats a processor …
        ("from robi.texts import child; child.limit(cpu_s=1)\nwhile True: pass", "too long"),
        # … breaks, as C code does …
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "broke"),
        # … says something else, or nothing at all.
        ("print('hola')", "broke"),
        ("pass", "broke"),
    ],
)
async def test_reader_that_goes_wrong_is_a_text_that_cannot_be_read(code: str, why: str) -> None:
    within = 0.3 if "sleep" in code else BOUND_S
    with trio.fail_after(BOUND_S), pytest.raises(TextUnreadable, match=why):
        await read_apart(b"x" * 1_000_000, None, "x", command=python(code), within=within)


async def test_reader_that_never_stops_talking_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "MAX_ANSWER", 1_000_000)
    talking = python("import os\nwhile True: os.write(1, b'a' * 65536)")
    with trio.fail_after(BOUND_S), pytest.raises(TextUnreadable, match="never ends"):
        await read_apart(b"x", None, "x", command=talking)


async def test_reader_that_cannot_be_started_says_so() -> None:
    with pytest.raises(TextUnreadable, match="No such file"):
        await read_apart(b"x", None, "x", command=["/nowhere/python"])


async def test_reader_that_nobody_waits_for_is_ended(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    code = f"""
import os, pathlib, time
pathlib.Path({str(mark) + ".part"!r}).write_text(str(os.getpid()))
os.rename({str(mark) + ".part"!r}, {str(mark)!r})
time.sleep(600)"""
    with trio.fail_after(BOUND_S):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(lambda: read_apart(b"x", None, "x", command=python(code)))
            while not mark.exists():  # noqa: ASYNC110 (another process makes it)
                await trio.sleep(0.02)
            nursery.cancel_scope.cancel()
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)


def test_nothing_of_the_readers_is_loaded_with_the_server() -> None:
    code = (
        "import sys, robi.tree, robi.texts.apart, robi.upkeep.texts;"
        "print([name for name in ('lxml', 'markdown_it', 'pypdf') if name in sys.modules])"
    )
    done = subprocess.run(python(code), capture_output=True, check=True, timeout=BOUND_S)
    assert done.stdout == b"[]\n"


def test_reader_is_limited_in_all_that_it_could_take() -> None:
    code = (
        "import os, resource as r; from robi.texts import child; child.limit();"
        "print([r.getrlimit(x)[0] for x in (r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_FSIZE)])"
    )
    done = subprocess.run(python(code), capture_output=True, check=True, timeout=BOUND_S)
    assert done.stdout.decode().strip() == str([child.MEMORY, child.CPU_S, 0])
