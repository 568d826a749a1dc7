"""Takes the picture of the widget that docs/widget.md shows.

    python -m tools.console.widget_picture            into docs/pictures/

As the pictures of the console (tools.console.pictures): a server of its own, with a text, a
reader's key and a stub for its model. The page that the reader is on is of another origin, as a
site with the widget is: a second small server has it.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import httpx
from playwright.sync_api import Page, expect, sync_playwright

from tools.console.pictures import PLACE, running

_QUOTE: Final = "the Moon always shows us the same face"
_ANSWER: Final = f"""[emotion:happy]It turns once while it goes round us once: so **{_QUOTE}** \
[cite:1 "{_QUOTE}"].

The other face is no darker than this one. It was first seen in **1959**, in pictures of a probe \
[cite:1 "a probe took pictures of it"]."""
_TEXT: Final = f"""# The Sky

## The Moon

It turns once on itself in the time of one round, so that {_QUOTE}.
What lies on the other side nobody saw before 1959, when a probe took pictures of it.
"""
_PAGE: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><title>The Sky</title>
<style>body {{ font: 18px/1.65 Georgia, serif; margin: 3rem; max-width: 31rem; color:#222 }}</style>
<h1>The Sky</h1><h2 id="the-tides">The tides</h2><p>The sea rises and falls twice a day. It is the
Moon, above all, that moves it, and the Sun a little.</p><h2 id="the-moon">The Moon</h2>
<p id="face">It turns once on itself in the time of one round, so that the Moon always shows us the
same face. What lies on the other side nobody saw before 1959, when a probe took pictures of it.</p>
<script type="module" src="{url}/chat.js#key={key}&text=*"></script></html>"""


class _Site(BaseHTTPRequestHandler):
    page = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self.page)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


def main() -> None:
    """Take it."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        script = folder / "script.json"
        script.write_text(json.dumps({"default": {"text": _ANSWER}}), encoding="utf-8")
        stub = stack.enter_context(running("tools.gemini_stub", "--script", os.fspath(script)))
        settings = {
            "GEMINI_API_KEY": "stub",
            "GOOGLE_GEMINI_BASE_URL": stub,
            "PORT": "0",
            "ROBOT_LANGUAGE": "en",
            "DATA_DIR": os.fspath(folder),
            "LOG_FILE": os.fspath(folder / "log"),
        }
        url = stack.enter_context(running("robi.cli", "serve", environ=settings)).rstrip("/")
        _load(url, folder)
        site = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), _Site))
        stack.callback(site.shutdown)
        threading.Thread(target=site.serve_forever).start()
        origin = f"http://127.0.0.1:{site.server_port}"
        _Site.page = _PAGE.format(url=url, key=_key(folder, origin)).encode()
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox"] if os.geteuid() == 0 else [],
        )
        stack.callback(browser.close)
        page = browser.new_page(
            viewport={"width": 1100, "height": 640},
            locale="en-GB",
            color_scheme="light",
            reduced_motion="reduce",
        )
        page.goto(origin)
        _take(page)


def _load(url: str, folder: Path) -> None:
    """Give the server its text."""
    key = (folder / "api_key").read_text(encoding="utf-8").strip()
    headers = {"X-API-Key": key, "Content-Type": "text/markdown"}
    params = {"text_id": "sky", "name": "sky.md"}
    call = f"{url}/api/texts"
    with httpx.Client(trust_env=False, timeout=60) as client:
        client.post(call, params=params, content=_TEXT, headers=headers).raise_for_status()


def _key(folder: Path, origin: str) -> str:
    """Make a reader's key."""
    said = f"keys add book --role reader --origin {origin}"
    done = subprocess.run(  # noqa: S603 - this Python, and words of ours
        [sys.executable, "-m", "robi.cli", *said.split()],
        env={"PATH": os.defpath, "DATA_DIR": os.fspath(folder)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def _take(page: Page) -> None:
    page.locator("#face").click(click_count=3)
    page.get_by_role("button", name="Ask about the selection").click()
    page.locator("textarea").fill("Why is it always the same one?")
    page.locator("textarea").press("Enter")
    expect(page.locator(".cites")).to_be_visible()
    page.get_by_role("button", name="Citation 1").first.click()
    page.evaluate("document.activeElement.blur()")
    page.screenshot(path=PLACE / "widget.png")


if __name__ == "__main__":
    main()
