"""What all commands share: the settings, where the server is, and words for whoever runs them.

Owns both streams: what was asked for goes to standard output, what is wrong to standard error.
"""

import argparse
import contextlib
import os
import sys
from urllib.parse import urlunsplit

from robi.config import Settings

WRONG = 1
"""Exit code: something is wrong, and was said on standard error."""

UNUSABLE = 2
"""Exit code: settings or arguments that cannot be used."""

BY_KEYBOARD = 130
"""Exit code: stopped from the keyboard."""


def load(arguments: argparse.Namespace) -> Settings:
    """Read the settings, with what was said on the command line above all."""
    said = {"HOST": arguments.host, "PORT": arguments.port}
    return Settings.load({**os.environ, **{k: v for k, v in said.items() if v is not None}})


def local_url(settings: Settings, path: str) -> str:
    """Return where a server with these settings is reached from this machine."""
    any_address = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - to be replaced
    host = any_address.get(settings.host, settings.host)
    place = f"[{host}]" if ":" in host else host
    return urlunsplit(("http", f"{place}:{settings.port}", path, "", ""))


def say(*lines: str) -> None:
    """Tell the person, at once."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def note(words: str) -> None:
    """Tell whoever watches the server start, if anyone; unread, it must not keep it from starting.

    Unbuffered: what stays in a buffer would be tried again, and fail, at exit.
    """
    if sys.stdout is not None:
        with contextlib.suppress(OSError):
            os.write(sys.stdout.fileno(), f"{words}\n".encode())


def complain(*lines: str) -> None:
    """Tell the person what is wrong, beside whatever the output is used for."""
    sys.stderr.write("".join(f"{line}\n" for line in lines))
