"""A frame of the server, and what is wrong with it."""

import pytest

from robi.protocol.messages import CaptureRequest, TextChunk
from tools.sim.reading import read

CAPTURE = '{"type":"capture_request","request_id":"a","capture_type":"photo","seq":1'


def test_good_frame_is_a_message_with_its_seq() -> None:
    reading = read('{"type":"text_chunk","request_id":"a","text":"Hola","seq":4,"new":1}')
    assert (reading.message, reading.seq, reading.faults) == (TextChunk("a", "Hola"), 4, ())
    assert reading.plain["new"] == 1


def test_duration_of_a_photo_may_be_null() -> None:
    reading = read(CAPTURE + ',"duration_ms":null}')
    assert (reading.message, reading.faults) == (CaptureRequest("a", "photo"), ())


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (CAPTURE + ',"other":null}', "capture_request.other is null"),
        (CAPTURE + ',"deep":[{"x":null}]}', "capture_request.deep[0].x is null"),
        ('{"type":"text_chunk","request_id":"a","seq":1}', "$.text: is required"),
        ('{"type":"no_such_thing"}', "$.type: unknown message"),
        ("[]", "not a JSON object"),
        (b"\x00", "a binary frame"),
    ],
)
def test_bad_frame_tells_its_fault(raw: str | bytes, fault: str) -> None:
    assert read(raw).faults == (fault,)


def test_frame_that_is_no_json_is_no_message() -> None:
    reading = read("{")
    assert reading.message is None
    assert reading.faults[0].startswith("not JSON")
