"""The QR code of an app: what is in it, and that it is drawn as it is."""

from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import pytest
import segno

from robi.upkeep.certs import Fingerprint
from robi.upkeep.certs_qr import Invitation, half_blocks, svg

PIN = Fingerprint(bytes(range(0xE0, 0x100)))
KEY = "k/y+1=&?"
URI = Invitation("192.168.1.20:9393", PIN, KEY).uri


def test_invitation_is_one_uri_with_everything_in_it() -> None:
    assert Invitation("192.168.1.20:9393", PIN, "abc").uri == (
        "robi://pair?v=1&host=192.168.1.20:9393"
        "&pin=4OHi4-Tl5ufo6err7O3u7_Dx8vP09fb3-Pn6-_z9_v8&key=abc"
    )


@pytest.mark.parametrize("host", ["192.168.1.20:9393", "[fd00::1]:9393", "robi.local:443"])
def test_invitation_is_read_as_any_query(host: str) -> None:
    parts = urlsplit(Invitation(host, PIN, KEY).uri)
    values = parse_qs(parts.query, strict_parsing=True)
    assert (parts.scheme, parts.netloc) == ("robi", "pair")
    assert (values["host"], values["key"]) == ([host], [KEY])


def test_invitation_without_pin_or_key_leaves_them_out() -> None:
    assert Invitation("robi.example:443").uri == "robi://pair?v=1&host=robi.example:443"


def modules(lines: list[str]) -> list[tuple[int, ...]]:
    """Read half blocks back."""
    rows = []
    for line in lines:
        rows.append(tuple(int(half in "▀█") for half in line))
        rows.append(tuple(int(half in "▄█") for half in line))
    return rows


def test_half_blocks_are_the_modules_with_their_quiet_zone() -> None:
    expected = [
        tuple(row) for row in segno.make_qr(URI, error="m", boost_error=False).matrix_iter(border=4)
    ]
    drawn = modules(list(half_blocks(URI, coloured=False)))
    assert drawn[: len(expected)] == expected
    assert not any(any(row) for row in drawn[len(expected) :])


def test_half_blocks_for_a_terminal_are_black_on_white_whatever_its_colours() -> None:
    plain, coloured = (list(half_blocks(URI, coloured=how)) for how in (False, True))
    assert coloured == [f"\x1b[38;5;16;48;5;231m{line}\x1b[0m" for line in plain]


def test_svg_is_a_square_of_its_own() -> None:
    drawing = ET.fromstring(svg(URI))  # noqa: S314 - our own
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
    assert drawing.get("width") == drawing.get("height")
