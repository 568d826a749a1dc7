"""What is said between a process that wants a text read and the one that reads it.

Owns the command, the limits that the reading process sets upon itself, and both messages. The
question goes to its standard input: a line of JSON, then the bytes of the file; the answer comes
from its standard output, in JSON. Whatever else comes of it is a text that cannot be read.
"""

import os
import resource
import signal
import sys
from typing import Any, Final

import orjson

from robi.errors import RobiError
from robi.texts.base import KINDS, MAX_CUT, MAX_CUTS, MAX_TITLE, WRONG, Cut, Read, TextUnreadable

WITHIN: Final = 60.0
"""Seconds that the reading of a text may take in all, …"""
CPU_S: Final = 40
"""… and of a processor: the largest text that may be took 12 here."""
MEMORY: Final = 768 * 1024 * 1024
"""Bytes of address space: Python and lxml take 100 MiB, the largest text some 350."""
MAX_ANSWER: Final = 48 * 1024 * 1024
"""Bytes: all characters that a text may have, escaped, and their headings."""

_NICE: Final = 10
"""Robots that are talked with go first."""
_FILES: Final = 64
_PASSED_ON: Final = ("PATH", "LANG", "LC_ALL", "TMPDIR")
_TOO_MUCH: Final = {
    signal.SIGXCPU: "reading it takes too long",
    signal.SIGKILL: "reading it takes too long",
}
_GONE_WRONG: Final = "its reader broke on it"


def command() -> list[str]:
    """Return what is run: this Python, which imports only what is installed."""
    return [sys.executable, "-I", "-m", "robi.texts"]


def environment() -> dict[str, str]:
    """Return what the process may know of ours: no key of any kind."""
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ}


def limit(memory: int = MEMORY, cpu_s: int = CPU_S) -> None:
    """Set bounds for the process that calls it, for good."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes to a pipe, and nothing else
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES, _FILES))
    os.nice(_NICE)


def question(data: bytes, told: str | None, name: str) -> bytes:
    """Return what the process is asked."""
    return orjson.dumps({"told": told, "name": name}) + b"\n" + data


def asked(message: bytes) -> tuple[bytes, str | None, str]:
    """Return what was asked: the bytes, the kind that was told, and the name."""
    head, _, data = message.partition(b"\n")
    said = orjson.loads(head)
    return data, said["told"], said["name"]


def told(read: Read) -> bytes:
    """Return what the process says of a text that it has read."""
    cuts = [(cut.heading, cut.anchor, cut.place, cut.words) for cut in read.cuts]
    return orjson.dumps(
        {
            "title": read.title,
            "kind": read.kind,
            "cuts": cuts,
            "slug": read.slug,
            "name": read.name,
        }
    )


def told_wrong(wrong: RobiError) -> bytes:
    """Return what the process says of one that it cannot read."""
    name = type(wrong).__name__
    if name not in WRONG:
        raise wrong
    return orjson.dumps({"wrong": name, "why": wrong.details})


def answer(message: bytes, exit_code: int | None) -> Read:
    """Return what was read.

    Args:
        message: all that the process wrote.
        exit_code: as `subprocess` has it; None if it was ended for it took too long.

    Raises:
        TextUnreadable, UnsupportedFileFormat, FileTooLarge: as it was told; or it was not told
            anything that can be believed.
    """
    if exit_code is None:
        raise TextUnreadable(_TOO_MUCH[signal.SIGXCPU])
    if exit_code != 0:
        why = _TOO_MUCH.get(signal.Signals(-exit_code)) if exit_code < 0 else None
        raise TextUnreadable(why or _GONE_WRONG)
    try:
        said = orjson.loads(message)
        wrong = WRONG[said["wrong"]](str(said["why"])) if "wrong" in said else None
        read = None if wrong else _read(said)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        raise TextUnreadable(_GONE_WRONG) from None
    if read is None:
        raise wrong or TextUnreadable(_GONE_WRONG)
    return read


def _read(said: Any) -> Read:
    cuts = tuple(_cut(*told) for told in said["cuts"])
    if not 0 < len(cuts) <= MAX_CUTS or said["kind"] not in KINDS:
        raise ValueError
    return Read(
        _text(said["title"], MAX_TITLE),
        said["kind"],
        cuts,
        sum(len(cut.words) for cut in cuts),
        said["slug"] and _text(said["slug"]),
        said["name"] and _text(said["name"]),
    )


def _cut(heading: Any, anchor: Any, place: Any, words: Any) -> Cut:
    path = tuple(_text(above, MAX_TITLE) for above in heading)
    return Cut(path, _text(anchor), _text(place), _text(words, MAX_CUT))


def _text(said: Any, most: int | None = None) -> str:
    if not isinstance(said, str) or (most is not None and len(said) > most):
        raise ValueError
    return said
