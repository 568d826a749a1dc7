"""What a scraper gets, from one process and from several."""

import pytest
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as openmetrics_families,
)
from prometheus_client.parser import text_string_to_metric_families

from robi.metrics import Metrics, merge
from tests.metrics.stage import actor, measured, sources, tree

OPENMETRICS = "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"


@pytest.fixture
def metrics() -> Metrics:
    made = Metrics(sources(lambda: tree(actor("store", written=3), actor("brain", calls=1))))
    made.instruments.count_turn(measured())
    return made


def test_metrics_are_text_unless_asked_otherwise(metrics: Metrics) -> None:
    body, content_type = metrics.exposition("*/*")
    assert content_type.startswith("text/plain; version=0.0.4")
    names = {family.name for family in text_string_to_metric_families(body.decode())}
    assert names >= {"robi_turns", "robi_model_calls", "process_open_fds"}


def test_metrics_asked_for_as_openmetrics_are_that(metrics: Metrics) -> None:
    body, content_type = metrics.exposition(OPENMETRICS)
    assert content_type.startswith("application/openmetrics-text; version=1.0.0")
    assert {
        family.name
        for family in openmetrics_families(body.decode())  # type: ignore[no-untyped-call]
    } >= {"robi_turns"}


def test_metrics_say_nothing_of_when_each_began(metrics: Metrics) -> None:
    assert b"_created" not in metrics.text()


def test_merge_of_one_part_is_that_part(metrics: Metrics) -> None:
    part = metrics.text()
    assert merge({"0": part}) == part


def test_merge_labels_each_sample_by_its_worker_and_keeps_families_together() -> None:
    first = (
        b"# HELP a_total A.\n# TYPE a_total counter\na_total 1.0\n"
        b"# HELP b B.\n# TYPE b gauge\nb 2\n"
    )
    second = (
        b"# HELP a_total A.\n# TYPE a_total counter\n"
        b'a_total{kind="x{y"} 3.0\n# HELP c C.\n# TYPE c gauge\nc 4\n'
    )
    assert merge({"0": first, "1": second}).decode().splitlines() == [
        "# HELP a_total A.",
        "# TYPE a_total counter",
        'a_total{worker="0"} 1.0',
        'a_total{worker="1",kind="x{y"} 3.0',
        "# HELP b B.",
        "# TYPE b gauge",
        'b{worker="0"} 2',
        "# HELP c C.",
        "# TYPE c gauge",
        'c{worker="1"} 4',
    ]


def test_merge_of_two_whole_expositions_has_twice_the_samples(metrics: Metrics) -> None:
    part = metrics.text()
    merged = merge({"0": part, "1": part})

    def counts(text: bytes) -> list[tuple[str, str, int]]:
        families = text_string_to_metric_families(text.decode())
        return [(one.name, one.type, len(one.samples)) for one in families]

    assert counts(merged) == [(name, kind, 2 * count) for name, kind, count in counts(part)]
    workers = {
        sample.labels["worker"]
        for family in text_string_to_metric_families(merged.decode())
        for sample in family.samples
    }
    assert workers == {"0", "1"}


def test_merge_escapes_the_name_of_a_worker() -> None:
    part = b"# HELP a A.\n# TYPE a gauge\na 1\n"
    (family,) = text_string_to_metric_families(merge({'x"\\\n': part, "y": part}).decode())
    assert [sample.labels["worker"] for sample in family.samples] == ['x"\\\n', "y"]


def test_merge_of_nothing_is_nothing() -> None:
    assert merge({}) == b""
