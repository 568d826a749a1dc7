"""The turn of a reader: what is asked is kept first, and rests on a text; and who goes away."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
import trio
import trio.testing
from attrs import define, field

from robi.actors.ask import Ask, ask
from robi.actors.history import Entry, History
from robi.actors.library import PASSAGES
from robi.actors.mail import Attach, Due, FromReader
from robi.actors.mailbox import Mailbox
from robi.actors.memory_mail import Forget
from robi.actors.reader import (
    ALONE_S,
    KEPT_WITHIN,
    NEWEST,
    ReaderPorts,
    settling,
)
from robi.actors.store_mail import StoreAddress, StoreMessage
from robi.actors.turn import About, Utterance
from robi.errors import DatabaseError
from robi.speech.reading import Passage
from robi.speech.scene import Said
from robi.store.base import AppendHistory, EraseEverythingRemembered
from tests.actors.bench import Bench, Robot

CELL = Passage(
    "cells", "Cells", ("La célula", "Mitocondrias"), "mitocondrias", "¶ 4",
    "Las mitocondrias liberan la energía de los azúcares.",
)  # fmt: skip


class Reader(Robot):
    """The reader's end of one request."""

    async def wants(
        self,
        words: str,
        request_id: str = "q1",
        *,
        selected: str | None = None,
        text: str | None = None,
    ) -> None:
        utterance = Utterance(request_id, "text", words, about=About(selected, text))
        await self.session.put(FromReader(self.attachment, utterance, "reader:key_1"))
        await trio.testing.wait_all_tasks_blocked()


@define(eq=False)
class Reading:
    """A reader's session on the bench, and its texts in the hands of a test."""

    bench: Bench
    texts: tuple[Passage, ...] = (CELL,)
    searched: list[tuple[str, tuple[str, ...], int]] = field(factory=list)
    disk: trio.Event | None = None
    failure: Exception | None = None

    def settling(self) -> Callable[[], Awaitable[None]]:
        return self._settled

    async def _settled(self) -> None:
        await trio.lowlevel.checkpoint()
        if self.failure is not None:
            raise self.failure
        if self.disk is not None:
            await self.disk.wait()

    async def search(self, text_id: str, words: Sequence[str], limit: int) -> tuple[Passage, ...]:
        await trio.lowlevel.checkpoint()
        self.searched.append((text_id, tuple(words), limit))
        return self.texts[:limit]

    async def reader(self, last_seq: int | None = None) -> Reader:
        return Reader(
            self.bench.mailbox, await ask(self.bench.mailbox, Attach(last_seq), timeout=1)
        )


@pytest.fixture
def reading(nursery: trio.Nursery) -> Reading:
    reading = Reading(Bench(nursery))
    reading.bench.reader = ReaderPorts(reading.settling, reading.search, "Robi")
    reading.bench.start()
    return reading


def words_of(messages: list[dict[str, Any]]) -> str:
    return "".join(message["text"] for message in messages if message["type"] == "text_chunk")


async def test_question_is_on_the_disk_before_the_model_is_asked(reading: Reading) -> None:
    reading.disk = trio.Event()
    reader = await reading.reader()
    await reader.wants("¿Qué es una célula?")
    assert reading.bench.brain.calls == []
    (kept,) = [w.row for w in reading.bench.written() if isinstance(w, AppendHistory)]
    assert (kept.role, kept.content) == ("person", "¿Qué es una célula?")
    reading.disk.set()
    call = await reading.bench.brain.called(1)
    call.answer("[emotion:happy] Lo más pequeño que vive.")
    await reader.hears_turn()
    await trio.testing.wait_all_tasks_blocked()
    kept_too = [w.row for w in reading.bench.written() if isinstance(w, AppendHistory)][-1]
    assert (kept_too.role, kept_too.content) == ("robot", "Lo más pequeño que vive.")


async def test_question_that_cannot_be_kept_asks_nobody_and_says_so(reading: Reading) -> None:
    reading.failure = DatabaseError("SQLITE_IOERR")
    reader = await reading.reader()
    await reader.wants("¿Qué es una célula?")
    assert (await reader.hears_turn())[-1]["error_code"] == "DATABASE_ERROR"
    assert reading.bench.brain.calls == []


async def test_model_is_asked_with_the_passages_on_its_readers_account(reading: Reading) -> None:
    reader = await reading.reader()
    await reader.wants("¿Qué hacen las mitocondrias?", text="cells")
    request = (await reading.bench.brain.called(1)).request
    assert reading.searched == [("cells", ("¿Qué hacen las mitocondrias?",), PASSAGES)]
    assert request.scene.reading is not None
    assert request.scene.reading.passages == (CELL,)
    assert (request.payer, request.asker, request.tools) == ("reader:key_1", "s", ())
    assert request.max_output_tokens == 1024


async def test_answer_cites_what_stands_in_the_passage(reading: Reading) -> None:
    reader = await reading.reader()
    await reader.wants("¿Qué hacen las mitocondrias?", text="cells")
    (await reading.bench.brain.called(1)).answer(
        '[emotion:happy]Liberan **energía**. [cite:1 "liberan la energía"]'
    )
    messages = await reader.hears_turn()
    meta = messages[-2]
    assert words_of(messages) == meta["response_text"] == "Liberan **energía**. [1]"
    (citation,) = meta["citations"]
    assert citation["quote"] == "liberan la energía"
    assert (citation["heading"], citation["place"]) == (list(CELL.heading), "¶ 4")


async def test_nothing_found_declines_without_asking_the_model(reading: Reading) -> None:
    reading.texts = ()
    reader = await reading.reader()
    await reader.wants("¿Quién ganó la liga?", text="*")
    messages = await reader.hears_turn()
    assert [m["type"] for m in messages] == ["emotion", "text_chunk", "response_meta", "stream_end"]
    assert (messages[-2]["declined"], messages[-2]["citations"]) == (True, [])
    assert reading.bench.brain.calls == []


async def test_selection_stands_alone_without_the_history(reading: Reading) -> None:
    reader = await reading.reader()
    await reader.wants("Hola")
    (await reading.bench.brain.called(1)).answer("Hola")
    await reader.hears_turn()
    await reader.wants("¿Qué dice?", "q2", selected="El agua hierve a 100 °C.")
    request = (await reading.bench.brain.called(2)).request
    assert request.history == ()
    assert request.scene.reading is not None
    assert request.scene.reading.selected
    assert [p.words for p in request.scene.reading.passages] == ["El agua hierve a 100 °C."]
    assert reading.searched == []


async def test_selection_that_stands_in_the_text_has_its_heading_and_place(
    reading: Reading,
) -> None:
    reader = await reading.reader()
    await reader.wants("¿Qué?", selected="liberan  la\nenergía", text="cells")
    scene = (await reading.bench.brain.called(1)).request.scene
    assert scene.reading is not None
    (passage,) = scene.reading.passages
    assert (passage.place, passage.words) == ("¶ 4", "liberan  la\nenergía")


async def test_follow_up_is_searched_with_the_question_before_it(reading: Reading) -> None:
    reader = await reading.reader()
    await reader.wants("¿Qué hacen las mitocondrias?", text="*")
    (await reading.bench.brain.called(1)).answer('Energía. [cite:1 "liberan la energía"]')
    await reader.hears_turn()
    await reader.wants("¿Y por qué?", "q2", text="*")
    await reading.bench.brain.called(2)
    assert reading.searched[-1][1] == ("¿Y por qué?", "¿Qué hacen las mitocondrias?")


async def test_model_sees_the_newest_ten_messages_oldest_first_from_a_question_on(
    nursery: trio.Nursery,
) -> None:
    said = [
        Entry(n, "stranger:1", Said("robot" if n % 2 else "person", f"m{n}"), f"r{n // 2}")
        for n in range(20)
    ]
    reading = Reading(Bench(nursery, history=History(said)))
    reading.bench.reader = ReaderPorts(reading.settling, reading.search, "Robi")
    reading.bench.start()
    reader = await reading.reader()
    await reader.wants("ahora")
    request = (await reading.bench.brain.called(1)).request
    assert [each.text for each in request.history] == [f"m{n}" for n in range(12, 20)]
    assert len(request.history) + 1 <= NEWEST


async def test_long_conversation_keeps_no_more_than_that_in_ram(reading: Reading) -> None:
    reader = await reading.reader()
    for n in range(1, 13):
        await reader.wants(f"pregunta {n}", f"q{n}")
        (await reading.bench.brain.called(n)).answer(f"respuesta {n}")
        await reader.hears_turn()
    await trio.testing.wait_all_tasks_blocked()
    entries = reading.bench.session._history.entries
    assert len(entries) == NEWEST
    assert entries[-1].index == 23


async def test_reader_who_tells_a_name_is_met_by_nobody_and_nothing_is_learned(
    reading: Reading,
) -> None:
    reader = await reading.reader()
    await reader.wants("Me llamo Ana y me gusta el té")
    (await reading.bench.brain.called(1)).answer("[person_name:Ana][memory:fact:té] Hola, Ana.")
    messages = await reader.hears_turn()
    assert [m["type"] for m in messages] == ["emotion", "text_chunk", "response_meta", "stream_end"]
    assert "person_name" not in messages[-2]
    assert reading.bench.files == []


async def test_reader_who_leaves_for_good_closes_the_call_at_once(reading: Reading) -> None:
    reader = await reading.reader()
    await reader.wants("cuenta")
    call = await reading.bench.brain.called(1)
    call.write("Uno")
    await reader.leaves(for_good=True)
    assert call.closed.is_set()


async def test_reader_whose_request_is_cut_finds_every_word_in_time(
    reading: Reading, autojump_clock: trio.testing.MockClock
) -> None:
    reader = await reading.reader()
    await reader.wants("cuenta")
    call = await reading.bench.brain.called(1)
    call.write("[emotion:happy] Uno,")
    heard = [await reader.hears(), await reader.hears()]
    await reader.leaves()
    call.write(" dos,")
    await trio.sleep(ALONE_S - 0.1)
    await reading.bench.mailbox.put(Due())
    back = await reading.reader(last_seq=heard[-1]["seq"])
    assert back.attached.resumed
    call.answer(" tres.")
    rest = await back.hears_turn()
    await trio.sleep(2 * ALONE_S)
    await reading.bench.mailbox.put(Due())
    assert words_of([*heard, *rest]) == "Uno, dos, tres."
    assert [m["seq"] for m in [*heard, *rest]] == list(range(1, len(heard) + len(rest) + 1))
    assert "interrupted" not in rest[-1] or rest[-1]["interrupted"] is False


async def test_reader_who_does_not_come_back_ends_the_call(
    reading: Reading, autojump_clock: trio.testing.MockClock
) -> None:
    reader = await reading.reader()
    await reader.wants("cuenta")
    call = await reading.bench.brain.called(1)
    call.write("[emotion:happy] Uno,")
    heard = [await reader.hears(), await reader.hears()]
    await reader.leaves()
    assert reading.bench.wake_at == trio.current_time() + ALONE_S
    await trio.sleep(ALONE_S)
    assert not call.closed.is_set()
    await reading.bench.mailbox.put(Due())
    await trio.testing.wait_all_tasks_blocked()
    assert call.closed.is_set()
    back = await reading.reader(last_seq=heard[-1]["seq"])
    assert (await back.hears_turn())[-1]["interrupted"] is True


async def test_whole_answer_waits_for_its_reader(
    reading: Reading, autojump_clock: trio.testing.MockClock
) -> None:
    reader = await reading.reader()
    await reader.wants("cuenta")
    call = await reading.bench.brain.called(1)
    call.write("[emotion:happy] Uno,")
    heard = [await reader.hears(), await reader.hears()]
    await reader.leaves()
    call.answer(" dos.")
    for _ in range(3):
        await trio.sleep(ALONE_S)
        await reading.bench.mailbox.put(Due())
    back = await reading.reader(last_seq=heard[-1]["seq"])
    assert words_of([*heard, *await back.hears_turn()]) == "Uno, dos."


async def test_robot_that_is_lost_has_its_answer_to_the_end(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("cuenta")
    call = await bench.brain.called(1)
    call.write("[emotion:happy] Uno,")
    await robot.hears()
    await robot.leaves()
    assert bench.wake_at == pytest.approx(trio.current_time() + 60.0, abs=1.0)
    assert not call.closed.is_set()


async def test_second_question_of_a_session_cuts_the_first_and_is_answered(
    reading: Reading,
) -> None:
    reader = await reading.reader()
    await reader.wants("uno")
    first = await reading.bench.brain.called(1)
    first.write("Pues")
    other = await reading.reader()
    await other.wants("dos", "q2")
    (await reading.bench.brain.called(2)).answer("Dos.")
    assert first.closed.is_set()
    messages = await other.hears_turn()
    while messages[-1]["request_id"] != "q2":
        messages = await other.hears_turn()
    assert words_of([m for m in messages if m["request_id"] == "q2"]) == "Dos."
    assert await reader.let_go() == 4409


async def test_reader_who_asks_to_be_forgotten_is(reading: Reading) -> None:
    reader = await reading.reader()
    await reader.wants("Vivo en Lima")
    (await reading.bench.brain.called(1)).answer("Vale.")
    await reader.hears_turn()
    await reader.wants("Olvida todo lo que sabes de mí", "q2")
    call = await reading.bench.brain.called(2)
    assert call.request.scene.wish == "forget_all"
    assert call.request.history == ()
    assert len(reading.bench.forgettings) == 1


async def test_wish_to_be_forgotten_is_answered_though_a_text_was_asked(reading: Reading) -> None:
    reader = await reading.reader()
    await reader.wants("Olvida todo lo que sabes de mí", text="*")
    call = await reading.bench.brain.called(1)
    assert call.request.scene.wish == "forget_all"
    assert reading.searched == []
    call.answer("Ya está olvidado.")
    messages = await reader.hears_turn()
    assert words_of(messages) == "Ya está olvidado."


async def test_question_that_sounds_like_a_wish_to_remember_is_a_question_about_the_text(
    reading: Reading,
) -> None:
    reader = await reading.reader()
    await reader.wants("Recuerda que hablamos de las mitocondrias", text="*")
    scene = (await reading.bench.brain.called(1)).request.scene
    assert scene.wish is None
    assert scene.reading is not None
    assert scene.reading.passages == (CELL,)


async def test_question_is_settled_once_the_store_has_written_what_was_put_before() -> None:
    mailbox: Mailbox[StoreMessage] = Mailbox("store", 10)
    wait = settling(StoreAddress(mailbox))
    owed = await anext(aiter(mailbox))
    assert isinstance(owed, Ask)
    owed.reply(None)  # type: ignore[arg-type]
    await wait()


async def test_store_that_does_not_write_in_time_is_a_database_that_does_not_answer(
    autojump_clock: trio.testing.MockClock,
) -> None:
    wait = settling(StoreAddress(Mailbox("store", 10)))
    with pytest.raises(DatabaseError):
        await wait()
    assert trio.current_time() == pytest.approx(KEPT_WITHIN)


async def test_store_that_has_no_room_is_a_database_that_does_not_answer() -> None:
    mailbox: Mailbox[StoreMessage] = Mailbox("store", 1)
    settling(StoreAddress(mailbox))
    with pytest.raises(DatabaseError):
        settling(StoreAddress(mailbox))


async def test_question_that_the_store_has_no_room_for_asks_nobody(nursery: trio.Nursery) -> None:
    rows: Mailbox[StoreMessage] = Mailbox("store", 1)
    reading = Reading(Bench(nursery, rows=rows))
    reading.bench.reader = ReaderPorts(reading.settling, reading.search, "Robi")
    reading.bench.start()
    reader = await reading.reader()
    await reader.wants("¿Qué es una célula?")
    assert (await reader.hears_turn())[-1]["error_code"] == "DATABASE_ERROR"
    assert reading.bench.brain.calls == []


async def test_question_that_could_not_be_kept_is_no_part_of_the_conversation(
    reading: Reading,
) -> None:
    reader = await reading.reader()
    reading.failure = DatabaseError("SQLITE_BUSY")
    for number in range(3):
        await reader.wants("¿Qué es una célula?", f"q{number}")
        await reader.hears_turn()
    reading.failure = None
    await reader.wants("¿Qué es una célula?", "q9")
    assert (await reading.bench.brain.called(1)).request.history == ()
    asked = [w.row for w in reading.bench.written() if isinstance(w, AppendHistory)]
    assert {row.index for row in asked} == {0}  # each in the place of the one before


async def test_what_a_reader_wants_forgotten_is_all_of_the_conversation(reading: Reading) -> None:
    reader = await reading.reader()
    for number, words in enumerate(("Vivo en Lima", "Tengo dos gatos"), 1):
        await reader.wants(words, f"q{number}")
        (await reading.bench.brain.called(number)).answer("Vale.")
        await reader.hears_turn()
    await reader.wants("Olvida lo que te he dicho", "q3")
    assert (await reading.bench.brain.called(3)).request.history == ()
    assert isinstance(reading.bench.forgettings[0], Forget)
    assert isinstance(reading.bench.forgettings[0].erasure, EraseEverythingRemembered)


async def test_conversation_of_which_all_was_taken_gives_its_place_back_soon(
    reading: Reading, autojump_clock: trio.testing.MockClock
) -> None:
    reader = await reading.reader()
    await reader.wants("hola")
    (await reading.bench.brain.called(1)).answer("Hola.")
    await reader.hears_turn()
    await trio.testing.wait_all_tasks_blocked()
    await reader.leaves()
    await trio.sleep(ALONE_S)
    await reading.bench.mailbox.put(Due())
    with trio.fail_after(1):
        await reading.bench.over.wait()
