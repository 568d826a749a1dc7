"""The port of texts: what REST asks of whoever keeps what readers ask about.

Owns the interface only; `texts_actors` fulfils it with the library, tests with a twin in RAM.
"""

from typing import Protocol

from robi.web.api.types import (
    DroppedText,
    FoundPassages,
    NewText,
    OneText,
    Page,
    Search,
    Text,
    Texts,
)


class TextShelf(Protocol):
    """Where texts are kept and searched.

    Each raises TextNotFound for what is not there, DatabaseError when the store does not answer.
    """

    async def texts(self, asked: Page) -> Texts:
        """Return texts, by their ids."""

    async def text(self, asked: OneText) -> Text:
        """Return one text."""

    async def add(self, told: NewText) -> Text:
        """Keep a text, in the place of the one of that id.

        Raises InvalidRequestFormat, MissingRequiredField, UnsupportedFileFormat, FileTooLarge for
        what is none, ServerBusy while too many are being read, and DiskFull.
        """

    async def drop(self, asked: OneText) -> DroppedText:
        """Remove a text with its passages."""

    async def search(self, asked: Search) -> FoundPassages:
        """Return what an answer could rest on, the best first."""
