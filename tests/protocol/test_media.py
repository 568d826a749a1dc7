"""Formats by their first bytes, and raw PCM made a WAV (protocol.md §2, §7)."""

import io
import wave

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robi.protocol.media import duration_s, sniff_audio, sniff_image, sniff_video, wrap_pcm
from robi.protocol.messages import AudioFormat

ADTS = bytes.fromhex("fff15080010000")  # 44.1 kHz, 8 bytes with this header
MP3 = bytes.fromhex("fffb9064")  # MPEG 1 layer III, 128 kbit/s, 44.1 kHz
ID3 = b"ID3\x04\0\0\0\0\0\x05" + b"title"
EBML = bytes.fromhex("1a45dfa3")


def ftyp(brand: bytes) -> bytes:
    return b"\0\0\0\x18ftyp" + brand


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (ADTS, "audio/aac"),
        ((ADTS + b"\0") * 3, "audio/aac"),
        (ID3 + ADTS, "audio/aac"),
        (bytes.fromhex("fff95080010000"), "audio/aac"),  # MPEG-2 AAC
        (MP3, "audio/mpeg"),
        (bytes.fromhex("fff38064"), "audio/mpeg"),  # MPEG 2 layer III
        (ID3 + MP3, "audio/mpeg"),
        (ID3, "audio/mpeg"),
        (b"OggS\0\x02", "audio/ogg"),
        (EBML, "audio/webm"),
        (ftyp(b"M4A "), "audio/mp4"),
        (ftyp(b"isom"), "audio/mp4"),
        (b"fLaC\0\0\0\x22", "audio/flac"),
        (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"),
    ],
)
def test_sniff_audio_of_a_known_format_tells_its_type(data: bytes, mime: str) -> None:
    assert sniff_audio(data) == mime


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"hola",
        bytes.fromhex("fffd9064"),  # MPEG 1 layer II
        bytes.fromhex("fffbf064"),  # a bit rate that does not exist
        bytes.fromhex("fff1f880010000"),  # a sample rate that does not exist
        ADTS + b"\0" + b"no frame",
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"\xff\xd8\xff\xe0",
        ftyp(b"heic"),
    ],
)
def test_sniff_audio_of_anything_else_is_none(data: bytes) -> None:
    assert sniff_audio(data) is None


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"GIF89a", None),
        (b"RIFF\0\0\0\0WAVE", None),
        (b"", None),
    ],
)
def test_sniff_image_tells_jpeg_png_and_webp(data: bytes, mime: str | None) -> None:
    assert sniff_image(data) == mime


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (ftyp(b"isom"), "video/mp4"),
        (ftyp(b"3gp4"), "video/mp4"),
        (EBML, "video/webm"),
        (ftyp(b"M4A "), None),
        (ftyp(b"avif"), None),
        (b"", None),
    ],
)
def test_sniff_video_tells_mp4_and_webm(data: bytes, mime: str | None) -> None:
    assert sniff_video(data) == mime


@given(st.binary(max_size=40))
def test_sniff_of_anything_never_raises(data: bytes) -> None:
    assert sniff_audio(data) in {None, "audio/mpeg", "audio/aac"} | {sniff_audio(data[:16])}
    assert sniff_image(data) == sniff_image(data[:16])
    assert sniff_video(data) == sniff_video(data[:16])


@given(st.binary(max_size=64), st.integers(8_000, 48_000), st.integers(1, 2))
def test_wrap_pcm_is_a_wav_of_all_whole_samples(data: bytes, rate: int, channels: int) -> None:
    wrapped = wrap_pcm(data, AudioFormat("pcm_s16le", rate, channels))
    with wave.open(io.BytesIO(wrapped)) as reader:
        read = reader.getparams()
        frames = reader.readframes(read.nframes)
    assert (read.framerate, read.nchannels, read.sampwidth) == (rate, channels, 2)
    assert frames == data[: len(data) - len(data) % (2 * channels)]
    assert len(wrapped) == 44 + len(frames)


def test_duration_of_wrapped_pcm_is_its_time() -> None:
    wrapped = wrap_pcm(bytes(48_000), AudioFormat("pcm_s16le", 16_000))
    assert duration_s("audio/wav", wrapped) == 1.5


def test_duration_of_a_type_that_does_not_last_is_none() -> None:
    assert duration_s("image/jpeg", b"\xff\xd8\xff") is None
