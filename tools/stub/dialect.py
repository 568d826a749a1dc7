"""The protocol that a stub speaks: what differs from one model's service to the other.

Pure. Owns the interface, and what two dialects share: describing media, framing events.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from math import ceil
from typing import Final, Protocol

import attrs
import h11
import orjson

from tools.stub.script import Reply
from tools.stub.smallest import JsonObject

_STANDARD: Final = str.maketrans("-_", "+/")
"""Google takes both alphabets of base64; the SDK sends the urlsafe one."""

_SAID: Final = "The stub was told to answer so."
PAGE: Final = b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"


class RefusedError(Exception):
    """A question that the service would not take."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@attrs.frozen
class Question:
    """One question: `events` tells whether its answer comes as server-sent events.

    `words` are the last that were said, `schema` what the answer has to fit, `record` is what is
    told of it at `/__requests`.
    """

    model: str
    streamed: bool
    events: bool
    words: str
    schema: JsonObject | None
    record: JsonObject


class Dialect(Protocol):
    """How one service reads questions and writes answers."""

    def tell(self, path: str) -> object | None:
        """Return what `GET path` answers, None if there is no such thing."""

    def read(
        self, request: h11.Request, path: str, query: dict[str, list[str]], body: bytes
    ) -> Question:
        """Read a question.

        Raises:
            RefusedError: it is none that the service would take.
        """

    def chunks(self, reply: Reply, question: Question) -> list[JsonObject]:
        """Return the chunks of the whole answer as the service writes them."""

    def whole(self, reply: Reply, question: Question) -> JsonObject:
        """Return the answer to a question that is not streamed."""

    def frames(self, payloads: list[bytes], question: Question, reply: Reply) -> list[bytes]:
        """Return the body of a stream, a frame for each chunk."""

    def error(self, status: int, reply: Reply) -> JsonObject:
        """Return an error as the service writes it."""


def retry_header(reply: Reply) -> Mapping[str, str]:
    """Return the header that tells when to come back, if the reply wants one."""
    if reply.retry_after is None or reply.retry_form != "header":
        return {}
    return {"retry-after": str(ceil(float(reply.retry_after.removesuffix("s"))))}


def said(reply: Reply) -> str:
    """Return the prose of an error."""
    return reply.message or _SAID


def blob(mime: object, data: str) -> JsonObject:
    """Describe media: type, size and hash.

    Raises:
        ValueError: `data` is not base64.
    """
    try:
        decoded = base64.b64decode(data.translate(_STANDARD), validate=True)
    except binascii.Error as error:
        raise ValueError from error
    digest = hashlib.sha256(decoded).hexdigest()
    return {"inline_data": {"mime": mime, "size": len(decoded), "sha256": digest}}


def last_words(parts: list[JsonObject]) -> str:
    """Return the last words that were said; of media alone, what they are."""
    words = [str(part["text"]) for part in parts if "text" in part]
    media = [one for part in parts if isinstance(one := part.get("inline_data"), dict)]
    return " ".join(words) or " ".join("{mime} {size} {sha256:.8}".format(**one) for one in media)


def events(payloads: list[bytes], reply: Reply, error: JsonObject) -> list[bytes]:
    """Frame payloads as server-sent events; `error` takes the last one's place if it should."""
    end = b"\r\n" if reply.crlf else b"\n"
    frames = [b"data: " + payload + end + end for payload in payloads]
    if reply.error == "bare":
        pretty = orjson.dumps(error, option=orjson.OPT_INDENT_2)
        frames[-1] = pretty.replace(b"\n", end) + end
    elif reply.error == "error_event":
        frames[-1] = b"data: " + orjson.dumps(error) + end + end
    elif reply.error == "nameless_event":
        told = orjson.dumps({"error": {"message": said(reply)}, "message": said(reply)})
        frames[-1] = b"event: error" + end + b"data: " + told + end + end
    return frames
