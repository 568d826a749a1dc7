"""OpenMoji's drawings of emoji: all of them, in one archive of the package.

Owns how a drawing is found by its code points. They are told as in protocol.md: hexadecimal, joined
by hyphens. The variation selector FE0F counts for nothing, since robots, phones and OpenMoji each
have their own mind about where it belongs. It is read into memory when the first drawing is
asked for, 8 MB with its names: a server that no browser visits has nothing of it, and no file stays
open. `tools/console/vendor_openmoji.py` has made it.
"""

import re
from io import BytesIO
from pathlib import Path
from threading import Lock
from zipfile import ZipFile

from attrs import define, field

_CODE = re.compile(r"[0-9A-F]{4,6}(-[0-9A-F]{4,6}){0,15}")


@define(eq=False)
class Drawings:
    """The drawings of the archive at `place`."""

    _place: Path
    _archive: ZipFile | None = field(default=None, init=False)
    _opening: Lock = field(factory=Lock, init=False)

    def find(self, code: str) -> bytes | None:
        """Return the SVG of these code points; None if there is none.

        It blocks, and may be called by several threads at once.
        """
        if not _CODE.fullmatch(code):
            return None
        try:
            return self._opened().read(code.replace("-FE0F", ""))
        except KeyError:
            return None

    def _opened(self) -> ZipFile:
        with self._opening:
            if self._archive is None:
                self._archive = ZipFile(BytesIO(self._place.read_bytes()))
            return self._archive
