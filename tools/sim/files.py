"""What a file becomes when a robot plays or shows it. Pure; the reading is done elsewhere."""

import mimetypes
from pathlib import Path

from attrs import field, frozen

from robi.protocol import media
from robi.protocol.messages import AudioFormat, CaptureType, Image, Purpose, Video
from tools.sim.robot import FRAME_BYTES, new_id

PCM = AudioFormat("pcm_s16le", 16_000)
"""How a file whose name ends in `.pcm` is read: as the protocol's own example (protocol.md §2)."""

_PCM_BYTES_PER_S = PCM.sample_rate * PCM.channels * 2


@frozen
class Showing:
    """What goes with a picture or a film: `request_id` that of the turn that asked to see it."""

    kind: CaptureType
    request_id: str | None = None
    purpose: Purpose = "context"
    text: str | None = field(default=None, repr=False)


def path_of(name: str) -> Path:
    """Return a path as a person types or drops it: maybe quoted, maybe from home."""
    return Path(name.strip().strip("'\"")).expanduser()


def is_file(name: str) -> bool:
    """Whether `name`, as typed, is that of a file."""
    try:
        return path_of(name).is_file()
    except (OSError, ValueError):  # too long a name, for one: it was a sentence
        return False


def looks_like_path(name: str) -> bool:
    """Whether `name`, as typed, is meant to be a file's, there or not."""
    path = path_of(name)
    kind = (mimetypes.guess_type(path.name)[0] or "").partition("/")[0]
    rooted = name.strip().strip("'\"").startswith(("/", "~/", "./", "../"))
    return kind in ("image", "video") or rooted


def audio_format(path: Path) -> AudioFormat | None:
    """Return how to read the sound in `path`, None if its first bytes tell."""
    return PCM if path.suffix.lower() == ".pcm" else None


def frame_seconds(data: bytes, form: AudioFormat | None) -> float:
    """Return how long a frame of the sound `data` lasts in seconds; 0 if nobody knows."""
    if form is not None:
        return FRAME_BYTES / _PCM_BYTES_PER_S
    mime = media.sniff_audio(data)
    seconds = media.duration_s(mime, data) if mime is not None else None
    return FRAME_BYTES * (seconds or 0) / max(len(data), 1)


def picture(showing: Showing, path: Path, data: bytes) -> Image | Video:
    """Return the message that shows `data`, the content of `path`."""
    request_id = showing.request_id or new_id()
    named, _ = mimetypes.guess_type(path.name)
    if showing.kind == "photo":
        mime = media.sniff_image(data) or named
        return Image(request_id, showing.purpose, data, mime, showing.text)
    mime = media.sniff_video(data) or named
    seconds = media.duration_s(mime, data) if mime is not None else None
    return Video(request_id, round((seconds or 0) * 1000), data, mime, showing.text)
