"""A result as one HTML file that needs nothing else: tables and plots, light and dark. Pure.

Owns what a reader is shown, and in which order: whether all held, then how long robots waited, how
much was done, how the server did, and what was amiss. `page.css` and `page.js` beside this file are
put into it; it fetches nothing, and its policy allows nothing to be fetched.
"""

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Final

from tools.sim import vitals
from tools.sim.board import clock, ms
from tools.sim.figures import Times, axis_ms, counted, counts_table, figure, over_time, table
from tools.sim.plots import Line, Point
from tools.sim.result import Latency, Reading, Result
from tools.sim.scales import Label, Scale, linear, logarithmic, percentiles
from tools.sim.summary import SHARES, described
from tools.sim.summary import percentiles as shown_percentiles
from tools.sim.tally import FIRST_TEXT

_HERE: Final = Path(__file__).parent
_MIB: Final = 1024 * 1024
_MANY_TIMES: Final = 15

_TEMPLATE: Final = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
script-src 'unsafe-inline'; img-src data:">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{css}</style>
<main>
{body}
</main>
<script>
{js}</script>
</html>
"""


def page(result: Result) -> str:
    """Return the whole file."""
    title = f"Robi, {result.plan.kind} of {result.started[:10]}"
    return _TEMPLATE.format(
        title=escape(title),
        css=(_HERE / "page.css").read_text(encoding="utf-8"),
        js=(_HERE / "page.js").read_text(encoding="utf-8"),
        body="\n".join(_body(result)),
    )


def _body(result: Result) -> Iterator[str]:
    yield from _head(result)
    yield _checks(result)
    yield "<h2>How long robots waited</h2>"
    yield from _waits(result)
    yield "<h2>What was done</h2>"
    yield from _work(result)
    if result.readings:
        yield "<h2>How the server did</h2>"
        yield from _server(result)
    yield from _amiss(result)
    yield "<h2>What was measured, and on what</h2>"
    yield _facts(result)


# ── the parts of the page ─────────────────────────────────────────────────────────────────


def _head(result: Result) -> Iterator[str]:
    held = '<b class="held">all held</b>' if result.held else '<b class="broken">not all held</b>'
    kind = result.plan.kind.capitalize()
    yield f"<header><h1>{kind}: {escape(_bare(result.plan.url))} {held}</h1>"
    yield f"<p>{escape(described(result.plan))}; began {escape(result.started)}</p></header>"
    first = next(one.corrected for one in result.latencies if one.name == FIRST_TEXT)
    tiles = (
        ("answers", f"{result.answers:,}"),
        ("a second", f"{result.rate:.1f}"),
        ("first text, p50", ms(first.percentile(50))),
        ("first text, p99", ms(first.percentile(99))),
        ("slowest", ms(first.percentile(100))),
        *_server_tiles(result.readings),
    )
    inner = "".join(f"<li><b>{escape(v)}</b> {escape(name)}</li>" for name, v in tiles)
    yield f'<ul class="tiles">{inner}</ul>'


def _server_tiles(readings: Sequence[Reading]) -> Iterator[tuple[str, str]]:
    cpu = [r.values[vitals.CPU] for r in readings if vitals.CPU in r.values]
    memory = [r.values[vitals.MEMORY] for r in readings if vitals.MEMORY in r.values]
    if cpu:
        yield "of a core, mean", f"{sum(cpu) / len(cpu):.0%}"
    if memory:
        yield "MiB at most", f"{max(memory) / _MIB:.0f}"


def _checks(result: Result) -> str:
    rows = "".join(
        f'<li class="{"held" if one.held else "broken"}"><b>{escape(one.name)}</b> '
        f"{escape(one.found)}</li>"
        for one in result.checks
    )
    return f'<ul class="checks">{rows}</ul>'


def _waits(result: Result) -> Iterator[str]:
    times = Times.of(result)
    of_intervals: list[Line] = [
        Line("p50", [(one.at, one.p50) for one in result.intervals], 1),
        Line("p95", [(one.at, one.p95) for one in result.intervals], 2),
        Line("p99", [(one.at, one.p99) for one in result.intervals], 3),
    ]
    yield over_time(
        "First text over time",
        of_intervals,
        times,
        _latency_scale(of_intervals),
    )
    curves = list(_curves(result.latencies))
    values = [value for line in curves for _, value in line.points if value]
    if values:
        rarest = max(at for line in curves for at, _ in line.points)
        yield figure(
            "Latency by percentile",
            curves,
            percentiles(rarest),
            logarithmic(min(values), max(values), axis_ms, ms),
        )
    rows = []
    for latency in result.latencies:
        rows.append((latency.name, *shown_percentiles(latency.corrected)))
        rows.append(("from when it was said", *shown_percentiles(latency.service)))
    heads = ("", *(f"p{share:g}" for share in SHARES[:-1]), "slowest")
    yield table(heads, rows)
    yield (
        "<p>Counted from when a robot's schedule wanted it to speak, so that a wait which keeps a "
        "robot from asking is counted too; below each, from when it did speak.</p>"
    )


def _latency_scale(lines: Sequence[Line]) -> Scale:
    """Return a scale from zero, unless that would press most of it to the floor."""
    values = [value for line in lines for _, value in line.points if value]
    low, high = min(values, default=0.1), max(values, default=1.0)
    if high > _MANY_TIMES * low:
        return logarithmic(low, high, axis_ms, ms)
    return linear(0.0, high, axis_ms, ms)


def _curves(latencies: Sequence[Latency]) -> Iterator[Line]:
    for tone, latency in enumerate(latencies, 1):
        yield Line(latency.name, list(latency.corrected.curve()), tone)
        if latency.name == FIRST_TEXT:
            yield Line("from when it was said", list(latency.service.curve()), tone, "dashed")


def _work(result: Result) -> Iterator[str]:
    times = Times.of(result)
    rates: list[Point] = []
    before = 0.0
    for one in result.intervals:
        # The last interval may be a moment, of which a rate would say nothing.
        rates.append((one.at, one.answers / max(one.at - before, 1.0)))
        before = one.at
    answers: list[Line] = [Line("answers a second", rates, 1, filled=True)]
    yield '<div class="pair">'
    yield counted("Answers a second", answers, times)
    robots = [Line("robots playing", [(one.at, float(one.robots)) for one in result.intervals], 4)]
    yield counted("Robots playing a scenario", robots, times)
    yield "</div>"
    yield table(
        ("scenario", "plays", "failed", "answers", "p50", "p95", "p99"),
        [
            (
                one.name,
                f"{one.plays:,}",
                f"{one.failed:,}",
                f"{one.answers:,}",
                *(ms(one.first_text.percentile(share)) for share in (50, 95, 99)),
            )
            for one in result.scenarios
        ],
    )


def _server(result: Result) -> Iterator[str]:
    times = Times.of(result)
    slopes = {one.name: one for one in result.trends}
    yield '<div class="pair">'
    for tone, (name, title, scale, label) in enumerate(_PANELS):
        points: list[Point] = [
            (r.at, r.values[name] * scale) for r in result.readings if name in r.values
        ]
        if not points:
            continue
        lines = [Line(title, points, tone % 4 + 1, filled=name == vitals.CPU)]
        if (trend := slopes.get(name)) is not None:
            begin, end = result.plan.warm_up_s, min(result.plan.duration_s, result.took_s)
            middle = (begin + end) / 2
            ends = [
                (at, (trend.level + trend.hourly * (at - middle) / 3600) * scale)
                for at in (begin, end)
            ]
            lines.append(Line("line through it", ends, 5, "dashed"))
        yield counted(title, lines, times, label)
    yield "</div>"


_PANELS: Final[tuple[tuple[str, str, float, Label], ...]] = (
    (vitals.CPU, "CPU, cores", 1.0, lambda value: f"{value:.3g}"),
    (vitals.MEMORY, "Memory, MiB", 1 / _MIB, lambda value: f"{value:.4g}"),
    (vitals.DESCRIPTORS, "File descriptors", 1.0, lambda value: f"{value:.4g}"),
    (vitals.THREADS, "Threads", 1.0, lambda value: f"{value:.4g}"),
    (vitals.TASKS, "Tasks", 1.0, lambda value: f"{value:.4g}"),
    (vitals.SESSIONS, "Sessions, parked ones too", 1.0, lambda value: f"{value:.4g}"),
    (vitals.WAITING, "Messages in mailboxes", 1.0, lambda value: f"{value:.4g}"),
    (vitals.LATENESS, "Lateness of the event loop", 1.0, ms),
)


def _amiss(result: Result) -> Iterator[str]:
    times = Times.of(result)
    if any(one.errors or one.troubles for one in result.intervals):
        yield "<h2>What went wrong</h2>"
        lines: list[Line] = [
            Line("unanswered or errors", [(i.at, float(i.errors)) for i in result.intervals], 3),
            Line(
                "links we have troubled", [(i.at, float(i.troubles)) for i in result.intervals], 4
            ),
        ]
        yield counted("In each interval", lines, times)
    for title, counts in (
        ("Outcomes", result.outcomes),
        ("Errors", result.errors),
        ("Rules broken", result.faults),
        ("Scenarios that failed", result.failures),
        ("Scenarios that failed after trouble on their link", result.provoked),
        ("Trouble we made", result.troubles),
    ):
        if counts:
            yield counts_table(title, counts)


def _facts(result: Result) -> str:
    plan = result.plan
    mix = ", ".join(f"{name} ({weight:g})" for name, weight in plan.scenarios.items())
    facts = {
        "scenarios": mix,
        "ramp": clock(plan.ramp_s),
        "processes of robots": str(plan.processes),
        "seed": str(plan.seed),
        "took": clock(result.took_s),
        "cut off at the end": str(result.cut_off),
        **result.machine,
    }
    rows = "".join(f"<dt>{escape(n)}</dt><dd>{escape(v)}</dd>" for n, v in facts.items())
    return f"<dl>{rows}</dl>"


def _bare(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]
