"""A result, kept as JSON."""

import orjson
import pytest

from tests.tools.sim.fleets import result
from tools.sim.result import Result


def test_result_comes_back_from_its_json_as_it_was() -> None:
    kept = result().to_json()
    assert Result.from_json(kept).to_json() == kept


def test_histograms_come_back_with_their_counts() -> None:
    latency, *_ = Result.from_json(result().to_json()).latencies
    assert latency.corrected.count == 4


@pytest.mark.parametrize("data", [b"[]", b"{}", b'{"format": 2}', b"what"])
def test_json_of_another_format_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - orjson's own words
        Result.from_json(data)


def test_json_that_lacks_something_is_refused_by_its_name() -> None:
    plain = orjson.loads(result().to_json())
    del plain["plan"]["seed"]
    with pytest.raises(ValueError, match="seed"):
        Result.from_json(orjson.dumps(plain))


def test_rate_is_of_the_time_that_was_asked_for() -> None:
    assert result().rate == pytest.approx(3 / 4)


def test_result_holds_if_every_check_does() -> None:
    assert not result().held
