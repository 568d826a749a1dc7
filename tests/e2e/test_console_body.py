"""The page's body in a real browser: it moves and shines as told, and tells what it measures."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import needs_chromium
from tests.e2e.stage import Server, before_robi, modelled, touching

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with modelled(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_body_drives_as_far_as_it_is_told(server: Server, motion: str) -> None:
    with before_robi(server, reduced_motion=motion) as stage:
        stage.page.get_by_role("button", name="Body").click()
        state = stage.page.locator(".body-state")
        expect(state).to_have_text("x 120 cm · y 80 cm · 0°")
        stage.say("Go ahead")
        expect(state).to_have_text("x 120 cm · y 40 cm · 0°")  # 1.4 s are forty centimetres
        stage.say("Hello")
        told = stage.of_type("interaction_start")[-1]["context"]
        assert told["sensors"]["distance_cm"] == 26  # to the wall


def test_light_goes_out_when_somebody_cuts_in(server: Server) -> None:
    with before_robi(server) as stage:
        stage.page.get_by_role("button", name="Body").click()
        stage.say("Let it shine")
        shining = stage.page.locator(".body-room.is-shining")
        expect(shining).to_have_count(1)
        stage.page.locator("#words").press("Escape")
        expect(shining).to_have_count(0)


def test_gauges_and_battery_are_told(server: Server) -> None:
    with before_robi(server) as stage:
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


def test_body_on_a_phone_leaves_the_face_and_its_words_to_be_seen(server: Server) -> None:
    with before_robi(server, reduced_motion="reduce") as stage:
        page = stage.page
        page.get_by_role("button", name="Body").click()
        for width, height in ((844, 390), (667, 375), (390, 844)):
            page.set_viewport_size({"width": width, "height": height})
            parts = ("#body", "#face", "#words-of-robi", "#controls")
            assert touching(page, *parts) == [], width
            box = page.locator("#face").bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) > 150, f"the face at {width}"
