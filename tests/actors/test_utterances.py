"""From what a robot sends to one utterance: formats recognised, limits kept."""

import pytest

from robi.actors.utterances import (
    MAX_INLINE_BYTES,
    Ear,
    from_image,
    from_multimodal,
    from_text,
    from_video,
)
from robi.errors import EmptyAudio, FileTooLarge, RobiError, UnsupportedFileFormat
from robi.protocol import media
from robi.protocol.messages import AudioFormat, Image, Multimodal, Text, Video

JPEG = b"\xff\xd8\xff\xe0" + bytes(64)
WAV = b"RIFF" + (36).to_bytes(4, "little") + b"WAVEfmt " + bytes(28)
MP4 = (24).to_bytes(4, "big") + b"ftypisom" + bytes(12)
MIB = 1024 * 1024


def test_ear_has_room_up_to_ten_megabytes_and_not_for_a_byte_more() -> None:
    ear = Ear()
    ear.add(bytes(media.MAX_AUDIO_BYTES - 1), 0.0)
    assert (ear.has_room(1, 1.0), ear.has_room(2, 1.0)) == (True, False)


def test_ear_has_room_up_to_sixty_seconds_after_the_first_frame() -> None:
    ear = Ear()
    assert ear.has_room(1, 1000.0)  # nothing is heard yet
    ear.add(b"x", 1000.0)
    assert (ear.has_room(1, 1060.0), ear.has_room(1, 1060.1)) == (True, False)


def test_ear_that_was_cleared_is_empty_and_begins_its_time_anew() -> None:
    ear = Ear()
    ear.add(b"x", 0.0)
    ear.clear()
    assert (len(ear), ear.has_room(1, 100.0)) == (0, True)


def test_ear_gives_what_it_heard_whole_and_forgets_it() -> None:
    ear = Ear()
    ear.add(WAV[:10], 0.0)
    ear.add(WAV[10:], 1.0)
    utterance = ear.take("r1")
    assert (utterance.request_id, utterance.kind, len(ear)) == ("r1", "audio", 0)
    assert [(part.mime, part.data) for part in utterance.media] == [("audio/wav", WAV)]


def test_ear_forgets_what_is_of_no_known_format() -> None:
    ear = Ear()
    ear.add(b"no audio", 0.0)
    with pytest.raises(UnsupportedFileFormat):
        ear.take("r1")
    assert len(ear) == 0


def test_ear_of_raw_pcm_gives_wav() -> None:
    ear = Ear(AudioFormat("pcm_s16le", 16_000))
    ear.add(b"\1\0" * 100, 0.0)
    (part,) = ear.take("r1").media
    assert part.mime == "audio/wav"
    assert part.data[media.WAV_HEADER_BYTES :] == b"\1\0" * 100


def test_text_is_its_words() -> None:
    utterance = from_text(Text("r1", "hola", None))
    assert (utterance.kind, utterance.text, utterance.media) == ("text", "hola", ())


def test_image_comes_with_its_words_if_there_are_any() -> None:
    assert from_image(Image("r1", "context", JPEG)).text == ""
    assert from_image(Image("r1", "context", JPEG, text="¿qué es?")).text == "¿qué es?"


def test_video_of_thirty_seconds_is_taken() -> None:
    assert from_video(Video("r1", media.MAX_VIDEO_MS, MP4)).media[0].mime == "video/mp4"


def test_multimodal_is_one_utterance_of_all_its_media() -> None:
    message = Multimodal("r1", text="mira", audio=WAV, image=JPEG, video=MP4)
    utterance = from_multimodal(message)
    assert utterance.text == "mira"
    assert [part.mime for part in utterance.media] == ["audio/wav", "image/jpeg", "video/mp4"]


BIG_PHOTO = JPEG + bytes(9 * MIB)
BIG_VIDEO = MP4 + bytes(15 * MIB)


@pytest.mark.parametrize(
    ("message", "error"),
    [
        pytest.param(Image("r", "context", b"GIF89a" + bytes(9)), UnsupportedFileFormat, id="gif"),
        pytest.param(Image("r", "context", JPEG + bytes(10 * MIB)), FileTooLarge, id="photo"),
        pytest.param(Video("r", media.MAX_VIDEO_MS + 1, MP4), FileTooLarge, id="long film"),
        pytest.param(Video("r", 1, MP4 + bytes(20 * MIB)), FileTooLarge, id="big film"),
        pytest.param(Video("r", 1, b"no film"), UnsupportedFileFormat, id="no film"),
        pytest.param(Multimodal("r", audio=b""), EmptyAudio, id="no sound"),
        pytest.param(Multimodal("r", audio=WAV + bytes(10 * MIB)), FileTooLarge, id="sound"),
        pytest.param(
            Multimodal("r", image=BIG_PHOTO, video=BIG_VIDEO), FileTooLarge, id="all together"
        ),
    ],
)
def test_media_out_of_bounds_are_refused(
    message: Image | Video | Multimodal, error: type[RobiError]
) -> None:
    make = {Image: from_image, Video: from_video, Multimodal: from_multimodal}[type(message)]
    with pytest.raises(error):
        make(message)  # type: ignore[operator]


def test_media_of_one_utterance_fit_into_one_request_to_the_model() -> None:
    assert len(BIG_PHOTO) + len(BIG_VIDEO) > MAX_INLINE_BYTES
    assert max(media.MAX_AUDIO_BYTES, media.MAX_PHOTO_BYTES, media.MAX_VIDEO_BYTES) <= (
        MAX_INLINE_BYTES
    )
