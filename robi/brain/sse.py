"""Server-sent events without a socket: bytes in, the payload of each event out.

Owns the framing that a model's stream comes in, as it is met in the field (findings.md, *Gemini
under trio*): lines that end in CRLF, LF or CR; frames split anywhere, inside a UTF-8 character
too; a byte order mark; comments; several `data:` lines in one event; and a bare JSON object in
mid-stream without `data:`, which is how Google's front ends report an error after the head has
gone out. Payloads stay bytes: whoever decodes the JSON decodes the UTF-8 with it.

The way the bytes were split never changes what comes out: only whole lines are looked at.
"""

from typing import Final

import orjson

MAX_EVENT_BYTES: Final = 4 * 1024 * 1024
"""No chunk of an answer of a few hundred tokens comes near this; more is not a stream for us."""

_BOM: Final = b"\xef\xbb\xbf"


class SseOverflow(ValueError):
    """An event, or a line, is longer than the parser may hold."""


class SseParser:
    """Turns the bytes of one response into payloads.

    Args:
        max_event_bytes: how much of an unfinished event is held before `SseOverflow`.
    """

    def __init__(self, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        """Begin a response."""
        self._max = max_event_bytes
        self._tail: list[bytes] = []  # pieces of the unfinished line, joined only when it ends
        self._tail_bytes = 0
        self._after_cr = False  # a line ended in CR with the chunk: a LF that follows is its own
        self._first_line = True
        self._data: list[bytes] = []
        self._bare: list[bytes] = []
        self._held = 0  # bytes in _data and _bare

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take the next bytes; return the payloads that they complete, oldest first.

        Raises:
            SseOverflow: the peer sends something that does not end.
        """
        if not chunk:
            return []
        if self._after_cr and chunk[:1] == b"\n":
            chunk = chunk[1:]
        lines = chunk.splitlines(keepends=True)  # on bytes: LF, CR and CRLF only
        rest = b""
        if lines and lines[-1][-1:] not in {b"\n", b"\r"}:
            rest = lines.pop()
        self._after_cr = bool(lines) and not rest and lines[-1][-1:] == b"\r"
        payloads: list[bytes] = []
        for line in lines:
            self._take_line(self._end_tail(line.rstrip(b"\r\n")), payloads)
        if rest:
            self._tail.append(rest)
            self._tail_bytes += len(rest)
        self._check()
        return payloads

    def close(self) -> list[bytes]:
        """Say that the response ended; return what was complete but for its last line end."""
        payloads: list[bytes] = []
        if self._tail:
            self._take_line(self._end_tail(b""), payloads)
        self._dispatch(payloads)
        return payloads

    def _end_tail(self, ending: bytes) -> bytes:
        if not self._tail:
            return ending
        self._tail.append(ending)
        line = b"".join(self._tail)
        self._tail.clear()
        self._tail_bytes = 0
        return line

    def _take_line(self, line: bytes, payloads: list[bytes]) -> None:
        if self._first_line:
            self._first_line = False
            line = line.removeprefix(_BOM)
        name, _, value = line.partition(b":")
        if not line:
            self._dispatch(payloads)
        elif name == b"data":
            if self._bare:
                self._dispatch(payloads)
            self._hold(self._data, value.removeprefix(b" "))
        elif self._bare:
            self._hold(self._bare, line)
            # Pretty-printed JSON closes in the first column: no need to try at every line.
            if line[:1] in {b"}", b"]"} and _is_json(b"\n".join(self._bare)):
                self._dispatch(payloads)
        elif line[:1] in {b"{", b"["}:
            self._dispatch(payloads)
            self._hold(self._bare, line)
            if _is_json(line):
                self._dispatch(payloads)
        # All else is a comment, or a field (event, id, retry, unknown) that says nothing to us.

    def _hold(self, lines: list[bytes], line: bytes) -> None:
        lines.append(line)
        self._held += len(line)
        self._check()

    def _check(self) -> None:
        if self._held + self._tail_bytes > self._max:
            msg = f"an event of more than {self._max} bytes"
            raise SseOverflow(msg)

    def _dispatch(self, payloads: list[bytes]) -> None:
        lines = self._data or self._bare
        if lines:
            payloads.append(b"\n".join(lines))
            lines.clear()
            self._held = 0


def _is_json(text: bytes) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True
