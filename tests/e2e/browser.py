"""A real browser before a real server: Chromium, driven by Playwright, and `robi serve`.

Owns how both are started, with the stub of the model behind the server, and what is noted of each
page: what went wrong in it, and whom it asked. The server is a process of its own, since
Playwright's calls wait where trio's loop would have to run. Chromium is the machine's own
(`apt install chromium`), not a download of Playwright's.
"""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from attrs import define, field
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from tools.console.node import packages

ROOT = Path(__file__).parents[2]
expect.set_options(timeout=20_000)  # a machine that is shared may take its time

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no Chromium on this machine (apt install chromium)"
)

in_detail = pytest.mark.skipif(
    os.environ.get("ROBI_LONG") != "1", reason="a minute in a browser: ROBI_LONG=1"
)
"""For what is about a page's details: the whole of the tests has to stay under ten minutes."""

_FLAGS = (
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",  # camera and microphone are allowed without a question
    "--disable-dev-shm-usage",  # it is small in containers
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
)


@contextmanager
def serving(folder: Path, **environ: str) -> Iterator[str]:
    """Run `robi serve` with its data in `folder`; give the address that it tells a newcomer."""
    given = {"PORT": "0", "DATA_DIR": os.fspath(folder), "LOG_FILE": os.fspath(folder / "log")}
    process = subprocess.Popen(
        [sys.executable, "-m", "robi.cli", "serve"],
        cwd=folder,
        env={"PATH": os.defpath, **given, **environ},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        try:
            told = (line.split() for line in process.stdout)
            yield next(word for line in told for word in line if word.startswith("http://"))
        finally:
            process.terminate()
            process.communicate(timeout=60)


@contextmanager
def modelling(folder: Path, script: dict[str, Any]) -> Iterator[str]:
    """Run the stub of the model, which answers by `script`; give its address."""
    file = folder / "script.json"
    file.write_text(json.dumps(script))
    command = [sys.executable, "tools/gemini_stub.py", "--script", os.fspath(file)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()
            process.communicate(timeout=60)


@define(eq=False, slots=False)  # Playwright leaves something of its own on it
class Visit:
    """A page, and what was noted since it was opened."""

    page: Page
    troubles: list[str] = field(factory=list)
    """Errors and warnings of its console, violations of the policy among them; what none caught."""
    asked: list[Request] = field(factory=list)
    answers: list[Response] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.page.on("console", self._said)
        self.page.on("pageerror", self._threw)
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.troubles.append(f"{message.type}: {message.text}")

    def _threw(self, error: Error) -> None:
        self.troubles.append(str(error))

    def _asked(self, request: Request) -> None:
        self.asked.append(request)

    def _answered(self, response: Response) -> None:
        self.answers.append(response)

    @property
    def hosts(self) -> set[str]:
        """Whom the page has asked for something."""
        return {urlsplit(request.url).netloc for request in self.asked} - {""}  # "": blob:

    def barriers(self, *, least: str = "serious") -> list[str]:
        """Return what axe finds that keeps somebody out, from `least` upwards."""
        impacts = ["minor", "moderate", "serious", "critical"]
        axe = (packages() / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
        self.page.evaluate(axe)
        found = self.page.evaluate("() => axe.run()")
        return [
            f"{rule['id']}: {rule['help']} ({node['html'][:120]})"
            for rule in found["violations"]
            if rule["impact"] in impacts[impacts.index(least) :]
            for node in rule["nodes"]
        ]


@contextmanager
def browsing(*flags: str) -> Iterator[Browser]:
    """Run a browser, for one visit or many: it takes longer to start than most visits last."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*_FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()
    for thread in threading.enumerate():  # asyncio's, which wait for Playwright's driver to end
        if thread.name.startswith("asyncio-waitpid"):
            thread.join()


@contextmanager
def visiting_in(browser: Browser, **context: Any) -> Iterator[Visit]:
    """Open an empty page in a context of its own, which shares neither storage nor connections.

    `context` is what Playwright's `new_context` takes.
    """
    opened = browser.new_context(**context)
    try:
        yield Visit(opened.new_page())
    finally:
        opened.close()


@contextmanager
def visiting(*flags: str, **context: Any) -> Iterator[Visit]:
    """Open an empty page in a browser of its own, with these flags."""
    with browsing(*flags) as browser, visiting_in(browser, **context) as visit:
        yield visit
