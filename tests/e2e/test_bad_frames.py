"""What a robot must not send, over real sockets: a clear error; the neighbours notice nothing."""

import gc
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
import trio

from tests.e2e.conftest import Site, open_site
from tests.e2e.robots import Robot, connect
from tools.gemini_stub import Reply

BAD_BUT_BEARABLE = {
    "not JSON": "hola",
    "a list": "[1, 2]",
    "no type": '{"request_id": "x"}',
    "unknown type": '{"type": "dance", "request_id": "x"}',
    "wrong shape": '{"type": "text", "request_id": "x", "content": 5}',
    "missing field": '{"type": "text", "request_id": "x"}',
    "base64 that is not": '{"type": "image", "request_id": "x", "purpose": "context", "data": "%"}',
    "a second auth": '{"type": "auth", "api_key": "k"}',
    "deeply nested": "[" * 5000 + "]" * 5000,
}


async def still_answers(robot: Robot) -> None:
    assert (await robot.asks("¿sigues ahí?", "after"))[-1]["type"] == "stream_end"


@pytest.mark.parametrize("frame", BAD_BUT_BEARABLE.values(), ids=BAD_BUT_BEARABLE)
async def test_malformed_message_is_answered_with_8004_and_the_link_stays(
    site: Site, frame: str
) -> None:
    async with site.robot() as robot:
        await robot.sends(frame)
        error = await robot.hears()
        assert (error["code"], error["recoverable"]) == (8004, True)
        await still_answers(robot)


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ({"type": "auth", "api_key": "wrong"}, 1002),
        ({"type": "auth"}, 1001),
        ({"type": "text", "request_id": "x", "content": "hola"}, 8001),
        (b"\x00\x01", 8001),
        ("nonsense", 8004),
    ],
)
async def test_first_message_that_is_no_good_auth_is_refused_with_1008(
    site: Site, first: dict[str, Any] | bytes | str, code: int
) -> None:
    async with connect(site.url) as robot:
        await robot.sends(first)
        assert (await robot.hears())["code"] == code
        assert await robot.close_code() == 1008


async def test_robot_that_says_nothing_is_refused_with_1008(tmp_path: Path) -> None:
    async with open_site(tmp_path, AUTH_TIMEOUT="0.2") as site, connect(site.url) as robot:
        assert (await robot.hears())["code"] == 8001
        assert await robot.close_code() == 1008


async def test_message_over_the_limit_is_told_8003_before_1009(tmp_path: Path) -> None:
    async with open_site(tmp_path, WS_MAX_MESSAGE_SIZE_MB="1") as site, site.robot() as robot:
        await robot.sends(b"x" * (1024 * 1024 + 1))
        assert (await robot.hears())["code"] == 8003
        assert await robot.close_code() == 1009


async def test_session_outlives_a_message_over_the_limit(tmp_path: Path) -> None:
    async with open_site(tmp_path, WS_MAX_MESSAGE_SIZE_MB="1") as site:
        async with site.robot(device_id="d") as robot:
            await still_answers(robot)
            await robot.sends(b"x" * (1024 * 1024 + 1))
            await robot.close_code()
        async with site.robot(device_id="d") as again:
            assert again.seen[0]["resumed"] is True
            assert again.session_id == robot.session_id
            await still_answers(again)


async def test_text_that_is_not_utf8_is_told_8004_before_1007(site: Site) -> None:
    async with site.robot() as robot:
        # A text frame of one byte that no UTF-8 begins with, masked with zeros.
        await robot.sends_raw(b"\x81\x81\x00\x00\x00\x00\xff")
        assert (await robot.hears())["code"] == 8004
        assert await robot.close_code() == 1007


async def test_ten_thousand_bad_frames_leave_memory_where_it_was_and_a_neighbour_in_peace(
    tmp_path: Path,
) -> None:
    slow = Reply(chunk_delay_ms=20)
    async with (
        open_site(tmp_path, default=slow) as site,
        site.robot() as neighbour,
        site.robot() as vandal,
    ):

        async def flood(count: int) -> None:
            frames = list(BAD_BUT_BEARABLE.values())
            for number in range(count):
                await vandal.sends(frames[number % len(frames)])
                assert (await vandal.hears())["code"] == 8004
            vandal.seen.clear()

        words = "uno dos tres cuatro cinco seis siete ocho"
        await neighbour.asks(words, "first")  # what reads numbers is loaded with the first of them
        tracemalloc.start()
        await flood(1000)  # what is cached once is cached, and the replay ring is full
        await still_answers(neighbour)
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(flood, 9000)
            messages = await neighbour.asks(words)
            assert messages[-2]["response_text"] == words
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    # One small object kept of each frame would be more; what is less are buffers and free lists.
    assert (after - before) / 9000 < 40
