"""The certificate that is watched: where it is, and when it ends.

Owns the one date that a server wants of its certificate, and how early it says that this is near.
The few fields before that date are read here by hand (RFC 5280 §4.1, DER by X.690), for the package
that reads all of them would cost a server 12 MB and 80 ms for that alone. Making certificates, and
everything else about them, is `robi certs`.
"""

import re
from base64 import b64decode
from datetime import UTC, datetime
from math import floor
from pathlib import Path
from typing import Final, Literal

from attrs import frozen

from robi.config.settings import Settings
from robi.errors import ConfigurationError

State = Literal["valid", "expiring", "expired"]

FOLDER: Final = "certs"
NAME: Final = "robi.pem"
"""What `robi certs` makes: this file in this folder of `DATA_DIR`."""

WARN_DAYS: Final = 30
"""So early is said that a certificate ends: a month has a weekend in it for everyone."""

DAY_S: Final = 86_400

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)
_LONGEST: Final = 1024 * 1024
_LONG_FORM = 0x80
_VERSION, _UTC_TIME, _GENERALIZED_TIME = 0xA0, 0x17, 0x18
_PIVOT = 50
"""Years of two digits: below it those of 2000, else of 1900 (RFC 5280 §4.1.2.5.1)."""


class CertificateUnusable(ConfigurationError):
    """A certificate is not there, cannot be read, or is none; `details` says which and why."""


@frozen
class Watched:
    """A certificate, and when it ends, in Unix seconds."""

    path: Path
    not_after: float

    def days_left(self, now: float) -> int:
        """Return the whole days until its end; negative once it is over."""
        return days_left(self.not_after, now)

    def state(self, now: float) -> State:
        """Return how it is."""
        return state(self.not_after, now)


def days_left(not_after: float, now: float) -> int:
    """Return the whole days from `now` until `not_after`; negative once that is over."""
    return floor((not_after - now) / DAY_S)


def state(not_after: float, now: float) -> State:
    """Return how a certificate is that ends at `not_after`."""
    if now > not_after:
        return "expired"
    return "expiring" if days_left(not_after, now) < WARN_DAYS else "valid"


def path_of(settings: Settings) -> Path | None:
    """Return which certificate is watched: the one that is named, or ours; None if neither is."""
    if settings.tls_cert_file is not None:
        return settings.tls_cert_file
    ours = settings.data_dir / FOLDER / NAME
    try:
        return ours if ours.exists() else None
    except OSError:  # who may not look cannot say that it is not there
        return ours


def watched(path: Path) -> Watched:
    """Read when the first certificate in `path` to end does so: a chain is as good as its weakest.

    Raises:
        CertificateUnusable: it cannot be read, or no certificate is in it.
    """
    try:
        with path.open("rb") as file:
            found = _PEM.findall(file.read(_LONGEST))
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror}"
        raise CertificateUnusable(msg) from error
    if not found:
        msg = f"{path} holds no certificate (PEM)"
        raise CertificateUnusable(msg)
    try:
        return Watched(path, min(not_after(b64decode(text)) for text in found))
    except (ValueError, IndexError) as error:
        msg = f"{path} is damaged: its end cannot be read"
        raise CertificateUnusable(msg) from error


def not_after(der: bytes) -> float:
    """Return when a certificate ends, in Unix seconds.

    Raises:
        ValueError, IndexError: it is none.
    """
    _, at, _ = _element(der, 0)  # Certificate
    _, at, _ = _element(der, at)  # TBSCertificate
    tag, _, end = _element(der, at)
    if tag == _VERSION:  # left out in version 1
        at = end
    for _ in ("serialNumber", "signature", "issuer"):
        _, _, at = _element(der, at)
    _, at, _ = _element(der, at)  # Validity
    _, _, at = _element(der, at)  # notBefore
    tag, at, end = _element(der, at)
    return _moment(tag, der[at:end].decode("ascii"))


def _element(der: bytes, at: int) -> tuple[int, int, int]:
    """Return the tag of the element at `at`, and where its content begins and ends."""
    tag, length, begin = der[at], der[at + 1], at + 2
    if length & _LONG_FORM:
        octets = length - _LONG_FORM
        length = int.from_bytes(der[begin : begin + octets], "big")
        begin += octets
    if begin + length > len(der):
        msg = "it ends within an element"
        raise ValueError(msg)
    return tag, begin, begin + length


def _moment(tag: int, text: str) -> float:
    if tag == _UTC_TIME:
        text = ("20" if int(text[:2]) < _PIVOT else "19") + text
    elif tag != _GENERALIZED_TIME:
        msg = f"{tag:#x} is no time"
        raise ValueError(msg)
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC).timestamp()
