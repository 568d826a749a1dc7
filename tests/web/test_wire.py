"""The WebSocket without its socket: what comes out of which bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Close, Frame, Opcode

from robi.errors import InvalidMessage, MessageTooLarge
from robi.web.wire import MAX_FRAGMENTS, PONGS_KEPT, STRANGER_LIMIT, Wire, close_frame, text_frames

TEXT, BINARY, CONT = Opcode.TEXT, Opcode.BINARY, Opcode.CONT
CLOSE, PING, PONG = Opcode.CLOSE, Opcode.PING, Opcode.PONG


def frame(opcode: Opcode, data: bytes = b"", *, fin: bool = True, rsv1: bool = False) -> bytes:
    raw = bytearray(Frame(opcode, data, fin).serialize(mask=True))
    raw[0] |= 0x40 if rsv1 else 0
    return bytes(raw)


def close(code: int, reason: str = "") -> bytes:
    return frame(CLOSE, Close(code, reason).serialize())


def fed(*frames: bytes, max_size: int = 1000, trusted: bool = True) -> Wire:
    wire = Wire(max_size)
    if trusted:
        wire.trust()
    wire.feed(b"".join(frames), now=0.0)
    return wire


@given(
    messages=st.lists(st.one_of(st.text(max_size=300), st.binary(max_size=300)), max_size=5),
    cuts=st.data(),
)
def test_messages_cut_into_fragments_and_pieces_anywhere_come_out_whole(
    messages: list[str | bytes], cuts: st.DataObject
) -> None:
    raw = b""
    for message in messages:
        opcode = TEXT if isinstance(message, str) else BINARY
        data = message.encode() if isinstance(message, str) else message
        at = sorted(cuts.draw(st.lists(st.integers(0, len(data)), max_size=3)))
        parts = [data[a:b] for a, b in zip([0, *at], [*at, len(data)], strict=True)]
        for number, part in enumerate(parts):
            raw += frame(opcode if number == 0 else CONT, part, fin=number == len(parts) - 1)
            raw += frame(PING)
    wire = Wire(2000)
    wire.trust()
    size = cuts.draw(st.integers(1, 64))
    for start in range(0, len(raw), size):
        wire.feed(raw[start : start + size], now=0.0)
    assert wire.messages == messages


def test_message_of_the_largest_size_is_taken() -> None:
    assert fed(frame(BINARY, bytes(1000))).messages == [bytes(1000)]


def test_character_cut_by_fragments_is_whole() -> None:
    data = "ñ".encode()
    assert fed(frame(TEXT, data[:1], fin=False), frame(CONT, data[1:])).messages == ["ñ"]


BROKEN = {
    "one byte too large": ([frame(TEXT, bytes(1001))], 1009, MessageTooLarge),
    "too large over fragments": (
        [frame(TEXT, bytes(999), fin=False), frame(CONT, bytes(2))],
        1009,
        MessageTooLarge,
    ),
    "invalid UTF-8": ([frame(TEXT, b"\xff")], 1007, InvalidMessage),
    "invalid UTF-8 over fragments": (
        [frame(TEXT, b"\xc3", fin=False), frame(CONT, b"a")],
        1007,
        InvalidMessage,
    ),
    "half a surrogate": ([frame(TEXT, b"\xed\xa0\x80")], 1007, InvalidMessage),
    "reserved bit": ([frame(TEXT, b"a", rsv1=True)], 1002, InvalidMessage),
    "unmasked": ([Frame(TEXT, b"a").serialize(mask=False)], 1002, InvalidMessage),
    "unknown opcode": ([b"\x83\x80\0\0\0\0"], 1002, InvalidMessage),
    "continuation of nothing": ([frame(CONT, b"a")], 1002, InvalidMessage),
    "message within a message": ([frame(TEXT, b"a", fin=False), frame(TEXT)], 1002, InvalidMessage),
    "ping in fragments": ([b"\x09\x80\0\0\0\0"], 1002, InvalidMessage),
    "ping too long": ([b"\x89\xfe\0\x7e\0\0\0\0" + bytes(126)], 1002, InvalidMessage),
    "close code that is none": ([frame(CLOSE, b"\x03\xed")], 1002, InvalidMessage),
    "close of one byte": ([frame(CLOSE, b"\x03")], 1002, InvalidMessage),
    "close reason not UTF-8": ([frame(CLOSE, b"\x03\xe8\xff")], 1007, InvalidMessage),
}


@pytest.mark.parametrize(("frames", "code", "error"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_rule_ends_with_its_code_and_error(
    frames: list[bytes], code: int, error: type[Exception]
) -> None:
    ending = fed(*frames).ending
    assert ending is not None
    assert (ending.code, ending.by_peer, type(ending.error)) == (code, False, error)


def test_broken_rule_is_noticed_at_the_head_of_a_frame_that_is_too_large() -> None:
    ending = fed(frame(BINARY, bytes(60_000))[:8]).ending
    assert ending is not None
    assert ending.code == 1009


def test_messages_before_a_broken_rule_still_count() -> None:
    wire = fed(frame(TEXT, b"a"), frame(CONT, b"b"))
    assert wire.messages == ["a"]


def test_bytes_after_the_end_are_thrown_away() -> None:
    wire = fed(close(1000), frame(TEXT, b"a"))
    wire.feed(frame(TEXT, b"b"), now=0.0)
    assert wire.messages == []


@pytest.mark.parametrize(
    ("raw", "code", "answer"),
    [
        (close(1000, "bye"), 1000, close_frame(1000)),
        (close(3000), 3000, close_frame(3000)),
        (frame(CLOSE), 1005, b"\x88\x00"),
    ],
)
def test_goodbye_is_given_back(raw: bytes, code: int, answer: bytes) -> None:
    ending = fed(raw).ending
    assert ending is not None
    assert (ending.code, ending.by_peer, ending.close_frame) == (code, True, answer)


def test_goodbye_between_two_fragments_is_a_goodbye() -> None:
    ending = fed(frame(TEXT, b"a", fin=False), close(1001)).ending
    assert ending is not None
    assert (ending.code, ending.by_peer) == (1001, True)


def test_fragments_without_end_are_too_many() -> None:
    wire = fed(frame(TEXT, b"", fin=False))
    block = frame(CONT, b"", fin=False) * 4096
    for _ in range(MAX_FRAGMENTS // 4096 + 1):
        wire.feed(block, now=0.0)
    assert wire.ending is not None
    assert (wire.ending.code, type(wire.ending.error)) == (1009, MessageTooLarge)


# ── strangers ─────────────────────────────────────────────────────────────────────────────


def test_stranger_with_a_large_message_is_cut_off_before_it_is_whole() -> None:
    wire = Wire(10**6)
    wire.feed(frame(BINARY, bytes(500_000))[: STRANGER_LIMIT + 1], now=0.0)
    assert wire.ending is not None
    assert (wire.ending.code, type(wire.ending.error)) == (1009, MessageTooLarge)


def test_stranger_with_pings_only_is_cut_off() -> None:
    wire = fed(frame(PING) * 11_000, trusted=False)
    assert wire.ending is not None
    assert wire.ending.code == 1009


def test_stranger_with_small_messages_is_heard() -> None:
    wire = fed(frame(TEXT, bytes(900)) * 100, trusted=False)
    assert (len(wire.messages), wire.ending) == (100, None)


def test_trusted_one_may_send_large_messages() -> None:
    wire = fed(frame(BINARY, bytes(500_000)), max_size=10**6)
    assert len(wire.messages[0]) == 500_000


# ── control frames ────────────────────────────────────────────────────────────────────────


def test_pings_are_answered_in_order() -> None:
    wire = fed(frame(PING, b"1"), frame(PING, b"2"))
    assert wire.take_control() == b"\x8a\x011\x8a\x012"


def test_pongs_beyond_the_bound_are_the_newest() -> None:
    wire = fed(*[frame(PING, bytes([n])) for n in range(100)])
    newest = [b"\x8a\x01" + bytes([n]) for n in range(100 - PONGS_KEPT, 100)]
    assert wire.take_control() == b"".join(newest)


def test_control_frames_taken_no_longer_wait() -> None:
    wire = fed(frame(PING))
    wire.take_control()
    assert not wire.has_control


def pinged(at: float) -> tuple[Wire, bytes]:
    wire = fed()
    wire.ping(at)
    return wire, wire.take_control()[2:]


def test_ping_without_an_answer_counts_the_seconds() -> None:
    wire, _ = pinged(at=10.0)
    assert wire.unanswered_s(17.0) == 7.0


def test_ping_answered_is_not_counted() -> None:
    wire, payload = pinged(at=10.0)
    wire.feed(frame(PONG, payload), now=11.0)
    assert wire.unanswered_s(17.0) == 0.0


@pytest.mark.parametrize("raw", [frame(PONG, b"other"), frame(TEXT, b"a"), frame(PING)])
def test_ping_with_something_else_than_its_pong_still_counts(raw: bytes) -> None:
    wire, _ = pinged(at=10.0)
    wire.feed(raw, now=12.0)
    assert wire.unanswered_s(17.0) == 7.0


@pytest.mark.parametrize(
    "raw", [frame(BINARY, bytes(900))[:500], frame(BINARY, bytes(500), fin=False)]
)
def test_ping_behind_a_message_that_is_coming_counts_from_its_last_bytes(raw: bytes) -> None:
    wire, _ = pinged(at=10.0)
    wire.feed(raw, now=15.0)
    assert wire.unanswered_s(17.0) == 2.0


def test_ping_while_one_is_unanswered_is_not_written() -> None:
    wire, _ = pinged(at=10.0)
    wire.ping(12.0)
    assert (wire.has_control, wire.unanswered_s(17.0)) == (False, 7.0)


def test_ping_of_ours_is_not_pushed_out_by_pongs() -> None:
    wire = fed()
    wire.ping(0.0)
    wire.feed(frame(PING) * 100, now=0.0)
    assert wire.take_control().startswith(b"\x89\x04")


# ── out ───────────────────────────────────────────────────────────────────────────────────


def test_messages_together_are_frames_one_after_the_other() -> None:
    assert text_frames([b"a", b"bc"]) == b"\x81\x01a\x81\x02bc"


def test_close_reason_too_long_is_cut_between_characters() -> None:
    assert close_frame(1000, "x" + "ñ" * 100)[2:] == b"\x03\xe8x" + ("ñ" * 61).encode()
