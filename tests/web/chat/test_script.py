"""The widget's file: any page may load it, and is told when it has changed."""

from pathlib import Path

import httpx
import pytest
import trio

from robi.web.chat.script import WIDGET, route
from tests.web.api.stage import Stage


@pytest.fixture
def widget(tmp_path: Path) -> Path:
    file = tmp_path / "chat.js"
    file.write_text("// a widget\n")
    return file


async def loaded(widget: Path, headers: dict[str, str] | None = None) -> httpx.Response:
    async with Stage(beside=[route(widget)]).client(key=None) as client:
        return await client.get("/chat.js", headers=headers)


async def test_widget_is_for_any_page(widget: Path) -> None:
    got = await loaded(widget, {"origin": "https://book.example"})
    assert (got.status_code, got.text) == (200, "// a widget\n")
    assert got.headers["content-type"] == "text/javascript; charset=utf-8"
    assert got.headers["access-control-allow-origin"] == "*"
    assert got.headers["cross-origin-resource-policy"] == "cross-origin"
    assert got.headers["cache-control"] == "no-cache"
    assert got.headers["x-content-type-options"] == "nosniff"


async def test_widget_that_is_known_is_not_sent_again_until_it_has_changed(widget: Path) -> None:
    tag = (await loaded(widget)).headers["etag"]
    known = {"if-none-match": tag}
    assert (await loaded(widget, known)).status_code == 304
    await trio.Path(widget).write_text("// another widget\n")
    assert (await loaded(widget, known)).text == "// another widget\n"


def test_widget_is_where_it_is_looked_for() -> None:
    assert WIDGET.is_file()
