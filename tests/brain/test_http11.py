"""A response of HTTP/1.1, byte by byte: examples, and h11 as an oracle."""

import os
from itertools import pairwise

import h11
import pytest
from hypothesis import HealthCheck, example, given, note, settings
from hypothesis import strategies as st

from robi.brain.http11 import MAX_HEAD_BYTES, MalformedResponse, ResponseParser

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def read(*pieces: bytes, closed: bool = False) -> tuple[ResponseParser, bytes]:
    """Feed the pieces, and the end if `closed`; return the parser and the body."""
    parser = ResponseParser()
    body = b"".join([parser.feed(piece) for piece in pieces if not parser.ended])
    if closed and not parser.ended:
        parser.close()
    return parser, body


# ── bodies ────────────────────────────────────────────────────────────────────────────────

ONE_CHUNK = b"1\r\na\r\n0\r\n\r\n"
ONE = OK + b"Content-Length: 1\r\n"

WHOLE = {
    "counted": (OK + b"Content-Length: 5\r\n\r\nhello", b"hello", True),
    "counted, nothing": (OK + b"Content-Length: 0\r\n\r\n", b"", True),
    "counted twice alike": (ONE + b"Content-Length: 1\r\n\r\na", b"a", True),
    "chunked": (CHUNKED + b"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", b"hello", True),
    "chunked, strange sizes": (
        CHUNKED + b"00A;q=1\r\n0123456789\r\n0 \r\n\r\n",
        b"0123456789",
        True,
    ),
    "chunked, CRLF inside": (CHUNKED + b"6\r\na\r\n\r\nb\r\n0\r\n\r\n", b"a\r\n\r\nb", True),
    "chunked, trailers": (CHUNKED + b"1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n", b"a", True),
    "no content": (b"HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n", b"", True),
    "after 100 and 103": (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"
        + ONE
        + b"\r\na",
        b"a",
        True,
    ),
    "line feeds alone": (b"HTTP/1.1 200 OK\nContent-Length: 1\n\na", b"a", True),
    "no reason": (b"HTTP/1.1 200\r\nContent-Length: 1\r\n\r\na", b"a", True),
    "a field in two lines": (ONE + b"X: a\r\n  b\r\n\r\na", b"a", True),
    "asked to close": (ONE + b"Connection: Keep-Alive, Close\r\n\r\na", b"a", False),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", b"a", False),
    "length and chunked": (ONE + b"Transfer-Encoding: chunked\r\n\r\n" + ONE_CHUNK, b"a", False),
    "more than was asked, counted": (ONE + b"\r\nab", b"a", False),
    "more than was asked, chunked": (CHUNKED + ONE_CHUNK + b"HTTP/1.1", b"a", False),
}


@pytest.mark.parametrize(("data", "body", "reusable"), WHOLE.values(), ids=WHOLE)
def test_response_that_is_complete_ends_by_itself(
    data: bytes, body: bytes, *, reusable: bool
) -> None:
    parser, read_body = read(data)
    assert (parser.ended, read_body, parser.reusable) == (True, body, reusable)


@pytest.mark.parametrize(("data", "body"), [(d, b) for d, b, r in WHOLE.values() if r])
def test_response_in_single_bytes_reads_the_same(data: bytes, body: bytes) -> None:
    parser, read_body = read(*(data[at : at + 1] for at in range(len(data))))
    assert (parser.ended, read_body, parser.reusable) == (True, body, True)


def test_response_without_length_ends_with_the_connection() -> None:
    parser, body = read(OK + b"\r\nhel", b"lo")
    assert not parser.ended
    parser.close()
    assert (parser.ended, body, parser.reusable) == (True, b"hello", False)


def test_headers_are_in_lower_case_and_joined_by_commas() -> None:
    parser, _ = read(OK + b"X-A:  1 2\t\r\nx-a:3\r\nY:\r\nZ: \xe9\r\nContent-Length: 0\r\n\r\n")
    assert parser.headers == {"x-a": "1 2, 3", "y": "", "z": "é", "content-length": "0"}


def test_head_that_has_not_ended_has_no_status() -> None:
    parser, body = read(OK + b"Content-Length: 1\r\n")
    assert (parser.status, parser.began, body) == (0, True, b"")


# ── what is refused ───────────────────────────────────────────────────────────────────────

REFUSED = {
    "no status line": b"SSH-2.0-OpenSSH\r\n\r\n",
    "HTTP/2": b"HTTP/2.0 200 OK\r\n\r\n",
    "an empty line first": b"\r\n" + OK + b"\r\n",
    "status of two digits": b"HTTP/1.1 20 OK\r\n\r\n",
    "another protocol": b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
    "a field without a name": OK + b": 1\r\n\r\n",
    "a space before the colon": OK + b"X : 1\r\n\r\n",
    "a carriage return in a field": OK + b"X: 1\r2\r\n\r\n",
    "a NUL in a field": OK + b"X: \x00\r\n\r\n",
    "a field that goes on from nothing": OK + b" X: 1\r\n\r\n",
    "two lengths": OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "a negative length": OK + b"Content-Length: -1\r\n\r\n",
    "a length in words": OK + b"Content-Length: ten\r\n\r\n",
    "an endless length": OK + b"Content-Length: " + b"9" * 19 + b"\r\n\r\n",
    "an unknown coding": OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n",
    "chunked twice": OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
    "chunked in HTTP/1.0": b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    "a chunk without a size": CHUNKED + b"\r\na\r\n",
    "a negative chunk": CHUNKED + b"-1\r\na\r\n",
    "a size with an underscore": CHUNKED + b"1_0\r\na\r\n",
    "a chunk longer than it said": CHUNKED + b"1\r\nab\r\n0\r\n\r\n",
    "a trailer that is no field": CHUNKED + b"0\r\nnothing\r\n\r\n",
    "a head that does not end": OK + b"X: " + b"x" * MAX_HEAD_BYTES,
    "a size that does not end": CHUNKED + b"0" * 2000,
    "trailers that do not end": CHUNKED + b"0\r\n" + b"x: y\r\n" * MAX_HEAD_BYTES,
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_response_that_cannot_be_trusted_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedResponse):
        read(data)


@pytest.mark.parametrize(
    "data",
    [b"", OK, OK + b"Content-Length: 2\r\n\r\na", CHUNKED + b"1\r\na\r\n", CHUNKED + b"0\r\n"],
    ids=["before", "in the head", "in the body", "between chunks", "before the trailers' end"],
)
def test_response_closed_in_the_middle_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedResponse, match="closed"):
        read(*[data] if data else [], closed=True)


# ── beside h11 ────────────────────────────────────────────────────────────────────────────

BESIDE_H11 = settings(
    max_examples=60_000 if os.environ.get("ROBI_LONG") == "1" else 150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
)

Read = tuple[int, list[tuple[str, str]], bytes, bool, bool]


def by_h11(pieces: list[bytes]) -> Read | None:
    """Return status, headers, body, whether it ended, and whether another may follow."""
    client = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD_BYTES)
    client.send(
        h11.Request(method="POST", target="/", headers=[("host", "x"), ("content-length", "0")])
    )
    client.send(h11.EndOfMessage())
    status, headers, body, ended = 0, list[tuple[str, str]](), b"", False
    try:
        for piece in [*pieces, b""]:
            if ended:
                break
            client.receive_data(piece)
            while not ended:
                event = client.next_event()
                if isinstance(event, h11.Response):
                    status = event.status_code
                    headers = [(k.decode(), v.decode("latin-1")) for k, v in event.headers]
                elif isinstance(event, h11.Data):
                    body += bytes(event.data)
                elif isinstance(event, h11.EndOfMessage):
                    ended = True
                elif not isinstance(event, h11.InformationalResponse):
                    break
    except h11.RemoteProtocolError:
        return None
    again = client.their_state is h11.DONE and not client.trailing_data[0]
    return status, headers, body, ended, again


def by_ours(pieces: list[bytes]) -> Read | None:
    """Return the same, as our parser reads it."""
    try:
        parser, body = read(*pieces, closed=True)
    except MalformedResponse:
        return None
    headers = sorted(parser.headers.items())
    headers = [(k, v.lower() if k == "transfer-encoding" else v) for k, v in headers]
    return parser.status, headers, body, parser.ended, parser.reusable


def split(data: bytes, cuts: list[int]) -> list[bytes]:
    at = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in pairwise(at)]


def joined(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Put those of one name together; h11 has made of equal lengths one."""
    together: dict[str, str] = {}
    for name, value in headers:
        together[name] = f"{together[name]}, {value}" if name in together else value
    return sorted(together.items())


TOKEN = st.text("abcXYZ-_09", min_size=1, max_size=8).map(str.encode)
VALUE = st.text('ab ,;="\t1é', max_size=12).map(lambda value: value.encode("latin-1"))
ENDING = st.sampled_from([b"\r\n", b"\r\n", b"\n"])
FIELDS = st.lists(
    st.one_of(
        st.tuples(st.just(b"X-"), TOKEN, st.just(b": "), VALUE).map(b"".join),
        st.sampled_from([b"Connection: close", b"connection:keep-alive", b"X: a\r\n b"]),
    ),
    max_size=4,
)
CHUNKS = st.lists(st.binary(min_size=1, max_size=40), max_size=5)
EXTENSION = st.sampled_from([b"", b"", b";a=b", b" "])


@st.composite
def responses(draw: st.DrawFn) -> bytes:
    """Draw a response, well formed but strange."""
    ending = draw(ENDING)
    fields = draw(FIELDS)
    framing = draw(st.sampled_from(["chunked", "counted", "closed"]))
    chunks = draw(CHUNKS)
    body = b"".join(chunks)
    if framing == "chunked":
        fields.append(b"Transfer-Encoding: " + draw(st.sampled_from([b"chunked", b"Chunked"])))
        framed = [b"%x%b\r\n%b\r\n" % (len(one), draw(EXTENSION), one) for one in chunks]
        trailers = draw(st.sampled_from([b"", b"X-T: 1\r\n"]))
        body = b"".join([*framed, b"0\r\n", trailers, b"\r\n"])
    elif framing == "counted":
        fields.append(b"Content-Length: %d" % len(body))
    before = draw(
        st.sampled_from([b"", b"", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 E\nL: a\n\n"])
    )
    version = b"1.1" if framing == "chunked" else draw(st.sampled_from([b"1.1", b"1.0"]))
    status = draw(
        st.sampled_from([b"200 OK", b"404 Not Found", b"204 ", b"304 x", b"500", b"299 \xe9"])
    )
    head = ending.join([b"HTTP/%b %b" % (version, status), *fields, b"", b""])
    return before + head + body + draw(st.sampled_from([b"", b"", b"", b"HTTP"]))


@BESIDE_H11
@given(responses(), st.lists(st.integers(0, 1000), max_size=6))
def test_response_split_anywhere_is_what_h11_reads(data: bytes, cuts: list[int]) -> None:
    theirs = by_h11([data])
    assert theirs is not None
    status, headers, body, ended, again = theirs
    ours = by_ours(split(data, cuts))
    assert ours is not None
    assert ours[:4] == (status, joined(headers), body, ended)
    # What is said too much may come later, and is then seen by whoever looks before asking again.
    assert ours[4] == again or not by_ours([data])[4]  # type: ignore[index]


@BESIDE_H11
@given(
    responses(),
    st.lists(st.tuples(st.integers(0, 1000), st.binary(max_size=3)), min_size=1, max_size=3),
    st.lists(st.integers(0, 1000), max_size=4),
)
@example(CHUNKED + b"1\r\na\r\n0\r\n\r\n", [(0, b"")], [])
def test_response_with_errors_is_refused_or_is_what_h11_reads(
    data: bytes, errors: list[tuple[int, bytes]], cuts: list[int]
) -> None:
    for at, error in errors:
        begin = at % (len(data) + 1)
        data = data[:begin] + error + data[begin + len(error) :]
    note(f"{data!r}")
    ours = by_ours(split(data, cuts))
    assert (ours is None) == (by_ours([data]) is None)
    theirs = by_h11([data])
    if ours is not None:
        assert theirs is not None
        status, headers, body, ended, _ = theirs
        assert ours[:4] == (status, joined(headers), body, ended)


def test_flood_of_heads_before_the_answer_is_refused() -> None:
    with pytest.raises(MalformedResponse, match="before"):
        ResponseParser().feed(b"HTTP/1.1 100\r\n\r\n" * 1_000)
