"""The page's ears, voice, eyes and body in a real browser, whose microphone and camera are fake.

Chromium plays a sound file as its microphone, once, from the moment that the page opens it, and
shows a film of its own as its camera. It has no voices: the page then speaks silently, in its real
time, which is what makes an interruption in mid-sentence possible here.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import define, field
from playwright.sync_api import Page, WebSocket, expect

from tests.e2e.browser import needs_chromium, serving, visiting

pytestmark = needs_chromium

ROOT = Path(__file__).parents[2]
PHONE = {"width": 844, "height": 390}
"""In landscape."""

STORY = (
    "Once upon a time there was a small robot. It lived in a large house by the sea. "
    "Every morning it greeted whoever passed the door. One day it lost its way in the garden. "
    "And there it learned to look at the stars."
)

SCRIPT: list[dict[str, Any]] = [
    {"match": "story", "text": f"[emotion:happy]{STORY}"},
    {"match": "photo", "text": "[emotion:curious][capture:photo]Let me look."},
    {"match": "film", "text": "[emotion:curious][capture:video]I film."},
    {"match": "ahead", "text": "[emotion:happy][actions:move_forward:1400]Here I go."},
    {"match": "shine", "text": "[emotion:happy][actions:light:red:9000]I shine."},
]
DEFAULT = {"text": "[emotion:happy]I have understood."}


@define(eq=False, slots=False)
class Stage:
    """The page before its server, what it has sent, and the model behind it.

    Without slots, for Playwright marks the listeners that it is given.
    """

    page: Page
    stub: str
    sent: list[dict[str, Any]] = field(factory=list)
    frames: list[bytes] = field(factory=list)
    """The binary frames that it has sent: sound."""

    def watch(self, socket: WebSocket) -> None:
        """Note what goes out."""
        socket.on("framesent", self._note)

    def _note(self, frame: str | bytes) -> None:
        if isinstance(frame, bytes):
            self.frames.append(frame)
        else:
            self.sent.append(json.loads(frame))

    def say(self, words: str) -> None:
        """Type something."""
        self.page.fill("#words", words)
        self.page.press("#words", "Enter")

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        """Return the messages of this type that the page has sent."""
        return [message for message in self.sent if message["type"] == kind]

    def wait_sent(self, kind: str, count: int = 1, within_s: float = 20) -> dict[str, Any]:
        """Return the newest message of this type, when so many were sent."""
        for _ in range(int(within_s * 20)):
            if len(self.of_type(kind)) >= count:
                return self.of_type(kind)[-1]
            self.page.wait_for_timeout(50)  # lets Playwright hear of frames
        pytest.fail(f"{count} {kind} were not sent, but {[m['type'] for m in self.sent]}")

    def seen_by_the_model(self) -> list[str]:
        """Return the SHA-256 of all media that the model was asked about."""
        answer = httpx.get(f"{self.stub}/__requests", timeout=30, trust_env=False)
        return list(_values(answer.json(), "sha256"))


def _values(tree: Any, name: str) -> Iterator[Any]:
    """Yield what stands under `name`, however deep."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            if key == name:
                yield value
            else:
                yield from _values(value, name)
    elif isinstance(tree, list):
        for value in tree:
            yield from _values(value, name)


@contextmanager
def modelling(folder: Path) -> Iterator[str]:
    """Run the stub of the model; give its address."""
    script = folder / "script.json"
    script.write_text(json.dumps({"replies": SCRIPT, "default": DEFAULT}))
    command = [sys.executable, "tools/gemini_stub.py", "--script", str(script)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()
            process.communicate(timeout=60)


@define
class House:
    """A server and the model behind it, for all tests: each page is a device of its own."""

    url: str
    stub: str


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Run both."""
    folder = tmp_path_factory.mktemp("house")
    with (
        modelling(folder) as stub,
        serving(folder, GEMINI_API_KEY="stub", GOOGLE_GEMINI_BASE_URL=stub) as url,
    ):
        yield House(url, stub)


@contextmanager
def before_robi(house: House, *flags: str, **context: Any) -> Iterator[Stage]:
    """Open the page and begin; nothing may go wrong in it until the end."""
    given = {"viewport": PHONE, "locale": "en-GB", **context}
    with visiting(*flags, **given) as visit:
        stage = Stage(visit.page, house.stub)
        visit.page.on("websocket", stage.watch)
        visit.page.goto(house.url)
        visit.page.click("#start")
        expect(visit.page.locator(".ears-talk")).to_be_visible()
        yield stage
        assert visit.troubles == []


def microphone(folder: Path, *, silence_before_s: float, silence_after_s: float) -> str:
    """Return the flag that lets Chromium hear somebody speak for some two seconds, then nobody."""
    speak = shutil.which("espeak-ng")
    if speak is None:
        pytest.skip("needs espeak-ng")
    spoken, heard = folder / "spoken.wav", folder / "heard.wav"
    words = "Hello Robi, how are you today?"
    subprocess.run([speak, "-v", "en", "-w", str(spoken), words], check=True, timeout=60)
    with wave.open(str(spoken)) as source, wave.open(str(heard), "wb") as target:
        target.setparams(source.getparams())
        second = b"\0" * source.getframerate() * source.getsampwidth() * source.getnchannels()
        target.writeframes(second * int(silence_before_s))
        target.writeframes(source.readframes(source.getnframes()))
        target.writeframes(second * int(silence_after_s))
    return f"--use-file-for-fake-audio-capture={heard}%noloop"


def sha256(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(parts)).hexdigest()


def subtitles(stage: Stage) -> Any:
    return expect(stage.page.locator("#words-of-robi"))


# ── ears ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("by", ["pointer", "space"])
def test_speech_while_the_button_is_held_arrives_at_the_model_whole(
    house: House, tmp_path: Path, by: str
) -> None:
    flag = microphone(tmp_path, silence_before_s=0, silence_after_s=20)
    with before_robi(house, flag) as stage:
        button = stage.page.get_by_role("button", name="Hold to talk")
        if by == "pointer":
            button.hover()
            stage.page.mouse.down()
        else:
            button.focus()
            stage.page.keyboard.down("Space")
        stage.page.wait_for_timeout(2500)
        assert stage.of_type("audio_end") == []
        stage.page.mouse.up()
        stage.page.keyboard.up("Space")
        stage.wait_sent("audio_end")
        subtitles(stage).to_contain_text("I have understood.")
        assert len(stage.frames) > 5, "sound is sent while it is heard"
        assert sha256(*stage.frames) in stage.seen_by_the_model()


def test_tap_listens_until_two_seconds_of_silence(house: House, tmp_path: Path) -> None:
    flag = microphone(tmp_path, silence_before_s=1, silence_after_s=20)
    with before_robi(house, flag, has_touch=True) as stage:
        stage.page.locator(".ears-talk").tap()
        stage.wait_sent("audio_end")
        subtitles(stage).to_contain_text("I have understood.")
        assert sha256(*stage.frames) in stage.seen_by_the_model()


def test_hands_free_begins_and_ends_an_utterance_by_itself(house: House, tmp_path: Path) -> None:
    flag = microphone(tmp_path, silence_before_s=2, silence_after_s=30)
    with before_robi(house, flag) as stage:
        free = stage.page.get_by_role("switch", name="Hands-free")
        free.click()
        stage.wait_sent("audio_end")
        subtitles(stage).to_contain_text("I have understood.")
        assert sha256(*stage.frames) in stage.seen_by_the_model()
        expect(free).to_have_attribute("aria-checked", "true")
        assert len(stage.of_type("audio_end")) == 1


def test_nobody_who_speaks_after_a_tap_is_told_and_nothing_is_asked(
    house: House, tmp_path: Path
) -> None:
    flag = microphone(tmp_path, silence_before_s=30, silence_after_s=0)
    with before_robi(house, flag) as stage:
        stage.page.locator(".ears-talk").press("Enter")
        expect(stage.page.locator(".ears-note")).to_contain_text("heard nobody", timeout=15_000)
        assert stage.of_type("audio_end") == []


def test_escape_while_it_listens_forgets_what_was_heard(house: House) -> None:
    with before_robi(house) as stage:
        button = stage.page.locator(".ears-talk")
        button.press("Enter")
        expect(button).to_have_attribute("aria-pressed", "true")
        stage.page.keyboard.press("Escape")
        expect(button).to_have_attribute("aria-pressed", "false")
        assert stage.of_type("audio_end") == []


def test_microphone_that_is_refused_is_said_with_what_to_do(house: House) -> None:
    with before_robi(house, "--use-fake-ui-for-media-stream=deny") as stage:
        stage.page.get_by_role("switch", name="Hands-free").click()
        trouble = stage.page.get_by_role("alert").filter(has_text="microphone is not allowed")
        expect(trouble).to_be_visible()
        expect(stage.page.get_by_role("switch", name="Hands-free")).to_have_attribute(
            "aria-checked", "false"
        )


# ── voice ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("way", ["pressing", "talking"])
def test_cutting_in_tells_how_much_was_spoken(house: House, tmp_path: Path, way: str) -> None:
    flag = microphone(tmp_path, silence_before_s=4, silence_after_s=30)
    with before_robi(house, flag) as stage:
        if way == "talking":
            stage.page.get_by_role("switch", name="Hands-free").click()
        stage.say("Tell me a story")
        subtitles(stage).to_contain_text("Once upon a time")
        if way == "pressing":
            stage.page.wait_for_timeout(1500)
            stage.page.locator(".ears-talk").press("Enter")
        interrupt = stage.wait_sent("interrupt")
        (asked,) = stage.of_type("text")
        assert interrupt["request_id"] == asked["request_id"]
        assert 0 < interrupt["spoken_chars"] < len(STORY)
        following = stage.sent[stage.sent.index(interrupt) + 1]
        assert following["type"] == "interaction_start"


# ── eyes ──────────────────────────────────────────────────────────────────────────────────────


def test_photo_that_is_asked_for_is_taken_after_a_countdown_and_seen_by_the_model(
    house: House,
) -> None:
    with before_robi(house) as stage:
        stage.say("Take a photo")
        dialog = stage.page.get_by_role("dialog", name="Robi wants to take a photo")
        for count in "321":
            expect(dialog.get_by_role("timer")).to_have_text(count)
        image = stage.wait_sent("image")
        expect(dialog).to_have_count(0)
        (asked,) = stage.of_type("text")
        assert image["request_id"] == asked["request_id"]
        data = base64.b64decode(image["data"])
        assert data.startswith(b"\xff\xd8\xff")
        subtitles(stage).to_contain_text("I have understood.")
        assert sha256(data) in stage.seen_by_the_model()


@pytest.mark.parametrize("way", ["button", "escape"])
def test_photo_that_is_refused_is_not_sent(house: House, way: str) -> None:
    with before_robi(house) as stage:
        stage.say("Take a photo")
        no = stage.page.get_by_role("dialog").get_by_role("button", name="No")
        expect(no).to_be_focused()
        if way == "button":
            no.click()
        else:
            stage.page.keyboard.press("Escape")
        expect(stage.page.get_by_role("dialog")).to_have_count(0)
        stage.page.wait_for_timeout(4000)  # past the countdown
        assert stage.of_type("image") == []


def test_film_that_is_asked_for_is_seen_by_the_model_in_time(house: House) -> None:
    with before_robi(house) as stage:
        stage.say("Make a film")
        film = stage.wait_sent("video")
        assert 1000 <= film["duration_ms"] <= 10_000
        subtitles(stage).to_contain_text("I have understood.")
        assert sha256(base64.b64decode(film["data"])) in stage.seen_by_the_model()


def test_camera_that_is_refused_is_said_and_the_question_goes_away(house: House) -> None:
    with before_robi(house, "--use-fake-ui-for-media-stream=deny") as stage:
        stage.say("Take a photo")
        dialog = stage.page.get_by_role("dialog")
        expect(dialog.get_by_role("alert")).to_contain_text("camera is not allowed")
        expect(dialog).to_have_count(0, timeout=15_000)
        assert stage.of_type("image") == []


def test_picture_of_a_file_is_shown_small_with_its_words(house: House) -> None:
    with before_robi(house) as stage:
        stage.page.get_by_role("button", name="Show").click()
        dialog = stage.page.get_by_role("dialog", name="Show Robi something")
        dialog.locator("input[type=file]").set_input_files([_drawing(stage, 3000, 1500)])
        dialog.get_by_label("What you say about it").fill("What is this?")
        dialog.get_by_label("It is the face of someone").check()
        dialog.get_by_role("button", name="Send").click()
        image = stage.wait_sent("image")
        assert (image["purpose"], image["text"]) == ("registration", "What is this?")
        size = stage.page.evaluate(
            """async (data) => {
              const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
              const { width, height } = await createImageBitmap(new Blob([bytes]));
              return [width, height];
            }""",
            image["data"],
        )
        assert size == [1600, 800]


def _drawing(stage: Stage, width: int, height: int) -> Any:
    """Return a picture as a file to be chosen."""
    url = stage.page.evaluate(
        """([width, height]) => {
          const canvas = Object.assign(document.createElement('canvas'), { width, height });
          return canvas.toDataURL('image/png');
        }""",
        [width, height],
    )
    data = base64.b64decode(url.partition(",")[2])
    return {"name": "a.png", "mimeType": "image/png", "buffer": data}


def test_file_that_is_none_of_these_is_said_to_be_none(house: House) -> None:
    with before_robi(house) as stage:
        stage.page.get_by_role("button", name="Show").click()
        dialog = stage.page.get_by_role("dialog")
        notes: Any = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"hello"}
        dialog.locator("input[type=file]").set_input_files([notes])
        expect(dialog.get_by_role("alert")).to_contain_text("none of these")


def test_photo_of_ones_own_accord_is_looked_at_before_it_is_sent(house: House) -> None:
    with before_robi(house) as stage:
        stage.page.get_by_role("button", name="Show").click()
        dialog = stage.page.get_by_role("dialog", name="Show Robi something")
        dialog.get_by_role("button", name="Camera").click()
        dialog.get_by_role("button", name="Take a photo").click()
        expect(dialog.get_by_role("img", name="What you show")).to_be_visible()
        assert stage.of_type("image") == []
        dialog.get_by_role("button", name="Send").click()
        assert stage.wait_sent("image")["purpose"] == "context"


# ── body ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_body_drives_as_far_as_it_is_told(house: House, motion: str) -> None:
    with before_robi(house, reduced_motion=motion) as stage:
        stage.page.get_by_role("button", name="Body").click()
        state = stage.page.locator(".body-state")
        expect(state).to_have_text("x 120 cm · y 80 cm · 0°")
        stage.say("Go ahead")
        expect(state).to_have_text("x 120 cm · y 40 cm · 0°")  # 1.4 s are forty centimetres
        stage.say("Hello")
        told = stage.of_type("interaction_start")[-1]["context"]
        assert told["sensors"]["distance_cm"] == 26  # to the wall


def test_light_goes_out_when_somebody_cuts_in(house: House) -> None:
    with before_robi(house) as stage:
        stage.page.get_by_role("button", name="Body").click()
        stage.say("Let it shine")
        shining = stage.page.locator(".body-room.is-shining")
        expect(shining).to_have_count(1)
        stage.page.locator("#words").press("Escape")
        expect(shining).to_have_count(0)


def test_gauges_and_battery_are_told(house: House) -> None:
    with before_robi(house) as stage:
        stage.page.get_by_role("button", name="Body").click()
        stage.page.get_by_role("slider", name="Temperature").fill("33")
        stage.page.get_by_role("switch", name="It is touched").click()
        stage.page.get_by_role("button", name="Battery low").click()
        alert = stage.wait_sent("battery_alert")
        assert (alert["battery_level"], alert["source"]) == (10, "robot")
        stage.say("Hello")
        stage.wait_sent("text")
        context = stage.of_type("interaction_start")[-1]["context"]
        assert context["battery_robot"] == 10
        assert context["sensors"]["temperature_c"] == 33
        assert context["sensors"]["touch"] is True
