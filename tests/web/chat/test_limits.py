"""How often readers may ask, by the second, and how much in a day."""

import trio
import trio.testing

from robi.errors import DatabaseError, RateLimitExceeded
from robi.web.chat.door import ADDRESS_FACTOR
from tests.web.chat.client import SSE
from tests.web.chat.stage import FRUGAL, RamReception, Stage
from tests.web.chat.test_refusals import assert_refused

GOES_ON = {"message": "And?", "session_id": "chat_0"}


async def test_session_asks_so_often_in_any_window_and_no_more(
    autojump_clock: trio.testing.MockClock,
) -> None:
    stage = Stage(questions=3, window_s=20)
    through = []
    await stage.asked()
    through.append(trio.current_time())
    while trio.current_time() - through[0] < 100:
        answered = await stage.asked(GOES_ON)
        if answered.status == 200:
            through.append(trio.current_time())
        await trio.sleep(0.5)
    assert len(through) == 3 * 5
    for start in through:
        assert sum(start <= at < start + 20 for at in through) <= 3


async def test_question_too_many_is_429_with_the_seconds_to_wait(
    autojump_clock: trio.testing.MockClock,
) -> None:
    stage = Stage(questions=2)
    await stage.asked()
    await trio.sleep(10)
    await stage.asked(GOES_ON)
    for accept in ("application/json", SSE):
        answered = await stage.asked(GOES_ON, accept=accept)
        assert_refused(answered, 429, RateLimitExceeded.code)
        assert (answered.headers["retry-after"], answered.json()["retry_after"]) == ("50", 50)
    await trio.sleep(50)
    assert (await stage.asked(GOES_ON)).status == 200


async def test_sessions_are_counted_each_by_itself() -> None:
    stage = Stage(questions=1)
    assert [(await stage.asked()).status for _ in range(3)] == [200] * 3


async def test_new_sessions_are_no_way_around_the_limit_of_an_address() -> None:
    stage = Stage(questions=1)
    statuses = [(await stage.asked()).status for _ in range(ADDRESS_FACTOR + 1)]
    assert statuses == [200] * ADDRESS_FACTOR + [429]
    stage.address = "192.0.2.2"
    assert (await stage.asked()).status == 200


async def test_address_is_a_house_of_ipv6() -> None:
    stage = Stage(questions=1, address="2001:db8::1")
    for _ in range(ADDRESS_FACTOR):
        await stage.asked()
    stage.address = "2001:db8::ffff"
    assert (await stage.asked()).status == 429
    stage.address = "2001:db8:0:1::1"
    assert (await stage.asked()).status == 200


async def test_question_that_its_address_may_not_ask_does_not_count_for_its_session(
    autojump_clock: trio.testing.MockClock,
) -> None:
    stage = Stage(questions=2)
    await stage.asked()
    for _ in range(2 * ADDRESS_FACTOR - 1):
        await stage.asked()
    assert (await stage.asked(GOES_ON)).status == 429
    stage.address = "192.0.2.2"
    assert [(await stage.asked(GOES_ON)).status for _ in range(2)] == [200, 429]


async def test_question_that_was_refused_does_not_count() -> None:
    stage = Stage(questions=2)
    await stage.asked()
    for _ in range(5):
        assert (await stage.asked({"message": ""})).status == 400
    assert (await stage.asked(GOES_ON)).status == 200


async def test_question_that_the_server_could_not_take_does_not_count() -> None:
    stage = Stage(questions=2)
    await stage.asked()
    stage.reception.trouble = DatabaseError()
    for _ in range(5):
        assert (await stage.asked(GOES_ON)).status == 500
    stage.reception.trouble = None
    assert (await stage.asked(GOES_ON)).status == 200


async def test_conversations_that_are_not_there_count_for_the_address() -> None:
    stage = Stage(questions=1)
    for number in range(ADDRESS_FACTOR):
        await stage.asked({"message": "?", "session_id": f"chat_{number}"})
    assert (await stage.asked()).status == 429


async def test_stream_taken_up_does_not_count() -> None:
    stage = Stage(questions=1)
    async with stage.connected() as client:
        await client.ask(accept=SSE)
        await client.events()
    for _ in range(5):
        answered = await stage.asked(accept=SSE, last_event_id="chat_0/1")
        assert answered.status == 200
    assert (await stage.asked(GOES_ON)).status == 429


async def test_key_whose_day_is_used_up_waits_until_tomorrow() -> None:
    stage = Stage()
    stage.spent["key_frugal"] = 999
    assert (await stage.asked(key=FRUGAL)).status == 200
    stage.spent["key_frugal"] = 1000
    answered = await stage.asked(key=FRUGAL)
    assert_refused(answered, 429, RateLimitExceeded.code)
    assert answered.headers["retry-after"] == "3600"
    assert (await stage.asked()).status == 200  # another key


async def test_stream_is_taken_up_though_the_day_of_its_key_is_used_up() -> None:
    stage = Stage(RamReception())
    async with stage.connected() as client:
        await client.ask(key=FRUGAL, accept=SSE)
        await client.events()
    stage.spent["key_frugal"] = 1000
    answered = await stage.asked(key=FRUGAL, accept=SSE, last_event_id="chat_0/1")
    assert answered.status == 200
