"""Two revisions side by side: ratios of runs that were done one after the other. Pure.

Owns how they are compared: run by run, since two runs that follow each other had the same machine.
The median of the ratios is shown with its spread; where that spread holds 1, nothing is shown to
differ.
"""

from statistics import median

from attrs import frozen

from tools.bench.figures import Figure


@frozen
class Ratio:
    """One figure of both: `ratios` are those of the runs, `now` over `then`."""

    then: Figure
    now: Figure

    @property
    def ratios(self) -> list[float]:
        """The ratio of each pair of runs whose earlier one is something."""
        pairs = zip(self.then.runs, self.now.runs, strict=True)
        return [now / then for then, now in pairs if then]

    @property
    def shown(self) -> str:
        """The median of the ratios with the lowest and the highest."""
        ratios = self.ratios
        if not ratios:
            return ""
        spread = f"  ({min(ratios):.2f} to {max(ratios):.2f})" if len(ratios) > 1 else ""
        return f"{median(ratios):.2f}{spread}"
