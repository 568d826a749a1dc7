"""Write deploy/grafana/robi.json, the dashboard: `python tools/make_dashboard.py`.

Owns what is on it, as one table of rows and panels; sizes and the words of Grafana are made.
tests/metrics/test_dashboard.py holds the file fresh, and each query to metrics that there are.
With several workers every figure is of all of them together, unless its legend names one.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from attrs import frozen

ROOT = Path(__file__).resolve().parent.parent
DASHBOARD = ROOT / "deploy" / "grafana" / "robi.json"

WIDE: Final = 24
"""Columns of Grafana's grid."""
HIGH: Final = 8
FEW: Final = 4
"""Columns and lines of a single figure."""

R: Final = "[$__rate_interval]"


@frozen
class Query:
    """A query, and what its lines are called."""

    expr: str
    legend: str = ""


@frozen
class Panel:
    """Lines over time, or with `single` one figure."""

    title: str
    unit: str
    queries: Sequence[Query]
    about: str = ""
    single: bool = False
    stacked: bool = False
    warn_at: float | None = None


def percentiles(
    metric: str, *, by: str = "", of: Sequence[float] = (0.5, 0.95, 0.99)
) -> list[Query]:
    """Return the percentiles of a histogram."""
    groups = f"le, {by}" if by else "le"
    legend = f" {{{{{by}}}}}" if by else ""
    return [
        Query(
            f"histogram_quantile({one:g}, sum by ({groups}) (rate({metric}_bucket{R})))",
            f"p{round(100 * one)}{legend}",
        )
        for one in of
    ]


def rate(metric: str, by: str) -> Query:
    """Return how often something happens in a second."""
    return Query(
        f"sum by ({by}) (rate({metric}{R}))", " ".join(f"{{{{{n}}}}}" for n in by.split(", "))
    )


ROWS: Final[Sequence[tuple[str, Sequence[Panel]]]] = (
    (
        "Now",
        (
            Panel(
                "Robots attached",
                "short",
                [Query('sum(robi_sessions{link="attached"})')],
                single=True,
            ),
            Panel(
                "Robots away", "short", [Query('sum(robi_sessions{link="parked"})')], single=True
            ),
            Panel(
                "Turns a minute",
                "short",
                [Query(f"sum(rate(robi_turns_total{R})) * 60")],
                single=True,
            ),
            Panel(
                "First text, p95",
                "s",
                percentiles("robi_turn_first_text_seconds", of=(0.95,)),
                single=True,
                warn_at=5,
            ),
            Panel(
                "Actors not well",
                "short",
                [Query("sum(robi_actor_degraded)")],
                single=True,
                warn_at=1,
            ),
            Panel(
                "Budget of the day",
                "percentunit",
                [Query("max(robi_budget_used_ratio)")],
                single=True,
                warn_at=0.8,
            ),
        ),
    ),
    (
        "What people notice",
        (
            Panel(
                "Turns",
                "reqps",
                [rate("robi_turns_total", "kind, outcome")],
                "`sight`: the robot greeted, `due`: a timer.",
                stacked=True,
            ),
            Panel("First text", "s", percentiles("robi_turn_first_text_seconds")),
            Panel("Emotion", "s", percentiles("robi_turn_emotion_seconds")),
            Panel("Whole answer", "s", percentiles("robi_turn_seconds")),
            Panel(
                "First text, p95 by kind",
                "s",
                percentiles("robi_turn_first_text_seconds", by="kind", of=(0.95,)),
            ),
            Panel(
                "Turns that failed",
                "reqps",
                [rate("robi_turn_errors_total", "error_code")],
                stacked=True,
            ),
        ),
    ),
    (
        "The model",
        (
            Panel(
                "First chunk",
                "s",
                percentiles("robi_model_first_chunk_seconds"),
                "Without the wait for a place.",
            ),
            Panel("Between chunks", "s", percentiles("robi_model_chunk_gap_seconds")),
            Panel(
                "Calls and waiting questions",
                "short",
                [
                    Query("sum(robi_model_calls)", "calls"),
                    Query("sum by (lane) (robi_model_waiting)", "waiting: {{lane}}"),
                ],
            ),
            Panel("Waited for a place", "s", percentiles("robi_model_queue_seconds")),
            Panel(
                "Questions by outcome",
                "reqps",
                [rate("robi_model_questions_total", "outcome")],
                stacked=True,
            ),
            Panel(
                "Retries and stalls",
                "reqps",
                [
                    Query(f"sum(rate(robi_model_retries_total{R}))", "retries"),
                    Query(f"sum(rate(robi_model_stalls_total{R}))", "stalls"),
                ],
            ),
            Panel(
                "Tokens",
                "short",
                [rate("robi_model_tokens_total", "purpose, direction")],
                "In a second.",
                stacked=True,
            ),
            Panel(
                "Cost a day",
                "short",
                [
                    Query(
                        f"sum by (purpose) (rate(robi_model_cost_total{R})) * 86400", "{{purpose}}"
                    )
                ],
                "At the pace of now, in your currency.",
                stacked=True,
            ),
            Panel(
                "Interrupted calls, until closed",
                "s",
                percentiles("robi_interruption_close_seconds"),
            ),
            Panel("Tools", "reqps", [rate("robi_tool_calls_total", "tool, outcome")]),
            Panel("What tools take", "s", percentiles("robi_tool_seconds")),
            Panel(
                "Tools offered by servers",
                "short",
                [
                    Query("max(robi_tool_servers)", "servers"),
                    Query("max(robi_tools_offered)", "tools"),
                ],
            ),
        ),
    ),
    (
        "Robots",
        (
            Panel(
                "Sessions",
                "short",
                [
                    Query("sum by (link) (robi_sessions)", "{{link}}"),
                    Query("sum(robi_sessions_limit)", "limit"),
                    Query("sum(robi_sessions_answering)", "answering"),
                ],
            ),
            Panel(
                "How robots come",
                "reqps",
                [rate("robi_session_arrivals_total", "how")],
                stacked=True,
            ),
            Panel(
                "Said again",
                "short",
                [Query(f"sum(rate(robi_replayed_messages_total{R}))", "messages")],
                "Messages in a second.",
            ),
            Panel(
                "Links that ended",
                "reqps",
                [rate("robi_links_closed_total", "code")],
                "1000 left for good, 1006 lost, 4409 taken over.",
                stacked=True,
            ),
            Panel(
                "Links not let in, or dead",
                "reqps",
                [
                    rate("robi_links_refused_total", "error_code"),
                    Query(f"sum(rate(robi_links_silent_total{R}))", "silent"),
                    Query(f"sum(rate(robi_connections_pushed_out_total{R}))", "pushed out"),
                    Query(f"sum(rate(robi_connections_crashed_total{R}))", "crashed"),
                ],
            ),
            Panel(
                "Connections",
                "short",
                [
                    Query("sum(robi_connections)", "connections"),
                    Query("sum(robi_links)", "links"),
                    Query("sum(robi_connections_unauthenticated)", "without a key"),
                    Query(f"sum(rate(robi_connections_accepted_total{R}))", "new in a second"),
                ],
            ),
            Panel(
                "Waits for robots",
                "short",
                [
                    Query("sum(robi_outbox_messages)", "messages, in all"),
                    Query("max(robi_outbox_longest_messages)", "messages, of the slowest"),
                    Query("sum(robi_replay_messages)", "kept to be said again"),
                    Query("sum(robi_reminders)", "timers and reminders"),
                ],
            ),
            Panel(
                "Sound of utterances under way",
                "bytes",
                [Query("sum(robi_audio_buffered_bytes)", "sound")],
            ),
        ),
    ),
    (
        "What is kept",
        (
            Panel(
                "Until on the disk",
                "s",
                percentiles("robi_store_lag_seconds"),
                "The oldest write of each commit, at most.",
            ),
            Panel("Commits", "s", percentiles("robi_store_commit_seconds")),
            Panel(
                "Writes of a commit",
                "short",
                percentiles("robi_store_commit_writes", of=(0.5, 0.99)),
            ),
            Panel(
                "Writes",
                "wps",
                [
                    rate("robi_store_writes_total", "outcome"),
                    Query(f"sum(rate(robi_store_erasures_total{R}))", "erasures"),
                ],
            ),
            Panel(
                "Waits for the store and the memory",
                "short",
                [
                    Query('sum(robi_mailbox_messages{actor="store"})', "writes"),
                    Query("sum(robi_store_writes_in_hand)", "in hand"),
                    Query("sum(robi_store_reads_waiting)", "reads"),
                    Query("sum by (queue) (robi_memory_waiting)", "to {{queue}}"),
                ],
            ),
            Panel(
                "Given up",
                "short",
                [
                    Query(f"sum(rate(robi_session_writes_shed_total{R}))", "writes of sessions"),
                    Query(f"sum(rate(robi_memory_shed_total{R}))", "sightings and turns"),
                    Query(f"sum(rate(robi_media_shed_total{R}))", "media"),
                    Query(f"sum(rate(robi_memory_given_up_total{R}))", "turns not understood"),
                    Query(f"sum(rate(robi_memory_recalls_missed_total{R}))", "recalls"),
                ],
                "In a second. Nothing, all is well.",
            ),
            Panel(
                "What a turn waited for the memory", "s", percentiles("robi_turn_recall_seconds")
            ),
            Panel(
                "Remembered",
                "short",
                [Query(f"sum(rate(robi_memory_kept_total{R}))", "kept")],
                "In a second.",
            ),
            Panel(
                "Not let through by the privacy gate",
                "short",
                [rate("robi_private_refused_total", "class")],
                "In a second.",
                stacked=True,
            ),
            Panel(
                "Media",
                "bytes",
                [
                    Query("sum(robi_media_bytes)", "kept"),
                    Query("sum(robi_media_waiting_bytes)", "waiting"),
                ],
            ),
            Panel(
                "Files",
                "short",
                [
                    Query("sum(robi_media_files)", "kept"),
                    Query(f"sum(rate(robi_media_kept_total{R}))", "new in a second"),
                    Query(f"sum(rate(robi_media_removed_total{R}))", "removed in a second"),
                ],
            ),
        ),
    ),
    (
        "The house",
        (
            Panel(
                "Loop lateness",
                "s",
                percentiles("robi_loop_lateness_seconds"),
                "What whoever was due waited for the loop.",
            ),
            Panel(
                "CPU",
                "percentunit",
                [
                    Query(
                        f'rate(process_cpu_seconds_total{{job="robi"}}{R})',
                        "{{instance}} {{worker}}",
                    )
                ],
            ),
            Panel(
                "Memory",
                "bytes",
                [Query('process_resident_memory_bytes{job="robi"}', "{{instance}} {{worker}}")],
            ),
            Panel(
                "Open files and tasks",
                "short",
                [
                    Query('process_open_fds{job="robi"}', "files {{instance}} {{worker}}"),
                    Query("robi_tasks", "tasks {{instance}} {{worker}}"),
                ],
            ),
            Panel(
                "Mailboxes", "short", [Query("sum by (actor) (robi_mailbox_messages)", "{{actor}}")]
            ),
            Panel(
                "Mailboxes, part of their limit",
                "percentunit",
                [
                    Query(
                        "max by (actor) (robi_mailbox_messages / robi_mailbox_limit)", "{{actor}}"
                    ),
                    Query(
                        "sum by (actor) (robi_mailbox_putters_waiting) > 0", "{{actor}}: who waits"
                    ),
                ],
            ),
            Panel(
                "Crashes and restarts",
                "short",
                [
                    Query(
                        "sum by (actor) (increase(robi_actor_crashes_total[5m]))",
                        "crashed: {{actor}}",
                    ),
                    Query(
                        "sum by (actor) (increase(robi_actor_restarts_total[5m]))",
                        "again: {{actor}}",
                    ),
                    Query("sum(increase(robi_ticks_skipped_total[5m]))", "beats slept through"),
                ],
            ),
            Panel(
                "Actors that run",
                "short",
                [
                    Query("sum by (actor) (robi_actor_running)", "{{actor}}"),
                    Query("max(robi_draining)", "on its way down"),
                ],
            ),
            Panel(
                "Certificate, days left",
                "d",
                [Query("(robi_certificate_not_after_timestamp_seconds - time()) / 86400", "days")],
                "Only where one is watched.",
            ),
            Panel("Uptime", "s", [Query("robi_uptime_seconds", "{{instance}} {{worker}}")]),
            Panel(
                "Versions",
                "short",
                [
                    Query(
                        "sum by (version, python, model) (robi_info)",
                        "{{version}}, Python {{python}}, {{model}}",
                    )
                ],
            ),
        ),
    ),
)


def dashboard() -> str:
    """Return the dashboard as Grafana imports it."""
    datasource = {
        "name": "datasource",
        "type": "datasource",
        "query": "prometheus",
        "label": "Prometheus",
    }
    made = {
        "uid": "robi",
        "title": "Robi",
        "tags": ["robi"],
        "schemaVersion": 39,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "graphTooltip": 1,
        "templating": {"list": [datasource]},
        "panels": [{**panel, "id": number} for number, panel in enumerate(_panels(), 1)],
    }
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def _panels() -> Iterator[dict[str, object]]:
    """Yield the panels, each row of them under its title, three lines of time side by side."""
    top = 0
    for title, panels in ROWS:
        yield {"type": "row", "title": title, "panels": [], "gridPos": _place(0, top, WIDE, 1)}
        top += 1
        left, high = 0, HIGH
        for panel in panels:
            wide, high = (FEW, FEW) if panel.single else (WIDE // 3, HIGH)
            if left + wide > WIDE:
                left, top = 0, top + high
            yield _panel(panel, _place(left, top, wide, high))
            left += wide
        top += high


def _place(left: int, top: int, wide: int, high: int) -> dict[str, int]:
    return {"x": left, "y": top, "w": wide, "h": high}


def _panel(panel: Panel, place: dict[str, int]) -> dict[str, object]:
    source = {"type": "prometheus", "uid": "${datasource}"}
    steps: list[dict[str, object]] = [{"color": "green", "value": None}]
    if panel.warn_at is not None:
        steps.append({"color": "red", "value": panel.warn_at})
    custom: dict[str, object] = {"lineWidth": 1, "fillOpacity": 10, "showPoints": "never"}
    if panel.stacked:
        custom |= {"fillOpacity": 40, "stacking": {"mode": "normal"}}
    return {
        "type": "stat" if panel.single else "timeseries",
        "title": panel.title,
        "description": panel.about,
        "datasource": source,
        "gridPos": place,
        "fieldConfig": {
            "defaults": {
                "unit": panel.unit,
                "min": 0,
                "custom": {} if panel.single else custom,
                "thresholds": {"mode": "absolute", "steps": steps},
            },
            "overrides": [],
        },
        "options": {} if panel.single else {"tooltip": {"mode": "multi", "sort": "desc"}},
        "targets": [
            {
                "refId": chr(ord("A") + number),
                "datasource": source,
                "expr": query.expr,
                "legendFormat": query.legend or "__auto",
            }
            for number, query in enumerate(panel.queries)
        ],
    }


def main() -> int:
    """Write the dashboard."""
    DASHBOARD.write_text(dashboard(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
