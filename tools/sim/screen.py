"""The only place that writes to a terminal, a pipe or a file.

Owns where the cursor is (a line begun or not, a prompt shown or not) and whether colours are
used: only on a terminal, and not when `NO_COLOR` is set (https://no-color.org).
"""

import unicodedata
from collections.abc import Mapping
from typing import Literal, TextIO

from attrs import define, field

Style = Literal["dim", "bold", "red", "yellow", "cyan"]

_SGR: Mapping[Style, str] = {"dim": "2", "bold": "1", "red": "31", "yellow": "33", "cyan": "36"}
PROMPT = "> "


def wants_colour(out: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether to colour what goes to `out`."""
    return out.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def printable(text: str) -> str:
    """Return `text` without control characters: a server's words must not steer a terminal."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")


@define
class Screen:
    """Lines and pieces of lines, each flushed as it is written."""

    out: TextIO
    colour: bool = False
    _open: bool = field(default=False, init=False)
    _prompted: bool = field(default=False, init=False)

    def line(self, text: str = "", style: Style | None = None) -> None:
        """Write `text` on a line of its own."""
        self.finish()
        self._write(self._styled(printable(text), style) + "\n")

    def piece(self, text: str, style: Style | None = None) -> None:
        """Write `text` where the last piece ended."""
        if self._prompted:
            self.finish()
        self._write(self._styled(printable(text), style))
        if text:
            self._open = not text.endswith("\n")

    def prompt(self) -> None:
        """Invite to type, unless the invitation stands already."""
        if not self._prompted:
            self.finish()
            self._write(self._styled(PROMPT, "cyan"))
            self._prompted = True

    def typed(self) -> None:
        """A line was typed: its Enter has ended the prompt's line."""
        self._prompted = self._open = False

    def record(self, text: str) -> None:
        """Write `text` as it is, for a machine."""
        self._write(text + "\n")

    def finish(self) -> None:
        """Go to a fresh line, unless on one already."""
        if self._prompted:
            self._write("\r\x1b[K" if self.colour else "\n")
        elif self._open:
            self._write("\n")
        self._prompted = self._open = False

    def _styled(self, text: str, style: Style | None) -> str:
        if not self.colour or style is None or not text:
            return text
        return f"\x1b[{_SGR[style]}m{text}\x1b[0m"

    def _write(self, text: str) -> None:
        self.out.write(text)
        self.out.flush()
