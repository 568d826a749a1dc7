"""The library: texts that readers ask about, added, listed, removed and searched.

Owns the ids of texts, and how many are read at once: one, since reading is work for a whole core,
while a few more wait. It has no task and no state but that: each call runs in the task of whoever
asks, the reading in a process of its own (`robi.texts.apart`), and an actor that does not answer is
to the asker a database that does not (4004).
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import trio
from attrs import define, field

from robi.actors.errors import as_database
from robi.actors.store_mail import Load, LoadPassages, LoadText, LoadTexts, StoreAddress, Texts
from robi.errors import DatabaseError, FileTooLarge, ServerBusy, TextNotFound
from robi.speech.reading import Passage
from robi.store.base import AddText, DropText, PassageRow, TextRow
from robi.texts.base import MAX_BYTES, Read, ReadText
from robi.texts.naming import checked_id, checked_title, checked_url, digest, made_id

__all__ = ["EVERY_TEXT", "MAX_WAITING", "PASSAGES", "Library", "TextRow"]

EVERY_TEXT: Final = "*"
"""In place of the id of a text: all of them."""

PASSAGES: Final = 5
"""As many reach a prompt."""

READ_WITHIN: Final = 5.0
KEEP_WITHIN: Final = 30.0
"""Seconds; a text of five thousand passages is one transaction."""

MAX_WAITING: Final = 4
"""Texts that wait while one is read; each is in RAM meanwhile."""
BUSY_FOR_S: Final = 10

T = TypeVar("T")


@define(eq=False)
class Library:
    """Asks store and reader on behalf of others.

    Everything raises DatabaseError when the store does not answer in time, and DiskFull when there
    is no room.
    """

    _store: StoreAddress
    _read: ReadText
    _wall_clock: Callable[[], float]
    _reading: trio.Lock = field(factory=trio.Lock, init=False)
    _searching: trio.Lock = field(factory=trio.Lock, init=False)
    """One search at a time, or robots that recall their people would wait behind a whole class."""

    async def add(  # noqa: PLR0913 (what a text is made of)
        self,
        data: bytes,
        kind: str | None,
        *,
        name: str = "",
        title: str | None = None,
        text_id: str | None = None,
        url: str | None = None,
    ) -> TextRow:
        """Read a text and keep it; return when it is kept. The same id again replaces it.

        Args:
            kind: what it is said to be, as a kind of `robi.texts` or a media type.
            name: of the file it comes from.
            title: instead of what it calls itself.
            text_id: instead of one made of its name or title; `/` becomes `--`.
            url: the page that it stands on.

        Raises:
            InvalidRequestFormat: the id, the title or the url cannot be used, or the text cannot
                be read.
            UnsupportedFileFormat, FileTooLarge: it is nothing to read, or too much.
            ServerBusy: too many are being read.
        """
        wanted = None if text_id is None else checked_id(text_id)
        title = None if title is None else checked_title(title)
        url = None if url is None else checked_url(url)
        if len(data) > MAX_BYTES:
            message = f"a text has at most {MAX_BYTES // 2**20} MB"
            raise FileTooLarge(message)
        read = await self._read_in_turn(data, kind, name)
        row = TextRow(
            text_id=wanted or made_id(name, title or read.title),
            title=title or read.title,
            kind=read.kind,
            size=len(data),
            digest=digest(data),
            passages=len(read.cuts),
            characters=read.characters,
            added_at=self._wall_clock(),
            url=url,
        )
        with as_database():
            await self._store.commit(_adding(row, read), within=KEEP_WITHIN)
        return row

    async def _read_in_turn(self, data: bytes, kind: str | None, name: str) -> Read:
        if self._reading.statistics().tasks_waiting >= MAX_WAITING:
            message = "texts are being read"
            raise ServerBusy(message, retry_after=BUSY_FOR_S)
        async with self._reading:
            return await self._read(data, kind, name)

    async def drop(self, text_id: str) -> TextRow:
        """Remove a text and its passages; return what it was. Raises TextNotFound."""
        row = await self.text(text_id)
        with as_database():
            await self._store.commit(DropText(text_id), within=KEEP_WITHIN)
        return row

    async def texts(self, limit: int | None = None, offset: int = 0) -> Texts:
        """Return texts in the order of their ids, and how many there are in all."""
        return await self._load(LoadTexts(limit, offset))

    async def text(self, text_id: str) -> TextRow:
        """Return what is known of a text. Raises TextNotFound."""
        row = await self._load(LoadText(text_id))
        if row is None:
            raise TextNotFound
        return row

    async def search(
        self, text_id: str, words: Sequence[str], limit: int = PASSAGES
    ) -> tuple[Passage, ...]:
        """Return the passages that are evidence for a question, the best first; perhaps none.

        Args:
            text_id: `*` is all texts.
            words: the question, and what was asked before it, which weighs less.
        """
        which = None if text_id == EVERY_TEXT else text_id
        try:
            with trio.fail_after(READ_WITHIN):  # those before it in the line included
                async with self._searching:
                    found = await self._load(LoadPassages(which, tuple(words), limit))
        except trio.TooSlowError:
            raise DatabaseError("not searched in time") from None
        return tuple(
            Passage(
                text_id=each.row.text_id,
                title=each.title,
                heading=each.row.heading,
                anchor=each.row.anchor,
                place=each.row.place,
                words=each.row.words,
                url=each.url,
            )
            for each in found
        )

    async def _load(self, load: Load[T]) -> T:
        with as_database():
            return await self._store.read(load, within=READ_WITHIN)


def _adding(row: TextRow, read: Read) -> AddText:
    """Return what is written to keep a text that was read."""
    return AddText(
        row,
        tuple(
            PassageRow(row.text_id, position, cut.heading, cut.anchor, cut.place, cut.words)
            for position, cut in enumerate(read.cuts)
        ),
    )
