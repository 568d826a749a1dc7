"""The table of all metrics: named by Prometheus' rules, and complete."""

import re

import pytest
from prometheus_client.parser import text_string_to_metric_families

from robi.metrics.catalogue import BY_NAME, CATALOGUE, Metric, markdown
from robi.metrics.exposition import Metrics
from tests.metrics.stage import sources, whole_tree

BASE_UNITS = ("_seconds", "_bytes", "_messages", "_ratio", "_writes")
OF_PERSONS = {"person", "person_id", "user", "session", "session_id", "device", "device_id"}


def test_catalogue_names_each_metric_once() -> None:
    assert len(BY_NAME) == len(CATALOGUE)


@pytest.mark.parametrize("metric", CATALOGUE, ids=lambda metric: metric.name)
def test_metric_is_named_by_the_rules(metric: Metric) -> None:
    assert re.fullmatch(r"robi(_[a-z]+)+", metric.name)
    assert metric.name.endswith("_total") == (metric.kind == "counter")
    assert not re.search(r"_(ms|milliseconds|kb|mb|percent)(_|$)", metric.name)
    assert (metric.buckets != ()) == (metric.kind == "histogram")
    assert metric.kind != "histogram" or metric.name.endswith(BASE_UNITS)
    assert tuple(sorted(metric.buckets)) == metric.buckets


@pytest.mark.parametrize("metric", CATALOGUE, ids=lambda metric: metric.name)
def test_metric_has_no_label_of_a_person(metric: Metric) -> None:
    assert OF_PERSONS.isdisjoint(metric.labels)


@pytest.mark.parametrize("metric", CATALOGUE, ids=lambda metric: metric.name)
def test_metric_read_from_the_tree_says_so_for_all_its_labels(metric: Metric) -> None:
    assert all(len(values) == len(metric.labels) for values in metric.of)


def test_exposition_has_the_families_of_the_catalogue_and_of_the_process_alone() -> None:
    exposed = Metrics(sources(whole_tree)).text().decode()
    kinds = {
        family.name + ("_total" if family.type == "counter" else ""): family.type
        for family in text_string_to_metric_families(exposed)
        if not family.name.startswith("process_")
    }
    assert kinds == {metric.name: metric.kind for metric in CATALOGUE}


def test_markdown_has_a_row_for_each_metric() -> None:
    assert [line.split("`")[1] for line in markdown().splitlines()[2:]] == list(BY_NAME)
