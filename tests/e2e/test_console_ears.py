"""The page's ears and voice in a real browser, which plays a sound file as its microphone.

It plays it once, from the moment that the page opens the microphone.
"""

import shutil
import subprocess
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import needs_chromium
from tests.e2e.stage import STORY, Server, before_robi, modelled, sha256, subtitles, touching

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with modelled(tmp_path_factory.mktemp("server")) as server:
        yield server


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


@pytest.mark.parametrize("by", ["pointer", "space"])
def test_speech_while_the_button_is_held_arrives_at_the_model_whole(
    server: Server, tmp_path: Path, by: str
) -> None:
    flag = microphone(tmp_path, silence_before_s=0, silence_after_s=20)
    with before_robi(server, flag) as stage:
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
        expect(subtitles(stage)).to_contain_text("I have understood.")
        assert len(stage.frames) > 5, "sound is sent while it is heard"
        assert sha256(*stage.frames) in stage.seen_by_the_model()


def test_tap_listens_until_two_seconds_of_silence(server: Server, tmp_path: Path) -> None:
    flag = microphone(tmp_path, silence_before_s=1, silence_after_s=20)
    with before_robi(server, flag, has_touch=True) as stage:
        stage.page.locator(".ears-talk").tap()
        stage.wait_sent("audio_end")
        expect(subtitles(stage)).to_contain_text("I have understood.")
        assert sha256(*stage.frames) in stage.seen_by_the_model()


def test_hands_free_begins_and_ends_an_utterance_by_itself(server: Server, tmp_path: Path) -> None:
    flag = microphone(tmp_path, silence_before_s=2, silence_after_s=30)
    with before_robi(server, flag) as stage:
        free = stage.page.get_by_role("switch", name="Hands-free")
        free.click()
        stage.wait_sent("audio_end")
        expect(subtitles(stage)).to_contain_text("I have understood.")
        assert sha256(*stage.frames) in stage.seen_by_the_model()
        expect(free).to_have_attribute("aria-checked", "true")
        assert len(stage.of_type("audio_end")) == 1


def test_nobody_who_speaks_after_a_tap_is_told_and_nothing_is_asked(
    server: Server, tmp_path: Path
) -> None:
    flag = microphone(tmp_path, silence_before_s=30, silence_after_s=0)
    with before_robi(server, flag) as stage:
        stage.page.locator(".ears-talk").press("Enter")
        expect(stage.page.locator(".ears-note")).to_contain_text("heard nobody", timeout=15_000)
        assert stage.of_type("audio_end") == []


def test_escape_while_it_listens_forgets_what_was_heard(server: Server) -> None:
    with before_robi(server) as stage:
        button = stage.page.locator(".ears-talk")
        button.press("Enter")
        expect(button).to_have_text("Listening…")
        stage.page.keyboard.press("Escape")
        expect(button).to_have_text("Hold to talk")
        assert stage.of_type("audio_end") == []


def test_microphone_that_is_refused_is_said_with_what_to_do(server: Server) -> None:
    with before_robi(server, "--use-fake-ui-for-media-stream=deny") as stage:
        stage.page.get_by_role("switch", name="Hands-free").click()
        trouble = stage.page.get_by_role("alert").filter(has_text="microphone is not allowed")
        expect(trouble).to_be_visible()
        expect(stage.page.get_by_role("switch", name="Hands-free")).to_have_attribute(
            "aria-checked", "false"
        )


def test_controls_below_which_a_refusal_is_told_do_not_touch_each_other(server: Server) -> None:
    refused = "--use-fake-ui-for-media-stream=deny"
    with before_robi(server, refused, locale="es-ES") as stage:
        page = stage.page
        page.get_by_role("switch", name="Manos libres").click()
        expect(page.locator(".ears-note.is-trouble")).to_be_visible()
        names = (".ears-talk", ".ears-free", ".ears-note", ".eyes-show", "#words", "#send")
        for width, height in ((844, 390), (667, 375), (390, 844), (1280, 800), (195, 422)):
            page.set_viewport_size({"width": width, "height": height})
            assert touching(page, *names) == [], width
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            room = page.evaluate(
                """() => {
                  const words = document.querySelector('#words');
                  const { font, paddingInline } = getComputedStyle(words);
                  const context = document.createElement('canvas').getContext('2d');
                  context.font = font;
                  const hint = context.measureText(words.placeholder).width;
                  return words.clientWidth - 2 * parseFloat(paddingInline) - hint;
                }"""
            )
            assert room >= 0, f"the hint is cut off at {width}"


@pytest.mark.parametrize("way", ["pressing", "talking"])
def test_cutting_in_tells_how_much_was_spoken(server: Server, tmp_path: Path, way: str) -> None:
    flag = microphone(tmp_path, silence_before_s=4, silence_after_s=30)
    with before_robi(server, flag) as stage:
        if way == "talking":
            stage.page.get_by_role("switch", name="Hands-free").click()
        stage.say("Tell me a story")
        expect(subtitles(stage)).to_contain_text("Once upon a time")
        if way == "pressing":
            stage.page.wait_for_timeout(1500)
            stage.page.locator(".ears-talk").press("Enter")
        interrupt = stage.wait_sent("interrupt")
        (asked,) = stage.of_type("text")
        assert interrupt["request_id"] == asked["request_id"]
        assert 0 < interrupt["spoken_chars"] < len(STORY)
        following = stage.sent[stage.sent.index(interrupt) + 1]
        assert following["type"] == "interaction_start"


def test_cutting_in_before_the_first_sentence_is_spoken_tells_that_nothing_was(
    server: Server,
) -> None:
    with before_robi(server) as stage:
        stage.say("Tell me something slow")
        expect(subtitles(stage)).to_contain_text("Once upon")
        stage.page.keyboard.press("Escape")
        assert stage.wait_sent("interrupt")["spoken_chars"] == 0


def test_page_that_is_left_while_the_browser_asks_for_the_microphone_does_not_listen(
    server: Server,
) -> None:
    with before_robi(server) as stage:
        page = stage.page
        page.evaluate(
            """() => {
              window.given = [];
              const devices = navigator.mediaDevices;
              const open = devices.getUserMedia.bind(devices);
              devices.getUserMedia = async (wish) => {
                await new Promise((allow) => (window.allow = allow));
                const stream = await open(wish);
                given.push(...stream.getTracks());
                return stream;
              };
              window.turnAway = (hidden) => {
                Object.defineProperty(document, 'hidden', { configurable: true, value: hidden });
                document.dispatchEvent(new Event('visibilitychange'));
              };
            }"""
        )
        free = page.get_by_role("switch", name="Hands-free")
        free.click()
        page.evaluate("turnAway(true), allow()")
        stage.wait_until("given.length === 1 && given[0].readyState === 'ended'")
        expect(free).to_have_attribute("aria-checked", "true")
        page.evaluate("turnAway(false), allow()")
        stage.wait_until("given.length === 2 && given[1].readyState === 'live'")
