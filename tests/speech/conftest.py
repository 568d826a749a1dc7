"""How an answer is read in pieces, for every test of this room."""

from collections.abc import Callable, Iterable

import pytest

from robi.speech.directions import DirectionParser, Piece, Spoken

Read = Callable[[Iterable[str]], list[Piece]]


def merged(pieces: Iterable[Piece]) -> list[Piece]:
    """Join neighbouring words: how they were cut says nothing."""
    whole: list[Piece] = []
    for piece in pieces:
        before = whole[-1] if whole else None
        if isinstance(piece, Spoken) and isinstance(before, Spoken):
            whole[-1] = Spoken(before.text + piece.text)
        else:
            whole.append(piece)
    return whole


@pytest.fixture(scope="session")
def read() -> Read:
    """Feed chunks to a fresh parser, close it, and return all pieces with words joined."""

    def read_chunks(chunks: Iterable[str]) -> list[Piece]:
        parser = DirectionParser()
        pieces = [piece for chunk in chunks for piece in parser.feed(chunk)]
        return merged([*pieces, *parser.close()])

    return read_chunks


@pytest.fixture(scope="session")
def spoken(read: Read) -> Callable[[Iterable[str]], str]:
    """Return only the words of what `read` returns."""

    def words(chunks: Iterable[str]) -> str:
        return "".join(piece.text for piece in read(chunks) if isinstance(piece, Spoken))

    return words
