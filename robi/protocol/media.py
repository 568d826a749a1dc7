"""What kind of media some bytes are, and how much of it is taken.

Owns the formats and limits of protocol.md §2 and §7. A format is known by its first bytes, never by
what a client calls it. How long media last is read in `durations`.
"""

from collections.abc import Callable, Mapping

from robi.protocol import durations
from robi.protocol.messages import AudioFormat
from robi.protocol.mpeg import is_adts, is_mp3, skip_id3

MEBIBYTE = 1024 * 1024
"""A megabyte of protocol.md: the larger reading, so that no phone is refused for the other one."""

MAX_AUDIO_BYTES = 10 * MEBIBYTE
MAX_AUDIO_S = 60
MAX_PHOTO_BYTES = 10 * MEBIBYTE
MAX_VIDEO_BYTES = 20 * MEBIBYTE
MAX_VIDEO_MS = 30_000

WAV_HEADER_BYTES = 44
SAMPLE_BYTES = 2
"""Of `pcm_s16le`, the one encoding of raw PCM that is taken."""

_EBML = b"\x1a\x45\xdf\xa3"
_STILL_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"avif")
_SOUND_BRANDS = (b"M4A ", b"M4B ", b"M4P ")


def sniff_audio(data: bytes) -> str | None:
    """Return the MIME type of audio by its first bytes; None for what is not taken."""
    starts = data.startswith
    if starts(b"OggS"):
        return "audio/ogg"
    if starts(_EBML):
        return "audio/webm"
    if starts(b"RIFF") and data[8:12] == b"WAVE":
        return "audio/wav"
    if _brand(data) is not None and _brand(data) not in _STILL_BRANDS:
        return "audio/mp4"
    return _sniff_stream(data)


def _sniff_stream(data: bytes) -> str | None:
    """Tell the formats that may follow an ID3 tag, which by itself means MP3."""
    start = skip_id3(data)
    if data.startswith(b"fLaC", start):
        return "audio/flac"
    if is_adts(data, start):
        return "audio/aac"
    if start or is_mp3(data, start):
        return "audio/mpeg"
    return None


def sniff_image(data: bytes) -> str | None:
    """Return `image/jpeg`, `image/png` or `image/webp` by the first bytes, else None."""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    return None


def sniff_video(data: bytes) -> str | None:
    """Return `video/mp4` or `video/webm` by the first bytes, else None."""
    if data.startswith(_EBML):
        return "video/webm"
    brand = _brand(data)
    if brand is not None and brand not in _STILL_BRANDS + _SOUND_BRANDS:
        return "video/mp4"
    return None


def _brand(data: bytes) -> bytes | None:
    return data[8:12] if data[4:8] == b"ftyp" else None


def wrap_pcm(data: bytes, audio_format: AudioFormat) -> bytes:
    """Return raw PCM as a WAV file: the plain header of 44 bytes, and the data.

    A last sample that is there only in part is left out.
    """
    frame = SAMPLE_BYTES * audio_format.channels
    size = len(data) - len(data) % frame
    header = b"".join(
        (
            b"RIFF",
            (WAV_HEADER_BYTES - 8 + size).to_bytes(4, "little"),
            b"WAVEfmt ",
            (16).to_bytes(4, "little"),  # bytes of the format that follows
            (1).to_bytes(2, "little"),  # integer PCM
            audio_format.channels.to_bytes(2, "little"),
            audio_format.sample_rate.to_bytes(4, "little"),
            (audio_format.sample_rate * frame).to_bytes(4, "little"),
            frame.to_bytes(2, "little"),
            (8 * SAMPLE_BYTES).to_bytes(2, "little"),
            b"data",
            size.to_bytes(4, "little"),
        )
    )
    return header + memoryview(data)[:size]


_DURATIONS: Mapping[str, Callable[[bytes], float | None]] = {
    "audio/wav": durations.of_wav,
    "audio/aac": durations.of_adts,
    "audio/ogg": durations.of_ogg,
    "audio/webm": durations.of_webm,
    "video/webm": durations.of_webm,
    "audio/mp4": durations.of_mp4,
    "video/mp4": durations.of_mp4,
    "audio/flac": durations.of_flac,
    "audio/mpeg": durations.of_mp3,
}


def duration_s(mime: str, data: bytes) -> float | None:
    """Return how many seconds media of type `mime` last, or None where the bytes do not tell.

    Never raises, whatever the bytes are. Meant for a word to the person and a line in the log: a
    client can write any length into a file.
    """
    measure = _DURATIONS.get(mime)
    return None if measure is None else measure(data)
