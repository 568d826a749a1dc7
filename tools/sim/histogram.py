"""Latencies of a run as HdrHistograms: any percentile, however rare, in a few kilobytes. Pure.

Owns the unit and the precision: microseconds, three significant digits, up to an hour. A histogram
is kept in the interchange format of HdrHistogram (V2, base64), which the plotters and readers of
that project understand as well.
"""

from collections.abc import Iterator
from typing import Final

from attrs import field, frozen
from hdrh.histogram import HdrHistogram

_US: Final = 1_000_000
_LONGEST_US: Final = 3600 * _US
_DIGITS: Final = 3
_STEPS_A_HALVING: Final = 5
"""Points of a curve each time the share of slower turns is halved."""


def _empty() -> HdrHistogram:
    return HdrHistogram(1, _LONGEST_US, _DIGITS)


@frozen(eq=False)
class Histogram:
    """Times in seconds, counted."""

    _counts: HdrHistogram = field(factory=_empty, repr=False)

    @classmethod
    def decode(cls, encoded: str) -> "Histogram":
        """Read what `encode` has written.

        Raises:
            ValueError: it is no histogram of ours.
        """
        histogram = cls()
        try:
            histogram._counts.decode_and_add(encoded.encode("ascii"))
        except Exception as error:  # the library lets out whatever it stumbles over
            msg = "not an encoded HdrHistogram"
            raise ValueError(msg) from error
        return histogram

    def encode(self) -> str:
        """Return it as text."""
        encoded: bytes = self._counts.encode()
        return encoded.decode("ascii")

    def record(self, seconds: float) -> None:
        """Count one time; below a microsecond it counts as one, above an hour as an hour."""
        self._counts.record_value(min(max(round(seconds * _US), 1), _LONGEST_US))

    def add(self, other: "Histogram") -> None:
        """Count all that `other` has counted."""
        self._counts.add(other._counts)  # noqa: SLF001 - its own kind

    @property
    def count(self) -> int:
        """How many times were counted."""
        return int(self._counts.get_total_count())

    def percentile(self, share: float) -> float | None:
        """Return the time that `share` % were not slower than, in s; None if nothing is counted."""
        if not self.count:
            return None
        return float(self._counts.get_value_at_percentile(share)) / _US

    def curve(self) -> Iterator[tuple[float, float]]:
        """Yield (percentile, seconds) from the fastest on, denser and denser towards the slowest.

        The last point is the slowest, at the percentile at which it stands among so many.
        """
        if not self.count:
            return
        rarest = 100 - 100 / self.count
        slower, step = 100.0, 0.5 ** (1 / _STEPS_A_HALVING)
        while (share := 100 - slower) < rarest:
            yield share, self.percentile(share) or 0.0
            slower *= step
        yield rarest, self.percentile(100) or 0.0
