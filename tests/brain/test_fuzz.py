"""The parsers of answers given anything: they raise nothing but errors of the catalogue.

Bounded, for every day. `fuzz_reply.py` beside this goes on for as long as it is told.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.brain.fuzz_reply import BRAINS, Brain, answered, bodies, error_of, streams

FEW = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)


@pytest.mark.parametrize("brain", BRAINS)
@FEW
@given(data=st.data())
def test_stream_of_anything_reads_the_same_however_it_is_cut(
    brain: Brain, data: st.DataObject
) -> None:
    body, cuts = data.draw(streams(brain))
    assert answered(brain, body, cuts) == answered(brain, body, ())


@pytest.mark.parametrize("brain", BRAINS)
@pytest.mark.parametrize(
    "body",
    [
        b'data: {"error":{"code":1e400}}\n\n',
        b'data: {"error":{"code":99999999999999999999999999}}\n\n',
        b"data: " + b"[" * 5000 + b"\n\n",
        b'data: "\\ud800"\n\n',
        b"data: NaN\n\n",
    ],
)
def test_stream_that_breaks_parsers_of_json_does_not_break_ours(brain: Brain, body: bytes) -> None:
    assert answered(brain, body, (7,))[:2] == ("", [])


@pytest.mark.parametrize("brain", BRAINS)
@FEW
@given(body=bodies())
def test_body_of_anything_becomes_an_error_that_tells_nothing(brain: Brain, body: bytes) -> None:
    assert "secret" not in error_of(brain, body).lower()
