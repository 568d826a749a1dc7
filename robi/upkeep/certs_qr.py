"""The QR code by which an app learns its server: where it is, its key, and the pin of its
certificate.

Owns the invitation that is in it, one URI:

    robi://pair?v=1&host=192.168.1.20:9393&pin=PIN&key=KEY

* `v` is `1`. An app that is given another version asks to be updated.
* `host` is address and port; IPv6 in brackets. The robot's WebSocket is `wss://HOST/ws/interact`,
  REST is under `https://HOST/api/`.
* `pin` is the SHA-256 of the SubjectPublicKeyInfo, base64url without padding: 43 characters. With
  it, the app takes a chain if and only if a public key in it has this hash and its first
  certificate names the host. It is left out for a certificate that every phone trusts.
* `key` is what is sent as `api_key` and in `X-API-Key`. Without it, the app asks for one.

Values are percent-encoded as in any query, and unknown parameters are passed over. An app should
scan it by itself and not register the scheme: a phone's camera would give the key to whichever app
has registered it first.

The terminal gets black half blocks on white, two rows a line, whatever its colours are; a file gets
SVG. Correction is of level M: a screen has scratches and reflections, but is never torn.
"""

import io
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import segno
from attrs import frozen

from robi.upkeep.certs import Fingerprint

VERSION = "1"

_BORDER = 4
"""Modules of white around it, which scanners need (ISO/IEC 18004 §9.1)."""

_SVG_SCALE = 8
_BLACK_ON_WHITE, _RESET = "\x1b[38;5;16;48;5;231m", "\x1b[0m"
_HALVES = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}


@frozen
class Invitation:
    """What an app must know; `host` is with its port, as in a URL."""

    host: str
    pin: Fingerprint | None = None
    key: str | None = None

    @property
    def uri(self) -> str:
        """Return it in its one written form."""
        given = {"v": VERSION, "host": self.host}
        if self.pin is not None:
            given["pin"] = urlsafe_b64encode(self.pin.digest).decode("ascii").rstrip("=")
        if self.key is not None:
            given["key"] = self.key
        return f"robi://pair?{urlencode(given, quote_via=quote, safe=':[]')}"


def half_blocks(text: str, *, coloured: bool) -> Iterator[str]:
    """Yield `text` as a QR code, a line for two rows; `coloured` for a terminal."""
    rows = [list(row) for row in _code(text).matrix_iter(border=_BORDER)]
    if len(rows) % 2:
        rows.append([0] * len(rows[0]))
    for upper, lower in zip(rows[::2], rows[1::2], strict=True):
        pairs = zip(upper, lower, strict=True)
        line = "".join(_HALVES[bool(above), bool(below)] for above, below in pairs)
        yield f"{_BLACK_ON_WHITE}{line}{_RESET}" if coloured else line


def svg(text: str) -> bytes:
    """Return `text` as a QR code in SVG, black on white."""
    out = io.BytesIO()
    _code(text).save(out, kind="svg", scale=_SVG_SCALE, border=_BORDER, light="#fff")
    return out.getvalue()


def _code(text: str) -> segno.QRCode:
    return segno.make_qr(text, error="m", boost_error=False)
