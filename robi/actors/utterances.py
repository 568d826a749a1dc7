"""From what a robot sends to one `Utterance`: formats recognised, limits kept.

Owns the rules of protocol.md §2 and §7 about media: what is taken, how large, under which MIME
type it goes to the model. Pure: raises `robi.errors.InputError` and its kin, touches nothing.
"""

from collections.abc import Callable

from attrs import define, field

from robi.actors.turn import Kind, Utterance
from robi.errors import EmptyAudio, FileTooLarge, UnsupportedFileFormat
from robi.protocol import media
from robi.protocol.messages import AudioFormat, Image, Multimodal, Text, Video
from robi.speech.scene import Media

MAX_INLINE_BYTES = 20 * 1024 * 1024
"""What one request to the model may carry in media (findings.md, *Gemini under trio*)."""

PCM_SAMPLE_BYTES = 2
"""Of `pcm_s16le`, the one raw encoding there is."""


@define
class Ear:
    """The audio of the utterance that is being spoken: bounded in bytes and seconds."""

    audio_format: AudioFormat | None = None
    request_id: str | None = None
    """Of the `interaction_start` before it, if there was one."""
    told: str | None = None
    """The id under which it was said that this is too much."""
    _data: bytearray = field(factory=bytearray, init=False, repr=False)
    _since: float | None = field(default=None, init=False)

    def __len__(self) -> int:
        return len(self._data)

    def has_room(self, size: int, now: float) -> bool:
        """Whether `size` more bytes, heard at `now` (seconds), keep within both limits."""
        if len(self._data) + size > media.MAX_AUDIO_BYTES:
            return False
        return self._since is None or now - self._since <= media.MAX_AUDIO_S

    def add(self, data: bytes, now: float) -> None:
        """Keep `data`, heard at `now`."""
        if self._since is None:
            self._since = now
        self._data += data

    def clear(self) -> None:
        """Forget what was heard, and give its memory back."""
        self._data = bytearray()
        self._since = None

    def take(self, request_id: str) -> Utterance:
        """Return what was heard as an utterance, and forget it.

        Raises:
            UnsupportedFileFormat: the bytes begin like no format of protocol.md §2.
            EmptyAudio: there is not a single sample.
        """
        data = bytes(self._data)
        self.clear()
        self.request_id = None
        if self.audio_format is not None:
            if len(data) < PCM_SAMPLE_BYTES * self.audio_format.channels:
                raise EmptyAudio
            heard = Media("audio/wav", media.wrap_pcm(data, self.audio_format))
        else:
            heard = _audio(data)
        return Utterance(request_id, "audio", media=(heard,))


def from_text(message: Text) -> Utterance:
    """Return a typed utterance."""
    return Utterance(message.request_id, "text", message.content)


def from_image(message: Image) -> Utterance:
    """Return a picture as an utterance.

    Raises:
        FileTooLarge, UnsupportedFileFormat: see protocol.md §7.
    """
    return Utterance(message.request_id, "image", message.text or "", (_image(message.data),))


def from_video(message: Video) -> Utterance:
    """Return a film as an utterance.

    Raises:
        FileTooLarge, UnsupportedFileFormat: see protocol.md §7.
    """
    if message.duration_ms > media.MAX_VIDEO_MS:
        raise FileTooLarge(f"a video may last {media.MAX_VIDEO_MS} ms")
    return Utterance(message.request_id, "video", message.text or "", (_video(message.data),))


def from_multimodal(message: Multimodal) -> Utterance:
    """Return an utterance in several media at once.

    Raises:
        FileTooLarge, UnsupportedFileFormat, EmptyAudio: see protocol.md §2 and §7.
    """
    parts: list[Media] = []
    if message.audio is not None:
        _check_size("audio", message.audio, media.MAX_AUDIO_BYTES)
        parts.append(_audio(message.audio))
    if message.image is not None:
        parts.append(_image(message.image))
    if message.video is not None:
        parts.append(_video(message.video))
    if sum(len(part.data) for part in parts) > MAX_INLINE_BYTES:
        raise FileTooLarge(f"all media of an utterance together: {MAX_INLINE_BYTES} bytes")
    kind: Kind = "multimodal" if parts else "text"
    return Utterance(message.request_id, kind, message.text or "", tuple(parts))


def _audio(data: bytes) -> Media:
    if not data:
        raise EmptyAudio
    mime = media.sniff_audio(data)
    if mime is None:
        raise UnsupportedFileFormat("audio: the first bytes are of no known format")
    return Media(mime, data)


def _image(data: bytes) -> Media:
    return _seen(
        "image: neither JPEG, PNG nor WebP", data, media.MAX_PHOTO_BYTES, media.sniff_image
    )


def _video(data: bytes) -> Media:
    return _seen("video: neither MP4 nor WebM", data, media.MAX_VIDEO_BYTES, media.sniff_video)


def _seen(unknown: str, data: bytes, limit: int, sniff: Callable[[bytes], str | None]) -> Media:
    _check_size(unknown.partition(":")[0], data, limit)
    mime = sniff(data)
    if mime is None:
        raise UnsupportedFileFormat(unknown)
    return Media(mime, data)


def _check_size(what: str, data: bytes, limit: int) -> None:
    if len(data) > limit:
        raise FileTooLarge(f"{what}: {limit} bytes at most")
