"""What a robot says in a step of a scenario: the step, its files and its words as messages."""

from collections.abc import Mapping

from robi.protocol import media
from robi.protocol.messages import (
    BatteryAlert,
    FaceScanMode,
    Multimodal,
    PersonDetected,
    Text,
)
from tools.sim.files import Showing, audio_format, frame_seconds, path_of, picture
from tools.sim.ledger import Turn
from tools.sim.robot import Robot
from tools.sim.steps import (
    Battery,
    Plain,
    PlaySound,
    Say,
    SayInMedia,
    Scan,
    ShowImage,
    ShowVideo,
    Sight,
)

Utterance = Say | PlaySound | ShowImage | ShowVideo | SayInMedia
"""Steps that are always answered."""

Notice = Sight | Battery | Scan
"""Steps that tell the server something."""


async def utter(robot: Robot, step: Utterance, request_id: str, files: Mapping[str, bytes]) -> Turn:
    """Say `step`; `files` are those that it may play or show."""
    match step:
        case Say(text=text):
            return await robot.ask(Text(request_id, text))
        case PlaySound(file=file, realtime=realtime):
            data, form = files[file], audio_format(path_of(file))
            pause = frame_seconds(data, form) if realtime else 0
            return await robot.play(data, form, pause, request_id)
        case ShowImage(file=file):
            look = Showing("photo", request_id, step.purpose, step.text)
            return await robot.ask(picture(look, path_of(file), files[file]))
        case ShowVideo(file=file):
            look = Showing("video", request_id, text=step.text)
            return await robot.ask(picture(look, path_of(file), files[file]))
        case SayInMedia():
            return await robot.ask(_in_media(step, request_id, files))


async def tell(robot: Robot, step: Notice, request_id: str) -> None:
    """Tell the server `step`."""
    message: PersonDetected | BatteryAlert | FaceScanMode
    match step:
        case Sight(known=known, person=person, confidence=confidence):
            message = PersonDetected(request_id, known, person, confidence)
        case Battery(level=level, source=source):
            message = BatteryAlert(request_id, level, source)
        case Scan():
            message = FaceScanMode(request_id)
    await robot.tell(message, request_id)


def _in_media(step: SayInMedia, request_id: str, files: Mapping[str, bytes]) -> Multimodal:
    audio = files[step.audio] if step.audio is not None else None
    image = files[step.image] if step.image is not None else None
    video = files[step.video] if step.video is not None else None
    return Multimodal(
        request_id,
        step.text,
        audio,
        media.sniff_audio(audio) if audio is not None else None,
        image,
        media.sniff_image(image) if image is not None else None,
        video,
        media.sniff_video(video) if video is not None else None,
    )


def fill(value: object, words: Mapping[str, str]) -> object:
    """Return `value`, a text or a JSON value, with each `{name}` of `words` replaced."""
    match value:
        case str():
            for name, word in words.items():
                value = value.replace(f"{{{name}}}", word)
            return value
        case dict():
            return {name: fill(one, words) for name, one in value.items()}
        case list():
            return [fill(one, words) for one in value]
        case _:
            return value


def fill_object(value: Plain, words: Mapping[str, str]) -> dict[str, object]:
    """Return the JSON object `value` with each `{name}` of `words` replaced, to any depth."""
    return {name: fill(one, words) for name, one in value.items()}
