"""A whole server over real sockets, with a model to test against and robots of another's make."""

import logging
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
import structlog
import trio

from robi.config.settings import Settings
from robi.tree import House, serve
from tests.e2e.robots import Robot, connect
from tools.gemini_stub import GeminiStub, Reply, Script

KEY = "a-key-for-tests-only"


class Site:
    """A running server, its model, and a way in."""

    def __init__(self, house: House, url: str, stub: GeminiStub) -> None:
        self.house = house
        self.url = url
        self.stub = stub

    @property
    def http(self) -> str:
        return self.url.replace("ws://", "http://").removesuffix("/ws/interact")

    @asynccontextmanager
    async def robot(self, **auth: object) -> AsyncIterator[Robot]:
        """A robot that has been let in."""
        async with connect(self.url) as robot:
            await robot.authenticate(KEY, **auth)
            yield robot


@asynccontextmanager
async def open_site(
    folder: Path,
    *replies: Reply,
    default: Reply | None = None,
    script: Script | None = None,
    **settings: str,
) -> AsyncIterator[Site]:
    """Run a server with its data in `folder` until the block is left."""
    async with trio.open_nursery() as nursery:
        stub = GeminiStub(script or Script(replies, default or Reply()))
        base_url = await stub.serve(nursery)
        environ = {
            "API_KEY": KEY,
            "PORT": "0",
            "GEMINI_API_KEY": "stub",
            "GOOGLE_GEMINI_BASE_URL": base_url,
            "DATA_DIR": os.fspath(folder),
            "DRAIN_TIMEOUT_S": "1",
            "LEARN_AFTER_S": "3600",  # else the model is asked for more than a test has in mind
            **settings,
        }
        loaded = Settings.load(environ, dotenv_path=folder / "no.env")
        house: House = await nursery.start(partial(serve, loaded))
        try:
            yield Site(house, f"ws://127.0.0.1:{house.port}/ws/interact", stub)
        finally:
            nursery.cancel_scope.cancel()


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Log errors only: pytest keeps what is printed, which would look like a leak."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    yield
    structlog.reset_defaults()


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """A server whose model repeats what it is asked."""
    async with open_site(tmp_path) as site:
        yield site
