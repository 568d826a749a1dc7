"""The headers of MPEG audio frames: AAC in ADTS, and MP3, which begin almost alike.

Both open with eleven set bits; the two bits of the layer tell them apart (ISO/IEC 13818-7 §6.2,
11172-3 §2.4.1.3). Layer I and II are not taken.
"""

from attrs import frozen

ADTS_HEADER_BYTES = 7
ADTS_SYNC, ADTS_SYNC_MASK = 0xFFF0, 0xFFF6
"""Twelve set bits, then layer 0; the version may be either."""
ADTS_RATES = (
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350,
)  # fmt: skip
AAC_BLOCK_SAMPLES = 1024

ID3_HEADER_BYTES = 10

MP3_SYNC = 0x7FF
MPEG_1, MPEG_2, MPEG_25 = 3, 2, 0
LAYER_III = 1
_MP3_RATES = {
    MPEG_1: (44_100, 48_000, 32_000),
    MPEG_2: (22_050, 24_000, 16_000),
    MPEG_25: (11_025, 12_000, 8_000),
}
_KBITS_1 = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBITS_2 = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


@frozen
class Frame:
    """One frame: samples of each channel, samples a second, bits a second."""

    samples: int
    rate: int
    bits: int
    size: int
    """Bytes, header included; 0 when the header does not say."""

    @property
    def seconds(self) -> float:
        """How long it sounds."""
        return self.samples / self.rate


def read_adts(data: bytes, at: int) -> Frame | None:
    """Return the ADTS frame whose header is at `at`, or None if there is none."""
    header = data[at : at + ADTS_HEADER_BYTES]
    if len(header) < ADTS_HEADER_BYTES:
        return None
    if int.from_bytes(header[:2], "big") & ADTS_SYNC_MASK != ADTS_SYNC:
        return None
    rate_index = header[2] >> 2 & 0xF
    size = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    if rate_index >= len(ADTS_RATES) or size < ADTS_HEADER_BYTES:
        return None
    samples = AAC_BLOCK_SAMPLES * ((header[6] & 3) + 1)
    rate = ADTS_RATES[rate_index]
    return Frame(samples, rate, 8 * size * rate // samples, size)


def is_adts(data: bytes, at: int) -> bool:
    """Return whether ADTS begins at `at`: one frame, and another after it if bytes are left."""
    frame = read_adts(data, at)
    if frame is None:
        return False
    after = at + frame.size
    return len(data) < after + ADTS_HEADER_BYTES or read_adts(data, after) is not None


def read_mp3(data: bytes, at: int) -> Frame | None:
    """Return the frame of layer III whose header is at `at`, or None if there is none."""
    header = int.from_bytes(data[at : at + 4], "big")
    version, layer = header >> 19 & 3, header >> 17 & 3
    kbits_index, rate_index, padding = header >> 12 & 15, header >> 10 & 3, header >> 9 & 1
    if header >> 21 != MP3_SYNC or layer != LAYER_III or version not in _MP3_RATES:
        return None
    kbits = _KBITS_1 if version == MPEG_1 else _KBITS_2
    if not 0 < kbits_index <= len(kbits) or rate_index >= len(_MP3_RATES[version]):
        return None
    rate, bits = _MP3_RATES[version][rate_index], 1000 * kbits[kbits_index - 1]
    samples = 1152 if version == MPEG_1 else 576
    return Frame(samples, rate, bits, samples * bits // 8 // rate + padding)


def is_mp3(data: bytes, at: int) -> bool:
    """Return whether a frame of layer III begins at `at`."""
    return read_mp3(data, at) is not None


def skip_id3(data: bytes) -> int:
    """Return where the ID3v2 tag that `data` begins with ends; 0 if there is none."""
    if not data.startswith(b"ID3") or len(data) < ID3_HEADER_BYTES:
        return 0
    size = 0
    for byte in data[6:ID3_HEADER_BYTES]:  # seven bits each
        size = size << 7 | byte & 0x7F
    return ID3_HEADER_BYTES + size
