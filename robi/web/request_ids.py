"""The id of each request: in its answer, in its error and in the log.

Owns what is taken for one. A client's own (`X-Request-ID`) is taken over if it is fit for a log;
else, and when there is none or more than one, one is made.
"""

import re
import secrets
from collections.abc import Iterable
from typing import Final

HEADER: Final = "X-Request-ID"

_NAME = HEADER.lower().encode()
_SANE = re.compile(rb"[A-Za-z0-9._~:-]{1,64}")
_MADE_BYTES = 8


def new_request_id() -> str:
    """Return an id for a request of which nothing is known."""
    return secrets.token_hex(_MADE_BYTES)


def request_id_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Return the client's id for the request with these headers, or one of ours."""
    given = [value for name, value in headers if name == _NAME]
    if len(given) == 1 and _SANE.fullmatch(given[0]):
        return given[0].decode("ascii")
    return new_request_id()
