"""The framing of the model's stream: sans-IO, any split gives the same payloads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robi.brain.sse import SseOverflow, SseParser


def read(*chunks: bytes) -> list[bytes]:
    parser = SseParser()
    payloads = [payload for chunk in chunks for payload in parser.feed(chunk)]
    return payloads + parser.close()


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["lf", "crlf", "cr"])
def test_parser_any_line_ending_gives_the_payloads(end: bytes) -> None:
    stream = b"data: one" + end + end + b"data: two" + end + end
    assert read(stream) == [b"one", b"two"]


@pytest.mark.parametrize(
    ("stream", "payloads"),
    [
        pytest.param(b"data:tight\n\n", [b"tight"], id="no space after the colon"),
        pytest.param(b"data:  two\n\n", [b" two"], id="only one space is dropped"),
        pytest.param(b"data: a\ndata: b\n\n", [b"a\nb"], id="several data lines"),
        pytest.param(b"data\n\n", [b""], id="data without a colon is an empty line"),
        pytest.param(b": hello\n\ndata: a\n\n", [b"a"], id="comment"),
        pytest.param(b"event: x\nid: 7\nretry: 9\ndata: a\n\n", [b"a"], id="other fields"),
        pytest.param(b"database: x\n\n", [], id="a field that merely begins like data"),
        pytest.param(b"\n\n\ndata: a\n\n\n\n", [b"a"], id="empty lines"),
        pytest.param(b"\xef\xbb\xbfdata: a\n\n", [b"a"], id="byte order mark"),
        pytest.param(b"data: a", [b"a"], id="the end of the stream ends the event"),
        pytest.param(b"data: a\xe2\x80\xa8b\n\n",
                     [b"a\xe2\x80\xa8b"], id="a unicode line separator ends nothing"),
        pytest.param(b"data: a\n\n{\"error\": {}}\n", [b"a", b'{"error": {}}'], id="bare object"),
        pytest.param(b'data: a\n{"error": {}}', [b"a", b'{"error": {}}'], id="bare, no blank"),
        pytest.param(b'{\n "error": {\n  "code": 1\n }\n}\ndata: b\n\n',
                     [b'{\n "error": {\n  "code": 1\n }\n}', b"b"], id="bare, on many lines"),
        pytest.param(b'[{\n  "error": 1\n}\n]\n', [b'[{\n  "error": 1\n}\n]'], id="bare array"),
        pytest.param(b'{ broken\ndata: a\n\n', [b"{ broken", b"a"], id="bare, never closed"),
        pytest.param(b"<html>\n<body>no</body>\n", [], id="a page of a proxy"),
        pytest.param(b"", [], id="nothing"),
    ],
)  # fmt: skip
def test_parser_stream_gives_payloads(stream: bytes, payloads: list[bytes]) -> None:
    assert read(stream) == payloads


def test_parser_event_comes_as_soon_as_it_is_complete() -> None:
    parser = SseParser()
    assert parser.feed(b"data: one\r\n\r") == [b"one"]
    assert parser.feed(b"\ndata: two\n") == []
    assert parser.feed(b"\n") == [b"two"]


def test_parser_bare_object_comes_as_soon_as_it_is_complete() -> None:
    parser = SseParser()
    assert parser.feed(b'{\n  "error": {}\n') == []
    assert parser.feed(b"}\n") == [b'{\n  "error": {}\n}']


@pytest.mark.parametrize(
    ("before", "chunk"),
    [
        pytest.param(b"x" * 6, b"x" * 6, id="a line that does not end"),
        pytest.param(b"data: 123456\n", b"data: 123456\n", id="an event that does not end"),
        pytest.param(b'{"a":\n', b'"123456"\n', id="a bare object that does not end"),
    ],
)
def test_parser_over_its_bound_raises(before: bytes, chunk: bytes) -> None:
    parser = SseParser(max_event_bytes=10)
    parser.feed(before)
    with pytest.raises(SseOverflow):
        parser.feed(chunk)


def test_parser_many_events_in_one_chunk_are_not_too_many() -> None:
    parser = SseParser(max_event_bytes=10)
    assert parser.feed(b"data: 123456\n\n" * 100) == [b"123456"] * 100


LINE = st.sampled_from(
    [
        b"",
        b"data: \xc2\xbfqu\xc3\xa9 tal, \xf0\x9f\xa4\x96?",
        b'data: {"a": 1}',
        b"data",
        b": note",
        b"event: x",
        b'{"error": {"code": 503}}',
        b"{",
        b'  "error": 1',
        b"}",
        b"[",
        b"]",
        b"\xef\xbb\xbfdata: bom",
    ]
)


@given(
    lines=st.lists(st.tuples(LINE, st.sampled_from([b"\n", b"\r", b"\r\n"])), max_size=12),
    ending=st.sampled_from([b"", b"data: cut", b"{", b"\r"]),
    data=st.data(),
)
def test_parser_any_split_gives_the_same_payloads(
    lines: list[tuple[bytes, bytes]], ending: bytes, data: st.DataObject
) -> None:
    stream = b"".join(line + end for line, end in lines) + ending
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=20)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert read(*pieces) == read(stream)


@given(
    payloads=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1))
)
def test_parser_byte_by_byte_gives_every_payload(payloads: list[str]) -> None:
    stream = b"".join(f"data: {payload}\r\n\r\n".encode() for payload in payloads)
    pieces = [stream[at : at + 1] for at in range(len(stream))]
    assert read(*pieces) == [payload.encode() for payload in payloads]
