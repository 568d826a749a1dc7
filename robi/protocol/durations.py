"""How long media last, out of their own bytes.

One function a format, each from bytes to seconds, or None where the bytes do not tell. None of them
raises, and none works long: whoever sends ten million bytes that make a million frames gets the
time of the first ENOUGH of them.
"""

import math
import struct
from collections.abc import Iterator

from robi.protocol.mpeg import read_adts, read_mp3, skip_id3

ENOUGH = 20_000
"""Frames or elements that are looked at: seven minutes of AAC at 48 kHz, far above any limit."""

PAGE_TRIES = 64
"""Ogg pages that are looked at from the end backwards."""
OPUS_RATE = 48_000
"""Granules of Opus a second, whatever the rate of the input (RFC 7845 §4)."""


def _seconds(count: float, rate: float) -> float | None:
    """Return `count / rate` if that is a time, and not none at all."""
    if rate <= 0:
        return None
    seconds = count / rate
    return seconds if math.isfinite(seconds) and seconds > 0 else None


# ── WAV, FLAC ─────────────────────────────────────────────────────────────────────────────


def of_wav(data: bytes) -> float | None:
    """Return the data chunk's size by the format's bytes a second; a streamed one has no size."""
    rate, at = 0, 12
    for _ in range(ENOUGH):
        if at + 8 > len(data):
            return None
        name, size = struct.unpack_from("<4sI", data, at)
        at += 8
        if name == b"fmt " and at + 12 <= len(data):
            (rate,) = struct.unpack_from("<I", data, at + 8)
        if name == b"data":
            there = len(data) - at
            return _seconds(min(size, there) or there, rate)
        at += size + size % 2
    return None


def of_flac(data: bytes) -> float | None:
    """Return samples by rate as STREAMINFO says, which is always the first block."""
    start = skip_id3(data) + 8  # the mark and the block's header
    if start + 18 > len(data):
        return None
    (bits,) = struct.unpack_from(">Q", data, start + 10)
    return _seconds(bits & (1 << 36) - 1, bits >> 44)


# ── AAC in ADTS, MP3 ──────────────────────────────────────────────────────────────────────


def of_adts(data: bytes) -> float | None:
    """Return the sum of the frames, up to the first that is none."""
    at, total = skip_id3(data), 0.0
    for _ in range(ENOUGH):
        frame = read_adts(data, at)
        if frame is None:
            break
        total += frame.seconds
        at += frame.size
    return total or None


def of_mp3(data: bytes) -> float | None:
    """Return what the Xing or Info header says, else an estimate from the first frame's rate."""
    start = skip_id3(data)
    frame = read_mp3(data, start)
    if frame is None:
        return None
    for mark in (b"Xing", b"Info"):
        at = data.find(mark, start, start + 64)
        if at >= 0 and at + 12 <= len(data):
            flags, frames = struct.unpack_from(">II", data, at + 4)
            if flags & 1:
                return _seconds(frames * frame.samples, frame.rate)
    return _seconds(8 * (len(data) - start), frame.bits)


# ── Ogg ───────────────────────────────────────────────────────────────────────────────────


def of_ogg(data: bytes) -> float | None:
    """Return the last granule of Opus or Vorbis, as time."""
    head = data[:128]
    granule = _last_granule(data)
    if granule is None:
        return None
    opus, vorbis = head.find(b"OpusHead"), head.find(b"\x01vorbis")
    if opus >= 0 and opus + 12 <= len(head):
        (pre_skip,) = struct.unpack_from("<H", head, opus + 10)
        return _seconds(granule - pre_skip, OPUS_RATE)
    if vorbis >= 0 and vorbis + 16 <= len(head):
        (rate,) = struct.unpack_from("<I", head, vorbis + 12)
        return _seconds(granule, rate)
    return None


def _last_granule(data: bytes) -> int | None:
    end = len(data)
    for _ in range(PAGE_TRIES):
        at = data.rfind(b"OggS", 0, end)
        if at < 0:
            return None
        if at + 14 <= len(data) and data[at + 4] == 0:
            (granule,) = struct.unpack_from("<q", data, at + 6)
            if granule >= 0:  # -1: no packet ends on this page
                return int(granule)
        end = at
    return None


# ── MP4 ───────────────────────────────────────────────────────────────────────────────────


def of_mp4(data: bytes) -> float | None:
    """Return what `mvhd` says; None for a fragmented file, which says nothing there."""
    movie = _box(data, b"moov", 0, len(data))
    header = movie and _box(data, b"mvhd", *movie)
    if not header:
        return None
    start, end = header
    layout = ">II" if data[start : start + 1] == b"\0" else ">IQ"
    at = start + (12 if layout == ">II" else 20)
    if at + struct.calcsize(layout) > end:
        return None
    scale, duration = struct.unpack_from(layout, data, at)
    return _seconds(duration, scale)


def _box(data: bytes, name: bytes, at: int, end: int) -> tuple[int, int] | None:
    """Return where the contents of the first box called `name` between `at` and `end` are."""
    for _ in range(ENOUGH):
        if at + 8 > end:
            return None
        size, kind = struct.unpack_from(">I4s", data, at)
        inside = at + 8
        if size == 1 and at + 16 <= end:
            (size,) = struct.unpack_from(">Q", data, inside)
            inside += 8
        after = end if size == 0 else min(at + size, end)
        if after < inside:
            return None
        if kind == name:
            return inside, after
        at = after
    return None


# ── WebM ──────────────────────────────────────────────────────────────────────────────────

_SEGMENT, _INFO, _SCALE, _DURATION = 0x18538067, 0x1549A966, 0x2AD7B1, 0x4489
_CLUSTER, _GROUP, _TIMESTAMP, _SIMPLE_BLOCK, _BLOCK = 0x1F43B675, 0xA0, 0xE7, 0xA3, 0xA1
_ENTERED = {_SEGMENT, _INFO, _CLUSTER, _GROUP}
_FLOATS = {4: ">f", 8: ">d"}
_NANOSECONDS = 1_000_000_000


def of_webm(data: bytes) -> float | None:
    """Return the Duration of Info, else, as for a live recording, the last block's time."""
    scale, duration, cluster, last = 1_000_000, 0.0, 0, 0
    for name, start, size in _elements(data):
        body = data[start : start + min(size, 8)]
        if name == _SCALE:
            scale = int.from_bytes(body, "big")
        elif name == _DURATION and len(body) in _FLOATS:
            (duration,) = struct.unpack(_FLOATS[len(body)], body)
        elif name == _TIMESTAMP:
            cluster = int.from_bytes(body, "big")
        elif name in (_SIMPLE_BLOCK, _BLOCK):
            last = max(last, cluster + _block_time(body))
    return _seconds((duration or last) * scale, _NANOSECONDS)


def _block_time(body: bytes) -> int:
    """Return a block's time within its cluster: it follows the number of the track."""
    width = _width(body, 0)
    return int.from_bytes(body[width : width + 2], "big", signed=True)


def _elements(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield (id, where the contents begin, their size), entering what holds what we look for."""
    at = 0
    for _ in range(ENOUGH):
        id_width = _width(data, at)
        size_at = at + id_width
        size_width = _width(data, size_at)
        start = size_at + size_width
        if not id_width or not size_width or start > len(data):
            return
        name = int.from_bytes(data[at:size_at], "big")
        size = int.from_bytes(data[size_at:start], "big") & (1 << 7 * size_width) - 1
        if name in _ENTERED:  # of a live one the size is not known, and not needed
            at = start
        else:
            yield name, start, size
            at = start + size


def _width(data: bytes, at: int) -> int:
    """Return the bytes of the variable-size number at `at`, by its leading zeros; 0 for none."""
    first = data[at] if at < len(data) else 0
    return 9 - first.bit_length() if first else 0
