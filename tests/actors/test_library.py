"""The library: texts are read in turn, kept under their ids, found and removed."""

from functools import partial
from typing import Any

import pytest
import trio
import trio.testing
from attrs import define, field

from robi.actors.errors import ActorDied
from robi.actors.library import MAX_WAITING, Library
from robi.actors.mailbox import Mailbox
from robi.errors import (
    DatabaseError,
    FileTooLarge,
    InvalidRequestFormat,
    ServerBusy,
    TextNotFound,
)
from robi.store.base import Write
from robi.store.ram import RamStore
from robi.texts.base import MAX_BYTES, Cut, Read, TextUnreadable
from robi.texts.naming import digest
from tests.actors.desk import Reads

WORDS = "La roca que sale del volcán se llama ígnea."
READ = Read(
    "Las rocas",
    "markdown",
    (
        Cut(("Rocas", "Del fuego"), "fuego", "¶ 1", WORDS),
        Cut(("Rocas", "Del agua"), "agua", "¶ 2", "La arena que se aprieta es arenisca."),
    ),
    len(WORDS),
)


@define(eq=False)
class Shelf(Reads):
    """A store that reads and writes at once, or fails."""

    async def commit(self, *writes: Write, within: float) -> None:
        with trio.fail_after(within):
            await trio.lowlevel.checkpoint()
        if self.failure is not None:
            raise self.failure
        self.store.write(writes)


@define
class Desk:
    """A library, its store, and what its reader was given."""

    shelf: Shelf
    library: Library
    asked: list[tuple[bytes, str | None, str]] = field(factory=list)


def desk(read: Any = READ) -> Desk:
    """Return a library whose reader gives this, raises it, or does it."""

    async def reader(data: bytes, told: str | None, name: str) -> Read:
        made.asked.append((data, told, name))
        await trio.lowlevel.checkpoint()
        if isinstance(read, Exception):
            raise read
        if isinstance(read, Read):
            return read
        await read()
        return READ

    store = RamStore()
    store.open()
    shelf = Shelf(Mailbox("store"), store=store)
    made = Desk(shelf, Library(shelf, reader, lambda: 123.0))
    return made


async def test_text_that_is_added_is_kept_with_all_that_is_known_of_it() -> None:
    here = desk()
    row = await here.library.add(b"# Rocas", "text/markdown", name="Rocas.md", url="https://a.b/c")
    assert here.asked == [(b"# Rocas", "text/markdown", "Rocas.md")]
    assert (row.text_id, row.title, row.kind, row.size) == ("rocas", "Las rocas", "markdown", 7)
    assert (row.passages, row.characters, row.added_at) == (2, len(WORDS), 123.0)
    assert (row.digest, row.url) == (digest(b"# Rocas"), "https://a.b/c")
    assert await here.library.text("rocas") == row
    assert await here.library.texts() == await here.library.texts(10, 0)
    assert (await here.library.texts()).rows == (row,)


async def test_id_and_title_that_are_given_are_taken() -> None:
    row = await desk().library.add(b"x", None, title=" Otro\ntítulo", text_id="guia/rocas")
    assert (row.text_id, row.title) == ("guia--rocas", "Otro título")


async def test_text_without_a_name_is_called_by_its_title() -> None:
    assert (await desk().library.add(b"x", None)).text_id == "las-rocas"


async def test_text_of_the_same_id_replaces_the_one_before() -> None:
    here = desk()
    await here.library.add(b"x", None, text_id="a")
    second = await here.library.add(b"y", None, text_id="a")
    assert (await here.library.texts()).rows == (second,)


@pytest.mark.parametrize(
    "wrong",
    [{"text_id": "Ñ"}, {"text_id": ""}, {"title": " "}, {"url": "javascript:alert(1)"}],
)
async def test_what_cannot_be_kept_is_refused_before_it_is_read(wrong: dict[str, str]) -> None:
    here = desk()
    with pytest.raises(InvalidRequestFormat):
        await here.library.add(b"x", None, **wrong)
    assert here.asked == []


async def test_file_over_its_bound_is_refused_before_it_is_read() -> None:
    here = desk()
    with pytest.raises(FileTooLarge):
        await here.library.add(bytes(MAX_BYTES + 1), None)
    assert here.asked == []


async def test_text_that_cannot_be_read_says_why_and_leaves_the_one_before() -> None:
    here = desk()
    kept = await here.library.add(b"x", None, text_id="a")
    bad = desk(TextUnreadable("the PDF is encrypted"))
    library = Library(here.shelf, bad.library._read, lambda: 1.0)
    with pytest.raises(TextUnreadable, match="encrypted"):
        await library.add(b"y", None, text_id="a")
    assert await here.library.text("a") == kept


async def test_texts_are_read_one_at_a_time_and_a_few_wait(
    autojump_clock: trio.testing.MockClock,
) -> None:
    reading = most = 0

    async def slowly() -> None:
        nonlocal reading, most
        reading += 1
        most = max(most, reading)
        await trio.sleep(10)
        reading -= 1

    here = desk(slowly)
    async with trio.open_nursery() as nursery:
        for n in range(1 + MAX_WAITING):
            nursery.start_soon(partial(here.library.add, b"x", None, text_id=f"t{n}"))
        await trio.testing.wait_all_tasks_blocked()
        with pytest.raises(ServerBusy) as refused:
            await here.library.add(b"x", None, text_id="late")
        assert refused.value.retry_after
    assert most == 1
    assert (await here.library.texts()).count == 1 + MAX_WAITING


async def test_reader_that_is_given_up_leaves_its_place_to_the_next(
    autojump_clock: trio.testing.MockClock,
) -> None:
    here = desk(trio.sleep_forever)
    with trio.move_on_after(1):
        await here.library.add(b"x", None)
    with trio.move_on_after(1):
        await here.library.add(b"y", None)
    assert [data for data, _, _ in here.asked] == [b"x", b"y"]


async def test_passages_are_found_in_one_text_or_all() -> None:
    here = desk()
    await here.library.add(b"x", None, text_id="a", url="https://a.b/c")
    await here.library.add(b"x", None, text_id="b")
    found, *_ = await here.library.search("a", ["¿Qué roca sale del volcán?"])
    assert (found.text_id, found.title, found.heading) == ("a", "Las rocas", ("Rocas", "Del fuego"))
    assert (found.anchor, found.place, found.words) == ("fuego", "¶ 1", WORDS)
    assert found.url == "https://a.b/c"
    both = await here.library.search("*", ["¿Qué roca sale del volcán?"])
    assert {passage.text_id for passage in both} == {"a", "b"}
    assert len(await here.library.search("*", ["¿Qué roca sale del volcán?"], 1)) == 1
    assert await here.library.search("*", ["¿Quién ganó la liga?"]) == ()


async def test_text_that_is_dropped_is_gone_and_dropping_it_again_is_refused() -> None:
    here = desk()
    row = await here.library.add(b"x", None, text_id="a")
    assert await here.library.drop("a") == row
    with pytest.raises(TextNotFound):
        await here.library.text("a")
    with pytest.raises(TextNotFound):
        await here.library.drop("a")
    assert await here.library.search("*", ["¿Qué roca sale del volcán?"]) == ()


@pytest.mark.parametrize("call", ["add", "texts", "text", "search", "drop"])
async def test_store_that_does_not_answer_is_a_database_error(call: str) -> None:
    here = desk()
    here.shelf.failure = ActorDied("store")
    calls: dict[str, Any] = {
        "add": lambda: here.library.add(b"x", None),
        "texts": here.library.texts,
        "text": lambda: here.library.text("a"),
        "search": lambda: here.library.search("*", ["roca"]),
        "drop": lambda: here.library.drop("a"),
    }
    with pytest.raises(DatabaseError):
        await calls[call]()
