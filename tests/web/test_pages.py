"""The console's files over HTTP: what is there, what is not, and what a browser is told with it."""

import gzip
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from robi.web.pages import CONSOLE, Content, accepts_gzip, is_current, routes
from tests.web.api.stage import Stage

DRAWING = "/emoji/1F916.svg"
PARTS = ["/style.css", "/js/main.js", "/manifest.webmanifest", "/icon-192.png", DRAWING]
SERVED = {".css", ".html", ".js", ".png", ".svg", ".txt", ".webmanifest"}


@asynccontextmanager
async def browser(console: Path = CONSOLE) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a key that takes nothing compressed unless asked to."""
    async with Stage(beside=routes(console)).client(key=None) as client:
        client.headers["accept-encoding"] = "identity"
        yield client


# ── what is there ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/style.css", "text/css; charset=utf-8"),
        ("/js/main.js", "text/javascript; charset=utf-8"),
        ("/manifest.webmanifest", "application/manifest+json"),
        ("/icon-192.png", "image/png"),
        ("/emoji/LICENSE.txt", "text/plain; charset=utf-8"),
        (DRAWING, "image/svg+xml"),
    ],
)
async def test_file_of_the_package_is_there_for_anybody(path: str, media_type: str) -> None:
    async with browser() as client:
        answer = await client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert answer.content


async def test_every_file_that_a_browser_can_use_is_at_its_own_path_and_whole() -> None:
    files = [place for place in CONSOLE.rglob("*") if place.suffix in SERVED]
    async with browser() as client:
        for place in files:
            name = place.relative_to(CONSOLE).as_posix()
            answer = await client.get("/" if name == "index.html" else f"/{name}")
            assert answer.content == place.read_bytes(), name
    assert len(files) > 10


@pytest.mark.parametrize(
    "path",
    [
        "/index.html",
        "/js",
        "/js/",
        "/js/none.js",
        "/JS/main.js",
        "//",
        "/js/%2e%2e/style.css",
        "/js%2Fmain.js",
        "/emoji/openmoji.zip",
        "/emoji/10FFFF.svg",
        "/emoji/1f916.svg",
        "/emoji/..%2Fstyle.svg",
        "/console/index.html",
        "/favicon.ico",
    ],
)
async def test_path_without_a_file_is_404_in_the_shape_of_all_errors(path: str) -> None:
    async with browser() as client:
        request = client.build_request("GET", "/")
        request.url = request.url.copy_with(raw_path=path.encode())
        answer = await client.send(request)
    assert (answer.status_code, answer.json()["code"]) == (404, 2001)


@pytest.mark.parametrize("path", ["/", "/js/main.js", DRAWING])
async def test_file_cannot_be_written_to(path: str) -> None:
    async with browser() as client:
        answer = await client.post(path)
    assert (answer.status_code, answer.json()["code"]) == (405, 2001)
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


async def test_head_tells_the_length_of_what_get_sends() -> None:
    async with browser() as client:
        for path in ("/", *PARTS):
            head, whole = await client.head(path), await client.get(path)
            assert head.status_code == 200
            assert head.headers["content-length"] == str(len(whole.content))


async def test_new_content_of_a_file_is_sent_without_a_restart(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_text("before")
    async with browser(tmp_path) as client:
        before = await client.get("/")
        page.write_text("after!")  # as long; the clock of a disk may be slow
        os.utime(page, ns=(1, 1))
        after = await client.get("/", headers={"if-none-match": before.headers["etag"]})
    assert (before.text, after.status_code, after.text) == ("before", 200, "after!")


# ── kept by the browser ───────────────────────────────────────────────────────────────────


async def test_file_that_the_browser_has_is_not_sent_again() -> None:
    async with browser() as client:
        for path in ("/", *PARTS):
            tag = (await client.get(path)).headers["etag"]
            again = await client.get(path, headers={"if-none-match": tag})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
            other = await client.get(path, headers={"if-none-match": '"another"'})
            assert other.status_code == 200


@pytest.mark.parametrize(
    ("path", "keeping"),
    [
        ("/", "no-cache"),
        ("/js/main.js", "no-cache"),
        (DRAWING, "public, max-age=31536000, immutable"),
    ],
)
async def test_browser_asks_each_time_but_for_drawings(path: str, keeping: str) -> None:
    async with browser() as client:
        assert (await client.get(path)).headers["cache-control"] == keeping


@pytest.mark.parametrize(
    ("header", "current"),
    [
        ("", False),
        ('"b"', False),
        ('"a"', True),
        ('W/"a"', True),
        ('"b", W/"a"', True),
        ("*", True),
    ],
)
def test_tag_is_compared_weakly_with_each_of_a_list(header: str, current: bool) -> None:
    assert is_current(header, 'W/"a"') == current


# ── compressed ────────────────────────────────────────────────────────────────────────────


async def test_text_is_compressed_for_whoever_takes_it_and_the_cache_is_told() -> None:
    async with browser() as client:
        for path in ("/", "/js/main.js", DRAWING):
            plain = await client.get(path)
            small = await client.get(path, headers={"accept-encoding": "gzip, br"})
            assert small.headers["content-encoding"] == "gzip"
            assert "content-encoding" not in plain.headers
            assert plain.headers["vary"] == small.headers["vary"] == "accept-encoding"
            assert small.content == plain.content
            assert int(small.headers["content-length"]) < len(plain.content)


async def test_picture_that_is_small_already_is_sent_as_it_is() -> None:
    async with browser() as client:
        answer = await client.get("/icon-192.png", headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("", False),
        ("br", False),
        ("gzip", True),
        ("br, GZIP ; q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("*", True),
        ("*;q=0", False),
        ("identity, *;q=0.1", True),
    ],
)
def test_client_takes_gzip_if_it_says_so(header: str, accepted: bool) -> None:
    assert accepts_gzip(header) == accepted


def test_compressed_content_holds_the_same() -> None:
    content = Content.of(b"words " * 100)
    assert content.compressed is not None
    assert gzip.decompress(content.compressed) == content.raw


# ── what a browser is told ────────────────────────────────────────────────────────────────


async def test_page_may_load_from_its_own_server_only_and_run_no_text() -> None:
    async with browser() as client:
        headers = (await client.get("/")).headers
    policy = dict(
        rule.partition(" ")[::2] for rule in headers["content-security-policy"].split("; ")
    )
    assert policy["default-src"] == policy["frame-ancestors"] == policy["form-action"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert policy["trusted-types"] == "'none'"
    sources = {word for rule in policy.values() for word in rule.split()}
    assert sources == {"'none'", "'self'", "'script'", "blob:"}
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=(self)" in headers["permissions-policy"]
    assert "microphone=(self)" in headers["permissions-policy"]


async def test_everything_says_that_it_is_not_to_be_guessed_at_nor_told_where_it_came_from() -> (
    None
):
    async with browser() as client:
        for path in ("/", *PARTS):
            headers = (await client.get(path)).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["cross-origin-resource-policy"] == "same-origin"
            assert headers["content-security-policy"].startswith("default-src 'none'")


def test_page_has_no_script_or_style_of_its_own() -> None:
    """The policy would not let them run."""
    page = (CONSOLE / "index.html").read_text(encoding="utf-8")
    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page) == []
