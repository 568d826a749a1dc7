"""The dashboard and the alerts ask for what there is, and all that there is can be seen."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from robi.metrics.catalogue import BY_NAME, CATALOGUE
from tools.make_dashboard import DASHBOARD, ROOT, dashboard

PROMTOOL = shutil.which("promtool")
ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"
OF_THE_SCRAPER = {"job", "instance", "worker", "le"}
OF_OTHERS = {
    "up",
    "process_cpu_seconds_total",
    "process_max_fds",
    "process_open_fds",
    "process_resident_memory_bytes",
}
"""By Prometheus and by its client."""

NAMES = re.compile(r"\b(?:robi|process)_[a-z_]+\b|\bup\b")
GROUPS = re.compile(r"\b(?:by|on|without) ?\(([^)]*)\)")
MATCHERS = re.compile(r"(\w+)\{([^}]*)\}")


def queries_of_the_dashboard() -> list[str]:
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    return [target["expr"] for panel in panels for target in panel.get("targets", ())]


def alerts() -> dict[str, str]:
    """Return the expression of each alert."""
    text = ALERTS.read_text(encoding="utf-8")
    names = re.findall(r"- alert: (\w+)$", text, re.MULTILINE)
    return dict(zip(names, re.findall(r"^ +expr: (.+)$", text, re.MULTILINE), strict=True))


def metrics_in(query: str) -> Iterator[str]:
    """Yield the metrics of a query, histograms without the part that is asked for."""
    for name in NAMES.findall(re.sub(r"\{[^}]*\}", "", query)):
        base = re.sub(r"_(bucket|sum|count)$", "", name)
        yield base if base in BY_NAME and BY_NAME[base].kind == "histogram" else name


QUERIES = [*queries_of_the_dashboard(), *alerts().values()]


def test_dashboard_is_as_its_table_says() -> None:
    assert DASHBOARD.read_text(encoding="utf-8") == dashboard()


@pytest.mark.parametrize("query", QUERIES)
def test_query_asks_for_metrics_that_there_are(query: str) -> None:
    found = set(metrics_in(query))
    assert found
    assert found <= BY_NAME.keys() | OF_OTHERS


@pytest.mark.parametrize("query", QUERIES)
def test_query_asks_for_labels_that_there_are(query: str) -> None:
    known = set(OF_THE_SCRAPER)
    for name in metrics_in(query):
        known |= set(BY_NAME[name].labels) if name in BY_NAME else set()
    grouped = {label.strip() for group in GROUPS.findall(query) for label in group.split(",")}
    assert grouped <= known
    for name, inside in MATCHERS.findall(query):
        (metric,) = metrics_in(name)
        labels = set(BY_NAME[metric].labels) if metric in BY_NAME else set()
        assert set(re.findall(r"(\w+)[=!]", inside)) <= labels | OF_THE_SCRAPER


def test_every_metric_is_on_the_dashboard() -> None:
    shown = {name for query in queries_of_the_dashboard() for name in metrics_in(query)}
    assert {metric.name for metric in CATALOGUE} - shown == set()


def test_every_alert_says_what_to_do_in_the_documents() -> None:
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    assert [name for name in alerts() if f"`{name}`" not in page] == []


@pytest.mark.skipif(PROMTOOL is None, reason="no promtool (apt: prometheus)")
def test_prometheus_takes_every_query(tmp_path: Path) -> None:
    rules = {
        f"robi:q{number}": query.replace("$__rate_interval", "5m")
        for number, query in enumerate(queries_of_the_dashboard())
    }
    lines = [f"  - {{record: '{name}', expr: {json.dumps(expr)}}}" for name, expr in rules.items()]
    asked = tmp_path / "dashboard.yml"
    asked.write_text("\n".join(["groups:", "- name: robi", "  rules:", *lines]), encoding="utf-8")
    for path in (asked, ALERTS):
        done = subprocess.run(
            [str(PROMTOOL), "check", "rules", path], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
