"""Which files are meant by those who add texts.

Owns how a folder is walked: what may be a text is taken, by its suffix; what is hidden is passed
over, and what others' packages bring, and what begins with `_`: of that Docusaurus builds no page.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from attrs import frozen

from robi.errors import ConfigurationError
from robi.texts.kinds import SUFFIXES

_PASSED_OVER: Final = {"node_modules", "__pycache__"}


class TextRefused(ConfigurationError):
    """There is no such file or text, or what is asked of it makes no sense."""


@frozen
class File:
    """A file to be read, and what it is called within what was asked for, with `/`."""

    path: Path
    name: str


@frozen
class Found:
    """What is meant by some paths.

    Args:
        partials: names that begin with `_` and were passed over; those of folders end with `/`.
    """

    files: tuple[File, ...]
    partials: tuple[str, ...]


def files(paths: Sequence[Path]) -> Found:
    """Return the files that are meant: those named, and of folders all that may be texts.

    Raises:
        TextRefused: there is nothing there.
    """
    found: list[File] = []
    partials: list[str] = []
    for path in paths:
        if path.is_dir():
            for each in _walk(path):
                name = each.relative_to(path).as_posix()
                if each.name.startswith("_"):
                    partials.append(f"{name}/" if each.is_dir() else name)
                else:
                    found.append(File(each, name))
        elif path.is_file():
            found.append(File(path, path.name))
        else:
            message = f"there is no {path}"
            raise TextRefused(message)
    if not found:
        ends = ", ".join(SUFFIXES)
        message = f"there is no text in it (a text ends in {ends}, and does not begin with _)"
        raise TextRefused(message)
    return Found(tuple(found), tuple(partials))


def _walk(folder: Path) -> Iterator[Path]:
    """Yield what may be a text, and what is passed over for its `_`."""
    for each in sorted(folder.iterdir(), key=lambda path: path.name):
        if each.name.startswith(".") or each.name in _PASSED_OVER:
            continue
        if each.is_dir() and not each.is_symlink():  # a link may lead in a circle
            yield from [each] if each.name.startswith("_") else _walk(each)
        elif each.is_file() and each.suffix.lower() in SUFFIXES:
            yield each
