"""The page's eyes in a real browser, whose camera shows a film of its own."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import needs_chromium
from tests.e2e.stage import Server, Stage, before_robi, modelled, sha256, subtitles

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with modelled(tmp_path_factory.mktemp("server")) as server:
        yield server


def test_photo_that_is_asked_for_is_taken_after_a_countdown_and_seen_by_the_model(
    server: Server,
) -> None:
    with before_robi(server) as stage:
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
        expect(subtitles(stage)).to_contain_text("I have understood.")
        assert sha256(data) in stage.seen_by_the_model()


@pytest.mark.parametrize("way", ["button", "escape"])
def test_photo_that_is_refused_is_not_sent(server: Server, way: str) -> None:
    with before_robi(server) as stage:
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


def test_film_that_is_asked_for_is_seen_by_the_model_in_time(server: Server) -> None:
    with before_robi(server) as stage:
        stage.say("Make a film")
        film = stage.wait_sent("video")
        assert 1000 <= film["duration_ms"] <= 10_000
        expect(subtitles(stage)).to_contain_text("I have understood.")
        assert sha256(base64.b64decode(film["data"])) in stage.seen_by_the_model()


def test_camera_that_is_refused_is_said_and_the_question_goes_away(server: Server) -> None:
    with before_robi(server, "--use-fake-ui-for-media-stream=deny") as stage:
        stage.say("Take a photo")
        dialog = stage.page.get_by_role("dialog")
        expect(dialog.get_by_role("alert")).to_contain_text("camera is not allowed")
        expect(dialog).to_have_count(0, timeout=15_000)
        assert stage.of_type("image") == []


def test_picture_of_a_file_is_shown_small_with_its_words(server: Server) -> None:
    with before_robi(server) as stage:
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


def test_file_that_is_none_of_these_is_said_to_be_none(server: Server) -> None:
    with before_robi(server) as stage:
        stage.page.get_by_role("button", name="Show").click()
        dialog = stage.page.get_by_role("dialog")
        notes: Any = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"hello"}
        dialog.locator("input[type=file]").set_input_files([notes])
        expect(dialog.get_by_role("alert")).to_contain_text("none of these")


def test_photo_of_ones_own_accord_is_looked_at_before_it_is_sent(server: Server) -> None:
    with before_robi(server) as stage:
        stage.page.get_by_role("button", name="Show").click()
        dialog = stage.page.get_by_role("dialog", name="Show Robi something")
        dialog.get_by_role("button", name="Camera").click()
        dialog.get_by_role("button", name="Take a photo").click()
        expect(dialog.get_by_role("img", name="What you show")).to_be_visible()
        assert stage.of_type("image") == []
        dialog.get_by_role("button", name="Send").click()
        assert stage.wait_sent("image")["purpose"] == "context"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_dialogs_of_the_eyes_keep_nobody_out(server: Server, scheme: str) -> None:
    with before_robi(server, color_scheme=scheme) as stage:
        stage.page.get_by_role("button", name="Show").click()
        dialog = stage.page.get_by_role("dialog")
        dialog.locator("input[type=file]").set_input_files([_drawing(stage, 300, 150)])
        expect(dialog.get_by_role("button", name="Send")).to_be_visible()
        assert stage.visit.barriers() == []
        stage.page.keyboard.press("Escape")
        stage.say("Take a photo")
        expect(dialog.get_by_role("timer")).to_have_text("3")
        assert stage.visit.barriers() == []


def test_dialog_that_is_closed_while_the_microphone_opens_leaves_nothing_open(
    server: Server,
) -> None:
    with before_robi(server) as stage:
        page = stage.page
        page.evaluate(
            """() => {
              window.given = [];
              window.held = [];
              const devices = navigator.mediaDevices;
              const open = devices.getUserMedia.bind(devices);
              devices.getUserMedia = async (wish) => {
                if (wish.audio) await new Promise((allow) => held.push(allow));
                const stream = await open(wish);
                given.push(...stream.getTracks());
                return stream;
              };
            }"""
        )
        page.get_by_role("button", name="Show").click()
        dialog = page.get_by_role("dialog", name="Show Robi something")
        dialog.get_by_role("button", name="Camera").click()
        dialog.get_by_role("button", name="film").click()
        stage.wait_until("held.length === 1")
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        page.evaluate("held[0]()")
        stage.wait_until("given.length === 2")
        stage.wait_until("given.every(({ readyState }) => readyState === 'ended')")
