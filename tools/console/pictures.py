"""Takes the pictures of the page that README.md and docs/ show.

    python -m tools.console.pictures            into docs/pictures/

Runs a server of its own, with a stub for its model, in a folder that is gone afterwards, and visits
it with the Chromium of this machine. The conversation is always the same; look at what came of it.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

PLACE: Final = Path(__file__).parents[2] / "docs" / "pictures"

_SCRIPT: Final = {
    "replies": [
        {
            "match": "I am Ana",
            "text": "[emotion:greeting][actions:wave] Hello Ana! I am glad to meet you. "
            "[person_name:Ana]",
        },
        {
            "match": "walk",
            "text": "[emotion:excited][emojis:1F415,1F333][actions:wiggle|light:green] "
            "Yes, let us go to the park! Shall we take the dog along?",
            "first_delay_ms": 240,
            "chunk_delay_ms": 30,
        },
    ],
    "default": {"text": "[emotion:happy] All right.", "chunk_delay_ms": 20},
}
_MEMORIES: Final = (
    ("Has a dog called Luna.", "fact"),
    ("Likes walks in the park best of all.", "preference"),
    ("Her birthday is on the third of May.", "event"),
)
_DESKTOP: Final[ViewportSize] = {"width": 1200, "height": 720}
_PHONE: Final[ViewportSize] = {"width": 844, "height": 390}


def main() -> None:
    """Take them all."""
    PLACE.mkdir(exist_ok=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        script = folder / "script.json"
        script.write_text(json.dumps(_SCRIPT), encoding="utf-8")
        stub = stack.enter_context(running("tools.gemini_stub", "--script", os.fspath(script)))
        settings = {
            "GEMINI_API_KEY": "stub",
            "GOOGLE_GEMINI_BASE_URL": stub,
            "PORT": "0",
            "ROBOT_LANGUAGE": "en",
            "DATA_DIR": os.fspath(folder),
            "LOG_FILE": os.fspath(folder / "log"),
        }
        url = stack.enter_context(running("robi.cli", "serve", environ=settings))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox"] if os.geteuid() == 0 else [],
        )
        stack.callback(browser.close)
        # What moves would be another picture each time.
        context = browser.new_context(
            base_url=url,
            viewport=_DESKTOP,
            locale="en-GB",
            color_scheme="dark",
            reduced_motion="reduce",
        )
        _take(context.new_page())


def _take(page: Page) -> None:
    page.goto("/")
    page.click("#start")
    _say(page, "Hello! I am Ana.")
    expect(page.locator("#people-opener")).to_have_text("With Ana")
    expect(page.locator("#answer")).to_contain_text("meet you.")
    page.screenshot(path=PLACE / "face.png")
    page.set_viewport_size(_PHONE)
    _say(page, "Shall we go for a walk?")
    expect(page.locator("#answer")).to_contain_text("dog along?")
    page.screenshot(path=PLACE / "talk.png")
    page.set_viewport_size(_DESKTOP)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("d")
    expect(page.get_by_text("Shall we go for a walk?")).to_be_visible()
    page.screenshot(path=PLACE / "panel.png")
    page.keyboard.press("d")
    _remember(page)
    page.click("#people-opener")
    page.get_by_role("button", name="What it knows of Ana").click()
    expect(page.get_by_text("Luna")).to_be_visible()
    page.screenshot(path=PLACE / "people.png")


def _say(page: Page, words: str) -> None:
    page.fill("#words", words)
    page.press("#words", "Enter")


def _remember(page: Page) -> None:
    """Tell the server what is to be known of Ana, as an app would."""
    key = page.request.get("/api/key").json()["api_key"]
    headers = {"X-API-Key": key}
    (user,) = page.request.get("/api/users", headers=headers).json()["users"]
    for content, kind in _MEMORIES:
        page.request.post(
            f"/api/users/{user['user_id']}/memory",
            headers=headers,
            data={"content": content, "type": kind},
        )


@contextmanager
def running(
    module: str, *arguments: str, environ: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Run a program of ours; give the address that it tells."""
    process = subprocess.Popen(  # noqa: S603 - this Python, and modules named above
        [sys.executable, "-m", module, *arguments],
        env={"PATH": os.defpath, **(environ or {})},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            told = (line.split() for line in process.stdout or ())
            yield next(word for words in told for word in words if word.startswith("http://"))
        finally:
            process.terminate()
            process.communicate(timeout=60)


if __name__ == "__main__":
    main()
