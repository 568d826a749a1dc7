"""A result as text for a terminal: what was done, how long it took, what held. Pure."""

from collections.abc import Iterator, Sequence

from tools.sim.board import clock, ms
from tools.sim.histogram import Histogram
from tools.sim.result import Plan, Result

SHARES = (50.0, 90.0, 95.0, 99.0, 99.9, 100.0)
"""Percentiles of the table; the last is the slowest."""


def text(result: Result) -> str:
    """Return `result` as a few tables."""
    return "\n".join(_lines(result))


def described(plan: Plan) -> str:
    """Return what was to be done, as a sentence."""
    loop = "one scenario after another"
    if plan.arrivals is not None:
        loop = f"{plan.arrivals:g} scenarios a second"
    told = [f"{plan.robots} robots for {clock(plan.duration_s)}", loop]
    if plan.lifetime_s:
        told.append(f"each stays {clock(plan.lifetime_s)} on average")
    if plan.trouble_s:
        told.append(f"trouble on a link every {clock(plan.trouble_s)} on average")
    return ", ".join(told)


def _lines(result: Result) -> Iterator[str]:
    yield f"{result.plan.kind}: {described(result.plan)}"
    yield f"{result.answers} answers, {result.rate:.1f} a second"
    yield ""
    heads = [f"p{share:g}" for share in SHARES[:-1]] + ["slowest"]
    rows: list[Sequence[str]] = [["", *heads]]
    for latency in result.latencies:
        rows.append([latency.name, *percentiles(latency.corrected)])
        rows.append(["  from when it was said", *percentiles(latency.service)])
    yield from _table(rows)
    yield ""
    rows = [["scenario", "plays", "failed", "answers", "first text p50", "p99"]]
    rows += [
        [
            one.name,
            str(one.plays),
            str(one.failed),
            str(one.answers),
            ms(one.first_text.percentile(50)),
            ms(one.first_text.percentile(99)),
        ]
        for one in result.scenarios
    ]
    yield from _table(rows)
    for name, counts in (
        ("outcomes", result.outcomes),
        ("errors", result.errors),
        ("troubles", result.troubles),
        ("failed after trouble", result.provoked),
    ):
        if counts:
            told = ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
            yield f"{name}: {told}"
    if result.cut_off:
        yield f"cut off at the end: {result.cut_off} plays"
    yield ""
    for check in result.checks:
        yield f"{'✓' if check.held else '✗'} {check.name}: {check.found}"


def percentiles(histogram: Histogram) -> list[str]:
    """Return the percentiles of the table, for reading."""
    return [ms(histogram.percentile(share)) for share in SHARES]


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield `rows` in columns: the first to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *others in rows:
        cells = [first.ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        yield "  ".join(cells).rstrip()
