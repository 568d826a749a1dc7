"""A response of HTTP/1.1 without a socket: bytes in, the bytes of its body out.

Owns the reading of one final response to a POST (RFC 9112): its head, after any 1xx before it, and
a body that is chunked, counted, or goes on until the connection is closed. What framing cannot be
trusted is refused, not guessed at: two lengths, a coding of the transfer that is not `chunked`, a
chunk that does not end where it said. By hand and not by h11, since it stands on the way of every
chunk (docs/decisions/0018-the-way-of-a-chunk.md); h11 is its oracle in the tests, and whatever it
takes is read by h11 to the same bytes.

The way the bytes were split never changes what comes out.
"""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

MAX_HEAD_BYTES: Final = 64 * 1024
"""Of a status line with its fields, and of trailers. Browsers take 256 KiB, h11 16."""

_MOST_BEFORE: Final = 16
"""Heads of 1xx before that of the answer. One is usual; each is a call within a call."""

_MAX_CHUNK_LINE: Final = 1024
_END_OF_HEAD: Final = re.compile(rb"\n\r?\n")  # RFC 9112 §2.2: a LF alone may be taken for CRLF
_STATUS: Final = re.compile(rb"HTTP/1\.([01]) ([1-9][0-9]{2})(?: [\t\x20-\x7e\x80-\xff]*)?")
_FIELD: Final = re.compile(
    rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*((?:[\x21-\x7e\x80-\xff]+(?:[ \t]+(?=\S))?)*)[ \t]*"
)
_LENGTH: Final = re.compile(r"[0-9]{1,18}")
_CHUNK: Final = re.compile(rb"([0-9A-Fa-f]{1,15})(?:;[\t\x20-\x7e\x80-\xff]*)?[ \t]*")
_BODILESS: Final = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


_Read = Callable[["ResponseParser", bytes], bytes]
_ReadLine = Callable[["ResponseParser", bytes], None]


class MalformedResponse(ValueError):
    """What came is no response of HTTP/1.1, or not a whole one."""


class ResponseParser:
    """One response.

    Attributes:
        status: 0 until the head is there.
        headers: by their names in lower case; several of a name are joined by commas.
        began: whether a byte of it has come.
        ended: whether it is complete.
        reusable: whether the connection may carry another, once this one has ended.
    """

    def __init__(self) -> None:
        """Begin a response."""
        self.status = 0
        self.headers: dict[str, str] = {}
        self.began = False
        self.ended = False
        self.reusable = False
        self._held = bytearray()  # what cannot be read before more has come
        self._left = 0  # bytes of the body, or of its current chunk
        self._trailers = 0
        self._before = 0  # heads of 1xx
        # Functions of the class, not of the object: that would be a cycle for each response.
        self._read: _Read = ResponseParser._read_head
        self._read_line: _ReadLine = ResponseParser._read_size

    def feed(self, data: bytes) -> bytes:
        """Take the next bytes; return those of the body that are among them.

        Raises:
            MalformedResponse: it cannot be read on.
        """
        self.began = True
        return self._read(self, data)

    def close(self) -> None:
        """Say that the other side has closed.

        Raises:
            MalformedResponse: in the middle of the response.
        """
        if self._read is ResponseParser._read_rest:
            self.ended = True
        if not self.ended:
            msg = "closed in the middle" if self.began else "closed without an answer"
            raise MalformedResponse(msg)

    # ── the head ──────────────────────────────────────────────────────────────────────────

    def _read_head(self, data: bytes) -> bytes:
        held = self._held
        seen = max(0, len(held) - 2)  # the end of a head may have begun in what came before
        held += data
        end = _END_OF_HEAD.search(held, seen)
        if (end.start() if end else len(held)) > MAX_HEAD_BYTES:
            msg = f"a head of more than {MAX_HEAD_BYTES} bytes"
            raise MalformedResponse(msg)
        if end is None:
            return b""
        head, rest = bytes(held[: end.start()]), bytes(held[end.end() :])
        held.clear()
        if self._take_head(head):
            self._frame()
        return self._read(self, rest) if rest else b""

    def _take_head(self, head: bytes) -> bool:
        """Read a head; return whether it is the final one, after which the body comes."""
        first, *lines = head.replace(b"\r\n", b"\n").removesuffix(b"\r").split(b"\n")
        matched = _STATUS.fullmatch(first)
        if matched is None:
            msg = "no status line"
            raise MalformedResponse(msg)
        status = int(matched[2])
        headers = _fields(lines)
        if status == HTTPStatus.SWITCHING_PROTOCOLS:
            msg = "another protocol, for which nobody asked"
            raise MalformedResponse(msg)
        if status < HTTPStatus.OK:
            self._before += 1
            if self._before > _MOST_BEFORE:
                msg = f"more than {_MOST_BEFORE} heads before the answer's"
                raise MalformedResponse(msg)
            return False
        if matched[1] == b"0" and "transfer-encoding" in headers:  # RFC 9112 §6.1
            msg = "a coding of the transfer, of which HTTP/1.0 knows none"
            raise MalformedResponse(msg)
        self.status, self.headers = status, headers
        said = headers.get("connection", "").lower().split(",")
        self.reusable = matched[1] == b"1" and "close" not in map(str.strip, said)
        return True

    def _frame(self) -> None:
        """Choose how the body is read (RFC 9112 §6.3)."""
        coding = self.headers.get("transfer-encoding", "chunked").lower()
        said = self.headers.get("content-length")
        length = None if said is None else _length(said)
        if coding != "chunked":
            msg = "a coding of the transfer that we do not know"
            raise MalformedResponse(msg)
        if self.status in _BODILESS:
            self._expect(0)
        elif "transfer-encoding" in self.headers:
            if length is not None:  # one of both is a lie, and who knows what comes after
                self.reusable = False
            self._read = ResponseParser._read_chunks
        elif length is not None:
            self._expect(length)
        else:
            self.reusable = False
            self._read = ResponseParser._read_rest

    def _expect(self, length: int) -> None:
        self._left = length
        self.ended = length == 0
        self._read = ResponseParser._read_counted

    # ── the body ──────────────────────────────────────────────────────────────────────────

    def _read_rest(self, data: bytes) -> bytes:
        return data

    def _read_counted(self, data: bytes) -> bytes:
        if len(data) < self._left:
            self._left -= len(data)
            return data
        piece = data[: self._left]
        self._end(len(data) - len(piece))
        self._left = 0
        return piece

    def _read_chunks(self, data: bytes) -> bytes:
        if self._held:
            data = bytes(self._held) + data
            self._held.clear()
        pieces: list[bytes] = []
        at = 0
        while at < len(data):
            if self._left:
                piece = data[at : at + self._left]
                pieces.append(piece)
                self._left -= len(piece)
                at += len(piece)
                continue
            end = data.find(b"\r\n", at)
            if end < 0:
                self._hold(data[at:])
                break
            line = data[at:end]
            at = end + 2
            self._read_line(self, line)
            if self.ended:
                self._end(len(data) - at)
                break
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _hold(self, begun: bytes) -> None:
        """Keep a line of the framing that has not ended."""
        most = (
            MAX_HEAD_BYTES if self._read_line is ResponseParser._read_trailer else _MAX_CHUNK_LINE
        )
        if len(begun) > most:
            msg = "a chunk whose size does not end"
            raise MalformedResponse(msg)
        self._held += begun

    def _read_size(self, line: bytes) -> None:
        matched = _CHUNK.fullmatch(line)
        if matched is None or len(line) > _MAX_CHUNK_LINE:
            msg = "no size of a chunk"
            raise MalformedResponse(msg)
        self._left = int(matched[1], 16)
        self._read_line = ResponseParser._read_end if self._left else ResponseParser._read_trailer

    def _read_end(self, line: bytes) -> None:
        if line:
            msg = "a chunk longer than it said"
            raise MalformedResponse(msg)
        self._read_line = ResponseParser._read_size

    def _read_trailer(self, line: bytes) -> None:
        self._trailers += len(line)
        if self._trailers > MAX_HEAD_BYTES:
            msg = f"trailers of more than {MAX_HEAD_BYTES} bytes"
            raise MalformedResponse(msg)
        if line:
            _fields([line])  # that they are fields is all that we want to know of them
        else:
            self.ended = True

    def _end(self, surplus: int) -> None:
        self.ended = True
        if surplus:  # it says more than it was asked
            self.reusable = False


def _fields(lines: list[bytes]) -> dict[str, str]:
    """Read fields; one that goes on in the next line (RFC 9112 §5.2) is put together."""
    headers: dict[str, str] = {}
    whole: list[bytes] = []
    for line in lines:
        if line[:1] in {b" ", b"\t"} and whole:
            whole[-1] += b" " + line.strip(b" \t")
        else:
            whole.append(line)
    for line in whole:
        matched = _FIELD.fullmatch(line)
        if matched is None:
            msg = "no field of a head"
            raise MalformedResponse(msg)
        name = matched[1].lower().decode("ascii")
        value = matched[2].decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _length(value: str) -> int:
    """Read Content-Length, which may be said more than once if it says the same."""
    said = {one.strip(" \t") for one in value.split(",")}
    length = said.pop()
    if said or not _LENGTH.fullmatch(length):
        msg = "no length of a body"
        raise MalformedResponse(msg)
    return int(length)
