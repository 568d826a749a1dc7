"""Questions: every asker hears exactly one thing, and never waits for the dead."""

import gc
import traceback
from contextlib import suppress

import pytest
import trio
from attrs import frozen
from trio.testing import MockClock, wait_all_tasks_blocked

from robi.actors.ask import Ask, Question, ask
from robi.actors.errors import ActorDied, AskTimeout
from robi.actors.mailbox import Mailbox


@frozen
class Double(Question[int]):
    number: int


class Sick(Exception):
    """What an actor may answer with."""


Asks = Mailbox[Ask[int]]


async def double_all(mailbox: Asks) -> None:
    async for question in mailbox:
        match question.question:
            case Double(number):
                question.reply(2 * number)


async def test_asker_gets_the_value_of_the_reply() -> None:
    mailbox = Asks("a", 1)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(double_all, mailbox)
        assert await ask(mailbox, Double(21), timeout=1) == 42
        mailbox.request_stop()


async def test_asker_gets_the_error_of_fail() -> None:
    mailbox = Asks("a", 1)

    async def actor() -> None:
        (await anext(mailbox)).fail(Sick())

    async with trio.open_nursery() as nursery:
        nursery.start_soon(actor)
        with pytest.raises(Sick) as caught:
            await ask(mailbox, Double(1), timeout=1)
        assert caught.value.__context__ is None


async def test_failed_answer_leaves_no_garbage_cycle() -> None:
    mailbox = Asks("a", 1)

    async def actor() -> None:
        (await anext(mailbox)).fail(Sick())

    gc.collect()
    gc.disable()
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(actor)
            with suppress(Sick):
                await ask(mailbox, Double(1), timeout=1)
        assert not [found for found in gc.get_objects() if isinstance(found, Sick)]
    finally:
        gc.enable()


async def test_asker_after_its_time_gets_ask_timeout(autojump_clock: MockClock) -> None:
    start = trio.current_time()
    with pytest.raises(AskTimeout) as caught:
        await ask(Asks("slow", 1), Double(1), timeout=2)
    assert trio.current_time() - start == 2
    assert caught.value.__context__ is None
    assert "Cancelled" not in "".join(traceback.format_exception(caught.value))


async def test_time_counts_while_waiting_for_room(autojump_clock: MockClock) -> None:
    mailbox = Asks("full", 1)
    mailbox.put_nowait(Ask(Double(0)))
    with pytest.raises(AskTimeout):
        await ask(mailbox, Double(1), timeout=2)
    assert mailbox.statistics().depth == 1


async def test_late_reply_vanishes(autojump_clock: MockClock) -> None:
    mailbox = Asks("slow", 1)
    with pytest.raises(AskTimeout):
        await ask(mailbox, Double(1), timeout=2)
    question = await anext(mailbox)
    assert question.abandoned
    question.reply(2)
    question.fail(Sick())
    assert mailbox.statistics().in_hand == 0


async def test_question_of_a_cancelled_asker_is_abandoned() -> None:
    mailbox = Asks("a", 1)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(lambda: ask(mailbox, Double(1), timeout=9))
        question = await anext(mailbox)
        await wait_all_tasks_blocked()
        assert not question.abandoned
        nursery.cancel_scope.cancel()
    assert question.abandoned
    assert mailbox.statistics().in_hand == 0


async def test_reply_and_cancellation_in_one_moment_give_the_reply() -> None:
    mailbox, answers = Asks("a", 1), list[int]()

    async def asker() -> None:
        answers.append(await ask(mailbox, Double(1), timeout=9))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(asker)
        question = await anext(mailbox)
        await wait_all_tasks_blocked()
        question.reply(2)
        nursery.cancel_scope.cancel()
    assert answers == [2]


async def test_reply_before_the_asker_waits_is_kept() -> None:
    mailbox, answers = Asks("a", 1), list[int]()

    async def asker() -> None:
        answers.append(await ask(mailbox, Double(1), timeout=9))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(asker)
        (await anext(mailbox)).reply(2)  # the asker is still on its way out of put()
    assert answers == [2]


async def test_second_answer_is_an_error_of_the_actor() -> None:
    question = Ask(Double(1))
    question.reply(2)
    with pytest.raises(RuntimeError, match="Double was answered twice"):
        question.reply(3)


async def test_second_answer_does_not_change_the_first() -> None:
    question = Ask(Double(1))
    question.reply(2)
    with pytest.raises(RuntimeError):
        question.fail(Sick())
    assert await question.answer() == 2


async def test_question_in_hand_when_a_life_ends_is_answered_actor_died() -> None:
    mailbox = Asks("a", 1)

    async def actor() -> None:
        await anext(mailbox)
        await wait_all_tasks_blocked()
        mailbox.fail_in_hand()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(actor)
        with pytest.raises(ActorDied):
            await ask(mailbox, Double(1), timeout=9)


async def test_question_in_the_mailbox_when_a_life_ends_is_answered_by_the_next() -> None:
    mailbox, answers = Asks("a", 1), list[int]()

    async def asker() -> None:
        answers.append(await ask(mailbox, Double(1), timeout=9))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(asker)
        await wait_all_tasks_blocked()
        mailbox.fail_in_hand()
        (await anext(mailbox)).reply(2)
    assert answers == [2]


async def test_question_in_the_mailbox_at_the_end_is_answered_actor_died() -> None:
    mailbox = Asks("a", 1)

    async def end() -> None:
        await wait_all_tasks_blocked()
        mailbox.close()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(end)
        with pytest.raises(ActorDied):
            await ask(mailbox, Double(1), timeout=9)


async def test_question_passed_on_is_owed_by_who_read_it_last() -> None:
    front, back = Asks("front", 1), Asks("back", 1)
    answers = list[int]()

    async def asker() -> None:
        answers.append(await ask(front, Double(1), timeout=9))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(asker)
        back.put_nowait(await anext(front))
        question = await anext(back)
        front.fail_in_hand()
        question.reply(2)
    assert answers == [2]


async def test_answered_question_is_in_nobodys_hand() -> None:
    mailbox = Asks("a", 1)
    mailbox.put_nowait(Ask(Double(1)))
    question = await anext(mailbox)
    assert mailbox.statistics().in_hand == 1
    question.reply(2)
    assert mailbox.statistics().in_hand == 0
