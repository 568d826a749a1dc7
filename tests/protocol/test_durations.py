"""How long media last: tiny files built by hand, and garbage."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robi.protocol import durations
from robi.protocol.media import duration_s

MIMES = (
    "audio/wav", "audio/aac", "audio/ogg", "audio/webm", "audio/mp4", "audio/flac", "audio/mpeg",
)  # fmt: skip
UNKNOWN = 0xFFFFFFFF


def wav(size: int, there: int, before: bytes = b"") -> bytes:
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 16_000, 32_000, 2, 16)
    return b"RIFF\0\0\0\0WAVE" + form + before + struct.pack("<4sI", b"data", size) + bytes(there)


def ogg_page(granule: int, body: bytes = b"", version: int = 0) -> bytes:
    return b"OggS" + bytes((version, 0)) + struct.pack("<q", granule) + bytes(12) + b"\1" + body


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), name) + body


def mvhd(version: int, scale: int, duration: int) -> bytes:
    if version:
        return box(b"mvhd", b"\1\0\0\0" + bytes(16) + struct.pack(">IQ", scale, duration))
    return box(b"mvhd", bytes(4) + bytes(8) + struct.pack(">II", scale, duration))


def element(name: str, body: bytes) -> bytes:
    return bytes.fromhex(name) + bytes((0x80 | len(body),)) + body


def endless(name: str, body: bytes) -> bytes:
    return bytes.fromhex(name) + b"\x01" + b"\xff" * 7 + body


OPUS = ogg_page(0, b"OpusHead\1\1" + struct.pack("<HI", 312, 16_000))
VORBIS = ogg_page(0, b"\1vorbis" + bytes(5) + struct.pack("<I", 22_050))
ADTS = bytes.fromhex("fff15080010000") + b"\0"
MP3 = bytes.fromhex("fffb9064")
FLAC = b"fLaC\0\0\0\x22" + bytes(10) + (16_000 << 44 | 24_000).to_bytes(8, "big") + bytes(16)
EBML = element("1a45dfa3", b"")
BLOCKS = (
    element("e7", b"\x03\xe8")  # this cluster begins at 1000 ms
    + element("a3", b"\x81\x00\x00\x80")
    + element("a3", b"\x81\x01\xf4\x80")  # 500 ms later
)


@pytest.mark.parametrize(
    ("mime", "data", "seconds"),
    [
        ("audio/wav", wav(32_000, 32_000), 1.0),
        ("audio/wav", wav(32_000, 32_000, before=b"LIST\3\0\0\0abc\0"), 1.0),
        ("audio/wav", wav(UNKNOWN, 16_000), 0.5),
        ("audio/wav", wav(0, 16_000), 0.5),
        ("audio/wav", wav(0, 0), None),
        ("audio/flac", FLAC, 1.5),
        ("audio/flac", FLAC[:20], None),
        ("audio/aac", ADTS * 100, 100 * 1024 / 44_100),
        ("audio/aac", ADTS * 3 + b"no frame at all", 3 * 1024 / 44_100),
        ("audio/aac", b"", None),
        ("audio/mpeg", MP3 + bytes(15_996), 1.0),
        ("audio/mpeg", MP3 + bytes(32) + b"Xing" + struct.pack(">II", 1, 50), 50 * 1152 / 44_100),
        ("audio/mpeg", MP3 + bytes(32) + b"Info" + struct.pack(">II", 0, 50), 48 * 8 / 128_000),
        ("audio/ogg", OPUS + ogg_page(48_312), 1.0),
        ("audio/ogg", OPUS + ogg_page(48_312) + ogg_page(-1), 1.0),
        ("audio/ogg", OPUS + ogg_page(48_312) + ogg_page(96_000, version=1), 1.0),
        ("audio/ogg", VORBIS + ogg_page(11_025), 0.5),
        ("audio/ogg", OPUS, None),
        ("audio/ogg", ogg_page(0, b"Speex   ") + ogg_page(16_000), None),
        ("audio/mp4", box(b"ftyp", b"M4A ") + box(b"moov", mvhd(0, 1000, 2500)), 2.5),
        ("video/mp4", box(b"moov", box(b"free", b"") + mvhd(1, 1000, 2500)), 2.5),
        ("video/mp4", box(b"moov", mvhd(0, 1000, 0)), None),
        ("video/mp4", box(b"moov", mvhd(0, 0, 5)), None),
        (
            "audio/webm",
            EBML
            + endless("18538067", element("1549a966", element("4489", struct.pack(">d", 2500)))),
            2.5,
        ),
        (
            "audio/webm",
            EBML
            + endless(
                "18538067",
                element(
                    "1549a966",
                    element("2ad7b1", (100_000).to_bytes(3, "big"))
                    + element("4489", struct.pack(">f", 2500)),
                ),
            ),
            0.25,
        ),
        ("video/webm", EBML + endless("18538067", endless("1f43b675", BLOCKS)), 1.5),
        ("video/webm", EBML + endless("18538067", b""), None),
        (
            "video/webm",
            EBML
            + endless("18538067", element("1549a966", element("4489", b"\x7f\xf8" + bytes(6)))),
            None,
        ),
    ],
)
def test_duration_is_read_from_the_bytes(mime: str, data: bytes, seconds: float | None) -> None:
    assert duration_s(mime, data) == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize("mime", MIMES)
@given(data=st.binary(max_size=200))
def test_duration_of_garbage_never_raises(mime: str, data: bytes) -> None:
    seconds = duration_s(mime, data)
    assert seconds is None or seconds > 0


WHOLE = {
    "audio/wav": wav(320, 320),
    "audio/aac": ADTS * 3,
    "audio/ogg": OPUS + ogg_page(48_312),
    "audio/webm": EBML + endless("18538067", endless("1f43b675", BLOCKS)),
    "audio/mp4": box(b"ftyp", b"M4A ") + box(b"moov", mvhd(1, 1000, 2500)),
    "audio/flac": FLAC,
    "audio/mpeg": MP3 + bytes(32) + b"Xing" + struct.pack(">II", 1, 50),
}


@pytest.mark.parametrize("mime", MIMES)
@given(data=st.data())
def test_duration_of_a_damaged_file_never_raises(mime: str, data: st.DataObject) -> None:
    damaged = bytearray(WHOLE[mime])
    del damaged[data.draw(st.integers(0, len(damaged))) :]
    for at in data.draw(st.lists(st.integers(0, max(0, len(damaged) - 1)), max_size=3)):
        damaged[at : at + 1] = data.draw(st.binary(max_size=2))
    seconds = duration_s(mime, bytes(damaged))
    assert seconds is None or seconds > 0


def test_duration_of_very_many_frames_looks_at_no_more_than_enough() -> None:
    seconds = duration_s("audio/aac", ADTS * (durations.ENOUGH + 1000))
    assert seconds == pytest.approx(durations.ENOUGH * 1024 / 44_100)
