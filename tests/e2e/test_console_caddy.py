"""The page behind Debian's Caddy, over TLS: no key is given away, and ears and eyes may be used."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import needs_chromium, serving, visiting

CADDY = shutil.which("caddy") or ""
pytestmark = [
    needs_chromium,
    pytest.mark.skipif(not CADDY, reason="needs caddy (apt install caddy)"),
]

KEY = "a-key-of-some-length-0123456789"
CONFIGURATION = """{{
	admin off
	auto_https disable_redirects
	skip_install_trust
	storage file_system {folder}
}}
https://localhost:{port} {{
	bind 127.0.0.1
	tls internal
	reverse_proxy {server}
}}
"""


@contextmanager
def encrypted(folder: Path, url: str) -> Iterator[str]:
    """Run Caddy before the server at `url`; give its own address."""
    with socket.socket() as free:  # nobody else on loopback wants a port in this moment
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    text = CONFIGURATION.format(folder=folder, port=port, server=urlsplit(url).netloc)
    (folder / "Caddyfile").write_text(text, encoding="utf-8")
    with subprocess.Popen(
        [CADDY, "run", "--config", str(folder / "Caddyfile")],
        env={"PATH": os.defpath, "HOME": str(folder)},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        try:
            next(line for line in process.stderr if "serving initial configuration" in line)
            yield f"https://localhost:{port}/"
        finally:
            process.terminate()
            process.communicate(timeout=60)


def test_page_behind_caddy_asks_for_the_key_and_talks(tmp_path: Path) -> None:
    with (
        serving(tmp_path, API_KEY=KEY) as server,
        encrypted(tmp_path, server) as url,
        visiting(ignore_https_errors=True, locale="en-GB") as visit,
    ):
        page = visit.page
        page.goto(url)
        page.click("#start")
        page.fill("#key", KEY)
        page.press("#key", "Enter")
        page.fill("#words", "Hello!")
        page.press("#words", "Enter")
        expect(page.locator("#answer")).not_to_be_empty()
        assert page.evaluate("navigator.mediaDevices !== undefined")
        assert visit.hosts == {urlsplit(url).netloc}
        assert visit.troubles == []


def test_page_behind_caddy_is_not_given_the_key_of_development(tmp_path: Path) -> None:
    with (
        serving(tmp_path) as server,
        encrypted(tmp_path, server) as url,
        visiting(ignore_https_errors=True) as visit,
    ):
        given = visit.page.request.get(f"{url}api/key")
        assert (given.status, given.json()) == (200, {})
