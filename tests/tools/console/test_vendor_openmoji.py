"""OpenMoji in the package: what is taken out of a drawing, what is not, and which one it is."""

import io
import tarfile
from zipfile import ZipFile

import pytest

from tools.console.vendor_openmoji import TARGET, NotAsPromisedError, check, pack, smaller, unpack

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 72 72">'


def test_what_nobody_sees_is_taken_out() -> None:
    drawing = (
        f'{SVG.replace(">", " ", 1)} id="emoji" version="1.1">\n  <!-- by hand -->\n'
        '  <g id="hair"/>\n  <g id="skin"><g/>\n</g>\n  <g id="line">\n'
        '    <path fill="none" d="M1 1 2 2"/>\n  </g>\n</svg>\n'
    )
    assert smaller(drawing.encode()).decode() == (
        f'{SVG}<g><path fill="none" d="M1 1 2 2"/></g></svg>'
    )


@pytest.mark.parametrize(
    "seen",
    [
        '<clipPath id="a"><circle r="1"/></clipPath><g clip-path="url(#a)"><path d="M0,0"/></g>',
        '<g id="b"/><use href="#b"/>',
        '<circle cx="36.0001" cy="36" r="22.9999" fill="#fcea2b"/>',
        '<g opacity=".5"><path/></g>',
    ],
)
def test_what_may_be_seen_stays_as_it_is(seen: str) -> None:
    drawing = f"{SVG}{seen}</svg>"
    assert smaller(drawing.encode()).decode() == drawing


def test_package_gives_its_coloured_drawings_without_the_selector_and_its_licence() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in {
            "package/color/svg/2764.svg": f"{SVG}<path/></svg>",
            "package/color/svg/0031-FE0F-20E3.svg": f"{SVG}<circle/></svg>",
            "package/black/svg/2764.svg": "another",
            "package/LICENSE.txt": "licence",
            "package/README.md": "words",
        }.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content.encode()))
    drawings, licence = unpack(buffer.getvalue())
    assert sorted(drawings) == ["0031-20E3", "2764"]
    assert licence == b"licence"


def test_package_that_is_not_the_pinned_one_is_refused() -> None:
    with pytest.raises(NotAsPromisedError, match=r"^sha512-"):
        check(b"another")


def test_archive_is_the_same_whenever_it_is_made() -> None:
    assert pack({"B": b"2", "A": b"1"}) == pack({"A": b"1", "B": b"2"})


def test_archive_of_the_repository_is_what_the_tool_makes_of_its_drawings() -> None:
    kept = (TARGET / "openmoji.zip").read_bytes()
    with ZipFile(io.BytesIO(kept)) as archive:
        drawings = {name: archive.read(name) for name in archive.namelist()}
        dates = {info.date_time for info in archive.infolist()}
    assert dates == {(1980, 1, 1, 0, 0, 0)}
    assert list(drawings) == sorted(drawings)
    assert all(smaller(drawing) == drawing for drawing in list(drawings.values())[::50])
