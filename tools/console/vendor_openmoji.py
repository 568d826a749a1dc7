"""Put OpenMoji's drawings into the package: `python -m tools.console.vendor_openmoji`.

Owns which version, and how its drawings are kept: all of them in one archive, each under its code
points without the variation selector FE0F, made smaller without a change that anybody could see:
no space between elements, no comments, no empty groups, no names that nothing refers to. The
archive is the same to the bit each time, so that what is in the repository can be checked.
"""

import base64
import hashlib
import io
import re
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from tools.console.node import npm

VERSION = "17.0.0"
INTEGRITY = (
    "sha512-"
    "EBnYrNGdcdw+OSXmENeNE1yBNRu6tOraTmoOyUbJkTmvT/+XETp8RZLSJFzD3lrPc5N9CzsyPnRTk0Vp4UaI9w=="
)
"""As npm tells it of this version: what comes must be this."""

TARGET = Path(__file__).resolve().parents[2] / "robi" / "web" / "console" / "emoji"
_DRAWING = re.compile(r"package/color/svg/(?P<code>[0-9A-F-]+)\.svg")
_LICENCE = "package/LICENSE.txt"
_SVG = "http://www.w3.org/2000/svg"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The first moment that an archive of this kind can tell."""

ET.register_namespace("", _SVG)
ET.register_namespace("xlink", "http://www.w3.org/1999/xlink")

_REFERENCE = re.compile(r"#([\w-]+)")


class NotAsPromisedError(Exception):
    """What was fetched is not what was pinned."""


def main() -> int:
    """Fetch, check and write; say how much it is."""
    with tempfile.TemporaryDirectory() as folder:
        npm("pack", f"openmoji@{VERSION}", f"--pack-destination={folder}")
        (tarball,) = Path(folder).iterdir()
        package = tarball.read_bytes()
    check(package)
    drawings, licence = unpack(package)
    TARGET.mkdir(exist_ok=True)
    archive = pack(drawings)
    (TARGET / "openmoji.zip").write_bytes(archive)
    (TARGET / "LICENSE.txt").write_bytes(licence)
    (TARGET / "NOTICE.txt").write_text(_NOTICE, encoding="utf-8")
    print(f"{len(drawings)} drawings, {len(archive):,} bytes")
    return 0


_NOTICE = f"""The drawings of emoji are those of OpenMoji {VERSION}, https://openmoji.org,
the open-source emoji and icon project, by its contributors.
License: CC BY-SA 4.0, https://creativecommons.org/licenses/by-sa/4.0/ (LICENSE.txt).

They are changed in one thing: what cannot be seen was taken out (space between elements, comments,
empty groups, unused names), and they are kept in one archive under their code points without FE0F.
"""


def check(package: bytes) -> None:
    """Refuse a package that is not the pinned one.

    Raises:
        NotAsPromisedError: it is not.
    """
    found = "sha512-" + base64.b64encode(hashlib.sha512(package).digest()).decode()
    if found != INTEGRITY:
        raise NotAsPromisedError(found)


def unpack(package: bytes) -> tuple[dict[str, bytes], bytes]:
    """Return the drawings of an npm package by their code points, made smaller; and the licence."""
    drawings: dict[str, bytes] = {}
    licence = b""
    with tarfile.open(fileobj=io.BytesIO(package)) as tar:
        for name, content in _files(tar):
            if match := _DRAWING.fullmatch(name):
                drawings[match["code"].replace("-FE0F", "")] = smaller(content)
            elif name == _LICENCE:
                licence = content
    return drawings, licence


def _files(tar: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    for member in tar:
        if member.isfile() and (file := tar.extractfile(member)) is not None:
            yield member.name, file.read()


def smaller(drawing: bytes) -> bytes:
    """Return the same drawing without what cannot be seen."""
    root = ET.fromstring(drawing)  # noqa: S314 - of a package whose bytes are known
    referred = set(_REFERENCE.findall(drawing.decode()))
    for element in root.iter():
        element.text = (element.text or "").strip() or None
        element.tail = (element.tail or "").strip() or None
        if element.get("id") not in referred:
            element.attrib.pop("id", None)
    root.attrib.pop("version", None)
    _prune(root)
    return str(ET.tostring(root, encoding="unicode")).replace(" />", "/>").encode()


def _prune(element: ET.Element) -> None:
    """Take out groups that hold nothing, from the innermost outwards."""
    for child in list(element):
        _prune(child)
        if child.tag == f"{{{_SVG}}}g" and not len(child) and "id" not in child.attrib:
            element.remove(child)


def pack(drawings: dict[str, bytes]) -> bytes:
    """Return the archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for code, drawing in sorted(drawings.items()):
            archive.writestr(zipfile.ZipInfo(code, _LONG_AGO), drawing, zipfile.ZIP_DEFLATED, 9)
    return buffer.getvalue()


if __name__ == "__main__":
    sys.exit(main())
