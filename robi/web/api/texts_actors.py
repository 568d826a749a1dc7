"""Texts as the library keeps them: the port of `texts`, fulfilled by it.

Owns how rows are told in REST's words: ISO 8601 for seconds, nothing for what is empty.
"""

from attrs import define

from robi.actors.library import EVERY_TEXT, Library, TextRow
from robi.errors import InvalidRequestFormat, MissingRequiredField
from robi.web.api.kinds import moment
from robi.web.api.types import (
    DroppedText,
    FoundPassage,
    FoundPassages,
    NewText,
    OneText,
    Page,
    Search,
    Text,
    Texts,
)


@define(eq=False)
class TextsByActors:
    """See `TextShelf`."""

    _library: Library

    async def texts(self, asked: Page) -> Texts:
        """See `TextShelf.texts`."""
        part = await self._library.texts(asked.limit, asked.offset)
        end = asked.offset + asked.limit
        return Texts(tuple(map(_text, part.rows)), part.count, end if end < part.count else None)

    async def text(self, asked: OneText) -> Text:
        """See `TextShelf.text`."""
        return _text(await self._library.text(asked.text_id))

    async def add(self, told: NewText) -> Text:
        """See `TextShelf.add`."""
        row = await self._library.add(
            _bytes_of(told),
            told.media_type,
            name=told.name or "",
            title=told.title,
            text_id=told.text_id,
            url=told.url,
        )
        return _text(row)

    async def drop(self, asked: OneText) -> DroppedText:
        """See `TextShelf.drop`."""
        row = await self._library.drop(asked.text_id)
        return DroppedText(row.text_id, row.passages)

    async def search(self, asked: Search) -> FoundPassages:
        """See `TextShelf.search`."""
        if asked.text_id != EVERY_TEXT:
            await self._library.text(asked.text_id)
        found = await self._library.search(asked.text_id, (asked.q,), asked.limit)
        return FoundPassages(
            tuple(
                FoundPassage(
                    each.text_id,
                    each.title,
                    each.heading,
                    each.anchor,
                    each.place,
                    each.words,
                    each.url,
                )
                for each in found
            )
        )


def _bytes_of(told: NewText) -> bytes:
    match told.content, told.data:
        case None, None:
            raise MissingRequiredField("content: is required, or data")
        case str(content), None:
            return content.encode()
        case None, bytes(data):
            return data
    raise InvalidRequestFormat("data: is instead of content")


def _text(row: TextRow) -> Text:
    return Text(
        row.text_id,
        row.title,
        row.kind,
        row.size,
        row.passages,
        row.characters,
        moment(row.added_at),
        row.url,
    )
