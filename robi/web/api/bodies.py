"""The body of a request: what it says that it is, and its bytes, up to a limit.

Owns reading it. What it means is `decoding`'s.
"""

from contextlib import aclosing

from starlette.requests import Request

from robi.errors import FileTooLarge, UnsupportedFileFormat
from robi.web.api.table import Operation, T

JSON = "application/json"


def media_type_of(operation: Operation[T], content_type: str | None) -> str:
    """Return what a body with that header is; one that does not say it is JSON.

    Raises:
        UnsupportedFileFormat: it is nothing that the operation takes.
    """
    media_type = (content_type or JSON).partition(";")[0].strip().lower()
    taken = (JSON, *(operation.raw.media_types if operation.raw else ()))
    if media_type not in taken:
        raise UnsupportedFileFormat(f"expected {' or '.join(taken)}")
    return media_type


async def read_body(request: Request, most: int) -> bytes:
    """Read a body to its end, or to where it is more than `most` bytes.

    Raises:
        FileTooLarge: it is.
    """
    too_large = FileTooLarge(f"more than {most} bytes")
    if int(request.headers.get("content-length", "0")) > most:
        raise too_large
    body = bytearray()
    async with aclosing(request.stream()) as pieces:
        async for piece in pieces:
            body += piece
            if len(body) > most:
                raise too_large
    return bytes(body)
